//! SQL of the event log.

use sqlx::FromRow;

use super::Kind;
use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{AgentId, ConversationId, EventId, MessageId, WorkspaceId};
use crate::on;

/// How far a conversation is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub struct Mark {
    /// The last rev.
    pub rev: i64,
    /// The last epoch.
    pub epoch: i64,
}

/// What happened.
#[derive(Debug, Clone, FromRow)]
pub struct NewEvent {
    /// Its place in the workspace's log, from 1.
    pub number: i64,
    /// Its id, the same wherever it is told.
    pub id: EventId,
    /// What it is.
    pub kind: Kind,
    /// Where.
    pub conversation_id: ConversationId,
    /// The message that it is about.
    pub message_id: Option<MessageId>,
    /// Who got the conversation.
    pub agent_id: Option<AgentId>,
    /// When.
    pub at: Timestamp,
}

/// One change of owner.
#[derive(Debug, Clone, FromRow)]
pub struct HandOver {
    /// The epoch that it began.
    pub epoch: i64,
    /// By which rule.
    pub rule: String,
    /// Who got it.
    pub agent_id: Option<AgentId>,
    /// Who had it before.
    pub from_agent_id: Option<AgentId>,
    /// When.
    pub at: Timestamp,
}

/// Workspaces that have a log.
pub async fn logs(conn: Conn<'_>) -> Result<Vec<WorkspaceId>, Error> {
    let sql = "SELECT workspace_id FROM event_logs";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).fetch_all(c).await)?)
}

/// Begins a log; false if there is one.
pub async fn begin(conn: Conn<'_>, ws: WorkspaceId, now: Timestamp) -> Result<bool, Error> {
    let sql =
        "INSERT INTO event_logs (workspace_id, last_number, started_at) VALUES ($1, 0, $2) ON CONFLICT DO NOTHING";
    let rows = on!(conn, |c| sqlx::query(sql).bind(ws).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// What is there when a log begins counts as written down.
pub async fn mark_all(conn: Conn<'_>, ws: WorkspaceId) -> Result<(), Error> {
    let sql = "INSERT INTO event_marks (workspace_id, conversation_id, rev, epoch) \
               SELECT workspace_id, id, rev, epoch FROM conversations WHERE workspace_id = $1 ON CONFLICT DO NOTHING";
    on!(conn, |c| sqlx::query(sql).bind(ws).execute(c).await.map(drop)).map_err(Error::from)
}

/// Locks a log and gives its last number; none if there is no log.
pub async fn lock(conn: Conn<'_>, ws: WorkspaceId) -> Result<Option<i64>, Error> {
    let sql = "UPDATE event_logs SET last_number = last_number WHERE workspace_id = $1 RETURNING last_number";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).bind(ws).fetch_optional(c).await)?)
}

/// Writes the last number.
pub async fn set_last(conn: Conn<'_>, ws: WorkspaceId, number: i64) -> Result<(), Error> {
    let sql = "UPDATE event_logs SET last_number = $2 WHERE workspace_id = $1";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(number).execute(c).await.map(drop)).map_err(Error::from)
}

/// How far a conversation is written down; none if it began since.
pub async fn mark(conn: Conn<'_>, ws: WorkspaceId, id: ConversationId) -> Result<Option<Mark>, Error> {
    let sql = "SELECT rev, epoch FROM event_marks WHERE workspace_id = $1 AND conversation_id = $2";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(id).fetch_optional(c).await)?)
}

/// Notes how far it is.
pub async fn set_mark(conn: Conn<'_>, ws: WorkspaceId, id: ConversationId, mark: Mark) -> Result<(), Error> {
    let sql = "INSERT INTO event_marks (workspace_id, conversation_id, rev, epoch) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (workspace_id, conversation_id) DO UPDATE SET rev = excluded.rev, epoch = excluded.epoch";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(id).bind(mark.rev).bind(mark.epoch).execute(c).await.map(drop))
        .map_err(Error::from)
}

