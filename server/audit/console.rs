//! The audit log over HTTP, and the way into the settings.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::changes::Names;
use super::pages::{AuditPage, EntryView};
use super::store;
use crate::app::App;
use crate::http::page::{self, PageRefusal};
use crate::ids::AuditId;
use crate::queues::store as queues;

/// Rows on one page.
const ON_A_PAGE: usize = 100;

/// `GET /console/settings`
pub async fn settings(request: HttpRequest, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    page::administrator(&app, &request).await?;
    Ok(page::see_other("/console/settings/sites"))
}

/// Where the page begins.
#[derive(Deserialize)]
pub struct From {
    before: Option<String>,
}

/// `GET /console/settings/audit?before=ID`
pub async fn list(request: HttpRequest, from: Query<From>, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let row = page::administrator(&app, &request).await?;
    let before = from.before.as_deref().and_then(|id| id.parse::<AuditId>().ok());
    let limit = i64::try_from(ON_A_PAGE + 1).unwrap_or(i64::MAX);
    let mut conn = app.db.read().await?;
    let mut rows = store::page(conn.conn(), row.workspace_id, before, limit).await?;
    let queues = queues::of_workspace(conn.conn(), row.workspace_id).await?;
    drop(conn);
    let names: Names = queues.into_iter().map(|queue| (queue.id.to_string(), queue.name)).collect();
    let more = rows.len() > ON_A_PAGE;
    rows.truncate(ON_A_PAGE);
    let older = rows.last().filter(|_| more).map(|row| row.id.to_string());
    let page = page::own(&app, &request, &row).await;
    let entries = rows.into_iter().map(|row| EntryView::of(row, &names)).collect();
    Ok(page::page(StatusCode::OK, &AuditPage { page, query: "?view=all".to_owned(), entries, older }))
}
