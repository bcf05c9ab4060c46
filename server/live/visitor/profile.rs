//! What a visitor's page tells of them, and their earlier conversations.

use std::sync::Arc;

use super::{Outcome, visitor_of};
use crate::app::App;
use crate::conversations::{Error, store};
use crate::ids::{ConversationId, VisitorId};
use crate::live::protocol::{Conversations, EarlierConversation, History, Message, ServerFrame, Update};
use crate::live::reply::Reply;
use crate::live::resume;
use crate::live::session::{Session, Who};
use crate::messages::store::{self as message_store};
use crate::visitors::{self, StoredPage};
use crate::writer::op;

/// Earlier conversations in one answer.
const EARLIER: i64 = 50;
/// Characters of the last message of each.
const EARLIER_CHARS: usize = 160;

pub(super) async fn list(app: &App, session: &Session) -> Result<ServerFrame, Error> {
    let visitor = visitor_of(session)?;
    let Some(id) = visitor.visitor() else {
        return Ok(ServerFrame::Conversations(Conversations { items: Vec::new() }));
    };
    let (ws, site) = (visitor.site.workspace_id, visitor.site.id);
    let mut conn = app.db.read().await?;
    let found = store::of_visitor(conn.conn(), ws, site, id, EARLIER).await?;
    let ids: Vec<ConversationId> = found.iter().map(|conversation| conversation.id).collect();
    let mut last = message_store::last_texts(conn.conn(), ws, &ids).await?;
    let items = found.into_iter().map(|conversation| EarlierConversation {
        id: conversation.id,
        state: conversation.state.word().to_owned(),
        last_message: last.remove(&conversation.id).map(shortened),
        started_at: conversation.started_at.rfc3339(),
        updated_at: conversation.updated_at.rfc3339(),
    });
    Ok(ServerFrame::Conversations(Conversations { items: items.collect() }))
}

fn shortened(message: Message) -> Message {
    Message { text: visitors::clean(&message.text, EARLIER_CHARS), ..message }
}

/// Older messages of the current conversation, or of an earlier one of the same visitor: anybody
/// else's looks as if it were not there.
pub(super) async fn history(
    app: &App,
    session: &Session,
    asked: Option<ConversationId>,
    History { before_seq, limit }: History,
) -> Result<ServerFrame, Error> {
    let current = session.current();
    let Some(earlier) = asked.filter(|id| current != Some(*id)) else {
        let id = current.ok_or(Error::NoOpenConversation)?;
        return resume::history(app, session, id, before_seq, limit).await;
    };
    let visitor = visitor_of(session)?;
    let mut conn = app.db.read().await?;
    let found = store::find(conn.conn(), visitor.site.workspace_id, earlier).await?;
    drop(conn);
    if found.is_none_or(|conversation| Some(conversation.visitor_id) != visitor.visitor()) {
        return Err(Error::NotFound);
    }
    resume::history(app, session, earlier, before_seq, limit).await
}

pub(super) async fn update(app: &Arc<App>, session: &Arc<Session>, frame: Update, reply: Reply) -> Outcome {
    let refused = [
        (frame.jwt.is_some(), "identity tokens"),
        (frame.queue.is_some(), "a choice of queue"),
        (frame.event.is_some(), "events of the site"),
    ];
    if let Some((_, what)) = refused.into_iter().find(|(asked, _)| *asked) {
        return Err((reply, Error::NotOffered(what)));
    }
    let visitor = match visitor_of(session) {
        Ok(visitor) => visitor,
        Err(error) => return Err((reply, error)),
    };
    let (site, first) = (Arc::clone(&visitor.site), visitor.first.clone());
    let profile = frame.profile.unwrap_or_default();
    let given = |text: Option<String>, chars| text.map(|text| visitors::clean(text.trim(), chars));
    let mut changes = visitors::store::Changes {
        name: given(profile.name, 200),
        email: given(profile.email, 254),
        phone: given(profile.phone, 50),
        locale: given(frame.locale, 35),
        attributes: None,
        page: frame.page.as_ref().map(StoredPage::of),
        consent: frame.consent,
    };
    let attributes = frame.attributes;
    let operation = op(move |tx| {
        Box::pin(async move {
            let moment = tx.moment.clone();
            let id = visitors::store::ensure(tx.conn(), &site, &first, &moment).await?;
            if let Some(new) = attributes {
                changes.attributes = Some(visitors::merged(tx.conn(), site.workspace_id, id, new).await?);
            }
            visitors::store::update(tx.conn(), site.workspace_id, id, &changes).await?;
            if changes.name.is_some() {
                tx.names_changed();
            }
            Ok::<_, Error>(id)
        })
    });
    let (id, shared, app_) = (frame.id.to_string(), Arc::clone(session), Arc::clone(app));
    let done = move |result: Result<VisitorId, Error>| match result {
        Ok(visitor) => updated(&app_, &shared, id, visitor, reply),
        Err(error) => reply.fail(Some(id), &error),
    };
    app.writer.submit(Some(session.id), "update", operation, done).await;
    Ok(())
}

fn updated(app: &App, session: &Session, id: String, visitor: VisitorId, reply: Reply) {
    let known = match &session.who {
        Who::Visitor(who) => {
            let known = who.visitor().is_some();
            who.known_as(visitor);
            known
        }
        Who::Agent(_) => true,
    };
    let current = session.current();
    if let Some(conversation) = current {
        app.hub.attention.row(session.workspace(), conversation);
    }
    let rev = current.and_then(|id| app.hub.revs(id)).map_or(0, |(_, visible)| visible);
    let visitor = Some(visitor).filter(|_| !known);
    reply.send(ServerFrame::Ack { id, conversation: current, rev, message: None, visitor });
}
