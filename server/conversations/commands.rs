//! Commands on a conversation and its messages.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::recording::{Recording, open_recording};
use super::{ActingAgent, Conversation, Error, State, store};
use crate::clock::{Ids, Timestamp};
use crate::db::{Constraint, Error as DbError, Tx};
use crate::ids::{ConversationId, MessageId, QueueId, VisitorId, WorkspaceId};
use crate::live::protocol::{AuthorKind, Message, MessageKind};
use crate::mentions::{self, store as mention_store};
use crate::messages::{self, Extra, MessageText, NewMessage, Writer, edit_store};
use crate::routing::{handing, lock_conversation};
use crate::visitors;

/// When and with which ids a command runs.
#[derive(Clone)]
pub struct Moment {
    /// Draws the ids of events.
    pub ids: std::sync::Arc<Ids>,
    /// The time that its rows carry.
    pub now: Timestamp,
}

/// What a command answers: where, and the rev of its effect.
#[derive(Debug, Clone)]
pub struct Done {
    /// The conversation.
    pub conversation: ConversationId,
    /// The rev at which its effect holds.
    pub rev: i64,
    /// The message that it made or touched.
    pub message: Option<Message>,
}

impl Done {
    /// For a command whose effect already held.
    pub(crate) fn already(conversation: &Conversation) -> Self {
        Self { conversation: conversation.id, rev: conversation.rev, message: None }
    }
}

/// Takes a conversation: compare-and-set on its epoch. The loser is told who won.
pub async fn take(
    tx: &mut Tx,
    moment: &Moment,
    agent: &ActingAgent,
    id: ConversationId,
    epoch: Option<i64>,
) -> Result<Done, Error> {
    let conversation = locked_to_hand_over(tx, agent, id, &[]).await?;
    if conversation.owner_agent_id == Some(agent.id) && conversation.state == State::Assigned {
        return Ok(Done::already(&conversation));
    }
    if conversation.is_closed() {
        return Err(Error::Closed);
    }
    let before = conversation.owner_agent_id.zip(conversation.owner_name.clone());
    let mut recording = fenced(conversation, epoch)?;
    let line = handing::line_of(tx, &recording).await?;
    let to = handing::To { id: agent.id, name: &agent.name };
    handing::give(tx, moment, &mut recording, to, line.answer_timeout_s).await?;
    if let Some((left, name)) = before.filter(|(left, _)| *left != agent.id) {
        recording.event(tx, moment, "agent_left", json!({"agent": {"id": left, "name": name}})).await?;
    }
    handing::joined(tx, moment, &mut recording, to).await?;
    recording.finish(tx, moment).await
}

/// Closes a conversation.
pub async fn close(
    tx: &mut Tx,
    moment: &Moment,
    agent: &ActingAgent,
    id: ConversationId,
    epoch: Option<i64>,
) -> Result<Done, Error> {
    let conversation = locked_to_hand_over(tx, agent, id, &[]).await?;
    if conversation.is_closed() {
        return Ok(Done::already(&conversation));
    }
    let mut recording = fenced(conversation, epoch)?;
    recording.close(moment.now);
    recording.event(tx, moment, "conversation_closed", by_agent(agent)).await?;
    recording.finish(tx, moment).await
}

/// Opens a closed conversation again, back in its queue.
pub async fn reopen(
    tx: &mut Tx,
    moment: &Moment,
    agent: &ActingAgent,
    id: ConversationId,
    epoch: Option<i64>,
) -> Result<Done, Error> {
    let conversation = locked_to_hand_over(tx, agent, id, &[]).await?;
    if !conversation.is_closed() {
        return Ok(Done::already(&conversation));
    }
    let keys = visitors::store::keys(tx.conn(), conversation.workspace_id, conversation.visitor_id).await?;
    let mut recording = fenced(conversation, epoch)?;
    recording.back_to_queue(moment.now);
    // It may be an earlier one: the visitor's sessions follow it from now on.
    recording.starts_for(keys);
    recording.event(tx, moment, "conversation_reopened", by_agent(agent)).await?;
    recording.finish(tx, moment).await.map_err(|error| match error {
        Error::Db(DbError::Constraint(Constraint::ConversationsOneOpen)) => Error::AnotherOpen,
        other => other,
    })
}

/// Who changes a message, and what binds them.
#[derive(Debug, Clone)]
pub enum Editor {
    /// A visitor, within so long of the message.
    Visitor(VisitorId, WorkspaceId, Duration),
    /// An agent, on their own messages.
    Agent(ActingAgent),
}

