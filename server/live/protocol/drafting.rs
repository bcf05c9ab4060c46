//! What an agent types and has not sent, and who is named in a note.

use serde::{Deserialize, Serialize};

use super::By;
use crate::ids::{CommandId, ConversationId, MessageId};

/// What an agent typed in a conversation and did not send yet; blank text ends the draft.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SaveDraft {
    pub id: CommandId,
    pub conversation: ConversationId,
    /// At most as long as a message.
    #[serde(default)]
    pub text: String,
    /// Whether it was typed as a note.
    #[serde(default)]
    pub note: bool,
}

/// A draft as it is now, for the agent's other sessions. With empty text there is none any more.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DraftNow {
    pub conversation: ConversationId,
    pub text: String,
    pub note: bool,
    /// RFC 3339.
    pub updated_at: String,
}

/// Somebody named this agent in a note.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Mentioned {
    pub conversation: ConversationId,
    /// The note.
    pub message: MessageId,
    pub by: By,
    /// The name of who wrote it.
    pub name: String,
    /// How the note begins.
    pub text: String,
}
