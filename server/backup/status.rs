//! Whether the last backup is recent enough: owners and admins see in the console when it is not.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use super::status_store as store;
use crate::clock::Timestamp;
use crate::db::{Db, Error, Tx};

pub use store::last;

/// When the last backup was, as this process knows it; read anew every few seconds.
#[derive(Default)]
pub struct Status {
    /// Milliseconds; 0 for never.
    last: AtomicI64,
}

/// What is wrong with the backups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Late {
    /// There is none.
    Never,
    /// The last one is from then.
    Since(Timestamp),
}

impl Status {
    /// Reads it.
    pub async fn refresh(&self, db: &Db) -> Result<(), Error> {
        let last = store::last(db.read().await?.conn()).await?;
        self.last.store(last.map_or(0, Timestamp::millis), Ordering::Relaxed);
        Ok(())
    }

    /// Whether it is older than it may be; `within` of zero asks for none.
    pub fn late(&self, now: Timestamp, within: Duration) -> Option<Late> {
        if within.is_zero() {
            return None;
        }
        match self.last.load(Ordering::Relaxed) {
            0 => Some(Late::Never),
            last => {
                let last = Timestamp::from_millis(last);
                (now.since(last) > within).then_some(Late::Since(last))
            }
        }
    }
}

/// Notes that a backup was taken as of this time.
pub async fn note(tx: &mut Tx, at: Timestamp) -> Result<(), Error> {
    store::note(tx.conn(), at).await
}
