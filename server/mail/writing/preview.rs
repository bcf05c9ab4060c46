//! How a site's mails look before one goes out: the templates, with words of ours where a conversation's would
//! stand. Nothing of a real conversation is in it, and its links lead nowhere.

use super::gather::frame_of;
use super::views::{Compose, Composed, Frame, Proof, Said, Unread};
use crate::mail::standing::Standing;
use crate::sites::Site;
use crate::sites::texts::Key;
use crate::words::Lang;

/// A mail that can be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sample {
    /// What was not read.
    Unread,
    /// Is this your address?
    Proof,
}

impl Sample {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Unread, Self::Proof];

    /// In addresses.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unread => "unread",
            Self::Proof => "proof",
        }
    }

    /// The sample of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sample| sample.word() == word)
    }
}

/// The mail in this language, as the site's settings are.
///
/// # Errors
/// A template failed, which a test would have found.
pub fn sample(site: &Site, standing: &Standing, lang: Lang, sample: Sample) -> askama::Result<Composed> {
    let words = lang.words();
    let own = |key| site.own_words(lang, key).map(str::to_owned);
    let why = words.say_with("mail-why-visitor", &[("site", site.name.as_str())]);
    let frame =
        Frame { reply: !standing.ways.is_empty(), why, unsubscribe: "#".to_owned(), ..frame_of(Some(site), lang) };
    let link = "#".to_owned();
    let said = |author: String, text: String| Said { author, text, at: String::new() };
    let agent = words.say("mail-sample-agent");
    match sample {
        Sample::Unread => Unread {
            messages: vec![said(agent.clone(), words.say("mail-sample-answer"))],
            earlier: vec![said(words.say("mail-visitor"), words.say("mail-sample-question"))],
            frame,
            agent,
            more: 0,
            link,
            signature: site.settings.mail.signature.clone().unwrap_or_default(),
            again: false,
            own_subject: own(Key::MailSubject),
            own_intro: own(Key::MailIntro),
        }
        .compose(),
        Sample::Proof => Proof { frame, own_intro: own(Key::MailProofIntro), link }.compose(),
    }
}
