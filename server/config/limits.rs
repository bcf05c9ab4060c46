//! The numbers of `deskbell.toml`: `[limits]` (every rate and connection limit) and `[password]`
//! (what a hash costs). Tests and benchmarks raise them in a file; no switch turns a check off.

/// One number of a table of the file.
#[derive(Debug)]
pub struct Number {
    /// Its key within the table.
    pub key: &'static str,
    /// What holds if the file says nothing.
    pub default: u64,
    /// The least that makes sense.
    pub least: u64,
    /// The most that makes sense.
    pub most: u64,
    /// What it bounds, and what happens beyond.
    pub meaning: &'static str,
}

/// A table of the file that holds numbers only.
pub trait Numbers: Default {
    /// The table's name.
    const TABLE: &'static str;
    /// Its keys.
    const NUMBERS: &'static [Number];
    /// Sets the number `key`, which exists and is within its bounds.
    fn set(&mut self, key: &str, value: u64);
    /// The values, in the order of [`Numbers::NUMBERS`].
    fn values(&self) -> Vec<u64>;
}

macro_rules! numbers {
    ($(#[$outer:meta])* $name:ident in $table:literal {
        $($(#[doc = $doc:literal])+ $key:ident: $type:ty = $default:literal within $least:literal..=$most:literal,)+
    }) => {
        $(#[$outer])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name { $($(#[doc = $doc])+ pub $key: $type,)+ }

        impl Default for $name {
            fn default() -> Self { Self { $($key: $default,)+ } }
        }

        impl Numbers for $name {
            const TABLE: &'static str = $table;
            const NUMBERS: &'static [Number] = &[$(Number {
                key: stringify!($key),
                default: $default,
                least: $least,
                most: $most,
                meaning: concat!($($doc),+),
            },)+];
            fn set(&mut self, key: &str, value: u64) {
                match key {
                    $(stringify!($key) => self.$key = <$type>::try_from(value).unwrap_or(<$type>::MAX),)+
                    _ => {}
                }
            }
            fn values(&self) -> Vec<u64> { vec![$(self.$key as u64,)+] }
        }
    };
}

numbers! {
    /// Rate and connection limits. A rate lets `burst` through at once and then one at a time,
    /// evenly over the period; where no burst is named, the whole period's worth may come at once.
    Limits in "limits" {
        /// Frames a second that a session may send; beyond, it is closed with 4102.
        frames_per_second: u32 = 30 within 1..=1_000_000,
        /// Frames that a session may send at once.
        frames_burst: u32 = 120 within 1..=100_000_000,
        /// Messages a minute that a visitor may send; beyond, a nack 429 with `retry_after_s`.
        sends_per_minute: u32 = 60 within 1..=100_000_000,
        /// Messages that a visitor may send at once.
        sends_burst: u32 = 20 within 1..=100_000_000,
        /// Messages a minute from all visitors behind one address; beyond, a nack 429.
        sends_per_minute_per_address: u32 = 300 within 1..=100_000_000,
        /// First frames a minute from one address; beyond, 429 or close 4102.
        hellos_per_minute_per_address: u32 = 240 within 1..=100_000_000,
        /// Live sessions from one address; beyond, 429 before the upgrade.
        connections_per_address: u32 = 200 within 1..=10_000_000,
        /// Live sessions of this process; beyond, 503 before the upgrade.
        connections_total: u32 = 50_000 within 1..=10_000_000,
        /// Attempts to log in a minute from one address; beyond, 429.
        logins_per_minute_per_address: u32 = 10 within 1..=1_000_000,
        /// Attempts to log in an hour to one account, wherever they come from; beyond, 429.
        logins_per_hour_per_account: u32 = 20 within 1..=1_000_000,
        /// Links for another password that are asked for in an hour for one account; beyond, none is mailed.
        resets_per_hour_per_account: u32 = 5 within 1..=1_000_000,
        /// Links for another password that are asked for in an hour from one address; beyond, none is mailed.
        resets_per_hour_per_address: u32 = 20 within 1..=1_000_000,
        /// Requests a minute that an API key may make; beyond, 429 with `Retry-After`.
        api_per_minute_per_key: u32 = 600 within 1..=100_000_000,
        /// Requests that an API key may make at once.
        api_burst_per_key: u32 = 120 within 1..=100_000_000,
        /// REST requests a minute from one address that have no good key; beyond, 429 in the place of 401.
        api_refused_per_minute_per_address: u32 = 60 within 1..=1_000_000,
        /// Mails a minute that go out; beyond, they wait.
        mails_per_minute: u32 = 300 within 1..=10_000_000,
        /// Mails an hour that go to one address; beyond, they wait.
        mails_per_hour_per_recipient: u32 = 30 within 1..=10_000_000,
        /// Mails an hour of a workspace that ask whether an address is a visitor's; beyond, none is sent.
        proofs_per_hour: u32 = 60 within 1..=10_000_000,
        /// Mail addresses an hour that visitors behind one address may leave; beyond, a nack 429.
        emails_per_hour_per_address: u32 = 30 within 1..=1_000_000,
        /// Mails an hour to reply addresses that nobody has; beyond, the sender is told to come back, or nothing is kept.
        mail_guesses_per_hour: u32 = 600 within 1..=10_000_000,
        /// Those of one sender.
        mail_guesses_per_hour_per_sender: u32 = 20 within 1..=1_000_000,
        /// Frames that wait for a slow session; beyond, it is closed with 4101 and catches up later.
        outbox_frames: usize = 512 within 16..=1_000_000,
        /// Bytes that wait for a slow session; beyond, close 4101. At least two of the largest frames.
        outbox_bytes: usize = 262_144 within 131_072..=1_073_741_824,
        /// Durable frames of one session that wait for their commit; beyond, it is not read from.
        durable_in_flight: usize = 64 within 1..=100_000,
        /// Writes that wait for the database; beyond, a nack 503 with `retry_after_s`.
        writer_queue: usize = 4_096 within 16..=1_000_000,
    }
}

