//! Leases: as long as an agent has a live session somewhere, the node that has it vouches for them. One
//! statement renews all of a node; a lease ends by itself after the last session is gone. Pages and forms of
//! a console without scripts vouch, too ([`Pages`]); no page waits for that.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::{LEASE, PAGE_LEASE, RENEW, duty, duty_store};
use crate::app::App;
use crate::conversations::Error;
use crate::db::Tx;
use crate::ids::{AgentId, WorkspaceId};
use crate::writer::{Writer, again};

type Agents = HashMap<(WorkspaceId, AgentId), Instant>;

/// Agents whose page or form came to this node, and since when they are vouched for because of it.
#[derive(Default)]
pub struct Pages(Mutex<HashMap<(WorkspaceId, AgentId), Option<Instant>>>);

impl Pages {
    /// A page was asked for. Gives whether there is something to write for it: once in [`RENEW`].
    pub fn asked(&self, agent: (WorkspaceId, AgentId)) -> bool {
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = pages.get(&agent).is_some_and(|at| at.is_none_or(|at| at.elapsed() < RENEW));
        if !fresh {
            pages.insert(agent, None);
        }
        !fresh
    }

    /// Those who wait to be vouched for; from now on they are. What is old is forgotten.
    fn take(&self) -> Vec<(WorkspaceId, AgentId)> {
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pages.retain(|_, at| at.is_none_or(|at| at.elapsed() < RENEW));
        let waiting = pages.iter_mut().filter(|(_, at)| at.is_none());
        waiting.map(|(agent, at)| (*agent, *at = Some(Instant::now())).0).collect()
    }

    /// They were not, after all: the next page tries again.
    fn forget(&self, agents: &[(WorkspaceId, AgentId)]) {
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pages.retain(|agent, _| !agents.contains(agent));
    }
}

/// A form came: whoever sent it is there before it does anything, so that a chat they take is not handed
/// back for want of them.
pub async fn posted(app: &App, agent: (WorkspaceId, AgentId)) {
    if app.hub.attention.pages.asked(agent) {
        vouch_for_pages(app).await;
    }
}

async fn vouch_for_pages(app: &App) {
    let agents = app.hub.attention.pages.take();
    if let Err(error) = renew(&app.writer, agents.clone(), PAGE_LEASE).await {
        tracing::warn!(%error, "leases of agents whose page came could not be renewed");
        app.hub.attention.pages.forget(&agents);
    }
}

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
        vouch_for_pages(&app).await;
        match renew(&app.writer, due.clone(), LEASE).await {
            Ok(()) => renewed.extend(due.into_iter().map(|agent| (agent, Instant::now()))),
            Err(error) => tracing::warn!(%error, "leases could not be renewed"),
        }
        app.timer.look();
        app.availability.look();
    }
}

/// Renews the leases of these agents for so long from now on. Those whose lease had ended come on duty, and
/// are given chats in the same transaction.
pub async fn renew(writer: &Writer, agents: Vec<(WorkspaceId, AgentId)>, lease: Duration) -> Result<(), Error> {
    if agents.is_empty() {
        return Ok(());
    }
    let operation = again(move |tx: &mut Tx| {
        let agents = agents.clone();
        Box::pin(async move {
            let now = tx.moment.now;
            duty_store::renew(tx.conn(), &agents, now, now.plus(lease)).await?;
            Ok::<_, Error>(duty_store::ended(tx.conn(), &agents, now).await?)
        })
    });
    for (ws, agent) in writer.run_again("renew leases", operation).await? {
        let operation = again(move |tx: &mut Tx| {
            Box::pin(async move {
                let moment = tx.moment.clone();
                duty::come_on_duty(tx, &moment, ws, agent, lease).await.map_err(Error::from)
            })
        });
        writer.run_again("come on duty", operation).await?;
    }
    Ok(())
}
