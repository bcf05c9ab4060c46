//! SQL around backups: when the last one was, and what a restored desk begins with.

use sqlx::{FromRow, SqliteConnection};
use uuid::Uuid;

use super::rows_store;
use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::on;

/// When the last backup was taken.
pub async fn last(conn: Conn<'_>) -> Result<Option<Timestamp>, Error> {
    let found: Option<Option<Timestamp>> =
        on!(conn, |c| sqlx::query_scalar("SELECT last_backup_at FROM instance WHERE id = 1").fetch_optional(c).await)?;
    Ok(found.flatten())
}

/// Notes that one was taken.
pub async fn note(conn: Conn<'_>, at: Timestamp) -> Result<(), Error> {
    on!(conn, |c| sqlx::query("UPDATE instance SET last_backup_at = $1 WHERE id = 1")
        .bind(at)
        .execute(c)
        .await
        .map(drop))
    .map_err(Error::from)
}

/// Nobody is signed in at first, and loads are what they are.
pub async fn settle(conn: Conn<'_>) -> Result<(), Error> {
    let sql = "UPDATE agents SET lease_until = 0, load = (SELECT COUNT(*) FROM conversations c \
               WHERE c.workspace_id = agents.workspace_id AND c.owner_agent_id = agents.id AND c.state = 'assigned')";
    on!(conn, |c| sqlx::query(sql).execute(c).await.map(drop)).map_err(Error::from)
}

/// A session that outlasts a restore.
#[derive(Debug, Clone, FromRow)]
pub struct SessionRow {
    token_hash: Vec<u8>,
    workspace_id: Uuid,
    agent_id: Uuid,
    csrf: String,
    user_agent: String,
    created_at: i64,
    seen_at: i64,
    expires_at: i64,
}

/// The sessions of a desk.
pub async fn sessions(conn: &mut SqliteConnection) -> Result<Vec<SessionRow>, Error> {
    let sql =
        "SELECT token_hash, workspace_id, agent_id, csrf, user_agent, created_at, seen_at, expires_at FROM sessions";
    Ok(sqlx::query_as(sql).fetch_all(conn).await?)
}

/// Keeps a session, if its agent is there and may sign in.
pub async fn keep_session(conn: &mut SqliteConnection, row: &SessionRow) -> Result<(), Error> {
    if !rows_store::has_agent(Conn::Lite(conn), row.workspace_id, row.agent_id).await? {
        return Ok(());
    }
    let sql = "INSERT INTO sessions (token_hash, workspace_id, agent_id, csrf, user_agent, created_at, seen_at, expires_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    sqlx::query(sql)
        .bind(&row.token_hash)
        .bind(row.workspace_id)
        .bind(row.agent_id)
        .bind(&row.csrf)
        .bind(&row.user_agent)
        .bind(row.created_at)
        .bind(row.seen_at)
        .bind(row.expires_at)
        .execute(conn)
        .await?;
    Ok(())
}