numbers! {
    /// What hashing a password costs (argon2id). The defaults are OWASP's; less is for tests.
    PasswordCost in "password" {
        /// Memory of one hash, in KiB.
        memory_kib: u32 = 19_456 within 8..=4_194_304,
        /// Passes over the memory.
        iterations: u32 = 2 within 1..=1_000,
        /// Lanes; each needs 8 KiB of the memory.
        parallelism: u32 = 1 within 1..=64,
    }
}

impl PasswordCost {
    /// The least that argon2id accepts, so that tests are quick.
    pub const fn least() -> Self {
        Self { memory_kib: 8, iterations: 1, parallelism: 1 }
    }

    /// Whether a thief of the database is slowed down less than by the cheapest cost that OWASP
    /// advises (7 MiB, 5 iterations).
    pub fn is_weak(&self) -> bool {
        u64::from(self.memory_kib) * u64::from(self.iterations) < 7_168 * 5
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn defaults_are_within_bounds<T: Numbers>() {
        let mut table = T::default();
        let values = table.values();
        assert_eq!(values.len(), T::NUMBERS.len());
        for (number, value) in T::NUMBERS.iter().zip(values) {
            assert_eq!(number.default, value, "{}", number.key);
            assert!(number.least >= 1 && (number.least..=number.most).contains(&value), "{}", number.key);
            assert!(!number.meaning.is_empty());
            table.set(number.key, number.most);
        }
        assert_eq!(table.values(), T::NUMBERS.iter().map(|number| number.most).collect::<Vec<_>>());
    }

    #[test]
    fn every_number_can_be_set_and_has_a_sensible_default() {
        defaults_are_within_bounds::<Limits>();
        defaults_are_within_bounds::<PasswordCost>();
    }

    fn documents_list<T: Numbers>() {
        let documents = include_str!("../../docs/operating.md");
        assert!(documents.contains(&format!("`[{}]`", T::TABLE)));
        for number in T::NUMBERS {
            let row = format!("| `{}` | {} | {} |\n", number.key, number.default, number.meaning.trim());
            assert!(documents.contains(&row), "{row}");
        }
    }

    #[test]
    fn the_documents_list_every_number_with_its_default_and_meaning() {
        documents_list::<Limits>();
        documents_list::<PasswordCost>();
    }

    #[test]
    fn only_the_usual_cost_and_more_is_strong() {
        assert!(!PasswordCost::default().is_weak());
        assert!(PasswordCost::least().is_weak());
        assert!(!PasswordCost { memory_kib: 47_104, iterations: 1, parallelism: 1 }.is_weak());
    }
}
