//! The workspace's event log: what other software is told. After each commit a task of this module reads
//! what is new in the conversations that changed, from their own rows, and writes it down under the next
//! numbers of the workspace; so nothing of it is in the way of a message, and nothing is lost with the
//! process: how far each conversation is written down is a row, too. A log begins when somebody wants it.

mod deriving;
pub mod store;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use crate::app::App;
use crate::conversations::Change;
use crate::db::{Error, Tx};
use crate::ids::{ConversationId, WorkspaceId};
use crate::writer::again;

/// Changes are gathered so long, to be written down together.
const GATHER: Duration = Duration::from_millis(50);
/// How often it is looked whether something was missed, and who wants a log.
const LOOK: Duration = Duration::from_secs(30);
/// Conversations that are written down in one transaction.
const AT_ONCE: usize = 32;
/// Events are kept so long.
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, sqlx::Type)]
#[sqlx(type_name = "TEXT")]
pub enum Kind {
    /// A visitor began a conversation.
    #[serde(rename = "conversation.started")]
    #[sqlx(rename = "conversation.started")]
    Started,
    /// It waits in a queue.
    #[serde(rename = "conversation.queued")]
    #[sqlx(rename = "conversation.queued")]
    Queued,
    /// An agent has it.
    #[serde(rename = "conversation.assigned")]
    #[sqlx(rename = "conversation.assigned")]
    Assigned,
    /// It is over.
    #[serde(rename = "conversation.closed")]
    #[sqlx(rename = "conversation.closed")]
    Closed,
    /// It was over and goes on.
    #[serde(rename = "conversation.reopened")]
    #[sqlx(rename = "conversation.reopened")]
    Reopened,
    /// Somebody wrote, for the visitor to see or as the visitor.
    #[serde(rename = "message.created")]
    #[sqlx(rename = "message.created")]
    MessageCreated,
    /// Such a message was changed or taken back.
    #[serde(rename = "message.updated")]
    #[sqlx(rename = "message.updated")]
    MessageUpdated,
    /// An agent wrote a note.
    #[serde(rename = "note.created")]
    #[sqlx(rename = "note.created")]
    NoteCreated,
    /// A note was changed or taken back.
    #[serde(rename = "note.updated")]
    #[sqlx(rename = "note.updated")]
    NoteUpdated,
}

impl Kind {
    /// All of them, in the order in which forms show them.
    pub const ALL: [Self; 9] = [
        Self::Started,
        Self::Queued,
        Self::Assigned,
        Self::Closed,
        Self::Reopened,
        Self::MessageCreated,
        Self::MessageUpdated,
        Self::NoteCreated,
        Self::NoteUpdated,
    ];

    /// The word for programs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Started => "conversation.started",
            Self::Queued => "conversation.queued",
            Self::Assigned => "conversation.assigned",
            Self::Closed => "conversation.closed",
            Self::Reopened => "conversation.reopened",
            Self::MessageCreated => "message.created",
            Self::MessageUpdated => "message.updated",
            Self::NoteCreated => "note.created",
            Self::NoteUpdated => "note.updated",
        }
    }
}

/// What changed and is not written down yet, and whose log is kept.
#[derive(Default)]
pub struct Events {
    wanted: RwLock<HashSet<WorkspaceId>>,
    changed: Mutex<HashSet<(WorkspaceId, ConversationId)>>,
    stirred: Notify,
    /// Rung when events were written down, for those who pass them on.
    pub written: Notify,
}

impl Events {
    /// A change was committed.
    pub fn heard(&self, change: &Change) {
        let conversation = &change.conversation;
        if self.keeps(conversation.workspace_id) {
            let key = (conversation.workspace_id, conversation.id);
            self.changed.lock().unwrap_or_else(PoisonError::into_inner).insert(key);
            self.stirred.notify_one();
        }
    }

    /// Whether the workspace's events are written down.
    pub fn keeps(&self, ws: WorkspaceId) -> bool {
        self.wanted.read().unwrap_or_else(PoisonError::into_inner).contains(&ws)
    }

    fn keep(&self, all: impl IntoIterator<Item = WorkspaceId>) {
        self.wanted.write().unwrap_or_else(PoisonError::into_inner).extend(all);
    }

    fn take(&self) -> Vec<(WorkspaceId, ConversationId)> {
        let mut all: Vec<_> = self.changed.lock().unwrap_or_else(PoisonError::into_inner).drain().collect();
        all.sort_unstable();
        all
    }
}

/// Begins the log of a workspace, where it has none: what happened before is not in it.
pub async fn begin(app: &App, ws: WorkspaceId) -> Result<(), Error> {
    if app.events.keeps(ws) {
        return Ok(());
    }
    app.writer.run("begin log", move |tx| Box::pin(async move { begin_in(tx, ws).await })).await?;
    app.events.keep([ws]);
    Ok(())
}

/// The same in a transaction; [`look`] is to be called after it.
pub async fn begin_in(tx: &mut Tx, ws: WorkspaceId) -> Result<(), Error> {
    let now = tx.moment.now;
    if store::begin(tx.conn(), ws, now).await? {
        store::mark_all(tx.conn(), ws).await?;
    }
    Ok(())
}

/// Reads who wants a log.
pub async fn look(app: &App) -> Result<(), Error> {
    let all = store::logs(app.db.read().await?.conn()).await?;
    app.events.keep(all);
    Ok(())
}

/// Writes down what happens, until the server stops.
pub async fn run(app: Arc<App>) {
    let mut again = tokio::time::interval(LOOK);
    loop {
        let looked = tokio::select! {
            () = app.events.stirred.notified() => false,
            _ = again.tick() => true,
            () = app.stopping.cancelled() => return,
        };
        if !looked {
            tokio::select! {
                () = tokio::time::sleep(GATHER) => {}
                () = app.stopping.cancelled() => return,
            }
        }
        if let Err(error) = catch_up(&app, looked).await {
            tracing::warn!(%error, "events could not be written down; they will be");
        }
    }
}

async fn catch_up(app: &App, looked: bool) -> Result<(), Error> {
    let mut behind = app.events.take();
    if looked {
        look(app).await?;
        behind.extend(store::behind(app.db.read().await?.conn()).await?);
        tidy(app).await?;
    }
    for of_one in behind.chunk_by(|left, right| left.0 == right.0) {
        for few in of_one.chunks(AT_ONCE) {
            let (ws, ids) = (few[0].0, few.iter().map(|(_, id)| *id).collect::<Vec<_>>());
            let operation = again(move |tx: &mut Tx| Box::pin(async move { deriving::write_down(tx, ws, &ids).await }));
            if app.writer.run_again("events", operation).await? > 0 {
                app.events.written.notify_one();
            }
        }
    }
    Ok(())
}

async fn tidy(app: &App) -> Result<(), Error> {
    let before = app.clock.now().minus(KEPT);
    if !store::any_older(app.db.read().await?.conn(), before).await? {
        return Ok(());
    }
    app.writer.run("old events", move |tx| Box::pin(async move { store::forget(tx.conn(), before).await })).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_has_one_word_in_code_database_and_json() {
        for kind in Kind::ALL {
            assert_eq!(serde_json::to_value(kind).expect("JSON"), kind.word());
        }
    }
}
