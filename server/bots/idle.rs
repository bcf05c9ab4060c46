//! Chats that a bot has and whose visitor left: they are closed after a day, so that lists stay short and
//! what a website does not keep for long comes to an end. The visitor's next words open them again.

use std::time::Duration;

use serde_json::json;

use super::turn_store;
use crate::clock::Timestamp;
use crate::conversations::recording::open_recording;
use crate::conversations::{Error, State};
use crate::db::{Db, Tx};
use crate::ids::{ConversationId, WorkspaceId};
use crate::routing::lock_conversation;
use crate::writer::{Writer, again};

/// After how long without a word or a change.
pub const CLOSES_AFTER: Duration = Duration::from_secs(24 * 60 * 60);
/// How often it is looked.
pub const EVERY: Duration = Duration::from_secs(10 * 60);
/// Chats that are closed in one round.
const ROUND: i64 = 200;

/// Closes those that are idle at this moment; gives how many.
pub async fn close(db: &Db, writer: &Writer, now: Timestamp) -> Result<usize, Error> {
    let before = now.minus(CLOSES_AFTER);
    let idle = turn_store::idle(db.read().await?.conn(), before, ROUND).await?;
    let mut closed = 0;
    for (ws, id) in idle {
        let operation = again(move |tx: &mut Tx| Box::pin(async move { close_one(tx, ws, id, before).await }));
        closed += usize::from(writer.run_again("close idle", operation).await?);
    }
    Ok(closed)
}

async fn close_one(tx: &mut Tx, ws: WorkspaceId, id: ConversationId, before: Timestamp) -> Result<bool, Error> {
    let moment = tx.moment.clone();
    let found = lock_conversation(tx, ws, id, &[]).await?;
    let Some(found) = found.filter(|found| found.state == State::Bot && found.updated_at < before) else {
        return Ok(false);
    };
    let mut recording = open_recording(found);
    recording.close(moment.now);
    recording.event(tx, &moment, "conversation_timed_out", json!({})).await?;
    recording.finish(tx, &moment).await.map(|_| true)
}
