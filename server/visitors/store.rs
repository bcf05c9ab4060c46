//! SQL of visitors.

use std::collections::HashMap;

use serde_json::{Map, Value};
use sqlx::FromRow;
use sqlx::types::Json;

use super::{FirstAct, MOST_DEVICES, StoredPage, Verified, VisitorKey};
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
    /// The website's own name for them, if it has proved who they are.
    pub external_id: Option<String>,
    /// Which of the details are proved.
    pub verified: Json<Verified>,
    /// Given by themselves or by the site.
    pub name: Option<String>,
    /// Given by themselves or by the site.
    pub email: Option<String>,
    /// Given by themselves or by the site.
    pub phone: Option<String>,
    /// The language that their browser asks for.
    pub locale: Option<String>,
    /// What the site tells of them.
    pub attributes: Json<Map<String, Value>>,
    /// Where they are, or were last.
    pub page: Json<StoredPage>,
    /// Whether they may not write any more.
    pub is_blocked: bool,
}

/// The columns of [`Visitor`].
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT v.id, v.external_id, v.verified, v.name, v.email, v.phone, v.locale, v.attributes, v.page, \
             v.blocked_at IS NOT NULL AS is_blocked ",
            $rest
        )
    };
}

/// The visitor of this token: of a device that was merged, the one whom it belongs to.
pub async fn by_token(conn: Conn<'_>, site: SiteId, token_hash: &[u8; 32]) -> Result<Option<VisitorId>, Error> {
    let sql = "SELECT COALESCE(merged_into, id) FROM visitors WHERE site_id = $1 AND token_hash = $2";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).bind(site).bind(&token_hash[..]).fetch_optional(c).await)?)
}

/// The same with everything that is known of them.
pub async fn whole_by_token(conn: Conn<'_>, site: SiteId, token_hash: &[u8; 32]) -> Result<Option<Visitor>, Error> {
    let sql = select!(
        "FROM visitors t JOIN visitors v ON v.workspace_id = t.workspace_id AND v.id = COALESCE(t.merged_into, t.id) \
         WHERE t.site_id = $1 AND t.token_hash = $2"
    );
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(site).bind(&token_hash[..]).fetch_optional(c).await)?)
}

/// What finds the sessions of this visitor, on the [`MOST_DEVICES`] of their devices that were used
/// last.
pub async fn keys(mut conn: Conn<'_>, ws: WorkspaceId, id: VisitorId) -> Result<Vec<VisitorKey>, Error> {
    let sql = "SELECT site_id, token_hash FROM (SELECT site_id, token_hash, seen_at FROM visitors \
               WHERE workspace_id = $1 AND id = $2 UNION ALL SELECT site_id, token_hash, seen_at FROM visitors \
               WHERE workspace_id = $1 AND merged_into = $2) devices ORDER BY seen_at DESC LIMIT $3";
    let rows: Vec<(SiteId, Vec<u8>)> =
        on!(conn.again(), |c| sqlx::query_as(sql).bind(ws).bind(id).bind(MOST_DEVICES).fetch_all(c).await)?;
    let key = |(site, hash): (SiteId, Vec<u8>)| {
        let hash = hash.as_slice().try_into().map_err(|_| Error::Inconsistent("visitors"))?;
        Ok(VisitorKey::new(site, hash))
    };
    rows.into_iter().map(key).collect()
}

/// One visitor.
pub async fn find(conn: Conn<'_>, ws: WorkspaceId, id: VisitorId) -> Result<Option<Visitor>, Error> {
    let sql = select!("FROM visitors v WHERE v.workspace_id = $1 AND v.id = $2");
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(id).fetch_optional(c).await)?)
}

/// The visitor of a token, their row locked until the transaction ends.
#[derive(Debug, Clone, FromRow)]
pub struct Ensured {
    /// The visitor.
    pub id: VisitorId,
    /// The website's own name for them, if it has proved who they are.
    pub external_id: Option<String>,
}

/// The visitor of this token, their row written if it was missing, and locked until the transaction
/// ends: two first messages wait for one another here. Of a merged device both rows are locked, its
/// own first.
pub async fn ensure(mut conn: Conn<'_>, site: &Site, first: &FirstAct, moment: &Moment) -> Result<Ensured, Error> {
    let id = VisitorId::from_uuid(moment.ids.draw());
    let sql = "INSERT INTO visitors (workspace_id, id, site_id, token_hash, locale, attributes, page, created_at, seen_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) \
         ON CONFLICT (site_id, token_hash) DO UPDATE SET seen_at = excluded.seen_at \
         RETURNING id, external_id, merged_into";
    let (id, external_id, merged_into): (VisitorId, Option<String>, Option<VisitorId>) =
        on!(conn.again(), |c| sqlx::query_as(sql)
            .bind(site.workspace_id)
            .bind(id)
            .bind(site.id)
            .bind(&first.token_hash[..])
            .bind(first.locale.as_deref().map(|locale| super::clean(locale, 35)))
            .bind(Json(Map::new()))
            .bind(Json(StoredPage::of(&first.page)))
            .bind(moment.now)
            .fetch_one(c)
            .await)?;
    match merged_into {
        None => Ok(Ensured { id, external_id }),
        Some(visitor) => see(conn, site.workspace_id, visitor, moment.now).await,
    }
}

/// Locks the visitor whom a device belongs to.
async fn see(conn: Conn<'_>, ws: WorkspaceId, id: VisitorId, now: Timestamp) -> Result<Ensured, Error> {
    let sql = "UPDATE visitors SET seen_at = $3 WHERE workspace_id = $1 AND id = $2 RETURNING id, external_id";
    let found = on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(id).bind(now).fetch_optional(c).await)?;
    found.ok_or(Error::Inconsistent("visitors"))
}

