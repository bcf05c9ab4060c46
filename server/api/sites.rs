//! Sites over REST.

use actix_web::HttpRequest;
use actix_web::web::{Bytes, Data};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::call::doing;
use super::hours::{HoursChange, OpeningHours};
use super::paging::Paging;
use super::site_forms::{SiteFormChanges, SiteForms};
use super::site_texts::{self, SiteTexts, TextChanges};
use super::{Answer, Call, Fault, Reply, input};
use crate::app::App;
use crate::db::{Conn, Tx};
use crate::hours::{self, Hours};
use crate::ids::{QueueId, SiteId, WorkspaceId};
use crate::sites::managing::{self, New};
use crate::sites::settings::{MAX_KEEP_DAYS, MAX_REPLY_WITHIN_S};
use crate::sites::{self, MOST_GREETING_CHARS, MOST_WINDOW_S, OnClosed, parse_colour, parse_origin, store};
use crate::words::Lang;

/// Addresses that a site may have, at most.
const MOST_ORIGINS: usize = 50;

/// A website that embeds the widget.
#[derive(Debug, Serialize, ToSchema)]
pub struct Site {
    id: SiteId,
    /// Public; in the page's script tag.
    key: String,
    name: String,
    /// Where the widget may run, as browsers write origins.
    origins: Vec<String>,
    /// Where its conversations wait.
    queue_id: QueueId,
    /// What a message after the end does: `reopen` or `new`.
    #[schema(pattern = "^(reopen|new)$")]
    on_closed: &'static str,
    /// Seconds in which visitors may edit their words; 0 for never.
    edit_window_s: i64,
    /// Seconds in which visitors may take their words back; 0 for never.
    delete_window_s: i64,
    /// The language of the widget where the page names none.
    locale: String,
    /// As `#rrggbb`.
    colour: Option<String>,
    greeting: Option<String>,
    /// Seconds within which the site promises an answer.
    reply_within_s: Option<u32>,
    /// Days for which closed conversations are kept; 0 for ever.
    keep_days: u32,
    /// When somebody answers, where a chat's queue has no hours of its own; null for always.
    hours: Option<OpeningHours>,
    /// What it asks of its visitors.
    forms: SiteForms,
    /// Its own words, by language and then by text; what is not there is said in ours.
    #[schema(example = json!({"de": {"hello": "Moin! Wie können wir helfen?"}}))]
    texts: SiteTexts,
}

impl Site {
    fn of(site: sites::Site, hours: Option<&Hours>) -> Self {
        let look = |name| site.appearance.get(name).and_then(Value::as_str).map(str::to_owned);
        Self {
            colour: look("colour"),
            greeting: look("greeting"),
            reply_within_s: site.settings.reply_within_s,
            keep_days: site.settings.keep_days,
            hours: hours.map(OpeningHours::of),
            forms: SiteForms::of(&site.settings),
            texts: site_texts::of(&site.settings.texts),
            id: site.id,
            key: site.key,
            name: site.name,
            origins: site.origins,
            queue_id: site.queue_id,
            on_closed: site.on_closed.word(),
            edit_window_s: site.edit_window_s,
            delete_window_s: site.delete_window_s,
            locale: site.locale,
        }
    }
}

/// A site to be added.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSite {
    /// One of its kind in the workspace.
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    /// Where the widget may run: scheme, host and port.
    #[schema(example = "https://shop.example")]
    origin: String,
    /// Where its conversations wait.
    queue_id: QueueId,
}

