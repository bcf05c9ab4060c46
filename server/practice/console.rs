//! Practice over HTTP.

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};

use super::pages::{PracticePage, Problem};
use super::{MOST_AT_ONCE, queue, set_up, start};
use crate::agents::session_store::SessionRow;
use crate::app::App;
use crate::conversations::Error;
use crate::db::Tx;
use crate::http::access;
use crate::http::fields::Fields;
use crate::http::page::{self, PageRefusal};
use crate::live::begin::acting;
use crate::queues::store as queues;
use crate::words::Lang;
use crate::workspaces::Name;
use crate::writer::again;

/// `GET /console/practice`
pub async fn open(request: HttpRequest, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let row = page::signed_in(&app, &request).await?;
    show(&app, &request, &row, None).await
}

async fn show(
    app: &App,
    request: &HttpRequest,
    row: &SessionRow,
    problem: Option<Problem>,
) -> Result<HttpResponse, PageRefusal> {
    let mut conn = app.db.read().await?;
    let found = queue(conn.conn(), row.workspace_id).await?;
    let serves = match &found {
        Some(queue) => queues::has_agent(conn.conn(), row.workspace_id, queue.id, row.agent_id).await?,
        None => false,
    };
    drop(conn);
    let page = page::own(app, request, row).await;
    let queue = found.map(|queue| queue.id.to_string());
    Ok(page::form(problem.is_some(), &PracticePage { page, queue, serves, problem }))
}

/// `POST /console/practice`: starts `chats` of them, or sets the queue up where `do` says so.
pub async fn submit(request: HttpRequest, body: Bytes, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let row = page::signed_in(&app, &request).await?;
    let fields = Fields::parse(&body);
    page::check_form(&app, &request, &row, fields.get("csrf"))?;
    let lang = access::lang(&request);
    let sets_up = fields.get("do") == "set_up";
    let done = if sets_up { sets(&app, &row, lang).await } else { starts(&app, &row, lang, &fields).await };
    match done {
        Ok(()) if sets_up => Ok(page::see_other("/console/practice")),
        Ok(()) => Ok(page::see_other("/console/conversations?view=waiting")),
        Err(Error::ValueRefused { .. }) if sets_up => show(&app, &request, &row, Some(Problem::Name)).await,
        Err(Error::ValueRefused { .. }) => show(&app, &request, &row, Some(Problem::TooMany)).await,
        Err(error) => Err(PageRefusal::new(lang, (&error).into())),
    }
}

async fn sets(app: &App, row: &SessionRow, lang: Lang) -> Result<(), Error> {
    let name = Name::parse(&lang.words().say("practice-queue")).map_err(|why| Error::Invalid(why.to_string()))?;
    let by = acting(row);
    let operation = again(move |tx: &mut Tx| {
        let (by, name) = (by.clone(), name.clone());
        Box::pin(async move { set_up(tx, &by, &name).await })
    });
    app.writer.run_again("set up practice", operation).await.map(drop)
}

async fn starts(app: &App, row: &SessionRow, lang: Lang, fields: &Fields) -> Result<(), Error> {
    let chats = fields.get("chats").parse().unwrap_or(1).clamp(1, MOST_AT_ONCE);
    let draw = |_| {
        let mut token = [0; 32];
        app.random.fill(&mut token);
        token
    };
    let tokens: Vec<[u8; 32]> = (0..chats).map(draw).collect();
    let by = acting(row);
    let operation = again(move |tx: &mut Tx| {
        let (by, tokens) = (by.clone(), tokens.clone());
        Box::pin(async move { start(tx, &by, lang, &tokens).await })
    });
    app.writer.run_again("start practice", operation).await
}
