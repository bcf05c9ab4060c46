//! SQL of opening hours: a column of queues, and one of sites.

use std::collections::BTreeMap;

use sqlx::types::Json;

use super::Hours;
use crate::db::{Conn, Error};
use crate::ids::{QueueId, SiteId, WorkspaceId};
use crate::on;

/// The hours of all queues that have any.
pub async fn of_queues(conn: Conn<'_>) -> Result<Vec<(WorkspaceId, QueueId, Json<Hours>)>, Error> {
    let sql = "SELECT workspace_id, id, hours FROM queues WHERE hours IS NOT NULL";
    Ok(on!(conn, |c| sqlx::query_as(sql).fetch_all(c).await)?)
}

/// The hours of all sites that have any.
pub async fn of_sites(conn: Conn<'_>) -> Result<Vec<(WorkspaceId, SiteId, Json<Hours>)>, Error> {
    let sql = "SELECT workspace_id, id, hours FROM sites WHERE hours IS NOT NULL";
    Ok(on!(conn, |c| sqlx::query_as(sql).fetch_all(c).await)?)
}

/// The hours of a workspace's sites.
pub async fn of_sites_of(conn: Conn<'_>, ws: WorkspaceId) -> Result<BTreeMap<SiteId, Hours>, Error> {
    let sql = "SELECT id, hours FROM sites WHERE workspace_id = $1 AND hours IS NOT NULL";
    let rows: Vec<(SiteId, Json<Hours>)> = on!(conn, |c| sqlx::query_as(sql).bind(ws).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id, hours)| (id, hours.0)).collect())
}

/// A queue's hours.
pub async fn of_queue(conn: Conn<'_>, ws: WorkspaceId, queue: QueueId) -> Result<Option<Hours>, Error> {
    let sql = "SELECT hours FROM queues WHERE workspace_id = $1 AND id = $2";
    let found: Option<Option<Json<Hours>>> =
        on!(conn, |c| sqlx::query_scalar(sql).bind(ws).bind(queue).fetch_optional(c).await)?;
    Ok(found.flatten().map(|hours| hours.0))
}

/// A site's hours.
pub async fn of_site(conn: Conn<'_>, ws: WorkspaceId, site: SiteId) -> Result<Option<Hours>, Error> {
    let sql = "SELECT hours FROM sites WHERE workspace_id = $1 AND id = $2";
    let found: Option<Option<Json<Hours>>> =
        on!(conn, |c| sqlx::query_scalar(sql).bind(ws).bind(site).fetch_optional(c).await)?;
    Ok(found.flatten().map(|hours| hours.0))
}

/// Writes a queue's hours; none for always.
pub async fn set_of_queue(conn: Conn<'_>, ws: WorkspaceId, queue: QueueId, hours: Option<&Hours>) -> Result<(), Error> {
    let sql = "UPDATE queues SET hours = $3 WHERE workspace_id = $1 AND id = $2";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(queue).bind(hours.map(Json)).execute(c).await.map(drop))
        .map_err(Error::from)
}

/// Writes a site's hours; none for always.
pub async fn set_of_site(conn: Conn<'_>, ws: WorkspaceId, site: SiteId, hours: Option<&Hours>) -> Result<(), Error> {
    let sql = "UPDATE sites SET hours = $3 WHERE workspace_id = $1 AND id = $2";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(site).bind(hours.map(Json)).execute(c).await.map(drop))
        .map_err(Error::from)
}
