//! SQL of what a mail needs to know beside its conversation: who reads it, and the mails before it.

use sqlx::FromRow;
use sqlx::types::Json;

use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{ConversationId, MailId, VisitorId, WorkspaceId};
use crate::on;
use crate::visitors::Verified;

/// A visitor as a reader of mails.
#[derive(Debug, Clone, FromRow)]
pub struct Reader {
    /// The language that their browser asks for.
    pub locale: Option<String>,
    /// What they said, or their website.
    pub email: Option<String>,
    /// By which they came, where they came by mail.
    pub mail_address: Option<String>,
    /// The address that they proved by a link.
    pub proved_email: Option<String>,
    verified: Json<Verified>,
}

impl Reader {
    /// Where mails to them go.
    pub fn address(&self) -> Option<&str> {
        self.email.as_deref().filter(|email| !email.is_empty()).or(self.mail_address.as_deref())
    }

    /// Whether they are known to read this address.
    pub fn proved(&self, address: &str) -> bool {
        let same = |one: Option<&str>| one.is_some_and(|one| one.trim().to_lowercase() == address);
        same(self.proved_email.as_deref())
            || same(self.mail_address.as_deref())
            || (self.verified.email && same(self.email.as_deref()))
    }
}

/// Who reads a visitor's mails.
pub async fn reader(conn: Conn<'_>, ws: WorkspaceId, visitor: VisitorId) -> Result<Option<Reader>, Error> {
    let sql = "SELECT locale, email, mail_address, proved_email, verified FROM visitors \
               WHERE workspace_id = $1 AND id = $2";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(visitor).fetch_optional(c).await)?)
}

/// The subject of the mail that began a conversation, where one did.
pub async fn subject(conn: Conn<'_>, ws: WorkspaceId, id: ConversationId) -> Result<Option<String>, Error> {
    let sql = "SELECT subject FROM conversation_mail WHERE workspace_id = $1 AND conversation_id = $2";
    let found: Option<Option<String>> =
        on!(conn, |c| sqlx::query_scalar(sql).bind(ws).bind(id).fetch_optional(c).await)?;
    Ok(found.flatten())
}

/// Ids of mails between us and an address about a conversation, before one of ours, the newest first.
pub async fn earlier_ids(
    mut conn: Conn<'_>,
    ws: WorkspaceId,
    conversation: ConversationId,
    address: &str,
    before: MailId,
    limit: i64,
) -> Result<Vec<String>, Error> {
    let sql = "SELECT message_id, created_at FROM mails WHERE workspace_id = $1 AND conversation_id = $2 \
               AND address = $3 AND id < $4 AND state IN ('sent', 'bounced') ORDER BY id DESC LIMIT $5";
    let ours: Vec<(String, Timestamp)> = on!(conn.again(), |c| sqlx::query_as(sql)
        .bind(ws)
        .bind(conversation)
        .bind(address)
        .bind(before)
        .bind(limit)
        .fetch_all(c)
        .await)?;
    let sql = "SELECT header_id, received_at FROM received_mails WHERE workspace_id = $1 AND conversation_id = $2 \
               AND sender = $3 AND header_id IS NOT NULL ORDER BY received_at DESC LIMIT $4";
    let theirs: Vec<(String, Timestamp)> =
        on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(conversation).bind(address).bind(limit).fetch_all(c).await)?;
    let mut all: Vec<(String, Timestamp)> = ours.into_iter().chain(theirs).collect();
    all.sort_by_key(|(_, at)| std::cmp::Reverse(*at));
    Ok(all.into_iter().map(|(id, _)| id).collect())
}

/// The newest mail that came of a conversation, as it came.
pub async fn last_received(
    conn: Conn<'_>,
    ws: WorkspaceId,
    conversation: ConversationId,
) -> Result<Option<Vec<u8>>, Error> {
    let sql = "SELECT raw FROM received_mails WHERE workspace_id = $1 AND conversation_id = $2 \
               ORDER BY received_at DESC LIMIT 1";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).bind(ws).bind(conversation).fetch_optional(c).await)?)
}

/// How far the visitor has read, on whichever device.
pub async fn read_seq(conn: Conn<'_>, ws: WorkspaceId, conversation: ConversationId) -> Result<i64, Error> {
    let sql = "SELECT CAST(COALESCE(MAX(read_seq), 0) AS BIGINT) FROM participants \
               WHERE workspace_id = $1 AND conversation_id = $2 AND kind = 'visitor'";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).bind(ws).bind(conversation).fetch_one(c).await)?)
}
