//! SQL of conversations.

use std::collections::HashMap;

use super::Conversation;
use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{ConversationId, QueueId, SiteId, VisitorId, WorkspaceId};
use crate::on;

/// The columns of [`Conversation`]: `c` is the conversation, `v`, `a` and `q` have the names.
macro_rules! columns {
    () => {
        "c.workspace_id, c.id, c.site_id, c.visitor_id, c.queue_id, c.state, c.owner_agent_id, c.epoch, \
         c.rev, c.visitor_rev, c.last_seq, c.floor_seq, c.waiting_since, c.queued_at, c.merged_into, \
         c.started_at, c.updated_at, c.closed_at, c.priority, c.ticket, c.due_at, c.last_agent_id, c.passed_over, \
         c.answer_due_at, c.first_answered_at, c.quiet_due_at, c.nudged_at, q.first_answer_s, q.reply_s, q.nudge_after_s, \
         q.close_after_s, c.is_test, c.bot_id, \
         (SELECT b.name FROM bots b WHERE b.workspace_id = c.workspace_id AND b.id = c.bot_id) AS bot_name, v.name AS visitor_name, a.name AS owner_name, \
         q.name AS queue_name"
    };
}

/// The same, joined with the names.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT ",
            $crate::conversations::store::columns!(),
            " FROM conversations c \
             JOIN visitors v ON v.workspace_id = c.workspace_id AND v.id = c.visitor_id \
             JOIN queues q ON q.workspace_id = c.workspace_id AND q.id = c.queue_id \
             LEFT JOIN agents a ON a.workspace_id = c.workspace_id AND a.id = c.owner_agent_id ",
            $rest
        )
    };
}

pub(crate) use {columns, select};

/// One conversation.
pub async fn find(conn: Conn<'_>, ws: WorkspaceId, id: ConversationId) -> Result<Option<Conversation>, Error> {
    let sql = select!("WHERE c.workspace_id = $1 AND c.id = $2");
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(id).fetch_optional(c).await)?)
}

/// One conversation, its row locked until the transaction ends. On SQLite the writing transaction
/// is the lock.
pub async fn lock(mut conn: Conn<'_>, ws: WorkspaceId, id: ConversationId) -> Result<Option<Conversation>, Error> {
    if let Conn::Pg(c) = conn.again() {
        sqlx::query("SELECT 1 FROM conversations WHERE workspace_id = $1 AND id = $2 FOR NO KEY UPDATE")
            .bind(ws)
            .bind(id)
            .execute(c)
            .await?;
    }
    find(conn, ws, id).await
}

/// The visitor's current conversation: the open one, else the latest.
pub async fn current_of_visitor(
    conn: Conn<'_>,
    ws: WorkspaceId,
    site: SiteId,
    visitor: VisitorId,
) -> Result<Option<Conversation>, Error> {
    let sql = select!(
        "WHERE c.workspace_id = $1 AND c.site_id = $2 AND c.visitor_id = $3 AND c.merged_into IS NULL \
         ORDER BY (c.state = 'closed'), c.started_at DESC, c.row_id DESC LIMIT 1"
    );
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(site).bind(visitor).fetch_optional(c).await)?)
}

/// The visitor's conversations, newest first, at most `limit`.
pub async fn of_visitor(
    conn: Conn<'_>,
    ws: WorkspaceId,
    site: SiteId,
    visitor: VisitorId,
    limit: i64,
) -> Result<Vec<Conversation>, Error> {
    let sql = select!(
        "WHERE c.workspace_id = $1 AND c.site_id = $2 AND c.visitor_id = $3 \
         ORDER BY c.started_at DESC, c.row_id DESC LIMIT $4"
    );
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(site).bind(visitor).bind(limit).fetch_all(c).await)?)
}

/// A new conversation, in its queue, at rev 0.
pub struct NewConversation {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// Drawn by the program.
    pub id: ConversationId,
    /// The website.
    pub site_id: SiteId,
    /// Whose.
    pub visitor_id: VisitorId,
    /// Where it waits.
    pub queue_id: QueueId,
    /// Whether somebody of the team only tries things out.
    pub is_test: bool,
    /// When.
    pub now: Timestamp,
}

/// Adds it. `ConversationsOneOpen` if the visitor has an open one.
pub async fn insert(conn: Conn<'_>, new: &NewConversation) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(
        "INSERT INTO conversations (workspace_id, id, site_id, visitor_id, queue_id, state, epoch, rev, visitor_rev, \
         last_seq, floor_seq, queued_at, started_at, updated_at, is_test) \
         VALUES ($1, $2, $3, $4, $5, 'queued', 1, 0, 0, 0, 0, $6, $6, $6, $7)"
    )
    .bind(new.workspace_id)
    .bind(new.id)
    .bind(new.site_id)
    .bind(new.visitor_id)
    .bind(new.queue_id)
    .bind(new.now)
    .bind(new.is_test)
    .execute(c)
    .await
    .map(drop))
    .map_err(Error::from)
}

