//! Sending: the one way in which words enter a conversation.

use std::sync::Arc;

use serde_json::{Value, json};

use super::commands::Moment;
use super::recording::{Recording, open_recording};
use super::{ActingAgent, Conversation, Error, State, access, participant_store, store};
use crate::bots;
use crate::clock::Timestamp;
use crate::db::{Conn, Constraint, Error as DbError, Tx};
use crate::drafts;
use crate::forms;
use crate::ids::{AgentId, ConversationId, MessageId, QueueId, VisitorId, WorkspaceId};
use crate::live::protocol::{Message, MessageKind, SendMail};
use crate::mail::{channel_store, composing, reach};
use crate::messages::{self, Extra, MessageText, NewMessage, Writer};
use crate::practice;
use crate::queues::store as queues;
use crate::routing::{handing, lock_conversation, sweep_store};
use crate::sites::{OnClosed, Site};
use crate::visitors::store::Ensured;
use crate::visitors::{self, FirstAct, VisitorKey};

/// What a visitor sends.
#[derive(Debug, Clone)]
pub struct VisitorSend {
    /// Where.
    pub site: Arc<Site>,
    /// Whose sessions follow a conversation that this starts.
    pub key: VisitorKey,
    /// What the visitor's row gets if this is their first durable act.
    pub first: FirstAct,
    /// Becomes the message's id.
    pub id: MessageId,
    /// The words.
    pub text: MessageText,
    /// The message that it answers.
    pub reply_to: Option<MessageId>,
    /// Of a quick reply.
    pub payload: Option<Value>,
    /// The word filter of which the agents are told.
    pub flagged: Option<String>,
}

impl VisitorSend {
    /// The message, once its writer is known.
    pub fn message(&self, visitor: VisitorId, now: Timestamp) -> NewMessage {
        NewMessage {
            id: self.id,
            kind: MessageKind::Text,
            writer: Writer::Visitor(visitor),
            writer_name: None,
            text: self.text.clone().into_string(),
            extra: self.payload.clone().map(|payload| Extra { payload: Some(payload), ..Extra::default() }),
            reply_to: self.reply_to,
            created_at: now,
        }
    }

    /// Whether the hot lane takes it.
    pub const fn is_plain(&self) -> bool {
        self.reply_to.is_none() && self.payload.is_none() && self.flagged.is_none()
    }
}

/// A message that is stored.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Where it is.
    pub conversation: ConversationId,
    /// Whose it is, for the visitor's first `ack`.
    pub visitor: Option<VisitorId>,
    /// As it was stored.
    pub message: Message,
    /// Whether it had been stored before.
    pub repeat: bool,
}

/// Stores a visitor's message: in their open conversation, or in one that the site's rule opens.
pub async fn send_as_visitor(tx: &mut Tx, moment: &Moment, send: &VisitorSend) -> Result<Sent, Error> {
    let ws = send.site.workspace_id;
    // The visitor's row is locked from here on, so that two first messages start one conversation.
    let ensured = visitors::store::ensure(tx.conn(), &send.site, &send.first, moment).await?;
    let visitor = ensured.id;
    let new = send.message(visitor, moment.now);
    if let Some(sent) = repeated(tx, ws, &new).await? {
        return Ok(Sent { visitor: Some(visitor), ..sent });
    }
    forms::check_consent(tx, &send.site, visitor).await?;
    let mut recording = open_conversation(tx, moment, send, &ensured).await?;
    check_reply(tx, &recording.conversation, send.reply_to, true).await?;
    let message = recording.add(tx, &new).await.map_err(id_reused)?;
    if let Some(phrase) = &send.flagged {
        recording.event_for_agents(tx, moment, "words_flagged", json!({"phrase": phrase})).await?;
    }
    let done = recording.finish(tx, moment).await?;
    Ok(Sent { conversation: done.conversation, visitor: Some(visitor), message, repeat: false })
}

