//! What a client missed: reading a conversation from the database into a session.

use std::sync::Arc;

use super::fragments;
use super::outbox::Out;
use super::protocol::{MAX_FRAME_BYTES, Message, PAGE_MESSAGES, ServerFrame};
use super::session::{CaughtUp, Session, Who};
use crate::agents::faces::Faces;
use crate::app::App;
use crate::conversations::{Conversation, Error, store};
use crate::db::Conn;
use crate::ids::ConversationId;
use crate::messages::store::{self as message_store, MessageRow, Scope};

/// Bytes of one page of messages, so that its frame stays within the largest.
const PAGE_BYTES: usize = MAX_FRAME_BYTES - 16 * 1024;
/// What a message has beside its words, about.
const MESSAGE_BYTES: usize = 400;

/// What one read found.
struct Found {
    conversation: Conversation,
    from: i64,
    rev: i64,
    messages: Vec<Message>,
    more: bool,
    reset: bool,
}

/// What was read of a conversation since the session began to follow it.
pub struct Read {
    /// The conversation.
    pub conversation: Conversation,
    /// What a visitor has not seen yet of it, if that was read, too.
    pub missed: Option<Vec<MessageRow>>,
}

/// Brings a session that follows the conversation up to date, from `since` on (0: the newest
/// messages), until it is live or waits for the client to ask for the next page. `read` is what was
/// read already.
pub async fn catch_up(
    app: &App,
    session: &Arc<Session>,
    id: ConversationId,
    since: i64,
    reset: bool,
    read: Option<Read>,
) -> Result<(), Error> {
    let (mut since, mut reset, mut known) = (since, reset, read);
    loop {
        let found = match known.take() {
            Some(Read { conversation, missed: Some(rows) }) => page_of(session, conversation, since, rows),
            read => {
                let mut conn = app.db.read().await?;
                let conversation = match read {
                    Some(read) => read.conversation,
                    None => store::find(conn.conn(), session.workspace(), id).await?.ok_or(Error::NotFound)?,
                };
                read_page(conn.conn(), session, conversation, since, reset).await?
            }
        };
        let conversation = &found.conversation;
        app.hub.seed(conversation);
        let (rev, more) = (found.rev, found.more);
        let frame = Out::Frame(render(app, session, found).await?.into());
        match session.caught_up(id, rev, more, frame) {
            CaughtUp::Again => (since, reset) = (rev, false),
            CaughtUp::Live | CaughtUp::Gone => return Ok(()),
        }
    }
}

/// The conversation was read before the messages, so they are at least as new as its rev: what is
/// newer comes once more, and is the same.
async fn read_page(
    conn: Conn<'_>,
    session: &Session,
    conversation: Conversation,
    since: i64,
    reset: bool,
) -> Result<Found, Error> {
    let visitor = session.is_visitor();
    let scope = Scope { workspace_id: conversation.workspace_id, conversation_id: conversation.id, visitor };
    let top = if visitor { conversation.visitor_rev } else { conversation.rev };
    let reset = reset || since > top;
    if since == 0 || reset {
        let newest = message_store::before(conn, scope, i64::MAX, PAGE_MESSAGES).await?;
        let mut messages: Vec<Message> = newest.into_iter().map(MessageRow::into_message).collect();
        messages.truncate(fitting(session, &conversation, &messages));
        messages.reverse();
        return Ok(Found { conversation, from: 0, rev: top, messages, more: false, reset });
    }
    if since == top {
        return Ok(Found { conversation, from: since, rev: top, messages: Vec::new(), more: false, reset });
    }
    let rows = message_store::since(conn, scope, since, PAGE_MESSAGES + 1).await?;
    Ok(page_of(session, conversation, since, rows))
}

