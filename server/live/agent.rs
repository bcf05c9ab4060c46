//! What an agent's frames do.

use std::sync::Arc;

use super::drafting;
use super::hub::Audience;
use super::outbox::Out;
use super::owning;
use super::protocol::{
    AgentFrame, AuthorKind, Availability, By, Delete, Edit, Message, MessageKind, Receipt, SendMail, SendMessage,
    ServerFrame, Snooze, Transfer, TypingUpdate, Welcome,
};
use super::reply::Reply;
use super::resume;
use super::rows;
use super::session::{AgentWho, MOST_VIEWS_FOLLOWED, Session, Who};
use crate::agents::faces::Faces;
use crate::app::App;
use crate::conversations::participant_store::AnyId;
use crate::conversations::{self, ActingAgent, AgentSend, Conversation, Done, Editor, Error, Sent, access, store};
use crate::ids::{ConversationId, WorkspaceId};
use crate::messages::MessageText;
use crate::team::board;
use crate::views::{View, store as views};
use crate::writer::op;

pub(super) type Outcome = Result<(), (Reply, Error)>;

/// Answers `hello`. What the agent follows comes with `watch`.
pub fn hello(app: &App, session: &Session) {
    session.welcomed();
    app.hub.attention.loads(session.workspace());
    session.say(&ServerFrame::Welcome(Box::new(Welcome {
        visitor: None,
        conversation: None,
        rev: 0,
        generation: app.generation.clone(),
        availability: Availability { online: true, reply_within_s: None, next_open_at: None },
        site: None,
        token: None,
    })));
}

/// Handles every frame after `hello`; durable ones as [`super::visitor::handle`] does.
pub async fn handle(app: &Arc<App>, session: &Arc<Session>, frame: AgentFrame, reply: Reply) {
    let id = durable_id(&frame);
    let Who::Agent(who) = &session.who else { return };
    if let Err((reply, error)) = dispatch(app, session, who, frame, reply).await {
        reply.fail(id, &error);
    }
}

async fn dispatch(app: &Arc<App>, session: &Arc<Session>, who: &AgentWho, frame: AgentFrame, reply: Reply) -> Outcome {
    match frame {
        AgentFrame::Watch { conversation: Some(id), since, .. } => follow(app, session, who, id, since, reply).await,
        AgentFrame::Watch { view, .. } => watch_view(app, session, who, view.as_deref(), reply).await,
        AgentFrame::Unwatch { conversation, view } => unwatch(app, session, who, conversation, view.as_deref()),
        AgentFrame::Send { conversation, seen_seq, force, mail, message } => {
            let words = Words { conversation, kind: MessageKind::Text, seen_seq, force, mail };
            send(app, session, who, words, message, reply).await
        }
        AgentFrame::Note { conversation, message } => {
            let words = Words { conversation, kind: MessageKind::Note, seen_seq: None, force: true, mail: None };
            send(app, session, who, words, message, reply).await
        }
        AgentFrame::Edit { edit, .. } => change_words(app, session, who, edit, reply).await,
        AgentFrame::Delete { delete, .. } => take_back(app, session, who, delete, reply).await,
        AgentFrame::Delivered { conversation, receipt } => {
            receive(app, session, who, conversation, receipt, false, reply)
        }
        AgentFrame::Read { conversation, receipt } => receive(app, session, who, conversation, receipt, true, reply),
        AgentFrame::Typing { conversation, typing } => type_(app, session, who, conversation, &typing),
        AgentFrame::Sync { conversation, since } => follow(app, session, who, conversation, since, reply).await,
        AgentFrame::History { conversation, history } => {
            match older(app, session, who, conversation, history.before_seq, history.limit).await {
                Ok(frame) => reply.send(frame),
                Err(error) => return Err((reply, error)),
            }
            Ok(())
        }
        AgentFrame::Take(_)
        | AgentFrame::Close(_)
        | AgentFrame::Reopen(_)
        | AgentFrame::Transfer(_)
        | AgentFrame::Snooze(_)
        | AgentFrame::Priority(_)
        | AgentFrame::Tag(_)
        | AgentFrame::Join(_)
        | AgentFrame::State { .. } => owning::handle(app, session, who, frame, reply).await,
        AgentFrame::Ping { at, conversation } => {
            // Only of what it follows, which was authorized.
            let followed = conversation.filter(|id| session.watched().contains(id));
            let revs = followed.and_then(|id| app.hub.revs(id));
            reply.send(ServerFrame::Pong { at, rev: revs.map_or(0, |(rev, _)| rev) });
            Ok(())
        }
        AgentFrame::Hello(_) => Err((reply, Error::Invalid("This session has said hello already.".to_owned()))),
        AgentFrame::Unknown => Ok(()),
        AgentFrame::React { .. } => Err((reply, Error::NotOffered("reactions"))),
        AgentFrame::Draft(draft) => drafting::keep(app, session, who, draft, reply).await,
    }
}

