//! SQL of workspaces, their API keys, and the row of `instance`.

use sqlx::FromRow;

use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{ApiKeyId, WorkspaceId};
use crate::on;

/// What this database is.
#[derive(Debug, Clone, FromRow)]
pub struct Instance {
    /// Changes when a backup is restored.
    pub generation: String,
    /// SHA-256 of the one-time set-up token, while one is out.
    pub setup_token_hash: Option<Vec<u8>>,
    /// When the database was made.
    pub created_at: Timestamp,
}

/// Adds the row of `instance`; one that is there stays.
pub async fn ensure_instance(conn: Conn<'_>, generation: &str, now: Timestamp) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(
        "INSERT INTO instance (id, generation, created_at) VALUES (1, $1, $2) ON CONFLICT DO NOTHING"
    )
    .bind(generation)
    .bind(now)
    .execute(c)
    .await
    .map(drop))
    .map_err(Error::from)
}

/// The row of `instance`.
pub async fn instance(conn: Conn<'_>) -> Result<Option<Instance>, Error> {
    Ok(on!(conn, |c| sqlx::query_as("SELECT generation, setup_token_hash, created_at FROM instance")
        .fetch_optional(c)
        .await)?)
}

/// Writes the hash of the set-up token, or none. The row is locked until the transaction ends, so
/// that set-ups go one after another.
pub async fn set_setup_token(conn: Conn<'_>, hash: Option<&[u8; 32]>) -> Result<(), Error> {
    on!(conn, |c| sqlx::query("UPDATE instance SET setup_token_hash = $1 WHERE id = 1")
        .bind(hash.map(|hash| &hash[..]))
        .execute(c)
        .await
        .map(drop))
    .map_err(Error::from)
}

/// A tenant.
#[derive(Debug, Clone, FromRow)]
pub struct Workspace {
    /// Its id.
    pub id: WorkspaceId,
    /// For people.
    pub name: String,
}

/// Adds a workspace.
pub async fn insert(conn: Conn<'_>, workspace: &Workspace, now: Timestamp) -> Result<(), Error> {
    on!(conn, |c| sqlx::query("INSERT INTO workspaces (id, name, created_at) VALUES ($1, $2, $3)")
        .bind(workspace.id)
        .bind(&workspace.name)
        .bind(now)
        .execute(c)
        .await
        .map(drop))
    .map_err(Error::from)
}

/// All workspaces, oldest first.
pub async fn all(conn: Conn<'_>) -> Result<Vec<Workspace>, Error> {
    Ok(on!(conn, |c| sqlx::query_as("SELECT id, name FROM workspaces ORDER BY created_at, id").fetch_all(c).await)?)
}

/// What a workspace decided of itself.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct SettingsRow {
    /// Its id.
    pub id: WorkspaceId,
    /// For people.
    pub name: String,
    /// A language's tag.
    pub locale: String,
    /// An IANA name.
    pub time_zone: String,
}

/// Of one workspace.
pub async fn settings(conn: Conn<'_>, ws: WorkspaceId) -> Result<Option<SettingsRow>, Error> {
    let sql = "SELECT id, name, locale, time_zone FROM workspaces WHERE id = $1";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).fetch_optional(c).await)?)
}

/// Of all workspaces, oldest first.
pub async fn all_settings(conn: Conn<'_>) -> Result<Vec<SettingsRow>, Error> {
    let sql = "SELECT id, name, locale, time_zone FROM workspaces ORDER BY created_at, id";
    Ok(on!(conn, |c| sqlx::query_as(sql).fetch_all(c).await)?)
}

/// Writes what it decided.
pub async fn save_settings(conn: Conn<'_>, row: &SettingsRow) -> Result<(), Error> {
    let sql = "UPDATE workspaces SET name = $2, locale = $3, time_zone = $4 WHERE id = $1";
    on!(conn, |c| sqlx::query(sql)
        .bind(row.id)
        .bind(&row.name)
        .bind(&row.locale)
        .bind(&row.time_zone)
        .execute(c)
        .await
        .map(drop))
    .map_err(Error::from)
}

/// A new key of the REST API.
pub struct NewApiKey<'a> {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// Drawn by the program.
    pub id: ApiKeyId,
    /// For people.
    pub name: &'a str,
    /// SHA-256 of the key.
    pub key_hash: &'a [u8; 32],
}

/// Adds an API key.
pub async fn insert_api_key(conn: Conn<'_>, new: &NewApiKey<'_>, now: Timestamp) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(
        "INSERT INTO api_keys (workspace_id, id, name, key_hash, created_at) VALUES ($1, $2, $3, $4, $5)"
    )
    .bind(new.workspace_id)
    .bind(new.id)
    .bind(new.name)
    .bind(&new.key_hash[..])
    .bind(now)
    .execute(c)
    .await
    .map(drop))
    .map_err(Error::from)
}
