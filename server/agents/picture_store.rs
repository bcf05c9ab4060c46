//! SQL of what agents show of themselves to visitors: a public name, a picture.

use super::picture::Picture;
use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{AgentId, PictureId, WorkspaceId};
use crate::on;

/// What visitors see of an agent who wants something shown.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct FaceRow {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// Who.
    pub id: AgentId,
    /// In the place of their name.
    pub public_name: Option<String>,
    /// Their picture's.
    pub picture_id: Option<PictureId>,
}

macro_rules! faces {
    ($rest:literal) => {
        concat!(
            "SELECT a.workspace_id, a.id, a.public_name, p.id AS picture_id FROM agents a \
             LEFT JOIN agent_pictures p ON p.workspace_id = a.workspace_id AND p.agent_id = a.id ",
            $rest
        )
    };
}

/// Of all workspaces: those who have either.
pub async fn all(conn: Conn<'_>) -> Result<Vec<FaceRow>, Error> {
    let sql = faces!("WHERE a.public_name IS NOT NULL OR p.id IS NOT NULL");
    Ok(on!(conn, |c| sqlx::query_as(sql).fetch_all(c).await)?)
}

/// Of one agent.
pub async fn of_agent(conn: Conn<'_>, ws: WorkspaceId, agent: AgentId) -> Result<Option<FaceRow>, Error> {
    let sql = faces!("WHERE a.workspace_id = $1 AND a.id = $2");
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(agent).fetch_optional(c).await)?)
}

/// Writes a public name, or none.
pub async fn set_name(conn: Conn<'_>, ws: WorkspaceId, agent: AgentId, name: Option<&str>) -> Result<(), Error> {
    let sql = "UPDATE agents SET public_name = $3 WHERE workspace_id = $1 AND id = $2";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(agent).bind(name).execute(c).await.map(drop)).map_err(Error::from)
}

/// Writes a picture in the place of the one before.
pub async fn set(
    conn: Conn<'_>,
    (ws, agent): (WorkspaceId, AgentId),
    id: PictureId,
    picture: &Picture,
    now: Timestamp,
) -> Result<(), Error> {
    let sql = "INSERT INTO agent_pictures (workspace_id, agent_id, id, mime, width, height, bytes, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (workspace_id, agent_id) DO UPDATE SET \
               id = excluded.id, mime = excluded.mime, width = excluded.width, height = excluded.height, \
               bytes = excluded.bytes, created_at = excluded.created_at";
    on!(conn, |c| sqlx::query(sql)
        .bind(ws)
        .bind(agent)
        .bind(id)
        .bind(picture.mime)
        .bind(i64::from(picture.width))
        .bind(i64::from(picture.height))
        .bind(&picture.bytes[..])
        .bind(now)
        .execute(c)
        .await
        .map(drop))
    .map_err(Error::from)
}

/// Takes it away. Gives whether there was one.
pub async fn remove(conn: Conn<'_>, ws: WorkspaceId, agent: AgentId) -> Result<bool, Error> {
    let sql = "DELETE FROM agent_pictures WHERE workspace_id = $1 AND agent_id = $2";
    let rows = on!(conn, |c| sqlx::query(sql).bind(ws).bind(agent).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows > 0)
}

/// A picture's kind and bytes, by its own id: whoever has that may see it.
pub async fn shown(conn: Conn<'_>, id: PictureId) -> Result<Option<(String, Vec<u8>)>, Error> {
    let sql = "SELECT mime, bytes FROM agent_pictures WHERE id = $1";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(id).fetch_optional(c).await)?)
}
