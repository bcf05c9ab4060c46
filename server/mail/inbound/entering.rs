//! How a mail enters a conversation: as its visitor's words, as the first words of a new one, or as a note that
//! agents alone see. It is routed like what comes by any other way.

use std::sync::Arc;

use serde_json::json;

use super::taking::{Taken, Taking};
use super::{Automatic, Incoming, store};
use crate::bots::handing as bots;
use crate::conversations::recording::{Recording, open_recording};
use crate::conversations::store as conversations;
use crate::conversations::{Conversation, Error, Moment, State, participant_store};
use crate::db::{Error as DbError, Tx};
use crate::ids::{ConversationId, MessageId, ReceivedMailId, VisitorId, WorkspaceId};
use crate::live::protocol::{MAX_TEXT_CHARS, Mail, MailFile, MessageKind};
use crate::mail::{outbox, thread_store};
use crate::messages::{Extra, NewMessage, Writer};
use crate::routing::{handing, lock_conversation};
use crate::sites::{Site, store as sites};
use crate::visitors::store as visitors;

/// Merges of conversations that are followed.
const MOST_MERGES: usize = 5;

/// A conversation that somebody reads by mail.
pub(super) struct Thread {
    pub workspace_id: WorkspaceId,
    pub conversation_id: ConversationId,
    /// To whom we wrote.
    pub address: String,
}

/// A mail to a conversation that there is.
pub(super) async fn thread(
    taking: &Taking,
    tx: &mut Tx,
    moment: &Moment,
    thread: Thread,
    automatic: Option<Automatic>,
) -> Result<Taken, Error> {
    let ws = thread.workspace_id;
    let Some(target) = current(tx, ws, thread.conversation_id).await? else { return Ok(Taken::Nobody) };
    let stranger = taking.mail.from.as_str() != thread.address;
    let visitor = target.visitor_id;
    if is_blocked(tx, ws, visitor).await? {
        return taking.aside(tx, ws, "blocked").await;
    }
    let mut recording = if automatic.is_some() {
        let found = conversations::lock(tx.conn(), ws, target.id).await?.ok_or(Error::NotFound)?;
        Recording::of(found)
    } else {
        joined(tx, moment, &target, !stranger).await?
    };
    let words = automatic.is_none() && !stranger;
    let writer = if words { Writer::Visitor(visitor) } else { Writer::System };
    if add(taking, tx, moment, &mut recording, writer, stranger).await?.is_none() {
        return Ok(Taken::Repeat);
    }
    recording.finish(tx, moment).await?;
    if words {
        outbox::takes_mail(tx, ws, &taking.mail.from).await?;
    }
    Ok(if words { Taken::Words } else { Taken::Note })
}

/// A mail to a site's own address: into the sender's open conversation, or a new one.
pub(super) async fn site(taking: &Taking, tx: &mut Tx, moment: &Moment, site: &Arc<Site>) -> Result<Taken, Error> {
    let (ws, mail) = (site.workspace_id, &taking.mail);
    let visitor = visitor(taking, tx, site).await?;
    if is_blocked(tx, ws, visitor).await? {
        return taking.aside(tx, ws, "blocked").await;
    }
    let latest = conversations::current_of_visitor(tx.conn(), ws, site.id, visitor).await?;
    let open = latest.as_ref().filter(|latest| !latest.is_closed());
    let mut recording = match open {
        Some(open) => joined(tx, moment, open, true).await?,
        None => begin(tx, moment, site, visitor, latest.as_ref().and_then(|latest| latest.last_agent_id)).await?,
    };
    let began = open.is_none();
    let id = recording.conversation.id;
    if began {
        store::began(tx, ws, id, mail.subject.as_deref()).await?;
    }
    thread_store::ensure(tx, ws, id, &mail.from).await?;
    if add(taking, tx, moment, &mut recording, Writer::Visitor(visitor), false).await?.is_none() {
        return Ok(Taken::Repeat);
    }
    recording.finish(tx, moment).await?;
    outbox::takes_mail(tx, ws, &mail.from).await?;
    Ok(if began { Taken::Began } else { Taken::Words })
}

