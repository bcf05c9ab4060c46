//! The live protocol, version 1: every frame that crosses the wire, as serde types.
//!
//! `docs/protocol.md` explains the same in prose; `widget/src/generated/protocol.ts` is made from
//! these types; `tests/fixtures/protocol/` is read by both sides. Unknown types and unknown
//! fields are ignored, so that both ends can grow.

mod ask;
mod client;
pub mod close;
mod drafting;
mod message;
mod own;
mod owning;
mod problem;
mod server;
#[cfg(test)]
mod typescript;

pub use ask::{Ask, Choice, Field, FieldKind, FormName};
pub use client::{
    AgentFrame, AgentHello, Attributes, Delete, Edit, Form, Hello, History, Page, Profile, React, Receipt, SendMessage,
    SiteEvent, TypingKind, TypingUpdate, Update, VisitorFrame, peek_id,
};
pub use drafting::{DraftNow, Mentioned, SaveDraft};
pub use message::{
    Attachment, Author, AuthorKind, Card, CardButton, Event, Mail, MailFile, Message, MessageForm, MessageKind,
    QuickReply, Reaction, SendMail,
};
pub use own::Own;
pub use owning::{Command, Join, SetPriority, SetTag, Snooze, Transfer};
pub use problem::Problem;
pub use server::{
    AgentItem, Availability, By, ConversationHead, ConversationView, Conversations, EarlierConversation, Limits, Owner,
    OwnerKind, Participant, QueuePlace, Row, ServerFrame, SiteView, WaitRange, Welcome,
};

/// The WebSocket subprotocol that both ends name.
pub const SUBPROTOCOL: &str = "deskbell.v1";
/// The largest frame in bytes, either way.
pub const MAX_FRAME_BYTES: usize = 64 * 1024;
/// The longest text of a message, in Unicode scalar values.
pub const MAX_TEXT_CHARS: usize = 8_000;
/// How many messages one `changes` or `page` carries at most.
pub const PAGE_MESSAGES: i64 = 50;
