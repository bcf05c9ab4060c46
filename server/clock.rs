//! Time, ids and randomness as things that are handed in, so that tests hold all three in hand.
//! The only home of the system's clock and random source; `clippy.toml` forbids them elsewhere.
//! Durations are measured with [`std::time::Instant`], never with this clock: it may step back.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Serialize, Serializer};
use uuid::Uuid;

/// A moment, in whole milliseconds since 1970-01-01T00:00:00Z. The database holds the number,
/// the wire [`Timestamp::rfc3339`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, sqlx::Type)]
#[sqlx(transparent)]
pub struct Timestamp(i64);

const DAY_MS: i64 = 86_400_000;
/// 0000-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z: what RFC 3339 can write.
const FIRST_MS: i64 = -62_167_219_200_000;
const LAST_MS: i64 = 253_402_300_799_999;

impl Timestamp {
    /// The moment so many milliseconds after the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// This moment moved on, in whole milliseconds; stays at the ends of the range.
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// This moment moved on by so many seconds; none moves it back.
    pub fn plus_seconds(self, seconds: i64) -> Self {
        self.plus(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
    }

    /// This moment moved back, in whole milliseconds; stays at the ends of the range.
    pub fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// How long after `earlier` this is; zero if it is not.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// From RFC 3339 text, in any time zone; what is finer than a millisecond is cut.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        chrono::DateTime::parse_from_rfc3339(text).ok().map(|at| Self(at.timestamp_millis()))
    }

    /// `2026-11-24T10:00:00.123Z`: always UTC, always 24 characters, so text order is time order.
    /// A moment outside the years 0 to 9999 is written as the nearest one inside.
    pub fn rfc3339(self) -> String {
        let ms = self.0.clamp(FIRST_MS, LAST_MS);
        let (year, month, day) = civil_date(ms.div_euclid(DAY_MS));
        let mut text = *b"0000-00-00T00:00:00.000Z";
        let in_day = ms.rem_euclid(DAY_MS);
        digits(&mut text[0..4], year);
        digits(&mut text[5..7], month);
        digits(&mut text[8..10], day);
        digits(&mut text[11..13], in_day / 3_600_000);
        digits(&mut text[14..16], in_day / 60_000 % 60);
        digits(&mut text[17..19], in_day / 1_000 % 60);
        digits(&mut text[20..23], in_day % 1_000);
        text.iter().map(|&byte| char::from(byte)).collect()
    }
}

/// Writes a number that is not negative, with leading zeros, over the whole of `into`.
fn digits(into: &mut [u8], mut number: i64) {
    for place in into.iter_mut().rev() {
        *place = b'0' + u8::try_from(number % 10).unwrap_or(0);
        number /= 10;
    }
}

/// Year, month and day of the Gregorian calendar from days since 1970-01-01. Counts in eras of
/// 400 years that begin on a 1st of March, so that the leap day is the last day of a year.
fn civil_date(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339())
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.rfc3339())
    }
}

/// Tells the time. Clones of a fixed clock move together.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// Stands still until it is moved; milliseconds since the epoch. For tests only.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `at` until [`Clock::advance`] moves it.
    pub fn fixed(at: Timestamp) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(at.0)))
    }

    /// The moment it is. A machine clock before 1970 or beyond the range reads as its end.
    #[expect(clippy::disallowed_methods, reason = "the one home of the system clock")]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => {
                let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
                Timestamp(since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX)))
            }
            Self::Fixed(millis) => Timestamp(millis.load(Ordering::SeqCst)),
        }
    }

    /// Moves a fixed clock, and all its clones, by whole milliseconds.
    ///
    /// # Panics
    /// On the system clock, which nobody moves: that is a mistake in a test.
    pub fn advance(&self, by: Duration) {
        match self {
            Self::System => panic!("only a fixed clock can be advanced"),
            Self::Fixed(millis) => {
                millis.fetch_add(i64::try_from(by.as_millis()).unwrap_or(0), Ordering::SeqCst);
            }
        }
    }
}

/// Draws random bytes. Clones of a seeded source share one sequence.
#[derive(Clone, Debug)]
pub enum Random {
    /// The operating system's source: for secrets.
    System,
    /// The same bytes at every run (SplitMix64): for tests only, anybody can foretell it.
    Seeded(Arc<AtomicU64>),
}

impl Random {
    /// A source that repeats itself from the same seed.
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Arc::new(AtomicU64::new(seed)))
    }

    /// Fills the whole of `into`.
    ///
    /// # Panics
    /// If the operating system has no randomness: nothing safe can be done then.
    #[expect(clippy::disallowed_methods, reason = "the one home of the random source")]
    pub fn fill(&self, into: &mut [u8]) {
        match self {
            Self::System => getrandom::fill(into).expect("the operating system's random source works"),
            Self::Seeded(state) => {
                for chunk in into.chunks_mut(8) {
                    let bytes = split_mix(state.fetch_add(SPLIT_MIX_STEP, Ordering::Relaxed)).to_le_bytes();
                    chunk.copy_from_slice(&bytes[..chunk.len()]);
                }
            }
        }
    }

    /// 256 random bits: a secret that nobody guesses.
    pub fn token(&self) -> [u8; 32] {
        let mut token = [0; 32];
        self.fill(&mut token);
        token
    }

    /// [`Random::token`] as 43 characters of base64url without padding.
    pub fn token_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.token())
    }
}

