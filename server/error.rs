//! Domain errors to problems: the one place that knows a status, a title and the words.

use crate::conversations::Error;
use crate::live::protocol::{MAX_FRAME_BYTES, MAX_TEXT_CHARS, Message, Problem};
use crate::visitors::identity::Refused;

/// Seconds after which something may be tried again that the server could not do.
const RETRY_AFTER_S: u64 = 2;

/// A kind of problem: the end of its type, title, status. `docs/protocol.md` describes each.
pub struct Kind(pub &'static str, pub &'static str, pub u16);

/// Every kind, for the documents' test.
pub const KINDS: [Kind; 33] = [
    BAD_FRAME,
    TEXT_MISSING,
    TEXT_TOO_LONG,
    BODY_TOO_BIG,
    TOO_SLOW,
    NOT_SIGNED_IN,
    KEY_REFUSED,
    NOT_ALLOWED,
    ORIGIN,
    NOT_FOUND,
    METHOD,
    MEDIA_TYPE,
    IDENTITY_REFUSED,
    IDENTITY_CLAIMS,
    ANOTHER_PERSON,
    ID_REUSED,
    TAKEN,
    LAST_OWNER,
    KEY_REUSED,
    OWNER_CHANGED,
    ANSWERED_MEANWHILE,
    MESSAGE_CHANGED,
    NOT_THERE,
    CLOSED,
    WINDOW_OVER,
    CONSENT_REQUIRED,
    PRE_CHAT_REQUIRED,
    VALUE_REFUSED,
    WORD_REFUSED,
    RATE_LIMITED,
    NOT_OFFERED,
    BUSY,
    INTERNAL,
];

/// The frame or request makes no sense.
pub const BAD_FRAME: Kind = Kind("bad-frame", "Not understood", 400);
/// A message without words.
pub const TEXT_MISSING: Kind = Kind("text-missing", "No text", 400);
/// More characters than a message may have.
pub const TEXT_TOO_LONG: Kind = Kind("text-too-long", "Text too long", 413);
/// A request's body beyond the largest frame.
pub const BODY_TOO_BIG: Kind = Kind("too-big", "Too big", 413);
/// A request's body that did not come within its time.
pub const TOO_SLOW: Kind = Kind("too-slow", "Too slow", 408);
/// No session, or it has ended.
pub const NOT_SIGNED_IN: Kind = Kind("not-signed-in", "Not signed in", 401);
/// No API key, or one that is not good.
pub const KEY_REFUSED: Kind = Kind("key-refused", "API key refused", 401);
/// The rules do not let this person do it.
pub const NOT_ALLOWED: Kind = Kind("not-allowed", "Not allowed", 403);
/// The page's origin is not among the site's.
pub const ORIGIN: Kind = Kind("origin", "Origin not allowed", 403);
/// It is not there, or not for this person.
pub const NOT_FOUND: Kind = Kind("not-found", "Not found", 404);
/// The path takes other methods.
pub const METHOD: Kind = Kind("method", "Not this method", 405);
/// A body that is no JSON by its own word.
pub const MEDIA_TYPE: Kind = Kind("media-type", "Not this kind of body", 415);
/// A token that does not prove who the visitor is.
pub const IDENTITY_REFUSED: Kind = Kind("identity-refused", "Not proved", 401);
/// A token that is signed and says what cannot be used.
pub const IDENTITY_CLAIMS: Kind = Kind("identity-claims", "Claim of no use", 422);
/// The device is identified as somebody else.
pub const ANOTHER_PERSON: Kind = Kind("another-person", "Somebody else's device", 409);
/// The id stands for something else.
pub const ID_REUSED: Kind = Kind("id-reused", "Id used before", 409);
/// Somebody else has that name, mail address or external id.
pub const TAKEN: Kind = Kind("taken", "Taken", 409);
/// Somebody has to be left who may change everything.
pub const LAST_OWNER: Kind = Kind("last-owner", "The last owner", 409);
/// An Idempotency-Key that stands for another request.
pub const KEY_REUSED: Kind = Kind("idempotency-key-reused", "Idempotency-Key used before", 422);
/// Another hand-over came first.
pub const OWNER_CHANGED: Kind = Kind("owner-changed", "Somebody else has it", 409);
/// Another agent has written since.
pub const ANSWERED_MEANWHILE: Kind = Kind("answered-meanwhile", "Answered meanwhile", 409);
/// The message is not as the writer saw it.
pub const MESSAGE_CHANGED: Kind = Kind("message-changed", "Message changed", 409);
/// Whoever is to get it is not there.
pub const NOT_THERE: Kind = Kind("not-there", "Not there", 409);
/// The conversation's state does not allow it.
pub const CLOSED: Kind = Kind("conversation-state", "Not in this state", 409);
/// Too late to change one's words.
pub const WINDOW_OVER: Kind = Kind("window-over", "Too late", 403);
/// Nothing is stored of this visitor before they agree.
pub const CONSENT_REQUIRED: Kind = Kind("consent-required", "Consent needed", 403);
/// The form before the chat is to be answered first.
pub const PRE_CHAT_REQUIRED: Kind = Kind("pre-chat-required", "Form needed", 403);
/// A value of a form or frame that cannot be taken.
pub const VALUE_REFUSED: Kind = Kind("value-refused", "Value refused", 422);
/// The workspace does not take these words from visitors.
pub const WORD_REFUSED: Kind = Kind("word-refused", "Words refused", 422);
/// Too many.
pub const RATE_LIMITED: Kind = Kind("rate-limited", "Too many", 429);
/// This version does not do it.
pub const NOT_OFFERED: Kind = Kind("not-offered", "Not offered", 501);
/// The server cannot do it now.
pub const BUSY: Kind = Kind("busy", "Busy", 503);
/// Something broke here.
pub const INTERNAL: Kind = Kind("internal", "Something broke here", 500);

