//! Collects what one transaction does to one conversation: each change takes the next rev, and at
//! the end the row is written and the change is left for the publisher.

use super::commands::{Done, Moment};
use super::{Change, ChangeEntry, Conversation, Error, State, store};
use crate::bots::turn_store;
use crate::db::Tx;
use crate::ids::{AgentId, BotTurnId, QueueId};
use crate::live::protocol::{AuthorKind, Mentioned, Message, MessageKind};
use crate::mail::waiting_store;
use crate::mentions;
use crate::messages::{self, NewMessage, Writer};
use crate::queues::store::Queue;
use crate::routing::pending::{Decision, Held};
use crate::routing::{decision_store, line_store};
use crate::visitors::VisitorKey;

/// A conversation whose row is locked, and what happened to it so far.
pub(crate) struct Recording {
    pub(crate) conversation: Conversation,
    from: i64,
    entries: Vec<ChangeEntry>,
    /// Whether more than a message's marks changed, so that the whole row has to be written.
    state_changed: bool,
    starts_for: Vec<VisitorKey>,
    left_queue: Option<QueueId>,
    /// Whom its notes name.
    pub(super) mentions: Vec<(AgentId, Mentioned)>,
    /// Who held it before.
    before: Held,
    /// Why it changes hands, where there is a reason to tell.
    pub(crate) decision: Option<Decision>,
}

/// For a command that changes the owner or the state.
pub(crate) fn open_recording(conversation: Conversation) -> Recording {
    Recording { state_changed: true, ..Recording::of(conversation) }
}

impl Recording {
    /// For messages only.
    pub(crate) fn of(conversation: Conversation) -> Self {
        Self {
            from: conversation.rev,
            before: Held::of(&conversation),
            conversation,
            entries: Vec::new(),
            state_changed: false,
            starts_for: Vec::new(),
            left_queue: None,
            mentions: Vec::new(),
            decision: None,
        }
    }

    /// The sessions on these devices of the visitor are to follow the conversation from now on.
    pub(crate) fn starts_for(&mut self, keys: Vec<VisitorKey>) {
        self.starts_for = keys;
    }

    /// Whether there is anything to write.
    pub(crate) fn has_changes(&self) -> bool {
        self.state_changed || self.conversation.rev != self.from
    }

    /// More than its messages changes.
    pub(crate) const fn changes_state(&mut self) {
        self.state_changed = true;
    }

    /// The conversation waits in this queue from now on.
    pub(crate) fn move_to(&mut self, queue: &Queue) {
        let before = self.conversation.queue_id;
        if before != queue.id {
            self.left_queue = Some(before);
            self.conversation.queue_id = queue.id;
            self.conversation.queue_name.clone_from(&queue.name);
        }
    }

    /// Takes the next rev.
    pub(crate) fn next_rev(&mut self, visible: bool) -> i64 {
        self.conversation.rev += 1;
        if visible {
            self.conversation.visitor_rev = self.conversation.rev;
        }
        self.conversation.rev
    }

    /// Stores a message under the next rev.
    pub(crate) async fn add(&mut self, tx: &mut Tx, new: &NewMessage) -> Result<Message, Error> {
        let rev = self.next_rev(new.is_visible());
        let (ws, id) = (self.conversation.workspace_id, self.conversation.id);
        messages::store::insert(tx.conn(), ws, id, rev, new).await?;
        note_message(&mut self.conversation, new, rev);
        let message = new.stored(rev);
        self.touched(message.clone());
        Ok(message)
    }

    /// Stores an agent's note: those whom it names are in the conversation from now on.
    pub(crate) async fn add_note(&mut self, tx: &mut Tx, mut new: NewMessage) -> Result<Message, Error> {
        mentions::look(tx, &self.conversation, &mut new).await?;
        let message = self.add(tx, &new).await?;
        let named = new.extra.as_ref().map(|extra| extra.mentions.as_slice()).unwrap_or_default();
        let (name, writer) = (new.writer_name.as_deref().unwrap_or_default(), new.writer);
        let note = mentions::Note { id: new.id, seq: message.seq, text: &new.text, writer, name };
        self.mentions.extend(mentions::record(tx, &self.conversation, note, named).await?);
        Ok(message)
    }

    /// Notes a message that this transaction made or changed.
    pub(crate) fn touched(&mut self, message: Message) {
        let visible = message.kind != MessageKind::Note;
        self.entries.push(ChangeEntry { message, visible });
    }