/// A report of a mail of ours is kept beside the conversation, which says already what it reports.
pub(super) async fn report(
    taking: &Taking,
    tx: &mut Tx,
    moment: &Moment,
    ws: WorkspaceId,
    conversation: ConversationId,
) -> Result<Taken, Error> {
    let found = conversations::find(tx.conn(), ws, conversation).await?.ok_or(Error::NotFound)?;
    let received = ReceivedMailId::from_uuid(moment.ids.draw());
    let new = keep(taking, tx, &found, received, None).await?;
    Ok(if new { Taken::Bounce } else { Taken::Repeat })
}

/// Whose mail to a site this is: of who wrote from this address before, of a visitor who proved it if the mail
/// server says that the sender is genuine, else of somebody new.
async fn visitor(taking: &Taking, tx: &mut Tx, site: &Site) -> Result<VisitorId, Error> {
    let mail = &taking.mail;
    if mail.checks.dmarc
        && let Some(proved) = store::proved_visitor(tx.conn(), site.id, &mail.from).await?
    {
        store::lock_visitor(tx, site.workspace_id, proved).await?;
        return Ok(proved);
    }
    let by = store::ByMail {
        workspace_id: site.workspace_id,
        site_id: site.id,
        address: &mail.from,
        name: mail.sender_name.as_deref(),
        token_hash: taking.random.token(),
    };
    Ok(store::ensure_visitor(tx, &by).await?)
}

async fn is_blocked(tx: &mut Tx, ws: WorkspaceId, visitor: VisitorId) -> Result<bool, Error> {
    Ok(visitors::find(tx.conn(), ws, visitor).await?.is_some_and(|visitor| visitor.is_blocked))
}

/// The conversation that goes on for this one: where it was merged into, and where it is over, the one that
/// its visitor has open.
async fn current(tx: &mut Tx, ws: WorkspaceId, id: ConversationId) -> Result<Option<Conversation>, Error> {
    let mut found = conversations::find(tx.conn(), ws, id).await?;
    for _ in 0..MOST_MERGES {
        match found.as_ref().and_then(|found| found.merged_into) {
            Some(into) => found = conversations::find(tx.conn(), ws, into).await?,
            None => break,
        }
    }
    let Some(closed) = found.as_ref().filter(|found| found.is_closed()) else { return Ok(found) };
    let now = conversations::current_of_visitor(tx.conn(), ws, closed.site_id, closed.visitor_id).await?;
    Ok(now.filter(|now| !now.is_closed()).or(found))
}

/// The conversation, locked: woken if it was put off, back in its queue if it was over. A bot that has it does
/// not answer mails: what answers by itself on the other side would answer it again, without end.
async fn joined(tx: &mut Tx, moment: &Moment, target: &Conversation, visitor: bool) -> Result<Recording, Error> {
    let (ws, id) = (target.workspace_id, target.id);
    let from_bot = visitor && target.state == State::Bot;
    if target.takes_words() && !from_bot {
        let found = conversations::lock(tx.conn(), ws, id).await?.ok_or(Error::NotFound)?;
        return if found.takes_words() { Ok(Recording::of(found)) } else { Err(DbError::Moved.into()) };
    }
    let found = lock_conversation(tx, ws, id, &[]).await?.ok_or(Error::NotFound)?;
    if found.state != target.state {
        return Err(DbError::Moved.into());
    }
    let keys = visitors::keys(tx.conn(), ws, found.visitor_id).await?;
    let mut recording = open_recording(found);
    if from_bot {
        bots::hand_off(tx, moment, &mut recording, bots::Asks::Visitor, None).await?;
        return Ok(recording);
    }
    if recording.conversation.state == State::Snoozed {
        handing::wake(tx, moment, &mut recording, true).await?;
        return Ok(recording);
    }
    recording.back_to_queue(moment.now);
    recording.starts_for(keys);
    let by = if visitor { "visitor" } else { "system" };
    recording.event(tx, moment, "conversation_reopened", json!({"by": {"kind": by}})).await?;
    Ok(recording)
}

