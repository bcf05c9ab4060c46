//! Backups: one file of everything, taken beside a running server, for either database, and restored into
//! either.
//!
//! What belongs to a visitor is sealed, row by row, with that visitor's key. The keys stand in a small
//! file of their own ([`keys`]). Erasing a visitor deletes their rows and their key: from then on the rows
//! in older backups cannot be read by anybody. Left out are what has no place in another time: sessions,
//! open invitations, and the search index, which is made anew.
//!
//! The file is gzip over lines of JSON: a head ([`file::Head`]), a line for each row, and an end that
//! counts them and holds a SHA-256 of all before it. A file without its end is no backup.

pub mod file;
pub mod keys;
pub mod restore;
mod rows_store;
mod seal;
pub mod status;
mod status_store;
pub mod tables;
pub mod take;

use crate::db;

/// Why there is no backup, or none was restored.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file system.
    #[error("{0}: {1}")]
    Io(String, std::io::Error),
    /// The file is there already.
    #[error("{0} is there already, and backups are never written over")]
    Exists(String),
    /// It is no backup, or not a whole one.
    #[error("{0} is not a whole backup: {1}")]
    Damaged(String, String),
    /// The backup was made by a newer version.
    #[error("the backup has schema {found}, and this version knows {known} at most; install the version that made it")]
    TooNew {
        /// In the backup.
        found: i64,
        /// Here.
        known: i64,
    },
    /// The key file is no key file, or another one's.
    #[error("the key file {0} cannot be used: {1}")]
    Keys(String, String),
    /// None of the visitors' keys is there.
    #[error(
        "none of the {0} visitors in this backup has a key in the key file; say --keys FILE, or --without-keys to leave \
         them and their conversations out"
    )]
    NoKeys(usize),
    /// There is a desk.
    #[error("there is a desk in this database already; say --replace to put the backup in its place")]
    NotEmpty,
    /// There is a desk in PostgreSQL.
    #[error("there are tables in this database already; make an empty one and name it with --database")]
    PgNotEmpty,
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
    /// It could not be opened.
    #[error(transparent)]
    Open(#[from] db::OpenError),
    /// Its schema.
    #[error(transparent)]
    Migrate(#[from] db::MigrateError),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::Db(error.into())
    }
}

#[cfg(test)]
mod tests;
