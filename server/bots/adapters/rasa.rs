//! Rasa's channels (docs/bots-rasa.md): REST, which answers at once with an array of messages, and callback,
//! which answers `success` and posts the messages to us (`bots/callback.rs`).

use reqwest::header::{AUTHORIZATION, HeaderValue};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::Url;

use super::{Heard, MOST_BYTES, Reply, Spoken};
use crate::bots::action::{self, Say};
use crate::bots::request::Asking;
use crate::bots::{Action, AskedForm, Bot, Failure, File};
use crate::ids::ConversationId;
use crate::live::protocol::{Card, CardButton, QuickReply};
use crate::outgoing::Request;

/// How it is asked.
pub(super) fn speak(url: Url, bot: &Bot, asking: &Asking) -> Result<Spoken, Failure> {
    let callback = bot.settings.callback;
    let body = json!({
        "sender": if callback { sender(asking) } else { asking.conversation.id.to_string() },
        "message": message(asking),
        "metadata": {
            "event": asking.event,
            "id": asking.id,
            "epoch": asking.epoch,
            "locale": asking.locale,
            "site": asking.site,
            "conversation": asking.conversation,
            "visitor": asking.visitor,
            "page": asking.page,
            "form": asking.message.as_ref().and_then(|said| said.form.as_ref()),
            "texts": asking.messages.iter().map(|said| said.text.as_str()).collect::<Vec<_>>(),
        },
    });
    let body = serde_json::to_vec(&body).map_err(|error| Failure::Nonsense(error.to_string()))?;
    let url = endpoint(url, if callback { "callback" } else { "rest" });
    let mut request = Request::post_json(url, body, bot.deadline(), MOST_BYTES);
    let key = &bot.settings.credential;
    if let Some(mut value) = HeaderValue::from_str(&format!("Bearer {key}")).ok().filter(|_| !key.is_empty()) {
        value.set_sensitive(true);
        request.headers.insert(AUTHORIZATION, value);
    }
    Ok(Spoken { request, read: if callback { accepted } else { read }, stream: None })
}

/// Whom the callback channel is told that it talks to. What Rasa posts of the metadata says nothing, since it
/// posts none: `recipient_id` is all that comes back, so the epoch is in it.
fn sender(asking: &Asking) -> String {
    format!("{}.{}", asking.conversation.id, asking.epoch)
}

/// Rasa's root is completed; an address of a channel is used as it stands.
fn endpoint(mut url: Url, channel: &str) -> Url {
    let path = url.path().trim_end_matches('/').to_owned();
    if !path.contains("/webhooks/") {
        url.set_path(&format!("{path}/webhooks/{channel}/webhook"));
    }
    url
}

/// The payload of a button that was pressed, or of a form with its answers as entities; else the words: several
/// messages as lines of one, since Rasa takes one at a time.
fn message(asking: &Asking) -> String {
    let last = asking.messages.last();
    let payload = last.and_then(|said| said.payload.as_ref()).and_then(Value::as_str);
    match (payload, last.and_then(|said| said.form.as_ref())) {
        (Some(intent), Some(form)) if intent.starts_with('/') => {
            format!("{intent}{}", Value::Object(form.values.clone()))
        }
        (Some(pressed), None) => pressed.to_owned(),
        _ => asking.words(),
    }
}

/// One message of Rasa. What is null is not there.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Message {
    recipient_id: Option<String>,
    text: Option<String>,
    image: Option<String>,
    attachment: Option<Value>,
    buttons: Option<Vec<Button>>,
    quick_replies: Option<Vec<Button>>,
    custom: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Button {
    title: Option<String>,
    payload: Option<Value>,
    url: Option<String>,
}

fn read(body: &[u8]) -> Result<Heard, String> {
    let messages: Vec<Message> =
        serde_json::from_slice(body).map_err(|error| format!("the answer is not understood: {error}"))?;
    // Looked at before each becomes several actions.
    if messages.len() > action::MOST_ACTIONS {
        return Err(format!("{} messages; an answer has at most {}", messages.len(), action::MOST_ACTIONS));
    }
    Ok(Reply::Actions(actions(messages)?).into())
}

/// The callback channel has taken the message.
fn accepted(_: &[u8]) -> Result<Heard, String> {
    Ok(Reply::Later.into())
}

/// One message that the callback channel posts.
#[derive(Debug)]
pub struct CalledBack {
    /// In which conversation.
    pub conversation: ConversationId,
    /// Who had it when Rasa was asked what this answers.
    pub epoch: i64,
    /// What it asks for, checked.
    pub actions: Vec<Action>,
}

