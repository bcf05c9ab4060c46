//! What a row of `mails` carries for its template, as JSON: references into the conversation, and for mails
//! to agents the few words that they need. What visitors wrote is read when the mail is written, so that a
//! row says nothing that was erased meanwhile.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::ids::MessageId;

/// Of [`super::outbox::Kind::Unread`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Unread {
    /// All above it ...
    pub after_seq: i64,
    /// ... and up to it is in the mail.
    pub up_to_seq: i64,
}

/// Of [`super::outbox::Kind::Written`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// What the agent wrote.
    pub message: MessageId,
    /// As the agent wrote it; else the conversation's, with `Re:`.
    #[serde(default)]
    pub subject: Option<String>,
    /// Who gets a copy: addresses.
    #[serde(default)]
    pub cc: Vec<String>,
}

/// Of [`super::outbox::Kind::Transcript`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Transcript {
    /// All up to it is in the mail.
    pub up_to_seq: i64,
}

/// Of [`super::outbox::Kind::Alert`]: one thing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Alert {
    /// `waiting`, `mention` or `assigned`.
    pub about: String,
    /// Who wrote, or who is waiting.
    pub who: String,
    /// What was written, cut.
    pub excerpt: String,
    /// Path in the console, such as `/console/conversations/…`.
    pub path: String,
    /// Since when.
    pub since_ms: i64,
}

/// Of [`super::outbox::Kind::Digest`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Digest {
    /// The things, the most urgent first.
    pub items: Vec<Alert>,
    /// How many more there are.
    pub more: u64,
    /// Path of the inbox.
    pub path: String,
    /// Of a day's digest: its numbers.
    pub numbers: Option<Numbers>,
}

/// What a day was.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Numbers {
    /// Conversations that began.
    pub new: i64,
    /// Conversations that got their first answer.
    pub answered: i64,
    /// Conversations that wait now.
    pub waiting: i64,
    /// Since when the oldest of them waits, in milliseconds since 1970; 0: none does.
    pub oldest_ms: i64,
}

/// Of [`super::outbox::Kind::Test`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Test {
    /// Who asked for it.
    pub by: String,
    /// The mail shown as an example: a word of [`super::outbox::Kind`]; empty for a plain one.
    pub sample: String,
    /// The language to write it in; empty for the site's.
    pub language: String,
}

/// Of [`super::outbox::Kind::Invitation`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Invitation {
    /// Who invites.
    pub by: String,
    /// The workspace's name.
    pub workspace: String,
    /// Path of the invitation with its token; the row is emptied of it once it was sent.
    pub path: String,
    /// When it ends, in milliseconds since 1970.
    pub ends_ms: i64,
    /// The language to write it in.
    pub language: String,
}

/// Of [`super::outbox::Kind::Reset`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reset {
    /// Path with its token; the row is emptied of it once it was sent.
    pub path: String,
    /// When it ends, in milliseconds since 1970.
    pub ends_ms: i64,
    /// The language to write it in.
    pub language: String,
}

impl Alert {
    /// Since when, as a moment.
    pub const fn since(&self) -> Timestamp {
        Timestamp::from_millis(self.since_ms)
    }
}
