//! SQL of the audit log.

use serde_json::{Map, Value};
use sqlx::FromRow;
use sqlx::types::Json;

use crate::clock::Timestamp;
use crate::conversations::participant_store::AnyId;
use crate::db::{Conn, Error};
use crate::ids::{AgentId, ApiKeyId, AuditId, WorkspaceId};
use crate::on;

/// A row to be written.
pub struct NewEntry<'a> {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// Drawn by the program.
    pub id: AuditId,
    /// Who; none for the command line.
    pub agent_id: Option<AgentId>,
    /// As they are called now.
    pub agent_name: &'a str,
    /// The key of the REST API by which it was done.
    pub api_key_id: Option<ApiKeyId>,
    /// What was done.
    pub action: &'a str,
    /// To what.
    pub subject_id: AnyId,
    /// As it is called now.
    pub subject_name: &'a str,
    /// Each field with its value before and after.
    pub changes: Map<String, Value>,
}

/// Adds a row.
pub async fn insert(conn: Conn<'_>, new: &NewEntry<'_>, now: Timestamp) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(
        "INSERT INTO audit_log (workspace_id, id, agent_id, agent_name, action, subject_id, subject_name, changes, \
         created_at, api_key_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    )
    .bind(new.workspace_id)
    .bind(new.id)
    .bind(new.agent_id)
    .bind(new.agent_name)
    .bind(new.action)
    .bind(new.subject_id)
    .bind(new.subject_name)
    .bind(Json(&new.changes))
    .bind(now)
    .bind(new.api_key_id)
    .execute(c)
    .await
    .map(drop))
    .map_err(Error::from)
}

/// A row.
#[derive(Debug, Clone, FromRow)]
pub struct Entry {
    /// Its id.
    pub id: AuditId,
    /// Who; none for the command line.
    pub agent_id: Option<AgentId>,
    /// As they were called then.
    pub agent_name: String,
    /// What was done.
    pub action: String,
    /// As it was called then.
    pub subject_name: String,
    /// Each field with its value before and after.
    pub changes: Json<Map<String, Value>>,
    /// When.
    pub created_at: Timestamp,
}

/// The newest rows before this one; without it, the newest of all.
pub async fn page(conn: Conn<'_>, ws: WorkspaceId, before: Option<AuditId>, limit: i64) -> Result<Vec<Entry>, Error> {
    // Ids are drawn by time, so their order is that of the rows.
    let (all, older) = (
        "SELECT id, agent_id, agent_name, action, subject_name, changes, created_at FROM audit_log \
         WHERE workspace_id = $1 ORDER BY id DESC LIMIT $2",
        "SELECT id, agent_id, agent_name, action, subject_name, changes, created_at FROM audit_log \
         WHERE workspace_id = $1 AND id < $3 ORDER BY id DESC LIMIT $2",
    );
    Ok(match before {
        None => on!(conn, |c| sqlx::query_as(all).bind(ws).bind(limit).fetch_all(c).await)?,
        Some(before) => on!(conn, |c| sqlx::query_as(older).bind(ws).bind(limit).bind(before).fetch_all(c).await)?,
    })
}
