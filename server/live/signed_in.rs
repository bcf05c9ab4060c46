//! Agents who were signed out, shut out or given another password elsewhere: their sessions here end. One
//! look for all of a node; whoever does it on this node closes them at once. The same for visitors who were
//! blocked, and what workspaces decided of themselves.

use std::collections::HashSet;
use std::sync::Arc;

use super::protocol::close::CloseReason;
use super::session::Who;
use crate::agents::session_store;
use crate::app::App;
use crate::db::Error;
use crate::visitors::blocking;
use crate::workspaces::known;

/// Looks until the process stops.
pub async fn run(app: Arc<App>) {
    let mut ticks = tokio::time::interval(app.config.patience.signed_in);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = app.stopping.cancelled() => return,
        }
        // While the database does not answer, who was signed in stays so.
        if let Err(error) = look(&app).await {
            tracing::warn!(%error, "it could not be read who is signed in");
        }
        if let Err(error) = blocking::look(&app).await {
            tracing::warn!(%error, "it could not be read who is blocked");
        }
        if let Err(error) = known::look(&app).await {
            tracing::warn!(%error, "the workspaces could not be read");
        }
    }
}

async fn look(app: &App) -> Result<(), Error> {
    let sessions = app.hub.all_agents();
    let cookie = |who: &Who| match who {
        Who::Agent(agent) => Some(agent.cookie_hash),
        Who::Visitor(_) => None,
    };
    let here: HashSet<[u8; 32]> = sessions.iter().filter_map(|session| cookie(&session.who)).collect();
    if here.is_empty() {
        return Ok(());
    }
    let standing = session_store::standing(app.db.read().await?.conn(), &here, app.clock.now()).await?;
    for session in sessions {
        if cookie(&session.who).is_some_and(|hash| !standing.contains(&hash)) {
            session.outbox.close(CloseReason::Blocked);
        }
    }
    Ok(())
}
