//! The page that agents work in: the list, and one conversation beside it.

use askama::Template;

use super::{FilterMenu, Group, MessageView, NewMailView, Pane, Part, Refusal, TabView, plain_time};
use crate::agents::pages::Page;
use crate::views::View;
use crate::words::{Markup, Words};

/// `/console/conversations` and `/console/conversations/{id}`: list and, where one is open, pane.
#[derive(Debug, Clone, Template)]
#[template(path = "conversations/index.html")]
pub struct Index {
    pub page: Page,
    pub view: View,
    pub tabs: Vec<TabView>,
    pub filter: FilterMenu,
    /// `?view=mine`, with the panes side by side, for the addresses on this page.
    pub query: String,
    pub counts: Counts,
    /// From [`super::groups`].
    pub groups: Vec<Group>,
    /// Side by side, in this order; one of them is on.
    pub panes: Vec<Pane>,
    /// A mail that begins a conversation, in the place of the panes.
    pub letter: Option<NewMailView>,
    /// Whether mails can go out, so that one can be begun here.
    pub writes_mail: bool,
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

/// What the tabs and the foot of the list count.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    pub mine: i64,
    pub waiting: i64,
    /// RFC 3339: since when the first in the line waits.
    pub oldest_waiting_since: Option<String>,
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

    fn view_word(&self) -> String {
        self.view.to_string()
    }

    /// Rows of each part, if more are wanted.
    fn more_rows(&self) -> usize {
        self.groups.iter().filter(|group| group.cut).map(|group| group.rows.len()).max().unwrap_or_default() * 2
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
            None if self.letter.is_some() => self.words().say("new-mail"),
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
            View::Snoozed => (words.say("empty-snoozed"), words.say("empty-snoozed-help")),
            View::Closed => (words.say("empty-closed"), words.say("empty-closed-help")),
            View::Filtered(_) | View::Saved(_) => (words.say("empty-filtered"), words.say("empty-filtered-help")),
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
