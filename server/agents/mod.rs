//! Agents: people who answer. What they may is their role.

pub(crate) mod account;
pub mod account_console;
pub mod account_pages;
pub(crate) mod account_store;
pub mod console;
pub mod faces;
pub mod forgotten;
pub mod invited;
mod mailing;
pub mod managing;
pub mod managing_console;
pub mod managing_pages;
pub(crate) mod managing_store;
pub mod pages;
pub mod password;
pub mod picture;
pub mod picture_console;
pub mod picture_store;
pub mod session_store;
pub mod sessions;
mod sign_in_store;
pub mod store;
pub mod totp;

use std::str::FromStr;

/// What an agent may, from least to most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, sqlx::Type)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum Role {
    /// Answers in their queues.
    Agent,
    /// Sees and writes everywhere in the workspace.
    Supervisor,
    /// Changes settings.
    Admin,
    /// All of it.
    Owner,
}

impl Role {
    /// Whether conversations of every queue are theirs to see and write in.
    pub const fn sees_every_queue(self) -> bool {
        !matches!(self, Self::Agent)
    }

    /// Whether they may change settings.
    pub const fn administers(self) -> bool {
        matches!(self, Self::Admin | Self::Owner)
    }

    /// All of them, from least to most.
    pub const ALL: [Self; 4] = [Self::Agent, Self::Supervisor, Self::Admin, Self::Owner];

    /// The word in tables, forms and on the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Supervisor => "supervisor",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "agent" => Ok(Self::Agent),
            "supervisor" => Ok(Self::Supervisor),
            "admin" => Ok(Self::Admin),
            "owner" => Ok(Self::Owner),
            _ => Err(format!("`{text}` is no role; write owner, admin, supervisor or agent")),
        }
    }
}

/// What an agent chose to be. Whether they are there says their lease, too: [`crate::routing`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum AgentState {
    /// Gets chats.
    Online,
    /// Keeps the chats they have, gets no new ones.
    Draining,
    /// Gets none; those they have are handed on after a grace.
    Away,
    /// Gets none; those they have are handed on at once.
    Offline,
}

impl AgentState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Online, Self::Draining, Self::Away, Self::Offline];

    /// The word on the wire, in tables and in templates.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Draining => "draining",
            Self::Away => "away",
            Self::Offline => "offline",
        }
    }

    /// From the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// A mail address that may sign in: one @, something on both sides, at most 254 characters, folded
/// to lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Checks and folds it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let folded = text.trim().to_lowercase();
        let fits = folded.len() <= 254
            && folded.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
            && folded.matches('@').count() == 1
            && !folded.chars().any(|c| c.is_whitespace() || c.is_control());
        if fits { Ok(Self(folded)) } else { Err(format!("`{}` is not a mail address", text.trim())) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
