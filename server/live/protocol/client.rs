//! Frames from a client to the server.
//!
//! Durable frames carry `id`, a UUIDv7 drawn by the client, and are answered by `ack` or `nack`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::drafting::SaveDraft;
use super::message::SendMail;
use super::owning::{Command, Join, SetPriority, SetTag, Snooze, Transfer};
use crate::ids::{CommandId, ConversationId, MessageId};

/// What a visitor may send.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum VisitorFrame {
    /// The first frame of every session.
    Hello(Box<Hello>),
    /// A message.
    Send(SendMessage),
    /// Other words for one's own message.
    Edit(Edit),
    /// One's own message taken back.
    Delete(Delete),
    /// An emoji under a message.
    React(React),
    /// A form that was filled in.
    Form(Form),
    /// All messages up to this seq arrived.
    Delivered(Receipt),
    /// All messages up to this seq were on screen in a focused page.
    Read(Receipt),
    /// Typing started or stopped.
    Typing(TypingUpdate),
    /// What the SDK's `identify`, `set`, `track`, `queue` and `consent` and page changes send.
    Update(Box<Update>),
    /// "Talk to a person."
    Handoff {
        /// Answered by `ack` or `nack` with it.
        id: CommandId,
    },
    /// Asks for earlier conversations.
    List,
    /// Asks for everything after a rev.
    Sync {
        /// The rev that the client holds.
        #[cfg_attr(test, ts(type = "number"))]
        since: i64,
    },
    /// Asks for older messages.
    History {
        /// One of the visitor's earlier conversations; left out: the current one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        conversation: Option<ConversationId>,
        #[serde(flatten)]
        history: History,
    },
    /// Are you there?
    Ping {
        /// Sent back as it is.
        #[cfg_attr(test, ts(type = "unknown"))]
        #[serde(default)]
        at: Value,
    },
    /// A type that this version does not know; ignored.
    #[serde(other)]
    #[cfg_attr(test, ts(skip))]
    Unknown,
}

/// What an agent may send. All but `hello`, `ping` and a view's `watch` name their conversation.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum AgentFrame {
    /// The first frame of every session.
    Hello(AgentHello),
    /// Follow a conversation (from `since`) or a list (`view`).
    Watch {
        #[serde(default)]
        conversation: Option<ConversationId>,
        #[serde(default)]
        #[cfg_attr(test, ts(type = "number"))]
        since: i64,
        #[serde(default)]
        view: Option<String>,
    },
    /// Stop following.
    Unwatch {
        #[serde(default)]
        conversation: Option<ConversationId>,
        #[serde(default)]
        view: Option<String>,
    },
    /// A reply to the visitor.
    Send {
        conversation: ConversationId,
        /// The last seq the agent saw: another agent's newer words make the send ask first.
        #[cfg_attr(test, ts(type = "number | null", optional))]
        seen_seq: Option<i64>,
        #[serde(default)]
        force: bool,
        /// Where the conversation is by mail.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        mail: Option<SendMail>,
        #[serde(flatten)]
        message: SendMessage,
    },
    /// Words for agents only.
    Note {
        conversation: ConversationId,
        #[serde(flatten)]
        message: SendMessage,
    },
    Edit {
        conversation: ConversationId,
        #[serde(flatten)]
        edit: Edit,
    },
    Delete {
        conversation: ConversationId,
        #[serde(flatten)]
        delete: Delete,
    },
    React {
        conversation: ConversationId,
        #[serde(flatten)]
        react: React,
    },
    Delivered {
        conversation: ConversationId,
        #[serde(flatten)]
        receipt: Receipt,
    },
    Read {
        conversation: ConversationId,
        #[serde(flatten)]
        receipt: Receipt,
    },
    Typing {
        conversation: ConversationId,
        #[serde(flatten)]
        typing: TypingUpdate,
    },
    Sync {
        conversation: ConversationId,
        #[cfg_attr(test, ts(type = "number"))]
        since: i64,
    },
    History {
        conversation: ConversationId,
        #[serde(flatten)]
        history: History,
    },
    Take(Command),
    Transfer(Transfer),
    Close(Command),
    Reopen(Command),
    Snooze(Snooze),
    Priority(SetPriority),
    Tag(SetTag),
    Join(Join),
    Draft(SaveDraft),
    State {
        id: CommandId,
        #[serde(default)]
        state: Option<String>,
    },
    Ping {
        #[cfg_attr(test, ts(type = "unknown"))]
        #[serde(default)]
        at: Value,
        #[serde(default)]
        conversation: Option<ConversationId>,
    },
    #[serde(other)]
    #[cfg_attr(test, ts(skip))]
    Unknown,
}

