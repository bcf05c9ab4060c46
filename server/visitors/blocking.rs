//! Visitors who may not write any more: their sessions are closed with 4200, and nothing of theirs is taken.
//! What they wrote stays. Every node knows who is blocked from memory, so that `hello` reads nothing for it;
//! it looks anew every few seconds, and at once where somebody was blocked by this node.

use std::collections::HashSet;
use std::sync::{PoisonError, RwLock};

use super::{VisitorKey, blocking_store as store};
use crate::app::App;
use crate::audit::{self, Act, By, Changes};
use crate::conversations::{self, ActingAgent, Done, Error, Moment, access, store as conversation_store};
use crate::db::{Error as DbError, Tx};
use crate::ids::{ConversationId, VisitorId, WorkspaceId};
use crate::live::protocol::close::CloseReason;
use crate::live::session::Who;

/// Who is blocked, by device.
#[derive(Default)]
pub struct Blocked {
    keys: RwLock<HashSet<VisitorKey>>,
}

impl Blocked {
    /// Whether this device is.
    pub fn has(&self, key: &VisitorKey) -> bool {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).contains(key)
    }
}

/// Reads who is blocked, and closes their sessions here.
pub async fn look(app: &App) -> Result<(), DbError> {
    let devices = store::devices(app.db.read().await?.conn()).await?;
    let key = |(site, hash): (_, Vec<u8>)| Some(VisitorKey::new(site, hash.as_slice().try_into().ok()?));
    let keys: HashSet<VisitorKey> = devices.into_iter().filter_map(key).collect();
    let none = keys.is_empty();
    *app.blocked.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
    if none {
        return Ok(());
    }
    for session in app.hub.sessions() {
        if matches!(&session.who, Who::Visitor(who) if app.blocked.has(&who.key)) {
            session.outbox.close(CloseReason::Blocked);
        }
    }
    Ok(())
}

/// Blocks the visitor of a conversation, which ends with it, or lets them write again. Whoever may see the
/// conversation may do it.
pub async fn set(
    tx: &mut Tx,
    moment: &Moment,
    agent: &ActingAgent,
    id: ConversationId,
    on: bool,
) -> Result<Done, Error> {
    let ws = agent.workspace_id;
    let conversation = conversation_store::find(tx.conn(), ws, id).await?.ok_or(Error::NotFound)?;
    access::check(tx.conn(), agent, &conversation).await?;
    change(tx, agent, ws, conversation.visitor_id, on).await?;
    if on {
        conversations::close(tx, moment, agent, id, Some(conversation.epoch)).await
    } else {
        Ok(Done::already(&conversation))
    }
}

/// Lets somebody write again whose conversation is not at hand.
pub async fn unblock(tx: &mut Tx, agent: &ActingAgent, id: VisitorId) -> Result<(), Error> {
    change(tx, agent, agent.workspace_id, id, false).await
}

async fn change(tx: &mut Tx, agent: &ActingAgent, ws: WorkspaceId, id: VisitorId, on: bool) -> Result<(), Error> {
    let at = on.then_some(tx.moment.now);
    if !store::set(tx.conn(), ws, id, at).await? {
        return Ok(());
    }
    // The log is kept for good, and names nobody who may have to be forgotten.
    let act = Act { action: if on { "visitor.blocked" } else { "visitor.unblocked" }, subject: id.uuid(), name: "" };
    Ok(audit::record(tx, &By::Agent(agent.clone()), act, Changes::default()).await?)
}
