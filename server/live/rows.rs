//! The agents' lists, live: a changed row is rendered once per language, and pushed to those in whose
//! list it stands, at most [`PER_SECOND`] times a second.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bytestring::ByteString;

use super::listing::{self, LIST_ROWS, Listed, Sights};
use super::outbox::Out;
use super::protocol::{MAX_FRAME_BYTES, ServerFrame};
use super::session::{AgentWho, Session, Who};
use crate::app::App;
use crate::clock::Timestamp;
use crate::conversations::list_store::Viewer;
use crate::conversations::{Error, access, store};
use crate::ids::{ConversationId, QueueId, WorkspaceId};
use crate::metrics;
use crate::queues::store as queues;
use crate::views::View;

/// Pushes a second at most.
pub const PER_SECOND: u32 = 4;
/// Rows in one push; what is beyond comes with the next, so that a burst closes nobody's session.
const ROWS_AT_ONCE: usize = 20;
/// How often is looked for answers that became due.
const DUE_EVERY: Duration = Duration::from_secs(5);

/// Sends a session the whole of a list that it begins to follow.
pub async fn whole(app: &App, session: &Session, who: &AgentWho, view: &View) -> Result<(), Error> {
    let viewer = Viewer { workspace_id: who.agent.workspace_id, agent_id: who.agent.id, role: who.agent.role };
    let listed = listing::read(app, viewer, view, LIST_ROWS).await?;
    let items: Vec<&str> = listed.iter().map(|listed| listed.json(who.lang)).collect();
    // What is beyond stands in the page; a session's queue has room for other things, too.
    let (mut room, most) = (app.config.limits.outbox_bytes / 4 * 3, MAX_FRAME_BYTES - 16 * 1024);
    let mut cut = i64::try_from(items.len()).unwrap_or(i64::MAX) >= LIST_ROWS;
    for items in chunks(items, most) {
        let bytes: usize = items.iter().map(|item| item.len()).sum();
        if bytes > room {
            cut = true;
            break;
        }
        room -= bytes;
        session.outbox.push(Out::Frame(frame(view, &items, &[], false)));
    }
    if cut {
        session.outbox.push(Out::Frame(frame(view, &[], &[], true)));
    }
    Ok(())
}

/// Items in parts of at most so many bytes, a larger one alone.
fn chunks(items: Vec<&str>, most: usize) -> Vec<Vec<&str>> {
    let (mut parts, mut bytes): (Vec<Vec<&str>>, usize) = (vec![Vec::new()], 0);
    for item in items {
        bytes += item.len();
        match parts.last_mut() {
            Some(part) if bytes <= most || part.is_empty() => part.push(item),
            _ => {
                bytes = item.len();
                parts.push(vec![item]);
            }
        }
    }
    parts
}

/// A `rows` frame of rendered items: [`ServerFrame::Rows`] without rendering them again.
fn frame(view: &View, items: &[&str], removed: &[ConversationId], cut: bool) -> ByteString {
    let view = serde_json::Value::from(view.to_string());
    let removed = serde_json::to_string(removed).unwrap_or_else(|_| "[]".to_owned());
    let cut = if cut { r#","cut":true"# } else { "" };
    format!(r#"{{"type":"rows","view":{view},"items":[{}],"removed":{removed}{cut}}}"#, items.join(",")).into()
}

/// Pushes rows until the process stops.
pub async fn run(app: Arc<App>) {
    let mut due = tokio::time::interval(DUE_EVERY);
    let mut looked = app.clock.now();
    loop {
        tokio::select! {
            () = app.hub.attention.listing.notified() => {}
            _ = due.tick() => {
                let now = app.clock.now();
                if let Err(error) = became_due(&app, looked, now).await {
                    tracing::warn!(%error, "answers that became due could not be read");
                    continue;
                }
                looked = now;
                continue;
            }
            () = app.stopping.cancelled() => return,
        }
        if let Err(error) = push(&app).await {
            tracing::warn!(%error, "rows could not be pushed");
        }
        tokio::time::sleep(Duration::from_secs(1) / PER_SECOND).await;
    }
}

/// A row changes its list by time alone when an answer comes at risk, or late.
async fn became_due(app: &App, from: Timestamp, to: Timestamp) -> Result<(), Error> {
    let mut conn = app.db.read().await?;
    for (workspace, id) in store::became_due(conn.conn(), from, to).await? {
        app.hub.attention.row(workspace, id);
    }
    Ok(())
}

/// Pushes what has changed since the last time.
pub async fn push(app: &App) -> Result<(), Error> {
    for (workspace, id, left) in app.hub.attention.take_moved() {
        take_leave(app, workspace, id, left).await?;
    }
    let mut by_workspace: HashMap<WorkspaceId, Vec<ConversationId>> = HashMap::new();
    for (n, (workspace, id)) in app.hub.attention.take_rows().into_iter().enumerate() {
        if n >= ROWS_AT_ONCE {
            app.hub.attention.row(workspace, id);
            continue;
        }
        by_workspace.entry(workspace).or_default().push(id);
    }
    for (workspace, ids) in by_workspace {
        let agents = app.hub.agents(workspace);
        if agents.iter().all(|session| matches!(&session.who, Who::Agent(who) if who.views().is_empty())) {
            continue;
        }
        let mut conn = app.db.read().await?;
        let mut conversations = Vec::new();
        for id in ids {
            conversations.extend(store::find(conn.conn(), workspace, id).await?);
        }
        let listed = listing::describe(conn.conn(), workspace, conversations).await?;
        let sights = Sights::of(conn.conn(), workspace, &listed).await?;
        drop(conn);
        for session in agents {
            if let Who::Agent(who) = &session.who {
                push_to(&session, who, &listed, &sights, app.clock.now());
            }
        }
    }
    Ok(())
}

/// A conversation went to another queue: agents of the one that it left who may not see it any more
/// lose it from their lists, and hear no more of it.
async fn take_leave(app: &App, workspace: WorkspaceId, id: ConversationId, left: QueueId) -> Result<(), Error> {
    let mut conn = app.db.read().await?;
    let Some(conversation) = store::find(conn.conn(), workspace, id).await? else { return Ok(()) };
    for session in app.hub.agents(workspace) {
        let Who::Agent(who) = &session.who else { continue };
        if access::check(conn.conn(), &who.agent, &conversation).await.is_ok() {
            continue;
        }
        app.hub.unfollow(&session, id);
        if queues::has_agent(conn.conn(), workspace, left, who.agent.id).await? {
            for view in who.views() {
                session.say(&ServerFrame::Rows {
                    view: view.to_string(),
                    items: Vec::new(),
                    removed: vec![id],
                    cut: None,
                });
            }
        }
    }
    Ok(())
}

fn push_to(session: &Session, who: &AgentWho, listed: &[Listed], sights: &Sights, now: Timestamp) {
    let seen: Vec<&Listed> = listed.iter().filter(|listed| sights.sees(who, &listed.conversation)).collect();
    if seen.is_empty() {
        return;
    }
    for view in who.views() {
        let (here, gone): (Vec<&Listed>, Vec<&Listed>) =
            seen.iter().partition(|listed| listed.is_in(&view, who.agent.id, now));
        let items: Vec<&str> = here.iter().map(|listed| listed.json(who.lang)).collect();
        let removed: Vec<ConversationId> = gone.iter().map(|listed| listed.conversation.id).collect();
        metrics::rows_pushed(items.len() as u64);
        session.outbox.push(Out::Frame(frame(&view, &items, &removed, false)));
    }
}
