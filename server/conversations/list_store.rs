//! SQL of the console's lists.

use super::store::{select, select_list};
use super::{Conversation, State};
use crate::agents::Role;
use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{AgentId, WorkspaceId};
use crate::on;

/// A list of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum View {
    /// Assigned to whoever looks.
    Mine,
    /// In a queue.
    Waiting,
    /// Not closed.
    All,
    /// Closed.
    Closed,
}

impl View {
    /// The word in URLs and frames.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Waiting => "waiting",
            Self::All => "all",
            Self::Closed => "closed",
        }
    }

    /// From the word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Mine, Self::Waiting, Self::All, Self::Closed].into_iter().find(|view| view.word() == word)
    }

    /// Whether a conversation that the agent may see stands in this list.
    pub fn holds(self, conversation: &Conversation, agent: AgentId) -> bool {
        match self {
            Self::Mine => conversation.owner_agent_id == Some(agent),
            Self::Waiting => conversation.state == State::Queued,
            Self::All => !conversation.is_closed(),
            Self::Closed => conversation.is_closed(),
        }
    }
}

/// The agent for whom a list is made.
#[derive(Debug, Clone, Copy)]
pub struct Viewer {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// Who looks.
    pub agent_id: AgentId,
    /// Supervisors and above see every queue.
    pub role: Role,
}

/// The conversations of a list that the viewer may see, at most `limit`: waiting ones in the order
/// of their queue, the others by their last change.
pub async fn list(conn: Conn<'_>, viewer: Viewer, view: View, limit: i64) -> Result<Vec<Conversation>, Error> {
    let sql = match view {
        View::Mine => select_list!("c.owner_agent_id = $2", "c.updated_at DESC, c.row_id DESC"),
        View::Waiting => select_list!("c.state = 'queued'", "c.priority DESC, c.ticket, c.row_id"),
        View::All => select_list!("c.state <> 'closed'", "c.updated_at DESC, c.row_id DESC"),
        View::Closed => select_list!("c.state = 'closed'", "c.closed_at DESC, c.row_id DESC"),
    };
    Ok(on!(conn, |c| sqlx::query_as(sql)
        .bind(viewer.workspace_id)
        .bind(viewer.agent_id)
        .bind(viewer.role.sees_every_queue())
        .bind(limit)
        .fetch_all(c)
        .await)?)
}

/// What the tabs count.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ListCounts {
    /// Assigned to the viewer.
    pub mine: i64,
    /// Waiting in the viewer's queues.
    pub waiting: i64,
    /// Since when the first of them waits.
    pub oldest: Option<Timestamp>,
}

/// Counts for the tabs.
pub async fn counts(conn: Conn<'_>, viewer: Viewer) -> Result<ListCounts, Error> {
    Ok(on!(conn, |c| sqlx::query_as(
        "SELECT (SELECT COUNT(*) FROM conversations c WHERE c.workspace_id = $1 AND c.owner_agent_id = $2) AS mine, \
         COUNT(*) AS waiting, MIN(c.queued_at) AS oldest FROM conversations c \
         WHERE c.workspace_id = $1 AND c.state = 'queued' AND ($3 OR EXISTS (SELECT 1 FROM queue_agents qa \
         WHERE qa.workspace_id = c.workspace_id AND qa.queue_id = c.queue_id AND qa.agent_id = $2))"
    )
    .bind(viewer.workspace_id)
    .bind(viewer.agent_id)
    .bind(viewer.role.sees_every_queue())
    .fetch_one(c)
    .await)?)
}
