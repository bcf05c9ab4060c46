//! Leases: as long as an agent has a live session somewhere, the node that has it vouches for them. One
//! statement renews all of a node; a lease ends by itself after the last session is gone.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::time::Instant;

use super::{LEASE, RENEW, duty, duty_store};
use crate::app::App;
use crate::conversations::Error;
use crate::db::Tx;
use crate::ids::{AgentId, WorkspaceId};
use crate::writer::{Writer, again};

type Agents = HashMap<(WorkspaceId, AgentId), Instant>;

/// Renews until the process stops: all every [`RENEW`], and who comes at once.
pub async fn run(app: Arc<App>) {
    let mut renewed = Agents::new();
    let mut ticks = tokio::time::interval(RENEW);
    loop {
        let all = tokio::select! {
            _ = ticks.tick() => true,
            () = app.hub.attention.leasing.notified() => false,
            () = app.stopping.cancelled() => return,
        };
        let here = app.hub.agents_here();
        renewed.retain(|agent, _| here.contains(agent));
        let fresh = |agent: &(WorkspaceId, AgentId)| renewed.get(agent).is_some_and(|at| at.elapsed() < RENEW);
        let due: Vec<_> = here.into_iter().filter(|agent| all || !fresh(agent)).collect();
        match renew(&app.writer, due.clone()).await {
            Ok(()) => renewed.extend(due.into_iter().map(|agent| (agent, Instant::now()))),
            Err(error) => tracing::warn!(%error, "leases could not be renewed"),
        }
        app.timer.look();
        app.availability.look();
    }
}

/// Renews the leases of these agents. Those whose lease had ended come on duty, and are given chats in
/// the same transaction.
pub async fn renew(writer: &Writer, agents: Vec<(WorkspaceId, AgentId)>) -> Result<(), Error> {
    if agents.is_empty() {
        return Ok(());
    }
    let operation = again(move |tx: &mut Tx| {
        let agents = agents.clone();
        Box::pin(async move {
            let now = tx.moment.now;
            duty_store::renew(tx.conn(), &agents, now, now.plus(LEASE)).await?;
            Ok::<_, Error>(duty_store::ended(tx.conn(), &agents, now).await?)
        })
    });
    for (ws, agent) in writer.run_again("renew leases", operation).await? {
        let operation = again(move |tx: &mut Tx| {
            Box::pin(async move {
                let moment = tx.moment.clone();
                duty::come_on_duty(tx, &moment, ws, agent).await.map_err(Error::from)
            })
        });
        writer.run_again("come on duty", operation).await?;
    }
    Ok(())
}