fn durable_id(frame: &AgentFrame) -> Option<String> {
    Some(match frame {
        AgentFrame::Send { message, .. } | AgentFrame::Note { message, .. } => message.id.to_string(),
        AgentFrame::Edit { edit, .. } => edit.id.to_string(),
        AgentFrame::Delete { delete, .. } => delete.id.to_string(),
        AgentFrame::React { react, .. } => react.id.to_string(),
        AgentFrame::Take(command)
        | AgentFrame::Transfer(Transfer { command, .. })
        | AgentFrame::Close(command)
        | AgentFrame::Reopen(command)
        | AgentFrame::Snooze(Snooze { command, .. }) => command.id.to_string(),
        AgentFrame::Draft(draft) => draft.id.to_string(),
        AgentFrame::Priority(frame) => frame.id.to_string(),
        AgentFrame::Tag(frame) => frame.id.to_string(),
        AgentFrame::Join(frame) => frame.id.to_string(),
        AgentFrame::State { id, .. } => id.to_string(),
        _ => return None,
    })
}

/// Whether a frame is stored, so that it needs no live session.
pub fn is_durable(frame: &AgentFrame) -> bool {
    durable_id(frame).is_some()
}

async fn may_see(app: &App, agent: &ActingAgent, id: ConversationId) -> Result<Conversation, Error> {
    let mut conn = app.db.read().await?;
    let conversation = store::find(conn.conn(), agent.workspace_id, id).await?.ok_or(Error::NotFound)?;
    access::check(conn.conn(), agent, &conversation).await?;
    Ok(conversation)
}

/// Authorized when it is asked for; what an agent may see is looked at again while the session lives.
async fn follow(
    app: &Arc<App>,
    session: &Arc<Session>,
    who: &AgentWho,
    id: ConversationId,
    since: i64,
    reply: Reply,
) -> Outcome {
    if since < 0 {
        return Err((reply, Error::Invalid("since is below 0.".to_owned())));
    }
    let conversation = match may_see(app, &who.agent, id).await {
        Ok(conversation) => conversation,
        Err(error) => return Err((reply, error)),
    };
    app.hub.follow(session, id);
    if let Err(error) = resume::catch_up(app, session, id, since, false, None).await {
        return Err((reply, error));
    }
    let (by, state) = match app.hub.visitor_present(id) {
        Some(by) => (by, "online"),
        None => (By { kind: AuthorKind::Visitor, id: conversation.visitor_id.to_string() }, "offline"),
    };
    session.say(&ServerFrame::Presence { conversation: Some(id), by, state: state.to_owned(), name: None });
    app.hub.tell_who_looks(session, id);
    Ok(())
}

async fn watch_view(
    app: &Arc<App>,
    session: &Arc<Session>,
    who: &AgentWho,
    view: Option<&str>,
    reply: Reply,
) -> Outcome {
    if view == Some(BOARD) {
        return watch_board(app, session, who, reply).await;
    }
    let view = match named_view(app, who, view.unwrap_or_default()).await {
        Ok(view) => view,
        Err(error) => return Err((reply, error)),
    };
    if !who.follow_view(view.clone()) {
        return Err((reply, Error::Invalid(format!("A session follows at most {MOST_VIEWS_FOLLOWED} lists."))));
    }
    match rows::whole(app, session, who, &view).await {
        Ok(()) => Ok(()),
        Err(error) => Err((reply, error)),
    }
}

fn unwatch(
    app: &App,
    session: &Arc<Session>,
    who: &AgentWho,
    conversation: Option<ConversationId>,
    view: Option<&str>,
) -> Outcome {
    if let Some(id) = conversation {
        app.hub.unfollow(session, id);
    }
    if view == Some(BOARD) {
        who.look_at_board(false);
    } else if let Some(view) = view {
        who.drop_view(view);
    }
    Ok(())
}

/// The word by which a session follows the wallboard.
const BOARD: &str = "board";

async fn watch_board(app: &Arc<App>, session: &Arc<Session>, who: &AgentWho, reply: Reply) -> Outcome {
    if !who.agent.role.sees_every_queue() {
        return Err((reply, Error::NotAllowed("The wallboard is for supervisors.")));
    }
    who.look_at_board(true);
    match board::read(app, who.agent.workspace_id).await {
        Ok(now) => {
            session.outbox.push(Out::Frame(board::frame(&now, who.lang)));
            Ok(())
        }
        Err(error) => Err((reply, error)),
    }
}

async fn named_view(app: &App, who: &AgentWho, word: &str) -> Result<View, Error> {
    let mut conn = app.db.read().await?;
    let view = views::named(conn.conn(), who.agent.workspace_id, who.agent.id, word).await?;
    view.ok_or_else(|| Error::Invalid("watch needs a conversation or a view that there is.".to_owned()))
}

/// What goes with an agent's words.
struct Words {
    conversation: ConversationId,
    kind: MessageKind,
    seen_seq: Option<i64>,
    force: bool,
    mail: Option<SendMail>,
}

