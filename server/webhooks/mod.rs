//! Webhooks: other servers that are told what happens. Each event of the log goes to every webhook that
//! wants its kind, at least once, the events of one conversation one after another; what fails is tried
//! again for about a day and then kept as dead, for somebody to look at and send again.

pub mod console;
pub mod delivering;
pub mod delivery_store;
pub mod managing;
pub mod pages;
pub mod payload;
pub mod store;

use std::time::Duration;

use crate::clock::Random;

/// How long one attempt may take.
pub const DEADLINE: Duration = Duration::from_secs(10);
/// The largest answer that is read.
pub const MOST_ANSWER_BYTES: usize = 64 * 1_024;
/// What is kept of an answer, in characters.
pub const ANSWER_CHARS: usize = 1_000;
/// Webhooks that a workspace may have.
pub const MOST_WEBHOOKS: usize = 20;
/// The pause after each failed attempt, in seconds; after the last there is none. In all about a day.
const PAUSES_S: [u64; 10] = [5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800, 28_800];
/// The longest pause that an answer may ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(24 * 60 * 60);

/// Until the next attempt after so many, or none where it was the last: up to a quarter longer by chance,
/// so that what failed together does not come back together, and at least what the answer asks for.
fn pause(attempts: i64, asked: Option<Duration>, random: &Random) -> Option<Duration> {
    let index = usize::try_from(attempts.max(1) - 1).unwrap_or(usize::MAX);
    let even = Duration::from_secs(*PAUSES_S.get(index)?);
    let mut byte = [0; 1];
    random.fill(&mut byte);
    let pause = even + even * u32::from(byte[0]) / 1_024;
    Some(pause.max(asked.unwrap_or_default().min(LONGEST_PAUSE)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_is_tried_for_about_a_day_with_growing_pauses() {
        let random = Random::seeded(7);
        let pauses: Vec<Duration> = (1..).map_while(|attempts| pause(attempts, None, &random)).collect();
        assert_eq!(pauses.len(), PAUSES_S.len());
        let whole: Duration = pauses.iter().sum();
        assert!(whole > Duration::from_secs(20 * 3_600) && whole < Duration::from_secs(30 * 3_600), "{whole:?}");
        for (pause, even) in pauses.iter().zip(PAUSES_S) {
            let even = Duration::from_secs(even);
            assert!(*pause >= even && *pause <= even + even / 4, "{pause:?}");
        }
    }

    #[test]
    fn an_answer_may_ask_for_a_longer_pause_but_not_for_ever() {
        let random = Random::seeded(7);
        let asked = |seconds| pause(1, Some(Duration::from_secs(seconds)), &random);
        assert_eq!(asked(3_600), Some(Duration::from_secs(3_600)));
        assert!(asked(0) >= Some(Duration::from_secs(5)));
        assert_eq!(asked(u64::MAX / 1_000), Some(LONGEST_PAUSE));
    }
}
