//! SQL of the mails by which the doctor tries the way out and back.

use sqlx::FromRow;

use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{MailId, WorkspaceId};
use crate::on;

/// How far a mail is.
#[derive(Debug, Clone, FromRow)]
pub(super) struct UnderWay {
    /// `pending`, `sent`, `dead`, `void` or `bounced`.
    pub(super) state: String,
    pub(super) error: Option<String>,
}

/// Of this mail.
pub(super) async fn state(conn: Conn<'_>, ws: WorkspaceId, id: MailId) -> Result<Option<UnderWay>, Error> {
    let sql = "SELECT state, error FROM mails WHERE workspace_id = $1 AND id = $2";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(id).fetch_optional(c).await)?)
}

/// A mail that came back.
#[derive(Debug, FromRow)]
pub(super) struct CameBack {
    /// `imap`, `lmtp` or `http`.
    pub(super) way: String,
    /// As it came.
    pub(super) raw: Vec<u8>,
}

/// The newest mail of ours that came back since then.
pub(super) async fn came_back(
    conn: Conn<'_>,
    ws: WorkspaceId,
    sender: &str,
    since: Timestamp,
) -> Result<Option<CameBack>, Error> {
    let sql = "SELECT way, raw FROM set_aside_mails WHERE workspace_id = $1 AND sender = $2 AND reason = 'ours' \
               AND received_at >= $3 ORDER BY received_at DESC LIMIT 1";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(sender).bind(since).fetch_optional(c).await)?)
}