    /// Writes the row and leaves the change for the publisher.
    pub(crate) async fn finish(mut self, tx: &mut Tx, moment: &Moment) -> Result<Done, Error> {
        self.conversation.updated_at = moment.now;
        let entered = self.enter_line(tx, moment).await?;
        self.conversation.count_silence(moment.now);
        if self.state_changed || entered {
            store::save(tx.conn(), &self.conversation).await?;
        } else {
            store::save_message_marks(tx.conn(), &self.conversation).await?;
        }
        self.note_hand_over(tx, moment).await?;
        self.ask_bot(tx, moment).await?;
        self.mail_later(tx, moment).await?;
        let message = self.entries.last().map(|entry| entry.message.clone());
        let done = Done { conversation: self.conversation.id, rev: self.conversation.rev, message };
        let mut change = Change::new(self.conversation, self.from, self.entries);
        change.starts_for = self.starts_for;
        change.left_queue = self.left_queue;
        change.mentions = self.mentions;
        change.state_changed = self.state_changed;
        tx.changes.push(change);
        Ok(done)
    }
}

impl Recording {
    /// Who enters a line draws a ticket, and has so long until another queue takes them on; who is over
    /// has nothing to wait for.
    async fn enter_line(&mut self, tx: &mut Tx, moment: &Moment) -> Result<bool, Error> {
        let conversation = &mut self.conversation;
        if conversation.state == State::Closed {
            (conversation.due_at, conversation.passed_over) = (None, None);
        }
        if conversation.state != State::Queued || conversation.ticket != 0 {
            return Ok(false);
        }
        let (ws, queue) = (conversation.workspace_id, conversation.queue_id);
        let drawn = line_store::draw_ticket(tx.conn(), ws, queue, moment.now).await?;
        conversation.ticket = drawn.last_ticket;
        conversation.due_at = drawn.overflow_at(moment.now);
        tx.routing.look_at(ws, queue);
        Ok(true)
    }

    /// What a visitor says to a bot reaches it: the turn is opened in the transaction of the words.
    async fn ask_bot(&mut self, tx: &mut Tx, moment: &Moment) -> Result<(), Error> {
        let now = &self.conversation;
        if self.before.state == State::Bot && now.epoch != self.before.epoch {
            turn_store::void(tx.conn(), now.workspace_id, now.id, moment.now).await?;
        }
        let Some(bot) = now.bot() else { return Ok(()) };
        let said = self.entries.iter().any(|ChangeEntry { message, .. }| {
            message.author.kind == AuthorKind::Visitor && is_words(message.kind) && message.seq == message.rev
        });
        let given = now.epoch != self.before.epoch && now.waiting_since.is_some();
        if said || given {
            let turn = BotTurnId::from_uuid(moment.ids.draw());
            turn_store::open(tx.conn(), now, bot, turn, moment.now).await?;
        }
        Ok(())
    }

    /// What somebody says to the visitor goes out by mail if it stays unread, where they have an address.
    async fn mail_later(&mut self, tx: &mut Tx, moment: &Moment) -> Result<(), Error> {
        let answers = self.entries.iter().any(|ChangeEntry { message, .. }| {
            matches!(message.author.kind, AuthorKind::Agent | AuthorKind::Bot)
                && message.kind == MessageKind::Text
                && message.seq == message.rev
        });
        if answers && !self.conversation.is_test && !self.conversation.is_practice {
            waiting_store::answered(tx.conn(), &self.conversation, moment.now).await?;
        }
        Ok(())
    }

    /// The one place where loads are owed and hand-overs get their reason, whoever made them.
    async fn note_hand_over(&mut self, tx: &mut Tx, moment: &Moment) -> Result<(), Error> {
        let decision = self.decision.take().unwrap_or_else(|| Decision::implied(&self.before, &self.conversation));
        tx.routing.changed(&self.before, &self.conversation, decision.claimed);
        if self.conversation.epoch != self.before.epoch {
            decision_store::insert(tx.conn(), &self.before, &self.conversation, &decision, moment.now).await?;
        }
        Ok(())
    }
}

/// Whether somebody said something to the other side: what was put into a form is said, too.
const fn is_words(kind: MessageKind) -> bool {
    matches!(kind, MessageKind::Text | MessageKind::Form)
}

/// What a message does to its conversation's marks. The append lane does the same set-wise.
pub(crate) fn note_message(conversation: &mut Conversation, new: &NewMessage, rev: i64) {
    if is_words(new.kind) {
        conversation.last_seq = rev;
    }
    match (new.writer, new.kind) {
        (Writer::Visitor(_), _) if conversation.waiting_since.is_none() => {
            conversation.waits_since(Some(new.created_at));
        }
        (Writer::Agent(_), MessageKind::Text) => {
            conversation.first_answered_at.get_or_insert(new.created_at);
            conversation.waits_since(None);
            conversation.forget_silence();
        }
        // The visitor is answered, if not by a person.
        (Writer::Bot(_), MessageKind::Text | MessageKind::Form) => conversation.waits_since(None),
        _ => {}
    }
}
