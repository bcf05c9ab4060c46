//! SQL of the wallboard.

use sqlx::FromRow;
use sqlx::types::Json;

use super::MOST_ANSWERS;
use crate::agents::AgentState;
use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::hours::Hours;
use crate::ids::{AgentId, ConversationId, QueueId, WorkspaceId};
use crate::on;

/// A queue as it is now.
#[derive(Debug, Clone, FromRow)]
pub struct QueueNow {
    /// Its id.
    pub id: QueueId,
    /// Its name.
    pub name: String,
    /// Its hours; none for always, or as each chat's site.
    pub hours: Option<Json<Hours>>,
    /// Its target for the first answer, in seconds; 0: none.
    pub first_answer_s: i64,
    /// Who waits.
    pub waiting: i64,
    /// Since when the first of them.
    pub oldest: Option<Timestamp>,
    /// Agents who serve it and are on duty.
    pub on_duty: i64,
    /// Chats that those have room for.
    pub room: i64,
    /// When the next answer is due.
    pub next_due: Option<Timestamp>,
    /// Chats closed since the day began.
    pub closed: i64,
    /// Of those, chats that nobody answered.
    pub unanswered: i64,
}

/// The queues of a workspace, by name.
pub async fn queues(conn: Conn<'_>, ws: WorkspaceId, now: Timestamp, day: Timestamp) -> Result<Vec<QueueNow>, Error> {
    let sql = "SELECT q.id, q.name, q.hours, q.first_answer_s, \
        (SELECT COUNT(*) FROM conversations c WHERE c.workspace_id = q.workspace_id AND c.queue_id = q.id \
        AND c.state = 'queued' AND NOT c.is_test) AS waiting, \
        (SELECT MIN(c.queued_at) FROM conversations c WHERE c.workspace_id = q.workspace_id AND c.queue_id = q.id \
        AND c.state = 'queued' AND NOT c.is_test) AS oldest, \
        (SELECT COUNT(*) FROM queue_agents qa JOIN agents a ON a.workspace_id = qa.workspace_id AND a.id = qa.agent_id \
        WHERE qa.workspace_id = q.workspace_id AND qa.queue_id = q.id AND a.state = 'online' AND a.lease_until > $2 \
        AND a.disabled_at IS NULL) AS on_duty, \
        (SELECT CAST(COALESCE(SUM(CASE WHEN a.capacity > a.load THEN a.capacity - a.load ELSE 0 END), 0) AS BIGINT) \
        FROM queue_agents qa JOIN agents a ON a.workspace_id = qa.workspace_id AND a.id = qa.agent_id \
        WHERE qa.workspace_id = q.workspace_id AND qa.queue_id = q.id AND a.state = 'online' AND a.lease_until > $2 \
        AND a.disabled_at IS NULL) AS room, \
        (SELECT MIN(c.answer_due_at) FROM conversations c WHERE c.workspace_id = q.workspace_id \
        AND c.queue_id = q.id AND c.answer_due_at IS NOT NULL AND NOT c.is_test AND c.state IN ('queued', 'assigned')) AS next_due, \
        (SELECT COUNT(*) FROM conversations c WHERE c.workspace_id = q.workspace_id AND c.queue_id = q.id \
        AND c.state = 'closed' AND c.closed_at >= $3 AND NOT c.is_test) AS closed, \
        (SELECT COUNT(*) FROM conversations c WHERE c.workspace_id = q.workspace_id AND c.queue_id = q.id \
        AND c.state = 'closed' AND c.closed_at >= $3 AND c.first_answered_at IS NULL AND NOT c.is_test) AS unanswered \
        FROM queues q WHERE q.workspace_id = $1 AND NOT q.is_practice ORDER BY q.name, q.id";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(now).bind(day).fetch_all(c).await)?)
}

/// A first answer: in which queue, and after how many milliseconds of the visitor's waiting.
#[derive(Debug, Clone, Copy, FromRow)]
pub struct FirstAnswer {
    /// Where the chat is.
    pub queue_id: QueueId,
    /// From the chat's beginning.
    pub took_ms: i64,
}

/// The first answers since the day began, the newest [`MOST_ANSWERS`].
pub async fn first_answers(conn: Conn<'_>, ws: WorkspaceId, day: Timestamp) -> Result<Vec<FirstAnswer>, Error> {
    let sql = "SELECT queue_id, first_answered_at - started_at AS took_ms FROM conversations \
               WHERE workspace_id = $1 AND first_answered_at >= $2 AND NOT is_test ORDER BY first_answered_at DESC LIMIT $3";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(day).bind(MOST_ANSWERS).fetch_all(c).await)?)
}

/// An agent as they are now.
#[derive(Debug, Clone, FromRow)]
pub struct AgentNow {
    /// Their id.
    pub id: AgentId,
    /// Their name.
    pub name: String,
    /// What they chose.
    pub state: AgentState,
    /// Until when their sessions vouch for them.
    pub lease_until: Timestamp,
    /// Chats in hand.
    pub load: i64,
    /// Chats at once.
    pub capacity: i64,
}

/// The agents of a workspace, by name.
pub async fn agents(conn: Conn<'_>, ws: WorkspaceId) -> Result<Vec<AgentNow>, Error> {
    let sql = "SELECT id, name, state, lease_until, load, capacity FROM agents \
               WHERE workspace_id = $1 AND disabled_at IS NULL ORDER BY name, id";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).fetch_all(c).await)?)
}

/// An assigned chat.
#[derive(Debug, Clone, FromRow)]
pub struct ChatNow {
    /// Its id.
    pub id: ConversationId,
    /// Who has it.
    pub owner_agent_id: AgentId,
    /// The visitor's name; may be empty.
    pub name: String,
    /// Since when the visitor waits.
    pub waiting_since: Option<Timestamp>,
}

/// The assigned chats of a workspace, those that wait longest first.
pub async fn chats(conn: Conn<'_>, ws: WorkspaceId) -> Result<Vec<ChatNow>, Error> {
    let sql = "SELECT c.id, c.owner_agent_id, COALESCE(v.name, '') AS name, c.waiting_since FROM conversations c \
               JOIN visitors v ON v.workspace_id = c.workspace_id AND v.id = c.visitor_id \
               WHERE c.workspace_id = $1 AND c.owner_agent_id IS NOT NULL AND c.state = 'assigned' \
               ORDER BY (c.waiting_since IS NULL), c.waiting_since, c.row_id LIMIT 2000";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).fetch_all(c).await)?)
}
