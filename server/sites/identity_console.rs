//! A website's identity secret over HTTP.

use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::Site;
use super::console::{self, QUERY, missing};
use super::identity_pages::{IdentityPage, Problem};
use crate::agents::session_store::SessionRow;
use crate::app::App;
use crate::db::Tx;
use crate::http::page::{self, PageRefusal};
use crate::live::begin::acts_by;
use crate::visitors::identity::IdentitySecret;
use crate::visitors::identity_managing::{self as managing, Error};
use crate::visitors::identity_store as store;
use crate::writer::again;

/// `GET /console/settings/sites/{site}/identity`
pub async fn open(request: HttpRequest, site: Path<String>, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let row = page::administrator(&app, &request).await?;
    let site = console::site(&app, &request, &row, &site).await?;
    show(&app, &request, &row, &site, (None, None)).await
}

async fn show(
    app: &App,
    request: &HttpRequest,
    row: &SessionRow,
    site: &Site,
    (made, problem): (Option<String>, Option<Problem>),
) -> Result<HttpResponse, PageRefusal> {
    let counting = store::secrets(app.db.read().await?.conn(), row.workspace_id, site.id).await?.len();
    let (page, query) = (page::own(app, request, row).await, QUERY.to_owned());
    let (id, name) = (site.id.to_string(), site.name.clone());
    Ok(page::form(problem.is_some(), &IdentityPage { page, query, id, name, counting, made, problem }))
}

/// `POST /console/settings/sites/{site}/identity`: makes a secret, which is in the answer and nowhere else, or
/// ends the older one where `do` says so.
pub async fn submit(
    request: HttpRequest,
    site: Path<String>,
    body: Bytes,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    let (row, fields) = page::posted(&app, &request, &body).await?;
    let site = console::site(&app, &request, &row, &site).await?;
    let shown = match fields.get("do") {
        "make" => make(&app, &row, &site).await.map(Some),
        "end" => end(&app, &row, &site).await.map(|()| None),
        _ => return show(&app, &request, &row, &site, (None, None)).await,
    };
    match shown {
        Ok(None) => Ok(page::see_other(&format!("/console/settings/sites/{}/identity", site.id))),
        Ok(made) => show(&app, &request, &row, &site, (made, None)).await,
        Err(Error::Two) => show(&app, &request, &row, &site, (None, Some(Problem::Two))).await,
        Err(Error::NoOlder) => show(&app, &request, &row, &site, (None, Some(Problem::NoOlder))).await,
        Err(Error::NotAllowed) => Err(missing(&request)),
        Err(Error::Db(error)) => Err(error.into()),
    }
}

async fn make(app: &App, row: &SessionRow, site: &Site) -> Result<String, Error> {
    let secret = IdentitySecret::draw(&app.random);
    let (by, site, drawn) = (acts_by(row), site.clone(), secret.clone());
    let operation = again(move |tx: &mut Tx| {
        let (by, site, drawn) = (by.clone(), site.clone(), drawn.clone());
        Box::pin(async move { managing::make(tx, &by, &site, &drawn).await })
    });
    app.writer.run_again("make identity secret", operation).await?;
    Ok(secret.expose().to_owned())
}

async fn end(app: &App, row: &SessionRow, site: &Site) -> Result<(), Error> {
    let (by, site) = (acts_by(row), site.clone());
    let operation = again(move |tx: &mut Tx| {
        let (by, site) = (by.clone(), site.clone());
        Box::pin(async move { managing::end_older(tx, &by, &site).await })
    });
    app.writer.run_again("end identity secret", operation).await
}
