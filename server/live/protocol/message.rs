//! A message as clients see it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Field;
use crate::ids::{MessageId, ReceivedMailId};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum MessageKind {
    Text,
    /// Agents only.
    Note,
    /// `name` and parameters, put into words by the reader's language.
    Event,
    Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum AuthorKind {
    Visitor,
    Agent,
    Bot,
    System,
}

/// Who wrote a message. `id` is null for the system.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, utoipa::ToSchema)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Author {
    pub kind: AuthorKind,
    pub id: Option<String>,
    pub name: Option<String>,
    pub avatar_url: Option<String>,
}

/// What happened, for the reader's own language.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, utoipa::ToSchema)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Event {
    pub name: String,
    #[cfg_attr(test, ts(type = "Record<string, unknown>"))]
    #[schema(value_type = Object)]
    pub params: Map<String, Value>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, utoipa::ToSchema)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Attachment {
    pub id: String,
    pub name: String,
    pub mime: String,
    #[cfg_attr(test, ts(type = "number"))]
    pub bytes: i64,
    pub url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub height: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub thumb_url: Option<String>,
    /// A link that a bot gave: the file is there, and not here. `bytes` is 0, since nobody has looked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
    pub external: bool,
}

/// A form in a bot's message, or what a visitor put into one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize, utoipa::ToSchema)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct MessageForm {
    /// Of the bot's message: what it asks, in the order in which it is shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<Vec<Field>>"))]
    pub fields: Vec<Field>,
    /// Of the bot's message: what its button says; without one, the client's own word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub submit: Option<String>,
    /// Of the bot's message, once it is answered: the message with the answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub answer: Option<MessageId>,
    /// Of the visitor's message: whose form it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub of: Option<MessageId>,
    /// Of the visitor's message: the answers by the names of the fields. What was left empty is not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, type = "Record<string, unknown>"))]
    #[schema(value_type = Object)]
    pub values: Option<Map<String, Value>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, utoipa::ToSchema)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct QuickReply {
    pub title: String,
    #[cfg_attr(test, ts(type = "unknown"))]
    pub payload: Value,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, utoipa::ToSchema)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Reaction {
    pub emoji: String,
    pub by: Vec<String>,
}

/// A button of a card: it answers with its payload, or leads to a page.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, utoipa::ToSchema)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CardButton {
    pub title: String,
    /// What the bot gets back, as of a quick reply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, type = "unknown"))]
    pub payload: Option<Value>,
    /// An `https:`, `http:`, `mailto:` or `tel:` address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub url: Option<String>,
}

/// One thing that a bot shows: a product, an order, an article.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, utoipa::ToSchema)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Card {
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub text: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<CardButton>,
}

/// What a message that came or went by mail has beside its words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(default)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[schema(as = MessageMail)]
pub struct Mail {
    /// The mail itself, for agents: `/console/mails/{id}`; none for one that we wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, type = "string"))]
    pub id: Option<ReceivedMailId>,
    /// The sender's address, as the mail says.
    pub from: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub subject: Option<String>,
    /// Who got it beside the visitor.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(as = "Option<Vec<String>>", optional))]
    pub cc: Vec<String>,
    /// Whether more stood there than is shown: quotes, a signature, or what was too long.
    pub cut: bool,
    /// Whether the sender is not whom the reply address was given to.
    pub stranger: bool,
    /// Whether a form of the website wrote it for `from`: nobody looked whether the address is theirs.
    pub by_form: bool,
    /// What the mail server that took it says of the sender (RFC 8601): `spf=pass`, `dkim=fail`, ….
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(as = "Option<Vec<String>>", optional))]
    pub checks: Vec<String>,
    /// The files in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(as = "Option<Vec<MailFile>>", optional))]
    pub files: Vec<MailFile>,
}

/// What an agent adds to a reply that goes out as a mail.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SendMail {
    /// At most 200 characters; none for the conversation's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub subject: Option<String>,
    /// Who gets a copy: at most 10 addresses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(as = "Option<Vec<String>>", optional))]
    pub cc: Vec<String>,
}

/// A file in a mail.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(default)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct MailFile {
    /// As the mail calls it, made harmless.
    pub name: String,
    /// As the mail says; nobody believes it.
    pub mime: String,
    #[cfg_attr(test, ts(type = "number"))]
    pub bytes: u64,
}

/// One entry of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, utoipa::ToSchema)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Message {
    pub id: MessageId,
    /// The rev that created it: its order in the conversation; rising, not dense.
    #[cfg_attr(test, ts(type = "number"))]
    pub seq: i64,
    /// The last rev that touched it.
    #[cfg_attr(test, ts(type = "number"))]
    pub rev: i64,
    pub kind: MessageKind,
    pub author: Author,
    /// Empty once deleted.
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub html: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub event: Option<Event>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub form: Option<MessageForm>,
    pub attachments: Vec<Attachment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub reply_to: Option<MessageId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub quick_replies: Option<Vec<QuickReply>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub cards: Option<Vec<Card>>,
    /// Where it came by mail, or went out by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub mail: Option<Mail>,
    /// Of a visitor's words that were chosen, not typed: what the bot gets with them. It goes to nobody else.
    #[serde(skip)]
    #[cfg_attr(test, ts(skip))]
    pub payload: Option<Value>,
    pub reactions: Vec<Reaction>,
    /// Of a note: how the colleagues that it names are written in it, with the `@`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<Vec<String>>"))]
    pub mentions: Vec<String>,
    /// RFC 3339 in UTC with milliseconds, as all times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub edited_at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub deleted_at: Option<String>,
    pub created_at: String,
}
