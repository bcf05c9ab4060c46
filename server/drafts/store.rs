//! SQL of drafts.

use super::{Draft, Owner};
use crate::db::{Conn, Error};
use crate::ids::ConversationId;
use crate::on;

/// Writes a draft over the one before.
pub async fn save(conn: Conn<'_>, (ws, agent): Owner, draft: &Draft) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(
        "INSERT INTO drafts (workspace_id, agent_id, conversation_id, text, note, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (workspace_id, agent_id, conversation_id) DO UPDATE SET \
         text = excluded.text, note = excluded.note, updated_at = excluded.updated_at"
    )
    .bind(ws)
    .bind(agent)
    .bind(draft.conversation_id)
    .bind(&draft.text)
    .bind(draft.note)
    .bind(draft.updated_at)
    .execute(c)
    .await
    .map(drop))
    .map_err(Error::from)
}

/// Ends a draft.
pub async fn remove(conn: Conn<'_>, (ws, agent): Owner, id: ConversationId) -> Result<(), Error> {
    let sql = "DELETE FROM drafts WHERE workspace_id = $1 AND agent_id = $2 AND conversation_id = $3";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(agent).bind(id).execute(c).await.map(drop)).map_err(Error::from)
}

/// The agent's draft in a conversation.
pub async fn find(conn: Conn<'_>, (ws, agent): Owner, id: ConversationId) -> Result<Option<Draft>, Error> {
    let sql = "SELECT conversation_id, text, note, updated_at FROM drafts \
               WHERE workspace_id = $1 AND agent_id = $2 AND conversation_id = $3";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(agent).bind(id).fetch_optional(c).await)?)
}

/// The agent's drafts, newest first, at most `limit`.
pub async fn of_agent(conn: Conn<'_>, (ws, agent): Owner, limit: i64) -> Result<Vec<Draft>, Error> {
    let sql = "SELECT conversation_id, text, note, updated_at FROM drafts \
               WHERE workspace_id = $1 AND agent_id = $2 ORDER BY updated_at DESC, conversation_id LIMIT $3";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(agent).bind(limit).fetch_all(c).await)?)
}
