//! SQL of what is due, and of what a crash could have left.

use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{AgentId, ConversationId, QueueId, WorkspaceId};
use crate::on;

/// The earliest due time of a conversation.
pub async fn first_due(conn: Conn<'_>) -> Result<Option<Timestamp>, Error> {
    let sql = "SELECT min(due_at) FROM conversations WHERE due_at IS NOT NULL";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).fetch_one(c).await)?)
}

/// Conversations whose time is over, those that are due longest first.
pub async fn due(conn: Conn<'_>, now: Timestamp, limit: i64) -> Result<Vec<(WorkspaceId, ConversationId)>, Error> {
    let sql = "SELECT workspace_id, id FROM conversations WHERE due_at <= $1 ORDER BY due_at, ticket LIMIT $2";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(now).bind(limit).fetch_all(c).await)?)
}

/// Writes a due time. It changes nothing that anybody sees, so it takes no rev.
pub async fn set_due(conn: Conn<'_>, ws: WorkspaceId, id: ConversationId, due: Option<Timestamp>) -> Result<(), Error> {
    let sql = "UPDATE conversations SET due_at = $3 WHERE workspace_id = $1 AND id = $2";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(id).bind(due).execute(c).await.map(drop)).map_err(Error::from)
}

/// Agents whose load is not the number of their assigned chats. One statement sees one moment, so a
/// change under way is no difference.
pub async fn wrong_loads(conn: Conn<'_>) -> Result<Vec<(WorkspaceId, AgentId)>, Error> {
    let sql = "SELECT a.workspace_id, a.id FROM agents a WHERE a.load <> (SELECT count(*) FROM conversations c \
               WHERE c.workspace_id = a.workspace_id AND c.owner_agent_id = a.id AND c.state = 'assigned')";
    Ok(on!(conn, |c| sqlx::query_as(sql).fetch_all(c).await)?)
}

/// Counts an agent's assigned chats anew. The caller holds the agent's row. False if it was right.
pub async fn recount(conn: Conn<'_>, ws: WorkspaceId, agent: AgentId) -> Result<bool, Error> {
    let sql = "UPDATE agents SET load = (SELECT count(*) FROM conversations c WHERE c.workspace_id = $1 \
               AND c.owner_agent_id = $2 AND c.state = 'assigned') WHERE workspace_id = $1 AND id = $2 \
               AND load <> (SELECT count(*) FROM conversations c WHERE c.workspace_id = $1 \
               AND c.owner_agent_id = $2 AND c.state = 'assigned')";
    let rows = on!(conn, |c| sqlx::query(sql).bind(ws).bind(agent).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Queues in which somebody waits although an agent on duty has room.
pub async fn stranded(conn: Conn<'_>, now: Timestamp) -> Result<Vec<(WorkspaceId, QueueId)>, Error> {
    let sql = "SELECT q.workspace_id, q.id FROM queues q WHERE q.policy <> 'manual' AND q.settle_at IS NULL \
               AND EXISTS (SELECT 1 FROM conversations c WHERE c.workspace_id = q.workspace_id \
               AND c.queue_id = q.id AND c.state = 'queued') \
               AND EXISTS (SELECT 1 FROM queue_agents qa JOIN agents a ON a.workspace_id = qa.workspace_id \
               AND a.id = qa.agent_id WHERE qa.workspace_id = q.workspace_id AND qa.queue_id = q.id \
               AND a.state = 'online' AND a.lease_until > $1 AND a.load < a.capacity AND a.disabled_at IS NULL)";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(now).fetch_all(c).await)?)
}

/// Gives a place in line to chats that an older program queued. Gives how many.
pub async fn give_tickets(conn: Conn<'_>) -> Result<u64, Error> {
    let sql = "UPDATE conversations SET ticket = queued_at * 1000 WHERE state = 'queued' AND ticket = 0";
    let rows = on!(conn, |c| sqlx::query(sql).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows)
}

/// Whether such chats are there.
pub async fn without_ticket(conn: Conn<'_>) -> Result<bool, Error> {
    let sql = "SELECT CAST(1 AS BIGINT) FROM conversations WHERE state = 'queued' AND ticket = 0 LIMIT 1";
    let found: Option<i64> = on!(conn, |c| sqlx::query_scalar(sql).fetch_optional(c).await)?;
    Ok(found.is_some())
}
