//! SQL of mails that came and are set aside: in no conversation, with the reason.

use sqlx::FromRow;

use super::Way;
use crate::clock::Timestamp;
use crate::db::{Conn, Error, Tx};
use crate::ids::{ReceivedMailId, WorkspaceId};
use crate::on;

/// A mail that is in no conversation.
pub struct Aside<'a> {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// Tells one that comes twice.
    pub dedupe: &'a [u8],
    /// `ignored` or `poison`.
    pub state: &'static str,
    /// Why, as a word.
    pub reason: &'static str,
    /// Who wrote it, if that could be read.
    pub sender: &'a str,
    /// What about, if that could be read.
    pub subject: Option<&'a str>,
    /// How it came.
    pub way: Way,
    /// As it came, cut.
    pub raw: &'a [u8],
}

/// Keeps a mail aside, once.
pub async fn set_aside(tx: &mut Tx, mail: &Aside<'_>) -> Result<(), Error> {
    let (id, now) = (ReceivedMailId::from_uuid(tx.moment.ids.draw()), tx.moment.now);
    let sql = "INSERT INTO set_aside_mails (workspace_id, id, dedupe, state, reason, sender, subject, way, raw, received_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (workspace_id, dedupe) DO NOTHING";
    on!(tx.conn(), |c| sqlx::query(sql)
        .bind(mail.workspace_id)
        .bind(id)
        .bind(mail.dedupe)
        .bind(mail.state)
        .bind(mail.reason)
        .bind(mail.sender)
        .bind(mail.subject)
        .bind(mail.way.word())
        .bind(mail.raw)
        .bind(now)
        .execute(c)
        .await
        .map(drop))
    .map_err(Error::from)
}

/// Drops what was set aside before `until`, and all but the `most` newest.
pub async fn tidy(tx: &mut Tx, ws: WorkspaceId, until: Timestamp, most: i64) -> Result<(), Error> {
    let sql = "DELETE FROM set_aside_mails WHERE workspace_id = $1 AND (received_at < $2 OR id IN \
               (SELECT id FROM set_aside_mails WHERE workspace_id = $1 ORDER BY received_at DESC, id DESC LIMIT 100 OFFSET $3))";
    on!(tx.conn(), |c| sqlx::query(sql).bind(ws).bind(until).bind(most).execute(c).await.map(drop)).map_err(Error::from)
}

/// The oldest workspace: what is nobody's is kept there.
pub async fn first_workspace(conn: Conn<'_>) -> Result<Option<WorkspaceId>, Error> {
    let sql = "SELECT id FROM workspaces ORDER BY created_at, id LIMIT 1";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).fetch_optional(c).await)?)
}

/// Drops what was set aside before a moment, in all workspaces; so many at most.
pub async fn drop_old(conn: Conn<'_>, before: Timestamp, limit: i64) -> Result<(), Error> {
    let sql = "DELETE FROM set_aside_mails WHERE (workspace_id, id) IN \
               (SELECT workspace_id, id FROM set_aside_mails WHERE received_at < $1 LIMIT $2)";
    on!(conn, |c| sqlx::query(sql).bind(before).bind(limit).execute(c).await.map(drop)).map_err(Error::from)
}

/// A mail that is set aside, in a list.
#[derive(Debug, Clone, FromRow)]
pub struct Listed {
    /// Its id, which it keeps when it is taken in.
    pub id: ReceivedMailId,
    /// Why, as a word.
    pub reason: String,
    /// Empty where it could not be read.
    pub sender: String,
    /// What about.
    pub subject: Option<String>,
    /// When it came.
    pub received_at: Timestamp,
}

/// Those of a workspace, the newest first, those before one of them.
pub async fn list(
    conn: Conn<'_>,
    ws: WorkspaceId,
    before: Option<ReceivedMailId>,
    limit: i64,
) -> Result<Vec<Listed>, Error> {
    const ALL: &str = "SELECT id, reason, sender, subject, received_at FROM set_aside_mails WHERE workspace_id = $1 \
                       ORDER BY id DESC LIMIT $2";
    const OLDER: &str = "SELECT id, reason, sender, subject, received_at FROM set_aside_mails WHERE workspace_id = $1 \
                         AND id < $3 ORDER BY id DESC LIMIT $2";
    Ok(match before {
        None => on!(conn, |c| sqlx::query_as(ALL).bind(ws).bind(limit).fetch_all(c).await),
        Some(id) => on!(conn, |c| sqlx::query_as(OLDER).bind(ws).bind(limit).bind(id).fetch_all(c).await),
    }?)
}

/// How many of a workspace there are.
pub async fn count(conn: Conn<'_>, ws: WorkspaceId) -> Result<i64, Error> {
    let sql = "SELECT COUNT(*) FROM set_aside_mails WHERE workspace_id = $1";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).bind(ws).fetch_one(c).await)?)
}

/// One of them, whole.
#[derive(Debug, Clone, FromRow)]
pub struct Found {
    /// Its id.
    pub id: ReceivedMailId,
    /// Tells one that comes twice.
    pub dedupe: Vec<u8>,
    /// Why, as a word.
    pub reason: String,
    /// Empty where it could not be read.
    pub sender: String,
    /// What about.
    pub subject: Option<String>,
    /// [`Way::word`].
    pub way: String,
    /// As it came, cut.
    pub raw: Vec<u8>,
    /// When it came.
    pub received_at: Timestamp,
}

/// One of a workspace.
pub async fn find(conn: Conn<'_>, ws: WorkspaceId, id: ReceivedMailId) -> Result<Option<Found>, Error> {
    let sql = "SELECT id, dedupe, reason, sender, subject, way, raw, received_at FROM set_aside_mails \
               WHERE workspace_id = $1 AND id = $2";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(id).fetch_optional(c).await)?)
}

/// Takes one away. False where somebody was first.
pub async fn delete(tx: &mut Tx, ws: WorkspaceId, id: ReceivedMailId) -> Result<bool, Error> {
    let sql = "DELETE FROM set_aside_mails WHERE workspace_id = $1 AND id = $2";
    let done =
        on!(tx.conn(), |c| sqlx::query(sql).bind(ws).bind(id).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}