/// A new conversation in the site's queue. Whoever writes a mail waits for a person: a bot is not asked.
async fn begin(
    tx: &mut Tx,
    moment: &Moment,
    site: &Site,
    visitor: VisitorId,
    last_agent: Option<crate::ids::AgentId>,
) -> Result<Recording, Error> {
    let (ws, id) = (site.workspace_id, ConversationId::from_uuid(moment.ids.draw()));
    let new = conversations::NewConversation {
        workspace_id: ws,
        id,
        site_id: site.id,
        visitor_id: visitor,
        queue_id: site.queue_id,
        is_test: false,
        now: moment.now,
    };
    conversations::insert(tx.conn(), &new).await?;
    let who = participant_store::AnyId::new(visitor.uuid());
    participant_store::join(tx.conn(), ws, id, "visitor", who, moment.now).await?;
    let keys = visitors::keys(tx.conn(), ws, visitor).await?;
    let mut recording = Recording::of(conversations::find(tx.conn(), ws, id).await?.ok_or(Error::NotFound)?);
    recording.conversation.last_agent_id = last_agent;
    recording.starts_for(keys);
    Ok(recording)
}

/// Stores the mail and its message; none where it came before.
async fn add(
    taking: &Taking,
    tx: &mut Tx,
    moment: &Moment,
    recording: &mut Recording,
    writer: Writer,
    stranger: bool,
) -> Result<Option<MessageId>, Error> {
    let id = MessageId::from_uuid(moment.ids.draw());
    let received = taking.id.unwrap_or_else(|| ReceivedMailId::from_uuid(moment.ids.draw()));
    if !keep(taking, tx, &recording.conversation, received, Some(id)).await? {
        return Ok(None);
    }
    let sites = sites::of_workspace(tx.conn(), recording.conversation.workspace_id).await?;
    let mail = &taking.mail;
    let (text, cut) = text(mail);
    let others = mail.cc.iter().filter(|address| !taking.is_ours(address, &sites));
    let told = Mail {
        id: Some(received),
        from: mail.from.to_string(),
        subject: mail.subject.clone(),
        cc: others.map(ToString::to_string).collect(),
        cut,
        stranger,
        by_form: mail.by_form,
        checks: mail.checks.found.clone(),
        files: mail.files.iter().map(file).collect(),
    };
    let kind = if matches!(writer, Writer::Visitor(_)) { MessageKind::Text } else { MessageKind::Note };
    let new = NewMessage {
        id,
        kind,
        writer,
        writer_name: None,
        text,
        extra: Some(Extra { mail: Some(told), ..Extra::default() }),
        reply_to: None,
        created_at: moment.now,
    };
    recording.add(tx, &new).await?;
    Ok(Some(id))
}

fn file(file: &super::File) -> MailFile {
    MailFile { name: file.name.clone(), mime: file.mime.clone(), bytes: u64::try_from(file.bytes).unwrap_or(u64::MAX) }
}

async fn keep(
    taking: &Taking,
    tx: &mut Tx,
    conversation: &Conversation,
    id: ReceivedMailId,
    message: Option<MessageId>,
) -> Result<bool, Error> {
    let mail = &taking.mail;
    let received = store::Received {
        workspace_id: conversation.workspace_id,
        id,
        dedupe: &mail.dedupe,
        conversation_id: conversation.id,
        message_id: message,
        header_id: mail.header_id.as_deref(),
        sender: &mail.from,
        subject: mail.subject.as_deref(),
        way: taking.way,
        raw: &mail.raw,
    };
    Ok(store::insert(tx, &received).await?)
}

/// The words that a message gets, and whether more stood there: a mail without any is shown by its subject,
/// or by its files.
fn text(mail: &Incoming) -> (String, bool) {
    let clean = mail.words.text.replace('\0', "");
    let mut text = clean.trim().to_owned();
    if text.is_empty() {
        let names: Vec<&str> = mail.files.iter().map(|file| file.name.as_str()).collect();
        text = mail.subject.clone().unwrap_or_else(|| names.join(", "));
    }
    if text.trim().is_empty() {
        // A message has words; this one says that there were none.
        text = "…".to_owned();
    }
    let cut: String = text.chars().take(MAX_TEXT_CHARS).collect();
    let too_long = cut.len() < text.len();
    (cut, mail.words.cut || too_long)
}
