//! SQL of practice.

use sqlx::FromRow;

use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{ConversationId, QueueId, SiteId, WorkspaceId};
use crate::on;
use crate::queues::store::Queue;

/// The workspace's practice queue.
pub async fn queue(conn: Conn<'_>, ws: WorkspaceId) -> Result<Option<Queue>, Error> {
    let sql = "SELECT workspace_id, id, name FROM queues WHERE workspace_id = $1 AND is_practice \
               ORDER BY created_at, id LIMIT 1";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).fetch_optional(c).await)?)
}

/// Makes a queue the practice queue.
pub async fn mark(conn: Conn<'_>, ws: WorkspaceId, queue: QueueId) -> Result<(), Error> {
    let sql = "UPDATE queues SET is_practice = TRUE WHERE workspace_id = $1 AND id = $2";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(queue).execute(c).await.map(drop)).map_err(Error::from)
}

/// Practice chats that are open.
pub async fn open(conn: Conn<'_>, ws: WorkspaceId) -> Result<i64, Error> {
    let sql = "SELECT count(*) FROM practice_chats p JOIN conversations c ON c.workspace_id = p.workspace_id \
               AND c.id = p.conversation_id WHERE p.workspace_id = $1 AND c.state <> 'closed'";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).bind(ws).fetch_one(c).await)?)
}

/// Practice chats that there ever were, but for those whose visitor was erased.
pub async fn begun(conn: Conn<'_>, ws: WorkspaceId) -> Result<i64, Error> {
    let sql = "SELECT count(*) FROM practice_chats WHERE workspace_id = $1";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).bind(ws).fetch_one(c).await)?)
}

/// A chat whose customer has said the first line.
pub struct NewChat<'a> {
    /// As whom they write.
    pub token_hash: &'a [u8; 32],
    /// What they follow.
    pub script: &'static str,
    /// In which language.
    pub locale: &'static str,
}

/// Adds it.
pub async fn insert(conn: Conn<'_>, ws: WorkspaceId, id: ConversationId, new: &NewChat<'_>) -> Result<(), Error> {
    let sql = "INSERT INTO practice_chats (workspace_id, conversation_id, token_hash, script, locale, step) \
               VALUES ($1, $2, $3, $4, $5, 1)";
    on!(conn, |c| sqlx::query(sql)
        .bind(ws)
        .bind(id)
        .bind(new.token_hash.as_slice())
        .bind(new.script)
        .bind(new.locale)
        .execute(c)
        .await
        .map(drop))
    .map_err(Error::from)
}

/// The customer has something to answer, from `due` on; one who thinks already goes on thinking.
pub async fn hear(conn: Conn<'_>, ws: WorkspaceId, id: ConversationId, due: Timestamp) -> Result<(), Error> {
    let sql =
        "UPDATE practice_chats SET due_at = $3 WHERE workspace_id = $1 AND conversation_id = $2 AND due_at IS NULL";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(id).bind(due).execute(c).await.map(drop)).map_err(Error::from)
}

/// The earliest time at which somebody speaks.
pub async fn first_due(conn: Conn<'_>) -> Result<Option<Timestamp>, Error> {
    let sql = "SELECT min(due_at) FROM practice_chats WHERE due_at IS NOT NULL";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).fetch_one(c).await)?)
}

/// Whose time it is.
pub async fn due(conn: Conn<'_>, now: Timestamp, limit: i64) -> Result<Vec<(WorkspaceId, ConversationId)>, Error> {
    let sql = "SELECT workspace_id, conversation_id FROM practice_chats WHERE due_at <= $1 ORDER BY due_at LIMIT $2";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(now).bind(limit).fetch_all(c).await)?)
}

/// How a practice chat stands.
#[derive(Debug, FromRow)]
pub struct Chat {
    /// The site on which it is.
    pub site_id: SiteId,
    token_hash: Vec<u8>,
    /// What the customer follows.
    pub script: String,
    /// In which language.
    pub locale: String,
    /// Lines that were said.
    pub step: i64,
    /// When they say the next.
    pub due_at: Option<Timestamp>,
    /// Whether it is over.
    pub closed: bool,
}

impl Chat {
    /// As whom the customer writes.
    pub fn token_hash(&self) -> Result<[u8; 32], Error> {
        self.token_hash.as_slice().try_into().map_err(|_| Error::Inconsistent("practice_chats"))
    }
}

/// One of them.
pub async fn find(conn: Conn<'_>, ws: WorkspaceId, id: ConversationId) -> Result<Option<Chat>, Error> {
    let sql = "SELECT c.site_id, p.token_hash, p.script, p.locale, p.step, p.due_at, c.state = 'closed' AS closed \
               FROM practice_chats p JOIN conversations c ON c.workspace_id = p.workspace_id \
               AND c.id = p.conversation_id WHERE p.workspace_id = $1 AND p.conversation_id = $2";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(id).fetch_optional(c).await)?)
}

/// So many lines are said now, and an answer is waited for. False if somebody else was faster.
pub async fn go_on(conn: Conn<'_>, ws: WorkspaceId, id: ConversationId, from: i64, to: i64) -> Result<bool, Error> {
    let sql = "UPDATE practice_chats SET step = $4, due_at = NULL WHERE workspace_id = $1 AND conversation_id = $2 \
               AND step = $3 AND due_at IS NOT NULL";
    let rows = on!(conn, |c| sqlx::query(sql)
        .bind(ws)
        .bind(id)
        .bind(from)
        .bind(to)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// It is over, or nobody can go on with it: nothing more is due.
pub async fn rest(conn: Conn<'_>, ws: WorkspaceId, id: ConversationId) -> Result<(), Error> {
    let sql = "UPDATE practice_chats SET due_at = NULL WHERE workspace_id = $1 AND conversation_id = $2";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(id).execute(c).await.map(|_| ())).map_err(Error::from)
}
