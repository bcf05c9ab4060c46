//! The page on which practice is set up and begun.

use askama::Template;

use crate::agents::pages::Page;
use crate::words::Words;

/// `/console/practice`
#[derive(Debug, Clone, Template)]
#[template(path = "practice.html")]
pub struct PracticePage {
    pub page: Page,
    /// Where the queue is changed; none while there is none.
    pub queue: Option<String>,
    /// Whether the reader serves it.
    pub serves: bool,
    pub problem: Option<Problem>,
}

/// Why nothing began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    Name,
    TooMany,
}

impl Problem {
    fn text(self, words: &Words) -> String {
        match self {
            Self::Name => words.say("practice-name-taken"),
            Self::TooMany => words.say("practice-too-many"),
        }
    }
}
