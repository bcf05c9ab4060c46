//! When each message of an open loop was due and when it came.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::sync::Notify;

use super::{Figures, percentile};
use crate::Result;

/// Between making the plan and the first message.
const RUN_UP: Duration = Duration::from_millis(50);
/// A message that has not come.
const MISSING: u32 = u32::MAX;

/// The plan of a loop, and what came of it.
pub struct Arrivals {
    start: Instant,
    per_second: u32,
    /// Microseconds from due to arrived, by number.
    took: Mutex<Vec<u32>>,
    missing: AtomicU32,
    twice: AtomicU32,
    complete: Notify,
}

impl Arrivals {
    /// Starts the clock for this many messages.
    pub fn expect(messages: u32, per_second: u32) -> Self {
        Self {
            start: Instant::now() + RUN_UP,
            per_second,
            took: Mutex::new(vec![MISSING; messages as usize]),
            missing: AtomicU32::new(messages),
            twice: AtomicU32::new(0),
            complete: Notify::new(),
        }
    }

    /// When a message should leave.
    pub fn due(&self, number: u32) -> Instant {
        self.start + Duration::from_secs_f64(f64::from(number) / f64::from(self.per_second))
    }

    /// How many messages there will be.
    pub fn expected(&self) -> u32 {
        self.took.lock().unwrap_or_else(PoisonError::into_inner).len() as u32
    }

    /// Message `number` arrived at `now`.
    pub fn note(&self, number: u32, now: Instant) {
        let microseconds = now.saturating_duration_since(self.due(number)).as_micros() as u32;
        let mut took = self.took.lock().unwrap_or_else(PoisonError::into_inner);
        match took.get_mut(number as usize) {
            Some(slot) if *slot == MISSING => *slot = microseconds,
            _ => {
                self.twice.fetch_add(1, Ordering::Relaxed);
                return;
            }
        }
        if self.missing.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.complete.notify_one();
        }
    }

    /// Waits until none is missing.
    pub async fn all(&self) {
        self.complete.notified().await;
    }

    /// Percentiles in milliseconds without the first `warm_up` messages.
    pub fn figures(&self, warm_up: usize) -> Result<Figures> {
        let (missing, twice) = (self.missing.load(Ordering::Relaxed), self.twice.load(Ordering::Relaxed));
        if missing > 0 || twice > 0 {
            return Err(format!("{missing} messages did not arrive, {twice} arrived twice").into());
        }
        let took = self.took.lock().unwrap_or_else(PoisonError::into_inner);
        let mut sorted = took.get(warm_up..).unwrap_or_default().to_vec();
        sorted.sort_unstable();
        let at = |share| percentile(&sorted, share) / 1e3;
        Ok(Figures::from([
            ("p50_ms", at(0.5)),
            ("p99_ms", at(0.99)),
            ("p999_ms", at(0.999)),
            ("max_ms", at(1.0)),
            ("messages", sorted.len() as f64),
        ]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn time_counts_from_when_a_message_was_due() {
        let arrivals = Arrivals::expect(3, 1000);
        for number in 0..3 {
            arrivals.note(number, arrivals.due(number) + Duration::from_millis(5 * u64::from(number)));
        }
        arrivals.all().await;
        let figures = arrivals.figures(1).unwrap();
        assert_eq!((figures["p50_ms"], figures["max_ms"], figures["messages"]), (5.0, 10.0, 2.0));
    }

    #[test]
    fn what_is_missing_or_came_twice_is_an_error() {
        let arrivals = Arrivals::expect(1, 1000);
        assert!(arrivals.figures(0).is_err());
        arrivals.note(0, Instant::now());
        assert!(arrivals.figures(0).is_ok());
        arrivals.note(0, Instant::now());
        assert!(arrivals.figures(0).is_err());
    }
}
