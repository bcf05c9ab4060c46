//! What a visitor's page tells of them.

use std::sync::Arc;

use super::identity::identify;
use super::{Outcome, visitor_of, within_limits};
use crate::app::App;
use crate::conversations::{self, Done, Error};
use crate::db::Tx;
use crate::forms;
use crate::ids::{CommandId, VisitorId};
use crate::live::protocol::{Attributes, Page, ServerFrame, Update};
use crate::live::reply::Reply;
use crate::live::session::{Session, Who};
use crate::queues;
use crate::rate_limit::IpKey;
use crate::sites::Site;
use crate::visitors::leaving::Leaving;
use crate::visitors::store::Changes;
use crate::visitors::trail::{self, TrailEvent};
use crate::visitors::{self, FirstAct, MAX_EMAIL_CHARS, MAX_NAME_CHARS, MAX_PHONE_CHARS, StoredPage};
use crate::words::Lang;
use crate::writer::again;

/// Characters of a language's tag.
const MAX_LOCALE_CHARS: u32 = 35;

/// What is to be stored, checked as far as it can be without the database.
#[derive(Clone)]
struct Told {
    site: Arc<Site>,
    first: FirstAct,
    id: CommandId,
    changes: Changes,
    attributes: Option<Attributes>,
    page: Option<Page>,
    queue: Option<String>,
    consent: Option<bool>,
    event: Option<TrailEvent>,
    leaving: Leaving,
}

/// What came of it. Somebody who is not known and wants not to be stays unknown.
struct Updated {
    visitor: Option<VisitorId>,
    done: Option<Done>,
    consent: Option<bool>,
}

pub(super) async fn update(
    app: &Arc<App>,
    session: &Arc<Session>,
    from: IpKey,
    frame: Update,
    reply: Reply,
) -> Outcome {
    let before = match visitor_of(session) {
        Ok(visitor) => visitor.visitor(),
        Err(error) => return Err((reply, error)),
    };
    // Another line costs everybody who waits there; the rest is a row of the visitor's own.
    if frame.queue.is_some()
        && let Err(limited) = within_limits(app, session)
    {
        return Err((reply, limited));
    }
    // It comes first: what else the frame says is about whom it proves. Of somebody who does not want
    // to be remembered nothing is.
    if let (Some(jwt), None | Some(true)) = (&frame.jwt, frame.consent)
        && let Err(error) = identify(app, session, jwt, frame.consent).await
    {
        return Err((reply, error));
    }
    let (id, lang) = (frame.id.to_string(), frame.locale.as_deref().and_then(Lang::from_tag));
    let leaving = Leaving::new(Arc::clone(&app.rate_limits), from);
    let told = match read(session, frame, leaving) {
        Ok(told) => told,
        Err(error) => return Err((reply, error)),
    };
    let operation = again(move |tx| Box::pin(async move { store(tx, told).await }));
    let (shared, app_) = (Arc::clone(session), Arc::clone(app));
    let done = move |result: Result<Updated, Error>| match result {
        Ok(updated) => {
            if let (Some(lang), Who::Visitor(who)) = (lang, &shared.who) {
                who.asks.speaks(lang);
            }
            acknowledge(&app_, &shared, id, updated, before, reply);
        }
        Err(error) => reply.fail(Some(id), &error),
    };
    app.writer.submit_again(Some(session.id), "update", operation, done).await;
    Ok(())
}

fn read(session: &Session, frame: Update, leaving: Leaving) -> Result<Told, Error> {
    let visitor = visitor_of(session)?;
    let profile = frame.profile.unwrap_or_default();
    let given = |text: Option<String>, chars: u32| {
        text.map(|text| visitors::clean(text.trim(), usize::try_from(chars).unwrap_or(usize::MAX)))
    };
    Ok(Told {
        site: Arc::clone(&visitor.site),
        first: visitor.first.clone(),
        id: frame.id,
        changes: Changes {
            name: given(profile.name, MAX_NAME_CHARS),
            email: given(profile.email, MAX_EMAIL_CHARS),
            phone: given(profile.phone, MAX_PHONE_CHARS),
            locale: given(frame.locale, MAX_LOCALE_CHARS),
            page: frame.page.as_ref().map(StoredPage::of),
            ..Changes::default()
        },
        attributes: frame.attributes,
        page: frame.page,
        queue: frame.queue,
        consent: frame.consent,
        event: frame.event.map(TrailEvent::parse).transpose()?,
        leaving,
    })
}