/// Stores a message in an open conversation whose row is locked.
pub(crate) async fn append_to(
    tx: &mut Tx,
    moment: &Moment,
    conversation: Conversation,
    new: &NewMessage,
) -> Result<Sent, Error> {
    if let Some(sent) = repeated(tx, conversation.workspace_id, new).await? {
        return Ok(sent);
    }
    let mut recording = Recording::of(conversation);
    let message = recording.add(tx, new).await.map_err(id_reused)?;
    let done = recording.finish(tx, moment).await?;
    Ok(Sent { conversation: done.conversation, visitor: None, message, repeat: false })
}

/// The conversation that the visitor's words go into, locked. One that begins, or begins again, waits
/// where the visitor chose, and takes what they answered for it.
async fn open_conversation(
    tx: &mut Tx,
    moment: &Moment,
    send: &VisitorSend,
    visitor: &Ensured,
) -> Result<Recording, Error> {
    let (ws, site) = (send.site.workspace_id, send.site.id);
    let latest = store::current_of_visitor(tx.conn(), ws, site, visitor.id).await?;
    if let Some(open) = latest.as_ref().filter(|latest| !latest.is_closed()) {
        return join_open(tx, moment, open).await;
    }
    forms::check_pre_chat(tx, &send.site, visitor.id).await?;
    let chosen = forms::store::take_next(tx.conn(), ws, visitor.id).await?;
    let Some(closed) = latest.as_ref().filter(|_| send.site.on_closed == OnClosed::Reopen) else {
        let last_agent = latest.and_then(|latest| latest.last_agent_id);
        return start(tx, moment, send, visitor, chosen.unwrap_or(send.site.queue_id), last_agent).await;
    };
    let extra: Vec<QueueId> = chosen.into_iter().collect();
    let closed = lock_conversation(tx, ws, closed.id, &extra).await?.ok_or(Error::NotFound)?;
    if !closed.is_closed() {
        return Err(DbError::Moved.into());
    }
    let mut recording = open_recording(closed);
    if let Some(queue) = chosen {
        recording.move_to(&queues::find(tx.conn(), ws, queue).await?.ok_or(DbError::Inconsistent("next_chats"))?);
    }
    recording.back_to_queue(moment.now);
    bots::handing::begins(tx, &mut recording).await?;
    recording.starts_for(devices(tx, send, visitor).await?);
    recording.event(tx, moment, "conversation_reopened", json!({"by": {"kind": "visitor"}})).await?;
    Ok(recording)
}

/// The devices whose sessions follow a conversation that begins: this one, and whatever else is the visitor's.
async fn devices(tx: &mut Tx, send: &VisitorSend, visitor: &Ensured) -> Result<Vec<VisitorKey>, Error> {
    let mut all = visitors::store::keys(tx.conn(), send.site.workspace_id, visitor.id).await?;
    if !all.contains(&send.key) {
        all.push(send.key);
    }
    Ok(all)
}

/// The visitor's open conversation, locked; a snoozed one wakes.
pub(super) async fn join_open(tx: &mut Tx, moment: &Moment, open: &Conversation) -> Result<Recording, Error> {
    let (ws, id) = (open.workspace_id, open.id);
    if open.takes_words() {
        let found = store::lock(tx.conn(), ws, id).await?.ok_or(Error::NotFound)?;
        return if found.takes_words() { Ok(Recording::of(found)) } else { Err(DbError::Moved.into()) };
    }
    let found = lock_conversation(tx, ws, id, &[]).await?.ok_or(Error::NotFound)?;
    if found.state != State::Snoozed {
        return Err(DbError::Moved.into());
    }
    let mut recording = open_recording(found);
    handing::wake(tx, moment, &mut recording, true).await?;
    Ok(recording)
}

