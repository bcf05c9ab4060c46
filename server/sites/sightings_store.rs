//! SQL of where sites were seen, and of how far a new desk is.

use sqlx::FromRow;

use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{SiteId, WorkspaceId};
use crate::on;

/// A page's origin, and when it was seen last.
#[derive(Debug, Clone, FromRow)]
pub struct SightingRow {
    /// As browsers write it.
    pub origin: String,
    /// To the minute.
    pub seen_at: Timestamp,
}

/// Notes that a site was seen on an origin.
pub async fn save(conn: Conn<'_>, ws: WorkspaceId, site: SiteId, origin: &str, now: Timestamp) -> Result<(), Error> {
    let sql = "INSERT INTO site_sightings (workspace_id, site_id, origin, seen_at) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (workspace_id, site_id, origin) DO UPDATE SET seen_at = excluded.seen_at";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(site).bind(origin).bind(now).execute(c).await.map(drop))
        .map_err(Error::from)
}

/// Where a site was seen, the newest first.
pub async fn of_site(conn: Conn<'_>, ws: WorkspaceId, site: SiteId) -> Result<Vec<SightingRow>, Error> {
    let sql = "SELECT origin, seen_at FROM site_sightings WHERE workspace_id = $1 AND site_id = $2 \
               ORDER BY seen_at DESC, origin";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(site).fetch_all(c).await)?)
}

/// Forgets an origin of a site.
pub async fn forget(conn: Conn<'_>, ws: WorkspaceId, site: SiteId, origin: &str) -> Result<(), Error> {
    let sql = "DELETE FROM site_sightings WHERE workspace_id = $1 AND site_id = $2 AND origin = $3";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(site).bind(origin).execute(c).await.map(drop)).map_err(Error::from)
}

/// What of a new desk is done.
#[derive(Debug, Clone, Copy, Default, FromRow)]
pub struct Progress {
    /// A chat was answered, a test or not.
    pub answered: bool,
    /// There is somebody besides the first owner.
    pub has_team: bool,
    /// The site, or a queue, has hours.
    pub has_hours: bool,
}

/// Reads it.
pub async fn progress(conn: Conn<'_>, ws: WorkspaceId, site: SiteId) -> Result<Progress, Error> {
    let sql = "SELECT \
        EXISTS (SELECT 1 FROM conversations WHERE workspace_id = $1 AND first_answered_at IS NOT NULL) AS answered, \
        (SELECT COUNT(*) FROM agents WHERE workspace_id = $1) > 1 AS has_team, \
        (EXISTS (SELECT 1 FROM sites WHERE workspace_id = $1 AND id = $2 AND hours IS NOT NULL) \
         OR EXISTS (SELECT 1 FROM queues WHERE workspace_id = $1 AND hours IS NOT NULL)) AS has_hours";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(site).fetch_one(c).await)?)
}
