//! Word filters: words and phrases that a workspace does not take from visitors, or wants its agents to know
//! of. They are compared word by word, whatever the case and the accents; what is stored is never changed.
//! Every node has them in memory (see [`crate::workspaces::known`]); without any, nothing is looked at.

pub mod console;
pub mod managing;
mod matching;
pub mod pages;
pub mod store;

use crate::ids::WordFilterId;

pub use matching::{Found, WordFilters};

/// Filters that a workspace has at most.
pub const MOST_FILTERS: i64 = 500;
/// Characters of one.
pub const MOST_CHARS: usize = 100;
/// Words of one.
pub const MOST_WORDS: usize = 10;

/// What becomes of a message in which it is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum Action {
    /// It is not taken: the visitor is told why and keeps the text.
    Refuse,
    /// It is taken, and the chat's agents are told.
    Flag,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Refuse, Self::Flag];

    /// The word in tables and forms.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Refuse => "refuse",
            Self::Flag => "flag",
        }
    }

    /// From the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.word() == word)
    }
}

/// Why a phrase is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoPhrase {
    /// It has no letter and no digit.
    Empty,
    /// It has more than [`MOST_CHARS`] characters or [`MOST_WORDS`] words.
    TooLong,
}

/// What is looked for: as it was written, with one space between its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase(String);

impl Phrase {
    /// Checks it.
    pub fn parse(text: &str) -> Result<Self, NoPhrase> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ").replace('\0', "");
        let words = matching::words(&text).count();
        match (words, text.chars().count()) {
            (0, _) => Err(NoPhrase::Empty),
            (words, chars) if words > MOST_WORDS || chars > MOST_CHARS => Err(NoPhrase::TooLong),
            _ => Ok(Self(text)),
        }
    }

    /// As people read it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// By what it is the same as another: its words, folded.
    pub fn folded(&self) -> String {
        matching::words(&self.0).collect::<Vec<_>>().join(" ")
    }
}

/// One filter.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct WordFilter {
    /// Its id.
    pub id: WordFilterId,
    /// As it was written.
    pub phrase: String,
    /// What it does.
    pub action: Action,
}
