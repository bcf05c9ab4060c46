//! What whoever administers does with a mail that is set aside: takes it in, so that it stands in a conversation
//! like any other, or takes it away. Each is in the audit log. A mail that was taken in keeps its id, by which
//! whoever asks again is led to the same conversation.

use std::sync::Arc;

use super::placing::{self, Place};
use super::reading::{self, Unread};
use super::taking::{Taken, Taking};
use super::{Envelope, Incoming, Way, aside_store, entering, store};
use crate::app::App;
use crate::audit::{self, Act, By, Changes};
use crate::conversations::{ActingAgent, Error};
use crate::db::{Error as DbError, Tx};
use crate::ids::{ConversationId, ReceivedMailId, SiteId, WorkspaceId};
use crate::mail::token::Token;
use crate::sites::{Site, store as sites};
use crate::writer::{MayBeginAgain, again};

/// Why a mail cannot be taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It cannot be read.
    Unread(Unread),
    /// We wrote it, or it names nobody to answer but us.
    Ours,
    /// Its sender is blocked.
    Blocked,
    /// It has to be said which website it is for.
    NoSite,
}

/// What came of it.
type Done = Result<ConversationId, Refused>;

/// Takes a mail in: into the conversation that it answers, else into its sender's at `site`, or at the website that
/// it was sent to. Asked twice, it leads to the same conversation.
///
/// # Errors
/// [`Error::NotFound`] where there is no such mail, [`Error::NotAllowed`] for who does not administer.
pub async fn take_in(app: &App, by: ActingAgent, id: ReceivedMailId, site: Option<SiteId>) -> Result<Done, Error> {
    if !by.role.administers() {
        return Err(Error::NotAllowed("Settings are for owners and admins."));
    }
    let ws = by.workspace_id;
    let mut conn = app.db.read().await?;
    let Some(found) = aside_store::find(conn.conn(), ws, id).await? else {
        // Somebody took it in before.
        let there = store::conversation_of(conn.conn(), ws, id, &[]).await?;
        return Ok(Ok(there.ok_or(Error::NotFound)?));
    };
    drop(conn);
    let raw = found.raw;
    let mail = match reading::read(raw, Envelope::default(), app.config.mail.authserv.clone()).await {
        Ok(mail) => mail,
        Err((why, _)) => return Ok(Err(Refused::Unread(why))),
    };
    // What was kept may be a part of it: it is known by what it was known by when it came.
    let dedupe = found.dedupe.try_into().unwrap_or(mail.dedupe);
    let taking = Taking {
        mail: Arc::new(Incoming { dedupe, automatic: None, ..mail }),
        way: Way::parse(&found.way).unwrap_or(Way::Imap),
        domain: app.config.mail.domain.clone(),
        random: app.random.clone(),
        id: Some(id),
    };
    let operation = again(move |tx: &mut Tx| {
        let (taking, by) = (taking.clone(), by.clone());
        Box::pin(async move {
            let done = enter(tx, &taking, &by, id, site).await?;
            done.map_err(Undone::Refused)
        })
    });
    match app.writer.run_again("take mail in", operation).await {
        Ok(conversation) => Ok(Ok(conversation)),
        Err(Undone::Refused(why)) => Ok(Err(why)),
        Err(Undone::Failed(error)) => Err(error),
    }
}

/// Ends a transaction, so that nothing of it stays.
#[derive(Debug)]
enum Undone {
    Refused(Refused),
    Failed(Error),
}

impl MayBeginAgain for Undone {
    fn may_begin_again(&self) -> bool {
        matches!(self, Self::Failed(error) if error.may_begin_again())
    }
}

impl From<Error> for Undone {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<DbError> for Undone {
    fn from(error: DbError) -> Self {
        Self::Failed(error.into())
    }
}

async fn enter(
    tx: &mut Tx,
    taking: &Taking,
    by: &ActingAgent,
    id: ReceivedMailId,
    site: Option<SiteId>,
) -> Result<Done, Error> {
    let (ws, moment) = (by.workspace_id, tx.moment.clone());
    let known = store::conversation_of(tx.conn(), ws, id, &taking.mail.dedupe).await?;
    if aside_store::delete(tx, ws, id).await? && known.is_none() {
        let all = sites::of_workspace(tx.conn(), ws).await?;
        let Some(taking) = answerable(taking, &all) else { return Ok(Err(Refused::Ours)) };
        let taken = match place(tx, &taking, ws, &all, site).await? {
            Place::Thread { workspace_id, conversation_id, address } => {
                let thread = entering::Thread { workspace_id, conversation_id, address };
                entering::thread(&taking, tx, &moment, thread, None).await?
            }
            Place::Site(site) => entering::site(&taking, tx, &moment, &site).await?,
            Place::Nowhere => return Ok(Err(Refused::NoSite)),
        };
        match taken {
            Taken::Aside(_) => return Ok(Err(Refused::Blocked)),
            Taken::Nobody => return Err(Error::NotFound),
            _ => note(tx, by, "mail.taken_in", id).await?,
        }
    }
    let there = store::conversation_of(tx.conn(), ws, id, &taking.mail.dedupe).await?;
    Ok(Ok(there.ok_or(Error::NotFound)?))
}

/// The mail as one of somebody who can be answered.
fn answerable(taking: &Taking, sites: &[Site]) -> Option<Taking> {
    let mail = &taking.mail;
    if mail.header_id.as_deref().is_some_and(|id| Token::in_message_id(id).is_some()) {
        return None;
    }
    if taking.is_ours(&mail.from, sites) { taking.as_whom_it_answers(sites) } else { Some(taking.clone()) }
}

/// Where it belongs: in this workspace, whatever its header says.
async fn place(
    tx: &mut Tx,
    taking: &Taking,
    ws: WorkspaceId,
    sites: &[Site],
    chosen: Option<SiteId>,
) -> Result<Place, Error> {
    let found = placing::of(tx, &taking.mail).await?;
    let ours = found.workspace() == Some(ws);
    if ours && matches!(found, Place::Thread { .. }) {
        return Ok(found);
    }
    if let Some(chosen) = chosen {
        let site = sites.iter().find(|site| site.id == chosen).ok_or(Error::NotFound)?;
        return Ok(Place::Site(Arc::new(site.clone())));
    }
    let only = placing::only(sites, taking.domain.as_deref()).filter(|_| !ours);
    Ok(match only {
        Some(only) => Place::Site(Arc::new(only.clone())),
        None if ours => found,
        None => Place::Nowhere,
    })
}

/// Takes a mail away for good. One that is gone already is no error.
///
/// # Errors
/// [`Error::NotAllowed`] for who does not administer, and those of the database.
pub async fn remove(app: &App, by: ActingAgent, id: ReceivedMailId) -> Result<(), Error> {
    if !by.role.administers() {
        return Err(Error::NotAllowed("Settings are for owners and admins."));
    }
    let operation = again(move |tx: &mut Tx| {
        let by = by.clone();
        Box::pin(async move {
            if aside_store::delete(tx, by.workspace_id, id).await? {
                note(tx, &by, "mail.removed", id).await?;
            }
            Ok::<(), Error>(())
        })
    });
    app.writer.run_again("remove mail", operation).await
}

/// The log is kept for good, and names nobody who may have to be forgotten.
async fn note(tx: &mut Tx, by: &ActingAgent, action: &'static str, id: ReceivedMailId) -> Result<(), Error> {
    let act = Act { action, subject: id.uuid(), name: "" };
    Ok(audit::record(tx, &By::Agent(by.clone()), act, Changes::default()).await?)
}