impl Editor {
    const fn workspace(&self) -> WorkspaceId {
        match self {
            Self::Visitor(_, workspace, _) => *workspace,
            Self::Agent(agent) => agent.workspace_id,
        }
    }
}

/// Puts other words into one's own message. An edit that is already so is acknowledged; one made on
/// an older state of the message is not.
pub async fn edit(
    tx: &mut Tx,
    moment: &Moment,
    editor: &Editor,
    id: MessageId,
    text: MessageText,
    if_rev: i64,
) -> Result<Done, Error> {
    let (conversation, message, created_at) = own_message(tx, editor, id).await?;
    if message.kind == MessageKind::Form {
        return Err(Error::NotAllowed("What was put into a form stays as it was sent; it can be taken back."));
    }
    let text = text.into_string();
    if message.deleted_at.is_none() && message.text == text {
        return Ok(Done { conversation: conversation.id, rev: message.rev, message: Some(message) });
    }
    if message.rev != if_rev || message.deleted_at.is_some() {
        return Err(Error::MessageChanged(Box::new(message)));
    }
    within_window(editor, created_at, moment.now)?;
    let mut recording = Recording::of(conversation);
    let rev = recording.next_rev(message.kind != MessageKind::Note);
    edit_store::keep(tx.conn(), editor.workspace(), &message, moment.now).await?;
    messages::store::edit(tx.conn(), editor.workspace(), id, rev, &text, moment.now).await?;
    let mentions = named_anew(tx, &mut recording, editor, &message, &text).await?;
    let edited_at = Some(moment.now.rfc3339());
    recording.touched(Message { text, rev, edited_at, mentions, ..message });
    recording.finish(tx, moment).await
}

/// Takes one's own message back. One that is already gone is acknowledged.
pub async fn delete(
    tx: &mut Tx,
    moment: &Moment,
    editor: &Editor,
    id: MessageId,
    if_rev: Option<i64>,
) -> Result<Done, Error> {
    let (conversation, message, created_at) = own_message(tx, editor, id).await?;
    if message.deleted_at.is_some() {
        return Ok(Done { conversation: conversation.id, rev: message.rev, message: Some(message) });
    }
    if if_rev.is_some_and(|rev| rev != message.rev) {
        return Err(Error::MessageChanged(Box::new(message)));
    }
    within_window(editor, created_at, moment.now)?;
    let mut recording = Recording::of(conversation);
    let rev = recording.next_rev(message.kind != MessageKind::Note);
    messages::store::delete(tx.conn(), editor.workspace(), id, rev, moment.now).await?;
    edit_store::forget(tx.conn(), editor.workspace(), id).await?;
    mention_store::forget(tx.conn(), editor.workspace(), id).await?;
    let deleted_at = Some(moment.now.rfc3339());
    recording.touched(Message { text: String::new(), form: None, payload: None, rev, deleted_at, ..message });
    recording.finish(tx, moment).await
}

/// An edited note may name others: those who are new in it are told. Gives how they are written.
async fn named_anew(
    tx: &mut Tx,
    recording: &mut Recording,
    editor: &Editor,
    message: &Message,
    text: &str,
) -> Result<Vec<String>, Error> {
    let Editor::Agent(agent) = editor else { return Ok(Vec::new()) };
    if message.kind != MessageKind::Note {
        return Ok(Vec::new());
    }
    let named = mentions::in_text(tx, &recording.conversation, text).await?;
    let written = named.iter().map(|mention| mention.written.clone()).collect();
    let note =
        mentions::Note { id: message.id, seq: message.seq, text, writer: Writer::Agent(agent.id), name: &agent.name };
    recording.mentions.extend(mentions::record(tx, &recording.conversation, note, &named).await?);
    let extra = (!named.is_empty()).then(|| Extra { mentions: named, ..Extra::default() });
    edit_store::set_extra(tx.conn(), agent.workspace_id, message.id, extra.as_ref()).await?;
    Ok(written)
}

/// The conversation, locked, if the agent may see it.
pub(super) async fn locked_for(tx: &mut Tx, agent: &ActingAgent, id: ConversationId) -> Result<Conversation, Error> {
    let conversation = store::lock(tx.conn(), agent.workspace_id, id).await?.ok_or(Error::NotFound)?;
    super::access::check(tx.conn(), agent, &conversation).await?;
    Ok(conversation)
}

