//! Managing sites: adding them, and changing what they look like, where they may be, and what they ask.
//! Each act is one transaction with its row in the audit log.

use serde_json::{Map, json};

use super::{OnClosed, Settings, Site, draw_key, store};
use crate::audit::{self, Act, By, Changes};
use crate::clock::Random;
use crate::db::{Constraint, Error as DbError, Tx};
use crate::hours::{self, Hours};
use crate::ids::{QueueId, SiteId};
use crate::queues::store as queues;
use crate::routing::opening;
use crate::workspaces::{Name, store as workspaces};
use crate::writer::MayBeginAgain;

/// Seconds in which visitors may change their words at first.
const NEW_WINDOW_S: i64 = 300;

/// Why it is not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such site, or in another workspace.
    #[error("not found")]
    NotFound,
    /// Another site has that name.
    #[error("the name is taken")]
    NameTaken,
    /// No such queue.
    #[error("no such queue")]
    Queue,
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl MayBeginAgain for Error {
    fn may_begin_again(&self) -> bool {
        matches!(self, Self::Db(error) if error.may_begin_again())
    }
}

fn taken(error: DbError) -> Error {
    match error {
        DbError::Constraint(Constraint::SitesName) => Error::NameTaken,
        other => other.into(),
    }
}

/// A new site.
#[derive(Debug, Clone)]
pub struct New {
    /// One of its kind in the workspace.
    pub name: Name,
    /// Where the widget may be.
    pub origin: String,
    /// Where its conversations wait.
    pub queue: QueueId,
}

/// Adds a site, with everything else off as at set-up.
pub async fn add(tx: &mut Tx, by: &By, new: &New, random: &Random) -> Result<SiteId, Error> {
    let (ws, now) = (by.workspace(), tx.moment.now);
    queues::find(tx.conn(), ws, new.queue).await?.ok_or(Error::Queue)?;
    let workspace = workspaces::settings(tx.conn(), ws).await?.ok_or(Error::NotFound)?;
    let site = Site {
        workspace_id: ws,
        id: SiteId::from_uuid(tx.moment.ids.draw()),
        key: draw_key(random),
        name: new.name.as_str().to_owned(),
        origins: vec![new.origin.clone()],
        queue_id: new.queue,
        on_closed: OnClosed::Reopen,
        edit_window_s: NEW_WINDOW_S,
        delete_window_s: NEW_WINDOW_S,
        locale: workspace.locale,
        appearance: Map::new(),
        settings: Settings::default(),
        topics: Vec::new(),
        is_preview: false,
    };
    store::insert(tx.conn(), &site, now).await.map_err(taken)?;
    let changes = Changes::default().with("origins", json!(null), &site.origins);
    note(tx, by, "site.added", &site, changes).await?;
    Ok(site.id)
}

/// Changes a site: `change` makes it what it is to be, over what is stored.
pub async fn change(
    tx: &mut Tx,
    by: &By,
    id: SiteId,
    change: impl FnOnce(&mut Site) + Send,
    hours: Option<&Hours>,
) -> Result<(), Error> {
    let ws = by.workspace();
    let before = store::find(tx.conn(), ws, id).await?.ok_or(Error::NotFound)?;
    let mut site = before.clone();
    change(&mut site);
    let queue = queues::find(tx.conn(), ws, site.queue_id).await?.ok_or(Error::Queue)?;
    let queue_was = queues::find(tx.conn(), ws, before.queue_id).await?.map(|queue| queue.name);
    for topic in &site.settings.pre_chat.topics {
        queues::find(tx.conn(), ws, *topic).await?.ok_or(Error::Queue)?;
    }
    store::save(tx.conn(), &site).await.map_err(taken)?;
    let mut changes = before.differences(&site);
    let was = hours::store::of_site(tx.conn(), ws, id).await?;
    changes.note("queue", &queue_was.as_deref(), &Some(&*queue.name));
    changes.note("hours", &was.as_ref(), &hours);
    hours::store::set_of_site(tx.conn(), ws, id, hours).await?;
    if changes.is_empty() {
        return Ok(());
    }
    opening::ask_to_settle_all(tx, ws).await?;
    note(tx, by, "site.changed", &site, changes).await
}

/// Adds an origin to those on which the widget may be, if it is not there yet.
pub async fn allow(tx: &mut Tx, by: &By, id: SiteId, origin: String) -> Result<(), Error> {
    let hours = hours::store::of_site(tx.conn(), by.workspace(), id).await?;
    let add = move |site: &mut Site| {
        if !site.origins.contains(&origin) {
            site.origins.push(origin);
        }
    };
    change(tx, by, id, add, hours.as_ref()).await
}

async fn note(tx: &mut Tx, by: &By, action: &'static str, site: &Site, changes: Changes) -> Result<(), Error> {
    let act = Act { action, subject: site.id.uuid(), name: &site.name };
    Ok(audit::record(tx, by, act, changes).await?)
}
