//! SQL of how far a mailbox was read: a mark moves in the transaction that takes the mail.

use sqlx::FromRow;

use crate::db::{Conn, Error, Tx};
use crate::on;

/// How far a mailbox was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// SHA-256 of its server, user and folder.
    pub mailbox: [u8; 32],
    /// The numbers of its mails count under this one only.
    pub uid_validity: i64,
    /// All up to it were taken.
    pub uid: i64,
}

#[derive(FromRow)]
struct Row {
    uid_validity: i64,
    uid: i64,
}

/// The mark of a mailbox; none before it was first read.
pub async fn find(conn: Conn<'_>, mailbox: &[u8; 32]) -> Result<Option<Mark>, Error> {
    let sql = "SELECT uid_validity, uid FROM mailbox_marks WHERE mailbox = $1";
    let row: Option<Row> = on!(conn, |c| sqlx::query_as(sql).bind(&mailbox[..]).fetch_optional(c).await)?;
    Ok(row.map(|row| Mark { mailbox: *mailbox, uid_validity: row.uid_validity, uid: row.uid }))
}

/// Moves a mark: never back while its numbers count, whoever else reads the mailbox.
pub async fn advance(tx: &mut Tx, mark: &Mark) -> Result<(), Error> {
    let now = tx.moment.now;
    let sql = "INSERT INTO mailbox_marks (mailbox, uid_validity, uid, looked_at) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (mailbox) DO UPDATE SET looked_at = excluded.looked_at, uid_validity = excluded.uid_validity, \
               uid = CASE WHEN mailbox_marks.uid_validity = excluded.uid_validity AND mailbox_marks.uid > excluded.uid \
               THEN mailbox_marks.uid ELSE excluded.uid END";
    on!(tx.conn(), |c| sqlx::query(sql)
        .bind(&mark.mailbox[..])
        .bind(mark.uid_validity)
        .bind(mark.uid)
        .bind(now)
        .execute(c)
        .await
        .map(drop))
    .map_err(Error::from)
}
