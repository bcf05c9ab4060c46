//! The database: one set of functions over SQLite and PostgreSQL.
//!
//! [`Db`] gives connections for reading; all writing goes through [`crate::writer`]. A store
//! function takes a [`Conn`], so that it runs alike in a transaction and outside one. There is one
//! SQL text for both wherever the dialects allow it; the [`on!`] macro expands it once for each.

mod checks;
mod claims_store;
mod constraint;
mod error;
mod gather;
mod lock;
mod migrate;
mod open;
mod presence;

use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool};

use crate::conversations::{Change, Moment};
use crate::messages::Known;
use crate::routing::Pending;

pub(crate) use checks::begin_sqlite;
pub use claims_store::Claims;
pub use constraint::Constraint;
pub use error::Error;
pub use gather::{GATHERED, Gather, ReadAll};
pub use lock::{DataLock, LockError};
pub use migrate::{MigrateError, migrate, migrate_to, newest_postgres, newest_sqlite};
pub use open::{OpenError, Opened, connect_pg, connect_sqlite_writer, open, open_pg, open_sqlite, sqlite_file};
pub use presence::{Held, Presence};

/// Connections for reading. Cheap to clone.
#[derive(Clone)]
pub enum Db {
    /// A pool of read-only connections; the one writing connection belongs to the writer.
    Lite(SqlitePool),
    /// One pool for all.
    Pg(PgPool),
}

/// A connection borrowed for statements, from a transaction or from a pool.
pub enum Conn<'a> {
    /// SQLite.
    Lite(&'a mut SqliteConnection),
    /// PostgreSQL.
    Pg(&'a mut PgConnection),
}

/// A pooled connection for a few reads in a row.
pub enum ReadConn {
    /// SQLite.
    Lite(PoolConnection<Sqlite>),
    /// PostgreSQL.
    Pg(PoolConnection<Postgres>),
}

/// A transaction under way, and the changes that are to be published once it is committed.
pub struct Tx {
    pub(crate) link: TxLink,
    /// In the order in which they were made.
    pub changes: Vec<Change>,
    /// The time that its rows carry, and ids.
    pub moment: Moment,
    /// What it owes routing before it ends.
    pub routing: Pending,
    /// Conversations that the hot lane need not read again.
    pub(crate) known: Known,
}

pub(crate) enum TxLink {
    Lite(Box<SqliteConnection>),
    Pg(PoolConnection<Postgres>),
}

/// Runs the body on whichever connection this is: the body is expanded once for each database.
#[macro_export]
macro_rules! on {
    ($conn:expr, |$c:ident| $body:expr) => {
        match $conn {
            $crate::db::Conn::Lite($c) => $body,
            $crate::db::Conn::Pg($c) => $body,
        }
    };
}

impl Db {
    /// A connection for reading. Waits for a free one as long as the pool's time-out allows.
    pub async fn read(&self) -> Result<ReadConn, Error> {
        Ok(match self {
            Self::Lite(pool) => ReadConn::Lite(pool.acquire().await?),
            Self::Pg(pool) => ReadConn::Pg(pool.acquire().await?),
        })
    }

    /// Whether this is PostgreSQL, for the few statements whose text differs.
    pub const fn is_pg(&self) -> bool {
        matches!(self, Self::Pg(_))
    }

    /// Closes the pool and waits for its connections.
    pub async fn close(&self) {
        match self {
            Self::Lite(pool) => pool.close().await,
            Self::Pg(pool) => pool.close().await,
        }
    }
}

impl ReadConn {
    /// The connection, for one statement.
    pub fn conn(&mut self) -> Conn<'_> {
        match self {
            Self::Lite(c) => Conn::Lite(c),
            Self::Pg(c) => Conn::Pg(c),
        }
    }
}

impl Tx {
    /// The connection, for one statement.
    pub fn conn(&mut self) -> Conn<'_> {
        match &mut self.link {
            TxLink::Lite(c) => Conn::Lite(c),
            TxLink::Pg(c) => Conn::Pg(c),
        }
    }

    /// To be called by an operation that changes a name which conversations carry (the visitor's, an
    /// agent's, a queue's): what the hot lane knows of them is forgotten.
    pub fn names_changed(&mut self) {
        self.known.forget_all();
    }

    /// Runs a statement that has no binds and no result, such as `SAVEPOINT op`.
    pub(crate) async fn control(&mut self, sql: &'static str) -> Result<(), Error> {
        on!(self.conn(), |c| sqlx::raw_sql(sql).execute(c).await.map(drop)).map_err(Error::from)
    }
}

impl Conn<'_> {
    /// The same connection for a shorter time, so that a function can run several statements.
    pub fn again(&mut self) -> Conn<'_> {
        match self {
            Self::Lite(c) => Conn::Lite(c),
            Self::Pg(c) => Conn::Pg(c),
        }
    }

    /// The text of this connection's dialect, where one text cannot serve both.
    pub const fn pick(&self, lite: &'static str, pg: &'static str) -> &'static str {
        match self {
            Self::Lite(_) => lite,
            Self::Pg(_) => pg,
        }
    }
}

#[cfg(test)]
mod upgrade_tests;
