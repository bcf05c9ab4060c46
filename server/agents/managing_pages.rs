//! The pages on which agents are managed, and the one on which somebody who was invited comes in.

use askama::Template;

use super::Role;
use super::managing::Error;
use super::managing_store::Managed;
use super::pages::{Page, initials, tint};
use crate::conversations::fragments::plain_time as plain;
use crate::queues::store::Queue;
use crate::words::Words;

/// `/console/settings/agents`
#[derive(Debug, Clone, Template)]
#[template(path = "settings/agents.html")]
pub struct AgentsPage {
    pub page: Page,
    pub query: String,
    pub agents: Vec<AgentLine>,
    pub form: AgentForm,
    pub problem: Option<Problem>,
    /// A link that was just made, and whose it is: shown this once.
    pub link: Option<(String, String)>,
    /// Whether mails go out.
    pub mails: bool,
}

/// `/console/settings/agents/{agent}`
#[derive(Debug, Clone, Template)]
#[template(path = "settings/agent.html")]
pub struct AgentPage {
    pub page: Page,
    pub query: String,
    pub agent: AgentLine,
    pub form: AgentForm,
    pub problem: Option<Problem>,
    pub link: Option<(String, String)>,
    /// Whether mails go out.
    pub mails: bool,
    pub saved: bool,
}

/// `/invite/{token}`
#[derive(Debug, Clone, Template)]
#[template(path = "invited.html")]
pub struct InvitedPage {
    pub page: Page,
    pub token: String,
    pub email: String,
    pub name: String,
    /// Whether they never had a password: then they say what they are called, too.
    pub first: bool,
    pub problem: Option<InvitedProblem>,
}

/// What was wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvitedProblem {
    Name,
    PasswordShort,
    PasswordLong,
}

impl InvitedProblem {
    fn text(self, words: &Words) -> String {
        match self {
            Self::Name => words.say("agents-bad-name"),
            Self::PasswordShort => words.say("problem-password-short"),
            Self::PasswordLong => words.say("problem-password-long"),
        }
    }
}

/// An agent in the list.
#[derive(Debug, Clone)]
pub struct AgentLine {
    pub id: String,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub capacity: i64,
    /// Names of their queues.
    pub queues: Vec<String>,
    pub invited: bool,
    pub disabled: bool,
    /// RFC 3339; empty where no session is left.
    pub seen_at: String,
    /// Until when their link is good, RFC 3339; empty without one.
    pub link_until: String,
    /// Whether they sign in with a second factor.
    pub has_factor: bool,
}

impl AgentLine {
    /// From the row.
    pub fn of(row: &Managed, queues: Vec<String>) -> Self {
        let time = |at: Option<crate::clock::Timestamp>| at.map(crate::clock::Timestamp::rfc3339).unwrap_or_default();
        Self {
            id: row.id.to_string(),
            name: row.name.clone(),
            email: row.email.clone(),
            role: row.role,
            capacity: row.capacity,
            queues,
            invited: row.is_invited(),
            disabled: row.disabled_at.is_some(),
            seen_at: time(row.seen_at),
            link_until: time(row.link_until),
            has_factor: row.has_factor,
        }
    }

    fn initials(&self) -> String {
        initials(&self.name)
    }

    fn tint(&self) -> usize {
        tint(&self.id)
    }

    fn role_words(&self, words: &Words) -> String {
        role_words(self.role, words)
    }
}

/// What a form holds.
#[derive(Debug, Clone, Default)]
pub struct AgentForm {
    pub name: String,
    pub email: String,
    pub role: String,
    pub capacity: String,
    /// All queues, and whether each is ticked.
    pub queues: Vec<(Queue, bool)>,
    /// Whether whoever looks may make owners.
    pub owns: bool,
}

impl AgentForm {
    fn is_role(&self, word: &str) -> bool {
        self.role == word
    }

    /// The roles to choose from: value, name, and what it may.
    fn roles(&self, words: &Words) -> Vec<(&'static str, String, String)> {
        let all = Role::ALL.into_iter().filter(|role| self.owns || *role != Role::Owner);
        all.map(|role| (role.word(), role_words(role, words), role_help(role, words))).collect()
    }
}

/// A role in words.
pub fn role_words(role: Role, words: &Words) -> String {
    match role {
        Role::Agent => words.say("role-agent"),
        Role::Supervisor => words.say("role-supervisor"),
        Role::Admin => words.say("role-admin"),
        Role::Owner => words.say("role-owner"),
    }
}

fn role_help(role: Role, words: &Words) -> String {
    match role {
        Role::Agent => words.say("role-agent-help"),
        Role::Supervisor => words.say("role-supervisor-help"),
        Role::Admin => words.say("role-admin-help"),
        Role::Owner => words.say("role-owner-help"),
    }
}

/// Why nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    Name,
    Email,
    EmailTaken,
    Role,
    Capacity,
    OwnersOnly,
    LastOwner,
}

impl Problem {
    /// What people can mend; everything else is a page of its own.
    pub const fn of(error: &Error) -> Option<Self> {
        match error {
            Error::EmailTaken => Some(Self::EmailTaken),
            Error::OwnersOnly => Some(Self::OwnersOnly),
            Error::LastOwner => Some(Self::LastOwner),
            Error::NotFound | Error::LinkOver | Error::Db(_) | Error::Command(_) => None,
        }
    }

    fn text(self, words: &Words) -> String {
        match self {
            Self::Name => words.say("agents-bad-name"),
            Self::Email => words.say("agents-bad-email"),
            Self::EmailTaken => words.say("agents-email-taken"),
            Self::Role => words.say("agents-bad-role"),
            Self::Capacity => words.say("agents-bad-capacity"),
            Self::OwnersOnly => words.say("agents-owners-only"),
            Self::LastOwner => words.say("agents-last-owner"),
        }
    }
}

impl AgentsPage {
    const fn section(&self) -> &'static str {
        "agents"
    }
}

impl AgentPage {
    const fn section(&self) -> &'static str {
        "agents"
    }
}
