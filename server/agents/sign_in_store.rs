//! SQL of signing in: one compare-and-set.

use crate::db::{Conn, Error};
use crate::ids::{AgentId, WorkspaceId};
use crate::on;

/// Writes `hash` if the agent still has the hash that was `checked`, and may still sign in. The row
/// stays locked until the transaction ends, so that no session outlives a new password.
pub async fn keep_password(
    conn: Conn<'_>,
    ws: WorkspaceId,
    id: AgentId,
    checked: &str,
    hash: &str,
) -> Result<bool, Error> {
    let sql = "UPDATE agents SET password_hash = $4 \
               WHERE workspace_id = $1 AND id = $2 AND password_hash = $3 AND disabled_at IS NULL";
    let rows = on!(conn, |c| sqlx::query(sql)
        .bind(ws)
        .bind(id)
        .bind(checked)
        .bind(hash)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}
