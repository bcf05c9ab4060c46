//! What an agent's sessions are told of their own writing: drafts from their other devices, and
//! notes that name them.

use std::sync::Arc;

use super::agent::Outcome;
use super::hub::Hub;
use super::protocol::{DraftNow, SaveDraft, ServerFrame};
use super::reply::Reply;
use super::session::{AgentWho, Session, Who};
use crate::app::App;
use crate::clock::Timestamp;
use crate::conversations::{Change, Error};
use crate::drafts::{self, Draft};
use crate::ids::{AgentId, ConversationId, LiveSessionId, WorkspaceId};
use crate::writer::op;

/// Says something to every session of one agent but `except`.
pub fn tell_agent(hub: &Hub, ws: WorkspaceId, agent: AgentId, except: Option<LiveSessionId>, frame: &ServerFrame) {
    for session in hub.agents(ws) {
        let theirs = matches!(&session.who, Who::Agent(who) if who.agent.id == agent);
        if theirs && Some(session.id) != except {
            session.say(frame);
        }
    }
}

/// Tells those whom a committed note names.
pub fn tell_mentions(hub: &Hub, change: &Change) {
    for (agent, mentioned) in &change.mentions {
        let frame = ServerFrame::Mention(Box::new(mentioned.clone()));
        tell_agent(hub, change.conversation.workspace_id, *agent, None, &frame);
    }
}

fn frame(draft: DraftNow) -> ServerFrame {
    ServerFrame::Draft(Box::new(draft))
}

/// Handles `draft`.
pub(super) async fn keep(
    app: &Arc<App>,
    session: &Arc<Session>,
    who: &AgentWho,
    given: SaveDraft,
    reply: Reply,
) -> Outcome {
    let SaveDraft { id, conversation, text, note } = given;
    let agent = who.agent.clone();
    let operation = op(move |tx| Box::pin(async move { drafts::keep(tx, &agent, conversation, text, note).await }));
    let (hub_of, ws, agent, own) = (Arc::clone(app), who.agent.workspace_id, who.agent.id, session.id);
    let done = move |result: Result<Draft, Error>| match result {
        Ok(draft) => {
            tell_agent(&hub_of.hub, ws, agent, Some(own), &frame(draft.now()));
            let ack = ServerFrame::Ack {
                id: id.to_string(),
                conversation: Some(conversation),
                rev: 0,
                message: None,
                visitor: None,
            };
            reply.send(ack);
        }
        Err(error) => reply.fail(Some(id.to_string()), &error),
    };
    app.writer.submit(Some(session.id), "draft", operation, done).await;
    Ok(())
}

/// What was sent is no draft any more, on the agent's other devices too.
pub fn tell_sent(
    app: &App,
    ws: WorkspaceId,
    agent: AgentId,
    own: Option<LiveSessionId>,
    conversation: ConversationId,
    now: Timestamp,
) {
    tell_agent(&app.hub, ws, agent, own, &frame(Draft::ended(conversation, now).now()));
}

/// Tells a session that begins which drafts its agent has, so that the list can mark them.
pub async fn tell_drafts(app: Arc<App>, session: Arc<Session>) {
    let Who::Agent(who) = &session.who else { return };
    match read_drafts(&app, (who.agent.workspace_id, who.agent.id)).await {
        Ok(drafts) => {
            let mut room = drafts::AT_HELLO_BYTES;
            for draft in drafts {
                let Some(left) = room.checked_sub(draft.text.len()) else { break };
                room = left;
                session.say(&frame(draft.now()));
            }
        }
        Err(error) => tracing::warn!(%error, "drafts could not be read; they come when their chats are opened"),
    }
}

async fn read_drafts(app: &App, owner: drafts::Owner) -> Result<Vec<Draft>, crate::db::Error> {
    let mut conn = app.db.read().await?;
    drafts::store::of_agent(conn.conn(), owner, drafts::AT_HELLO).await
}
