//! What has to hold before an acknowledgement means anything: DESIGN promise 1.

use sqlx::{PgConnection, SqliteConnection};

/// A database that this program must not write to.
#[derive(Debug, thiserror::Error)]
pub enum UnsafeDatabase {
    /// SQLite up to 3.51.2 can corrupt a WAL database when two connections checkpoint at once.
    #[error("SQLite {0} can corrupt its write-ahead log; 3.51.3 or newer is needed")]
    SqliteVersion(String),
    /// A setting under which an acknowledged message can be lost.
    #[error("the database has {setting} = {found}; {wanted} is needed, or acknowledged messages could be lost")]
    Setting {
        /// The pragma or parameter.
        setting: &'static str,
        /// What it is.
        found: String,
        /// What it has to be.
        wanted: &'static str,
    },
    /// It could not be asked.
    #[error("the database does not answer: {0}")]
    Sqlx(#[from] sqlx::Error),
}

/// The oldest SQLite that is safe in WAL mode.
pub const MIN_SQLITE: (u32, u32, u32) = (3, 51, 3);

/// Refuses an affected SQLite and a connection that would not sync each commit.
pub async fn sqlite(conn: &mut SqliteConnection) -> Result<(), UnsafeDatabase> {
    let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&mut *conn).await?;
    if !version_is_safe(&version) {
        return Err(UnsafeDatabase::SqliteVersion(version));
    }
    let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut *conn).await?;
    if synchronous < 2 {
        let found = synchronous.to_string();
        return Err(UnsafeDatabase::Setting { setting: "synchronous", found, wanted: "2 (FULL)" });
    }
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *conn).await?;
    if mode != "wal" {
        return Err(UnsafeDatabase::Setting { setting: "journal_mode", found: mode, wanted: "wal" });
    }
    Ok(())
}

/// Begins the writing transaction; the answer changes when another connection has committed since.
pub async fn begin_sqlite(conn: &mut SqliteConnection) -> sqlx::Result<i64> {
    sqlx::query_scalar("BEGIN IMMEDIATE; PRAGMA data_version").fetch_one(conn).await
}

/// Refuses a PostgreSQL that acknowledges before it has synced.
pub async fn postgres(conn: &mut PgConnection) -> Result<(), UnsafeDatabase> {
    for setting in ["synchronous_commit", "fsync"] {
        let found: String =
            sqlx::query_scalar("SELECT current_setting($1)").bind(setting).fetch_one(&mut *conn).await?;
        if found == "off" {
            return Err(UnsafeDatabase::Setting { setting, found, wanted: "on" });
        }
    }
    Ok(())
}

fn version_is_safe(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    (next(), next(), next()) >= MIN_SQLITE
}

#[cfg(test)]
mod tests {
    use super::version_is_safe;

    #[test]
    fn affected_versions_are_refused() {
        for bad in ["3.40.1", "3.51.2", "3.7.0", "2.99.99", ""] {
            assert!(!version_is_safe(bad), "{bad}");
        }
        for good in ["3.51.3", "3.52.0", "4.0.0"] {
            assert!(version_is_safe(good), "{good}");
        }
    }
}