/// What of a site is to change; what is left out or null stays.
#[derive(Debug, Default, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SiteChanges {
    #[schema(min_length = 1, max_length = 80)]
    name: Option<String>,
    #[schema(max_items = 50)]
    origins: Option<Vec<String>>,
    queue_id: Option<QueueId>,
    /// `reopen` or `new`.
    #[schema(pattern = "^(reopen|new)$")]
    on_closed: Option<String>,
    #[schema(minimum = 0, maximum = 31_536_000)]
    edit_window_s: Option<i64>,
    #[schema(minimum = 0, maximum = 31_536_000)]
    delete_window_s: Option<i64>,
    /// A language that the widget speaks.
    #[schema(example = "de")]
    locale: Option<String>,
    /// As `#rrggbb`.
    #[schema(pattern = "^#[0-9a-fA-F]{6}$")]
    colour: Option<String>,
    /// Empty for the widget's own words.
    #[schema(max_length = 300)]
    greeting: Option<String>,
    /// 0 promises nothing.
    #[schema(minimum = 0, maximum = 604_800)]
    reply_within_s: Option<i64>,
    /// Closed conversations that are older go within the hour; 0 keeps them for ever.
    #[schema(minimum = 0, maximum = 3_650)]
    keep_days: Option<i64>,
    hours: Option<OpeningHours>,
    /// true takes its hours away.
    always_open: Option<bool>,
    forms: Option<SiteFormChanges>,
    /// By language and then by text: `hello`, `hello-offline`, `write`, `online`, `offline-hours`, `consent`,
    /// `kept-text`, and in mails `mail-subject`, `mail-intro` and `mail-proof-intro`. What is left out stays; empty
    /// is said in our words.
    #[schema(example = json!({"de": {"hello": "Moin! Wie können wir helfen?"}}))]
    texts: Option<SiteTexts>,
}

impl SiteChanges {
    /// Checked, and as the database has it.
    fn checked(self) -> Result<Self, Fault> {
        let text = |field: &str, why: String| Fault::value(field, format!("cannot be taken: {why}"));
        if self.on_closed.as_deref().is_some_and(|word| !matches!(word, "reopen" | "new")) {
            return Err(Fault::value("on_closed", "is reopen or new"));
        }
        if self.origins.as_ref().is_some_and(|origins| origins.len() > MOST_ORIGINS) {
            return Err(Fault::value("origins", format!("has at most {MOST_ORIGINS} of them")));
        }
        let origins = self.origins.map(|all| all.iter().map(|one| parse_origin(one)).collect::<Result<_, _>>());
        let windows = [("edit_window_s", self.edit_window_s), ("delete_window_s", self.delete_window_s)];
        for (field, seconds) in windows {
            seconds.map(|seconds| input::number(field, seconds, MOST_WINDOW_S)).transpose()?;
        }
        let most = i64::from(MAX_REPLY_WITHIN_S);
        self.reply_within_s.map(|seconds| input::number("reply_within_s", seconds, most)).transpose()?;
        self.keep_days.map(|days| input::number("keep_days", days, i64::from(MAX_KEEP_DAYS))).transpose()?;
        let lang = |tag: String| Lang::from_tag(&tag).map(|lang| lang.tag().to_owned());
        Ok(Self {
            name: self.name.map(|name| input::name(&name).map(|name| name.as_str().to_owned())).transpose()?,
            origins: origins.transpose().map_err(|why| text("origins", why))?,
            colour: self.colour.map(|colour| parse_colour(&colour)).transpose().map_err(|why| text("colour", why))?,
            greeting: self.greeting.map(|words| input::line("greeting", &words, MOST_GREETING_CHARS)).transpose()?,
            locale: match self.locale {
                None => None,
                Some(tag) => Some(lang(tag).ok_or_else(|| Fault::value("locale", "is no language that we speak"))?),
            },
            ..self
        })
    }

    /// Over what is stored.
    fn put_on(self, site: &mut sites::Site) {
        site.name = self.name.unwrap_or_else(|| std::mem::take(&mut site.name));
        site.origins = self.origins.unwrap_or_else(|| std::mem::take(&mut site.origins));
        site.queue_id = self.queue_id.unwrap_or(site.queue_id);
        site.on_closed = match self.on_closed.as_deref() {
            None => site.on_closed,
            Some("new") => OnClosed::New,
            Some(_) => OnClosed::Reopen,
        };
        site.edit_window_s = self.edit_window_s.unwrap_or(site.edit_window_s);
        site.delete_window_s = self.delete_window_s.unwrap_or(site.delete_window_s);
        site.locale = self.locale.unwrap_or_else(|| std::mem::take(&mut site.locale));
        for (key, value) in [("colour", self.colour), ("greeting", self.greeting)] {
            match value {
                Some(value) if value.is_empty() => drop(site.appearance.remove(key)),
                Some(value) => drop(site.appearance.insert(key.to_owned(), Value::String(value))),
                None => {}
            }
        }
        if let Some(seconds) = self.reply_within_s {
            site.settings.reply_within_s = u32::try_from(seconds).ok().filter(|seconds| *seconds > 0);
        }
        site.settings.keep_days =
            self.keep_days.and_then(|days| u32::try_from(days).ok()).unwrap_or(site.settings.keep_days);
    }
}

