//! Managing API keys over HTTP.

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};

use super::key_store as store;
use super::keys::{self, Scope};
use super::keys_pages::{KeyLine, KeysPage, Problem};
use crate::agents::session_store::SessionRow;
use crate::app::App;
use crate::conversations::Error;
use crate::db::Tx;
use crate::http::access;
use crate::http::page::{self, PageRefusal};
use crate::ids::ApiKeyId;
use crate::live::begin::acting;
use crate::secrets::ApiKey;
use crate::workspaces::Name;
use crate::writer::again;

/// What the form of the page shows.
#[derive(Default)]
struct Shown {
    name: String,
    writes: bool,
    problem: Option<Problem>,
    made: Option<(String, String)>,
}

/// `GET /console/settings/keys`
pub async fn list(request: HttpRequest, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let row = page::administrator(&app, &request).await?;
    show(&app, &request, &row, Shown::default()).await
}

async fn show(app: &App, request: &HttpRequest, row: &SessionRow, shown: Shown) -> Result<HttpResponse, PageRefusal> {
    let keys = store::all(app.db.read().await?.conn(), row.workspace_id).await?;
    let keys = keys.into_iter().map(KeyLine::of).collect();
    let page = page::own(app, request, row).await;
    let (query, Shown { name, writes, problem, made }) = ("?view=all".to_owned(), shown);
    Ok(page::form(problem.is_some(), &KeysPage { page, query, keys, name, writes, problem, made }))
}

/// `POST /console/settings/keys`: makes a key, which is in the answer and nowhere else, or revokes `key`
/// where `do` says so.
pub async fn submit(request: HttpRequest, body: Bytes, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let (row, fields) = page::posted(&app, &request, &body).await?;
    if fields.get("do") == "revoke" {
        return revoke(&app, &request, &row, fields.get("key")).await;
    }
    let (typed, writes) = (fields.get("name").to_owned(), fields.get("scope") == Scope::Write.word());
    let Ok(name) = Name::parse(&typed) else {
        return show(&app, &request, &row, Shown { name: typed, writes, problem: Some(Problem::Name), made: None })
            .await;
    };
    let scope = if writes { Scope::Write } else { Scope::Read };
    let (key, by, called) = (ApiKey::draw(&app.random), acting(&row), name.clone());
    let hash = key.hash();
    let operation = again(move |tx: &mut Tx| {
        let (by, name) = (by.clone(), name.clone());
        Box::pin(async move { keys::make(tx, &by, &name, scope, hash).await })
    });
    let shown = match app.writer.run_again("make key", operation).await {
        Ok(_) => Shown { made: Some((key.expose(), called.as_str().to_owned())), ..Shown::default() },
        Err(Error::ValueRefused { .. }) => Shown { name: typed, writes, problem: Some(Problem::TooMany), made: None },
        Err(error) => return Err(PageRefusal::new(access::lang(&request), (&error).into())),
    };
    show(&app, &request, &row, shown).await
}

async fn revoke(app: &App, request: &HttpRequest, row: &SessionRow, key: &str) -> Result<HttpResponse, PageRefusal> {
    let refused = |error: &Error| PageRefusal::new(access::lang(request), error.into());
    let id: ApiKeyId = key.parse().map_err(|_| refused(&Error::NotFound))?;
    let by = acting(row);
    let operation = again(move |tx: &mut Tx| {
        let by = by.clone();
        Box::pin(async move { keys::revoke(tx, &by, id).await })
    });
    app.writer.run_again("revoke key", operation).await.map_err(|error| refused(&error))?;
    Ok(page::see_other("/console/settings/keys"))
}
