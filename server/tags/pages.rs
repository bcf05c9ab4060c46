//! The page on which tags are managed.

use askama::Template;

use crate::agents::pages::Page;
use crate::words::Words;

/// `/console/settings/tags`
#[derive(Debug, Clone, Template)]
#[template(path = "settings/tags.html")]
pub struct TagsPage {
    pub page: Page,
    pub query: String,
    pub tags: Vec<TagLine>,
    pub problem: Option<Problem>,
}

/// A tag in the list.
#[derive(Debug, Clone, Default)]
pub struct TagLine {
    pub id: String,
    pub name: String,
    /// Conversations that have it.
    pub used: i64,
}

/// Why nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    Name,
    NameTaken,
}

impl Problem {
    fn text(self, words: &Words) -> String {
        match self {
            Self::Name => words.say("tags-bad-name"),
            Self::NameTaken => words.say("tags-name-taken"),
        }
    }
}

impl TagsPage {
    const fn section(&self) -> &'static str {
        "tags"
    }
}
