//! Opening: pools with the settings that the promises rest on, checked before the first use.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, PgConnection, PgPool, SqliteConnection};

use super::checks::{self, UnsafeDatabase};
use super::{Conn, Db, MigrateError, migrate};

/// Connections for reading the embedded database at once.
const SQLITE_READERS: u32 = 4;
/// Connections to PostgreSQL from one process.
const PG_CONNECTIONS: u32 = 16;
/// How long a request waits for a connection before it is told that the server is busy.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// Why the database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It cannot be reached or read.
    #[error("the database cannot be opened: {0}")]
    Connect(#[from] sqlx::Error),
    /// It would lose acknowledged messages.
    #[error(transparent)]
    Unsafe(#[from] UnsafeDatabase),
    /// Its schema is not usable.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
}

/// The embedded database's file inside the data folder.
pub fn sqlite_file(data: &Path) -> PathBuf {
    data.join("deskbell.db")
}

fn sqlite_options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        // Sorting spills into memory, not into /var/tmp: the data folder may be all that is writable,
        // and what visitors wrote has no place outside of it.
        .pragma("temp_store", "MEMORY")
        .disable_statement_logging()
}

/// The one connection that writes: WAL, and a sync at each commit.
pub async fn connect_sqlite_writer(file: &Path) -> Result<SqliteConnection, OpenError> {
    let options = sqlite_options(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("wal_autocheckpoint", "4000");
    let mut conn = SqliteConnection::connect_with(&options).await?;
    checks::sqlite(&mut conn).await?;
    Ok(conn)
}

/// Readers of the embedded database. The file has to exist.
async fn connect_sqlite_readers(file: &Path) -> Result<Db, OpenError> {
    let pool = SqlitePoolOptions::new()
        .max_connections(SQLITE_READERS)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
        .connect_with(sqlite_options(file).read_only(true))
        .await?;
    Ok(Db::Lite(pool))
}

/// A pool to PostgreSQL, checked to sync each commit. `url` may hold a password and is not logged.
pub async fn connect_pg(url: &str) -> Result<PgPool, OpenError> {
    let options = PgConnectOptions::from_str(url)?.application_name("deskbell").disable_statement_logging();
    // One connection outside the pool first: it says why it fails, where a pool would only time out.
    let mut first = PgConnection::connect_with(&options).await?;
    checks::postgres(&mut first).await?;
    first.close().await?;
    let pool = PgPoolOptions::new().max_connections(PG_CONNECTIONS).acquire_timeout(ACQUIRE_TIMEOUT);
    Ok(pool.connect_lazy_with(options))
}

/// What [`open`] gives: readers, and for the embedded database its writing connection.
pub struct Opened {
    /// For reading.
    pub db: Db,
    /// For the writer; PostgreSQL's writer uses the pool.
    pub writer: Option<SqliteConnection>,
}

/// Opens the embedded database at `file`, brought to this program's schema.
pub async fn open_sqlite(file: &Path) -> Result<Opened, OpenError> {
    let mut writer = connect_sqlite_writer(file).await?;
    migrate(Conn::Lite(&mut writer), crate::VERSION).await?;
    Ok(Opened { db: connect_sqlite_readers(file).await?, writer: Some(writer) })
}

/// Opens PostgreSQL at `url`, brought to this program's schema.
pub async fn open_pg(url: &str) -> Result<Opened, OpenError> {
    let pool = connect_pg(url).await?;
    migrate(Conn::Pg(&mut *pool.acquire().await?), crate::VERSION).await?;
    Ok(Opened { db: Db::Pg(pool), writer: None })
}

/// Opens whichever database the configuration names.
pub async fn open(url: &crate::config::DatabaseUrl) -> Result<Opened, OpenError> {
    match url {
        crate::config::DatabaseUrl::Sqlite(file) => open_sqlite(file).await,
        crate::config::DatabaseUrl::Postgres(url) => open_pg(url.expose()).await,
    }
}
