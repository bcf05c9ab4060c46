//! What a filled-in form says, checked. A field that was refused is named, and nothing is stored.

use serde_json::{Map, Value};

use super::MAX_COMMENT_CHARS;
use super::due::open_fields;
use super::store::Known;
use crate::conversations::Error;
use crate::ids::QueueId;
use crate::live::protocol::FormName;
use crate::queues::store::Queue;
use crate::sites::Site;
use crate::sites::settings::{About, AskAddress};
use crate::visitors::{self, MAX_EMAIL_CHARS, MAX_NAME_CHARS};

/// Digits that a telephone number has at least.
const PHONE_DIGITS: usize = 3;

/// What a form says.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Answer {
    /// Whether they agree.
    Consent(bool),
    /// Before the chat.
    PreChat(PreChatAnswer),
    /// Where the answer may be sent; none if they skipped it.
    Offline(Option<Address>),
    /// How it was; none if they skipped it.
    Rating(Option<Rating>),
}

impl Answer {
    /// The address that it leaves.
    pub(super) fn email(&self) -> Option<&str> {
        match self {
            Self::PreChat(answer) => answer.email.as_deref(),
            Self::Offline(Some(address)) => Some(&address.email),
            Self::Consent(_) | Self::Offline(None) | Self::Rating(_) => None,
        }
    }
}

/// See [`Answer::PreChat`]. What was left empty is none.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct PreChatAnswer {
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) queue: Option<Queue>,
    pub(super) attributes: Map<String, Value>,
}

/// See [`Answer::Offline`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) email: String,
    pub(super) name: Option<String>,
}

/// See [`Answer::Rating`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rating {
    pub(super) score: i64,
    pub(super) comment: Option<String>,
}

/// Reads the values of a form of this site. Values of other names are ignored.
pub(super) fn read(form: FormName, values: &Map<String, Value>, site: &Site, known: &Known) -> Result<Answer, Error> {
    match form {
        FormName::Consent => match values.get("consent") {
            Some(Value::Bool(consent)) => Ok(Answer::Consent(*consent)),
            _ => Err(refused("consent", "is true or false")),
        },
        FormName::PreChat => pre_chat(values, site, known).map(Answer::PreChat),
        FormName::Offline => offline(values, site).map(Answer::Offline),
        FormName::Rating => rating(values).map(Answer::Rating),
    }
}

pub(super) fn refused(field: &str, why: &str) -> Error {
    Error::ValueRefused { field: field.to_owned(), why: why.to_owned() }
}

/// A text, trimmed; none if it is empty or missing.
pub(super) fn text(values: &Map<String, Value>, name: &str, max_chars: u32) -> Result<Option<String>, Error> {
    let text = match values.get(name) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text.trim(),
        Some(_) => return Err(refused(name, "has to be a text")),
    };
    let most = usize::try_from(max_chars).unwrap_or(usize::MAX);
    match text.chars().count() {
        0 => Ok(None),
        count if count > most => {
            Err(refused(name, &format!("has {} characters too many; the limit is {most}", count - most)))
        }
        _ if text.contains('\0') => Err(refused(name, "has a NUL character, which cannot be stored")),
        _ => Ok(Some(text.to_owned())),
    }
}

/// A text in one line.
pub(super) fn line(values: &Map<String, Value>, name: &str, max_chars: u32) -> Result<Option<String>, Error> {
    match text(values, name, max_chars)? {
        Some(text) if text.chars().any(char::is_control) => Err(refused(name, "has to be one line of text")),
        other => Ok(other),
    }
}

pub(super) fn email(values: &Map<String, Value>, name: &str) -> Result<Option<String>, Error> {
    match line(values, name, MAX_EMAIL_CHARS)? {
        Some(text) if !visitors::is_email(&text) => Err(refused(name, "is not an address of mail")),
        other => Ok(other),
    }
}

pub(super) fn phone(values: &Map<String, Value>, name: &str, max_chars: u32) -> Result<Option<String>, Error> {
    match line(values, name, max_chars)? {
        Some(text) if text.chars().filter(char::is_ascii_digit).count() < PHONE_DIGITS => {
            Err(refused(name, "is not a telephone number"))
        }
        other => Ok(other),
    }
}

fn pre_chat(values: &Map<String, Value>, site: &Site, known: &Known) -> Result<PreChatAnswer, Error> {
    let mut answer = PreChatAnswer::default();
    for field in &site.settings.pre_chat.fields {
        let (name, max_chars) = (field.about.name(), field.about.max_chars().unwrap_or_default());
        let given = match &field.about {
            About::Name => {
                answer.name = line(values, name, max_chars)?;
                answer.name.is_some()
            }
            About::Email => {
                answer.email = email(values, name)?;
                answer.email.is_some()
            }
            About::Phone => {
                answer.phone = phone(values, name, max_chars)?;
                answer.phone.is_some()
            }
            About::Topic => {
                answer.queue = topic(values, site)?;
                answer.queue.is_some()
            }
            About::Text { .. } => match line(values, name, max_chars)? {
                Some(text) => {
                    answer.attributes.insert(name.to_owned(), Value::String(text));
                    true
                }
                None => false,
            },
        };
        if field.required && !given && open_fields(site, known).any(|open| open.about == field.about) {
            return Err(refused(name, "is needed"));
        }
    }
    Ok(answer)
}

fn topic(values: &Map<String, Value>, site: &Site) -> Result<Option<Queue>, Error> {
    let Some(text) = line(values, "queue", MAX_NAME_CHARS)? else { return Ok(None) };
    let id = text.parse::<QueueId>().ok();
    let found = site.topics.iter().find(|queue| Some(queue.id) == id);
    found.cloned().map(Some).ok_or_else(|| refused("queue", "is none of the choices"))
}

fn offline(values: &Map<String, Value>, site: &Site) -> Result<Option<Address>, Error> {
    let name = line(values, "name", MAX_NAME_CHARS)?;
    match email(values, "email")? {
        Some(email) => Ok(Some(Address { email, name })),
        None if name.is_none() && site.settings.offline.ask_address != AskAddress::Required => Ok(None),
        None => Err(refused("email", "is needed")),
    }
}

fn rating(values: &Map<String, Value>) -> Result<Option<Rating>, Error> {
    let comment = text(values, "comment", MAX_COMMENT_CHARS)?;
    match values.get("score").filter(|score| !score.is_null() && score.as_str() != Some("")) {
        None if comment.is_none() => Ok(None),
        None => Err(refused("score", "is needed")),
        Some(score) => match score.as_i64() {
            Some(score @ 1..=5) => Ok(Some(Rating { score, comment })),
            _ => Err(refused("score", "is a whole number from 1 to 5")),
        },
    }
}