async fn start(
    tx: &mut Tx,
    moment: &Moment,
    send: &VisitorSend,
    visitor: &Ensured,
    queue_id: QueueId,
    last_agent: Option<AgentId>,
) -> Result<Recording, Error> {
    let ws = send.site.workspace_id;
    let id = ConversationId::from_uuid(moment.ids.draw());
    let new = store::NewConversation {
        workspace_id: ws,
        id,
        site_id: send.site.id,
        visitor_id: visitor.id,
        queue_id,
        is_test: send.site.is_preview,
        now: moment.now,
    };
    store::insert(tx.conn(), &new).await?;
    let who = participant_store::AnyId::new(visitor.id.uuid());
    participant_store::join(tx.conn(), ws, id, "visitor", who, moment.now).await?;
    let conversation = store::find(tx.conn(), ws, id).await?.ok_or(Error::NotFound)?;
    let mut recording = Recording::of(conversation);
    recording.conversation.last_agent_id = last_agent;
    bots::handing::begins(tx, &mut recording).await?;
    recording.starts_for(devices(tx, send, visitor).await?);
    Ok(recording)
}

/// What an agent sends.
#[derive(Debug, Clone)]
pub struct AgentSend {
    /// Who.
    pub agent: ActingAgent,
    /// Where.
    pub conversation: ConversationId,
    /// `text` or `note`.
    pub kind: MessageKind,
    /// Becomes the message's id.
    pub id: MessageId,
    /// The words.
    pub text: MessageText,
    /// The message that it answers.
    pub reply_to: Option<MessageId>,
    /// The last seq that the agent saw; needed for a text that is not forced.
    pub seen_seq: Option<i64>,
    /// Send although another agent has written since.
    pub force: bool,
    /// Subject and copies, where the conversation is by mail.
    pub mail: Option<SendMail>,
}

/// Stores an agent's reply or note.
pub async fn send_as_agent(tx: &mut Tx, moment: &Moment, send: &AgentSend) -> Result<Sent, Error> {
    let ws = send.agent.workspace_id;
    let conversation = super::commands::locked_for(tx, &send.agent, send.conversation).await?;
    let mut new = NewMessage {
        id: send.id,
        kind: send.kind,
        writer: Writer::Agent(send.agent.id),
        writer_name: Some(send.agent.name.clone()),
        text: send.text.clone().into_string(),
        extra: None,
        reply_to: send.reply_to,
        created_at: moment.now,
    };
    if let Some(sent) = repeated(tx, ws, &new).await? {
        return Ok(sent);
    }
    if send.kind == MessageKind::Text {
        check_reply_allowed(tx, send, &conversation).await?;
    }
    check_reply(tx, &conversation, send.reply_to, false).await?;
    new.extra = by_mail(tx, send, &conversation).await?;
    let who = participant_store::AnyId::new(send.agent.id.uuid());
    participant_store::join(tx.conn(), ws, conversation.id, "agent", who, moment.now).await?;
    let answers = send.kind == MessageKind::Text && conversation.state == State::Assigned;
    if answers && conversation.due_at.is_some() {
        // The first answer came in time.
        sweep_store::set_due(tx.conn(), ws, conversation.id, None).await?;
    }
    drafts::sent(tx, &send.agent, conversation.id).await?;
    let mut recording = Recording::of(conversation);
    if send.kind == MessageKind::Text {
        practice::heard(tx, &recording.conversation).await?;
    }
    let message = match send.kind {
        MessageKind::Note => recording.add_note(tx, new).await,
        _ => recording.add(tx, &new).await,
    };
    let message = message.map_err(id_reused)?;
    let done = recording.finish(tx, moment).await?;
    Ok(Sent { conversation: done.conversation, visitor: None, message, repeat: false })
}

