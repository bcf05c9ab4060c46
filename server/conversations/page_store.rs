//! SQL of conversations in pages, the newest first.

use super::store::select;
use super::{Conversation, State};
use crate::db::{Conn, Error};
use crate::ids::{AgentId, ConversationId, QueueId, SiteId, VisitorId, WorkspaceId};
use crate::on;

/// Which of them are wanted.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// In this state.
    pub state: Option<State>,
    /// In this queue.
    pub queue: Option<QueueId>,
    /// On this site.
    pub site: Option<SiteId>,
    /// Owned by this agent.
    pub agent: Option<AgentId>,
    /// Of this visitor.
    pub visitor: Option<VisitorId>,
    /// Older than this one.
    pub before: Option<ConversationId>,
    /// At most so many.
    pub limit: i64,
}

/// The newest of them.
pub async fn page(conn: Conn<'_>, wanted: &Wanted) -> Result<Vec<Conversation>, Error> {
    let sql = select!(
        "WHERE c.workspace_id = $1 AND ($2 IS NULL OR c.state = $2) AND ($3 IS NULL OR c.queue_id = $3) \
         AND ($4 IS NULL OR c.site_id = $4) AND ($5 IS NULL OR c.owner_agent_id = $5) \
         AND ($6 IS NULL OR c.visitor_id = $6) AND ($7 IS NULL OR c.id < $7) ORDER BY c.id DESC LIMIT $8"
    );
    Ok(on!(conn, |c| sqlx::query_as(sql)
        .bind(wanted.workspace_id)
        .bind(wanted.state.map(State::word))
        .bind(wanted.queue)
        .bind(wanted.site)
        .bind(wanted.agent)
        .bind(wanted.visitor)
        .bind(wanted.before)
        .bind(wanted.limit)
        .fetch_all(c)
        .await)?)
}