async fn send(
    app: &Arc<App>,
    session: &Arc<Session>,
    who: &AgentWho,
    words: Words,
    frame: SendMessage,
    reply: Reply,
) -> Outcome {
    if !frame.attachments.is_empty() {
        return Err((reply, Error::NotOffered("attachments")));
    }
    let text = match MessageText::parse(frame.text.unwrap_or_default()) {
        Ok(text) => text,
        Err(error) => return Err((reply, error)),
    };
    let send = AgentSend {
        agent: who.agent.clone(),
        conversation: words.conversation,
        kind: words.kind,
        id: frame.id,
        text,
        reply_to: frame.reply_to,
        seen_seq: words.seen_seq,
        force: words.force,
        mail: words.mail,
    };
    let permit = Arc::clone(&session.in_flight).acquire_owned().await;
    let operation = op(move |tx| {
        Box::pin(async move {
            let moment = tx.moment.clone();
            conversations::send_as_agent(tx, &moment, &send).await
        })
    });
    let (app_then, own) = (Arc::clone(app), session.id);
    let (ws, agent, conversation) = (who.agent.workspace_id, who.agent.id, words.conversation);
    let done = move |result: Result<Sent, Error>| {
        drop(permit);
        if result.as_ref().is_ok_and(|sent| !sent.repeat) {
            drafting::tell_sent(&app_then, ws, agent, Some(own), conversation, app_then.clock.now());
        }
        let result = result.map(|sent| Sent { message: pictured(&app_then, ws, sent.message), ..sent });
        reply.sent(frame.id.to_string(), result, false);
    };
    app.writer.submit(Some(session.id), "agent send", operation, done).await;
    Ok(())
}

/// As colleagues see it.
fn pictured(app: &App, ws: WorkspaceId, message: Message) -> Message {
    Faces::pictured(app.workspaces.faces(ws).as_deref(), message)
}

async fn change_words(app: &Arc<App>, session: &Arc<Session>, who: &AgentWho, frame: Edit, reply: Reply) -> Outcome {
    let text = match MessageText::parse(frame.text) {
        Ok(text) => text,
        Err(error) => return Err((reply, error)),
    };
    let editor = Editor::Agent(who.agent.clone());
    let operation = op(move |tx| {
        Box::pin(async move {
            let moment = tx.moment.clone();
            conversations::edit(tx, &moment, &editor, frame.message, text, frame.if_rev).await
        })
    });
    let (app_then, ws) = (Arc::clone(app), who.agent.workspace_id);
    let done = move |result: Result<Done, Error>| {
        let shown = |done: Done| Done { message: done.message.map(|it| pictured(&app_then, ws, it)), ..done };
        reply.done(frame.id.to_string(), result.map(shown));
    };
    app.writer.submit(Some(session.id), "agent edit", operation, done).await;
    Ok(())
}

async fn take_back(app: &Arc<App>, session: &Arc<Session>, who: &AgentWho, frame: Delete, reply: Reply) -> Outcome {
    let editor = Editor::Agent(who.agent.clone());
    let operation = op(move |tx| {
        Box::pin(async move {
            let moment = tx.moment.clone();
            conversations::delete(tx, &moment, &editor, frame.message, frame.if_rev).await
        })
    });
    let (app_then, ws) = (Arc::clone(app), who.agent.workspace_id);
    let done = move |result: Result<Done, Error>| {
        let shown = |done: Done| Done { message: done.message.map(|it| pictured(&app_then, ws, it)), ..done };
        reply.done(frame.id.to_string(), result.map(shown));
    };
    app.writer.submit(Some(session.id), "agent delete", operation, done).await;
    Ok(())
}

fn receive(
    app: &App,
    session: &Session,
    who: &AgentWho,
    conversation: ConversationId,
    receipt: Receipt,
    read: bool,
    reply: Reply,
) -> Outcome {
    if receipt.seq < 0 {
        return Err((reply, Error::Invalid("seq is below 0.".to_owned())));
    }
    // Only of what it follows, which was authorized.
    if session.watched().contains(&conversation) {
        let id = AnyId::new(who.agent.id.uuid());
        app.receipts.raise(session.workspace(), conversation, "agent", id, receipt.seq, read);
    }
    Ok(())
}

fn type_(app: &App, session: &Session, who: &AgentWho, conversation: ConversationId, typing: &TypingUpdate) -> Outcome {
    if session.watched().contains(&conversation) {
        let by = By { kind: AuthorKind::Agent, id: who.agent.id.to_string() };
        let frame = ServerFrame::Typing { conversation: Some(conversation), by, on: typing.on, preview: None };
        app.hub.tell(conversation, Audience::All, session.id, &frame);
    }
    Ok(())
}

async fn older(
    app: &App,
    session: &Session,
    who: &AgentWho,
    id: ConversationId,
    before_seq: i64,
    limit: i64,
) -> Result<ServerFrame, Error> {
    let _conversation = may_see(app, &who.agent, id).await?;
    resume::history(app, session, id, before_seq, limit).await
}
