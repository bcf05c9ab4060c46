//! An agent's own state and load, on all their screens: told when it changed, whoever changed it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use super::protocol::{Own, ServerFrame};
use super::session::Who;
use crate::agents::AgentState;
use crate::app::App;
use crate::db::Error;
use crate::ids::{LiveSessionId, WorkspaceId};
use crate::routing::duty_store::{self, Duty};

/// How often it is told at most.
const PAUSE: Duration = Duration::from_millis(200);
/// How often all are looked at: another process may have changed something.
const EVERY: Duration = Duration::from_secs(15);

/// What each session was told last.
type Told = HashMap<LiveSessionId, Own>;

/// Tells until the process stops.
pub async fn run(app: Arc<App>) {
    let mut told = Told::new();
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        let all = tokio::select! {
            _ = ticks.tick() => true,
            () = app.hub.attention.owning.notified() => false,
            () = app.stopping.cancelled() => return,
        };
        let mut changed = app.hub.attention.take_loads();
        if all {
            changed.extend(app.hub.workspaces());
        }
        if let Err(error) = tell(&app, &changed, &mut told).await {
            tracing::warn!(%error, "agents could not be told their loads");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn tell(app: &App, workspaces: &HashSet<WorkspaceId>, told: &mut Told) -> Result<(), Error> {
    told.retain(|session, _| app.hub.session(*session).is_some());
    for ws in workspaces {
        let sessions = app.hub.agents(*ws);
        if sessions.is_empty() {
            continue;
        }
        let duties = duty_store::of_workspace(app.db.read().await?.conn(), *ws).await?;
        for session in sessions {
            let Who::Agent(who) = &session.who else { continue };
            let Some(duty) = duties.iter().find(|duty| duty.id == who.agent.id) else { continue };
            let own = own(duty);
            if session.is_welcomed() && told.get(&session.id) != Some(&own) {
                session.say(&ServerFrame::Own(own.clone()));
                told.insert(session.id, own);
            }
        }
    }
    Ok(())
}

fn own(duty: &Duty) -> Own {
    let goes_on = duty.state == AgentState::Away && duty.load > 0;
    Own {
        state: duty.state.word().to_owned(),
        load: duty.load,
        capacity: duty.capacity,
        gone_at: goes_on.then(|| duty.gone_at().rfc3339()),
    }
}
