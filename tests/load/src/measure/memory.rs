//! What a visitor costs who has the chat open and says nothing: resident memory of the server before
//! and after they all came, once it holds still.

use std::time::Duration;

use tokio::{task::JoinSet, time::sleep};

use super::{Figures, crowd};
use crate::{Result, client::fresh_seed, server::Server};

/// Readings that must agree, how far apart, and how many are taken at most.
const STEADY: usize = 4;
const PAUSE: Duration = Duration::from_millis(500);
const READINGS: usize = 30;

/// Resident memory per idle visitor, in KiB.
pub async fn resident(server: &Server, visitors: usize) -> Result<Figures> {
    // A few come and go first, so that what a server makes once is not charged to the crowd.
    drop(crowd::newcomers(&server.target, fresh_seed(), 20, 20).await?);
    let before = settled(server).await?;
    let mut connections = JoinSet::new();
    for client in crowd::newcomers(&server.target, fresh_seed(), visitors, 50).await? {
        connections.spawn(client.idle());
    }
    let after = settled(server).await?;
    if let Some(ended) = connections.try_join_next() {
        ended??;
    }
    Ok(Figures::from([
        ("kib_per_visitor", (after - before) / visitors as f64),
        ("before_kib", before),
        ("after_kib", after),
    ]))
}

/// Reads until the last few readings are within half a percent, or patience ends.
async fn settled(server: &Server) -> Result<f64> {
    let mut readings = Vec::new();
    while readings.len() < READINGS {
        sleep(PAUSE).await;
        readings.push(server.process.resident_kib()?);
        let last = &readings[readings.len().saturating_sub(STEADY)..];
        let (low, high) = last.iter().fold((f64::MAX, 0.0_f64), |(low, high), kib| (low.min(*kib), high.max(*kib)));
        if last.len() == STEADY && high - low < low * 0.005 {
            break;
        }
    }
    readings.last().copied().ok_or_else(|| "no reading".into())
}
