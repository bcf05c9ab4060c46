//! What a client missed: reading a conversation from the database into a session.

use std::sync::Arc;

use super::fragments;
use super::outbox::Out;
use super::protocol::{Message, PAGE_MESSAGES, ServerFrame};
use super::session::{CaughtUp, Session, Who};
use crate::app::App;
use crate::conversations::{Conversation, Error, store};
use crate::db::Conn;
use crate::ids::ConversationId;
use crate::messages::store::{self as message_store, MessageRow, Scope};

/// A frame with more than one message is no larger: a session's queue takes two, and long messages
/// would fill it for good.
const FRAME_BYTES: usize = 96 * 1024;

/// What one read found.
struct Found {
    conversation: Conversation,
    from: i64,
    rev: i64,
    messages: Vec<Message>,
    more: bool,
    reset: bool,
}

impl Found {
    /// Leaves out half of the messages: the older ones of a first page, which `history` brings;
    /// else the later ones, which the client asks for.
    fn halve(&mut self) {
        let half = self.messages.len() / 2;
        if self.from == 0 {
            self.messages.drain(..half);
        } else {
            self.messages.truncate(half);
            self.more = true;
            self.rev = self.messages.last().map_or(self.rev, |last| last.rev);
        }
    }
}

/// Brings a session that follows the conversation up to date, from `since` on (0: the newest
/// messages), until it is live or waits for the client to ask for the next page.
pub async fn catch_up(
    app: &App,
    session: &Arc<Session>,
    id: ConversationId,
    since: i64,
    reset: bool,
) -> Result<(), Error> {
    let (mut since, mut reset) = (since, reset);
    loop {
        let mut found = {
            let mut conn = app.db.read().await?;
            let conversation = store::find(conn.conn(), session.workspace(), id).await?.ok_or(Error::NotFound)?;
            read(conn.conn(), session, conversation, since, reset).await?
        };
        let conversation = &found.conversation;
        app.hub.seed(id, conversation.rev, conversation.visitor_rev, conversation.owner_agent_id);
        let mut text = render(app, session, &mut found).await?;
        while text.len() > FRAME_BYTES && found.messages.len() > 1 {
            found.halve();
            text = render(app, session, &mut found).await?;
        }
        let (rev, more) = (found.rev, found.more);
        match session.caught_up(id, rev, more, Out::Frame(text.into())) {
            CaughtUp::Again => (since, reset) = (rev, false),
            CaughtUp::Live | CaughtUp::Gone => return Ok(()),
        }
    }
}

/// The conversation was read before the messages, so they are at least as new as its rev: what is
/// newer comes once more, and is the same.
async fn read(
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
        let messages = newest.into_iter().rev().map(MessageRow::into_message).collect();
        return Ok(Found { conversation, from: 0, rev: top, messages, more: false, reset });
    }
    if since == top {
        return Ok(Found { conversation, from: since, rev: top, messages: Vec::new(), more: false, reset });
    }
    let rows = message_store::since(conn, scope, since, PAGE_MESSAGES + 1).await?;
    let mut messages: Vec<Message> = rows.into_iter().map(MessageRow::into_message).collect();
    let page = usize::try_from(PAGE_MESSAGES).unwrap_or(usize::MAX);
    let more = messages.len() > page;
    messages.truncate(page);
    let rev = if more { messages.last().map_or(top, |last| last.rev) } else { top };
    Ok(Found { conversation, from: since, rev, messages, more, reset })
}

async fn render(app: &App, session: &Session, found: &mut Found) -> Result<String, Error> {
    let conversation = &found.conversation;
    let head = Box::new(conversation.head());
    let (mut messages, mut items, mut pane) = (None, None, None);
    match &session.who {
        Who::Visitor(_) => messages = Some(std::mem::take(&mut found.messages)),
        Who::Agent(agent) => {
            items = Some(fragments::items(agent.lang, conversation, &found.messages));
            pane = Some(fragments::pane(app, agent.lang, conversation).await?);
        }
    }
    let Found { from, rev, more, reset, .. } = *found;
    let floor = conversation.floor_seq;
    let frame = ServerFrame::Changes { conversation: head, from, rev, messages, items, pane, more, floor, reset };
    let text = serde_json::to_string(&frame).map_err(|_| Error::Db(crate::db::Error::Inconsistent("frame")));
    if let ServerFrame::Changes { messages: Some(messages), .. } = frame {
        found.messages = messages;
    }
    text
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
    let mut rows = message_store::before(conn.conn(), scope, before_seq, limit + 1).await?;
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > wanted;
    rows.truncate(wanted);
    let messages: Vec<Message> = rows.into_iter().rev().map(MessageRow::into_message).collect();
    let (messages, items, named) = match &session.who {
        Who::Visitor(_) => (Some(messages), None, None),
        Who::Agent(agent) => (None, Some(fragments::items(agent.lang, &conversation, &messages)), Some(id)),
    };
    let mut page = ServerFrame::Page { conversation: named, messages, items, more };
    while serde_json::to_string(&page).is_ok_and(|text| text.len() > FRAME_BYTES) && drop_older_half(&mut page) {}
    Ok(page)
}

/// Says whether there was a half to leave out.
fn drop_older_half(page: &mut ServerFrame) -> bool {
    let ServerFrame::Page { messages, items, more, .. } = page else { return false };
    let half = messages.as_ref().map_or(0, Vec::len).max(items.as_ref().map_or(0, Vec::len)) / 2;
    if half > 0 {
        messages.iter_mut().for_each(|messages| drop(messages.drain(..half)));
        items.iter_mut().for_each(|items| drop(items.drain(..half)));
        *more = true;
    }
    half > 0
}
