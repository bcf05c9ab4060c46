//! SQL of visitors.

use std::collections::HashMap;

use serde_json::{Map, Value};
use sqlx::FromRow;
use sqlx::types::Json;

use super::{FirstAct, StoredPage, VisitorKey};
use crate::clock::Timestamp;
use crate::conversations::Moment;
use crate::db::{Conn, Error};
use crate::ids::{SiteId, VisitorId, WorkspaceId};
use crate::on;
use crate::sites::Site;

/// A visitor as their row has them.
#[derive(Debug, Clone, FromRow)]
pub struct Visitor {
    /// Their id.
    pub id: VisitorId,
    /// Given by themselves or by the site.
    pub name: Option<String>,
    /// Not proved.
    pub email: Option<String>,
    /// Not proved.
    pub phone: Option<String>,
    /// The language that their browser asks for.
    pub locale: Option<String>,
    /// What the site tells of them.
    pub attributes: Json<Map<String, Value>>,
    /// Where they are, or were last.
    pub page: Json<StoredPage>,
}

/// The visitor of this token.
pub async fn by_token(conn: Conn<'_>, site: SiteId, token_hash: &[u8; 32]) -> Result<Option<VisitorId>, Error> {
    Ok(on!(conn, |c| sqlx::query_scalar("SELECT id FROM visitors WHERE site_id = $1 AND token_hash = $2")
        .bind(site)
        .bind(&token_hash[..])
        .fetch_optional(c)
        .await)?)
}

/// What finds the sessions of this visitor.
pub async fn key(conn: Conn<'_>, ws: WorkspaceId, id: VisitorId) -> Result<Option<VisitorKey>, Error> {
    let sql = "SELECT site_id, token_hash FROM visitors WHERE workspace_id = $1 AND id = $2";
    let row: Option<(SiteId, Vec<u8>)> = on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(id).fetch_optional(c).await)?;
    Ok(row.and_then(|(site, hash)| Some(VisitorKey::new(site, hash.as_slice().try_into().ok()?))))
}

/// One visitor.
pub async fn find(conn: Conn<'_>, ws: WorkspaceId, id: VisitorId) -> Result<Option<Visitor>, Error> {
    Ok(on!(conn, |c| sqlx::query_as(
        "SELECT id, name, email, phone, locale, attributes, page FROM visitors WHERE workspace_id = $1 AND id = $2"
    )
    .bind(ws)
    .bind(id)
    .fetch_optional(c)
    .await)?)
}

/// The visitor of this token, their row written if it was missing, and locked until the transaction
/// ends: two first messages wait for one another here.
pub async fn ensure(conn: Conn<'_>, site: &Site, first: &FirstAct, moment: &Moment) -> Result<VisitorId, Error> {
    let id = VisitorId::from_uuid(moment.ids.draw());
    Ok(on!(conn, |c| sqlx::query_scalar(
        "INSERT INTO visitors (workspace_id, id, site_id, token_hash, locale, attributes, page, created_at, seen_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) \
         ON CONFLICT (site_id, token_hash) DO UPDATE SET seen_at = excluded.seen_at RETURNING id"
    )
    .bind(site.workspace_id)
    .bind(id)
    .bind(site.id)
    .bind(&first.token_hash[..])
    .bind(first.locale.as_deref().map(|locale| super::clean(locale, 35)))
    .bind(Json(Map::new()))
    .bind(Json(StoredPage::of(&first.page)))
    .bind(moment.now)
    .fetch_one(c)
    .await)?)
}

/// What `update` changes; what is none stays.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// Given.
    pub name: Option<String>,
    /// Given.
    pub email: Option<String>,
    /// Given.
    pub phone: Option<String>,
    /// The page's language.
    pub locale: Option<String>,
    /// All of them: the caller has merged.
    pub attributes: Option<Map<String, Value>>,
    /// Where they are now.
    pub page: Option<StoredPage>,
    /// Whether they agreed to be remembered, and when they said so.
    pub consent: Option<(bool, Timestamp)>,
}

/// Applies an `update`.
pub async fn update(conn: Conn<'_>, ws: WorkspaceId, id: VisitorId, changes: &Changes) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(
        "UPDATE visitors SET name = COALESCE($3, name), email = COALESCE($4, email), phone = COALESCE($5, phone), \
         locale = COALESCE($6, locale), attributes = COALESCE($7, attributes), page = COALESCE($8, page), \
         consent = COALESCE($9, consent), consent_at = COALESCE($10, consent_at) WHERE workspace_id = $1 AND id = $2"
    )
    .bind(ws)
    .bind(id)
    .bind(changes.name.as_deref())
    .bind(changes.email.as_deref())
    .bind(changes.phone.as_deref())
    .bind(changes.locale.as_deref())
    .bind(changes.attributes.as_ref().map(Json))
    .bind(changes.page.as_ref().map(Json))
    .bind(changes.consent.map(|(consent, _)| consent))
    .bind(changes.consent.map(|(_, at)| at))
    .execute(c)
    .await
    .map(drop))
    .map_err(Error::from)
}

/// Where these visitors are.
pub async fn page_urls(
    mut conn: Conn<'_>,
    ws: WorkspaceId,
    ids: &[VisitorId],
) -> Result<HashMap<VisitorId, String>, Error> {
    let rows: Vec<(VisitorId, Json<StoredPage>)> = if let Conn::Lite(c) = conn.again() {
        let ids: Vec<String> = ids.iter().map(|id| id.uuid().simple().to_string()).collect();
        sqlx::query_as(
            "SELECT v.id, v.page FROM json_each($2) j CROSS JOIN visitors v \
             ON v.workspace_id = $1 AND v.id = unhex(j.value)",
        )
        .bind(ws)
        .bind(serde_json::json!(ids).to_string())
        .fetch_all(c)
        .await?
    } else if let Conn::Pg(c) = conn {
        let ids: Vec<uuid::Uuid> = ids.iter().map(|id| id.uuid()).collect();
        sqlx::query_as("SELECT id, page FROM visitors WHERE workspace_id = $1 AND id = ANY($2)")
            .bind(ws)
            .bind(ids)
            .fetch_all(c)
            .await?
    } else {
        Vec::new()
    };
    Ok(rows.into_iter().map(|(id, page)| (id, page.0.url)).collect())
}
