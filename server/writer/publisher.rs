//! Hands committed changes on while the next batch is already being written.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::Publish;
use crate::conversations::Change;
use crate::live::wakes;

/// What one commit leaves to do: changes first, then the callers are told.
pub(super) struct Committed {
    pub(super) changes: Vec<Change>,
    pub(super) callers: Vec<Box<dyn FnOnce() + Send>>,
}

/// Starts the task. It ends when the sender is dropped and everything is handed on.
pub(super) fn start(publish: Publish) -> (mpsc::Sender<Committed>, tokio::task::JoinHandle<()>) {
    // A few batches: the writer waits rather than letting unpublished commits pile up.
    let (sender, mut receiver) = mpsc::channel::<Committed>(8);
    let task = tokio::spawn(async move {
        while let Some(committed) = receiver.recv().await {
            hand_on(&publish, committed);
        }
    });
    (sender, task)
}

/// Publishes and answers, in the order of the operations.
pub(super) fn hand_on(publish: &Publish, committed: Committed) {
    let now = std::time::Instant::now();
    wakes::together(|| {
        for mut change in committed.changes {
            change.committed = now;
            publish(Arc::new(change));
        }
        for tell in committed.callers {
            tell();
        }
    });
}
