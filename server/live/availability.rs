//! What visitors are told of whether somebody answers: whether the queue of their chat, or of their site,
//! is open and an agent on duty serves it. Read from the database, since agents may be connected to
//! another node; kept here, so that `hello` reads nothing; told again where it changed.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::Notify;

use super::protocol::{Availability, ServerFrame};
use super::session::{Session, VisitorWho, Who};
use crate::app::App;
use crate::clock::Timestamp;
use crate::db::{Db, Error};
use crate::hours::{self, Opening};
use crate::ids::{QueueId, SiteId};
use crate::routing::duty_store;
use crate::sites::Site;

/// How old what is told may be at most: agents on other nodes, leases that end, other programs' changes.
const EVERY: Duration = Duration::from_secs(2);
/// The shortest pause between two looks.
const PAUSE: Duration = Duration::from_millis(200);

/// Who serves, and what is open, at one moment.
#[derive(Debug, Default, PartialEq, Eq)]
struct Standing {
    on_duty: HashSet<QueueId>,
    queues: HashMap<QueueId, Opening>,
    sites: HashMap<SiteId, Opening>,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Availabilities {
    standing: RwLock<Arc<Standing>>,
    wake: Notify,
}

impl Availabilities {
    /// Something changed that it depends on.
    pub fn look(&self) {
        self.wake.notify_one();
    }

    /// For a chat of this site in this queue; without one, in the site's own.
    pub fn of(&self, site: &Site, queue: Option<QueueId>) -> Availability {
        let standing = self.standing();
        let queue = queue.unwrap_or(site.queue_id);
        let reply_within_s = site.settings.reply_within_s.map(u64::from);
        if site.is_preview {
            // Whoever looks at a draft wants to see what visitors see while somebody is there.
            return Availability { online: true, reply_within_s, next_open_at: None };
        }
        let next_open_at = match standing.opening(queue, site.id) {
            Some(Opening::Closed { next_open_at }) => {
                let next_open_at = next_open_at.map(Timestamp::rfc3339);
                return Availability { online: false, reply_within_s, next_open_at };
            }
            Some(Opening::Open { .. }) | None => None,
        };
        Availability { online: standing.on_duty.contains(&queue), reply_within_s, next_open_at }
    }

    /// The same, which a visitor is told in `welcome`.
    pub fn first(&self, visitor: &VisitorWho, queue: Option<QueueId>) -> Availability {
        let now = self.of(&visitor.site, queue);
        visitor.is_told(&now);
        now
    }

    /// Whether chats of this site are served in this queue now.
    pub fn is_open(&self, queue: QueueId, site: SiteId) -> bool {
        self.standing().opening(queue, site).is_none_or(Opening::is_open)
    }

    /// Since when the queue is open, where it has hours.
    pub fn open_since(&self, queue: QueueId) -> Option<Timestamp> {
        match self.standing().queues.get(&queue) {
            Some(Opening::Open { since, .. }) => *since,
            Some(Opening::Closed { .. }) | None => None,
        }
    }

    /// Tells a visitor, if it is not what they were told last.
    pub fn tell(&self, session: &Session, visitor: &VisitorWho, queue: Option<QueueId>) -> bool {
        let now = self.of(&visitor.site, queue);
        let news = session.is_welcomed() && visitor.is_told(&now);
        if news {
            session.say(&ServerFrame::Availability(now));
        }
        news
    }

    fn standing(&self) -> Arc<Standing> {
        Arc::clone(&self.standing.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads how it stands. Gives whether that changed, and when it changes by the clock.
    pub async fn refresh(&self, db: &Db, now: Timestamp) -> Result<(bool, Option<Timestamp>), Error> {
        let mut conn = db.read().await?;
        let on_duty = duty_store::served(conn.conn(), now).await?.into_iter().collect();
        let queues = hours::store::of_queues(conn.conn()).await?;
        let sites = hours::store::of_sites(conn.conn()).await?;
        let standing = Standing {
            on_duty,
            queues: queues.into_iter().map(|(_, id, hours)| (id, hours.at(now))).collect(),
            sites: sites.into_iter().map(|(_, id, hours)| (id, hours.at(now))).collect(),
        };
        let changes_at = standing.queues.values().chain(standing.sites.values()).filter_map(|o| o.changes_at()).min();
        let mut held = self.standing.write().unwrap_or_else(PoisonError::into_inner);
        let changed = **held != standing;
        *held = Arc::new(standing);
        Ok((changed, changes_at))
    }
}

impl Standing {
    /// The queue's own hours bind, else the site's.
    fn opening(&self, queue: QueueId, site: SiteId) -> Option<Opening> {
        self.queues.get(&queue).or_else(|| self.sites.get(&site)).copied()
    }
}

/// Looks and tells until the process stops.
pub async fn run(app: Arc<App>) {
    let mut pause = EVERY;
    loop {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = app.availability.wake.notified() => {}
            () = app.stopping.cancelled() => return,
        }
        let now = app.clock.now();
        pause = match app.availability.refresh(&app.db, now).await {
            Ok((changed, changes_at)) => {
                if changed {
                    tell_all(&app);
                }
                changes_at.map_or(EVERY, |at| at.since(now)).clamp(PAUSE, EVERY)
            }
            Err(error) => {
                tracing::warn!(%error, "it could not be read who is on duty");
                EVERY
            }
        };
        tokio::time::sleep(PAUSE).await;
    }
}

/// Tells every visitor for whom it changed. Where nobody answers any more, an address may be asked for;
/// where somebody does again, places in the line are told.
fn tell_all(app: &App) {
    for (session, line) in app.hub.visitors_with_lines() {
        let Who::Visitor(visitor) = &session.who else { continue };
        if !app.availability.tell(&session, visitor, line) {
            continue;
        }
        if session.has_forms() {
            app.hub.attention.ask(&session);
        }
        if let Some(queue) = line {
            app.hub.attention.line(session.workspace(), queue);
        }
    }
}
