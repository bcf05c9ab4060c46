//! A stranger turned out to be a visitor whom the site knows: the stranger's conversations come along.
//!
//! Messages never move between conversations, and keep the author that they had. A visitor has one
//! open conversation: if both have one, the stranger's ends and says where it goes on.

use serde_json::json;

use super::commands::Moment;
use super::recording::{Recording, open_recording};
use super::{Conversation, Error, State, participant_store, store};
use crate::db::{Error as DbError, Tx};
use crate::ids::{ConversationId, VisitorId};
use crate::routing::{Whereabouts, handing, lock_queues_of};
use crate::sites::Site;
use crate::visitors;

/// What came along.
#[derive(Debug, Default)]
pub struct HandedOver {
    /// The stranger's conversations, now the visitor's.
    pub moved: Vec<ConversationId>,
    /// Whether the visitor's open conversation was changed, so that panes show the visitor anew.
    pub told: bool,
}

/// Hands a stranger's conversations over to a visitor. Both rows are locked.
pub async fn hand_over(
    tx: &mut Tx,
    moment: &Moment,
    site: &Site,
    stranger: VisitorId,
    visitor: VisitorId,
) -> Result<HandedOver, Error> {
    let (ws, mut over) = (site.workspace_id, HandedOver::default());
    let found = store::of_visitor(tx.conn(), ws, site.id, stranger, i64::MAX).await?;
    if found.is_empty() {
        return Ok(over);
    }
    let name = visitors::store::find(tx.conn(), ws, visitor).await?.ok_or(DbError::Inconsistent("visitors"))?.name;
    let current = store::current_of_visitor(tx.conn(), ws, site.id, visitor).await?;
    let all: Vec<ConversationId> = found.iter().chain(&current).map(|conversation| conversation.id).collect();
    let seen = lock_queues_of(tx, ws, &all).await?;
    let mut open = open_of(tx, site, visitor, &seen).await?;
    for Conversation { id, .. } in found {
        // Read again under the lock: an agent may have come between.
        let mut moving = store::lock(tx.conn(), ws, id).await?.ok_or(Error::NotFound)?;
        seen.stayed(&moving)?;
        moving.visitor_id = visitor;
        moving.visitor_name.clone_from(&name);
        let was_open = !moving.is_closed();
        over.moved.push(id);
        over.told |= was_open;
        // Only an open one can go on in another; there is one such at most.
        match if was_open { open.take() } else { None } {
            Some(other) => merge(tx, moment, moving, other).await?,
            None => move_over(tx, moment, moving).await?,
        }
        participant_store::hand_over(tx.conn(), ws, id, stranger, visitor).await?;
    }
    Ok(over)
}

async fn open_of(
    tx: &mut Tx,
    site: &Site,
    visitor: VisitorId,
    seen: &Whereabouts,
) -> Result<Option<Conversation>, Error> {
    let ws = site.workspace_id;
    let Some(found) = store::current_of_visitor(tx.conn(), ws, site.id, visitor).await? else { return Ok(None) };
    let Some(found) = store::lock(tx.conn(), ws, found.id).await? else { return Ok(None) };
    seen.stayed(&found)?;
    Ok(Some(found).filter(|found| !found.is_closed()))
}

/// The whole conversation changes its visitor. Who reads it sees nothing else of that.
async fn move_over(tx: &mut Tx, moment: &Moment, moving: Conversation) -> Result<(), Error> {
    let (ws, visitor, is_open) = (moving.workspace_id, moving.visitor_id, !moving.is_closed());
    let updated_at = moving.updated_at;
    let mut recording = open_recording(moving);
    recording.next_rev(false);
    if is_open {
        // It is the visitor's open one on all their devices from now on.
        recording.starts_for(visitors::store::keys(tx.conn(), ws, visitor).await?);
        return recording.finish(tx, moment).await.map(drop);
    }
    recording.finish(tx, &Moment { now: updated_at, ..moment.clone() }).await.map(drop)
}

/// Ends the stranger's conversation, which goes on in the visitor's.
async fn merge(tx: &mut Tx, moment: &Moment, ending: Conversation, other: Conversation) -> Result<(), Error> {
    let (from, into, waiting_since) = (ending.id, other.id, ending.waiting_since);
    let mut ending = open_recording(ending);
    ending.close(moment.now);
    ending.conversation.merged_into = Some(into);
    ending.event(tx, moment, "conversation_merged", json!({"into": into})).await?;
    ending.finish(tx, moment).await?;
    let mut going_on: Recording = open_recording(other);
    // Whoever waited there waits here.
    let earliest = [going_on.conversation.waiting_since, waiting_since].into_iter().flatten().min();
    going_on.conversation.waits_since(earliest);
    // A visitor who waits is not put off with it until the sleep is over.
    if going_on.conversation.state == State::Snoozed && waiting_since.is_some() {
        handing::wake(tx, moment, &mut going_on, true).await?;
    }
    going_on.event(tx, moment, "conversation_continued", json!({"from": from})).await?;
    going_on.finish(tx, moment).await.map(drop)
}

/// Something that panes show of the visitor has changed. It takes a rev, which the visitor does not see.
pub async fn refresh(tx: &mut Tx, moment: &Moment, site: &Site, id: ConversationId) -> Result<(), Error> {
    let conversation = store::lock(tx.conn(), site.workspace_id, id).await?.ok_or(Error::NotFound)?;
    let mut recording = open_recording(conversation);
    recording.next_rev(false);
    recording.finish(tx, moment).await.map(drop)
}
