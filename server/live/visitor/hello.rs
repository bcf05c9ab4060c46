//! `hello`: who it is, what they have open, and what they missed.

use std::sync::Arc;

use super::visitor_of;
use crate::app::App;
use crate::conversations::participant_store::{self, ParticipantRow};
use crate::conversations::{Conversation, Error, store};
use crate::ids::VisitorId;
use crate::live::protocol::{AuthorKind, Availability, By, ConversationView, Hello, Participant, ServerFrame, Welcome};
use crate::live::reply::Reply;
use crate::live::resume;
use crate::live::session::Session;
use crate::visitors;

/// Answers `hello`: `welcome`, then what was missed.
pub async fn hello(app: &Arc<App>, session: &Arc<Session>, hello: &Hello) -> Result<(), Error> {
    let visitor = visitor_of(session)?;
    let site = &visitor.site;
    let mut conn = app.db.read().await?;
    let token_hash = &visitor.first.token_hash;
    let mut current = store::current_of_token(conn.conn(), site.id, token_hash).await?;
    let row = match &current {
        Some(conversation) => Some(conversation.visitor_id),
        None => visitors::store::by_token(conn.conn(), site.id, token_hash).await?,
    };
    if let Some(id) = row {
        visitor.known_as(id);
    }
    let row = visitor.visitor();
    let mut view_of_current = None;
    if let Some(conversation) = &mut current {
        // It is followed before the rest is read, so that nothing falls between.
        app.hub.follow_current(session, Some(conversation.id));
        let rows = participant_store::participants(conn.conn(), site.workspace_id, conversation.id).await?;
        if rows.iter().any(|row| row.conversation_rev != conversation.rev) {
            let found = store::find(conn.conn(), site.workspace_id, conversation.id).await?;
            *conversation = found.ok_or(Error::NotFound)?;
        }
        view_of_current = Some(view(conversation, rows));
    }
    if let Some(asked) = hello.conversation.filter(|asked| current.as_ref().is_none_or(|c| c.id != *asked)) {
        check_asked(session, store::find(conn.conn(), site.workspace_id, asked).await?, row);
    }
    drop(conn);
    session.say(&ServerFrame::Welcome(Box::new(Welcome {
        visitor: row,
        rev: current.as_ref().map_or(0, |conversation| conversation.visitor_rev),
        conversation: view_of_current,
        generation: app.generation.clone(),
        availability: availability(app, session),
        site: Some(site.view()),
        token: None,
    })));
    for id in session.welcomed() {
        let known = hello.conversation.is_none_or(|asked| asked == id);
        let stale = hello.generation.as_ref().is_some_and(|generation| *generation != app.generation);
        let since = if known { hello.since } else { 0 };
        let read = current.take().filter(|conversation| conversation.id == id);
        resume::catch_up(app, session, id, since, since > 0 && stale, read).await?;
    }
    Ok(())
}

/// A conversation that is not the current one: an earlier one is fine, another visitor's is not there.
fn check_asked(session: &Arc<Session>, found: Option<Conversation>, row: Option<VisitorId>) {
    if found.is_none_or(|conversation| Some(conversation.visitor_id) != row) {
        Reply::Session(Arc::clone(session)).fail(None, &Error::NotFound);
    }
}

fn availability(app: &App, session: &Session) -> Availability {
    let online = app.hub.anybody_online(session.workspace());
    Availability { online, reply_within_s: None, next_open_at: None }
}

fn view(conversation: &Conversation, rows: Vec<ParticipantRow>) -> ConversationView {
    let participants = rows.into_iter().map(|row| Participant {
        by: By {
            kind: match row.kind.as_str() {
                "agent" => AuthorKind::Agent,
                "bot" => AuthorKind::Bot,
                _ => AuthorKind::Visitor,
            },
            id: row.participant_id.to_string(),
        },
        name: row.name,
        avatar_url: None,
        delivered_seq: row.delivered_seq,
        read_seq: row.read_seq,
    });
    ConversationView {
        head: conversation.head(),
        participants: participants.collect(),
        started_at: conversation.started_at.rfc3339(),
    }
}
