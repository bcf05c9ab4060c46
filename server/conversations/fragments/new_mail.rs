//! A mail that an agent writes to begin a conversation: its form, in the place of the panes.

use crate::mail::composing::{MOST_COPIES, MOST_SUBJECT_CHARS};
use crate::words::{Markup, Words};

/// The form.
#[derive(Debug, Clone, Default)]
pub struct NewMailView {
    /// Drawn for this page: the id of the message that it will send.
    pub message_id: String,
    /// The websites that it can come from; none where no mail can go out.
    pub sites: Vec<FromSite>,
    /// As it was typed, all of it.
    pub to: String,
    pub cc: String,
    pub subject: String,
    pub text: String,
    /// The name of the visitor whose address this is said to be, where nobody proved it.
    pub unproved: String,
    /// Whether whoever looks may set up mail.
    pub may_set_up: bool,
    pub wrong: Option<NewMailWrong>,
}

/// A website, as whom the mail is written.
#[derive(Debug, Clone, Default)]
pub struct FromSite {
    pub id: String,
    pub name: String,
    /// What stands in `From`.
    pub address: String,
    pub on: bool,
}

/// Why it did not go out. All that was typed still stands in the form.
#[derive(Debug, Clone)]
pub enum NewMailWrong {
    /// What stands behind "To" is no address.
    To,
    /// It is an address of ours.
    Own,
    Subject,
    NoSubject,
    Copies,
    Copy(String),
    Empty,
    /// So many characters over the limit.
    TooLong(i64),
    /// What its server said to an earlier mail.
    Bounced(String),
    Blocked,
    /// A conversation goes on; its id where the reader may see it.
    Open(Option<String>),
    /// Minutes until the next one may go.
    TooMany(i64),
    /// Another mail went out under this form's id.
    Sent,
    /// The chosen website cannot write mails.
    Site,
}

impl NewMailWrong {
    /// The field that it is about.
    pub const fn field(&self) -> &'static str {
        match self {
            Self::To | Self::Own | Self::Bounced(_) | Self::Blocked | Self::Open(_) => "to",
            Self::Subject | Self::NoSubject => "subject",
            Self::Copies | Self::Copy(_) => "cc",
            Self::Empty | Self::TooLong(_) => "text",
            Self::TooMany(_) | Self::Sent => "",
            Self::Site => "site",
        }
    }

    pub(super) fn text(&self, words: &Words) -> Markup {
        let counted = |key: &str, n: i64| Markup::escape(&words.say_with(key, &[("n", n)]));
        match self {
            Self::To => words.say_names("new-mail-bad-to", &[]),
            Self::Own => words.say_names("new-mail-own", &[]),
            Self::Subject => counted("new-mail-bad-subject", i64::try_from(MOST_SUBJECT_CHARS).unwrap_or(i64::MAX)),
            Self::NoSubject => words.say_names("new-mail-no-subject", &[]),
            Self::Copies => counted("new-mail-bad-copies", i64::try_from(MOST_COPIES).unwrap_or(i64::MAX)),
            Self::Copy(address) => words.say_names("new-mail-bad-copy", &[("address", address)]),
            Self::Empty => words.say_names("refused-empty", &[]),
            Self::TooLong(over) => Markup::escape(&words.say_with("refused-too-long", &[("count", *over)])),
            Self::Bounced(why) => words.say_names("new-mail-bounced", &[("why", why)]),
            Self::Blocked => words.say_names("new-mail-blocked", &[]),
            Self::Open(Some(_)) => words.say_names("new-mail-open", &[]),
            Self::Open(None) => words.say_names("new-mail-open-other", &[]),
            Self::TooMany(minutes) => counted("new-mail-too-many", *minutes),
            Self::Sent => words.say_names("new-mail-sent-before", &[]),
            Self::Site => words.say_names("new-mail-bad-site", &[]),
        }
    }

    /// The conversation that goes on.
    pub(super) fn open(&self) -> Option<&str> {
        match self {
            Self::Open(id) => id.as_deref(),
            _ => None,
        }
    }
}

impl NewMailView {
    /// Whether this field is the one that is wrong.
    pub(super) fn is_wrong(&self, field: &str) -> bool {
        self.wrong.as_ref().is_some_and(|wrong| wrong.field() == field)
    }

    pub(super) fn unproved_words(&self, words: &Words) -> Markup {
        words.say_names("new-mail-unproved", &[("visitor", &self.unproved)])
    }

    pub(super) fn limits(&self, words: &Words) -> String {
        words.say_with("new-mail-copies-help", &[("n", MOST_COPIES)])
    }
}
