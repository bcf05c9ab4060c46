//! One file for each kind of bot: how a request to it looks, and how its answer is read. What is common
//! to all stands here: the call itself, its deadline, its size, and when it is tried again.

pub mod chatwoot;
mod event_stream;
mod openai;
pub mod rasa;
pub mod webhook;

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use tokio::time::Instant;

use super::request::Asking;
use super::turn_store::Seen;
use super::{Action, Bot, Failure, Kind, Say};
use crate::clock::Timestamp;
use crate::outgoing::{Failed, Outgoing, Request};
use event_stream::EventStream;

/// The largest answer, in bytes.
pub const MOST_BYTES: usize = 256 * 1_024;
/// How long an answer may stream, once it has begun within the deadline.
pub const STREAM_WITHIN: Duration = Duration::from_secs(120);
/// How often a call is tried, within its deadline: only where the bot cannot have begun to answer.
const MOST_TRIES: u32 = 3;
/// The first pause between tries; the second is twice as long.
const PAUSE: Duration = Duration::from_millis(250);
/// Pieces of a growing answer are shown at most this often.
const PARTIAL_EVERY: Duration = Duration::from_millis(150);
/// What is kept of a request and an answer, in characters.
const SEEN_CHARS: usize = 4_000;

/// What a bot answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// It wants this done.
    Actions(Vec<Action>),
    /// It acts later, over REST.
    Later,
}

/// Hears of an answer as it grows: the whole text so far. False where nobody wants the rest.
pub type OnPartial<'a> = &'a mut (dyn FnMut(&str) -> bool + Send);

/// Reads an answer that streams, event by event.
pub(super) trait Stream: Send {
    /// One event: its name, and its data.
    ///
    /// # Errors
    /// What is wrong with it, for the bot's developer.
    fn event(&mut self, name: &str, data: &str) -> Result<(), String>;
    /// The text so far.
    fn text(&self) -> &str;
    /// Tokens that it cost, where that is something that costs.
    fn tokens(&self) -> Option<u64> {
        None
    }
    /// The stream is over: what the bot wants.
    ///
    /// # Errors
    /// As above.
    fn finish(self: Box<Self>) -> Result<Vec<Action>, String>;
}

/// An answer in one piece, read.
pub(super) struct Heard {
    pub(super) reply: Reply,
    /// Tokens that it cost.
    pub(super) tokens: Option<u64>,
}

impl From<Reply> for Heard {
    fn from(reply: Reply) -> Self {
        Self { reply, tokens: None }
    }
}

/// How a kind of bot is spoken to.
pub(super) struct Spoken {
    pub(super) request: Request,
    /// Reads an answer that does not stream.
    pub(super) read: fn(&[u8]) -> Result<Heard, String>,
    /// Reads one that does; none where the kind knows no such answers.
    pub(super) stream: Option<Box<dyn Stream>>,
}

/// What a call to a bot came to, and what went over the wire.
pub struct Called {
    /// What it answered.
    pub reply: Result<Reply, Failure>,
    /// For its page.
    pub seen: Seen,
}

/// Whether there is anything to ask: a chat may be given to a bot in which nobody said anything new, and to no words
/// Rasa would say that it did not understand them.
pub fn is_asked(bot: &Bot, asking: &Asking) -> bool {
    bot.kind != Kind::Rasa || !asking.messages.is_empty()
}

/// Asks the bot.
pub async fn call(
    outgoing: &Outgoing,
    bot: &Bot,
    asking: &Asking,
    now: Timestamp,
    on_partial: OnPartial<'_>,
) -> Called {
    let began = Instant::now();
    let mut seen = Seen::default();
    let reply = match speak(outgoing, bot, asking, now) {
        Ok(spoken) => {
            seen.request = excerpt(&spoken.request.body);
            exchange(outgoing, bot, spoken, &mut seen, on_partial).await
        }
        Err(failure) => Err(failure),
    };
    seen.took_ms = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
    Called { reply, seen }
}

fn speak(outgoing: &Outgoing, bot: &Bot, asking: &Asking, now: Timestamp) -> Result<Spoken, Failure> {
    let url = outgoing.read_url(&bot.url).map_err(|failed| failure(&failed, bot))?;
    match bot.kind {
        Kind::Webhook => webhook::speak(url, bot, asking, now),
        Kind::Openai => openai::speak(url, bot, asking),
        Kind::Rasa => rasa::speak(url, bot, asking),
        Kind::Chatwoot => chatwoot::speak(url, bot, asking, now),
    }
}

