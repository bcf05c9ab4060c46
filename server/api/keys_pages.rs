//! The page on which API keys are managed.

use askama::Template;

use super::key_store::Listed;
use super::keys::Scope;
use crate::agents::pages::Page;
use crate::clock::Timestamp;
use crate::conversations::fragments::plain_time as plain;
use crate::words::{Markup, Words};

/// `/console/settings/keys`
#[derive(Debug, Clone, Template)]
#[template(path = "settings/keys.html")]
pub struct KeysPage {
    pub page: Page,
    pub query: String,
    pub keys: Vec<KeyLine>,
    /// What was typed.
    pub name: String,
    pub writes: bool,
    pub problem: Option<Problem>,
    /// The key that was just made, and its name.
    pub made: Option<(String, String)>,
}

/// A key in the list.
#[derive(Debug, Clone, Default)]
pub struct KeyLine {
    pub id: String,
    pub name: String,
    pub writes: bool,
    /// Empty for the command line.
    pub made_by: String,
    /// RFC 3339; empty if it never was used.
    pub used_at: String,
}

impl KeyLine {
    /// From the row.
    pub fn of(key: Listed) -> Self {
        Self {
            id: key.id.to_string(),
            name: key.name,
            writes: key.scope == Scope::Write,
            made_by: key.made_by.unwrap_or_default(),
            used_at: key.last_used_at.map(Timestamp::rfc3339).unwrap_or_default(),
        }
    }

    fn made_words(&self, words: &Words) -> Markup {
        let command_line = words.say("audit-command-line");
        let by = if self.made_by.trim().is_empty() { command_line.as_str() } else { self.made_by.as_str() };
        words.say_names("keys-made-by", &[("by", by)])
    }
}

/// Why nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    Name,
    TooMany,
}

impl Problem {
    fn text(self, words: &Words) -> String {
        match self {
            Self::Name => words.say("agents-bad-name"),
            Self::TooMany => words.say("keys-too-many"),
        }
    }
}

impl KeysPage {
    const fn section(&self) -> &'static str {
        "keys"
    }
}
