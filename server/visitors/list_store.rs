//! SQL of visitors as a list of people: devices that were merged into somebody are not in it.

use serde_json::{Map, Value};
use sqlx::FromRow;
use sqlx::types::Json;

use super::{StoredPage, Verified};
use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{SiteId, VisitorId, WorkspaceId};
use crate::on;

/// A visitor in the list.
#[derive(Debug, Clone, FromRow)]
pub struct Listed {
    /// Their id.
    pub id: VisitorId,
    /// Where they are known.
    pub site_id: SiteId,
    /// The website's own name for them.
    pub external_id: Option<String>,
    /// Which of the details are proved.
    pub verified: Json<Verified>,
    /// Given or proved.
    pub name: Option<String>,
    /// Given or proved.
    pub email: Option<String>,
    /// Given or proved.
    pub phone: Option<String>,
    /// The language that their browser asks for.
    pub locale: Option<String>,
    /// What the site tells of them.
    pub attributes: Json<Map<String, Value>>,
    /// Where they are, or were last.
    pub page: Json<StoredPage>,
    /// When they came first.
    pub created_at: Timestamp,
    /// When they were here last.
    pub seen_at: Timestamp,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT v.id, v.site_id, v.external_id, v.verified, v.name, v.email, v.phone, v.locale, v.attributes, \
             v.page, v.created_at, v.seen_at FROM visitors v ",
            $rest
        )
    };
}

/// Which of them are wanted.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// Of one site.
    pub site: Option<SiteId>,
    /// With exactly this address.
    pub email: Option<String>,
    /// With this name of the website's.
    pub external_id: Option<String>,
    /// Older than this one.
    pub before: Option<VisitorId>,
    /// At most so many.
    pub limit: i64,
}

/// The newest of them.
pub async fn page(conn: Conn<'_>, wanted: &Wanted) -> Result<Vec<Listed>, Error> {
    let sql = select!(
        "WHERE v.workspace_id = $1 AND v.merged_into IS NULL AND ($2 IS NULL OR v.site_id = $2) \
         AND ($3 IS NULL OR v.email = $3) AND ($4 IS NULL OR v.external_id = $4) AND ($5 IS NULL OR v.id < $5) \
         ORDER BY v.id DESC LIMIT $6"
    );
    Ok(on!(conn, |c| sqlx::query_as(sql)
        .bind(wanted.workspace_id)
        .bind(wanted.site)
        .bind(wanted.email.as_deref())
        .bind(wanted.external_id.as_deref())
        .bind(wanted.before)
        .bind(wanted.limit)
        .fetch_all(c)
        .await)?)
}

/// One of them; of a device that was merged, the one whom it belongs to.
pub async fn find(conn: Conn<'_>, ws: WorkspaceId, id: VisitorId) -> Result<Option<Listed>, Error> {
    let sql = select!(
        "JOIN visitors t ON t.workspace_id = v.workspace_id AND v.id = COALESCE(t.merged_into, t.id) \
         WHERE t.workspace_id = $1 AND t.id = $2"
    );
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(id).fetch_optional(c).await)?)
}

/// The device by which a visitor is found: their site and the hash of their token.
pub async fn device(conn: Conn<'_>, ws: WorkspaceId, id: VisitorId) -> Result<Option<(SiteId, Vec<u8>)>, Error> {
    let sql = "SELECT site_id, token_hash FROM visitors WHERE workspace_id = $1 AND id = $2";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(id).fetch_optional(c).await)?)
}
