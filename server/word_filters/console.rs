//! Word filters over HTTP: the list, and the forms that add, change and remove.

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};

use super::managing::{self, Change};
use super::pages::{FilterLine, FiltersPage, Problem};
use super::{Action, NoPhrase, Phrase, store};
use crate::agents::session_store::SessionRow;
use crate::app::App;
use crate::conversations::Error;
use crate::db::Tx;
use crate::http::access;
use crate::http::fields::Fields;
use crate::http::page::{self, PageRefusal};
use crate::live::begin::acting;
use crate::workspaces::known;
use crate::writer::again;

/// What was filled in and is shown again.
type Filled = (Fields, Problem);

/// `GET /console/settings/filters`
pub async fn list(request: HttpRequest, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let row = page::administrator(&app, &request).await?;
    show(&app, &request, &row, None).await
}

async fn show(
    app: &App,
    request: &HttpRequest,
    row: &SessionRow,
    refused: Option<Filled>,
) -> Result<HttpResponse, PageRefusal> {
    let filters = store::of_workspace(app.db.read().await?.conn(), row.workspace_id).await?;
    let line = |filter: super::WordFilter| FilterLine {
        id: filter.id.to_string(),
        phrase: filter.phrase,
        action: filter.action.word().to_owned(),
    };
    let (fields, problem) = refused.map_or_else(Default::default, |(fields, problem)| (fields, Some(problem)));
    let action = Action::parse(fields.get("action")).unwrap_or(Action::Refuse);
    let page = FiltersPage {
        page: page::own(app, request, row).await,
        query: "?view=all".to_owned(),
        filters: filters.into_iter().map(line).collect(),
        phrases: fields.get("phrases").to_owned(),
        action: action.word().to_owned(),
        problem,
    };
    Ok(page::form(page.problem.is_some(), &page))
}

/// `POST /console/settings/filters`: adds `phrases`, or changes or removes `filter` where `do` says so.
pub async fn submit(request: HttpRequest, body: Bytes, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let (row, fields) = page::posted(&app, &request, &body).await?;
    let refused = |error: &Error| PageRefusal::new(access::lang(&request), error.into());
    let change = match wanted(&fields) {
        Ok(change) => change.ok_or_else(|| refused(&Error::NotFound))?,
        Err(problem) => return show(&app, &request, &row, Some((fields, problem))).await,
    };
    let by = acting(&row);
    let operation = again(move |tx: &mut Tx| {
        let (by, change) = (by.clone(), change.clone());
        Box::pin(async move {
            let moment = tx.moment.clone();
            managing::change(tx, &moment, &by, &change).await
        })
    });
    match app.writer.run_again("change word filters", operation).await {
        Ok(()) => {
            known::look(&app).await?;
            Ok(page::see_other("/console/settings/filters"))
        }
        Err(Error::ValueRefused { .. }) => show(&app, &request, &row, Some((fields, Problem::TooMany))).await,
        Err(error) => Err(refused(&error)),
    }
}

/// What the form says; nothing where it names no filter.
fn wanted(fields: &Fields) -> Result<Option<Change>, Problem> {
    let id = fields.get("filter").parse().ok();
    let action = || Action::parse(fields.get("action")).ok_or(Problem::Action);
    Ok(match fields.get("do") {
        "remove" => id.map(Change::Remove),
        "change" => id.map(|id| action().map(|action| Change::Does(id, action))).transpose()?,
        _ => {
            let phrases = fields.lines("phrases").iter().map(|line| phrase(line)).collect::<Result<Vec<_>, _>>()?;
            if phrases.is_empty() {
                return Err(Problem::Empty(String::new()));
            }
            Some(Change::Add(phrases, action()?))
        }
    })
}

fn phrase(line: &str) -> Result<Phrase, Problem> {
    Phrase::parse(line).map_err(|why| match why {
        NoPhrase::Empty => Problem::Empty(line.to_owned()),
        NoPhrase::TooLong => Problem::TooLong(line.to_owned()),
    })
}
