//! Reads what the hub misses: changes that came out of order, sessions that are behind, and every
//! [`RECONCILE`] whatever the database knows better than this process.

use std::sync::Arc;
use std::time::Duration;

use super::protocol::close::CloseReason;
use super::protocol::{MessageKind, PAGE_MESSAGES};
use super::resume;
use crate::app::App;
use crate::conversations::{Change, ChangeEntry, Error, store};
use crate::ids::{ConversationId, WorkspaceId};
use crate::messages::store::{self as message_store, MessageRow, Scope};
use crate::metrics;

/// How often the revs of all followed conversations are compared with the database.
pub const RECONCILE: Duration = Duration::from_secs(10);
/// How long a change may wait for an earlier one before it is read: on PostgreSQL two commits can
/// be published in the other order.
const PATIENCE: Duration = Duration::from_millis(20);
/// Messages in one read: as many as one frame carries.
const CHUNK: i64 = PAGE_MESSAGES;
/// Conversations in one comparison.
const COMPARED: usize = 500;

/// Heals until the process stops.
pub async fn run(app: Arc<App>) {
    let mut reconcile = tokio::time::interval(RECONCILE);
    loop {
        tokio::select! {
            () = app.hub.attention.healing.notified() => {
                tokio::time::sleep(PATIENCE).await;
                heal(&app).await;
            }
            _ = reconcile.tick() => {
                if let Err(error) = compare(&app).await {
                    tracing::warn!(%error, "revs could not be compared");
                }
            }
            () = app.stopping.cancelled() => return,
        }
    }
}

/// Reads the gaps and the sessions that were noted.
pub async fn heal(app: &Arc<App>) {
    for (workspace, id) in app.hub.attention.take_gaps() {
        if let Err(error) = read_gap(app, workspace, id).await {
            tracing::warn!(%error, conversation = %id, "a gap could not be read");
        }
    }
    for (session, id) in app.hub.attention.take_behind() {
        if let Err(error) = resume::catch_up(app, &session, id, 0, false, None).await {
            tracing::warn!(%error, conversation = %id, "a session could not catch up");
        }
    }
}

/// Reads once for all sessions what is newer than what was handed on, and publishes it.
async fn read_gap(app: &App, workspace: WorkspaceId, id: ConversationId) -> Result<(), Error> {
    loop {
        let Some((last, _)) = app.hub.revs(id) else { return Ok(()) };
        let mut conn = app.db.read().await?;
        let Some(mut conversation) = store::find(conn.conn(), workspace, id).await? else { return Ok(()) };
        if conversation.rev <= last {
            return Ok(());
        }
        metrics::gap_read();
        let scope = Scope { workspace_id: workspace, conversation_id: id, visitor: false };
        let rows = message_store::since(conn.conn(), scope, last, CHUNK).await?;
        let whole = rows.len() < usize::try_from(CHUNK).unwrap_or(usize::MAX);
        let entries: Vec<ChangeEntry> = rows
            .into_iter()
            .map(MessageRow::into_message)
            .map(|message| ChangeEntry { visible: message.kind != MessageKind::Note, message })
            .collect();
        if !whole {
            let seen = |entry: &&ChangeEntry| entry.visible;
            conversation.rev = entries.last().map_or(conversation.rev, |entry| entry.message.rev);
            conversation.visitor_rev = entries.iter().rev().find(seen).map_or(last, |entry| entry.message.rev);
        }
        let mut change = Change::new(conversation, last, entries);
        change.state_changed = true;
        app.hub.publish(Arc::new(change));
        if whole {
            return Ok(());
        }
    }
}

/// Compares the revs of all followed conversations with the database.
pub async fn compare(app: &Arc<App>) -> Result<(), Error> {
    let followed = app.hub.followed();
    let mut healed = 0;
    for chunk in followed.chunks(COMPARED) {
        let ids: Vec<ConversationId> = chunk.iter().map(|(_, id, _)| *id).collect();
        let revs = store::revs(app.db.read().await?.conn(), &ids).await?;
        for (workspace, id, _) in chunk {
            let known = app.hub.revs(*id).map(|(rev, _)| rev);
            match (known, revs.get(id)) {
                (Some(known), Some(stored)) if *stored > known => {
                    healed += 1;
                    read_gap(app, *workspace, *id).await?;
                }
                (Some(_), None) => erased(app, *workspace, *id),
                _ => {}
            }
        }
    }
    if healed > 0 {
        metrics::reconcile_heals(healed);
    }
    Ok(())
}

/// A conversation is gone: its visitor was erased. Whoever looks at it comes back, and finds nothing.
fn erased(app: &App, workspace: WorkspaceId, id: ConversationId) {
    app.hub.attention.row(workspace, id);
    for session in app.hub.sessions() {
        if session.watched().contains(&id) || session.current() == Some(id) {
            session.outbox.close(CloseReason::Restart);
        }
    }
}
