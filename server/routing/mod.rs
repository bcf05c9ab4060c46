//! Routing: who gets a waiting chat, and why.
//!
//! A conversation is assigned in the transaction of the event that makes it possible. Whatever changes
//! an owner notes it in the transaction's [`Pending`]; before the transaction ends, [`settle`] adjusts
//! the agents' loads and gives waiting chats to agents who have room. Nothing here polls, but for a
//! sweep that repairs what a crash may have left.
//!
//! On PostgreSQL rows are locked in one order: visitor, queues (by id), conversations, agents (by id).
//! Whoever changes an owner holds the row of the conversation's queue, and of every queue of an agent
//! whose capacity that frees or raises; so nobody can wait in a circle, and no free place is missed.

pub mod console;
pub mod decision_store;
pub mod duty;
pub mod duty_store;
pub mod estimate;
pub mod handing;
pub mod leases;
pub mod line_store;
mod lock;
pub(crate) mod opening;
mod opening_store;
pub mod pages;
mod pass_store;
pub mod passing;
pub(crate) mod pending;
pub mod plan;
pub mod settle;
pub mod sweep;
pub mod sweep_store;
pub mod timer;
pub mod why;

use std::time::Duration;

pub(crate) use lock::{Whereabouts, lock_agents_queues, lock_conversation, lock_queues, lock_queues_of};
pub use pending::{Decision, Pending};

/// How long an agent counts as there after their last sign of life.
pub const LEASE: Duration = Duration::from_secs(45);
/// How long an agent counts as there after a page of the console that they asked for, or a form that they
/// sent: a console without scripts has no live session that would vouch for them.
pub const PAGE_LEASE: Duration = Duration::from_secs(120);
/// How often the leases of all connected agents are renewed, in one statement.
pub const RENEW: Duration = Duration::from_secs(15);
/// How long chats stay with an agent who went away or whose connection was lost.
pub const AWAY_GRACE: Duration = Duration::from_secs(120);
/// How often it is looked for what a crash left.
pub const SWEEP: Duration = Duration::from_secs(10);
/// Chats that one transaction assigns at most; the next one goes on.
pub const MOST_AT_ONCE: usize = 100;
/// Candidates that a decision keeps at most.
pub const MOST_CANDIDATES: usize = 20;
/// The first-answer timeout of a new queue, in seconds.
pub const NEW_ANSWER_TIMEOUT_S: i64 = 60;
/// The longest answer timeout and overflow time that can be set: a day, in seconds.
pub const MOST_TIMEOUT_S: i64 = 86_400;
/// How far ahead a chat may be put off.
pub const MOST_SNOOZE: Duration = Duration::from_secs(366 * 86_400);

/// How a queue gives its chats to agents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum Policy {
    /// It does not: agents take.
    Manual,
    /// To whom has the most room, then to whom was given none for longest.
    LeastLoaded,
    /// In turn.
    RoundRobin,
}

impl Policy {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::LeastLoaded, Self::RoundRobin, Self::Manual];

    /// The word in tables and forms.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::LeastLoaded => "least_loaded",
            Self::RoundRobin => "round_robin",
        }
    }

    /// From the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.word() == word)
    }
}

/// Why a conversation went where it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum Rule {
    /// The agent had the most room.
    LeastLoaded,
    /// It was the agent's turn.
    RoundRobin,
    /// The agent had the visitor last time.
    Sticky,
    /// The agent took it.
    Taken,
    /// A colleague gave it to the agent, or into the line.
    Transferred,
    /// Its agent did not answer in time.
    NoAnswer,
    /// Its agent was away for longer than the grace.
    Away,
    /// Its agent went offline.
    Offline,
    /// It woke, and its agent was not there.
    OwnerGone,
    /// It had waited too long in another queue.
    Overflow,
    /// The visitor chose another queue.
    Moved,
    /// It was closed and goes on.
    Reopened,
    /// A bot answers.
    GivenToBot,
    /// The bot did not know further, or failed; or the visitor asked for a person.
    HandedOff,
    /// It is over.
    Closed,
}

impl Rule {
    /// The word in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::LeastLoaded => "least_loaded",
            Self::RoundRobin => "round_robin",
            Self::Sticky => "sticky",
            Self::Taken => "taken",
            Self::Transferred => "transferred",
            Self::NoAnswer => "no_answer",
            Self::Away => "away",
            Self::Offline => "offline",
            Self::OwnerGone => "owner_gone",
            Self::Overflow => "overflow",
            Self::Moved => "moved",
            Self::Reopened => "reopened",
            Self::GivenToBot => "given_to_bot",
            Self::HandedOff => "handed_off",
            Self::Closed => "closed",
        }
    }

    /// Whether routing chose the agent, rather than a person.
    pub const fn is_routed(self) -> bool {
        matches!(self, Self::LeastLoaded | Self::RoundRobin | Self::Sticky)
    }
}

/// How urgent a conversation is. Who is more urgent goes before everybody who is less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// After the others.
    Low,
    /// As every conversation begins.
    Normal,
    /// Before the others.
    High,
    /// Before everybody.
    Urgent,
}

impl Priority {
    /// All of them, from the last to the first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Normal, Self::High, Self::Urgent];

    /// The number in the database.
    pub const fn number(self) -> i64 {
        match self {
            Self::Low => -1,
            Self::Normal => 0,
            Self::High => 1,
            Self::Urgent => 2,
        }
    }

    /// The word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }

    /// From the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|priority| priority.word() == word)
    }
}

#[cfg(test)]
pub(crate) mod floor;
#[cfg(test)]
mod inactivity_tests;
#[cfg(test)]
mod opening_tests;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;
