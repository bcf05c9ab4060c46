//! `site set`: changes what is named and leaves the rest. A running server sees it at once, or
//! within the two seconds for which it believes what it knows of a site.

use serde_json::Value;

use super::bootstrap::usage;
use super::desk::{OpenDesk, workspace};
use super::hours::HoursChanges;
use super::site_asks::AskChanges;
use super::site_mail::MailChanges;
use crate::audit;
use crate::cli::run::{Failure, Said, Tools};
use crate::cli::{OnClosed as GivenOnClosed, SetSite};
use crate::config::Config;
use crate::db::{Constraint, Error, Tx};
use crate::hours::{self, Hours};
use crate::queues::store::{self as queues, Queue};
use crate::routing::opening;
use crate::sites::{MOST_GREETING_CHARS, OnClosed, Site, mail_form, parse_colour, parse_origin, store};
use crate::visitors::clean;
use crate::workspaces::Name;

/// Runs it.
pub async fn set(given: &SetSite, config: &Config, tools: &Tools) -> Result<Said, Failure> {
    let changes = Changes::parse(given)?;
    let desk = OpenDesk::beside(config, tools).await?;
    let wanted = given.site.clone();
    let saved = desk.writer.run("set site", move |tx| Box::pin(async move { save(tx, &wanted, changes).await })).await;
    desk.close().await;
    let site: Site = saved?;
    let name = &site.name;
    Ok(Said::note(format!("The site {name} is changed. Visitors who come from now on see it within 2 seconds.")))
}

struct Changes {
    name: Option<Name>,
    origins: Vec<String>,
    on_closed: Option<OnClosed>,
    edit_window_s: Option<i64>,
    delete_window_s: Option<i64>,
    locale: Option<String>,
    colour: Option<String>,
    greeting: Option<String>,
    asks: AskChanges,
    mail: MailChanges,
    hours: HoursChanges,
}

impl Changes {
    fn parse(given: &SetSite) -> Result<Self, Failure> {
        let origins: Result<Vec<String>, String> = given.origin.iter().map(|text| parse_origin(text)).collect();
        let changes = Self {
            name: given.name.as_deref().map(Name::parse).transpose().map_err(|why| usage("--name", &why))?,
            origins: origins.map_err(|why| usage("--origin", &why))?,
            on_closed: given.on_closed.map(|on_closed| match on_closed {
                GivenOnClosed::Reopen => OnClosed::Reopen,
                GivenOnClosed::New => OnClosed::New,
            }),
            edit_window_s: given.edit_window.map(i64::from),
            delete_window_s: given.delete_window.map(i64::from),
            locale: given.locale.as_deref().map(locale).transpose()?,
            colour: given.colour.as_deref().map(colour).transpose()?,
            greeting: given.greeting.as_deref().map(greeting).transpose()?,
            asks: AskChanges::parse(&given.asks)?,
            mail: MailChanges::parse(&given.mail)?,
            hours: HoursChanges::parse(&given.hours)?,
        };
        if changes.is_empty() {
            return Err(Failure::usage(
                "Nothing to change: name a setting, such as --origin. See `deskbell site set --help`.",
            ));
        }
        Ok(changes)
    }

    fn is_empty(&self) -> bool {
        self.name.is_none()
            && self.origins.is_empty()
            && self.on_closed.is_none()
            && self.edit_window_s.is_none()
            && self.delete_window_s.is_none()
            && self.locale.is_none()
            && self.colour.is_none()
            && self.greeting.is_none()
            && self.asks.is_empty()
            && self.mail.is_empty()
            && self.hours.is_empty()
    }