/// Conversations that are not written down to their end, at most 500.
pub async fn behind(conn: Conn<'_>) -> Result<Vec<(WorkspaceId, ConversationId)>, Error> {
    let sql = "SELECT c.workspace_id, c.id FROM event_logs l JOIN conversations c ON c.workspace_id = l.workspace_id \
               LEFT JOIN event_marks m ON m.workspace_id = c.workspace_id AND m.conversation_id = c.id \
               WHERE m.rev IS NULL OR m.rev < c.rev ORDER BY c.workspace_id, c.id LIMIT 500";
    Ok(on!(conn, |c| sqlx::query_as(sql).fetch_all(c).await)?)
}

/// A conversation's changes of owner after an epoch, in order.
pub async fn hand_overs(
    conn: Conn<'_>,
    ws: WorkspaceId,
    id: ConversationId,
    epoch: i64,
) -> Result<Vec<HandOver>, Error> {
    let sql = "SELECT epoch, rule, agent_id, from_agent_id, at FROM routing_decisions \
               WHERE workspace_id = $1 AND conversation_id = $2 AND epoch > $3 ORDER BY epoch";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(id).bind(epoch).fetch_all(c).await)?)
}

/// Adds an event.
pub async fn insert(conn: Conn<'_>, ws: WorkspaceId, event: &NewEvent) -> Result<(), Error> {
    let sql = "INSERT INTO events (workspace_id, number, id, kind, conversation_id, message_id, agent_id, at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    on!(conn, |c| sqlx::query(sql)
        .bind(ws)
        .bind(event.number)
        .bind(event.id)
        .bind(event.kind)
        .bind(event.conversation_id)
        .bind(event.message_id)
        .bind(event.agent_id)
        .bind(event.at)
        .execute(c)
        .await
        .map(drop))
    .map_err(Error::from)
}

/// One event.
pub async fn find(conn: Conn<'_>, ws: WorkspaceId, number: i64) -> Result<Option<NewEvent>, Error> {
    let sql = "SELECT number, id, kind, conversation_id, message_id, agent_id, at FROM events \
               WHERE workspace_id = $1 AND number = $2";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(number).fetch_optional(c).await)?)
}

/// Events after a number, in order.
pub async fn after(conn: Conn<'_>, ws: WorkspaceId, number: i64, limit: i64) -> Result<Vec<NewEvent>, Error> {
    let sql = "SELECT number, id, kind, conversation_id, message_id, agent_id, at FROM events \
               WHERE workspace_id = $1 AND number > $2 ORDER BY number LIMIT $3";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(number).bind(limit).fetch_all(c).await)?)
}

/// Whether there are events that are older.
pub async fn any_older(conn: Conn<'_>, before: Timestamp) -> Result<bool, Error> {
    let sql = "SELECT CAST(1 AS BIGINT) FROM events WHERE at < $1 LIMIT 1";
    let found: Option<i64> = on!(conn, |c| sqlx::query_scalar(sql).bind(before).fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// Drops older events that no webhook still waits for, and what is kept of how they were passed on.
pub async fn forget(mut conn: Conn<'_>, before: Timestamp) -> Result<(), Error> {
    const OLD: &str = "DELETE FROM webhook_deliveries WHERE state <> 'pending' AND (workspace_id, number) IN \
         (SELECT workspace_id, number FROM events WHERE at < $1 ORDER BY at LIMIT 1000)";
    const EVENTS: &str = "DELETE FROM events WHERE (workspace_id, number) IN \
         (SELECT workspace_id, number FROM events WHERE at < $1 ORDER BY at LIMIT 1000) \
         AND NOT EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.workspace_id = events.workspace_id \
         AND d.number = events.number)";
    for sql in [OLD, EVENTS] {
        on!(conn.again(), |c| sqlx::query(sql).bind(before).execute(c).await.map(drop))?;
    }
    Ok(())
}