/// Whether this row is a device that was merged into the visitor.
pub async fn is_device_of(conn: Conn<'_>, ws: WorkspaceId, row: VisitorId, of: VisitorId) -> Result<bool, Error> {
    let sql = "SELECT merged_into FROM visitors WHERE workspace_id = $1 AND id = $2";
    let found: Option<Option<VisitorId>> =
        on!(conn, |c| sqlx::query_scalar(sql).bind(ws).bind(row).fetch_optional(c).await)?;
    Ok(found.flatten() == Some(of))
}

/// Whoever proves this name of this site waits here until the transaction ends. SQLite's writing
/// transaction is lock enough.
pub async fn lock_external_id(conn: Conn<'_>, site: SiteId, external_id: &str) -> Result<(), Error> {
    if let Conn::Pg(c) = conn {
        sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
            .bind(format!("visitor {site} {external_id}"))
            .execute(c)
            .await?;
    }
    Ok(())
}

/// The visitor to whom the website gave this name.
pub async fn by_external_id(
    conn: Conn<'_>,
    ws: WorkspaceId,
    site: SiteId,
    external_id: &str,
) -> Result<Option<VisitorId>, Error> {
    let sql = "SELECT id FROM visitors WHERE workspace_id = $1 AND site_id = $2 AND external_id = $3";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).bind(ws).bind(site).bind(external_id).fetch_optional(c).await)?)
}

/// Gives a visitor the website's name. `VisitorsExternal` if somebody has it.
pub async fn set_external_id(conn: Conn<'_>, ws: WorkspaceId, id: VisitorId, external_id: &str) -> Result<(), Error> {
    let sql = "UPDATE visitors SET external_id = $3 WHERE workspace_id = $1 AND id = $2 AND external_id IS NULL";
    let done = on!(conn, |c| sqlx::query(sql)
        .bind(ws)
        .bind(id)
        .bind(external_id)
        .execute(c)
        .await
        .map(|d| d.rows_affected()))?;
    if done == 1 { Ok(()) } else { Err(Error::Inconsistent("visitors")) }
}

/// The stranger's device belongs to this identified visitor from now on, whose row is locked by it.
pub async fn merge(
    conn: Conn<'_>,
    ws: WorkspaceId,
    stranger: VisitorId,
    into: VisitorId,
    now: Timestamp,
) -> Result<(), Error> {
    let sql = "UPDATE visitors SET merged_into = $3 WHERE workspace_id = $1 AND id = $2 AND merged_into IS NULL \
               AND EXISTS (SELECT 1 FROM visitors t WHERE t.workspace_id = $1 AND t.id = $3 \
               AND t.site_id = visitors.site_id AND t.external_id IS NOT NULL)";
    bring(conn, sql, ws, (stranger, into), now).await
}

/// A device whose owner the website does not know belongs to this visitor from now on, as a link that was mailed
/// to their address was opened on it.
pub async fn merge_device(
    conn: Conn<'_>,
    ws: WorkspaceId,
    stranger: VisitorId,
    into: VisitorId,
    now: Timestamp,
) -> Result<(), Error> {
    let sql = "UPDATE visitors SET merged_into = $3 WHERE workspace_id = $1 AND id = $2 AND merged_into IS NULL \
               AND external_id IS NULL AND EXISTS (SELECT 1 FROM visitors t WHERE t.workspace_id = $1 AND t.id = $3 \
               AND t.site_id = visitors.site_id AND t.merged_into IS NULL)";
    bring(conn, sql, ws, (stranger, into), now).await
}

async fn bring(
    mut conn: Conn<'_>,
    sql: &'static str,
    ws: WorkspaceId,
    (stranger, into): (VisitorId, VisitorId),
    now: Timestamp,
) -> Result<(), Error> {
    see(conn.again(), ws, into, now).await?;
    let done = on!(conn.again(), |c| sqlx::query(sql)
        .bind(ws)
        .bind(stranger)
        .bind(into)
        .execute(c)
        .await
        .map(|d| d.rows_affected()))?;
    if done != 1 {
        return Err(Error::Inconsistent("visitors"));
    }
    // One step leads from a device to its visitor: who had several brings them along.
    let sql = "UPDATE visitors SET merged_into = $3 WHERE workspace_id = $1 AND merged_into = $2";
    on!(conn.again(), |c| sqlx::query(sql).bind(ws).bind(stranger).bind(into).execute(c).await.map(drop))?;
    // What somebody said last of being remembered counts, wherever they said it.
    let sql = "UPDATE visitors SET consent = said.consent, consent_at = said.consent_at \
               FROM (SELECT consent, consent_at FROM visitors WHERE workspace_id = $1 AND id = $2) AS said \
               WHERE workspace_id = $1 AND id = $3 AND said.consent IS NOT NULL \
               AND (visitors.consent_at IS NULL OR visitors.consent_at < said.consent_at)";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(stranger).bind(into).execute(c).await.map(drop)).map_err(Error::from)
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
    /// Which details are proved.
    pub verified: Option<Verified>,
}

/// Applies an `update`.
pub async fn update(conn: Conn<'_>, ws: WorkspaceId, id: VisitorId, changes: &Changes) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(
        "UPDATE visitors SET name = COALESCE($3, name), email = COALESCE($4, email), phone = COALESCE($5, phone), \
         locale = COALESCE($6, locale), attributes = COALESCE($7, attributes), page = COALESCE($8, page), \
         consent = COALESCE($9, consent), consent_at = COALESCE($10, consent_at), verified = COALESCE($11, verified) \
         WHERE workspace_id = $1 AND id = $2"
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
    .bind(changes.verified.as_ref().map(Json))
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