/// What the words get that go out as a mail; nothing where the conversation is a chat. Words that would reach
/// nobody are refused, so that nobody waits for an answer to them.
async fn by_mail(tx: &mut Tx, send: &AgentSend, conversation: &Conversation) -> Result<Option<Extra>, Error> {
    if send.kind != MessageKind::Text {
        return Ok(None);
    }
    let writing = channel_store::writing(tx.conn(), conversation.workspace_id, conversation.id).await?;
    let Some(writing) = writing else {
        let chat = || Error::Invalid("This conversation is not by mail.".to_owned());
        return send.mail.is_none().then_some(None).ok_or_else(chat);
    };
    if let Some(bounce) = reach::unread_and_bounced(tx.conn(), conversation, &writing.address).await? {
        let came_back = format!("Mail to {} came back, so nothing is sent there: {bounce}", writing.address);
        return Err(Error::Invalid(came_back));
    }
    let Some(mail) = &send.mail else { return Ok(None) };
    let mail = composing::check(mail, &composing::answering(&writing.subject));
    let mail = mail.map_err(|wrong| Error::Invalid(wrong.to_string()))?;
    Ok(Some(Extra { mail: Some(mail), ..Extra::default() }))
}

async fn check_reply_allowed(tx: &mut Tx, send: &AgentSend, conversation: &Conversation) -> Result<(), Error> {
    if conversation.is_closed() {
        return Err(Error::Closed);
    }
    access::check_writing(tx.conn(), &send.agent, conversation).await?;
    if send.force {
        return Ok(());
    }
    let seen =
        send.seen_seq.ok_or_else(|| Error::Invalid("A reply needs seen_seq, the last seq you saw.".to_owned()))?;
    let scope = messages::store::Scope {
        workspace_id: conversation.workspace_id,
        conversation_id: conversation.id,
        visitor: false,
    };
    let newer = messages::store::by_other_agents_since(tx.conn(), scope, seen, send.agent.id).await?;
    if newer.is_empty() {
        return Ok(());
    }
    Err(Error::AnsweredMeanwhile(newer.into_iter().map(messages::store::MessageRow::into_message).collect()))
}

async fn repeated(tx: &mut Tx, ws: WorkspaceId, new: &NewMessage) -> Result<Option<Sent>, Error> {
    already_sent(tx.conn(), ws, new).await
}

/// The message of this id, if it is there: the same content is a repeat, another is a conflict. What
/// a visitor sent before they were identified stands under the stranger that they were.
pub async fn already_sent(mut conn: Conn<'_>, ws: WorkspaceId, new: &NewMessage) -> Result<Option<Sent>, Error> {
    let Some(row) = messages::store::find(conn.again(), ws, new.id).await? else { return Ok(None) };
    let writer = match (new.writer, row.writer()) {
        (Writer::Visitor(visitor), Some(Writer::Visitor(author))) if author != visitor => {
            let own = visitors::store::is_device_of(conn, ws, author, visitor).await?;
            if own { Writer::Visitor(author) } else { new.writer }
        }
        _ => new.writer,
    };
    let (same, conversation) = (row.digest == new.digest_by(writer), row.conversation_id);
    let own = row.writer() == Some(writer);
    if same && own {
        Ok(Some(Sent { conversation, visitor: None, message: row.into_message(), repeat: true }))
    } else {
        Err(Error::IdReused)
    }
}

async fn check_reply(
    tx: &mut Tx,
    conversation: &Conversation,
    reply_to: Option<MessageId>,
    visitor: bool,
) -> Result<(), Error> {
    let Some(id) = reply_to else { return Ok(()) };
    let found = messages::store::find(tx.conn(), conversation.workspace_id, id).await?;
    let fits = found.is_some_and(|row| {
        row.conversation_id == conversation.id && !(visitor && row.into_message().kind == MessageKind::Note)
    });
    if fits { Ok(()) } else { Err(Error::Invalid("reply_to names no message of this conversation.".to_owned())) }
}

/// Another conversation has this id: two writers raced, or somebody guesses.
pub(crate) fn id_reused(error: Error) -> Error {
    match error {
        Error::Db(DbError::Constraint(Constraint::MessagesId)) => Error::IdReused,
        other => other,
    }
}
