//! What a visitor's frames do.

use std::sync::Arc;
use std::time::Duration;

use super::protocol::{
    AuthorKind, Availability, By, ConversationView, Conversations, Delete, EarlierConversation, Edit, Hello, History,
    Participant, Receipt, SendMessage, ServerFrame, TypingUpdate, Update, VisitorFrame, Welcome,
};
use super::reply::Reply;
use super::resume;
use super::session::{Session, VisitorWho, Who};
use crate::app::App;
use crate::conversations::participant_store::{self, ParticipantRow};
use crate::conversations::{self, Conversation, Editor, Error, VisitorSend, store};
use crate::ids::{ConversationId, VisitorId};
use crate::live::hub::Audience;
use crate::messages::MessageText;
use crate::messages::store::{self as message_store};
use crate::rate_limit::IpKey;
use crate::visitors::{self, StoredPage};
use crate::writer::{Append, op};

/// Earlier conversations in one answer.
const EARLIER: i64 = 50;

/// Answers `hello`: `welcome`, then what was missed.
pub async fn hello(app: &Arc<App>, session: &Arc<Session>, hello: &Hello) -> Result<(), Error> {
    let visitor = visitor_of(session)?;
    let site = &visitor.site;
    let mut conn = app.db.read().await?;
    let row = visitors::store::by_token(conn.conn(), site.id, &visitor.first.token_hash).await?;
    let mut current = None;
    if let Some(id) = row {
        visitor.known_as(id);
        current = store::current_of_visitor(conn.conn(), site.workspace_id, site.id, id).await?;
    }
    let view = match &current {
        Some(conversation) => {
            // It is followed before it is read, so that nothing falls between.
            app.hub.follow(session, conversation.id);
            let rows = participant_store::participants(conn.conn(), site.workspace_id, conversation.id).await?;
            Some(view(conversation, rows))
        }
        None => None,
    };
    if let Some(asked) = hello.conversation.filter(|asked| current.as_ref().is_none_or(|c| c.id != *asked)) {
        check_asked(session, store::find(conn.conn(), site.workspace_id, asked).await?, row);
    }
    drop(conn);
    session.say(&ServerFrame::Welcome(Box::new(Welcome {
        visitor: row,
        rev: current.as_ref().map_or(0, |conversation| conversation.visitor_rev),
        conversation: view,
        generation: app.generation.clone(),
        availability: availability(app, session),
        site: Some(site.view()),
        token: None,
    })));
    for id in session.welcomed() {
        let known = hello.conversation.is_none_or(|asked| asked == id);
        let stale = hello.generation.as_ref().is_some_and(|generation| *generation != app.generation);
        let since = if known { hello.since } else { 0 };
        resume::catch_up(app, session, id, since, since > 0 && stale).await?;
    }
    Ok(())
}

/// A conversation that is not the current one: an earlier one is fine, another visitor's is not there.
fn check_asked(session: &Arc<Session>, found: Option<Conversation>, row: Option<VisitorId>) {
    if found.is_none_or(|conversation| Some(conversation.visitor_id) != row) {
        Reply::Session(Arc::clone(session)).fail(None, &Error::NotFound);
    }
}

