//! A committed change, shared by every session that is told of it.

use std::borrow::Cow;
use std::sync::OnceLock;
use std::time::Instant;

use bytestring::ByteString;

use tokio::sync::OnceCell;

use super::Conversation;
use crate::agents::faces::Faces;
use crate::ids::{AgentId, QueueId};
use crate::live::protocol::{AuthorKind, Mentioned, Message};
use crate::visitors::VisitorKey;
use crate::words::Lang;
use crate::workspaces::known::Workspaces;

/// One message of a change.
#[derive(Debug, Clone)]
pub struct ChangeEntry {
    /// The message as it is now.
    pub message: Message,
    /// Whether the visitor may see it.
    pub visible: bool,
}

/// What one transaction did to one conversation: the revs after `from` up to `conversation.rev`.
pub struct Change {
    /// As it is after the change.
    pub conversation: Conversation,
    /// The rev before it.
    pub from: i64,
    /// Messages that it made or touched, by rev.
    pub entries: Vec<ChangeEntry>,
    /// When it starts the conversation: the visitor's devices, whose sessions follow it from now on.
    pub starts_for: Vec<VisitorKey>,
    /// Set when it moves to another queue: whose agents may not see it any more.
    pub left_queue: Option<QueueId>,
    /// Whom a note in it names, and what they are to be told.
    pub mentions: Vec<(AgentId, Mentioned)>,
    /// Whether the owner or the state changed, so that panes need a new head.
    pub state_changed: bool,
    /// When the commit was done, to measure delivery.
    pub committed: Instant,
    visitor_tail: OnceLock<ByteString>,
    /// The agents' half of the frame, once for each language.
    agent_tails: [OnceCell<ByteString>; Lang::ALL.len()],
}

impl Change {
    /// A change that is not committed yet.
    pub fn new(conversation: Conversation, from: i64, entries: Vec<ChangeEntry>) -> Self {
        Self {
            conversation,
            from,
            entries,
            starts_for: Vec::new(),
            left_queue: None,
            mentions: Vec::new(),
            state_changed: false,
            committed: Instant::now(),
            visitor_tail: OnceLock::new(),
            agent_tails: Default::default(),
        }
    }

    /// The rev after it.
    pub const fn rev(&self) -> i64 {
        self.conversation.rev
    }

    /// Whether the visitor can see anything of it.
    pub const fn is_visible(&self) -> bool {
        self.conversation.visitor_rev > self.from
    }

    /// About how many bytes its frame has, for the bound of a session's queue.
    pub fn weight(&self) -> usize {
        400 + self.entries.iter().map(|e| 300 + e.message.text.len()).sum::<usize>()
    }

    /// The visitor's `changes` frame, for a session that was last sent `from`. All but that number
    /// is written once and shared.
    pub fn visitor_frame(&self, from: i64, workspaces: &Workspaces) -> ByteString {
        let faces = || workspaces.faces(self.conversation.workspace_id);
        let tail = self.visitor_tail.get_or_init(|| self.render_visitor_tail(faces().as_deref()));
        ByteString::from(format!(r#"{{"type":"changes","from":{from},{tail}"#))
    }

    /// The agent's `changes` frame for a session that was last sent `from`; `render` makes the rest,
    /// once for each language.
    pub async fn agent_frame(&self, from: i64, lang: Lang, render: impl Future<Output = ByteString>) -> ByteString {
        let tail = self.agent_tails[lang as usize].get_or_init(|| render).await;
        ByteString::from(format!(r#"{{"type":"changes","from":{from},{tail}"#))
    }

    fn render_visitor_tail(&self, faces: Option<&Faces>) -> ByteString {
        let visible = self.entries.iter().filter(|e| e.visible).map(|e| Cow::Borrowed(&e.message));
        let mut visible: Vec<Cow<'_, Message>> = visible.collect();
        let mut head = self.conversation.head();
        if let Some(faces) = faces {
            faces.in_head(&mut head);
            let of_visitor = |message: &Message| message.author.kind == AuthorKind::Visitor;
            for message in visible.iter_mut().filter(|message| !of_visitor(message)) {
                faces.in_message(message.to_mut());
            }
        }
        let json = |result: Result<String, serde_json::Error>| result.unwrap_or_else(|_| "null".to_owned());
        ByteString::from(format!(
            r#""conversation":{},"rev":{},"messages":{},"more":false,"floor":{}}}"#,
            json(serde_json::to_string(&head)),
            self.conversation.visitor_rev,
            json(serde_json::to_string(&visible)),
            self.conversation.floor_seq,
        ))
    }
}
