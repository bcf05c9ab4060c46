//! What came out: every single figure as JSON, the medians as one table in Markdown.

mod rows;
mod table;

pub use table::{table, write};

use std::fmt;

use serde_json::{Value, json};

use crate::{Result, measure::Figures, server::Kind};

/// What was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Throughput { window: usize, pinned: bool },
    Delivery { per_second: u32, pinned: bool },
    Memory,
    Storm,
    Inbox,
    Start,
}

/// One measurement of one server.
#[derive(Debug)]
pub struct Sample {
    pub what: What,
    pub kind: Kind,
    pub round: usize,
    pub figures: Figures,
}

/// All of them.
#[derive(Debug, Default)]
pub struct Results {
    pub samples: Vec<Sample>,
    /// Syncs a second, one reading a round.
    pub disk: Vec<f64>,
    /// Turns that brought no figures, and why.
    pub failures: Vec<String>,
}

impl What {
    /// Whether server and client had a core each.
    fn pinned(self) -> bool {
        !matches!(self, Self::Throughput { pinned: false, .. } | Self::Delivery { pinned: false, .. })
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Throughput { window, .. } => write!(f, "throughput, window {window}"),
            Self::Delivery { per_second, .. } => write!(f, "delivery at {per_second}/s"),
            Self::Memory => f.write_str("memory"),
            Self::Storm => f.write_str("storm"),
            Self::Inbox => f.write_str("inbox"),
            Self::Start => f.write_str("start"),
        }?;
        if self.pinned() { Ok(()) } else { f.write_str(", unpinned") }
    }
}

impl Results {
    /// What was measured, in order.
    fn whats(&self) -> Vec<What> {
        let mut whats = Vec::new();
        for sample in &self.samples {
            if !whats.contains(&sample.what) {
                whats.push(sample.what);
            }
        }
        whats
    }

    /// The median of one figure over all rounds.
    fn median(&self, what: What, kind: Kind, figure: &str) -> Option<f64> {
        let of_kind = self.samples.iter().filter(|sample| sample.what == what && sample.kind == kind);
        median(of_kind.filter_map(|sample| sample.figures.get(figure).copied()).collect())
    }
}

/// The middle value, or the mean of the two in the middle.
fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    let lower = values[(values.len() - 1) / 2];
    Some((lower + upper) / 2.0)
}

/// Every single figure.
pub fn json(results: &Results) -> Result<String> {
    let samples: Vec<Value> = results
        .samples
        .iter()
        .map(|sample| {
            json!({
                "what": sample.what.to_string(),
                "server": sample.kind.name(),
                "round": sample.round + 1,
                "figures": sample.figures,
            })
        })
        .collect();
    Ok(serde_json::to_string_pretty(&json!({
        "fdatasync_per_second": results.disk,
        "samples": samples,
        "failures": results.failures,
    }))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(median(vec![]), None);
    }
}
