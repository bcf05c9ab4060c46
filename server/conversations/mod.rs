//! Conversations: one visitor's thread, who owns it, and its legal changes.
//!
//! The commands (`send`, `edit`, `take`, …) are functions over a transaction; HTTP, sockets and
//! whatever comes later all call these. A command takes the next `rev` under the row's lock and
//! leaves a [`Change`] in the transaction, which the writer publishes after the commit.

pub mod access;
pub mod arrival_store;
mod by_visitor;
mod change;
mod commands;
pub mod console;
mod error;
mod filling;
pub mod fragments;
pub mod inactivity;
pub mod inactivity_store;
mod joining;
pub mod line_store;
pub mod list_store;
mod merging;
pub mod page_store;
pub mod participant_store;
mod passing;
pub mod past;
mod past_store;
pub(crate) mod recording;
pub mod retention;
pub mod retention_store;
pub mod screen;
mod sending;
pub mod store;
mod tagging;

use std::time::Duration;

use sqlx::types::Json;

use crate::clock::Timestamp;
use crate::ids::{AgentId, BotId, ConversationId, QueueId, SiteId, VisitorId, WorkspaceId};
use crate::live::protocol::{ConversationHead, Owner, OwnerKind};

pub use by_visitor::{choose_queue, has_open, rate};
pub use change::{Change, ChangeEntry};
pub use commands::{Done, Editor, Moment, close, delete, edit, reopen, take};
pub use error::Error;
pub use filling::{Filled, fill};
pub use joining::join;
pub use merging::{HandedOver, hand_over, refresh};
pub use passing::{Target, Transfer, set_priority, snooze, transfer};
pub(crate) use recording::note_message;
pub(crate) use sending::append_to;
pub(crate) use sending::id_reused;
pub use sending::{AgentSend, Sent, VisitorSend, already_sent, send_as_agent, send_as_visitor};
pub use tagging::set_tag;
pub(crate) use tagging::tag_by_name;

/// Where a conversation is. `closed` has no owner; `snoozed` keeps its agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum State {
    /// The bot answers.
    Bot,
    /// Waits in its queue.
    Queued,
    /// An agent has it.
    Assigned,
    /// An agent has it and has put it off.
    Snoozed,
    /// Over.
    Closed,
}

impl State {
    /// The word on the wire, in tables and in templates.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Bot => "bot",
            Self::Queued => "queued",
            Self::Assigned => "assigned",
            Self::Snoozed => "snoozed",
            Self::Closed => "closed",
        }
    }
}

/// A conversation with the names that go with it, as of one moment.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Conversation {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// Its id.
    pub id: ConversationId,
    /// The website.
    pub site_id: SiteId,
    /// Whose thread it is.
    pub visitor_id: VisitorId,
    /// Where it waits, or would wait.
    pub queue_id: QueueId,
    /// Where it is.
    pub state: State,
    /// The agent who owns it, while assigned or snoozed.
    pub owner_agent_id: Option<AgentId>,
    /// Rises at every hand-over.
    pub epoch: i64,
    /// The last change.
    pub rev: i64,
    /// The last change that the visitor can see.
    pub visitor_rev: i64,
    /// The last text that everybody can see.
    pub last_seq: i64,
    /// Messages below this seq are gone.
    pub floor_seq: i64,
    /// Since when the visitor waits for an answer.
    pub waiting_since: Option<Timestamp>,
    /// When it entered its queue.
    pub queued_at: Timestamp,
    /// Where it went on, if it was merged away.
    pub merged_into: Option<ConversationId>,
    /// When it began.
    pub started_at: Timestamp,
    /// Its last message or change of state.
    pub updated_at: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// Higher goes first: [`crate::routing::Priority`].
    pub priority: i64,
    /// Its place in the line; 0 until it is drawn.
    pub ticket: i64,
    /// When its state's time is over: see [`crate::routing::timer`].
    pub due_at: Option<Timestamp>,
    /// Who had it last.
    pub last_agent_id: Option<AgentId>,
    /// Who had it since it entered the line, and did not answer.
    pub passed_over: Option<Json<Vec<AgentId>>>,
    /// When the visitor's waiting breaks the queue's target; none while they do not wait.
    pub answer_due_at: Option<Timestamp>,
    /// When an agent answered for the first time.
    pub first_answered_at: Option<Timestamp>,
    /// When the visitor's silence has lasted so long that something happens; none while they wait, or while
    /// nobody has the chat.
    pub quiet_due_at: Option<Timestamp>,
    /// When the visitor was asked whether they are there, since the agent's last words.
    pub nudged_at: Option<Timestamp>,
    /// The queue's target for the first answer, in seconds; 0: none.
    pub first_answer_s: i64,
    /// The queue's target for each later answer, in seconds; 0: none.
    pub reply_s: i64,
    /// The queue's silence after which the visitor is asked whether they are there, in seconds; 0: never.
    pub nudge_after_s: i64,
    /// The queue's further silence after which the chat is closed, in seconds; 0: never.
    pub close_after_s: i64,
    /// Whether somebody of the team only tries things out: left out of every number.
    pub is_test: bool,
    /// The bot that owns it, or had it last.
    pub bot_id: Option<BotId>,
    /// That bot's name.
    pub bot_name: Option<String>,
    /// Whether its queue is the one for practice.
    pub is_practice: bool,
    /// The visitor's name, given or proved.
    pub visitor_name: Option<String>,
    /// The owning agent's name.
    pub owner_name: Option<String>,
    /// The queue's name.
    pub queue_name: String,
}

