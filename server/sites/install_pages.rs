//! The page by which a site goes live, what it shows of where the tag was seen, and the preview.

use askama::Template;

use super::recipes::Recipe;
use crate::agents::pages::Page;
use crate::words::Words;

/// `/console/settings/sites/{site}/install`
#[derive(Debug, Clone, Template)]
#[template(path = "settings/install.html")]
pub struct InstallPage {
    pub page: Page,
    pub query: String,
    pub id: String,
    pub name: String,
    /// Where the real widget is shown.
    pub preview: String,
    pub recipes: Vec<Recipe>,
    pub seen: SeenView,
    /// What a new desk needs, and whether it is done.
    pub steps: Vec<Step>,
}

/// The parts of it that change while the tag is waited for.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/_seen_now.html")]
pub struct SeenPart {
    pub words: &'static Words,
    pub csrf: String,
    pub id: String,
    pub seen: SeenView,
    pub steps: Vec<Step>,
}

/// Where the tag was seen.
#[derive(Debug, Clone, Default)]
pub struct SeenView {
    /// On allowed pages: origin, and RFC 3339.
    pub found: Vec<(String, String)>,
    /// On pages that are not allowed.
    pub strangers: Vec<String>,
    /// Where it is waited for.
    pub origins: Vec<String>,
}

impl SeenView {
    /// What may be made a link.
    fn links(&self) -> impl Iterator<Item = &String> {
        self.origins.iter().filter(|origin| origin.starts_with("https://") || origin.starts_with("http://"))
    }
}

/// One thing that a new desk needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Tag(bool),
    Chat(bool),
    Team(bool),
    Hours(bool),
}

impl Step {
    const fn is_done(self) -> bool {
        let (Self::Tag(done) | Self::Chat(done) | Self::Team(done) | Self::Hours(done)) = self;
        done
    }

    fn title(self, words: &Words) -> String {
        match self {
            Self::Tag(_) => words.say("install-step-tag"),
            Self::Chat(_) => words.say("install-step-chat"),
            Self::Team(_) => words.say("install-step-team"),
            Self::Hours(_) => words.say("install-step-hours"),
        }
    }

    /// Where it is done; none for what is on this page.
    const fn address(self) -> Option<&'static str> {
        match self {
            Self::Tag(_) | Self::Chat(_) => None,
            Self::Team(_) => Some("/console/settings/agents"),
            Self::Hours(_) => Some("/console/settings/queues"),
        }
    }
}

/// The site as visitors will see it: nothing but the widget, on a page that is only drawn.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/preview.html")]
pub struct PreviewPage {
    pub page: Page,
    pub name: String,
    /// Under which the draft is known.
    pub key: String,
    pub locale: String,
}

impl InstallPage {
    const fn section(&self) -> &'static str {
        "sites"
    }

    const fn words(&self) -> &'static Words {
        self.page.words
    }

    fn csrf(&self) -> &str {
        &self.page.csrf
    }

    fn done(&self) -> usize {
        done(&self.steps)
    }
}

fn done(steps: &[Step]) -> usize {
    steps.iter().filter(|step| step.is_done()).count()
}

impl SeenPart {
    const fn words(&self) -> &'static Words {
        self.words
    }

    fn csrf(&self) -> &str {
        &self.csrf
    }

    fn done(&self) -> usize {
        done(&self.steps)
    }
}
