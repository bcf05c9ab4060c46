//! Keeps a session's sends in order when one of them fails for now.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::ids::MessageId;

/// Sends whose order is remembered: more than a session can have under way.
const REMEMBERED: usize = 128;

/// After a retryable `nack` for a `send`, the session's later sends get the same answer until that
/// one is resent or the session ends: so what arrives later can never stand before it. What arrived
/// earlier and is still under way goes on.
#[derive(Debug, Default)]
pub struct Gate {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    waiting_for: Option<(MessageId, u64)>,
    /// As they arrived, the last last.
    arrived: VecDeque<MessageId>,
}

impl State {
    fn place(&self, id: MessageId) -> usize {
        self.arrived.iter().rposition(|arrived| *arrived == id).unwrap_or(usize::MAX)
    }
}

impl Gate {
    /// A send arrives: whether it may go on; otherwise the seconds after which the first is to be
    /// resent.
    pub fn enter(&self, id: MessageId) -> Result<(), u64> {
        let mut state = self.lock();
        match state.waiting_for {
            Some((first, retry_after_s)) if first != id => Err(retry_after_s),
            _ => {
                state.waiting_for = None;
                state.arrived.retain(|arrived| *arrived != id);
                state.arrived.push_back(id);
                if state.arrived.len() > REMEMBERED {
                    state.arrived.pop_front();
                }
                Ok(())
            }
        }
    }

    /// A send that arrived is about to be stored: whether nothing that arrived before it has failed
    /// meanwhile.
    pub fn admit(&self, id: MessageId) -> Result<(), u64> {
        let state = self.lock();
        match state.waiting_for {
            Some((first, retry_after_s)) if first != id && state.place(id) >= state.place(first) => Err(retry_after_s),
            _ => Ok(()),
        }
    }

    /// Notes that this send has to be resent before any later one. The earliest stays the first.
    pub fn shut(&self, id: MessageId, retry_after: Duration) {
        let mut state = self.lock();
        if state.waiting_for.is_none_or(|(first, _)| state.place(id) < state.place(first)) {
            state.waiting_for = Some((id, retry_after.as_secs().max(1)));
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
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
        assert_eq!((gate.enter(id(1)), gate.enter(id(2))), (Ok(()), Ok(())));
        gate.shut(id(1), Duration::from_secs(3));
        gate.shut(id(2), Duration::from_secs(9));
        assert_eq!(gate.admit(id(2)), Err(3));
        assert_eq!(gate.enter(id(3)), Err(3));
        assert_eq!(gate.enter(id(1)), Ok(()));
        assert_eq!(gate.enter(id(2)), Ok(()));
    }

    #[test]
    fn earlier_sends_go_on_and_the_earliest_failure_counts() {
        let gate = Gate::default();
        for n in 1..=4 {
            assert_eq!(gate.enter(id(n)), Ok(()));
        }
        gate.shut(id(4), Duration::from_secs(1));
        assert_eq!((gate.admit(id(1)), gate.admit(id(2)), gate.enter(id(5))), (Ok(()), Ok(()), Err(1)));
        gate.shut(id(2), Duration::from_secs(2));
        assert_eq!((gate.admit(id(3)), gate.enter(id(4))), (Err(2), Err(2)));
        assert_eq!((gate.enter(id(2)), gate.enter(id(3)), gate.enter(id(4))), (Ok(()), Ok(()), Ok(())));
        assert_eq!((gate.admit(id(2)), gate.admit(id(3)), gate.admit(id(4))), (Ok(()), Ok(()), Ok(())));
    }
}
