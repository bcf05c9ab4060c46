//! What stands in each mail, ready for its templates: words, names and links, nothing that has to be looked
//! up any more. The HTML templates escape; the text templates are text.

use askama::Template;

use crate::conversations::fragments::{Part, parts};
use crate::words::Words;

/// What all mails have.
#[derive(Debug, Clone)]
pub struct Frame {
    /// In the reader's language.
    pub words: &'static Words,
    /// The site's name.
    pub site: String,
    /// `#rrggbb`.
    pub colour: String,
    /// Readable on it.
    pub on_colour: &'static str,
    /// What a list of mails shows beside the subject.
    pub hint: String,
    /// Whether an answer to the mail arrives.
    pub reply: bool,
    /// Why somebody gets it; empty: nothing is said.
    pub why: String,
    /// Where they say that they want no more; empty: nothing to stop.
    pub unsubscribe: String,
}

/// One message.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// Who wrote it.
    pub author: String,
    /// The words.
    pub text: String,
    /// When, for people.
    pub at: String,
}

impl Said {
    fn parts(&self) -> Vec<Part> {
        parts(&self.text)
    }

    fn lines(&self) -> std::str::Lines<'_> {
        self.text.lines()
    }
}

/// See [`super::super::outbox::Kind::Unread`].
#[derive(Debug, Clone)]
pub struct Unread {
    pub frame: Frame,
    /// Who answered last.
    pub agent: String,
    /// What was not read, the oldest first.
    pub messages: Vec<Said>,
    /// Unread ones that are left out.
    pub more: usize,
    /// What stood before, shortened.
    pub earlier: Vec<Said>,
    /// Back into the chat.
    pub link: String,
    pub signature: String,
    /// Whether a mail of this conversation went out before.
    pub again: bool,
    /// What the site says itself of them, in the reader's language.
    pub own_subject: Option<String>,
    pub own_intro: Option<String>,
}

/// See [`super::super::outbox::Kind::Proof`]. It has no word in it that a visitor could choose.
#[derive(Debug, Clone)]
pub struct Proof {
    pub frame: Frame,
    /// What the site says itself, in the reader's language.
    pub own_intro: Option<String>,
    pub link: String,
}

/// See [`super::super::outbox::Kind::Written`]: looks like any mail that somebody writes.
#[derive(Debug, Clone)]
pub struct Written {
    pub frame: Frame,
    pub subject: String,
    pub said: Said,
    pub earlier: Vec<Said>,
    pub signature: String,
}

/// See [`super::super::outbox::Kind::Transcript`].
#[derive(Debug, Clone)]
pub struct Transcript {
    pub frame: Frame,
    pub messages: Vec<Said>,
    /// Older ones that are left out.
    pub more: usize,
    pub link: String,
}

/// See [`super::super::outbox::Kind::Test`].
#[derive(Debug, Clone)]
pub struct Test {
    pub frame: Frame,
    pub by: String,
}

/// One thing that an agent is told of.
#[derive(Debug, Clone, Default)]
pub struct Item {
    pub title: String,
    pub excerpt: String,
    pub link: String,
}

impl Item {
    fn lines(&self) -> std::str::Lines<'_> {
        self.excerpt.lines()
    }
}

/// See [`super::super::outbox::Kind::Alert`].
#[derive(Debug, Clone)]
pub struct Alert {
    pub frame: Frame,
    pub item: Item,
    pub link: String,
}

/// See [`super::super::outbox::Kind::Digest`].
#[derive(Debug, Clone)]
pub struct Digest {
    pub frame: Frame,
    pub items: Vec<Item>,
    /// All, with those that are left out.
    pub count: u64,
    /// How many are left out.
    pub more: u64,
    pub link: String,
    /// Of a day's digest: what it was, each a sentence.
    pub numbers: Vec<String>,
}

/// See [`super::super::outbox::Kind::Invitation`].
#[derive(Debug, Clone)]
pub struct Invitation {
    pub frame: Frame,
    pub by: String,
    pub workspace: String,
    pub link: String,
    /// When the link ends, for people.
    pub ends: String,
}

/// See [`super::super::outbox::Kind::Reset`].
#[derive(Debug, Clone)]
pub struct Reset {
    pub frame: Frame,
    pub link: String,
    /// When the link ends, for people.
    pub ends: String,
}

/// A mail's three texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composed {
    /// On one line.
    pub subject: String,
    /// Plain.
    pub text: String,
    /// A whole page, styles still in their own element.
    pub html: String,
}

/// What can be made a mail.
pub trait Compose {
    /// Fills the templates in.
    ///
    /// # Errors
    /// A template failed, which a test would have found.
    fn compose(&self) -> askama::Result<Composed>;
}

macro_rules! letters {
    ($($view:ident: $subject:ident $subject_path:literal, $text:ident $text_path:literal, $html:ident $html_path:literal;)+) => {$(
        #[derive(Template)]
        #[template(path = $subject_path)]
        struct $subject<'a> { m: &'a $view }
        #[derive(Template)]
        #[template(path = $text_path)]
        struct $text<'a> { m: &'a $view }
        #[derive(Template)]
        #[template(path = $html_path)]
        struct $html<'a> { m: &'a $view }

        impl Compose for $view {
            fn compose(&self) -> askama::Result<Composed> {
                let (subject, text, html) = ($subject { m: self }, $text { m: self }, $html { m: self });
                Ok(Composed { subject: subject.render()?, text: text.render()?, html: html.render()? })
            }
        }
    )+};
}

letters! {
    Unread: UnreadSubject "unread/subject.txt", UnreadText "unread/body.txt", UnreadHtml "unread/body.html";
    Proof: ProofSubject "proof/subject.txt", ProofText "proof/body.txt", ProofHtml "proof/body.html";
    Written: WrittenSubject "written/subject.txt", WrittenText "written/body.txt", WrittenHtml "written/body.html";
    Transcript: TranscriptSubject "transcript/subject.txt", TranscriptText "transcript/body.txt", TranscriptHtml "transcript/body.html";
    Test: TestSubject "test/subject.txt", TestText "test/body.txt", TestHtml "test/body.html";
    Alert: AlertSubject "alert/subject.txt", AlertText "alert/body.txt", AlertHtml "alert/body.html";
    Digest: DigestSubject "digest/subject.txt", DigestText "digest/body.txt", DigestHtml "digest/body.html";
    Invitation: InvitationSubject "invitation/subject.txt", InvitationText "invitation/body.txt", InvitationHtml "invitation/body.html";
    Reset: ResetSubject "reset/subject.txt", ResetText "reset/body.txt", ResetHtml "reset/body.html";
}
