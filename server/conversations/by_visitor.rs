//! What a visitor's choices and answers do to their conversation.

use serde_json::{Value, json};

use super::commands::{Done, Moment};
use super::recording::{Recording, open_recording};
use super::{Conversation, Error, State, store};
use crate::db::Tx;
use crate::forms::store::{self as form_store, Rated};
use crate::ids::VisitorId;
use crate::queues::store::Queue;
use crate::routing::lock_conversation;
use crate::sites::Site;

/// The visitor's open or latest conversation, locked.
async fn locked_current(tx: &mut Tx, site: &Site, visitor: VisitorId) -> Result<Option<Conversation>, Error> {
    let ws = site.workspace_id;
    match store::current_of_visitor(tx.conn(), ws, site.id, visitor).await? {
        Some(found) => Ok(store::lock(tx.conn(), ws, found.id).await?),
        None => Ok(None),
    }
}

/// What a visitor is told whose wish holds already: the last rev that they can see.
fn as_seen(conversation: &Conversation) -> Done {
    Done { conversation: conversation.id, rev: conversation.visitor_rev, message: None }
}

/// Whether the visitor has an open conversation.
pub async fn has_open(tx: &mut Tx, site: &Site, visitor: VisitorId) -> Result<bool, Error> {
    let found = store::current_of_visitor(tx.conn(), site.workspace_id, site.id, visitor).await?;
    Ok(found.is_some_and(|conversation| !conversation.is_closed()))
}

/// The visitor wants this queue: a conversation that waits goes to its end; else their next goes there.
pub async fn choose_queue(
    tx: &mut Tx,
    moment: &Moment,
    site: &Site,
    visitor: VisitorId,
    queue: &Queue,
) -> Result<Option<Done>, Error> {
    let waiting = match store::current_of_visitor(tx.conn(), site.workspace_id, site.id, visitor).await? {
        Some(found) => lock_conversation(tx, site.workspace_id, found.id, &[queue.id]).await?,
        None => None,
    };
    let waiting = waiting.filter(|found| found.state == State::Queued);
    let Some(waiting) = waiting else {
        form_store::choose_queue(tx.conn(), site.workspace_id, visitor, queue.id).await?;
        return Ok(None);
    };
    if waiting.queue_id == queue.id {
        return Ok(Some(as_seen(&waiting)));
    }
    let mut recording = open_recording(waiting);
    recording.next_rev(true);
    recording.move_to(queue);
    let conversation = &mut recording.conversation;
    conversation.queued_at = moment.now;
    conversation.ticket = 0;
    conversation.passed_over = None;
    conversation.epoch += 1;
    recording.finish(tx, moment).await.map(Some)
}

/// How the visitor's conversation was, once it is over, once. The same again is acknowledged.
pub async fn rate(tx: &mut Tx, moment: &Moment, site: &Site, visitor: VisitorId, rated: Rated) -> Result<Done, Error> {
    let found = locked_current(tx, site, visitor).await?.ok_or(Error::NotFound)?;
    if let Some(before) = form_store::rated(tx.conn(), site.workspace_id, found.id).await? {
        return if before == rated { Ok(as_seen(&found)) } else { Err(Error::AlreadyRated) };
    }
    if !found.is_closed() {
        return Err(Error::NotOver);
    }
    form_store::rate(tx.conn(), site.workspace_id, found.id, &rated, moment.now).await?;
    let Rated { score: Some(score), comment } = rated else { return Ok(as_seen(&found)) };
    let mut params = json!({"score": score});
    if let Some(comment) = comment {
        params["comment"] = Value::String(comment);
    }
    let mut recording = Recording::of(found);
    recording.event(tx, moment, "conversation_rated", params).await?;
    recording.finish(tx, moment).await
}
