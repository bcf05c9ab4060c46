//! SQL of forms: what is known of a visitor, what they answered, what they thought.

use serde_json::{Map, Value};
use sqlx::FromRow;
use sqlx::types::Json;

use super::ANSWERS_KEPT;
use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{CommandId, ConversationId, QueueId, VisitorId, WorkspaceId};
use crate::live::protocol::FormName;
use crate::on;

/// What is known of a visitor and decides which forms are due. Of somebody without a row: nothing.
#[derive(Debug, Clone, Default, FromRow)]
pub struct Known {
    /// Whether they agreed to be remembered.
    pub consent: Option<bool>,
    /// Their name.
    pub name: Option<String>,
    /// Their address of mail.
    pub email: Option<String>,
    /// Their telephone number.
    pub phone: Option<String>,
    /// What the site or they told.
    pub attributes: Json<Map<String, Value>>,
    /// Where their next conversation is to wait.
    pub queue_id: Option<QueueId>,
    /// When they answered the form before their next conversation.
    pub pre_chat_at: Option<Timestamp>,
}

/// What is known of this visitor.
pub async fn known(conn: Conn<'_>, ws: WorkspaceId, visitor: VisitorId) -> Result<Option<Known>, Error> {
    Ok(on!(conn, |c| sqlx::query_as(
        "SELECT v.consent, v.name, v.email, v.phone, v.attributes, n.queue_id, n.pre_chat_at FROM visitors v \
         LEFT JOIN next_chats n ON n.workspace_id = v.workspace_id AND n.visitor_id = v.id \
         WHERE v.workspace_id = $1 AND v.id = $2"
    )
    .bind(ws)
    .bind(visitor)
    .fetch_optional(c)
    .await)?)
}

/// Whether this visitor agreed to be remembered; none if they were never asked, or have no row.
pub async fn consent(conn: Conn<'_>, ws: WorkspaceId, visitor: VisitorId) -> Result<Option<bool>, Error> {
    let found: Option<Option<bool>> =
        on!(conn, |c| sqlx::query_scalar("SELECT consent FROM visitors WHERE workspace_id = $1 AND id = $2")
            .bind(ws)
            .bind(visitor)
            .fetch_optional(c)
            .await)?;
    Ok(found.flatten())
}

/// The next conversation of this visitor is to wait in this queue.
pub async fn choose_queue(conn: Conn<'_>, ws: WorkspaceId, visitor: VisitorId, queue: QueueId) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(
        "INSERT INTO next_chats (workspace_id, visitor_id, queue_id) VALUES ($1, $2, $3) \
         ON CONFLICT (workspace_id, visitor_id) DO UPDATE SET queue_id = excluded.queue_id"
    )
    .bind(ws)
    .bind(visitor)
    .bind(queue)
    .execute(c)
    .await
    .map(drop))
    .map_err(Error::from)
}

/// The form before the next conversation of this visitor is answered.
pub async fn note_pre_chat(conn: Conn<'_>, ws: WorkspaceId, visitor: VisitorId, now: Timestamp) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(
        "INSERT INTO next_chats (workspace_id, visitor_id, pre_chat_at) VALUES ($1, $2, $3) \
         ON CONFLICT (workspace_id, visitor_id) DO UPDATE SET pre_chat_at = excluded.pre_chat_at"
    )
    .bind(ws)
    .bind(visitor)
    .bind(now)
    .execute(c)
    .await
    .map(drop))
    .map_err(Error::from)
}

/// The next conversation begins: takes out what was answered and chosen for it, and gives the queue.
pub async fn take_next(conn: Conn<'_>, ws: WorkspaceId, visitor: VisitorId) -> Result<Option<QueueId>, Error> {
    let taken: Option<Option<QueueId>> = on!(conn, |c| sqlx::query_scalar(
        "DELETE FROM next_chats WHERE workspace_id = $1 AND visitor_id = $2 RETURNING queue_id"
    )
    .bind(ws)
    .bind(visitor)
    .fetch_optional(c)
    .await)?;
    Ok(taken.flatten())
}