async fn store(tx: &mut Tx, mut told: Told) -> Result<Updated, Error> {
    let moment = tx.moment.clone();
    let (site, ws) = (Arc::clone(&told.site), told.site.workspace_id);
    if told.consent == Some(false) {
        return refuse_consent(tx, &told).await;
    }
    let visitor = visitors::store::ensure(tx.conn(), &site, &told.first, &moment).await?.id;
    match told.consent {
        Some(consent) => told.changes.consent = Some((consent, moment.now)),
        None => forms::check_consent(tx, &site, visitor).await?,
    }
    let renamed = told.changes.name.is_some();
    told.leaving.check(tx, ws, visitor, told.changes.email.as_deref()).await?;
    visitors::tell(tx.conn(), ws, visitor, told.changes, told.attributes).await?;
    if renamed {
        tx.names_changed();
    }
    if let Some(page) = &told.page {
        trail::page(tx.conn(), ws, visitor, told.id, &StoredPage::of(page), moment.now).await?;
    }
    if let Some(event) = &told.event {
        trail::event(tx.conn(), ws, visitor, told.id, event, moment.now).await?;
    }
    let done = match &told.queue {
        Some(named) => {
            let queue = chosen(tx, &site, named).await?;
            conversations::choose_queue(tx, &moment, &site, visitor, &queue).await?
        }
        None => None,
    };
    Ok(Updated { visitor: Some(visitor), done, consent: told.consent })
}

/// Somebody does not want to be remembered: nothing else of the frame is stored, and of somebody who
/// is not known nothing at all.
async fn refuse_consent(tx: &mut Tx, told: &Told) -> Result<Updated, Error> {
    let known = visitors::store::by_token(tx.conn(), told.site.id, &told.first.token_hash).await?;
    if let Some(visitor) = known {
        let changes = Changes { consent: Some((false, tx.moment.now)), ..Changes::default() };
        visitors::store::update(tx.conn(), told.site.workspace_id, visitor, &changes).await?;
    }
    Ok(Updated { visitor: known, done: None, consent: Some(false) })
}

/// The queue that was named, by its id or its name.
async fn chosen(tx: &mut Tx, site: &Site, named: &str) -> Result<queues::store::Queue, Error> {
    let refused = || Error::ValueRefused { field: "queue".to_owned(), why: "names no queue of this site".to_owned() };
    // PostgreSQL cannot even be asked for a text with NUL.
    if named.contains('\0') {
        return Err(refused());
    }
    queues::store::named(tx.conn(), site.workspace_id, named).await?.ok_or_else(refused)
}

/// `before` is who the session took them for when the frame came.
fn acknowledge(
    app: &App,
    session: &Arc<Session>,
    id: String,
    updated: Updated,
    before: Option<VisitorId>,
    reply: Reply,
) {
    let Who::Visitor(who) = &session.who else { return };
    let news = updated.visitor.filter(|visitor| before != Some(*visitor));
    if let Some(visitor) = updated.visitor {
        who.known_as(visitor);
    }
    if let Some(consent) = updated.consent {
        who.asks.consent_changed(consent);
        app.hub.consent_changed(who.key, session.current(), consent);
        app.hub.attention.ask(session);
    }
    let current = session.current();
    if let Some(conversation) = current {
        app.hub.attention.row(session.workspace(), conversation);
        app.hub.attention.facts(session.workspace(), conversation);
    }
    let (conversation, rev) = match updated.done {
        Some(done) => (Some(done.conversation), done.rev),
        None => (current, current.and_then(|id| app.hub.revs(id)).map_or(0, |(_, visible)| visible)),
    };
    reply.send(ServerFrame::Ack { id, conversation, rev, message: None, visitor: news });
}
