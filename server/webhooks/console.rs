//! Managing webhooks over HTTP.

use actix_web::web::{Bytes, Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::delivering::{self, Attempt};
use super::managing::{self, Wanted};
use super::pages::{DeliveryLine, KindChoice, Mishap, Problem, TestView, WebhookLine, WebhookPage, WebhooksPage};
use super::{delivery_store, payload, store};
use crate::agents::session_store::SessionRow;
use crate::app::App;
use crate::conversations::Error;
use crate::db::Tx;
use crate::events::{self, Kind};
use crate::http::access;
use crate::http::fields::Fields;
use crate::http::page::{self, PageRefusal};
use crate::ids::{EventId, WebhookId};
use crate::live::begin::{acting, acts_by};
use crate::outgoing::Failed;
use crate::outgoing::signing::SigningSecret;
use crate::writer::again;

/// Deliveries of each state that a page shows.
const SHOWN: i64 = 50;

/// What a page shows beside what is stored.
#[derive(Default)]
struct Shown {
    typed: Option<(String, Vec<Kind>)>,
    problem: Option<Problem>,
    secret: Option<String>,
    test: Option<TestView>,
    saved: bool,
}

/// Whether something was just saved.
#[derive(Deserialize)]
pub struct After {
    saved: Option<String>,
}

/// `GET /console/settings/webhooks`
pub async fn list(request: HttpRequest, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let row = page::administrator(&app, &request).await?;
    show_list(&app, &request, &row, Shown::default()).await
}

async fn show_list(
    app: &App,
    request: &HttpRequest,
    row: &SessionRow,
    shown: Shown,
) -> Result<HttpResponse, PageRefusal> {
    let mut conn = app.db.read().await?;
    let webhooks = store::all(conn.conn(), row.workspace_id).await?;
    let counts = delivery_store::counts(conn.conn(), row.workspace_id).await?;
    drop(conn);
    let lines = webhooks.into_iter().map(|webhook| WebhookLine::of(webhook, &counts)).collect();
    let (url, kinds) = shown.typed.unwrap_or_else(|| (String::new(), usual()));
    let (page, query) = framed(app, request, row).await;
    let page =
        WebhooksPage { page, query, webhooks: lines, url, kinds: KindChoice::all(&kinds), problem: shown.problem };
    Ok(page::form(page.problem.is_some(), &page))
}

async fn framed(app: &App, request: &HttpRequest, row: &SessionRow) -> (crate::agents::pages::Page, String) {
    let page = page::own(app, request, row).await;
    (page, "?view=all".to_owned())
}

/// What is ticked at first: everything but notes.
fn usual() -> Vec<Kind> {
    Kind::ALL.into_iter().filter(|kind| !payload::is_of_note(*kind)).collect()
}

/// What a form asks for.
fn wanted(app: &App, fields: &Fields) -> Result<Wanted, Problem> {
    let url = match app.outgoing.read_url(fields.trimmed("url")) {
        Ok(url) => url,
        Err(Failed::Refused { .. }) => return Err(Problem::Inside),
        Err(_) => return Err(Problem::Url),
    };
    let kinds: Vec<Kind> =
        Kind::ALL.into_iter().filter(|kind| fields.all("kind").any(|word| word == kind.word())).collect();
    if kinds.is_empty() { Err(Problem::NoKinds) } else { Ok(Wanted { url: url.to_string(), kinds }) }
}

fn typed(fields: &Fields) -> (String, Vec<Kind>) {
    let kinds = Kind::ALL.into_iter().filter(|kind| fields.all("kind").any(|word| word == kind.word()));
    (fields.trimmed("url").chars().take(2_048).collect(), kinds.collect())
}

/// `POST /console/settings/webhooks`: adds one; its secret is in the answer.
pub async fn add(request: HttpRequest, body: Bytes, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let (row, fields) = page::posted(&app, &request, &body).await?;
    let refused = |problem| Shown { typed: Some(typed(&fields)), problem: Some(problem), ..Shown::default() };
    let wanted = match wanted(&app, &fields) {
        Ok(wanted) => wanted,
        Err(problem) => return show_list(&app, &request, &row, refused(problem)).await,
    };
    let (by, agent, secret) = (acts_by(&row), acting(&row).id, SigningSecret::draw(&app.random));
    let told = secret.expose();
    let operation =
        again(move |tx: &mut Tx| Box::pin(async move { managing::add(tx, &by, Some(agent), &wanted, &secret).await }));
    let id = match app.writer.run_again("add webhook", operation).await {
        Ok(id) => id,
        Err(Error::ValueRefused { .. }) => return show_list(&app, &request, &row, refused(Problem::TooMany)).await,
        Err(error) => return Err(PageRefusal::new(access::lang(&request), (&error).into())),
    };
    events::look(&app).await?;
    show(&app, &request, &row, id, Shown { secret: Some(told), ..Shown::default() }).await
}

/// `GET /console/settings/webhooks/{webhook}`
pub async fn open(request: HttpRequest, after: Query<After>, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let row = page::administrator(&app, &request).await?;
    let id = path_id(&request)?;
    show(&app, &request, &row, id, Shown { saved: after.saved.is_some(), ..Shown::default() }).await
}

fn path_id(request: &HttpRequest) -> Result<WebhookId, PageRefusal> {
    let missing = || PageRefusal::new(access::lang(request), (&Error::NotFound).into());
    request.match_info().get("webhook").and_then(|text| text.parse().ok()).ok_or_else(missing)
}

async fn show(
    app: &App,
    request: &HttpRequest,
    row: &SessionRow,
    id: WebhookId,
    shown: Shown,
) -> Result<HttpResponse, PageRefusal> {
    let (ws, mut conn) = (row.workspace_id, app.db.read().await?);
    let webhook = store::find(conn.conn(), ws, id).await?;
    let webhook = webhook.ok_or_else(|| PageRefusal::new(access::lang(request), (&Error::NotFound).into()))?;
    let mut lines = Vec::new();
    for state in ["dead", "pending", "sent"] {
        let found = delivery_store::newest(conn.conn(), ws, id, state, SHOWN).await?;
        lines.push(found.into_iter().map(DeliveryLine::of).collect::<Vec<_>>());
    }
    let counts = delivery_store::counts(conn.conn(), ws).await?;
    drop(conn);
    let (url, kinds) = shown.typed.unwrap_or_else(|| (webhook.url.clone(), webhook.kinds.0.clone()));
    let rotates = webhook.rotates();
    let [dead, pending, sent] = <[Vec<DeliveryLine>; 3]>::try_from(lines).unwrap_or_default();
    let (page, query) = framed(app, request, row).await;
    let page = WebhookPage {
        page,
        query,
        line: WebhookLine::of(webhook, &counts),
        url,
        kinds: KindChoice::all(&kinds),
        rotates,
        secret: shown.secret,
        problem: shown.problem,
        test: shown.test,
        saved: shown.saved,
        dead,
        pending,
        sent,
    };
    Ok(page::form(page.problem.is_some(), &page))
}

/// What a button of the page does.
#[derive(Debug, Clone)]
enum Act {
    Save(Wanted),
    Rotate(SigningSecret),
    EndOld,
    Switch(bool),
    Remove,
    Replay(i64),
}

/// `POST /console/settings/webhooks/{webhook}`: what `do` says.
pub async fn submit(request: HttpRequest, body: Bytes, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let (row, fields) = page::posted(&app, &request, &body).await?;
    let id = path_id(&request)?;
    let act = match fields.get("do") {
        "test" => return test(&app, &request, &row, id).await,
        "rotate" => Act::Rotate(SigningSecret::draw(&app.random)),
        "end_old" => Act::EndOld,
        "disable" => Act::Switch(false),
        "enable" => Act::Switch(true),
        "remove" => Act::Remove,
        "replay" => Act::Replay(fields.number("number", i64::MAX).unwrap_or(0)),
        _ => match wanted(&app, &fields) {
            Ok(wanted) => Act::Save(wanted),
            Err(problem) => {
                let shown = Shown { typed: Some(typed(&fields)), problem: Some(problem), ..Shown::default() };
                return show(&app, &request, &row, id, shown).await;
            }
        },
    };
    let (by, done) = (acts_by(&row), act.clone());
    let operation = again(move |tx: &mut Tx| {
        Box::pin(async move {
            match &act {
                Act::Save(wanted) => managing::change(tx, &by, id, wanted).await,
                Act::Rotate(secret) => managing::rotate(tx, &by, id, secret).await,
                Act::EndOld => managing::end_old_secret(tx, &by, id).await,
                Act::Switch(on) => managing::set_on(tx, &by, id, *on).await,
                Act::Remove => managing::remove(tx, &by, id).await,
                Act::Replay(number) => managing::replay(tx, &by, id, *number).await,
            }
        })
    });
    let refused = |error: Error| PageRefusal::new(access::lang(&request), (&error).into());
    app.writer.run_again("webhook", operation).await.map_err(refused)?;
    app.courier.stirred.notify_one();
    match done {
        Act::Rotate(secret) => {
            let shown = Shown { secret: Some(secret.expose()), ..Shown::default() };
            show(&app, &request, &row, id, shown).await
        }
        Act::Remove => Ok(page::see_other("/console/settings/webhooks")),
        Act::Save(_) => Ok(page::see_other(&format!("/console/settings/webhooks/{id}?saved=1"))),
        _ => Ok(page::see_other(&format!("/console/settings/webhooks/{id}"))),
    }
}

/// Sends something that never happened, and shows what went out and what came back.
async fn test(app: &App, request: &HttpRequest, row: &SessionRow, id: WebhookId) -> Result<HttpResponse, PageRefusal> {
    let found = store::find(app.db.read().await?.conn(), row.workspace_id, id).await?;
    let webhook = found.ok_or_else(|| PageRefusal::new(access::lang(request), (&Error::NotFound).into()))?;
    let event = EventId::from_uuid(app.ids.draw()).to_string();
    let body = delivering::test_body(app, &event);
    let Attempt { outcome, sent, .. } = delivering::send(app, &webhook, &event, body.clone().into_bytes()).await;
    let mut head = format!("POST {}\n", webhook.url);
    head.extend(sent.iter().map(|(name, value)| format!("{name}: {value}\n")));
    let view = TestView {
        good: outcome.error.is_none(),
        took_ms: outcome.took_ms,
        request: format!("{head}\n{body}"),
        status: outcome.status.map(|status| status.to_string()).unwrap_or_default(),
        error: Mishap { told: outcome.told, text: outcome.error.unwrap_or_default() },
        answer: outcome.answer,
    };
    show(app, request, row, id, Shown { test: Some(view), ..Shown::default() }).await
}
