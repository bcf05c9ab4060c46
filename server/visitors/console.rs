//! Blocking visitors, over HTTP: from a chat, and the list of those who are.

use actix_web::web::{Bytes, Data, Form, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::blocking;
use super::blocking_store as store;
use super::pages::{BlockedLine, BlockedPage};
use crate::app::App;
use crate::conversations::Error;
use crate::conversations::console::{ListQuery, Posted, command};
use crate::db::Tx;
use crate::http::access;
use crate::http::page::{self, PageRefusal};
use crate::ids::VisitorId;
use crate::live::begin::acting;
use crate::live::owning::Owning;
use crate::writer::again;

/// Visitors in the list, at most; the newest.
const MOST_LISTED: i64 = 500;

/// The form's token.
#[derive(Deserialize)]
pub struct BlockForm {
    csrf: String,
}

/// Whether it is to end.
#[derive(Deserialize)]
pub struct BlockQuery {
    off: Option<String>,
}

/// `POST /console/conversations/{id}/block`: blocks the visitor, or with `off` lets them write again.
pub async fn block(
    request: HttpRequest,
    conversation: Path<String>,
    query: Query<ListQuery>,
    button: Query<BlockQuery>,
    form: Form<BlockForm>,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    let form = Posted { csrf: form.into_inner().csrf, epoch: 0, view: None, beside: None };
    let owning = Ok(Owning::Block(button.off.is_none()));
    let done = command(request, conversation, query, form, Data::clone(&app), owning).await?;
    blocking::look(&app).await?;
    Ok(done)
}

/// `GET /console/settings/blocked`
pub async fn list(request: HttpRequest, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let row = page::administrator(&app, &request).await?;
    let rows = store::of_workspace(app.db.read().await?.conn(), row.workspace_id, MOST_LISTED).await?;
    let line = |row: store::BlockedRow| BlockedLine {
        id: row.id.to_string(),
        name: row.name.unwrap_or_default(),
        email: row.email.unwrap_or_default(),
        site: row.site,
        since: row.blocked_at.rfc3339(),
    };
    let page = page::own(&app, &request, &row).await;
    let visitors = rows.into_iter().map(line).collect();
    Ok(page::shown(&BlockedPage { page, query: "?view=all".to_owned(), visitors }))
}

/// `POST /console/settings/blocked`: lets one of them write again.
pub async fn unblock(request: HttpRequest, body: Bytes, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let (row, fields) = page::posted(&app, &request, &body).await?;
    let missing = || PageRefusal::new(access::lang(&request), (&Error::NotFound).into());
    let id: VisitorId = fields.get("visitor").parse().map_err(|_| missing())?;
    let by = acting(&row);
    let operation = again(move |tx: &mut Tx| {
        let by = by.clone();
        Box::pin(async move { blocking::unblock(tx, &by, id).await })
    });
    app.writer.run_again("unblock", operation).await?;
    blocking::look(&app).await?;
    Ok(page::see_other("/console/settings/blocked"))
}
