//! Managing tags over HTTP.

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};

use super::managing::{self, Change};
use super::pages::{Problem, TagLine, TagsPage};
use super::{TagName, store};
use crate::agents::session_store::SessionRow;
use crate::app::App;
use crate::conversations::Error;
use crate::db::Tx;
use crate::http::access;
use crate::http::page::{self, PageRefusal};
use crate::ids::TagId;
use crate::live::begin::acting;
use crate::writer::again;

/// `GET /console/settings/tags`
pub async fn list(request: HttpRequest, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let row = page::administrator(&app, &request).await?;
    show(&app, &request, &row, None).await
}

async fn show(
    app: &App,
    request: &HttpRequest,
    row: &SessionRow,
    problem: Option<Problem>,
) -> Result<HttpResponse, PageRefusal> {
    let tags = store::with_uses(app.db.read().await?.conn(), row.workspace_id).await?;
    let tags = tags.into_iter().map(|(id, name, used)| TagLine { id: id.to_string(), name, used }).collect();
    let page = page::own(app, request, row).await;
    Ok(page::form(problem.is_some(), &TagsPage { page, query: "?view=all".to_owned(), tags, problem }))
}

/// `POST /console/settings/tags`: renames `tag`, or removes it where `do` says so.
pub async fn submit(request: HttpRequest, body: Bytes, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let (row, fields) = page::posted(&app, &request, &body).await?;
    let refused = |error: &Error| PageRefusal::new(access::lang(&request), error.into());
    let id: TagId = fields.get("tag").parse().map_err(|_| refused(&Error::NotFound))?;
    let change = match (fields.get("do"), TagName::parse(fields.get("name"))) {
        ("remove", _) => Change::Remove,
        (_, Ok(name)) => Change::Rename(name),
        (_, Err(_)) => return show(&app, &request, &row, Some(Problem::Name)).await,
    };
    let by = acting(&row);
    let operation = again(move |tx: &mut Tx| {
        let (by, change) = (by.clone(), change.clone());
        Box::pin(async move { managing::change(tx, &by, id, &change).await })
    });
    match app.writer.run_again("change tag", operation).await {
        Ok(shown) => {
            for conversation in shown {
                app.hub.attention.row(row.workspace_id, conversation);
            }
            Ok(page::see_other("/console/settings/tags"))
        }
        Err(Error::ValueRefused { .. }) => show(&app, &request, &row, Some(Problem::NameTaken)).await,
        Err(error) => Err(refused(&error)),
    }
}
