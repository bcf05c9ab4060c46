//! `/console/replies` for a template: what is there, and the form for one.

use askama::Template;

use crate::agents::pages::Page;
use crate::words::{Markup, Words};

/// The page of an agent's replies.
#[derive(Debug, Clone, Template)]
#[template(path = "canned_replies/index.html")]
pub struct RepliesPage {
    pub page: Page,
    pub replies: Vec<ReplyView>,
    pub form: ReplyForm,
    /// Where a reply may be put.
    pub scopes: Vec<ScopeChoice>,
    pub problem: Option<ReplyProblem>,
}

/// One reply in the list.
#[derive(Debug, Clone, Default)]
pub struct ReplyView {
    pub id: String,
    pub shortcut: String,
    pub title: String,
    pub text: String,
    pub scope: String,
    /// Where it is a queue's.
    pub queue_name: String,
    pub may_change: bool,
    /// Placeholders that nobody knows.
    pub unknown: Vec<String>,
}

/// The form's fields as they were typed.
#[derive(Debug, Clone, Default)]
pub struct ReplyForm {
    /// Empty for a new one.
    pub id: String,
    pub scope: String,
    pub shortcut: String,
    pub title: String,
    pub text: String,
}

/// An owner that the form offers: `own`, `workspace`, or a queue's id.
#[derive(Debug, Clone)]
pub struct ScopeChoice {
    pub value: String,
    /// A queue's; else the word for the value.
    pub queue_name: Option<String>,
}

/// Why nothing was stored.
#[derive(Debug, Clone)]
pub enum ReplyProblem {
    Shortcut,
    Title,
    NoText,
    TooLong { over: i64 },
    Full,
    Other { detail: String },
}

impl ReplyProblem {
    pub(super) fn text(&self, words: &Words) -> Markup {
        match self {
            Self::Shortcut => words.say_names("replies-bad-shortcut", &[]),
            Self::Title => words.say_names("replies-bad-title", &[]),
            Self::NoText => words.say_names("replies-no-text", &[]),
            Self::TooLong { over } => Markup::escape(&words.say_with("refused-too-long", &[("count", *over)])),
            Self::Full => words.say_names("replies-full", &[]),
            Self::Other { detail } => words.say_names("refused-other", &[("detail", detail)]),
        }
    }
}

impl ScopeChoice {
    pub(super) fn name(&self, words: &Words) -> String {
        match (&self.queue_name, self.value.as_str()) {
            (Some(queue), _) => words.say_with("replies-of-queue", &[("queue", queue.as_str())]),
            (None, "workspace") => words.say("replies-of-workspace"),
            (None, _) => words.say("replies-own"),
        }
    }
}

impl ReplyView {
    pub(super) fn owner(&self, words: &Words) -> String {
        let queue_name = (self.scope == "queue").then(|| self.queue_name.clone());
        ScopeChoice { value: self.scope.clone(), queue_name }.name(words)
    }

    pub(super) fn unknown_words(&self, words: &Words) -> Markup {
        words.say_names("replies-unknown", &[("names", &self.unknown.join(" "))])
    }
}

impl RepliesPage {
    fn words(&self) -> &'static Words {
        self.page.words
    }
}

/// The page with one text in every place that takes text, once for each problem.
#[cfg(test)]
pub fn replies_pages(lang: crate::words::Lang, text: &str) -> Vec<RepliesPage> {
    let owned = || text.to_owned();
    let page = crate::conversations::fragments::samples::page(lang, text);
    let reply = |scope: &str, may_change| ReplyView {
        id: owned(),
        shortcut: owned(),
        title: owned(),
        text: owned(),
        scope: scope.to_owned(),
        queue_name: owned(),
        may_change,
        unknown: vec![owned()],
    };
    let replies = vec![reply("own", true), reply("queue", false), reply("workspace", true), reply(text, true)];
    let choice = |value: &str, queue_name| ScopeChoice { value: value.to_owned(), queue_name };
    let scopes = vec![choice("own", None), choice("workspace", None), choice(text, Some(owned()))];
    let form = ReplyForm { id: owned(), scope: owned(), shortcut: owned(), title: owned(), text: owned() };
    let problems = [
        None,
        Some(ReplyProblem::Shortcut),
        Some(ReplyProblem::Title),
        Some(ReplyProblem::NoText),
        Some(ReplyProblem::TooLong { over: 3 }),
        Some(ReplyProblem::Full),
        Some(ReplyProblem::Other { detail: owned() }),
    ];
    let with = |problem| RepliesPage {
        page: page.clone(),
        replies: replies.clone(),
        form: form.clone(),
        scopes: scopes.clone(),
        problem,
    };
    problems.into_iter().map(with).collect()
}
