//! The wallboard as HTML.

use askama::Template;

use crate::agents::pages::{Page, initials, tint};
use crate::words::Words;

/// `/console/team`.
#[derive(Debug, Clone, Template)]
#[template(path = "team/index.html")]
pub struct TeamPage {
    pub page: Page,
    /// For the rail's links.
    pub query: String,
    pub board: BoardView,
}

/// The part that is pushed.
#[derive(Debug, Clone, Template)]
#[template(path = "team/_board.html")]
pub struct BoardFragment<'a> {
    pub words: &'static Words,
    pub board: &'a BoardView,
    /// Of the forms; empty in a pushed one: the script fills it in.
    pub csrf: &'a str,
}

/// What the board shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BoardView {
    pub queues: Vec<QueueView>,
    pub agents: Vec<AgentView>,
    pub waiting: i64,
    /// RFC 3339; empty where nobody waits.
    pub oldest: String,
    pub online: usize,
    pub room: i64,
    /// An IANA name: where its day began at midnight.
    pub zone: String,
}

/// A queue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueueView {
    pub id: String,
    pub name: String,
    /// Whether its hours shut it now.
    pub shut: bool,
    /// RFC 3339: when its hours shut or open it next; empty for not within a week, or a year.
    pub changes_at: String,
    pub waiting: i64,
    /// RFC 3339; empty where nobody waits.
    pub oldest: String,
    pub on_duty: i64,
    pub room: i64,
    /// RFC 3339; empty where no answer is due.
    pub next_due: String,
    /// Today's first answers: how many, the median and the 90th percentile in seconds, and how many of a
    /// hundred were in time; -1 where the queue has no target.
    pub answered: usize,
    pub median_s: i64,
    pub p90_s: i64,
    pub in_time: i64,
    pub closed: i64,
    pub unanswered: i64,
}

/// An agent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AgentView {
    pub id: String,
    pub name: String,
    /// `online`, `draining`, `away` or `offline`: what they chose, and offline where no session vouches.
    pub state: String,
    pub load: i64,
    pub capacity: i64,
    pub chats: Vec<ChatView>,
    /// Chats beyond those that are named.
    pub more: usize,
}

/// A chat of an agent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChatView {
    pub id: String,
    /// May be empty.
    pub name: String,
    /// RFC 3339; empty where the visitor does not wait.
    pub since: String,
}

impl TeamPage {
    fn words(&self) -> &'static Words {
        self.page.words
    }
}

impl QueueView {
    fn duration(seconds: i64) -> String {
        if seconds < 3_600 {
            return format!("{}:{:02}", seconds / 60, seconds % 60);
        }
        format!("{}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
    }

    fn median(&self) -> String {
        Self::duration(self.median_s)
    }

    fn p90(&self) -> String {
        Self::duration(self.p90_s)
    }
}

impl AgentView {
    fn initials(&self) -> String {
        initials(&self.name)
    }

    fn tint(&self) -> usize {
        tint(&self.id)
    }

    fn state_words(&self, words: &Words) -> String {
        self.choice(&self.state, words)
    }

    fn is(&self, state: &str) -> bool {
        self.state == state
    }

    fn choice(&self, state: &str, words: &Words) -> String {
        match state {
            "online" => words.say("duty-online"),
            "draining" => words.say("duty-draining"),
            "away" => words.say("duty-away"),
            _ => words.say("duty-offline"),
        }
    }

    /// Each place for a chat, and whether it is taken.
    fn places(&self) -> Vec<bool> {
        (0..self.capacity.max(self.load).clamp(0, 12)).map(|place| place < self.load).collect()
    }
}

impl ChatView {
    fn name(&self, words: &Words) -> String {
        if self.name.trim().is_empty() { words.say("visitor") } else { self.name.clone() }
    }
}

/// `10:31`, which the script puts into the reader's own words.
fn plain(rfc3339: &str) -> String {
    rfc3339.get(11..16).unwrap_or_default().to_owned()
}
