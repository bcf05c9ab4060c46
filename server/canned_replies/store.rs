//! SQL of canned replies.

use sqlx::FromRow;

use super::{Scope, Wording};
use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{AgentId, CannedReplyId, QueueId, WorkspaceId};
use crate::on;

/// A reply's row.
#[derive(Debug, Clone, FromRow)]
pub struct CannedReply {
    /// Its id.
    pub id: CannedReplyId,
    agent_id: Option<AgentId>,
    queue_id: Option<QueueId>,
    /// The queue's name, where it is a queue's.
    pub queue_name: Option<String>,
    /// What is typed behind the `/`.
    pub shortcut: String,
    /// For the list.
    pub title: String,
    /// With its placeholders.
    pub text: String,
}

impl CannedReply {
    /// Whose it is.
    pub fn scope(&self) -> Scope {
        match (self.agent_id, self.queue_id) {
            (Some(agent), _) => Scope::Own(agent),
            (None, Some(queue)) => Scope::Queue(queue),
            (None, None) => Scope::Workspace,
        }
    }
}

const fn columns(scope: Scope) -> (Option<AgentId>, Option<QueueId>) {
    match scope {
        Scope::Own(agent) => (Some(agent), None),
        Scope::Queue(queue) => (None, Some(queue)),
        Scope::Workspace => (None, None),
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT r.id, r.agent_id, r.queue_id, q.name AS queue_name, r.shortcut, r.title, r.text \
             FROM canned_replies r LEFT JOIN queues q ON q.workspace_id = r.workspace_id AND q.id = r.queue_id ",
            $rest
        )
    };
}

/// Those that an agent may use, by shortcut; their own come first. At most `limit`.
pub async fn usable(conn: Conn<'_>, ws: WorkspaceId, agent: AgentId, limit: i64) -> Result<Vec<CannedReply>, Error> {
    let sql = select!(
        "WHERE r.workspace_id = $1 AND (r.agent_id = $2 OR (r.agent_id IS NULL AND r.queue_id IS NULL) \
         OR r.queue_id IN (SELECT queue_id FROM queue_agents WHERE workspace_id = $1 AND agent_id = $2)) \
         ORDER BY r.shortcut, r.agent_id IS NULL, r.queue_id IS NULL, r.id LIMIT $3"
    );
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(agent).bind(limit).fetch_all(c).await)?)
}

/// Those of the workspace that an agent may look at as a supervisor: their own, and all of queues
/// and of the workspace, by shortcut.
pub async fn manageable(
    conn: Conn<'_>,
    ws: WorkspaceId,
    agent: AgentId,
    limit: i64,
) -> Result<Vec<CannedReply>, Error> {
    let sql = select!(
        "WHERE r.workspace_id = $1 AND (r.agent_id = $2 OR r.agent_id IS NULL) ORDER BY r.shortcut, r.id LIMIT $3"
    );
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(agent).bind(limit).fetch_all(c).await)?)
}

/// One reply.
pub async fn find(conn: Conn<'_>, ws: WorkspaceId, id: CannedReplyId) -> Result<Option<CannedReply>, Error> {
    let sql = select!("WHERE r.workspace_id = $1 AND r.id = $2");
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(id).fetch_optional(c).await)?)
}

/// How many a scope has, without one.
pub async fn count(conn: Conn<'_>, ws: WorkspaceId, scope: Scope, except: Option<CannedReplyId>) -> Result<i64, Error> {
    let (agent, queue) = columns(scope);
    let sql = conn.pick(
        "SELECT count(*) FROM canned_replies WHERE workspace_id = $1 AND agent_id IS $2 AND queue_id IS $3 \
         AND id IS NOT $4",
        "SELECT count(*) FROM canned_replies WHERE workspace_id = $1 AND agent_id IS NOT DISTINCT FROM $2 \
         AND queue_id IS NOT DISTINCT FROM $3 AND id IS DISTINCT FROM $4",
    );
    Ok(on!(conn, |c| sqlx::query_scalar(sql).bind(ws).bind(agent).bind(queue).bind(except).fetch_one(c).await)?)
}

/// Adds a reply.
pub async fn insert(
    conn: Conn<'_>,
    ws: WorkspaceId,
    id: CannedReplyId,
    wording: &Wording,
    now: Timestamp,
) -> Result<(), Error> {
    let (agent, queue) = columns(wording.scope);
    on!(conn, |c| sqlx::query(
        "INSERT INTO canned_replies (workspace_id, id, agent_id, queue_id, shortcut, title, text, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)"
    )
    .bind(ws)
    .bind(id)
    .bind(agent)
    .bind(queue)
    .bind(&wording.shortcut)
    .bind(&wording.title)
    .bind(&wording.text)
    .bind(now)
    .execute(c)
    .await
    .map(drop))
    .map_err(Error::from)
}

/// Other words for a reply, or another owner.
pub async fn update(
    conn: Conn<'_>,
    ws: WorkspaceId,
    id: CannedReplyId,
    wording: &Wording,
    now: Timestamp,
) -> Result<(), Error> {
    let (agent, queue) = columns(wording.scope);
    on!(conn, |c| sqlx::query(
        "UPDATE canned_replies SET agent_id = $3, queue_id = $4, shortcut = $5, title = $6, text = $7, updated_at = $8 \
         WHERE workspace_id = $1 AND id = $2"
    )
    .bind(ws)
    .bind(id)
    .bind(agent)
    .bind(queue)
    .bind(&wording.shortcut)
    .bind(&wording.title)
    .bind(&wording.text)
    .bind(now)
    .execute(c)
    .await
    .map(drop))
    .map_err(Error::from)
}

/// Removes a reply.
pub async fn remove(conn: Conn<'_>, ws: WorkspaceId, id: CannedReplyId) -> Result<(), Error> {
    let sql = "DELETE FROM canned_replies WHERE workspace_id = $1 AND id = $2";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(id).execute(c).await.map(drop)).map_err(Error::from)
}
