//! What stands beside the log: who the visitor is, where they were, why the chat is where it is, and what
//! was before.

use super::{plain_time, visitor_name};
use crate::agents::pages::{initials, tint};
use crate::routing::why::{Seen, Why};
use crate::words::{Markup, Words};

/// Most bars of an agent's load; beyond, the numbers have to do.
const MOST_BARS: i64 = 8;

/// What the side panel knows beside the pane's own facts.
#[derive(Debug, Clone, Default)]
pub struct SideView {
    /// `low`, `normal`, `high` or `urgent`.
    pub priority: String,
    /// RFC 3339: when a snoozed chat wakes. Empty for any other.
    pub until: String,
    /// May be empty.
    pub phone: String,
    pub phone_verified: bool,
    /// The language that the visitor's browser asks for, as a tag; may be empty.
    pub language: String,
    /// An IANA name that the website told; may be empty.
    pub time_zone: String,
    /// By name.
    pub attributes: Vec<AttributeView>,
    /// The newest first.
    pub trail: Vec<StepView>,
    /// What the chat is about, by name.
    pub tags: Vec<String>,
    /// Agents who are in the chat.
    pub participants: Vec<PersonView>,
    /// None where it never changed hands.
    pub why: Option<Why>,
}

/// Something that the website told of its visitor.
#[derive(Debug, Clone)]
pub struct AttributeView {
    pub name: String,
    pub value: String,
    /// Whether a signed token vouches for it.
    pub verified: bool,
}

/// A page that the visitor was on, or something that they did.
#[derive(Debug, Clone)]
pub struct StepView {
    pub is_page: bool,
    /// The page's address, or the event's name.
    pub name: String,
    /// The page's title, or the event's data in short; may be empty.
    pub detail: String,
    /// RFC 3339.
    pub at: String,
}

/// An agent.
#[derive(Debug, Clone)]
pub struct PersonView {
    pub id: String,
    pub name: String,
}

/// What was before this chat, as far as the reader may see it.
#[derive(Debug, Clone, Default)]
pub struct PastView {
    /// The newest first.
    pub earlier: Vec<EarlierView>,
    /// Of all of the visitor's chats, the newest first.
    pub notes: Vec<NoteView>,
}

/// An earlier chat of the visitor.
#[derive(Debug, Clone)]
pub struct EarlierView {
    pub id: String,
    pub state: String,
    /// Its last text; may be empty.
    pub last_line: String,
    /// RFC 3339: when it began.
    pub at: String,
    /// 1 to 5; empty where the visitor gave none.
    pub score: String,
    /// What the visitor said to it; may be empty.
    pub comment: String,
}

/// A note that an agent wrote.
#[derive(Debug, Clone)]
pub struct NoteView {
    pub author: String,
    pub text: String,
    /// RFC 3339.
    pub at: String,
}

impl StepView {
    pub(super) fn label(&self) -> &str {
        if self.is_page && !self.detail.trim().is_empty() { &self.detail } else { &self.name }
    }

    /// The address as a link, where it is one.
    pub(super) fn link(&self) -> Option<&str> {
        if self.is_page { super::web_link(&self.name) } else { None }
    }

    pub(super) fn time(&self) -> String {
        plain_time(&self.at)
    }
}

impl PersonView {
    pub(super) fn initials(&self) -> String {
        initials(&self.name)
    }

    pub(super) fn tint(&self) -> usize {
        tint(&self.id)
    }
}

impl EarlierView {
    pub(super) fn time(&self) -> String {
        plain_time(&self.at)
    }

    pub(super) fn words(&self, words: &Words) -> String {
        if self.last_line.trim().is_empty() { words.say("past-silent") } else { self.last_line.clone() }
    }

    pub(super) fn score_words(&self, words: &Words) -> String {
        words.say_with("past-rated", &[("score", self.score.as_str())])
    }
}

impl NoteView {
    pub(super) fn time(&self) -> String {
        plain_time(&self.at)
    }

    pub(super) fn by(&self, words: &Words) -> String {
        if self.author.trim().is_empty() { words.say("colleague") } else { visitor_name(words, &self.author) }
    }
}

impl SideView {
    pub(super) fn until_text(&self) -> String {
        plain_time(&self.until)
    }

    pub(super) fn is_urgent(&self) -> bool {
        matches!(self.priority.as_str(), "high" | "urgent")
    }

    pub(super) fn priority_words(&self, words: &Words) -> String {
        priority_words(words, &self.priority)
    }

    pub(super) fn has_priority(&self, word: &str) -> bool {
        self.priority == word
    }
}

/// A priority in words.
pub(super) fn priority_words(words: &Words, priority: &str) -> String {
    match priority {
        "low" => words.say("priority-low"),
        "high" => words.say("priority-high"),
        "urgent" => words.say("priority-urgent"),
        _ => words.say("priority-normal"),
    }
}

impl Why {
    pub(crate) fn waited_words(&self, words: &Words) -> Option<String> {
        let waited = self.waited_s.filter(|seconds| *seconds >= 0)?;
        let clock = format!("{}:{:02}", waited / 60, waited % 60);
        Some(words.say_with("why-waited", &[("time", clock)]))
    }
}

impl Seen {
    pub(crate) fn bars(&self) -> Vec<bool> {
        if self.capacity < 1 || self.capacity > MOST_BARS {
            return Vec::new();
        }
        (0..self.capacity).map(|place| place < self.load).collect()
    }

    pub(crate) fn load_words(&self, words: &Words) -> Markup {
        match self.passed_over {
            true => words.say_names("why-passed-over", &[]),
            false if self.load >= self.capacity => words.say_names("why-full", &[]),
            false => {
                let (load, capacity) = (self.load.to_string(), self.capacity.to_string());
                words.say_names("load-of", &[("load", &load), ("capacity", &capacity)])
            }
        }
    }
}