const SPLIT_MIX_STEP: u64 = 0x9e37_79b9_7f4a_7c15;

fn split_mix(state: u64) -> u64 {
    let mut mixed = state.wrapping_add(SPLIT_MIX_STEP);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Draws UUIDv7 ids (RFC 9562 section 5.7) that rise strictly within the process, also within a
/// millisecond and when the clock steps back: the 12 bits after the time are a counter (RFC 9562
/// section 6.2, method 1), and a full counter borrows from the next millisecond.
#[derive(Debug)]
pub struct Ids {
    clock: Clock,
    random: Random,
    /// Milliseconds and counter of the id last drawn: 48 bits and 12.
    last: AtomicU64,
}

const COUNTER_BITS: u32 = 12;

impl Ids {
    /// Ids by this clock and this source. Share one per process.
    pub fn new(clock: Clock, random: Random) -> Self {
        Self { clock, random, last: AtomicU64::new(0) }
    }

    /// The next id.
    pub fn draw(&self) -> Uuid {
        let mut bytes = [0; 10];
        self.random.fill(&mut bytes);
        // A new millisecond starts low in the counter, at a random place, to leave room above.
        let start = u64::from(u16::from_be_bytes([bytes[0], bytes[1]]) & 0x03ff);
        let fresh = (u64::try_from(self.clock.now().millis()).unwrap_or(0) << COUNTER_BITS) | start;
        let next = |last: u64| fresh.max(last + 1);
        let last = self.last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(next(last)));
        let drawn = next(last.unwrap_or_else(|last| last));
        let counter = u16::try_from(drawn & 0x0fff).unwrap_or(0);
        bytes[..2].copy_from_slice(&counter.to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(drawn >> COUNTER_BITS, &bytes).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn times_read_as_chrono_writes_them(ms in FIRST_MS..=LAST_MS) {
            let chrono = chrono::DateTime::from_timestamp_millis(ms).expect("in range");
            let expected = chrono.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
            prop_assert_eq!(Timestamp::from_millis(ms).rfc3339(), expected);
        }
    }

    #[test]
    fn times_at_the_edges() {
        for (ms, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (1_795_514_400_123, "2026-11-24T10:00:00.123Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (i64::MIN, "0000-01-01T00:00:00.000Z"),
            (i64::MAX, "9999-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(Timestamp::from_millis(ms).rfc3339(), text);
        }
    }

    #[test]
    fn a_fixed_clock_moves_with_its_clones_only_when_told() {
        let clock = Clock::fixed(Timestamp::from_millis(1_000));
        let clone = clock.clone();
        clock.advance(Duration::from_secs(2));
        assert_eq!(clone.now().millis(), 3_000);
        assert_eq!(clone.now().since(Timestamp::from_millis(1_000)), Duration::from_secs(2));
        assert_eq!(clone.now().minus(Duration::from_secs(3)).plus(Duration::from_secs(1)).millis(), 1_000);
    }

    #[test]
    fn ids_rise_within_a_millisecond_and_when_the_clock_steps_back() {
        let clock = Clock::fixed(Timestamp::from_millis(1_795_514_400_123));
        let ids = Ids::new(clock.clone(), Random::seeded(7));
        let mut drawn: Vec<Uuid> = (0..10_000).map(|_| ids.draw()).collect();
        if let Clock::Fixed(millis) = &clock {
            millis.fetch_sub(60_000, Ordering::SeqCst);
        }
        drawn.extend((0..10).map(|_| ids.draw()));
        assert!(drawn.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(drawn.iter().all(|id| id.get_version_num() == 7 && id.get_variant() == uuid::Variant::RFC4122));
        assert_eq!(drawn[0].as_u128() >> 80, 1_795_514_400_123);
    }

    #[test]
    fn ids_drawn_by_several_threads_are_all_different() {
        let ids = Ids::new(Clock::System, Random::System);
        let mut all: Vec<Uuid> = std::thread::scope(|scope| {
            let threads: Vec<_> =
                (0..4).map(|_| scope.spawn(|| (0..2_000).map(|_| ids.draw()).collect::<Vec<_>>())).collect();
            threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
        });
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 8_000);
    }

    #[test]
    fn seeded_sources_repeat_and_system_ones_do_not() {
        assert_eq!(Random::seeded(1).token(), Random::seeded(1).token());
        assert_ne!(Random::seeded(1).token(), Random::seeded(2).token());
        assert_ne!(Random::System.token(), Random::System.token());
        let source = Random::seeded(1);
        assert_ne!(source.token_text(), source.clone().token_text());
        assert_eq!(source.token_text().len(), 43);
    }
}
