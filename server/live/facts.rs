//! What is known of a visitor, live: pages, details and attributes change without a change of the
//! conversation. Agents who have it open get its side panel anew, rendered once for each language.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::fragments;
use super::protocol::ServerFrame;
use super::session::Who;
use crate::app::App;
use crate::conversations::fragments as html;
use crate::conversations::{Error, store};
use crate::words::Lang;

/// How often a side panel is pushed at most.
const PAUSE: Duration = Duration::from_millis(250);

/// Pushes until the process stops.
pub async fn run(app: Arc<App>) {
    loop {
        tokio::select! {
            () = app.hub.attention.telling.notified() => {}
            () = app.stopping.cancelled() => return,
        }
        if let Err(error) = push(&app).await {
            tracing::warn!(%error, "side panels could not be pushed");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn push(app: &App) -> Result<(), Error> {
    for (ws, id) in app.hub.attention.take_facts() {
        let sessions = app.hub.agents_following(id);
        if sessions.is_empty() {
            continue;
        }
        let Some(conversation) = store::find(app.db.read().await?.conn(), ws, id).await? else { continue };
        let view = fragments::pane_view(app, &conversation).await?;
        let mut rendered: HashMap<Lang, String> = HashMap::new();
        for session in sessions {
            let Who::Agent(who) = &session.who else { continue };
            let html = rendered.entry(who.lang).or_insert_with(|| html::facts(who.lang, &view)).clone();
            session.say(&ServerFrame::Facts { conversation: id, rev: conversation.rev, html });
        }
    }
    Ok(())
}
