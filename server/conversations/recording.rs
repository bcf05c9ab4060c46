//! Collects what one transaction does to one conversation: each change takes the next rev, and at
//! the end the row is written and the change is left for the publisher.

use super::commands::{Done, Moment};
use super::{Change, ChangeEntry, Conversation, Error, store};
use crate::db::Tx;
use crate::ids::QueueId;
use crate::live::protocol::{Message, MessageKind};
use crate::messages::{self, NewMessage, Writer};
use crate::queues::store::Queue;
use crate::visitors::VisitorKey;

/// A conversation whose row is locked, and what happened to it so far.
pub(super) struct Recording {
    pub(super) conversation: Conversation,
    from: i64,
    entries: Vec<ChangeEntry>,
    /// Whether more than a message's marks changed, so that the whole row has to be written.
    state_changed: bool,
    starts_for: Option<VisitorKey>,
    left_queue: Option<QueueId>,
}

/// For a command that changes the owner or the state.
pub(super) fn open_recording(conversation: Conversation) -> Recording {
    Recording { state_changed: true, ..Recording::of(conversation) }
}

impl Recording {
    /// For messages only.
    pub(super) fn of(conversation: Conversation) -> Self {
        let from = conversation.rev;
        Self { conversation, from, entries: Vec::new(), state_changed: false, starts_for: None, left_queue: None }
    }

    /// The sessions of this visitor are to follow the conversation from now on.
    pub(super) fn starts_for(&mut self, key: VisitorKey) {
        self.starts_for = Some(key);
    }

    /// The conversation waits in this queue from now on.
    pub(super) fn move_to(&mut self, queue: &Queue) {
        let before = self.conversation.queue_id;
        if before != queue.id {
            self.left_queue = Some(before);
            self.conversation.queue_id = queue.id;
            self.conversation.queue_name.clone_from(&queue.name);
        }
    }

    /// Takes the next rev.
    pub(super) fn next_rev(&mut self, visible: bool) -> i64 {
        self.conversation.rev += 1;
        if visible {
            self.conversation.visitor_rev = self.conversation.rev;
        }
        self.conversation.rev
    }

    /// Stores a message under the next rev.
    pub(super) async fn add(&mut self, tx: &mut Tx, new: &NewMessage) -> Result<Message, Error> {
        let rev = self.next_rev(new.is_visible());
        let (ws, id) = (self.conversation.workspace_id, self.conversation.id);
        messages::store::insert(tx.conn(), ws, id, rev, new).await?;
        note_message(&mut self.conversation, new, rev);
        let message = new.stored(rev);
        self.touched(message.clone());
        Ok(message)
    }

    /// Notes a message that this transaction made or changed.
    pub(super) fn touched(&mut self, message: Message) {
        let visible = message.kind != MessageKind::Note;
        self.entries.push(ChangeEntry { message, visible });
    }

    /// Writes the row and leaves the change for the publisher.
    pub(super) async fn finish(mut self, tx: &mut Tx, moment: &Moment) -> Result<Done, Error> {
        self.conversation.updated_at = moment.now;
        if self.state_changed {
            store::save(tx.conn(), &self.conversation).await?;
        } else {
            store::save_message_marks(tx.conn(), &self.conversation).await?;
        }
        let message = self.entries.last().map(|entry| entry.message.clone());
        let done = Done { conversation: self.conversation.id, rev: self.conversation.rev, message };
        let mut change = Change::new(self.conversation, self.from, self.entries);
        change.starts_for = self.starts_for;
        change.left_queue = self.left_queue;
        change.state_changed = self.state_changed;
        tx.changes.push(change);
        Ok(done)
    }
}

/// What a message does to its conversation's marks. The append lane does the same set-wise.
pub(crate) fn note_message(conversation: &mut Conversation, new: &NewMessage, rev: i64) {
    if new.kind == MessageKind::Text {
        conversation.last_seq = rev;
    }
    match (new.writer, new.kind) {
        (Writer::Visitor(_), _) => {
            conversation.waiting_since.get_or_insert(new.created_at);
        }
        (Writer::Agent(_), MessageKind::Text) => conversation.waiting_since = None,
        _ => {}
    }
}
