//! SQL of what was before a conversation: notes about its visitor, and what they thought of us.

use sqlx::FromRow;

use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{ConversationId, VisitorId, WorkspaceId};
use crate::on;

/// A note that an agent wrote.
#[derive(Debug, Clone, FromRow)]
pub struct NoteRow {
    /// In which conversation.
    pub conversation_id: ConversationId,
    /// Who wrote it.
    pub author_name: Option<String>,
    /// Its words.
    pub text: String,
    /// When.
    pub created_at: Timestamp,
}

/// The notes in all of a visitor's conversations, the newest first.
pub async fn notes(conn: Conn<'_>, ws: WorkspaceId, visitor: VisitorId, limit: i64) -> Result<Vec<NoteRow>, Error> {
    let sql = "SELECT m.conversation_id, a.name AS author_name, m.text, m.created_at FROM conversations c \
               JOIN messages m ON m.workspace_id = c.workspace_id AND m.conversation_id = c.id \
               JOIN agents a ON a.workspace_id = m.workspace_id AND a.id = m.author_id \
               WHERE c.workspace_id = $1 AND c.visitor_id = $2 AND m.kind = 'note' AND m.author_kind = 'agent' \
               AND m.deleted_at IS NULL ORDER BY m.created_at DESC, m.seq DESC LIMIT $3";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(visitor).bind(limit).fetch_all(c).await)?)
}

/// What a visitor thought of a conversation.
#[derive(Debug, Clone, FromRow)]
pub struct RatingRow {
    /// Of which.
    pub conversation_id: ConversationId,
    /// 1 to 5; none where they did not want to say.
    pub score: Option<i64>,
    /// What they added.
    pub comment: Option<String>,
}

/// The ratings of all of a visitor's conversations.
pub async fn ratings(conn: Conn<'_>, ws: WorkspaceId, visitor: VisitorId) -> Result<Vec<RatingRow>, Error> {
    let sql = "SELECT r.conversation_id, CAST(r.score AS BIGINT) AS score, r.comment FROM conversations c \
               JOIN ratings r ON r.workspace_id = c.workspace_id AND r.conversation_id = c.id \
               WHERE c.workspace_id = $1 AND c.visitor_id = $2";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(visitor).fetch_all(c).await)?)
}
