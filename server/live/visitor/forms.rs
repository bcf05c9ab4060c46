//! Forms on the wire: asking for what is due, and taking the answers.

use std::sync::Arc;

use super::{Outcome, visitor_of};
use crate::app::App;
use crate::conversations::{self, Conversation, Error, Filled, store};
use crate::db::Tx;
use crate::forms::store::Known;
use crate::forms::{self, Answered, FilledIn, Standing};
use crate::ids::{ConversationId, MessageId};
use crate::live::protocol::{Ask, Form, FormName, ServerFrame};
use crate::live::reply::Reply;
use crate::live::session::{Session, VisitorWho, Who};
use crate::rate_limit::IpKey;
use crate::visitors::leaving::Leaving;
use crate::writer::again;

/// Takes a form that was filled in.
pub(super) async fn form(app: &Arc<App>, session: &Arc<Session>, from: IpKey, frame: Form, reply: Reply) -> Outcome {
    let visitor = match visitor_of(session) {
        Ok(visitor) => visitor,
        Err(error) => return Err((reply, error)),
    };
    let of_message = frame.form.parse::<MessageId>().ok();
    let name = serde_json::from_value::<FormName>(frame.form.into()).ok();
    if let Err(limited) = super::within_limits(app, session) {
        return Err((reply, limited));
    }
    let (site, first) = (Arc::clone(&visitor.site), visitor.first.clone());
    if let Some(message) = of_message {
        let id = MessageId::from_uuid(frame.id.uuid());
        let filled = Filled { site, token_hash: first.token_hash, id, message, values: frame.values };
        fill(app, session, filled, reply).await;
        return Ok(());
    }
    let Some(form) = name else { return Err((reply, Error::NotOffered("this form"))) };
    let leaving = Leaving::new(Arc::clone(&app.rate_limits), from);
    let filled = FilledIn { site, first, id: frame.id, form, values: frame.values, leaving };
    let operation = again(move |tx: &mut Tx| {
        Box::pin(async move {
            let moment = tx.moment.clone();
            forms::answer(tx, &moment, &filled).await
        })
    });
    let (id, app_, shared) = (frame.id.to_string(), Arc::clone(app), Arc::clone(session));
    let done = move |result| answered(&app_, &shared, id, result, reply);
    app.writer.submit_again(Some(session.id), "form", operation, done).await;
    Ok(())
}

/// Takes a form of a bot's message.
async fn fill(app: &Arc<App>, session: &Arc<Session>, filled: Filled, reply: Reply) {
    let id = filled.id.to_string();
    let operation = again(move |tx: &mut Tx| {
        let filled = filled.clone();
        Box::pin(async move {
            let moment = tx.moment.clone();
            conversations::fill(tx, &moment, &filled).await
        })
    });
    let (app_, shared) = (Arc::clone(app), Arc::clone(session));
    let done = move |result: Result<conversations::Done, Error>| {
        let lacks_form = result.as_ref().err().filter(|error| error.lacks_form()).cloned();
        reply.done(id, result);
        if let Some(error) = lacks_form {
            ask_again(&app_, &shared, &error);
        }
    };
    app.writer.submit_again(Some(session.id), "form of a message", operation, done).await;
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
                app.hub.consent_changed(who.key, session.current(), consent);
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
/// it asks afterwards. `read` is the current conversation, if it was read just now.
pub async fn ask_due(app: &App, session: &Session, read: Option<Conversation>) -> Result<(), Error> {
    let Who::Visitor(who) = &session.who else { return Ok(()) };
    if !who.site.settings.asks() || !session.is_welcomed() {
        return Ok(());
    }
    let conversation = match current(app, session, read) {
        Current::Known(conversation) => conversation.map(|conversation| *conversation),
        Current::Unread(id) => store::find(app.db.read().await?.conn(), session.workspace(), id).await?,
    };
    for ask in read_due(app, who, conversation.as_ref()).await? {
        session.say(&ServerFrame::Ask(Box::new(ask)));
    }
    Ok(())
}

enum Current {
    Known(Option<Box<Conversation>>),
    Unread(ConversationId),
}

/// What was read counts if it is still the session's conversation, and nothing happened to it since.
fn current(app: &App, session: &Session, read: Option<Conversation>) -> Current {
    let Some(id) = session.current() else { return Current::Known(None) };
    let fresh = |read: &Conversation| read.id == id && app.hub.revs(id).is_some_and(|(rev, _)| rev == read.rev);
    match read.filter(fresh) {
        Some(read) => Current::Known(Some(Box::new(read))),
        None => Current::Unread(id),
    }
}

async fn read_due(app: &App, who: &VisitorWho, conversation: Option<&Conversation>) -> Result<Vec<Ask>, Error> {
    let (site, ws) = (&who.site, who.site.workspace_id);
    let online = app.availability.of(site, conversation.and_then(Conversation::line)).online;
    let standing = Standing { conversation, online, now: app.clock.now() };
    let (mut known, mut due) = (Known::default(), Vec::new());
    if standing.may_be_due(site) {
        let changes = who.asks.consent_changes();
        let mut conn = app.db.read().await?;
        if let Some(id) = who.visitor() {
            known = forms::store::known(conn.conn(), ws, id).await?.unwrap_or_default();
        }
        who.asks.consent_read(known.consent == Some(true), changes);
        let rated = match conversation.filter(|c| c.is_closed() && site.settings.rating.on) {
            Some(closed) => forms::store::rated(conn.conn(), ws, closed.id).await?.is_some(),
            None => false,
        };
        due = forms::due(site, &standing, &known, rated);
        if who.asks.consent_changes() != changes {
            // Answered while this was read, and acknowledged by now: asking once more would shut the
            // chat again. Whoever took the answer has what is due looked at anew.
            due.retain(|form| *form != FormName::Consent);
        }
    }
    let news = who.asks.news(&due, conversation.map(|c| c.id));
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
        if let Err(error) = ask_due(app, &session, None).await {
            tracing::warn!(%error, "a form could not be asked for");
        }
    }
}
