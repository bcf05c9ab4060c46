//! What is measured, one file each. Every measurement takes a running server and gives named numbers;
//! none of them judges.

mod arrivals;
mod crowd;
mod delivery;
mod inbox;
mod memory;
mod storm;
mod throughput;

pub use delivery::{Delivery, deliver};
pub use inbox::inbox;
pub use memory::resident;
pub use storm::{seed, storm};
pub use throughput::{Throughput, send};

use std::collections::BTreeMap;

/// The numbers of one measurement, by name.
pub type Figures = BTreeMap<&'static str, f64>;

/// The value at a share of sorted values: the smallest that at least that share does not exceed.
pub fn percentile(sorted: &[u32], share: f64) -> f64 {
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().map_or(f64::NAN, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_occurred() {
        let values: Vec<u32> = (1..=1000).collect();
        assert_eq!(percentile(&values, 0.5), 500.0);
        assert_eq!(percentile(&values, 0.99), 990.0);
        assert_eq!(percentile(&values, 0.999), 999.0);
        assert_eq!(percentile(&[7], 0.999), 7.0);
        assert!(percentile(&[], 0.5).is_nan());
    }
}
