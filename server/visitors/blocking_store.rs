//! SQL of visitors who are blocked.

use sqlx::FromRow;

use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{SiteId, VisitorId, WorkspaceId};
use crate::on;

/// Blocks a person, or lets them write again. False if it was so already.
pub async fn set(conn: Conn<'_>, ws: WorkspaceId, id: VisitorId, at: Option<Timestamp>) -> Result<bool, Error> {
    let sql = "UPDATE visitors SET blocked_at = $3 WHERE workspace_id = $1 AND id = $2 \
               AND (blocked_at IS NULL) <> ($3 IS NULL)";
    // PostgreSQL has to be told the type of a value that is only compared with nothing.
    let sql = conn.pick(
        sql,
        "UPDATE visitors SET blocked_at = $3 WHERE workspace_id = $1 AND id = $2 \
         AND (blocked_at IS NULL) <> (CAST($3 AS BIGINT) IS NULL)",
    );
    let done = on!(conn, |c| sqlx::query(sql).bind(ws).bind(id).bind(at).execute(c).await.map(|d| d.rows_affected()))?;
    Ok(done == 1)
}

/// The devices of everybody who is blocked: site and hash of the token.
pub async fn devices(conn: Conn<'_>) -> Result<Vec<(SiteId, Vec<u8>)>, Error> {
    let sql = "SELECT d.site_id, d.token_hash FROM visitors v JOIN visitors d ON d.workspace_id = v.workspace_id \
               AND (d.id = v.id OR d.merged_into = v.id) WHERE v.blocked_at IS NOT NULL";
    Ok(on!(conn, |c| sqlx::query_as(sql).fetch_all(c).await)?)
}

/// Somebody who is blocked.
#[derive(Debug, Clone, FromRow)]
pub struct BlockedRow {
    /// Who.
    pub id: VisitorId,
    /// Their name; may be missing.
    pub name: Option<String>,
    /// Their mail address; may be missing.
    pub email: Option<String>,
    /// The website.
    pub site: String,
    /// Since when.
    pub blocked_at: Timestamp,
}

/// Those of a workspace, the newest first, at most `limit`.
pub async fn of_workspace(conn: Conn<'_>, ws: WorkspaceId, limit: i64) -> Result<Vec<BlockedRow>, Error> {
    let sql = "SELECT v.id, v.name, v.email, s.name AS site, v.blocked_at FROM visitors v \
               JOIN sites s ON s.workspace_id = v.workspace_id AND s.id = v.site_id \
               WHERE v.workspace_id = $1 AND v.blocked_at IS NOT NULL ORDER BY v.blocked_at DESC, v.id LIMIT $2";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(limit).fetch_all(c).await)?)
}
