//! A visitor's words: sending, editing, taking back.

use std::sync::Arc;
use std::time::Duration;

use super::{Outcome, visitor_of};
use crate::app::App;
use crate::conversations::{self, Editor, Error, VisitorSend};
use crate::live::protocol::{Delete, Edit, SendMessage};
use crate::live::reply::Reply;
use crate::live::session::{Session, VisitorWho, Who};
use crate::messages::MessageText;
use crate::metrics;
use crate::rate_limit::IpKey;
use crate::word_filters::{Action, Found};
use crate::writer::{Append, again, op};

pub(super) async fn send(
    app: &Arc<App>,
    session: &Arc<Session>,
    from: IpKey,
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
    if frame.payload.as_ref().is_some_and(crate::visitors::has_nul) {
        return Err((reply, Error::Invalid("The payload has a NUL character, which cannot be stored.".to_owned())));
    }
    let visitor = match visitor_of(session) {
        Ok(visitor) => visitor,
        Err(error) => return Err((reply, error)),
    };
    let found = found_in(app, visitor, &text);
    let send = Arc::new(VisitorSend {
        site: Arc::clone(&visitor.site),
        key: visitor.key,
        first: visitor.first.clone(),
        id: frame.id,
        text,
        reply_to: frame.reply_to,
        payload: frame.payload,
        flagged: found.as_ref().filter(|found| found.action == Action::Flag).map(|found| found.phrase.clone()),
    });
    if let Err(limited) = within_limits(app, session, from, &send).await {
        return Err((reply, limited));
    }
    if let Some(found) = found.filter(|found| found.action == Action::Refuse)
        && let Err(error) = refused(app, session, &send, found).await
    {
        return Err((reply, error));
    }
    queue_send(app, session, visitor, send, reply).await;
    Ok(())
}

/// What the workspace's filters find in a visitor's words. Without filters, nothing is looked at.
fn found_in(app: &App, visitor: &VisitorWho, text: &MessageText) -> Option<Found> {
    app.workspaces.filters(visitor.site.workspace_id)?.find(text.as_str()).cloned()
}

/// The words are not taken, unless they were before there was this filter.
async fn refused(app: &App, session: &Session, send: &VisitorSend, found: Found) -> Result<(), Error> {
    if Box::pin(is_repeat(app, session, send)).await? {
        return Ok(());
    }
    metrics::refused("words");
    Err(Error::WordRefused(found.phrase))
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
    let (shared, app_, id) = (Arc::clone(session), Arc::clone(app), send.id);
    let done = move |result: Result<conversations::Sent, Error>| {
        drop(permit);
        if let (Ok(sent), Who::Visitor(who)) = (&result, &shared.who)
            && let Some(visitor) = sent.visitor
        {
            who.known_as(visitor);
        }
        let lacks_form = result.as_ref().err().filter(|error| error.lacks_form()).cloned();
        reply.sent(id.to_string(), result, known.is_none());
        if let Some(error) = lacks_form {
            super::forms::ask_again(&app_, &shared, &error);
        }
    };
    let gate = Arc::clone(&session.gate);
    let plain = send.is_plain() && (!visitor.site.settings.consent.required || visitor.asks.has_consent());
    if let (true, Some(visitor), Some(conversation)) = (plain, known, session.current()) {
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
    let operation = again(move |tx| {
        Box::pin(async move {
            gate.admit(send.id).map_err(Error::Gated)?;
            let moment = tx.moment.clone();
            conversations::send_as_visitor(tx, &moment, &send).await
        })
    });
    app.writer.submit_again(Some(session.id), "send", operation, done).await;
}

/// A repeat is recognized before the limits are looked at.
async fn within_limits(app: &App, session: &Session, from: IpKey, send: &VisitorSend) -> Result<(), Error> {
    session.gate.enter(send.id).map_err(Error::Gated)?;
    let limits = &app.rate_limits;
    let over = limits.sends.check(send.key.bytes()).and_then(|()| limits.sends_per_address.check(&from));
    let Err(retry) = over else { return Ok(()) };
    if Box::pin(is_repeat(app, session, send)).await? {
        return Ok(());
    }
    session.gate.shut(send.id, Duration::from_secs(retry.seconds));
    Err(Error::RateLimited(retry.seconds))
}

async fn is_repeat(app: &App, session: &Session, send: &VisitorSend) -> Result<bool, Error> {
    let Some(visitor) = visitor_of(session)?.visitor() else { return Ok(false) };
    let mut conn = app.db.read().await?;
    let message = send.message(visitor, app.clock.now());
    Ok(conversations::already_sent(conn.conn(), send.site.workspace_id, &message).await?.is_some())
}

fn editor(session: &Session, window_s: impl FnOnce(&crate::sites::Site) -> i64) -> Result<Editor, Error> {
    let visitor = visitor_of(session)?;
    let id = visitor.visitor().ok_or(Error::NotFound)?;
    let window = Duration::from_secs(window_s(&visitor.site).unsigned_abs());
    Ok(Editor::Visitor(id, visitor.site.workspace_id, window))
}

pub(super) async fn edit(app: &Arc<App>, session: &Arc<Session>, frame: Edit, reply: Reply) -> Outcome {
    let parsed = editor(session, |site| site.edit_window_s)
        .and_then(|editor| Ok((editor, MessageText::parse(frame.text.clone())?)));
    let (editor, text) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => return Err((reply, error)),
    };
    let found = visitor_of(session).ok().and_then(|visitor| found_in(app, visitor, &text));
    if let Some(Found { phrase, action: Action::Refuse }) = found {
        metrics::refused("words");
        return Err((reply, Error::WordRefused(phrase)));
    }
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

pub(super) async fn delete(app: &Arc<App>, session: &Arc<Session>, frame: Delete, reply: Reply) -> Outcome {
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
