//! Repairs what a crash may have left, and counts it. Every change is one transaction, so it should
//! find nothing: the metric says whether that is so.

use super::{duty_store, line_store, settle, sweep_store};
use crate::clock::Timestamp;
use crate::conversations::Error;
use crate::db::{Db, Error as DbError, Tx};
use crate::ids::{AgentId, QueueId, WorkspaceId};
use crate::metrics;
use crate::writer::{Writer, again};

/// A server starts: agents are given time to come back.
pub async fn after_start(writer: &Writer) -> Result<(), Error> {
    writer
        .run("grace after start", |tx: &mut Tx| {
            Box::pin(async move {
                let now = tx.moment.now;
                Ok::<_, Error>(duty_store::grace_after_start(tx.conn(), now).await?)
            })
        })
        .await
}

/// Looks once. Gives how much was repaired.
pub async fn sweep(db: &Db, writer: &Writer, now: Timestamp) -> Result<u64, Error> {
    let mut repaired = 0;
    if sweep_store::without_ticket(db.read().await?.conn()).await? {
        let given = writer.run("give tickets", |tx: &mut Tx| {
            Box::pin(async move { sweep_store::give_tickets(tx.conn()).await.map_err(Error::from) })
        });
        repaired += given.await?;
    }
    for (ws, agent) in sweep_store::wrong_loads(db.read().await?.conn()).await? {
        repaired += u64::from(writer.run_again("recount", again(move |tx| Box::pin(recount(tx, ws, agent)))).await?);
    }
    for (ws, queue) in sweep_store::stranded(db.read().await?.conn(), now).await? {
        let line = line_store::line(db.read().await?.conn(), ws, queue).await?;
        if line.is_none_or(|line| line.is_shut(now)) {
            continue;
        }
        repaired += writer.run_again("sweep", again(move |tx| Box::pin(serve(tx, ws, queue)))).await?;
    }
    if repaired > 0 {
        tracing::warn!(repaired, "routing repaired what should not have been");
    }
    metrics::routing_repairs(repaired);
    Ok(repaired)
}

async fn recount(tx: &mut Tx, ws: WorkspaceId, agent: AgentId) -> Result<bool, Error> {
    super::lock_agents_queues(tx, ws, agent).await?;
    duty_store::lock(tx.conn(), ws, std::iter::once(agent)).await?;
    let wrong = sweep_store::recount(tx.conn(), ws, agent).await?;
    tx.routing.has_room(ws, agent);
    Ok(wrong)
}

async fn serve(tx: &mut Tx, ws: WorkspaceId, queue: QueueId) -> Result<u64, Error> {
    tx.routing.look_at(ws, queue);
    let assigned = settle::settle(tx).await.map_err(|error: DbError| Error::Db(error))?;
    Ok(u64::try_from(assigned).unwrap_or(u64::MAX))
}