fn visitor_of(session: &Session) -> Result<&VisitorWho, Error> {
    match &session.who {
        Who::Visitor(visitor) => Ok(visitor),
        Who::Agent(_) => Err(Error::NotFound),
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

/// Handles every frame after `hello`. Durable ones are answered when they are stored; this returns
/// once they are queued, so that a session can have several under way, in order.
pub async fn handle(app: &Arc<App>, session: &Arc<Session>, from: IpKey, frame: VisitorFrame, reply: Reply) {
    let id = durable_id(&frame);
    if let Err((reply, error)) = dispatch(app, session, from, frame, reply).await {
        reply.fail(id, &error);
    }
}

type Outcome = Result<(), (Reply, Error)>;

async fn dispatch(app: &Arc<App>, session: &Arc<Session>, from: IpKey, frame: VisitorFrame, reply: Reply) -> Outcome {
    match frame {
        VisitorFrame::Send(frame) => send(app, session, from, frame, reply).await,
        VisitorFrame::Edit(frame) => edit(app, session, frame, reply).await,
        VisitorFrame::Delete(frame) => delete(app, session, frame, reply).await,
        VisitorFrame::Update(frame) => update(app, session, *frame, reply).await,
        VisitorFrame::React(_) => Err((reply, Error::NotOffered("reactions"))),
        VisitorFrame::Form(_) => Err((reply, Error::NotOffered("forms"))),
        VisitorFrame::Handoff { id } => handoff(app, session, id.to_string(), reply).await,
        VisitorFrame::Delivered(receipt) => receive(app, session, receipt, false, reply),
        VisitorFrame::Read(receipt) => receive(app, session, receipt, true, reply),
        VisitorFrame::Typing(typing) => type_(app, session, &typing, reply),
        VisitorFrame::List => answer(reply, list(app, session).await),
        VisitorFrame::Sync { since } => sync(app, session, since, reply).await,
        VisitorFrame::History(History { before_seq, limit }) => match session.current() {
            Some(id) => answer(reply, resume::history(app, session, id, before_seq, limit).await),
            None => Err((reply, Error::NoOpenConversation)),
        },
        VisitorFrame::Ping { at } => {
            let revs = session.current().and_then(|id| app.hub.revs(id));
            reply.send(ServerFrame::Pong { at, rev: revs.map_or(0, |(_, visible)| visible) });
            Ok(())
        }
        VisitorFrame::Hello(_) => Err((reply, Error::Invalid("This session has said hello already.".to_owned()))),
        VisitorFrame::Unknown => Ok(()),
    }
}

fn durable_id(frame: &VisitorFrame) -> Option<String> {
    match frame {
        VisitorFrame::Send(frame) => Some(frame.id.to_string()),
        VisitorFrame::Edit(frame) => Some(frame.id.to_string()),
        VisitorFrame::Delete(frame) => Some(frame.id.to_string()),
        VisitorFrame::React(frame) => Some(frame.id.to_string()),
        VisitorFrame::Form(frame) => Some(frame.id.to_string()),
        VisitorFrame::Update(frame) => Some(frame.id.to_string()),
        VisitorFrame::Handoff { id } => Some(id.to_string()),
        _ => None,
    }
}

fn answer(reply: Reply, result: Result<ServerFrame, Error>) -> Outcome {
    match result {
        Ok(frame) => {
            reply.send(frame);
            Ok(())
        }
        Err(error) => Err((reply, error)),
    }
}

async fn send(app: &Arc<App>, session: &Arc<Session>, from: IpKey, frame: SendMessage, reply: Reply) -> Outcome {
    if !frame.attachments.is_empty() {
        return Err((reply, Error::NotOffered("attachments")));
    }
    let text = match MessageText::parse(frame.text.unwrap_or_default()) {
        Ok(text) => text,
        Err(error) => return Err((reply, error)),
    };
    let visitor = match visitor_of(session) {
        Ok(visitor) => visitor,
        Err(error) => return Err((reply, error)),
    };
    let send = Arc::new(VisitorSend {
        site: Arc::clone(&visitor.site),
        key: visitor.key,
        first: visitor.first.clone(),
        id: frame.id,
        text,
        reply_to: frame.reply_to,
        payload: frame.payload,
    });
    if let Err(limited) = within_limits(app, session, from, &send).await {
        return Err((reply, limited));
    }
    queue_send(app, session, visitor, send, reply).await;
    Ok(())
}

async fn queue_send(
    app: &Arc<App>,
    session: &Arc<Session>,
    visitor: &VisitorWho,
    send: Arc<VisitorSend>,
    reply: Reply,
) {
    let permit = Arc::clone(&session.in_flight).acquire_owned().await;
    let known = visitor.visitor();
    let (shared, id) = (Arc::clone(session), send.id);
    let done = move |result: Result<conversations::Sent, Error>| {
        drop(permit);
        if let (Ok(sent), Who::Visitor(who)) = (&result, &shared.who)
            && let Some(visitor) = sent.visitor
        {
            who.known_as(visitor);
        }
        reply.sent(id.to_string(), result, known.is_none());
    };
    let gate = Arc::clone(&session.gate);
    if let (true, Some(visitor), Some(conversation)) = (send.is_plain(), known, session.current()) {
        let append = Append { send, visitor, conversation, gate: Some(gate) };
        app.writer.append(Some(session.id), append, Box::new(done)).await;
        return;
    }
    let shut = Arc::clone(&gate);
    let done = move |result: Result<conversations::Sent, Error>| {
        if let Err(error) = &result
            && error.is_retryable()
            && !matches!(error, Error::Gated(_))
        {
            shut.shut(id, Duration::from_secs(2));
        }
        done(result);
    };
    let operation = op(move |tx| {
        Box::pin(async move {
            gate.admit(send.id).map_err(Error::Gated)?;
            let moment = tx.moment.clone();
            conversations::send_as_visitor(tx, &moment, &send).await
        })
    });
    app.writer.submit(Some(session.id), "send", operation, done).await;
}

/// A repeat is recognized before the limits are looked at.
async fn within_limits(app: &App, session: &Session, from: IpKey, send: &VisitorSend) -> Result<(), Error> {
    session.gate.admit(send.id).map_err(Error::Gated)?;
    let limits = &app.rate_limits;
    let over = limits.sends.check(send.key.bytes()).and_then(|()| limits.sends_per_address.check(&from));
    let Err(retry) = over else { return Ok(()) };
    if let Some(visitor) = visitor_of(session)?.visitor() {
        let mut conn = app.db.read().await?;
        let message = send.message(visitor, app.clock.now());
        if conversations::already_sent(conn.conn(), send.site.workspace_id, &message).await?.is_some() {
            return Ok(());
        }
    }
    session.gate.shut(send.id, Duration::from_secs(retry.seconds));
    Err(Error::RateLimited(retry.seconds))
}

fn editor(session: &Session, window_s: impl FnOnce(&crate::sites::Site) -> i64) -> Result<Editor, Error> {
    let visitor = visitor_of(session)?;
    let id = visitor.visitor().ok_or(Error::NotFound)?;
    let window = Duration::from_secs(window_s(&visitor.site).unsigned_abs());
    Ok(Editor::Visitor(id, visitor.site.workspace_id, window))
}

async fn edit(app: &Arc<App>, session: &Arc<Session>, frame: Edit, reply: Reply) -> Outcome {
    let parsed = editor(session, |site| site.edit_window_s)
        .and_then(|editor| Ok((editor, MessageText::parse(frame.text.clone())?)));
    let (editor, text) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => return Err((reply, error)),
    };
    let operation = op(move |tx| {
        Box::pin(async move {
            let moment = tx.moment.clone();
            conversations::edit(tx, &moment, &editor, frame.message, text, frame.if_rev).await
        })
    });
    let done = move |result| reply.done(frame.id.to_string(), result);
    app.writer.submit(Some(session.id), "edit", operation, done).await;
    Ok(())
}

async fn delete(app: &Arc<App>, session: &Arc<Session>, frame: Delete, reply: Reply) -> Outcome {
    let editor = match editor(session, |site| site.delete_window_s) {
        Ok(editor) => editor,
        Err(error) => return Err((reply, error)),
    };
    let operation = op(move |tx| {
        Box::pin(async move {
            let moment = tx.moment.clone();
            conversations::delete(tx, &moment, &editor, frame.message, frame.if_rev).await
        })
    });
    let done = move |result| reply.done(frame.id.to_string(), result);
    app.writer.submit(Some(session.id), "delete", operation, done).await;
    Ok(())
}

/// There is no bot yet: an open conversation waits for a person, or has one.
async fn handoff(app: &Arc<App>, session: &Arc<Session>, id: String, reply: Reply) -> Outcome {
    let open = match open_conversation(app, session).await {
        Ok(open) => open,
        Err(error) => return Err((reply, error)),
    };
    reply.send(ServerFrame::Ack { id, conversation: Some(open.id), rev: open.rev, message: None, visitor: None });
    Ok(())
}

async fn open_conversation(app: &App, session: &Session) -> Result<Conversation, Error> {
    let id = session.current().ok_or(Error::NoOpenConversation)?;
    let mut conn = app.db.read().await?;
    let found = store::find(conn.conn(), session.workspace(), id).await?;
    found.filter(|conversation| !conversation.is_closed()).ok_or(Error::NoOpenConversation)
}

fn receive(app: &App, session: &Session, receipt: Receipt, read: bool, reply: Reply) -> Outcome {
    if receipt.seq < 0 {
        return Err((reply, Error::Invalid("seq is below 0.".to_owned())));
    }
    if let (Ok(Some(visitor)), Some(conversation)) = (visitor_of(session).map(VisitorWho::visitor), session.current()) {
        let who = participant_store::AnyId::new(visitor.uuid());
        app.receipts.raise(session.workspace(), conversation, "visitor", who, receipt.seq, read);
    }
    Ok(())
}

fn type_(app: &App, session: &Session, typing: &TypingUpdate, reply: Reply) -> Outcome {
    let visitor = match visitor_of(session) {
        Ok(visitor) => visitor.visitor(),
        Err(error) => return Err((reply, error)),
    };
    if let (Some(id), Some(conversation)) = (visitor, session.current()) {
        let by = By { kind: AuthorKind::Visitor, id: id.to_string() };
        let frame = ServerFrame::Typing { conversation: Some(conversation), by, on: typing.on, preview: None };
        app.hub.tell(conversation, Audience::Agents, session.id, &frame);
    }
    Ok(())
}

async fn sync(app: &Arc<App>, session: &Arc<Session>, since: i64, reply: Reply) -> Outcome {
    if since < 0 {
        return Err((reply, Error::Invalid("since is below 0.".to_owned())));
    }
    let Some(id) = session.current() else { return Err((reply, Error::NoOpenConversation)) };
    app.hub.follow(session, id);
    match resume::catch_up(app, session, id, since, false).await {
        Ok(()) => Ok(()),
        Err(error) => Err((reply, error)),
    }
}

async fn list(app: &App, session: &Session) -> Result<ServerFrame, Error> {
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
        last_message: last.remove(&conversation.id),
        started_at: conversation.started_at.rfc3339(),
        updated_at: conversation.updated_at.rfc3339(),
    });
    Ok(ServerFrame::Conversations(Conversations { items: items.collect() }))
}

async fn update(app: &Arc<App>, session: &Arc<Session>, frame: Update, reply: Reply) -> Outcome {
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
