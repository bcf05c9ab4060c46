//! SQL of trails.

use serde_json::Value;
use sqlx::FromRow;
use sqlx::types::Json;

use super::trail::{KEPT, TrailEntry};
use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{CommandId, VisitorId, WorkspaceId};
use crate::on;

/// Adds an entry, unless the frame that tells it was stored before, and drops the oldest beyond [`KEPT`].
pub async fn add(mut conn: Conn<'_>, ws: WorkspaceId, visitor: VisitorId, entry: &TrailEntry) -> Result<(), Error> {
    on!(conn.again(), |c| sqlx::query(
        "INSERT INTO visitor_trail (workspace_id, visitor_id, id, kind, name, data, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING"
    )
    .bind(ws)
    .bind(visitor)
    .bind(entry.id)
    .bind(entry.kind)
    .bind(&entry.name)
    .bind(Json(&entry.data))
    .bind(entry.at)
    .execute(c)
    .await
    .map(drop))?;
    on!(conn, |c| sqlx::query(
        "DELETE FROM visitor_trail WHERE workspace_id = $1 AND visitor_id = $2 AND (id, kind) IN (SELECT id, kind \
         FROM visitor_trail WHERE workspace_id = $1 AND visitor_id = $2 \
         ORDER BY created_at DESC, id DESC, kind LIMIT 1000 OFFSET $3)"
    )
    .bind(ws)
    .bind(visitor)
    .bind(KEPT)
    .execute(c)
    .await
    .map(drop))
    .map_err(Error::from)
}

/// A stranger turned out to be this visitor, and was where they were.
pub async fn hand_over(conn: Conn<'_>, ws: WorkspaceId, from: VisitorId, to: VisitorId) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(
        "UPDATE visitor_trail SET visitor_id = $3 WHERE workspace_id = $1 AND visitor_id = $2 \
         AND NOT EXISTS (SELECT 1 FROM visitor_trail t WHERE t.workspace_id = $1 AND t.visitor_id = $3 \
         AND t.id = visitor_trail.id AND t.kind = visitor_trail.kind)"
    )
    .bind(ws)
    .bind(from)
    .bind(to)
    .execute(c)
    .await
    .map(drop))
    .map_err(Error::from)
}

#[derive(FromRow)]
struct Row {
    id: CommandId,
    kind: String,
    name: String,
    data: Json<Value>,
    created_at: Timestamp,
}

/// A visitor's trail, newest first.
pub async fn newest(conn: Conn<'_>, ws: WorkspaceId, visitor: VisitorId) -> Result<Vec<TrailEntry>, Error> {
    let rows: Vec<Row> = on!(conn, |c| sqlx::query_as(
        "SELECT id, kind, name, data, created_at FROM visitor_trail WHERE workspace_id = $1 AND visitor_id = $2 \
         ORDER BY created_at DESC, id DESC, kind LIMIT $3"
    )
    .bind(ws)
    .bind(visitor)
    .bind(KEPT)
    .fetch_all(c)
    .await)?;
    let entry = |row: Row| TrailEntry {
        id: row.id,
        kind: if row.kind == "page" { "page" } else { "event" },
        name: row.name,
        data: row.data.0,
        at: row.created_at,
    };
    Ok(rows.into_iter().map(entry).collect())
}
