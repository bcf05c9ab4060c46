//! Deskbell's own contract (docs/bots.md): a signed request, and actions as the answer, at once, later, or
//! as a stream.

use serde::Deserialize;
use url::Url;

use super::{Heard, MOST_BYTES, Reply, STREAM_WITHIN, Spoken, Stream};
use crate::bots::action::{self, Answer, Say};
use crate::bots::request::Asking;
use crate::bots::{Action, Bot, Failure};
use crate::clock::Timestamp;
use crate::live::protocol::MAX_TEXT_CHARS;
use crate::outgoing::Request;
use crate::outgoing::signing::{self, SigningSecret};

/// How it is asked.
pub(super) fn speak(url: Url, bot: &Bot, asking: &Asking, now: Timestamp) -> Result<Spoken, Failure> {
    let body = serde_json::to_vec(asking).map_err(|error| Failure::Nonsense(error.to_string()))?;
    let secrets = secrets(bot);
    let mut request = Request::post_json(url, body, STREAM_WITHIN, MOST_BYTES);
    request.headers.extend(signing::headers(&secrets, &asking.id, now, &request.body));
    Ok(Spoken { request, read, stream: Some(Box::new(Growing::default())) })
}

/// The secrets that sign: two while they are exchanged.
pub(super) fn secrets(bot: &Bot) -> Vec<SigningSecret> {
    [Some(&bot.secret), bot.secret_before.as_ref()].into_iter().flatten().filter_map(|text| text.parse().ok()).collect()
}

fn read(body: &[u8]) -> Result<Heard, String> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err("the answer is empty; answer with {\"actions\":[…]}, or with 202 to act later".to_owned());
    }
    Answer::parse(body).map(|actions| Reply::Actions(actions).into())
}

/// The events `delta` {`text`} add to the text, `partial` {`text`} replaces it, `actions` says what is
/// done in the end. Without that event the text is said.
#[derive(Default)]
struct Growing {
    text: String,
    actions: Option<Vec<Action>>,
}

#[derive(Deserialize)]
struct Text {
    text: String,
}

impl Stream for Growing {
    fn event(&mut self, name: &str, data: &str) -> Result<(), String> {
        let text = || {
            serde_json::from_str::<Text>(data).map_err(|error| format!("the event {name} is not understood: {error}"))
        };
        match name {
            "delta" => self.text.push_str(&text()?.text),
            "partial" => self.text = text()?.text,
            "actions" => self.actions = Some(Answer::parse(data.as_bytes())?),
            _ => {}
        }
        if self.text.len() > MAX_TEXT_CHARS * 4 { Err("the text is too long".to_owned()) } else { Ok(()) }
    }

    fn text(&self) -> &str {
        &self.text
    }

    fn finish(self: Box<Self>) -> Result<Vec<Action>, String> {
        let mut actions = self.actions.unwrap_or_default();
        let says = actions.iter().any(|action| matches!(action, Action::Say(_)));
        if !says && !self.text.trim().is_empty() {
            actions.insert(0, Action::Say(Say { text: self.text, ..Say::default() }));
        }
        action::check(&actions)?;
        Ok(actions)
    }
}
