//! SQL of queues and their agents.

use sqlx::FromRow;

use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{AgentId, QueueId, WorkspaceId};
use crate::on;
use crate::routing::NEW_ANSWER_TIMEOUT_S;

/// A queue.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Queue {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// Its id.
    pub id: QueueId,
    /// For people, one of its kind in the workspace.
    pub name: String,
}

/// Adds a queue. It gives its chats to whom has the most room, until somebody decides otherwise.
pub async fn insert(conn: Conn<'_>, queue: &Queue, now: Timestamp) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(
        "INSERT INTO queues (workspace_id, id, name, policy, answer_timeout_s, created_at) \
         VALUES ($1, $2, $3, 'least_loaded', $4, $5)"
    )
    .bind(queue.workspace_id)
    .bind(queue.id)
    .bind(&queue.name)
    .bind(NEW_ANSWER_TIMEOUT_S)
    .bind(now)
    .execute(c)
    .await
    .map(drop))
    .map_err(Error::from)
}

/// All queues, oldest first.
pub async fn all(conn: Conn<'_>) -> Result<Vec<Queue>, Error> {
    Ok(on!(conn, |c| sqlx::query_as("SELECT workspace_id, id, name FROM queues ORDER BY created_at, id")
        .fetch_all(c)
        .await)?)
}

/// The queues of a workspace, by name.
pub async fn of_workspace(conn: Conn<'_>, ws: WorkspaceId) -> Result<Vec<Queue>, Error> {
    let sql = "SELECT workspace_id, id, name FROM queues WHERE workspace_id = $1 ORDER BY name, id";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).fetch_all(c).await)?)
}

/// The queue that a visitor names: by its id or its name.
pub async fn named(conn: Conn<'_>, ws: WorkspaceId, named: &str) -> Result<Option<Queue>, Error> {
    let id = named.parse::<QueueId>().ok();
    Ok(on!(conn, |c| sqlx::query_as(
        "SELECT workspace_id, id, name FROM queues WHERE workspace_id = $1 AND (id = $2 OR name = $3) \
         ORDER BY (id = $2) DESC LIMIT 1"
    )
    .bind(ws)
    .bind(id)
    .bind(named)
    .fetch_optional(c)
    .await)?)
}

/// One queue.
pub async fn find(conn: Conn<'_>, ws: WorkspaceId, id: QueueId) -> Result<Option<Queue>, Error> {
    let sql = "SELECT workspace_id, id, name FROM queues WHERE workspace_id = $1 AND id = $2";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(id).fetch_optional(c).await)?)
}

/// Gives a queue another name.
pub async fn rename(conn: Conn<'_>, ws: WorkspaceId, id: QueueId, name: &str) -> Result<(), Error> {
    on!(conn, |c| sqlx::query("UPDATE queues SET name = $3 WHERE workspace_id = $1 AND id = $2")
        .bind(ws)
        .bind(id)
        .bind(name)
        .execute(c)
        .await
        .map(drop))
    .map_err(Error::from)
}

/// Puts an agent into a queue; one who is there stays.
pub async fn add_agent(conn: Conn<'_>, ws: WorkspaceId, queue: QueueId, agent: AgentId) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(
        "INSERT INTO queue_agents (workspace_id, queue_id, agent_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
    )
    .bind(ws)
    .bind(queue)
    .bind(agent)
    .execute(c)
    .await
    .map(drop))
    .map_err(Error::from)
}

/// Takes an agent out of a queue.
pub async fn remove_agent(conn: Conn<'_>, ws: WorkspaceId, queue: QueueId, agent: AgentId) -> Result<(), Error> {
    on!(conn, |c| sqlx::query("DELETE FROM queue_agents WHERE workspace_id = $1 AND queue_id = $2 AND agent_id = $3")
        .bind(ws)
        .bind(queue)
        .bind(agent)
        .execute(c)
        .await
        .map(drop))
    .map_err(Error::from)
}

/// Whether the agent serves the queue.
pub async fn has_agent(conn: Conn<'_>, ws: WorkspaceId, queue: QueueId, agent: AgentId) -> Result<bool, Error> {
    let found: Option<i64> = on!(conn, |c| sqlx::query_scalar(
        "SELECT CAST(1 AS BIGINT) FROM queue_agents WHERE workspace_id = $1 AND queue_id = $2 AND agent_id = $3"
    )
    .bind(ws)
    .bind(queue)
    .bind(agent)
    .fetch_optional(c)
    .await)?;
    Ok(found.is_some())
}

/// The agents who serve a queue.
pub async fn agents_of(conn: Conn<'_>, ws: WorkspaceId, queue: QueueId) -> Result<Vec<AgentId>, Error> {
    let sql = "SELECT agent_id FROM queue_agents WHERE workspace_id = $1 AND queue_id = $2";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).bind(ws).bind(queue).fetch_all(c).await)?)
}

/// The queues that an agent serves.
pub async fn of_agent(conn: Conn<'_>, ws: WorkspaceId, agent: AgentId) -> Result<Vec<QueueId>, Error> {
    Ok(on!(conn, |c| sqlx::query_scalar(
        "SELECT queue_id FROM queue_agents WHERE workspace_id = $1 AND agent_id = $2"
    )
    .bind(ws)
    .bind(agent)
    .fetch_all(c)
    .await)?)
}

/// Who serves which queue, by name; without those who may not sign in any more.
pub async fn agent_names(conn: Conn<'_>, ws: WorkspaceId) -> Result<Vec<(QueueId, String)>, Error> {
    let sql = "SELECT qa.queue_id, a.name FROM queue_agents qa JOIN agents a ON a.workspace_id = qa.workspace_id \
               AND a.id = qa.agent_id WHERE qa.workspace_id = $1 AND a.disabled_at IS NULL ORDER BY a.name";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).fetch_all(c).await)?)
}