impl Conversation {
    /// Who owns it; none once closed.
    pub fn owner(&self) -> Option<Owner> {
        let (kind, id, name) = match self.state {
            State::Closed => return None,
            State::Bot => (OwnerKind::Bot, self.bot_id?.to_string(), self.bot_name.clone()),
            State::Queued => (OwnerKind::Queue, self.queue_id.to_string(), Some(self.queue_name.clone())),
            State::Assigned | State::Snoozed => {
                (OwnerKind::Agent, self.owner_agent_id?.to_string(), self.owner_name.clone())
            }
        };
        Some(Owner { kind, id, name, avatar_url: None })
    }

    /// What frames say of it.
    pub fn head(&self) -> ConversationHead {
        ConversationHead {
            id: self.id,
            state: self.state.word().to_owned(),
            owner: self.owner(),
            epoch: self.epoch,
            merged_into: self.merged_into,
        }
    }

    /// Whether the agent had it since it entered the line, and did not answer.
    pub fn was_passed_over(&self, agent: AgentId) -> bool {
        self.passed_over.as_ref().is_some_and(|list| list.0.contains(&agent))
    }

    /// Whether a visitor's words only join it: a closed one opens with them, a snoozed one wakes.
    pub const fn takes_words(&self) -> bool {
        !matches!(self.state, State::Closed | State::Snoozed)
    }

    /// Seconds in which the visitor is to be answered; 0: no target.
    pub const fn target_s(&self) -> i64 {
        if self.first_answered_at.is_none() { self.first_answer_s } else { self.reply_s }
    }

    /// The visitor waits since then, or not any more.
    pub fn waits_since(&mut self, since: Option<Timestamp>) {
        self.waiting_since = since;
        let target = self.target_s();
        self.answer_due_at = since.filter(|_| target > 0).map(|since| since.plus_seconds(target));
    }

    /// From when on the answer is at risk: a quarter of the time is left.
    pub fn answer_risk_at(&self) -> Option<Timestamp> {
        let quarter = Duration::from_secs(u64::try_from(self.target_s() / 4).unwrap_or_default());
        self.answer_due_at.map(|due| due.minus(quarter))
    }

    /// The queue in which it waits, while it does.
    pub fn line(&self) -> Option<QueueId> {
        (self.state == State::Queued).then_some(self.queue_id)
    }

    /// The bot that owns it, while one does.
    pub fn bot(&self) -> Option<BotId> {
        self.bot_id.filter(|_| self.state == State::Bot)
    }

    /// Whether it is over.
    pub const fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed)
    }
}

/// The agent who acts, with what the rules look at.
#[derive(Debug, Clone)]
pub struct ActingAgent {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// Who.
    pub id: AgentId,
    /// For the events that name them.
    pub name: String,
    /// What they may.
    pub role: crate::agents::Role,
}
