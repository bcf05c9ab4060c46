//! Chats in which the visitor says nothing any more: after a queue's first pause they are asked whether
//! they are there, after the second the chat is closed, so that it holds no place. Silence counts from the
//! agent's last words; a visitor who waits for an answer is never silent.

use serde_json::json;

use super::recording::open_recording;
use super::{Conversation, Error, State};
use crate::clock::Timestamp;
use crate::conversations::inactivity_store;
use crate::db::Tx;
use crate::ids::{ConversationId, WorkspaceId};
use crate::routing::lock_conversation;

impl Conversation {
    /// The agent said something: the visitor's silence begins anew.
    pub(super) const fn forget_silence(&mut self) {
        (self.quiet_due_at, self.nudged_at) = (None, None);
    }

    /// The silence counts from now on, if it does not count yet and there is something to count. A plain
    /// message of the visitor's may leave the marks as they were: whoever comes due looks again.
    pub(super) fn count_silence(&mut self, now: Timestamp) {
        if !self.is_silent() {
            self.forget_silence();
        } else if self.quiet_due_at.is_none() {
            self.quiet_due_at = self.silence_s().map(|seconds| now.plus_seconds(seconds));
        }
    }

    /// Whether somebody has it, and it is the visitor's turn.
    const fn is_silent(&self) -> bool {
        matches!(self.state, State::Assigned) && self.waiting_since.is_none()
    }

    /// How long the silence may last until the next thing happens.
    fn silence_s(&self) -> Option<i64> {
        let nudge = self.nudge_after_s > 0 && self.nudged_at.is_none();
        let seconds = if nudge { self.nudge_after_s } else { self.close_after_s };
        Some(seconds).filter(|seconds| *seconds > 0)
    }
}

/// The silence of a conversation has lasted: the visitor is asked, or the chat is closed. Anything that
/// happened meanwhile wins.
pub async fn come_due(tx: &mut Tx, ws: WorkspaceId, id: ConversationId) -> Result<(), Error> {
    let moment = tx.moment.clone();
    let Some(found) = lock_conversation(tx, ws, id, &[]).await? else { return Ok(()) };
    if found.quiet_due_at.is_none_or(|due| due > moment.now) {
        return Ok(());
    }
    let silent = found.is_silent();
    let nudges = silent && found.nudge_after_s > 0 && found.nudged_at.is_none();
    if !nudges && (!silent || found.close_after_s == 0) {
        return Ok(inactivity_store::clear(tx.conn(), ws, id).await?);
    }
    let mut recording = open_recording(found);
    if nudges {
        recording.conversation.nudged_at = Some(moment.now);
        recording.conversation.quiet_due_at = None;
        let ends = recording.conversation.close_after_s > 0;
        let name = if ends { "visitor_warned" } else { "visitor_nudged" };
        recording.event(tx, &moment, name, json!({})).await?;
    } else {
        recording.close(moment.now);
        recording.event(tx, &moment, "conversation_timed_out", json!({})).await?;
    }
    recording.finish(tx, &moment).await.map(drop)
}