/// Reads one.
///
/// # Errors
/// A sentence for the bot's developer.
pub fn called_back(body: &[u8]) -> Result<CalledBack, String> {
    let mut message: Message =
        serde_json::from_slice(body).map_err(|error| format!("the message is not understood: {error}"))?;
    let recipient = message.recipient_id.take().ok_or("recipient_id is missing")?;
    let (conversation, epoch) = recipient
        .split_once('.')
        .and_then(|(id, epoch)| Some((id.parse().ok()?, epoch.parse().ok()?)))
        .ok_or("recipient_id is not the sender of what this answers")?;
    Ok(CalledBack { conversation, epoch, actions: actions(vec![message])? })
}

/// What Rasa's messages ask for, checked.
fn actions(messages: Vec<Message>) -> Result<Vec<Action>, String> {
    let mut actions = Vec::new();
    // What ends the bot's part comes after all that it says.
    let mut last = None;
    for message in messages {
        let custom = message.custom.as_ref().and_then(Value::as_object).cloned().unwrap_or_default();
        let said = said(message)?;
        match asked(&custom)? {
            Some((text, form)) => asks(&mut actions, said, text, form),
            None => actions.extend(said.map(Action::Say)),
        }
        if let Some(set) = custom.get("set").and_then(Value::as_object) {
            let tags = set.get("tags").and_then(Value::as_array);
            let tags = tags.map(|tags| tags.iter().filter_map(Value::as_str).map(str::to_owned).collect());
            actions.push(Action::Set { attributes: set.get("attributes").and_then(Value::as_object).cloned(), tags });
        }
        last = last.or_else(|| ends(&custom));
    }
    actions.extend(last);
    action::check(&actions)?;
    Ok(actions)
}

/// A form of ours among what is custom, and its own words.
fn asked(custom: &Map<String, Value>) -> Result<Option<(Option<String>, AskedForm)>, String> {
    #[derive(Deserialize)]
    struct Asked {
        text: Option<String>,
        #[serde(flatten)]
        form: AskedForm,
    }
    let Some(form) = custom.get("form").filter(|form| !form.is_null()) else { return Ok(None) };
    let asked: Asked =
        serde_json::from_value(form.clone()).map_err(|error| format!("the form is not understood: {error}"))?;
    Ok(Some((asked.text, asked.form)))
}

/// A form stands below its own words or its message's; Rasa sends what one action says as several messages, so
/// that the words may also be those of the message before.
fn asks(actions: &mut Vec<Action>, said: Option<Say>, text: Option<String>, form: AskedForm) {
    let mut say = said.unwrap_or_default();
    if let Some(text) = text {
        say.text = text;
    }
    if say.text.is_empty()
        && let Some(Action::Say(before)) = actions.last()
        && before.form.is_none()
        && before.quick_replies.is_none()
    {
        say.text.clone_from(&before.text);
        actions.pop();
    }
    say.form = Some(form);
    actions.push(Action::Say(say));
}

fn ends(custom: &Map<String, Value>) -> Option<Action> {
    let inner = custom.get("handoff").and_then(Value::as_object);
    let text = |key: &str| {
        let text = inner.and_then(|inner| inner.get(key)).or_else(|| custom.get(key)).and_then(Value::as_str);
        text.filter(|text| !text.trim().is_empty()).map(str::to_owned)
    };
    if inner.is_some() || custom.get("handoff") == Some(&Value::Bool(true)) {
        return Some(Action::Handoff { queue: text("queue"), note: text("note"), summary: text("summary") });
    }
    (custom.get("close") == Some(&Value::Bool(true))).then_some(Action::Close)
}

fn said(message: Message) -> Result<Option<Say>, String> {
    let text = message.text.unwrap_or_default();
    let mut cards = Vec::new();
    let attachment = message.attachment.as_ref().and_then(link_of);
    let files = message.image.iter().map(String::as_str).chain(attachment).map(file).collect::<Result<Vec<_>, _>>()?;
    let mut replies = Vec::new();
    for button in message.buttons.into_iter().chain(message.quick_replies).flatten() {
        let title = button.title.unwrap_or_default();
        match button.url {
            Some(url) => cards.push(linked(title, &url)?),
            None => {
                let payload = button.payload.filter(|payload| !payload.is_null());
                replies.push(QuickReply { payload: payload.unwrap_or_else(|| json!(title)), title });
            }
        }
    }
    if text.trim().is_empty() && cards.is_empty() && files.is_empty() {
        return if replies.is_empty() { Ok(None) } else { Err("buttons without a text".to_owned()) };
    }
    let quick_replies = (!replies.is_empty()).then_some(replies);
    let cards = (!cards.is_empty()).then_some(cards);
    let attachments = (!files.is_empty()).then_some(files);
    Ok(Some(Say { text, quick_replies, cards, attachments, form: None }))
}