impl Kind {
    /// A problem of this kind.
    pub fn problem(self, detail: impl Into<String>) -> Problem {
        let Self(name, title, status) = self;
        Problem {
            kind: format!("/problems/{name}"),
            title: title.to_owned(),
            status,
            detail: detail.into(),
            retry_after_s: None,
            owner: None,
            epoch: None,
            items: None,
            field: None,
        }
    }

    /// A problem after which the same thing may be tried again.
    pub fn retryable(self, detail: impl Into<String>, after_s: u64) -> Problem {
        Problem { retry_after_s: Some(after_s), ..self.problem(detail) }
    }
}

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        match error {
            Error::NotFound => NOT_FOUND.problem("There is no such conversation or message."),
            Error::NotAllowed(why) => NOT_ALLOWED.problem(*why),
            Error::IdReused => ID_REUSED.problem("This id was used for another message. Draw a new one."),
            Error::TextMissing => TEXT_MISSING.problem("There is no text to send."),
            Error::TextTooLong(chars) => too_long(*chars),
            Error::Invalid(why) => BAD_FRAME.problem(why.as_str()),
            Error::Closed => CLOSED.problem("This chat is closed. Reopen it first; your text is kept."),
            Error::NoOpenConversation => CLOSED.problem("There is no open chat."),
            Error::NotOver => CLOSED.problem("This chat goes on. It can be rated when it is over."),
            Error::AlreadyRated => CLOSED.problem("This chat was rated before. The first rating stays."),
            Error::FormAnswered => CLOSED.problem("This form was answered before. The first answers stay."),
            Error::FormOver => CLOSED.problem("This chat is over. Nothing was stored; write a message to go on."),
            Error::ConsentRequired => {
                CONSENT_REQUIRED.problem("This site stores nothing before you agree. Your text is kept here.")
            }
            Error::PreChatRequired => {
                PRE_CHAT_REQUIRED.problem("The form comes first. Your text is kept and goes out after it.")
            }
            Error::ValueRefused { field, why } => Self {
                field: Some(field.clone()),
                ..VALUE_REFUSED.problem(format!("{field} {why}. Nothing was stored; change it and send it again."))
            },
            Error::WordRefused(phrase) => WORD_REFUSED
                .problem(format!("“{phrase}” is not accepted here. Your text is kept; change it and send it again.")),
            Error::AnotherOpen => CLOSED.problem("The visitor has started another chat meanwhile. Answer there."),
            Error::OwnerChanged { owner, epoch } => owner_changed(owner.clone(), *epoch),
            Error::AnsweredMeanwhile(items) => Self {
                items: Some(newest_that_fit(items)),
                ..ANSWERED_MEANWHILE.problem("A colleague answered while you were writing. Your text is kept.")
            },
            Error::MessageChanged(now) => Self {
                items: Some(vec![(**now).clone()]),
                ..MESSAGE_CHANGED.problem("The message was changed meanwhile. Look at it first.")
            },
            Error::NotThere(name) => {
                NOT_THERE.problem(format!("{name} is not there now. Choose a queue, or somebody who is."))
            }
            Error::WindowOver => WINDOW_OVER.problem("The time to change this message is over."),
            Error::NotOffered(what) => NOT_OFFERED.problem(format!("This server does not offer {what} yet.")),
            Error::IdentityRefused(why) => match why {
                Refused::Claim(_) => IDENTITY_CLAIMS.problem(format!("{why} The chat goes on as before.")),
                _ => IDENTITY_REFUSED.problem(format!("{why} The chat goes on as before.")),
            },
            Error::AnotherPerson => ANOTHER_PERSON.problem(
                "This device is signed in as somebody else. Nothing was changed: reset first, then identify again.",
            ),
            Error::RateLimited(s) => {
                RATE_LIMITED.retryable(format!("Too many messages at once. The next one goes out in {s} s."), *s)
            }
            Error::TooManyAddresses(s) => RATE_LIMITED
                .retryable("Too many mail addresses were left from here. Nothing was stored; try later.", *s),
            Error::Gated(s) => RATE_LIMITED.retryable("An earlier message has to go first, so that order holds.", *s),
            Error::Db(error) if error.is_retryable() => {
                BUSY.retryable("The server is busy. Nothing was stored; we will try again.", RETRY_AFTER_S)
            }
            Error::Db(_) => INTERNAL.problem("Something broke here and was written to the log. Nothing was stored."),
        }
    }
}

