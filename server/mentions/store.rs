//! SQL of mentions.

use sqlx::FromRow;

use super::Colleague;
use crate::clock::Timestamp;
use crate::conversations::Conversation;
use crate::db::{Conn, Error};
use crate::ids::{AgentId, ConversationId, MessageId, WorkspaceId};
use crate::on;

/// A note that names an agent who has not seen it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Unseen {
    /// Where.
    pub conversation_id: ConversationId,
    /// The note.
    pub message_id: MessageId,
    /// Who wrote it.
    pub by_agent_id: AgentId,
    /// When.
    pub created_at: Timestamp,
}

/// Everybody of the workspace who works here, by name, at most `limit`.
pub async fn colleagues(conn: Conn<'_>, conversation: &Conversation, limit: i64) -> Result<Vec<Colleague>, Error> {
    let sql = "SELECT a.id, a.name, a.role, CAST(CASE WHEN a.id = $3 \
               OR EXISTS (SELECT 1 FROM queue_agents q WHERE q.workspace_id = $1 AND q.queue_id = $4 AND q.agent_id = a.id) \
               OR EXISTS (SELECT 1 FROM participants p WHERE p.workspace_id = $1 AND p.conversation_id = $2 \
               AND p.kind = 'agent' AND p.participant_id = a.id) THEN 1 ELSE 0 END AS BIGINT) AS near \
               FROM agents a WHERE a.workspace_id = $1 AND a.disabled_at IS NULL ORDER BY a.name, a.id LIMIT $5";
    Ok(on!(conn, |c| sqlx::query_as(sql)
        .bind(conversation.workspace_id)
        .bind(conversation.id)
        .bind(conversation.owner_agent_id)
        .bind(conversation.queue_id)
        .bind(limit)
        .fetch_all(c)
        .await)?)
}

/// Notes that somebody was named; whether that is news.
pub async fn insert(
    conn: Conn<'_>,
    conversation: &Conversation,
    (agent, by): (AgentId, AgentId),
    (message, seq): (MessageId, i64),
    now: Timestamp,
) -> Result<bool, Error> {
    let done = on!(conn, |c| sqlx::query(
        "INSERT INTO mentions (workspace_id, agent_id, message_id, conversation_id, seq, by_agent_id, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING"
    )
    .bind(conversation.workspace_id)
    .bind(agent)
    .bind(message)
    .bind(conversation.id)
    .bind(seq)
    .bind(by)
    .bind(now)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// The agent has had everything up to `seq` of a conversation on the screen.
pub async fn see(
    conn: Conn<'_>,
    ws: WorkspaceId,
    agent: AgentId,
    conversation: ConversationId,
    seq: i64,
    now: Timestamp,
) -> Result<(), Error> {
    let sql = "UPDATE mentions SET seen_at = $5 WHERE workspace_id = $1 AND agent_id = $2 AND conversation_id = $3 \
               AND seq <= $4 AND seen_at IS NULL";
    on!(conn, |c| sqlx::query(sql)
        .bind(ws)
        .bind(agent)
        .bind(conversation)
        .bind(seq)
        .bind(now)
        .execute(c)
        .await
        .map(drop))
    .map_err(Error::from)
}

/// The notes that name an agent and that they have not seen, newest first, at most `limit`.
pub async fn unseen_mentions(
    conn: Conn<'_>,
    ws: WorkspaceId,
    agent: AgentId,
    limit: i64,
) -> Result<Vec<Unseen>, Error> {
    let sql = "SELECT conversation_id, message_id, by_agent_id, created_at FROM mentions \
               WHERE workspace_id = $1 AND agent_id = $2 AND seen_at IS NULL \
               ORDER BY created_at DESC, message_id LIMIT $3";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(agent).bind(limit).fetch_all(c).await)?)
}

/// A note is gone, and with it whom it named.
pub async fn forget(conn: Conn<'_>, ws: WorkspaceId, message: MessageId) -> Result<(), Error> {
    let sql = "DELETE FROM mentions WHERE workspace_id = $1 AND message_id = $2";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(message).execute(c).await.map(drop)).map_err(Error::from)
}