    fn apply(self, site: &mut Site, queues: &[Queue]) -> Result<(), Failure> {
        if let Some(name) = self.name {
            name.as_str().clone_into(&mut site.name);
        }
        if !self.origins.is_empty() {
            site.origins = self.origins;
        }
        site.on_closed = self.on_closed.unwrap_or(site.on_closed);
        site.edit_window_s = self.edit_window_s.unwrap_or(site.edit_window_s);
        site.delete_window_s = self.delete_window_s.unwrap_or(site.delete_window_s);
        if let Some(locale) = self.locale {
            site.locale = locale;
        }
        for (key, value) in [("colour", self.colour), ("greeting", self.greeting)] {
            match value {
                Some(value) if value.is_empty() => drop(site.appearance.remove(key)),
                Some(value) => drop(site.appearance.insert(key.to_owned(), Value::String(value))),
                None => {}
            }
        }
        self.mail.apply(&mut site.settings.mail);
        self.asks.apply(&mut site.settings, queues)
    }
}

/// The site of this key or name.
pub(super) async fn find(tx: &mut Tx, wanted: &str) -> Result<Site, Failure> {
    let ws = workspace(tx).await?;
    let sites: Vec<Site> = store::all(tx.conn()).await?.into_iter().filter(|site| site.workspace_id == ws).collect();
    // A key is nobody else's name on purpose: it comes first.
    let found = sites.iter().find(|site| site.key == wanted).or_else(|| sites.iter().find(|site| site.name == wanted));
    found.cloned().ok_or_else(|| {
        let names: Vec<&str> = sites.iter().map(|site| site.name.as_str()).collect();
        Failure::new(format!("There is no site {wanted}. There is: {}.", names.join(", ")))
    })
}

async fn save(tx: &mut Tx, wanted: &str, mut changes: Changes) -> Result<Site, Failure> {
    let mut site = find(tx, wanted).await?;
    let before = site.clone();
    let hours = set_hours(tx, &site, std::mem::take(&mut changes.hours)).await?;
    let queues = queues::of_workspace(tx.conn(), site.workspace_id).await?;
    changes.apply(&mut site, &queues)?;
    if mail_form::is_taken(tx.conn(), &site, site.settings.mail.address.as_deref()).await? {
        return Err(Failure::new("Another site has this mail address; nothing was changed."));
    }
    store::save(tx.conn(), &site).await.map_err(|why| match why {
        Error::Constraint(Constraint::SitesName) => {
            Failure::new(format!("Another site is called {}; nothing was changed.", site.name))
        }
        other => other.into(),
    })?;
    let mut changes = before.differences(&site);
    changes.note("hours", &hours.0, &hours.1);
    if !changes.is_empty() {
        let subject = (site.id.uuid(), site.name.as_str());
        audit::record_command(tx, site.workspace_id, "site.changed", subject, changes).await?;
    }
    Ok(site)
}

/// Gives the hours before and after.
async fn set_hours(tx: &mut Tx, site: &Site, changes: HoursChanges) -> Result<(Option<Hours>, Option<Hours>), Failure> {
    if changes.is_empty() {
        return Ok((None, None));
    }
    let ws = site.workspace_id;
    let before = hours::store::of_site(tx.conn(), ws, site.id).await?;
    let after = changes.apply(before.clone())?;
    hours::store::set_of_site(tx.conn(), ws, site.id, after.as_ref()).await?;
    opening::ask_to_settle_all(tx, ws).await?;
    Ok((before, after))
}

fn locale(text: &str) -> Result<String, Failure> {
    let parsed: Result<unic_langid::LanguageIdentifier, _> = text.parse();
    parsed
        .map(|locale| locale.to_string())
        .map_err(|_| usage("--locale", &format!("`{text}` is no language; write en or de")))
}

fn colour(text: &str) -> Result<String, Failure> {
    parse_colour(text).map_err(|why| usage("--colour", &why))
}

fn greeting(text: &str) -> Result<String, Failure> {
    let text = text.trim();
    if text.chars().count() > MOST_GREETING_CHARS {
        return Err(usage("--greeting", &format!("a greeting has at most {MOST_GREETING_CHARS} characters")));
    }
    Ok(clean(text, MOST_GREETING_CHARS))
}
