//! `hello`: who it is, what they have open, and what they missed.

use std::sync::Arc;

use super::visitor_of;
use crate::agents::faces::Faces;
use crate::app::App;
use crate::conversations::participant_store::ParticipantRow;
use crate::conversations::{Conversation, Error, store};
use crate::ids::VisitorId;
use crate::live::arrivals::{self, Known};
use crate::live::protocol::{AuthorKind, By, ConversationView, Hello, Participant, ServerFrame, Welcome};
use crate::live::reply::Reply;
use crate::live::resume;
use crate::live::session::{Session, VisitorWho};

/// Answers `hello`: `welcome`, then what was missed.
pub async fn hello(app: &Arc<App>, session: &Arc<Session>, hello: &Hello) -> Result<(), Error> {
    let visitor = visitor_of(session)?;
    let site = &visitor.site;
    let who = arrivals::Who { site: site.id, token_hash: visitor.first.token_hash };
    let (row, mut current) = match app.arrivals.who(who).await? {
        Known::Conversation(conversation) => (Some(conversation.visitor_id), Some(*conversation)),
        Known::Visitor(id) => (Some(id), None),
        Known::Nobody => (None, None),
    };
    if let Some(id) = row {
        visitor.known_as(id);
    }
    let row = visitor.visitor();
    let stale = hello.generation.as_ref().is_some_and(|generation| *generation != app.generation);
    let mut view_of_current = None;
    let mut missed = None;
    if let Some(conversation) = &mut current {
        // It is followed before the rest is read, so that nothing falls between.
        app.hub.follow_current(session, Some(conversation.id));
        let known = hello.conversation.is_none_or(|asked| asked == conversation.id);
        let mut rest = app.arrivals.rest(conversation, Some(hello.since).filter(|_| known && !stale)).await?;
        if rest.participants.iter().any(|row| row.conversation_rev != conversation.rev) {
            let mut conn = app.db.read().await?;
            let found = store::find(conn.conn(), site.workspace_id, conversation.id).await?;
            *conversation = found.ok_or(Error::NotFound)?;
            rest.missed = None;
        }
        let faces = app.workspaces.faces(site.workspace_id);
        view_of_current = Some(view(conversation, rest.participants, faces.as_deref()));
        missed = rest.missed;
    }
    if let Some(asked) = hello.conversation.filter(|asked| current.as_ref().is_none_or(|c| c.id != *asked)) {
        let mut conn = app.db.read().await?;
        check_asked(session, store::find(conn.conn(), site.workspace_id, asked).await?, row);
    }
    session.say(&welcome(app, visitor, row, current.as_ref(), view_of_current));
    let line = current.as_ref().and_then(Conversation::line);
    let asked_about = if site.settings.asks() { current.clone() } else { None };
    let followed = session.welcomed();
    // It may have changed between what `welcome` says and now, when this session could not be told yet.
    app.availability.tell(session, visitor, line);
    for id in followed {
        let known = hello.conversation.is_none_or(|asked| asked == id);
        let since = if known { hello.since } else { 0 };
        let read = current.take().filter(|conversation| conversation.id == id);
        let read = read.map(|conversation| resume::Read { conversation, missed: missed.take() });
        resume::catch_up(app, session, id, since, since > 0 && stale, read).await?;
    }
    if let Some(queue) = line {
        app.hub.attention.line(site.workspace_id, queue);
    }
    if site.settings.asks() {
        Box::pin(super::forms::ask_due(app, session, asked_about)).await?;
    }
    Ok(())
}

fn welcome(
    app: &App,
    visitor: &VisitorWho,
    row: Option<VisitorId>,
    current: Option<&Conversation>,
    view: Option<ConversationView>,
) -> ServerFrame {
    ServerFrame::Welcome(Box::new(Welcome {
        visitor: row,
        rev: current.map_or(0, |conversation| conversation.visitor_rev),
        conversation: view,
        generation: app.generation.clone(),
        availability: app.availability.first(visitor, current.and_then(Conversation::line)),
        site: Some(visitor.site.view()),
        token: None,
    }))
}

/// A conversation that is not the current one: an earlier one is fine, another visitor's is not there.
fn check_asked(session: &Arc<Session>, found: Option<Conversation>, row: Option<VisitorId>) {
    if found.is_none_or(|conversation| Some(conversation.visitor_id) != row) {
        Reply::Session(Arc::clone(session)).fail(None, &Error::NotFound);
    }
}

fn view(conversation: &Conversation, rows: Vec<ParticipantRow>, faces: Option<&Faces>) -> ConversationView {
    let of_row = |row: ParticipantRow| Participant {
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
    };
    let mut participants: Vec<Participant> = rows.into_iter().map(of_row).collect();
    let mut head = conversation.head();
    if let Some(faces) = faces {
        faces.in_head(&mut head);
        participants.iter_mut().for_each(|somebody| faces.in_participant(somebody));
    }
    ConversationView { head, participants, started_at: conversation.started_at.rfc3339() }
}
