//! Where a chat can go on, as a page and as the dialog that the script opens. Plain structs; no rules.

use askama::Template;

use super::why::Seen;
use crate::agents::pages::{Page, initials, tint};
use crate::words::Words;

/// `GET /console/conversations/{id}/pass`.
#[derive(Debug, Clone, Template)]
#[template(path = "conversations/pass.html")]
pub struct PassPage {
    pub page: Page,
    pub pass: PassView,
}

/// The same without a page around it.
#[derive(Debug, Clone, Template)]
#[template(path = "conversations/_pass.html")]
pub struct PassPart {
    pub page: Page,
    pub pass: PassView,
}

/// A chat and where it can go.
#[derive(Debug, Clone)]
pub struct PassView {
    pub conversation: String,
    pub epoch: i64,
    /// Empty for a visitor who gave no name.
    pub visitor: String,
    pub queues: Vec<QueueView>,
    /// Those who are there before those who are not.
    pub agents: Vec<ColleagueView>,
}

/// A queue that it can go to.
#[derive(Debug, Clone)]
pub struct QueueView {
    pub id: String,
    pub name: String,
    pub waiting: i64,
    pub on_duty: i64,
    pub room: i64,
    /// Whether it waits there now.
    pub here: bool,
}

/// An agent who can get it.
#[derive(Debug, Clone)]
pub struct ColleagueView {
    pub id: String,
    pub name: String,
    /// `online`, `draining`, `away` or `offline`: who has no live session is offline.
    pub state: String,
    pub load: i64,
    pub capacity: i64,
    /// Whether they can be handed a chat.
    pub there: bool,
    /// Whether they have it now.
    pub here: bool,
}

impl PassPage {
    fn words(&self) -> &'static Words {
        self.page.words
    }
}

impl PassView {
    fn title(&self, words: &Words) -> String {
        let visitor = if self.visitor.trim().is_empty() { words.say("visitor") } else { self.visitor.clone() };
        words.say_with("pass-title", &[("visitor", visitor)])
    }
}

impl QueueView {
    fn line_words(&self, words: &Words) -> String {
        let line = words.say_with("pass-waiting", &[("count", self.waiting)]);
        let there = match (self.on_duty, self.room) {
            (0, _) => words.say("pass-nobody"),
            (_, 0) => words.say("pass-all-full"),
            (_, room) => words.say_with("pass-room", &[("count", room)]),
        };
        format!("{line} · {there}")
    }
}

impl ColleagueView {
    fn initials(&self) -> String {
        initials(&self.name)
    }

    fn tint(&self) -> usize {
        tint(&self.id)
    }

    fn state_words(&self, words: &Words) -> String {
        match self.state.as_str() {
            "online" => words.say("own-online"),
            "draining" => words.say("own-draining"),
            "away" => words.say("own-away"),
            _ => words.say("own-offline"),
        }
    }

    fn bars(&self) -> Vec<bool> {
        let (load, capacity) = (self.load, self.capacity);
        Seen { load, capacity, ..Seen::default() }.bars()
    }

    fn load_words(&self, words: &Words) -> String {
        words.say_with("own-load", &[("load", self.load), ("capacity", self.capacity)])
    }
}
