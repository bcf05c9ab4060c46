//! SQL of mails that came and are in a conversation, and whose an address is.

use sqlx::FromRow;
use sqlx::types::Json;

use super::Way;
use crate::clock::Timestamp;
use crate::db::{Conn, Error, Tx};
use crate::ids::{ConversationId, MessageId, ReceivedMailId, SiteId, VisitorId, WorkspaceId};
use crate::mail::EmailAddress;
use crate::on;
use crate::visitors::StoredPage;

/// A mail that is in a conversation.
pub struct Received<'a> {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// Drawn by the program.
    pub id: ReceivedMailId,
    /// Tells one that comes twice.
    pub dedupe: &'a [u8; 32],
    /// Where it is.
    pub conversation_id: ConversationId,
    /// The message that it became.
    pub message_id: Option<MessageId>,
    /// The header, without brackets.
    pub header_id: Option<&'a str>,
    /// Who wrote it.
    pub sender: &'a EmailAddress,
    /// What about.
    pub subject: Option<&'a str>,
    /// How it came.
    pub way: Way,
    /// As it came.
    pub raw: &'a [u8],
}

/// Keeps a mail. False where it came before: then nothing else may be done with it.
pub async fn insert(tx: &mut Tx, mail: &Received<'_>) -> Result<bool, Error> {
    let now = tx.moment.now;
    let sql = "INSERT INTO received_mails (workspace_id, id, dedupe, conversation_id, message_id, header_id, sender, subject, \
               way, raw, received_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
               ON CONFLICT (workspace_id, dedupe) DO NOTHING";
    let done = on!(tx.conn(), |c| sqlx::query(sql)
        .bind(mail.workspace_id)
        .bind(mail.id)
        .bind(&mail.dedupe[..])
        .bind(mail.conversation_id)
        .bind(mail.message_id)
        .bind(mail.header_id)
        .bind(mail.sender.as_str())
        .bind(mail.subject)
        .bind(mail.way.word())
        .bind(mail.raw)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Whether a mail came before, into a conversation or aside.
pub async fn is_known(conn: Conn<'_>, ws: WorkspaceId, dedupe: &[u8; 32]) -> Result<bool, Error> {
    let sql = "SELECT EXISTS (SELECT 1 FROM received_mails WHERE workspace_id = $1 AND dedupe = $2) \
               OR EXISTS (SELECT 1 FROM set_aside_mails WHERE workspace_id = $1 AND dedupe = $2)";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).bind(ws).bind(&dedupe[..]).fetch_one(c).await)?)
}

/// A received mail, to be shown.
#[derive(Debug, Clone, FromRow)]
pub struct Shown {
    /// Where it is.
    pub conversation_id: ConversationId,
    /// When it came.
    pub received_at: Timestamp,
    /// As it came.
    pub raw: Vec<u8>,
}

/// The conversation of a received mail, by its id or by what tells one that comes twice.
pub async fn conversation_of(
    conn: Conn<'_>,
    ws: WorkspaceId,
    id: ReceivedMailId,
    dedupe: &[u8],
) -> Result<Option<ConversationId>, Error> {
    let sql = "SELECT conversation_id FROM received_mails WHERE workspace_id = $1 AND (id = $2 OR dedupe = $3) LIMIT 1";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).bind(ws).bind(id).bind(dedupe).fetch_optional(c).await)?)
}

/// One received mail.
pub async fn find(conn: Conn<'_>, ws: WorkspaceId, id: ReceivedMailId) -> Result<Option<Shown>, Error> {
    let sql = "SELECT conversation_id, received_at, raw FROM received_mails WHERE workspace_id = $1 AND id = $2";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(id).fetch_optional(c).await)?)
}

/// The visitor of a site who proved that they read mail at this address: by a link, or by the website's word.
pub async fn proved_visitor(
    mut conn: Conn<'_>,
    site: SiteId,
    address: &EmailAddress,
) -> Result<Option<VisitorId>, Error> {
    let sql = "SELECT COALESCE(merged_into, id) FROM visitors WHERE site_id = $1 AND proved_email = $2 \
               ORDER BY seen_at DESC LIMIT 1";
    let found: Option<VisitorId> =
        on!(conn.again(), |c| sqlx::query_scalar(sql).bind(site).bind(address.as_str()).fetch_optional(c).await)?;
    if found.is_some() {
        return Ok(found);
    }
    let sql = "SELECT COALESCE(merged_into, id), verified FROM visitors WHERE site_id = $1 AND email = $2 \
               ORDER BY seen_at DESC LIMIT 20";
    let rows: Vec<(VisitorId, Json<crate::visitors::Verified>)> =
        on!(conn, |c| sqlx::query_as(sql).bind(site).bind(address.as_str()).fetch_all(c).await)?;
    Ok(rows.into_iter().find(|(_, verified)| verified.0.email).map(|(id, _)| id))
}

/// Locks a visitor until the transaction ends.
pub async fn lock_visitor(tx: &mut Tx, ws: WorkspaceId, id: VisitorId) -> Result<(), Error> {
    let now = tx.moment.now;
    let sql = "UPDATE visitors SET seen_at = $3 WHERE workspace_id = $1 AND id = $2";
    on!(tx.conn(), |c| sqlx::query(sql).bind(ws).bind(id).bind(now).execute(c).await.map(drop)).map_err(Error::from)
}

/// A visitor who came by mail.
pub struct ByMail<'a> {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// The site.
    pub site_id: SiteId,
    /// By what they are found again.
    pub address: &'a EmailAddress,
    /// The name beside it.
    pub name: Option<&'a str>,
    /// Of a token that no device has.
    pub token_hash: [u8; 32],
}

/// The visitor who came by mail from this address, written where there is none, and locked until the
/// transaction ends.
pub async fn ensure_visitor(tx: &mut Tx, by: &ByMail<'_>) -> Result<VisitorId, Error> {
    let (id, now) = (VisitorId::from_uuid(tx.moment.ids.draw()), tx.moment.now);
    let sql = "INSERT INTO visitors (workspace_id, id, site_id, token_hash, name, email, mail_address, attributes, page, \
               created_at, seen_at) VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9, $9) \
               ON CONFLICT (site_id, mail_address) WHERE mail_address IS NOT NULL DO UPDATE SET seen_at = excluded.seen_at \
               RETURNING COALESCE(merged_into, id)";
    Ok(on!(tx.conn(), |c| sqlx::query_scalar(sql)
        .bind(by.workspace_id)
        .bind(id)
        .bind(by.site_id)
        .bind(&by.token_hash[..])
        .bind(by.name)
        .bind(by.address.as_str())
        .bind(Json(serde_json::Map::new()))
        .bind(Json(StoredPage::default()))
        .bind(now)
        .fetch_one(c)
        .await)?)
}

/// Says that a conversation began by mail, and what about.
pub async fn began(tx: &mut Tx, ws: WorkspaceId, id: ConversationId, subject: Option<&str>) -> Result<(), Error> {
    let sql = "INSERT INTO conversation_mail (workspace_id, conversation_id, channel, subject, mailed_seq) \
               VALUES ($1, $2, 'mail', $3, 0) ON CONFLICT (workspace_id, conversation_id) DO NOTHING";
    on!(tx.conn(), |c| sqlx::query(sql).bind(ws).bind(id).bind(subject).execute(c).await.map(drop)).map_err(Error::from)
}
