//! Forms on the wire: asking for what is due, and taking the answers.

use std::sync::Arc;

use super::{Outcome, visitor_of};
use crate::app::App;
use crate::conversations::{Error, store as conversation_store};
use crate::forms::{self, Answered, FilledIn, Standing};
use crate::live::protocol::{Form, FormName, ServerFrame};
use crate::live::reply::Reply;
use crate::live::session::{Session, VisitorWho, Who};
use crate::writer::op;

/// Takes a form that was filled in.
pub(super) async fn form(app: &Arc<App>, session: &Arc<Session>, frame: Form, reply: Reply) -> Outcome {
    let visitor = match visitor_of(session) {
        Ok(visitor) => visitor,
        Err(error) => return Err((reply, error)),
    };
    let Ok(form) = serde_json::from_value::<FormName>(frame.form.into()) else {
        return Err((reply, Error::NotOffered("this form")));
    };
    let (site, first) = (Arc::clone(&visitor.site), visitor.first.clone());
    let filled = FilledIn { site, first, id: frame.id, form, values: frame.values };
    let operation = op(move |tx| {
        Box::pin(async move {
            let moment = tx.moment.clone();
            forms::answer(tx, &moment, &filled).await
        })
    });
    let (id, app_, shared) = (frame.id.to_string(), Arc::clone(app), Arc::clone(session));
    let done = move |result| answered(&app_, &shared, id, result, reply);
    app.writer.submit(Some(session.id), "form", operation, done).await;
    Ok(())
}

fn answered(app: &App, session: &Arc<Session>, id: String, result: Result<Answered, Error>, reply: Reply) {
    let Who::Visitor(who) = &session.who else { return };
    match result {
        Ok(answered) => {
            let first = answered.visitor.filter(|_| who.visitor().is_none());
            if let Some(visitor) = answered.visitor {
                who.known_as(visitor);
            }
            if let Some(consent) = answered.consent {
                who.asks.consent_changed(consent);
                app.hub.consent_changed(who.key, consent);
            }
            let current = session.current();
            if let Some(conversation) = current {
                app.hub.attention.row(session.workspace(), conversation);
            }
            let (conversation, rev, message) = match answered.done {
                Some(done) => (Some(done.conversation), done.rev, done.message.map(Box::new)),
                None => (current, current.and_then(|id| app.hub.revs(id)).map_or(0, |(_, visible)| visible), None),
            };
            reply.send(ServerFrame::Ack { id, conversation, rev, message, visitor: first });
            // What this answer makes due: the form before the chat comes after the consent.
            app.hub.attention.ask(session);
        }
        Err(error) => {
            reply.fail(Some(id), &error);
            ask_again(app, session, &error);
        }
    }
}

/// After a refusal for want of a form, that form is asked again.
pub(super) fn ask_again(app: &App, session: &Arc<Session>, error: &Error) {
    let form = match error {
        Error::ConsentRequired => FormName::Consent,
        Error::PreChatRequired => FormName::PreChat,
        _ => return,
    };
    if let Who::Visitor(who) = &session.who {
        who.asks.again(form);
        app.hub.attention.ask(session);
    }
}

/// Asks a session for what is due and was not asked yet. Before `welcome` nothing is asked: who sends
/// it asks afterwards.
pub async fn ask_due(app: &App, session: &Session) -> Result<(), Error> {
    let Who::Visitor(who) = &session.who else { return Ok(()) };
    if !who.site.settings.asks() || !session.is_welcomed() {
        return Ok(());
    }
    for ask in read_due(app, session, who).await? {
        session.say(&ServerFrame::Ask(Box::new(ask)));
    }
    Ok(())
}

async fn read_due(app: &App, session: &Session, who: &VisitorWho) -> Result<Vec<crate::live::protocol::Ask>, Error> {
    let (site, ws) = (&who.site, session.workspace());
    let changes = who.asks.consent_changes();
    let mut conn = app.db.read().await?;
    let (mut known, mut conversation) = (None, None);
    if let Some(id) = who.visitor() {
        known = forms::store::known(conn.conn(), ws, id).await?;
        conversation = conversation_store::current_of_visitor(conn.conn(), ws, site.id, id).await?;
    }
    let rated = match conversation.as_ref().filter(|c| c.is_closed() && site.settings.rating.on) {
        Some(closed) => forms::store::rated(conn.conn(), ws, closed.id).await?.is_some(),
        None => false,
    };
    drop(conn);
    let known = known.unwrap_or_default();
    who.asks.consent_read(known.consent == Some(true), changes);
    let standing = Standing {
        known: &known,
        conversation: conversation.as_ref(),
        rated,
        online: app.hub.anybody_online(ws),
        now: app.clock.now(),
    };
    let due = forms::due(site, &standing);
    let news = who.asks.news(&due, conversation.as_ref().map(|c| c.id));
    let lang = who.asks.lang();
    Ok(news.into_iter().map(|form| forms::ask(form, site, &known, lang)).collect())
}

/// Asks the sessions for which something may have become due, until the process stops.
pub async fn run(app: Arc<App>) {
    loop {
        tokio::select! {
            () = app.hub.attention.asking.notified() => {}
            () = app.stopping.cancelled() => return,
        }
        ask_noted(&app).await;
    }
}

/// Asks the sessions that were noted so far.
pub async fn ask_noted(app: &App) {
    for session in app.hub.attention.take_asked() {
        if let Err(error) = ask_due(app, &session).await {
            tracing::warn!(%error, "a form could not be asked for");
        }
    }
}