/// A page of what came after `since`.
fn page_of(session: &Session, conversation: Conversation, since: i64, rows: Vec<MessageRow>) -> Found {
    let top = if session.is_visitor() { conversation.visitor_rev } else { conversation.rev };
    let mut messages: Vec<Message> = rows.into_iter().map(MessageRow::into_message).collect();
    let page = usize::try_from(PAGE_MESSAGES).unwrap_or(usize::MAX);
    let fits = fitting(session, &conversation, &messages).min(page);
    let more = messages.len() > fits;
    messages.truncate(fits);
    let rev = if more { messages.last().map_or(top, |last| last.rev) } else { top };
    Found { conversation, from: since, rev, messages, more, reset: false }
}

/// How many of these messages one frame can carry; at least one. Long texts make short pages: a page
/// beyond what a session's queue holds would close the session, and again whenever it comes back.
fn fitting(session: &Session, conversation: &Conversation, messages: &[Message]) -> usize {
    let mut bytes = 0;
    let within = messages.iter().take_while(|message| {
        bytes += match &session.who {
            Who::Visitor(_) => MESSAGE_BYTES + escaped(&message.text),
            Who::Agent(agent) => MESSAGE_BYTES + escaped(&fragments::html(agent.lang, conversation, message)),
        };
        bytes <= PAGE_BYTES
    });
    within.count().max(1)
}

/// Bytes of a text as JSON, about.
fn escaped(text: &str) -> usize {
    let byte = |byte: u8| match byte {
        b'"' | b'\\' => 2,
        0..=0x1f => 6,
        _ => 1,
    };
    text.bytes().map(byte).sum()
}

/// What a visitor sees of the agents; agents see one another's names.
fn faces(app: &App, session: &Session) -> Option<Arc<Faces>> {
    app.workspaces.faces(session.workspace()).filter(|_| session.is_visitor())
}

async fn render(app: &App, session: &Session, found: Found) -> Result<String, Error> {
    let Found { conversation, from, rev, mut messages, more, reset } = found;
    let mut head = Box::new(conversation.head());
    if let Some(faces) = faces(app, session) {
        faces.in_head(&mut head);
        messages.iter_mut().for_each(|message| faces.in_message(message));
    }
    let floor = conversation.floor_seq;
    let (messages, items, pane) = match &session.who {
        Who::Visitor(_) => (Some(messages), None, None),
        Who::Agent(agent) => {
            *head = Faces::pictured_head(app.workspaces.faces(conversation.workspace_id).as_deref(), *head);
            let items = fragments::items(agent.lang, &conversation, &messages);
            (None, Some(items), Some(fragments::pane(app, agent.lang, &conversation).await?))
        }
    };
    let frame = ServerFrame::Changes { conversation: head, from, rev, messages, items, pane, more, floor, reset };
    serde_json::to_string(&frame).map_err(|_| Error::Db(crate::db::Error::Inconsistent("frame")))
}

/// Answers `history`: older messages than `before_seq`, ascending by seq.
pub async fn history(
    app: &App,
    session: &Session,
    id: ConversationId,
    before_seq: i64,
    limit: i64,
) -> Result<ServerFrame, Error> {
    let limit = limit.clamp(1, PAGE_MESSAGES);
    let scope = Scope { workspace_id: session.workspace(), conversation_id: id, visitor: session.is_visitor() };
    let mut conn = app.db.read().await?;
    let conversation = store::find(conn.conn(), session.workspace(), id).await?.ok_or(Error::NotFound)?;
    let rows = message_store::before(conn.conn(), scope, before_seq, limit + 1).await?;
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut messages: Vec<Message> = rows.into_iter().map(MessageRow::into_message).collect();
    let fits = fitting(session, &conversation, &messages).min(wanted);
    let more = messages.len() > fits;
    messages.truncate(fits);
    messages.reverse();
    if let Some(faces) = faces(app, session) {
        messages.iter_mut().for_each(|message| faces.in_message(message));
    }
    let (messages, items) = match &session.who {
        Who::Visitor(_) => (Some(messages), None),
        Who::Agent(agent) => (None, Some(fragments::items(agent.lang, &conversation, &messages))),
    };
    Ok(ServerFrame::Page { conversation: Some(id), messages, items, more })
}
