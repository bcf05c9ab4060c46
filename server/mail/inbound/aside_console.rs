//! Mails that are set aside, over HTTP: the list, one of them as text, and what can be done with it.

use actix_web::web::{Bytes, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::aside::{self, Refused};
use super::aside_pages::{AsideLine, AsideMailPage, AsidePage, Problem};
use super::pages::OpenMail;
use super::taking::{ASIDE_FOR, MOST_ASIDE, MOST_ASIDE_BYTES};
use super::{aside_store as store, console, placing, reading};
use crate::agents::session_store::SessionRow;
use crate::app::App;
use crate::conversations::Error;
use crate::http::access;
use crate::http::page::{self, PageRefusal};
use crate::ids::ReceivedMailId;
use crate::live::begin::acting;
use crate::sites::store as sites;

/// Mails on one page.
const ON_A_PAGE: usize = 50;
/// Characters of a mail's text that are shown; the rest is in its source.
const MOST_SHOWN_CHARS: usize = 20_000;

/// Where the list begins, and whether one was just taken away.
#[derive(Deserialize)]
pub struct Asked {
    before: Option<String>,
    removed: Option<String>,
}

fn missing(request: &HttpRequest) -> PageRefusal {
    PageRefusal::new(access::lang(request), (&Error::NotFound).into())
}

/// `GET /console/settings/mails?before=ID`
pub async fn list(request: HttpRequest, asked: Query<Asked>, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let row = page::administrator(&app, &request).await?;
    let before = asked.before.as_deref().and_then(|id| id.parse().ok());
    let limit = i64::try_from(ON_A_PAGE + 1).unwrap_or(i64::MAX);
    let mut conn = app.db.read().await?;
    let mut rows = store::list(conn.conn(), row.workspace_id, before, limit).await?;
    let count = store::count(conn.conn(), row.workspace_id).await?;
    drop(conn);
    let more = rows.len() > ON_A_PAGE;
    rows.truncate(ON_A_PAGE);
    let line = |mail: store::Listed| AsideLine {
        id: mail.id.to_string(),
        reason: mail.reason,
        sender: mail.sender,
        subject: mail.subject.unwrap_or_default(),
        at: mail.received_at.rfc3339(),
    };
    let older = rows.last().filter(|_| more).map(|mail| mail.id.to_string());
    Ok(page::shown(&AsidePage {
        page: page::own(&app, &request, &row).await,
        query: "?view=all".to_owned(),
        count,
        mails: rows.into_iter().map(line).collect(),
        older,
        removed: asked.removed.is_some(),
        days: ASIDE_FOR.as_secs() / 86_400,
        most: MOST_ASIDE,
    }))
}

/// `GET /console/settings/mails/{mail}`
pub async fn open(request: HttpRequest, id: Path<String>, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let row = page::administrator(&app, &request).await?;
    let id: ReceivedMailId = id.parse().map_err(|_| missing(&request))?;
    show(&app, &request, &row, id, None).await
}

async fn show(
    app: &App,
    request: &HttpRequest,
    row: &SessionRow,
    id: ReceivedMailId,
    problem: Option<Refused>,
) -> Result<HttpResponse, PageRefusal> {
    let mut conn = app.db.read().await?;
    let found = store::find(conn.conn(), row.workspace_id, id).await?.ok_or_else(|| missing(request))?;
    let all = sites::of_workspace(conn.conn(), row.workspace_id).await?;
    drop(conn);
    let (cut, reason) = (found.raw.len() >= MOST_ASIDE_BYTES, found.reason.clone());
    let read = tokio::task::spawn_blocking(move || {
        let text = reading::shown(&found.raw, MOST_SHOWN_CHARS);
        // What broke the parser is not given to it again.
        let mail = if found.reason == "broke" { OpenMail::default() } else { OpenMail::of(&found.raw, false) };
        (text, mail)
    });
    let (text, mail) = read.await.unwrap_or_default();
    let only = placing::only(&all, app.config.mail.domain.as_deref()).map(|site| site.id);
    let real = all.into_iter().filter(|site| !site.is_preview);
    let shown = AsideMailPage {
        page: page::own(app, request, row).await,
        query: "?view=all".to_owned(),
        line: AsideLine {
            id: id.to_string(),
            reason,
            sender: found.sender,
            subject: found.subject.unwrap_or_default(),
            at: found.received_at.rfc3339(),
        },
        fields: mail.fields,
        text,
        files: mail.files.into_iter().map(|file| file.name).collect(),
        cut,
        sites: real.map(|site| (site.id.to_string(), site.name, Some(site.id) == only)).collect(),
        problem: problem.map(Problem),
    };
    Ok(page::form(problem.is_some(), &shown))
}

/// `GET /console/settings/mails/{mail}/raw`
pub async fn raw(request: HttpRequest, id: Path<String>, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let row = page::administrator(&app, &request).await?;
    let id: ReceivedMailId = id.parse().map_err(|_| missing(&request))?;
    let found = store::find(app.db.read().await?.conn(), row.workspace_id, id).await?;
    let found = found.ok_or_else(|| missing(&request))?;
    Ok(console::saved("mail.eml", "application/octet-stream", found.raw))
}

/// `POST /console/settings/mails/{mail}`: takes it in at `site`, or takes it away where `do` says `remove`.
pub async fn submit(
    request: HttpRequest,
    id: Path<String>,
    body: Bytes,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    let (row, fields) = page::posted(&app, &request, &body).await?;
    let id: ReceivedMailId = id.parse().map_err(|_| missing(&request))?;
    let refuse = |error: Error| PageRefusal::new(access::lang(&request), (&error).into());
    if fields.get("do") == "remove" {
        aside::remove(&app, acting(&row), id).await.map_err(refuse)?;
        return Ok(page::see_other("/console/settings/mails?removed=1"));
    }
    let site = fields.get("site").parse().ok();
    match aside::take_in(&app, acting(&row), id, site).await.map_err(refuse)? {
        Ok(conversation) => Ok(page::see_other(&format!("/console/conversations/{conversation}?view=all"))),
        Err(why) => show(&app, &request, &row, id, Some(why)).await,
    }
}