/// A form that was answered: by whom, and what tells a resend from an id reused.
pub async fn answered(conn: Conn<'_>, ws: WorkspaceId, id: CommandId) -> Result<Option<(VisitorId, i64)>, Error> {
    Ok(on!(conn, |c| sqlx::query_as(
        "SELECT visitor_id, digest FROM form_answers WHERE workspace_id = $1 AND id = $2"
    )
    .bind(ws)
    .bind(id)
    .fetch_optional(c)
    .await)?)
}

/// A form to remember.
pub struct NewAnswer {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// Drawn by the client.
    pub id: CommandId,
    /// Who answered.
    pub visitor: VisitorId,
    /// Which form.
    pub form: FormName,
    /// Of the form and its values.
    pub digest: i64,
    /// When.
    pub now: Timestamp,
}

const fn word(form: FormName) -> &'static str {
    match form {
        FormName::Consent => "consent",
        FormName::PreChat => "pre_chat",
        FormName::Offline => "offline",
        FormName::Rating => "rating",
    }
}

/// Remembers a form, and forgets the visitor's oldest beyond [`ANSWERS_KEPT`]. `FormAnswersId` if
/// somebody else's has the id.
pub async fn remember(mut conn: Conn<'_>, new: &NewAnswer) -> Result<(), Error> {
    on!(conn.again(), |c| sqlx::query(
        "INSERT INTO form_answers (workspace_id, id, visitor_id, form, digest, answered_at) \
         VALUES ($1, $2, $3, $4, $5, $6)"
    )
    .bind(new.workspace_id)
    .bind(new.id)
    .bind(new.visitor)
    .bind(word(new.form))
    .bind(new.digest)
    .bind(new.now)
    .execute(c)
    .await
    .map(drop))?;
    on!(conn, |c| sqlx::query(
        "DELETE FROM form_answers WHERE workspace_id = $1 AND visitor_id = $2 AND id IN (SELECT id \
         FROM form_answers WHERE workspace_id = $1 AND visitor_id = $2 \
         ORDER BY answered_at DESC, id DESC LIMIT 1000 OFFSET $3)"
    )
    .bind(new.workspace_id)
    .bind(new.visitor)
    .bind(ANSWERS_KEPT)
    .execute(c)
    .await
    .map(drop))
    .map_err(Error::from)
}

/// A stranger turned out to be this visitor: what they answered is the visitor's, and what they chose
/// for their next conversation, unless the visitor has chosen already.
pub async fn hand_over(mut conn: Conn<'_>, ws: WorkspaceId, from: VisitorId, to: VisitorId) -> Result<(), Error> {
    for sql in [
        "UPDATE form_answers SET visitor_id = $3 WHERE workspace_id = $1 AND visitor_id = $2",
        "UPDATE next_chats SET visitor_id = $3 WHERE workspace_id = $1 AND visitor_id = $2 \
         AND NOT EXISTS (SELECT 1 FROM next_chats n WHERE n.workspace_id = $1 AND n.visitor_id = $3)",
    ] {
        on!(conn.again(), |c| sqlx::query(sql).bind(ws).bind(from).bind(to).execute(c).await.map(drop))?;
    }
    Ok(())
}

/// What a visitor thought of a conversation; no score where they did not want to say.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Rated {
    /// 1 to 5.
    pub score: Option<i64>,
    /// What they added.
    pub comment: Option<String>,
}

/// The rating of a conversation.
pub async fn rated(conn: Conn<'_>, ws: WorkspaceId, id: ConversationId) -> Result<Option<Rated>, Error> {
    Ok(on!(conn, |c| sqlx::query_as(
        "SELECT score, comment FROM ratings WHERE workspace_id = $1 AND conversation_id = $2"
    )
    .bind(ws)
    .bind(id)
    .fetch_optional(c)
    .await)?)
}

/// Adds the rating of a conversation whose row is locked and that has none.
pub async fn rate(
    conn: Conn<'_>,
    ws: WorkspaceId,
    id: ConversationId,
    rated: &Rated,
    now: Timestamp,
) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(
        "INSERT INTO ratings (workspace_id, conversation_id, score, comment, rated_at) VALUES ($1, $2, $3, $4, $5)"
    )
    .bind(ws)
    .bind(id)
    .bind(rated.score)
    .bind(rated.comment.as_deref())
    .bind(now)
    .execute(c)
    .await
    .map(drop))
    .map_err(Error::from)
}
