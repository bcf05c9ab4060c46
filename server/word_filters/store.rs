//! SQL of word filters.

use super::{Action, Phrase, WordFilter};
use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{WordFilterId, WorkspaceId};
use crate::on;

/// Of one workspace, in the order of what they look for.
pub async fn of_workspace(conn: Conn<'_>, ws: WorkspaceId) -> Result<Vec<WordFilter>, Error> {
    let sql = "SELECT id, phrase, action FROM word_filters WHERE workspace_id = $1 ORDER BY folded, id";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).fetch_all(c).await)?)
}

/// A filter, and whose it is.
#[derive(sqlx::FromRow)]
pub struct Owned {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// The filter.
    #[sqlx(flatten)]
    pub filter: WordFilter,
}

/// Of all workspaces.
pub async fn all(conn: Conn<'_>) -> Result<Vec<Owned>, Error> {
    let sql = "SELECT workspace_id, id, phrase, action FROM word_filters ORDER BY workspace_id, folded, id";
    Ok(on!(conn, |c| sqlx::query_as(sql).fetch_all(c).await)?)
}

/// How many a workspace has.
pub async fn count(conn: Conn<'_>, ws: WorkspaceId) -> Result<i64, Error> {
    let sql = "SELECT CAST(count(*) AS BIGINT) FROM word_filters WHERE workspace_id = $1";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).bind(ws).fetch_one(c).await)?)
}

/// Adds one. False where the workspace looks for these words already.
pub async fn insert(
    conn: Conn<'_>,
    ws: WorkspaceId,
    id: WordFilterId,
    (phrase, action): (&Phrase, Action),
    now: Timestamp,
) -> Result<bool, Error> {
    let sql = "INSERT INTO word_filters (workspace_id, id, phrase, folded, action, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (workspace_id, folded) DO NOTHING";
    let rows = on!(conn, |c| sqlx::query(sql)
        .bind(ws)
        .bind(id)
        .bind(phrase.as_str())
        .bind(phrase.folded())
        .bind(action)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Writes what one does.
pub async fn set_action(conn: Conn<'_>, ws: WorkspaceId, id: WordFilterId, action: Action) -> Result<(), Error> {
    let sql = "UPDATE word_filters SET action = $3 WHERE workspace_id = $1 AND id = $2";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(id).bind(action).execute(c).await.map(drop)).map_err(Error::from)
}

/// Takes one away.
pub async fn delete(conn: Conn<'_>, ws: WorkspaceId, id: WordFilterId) -> Result<(), Error> {
    let sql = "DELETE FROM word_filters WHERE workspace_id = $1 AND id = $2";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(id).execute(c).await.map(drop)).map_err(Error::from)
}
