//! What a visitor's page tells of them, and their earlier conversations.

use std::sync::Arc;

use super::identity::identify;
use super::{Outcome, visitor_of};
use crate::app::App;
use crate::conversations::{Error, store};
use crate::ids::{ConversationId, VisitorId};
use crate::live::protocol::{Conversations, EarlierConversation, Message, ServerFrame, Update};
use crate::live::reply::Reply;
use crate::live::session::{Session, Who};
use crate::messages::store::{self as message_store};
use crate::visitors::{self, MAX_EMAIL_CHARS, MAX_NAME_CHARS, MAX_PHONE_CHARS, StoredPage};
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

pub(super) async fn update(app: &Arc<App>, session: &Arc<Session>, frame: Update, reply: Reply) -> Outcome {
    let refused = [(frame.queue.is_some(), "a choice of queue"), (frame.event.is_some(), "events of the site")];
    if let Some((_, what)) = refused.into_iter().find(|(asked, _)| *asked) {
        return Err((reply, Error::NotOffered(what)));
    }
    let visitor = match visitor_of(session) {
        Ok(visitor) => visitor,
        Err(error) => return Err((reply, error)),
    };
    let before = visitor.visitor();
    // It comes first: what else the frame says is about whom it proves.
    if let Some(jwt) = &frame.jwt
        && let Err(error) = identify(app, session, jwt).await
    {
        return Err((reply, error));
    }
    let (site, first) = (Arc::clone(&visitor.site), visitor.first.clone());
    let profile = frame.profile.unwrap_or_default();
    let given = |text: Option<String>, chars| text.map(|text| visitors::clean(text.trim(), chars));
    let changes = visitors::store::Changes {
        name: given(profile.name, MAX_NAME_CHARS),
        email: given(profile.email, MAX_EMAIL_CHARS),
        phone: given(profile.phone, MAX_PHONE_CHARS),
        locale: given(frame.locale, 35),
        page: frame.page.as_ref().map(StoredPage::of),
        consent: frame.consent,
        ..visitors::store::Changes::default()
    };
    let attributes = frame.attributes;
    let operation = op(move |tx| {
        Box::pin(async move {
            let moment = tx.moment.clone();
            let id = visitors::store::ensure(tx.conn(), &site, &first, &moment).await?.id;
            let renamed = changes.name.is_some();
            visitors::tell(tx.conn(), site.workspace_id, id, changes, attributes).await?;
            if renamed {
                tx.names_changed();
            }
            Ok::<_, Error>(id)
        })
    });
    let (id, shared, app_) = (frame.id.to_string(), Arc::clone(session), Arc::clone(app));
    let done = move |result: Result<VisitorId, Error>| match result {
        Ok(visitor) => updated(&app_, &shared, id, visitor, before, reply),
        Err(error) => reply.fail(Some(id), &error),
    };
    app.writer.submit(Some(session.id), "update", operation, done).await;
    Ok(())
}

/// `before` is who the session took them for when the frame came.
fn updated(app: &App, session: &Session, id: String, visitor: VisitorId, before: Option<VisitorId>, reply: Reply) {
    if let Who::Visitor(who) = &session.who {
        who.known_as(visitor);
    }
    let current = session.current();
    if let Some(conversation) = current {
        app.hub.attention.row(session.workspace(), conversation);
    }
    let rev = current.and_then(|id| app.hub.revs(id)).map_or(0, |(_, visible)| visible);
    let visitor = Some(visitor).filter(|_| before != Some(visitor));
    reply.send(ServerFrame::Ack { id, conversation: current, rev, message: None, visitor });
}
