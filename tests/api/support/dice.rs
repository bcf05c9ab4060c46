//! Chance that can be repeated: every throw follows from the seed, which a failing test prints.

use std::fmt;

use deskbell::clock::Random;

/// See the module.
#[derive(Debug, Clone)]
pub struct Dice {
    seed: u64,
    random: Random,
}

impl Dice {
    /// From `DESKBELL_TEST_SEED`, or new.
    #[expect(clippy::disallowed_methods, reason = "the tests' own environment")]
    pub fn thrown() -> Self {
        let given = std::env::var("DESKBELL_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
        Self::seeded(given.unwrap_or_else(|| {
            let mut bytes = [0; 4];
            Random::System.fill(&mut bytes);
            u32::from_le_bytes(bytes).into()
        }))
    }

    pub fn seeded(seed: u64) -> Self {
        Self { seed, random: Random::seeded(seed) }
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.below_u64(end as u64)).expect("it fits")
    }

    pub fn below_u64(&mut self, end: u64) -> u64 {
        let mut bytes = [0; 8];
        self.random.fill(&mut bytes);
        u64::from_le_bytes(bytes) % end.max(1)
    }
}

/// Chance decides who is first: lets so much time pass at most.
pub async fn let_pass(most_ms: u64) {
    let pause = std::time::Duration::from_millis(Dice::thrown().below_u64(most_ms));
    tokio::time::sleep_until(tokio::time::Instant::now() + pause).await;
}

impl fmt::Display for Dice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DESKBELL_TEST_SEED={}", self.seed)
    }
}