/// `GET /api/v1/sites`
pub async fn list(request: HttpRequest, app: Data<App>) -> Answer {
    let call = Call::reading(&app, &request).await?;
    let paging = Paging::of(&request, &[])?;
    let mut conn = call.read().await?;
    let all = store::of_workspace(conn.conn(), call.workspace()).await?;
    let hours = hours::store::of_sites_of(conn.conn(), call.workspace()).await?;
    let (page, next) = paging.cut(paging.part(all, |site| site.id.uuid()), |site| site.id.uuid());
    let shown = |site: sites::Site| {
        let hours = hours.get(&site.id);
        Site::of(site, hours)
    };
    paging.answer(page.into_iter().map(shown).collect(), next)
}

/// `GET /api/v1/sites/{site_id}`
pub async fn find(request: HttpRequest, app: Data<App>) -> Answer {
    let call = Call::reading(&app, &request).await?;
    let id = input::path_id(&request, "site_id")?;
    let site = stored(call.read().await?.conn(), call.workspace(), id).await?;
    Ok(Reply::ok(&site)?.into_response())
}

async fn stored(mut conn: Conn<'_>, ws: WorkspaceId, id: SiteId) -> Result<Site, Fault> {
    let site = store::find(conn.again(), ws, id).await?.ok_or_else(Fault::missing)?;
    Ok(Site::of(site, hours::store::of_site(conn, ws, id).await?.as_ref()))
}

/// `POST /api/v1/sites`
pub async fn add(request: HttpRequest, body: Bytes, app: Data<App>) -> Answer {
    let call = Call::writing(&app, &request, &body).await?;
    let NewSite { name, origin, queue_id } = call.json()?;
    let origin = parse_origin(&origin).map_err(|why| Fault::value("origin", format!("cannot be taken: {why}")))?;
    let new = New { name: input::name(&name)?, origin, queue: queue_id };
    let (by, ws, random) = (call.by(), call.workspace(), app.random.clone());
    let operation = doing(move |tx: &mut Tx| {
        Box::pin(async move {
            let id = managing::add(tx, &by, &new, &random).await?;
            Reply::made(&stored(tx.conn(), ws, id).await?)
        })
    });
    call.run("add site", operation).await
}

/// `PATCH /api/v1/sites/{site_id}`
pub async fn change(request: HttpRequest, body: Bytes, app: Data<App>) -> Answer {
    let call = Call::writing(&app, &request, &body).await?;
    let id: SiteId = input::path_id(&request, "site_id")?;
    let mut changes = call.json::<SiteChanges>()?.checked()?;
    let opening = HoursChange::of(changes.hours.take(), changes.always_open)?;
    let forms = changes.forms.take().unwrap_or_default().checked()?;
    let texts = TextChanges::of(changes.texts.take().unwrap_or_default())?;
    let (by, ws) = (call.by(), call.workspace());
    let operation = doing(move |tx: &mut Tx| {
        Box::pin(async move {
            let hours = opening.over(hours::store::of_site(tx.conn(), ws, id).await?);
            let put_on = move |site: &mut sites::Site| {
                changes.put_on(site);
                forms.put_on(&mut site.settings);
                texts.put_on(&mut site.settings.texts);
            };
            managing::change(tx, &by, id, put_on, hours.as_ref()).await?;
            Reply::ok(&stored(tx.conn(), ws, id).await?)
        })
    });
    let answer = call.run("change site", operation).await;
    Call::look_again(&app, ws);
    answer
}
