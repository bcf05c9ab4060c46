//! What a visitor's frames do.

mod earlier;
pub mod forms;
mod hello;
mod identity;
mod sending;
mod update;

use std::sync::Arc;

use super::hub::Audience;
use super::protocol::{AuthorKind, By, Receipt, ServerFrame, TypingUpdate, VisitorFrame};
use super::reply::Reply;
use super::resume;
use super::session::{Session, VisitorWho, Who};
use crate::app::App;
use crate::bots::handing;
use crate::conversations::{Done, Error, participant_store};
use crate::db::Tx;
use crate::rate_limit::IpKey;
use crate::writer::again;

pub use hello::hello;
pub use identity::identify;

/// Characters of unsent text that agents see.
pub const MAX_PREVIEW_CHARS: usize = 1_000;

fn visitor_of(session: &Session) -> Result<&VisitorWho, Error> {
    match &session.who {
        Who::Visitor(visitor) => Ok(visitor),
        Who::Agent(_) => Err(Error::NotFound),
    }
}

/// For what costs others than the visitor: it counts as a message does.
fn within_limits(app: &App, session: &Session) -> Result<(), Error> {
    let visitor = visitor_of(session)?;
    app.rate_limits.sends.check(visitor.key.bytes()).map_err(|retry| Error::RateLimited(retry.seconds))
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
        VisitorFrame::Send(frame) => sending::send(app, session, from, frame, reply).await,
        VisitorFrame::Edit(frame) => Box::pin(sending::edit(app, session, frame, reply)).await,
        VisitorFrame::Delete(frame) => Box::pin(sending::delete(app, session, frame, reply)).await,
        VisitorFrame::Update(frame) => Box::pin(update::update(app, session, from, *frame, reply)).await,
        VisitorFrame::React(_) => Err((reply, Error::NotOffered("reactions"))),
        VisitorFrame::Form(frame) => Box::pin(forms::form(app, session, from, frame, reply)).await,
        VisitorFrame::Handoff { id } => Box::pin(handoff(app, session, id.to_string(), reply)).await,
        VisitorFrame::Delivered(receipt) => receive(app, session, receipt, false, reply),
        VisitorFrame::Read(receipt) => receive(app, session, receipt, true, reply),
        VisitorFrame::Typing(typing) => type_(app, session, &typing, reply),
        VisitorFrame::List => answer(reply, Box::pin(earlier::list(app, session)).await),
        VisitorFrame::Sync { since } => Box::pin(sync(app, session, since, reply)).await,
        VisitorFrame::History { conversation, history } => {
            answer(reply, Box::pin(earlier::history(app, session, conversation, history)).await)
        }
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

/// "Talk to a person": a chat that people have, or wait for, is acknowledged as it is.
async fn handoff(app: &Arc<App>, session: &Arc<Session>, id: String, reply: Reply) -> Outcome {
    let known = visitor_of(session).map(|visitor| visitor.visitor().zip(session.current()).map(|of| (visitor, of)));
    let (site, visitor, conversation) = match known {
        Ok(Some((who, (visitor, conversation)))) => (who.site.id, visitor, conversation),
        Ok(None) => return Err((reply, Error::NoOpenConversation)),
        Err(error) => return Err((reply, error)),
    };
    let ws = session.workspace();
    let operation = again(move |tx: &mut Tx| {
        Box::pin(async move {
            let moment = tx.moment.clone();
            handing::asked(tx, &moment, ws, site, visitor, conversation).await
        })
    });
    let done = move |done: Result<Done, Error>| match done {
        Ok(Done { conversation, rev, .. }) => {
            reply.send(ServerFrame::Ack { id, conversation: Some(conversation), rev, message: None, visitor: None });
        }
        Err(error) => reply.fail(Some(id), &error),
    };
    app.writer.submit_again(Some(session.id), "handoff", operation, done).await;
    Ok(())
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
        let preview = preview(session, typing);
        let frame = ServerFrame::Typing { conversation: Some(conversation), by, on: typing.on, preview };
        app.hub.tell(conversation, Audience::Agents, session.id, &frame);
    }
    Ok(())
}

/// What the visitor has not sent yet, where the site lets agents see it.
fn preview(session: &Session, typing: &TypingUpdate) -> Option<String> {
    let visitor = visitor_of(session).ok()?;
    let settings = &visitor.site.settings;
    let may = settings.preview && (!settings.consent.required || visitor.asks.has_consent());
    let text = typing.preview.as_deref().filter(|_| may && typing.on)?;
    Some(crate::visitors::clean(text, MAX_PREVIEW_CHARS))
}

async fn sync(app: &Arc<App>, session: &Arc<Session>, since: i64, reply: Reply) -> Outcome {
    if since < 0 {
        return Err((reply, Error::Invalid("since is below 0.".to_owned())));
    }
    let Some(id) = app.hub.follow_current(session, None) else { return Err((reply, Error::NoOpenConversation)) };
    match resume::catch_up(app, session, id, since, false, None).await {
        Ok(()) => Ok(()),
        Err(error) => Err((reply, error)),
    }
}
