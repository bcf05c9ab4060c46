//! SQL of API keys.

use sqlx::FromRow;

use super::keys::Scope;
use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{AgentId, ApiKeyId, BotId, WorkspaceId};
use crate::on;

/// A key that is good, as a request needs it.
#[derive(Debug, Clone, FromRow)]
pub struct Known {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// Which.
    pub id: ApiKeyId,
    /// For people.
    pub name: String,
    /// What it may.
    pub scope: Scope,
    /// To within an hour; none if it never was.
    pub last_used_at: Option<Timestamp>,
    /// The bot that acts with it, and may nothing else.
    pub bot_id: Option<BotId>,
}

/// The key of this hash, if it is neither revoked nor over.
pub async fn by_hash(conn: Conn<'_>, hash: [u8; 32], now: Timestamp) -> Result<Option<Known>, Error> {
    let sql = "SELECT workspace_id, id, name, scope, last_used_at, bot_id FROM api_keys WHERE key_hash = $1 \
               AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(&hash[..]).bind(now).fetch_optional(c).await)?)
}

/// Notes that it was used.
pub async fn set_used(conn: Conn<'_>, ws: WorkspaceId, id: ApiKeyId, now: Timestamp) -> Result<(), Error> {
    let sql = "UPDATE api_keys SET last_used_at = $3 WHERE workspace_id = $1 AND id = $2";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(id).bind(now).execute(c).await.map(drop)).map_err(Error::from)
}

/// A key in the list.
#[derive(Debug, Clone, FromRow)]
pub struct Listed {
    /// Which.
    pub id: ApiKeyId,
    /// For people.
    pub name: String,
    /// What it may.
    pub scope: Scope,
    /// Who made it; none for `bootstrap`.
    pub made_by: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was used, to within an hour.
    pub last_used_at: Option<Timestamp>,
}

macro_rules! listed {
    ($rest:literal) => {
        concat!(
            "SELECT k.id, k.name, k.scope, a.name AS made_by, k.created_at, k.last_used_at FROM api_keys k \
             LEFT JOIN agents a ON a.workspace_id = k.workspace_id AND a.id = k.created_by_agent_id \
             WHERE k.workspace_id = $1 AND k.revoked_at IS NULL AND k.bot_id IS NULL ",
            $rest
        )
    };
}

/// The keys of a workspace that are not revoked, the newest first.
pub async fn all(conn: Conn<'_>, ws: WorkspaceId) -> Result<Vec<Listed>, Error> {
    let sql = listed!("ORDER BY k.created_at DESC, k.id DESC");
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).fetch_all(c).await)?)
}

/// One key that is not revoked.
pub async fn find(conn: Conn<'_>, ws: WorkspaceId, id: ApiKeyId) -> Result<Option<Listed>, Error> {
    let sql = listed!("AND k.id = $2");
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(id).fetch_optional(c).await)?)
}

/// A key that somebody makes.
pub struct New<'a> {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// Drawn by the program.
    pub id: ApiKeyId,
    /// For people.
    pub name: &'a str,
    /// SHA-256 of the key.
    pub hash: [u8; 32],
    /// What it may.
    pub scope: Scope,
    /// Who makes it.
    pub by: AgentId,
}

/// Adds a key.
pub async fn insert(conn: Conn<'_>, new: &New<'_>, now: Timestamp) -> Result<(), Error> {
    let sql = "INSERT INTO api_keys (workspace_id, id, name, key_hash, scope, created_by_agent_id, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    on!(conn, |c| sqlx::query(sql)
        .bind(new.workspace_id)
        .bind(new.id)
        .bind(new.name)
        .bind(&new.hash[..])
        .bind(new.scope)
        .bind(new.by)
        .bind(now)
        .execute(c)
        .await
        .map(drop))
    .map_err(Error::from)
}

/// Adds the key of a bot: its workspace, its id and its name.
pub async fn insert_for_bot(
    conn: Conn<'_>,
    (ws, bot, name): (WorkspaceId, BotId, &str),
    id: ApiKeyId,
    hash: [u8; 32],
    now: Timestamp,
) -> Result<(), Error> {
    let sql = "INSERT INTO api_keys (workspace_id, id, name, key_hash, scope, bot_id, created_at) \
               VALUES ($1, $2, $3, $4, 'write', $5, $6)";
    on!(conn, |c| sqlx::query(sql)
        .bind(ws)
        .bind(id)
        .bind(name)
        .bind(&hash[..])
        .bind(bot)
        .bind(now)
        .execute(c)
        .await
        .map(drop))
    .map_err(Error::from)
}

/// Revokes the keys of a bot.
pub async fn revoke_of_bot(conn: Conn<'_>, ws: WorkspaceId, bot: BotId, now: Timestamp) -> Result<(), Error> {
    let sql = "UPDATE api_keys SET revoked_at = $3 WHERE workspace_id = $1 AND bot_id = $2 AND revoked_at IS NULL";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(bot).bind(now).execute(c).await.map(drop)).map_err(Error::from)
}

/// Revokes a key.
pub async fn revoke(conn: Conn<'_>, ws: WorkspaceId, id: ApiKeyId, now: Timestamp) -> Result<(), Error> {
    let sql = "UPDATE api_keys SET revoked_at = $3 WHERE workspace_id = $1 AND id = $2 AND revoked_at IS NULL";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(id).bind(now).execute(c).await.map(drop)).map_err(Error::from)
}
