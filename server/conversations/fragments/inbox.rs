//! The page that agents work in: the list, and one conversation beside it.

use askama::Template;

use super::{Group, MessageView, Pane, Part, Refusal, plain_time};
use crate::agents::pages::Page;
use crate::words::{Markup, Words};

/// `/console/conversations` and `/console/conversations/{id}`: list and, where one is open, pane.
#[derive(Debug, Clone, Template)]
#[template(path = "conversations/index.html")]
pub struct Index {
    pub page: Page,
    pub view: View,
    /// `?view=mine`, with the panes side by side, for the addresses on this page.
    pub query: String,
    pub counts: Counts,
    /// From [`super::groups`].
    pub groups: Vec<Group>,
    /// Side by side, in this order; one of them is on.
    pub panes: Vec<Pane>,
    pub notice: Option<Notice>,
}

/// One pane and its side panel, for a page that is open already.
#[derive(Debug, Clone, Template)]
#[template(path = "conversations/_opened.html")]
pub struct Opened {
    pub page: Page,
    pub query: String,
    pub pane: Pane,
}

impl Opened {
    fn words(&self) -> &'static Words {
        self.page.words
    }
}

/// Which list is shown; its name is `view` in addresses and frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    Mine,
    Waiting,
    All,
    Closed,
}

impl View {
    /// All of them, in the order of the tabs.
    pub const ALL: [Self; 4] = [Self::Mine, Self::Waiting, Self::All, Self::Closed];

    /// The name in addresses and frames.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Waiting => "waiting",
            Self::All => "all",
            Self::Closed => "closed",
        }
    }

    /// The view of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|view| view.name() == name)
    }

    pub(super) fn title(self, words: &Words) -> String {
        match self {
            Self::Mine => words.say("view-mine"),
            Self::Waiting => words.say("view-waiting"),
            Self::All => words.say("view-all"),
            Self::Closed => words.say("view-closed"),
        }
    }
}

/// What the tabs and the foot of the list count.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    pub mine: i64,
    pub waiting: i64,
    /// RFC 3339: since when the first in the line waits.
    pub oldest_waiting_since: Option<String>,
}

impl Counts {
    fn of(&self, view: View) -> Option<i64> {
        match view {
            View::Mine => Some(self.mine),
            View::Waiting => Some(self.waiting),
            View::All | View::Closed => None,
        }
    }
}

/// One sentence about what just happened to a command of this agent.
#[derive(Debug, Clone)]
pub enum Notice {
    /// Somebody else was faster.
    Taken {
        agent: String,
    },
    /// It was closed.
    Closed {
        visitor: String,
    },
    /// It changed meanwhile; nothing was done.
    Stale,
    Other {
        detail: String,
    },
}

impl Notice {
    fn text(&self, words: &Words) -> Markup {
        match self {
            Self::Taken { agent } => words.say_names("notice-taken", &[("agent", agent)]),
            Self::Closed { visitor } => words.say_names("notice-closed", &[("visitor", visitor)]),
            Self::Stale => words.say_names("notice-stale", &[]),
            Self::Other { detail } => words.say_names("refused-other", &[("detail", detail)]),
        }
    }
}

impl Index {
    fn words(&self) -> &'static Words {
        self.page.words
    }

    /// The pane that is on.
    fn focused(&self) -> Option<&Pane> {
        self.panes.iter().find(|pane| pane.on)
    }

    /// The ids of all that stand side by side.
    fn beside(&self) -> String {
        self.panes.iter().map(|pane| pane.view.id.as_str()).collect::<Vec<_>>().join(",")
    }

    fn open_id(&self) -> &str {
        self.focused().map(|pane| pane.view.id.as_str()).unwrap_or_default()
    }

    fn is_empty(&self) -> bool {
        self.groups.iter().all(|group| group.rows.is_empty())
    }

    /// How many need an answer: what the tab's title begins with.
    fn unread(&self) -> usize {
        self.groups.iter().flat_map(|group| &group.rows).filter(|row| row.unread > 0).count()
    }

    fn title(&self) -> String {
        let name = match self.focused() {
            Some(pane) => pane.view.name(self.words()),
            None => self.view.title(self.words()),
        };
        format!("{name} – Deskbell")
    }

    fn empty_words(&self) -> (String, String) {
        let words = self.words();
        match self.view {
            View::Waiting => (words.say("empty-waiting"), words.say("empty-waiting-help")),
            View::Mine => (words.say("empty-mine"), words.say("empty-mine-help")),
            View::All => (words.say("empty-all"), words.say("empty-all-help")),
            View::Closed => (words.say("empty-closed"), words.say("empty-closed-help")),
        }
    }

    fn oldest(&self) -> String {
        self.counts.oldest_waiting_since.as_deref().map(plain_time).unwrap_or_default()
    }

    fn waiting_words(&self) -> String {
        self.words().say_with("foot-waiting", &[("count", self.counts.waiting)])
    }

    /// The question that the script asks when a colleague was faster; it fills in who and what.
    fn answered() -> Refusal {
        Refusal::Answered { agent: String::new(), text: String::new() }
    }

    /// The form of a message that is on its way; the script clones it.
    fn pending(&self, kind: &str) -> MessageView {
        let (id, name) = self.page.agent.as_ref().map(|a| (a.id.as_str(), a.name.as_str())).unwrap_or_default();
        MessageView::pending(id, name, kind)
    }
}
