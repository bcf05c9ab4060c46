//! SQL of the visitor's silence.

use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{ConversationId, QueueId, WorkspaceId};
use crate::on;

/// When the first silence has lasted.
pub async fn first_due(conn: Conn<'_>) -> Result<Option<Timestamp>, Error> {
    let sql = "SELECT min(quiet_due_at) FROM conversations WHERE quiet_due_at IS NOT NULL";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).fetch_one(c).await)?)
}

/// Conversations whose silence has lasted, the longest first.
pub async fn due(conn: Conn<'_>, now: Timestamp, limit: i64) -> Result<Vec<(WorkspaceId, ConversationId)>, Error> {
    let sql = "SELECT workspace_id, id FROM conversations WHERE quiet_due_at <= $1 ORDER BY quiet_due_at LIMIT $2";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(now).bind(limit).fetch_all(c).await)?)
}

/// The silence does not count. Nobody sees it, so it takes no rev.
pub async fn clear(conn: Conn<'_>, ws: WorkspaceId, id: ConversationId) -> Result<(), Error> {
    let sql = "UPDATE conversations SET quiet_due_at = NULL, nudged_at = NULL WHERE workspace_id = $1 AND id = $2";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(id).execute(c).await.map(drop)).map_err(Error::from)
}

/// A queue's pauses were changed: those of its chats that are silent go by the new ones, counted from
/// what was said last.
pub async fn rearm(conn: Conn<'_>, ws: WorkspaceId, queue: QueueId) -> Result<(), Error> {
    let sql = "UPDATE conversations SET quiet_due_at = (SELECT CASE \
               WHEN q.nudge_after_s > 0 AND conversations.nudged_at IS NULL \
               THEN conversations.updated_at + q.nudge_after_s * 1000 \
               WHEN q.close_after_s > 0 \
               THEN COALESCE(conversations.nudged_at, conversations.updated_at) + q.close_after_s * 1000 END \
               FROM queues q WHERE q.workspace_id = $1 AND q.id = $2) \
               WHERE workspace_id = $1 AND queue_id = $2 AND state = 'assigned' AND waiting_since IS NULL";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(queue).execute(c).await.map(drop)).map_err(Error::from)
}
