//! A workspace's settings over HTTP.

use actix_web::web::{Bytes, Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::managing::{self, Wanted};
use super::pages::{Problem, WorkspacePage};
use super::{Name, known, store};
use crate::agents::session_store::SessionRow;
use crate::app::App;
use crate::conversations::Error;
use crate::db::Tx;
use crate::hours::{self, Hours};
use crate::http::fields::Fields;
use crate::http::page::{self, PageRefusal};
use crate::live::begin::acts_by;
use crate::words::Lang;
use crate::writer::again;

/// Whether something was just done.
#[derive(Deserialize)]
pub struct After {
    saved: Option<String>,
}

/// `GET /console/settings/workspace`
pub async fn open(request: HttpRequest, after: Query<After>, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let row = page::administrator(&app, &request).await?;
    let stored = store::settings(app.db.read().await?.conn(), row.workspace_id).await?.ok_or(Error::NotFound)?;
    show(&app, &request, &row, stored, Err(after.saved.is_some())).await
}

/// Shows what is stored or was typed, and what is wrong with it or whether it was saved.
async fn show(
    app: &App,
    request: &HttpRequest,
    row: &SessionRow,
    shown: store::SettingsRow,
    done: Result<Problem, bool>,
) -> Result<HttpResponse, PageRefusal> {
    let page = page::own(app, request, row).await;
    let zone = Hours::parse_time_zone(&shown.time_zone).ok();
    let shown = WorkspacePage {
        page,
        query: "?view=all".to_owned(),
        name: shown.name,
        locale: shown.locale,
        time_there: zone.map(|zone| hours::time_in(zone, app.clock.now())).unwrap_or_default(),
        zone: shown.time_zone,
        problem: done.ok(),
        saved: done == Err(true),
    };
    Ok(page::form(done.is_ok(), &shown))
}

/// `POST /console/settings/workspace`
pub async fn submit(request: HttpRequest, body: Bytes, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let (row, fields) = page::posted(&app, &request, &body).await?;
    let wanted = match wanted(&fields) {
        Ok(wanted) => wanted,
        Err(problem) => {
            let typed = store::SettingsRow {
                id: row.workspace_id,
                name: fields.get("name").to_owned(),
                locale: fields.get("locale").to_owned(),
                time_zone: fields.get("time_zone").to_owned(),
            };
            return show(&app, &request, &row, typed, Ok(problem)).await;
        }
    };
    let by = acts_by(&row);
    let operation = again(move |tx: &mut Tx| {
        let (by, wanted) = (by.clone(), wanted.clone());
        Box::pin(async move { managing::change(tx, &by, &wanted).await })
    });
    app.writer.run_again("change workspace", operation).await?;
    known::look(&app).await?;
    Ok(page::see_other("/console/settings/workspace?saved=1"))
}

fn wanted(fields: &Fields) -> Result<Wanted, Problem> {
    Ok(Wanted {
        name: Name::parse(fields.get("name")).map_err(|_| Problem::Name)?,
        lang: Lang::from_tag(fields.trimmed("locale")).ok_or(Problem::Locale)?,
        zone: Hours::parse_time_zone(fields.trimmed("time_zone")).map_err(|_| Problem::Zone)?,
    })
}
