//! A live session: one socket, event stream or poll, and what it follows.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Semaphore;

use super::asks::Asks;
use super::outbox::{Out, Outbox};
use super::protocol::{Availability, ServerFrame};
use crate::config::Limits;
use crate::conversations::{ActingAgent, Change};
use crate::ids::{ConversationId, LiveSessionId, VisitorId, WorkspaceId};
use crate::sites::Site;
use crate::views::View;
use crate::visitors::{FirstAct, VisitorKey};
use crate::words::Lang;
use crate::writer::Gate;

/// One session. The hub and the session's own task share it.
pub struct Session {
    /// Its id; secret enough to name a stream or a poll, since only its owner is told.
    pub id: LiveSessionId,
    /// Whose it is.
    pub who: Who,
    /// What it is still to be sent.
    pub outbox: Outbox,
    /// Keeps its sends in order when one fails for now.
    pub gate: Arc<Gate>,
    /// Bounds its durable frames that are not answered yet.
    pub in_flight: Arc<Semaphore>,
    watches: Mutex<Watches>,
}

/// Whose session it is.
pub enum Who {
    /// Of a visitor.
    Visitor(Box<VisitorWho>),
    /// Of an agent.
    Agent(Box<AgentWho>),
}

/// A visitor's side of a session.
pub struct VisitorWho {
    /// The website.
    pub site: Arc<Site>,
    /// Finds all sessions of this visitor.
    pub key: VisitorKey,
    /// What their row gets with the first durable act.
    pub first: FirstAct,
    /// Which forms it was asked.
    pub asks: Asks,
    row: Mutex<Option<VisitorId>>,
    told: Mutex<Option<Availability>>,
}

/// An agent's side of a session.
pub struct AgentWho {
    /// Who acts.
    pub agent: ActingAgent,
    /// SHA-256 of the cookie, looked up again while the session lives.
    pub cookie_hash: [u8; 32],
    /// The language of the fragments.
    pub lang: Lang,
    views: Mutex<Vec<View>>,
    board: AtomicBool,
}

#[derive(Default)]
struct Watches {
    list: Vec<Watch>,
    /// Whether `welcome` was sent: before it no change is.
    welcomed: bool,
}

struct Watch {
    conversation: ConversationId,
    /// The rev that the session was last sent.
    sent: i64,
    /// While it catches up: the newest rev that came meanwhile.
    behind: Option<i64>,
}

/// What a session that has read up to a rev does next.
#[derive(Debug, PartialEq, Eq)]
pub enum CaughtUp {
    /// Changes reach it as they are published.
    Live,
    /// More came while it read: read again.
    Again,
    /// It does not follow this conversation any more.
    Gone,
}

impl VisitorWho {
    /// Before it is known whether the visitor has a row.
    pub fn new(site: Arc<Site>, key: VisitorKey, first: FirstAct) -> Self {
        let lang = first.locale.as_deref().and_then(Lang::from_tag).or_else(|| Lang::from_tag(&site.locale));
        let asks = Asks::new(lang.unwrap_or(Lang::En));
        Self { site, key, first, asks, row: Mutex::default(), told: Mutex::default() }
    }

    /// They are told this of whether somebody answers; false if they were told the same last.
    pub fn is_told(&self, now: &Availability) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let news = told.as_ref() != Some(now);
        if news {
            *told = Some(now.clone());
        }
        news
    }

    /// The visitor's id, once they have a row.
    pub fn visitor(&self) -> Option<VisitorId> {
        *self.row.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes the visitor's row, unless one is known: what was read earlier may be told later.
    pub fn known_as(&self, id: VisitorId) {
        self.row.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(id);
    }

    /// They are this visitor from now on.
    pub fn becomes(&self, id: VisitorId) {
        *self.row.lock().unwrap_or_else(PoisonError::into_inner) = Some(id);
    }
}

impl AgentWho {
    /// A session that follows nothing yet.
    pub fn new(agent: ActingAgent, cookie_hash: [u8; 32], lang: Lang) -> Self {
        Self { agent, cookie_hash, lang, views: Mutex::default(), board: AtomicBool::new(false) }
    }

    /// The lists on this agent's screen.
    pub fn views(&self) -> Vec<View> {
        self.views.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Follows a list; false where there are too many.
    pub fn follow_view(&self, view: View) -> bool {
        let mut views = self.views.lock().unwrap_or_else(PoisonError::into_inner);
        if views.contains(&view) {
            return true;
        }
        // A saved view that was changed has the same word.
        views.retain(|followed| followed.to_string() != view.to_string());
        let room = views.len() < MOST_VIEWS_FOLLOWED;
        if room {
            views.push(view);
        }
        room
    }

    /// Whether the wallboard is on this agent's screen.
    pub fn sees_board(&self) -> bool {
        self.board.load(Ordering::Relaxed)
    }

    /// Follows the wallboard, or stops.
    pub fn look_at_board(&self, on: bool) {
        self.board.store(on, Ordering::Relaxed);
    }

    /// Stops following a list.
    pub fn drop_view(&self, view: &str) {
        self.views.lock().unwrap_or_else(PoisonError::into_inner).retain(|followed| followed.to_string() != view);
    }
}

/// Lists that one session follows at most.
pub const MOST_VIEWS_FOLLOWED: usize = 10;

impl Session {
    /// A session that follows nothing yet.
    pub fn new(id: LiveSessionId, who: Who, limits: &Limits) -> Arc<Self> {
        Arc::new(Self {
            id,
            who,
            outbox: Outbox::new(limits.outbox_frames, limits.outbox_bytes),
            gate: Arc::default(),
            in_flight: Arc::new(Semaphore::new(limits.durable_in_flight)),
            watches: Mutex::default(),
        })
    }

