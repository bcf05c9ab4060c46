//! A site's mail over HTTP: its settings, what works, and a test to whoever is signed in.

use std::time::Duration;

use actix_web::web::{Bytes, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::console::{self, QUERY};
use super::mail_form::{self, Problem};
use super::mail_managing::{self as managing, Error};
use super::mail_pages::{MailForm, MailPage, TestPart, TestView};
use super::settings::SiteMail;
use super::texts::Texts;
use super::{Site, mail_store as store};
use crate::agents::managing_store as agents;
use crate::agents::session_store::SessionRow;
use crate::app::App;
use crate::db::Tx;
use crate::http::access;
use crate::http::page::{self, PageRefusal};
use crate::live::begin::acts_by;
use crate::mail::EmailAddress;
use crate::mail::inbound::aside_store;
use crate::mail::outbox::{self, Kind, NewMail};
use crate::mail::payload;
use crate::mail::standing::Standing;
use crate::mail::writing::preview::{self, Sample};
use crate::words::Lang;
use crate::writer::again;

/// Test mails that one address gets in an hour.
const MOST_TESTS: i64 = 10;
/// The time in which they are counted.
const TESTS_WITHIN: Duration = Duration::from_secs(3_600);

/// Whether something was just done.
#[derive(Deserialize)]
pub struct After {
    saved: Option<String>,
}

/// `GET /console/settings/sites/{site}/mail`
pub async fn open(
    request: HttpRequest,
    site: Path<String>,
    after: Query<After>,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    let row = page::administrator(&app, &request).await?;
    let site = console::site(&app, &request, &row, &site).await?;
    let form = MailForm::of(&site);
    show(&app, &request, &row, site, form, None, after.saved.is_some()).await
}

async fn show(
    app: &App,
    request: &HttpRequest,
    row: &SessionRow,
    site: Site,
    form: MailForm,
    problem: Option<Problem>,
    saved: bool,
) -> Result<HttpResponse, PageRefusal> {
    let (standing, test) = (Standing::of(&app.config.mail, &site.settings.mail), tested(app, row, &site).await?);
    let aside = aside_store::count(app.db.read().await?.conn(), row.workspace_id).await?;
    let (page, query, id) = (page::own(app, request, row).await, QUERY.to_owned(), site.id.to_string());
    let shown = MailPage { page, query, id, name: site.name, standing, form, test, aside, problem, saved };
    Ok(page::form(problem.is_some(), &shown))
}

/// The last test of whoever asks.
async fn tested(app: &App, row: &SessionRow, site: &Site) -> Result<TestView, PageRefusal> {
    let mut conn = app.db.read().await?;
    let agent = agents::find(conn.conn(), row.workspace_id, row.agent_id).await?;
    let to = agent.map(|agent| agent.email).unwrap_or_default();
    let last = store::last(conn.conn(), row.workspace_id, site.id, row.agent_id).await?;
    let since = app.clock.now().minus(TESTS_WITHIN);
    let sent = store::tests_since(conn.conn(), row.workspace_id, &to, since).await?;
    Ok(TestView::of(to, last, sent >= MOST_TESTS))
}

/// `GET /console/settings/sites/{site}/mail/test`: how the test stands, while it is under way.
pub async fn test_part(request: HttpRequest, site: Path<String>, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let row = page::administrator(&app, &request).await?;
    let site = console::site(&app, &request, &row, &site).await?;
    let (standing, test) = (Standing::of(&app.config.mail, &site.settings.mail), tested(&app, &row, &site).await?);
    let words = access::lang(&request).words();
    Ok(page::shown(&TestPart { words, csrf: row.csrf, id: site.id.to_string(), standing, test }))
}

/// `POST /console/settings/sites/{site}/mail`: saves what the form says; with `do=test` sends a test.
pub async fn submit(
    request: HttpRequest,
    site: Path<String>,
    body: Bytes,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    let (row, fields) = page::posted(&app, &request, &body).await?;
    let site = console::site(&app, &request, &row, &site).await?;
    if fields.get("do") == "test" {
        let lang = access::lang(&request).tag();
        test(&app, &row, &site, lang).await?;
        return Ok(page::see_other(&format!("/console/settings/sites/{}/mail#test", site.id)));
    }
    let done = match mail_form::wanted(&fields, &site.settings.texts) {
        Ok((mail, texts)) => save(&app, &row, &site, mail, texts).await,
        Err(problem) => Ok(Some(problem)),
    };
    match done {
        Ok(None) => Ok(page::see_other(&format!("/console/settings/sites/{}/mail?saved=1", site.id))),
        Ok(problem) => {
            let form = MailForm::typed(&fields, &site);
            show(&app, &request, &row, site, form, problem, false).await
        }
        Err(Error::Site(error)) => Err(console::refused(&request, error)),
        Err(Error::Db(error)) => Err(error.into()),
        Err(Error::Taken) => Err(console::missing(&request)),
    }
}

async fn save(
    app: &App,
    row: &SessionRow,
    site: &Site,
    mail: SiteMail,
    texts: Texts,
) -> Result<Option<Problem>, Error> {
    let (by, id) = (acts_by(row), site.id);
    let operation = again(move |tx: &mut Tx| {
        let (by, mail, texts) = (by.clone(), mail.clone(), texts.clone());
        Box::pin(async move { managing::change(tx, &by, id, mail, texts).await })
    });
    match app.writer.run_again("change mail of site", operation).await {
        Ok(()) => Ok(None),
        Err(error) => error.problem().map_or(Err(error), |problem| Ok(Some(problem))),
    }
}

/// Leaves a test to whoever is signed in, if mail can go out and not too many went.
async fn test(app: &App, row: &SessionRow, site: &Site, lang: &str) -> Result<(), PageRefusal> {
    let standing = Standing::of(&app.config.mail, &site.settings.mail);
    let view = tested(app, row, site).await?;
    let (Some(address), Some(from)) = (EmailAddress::parse(&view.to), standing.from.as_deref()) else { return Ok(()) };
    if !standing.goes_out() || view.too_many || view.is_under_way() {
        return Ok(());
    }
    let domain = from.rsplit_once('@').map_or("", |(_, domain)| domain).to_owned();
    let test = payload::Test { by: row.name.clone(), language: lang.to_owned(), ..payload::Test::default() };
    let payload = serde_json::to_value(test).unwrap_or_default();
    let new = NewMail {
        workspace_id: row.workspace_id,
        kind: Kind::Test,
        site_id: Some(site.id),
        conversation_id: None,
        agent_id: Some(row.agent_id),
        address,
        payload,
        due: app.clock.now(),
    };
    let random = app.random.clone();
    let operation = again(move |tx: &mut Tx| {
        let (random, domain, new) = (random.clone(), domain.clone(), new.clone());
        Box::pin(async move { outbox::enqueue(tx, &random, &domain, new).await })
    });
    app.writer.run_again("test mail", operation).await?;
    Ok(())
}

/// `GET /console/settings/sites/{site}/mail/{sample}/{lang}`: a mail as it would look.
pub async fn sample(
    request: HttpRequest,
    path: Path<(String, String, String)>,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    let row = page::administrator(&app, &request).await?;
    let (site, sample, lang) = path.into_inner();
    let site = console::site(&app, &request, &row, &site).await?;
    let (Some(sample), Some(lang)) = (Sample::parse(&sample), Lang::from_tag(&lang)) else {
        return Err(console::missing(&request));
    };
    let standing = Standing::of(&app.config.mail, &site.settings.mail);
    match preview::sample(&site, &standing, lang, sample) {
        Ok(composed) => Ok(page::mail(composed.html)),
        Err(error) => {
            tracing::error!(%error, "a mail could not be written");
            Err(console::missing(&request))
        }
    }
}
