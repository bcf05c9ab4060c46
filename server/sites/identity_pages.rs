//! The page on which a website's identity secret is made, and how its server signs with it.

use askama::Template;

use crate::agents::pages::Page;
use crate::words::Words;

/// What a website's server does in each language: the examples of docs/identity.md.
pub const EXAMPLES: [(&str, &str, &str); 4] = [
    ("node", "Node", include_str!("identity_examples/node.mjs")),
    ("python", "Python", include_str!("identity_examples/python.py")),
    ("php", "PHP", include_str!("identity_examples/php.php")),
    ("ruby", "Ruby", include_str!("identity_examples/ruby.rb")),
];

/// `/console/settings/sites/{site}/identity`
#[derive(Debug, Clone, Template)]
#[template(path = "settings/identity.html")]
pub struct IdentityPage {
    pub page: Page,
    pub query: String,
    pub id: String,
    pub name: String,
    /// How many secrets count.
    pub counting: usize,
    /// The one that was just made.
    pub made: Option<String>,
    pub problem: Option<Problem>,
}

/// Why nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    Two,
    NoOlder,
}

impl Problem {
    fn text(self, words: &Words) -> String {
        match self {
            Self::Two => words.say("identity-two"),
            Self::NoOlder => words.say("identity-no-older"),
        }
    }
}

impl IdentityPage {
    const fn section(&self) -> &'static str {
        "sites"
    }

    fn standing(&self, words: &Words) -> String {
        match self.counting {
            0 => words.say("identity-none"),
            1 => words.say("identity-one"),
            _ => words.say("identity-both"),
        }
    }

    const fn examples(&self) -> [(&'static str, &'static str, &'static str); 4] {
        EXAMPLES
    }
}
