//! Managing sites over HTTP.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::Value;

use super::managing::{self, Error, New};
use super::pages::{KNOWN, Problem, SiteForm, SiteLine, SitePage, SitesPage};
use super::settings::{
    AskAddress, Consent, MAX_KEEP_DAYS, MAX_REPLY_WITHIN_S, MAX_SENTENCE_CHARS, Offline, PreChat, PreChatField, Rating,
};
use super::texts::Key;
use super::{MOST_GREETING_CHARS, MOST_WINDOW_S, OnClosed, Settings, Site, parse_colour, parse_origin, recipes, store};
use crate::agents::pages::Page;
use crate::agents::session_store::SessionRow;
use crate::app::App;
use crate::conversations::{Error as CommandError, retention, retention_store};
use crate::db::Tx;
use crate::hours::{self, Hours};
use crate::http::access;
use crate::http::fields::Fields;
use crate::http::page::{self, PageRefusal};
use crate::ids::SiteId;
use crate::live::begin::acts_by;
use crate::queues::store as queues;
use crate::words::Lang;
use crate::workspaces::Name;
use crate::writer::again;

/// For the rail's links.
pub(super) const QUERY: &str = "?view=all";

pub(super) fn missing(request: &HttpRequest) -> PageRefusal {
    PageRefusal::new(access::lang(request), (&CommandError::NotFound).into())
}

fn mendable(request: &HttpRequest, error: Error) -> Result<Problem, PageRefusal> {
    match (Problem::of(&error), error) {
        (Some(problem), _) => Ok(problem),
        (None, Error::Db(error)) => Err(error.into()),
        (None, _) => Err(missing(request)),
    }
}

/// `GET /console/settings/sites`
pub async fn list(request: HttpRequest, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let row = page::administrator(&app, &request).await?;
    show(&app, &request, &row, &Fields::default(), None).await
}

async fn show(
    app: &App,
    request: &HttpRequest,
    row: &SessionRow,
    typed: &Fields,
    problem: Option<Problem>,
) -> Result<HttpResponse, PageRefusal> {
    let mut conn = app.db.read().await?;
    let sites = store::of_workspace(conn.conn(), row.workspace_id).await?;
    let queues = queues::of_workspace(conn.conn(), row.workspace_id).await?;
    drop(conn);
    let line = |site: Site| SiteLine { id: site.id.to_string(), name: site.name, origins: site.origins };
    let chosen = |queue: &queues::Queue| queue.id.to_string() == typed.get("queue");
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shown = SitesPage {
        page: page::own(app, request, row).await,
        query: QUERY.to_owned(),
        sites: sites.into_iter().map(line).collect(),
        name: typed.get("name").to_owned(),
        origin: typed.get("origin").to_owned(),
        queues: queues.into_iter().map(|queue| (queue.clone(), chosen(&queue))).collect(),
        problem,
    };
    Ok(page::page(status, &shown))
}

/// `POST /console/settings/sites`: adds one, and goes there.
pub async fn add(request: HttpRequest, body: Bytes, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let (row, fields) = page::posted(&app, &request, &body).await?;
    let problem = match new(&fields) {
        Err(problem) => problem,
        Ok(new) => {
            let (by, random) = (acts_by(&row), app.random.clone());
            let operation = again(move |tx: &mut Tx| {
                let (by, new, random) = (by.clone(), new.clone(), random.clone());
                Box::pin(async move { managing::add(tx, &by, &new, &random).await })
            });
            match app.writer.run_again("add site", operation).await {
                Ok(id) => return Ok(page::see_other(&format!("/console/settings/sites/{id}/install"))),
                Err(error) => mendable(&request, error)?,
            }
        }
    };
    show(&app, &request, &row, &fields, Some(problem)).await
}

fn new(fields: &Fields) -> Result<New, Problem> {
    Ok(New {
        name: Name::parse(fields.get("name")).map_err(|_| Problem::Name)?,
        origin: parse_origin(fields.trimmed("origin")).map_err(Problem::Origin)?,
        queue: fields.get("queue").parse().map_err(|_| Problem::Queue)?,
    })
}

/// Whether something was just done.
#[derive(Deserialize)]
pub struct After {
    saved: Option<String>,
}

/// `GET /console/settings/sites/{site}`
pub async fn open(
    request: HttpRequest,
    site: Path<String>,
    after: Query<After>,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    let row = page::administrator(&app, &request).await?;
    let (site, form) = stored(&app, &request, &row, &site).await?;
    let page = page::own(&app, &request, &row).await;
    Ok(page::page(StatusCode::OK, &shown(&app, page, site, form, None, after.saved.is_some())))
}

