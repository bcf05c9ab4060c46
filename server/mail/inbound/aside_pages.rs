//! The pages of mails that are set aside. What stands in such a mail is only ever shown as text.

use askama::Template;

use super::aside::Refused;
use crate::agents::pages::Page;
use crate::words::Words;

/// `/console/settings/mails`
#[derive(Debug, Clone, Template)]
#[template(path = "settings/mails.html")]
pub struct AsidePage {
    pub page: Page,
    pub query: String,
    /// How many there are in all.
    pub count: i64,
    pub mails: Vec<AsideLine>,
    /// Before which one the older ones begin; none where there are none.
    pub older: Option<String>,
    /// Whether one was just taken away.
    pub removed: bool,
    /// Days for which they are kept, and how many at most.
    pub days: u64,
    pub most: i64,
}

/// A mail in the list.
#[derive(Debug, Clone, Default)]
pub struct AsideLine {
    pub id: String,
    /// As in [`reason`].
    pub reason: String,
    /// Empty where it could not be read.
    pub sender: String,
    /// May be empty.
    pub subject: String,
    /// RFC 3339.
    pub at: String,
}

/// `/console/settings/mails/{mail}`
#[derive(Debug, Clone, Template)]
#[template(path = "settings/mail_aside.html")]
pub struct AsideMailPage {
    pub page: Page,
    pub query: String,
    pub line: AsideLine,
    /// Fields of its header: names as they stand in mails.
    pub fields: Vec<(&'static str, String)>,
    pub text: String,
    /// Names of its files.
    pub files: Vec<String>,
    /// Whether only its beginning was kept.
    pub cut: bool,
    /// Websites that it can be given to, and whether it goes there if nothing is chosen: id, name.
    pub sites: Vec<(String, String, bool)>,
    pub problem: Option<Problem>,
}

/// Why a mail was not taken in.
#[derive(Debug, Clone, Copy)]
pub struct Problem(pub Refused);

impl Problem {
    fn text(self, words: &Words) -> String {
        match self.0 {
            Refused::Unread(_) => words.say("aside-not-read"),
            Refused::Ours => words.say("aside-not-ours"),
            Refused::Blocked => words.say("aside-not-blocked"),
            Refused::NoSite => words.say("aside-not-site"),
        }
    }
}

/// Why a mail is set aside, in words.
fn reason(word: &str, words: &Words) -> String {
    match word {
        "nobody" => words.say("aside-nobody"),
        "ours" => words.say("aside-ours"),
        "loop" => words.say("aside-loop"),
        "blocked" => words.say("aside-blocked"),
        "report" => words.say("aside-report"),
        "reply" => words.say("aside-reply"),
        "bulk" => words.say("aside-bulk"),
        "too_big" => words.say("aside-too-big"),
        "no_mail" => words.say("aside-no-mail"),
        "no_sender" => words.say("aside-no-sender"),
        "two_senders" => words.say("aside-two-senders"),
        _ => words.say("aside-broke"),
    }
}

impl AsideLine {
    /// Why, in words.
    pub(super) fn reason(&self, words: &Words) -> String {
        reason(&self.reason, words)
    }
}

impl AsidePage {
    const fn section(&self) -> &'static str {
        "mails"
    }
}

impl AsideMailPage {
    const fn section(&self) -> &'static str {
        "mails"
    }
}
