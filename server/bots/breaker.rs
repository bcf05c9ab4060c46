//! A bot that fails again and again is left alone for a while: its visitors go to people at once, instead
//! of waiting for a deadline each. After the rest one of them tries it; that decides.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Timestamp;
use crate::ids::BotId;

/// Failures in a row after which a bot is left alone.
pub const FAILURES: u32 = 5;
/// For how long.
pub const REST: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, Copy, Default)]
struct State {
    failures: u32,
    /// Until when it rests; a probe moves this, so that there is one at a time.
    rests_until: Option<Timestamp>,
}

/// How a bot stands, for its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// It is asked.
    Well,
    /// It failed so often in a row, and is asked all the same.
    Failing(u32),
    /// It is left alone until then.
    Resting(Timestamp),
}

/// The breakers of this process.
#[derive(Debug, Default)]
pub struct Breakers(Mutex<HashMap<BotId, State>>);

impl Breakers {
    fn with<T>(&self, f: impl FnOnce(&mut HashMap<BotId, State>) -> T) -> T {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether the bot may be asked now. After its rest the first who asks tries it, and the others wait
    /// for what comes of that.
    pub fn admits(&self, bot: BotId, now: Timestamp) -> bool {
        self.with(|all| {
            let Some(state) = all.get_mut(&bot) else { return true };
            match state.rests_until {
                None => true,
                Some(until) if until > now => false,
                Some(_) => {
                    state.rests_until = Some(now.plus(REST));
                    true
                }
            }
        })
    }

    /// The bot answered.
    pub fn well(&self, bot: BotId) {
        self.with(|all| all.remove(&bot));
    }

    /// The bot failed. True if it is left alone from now on.
    pub fn failed(&self, bot: BotId, now: Timestamp) -> bool {
        self.with(|all| {
            let state = all.entry(bot).or_default();
            state.failures = state.failures.saturating_add(1);
            if state.failures < FAILURES {
                return false;
            }
            state.rests_until = Some(now.plus(REST));
            true
        })
    }

    /// How it stands.
    pub fn health(&self, bot: BotId, now: Timestamp) -> Health {
        self.with(|all| match all.get(&bot) {
            None => Health::Well,
            Some(State { rests_until: Some(until), .. }) if *until > now => Health::Resting(*until),
            Some(state) => Health::Failing(state.failures),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn after_five_failures_it_rests_and_then_one_tries() {
        let (breakers, bot) = (Breakers::default(), BotId::from_uuid(Uuid::from_u128(1)));
        let now = Timestamp::from_millis(1_000_000);
        for _ in 1..FAILURES {
            assert!(!breakers.failed(bot, now));
            assert!(breakers.admits(bot, now));
        }
        assert!(breakers.failed(bot, now));
        assert!(!breakers.admits(bot, now));
        assert_eq!(breakers.health(bot, now), Health::Resting(now.plus(REST)));
        let later = now.plus(REST);
        assert!(breakers.admits(bot, later), "the probe");
        assert!(!breakers.admits(bot, later), "one at a time");
        assert!(breakers.failed(bot, later));
        assert!(!breakers.admits(bot, later));
        let again = later.plus(REST);
        assert!(breakers.admits(bot, again));
        breakers.well(bot);
        assert!(breakers.admits(bot, again) && breakers.admits(bot, again));
        assert_eq!(breakers.health(bot, again), Health::Well);
    }
}
