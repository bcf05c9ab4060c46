//! The page of word filters.

use askama::Template;
use fluent_bundle::FluentValue;

use super::{MOST_CHARS, MOST_FILTERS, MOST_WORDS};
use crate::agents::pages::Page;
use crate::words::Words;

/// `/console/settings/filters`
#[derive(Debug, Clone, Template)]
#[template(path = "settings/filters.html")]
pub struct FiltersPage {
    pub page: Page,
    pub query: String,
    pub filters: Vec<FilterLine>,
    /// What was written and not added.
    pub phrases: String,
    /// The word of the action that is chosen.
    pub action: String,
    pub problem: Option<Problem>,
}

/// A filter in the list.
#[derive(Debug, Clone, Default)]
pub struct FilterLine {
    pub id: String,
    pub phrase: String,
    /// `refuse` or `flag`.
    pub action: String,
}

/// Why nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// There is nothing to look for in this.
    Empty(String),
    /// This is too long.
    TooLong(String),
    /// There would be too many.
    TooMany,
    /// No action is chosen.
    Action,
}

impl Problem {
    fn text(&self, words: &Words) -> String {
        match self {
            Self::Empty(line) => words.say_with("filters-empty", &[("line", line.as_str())]),
            Self::TooLong(line) => {
                let values: [(&str, FluentValue<'_>); 3] =
                    [("line", line.as_str().into()), ("chars", MOST_CHARS.into()), ("words", MOST_WORDS.into())];
                words.say_with("filters-too-long", &values)
            }
            Self::TooMany => words.say_with("filters-too-many", &[("most", MOST_FILTERS)]),
            Self::Action => words.say("filters-bad-action"),
        }
    }
}

impl FiltersPage {
    const fn section(&self) -> &'static str {
        "filters"
    }
}
