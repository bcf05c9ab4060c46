//! Commands of an agent on who owns a conversation, and when.

use serde::{Deserialize, Serialize};

use crate::ids::{AgentId, CommandId, ConversationId, QueueId};

/// An agent's command on the owner of a conversation, fenced by its epoch.
#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Command {
    pub id: CommandId,
    pub conversation: ConversationId,
    #[cfg_attr(test, ts(type = "number"))]
    pub epoch: Option<i64>,
}

/// A conversation for somebody else: a queue or an agent is named, or it is the bot of its queue.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Transfer {
    #[serde(flatten)]
    pub command: Command,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub queue: Option<QueueId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub agent: Option<AgentId>,
    /// To the bot of its queue.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
    pub bot: bool,
    /// Why, for agents only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub note: Option<String>,
}

/// A conversation put off.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Snooze {
    #[serde(flatten)]
    pub command: Command,
    /// RFC 3339.
    pub until: String,
}

/// How urgent a conversation is.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SetPriority {
    pub id: CommandId,
    pub conversation: ConversationId,
    /// `low`, `normal`, `high` or `urgent`.
    pub priority: String,
}

/// A command on a conversation that names no owner.
#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Join {
    pub id: CommandId,
    pub conversation: ConversationId,
}

/// Puts a tag on a conversation, or takes it off.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SetTag {
    pub id: CommandId,
    pub conversation: ConversationId,
    /// The tag's name; one that the workspace does not have yet becomes one of its tags.
    pub tag: String,
    pub on: bool,
}