/// Sends, again where that is safe, and reads.
async fn exchange(
    outgoing: &Outgoing,
    bot: &Bot,
    spoken: Spoken,
    seen: &mut Seen,
    on_partial: OnPartial<'_>,
) -> Result<Reply, Failure> {
    let Spoken { request, read, stream } = spoken;
    let until = Instant::now() + bot.deadline();
    let mut tries = 1;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        let head = tokio::time::timeout(left, outgoing.send_streaming(request.clone())).await;
        let (pause, why) = match head.unwrap_or(Err(Failed::TimedOut { after: bot.deadline() })) {
            Ok(answer) if matches!(answer.status, 429 | 503) => {
                seen.status = Some(answer.status);
                (retry_after(&answer.headers), Failure::Refused(answer.status))
            }
            Ok(answer) => {
                seen.status = Some(answer.status);
                let streams = content_type(&answer.headers) == "text/event-stream";
                return match stream.filter(|_| streams && answer.status < 300) {
                    Some(stream) => heard(answer, stream, until, bot, seen, on_partial).await,
                    None => whole(answer, read, until, bot, seen).await,
                };
            }
            Err(failed) => {
                let again = failed.unsent() && !matches!(failed, Failed::BadUrl(_) | Failed::Refused { .. });
                (again.then_some(PAUSE * tries), failure(&failed, bot))
            }
        };
        let pause = pause.filter(|pause| tries < MOST_TRIES && Instant::now() + *pause < until).ok_or(why)?;
        tokio::time::sleep(pause).await;
        tries += 1;
    }
}

/// An answer in one piece.
async fn whole(
    mut answer: crate::outgoing::Streaming,
    read: fn(&[u8]) -> Result<Heard, String>,
    until: Instant,
    bot: &Bot,
    seen: &mut Seen,
) -> Result<Reply, Failure> {
    let mut body = Vec::new();
    let all = async {
        while let Some(chunk) = answer.next().await? {
            body.extend_from_slice(&chunk);
        }
        Ok(())
    };
    let read_all = tokio::time::timeout_at(until, all).await.unwrap_or(Err(Failed::TimedOut { after: bot.deadline() }));
    seen.response = excerpt(&body);
    read_all.map_err(|failed| failure(&failed, bot))?;
    match answer.status {
        202 => Ok(Reply::Later),
        200..300 => {
            let heard = read(&body).map_err(Failure::Nonsense)?;
            seen.tokens = heard.tokens;
            Ok(heard.reply)
        }
        status => Err(Failure::Refused(status)),
    }
}

/// How much of a growing answer is shown, and since when: at most every [`PARTIAL_EVERY`].
#[derive(Default)]
struct Shown {
    bytes: usize,
    at: Option<Instant>,
}

impl Shown {
    /// When what came is to be shown; none where nothing is new.
    fn due(&self, text: &str) -> Option<Instant> {
        (text.len() != self.bytes).then(|| self.at.map_or_else(Instant::now, |at| at + PARTIAL_EVERY))
    }

    /// Whether that is now; it counts as shown then.
    fn is_due(&mut self, text: &str) -> bool {
        let now = self.due(text).is_some_and(|due| due <= Instant::now());
        if now {
            (self.bytes, self.at) = (text.len(), Some(Instant::now()));
        }
        now
    }
}

/// An answer that grows. It has to begin within the deadline; then each piece has as long.
async fn heard(
    mut answer: crate::outgoing::Streaming,
    mut stream: Box<dyn Stream>,
    until: Instant,
    bot: &Bot,
    seen: &mut Seen,
    on_partial: OnPartial<'_>,
) -> Result<Reply, Failure> {
    let mut events = EventStream::default();
    let mut next_by = until;
    let mut shown = Shown::default();
    loop {
        let look_by = shown.due(stream.text()).map_or(next_by, |due| due.min(next_by));
        match tokio::time::timeout_at(look_by, answer.next()).await {
            // The bot pauses: what came is shown.
            Err(_) if Instant::now() < next_by => {}
            Err(_) => return Err(Failure::NoAnswer(bot.deadline())),
            Ok(chunk) => {
                let Some(chunk) = chunk.map_err(|failed| failure(&failed, bot))? else { break };
                next_by = Instant::now() + bot.deadline();
                if seen.response.len() < SEEN_CHARS {
                    seen.response.push_str(&excerpt(&chunk));
                }
                for event in events.feed(&chunk).map_err(Failure::Nonsense)? {
                    stream.event(&event.name, &event.data).map_err(Failure::Nonsense)?;
                }
            }
        }
        if shown.is_due(stream.text()) && !on_partial(stream.text()) {
            // Somebody else has the conversation: what it would have said so far is kept for agents, and that it is
            // not whole is our doing, and no mistake of the bot.
            seen.tokens = stream.tokens();
            let text = stream.text().to_owned();
            return Ok(Reply::Actions(vec![Action::Say(Say { text, ..Say::default() })]));
        }
    }
    seen.tokens = stream.tokens();
    stream.finish().map(Reply::Actions).map_err(Failure::Nonsense)
}

fn failure(failed: &Failed, bot: &Bot) -> Failure {
    match failed {
        Failed::TimedOut { .. } => Failure::NoAnswer(bot.deadline()),
        Failed::TooBig { .. } => Failure::TooLong,
        other => Failure::Unreachable(other.clone()),
    }
}

fn content_type(headers: &HeaderMap) -> String {
    let text = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Seconds, as far as a bot says so. A date is not waited for: the deadline is shorter.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?;
    text.trim().parse().ok().map(Duration::from_secs)
}

fn excerpt(bytes: &[u8]) -> String {
    crate::visitors::clean(&String::from_utf8_lossy(bytes), SEEN_CHARS)
}
