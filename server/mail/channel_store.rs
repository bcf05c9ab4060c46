//! SQL of how conversations began: by chat or by mail, and what those are about.

use std::collections::HashSet;

use sqlx::FromRow;

use super::EmailAddress;
use crate::db::{Conn, Error, Tx};
use crate::ids::{ConversationId, WorkspaceId};
use crate::on;

/// Which of these conversations began by mail.
pub async fn by_mail(
    conn: Conn<'_>,
    ws: WorkspaceId,
    ids: &[ConversationId],
) -> Result<HashSet<ConversationId>, Error> {
    let found: Vec<ConversationId> = match conn {
        Conn::Lite(c) => {
            let ids: Vec<String> = ids.iter().map(|id| id.uuid().simple().to_string()).collect();
            sqlx::query_scalar(
                "SELECT cm.conversation_id FROM json_each($2) j CROSS JOIN conversation_mail cm \
                 ON cm.workspace_id = $1 AND cm.conversation_id = unhex(j.value) WHERE cm.channel = 'mail'",
            )
            .bind(ws)
            .bind(serde_json::json!(ids).to_string())
            .fetch_all(c)
            .await?
        }
        Conn::Pg(c) => {
            let ids: Vec<uuid::Uuid> = ids.iter().map(|id| id.uuid()).collect();
            sqlx::query_scalar(
                "SELECT cm.conversation_id FROM conversation_mail cm \
                 WHERE cm.workspace_id = $1 AND cm.conversation_id = ANY($2) AND cm.channel = 'mail'",
            )
            .bind(ws)
            .bind(ids)
            .fetch_all(c)
            .await?
        }
    };
    Ok(found.into_iter().collect())
}

/// Says that a conversation begins by mail: with whom, and what about.
pub async fn began(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: ConversationId,
    address: &EmailAddress,
    subject: Option<&str>,
) -> Result<(), Error> {
    let sql = "INSERT INTO conversation_mail (workspace_id, conversation_id, channel, subject, mailed_seq, address) \
               VALUES ($1, $2, 'mail', $3, 0, $4) ON CONFLICT (workspace_id, conversation_id) DO NOTHING";
    let address = address.as_str();
    on!(tx.conn(), |c| sqlx::query(sql).bind(ws).bind(id).bind(subject).bind(address).execute(c).await.map(drop))
        .map_err(Error::from)
}

/// A conversation that is by mail.
#[derive(Debug, Clone, FromRow)]
pub struct Writing {
    /// May be empty.
    pub subject: String,
    /// To whom answers go: who it began with, whatever address the visitor gives in the chat later. Empty where
    /// nobody knows any more.
    pub address: String,
}

/// What an answer to a conversation begins with that began by mail; none where it began by chat.
pub async fn writing(conn: Conn<'_>, ws: WorkspaceId, id: ConversationId) -> Result<Option<Writing>, Error> {
    let sql = "SELECT COALESCE(m.subject, '') AS subject, \
               COALESCE(m.address, NULLIF(v.email, ''), v.mail_address, '') AS address \
               FROM conversation_mail m JOIN conversations c ON c.workspace_id = m.workspace_id AND c.id = m.conversation_id \
               JOIN visitors v ON v.workspace_id = c.workspace_id AND v.id = c.visitor_id \
               WHERE m.workspace_id = $1 AND m.conversation_id = $2 AND m.channel = 'mail'";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(id).fetch_optional(c).await)?)
}
