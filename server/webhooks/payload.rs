//! What is sent: an event with its conversation, visitor and message as they are now, like REST's own.

use serde::Serialize;
use utoipa::ToSchema;

use crate::agents::faces::Faces;
use crate::api::conversations::{self, Conversation};
use crate::api::visitors::{self, Visitor};
use crate::db::{Conn, Error};
use crate::events::Kind;
use crate::events::store::NewEvent;
use crate::ids::{AgentId, EventId, WorkspaceId};
use crate::live::protocol::Message;
use crate::messages;

/// Something that happened. Webhooks are sent the same.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoggedEvent {
    /// The same at each attempt and in the list: by it a repeat is known.
    id: EventId,
    /// Its place in the workspace's log; rising, not dense.
    number: i64,
    /// What happened.
    #[serde(rename = "type")]
    #[schema(pattern = "^(conversation|message|note)\\.(started|queued|assigned|closed|reopened|created|updated)$")]
    kind: &'static str,
    /// When it happened.
    timestamp: String,
    data: EventData,
}

/// What an event is about, as it is now.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventData {
    conversation: Conversation,
    visitor: Visitor,
    /// Of `message.…` and `note.…`; null if it is gone.
    message: Option<Message>,
    /// Of `conversation.assigned`: who got it.
    agent_id: Option<AgentId>,
}

/// Reads what an event is about. None if its conversation is gone.
pub async fn of(
    mut conn: Conn<'_>,
    ws: WorkspaceId,
    event: &NewEvent,
    faces: Option<&Faces>,
) -> Result<Option<LoggedEvent>, Error> {
    let Some(conversation) = conversations::of_event(conn.again(), ws, event.conversation_id).await? else {
        return Ok(None);
    };
    let Some(visitor) = visitors::of_event(conn.again(), ws, conversation.visitor_id).await? else { return Ok(None) };
    let message = match event.message_id {
        Some(id) => messages::store::find(conn, ws, id).await?.map(|row| Faces::pictured(faces, row.into_message())),
        None => None,
    };
    let data = EventData { conversation, visitor, message, agent_id: event.agent_id };
    let (kind, timestamp) = (event.kind.word(), event.at.rfc3339());
    Ok(Some(LoggedEvent { id: event.id, number: event.number, kind, timestamp, data }))
}

/// Whether an event is of a note, which only those who ask for it are told of.
pub const fn is_of_note(kind: Kind) -> bool {
    matches!(kind, Kind::NoteCreated | Kind::NoteUpdated)
}
