//! Messages: one entry of a conversation each, and what a text has to be.

pub mod append_store;
pub mod edit_store;
mod known;
pub mod missed_store;
pub mod store;
mod text;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::clock::Timestamp;
use crate::ids::{AgentId, BotId, MessageId, VisitorId};
use crate::live::protocol::{self, Author, AuthorKind, MessageKind};
use crate::mentions::Mention;

pub use known::Known;
pub use text::MessageText;

/// Who writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writer {
    /// The visitor of the conversation.
    Visitor(VisitorId),
    /// An agent.
    Agent(AgentId),
    /// A bot.
    Bot(BotId),
    /// Deskbell itself.
    System,
}

impl Writer {
    /// The kind, for the row and the wire.
    pub const fn kind(self) -> AuthorKind {
        match self {
            Self::Visitor(_) => AuthorKind::Visitor,
            Self::Agent(_) => AuthorKind::Agent,
            Self::Bot(_) => AuthorKind::Bot,
            Self::System => AuthorKind::System,
        }
    }

    /// The id, none for the system.
    pub const fn uuid(self) -> Option<uuid::Uuid> {
        match self {
            Self::Visitor(id) => Some(id.uuid()),
            Self::Agent(id) => Some(id.uuid()),
            Self::Bot(id) => Some(id.uuid()),
            Self::System => None,
        }
    }
}

/// A message to store, its words already checked.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// Drawn by its writer.
    pub id: MessageId,
    /// `text`, `note` or `form`; events are made by the system.
    pub kind: MessageKind,
    /// Who writes.
    pub writer: Writer,
    /// The writer's name as readers see it; none for visitors.
    pub writer_name: Option<String>,
    /// The words; empty for events.
    pub text: String,
    /// What few messages have.
    pub extra: Option<Extra>,
    /// The message that it answers.
    pub reply_to: Option<MessageId>,
    /// When it came.
    pub created_at: Timestamp,
}

/// The `extra` column.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Extra {
    /// For events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<protocol::Event>,
    /// Of a quick reply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<Value>,
    /// Of a bot: what the visitor may answer with one press.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quick_replies: Option<Vec<protocol::QuickReply>>,
    /// Of a bot: things that it shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cards: Option<Vec<protocol::Card>>,
    /// What came by mail, or went out by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<protocol::Mail>,
    /// Of a bot: what it asks. Of a visitor: what they put into a bot's form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<protocol::MessageForm>,
    /// Of a bot: files that it links to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<protocol::Attachment>,
    /// Of a note: the colleagues that it names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<Mention>,
}

impl Extra {
    /// How those it names are written in it.
    fn mentioned(&self) -> Vec<String> {
        self.mentions.iter().map(|mention| mention.written.clone()).collect()
    }
}

impl NewMessage {
    /// Something that happened, told by the system.
    pub fn event(id: MessageId, name: &str, params: Map<String, Value>, now: Timestamp) -> Self {
        Self {
            id,
            kind: MessageKind::Event,
            writer: Writer::System,
            writer_name: None,
            text: String::new(),
            extra: Some(Extra { event: Some(protocol::Event { name: name.to_owned(), params }), ..Extra::default() }),
            reply_to: None,
            created_at: now,
        }
    }

    /// What tells a resend from an id used for something else: the first 64 bits of SHA-256 over
    /// everything that was sent. It stays as it is when the message is edited.
    pub fn digest(&self) -> i64 {
        self.digest_by(self.writer)
    }

    /// The same, had this one sent it.
    pub fn digest_by(&self, writer: Writer) -> i64 {
        let mut hash = Sha256::new();
        let mut part = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        };
        part(kind_word(self.kind).as_bytes());
        part(author_word(writer.kind()).as_bytes());
        part(writer.uuid().unwrap_or_default().as_bytes());
        part(self.text.as_bytes());
        part(self.reply_to.map(MessageId::uuid).unwrap_or_default().as_bytes());
        if let Some(payload) = self.extra.as_ref().and_then(|extra| extra.payload.as_ref()) {
            part(payload.to_string().as_bytes());
        }
        let mut first = [0; 8];
        first.copy_from_slice(&hash.finalize()[..8]);
        i64::from_be_bytes(first)
    }

    /// The message as clients see it, with the rev that creates it.
    pub fn stored(&self, rev: i64) -> protocol::Message {
        protocol::Message {
            id: self.id,
            seq: rev,
            rev,
            kind: self.kind,
            author: Author {
                kind: self.writer.kind(),
                id: self.writer.uuid().map(|id| id.hyphenated().to_string()),
                name: self.writer_name.clone(),
                avatar_url: None,
            },
            text: self.text.clone(),
            html: None,
            event: self.extra.as_ref().and_then(|extra| extra.event.clone()),
            form: self.extra.as_ref().and_then(|extra| extra.form.clone()),
            attachments: self.extra.as_ref().map(|extra| extra.attachments.clone()).unwrap_or_default(),
            reply_to: self.reply_to,
            quick_replies: self.extra.as_ref().and_then(|extra| extra.quick_replies.clone()),
            payload: self.extra.as_ref().and_then(|extra| extra.payload.clone()),
            cards: self.extra.as_ref().and_then(|extra| extra.cards.clone()),
            mail: self.extra.as_ref().and_then(|extra| extra.mail.clone()),
            reactions: Vec::new(),
            mentions: self.extra.as_ref().map(Extra::mentioned).unwrap_or_default(),
            edited_at: None,
            deleted_at: None,
            created_at: self.created_at.rfc3339(),
        }
    }

    /// Whether the visitor may see it.
    pub const fn is_visible(&self) -> bool {
        !matches!(self.kind, MessageKind::Note)
    }
}

/// The word in tables.
pub const fn kind_word(kind: MessageKind) -> &'static str {
    match kind {
        MessageKind::Text => "text",
        MessageKind::Note => "note",
        MessageKind::Event => "event",
        MessageKind::Form => "form",
    }
}

/// The word in tables.
pub const fn author_word(kind: AuthorKind) -> &'static str {
    match kind {
        AuthorKind::Visitor => "visitor",
        AuthorKind::Agent => "agent",
        AuthorKind::Bot => "bot",
        AuthorKind::System => "system",
    }
}
