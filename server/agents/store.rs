//! SQL of agents.

use sqlx::FromRow;

use super::{EmailAddress, Role};
use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{AgentId, WorkspaceId};
use crate::on;

/// An agent's row.
#[derive(Clone, FromRow)]
pub struct AgentRow {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// Their id.
    pub id: AgentId,
    /// Folded.
    pub email: String,
    /// As visitors and colleagues see it.
    pub name: String,
    /// What they may.
    pub role: Role,
    /// Argon2id, PHC string.
    pub password_hash: String,
    /// Set once they may not sign in any more.
    pub disabled_at: Option<Timestamp>,
}

/// A new agent.
pub struct NewAgent<'a> {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// Drawn by the program.
    pub id: AgentId,
    /// One of its kind in the workspace.
    pub email: &'a EmailAddress,
    /// As visitors and colleagues see it.
    pub name: &'a str,
    /// What they may.
    pub role: Role,
    /// Argon2id, PHC string.
    pub password_hash: &'a str,
    /// Chats at once.
    pub capacity: i64,
}

/// Adds an agent. `AgentsEmail` if the workspace has that address.
pub async fn insert(conn: Conn<'_>, new: &NewAgent<'_>, now: Timestamp) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(
        "INSERT INTO agents (workspace_id, id, email, name, role, password_hash, capacity, state, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'online', $8)"
    )
    .bind(new.workspace_id)
    .bind(new.id)
    .bind(new.email.as_str())
    .bind(new.name)
    .bind(new.role)
    .bind(new.password_hash)
    .bind(new.capacity)
    .bind(now)
    .execute(c)
    .await
    .map(drop))
    .map_err(Error::from)
}

/// Everybody with this address: one in each workspace at most.
pub async fn by_email(conn: Conn<'_>, email: &EmailAddress) -> Result<Vec<AgentRow>, Error> {
    Ok(on!(conn, |c| sqlx::query_as(
        "SELECT workspace_id, id, email, name, role, password_hash, disabled_at FROM agents WHERE email = $1 \
         ORDER BY created_at, id"
    )
    .bind(email.as_str())
    .fetch_all(c)
    .await)?)
}

/// Writes another password.
pub async fn set_password(conn: Conn<'_>, ws: WorkspaceId, id: AgentId, hash: &str) -> Result<(), Error> {
    on!(conn, |c| sqlx::query("UPDATE agents SET password_hash = $3 WHERE workspace_id = $1 AND id = $2")
        .bind(ws)
        .bind(id)
        .bind(hash)
        .execute(c)
        .await
        .map(drop))
    .map_err(Error::from)
}

/// Everybody who may sign in, by name.
pub async fn names(conn: Conn<'_>, ws: WorkspaceId) -> Result<Vec<(AgentId, String)>, Error> {
    let sql = "SELECT id, name FROM agents WHERE workspace_id = $1 AND disabled_at IS NULL ORDER BY name, id";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).fetch_all(c).await)?)
}

/// The address of an agent, in whichever workspace.
pub async fn address_of(conn: Conn<'_>, id: AgentId) -> Result<Option<(WorkspaceId, String)>, Error> {
    let sql = "SELECT workspace_id, email FROM agents WHERE id = $1";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(id).fetch_optional(c).await)?)
}