/// Writes what commands change. The caller holds the row's lock and has raised `rev`.
pub async fn save(conn: Conn<'_>, conversation: &Conversation) -> Result<(), Error> {
    let done = on!(conn, |c| sqlx::query(
        "UPDATE conversations SET state = $3, owner_agent_id = $4, epoch = $5, rev = $6, visitor_rev = $7, \
         last_seq = $8, waiting_since = $9, queued_at = $10, updated_at = $11, closed_at = $12, queue_id = $13, \
         priority = $14, ticket = $15, due_at = $16, last_agent_id = $17, passed_over = $18, visitor_id = $19, \
         merged_into = $20, answer_due_at = $21, first_answered_at = $22, quiet_due_at = $23, nudged_at = $24, \
         bot_id = $25 \
         WHERE workspace_id = $1 AND id = $2"
    )
    .bind(conversation.workspace_id)
    .bind(conversation.id)
    .bind(conversation.state)
    .bind(conversation.owner_agent_id)
    .bind(conversation.epoch)
    .bind(conversation.rev)
    .bind(conversation.visitor_rev)
    .bind(conversation.last_seq)
    .bind(conversation.waiting_since)
    .bind(conversation.queued_at)
    .bind(conversation.updated_at)
    .bind(conversation.closed_at)
    .bind(conversation.queue_id)
    .bind(conversation.priority)
    .bind(conversation.ticket)
    .bind(conversation.due_at)
    .bind(conversation.last_agent_id)
    .bind(conversation.passed_over.as_ref())
    .bind(conversation.visitor_id)
    .bind(conversation.merged_into)
    .bind(conversation.answer_due_at)
    .bind(conversation.first_answered_at)
    .bind(conversation.quiet_due_at)
    .bind(conversation.nudged_at)
    .bind(conversation.bot_id)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    if done == 1 { Ok(()) } else { Err(Error::Inconsistent("conversations")) }
}

/// Writes only what a message changes: no index is touched, but the one of answers that are due when
/// the waiting begins or ends.
pub async fn save_message_marks(conn: Conn<'_>, conversation: &Conversation) -> Result<(), Error> {
    let done = on!(conn, |c| sqlx::query(
        "UPDATE conversations SET rev = $3, visitor_rev = $4, last_seq = $5, waiting_since = $6, updated_at = $7, \
         answer_due_at = $8, first_answered_at = $9, quiet_due_at = $10, nudged_at = $11 \
         WHERE workspace_id = $1 AND id = $2"
    )
    .bind(conversation.workspace_id)
    .bind(conversation.id)
    .bind(conversation.rev)
    .bind(conversation.visitor_rev)
    .bind(conversation.last_seq)
    .bind(conversation.waiting_since)
    .bind(conversation.updated_at)
    .bind(conversation.answer_due_at)
    .bind(conversation.first_answered_at)
    .bind(conversation.quiet_due_at)
    .bind(conversation.nudged_at)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    if done == 1 { Ok(()) } else { Err(Error::Inconsistent("conversations")) }
}

/// The conversations whose answer came at risk, or late, after `from` and until `to`.
pub async fn became_due(
    conn: Conn<'_>,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<(WorkspaceId, ConversationId)>, Error> {
    // Targets are a day at most, so the quarter of one bounds how far ahead a risk can lie.
    let sql = "SELECT c.workspace_id, c.id FROM conversations c \
               JOIN queues q ON q.workspace_id = c.workspace_id AND q.id = c.queue_id \
               WHERE c.answer_due_at > $1 AND c.answer_due_at <= $2 + 21600000 AND (c.answer_due_at <= $2 OR \
               c.answer_due_at - (CASE WHEN c.first_answered_at IS NULL THEN q.first_answer_s ELSE q.reply_s END) \
               / 4 * 1000 BETWEEN $1 + 1 AND $2)";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(from).bind(to).fetch_all(c).await)?)
}

/// The revs of these conversations.
pub async fn revs(mut conn: Conn<'_>, ids: &[ConversationId]) -> Result<HashMap<ConversationId, i64>, Error> {
    let rows: Vec<(ConversationId, i64)> = if let Conn::Lite(c) = conn.again() {
        let ids: Vec<String> = ids.iter().map(|id| id.uuid().simple().to_string()).collect();
        // The id alone is not indexed; the workspaces are few.
        sqlx::query_as(
            "SELECT c.id, c.rev FROM json_each($1) j CROSS JOIN workspaces w CROSS JOIN conversations c \
             ON c.workspace_id = w.id AND c.id = unhex(j.value)",
        )
        .bind(serde_json::json!(ids).to_string())
        .fetch_all(c)
        .await?
    } else if let Conn::Pg(c) = conn {
        let ids: Vec<uuid::Uuid> = ids.iter().map(|id| id.uuid()).collect();
        sqlx::query_as(
            "SELECT c.id, c.rev FROM workspaces w JOIN conversations c ON c.workspace_id = w.id AND c.id = ANY($1)",
        )
        .bind(ids)
        .fetch_all(c)
        .await?
    } else {
        Vec::new()
    };
    Ok(rows.into_iter().collect())
}
