//! SQL of managing agents, and of the links by which they come in.

use sqlx::FromRow;

use super::Role;
use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{AgentId, WorkspaceId};
use crate::on;

/// An agent as those who manage see them.
#[derive(Debug, Clone, FromRow)]
pub struct Managed {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// Who.
    pub id: AgentId,
    /// By which they sign in.
    pub email: String,
    /// As visitors and colleagues see them.
    pub name: String,
    /// What they may.
    pub role: Role,
    /// Chats at once.
    pub capacity: i64,
    /// Empty until they have set a password.
    pub password_hash: String,
    /// Set once they may not sign in any more.
    pub disabled_at: Option<Timestamp>,
    /// Until when their link is good, if there is one.
    pub link_until: Option<Timestamp>,
    /// When a session of theirs was last used.
    pub seen_at: Option<Timestamp>,
    /// Whether they sign in with a second factor.
    pub has_factor: bool,
}

impl Managed {
    /// Whether they never set a password.
    pub fn is_invited(&self) -> bool {
        self.password_hash.is_empty()
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT a.workspace_id, a.id, a.email, a.name, a.role, a.capacity, a.password_hash, a.disabled_at, \
             a.totp_secret IS NOT NULL AS has_factor, \
             i.expires_at AS link_until, (SELECT max(s.seen_at) FROM sessions s \
             WHERE s.workspace_id = a.workspace_id AND s.agent_id = a.id) AS seen_at FROM agents a \
             LEFT JOIN invitations i ON i.workspace_id = a.workspace_id AND i.agent_id = a.id ",
            $rest
        )
    };
}

/// Everybody of a workspace: who may sign in first, then by name.
pub async fn all(conn: Conn<'_>, ws: WorkspaceId) -> Result<Vec<Managed>, Error> {
    let sql = select!("WHERE a.workspace_id = $1 ORDER BY (a.disabled_at IS NOT NULL), a.name, a.id");
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).fetch_all(c).await)?)
}

/// One agent.
pub async fn find(conn: Conn<'_>, ws: WorkspaceId, id: AgentId) -> Result<Option<Managed>, Error> {
    let sql = select!("WHERE a.workspace_id = $1 AND a.id = $2");
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(id).fetch_optional(c).await)?)
}

/// One agent; on PostgreSQL the rows of all owners are locked with theirs, so that two cannot make one
/// another the last.
pub async fn lock(mut conn: Conn<'_>, ws: WorkspaceId, id: AgentId) -> Result<Option<Managed>, Error> {
    if let Conn::Pg(c) = conn.again() {
        sqlx::query(
            "SELECT 1 FROM agents WHERE workspace_id = $1 AND (id = $2 OR role = 'owner') ORDER BY id FOR NO KEY UPDATE",
        )
        .bind(ws)
        .bind(id)
        .execute(c)
        .await?;
    }
    find(conn, ws, id).await
}

/// Writes name and role.
pub async fn save(conn: Conn<'_>, ws: WorkspaceId, id: AgentId, name: &str, role: Role) -> Result<(), Error> {
    let sql = "UPDATE agents SET name = $3, role = $4 WHERE workspace_id = $1 AND id = $2";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(id).bind(name).bind(role).execute(c).await.map(drop))
        .map_err(Error::from)
}

/// Shuts an agent out from then on, or lets them in.
pub async fn set_disabled(
    conn: Conn<'_>,
    ws: WorkspaceId,
    id: AgentId,
    disabled_at: Option<Timestamp>,
) -> Result<(), Error> {
    let sql = "UPDATE agents SET disabled_at = $3 WHERE workspace_id = $1 AND id = $2";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(id).bind(disabled_at).execute(c).await.map(drop)).map_err(Error::from)
}

/// Whether an owner who may sign in is left without this one.
pub async fn has_another_owner(conn: Conn<'_>, ws: WorkspaceId, than: AgentId) -> Result<bool, Error> {
    let sql = "SELECT CAST(1 AS BIGINT) FROM agents WHERE workspace_id = $1 AND id <> $2 AND role = 'owner' \
               AND disabled_at IS NULL AND password_hash <> '' LIMIT 1";
    let found: Option<i64> = on!(conn, |c| sqlx::query_scalar(sql).bind(ws).bind(than).fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// Writes the link of an agent, instead of an older one.
pub async fn save_link(
    conn: Conn<'_>,
    ws: WorkspaceId,
    id: AgentId,
    token_hash: [u8; 32],
    expires_at: Timestamp,
) -> Result<(), Error> {
    let sql = "INSERT INTO invitations (workspace_id, agent_id, token_hash, expires_at) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (workspace_id, agent_id) \
               DO UPDATE SET token_hash = excluded.token_hash, expires_at = excluded.expires_at";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(id).bind(&token_hash[..]).bind(expires_at).execute(c).await.map(drop))
        .map_err(Error::from)
}

/// The agent of a link that is good and who may sign in.
pub async fn of_link(conn: Conn<'_>, token_hash: [u8; 32], now: Timestamp) -> Result<Option<Managed>, Error> {
    let sql = select!("WHERE i.token_hash = $1 AND i.expires_at > $2 AND a.disabled_at IS NULL");
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(&token_hash[..]).bind(now).fetch_optional(c).await)?)
}

/// Takes the link of an agent away.
pub async fn drop_link(conn: Conn<'_>, ws: WorkspaceId, id: AgentId) -> Result<(), Error> {
    let sql = "DELETE FROM invitations WHERE workspace_id = $1 AND agent_id = $2";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(id).execute(c).await.map(drop)).map_err(Error::from)
}

/// Who serves which queue, by the queues' names.
pub async fn queue_names(conn: Conn<'_>, ws: WorkspaceId) -> Result<Vec<(AgentId, String)>, Error> {
    let sql = "SELECT qa.agent_id, q.name FROM queue_agents qa JOIN queues q ON q.workspace_id = qa.workspace_id \
               AND q.id = qa.queue_id WHERE qa.workspace_id = $1 ORDER BY q.name";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).fetch_all(c).await)?)
}
