//! SQL of where a chat can go on.

use sqlx::FromRow;

use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{QueueId, WorkspaceId};
use crate::on;

/// A queue, who is there, and how long its line is.
#[derive(Debug, Clone, FromRow)]
pub struct QueueNow {
    /// Which.
    pub id: QueueId,
    /// Its name.
    pub name: String,
    /// How many wait in it.
    pub waiting: i64,
    /// Agents on duty in it.
    pub on_duty: i64,
    /// Chats that these could still take.
    pub room: i64,
}

/// All queues of a workspace, by name.
pub async fn queues(conn: Conn<'_>, ws: WorkspaceId, now: Timestamp) -> Result<Vec<QueueNow>, Error> {
    let sql = "SELECT q.id, q.name, \
               CAST((SELECT count(*) FROM conversations c WHERE c.workspace_id = q.workspace_id \
               AND c.queue_id = q.id AND c.state = 'queued') AS BIGINT) AS waiting, \
               CAST(count(a.id) AS BIGINT) AS on_duty, \
               CAST(COALESCE(sum(CASE WHEN a.capacity > a.load THEN a.capacity - a.load ELSE 0 END), 0) AS BIGINT) AS room \
               FROM queues q LEFT JOIN queue_agents qa ON qa.workspace_id = q.workspace_id AND qa.queue_id = q.id \
               LEFT JOIN agents a ON a.workspace_id = qa.workspace_id AND a.id = qa.agent_id AND a.state = 'online' \
               AND a.lease_until > $2 AND a.disabled_at IS NULL \
               WHERE q.workspace_id = $1 GROUP BY q.workspace_id, q.id, q.name ORDER BY q.name, q.id";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(now).fetch_all(c).await)?)
}
