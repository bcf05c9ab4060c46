//! The page of a workspace's settings.

use askama::Template;
use chrono_tz::TZ_VARIANTS;

use super::MOST_NAME_CHARS;
use crate::agents::pages::Page;
use crate::sites::pages::languages;
use crate::words::Words;

/// `/console/settings/workspace`
#[derive(Debug, Clone, Template)]
#[template(path = "settings/workspace.html")]
pub struct WorkspacePage {
    pub page: Page,
    pub query: String,
    pub name: String,
    /// A tag.
    pub locale: String,
    /// An IANA name.
    pub zone: String,
    /// The time there, `14:05`; empty where there is no such zone.
    pub time_there: String,
    pub problem: Option<Problem>,
    pub saved: bool,
}

/// Why nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    Name,
    Locale,
    Zone,
}

impl Problem {
    fn text(self, words: &Words) -> String {
        match self {
            Self::Name => words.say("agents-bad-name"),
            Self::Locale => words.say("sites-bad-locale"),
            Self::Zone => words.say("workspace-bad-zone"),
        }
    }
}

impl WorkspacePage {
    const fn section(&self) -> &'static str {
        "workspace"
    }

    const fn most(&self) -> usize {
        MOST_NAME_CHARS
    }

    fn locales(&self) -> [(&'static str, &'static str, bool); 3] {
        languages(&self.locale)
    }

    fn zones(&self) -> impl Iterator<Item = &'static str> {
        TZ_VARIANTS.iter().map(|zone| zone.name())
    }
}
