//! SQL of signed-in devices.

use std::collections::HashSet;

use sqlx::FromRow;

use super::Role;
use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{AgentId, WorkspaceId};
use crate::on;

/// A session with its agent.
#[derive(Debug, Clone, FromRow)]
pub struct SessionRow {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// Who is signed in.
    pub agent_id: AgentId,
    /// Their name.
    pub name: String,
    /// What they may.
    pub role: Role,
    /// Goes into every form.
    pub csrf: String,
    /// When it was last used.
    pub seen_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A new session.
pub struct NewSession<'a> {
    /// SHA-256 of the cookie's token.
    pub token_hash: &'a [u8; 32],
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// Who.
    pub agent_id: AgentId,
    /// Goes into every form.
    pub csrf: &'a str,
    /// For the list of devices.
    pub user_agent: &'a str,
    /// Now.
    pub now: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Adds a session.
pub async fn insert(conn: Conn<'_>, new: &NewSession<'_>) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(
        "INSERT INTO sessions (token_hash, workspace_id, agent_id, csrf, user_agent, created_at, seen_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $6, $7)"
    )
    .bind(&new.token_hash[..])
    .bind(new.workspace_id)
    .bind(new.agent_id)
    .bind(new.csrf)
    .bind(new.user_agent)
    .bind(new.now)
    .bind(new.expires_at)
    .execute(c)
    .await
    .map(drop))
    .map_err(Error::from)
}

/// The session of this token, if it has not ended and its agent is not disabled.
pub async fn find(conn: Conn<'_>, token_hash: &[u8; 32], now: Timestamp) -> Result<Option<SessionRow>, Error> {
    Ok(on!(conn, |c| sqlx::query_as(
        "SELECT s.workspace_id, s.agent_id, a.name, a.role, s.csrf, s.seen_at, s.expires_at FROM sessions s \
         JOIN agents a ON a.workspace_id = s.workspace_id AND a.id = s.agent_id \
         WHERE s.token_hash = $1 AND s.expires_at > $2 AND a.disabled_at IS NULL"
    )
    .bind(&token_hash[..])
    .bind(now)
    .fetch_optional(c)
    .await)?)
}

/// Those of these sessions that have not ended and whose agent is not disabled.
pub async fn standing(conn: Conn<'_>, hashes: &HashSet<[u8; 32]>, now: Timestamp) -> Result<HashSet<[u8; 32]>, Error> {
    let rows: Vec<Vec<u8>> = match conn {
        Conn::Lite(c) => {
            let hex = |hash: &[u8; 32]| hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
            let list = serde_json::to_string(&hashes.iter().map(hex).collect::<Vec<_>>()).unwrap_or_default();
            let sql = "SELECT s.token_hash FROM json_each($1) j JOIN sessions s ON s.token_hash = unhex(j.value) \
                       JOIN agents a ON a.workspace_id = s.workspace_id AND a.id = s.agent_id \
                       WHERE s.expires_at > $2 AND a.disabled_at IS NULL";
            sqlx::query_scalar(sql).bind(list).bind(now).fetch_all(c).await?
        }
        Conn::Pg(c) => {
            let list: Vec<Vec<u8>> = hashes.iter().map(|hash| hash.to_vec()).collect();
            let sql = "SELECT s.token_hash FROM sessions s \
                       JOIN agents a ON a.workspace_id = s.workspace_id AND a.id = s.agent_id \
                       WHERE s.token_hash = ANY($1) AND s.expires_at > $2 AND a.disabled_at IS NULL";
            sqlx::query_scalar(sql).bind(list).bind(now).fetch_all(c).await?
        }
    };
    Ok(rows.into_iter().filter_map(|hash| hash.try_into().ok()).collect())
}

/// Notes that a session was used, and how long it goes on.
pub async fn touch(conn: Conn<'_>, token_hash: &[u8; 32], now: Timestamp, until: Timestamp) -> Result<(), Error> {
    on!(conn, |c| sqlx::query("UPDATE sessions SET seen_at = $2, expires_at = $3 WHERE token_hash = $1")
        .bind(&token_hash[..])
        .bind(now)
        .bind(until)
        .execute(c)
        .await
        .map(drop))
    .map_err(Error::from)
}

/// Ends a session.
pub async fn delete(conn: Conn<'_>, token_hash: &[u8; 32]) -> Result<(), Error> {
    on!(conn, |c| sqlx::query("DELETE FROM sessions WHERE token_hash = $1")
        .bind(&token_hash[..])
        .execute(c)
        .await
        .map(drop))
    .map_err(Error::from)
}

/// Ends every session of an agent: after a new password.
pub async fn delete_of_agent(conn: Conn<'_>, ws: WorkspaceId, agent: AgentId) -> Result<(), Error> {
    on!(conn, |c| sqlx::query("DELETE FROM sessions WHERE workspace_id = $1 AND agent_id = $2")
        .bind(ws)
        .bind(agent)
        .execute(c)
        .await
        .map(drop))
    .map_err(Error::from)
}

/// Drops sessions that have ended.
pub async fn sweep(conn: Conn<'_>, now: Timestamp) -> Result<(), Error> {
    on!(conn, |c| sqlx::query("DELETE FROM sessions WHERE expires_at <= $1").bind(now).execute(c).await.map(drop))
        .map_err(Error::from)
}