fn shown(app: &App, page: Page, site: Site, form: SiteForm, problem: Option<Problem>, saved: bool) -> SitePage {
    let tag = recipes::tag(app.config.public_url.as_str(), &site.key);
    let preview = format!("/console/settings/sites/{}/preview/{}", site.id, app.random.token_text());
    let (id, query) = (site.id.to_string(), QUERY.to_owned());
    SitePage { page, query, id, name: site.name, key: site.key, tag, preview, form, problem, saved }
}

/// What cannot be mended in the form.
pub(super) fn refused(request: &HttpRequest, error: Error) -> PageRefusal {
    match error {
        Error::Db(error) => error.into(),
        _ => missing(request),
    }
}

/// A site of the workspace, by its id in the address.
pub(super) async fn site(app: &App, request: &HttpRequest, row: &SessionRow, site: &str) -> Result<Site, PageRefusal> {
    let id = site.parse::<SiteId>().map_err(|_| missing(request))?;
    let found = store::find(app.db.read().await?.conn(), row.workspace_id, id).await?;
    found.ok_or_else(|| missing(request))
}

/// The site as the form says, if it can be understood.
pub(super) fn drafted(fields: &Fields, stored: &Site) -> Option<Site> {
    let (Wanted(site), _) = wanted(fields, stored).ok()?;
    // The preview may speak another language than the site does where nobody says.
    let shown = Lang::from_tag(fields.get("shown_in")).map(|lang| lang.tag().to_owned());
    Some(Site { locale: shown.unwrap_or_else(|| site.locale.clone()), ..site })
}

async fn stored(
    app: &App,
    request: &HttpRequest,
    row: &SessionRow,
    site: &str,
) -> Result<(Site, SiteForm), PageRefusal> {
    let (ws, id) = (row.workspace_id, site.parse::<SiteId>().map_err(|_| missing(request))?);
    let mut conn = app.db.read().await?;
    let site = store::find(conn.conn(), ws, id).await?.ok_or_else(|| missing(request))?;
    let hours = hours::store::of_site(conn.conn(), ws, id).await?;
    let queues = queues::of_workspace(conn.conn(), ws).await?;
    let form = SiteForm::of(&site, hours.as_ref(), queues, app.workspaces.zone(ws));
    Ok((site, form))
}

/// `POST /console/settings/sites/{site}`
pub async fn submit(
    request: HttpRequest,
    site: Path<String>,
    body: Bytes,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    let (row, fields) = page::posted(&app, &request, &body).await?;
    let (site, form) = stored(&app, &request, &row, &site).await?;
    let problem = match wanted(&fields, &site) {
        Err(problem) => problem,
        Ok((wanted, hours)) => match unsaid(&app, &fields, &site, &wanted.0).await? {
            Some(problem) => problem,
            None => match save(&app, &row, site.id, wanted, hours).await {
                Ok(()) => return Ok(page::see_other(&format!("/console/settings/sites/{}?saved=1", site.id))),
                Err(error) => mendable(&request, error)?,
            },
        },
    };
    let (page, typed) = (page::own(&app, &request, &row).await, SiteForm::typed(&fields, form.queues, &site));
    let shown = shown(&app, page, site, typed, Some(problem), false);
    Ok(page::page(StatusCode::UNPROCESSABLE_ENTITY, &shown))
}

async fn save(app: &App, row: &SessionRow, id: SiteId, wanted: Wanted, hours: Option<Hours>) -> Result<(), Error> {
    let by = acts_by(row);
    let operation = again(move |tx: &mut Tx| {
        let (by, wanted, hours) = (by.clone(), wanted.clone(), hours.clone());
        Box::pin(async move { managing::change(tx, &by, id, move |site| wanted.put_on(site), hours.as_ref()).await })
    });
    app.writer.run_again("change site", operation).await?;
    app.timer.look();
    app.availability.look();
    Ok(())
}

/// What the form says, checked: everything of a site that can be set here.
#[derive(Clone)]
struct Wanted(Site);

impl Wanted {
    /// What the form does not have (the key) stays as it is stored.
    fn put_on(self, site: &mut Site) {
        let Self(wanted) = self;
        site.name = wanted.name;
        site.origins = wanted.origins;
        site.queue_id = wanted.queue_id;
        site.on_closed = wanted.on_closed;
        site.edit_window_s = wanted.edit_window_s;
        site.delete_window_s = wanted.delete_window_s;
        site.locale = wanted.locale;
        for key in ["colour", "greeting"] {
            match wanted.appearance.get(key) {
                Some(value) => drop(site.appearance.insert(key.to_owned(), value.clone())),
                None => drop(site.appearance.remove(key)),
            }
        }
        site.settings = wanted.settings;
    }
}