/// An address, or an object that has one.
fn link_of(attachment: &Value) -> Option<&str> {
    let inside = attachment.get("payload").and_then(|payload| payload.get("src")).or_else(|| attachment.get("url"));
    inside.unwrap_or(attachment).as_str()
}

/// A picture or a file, under the name that its address has.
fn file(url: &str) -> Result<File, String> {
    let parsed = web(url)?;
    let name = parsed.path_segments().and_then(|mut parts| parts.next_back()).filter(|name| !name.is_empty());
    let name = name.or(parsed.host_str()).unwrap_or_default();
    Ok(File { url: url.to_owned(), name: name.chars().take(action::TITLE_CHARS).collect(), mime: None })
}

fn linked(title: String, url: &str) -> Result<Card, String> {
    web(url)?;
    let button = CardButton { title: title.clone(), payload: None, url: Some(url.to_owned()) };
    Ok(Card { title, text: None, buttons: vec![button] })
}

fn web(url: &str) -> Result<Url, String> {
    let parsed = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    parsed.ok_or_else(|| "an image, an attachment or a link is no http or https address".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(json: &str) -> Result<Vec<Action>, String> {
        match read(json.as_bytes())?.reply {
            Reply::Actions(actions) => Ok(actions),
            Reply::Later => Err("later".to_owned()),
        }
    }

    #[test]
    fn messages_become_actions() {
        assert_eq!(of("[]"), Ok(Vec::new()));
        let nulls =
            r#"[{"recipient_id":null,"text":null,"image":null,"buttons":null,"attachment":null,"custom":null}]"#;
        assert_eq!(of(nulls), Ok(Vec::new()));
        let read = of(
            r#"[{"recipient_id":"x","text":"Which?","buttons":[{"title":"A","payload":"/a{\"b\":1}"},{"title":"B"}]},
            {"image":"https://shop.example/lamp.png"},{"custom":{"handoff":true,"queue":"Sales","summary":"lamp"}},
            {"text":"Bye","custom":{"set":{"tags":["x"],"attributes":{"plan":"pro"}}}}]"#,
        );
        let read = read.expect("actions");
        let kinds: Vec<&str> = read.iter().map(kind).collect();
        assert_eq!(kinds, ["say", "say", "say", "set", "handoff"], "a hand-off comes last");
        let Some(Action::Say(say)) = read.first() else { panic!("a message") };
        let replies = say.quick_replies.clone().expect("replies");
        assert_eq!((replies[0].payload.clone(), replies[1].payload.clone()), (json!("/a{\"b\":1}"), json!("B")));
    }

    #[test]
    fn a_form_finds_its_words() {
        let form = r#"{"fields":[{"name":"mail","kind":"email","label":"Email"}],"payload":"/contact"}"#;
        let said = |read: Result<Vec<Action>, String>| match read.expect("actions").as_slice() {
            [Action::Say(say)] => (say.text.clone(), say.form.is_some()),
            other => panic!("one message: {other:?}"),
        };
        let two = format!(r#"[{{"text":"Where to?"}},{{"custom":{{"form":{form}}}}}]"#);
        assert_eq!(said(of(&two)), ("Where to?".to_owned(), true));
        let one = format!(r#"[{{"text":"Where to?","custom":{{"form":{form}}}}}]"#);
        assert_eq!(said(of(&one)), ("Where to?".to_owned(), true));
        let own = form.replacen('{', r#"{"text":"Your mail?","#, 1);
        assert_eq!(said(of(&format!(r#"[{{"custom":{{"form":{own}}}}}]"#))), ("Your mail?".to_owned(), true));
        assert!(of(&format!(r#"[{{"custom":{{"form":{form}}}}}]"#)).is_err(), "a form without words");
        assert!(of(r#"[{"text":"x","custom":{"form":{"fields":null}}}]"#).is_err());
    }

    fn kind(action: &Action) -> &'static str {
        match action {
            Action::Say(_) => "say",
            Action::Set { .. } => "set",
            Action::Handoff { .. } => "handoff",
            _ => "other",
        }
    }

    #[test]
    fn nonsense_is_refused() {
        let many = format!("[{}]", vec![r#"{"text":"x"}"#; 10_000].join(","));
        for bad in [
            "",
            "null",
            "{}",
            r#"[{"text":7}]"#,
            r#"[{"image":"javascript:alert(1)"}]"#,
            &many,
            r#"[{"text":"x","buttons":[{"title":"x","url":"data:text/html,x"}]}]"#,
            r#"[{"buttons":[{"title":"x"}]}]"#,
        ] {
            assert!(of(bad).is_err(), "{bad:.60}");
        }
    }
}
