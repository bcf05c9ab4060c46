//! The agents' lists: rows are rendered once per change and language, and pushed to those whose
//! list they stand in, at most [`PER_SECOND`] times a second.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::fragments;
use super::protocol::{MAX_FRAME_BYTES, Row, ServerFrame};
use super::session::{AgentWho, Session, Who};
use crate::app::App;
use crate::conversations::fragments as html;
use crate::conversations::list_store::{self, View, Viewer};
use crate::conversations::{Conversation, Error, access, store};
use crate::ids::{ConversationId, QueueId, WorkspaceId};
use crate::live::protocol::Message;
use crate::messages::store as message_store;
use crate::metrics;
use crate::queues::store as queues;
use crate::visitors;
use crate::words::Lang;

/// Pushes a second at most.
pub const PER_SECOND: u32 = 4;
/// Rows in one push; what is beyond comes with the next, so that a burst closes nobody's session.
const ROWS_AT_ONCE: usize = 20;
/// Rows of a list on a page.
pub const LIST_ROWS: i64 = 100;

/// A conversation with what its row shows.
pub struct Listed {
    /// The conversation.
    pub conversation: Conversation,
    /// The last text that everybody can see.
    pub last: Option<Message>,
    /// Where the visitor is.
    pub page_url: String,
}

impl Listed {
    fn html(&self, lang: Lang) -> String {
        html::row(lang, &self.view())
    }

    /// For a template.
    pub fn view(&self) -> html::RowView {
        fragments::row_view(&self.conversation, self.last.as_ref(), &self.page_url)
    }
}

/// Reads a list.
pub async fn read_list(app: &App, viewer: Viewer, view: View) -> Result<Vec<Listed>, Error> {
    let mut conn = app.db.read().await?;
    let conversations = list_store::list(conn.conn(), viewer, view, LIST_ROWS).await?;
    drop(conn);
    describe(app, viewer.workspace_id, conversations).await
}

async fn describe(app: &App, ws: WorkspaceId, conversations: Vec<Conversation>) -> Result<Vec<Listed>, Error> {
    let ids: Vec<ConversationId> = conversations.iter().map(|conversation| conversation.id).collect();
    let people: Vec<_> = conversations.iter().map(|conversation| conversation.visitor_id).collect();
    let mut conn = app.db.read().await?;
    let mut last = message_store::last_texts(conn.conn(), ws, &ids).await?;
    let mut pages = visitors::store::page_urls(conn.conn(), ws, &people).await?;
    let listed = conversations.into_iter().map(|conversation| Listed {
        last: last.remove(&conversation.id),
        page_url: pages.remove(&conversation.visitor_id).unwrap_or_default(),
        conversation,
    });
    Ok(listed.collect())
}

/// Sends a session the whole of a list that it begins to follow.
pub async fn whole(app: &App, session: &Session, who: &AgentWho, view: View) -> Result<(), Error> {
    let viewer = Viewer { workspace_id: who.agent.workspace_id, agent_id: who.agent.id, role: who.agent.role };
    let listed = read_list(app, viewer, view).await?;
    let row = |listed: &Listed| Row { id: listed.conversation.id, html: listed.html(who.lang) };
    let items: Vec<Row> = listed.iter().map(row).collect();
    // What is beyond stands in the page; a session's queue has room for other things, too.
    let (mut room, most) = (app.config.limits.outbox_bytes / 4 * 3, MAX_FRAME_BYTES - 16 * 1024);
    for items in chunks(items, most) {
        let bytes: usize = items.iter().map(bytes_of).sum();
        if bytes > room {
            break;
        }
        room -= bytes;
        session.say(&ServerFrame::Rows { view: view.word().to_owned(), items, removed: Vec::new() });
    }
    Ok(())
}

/// Rows in parts of at most so many bytes, a larger row alone.
fn chunks(rows: Vec<Row>, most: usize) -> Vec<Vec<Row>> {
    let (mut parts, mut bytes): (Vec<Vec<Row>>, usize) = (vec![Vec::new()], 0);
    for row in rows {
        bytes += bytes_of(&row);
        match parts.last_mut() {
            Some(part) if bytes <= most || part.is_empty() => part.push(row),
            _ => {
                bytes = bytes_of(&row);
                parts.push(vec![row]);
            }
        }
    }
    parts
}

/// A row as JSON, about: its quotes are escaped.
fn bytes_of(row: &Row) -> usize {
    row.html.len() + row.html.len() / 16 + 64
}

/// Pushes rows until the process stops.
pub async fn run(app: Arc<App>) {
    loop {
        tokio::select! {
            () = app.hub.attention.listing.notified() => {}
            () = app.stopping.cancelled() => return,
        }
        if let Err(error) = push(&app).await {
            tracing::warn!(%error, "rows could not be pushed");
        }
        tokio::time::sleep(Duration::from_secs(1) / PER_SECOND).await;
    }
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
        let mut conversations = Vec::new();
        for id in ids {
            conversations.extend(store::find(app.db.read().await?.conn(), workspace, id).await?);
        }
        let listed = describe(app, workspace, conversations).await?;
        for session in agents {
            if let Who::Agent(who) = &session.who {
                push_to(app, &session, who, &listed).await?;
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
                session.say(&ServerFrame::Rows { view: view.word().to_owned(), items: Vec::new(), removed: vec![id] });
            }
        }
    }
    Ok(())
}

async fn push_to(app: &App, session: &Session, who: &AgentWho, listed: &[Listed]) -> Result<(), Error> {
    let mut seen = Vec::new();
    for listed in listed {
        let mut conn = app.db.read().await?;
        if access::check(conn.conn(), &who.agent, &listed.conversation).await.is_ok() {
            seen.push(listed);
        }
    }
    for view in who.views() {
        let (mut items, mut removed) = (Vec::new(), Vec::new());
        for listed in &seen {
            let id = listed.conversation.id;
            if view.holds(&listed.conversation, who.agent.id) {
                items.push(Row { id, html: listed.html(who.lang) });
            } else {
                removed.push(id);
            }
        }
        metrics::rows_pushed(items.len() as u64);
        session.say(&ServerFrame::Rows { view: view.word().to_owned(), items, removed });
    }
    Ok(())
}
