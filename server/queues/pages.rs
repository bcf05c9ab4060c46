//! The pages on which queues are managed.

use askama::Template;

use super::managing::Error;
use super::store::Queue;
use crate::agents::pages::Page;
use crate::hours::form::HoursForm;
use crate::ids::AgentId;
use crate::routing::Policy;
use crate::words::Words;

/// `/console/settings/queues`
#[derive(Debug, Clone, Template)]
#[template(path = "settings/queues.html")]
pub struct QueuesPage {
    pub page: Page,
    pub query: String,
    pub queues: Vec<QueueLine>,
    /// What was typed for a new one.
    pub name: String,
    pub problem: Option<Problem>,
}

/// A queue in the list.
#[derive(Debug, Clone, Default)]
pub struct QueueLine {
    pub id: String,
    pub name: String,
    pub agents: Vec<String>,
}

/// `/console/settings/queues/{queue}`
#[derive(Debug, Clone, Template)]
#[template(path = "settings/queue.html")]
pub struct QueuePage {
    pub page: Page,
    pub query: String,
    pub id: String,
    /// As it is stored.
    pub name: String,
    pub form: QueueForm,
    pub problem: Option<Problem>,
    pub saved: bool,
}

/// What the form holds, as text.
#[derive(Debug, Clone, Default)]
pub struct QueueForm {
    pub name: String,
    pub policy: String,
    pub sticky: bool,
    pub answer_timeout: String,
    pub first_answer: String,
    pub reply: String,
    pub nudge_after: String,
    pub close_after: String,
    pub overflow_after: String,
    /// A queue's id; empty for none.
    pub overflow_to: String,
    /// The queues to which it could go on.
    pub others: Vec<Queue>,
    /// Everybody, and whether each serves it.
    pub agents: Vec<(AgentId, String, bool)>,
    pub hours: HoursForm,
}

impl QueueForm {
    fn hours_help(&self, words: &Words) -> String {
        words.say("hours-help")
    }

    fn is_policy(&self, word: &str) -> bool {
        self.policy == word
    }

    fn goes_on_to(&self, queue: &Queue) -> bool {
        self.overflow_to == queue.id.to_string()
    }

    fn policies(&self, words: &Words) -> Vec<(&'static str, String)> {
        Policy::ALL.into_iter().map(|policy| (policy.word(), policy_words(policy, words))).collect()
    }

    /// The fields of seconds: name, label, value, and what it means.
    fn seconds(&self, words: &Words) -> [(&'static str, String, &str, String); 5] {
        [
            (
                "answer_timeout",
                words.say("queues-answer-timeout"),
                &self.answer_timeout,
                words.say("queues-answer-timeout-help"),
            ),
            (
                "first_answer",
                words.say("queues-first-answer"),
                &self.first_answer,
                words.say("queues-first-answer-help"),
            ),
            ("reply", words.say("queues-reply"), &self.reply, words.say("queues-reply-help")),
            ("nudge_after", words.say("queues-nudge-after"), &self.nudge_after, words.say("queues-nudge-after-help")),
            ("close_after", words.say("queues-close-after"), &self.close_after, words.say("queues-close-after-help")),
        ]
    }
}

/// Who gets a waiting chat, in words.
pub fn policy_words(policy: Policy, words: &Words) -> String {
    match policy {
        Policy::LeastLoaded => words.say("queues-least-loaded"),
        Policy::RoundRobin => words.say("queues-round-robin"),
        Policy::Manual => words.say("queues-manual"),
    }
}

/// A day of the week in words.
pub fn day_words(field: &str, words: &Words) -> String {
    match field {
        "mon" => words.say("day-mon"),
        "tue" => words.say("day-tue"),
        "wed" => words.say("day-wed"),
        "thu" => words.say("day-thu"),
        "fri" => words.say("day-fri"),
        "sat" => words.say("day-sat"),
        _ => words.say("day-sun"),
    }
}

/// Why nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    Name,
    NameTaken,
    Policy,
    Seconds,
    Overflow,
    /// What is wrong with the hours, from the parser.
    Hours(String),
}

impl Problem {
    /// What people can mend; everything else is a page of its own.
    pub const fn of(error: &Error) -> Option<Self> {
        match error {
            Error::NameTaken => Some(Self::NameTaken),
            Error::Overflow => Some(Self::Overflow),
            Error::NotFound | Error::Db(_) => None,
        }
    }

    fn text(&self, words: &Words) -> String {
        match self {
            Self::Name => words.say("agents-bad-name"),
            Self::NameTaken => words.say("queues-name-taken"),
            Self::Policy => words.say("queues-bad-policy"),
            Self::Seconds => words.say("queues-bad-seconds"),
            Self::Overflow => words.say("queues-bad-overflow"),
            Self::Hours(why) => words.say_with("queues-bad-hours", &[("why", why.as_str())]),
        }
    }
}

impl QueuesPage {
    const fn section(&self) -> &'static str {
        "queues"
    }
}

impl QueuePage {
    const fn section(&self) -> &'static str {
        "queues"
    }
}
