//! Where a site's tag was seen: the owner is told that it is there, and where it is without being allowed.
//! Only the origins of pages are kept, nothing of whoever looked at them.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::{Site, sightings_store as store};
use crate::app::App;
use crate::clock::Timestamp;
use crate::db::{Conn, Error, Tx};
use crate::ids::WorkspaceId;

/// A page that goes on being seen is written so often.
const WRITTEN_EVERY: Duration = Duration::from_secs(60);
/// Between two looks at what was seen, so that many are written at once.
const PAUSE: Duration = Duration::from_millis(500);
/// What is remembered as written, and what waits to be; more is not noticed for a while.
const MOST_HEARD: usize = 2_048;
const MOST_WAITING: usize = 256;
/// Origins of a site that are not allowed, at most: the newest stay.
const MOST_STRANGERS: usize = 20;
/// Bytes of an origin; a longer one is no website's.
const MOST_ORIGIN_BYTES: usize = 300;

/// What was seen: by which key, if one was named, and on which origin.
type Seen = (Option<String>, String);

/// See the module.
#[derive(Default)]
pub struct Sightings {
    heard: Mutex<Heard>,
    stirred: Notify,
}

#[derive(Default)]
struct Heard {
    waiting: HashSet<Seen>,
    at: HashMap<Seen, Timestamp>,
}

impl Sightings {
    /// A page asked for the loader. `referer` is what the browser says of the page, `key` the site's where
    /// the address has it.
    pub fn loaded(&self, key: Option<&str>, referer: &str, now: Timestamp) {
        let Ok(page) = url::Url::parse(referer) else { return };
        if matches!(page.scheme(), "http" | "https") {
            self.note(key, page.origin().ascii_serialization(), now);
        }
    }

    /// The widget of this site spoke, from a page of this origin, allowed or not.
    pub fn spoke(&self, site: &Site, origin: &str, now: Timestamp) {
        if !site.is_preview && super::parse_origin(origin).is_ok() {
            self.note(Some(&site.key), origin.to_owned(), now);
        }
    }

    fn note(&self, key: Option<&str>, origin: String, now: Timestamp) {
        if origin.len() > MOST_ORIGIN_BYTES {
            return;
        }
        let seen = (key.map(str::to_owned), origin);
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        if heard.at.get(&seen).is_some_and(|at| now.since(*at) < WRITTEN_EVERY) {
            return;
        }
        if heard.at.len() >= MOST_HEARD {
            heard.at.retain(|_, at| now.since(*at) < WRITTEN_EVERY);
        }
        if heard.at.len() < MOST_HEARD && heard.waiting.len() < MOST_WAITING {
            heard.at.insert(seen.clone(), now);
            heard.waiting.insert(seen);
            self.stirred.notify_one();
        }
    }

    fn take(&self) -> Vec<Seen> {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.waiting.drain().collect()
    }
}

/// Writes down what was seen, until the server stops.
pub async fn run(app: Arc<App>) {
    loop {
        tokio::select! {
            () = app.sightings.stirred.notified() => {}
            () = app.stopping.cancelled() => return,
        }
        let seen = app.sightings.take();
        if let Err(error) = write(&app, seen).await {
            tracing::warn!(%error, "where the tag was seen could not be written");
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = app.stopping.cancelled() => return,
        }
    }
}

async fn write(app: &App, seen: Vec<Seen>) -> Result<(), Error> {
    let sites = super::store::all(app.db.read().await?.conn()).await?;
    let own = app.config.public_url.origin().ascii_serialization();
    let mut rows: Vec<(Site, String)> = Vec::new();
    for (key, origin) in seen.into_iter().filter(|(_, origin)| *origin != own) {
        let theirs = |site: &&Site| match &key {
            Some(key) => site.key == *key,
            None => site.origins.contains(&origin),
        };
        rows.extend(sites.iter().filter(theirs).map(|site| (site.clone(), origin.clone())));
    }
    if rows.is_empty() {
        return Ok(());
    }
    app.writer.run("sightings", move |tx| Box::pin(async move { write_rows(tx, &rows).await })).await
}

async fn write_rows(tx: &mut Tx, rows: &[(Site, String)]) -> Result<(), Error> {
    let now = tx.moment.now;
    for (site, origin) in rows {
        store::save(tx.conn(), site.workspace_id, site.id, origin, now).await?;
        if !site.origins.contains(origin) {
            forget_old_strangers(tx, site).await?;
        }
    }
    Ok(())
}

async fn forget_old_strangers(tx: &mut Tx, site: &Site) -> Result<(), Error> {
    let all = store::of_site(tx.conn(), site.workspace_id, site.id).await?;
    let strangers = all.iter().filter(|seen| !site.origins.contains(&seen.origin));
    for old in strangers.skip(MOST_STRANGERS) {
        store::forget(tx.conn(), site.workspace_id, site.id, &old.origin).await?;
    }
    Ok(())
}

/// Where a site was seen.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// On pages that are allowed, the newest first.
    pub found: Vec<(String, Timestamp)>,
    /// On pages that are not, the newest first.
    pub strangers: Vec<String>,
}

/// Reads where a site was seen.
pub async fn standing(conn: Conn<'_>, ws: WorkspaceId, site: &Site) -> Result<Standing, Error> {
    let all = store::of_site(conn, ws, site.id).await?;
    let (found, strangers): (Vec<_>, Vec<_>) = all.into_iter().partition(|seen| site.origins.contains(&seen.origin));
    Ok(Standing {
        found: found.into_iter().map(|seen| (seen.origin, seen.seen_at)).collect(),
        strangers: strangers.into_iter().map(|seen| seen.origin).collect(),
    })
}

/// What the owner has done of what a new desk needs.
pub use store::{Progress, progress};
