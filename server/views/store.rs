//! SQL of saved views.

use std::sync::Arc;

use sqlx::FromRow;

use super::{Filter, SavedView, View};
use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{AgentId, ViewId, WorkspaceId};
use crate::on;

#[derive(FromRow)]
struct Row {
    id: ViewId,
    name: String,
    agent_id: Option<AgentId>,
    filter: String,
}

impl Row {
    /// One of another version may have parts that this one does not know: it shows what is open.
    fn into_view(self) -> SavedView {
        let filter = Filter::parse(&self.filter).unwrap_or_default();
        SavedView { id: self.id, name: self.name, shared: self.agent_id.is_none(), filter }
    }
}

/// The views that an agent keeps, and everybody's; by name.
pub async fn of_agent(conn: Conn<'_>, ws: WorkspaceId, agent: AgentId) -> Result<Vec<SavedView>, Error> {
    let sql = "SELECT id, name, agent_id, filter FROM saved_views WHERE workspace_id = $1 \
               AND (agent_id = $2 OR agent_id IS NULL) ORDER BY name, id";
    let rows: Vec<Row> = on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(agent).fetch_all(c).await)?;
    Ok(rows.into_iter().map(Row::into_view).collect())
}

/// The view of a word: one that stands on every desk, a filter, or a saved one that is the agent's.
pub async fn named(conn: Conn<'_>, ws: WorkspaceId, agent: AgentId, word: &str) -> Result<Option<View>, Error> {
    let Some(id) = word.strip_prefix("saved:") else { return Ok(View::parse(word)) };
    let Ok(id) = id.parse::<ViewId>() else { return Ok(None) };
    let sql = "SELECT id, name, agent_id, filter FROM saved_views WHERE workspace_id = $1 AND id = $3 \
               AND (agent_id = $2 OR agent_id IS NULL)";
    let row: Option<Row> = on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(agent).bind(id).fetch_optional(c).await)?;
    Ok(row.map(|row| View::Saved(Arc::new(row.into_view()))))
}

/// How many views an agent keeps, or how many are everybody's.
pub async fn count(conn: Conn<'_>, ws: WorkspaceId, agent: Option<AgentId>) -> Result<i64, Error> {
    let sql = "SELECT COUNT(*) FROM saved_views WHERE workspace_id = $1 \
               AND (agent_id = $2 OR (agent_id IS NULL AND $2 IS NULL))";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).bind(ws).bind(agent).fetch_one(c).await)?)
}

/// Keeps a view: an agent's own, or everybody's.
pub async fn insert(
    conn: Conn<'_>,
    ws: WorkspaceId,
    agent: Option<AgentId>,
    view: &SavedView,
    now: Timestamp,
) -> Result<(), Error> {
    let sql = "INSERT INTO saved_views (workspace_id, id, agent_id, name, filter, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    on!(conn, |c| sqlx::query(sql)
        .bind(ws)
        .bind(view.id)
        .bind(agent)
        .bind(&view.name)
        .bind(view.filter.to_string())
        .bind(now)
        .execute(c)
        .await
        .map(drop))
    .map_err(Error::from)
}

/// Drops a view: an agent's own, or with `shared` one of everybody's. False if there is none.
pub async fn remove(conn: Conn<'_>, ws: WorkspaceId, agent: AgentId, shared: bool, id: ViewId) -> Result<bool, Error> {
    let sql = "DELETE FROM saved_views WHERE workspace_id = $1 AND id = $3 \
               AND (agent_id = $2 OR (agent_id IS NULL AND $4))";
    let gone = on!(conn, |c| sqlx::query(sql)
        .bind(ws)
        .bind(agent)
        .bind(id)
        .bind(shared)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(gone > 0)
}
