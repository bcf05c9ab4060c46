//! Agents: people who answer. What they may is their role.

pub mod console;
pub mod pages;
pub mod password;
pub mod session_store;
pub mod sessions;
mod sign_in_store;
pub mod store;

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
