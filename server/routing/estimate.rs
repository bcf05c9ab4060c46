//! How long somebody will wait, from what the queue has just done. A range, since nobody knows: it
//! holds most of the time, and is left out where there is nothing to go by.

use super::Policy;
use super::decision_store::{self, Served};
use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{QueueId, WorkspaceId};
use crate::live::protocol::WaitRange;

/// Chats that the estimate looks back on.
pub const LOOKS_BACK: i64 = 50;
/// Intervals without which nothing is said.
const FEWEST: usize = 5;
/// What nobody foresees (breaks, shifts, who does not answer) adds to the relative variance.
const UNFORESEEN: f64 = 0.06;
/// How many standard deviations the ends are away: nine waits of ten fall between.
const SPREAD: f64 = 1.645;

/// What is foretold of one queue's line at one moment.
#[derive(Debug, Clone, Copy, Default)]
pub struct Forecast {
    pace: Option<Pace>,
    slots: i64,
}

impl Forecast {
    /// Reads what the queue has just done, and who is there.
    /// Where the queue has hours, what was done before it opened (`since`) says nothing about now.
    pub async fn read(
        mut conn: Conn<'_>,
        ws: WorkspaceId,
        queue: QueueId,
        now: Timestamp,
        since: Option<Timestamp>,
    ) -> Result<Self, Error> {
        let mut served = decision_store::recently_served(conn.again(), ws, queue, LOOKS_BACK).await?;
        served.retain(|served| since.is_none_or(|since| served.at >= since));
        let capacity = decision_store::capacity_now(conn, ws, queue, now).await?;
        let slots = match capacity {
            // Who takes by hand is not counted by places.
            Some((Policy::Manual, on_duty)) => on_duty.min(1),
            Some((_, on_duty)) => on_duty,
            None => 0,
        };
        Ok(Self { pace: Pace::of(&served), slots })
    }

    /// The wait of somebody at this place, from 1.
    pub fn wait(&self, place: usize) -> Option<WaitRange> {
        self.pace?.range(i64::try_from(place).ok()?, self.slots)
    }
}

/// How fast a line moves: milliseconds between two chats, for one place among those on duty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    per_slot_ms: f64,
    samples: f64,
}

impl Pace {
    /// From the chats that were served last, the latest first. Only intervals count in which somebody
    /// waited all the time: what passes while nobody waits says nothing about the speed.
    pub fn of(served: &[Served]) -> Option<Self> {
        let intervals: Vec<f64> = served
            .windows(2)
            .filter_map(|pair| {
                let (later, earlier) = (pair.first()?, pair.get(1)?);
                let between = later.at.millis() - earlier.at.millis();
                // Chats taken by hand are not counted by places.
                (later.wait_ms >= between).then(|| float(between) * float(later.slots.max(1)))
            })
            .collect();
        if intervals.len() < FEWEST {
            return None;
        }
        let samples = float(i64::try_from(intervals.len()).unwrap_or(i64::MAX));
        Some(Self { per_slot_ms: intervals.iter().sum::<f64>() / samples, samples })
    }

    /// The wait of somebody at this place (from 1) with so many places on duty; none where nobody is.
    ///
    /// The time until the nth chat is free is about gamma distributed with the shape n; the pace itself
    /// is known as well as there were samples, and people come and go, which adds to the variance. Wilson and Hilferty's cube
    /// gives the ends.
    pub fn range(self, place: i64, slots: i64) -> Option<WaitRange> {
        if slots < 1 || place < 1 {
            return None;
        }
        let place = float(place);
        let mean_s = place * self.per_slot_ms / float(slots) / 1_000.0;
        let shape = 1.0 / (1.0 / place + 1.0 / self.samples + UNFORESEEN);
        let end = |z: f64| {
            let part = 1.0 / (9.0 * shape);
            mean_s * (1.0 - part + z * part.sqrt()).max(0.0).powi(3)
        };
        Some(WaitRange { low: seconds(end(-SPREAD).floor()), high: seconds(end(SPREAD).ceil()).max(1) })
    }
}

#[expect(clippy::cast_precision_loss, reason = "an estimate")]
fn float(number: i64) -> f64 {
    number as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and a year")]
fn seconds(number: f64) -> u64 {
    number.clamp(0.0, 31_536_000.0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn served(every_ms: i64, waited_ms: i64, count: i64) -> Vec<Served> {
        let one =
            |n: i64| Served { at: Timestamp::from_millis(1_000_000 - n * every_ms), wait_ms: waited_ms, slots: 4 };
        (0..count).map(one).collect()
    }

    #[test]
    fn a_steady_line_is_foretold_by_place_and_by_who_is_there() {
        let pace = Pace::of(&served(30_000, 90_000, 40)).expect("enough to go by");
        let third = pace.range(3, 4).expect("somebody is there");
        assert!(third.low < 90 && 90 < third.high, "{third:?}");
        let fewer = pace.range(3, 2).expect("somebody is there");
        assert!(fewer.high > third.high && fewer.low >= third.low, "half of them take twice as long: {fewer:?}");
        let first = pace.range(1, 4).expect("somebody is there");
        assert!(first.high < third.high, "{first:?}");
        assert_eq!(pace.range(1, 0), None, "nobody is there");
    }

    #[test]
    fn little_to_go_by_is_nothing_to_say() {
        assert_eq!(Pace::of(&served(30_000, 90_000, 5)), None);
        assert_eq!(Pace::of(&served(30_000, 0, 40)), None, "nobody waited");
        assert_eq!(Pace::of(&[]), None);
    }
}
