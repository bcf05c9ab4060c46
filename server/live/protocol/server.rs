//! Frames from the server to a client.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Ask, AuthorKind, DraftNow, Mentioned, Message, Own, Problem};
use crate::ids::{ConversationId, MessageId, VisitorId};

/// Every frame that the server sends. The agent's side carries HTML (`items`) where the visitor's
/// carries messages, and names its conversation.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum ServerFrame {
    /// The first event of an event stream, and part of each poll's answer.
    Session {
        session: String,
    },
    Welcome(Box<Welcome>),
    Ack {
        id: String,
        conversation: Option<ConversationId>,
        /// The rev of the change; for a message its `seq`.
        #[cfg_attr(test, ts(type = "number"))]
        rev: i64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        message: Option<Box<Message>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        visitor: Option<VisitorId>,
    },
    Nack {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        id: Option<String>,
        problem: Box<Problem>,
    },
    Changes {
        conversation: Box<ConversationHead>,
        /// The rev that this session was last sent: what it may not see makes no gap.
        #[cfg_attr(test, ts(type = "number"))]
        from: i64,
        #[cfg_attr(test, ts(type = "number"))]
        rev: i64,
        /// For visitors: new or touched, as they are now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        messages: Option<Vec<Message>>,
        /// For agents: the same as HTML.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        items: Option<Vec<AgentItem>>,
        /// For agents: the head and composer of the pane, when they changed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        pane: Option<String>,
        /// More pages follow: send `sync` with this `rev`.
        more: bool,
        /// Messages below this seq are gone.
        #[cfg_attr(test, ts(type = "number"))]
        floor: i64,
        /// Drop the cache and the rev first.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
        reset: bool,
    },
    Page {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        conversation: Option<ConversationId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        messages: Option<Vec<Message>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        items: Option<Vec<AgentItem>>,
        more: bool,
    },
    Receipt {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        conversation: Option<ConversationId>,
        by: By,
        #[cfg_attr(test, ts(type = "number"))]
        delivered_seq: i64,
        #[cfg_attr(test, ts(type = "number"))]
        read_seq: i64,
    },
    Typing {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        conversation: Option<ConversationId>,
        by: By,
        on: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        preview: Option<String>,
    },
    Presence {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        conversation: Option<ConversationId>,
        by: By,
        /// `online` or `offline`.
        state: String,
        /// The name of a colleague, where agents are told of one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        name: Option<String>,
    },
    Availability(Availability),
    Conversations(Conversations),
    Queue(QueuePlace),
    Partial {
        message: MessageId,
        text: String,
    },
    Ask(Box<Ask>),
    Reconnect {
        #[cfg_attr(test, ts(type = "number"))]
        after_ms: u64,
    },
    Pong {
        #[cfg_attr(test, ts(type = "unknown"))]
        at: Value,
        /// Of the open conversation; for a visitor the last that they can see.
        #[cfg_attr(test, ts(type = "number"))]
        rev: i64,
    },
    /// Rows of an agent's list, as HTML.
    Rows {
        view: String,
        items: Vec<Row>,
        removed: Vec<ConversationId>,
        /// Set on the last frame of a whole list that has more rows than were sent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        cut: Option<bool>,
    },
    /// The wallboard, as HTML.
    Board {
        html: String,
    },
    /// For agents: the side panel of a conversation, where more is known of its visitor.
    Facts {
        conversation: ConversationId,
        /// The conversation's rev when it was read.
        #[cfg_attr(test, ts(type = "number"))]
        rev: i64,
        html: String,
    },
    /// For an agent: their own state and load.
    Own(Own),
    /// A draft of this agent, written on another device.
    Draft(Box<DraftNow>),
    /// This agent was named in a note.
    Mention(Box<Mentioned>),
    /// The last event of an event stream, and part of a poll's answer: what a close frame would say.
    Close {
        code: u16,
        reason: String,
    },
}

/// The answer to `hello`.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Welcome {
    /// Null until the first durable act, whose `ack` carries it.
    pub visitor: Option<VisitorId>,
    pub conversation: Option<ConversationView>,
    /// Of the conversation; for visitors the last that they can see.
    #[cfg_attr(test, ts(type = "number"))]
    pub rev: i64,
    /// Opaque, at most 64 bytes; when it changes the client drops its cache and keeps its outbox.
    pub generation: String,
    pub availability: Availability,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub site: Option<SiteView>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub token: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum OwnerKind {
    Bot,
    Queue,
    Agent,
}

/// Who owns a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, utoipa::ToSchema)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Owner {
    pub kind: OwnerKind,
    pub id: String,
    pub name: Option<String>,
    pub avatar_url: Option<String>,
}

/// What every `changes` says of its conversation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ConversationHead {
    pub id: ConversationId,
    /// `bot`, `queued`, `assigned`, `snoozed` or `closed`.
    pub state: String,
    /// Null once closed.
    pub owner: Option<Owner>,
    #[cfg_attr(test, ts(type = "number"))]
    pub epoch: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub merged_into: Option<ConversationId>,
}

/// The conversation in `welcome`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ConversationView {
    #[serde(flatten)]
    pub head: ConversationHead,
    pub participants: Vec<Participant>,
    pub started_at: String,
}

/// Somebody in the conversation and how far they are.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Participant {
    #[serde(flatten)]
    pub by: By,
    pub name: Option<String>,
    pub avatar_url: Option<String>,
    #[cfg_attr(test, ts(type = "number"))]
    pub delivered_seq: i64,
    #[cfg_attr(test, ts(type = "number"))]
    pub read_seq: i64,
}

/// Who does something.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct By {
    pub kind: AuthorKind,
    pub id: String,
}

/// Whether anybody answers now.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Availability {
    pub online: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, type = "number"))]
    pub reply_within_s: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub next_open_at: Option<String>,
}

/// What the widget needs to know of its site.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SiteView {
    pub name: String,
    #[cfg_attr(test, ts(type = "Record<string, unknown>"))]
    pub appearance: Map<String, Value>,
    #[cfg_attr(test, ts(type = "Record<string, string>"))]
    pub texts: Map<String, Value>,
    #[cfg_attr(test, ts(type = "Record<string, boolean>"))]
    pub features: Map<String, Value>,
    pub limits: Limits,
}

/// Limits shown before they bite.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Limits {
    pub text_chars: u32,
    pub frame_bytes: u32,
    /// Seconds in which one's own message may be edited; 0 for never.
    #[cfg_attr(test, ts(type = "number"))]
    pub edit_window_s: u64,
    #[cfg_attr(test, ts(type = "number"))]
    pub delete_window_s: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Conversations {
    pub items: Vec<EarlierConversation>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct EarlierConversation {
    pub id: ConversationId,
    pub state: String,
    pub last_message: Option<Message>,
    pub started_at: String,
    pub updated_at: String,
}

/// The place in the line.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct QueuePlace {
    /// From 1; beyond 100 it says "100+".
    pub position: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub wait_s: Option<WaitRange>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct WaitRange {
    #[cfg_attr(test, ts(type = "number"))]
    pub low: u64,
    #[cfg_attr(test, ts(type = "number"))]
    pub high: u64,
}

/// One message as HTML.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct AgentItem {
    pub id: MessageId,
    #[cfg_attr(test, ts(type = "number"))]
    pub seq: i64,
    pub html: String,
}

/// One row of a list as HTML.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Row {
    pub id: ConversationId,
    pub html: String,
}