/// The same for a command that may change the owner: routing's locks come first.
pub(super) async fn locked_to_hand_over(
    tx: &mut Tx,
    agent: &ActingAgent,
    id: ConversationId,
    extra: &[QueueId],
) -> Result<Conversation, Error> {
    let conversation = lock_conversation(tx, agent.workspace_id, id, extra).await?.ok_or(Error::NotFound)?;
    super::access::check(tx.conn(), agent, &conversation).await?;
    Ok(conversation)
}

/// The epoch fence: the command was made for the owner that still has it.
pub(super) fn fenced(conversation: Conversation, epoch: Option<i64>) -> Result<Recording, Error> {
    match epoch {
        Some(epoch) if epoch == conversation.epoch => Ok(open_recording(conversation)),
        Some(_) => Err(Error::OwnerChanged { owner: conversation.owner(), epoch: conversation.epoch }),
        None => Err(Error::Invalid("This command needs the epoch that it was made for.".to_owned())),
    }
}

async fn own_message(tx: &mut Tx, editor: &Editor, id: MessageId) -> Result<(Conversation, Message, Timestamp), Error> {
    let ws = editor.workspace();
    let found = messages::store::find(tx.conn(), ws, id).await?.ok_or(Error::NotFound)?;
    let conversation = store::lock(tx.conn(), ws, found.conversation_id).await?.ok_or(Error::NotFound)?;
    // Read again under the lock: another edit may have come first.
    let row = messages::store::find(tx.conn(), ws, id).await?.ok_or(Error::NotFound)?;
    let (created_at, writer) = (row.created_at, row.writer());
    let message = row.into_message();
    match editor {
        Editor::Visitor(visitor, ..) => {
            // All that a visitor wrote in a conversation is its one visitor's, also as a stranger.
            let theirs = conversation.visitor_id == *visitor
                || visitors::store::is_device_of(tx.conn(), ws, *visitor, conversation.visitor_id).await?;
            if !theirs || message.author.kind != AuthorKind::Visitor {
                return Err(Error::NotFound);
            }
        }
        Editor::Agent(agent) => {
            super::access::check(tx.conn(), agent, &conversation).await?;
            if writer != Some(Writer::Agent(agent.id)) {
                return Err(Error::NotAllowed("You can change your own messages only."));
            }
        }
    }
    Ok((conversation, message, created_at))
}

fn within_window(editor: &Editor, created_at: Timestamp, now: Timestamp) -> Result<(), Error> {
    match editor {
        Editor::Visitor(_, _, window) if now.since(created_at) > *window => Err(Error::WindowOver),
        _ => Ok(()),
    }
}

fn by_agent(agent: &ActingAgent) -> Value {
    json!({"by": {"kind": "agent", "id": agent.id, "name": agent.name}})
}

/// An event's parameters as an object.
pub(super) fn params(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

impl Recording {
    /// Adds an event that everybody sees.
    pub(crate) async fn event(&mut self, tx: &mut Tx, moment: &Moment, name: &str, value: Value) -> Result<(), Error> {
        let id = MessageId::from_uuid(moment.ids.draw());
        self.add(tx, &NewMessage::event(id, name, params(value), moment.now)).await.map(drop)
    }

    /// Adds an event that agents alone see: stored as a note, which no visitor is ever sent.
    pub(crate) async fn event_for_agents(
        &mut self,
        tx: &mut Tx,
        moment: &Moment,
        name: &str,
        value: Value,
    ) -> Result<(), Error> {
        let id = MessageId::from_uuid(moment.ids.draw());
        let kind = crate::live::protocol::MessageKind::Note;
        let event = NewMessage { kind, ..NewMessage::event(id, name, params(value), moment.now) };
        self.add(tx, &event).await.map(drop)
    }

    /// Puts the conversation at the end of its queue, with a new epoch.
    pub(crate) fn back_to_queue(&mut self, now: Timestamp) {
        let conversation = &mut self.conversation;
        conversation.state = State::Queued;
        conversation.owner_agent_id = None;
        conversation.owner_name = None;
        conversation.epoch += 1;
        conversation.queued_at = now;
        conversation.ticket = 0;
        conversation.passed_over = None;
        conversation.closed_at = None;
        conversation.merged_into = None;
    }

    /// The conversation is over, and nobody's.
    pub(crate) fn close(&mut self, now: Timestamp) {
        let conversation = &mut self.conversation;
        conversation.state = State::Closed;
        conversation.owner_agent_id = None;
        conversation.owner_name = None;
        conversation.epoch += 1;
        conversation.closed_at = Some(now);
        conversation.waits_since(None);
    }
}
