//! The lock on the data folder: one process at a time may own the embedded database.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

/// Held while this process owns the data folder; released when dropped, also by `kill -9`.
#[derive(Debug)]
pub struct DataLock {
    _file: File,
}

/// Why the folder could not be locked.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process has it.
    #[error("another deskbell process is using the data folder {0}; stop it first")]
    Held(String),
    /// The file system said no.
    #[error("the data folder {0} cannot be used: {1}")]
    Io(String, std::io::Error),
}

/// Chats and password hashes are nobody else's business: a folder that is made here is its owner's.
/// One that exists keeps the permissions that somebody gave it.
fn make_private(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

impl DataLock {
    /// Makes the folder if it is missing and locks it. `serve`, `migrate` and `bootstrap` hold this;
    /// other commands work beside a running server.
    pub fn acquire(folder: &Path) -> Result<Self, LockError> {
        let name = folder.display().to_string();
        let io = |error| LockError::Io(name.clone(), error);
        make_private(folder).map_err(io)?;
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(folder.join("lock")).map_err(io)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(LockError::Held(name)),
            Err(TryLockError::Error(error)) => Err(io(error)),
        }
    }
}
