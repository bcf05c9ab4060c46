//! The pages of the first set-up: the form behind the one-time link, and what comes after it.

use askama::Template;

use crate::agents::pages::Page;
use crate::words::Words;

/// `/setup/{token}`: creates the workspace, its owner and its first site.
#[derive(Debug, Clone, Template)]
#[template(path = "setup.html")]
pub struct Setup {
    pub page: Page,
    /// The one-time token of the link; the form posts back to it.
    pub token: String,
    pub email: Field,
    /// Its value is never sent back.
    pub password: Field,
    pub site: Field,
    pub origin: Field,
    /// Where this server keeps its data, and the address it believes it has.
    pub database: String,
    pub public_url: String,
}

/// One field of a form: what was typed, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct Field {
    pub value: String,
    pub problem: Option<FieldProblem>,
}

impl Field {
    /// A field without a problem.
    pub fn of(value: impl Into<String>) -> Self {
        Self { value: value.into(), problem: None }
    }

    /// The same field with a problem.
    pub fn refused(self, problem: FieldProblem) -> Self {
        Self { problem: Some(problem), ..self }
    }

    fn text(&self, words: &Words) -> Option<String> {
        self.problem.map(|problem| problem.text(words))
    }
}

/// What can be wrong with a field of the set-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldProblem {
    Email,
    PasswordShort,
    PasswordLong,
    SiteName,
    Origin,
}

impl FieldProblem {
    fn text(self, words: &Words) -> String {
        match self {
            Self::Email => words.say("problem-email"),
            Self::PasswordShort => words.say("problem-password-short"),
            Self::PasswordLong => words.say("problem-password-long"),
            Self::SiteName => words.say("problem-site-name"),
            Self::Origin => words.say("problem-origin"),
        }
    }
}
