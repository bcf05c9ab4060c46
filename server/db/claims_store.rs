//! What processes took for themselves in a table of work, and how it becomes anybody's once they are gone.

use super::{Conn, Error};
use crate::clock::Timestamp;
use crate::on;

/// The work in one table. SQL for PostgreSQL alone: a database of one process gives all back when it begins.
#[derive(Debug)]
pub struct Claims {
    /// For the log: "mails".
    pub what: &'static str,
    /// The processes that are gone and had something under way; `$1` is now.
    pub gone: &'static str,
    /// Gives back what one of them had; `$1` is its number, `$2` is now.
    pub release: &'static str,
}

impl Claims {
    /// The processes that are gone and had something under way.
    pub async fn left_behind(&self, conn: Conn<'_>, now: Timestamp) -> Result<Vec<i64>, Error> {
        Ok(on!(conn, |c| sqlx::query_scalar(self.gone).bind(now).fetch_all(c).await)?)
    }

    /// Makes anybody's what such a process had; how much that was.
    pub async fn release(&self, conn: Conn<'_>, gone: i64, now: Timestamp) -> Result<u64, Error> {
        let done = on!(conn, |c| sqlx::query(self.release)
            .bind(gone)
            .bind(now)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(done)
    }
}
