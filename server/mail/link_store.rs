//! SQL of links in mails: what stands in the link is drawn at chance and kept as a hash only.

use sqlx::FromRow;

use super::EmailAddress;
use crate::clock::{Random, Timestamp};
use crate::db::{Conn, Error, Tx};
use crate::ids::{ConversationId, SiteId, VisitorId, WorkspaceId};
use crate::on;
use crate::secrets::token_hash;

/// What a link does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkPurpose {
    /// Proves that the address is the visitor's.
    Prove,
    /// Leads back into the conversation.
    Back,
}

impl LinkPurpose {
    /// As it stands in the table.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Prove => "prove",
            Self::Back => "back",
        }
    }
}

/// A link's row.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Link {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// The website.
    pub site_id: SiteId,
    /// [`LinkPurpose::word`].
    pub purpose: String,
    /// Whose conversation it is.
    pub visitor_id: VisitorId,
    /// Which one.
    pub conversation_id: ConversationId,
    /// Where it was mailed to.
    pub address: String,
    /// Good until then.
    pub expires_at: Timestamp,
    /// When it was used.
    pub used_at: Option<Timestamp>,
}

/// A link that is to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewLink<'a> {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// What it does.
    pub purpose: LinkPurpose,
    /// Whose conversation it is.
    pub visitor_id: VisitorId,
    /// Which one.
    pub conversation_id: ConversationId,
    /// Where it is mailed to.
    pub address: &'a EmailAddress,
    /// Good until then.
    pub expires_at: Timestamp,
}

/// Draws a link; what stands in it is nowhere else.
pub async fn draw(tx: &mut Tx, random: &Random, new: NewLink<'_>) -> Result<String, Error> {
    let token = random.token_text();
    let sql = "INSERT INTO mail_links (token_hash, workspace_id, purpose, visitor_id, conversation_id, address, \
               expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let hash = token_hash(token.as_bytes());
    on!(tx.conn(), |c| sqlx::query(sql)
        .bind(&hash[..])
        .bind(new.workspace_id)
        .bind(new.purpose.word())
        .bind(new.visitor_id)
        .bind(new.conversation_id)
        .bind(new.address.as_str())
        .bind(new.expires_at)
        .execute(c)
        .await
        .map(drop))?;
    Ok(token)
}

/// The link of a token that has not ended.
pub async fn find(conn: Conn<'_>, token: &str, now: Timestamp) -> Result<Option<Link>, Error> {
    let sql = "SELECT l.workspace_id, v.site_id, l.purpose, l.visitor_id, l.conversation_id, l.address, l.expires_at, \
               l.used_at FROM mail_links l JOIN visitors v ON v.workspace_id = l.workspace_id AND v.id = l.visitor_id \
               WHERE l.token_hash = $1 AND l.expires_at > $2";
    let hash = token_hash(token.as_bytes());
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(&hash[..]).bind(now).fetch_optional(c).await)?)
}

/// Uses a link up. False where somebody was first.
pub async fn consume(tx: &mut Tx, token: &str) -> Result<bool, Error> {
    let sql = "UPDATE mail_links SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2";
    let (hash, now) = (token_hash(token.as_bytes()), tx.moment.now);
    let done = on!(tx.conn(), |c| sqlx::query(sql)
        .bind(&hash[..])
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Drops what has ended; so many at most.
pub async fn drop_ended(conn: Conn<'_>, before: Timestamp, limit: i64) -> Result<u64, Error> {
    let sql = "DELETE FROM mail_links WHERE token_hash IN (SELECT token_hash FROM mail_links WHERE expires_at <= $1 LIMIT $2)";
    Ok(on!(conn, |c| sqlx::query(sql).bind(before).bind(limit).execute(c).await.map(|done| done.rows_affected()))?)
}