/// The visitor's first frame.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Hello {
    /// 256 random bits as base64url without padding: 43 characters.
    pub token: String,
    /// The conversation whose `since` this is; null for the current one.
    #[serde(default)]
    pub conversation: Option<ConversationId>,
    /// The rev that the client holds, 0 for none.
    #[serde(default)]
    #[cfg_attr(test, ts(type = "number"))]
    pub since: i64,
    /// The generation that the client's cache is of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub generation: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub page: Option<Page>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub locale: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub jwt: Option<String>,
}

/// The agent's first frame. Who it is says the session cookie.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct AgentHello {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub generation: Option<String>,
}

/// The page that the visitor is on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Page {
    #[serde(default)]
    pub url: String,
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub referrer: String,
}

/// A message to store. `id` becomes the message's id, so that a repeat is the same message.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SendMessage {
    pub id: MessageId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub text: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<Vec<String>>"))]
    pub attachments: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub reply_to: Option<MessageId>,
    /// The opaque payload of a quick reply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, type = "unknown"))]
    pub payload: Option<Value>,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Edit {
    pub id: CommandId,
    pub message: MessageId,
    pub text: String,
    /// The rev of the message that the writer saw.
    #[cfg_attr(test, ts(type = "number"))]
    pub if_rev: i64,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Delete {
    pub id: CommandId,
    pub message: MessageId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, type = "number"))]
    pub if_rev: Option<i64>,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct React {
    pub id: CommandId,
    pub message: MessageId,
    pub emoji: String,
    pub on: bool,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Form {
    pub id: CommandId,
    pub form: String,
    #[cfg_attr(test, ts(type = "Record<string, unknown>"))]
    pub values: Map<String, Value>,
}

#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Receipt {
    #[cfg_attr(test, ts(type = "number"))]
    pub seq: i64,
}

/// What is being made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum TypingKind {
    #[default]
    Text,
    Voice,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TypingUpdate {
    pub on: bool,
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<TypingKind>"))]
    pub kind: TypingKind,
    /// Unsent text; dropped unless the site allows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub preview: Option<String>,
}

/// Whatever a site tells of its visitor, by name.
pub type Attributes = Map<String, Value>;

/// Details given without proof; shown as unverified.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Profile {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub phone: Option<String>,
}

/// Something that happened on the site (`track`).
#[derive(Debug, Clone, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SiteEvent {
    pub name: String,
    #[serde(default)]
    #[cfg_attr(test, ts(type = "unknown"))]
    pub data: Value,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Update {
    pub id: CommandId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub jwt: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub profile: Option<Profile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, type = "Record<string, unknown>"))]
    pub attributes: Option<Attributes>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub page: Option<Page>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub locale: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub queue: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub consent: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub event: Option<SiteEvent>,
}

#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct History {
    /// Only messages below this seq.
    #[cfg_attr(test, ts(type = "number"))]
    pub before_seq: i64,
    #[cfg_attr(test, ts(type = "number"))]
    pub limit: i64,
}

/// The `id` of a frame that could not be parsed as what it says it is, so that its `nack` can
/// name it.
pub fn peek_id(text: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Peek {
        id: String,
    }
    let id = serde_json::from_str::<Peek>(text).ok()?.id;
    (id.len() <= 64).then_some(id)
}
