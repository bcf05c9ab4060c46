//! SQL of sites.

use serde_json::{Map, Value};
use sqlx::FromRow;
use sqlx::types::Json;

use super::{OnClosed, Settings, Site};
use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{QueueId, SiteId, WorkspaceId};
use crate::on;
use crate::queues::store as queues;

#[derive(FromRow)]
struct SiteRow {
    workspace_id: WorkspaceId,
    id: SiteId,
    key: String,
    name: String,
    origins: Json<Vec<String>>,
    queue_id: QueueId,
    on_closed: OnClosed,
    edit_window_s: i64,
    delete_window_s: i64,
    locale: String,
    appearance: Json<Map<String, Value>>,
    settings: Option<Json<Settings>>,
}

impl From<SiteRow> for Site {
    fn from(row: SiteRow) -> Self {
        Self {
            workspace_id: row.workspace_id,
            id: row.id,
            key: row.key,
            name: row.name,
            origins: row.origins.0,
            queue_id: row.queue_id,
            on_closed: row.on_closed,
            edit_window_s: row.edit_window_s,
            delete_window_s: row.delete_window_s,
            locale: row.locale,
            appearance: row.appearance.0,
            settings: row.settings.map(|settings| settings.0).unwrap_or_default(),
            topics: Vec::new(),
            is_preview: false,
        }
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT workspace_id, id, key, name, origins, queue_id, on_closed, edit_window_s, delete_window_s, locale, \
             appearance, settings FROM sites ",
            $rest
        )
    };
}

/// The site of this public key, with the queues that its visitors may choose from.
pub async fn by_key(mut conn: Conn<'_>, key: &str) -> Result<Option<Site>, Error> {
    let sql = select!("WHERE key = $1");
    let row: Option<SiteRow> = on!(conn.again(), |c| sqlx::query_as(sql).bind(key).fetch_optional(c).await)?;
    let Some(mut site) = row.map(Site::from) else { return Ok(None) };
    let pre_chat = &site.settings.pre_chat;
    if pre_chat.has_topic() {
        let mut queues = queues::of_workspace(conn, site.workspace_id).await?;
        if !pre_chat.topics.is_empty() {
            queues.retain(|queue| pre_chat.topics.contains(&queue.id));
        }
        site.topics = queues;
    }
    Ok(Some(site))
}

/// A site's name.
pub async fn name(conn: Conn<'_>, ws: WorkspaceId, id: SiteId) -> Result<Option<String>, Error> {
    Ok(on!(conn, |c| sqlx::query_scalar("SELECT name FROM sites WHERE workspace_id = $1 AND id = $2")
        .bind(ws)
        .bind(id)
        .fetch_optional(c)
        .await)?)
}

/// One site, without its topics.
pub async fn find(conn: Conn<'_>, ws: WorkspaceId, id: SiteId) -> Result<Option<Site>, Error> {
    let sql = select!("WHERE workspace_id = $1 AND id = $2");
    let row: Option<SiteRow> = on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(id).fetch_optional(c).await)?;
    Ok(row.map(Site::from))
}

/// The sites of a workspace, by name, without their topics.
pub async fn of_workspace(conn: Conn<'_>, ws: WorkspaceId) -> Result<Vec<Site>, Error> {
    let sql = select!("WHERE workspace_id = $1 ORDER BY name, id");
    let rows: Vec<SiteRow> = on!(conn, |c| sqlx::query_as(sql).bind(ws).fetch_all(c).await)?;
    Ok(rows.into_iter().map(Site::from).collect())
}

/// All sites, oldest first: an installation has few.
pub async fn all(conn: Conn<'_>) -> Result<Vec<Site>, Error> {
    let sql = select!("ORDER BY created_at, id");
    let rows: Vec<SiteRow> = on!(conn, |c| sqlx::query_as(sql).fetch_all(c).await)?;
    Ok(rows.into_iter().map(Site::from).collect())
}

/// Adds a site.
pub async fn insert(conn: Conn<'_>, site: &Site, now: Timestamp) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(
        "INSERT INTO sites (workspace_id, id, key, name, origins, queue_id, on_closed, edit_window_s, delete_window_s, \
         locale, appearance, settings, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
    )
    .bind(site.workspace_id)
    .bind(site.id)
    .bind(&site.key)
    .bind(&site.name)
    .bind(Json(&site.origins))
    .bind(site.queue_id)
    .bind(site.on_closed)
    .bind(site.edit_window_s)
    .bind(site.delete_window_s)
    .bind(&site.locale)
    .bind(Json(&site.appearance))
    .bind(Json(&site.settings))
    .bind(now)
    .execute(c)
    .await
    .map(drop))
    .map_err(Error::from)
}

/// Writes a site's settings.
pub async fn save(conn: Conn<'_>, site: &Site) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(
        "UPDATE sites SET name = $3, origins = $4, on_closed = $5, edit_window_s = $6, delete_window_s = $7, \
         locale = $8, appearance = $9, settings = $10, queue_id = $11 WHERE workspace_id = $1 AND id = $2"
    )
    .bind(site.workspace_id)
    .bind(site.id)
    .bind(&site.name)
    .bind(Json(&site.origins))
    .bind(site.on_closed)
    .bind(site.edit_window_s)
    .bind(site.delete_window_s)
    .bind(&site.locale)
    .bind(Json(&site.appearance))
    .bind(Json(&site.settings))
    .bind(site.queue_id)
    .execute(c)
    .await
    .map(drop))
    .map_err(Error::from)
}

/// The sites of a workspace, by name.
pub async fn names(conn: Conn<'_>, ws: WorkspaceId) -> Result<Vec<(SiteId, String)>, Error> {
    let sql = "SELECT id, name FROM sites WHERE workspace_id = $1 ORDER BY name, id";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).fetch_all(c).await)?)
}
