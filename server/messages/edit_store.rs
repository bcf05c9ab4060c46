//! SQL of what messages said before they were edited: agents may look, visitors may not.

use sqlx::FromRow;
use sqlx::types::Json;

use super::Extra;
use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{MessageId, WorkspaceId};
use crate::live::protocol::Message;
use crate::on;

/// Words that were replaced.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Earlier {
    /// The words.
    pub text: String,
    /// When others took their place.
    pub replaced_at: Timestamp,
}

/// Keeps what a message says now, before it says something else.
pub async fn keep(conn: Conn<'_>, ws: WorkspaceId, message: &Message, now: Timestamp) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(
        "INSERT INTO message_edits (workspace_id, message_id, rev, text, replaced_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT DO NOTHING"
    )
    .bind(ws)
    .bind(message.id)
    .bind(message.rev)
    .bind(&message.text)
    .bind(now)
    .execute(c)
    .await
    .map(drop))
    .map_err(Error::from)
}

/// What a message said before, newest first, at most `limit`.
pub async fn earlier(conn: Conn<'_>, ws: WorkspaceId, id: MessageId, limit: i64) -> Result<Vec<Earlier>, Error> {
    let sql = "SELECT text, replaced_at FROM message_edits WHERE workspace_id = $1 AND message_id = $2 \
               ORDER BY rev DESC LIMIT $3";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(id).bind(limit).fetch_all(c).await)?)
}

/// A message was taken back: what it said before goes with it.
pub async fn forget(conn: Conn<'_>, ws: WorkspaceId, id: MessageId) -> Result<(), Error> {
    let sql = "DELETE FROM message_edits WHERE workspace_id = $1 AND message_id = $2";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(id).execute(c).await.map(drop)).map_err(Error::from)
}

/// A form is answered: it says by which message.
pub async fn set_form(conn: Conn<'_>, ws: WorkspaceId, id: MessageId, rev: i64, extra: &Extra) -> Result<(), Error> {
    let sql = "UPDATE messages SET extra = $3, rev = $4 WHERE workspace_id = $1 AND id = $2";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(id).bind(Json(extra)).bind(rev).execute(c).await.map(drop))
        .map_err(Error::from)
}

/// Whom a note names after it was edited.
pub async fn set_extra(conn: Conn<'_>, ws: WorkspaceId, id: MessageId, extra: Option<&Extra>) -> Result<(), Error> {
    let sql = "UPDATE messages SET extra = $3 WHERE workspace_id = $1 AND id = $2";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(id).bind(extra.map(Json)).execute(c).await.map(drop))
        .map_err(Error::from)
}
