//! SQL of a workspace's key for mails, and of who reads a conversation by mail.

use sqlx::FromRow;

use super::{EmailAddress, Key};
use crate::clock::Random;
use crate::db::{Conn, Error, Tx};
use crate::ids::{ConversationId, MailThreadId, WorkspaceId};
use crate::on;

/// The key of a workspace; none until its first mail.
pub async fn key(conn: Conn<'_>, ws: WorkspaceId) -> Result<Option<Key>, Error> {
    let sql = "SELECT mail_key FROM workspaces WHERE id = $1";
    let found: Option<Option<Vec<u8>>> = on!(conn, |c| sqlx::query_scalar(sql).bind(ws).fetch_optional(c).await)?;
    let bytes = found.flatten();
    bytes.map(|bytes| bytes.try_into().map(Key::new).map_err(|_| Error::Inconsistent("workspaces"))).transpose()
}

/// The key, drawn where there is none.
pub async fn ensure_key(tx: &mut Tx, ws: WorkspaceId, random: &Random) -> Result<Key, Error> {
    let sql = "UPDATE workspaces SET mail_key = COALESCE(mail_key, $2) WHERE id = $1 RETURNING mail_key";
    let drawn = random.token().to_vec();
    let bytes: Vec<u8> = on!(tx.conn(), |c| sqlx::query_scalar(sql).bind(ws).bind(drawn).fetch_one(c).await)?;
    bytes.try_into().map(Key::new).map_err(|_| Error::Inconsistent("workspaces"))
}

/// A conversation and somebody who reads it by mail.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Thread {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// What a reply address names.
    pub id: MailThreadId,
    /// Which conversation.
    pub conversation_id: ConversationId,
    /// To whom the reply address was given, in lower case.
    pub address: String,
}

/// The thread of a reply address, in whichever workspace; whether we made the token is not looked at here.
pub async fn find(conn: Conn<'_>, id: MailThreadId) -> Result<Option<Thread>, Error> {
    let sql = "SELECT workspace_id, id, conversation_id, address FROM mail_threads WHERE id = $1";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(id).fetch_optional(c).await)?)
}

/// The thread of this address in a conversation, made where there is none.
pub async fn ensure(
    tx: &mut Tx,
    ws: WorkspaceId,
    conversation: ConversationId,
    address: &EmailAddress,
) -> Result<Thread, Error> {
    let (id, now) = (MailThreadId::from_uuid(tx.moment.ids.draw()), tx.moment.now);
    let sql = "INSERT INTO mail_threads (workspace_id, id, conversation_id, address, created_at) \
               VALUES ($1, $2, $3, $4, $5) ON CONFLICT (workspace_id, conversation_id, address) \
               DO UPDATE SET address = excluded.address RETURNING workspace_id, id, conversation_id, address";
    Ok(on!(tx.conn(), |c| sqlx::query_as(sql)
        .bind(ws)
        .bind(id)
        .bind(conversation)
        .bind(address.as_str())
        .bind(now)
        .fetch_one(c)
        .await)?)
}
