//! A site goes live: its tag, where it was seen, a test chat, and a look at the real widget.

use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::console::{self, QUERY, missing};
use super::install_pages::{InstallPage, PreviewPage, SeenPart, SeenView, Step};
use super::{Site, managing, parse_origin, previews, recipes, sightings, test_chat};
use crate::agents::session_store::SessionRow;
use crate::app::App;
use crate::audit::By;
use crate::db::Tx;
use crate::http::access;
use crate::http::page::{self, PageRefusal};
use crate::live::begin::acting;
use crate::writer::again;

/// `GET /console/settings/sites/{site}/install`
pub async fn open(request: HttpRequest, site: Path<String>, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let row = page::administrator(&app, &request).await?;
    let site = console::site(&app, &request, &row, &site).await?;
    let (seen, steps) = standing(&app, &row, &site).await?;
    let (page, id) = (page::own(&app, &request, &row).await, site.id.to_string());
    let preview = format!("/console/settings/sites/{id}/preview/{}", app.random.token_text());
    let recipes = recipes::all(app.config.public_url.as_str(), &site.key);
    let query = QUERY.to_owned();
    Ok(page::shown(&InstallPage { page, query, id, name: site.name, preview, recipes, seen, steps }))
}

/// Where the tag was seen, and what of a new desk is done.
async fn standing(app: &App, row: &SessionRow, site: &Site) -> Result<(SeenView, Vec<Step>), PageRefusal> {
    let mut conn = app.db.read().await?;
    let standing = sightings::standing(conn.conn(), row.workspace_id, site).await?;
    let done = sightings::progress(conn.conn(), row.workspace_id, site.id).await?;
    let steps = vec![
        Step::Tag(!standing.found.is_empty()),
        Step::Chat(done.answered),
        Step::Team(done.has_team),
        Step::Hours(done.has_hours),
    ];
    let seen = SeenView {
        found: standing.found.into_iter().map(|(origin, at)| (origin, at.rfc3339())).collect(),
        strangers: standing.strangers,
        origins: site.origins.clone(),
    };
    Ok((seen, steps))
}

/// `GET /console/settings/sites/{site}/seen`: the part that changes while the owner pastes the tag.
pub async fn part(request: HttpRequest, site: Path<String>, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let row = page::administrator(&app, &request).await?;
    let site = console::site(&app, &request, &row, &site).await?;
    let (seen, steps) = standing(&app, &row, &site).await?;
    let words = access::lang(&request).words();
    Ok(page::shown(&SeenPart { words, csrf: row.csrf, id: site.id.to_string(), seen, steps }))
}

/// `POST /console/settings/sites/{site}/install`: sends a test chat, or allows an origin on which the tag is.
pub async fn act(
    request: HttpRequest,
    site: Path<String>,
    body: Bytes,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    let (row, fields) = page::posted(&app, &request, &body).await?;
    let site = console::site(&app, &request, &row, &site).await?;
    let (by, id) = (By::Agent(acting(&row)), site.id);
    if let Ok(origin) = parse_origin(fields.trimmed("allow")) {
        let operation = again(move |tx: &mut Tx| {
            let (by, origin) = (by.clone(), origin.clone());
            Box::pin(async move { managing::allow(tx, &by, id, origin).await })
        });
        app.writer.run_again("allow origin", operation).await.map_err(|error| console::refused(&request, error))?;
        return Ok(page::see_other(&format!("/console/settings/sites/{id}/install")));
    }
    test_chat::send(&app, site, access::lang(&request)).await?;
    Ok(page::see_other("/console/conversations?view=all"))
}

/// `GET /console/settings/sites/{site}/preview/{draft}`: the widget as it is drafted, or stored.
pub async fn preview(
    request: HttpRequest,
    path: Path<(String, String)>,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    let row = page::administrator(&app, &request).await?;
    let (site, draft) = path.into_inner();
    let site = console::site(&app, &request, &row, &site).await?;
    let key = previews::key_of(&site, &draft).ok_or_else(|| missing(&request))?;
    let shown = app.sites.previews.find(&key).unwrap_or_else(|| app.sites.preview(&key, site, app.clock.now()));
    let page = page::frame(access::lang(&request), String::new());
    let (name, locale) = (shown.name.clone(), shown.locale.clone());
    Ok(page::framed(&PreviewPage { page, name, key, locale }))
}

/// `POST /console/settings/sites/{site}/preview/{draft}`: the draft is what the form says. Nothing is saved.
pub async fn draft(
    request: HttpRequest,
    path: Path<(String, String)>,
    body: Bytes,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    let (row, fields) = page::posted(&app, &request, &body).await?;
    let (site, draft) = path.into_inner();
    let site = console::site(&app, &request, &row, &site).await?;
    let key = previews::key_of(&site, &draft).ok_or_else(|| missing(&request))?;
    let Some(wanted) = console::drafted(&fields, &site) else {
        return Ok(HttpResponse::UnprocessableEntity().finish());
    };
    app.sites.preview(&key, wanted, app.clock.now());
    Ok(HttpResponse::NoContent().finish())
}
