//! What a message has that came or went by mail, for agents: whose it is, what it is about, its files, and what
//! the mail server found out of its sender. All of it is what somebody else wrote; nothing of it is a link but to us.

use crate::live::protocol::{Mail, MailFile};
use crate::words::{Markup, Words};

/// What an answer's subject begins with, in many languages; such a subject says nothing new.
const ANSWERS: [&str; 9] = ["re:", "aw:", "antw:", "sv:", "vs:", "ref:", "rif:", "رد:", "回复:"];

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct MailView {
    /// The mail itself, under `/console/mails/`; empty for one that we wrote.
    pub id: String,
    /// The sender's address; empty for one that we wrote.
    pub from: String,
    /// Empty where there is none.
    pub subject: String,
    pub cc: Vec<String>,
    /// Whether more stood there.
    pub cut: bool,
    /// Whether the sender is not whom the conversation is with.
    pub stranger: bool,
    /// Whether a form of the website wrote it for them.
    pub by_form: bool,
    /// `spf`, `dkim` and `dmarc` as the mail server says.
    pub checks: Vec<CheckView>,
    pub files: Vec<MailFileView>,
}

/// What a check found: `spf`, `pass`.
#[derive(Debug, Clone, Default)]
pub struct CheckView {
    pub method: String,
    pub result: String,
}

/// A file in a mail.
#[derive(Debug, Clone, Default)]
pub struct MailFileView {
    pub name: String,
    /// As people write sizes.
    pub size: String,
}

impl MailView {
    /// What a template needs.
    pub fn of(mail: &Mail) -> Self {
        let check = |said: &String| {
            let (method, result) = said.split_once('=').unwrap_or((said, ""));
            CheckView { method: method.to_owned(), result: result.to_owned() }
        };
        let file = |file: &MailFile| MailFileView { name: file.name.clone(), size: size(file.bytes) };
        Self {
            id: mail.id.map(|id| id.to_string()).unwrap_or_default(),
            from: mail.from.clone(),
            subject: mail.subject.clone().unwrap_or_default(),
            cc: mail.cc.clone(),
            cut: mail.cut,
            stranger: mail.stranger,
            by_form: mail.by_form,
            checks: mail.checks.iter().map(check).collect(),
            files: mail.files.iter().map(file).collect(),
        }
    }

    /// Whether it came in.
    pub(super) fn came(&self) -> bool {
        !self.id.is_empty()
    }

    /// What it is about, where that is not just an answer to what was before.
    pub(super) fn new_subject(&self) -> Option<&str> {
        let subject = self.subject.trim();
        let lower = subject.to_lowercase();
        // Whoever answers says nothing new with it.
        let silent = self.came() && ANSWERS.iter().any(|answer| lower.starts_with(answer));
        (!subject.is_empty() && !silent).then_some(subject)
    }

    pub(super) fn copies(&self) -> String {
        self.cc.join(", ")
    }

    /// That it came by mail, and from where.
    pub(super) fn by_words(&self, words: &Words) -> Markup {
        words.say_names("mail-by-from", &[("address", &self.from)])
    }

    /// Who wrote a mail that is not the visitor's words.
    pub(super) fn note_words(&self, words: &Words) -> Markup {
        let from = [("address", self.from.as_str())];
        match self.stranger {
            true => words.say_names("mail-stranger", &from),
            false => words.say_names("mail-automatic", &from),
        }
    }
}

impl CheckView {
    /// Whether it says that the sender is somebody else.
    pub(super) fn failed(&self) -> bool {
        matches!(self.result.as_str(), "fail" | "softfail" | "permerror" | "policy")
    }
}

/// `12 KB`: nobody counts the bytes of a file.
fn size(bytes: u64) -> String {
    const KB: u64 = 1_000;
    match bytes {
        0..KB => format!("{bytes} B"),
        KB..1_000_000 => format!("{} KB", bytes.div_ceil(KB)),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_as_people_write_them() {
        assert_eq!([0, 999, 1_000, 12_345, 999_999].map(size), ["0 B", "999 B", "1 KB", "13 KB", "1000 KB"]);
        assert_eq!((size(1_000_000), size(24_560_000)), ("1.0 MB".to_owned(), "24.5 MB".to_owned()));
    }

    #[test]
    fn a_subject_is_shown_where_it_is_news() {
        let mail = |id: &str, subject: &str| MailView { id: id.into(), subject: subject.into(), ..MailView::default() };
        for (view, shown) in [
            (mail("1", "Where is my order?"), Some("Where is my order?")),
            (mail("1", "RE: Where is my order?"), None),
            (mail("1", "رد: طلبي"), None),
            (mail("", "Re: Where is my order?"), Some("Re: Where is my order?")),
            (mail("1", "  "), None),
        ] {
            assert_eq!(view.new_subject(), shown);
        }
    }
}