fn wanted(fields: &Fields, stored: &Site) -> Result<(Wanted, Option<Hours>), Problem> {
    let origins: Result<Vec<String>, String> = fields.lines("origins").iter().map(|line| parse_origin(line)).collect();
    let mut site = stored.clone();
    site.name = Name::parse(fields.get("name")).map_err(|_| Problem::Name)?.as_str().to_owned();
    site.origins = origins.map_err(Problem::Origin)?;
    site.queue_id = fields.get("queue").parse().map_err(|_| Problem::Queue)?;
    site.on_closed = if fields.get("on_closed") == "new" { OnClosed::New } else { OnClosed::Reopen };
    site.edit_window_s = fields.number("edit_window", MOST_WINDOW_S).map_err(|_| Problem::Seconds)?;
    site.delete_window_s = fields.number("delete_window", MOST_WINDOW_S).map_err(|_| Problem::Seconds)?;
    site.locale = Lang::from_tag(fields.trimmed("locale")).ok_or(Problem::Locale)?.tag().to_owned();
    let colour = parse_colour(fields.trimmed("colour")).map_err(|_| Problem::Colour)?;
    site.appearance.insert("colour".to_owned(), Value::String(colour));
    let greeting = fields.trimmed("greeting");
    if greeting.chars().count() > MOST_GREETING_CHARS {
        return Err(Problem::Greeting);
    }
    match crate::visitors::clean(greeting, MOST_GREETING_CHARS) {
        text if text.is_empty() => drop(site.appearance.remove("greeting")),
        text => drop(site.appearance.insert("greeting".to_owned(), Value::String(text))),
    }
    site.settings = settings(fields, &stored.settings)?;
    let hours = crate::hours::form::HoursForm::typed(fields).hours().map_err(Problem::Hours)?;
    Ok((Wanted(site), hours))
}

fn settings(fields: &Fields, stored: &Settings) -> Result<Settings, Problem> {
    let sentence = |name: &str| match fields.trimmed(name) {
        text if text.chars().count() > MAX_SENTENCE_CHARS || text.contains('\0') => Err(Problem::Sentence),
        text => Ok(Some(text.to_owned()).filter(|text| !text.is_empty())),
    };
    let within = fields.number("reply_within", i64::from(MAX_REPLY_WITHIN_S)).map_err(|_| Problem::Seconds)?;
    Ok(Settings {
        pre_chat: PreChat {
            fields: pre_chat(fields)?,
            topics: fields.all("topic").filter_map(|id| id.parse().ok()).collect(),
        },
        consent: Consent { required: fields.is_on("consent"), text: sentence("consent_text")? },
        rating: Rating { on: fields.is_on("rating") },
        offline: Offline {
            ask_address: match fields.get("offline_address") {
                "optional" => AskAddress::Optional,
                "required" => AskAddress::Required,
                _ => AskAddress::Off,
            },
        },
        privacy: sentence("privacy")?,
        preview: fields.is_on("preview"),
        reply_within_s: u32::try_from(within).ok().filter(|seconds| *seconds > 0),
        keep_days: keep_days(fields, stored)?,
        mail: stored.mail.clone(),
        texts: stored.texts.typed(fields, &Key::CHAT).map_err(|(lang, key)| Problem::Text(lang, key))?,
    })
}

/// A form without the field leaves it as it is.
fn keep_days(fields: &Fields, stored: &Settings) -> Result<u32, Problem> {
    if !fields.is_on("keep_days") {
        return Ok(stored.keep_days);
    }
    let days = fields.number("keep_days", i64::from(MAX_KEEP_DAYS)).map_err(|_| Problem::KeepDays)?;
    u32::try_from(days).map_err(|_| Problem::KeepDays)
}

/// Where conversations are to be kept for a shorter time than they are, and nobody said yet that those that
/// are older may go: how many there are.
async fn unsaid(app: &App, fields: &Fields, stored: &Site, wanted: &Site) -> Result<Option<Problem>, PageRefusal> {
    let (was, days) = (stored.settings.keep_days, wanted.settings.keep_days);
    let shorter = days > 0 && (was == 0 || days < was);
    let Some(before) = retention::kept_since(app.clock.now(), days).filter(|_| shorter) else { return Ok(None) };
    if fields.get("keep_sure") == days.to_string() {
        return Ok(None);
    }
    let mut conn = app.db.read().await?;
    let chats = retention_store::count_due(conn.conn(), stored.workspace_id, stored.id, before).await?;
    Ok((chats > 0).then_some(Problem::Deletes { chats, days }))
}

fn pre_chat(fields: &Fields) -> Result<Vec<PreChatField>, Problem> {
    let known = KNOWN.iter().filter_map(|(name, _)| match fields.get(&format!("ask_{name}")) {
        "optional" => Some((*name).to_owned()),
        "required" => Some(format!("{name}:required")),
        _ => None,
    });
    let questions = fields.lines("questions");
    let own = questions.iter().map(|line| match line.strip_suffix('*') {
        Some(label) => format!("text={}:required", label.trim()),
        None => format!("text={line}"),
    });
    PreChatField::parse_all(&known.chain(own).collect::<Vec<_>>()).map_err(Problem::Question)
}
