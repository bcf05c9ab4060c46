//! Closed conversations are kept as long as their website says, and then deleted with all that is theirs.
//! Never an open one, and never one that anything happened in since. A few at a time, each few in a
//! transaction of their own, so that whoever writes meanwhile does not wait.

use std::sync::Arc;
use std::time::Duration;

use super::retention_store as store;
use crate::app::App;
use crate::clock::Timestamp;
use crate::db::{Error, Tx};
use crate::ids::{ConversationId, SiteId, WorkspaceId};
use crate::{metrics, sites};

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(60 * 60);
/// Conversations in one transaction.
const AT_ONCE: i64 = 20;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The moment before which a conversation has to have ended; none where all are kept.
pub fn kept_since(now: Timestamp, days: u32) -> Option<Timestamp> {
    (days > 0).then(|| now.minus(DAY * days))
}

/// Deletes what is due at start and every hour, until the process stops.
pub async fn run(app: Arc<App>) {
    let mut every = tokio::time::interval(EVERY);
    loop {
        tokio::select! {
            _ = every.tick() => {}
            () = app.stopping.cancelled() => return,
        }
        if let Err(error) = sweep(&app).await {
            tracing::warn!(%error, "conversations could not be deleted; it is tried again in an hour");
        }
    }
}

/// Deletes all that is due now, and gives how many conversations went.
pub async fn sweep(app: &App) -> Result<u64, Error> {
    let all = sites::store::all(app.db.read().await?.conn()).await?;
    let mut deleted = 0;
    for site in all {
        let Some(before) = kept_since(app.clock.now(), site.settings.keep_days) else { continue };
        let gone = sweep_site(app, site.workspace_id, site.id, before).await?;
        if gone > 0 {
            let days = site.settings.keep_days;
            tracing::info!(site = %site.id, conversations = gone, days, "deleted what is not kept any longer");
        }
        deleted += gone;
    }
    Ok(deleted)
}

async fn sweep_site(app: &App, ws: WorkspaceId, site: SiteId, before: Timestamp) -> Result<u64, Error> {
    let mut deleted = 0;
    while !app.stopping.is_cancelled() {
        let few = app.writer.run("retention", move |tx| Box::pin(delete_some(tx, ws, site, before))).await?;
        for id in &few {
            app.hub.attention.row(ws, *id);
        }
        let gone = u64::try_from(few.len()).unwrap_or(u64::MAX);
        metrics::retention_deleted(gone);
        deleted += gone;
        if few.len() < usize::try_from(AT_ONCE).unwrap_or(usize::MAX) {
            break;
        }
    }
    Ok(deleted)
}

async fn delete_some(
    tx: &mut Tx,
    ws: WorkspaceId,
    site: SiteId,
    before: Timestamp,
) -> Result<Vec<ConversationId>, Error> {
    let due = store::lock_due(tx.conn(), ws, site, before, AT_ONCE).await?;
    for id in &due {
        store::delete(tx.conn(), ws, *id).await?;
    }
    Ok(due)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backup::tables::TABLES;

    /// A table that is a conversation's and is forgotten here would keep rows, or refuse the deletion.
    #[test]
    fn everything_of_a_conversation_goes() {
        let of_one = |owner: &str| owner.contains("t.conversation_id") || owner.contains("t.message_id");
        let tables = TABLES.iter().filter(|table| table.owner.is_some_and(of_one));
        for table in tables {
            let delete = format!("DELETE FROM {} ", table.name);
            assert!(store::DELETES.iter().any(|sql| sql.starts_with(&delete)), "{} stays", table.name);
        }
    }

    #[test]
    fn nothing_is_due_where_all_is_kept() {
        let now = crate::testing::NOON;
        assert_eq!(kept_since(now, 0), None);
        assert_eq!(kept_since(now, 30), Some(Timestamp::from_millis(now.millis() - 30 * 86_400_000)));
    }
}
