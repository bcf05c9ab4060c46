//! SQL of mails that go out, and of what is known of addresses.

use sqlx::FromRow;
use sqlx::types::Json;

use super::outbox::NewMail;
use crate::clock::Timestamp;
use crate::db::{Conn, Error, Tx};
use crate::ids::{ConversationId, MailId, WorkspaceId};
use crate::on;

/// Adds a row that is to be sent.
pub(super) async fn insert(tx: &mut Tx, id: MailId, message_id: &str, new: &NewMail) -> Result<(), Error> {
    let sql = "INSERT INTO mails (workspace_id, id, kind, site_id, conversation_id, agent_id, address, payload, \
               message_id, state, attempts, next_at, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'pending', 0, $10, $11)";
    let now = tx.moment.now;
    on!(tx.conn(), |c| sqlx::query(sql)
        .bind(new.workspace_id)
        .bind(id)
        .bind(new.kind.word())
        .bind(new.site_id)
        .bind(new.conversation_id)
        .bind(new.agent_id)
        .bind(new.address.as_str())
        .bind(new.payload.to_string())
        .bind(message_id)
        .bind(new.due)
        .bind(now)
        .execute(c)
        .await
        .map(drop))
    .map_err(Error::from)
}

/// A mail of ours that somebody names by its `Message-ID`.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Named {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// Its id.
    pub id: MailId,
    /// Which conversation it is of.
    pub conversation_id: Option<ConversationId>,
    /// Who got it.
    pub address: String,
    /// [`super::outbox::Kind::word`].
    pub kind: String,
}

/// The mail of a `Message-ID` (without brackets), in whichever workspace; whether we made the id is not
/// looked at here.
pub async fn by_message_id(conn: Conn<'_>, message_id: &str) -> Result<Option<Named>, Error> {
    let sql = "SELECT workspace_id, id, conversation_id, address, kind FROM mails WHERE message_id = $1";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(message_id).fetch_optional(c).await)?)
}

/// Marks a mail as come back; its address, if it was not marked before.
pub(super) async fn mark_bounced(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: MailId,
    code: Option<i64>,
    why: &str,
) -> Result<Option<Named>, Error> {
    let sql = "UPDATE mails SET state = 'bounced', code = COALESCE($3, code), error = $4, locked_until = NULL \
               WHERE workspace_id = $1 AND id = $2 AND state <> 'bounced' \
               RETURNING workspace_id, id, conversation_id, address, kind";
    Ok(on!(tx.conn(), |c| sqlx::query_as(sql).bind(ws).bind(id).bind(code).bind(why).fetch_optional(c).await)?)
}

/// Notes that an address takes no mail.
pub(super) async fn note_bounce(tx: &mut Tx, ws: WorkspaceId, hash: &[u8; 32], why: &str) -> Result<(), Error> {
    let sql = "INSERT INTO mail_addresses (workspace_id, address_hash, bounced_at, bounce) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (workspace_id, address_hash) \
               DO UPDATE SET bounced_at = excluded.bounced_at, bounce = excluded.bounce";
    let now = tx.moment.now;
    on!(tx.conn(), |c| sqlx::query(sql).bind(ws).bind(&hash[..]).bind(now).bind(why).execute(c).await.map(drop))
        .map_err(Error::from)
}

/// An address takes mail again.
pub(super) async fn forget_bounce(tx: &mut Tx, ws: WorkspaceId, hash: &[u8; 32]) -> Result<(), Error> {
    let sql =
        "UPDATE mail_addresses SET bounced_at = NULL, bounce = NULL WHERE workspace_id = $1 AND address_hash = $2";
    on!(tx.conn(), |c| sqlx::query(sql).bind(ws).bind(&hash[..]).execute(c).await.map(drop)).map_err(Error::from)
}

/// An address takes mail, and wants it.
pub(super) async fn wants_mail(tx: &mut Tx, ws: WorkspaceId, hash: &[u8; 32]) -> Result<(), Error> {
    let sql = "UPDATE mail_addresses SET bounced_at = NULL, bounce = NULL, unsubscribed_at = NULL \
               WHERE workspace_id = $1 AND address_hash = $2";
    on!(tx.conn(), |c| sqlx::query(sql).bind(ws).bind(&hash[..]).execute(c).await.map(drop)).map_err(Error::from)
}

/// An address wants no more of the mails that come by themselves.
pub(super) async fn unsubscribe(tx: &mut Tx, ws: WorkspaceId, hash: &[u8; 32]) -> Result<(), Error> {
    let sql = "INSERT INTO mail_addresses (workspace_id, address_hash, unsubscribed_at) VALUES ($1, $2, $3) \
               ON CONFLICT (workspace_id, address_hash) DO UPDATE SET unsubscribed_at = excluded.unsubscribed_at";
    let now = tx.moment.now;
    on!(tx.conn(), |c| sqlx::query(sql).bind(ws).bind(&hash[..]).bind(now).execute(c).await.map(drop))
        .map_err(Error::from)
}

/// What is known of an address.
#[derive(Debug, Clone, Default, PartialEq, Eq, FromRow)]
pub struct KnownAddress {
    /// The last notice to it while it was not proved.
    pub noticed_at: Option<Timestamp>,
    /// Since when it takes no mail.
    pub bounced_at: Option<Timestamp>,
    /// What its server said.
    pub bounce: Option<String>,
    /// Since when it wants none.
    pub unsubscribed_at: Option<Timestamp>,
}

/// What is known of the address with this hash ([`super::Key::address_hash`]).
pub async fn known_address(conn: Conn<'_>, ws: WorkspaceId, hash: &[u8; 32]) -> Result<KnownAddress, Error> {
    let sql = "SELECT noticed_at, bounced_at, bounce, unsubscribed_at FROM mail_addresses \
               WHERE workspace_id = $1 AND address_hash = $2";
    let found = on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(&hash[..]).fetch_optional(c).await)?;
    Ok(found.unwrap_or_default())
}

/// A mail of a conversation, for people.
#[derive(Debug, Clone, FromRow)]
pub struct Listed {
    /// Its id.
    pub id: MailId,
    /// [`super::outbox::Kind::word`].
    pub kind: String,
    /// Who gets it.
    pub address: String,
    /// `pending`, `sent`, `dead`, `void` or `bounced`.
    pub state: String,
    /// What its template needed.
    pub payload: Json<serde_json::Value>,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next.
    pub next_at: Timestamp,
    /// Of the last attempt: the server's code.
    pub code: Option<i64>,
    /// What it or we said.
    pub error: Option<String>,
    /// When the row was written.
    pub created_at: Timestamp,
    /// When the server took it.
    pub sent_at: Option<Timestamp>,
}

/// The mails of a conversation, the newest first, at most so many.
pub async fn of_conversation(
    conn: Conn<'_>,
    ws: WorkspaceId,
    conversation: ConversationId,
    limit: i64,
) -> Result<Vec<Listed>, Error> {
    let sql = "SELECT id, kind, address, state, payload, attempts, next_at, code, error, created_at, sent_at \
               FROM mails WHERE workspace_id = $1 AND conversation_id = $2 ORDER BY id DESC LIMIT $3";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(conversation).bind(limit).fetch_all(c).await)?)
}
