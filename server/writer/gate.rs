//! Keeps a session's sends in order when one of them fails for now.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::ids::MessageId;

/// After a retryable `nack` for a `send`, the session's later sends get the same answer until that
/// one is resent or the session ends: so what arrives later can never stand before it.
#[derive(Debug, Default)]
pub struct Gate {
    waiting_for: Mutex<Option<(MessageId, u64)>>,
}

impl Gate {
    /// Whether this send may go on; otherwise the seconds after which the first is to be resent.
    pub fn admit(&self, id: MessageId) -> Result<(), u64> {
        let mut waiting = self.lock();
        match *waiting {
            Some((first, retry_after_s)) if first != id => Err(retry_after_s),
            _ => {
                *waiting = None;
                Ok(())
            }
        }
    }

    /// Notes that this send has to be resent before any other. An earlier one stays the first.
    pub fn shut(&self, id: MessageId, retry_after: Duration) {
        self.lock().get_or_insert((id, retry_after.as_secs().max(1)));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<(MessageId, u64)>> {
        self.waiting_for.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u8) -> MessageId {
        MessageId::from_uuid(uuid::Builder::from_unix_timestamp_millis(1, &[n; 10]).into_uuid())
    }

    #[test]
    fn later_sends_wait_for_the_first_that_failed() {
        let gate = Gate::default();
        assert_eq!(gate.admit(id(1)), Ok(()));
        gate.shut(id(1), Duration::from_secs(3));
        gate.shut(id(2), Duration::from_secs(9));
        assert_eq!(gate.admit(id(2)), Err(3));
        assert_eq!(gate.admit(id(3)), Err(3));
        assert_eq!(gate.admit(id(1)), Ok(()));
        assert_eq!(gate.admit(id(2)), Ok(()));
    }
}