fn too_long(chars: usize) -> Problem {
    let over = chars.saturating_sub(MAX_TEXT_CHARS);
    TEXT_TOO_LONG
        .problem(format!("{over} characters too many; the limit is {MAX_TEXT_CHARS}. Your text is still here."))
}

fn owner_changed(owner: Option<crate::live::protocol::Owner>, epoch: i64) -> Problem {
    let who = owner.as_ref().and_then(|owner| owner.name.clone());
    let detail = match who {
        Some(name) => format!("{name} took this chat a moment ago."),
        None => "This chat changed hands a moment ago.".to_owned(),
    };
    Problem { owner, epoch: Some(epoch), ..OWNER_CHANGED.problem(detail) }
}

/// The newest of these messages that one frame can carry; at least one.
fn newest_that_fit(items: &[Message]) -> Vec<Message> {
    let mut bytes = 0;
    let fits = items.iter().rev().take_while(|message| {
        bytes += 400 + 2 * message.text.len();
        bytes <= MAX_FRAME_BYTES
    });
    let from = items.len() - fits.count().max(1).min(items.len());
    items[from..].to_vec()
}

/// The end of a problem's type, for the metric.
pub fn short_kind(problem: &Problem) -> &'static str {
    KINDS.iter().map(|Kind(name, ..)| *name).find(|name| problem.kind.ends_with(name)).unwrap_or("other")
}