    /// The tenant.
    pub fn workspace(&self) -> WorkspaceId {
        match &self.who {
            Who::Visitor(visitor) => visitor.site.workspace_id,
            Who::Agent(agent) => agent.agent.workspace_id,
        }
    }

    /// Whether notes are kept from it.
    pub const fn is_visitor(&self) -> bool {
        matches!(self.who, Who::Visitor(_))
    }

    /// Sends a frame.
    pub fn say(&self, frame: &ServerFrame) {
        match serde_json::to_string(frame) {
            Ok(text) => self.outbox.push(Out::Frame(text.into())),
            Err(error) => tracing::error!(%error, "a frame could not be written"),
        }
    }

    fn watches(&self) -> MutexGuard<'_, Watches> {
        self.watches.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The conversations that it follows.
    pub fn watched(&self) -> Vec<ConversationId> {
        self.watches().list.iter().map(|watch| watch.conversation).collect()
    }

    /// The visitor's current conversation: the last one that it began to follow.
    pub fn current(&self) -> Option<ConversationId> {
        self.watches().list.last().map(|watch| watch.conversation)
    }

    /// Follows a conversation, not live yet: changes only mark it as behind until
    /// [`Self::caught_up`]. Returns what it followed before and now does not: a visitor follows one.
    pub fn follow(&self, conversation: ConversationId) -> Vec<ConversationId> {
        let mut watches = self.watches();
        match watches.list.iter_mut().find(|watch| watch.conversation == conversation) {
            Some(watch) => drop(watch.behind.get_or_insert(0)),
            None => watches.list.push(Watch { conversation, sent: 0, behind: Some(0) }),
        }
        if !self.is_visitor() {
            return Vec::new();
        }
        let (kept, dropped): (Vec<_>, Vec<_>) =
            watches.list.drain(..).partition(|watch| watch.conversation == conversation);
        watches.list = kept;
        dropped.into_iter().map(|watch| watch.conversation).collect()
    }

    /// A conversation of this visitor starts: follows it from rev 0 on, live if `welcome` was sent.
    /// Returns what it followed before.
    pub fn follow_start(&self, conversation: ConversationId) -> Vec<ConversationId> {
        let dropped = self.follow(conversation);
        let mut watches = self.watches();
        if watches.welcomed
            && let Some(watch) = watches.list.iter_mut().find(|watch| watch.conversation == conversation)
        {
            watch.behind = None;
        }
        dropped
    }

    /// Whether it is of a site that asks anything of its visitors.
    pub fn has_forms(&self) -> bool {
        matches!(&self.who, Who::Visitor(visitor) if visitor.site.settings.asks())
    }

    /// Stops following.
    pub fn unfollow(&self, conversation: ConversationId) {
        self.watches().list.retain(|watch| watch.conversation != conversation);
    }

    /// `welcome` was sent. Returns what it follows and has not caught up with.
    pub fn welcomed(&self) -> Vec<ConversationId> {
        let mut watches = self.watches();
        watches.welcomed = true;
        watches.list.iter().filter(|watch| watch.behind.is_some()).map(|watch| watch.conversation).collect()
    }

    /// Whether `welcome` was sent. Before it, whoever sends it reads what is followed.
    pub fn is_welcomed(&self) -> bool {
        self.watches().welcomed
    }

    /// The session was read up to `rev` and is sent `frame`. If more came meanwhile it has to read
    /// again; if more pages follow (`wait`) it stays behind until the client asks.
    pub fn caught_up(&self, conversation: ConversationId, rev: i64, wait: bool, frame: Out) -> CaughtUp {
        let mut watches = self.watches();
        let Some(watch) = watches.list.iter_mut().find(|watch| watch.conversation == conversation) else {
            return CaughtUp::Gone;
        };
        watch.sent = rev;
        self.outbox.push(frame);
        if wait {
            return CaughtUp::Live;
        }
        if watch.behind.is_some_and(|newest| newest > rev) {
            watch.behind = Some(0);
            return CaughtUp::Again;
        }
        watch.behind = None;
        CaughtUp::Live
    }

    /// A change was published: queues it, if it is news to this session and it may see it.
    pub fn deliver(&self, change: &Arc<Change>) {
        let mut watches = self.watches();
        let id = change.conversation.id;
        let Some(watch) = watches.list.iter_mut().find(|watch| watch.conversation == id) else { return };
        let rev = if self.is_visitor() { change.conversation.visitor_rev } else { change.rev() };
        if let Some(newest) = &mut watch.behind {
            *newest = rev.max(*newest);
            return;
        }
        if rev <= watch.sent || (self.is_visitor() && !change.is_visible()) {
            return;
        }
        self.outbox.push(Out::Change { change: Arc::clone(change), from: watch.sent });
        watch.sent = rev;
    }
}
