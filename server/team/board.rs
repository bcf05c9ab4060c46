//! Reads the board, and pushes it to those who look at it: at most once in [`EVERY`], and only where
//! something changed. It is rendered once for each language.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use askama::Template as _;
use bytestring::ByteString;
use sqlx::types::Json;

use super::pages::{AgentView, BoardFragment, BoardView, ChatView, QueueView};
use super::{MOST_CHATS, store};
use crate::agents::AgentState;
use crate::app::App;
use crate::clock::Timestamp;
use crate::conversations::Error;
use crate::hours::Opening;
use crate::ids::{AgentId, QueueId, WorkspaceId};
use crate::live::outbox::Out;
use crate::live::protocol::ServerFrame;
use crate::live::session::{Session, Who};
use crate::words::Lang;

/// How often is looked whether the board changed, while somebody looks at it.
const EVERY: Duration = Duration::from_secs(1);

/// The board of a workspace as it is now. The day begins at midnight in its time zone.
pub async fn read(app: &App, ws: WorkspaceId) -> Result<BoardView, Error> {
    let now = app.clock.now();
    let day = app.workspaces.day_begins(ws, now);
    let mut conn = app.db.read().await?;
    let queues = store::queues(conn.conn(), ws, now, day).await?;
    let answers = store::first_answers(conn.conn(), ws, day).await?;
    let agents = store::agents(conn.conn(), ws).await?;
    let mut chats: HashMap<AgentId, Vec<store::ChatNow>> = HashMap::new();
    for chat in store::chats(conn.conn(), ws).await? {
        chats.entry(chat.owner_agent_id).or_default().push(chat);
    }
    let mut took: HashMap<QueueId, Vec<i64>> = HashMap::new();
    for answer in answers {
        took.entry(answer.queue_id).or_default().push(answer.took_ms / 1_000);
    }
    let here = |agent: &store::AgentNow| agent.lease_until > now;
    let on_duty = || agents.iter().filter(|agent| agent.state == AgentState::Online && here(agent));
    Ok(BoardView {
        waiting: queues.iter().map(|queue| queue.waiting).sum(),
        oldest: rfc3339(queues.iter().filter_map(|queue| queue.oldest).min()),
        online: on_duty().count(),
        room: on_duty().map(|agent| (agent.capacity - agent.load).max(0)).sum(),
        zone: app.workspaces.zone(ws).name().to_owned(),
        queues: queues.into_iter().map(|queue| queue_view(&mut took, queue, now)).collect(),
        agents: agents.iter().map(|agent| agent_view(agent, here(agent), chats.remove(&agent.id))).collect(),
    })
}

fn rfc3339(at: Option<Timestamp>) -> String {
    at.map(Timestamp::rfc3339).unwrap_or_default()
}

fn queue_view(took: &mut HashMap<QueueId, Vec<i64>>, queue: store::QueueNow, now: Timestamp) -> QueueView {
    let opening = queue.hours.as_ref().map(|Json(hours)| hours.at(now));
    let mut seconds = took.remove(&queue.id).unwrap_or_default();
    seconds.sort_unstable();
    let within = seconds.iter().filter(|took| **took <= queue.first_answer_s).count();
    let share = i64::try_from(100 * within / seconds.len().max(1)).unwrap_or_default();
    QueueView {
        id: queue.id.to_string(),
        name: queue.name,
        shut: opening.is_some_and(|opening| !opening.is_open()),
        changes_at: rfc3339(opening.and_then(Opening::changes_at)),
        waiting: queue.waiting,
        oldest: rfc3339(queue.oldest),
        on_duty: queue.on_duty,
        room: queue.room,
        next_due: rfc3339(queue.next_due),
        answered: seconds.len(),
        median_s: nearest(&seconds, 50),
        p90_s: nearest(&seconds, 90),
        in_time: if queue.first_answer_s > 0 { share } else { -1 },
        closed: queue.closed,
        unanswered: queue.unanswered,
    }
}

/// The percentile by the nearest-rank method: the smallest value that so many of a hundred do not exceed.
fn nearest(sorted: &[i64], percent: usize) -> i64 {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or_default()
}

fn agent_view(agent: &store::AgentNow, here: bool, chats: Option<Vec<store::ChatNow>>) -> AgentView {
    let chats = chats.unwrap_or_default();
    let more = chats.len().saturating_sub(MOST_CHATS);
    let chat = |chat: store::ChatNow| ChatView {
        id: chat.id.to_string(),
        name: chat.name,
        since: rfc3339(chat.waiting_since),
    };
    AgentView {
        id: agent.id.to_string(),
        name: agent.name.clone(),
        state: if here { agent.state.word() } else { "offline" }.to_owned(),
        load: agent.load,
        capacity: agent.capacity,
        chats: chats.into_iter().take(MOST_CHATS).map(chat).collect(),
        more,
    }
}

/// A `board` frame.
pub fn frame(board: &BoardView, lang: Lang) -> ByteString {
    let html = BoardFragment { words: lang.words(), board, csrf: "" }.render().unwrap_or_default();
    serde_json::to_string(&ServerFrame::Board { html }).unwrap_or_default().into()
}

/// Pushes boards until the process stops.
pub async fn run(app: Arc<App>) {
    let mut every = tokio::time::interval(EVERY);
    let mut last: HashMap<WorkspaceId, BoardView> = HashMap::new();
    loop {
        tokio::select! {
            _ = every.tick() => {}
            () = app.stopping.cancelled() => return,
        }
        let watched = watchers(&app);
        last.retain(|ws, _| watched.contains_key(ws));
        for (ws, sessions) in watched {
            match read(&app, ws).await {
                Ok(board) if last.get(&ws) != Some(&board) => {
                    push(&board, &sessions);
                    last.insert(ws, board);
                }
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "the board could not be read"),
            }
        }
    }
}

fn watchers(app: &App) -> HashMap<WorkspaceId, Vec<Arc<Session>>> {
    let mut watched: HashMap<WorkspaceId, Vec<Arc<Session>>> = HashMap::new();
    for session in app.hub.all_agents() {
        if matches!(&session.who, Who::Agent(who) if who.sees_board()) {
            watched.entry(session.workspace()).or_default().push(session);
        }
    }
    watched
}

fn push(board: &BoardView, sessions: &[Arc<Session>]) {
    let mut frames: HashMap<Lang, ByteString> = HashMap::new();
    for session in sessions {
        let Who::Agent(who) = &session.who else { continue };
        let frame = frames.entry(who.lang).or_insert_with(|| frame(board, who.lang));
        session.outbox.push(Out::Frame(frame.clone()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_value_that_was_measured() {
        assert_eq!(nearest(&[], 50), 0);
        assert_eq!((nearest(&[7], 50), nearest(&[7], 90)), (7, 7));
        assert_eq!((nearest(&[1, 2, 3, 4], 50), nearest(&[1, 2, 3, 4], 90)), (2, 4));
        let ten: Vec<i64> = (1..=10).collect();
        assert_eq!((nearest(&ten, 50), nearest(&ten, 90)), (5, 9));
    }
}
