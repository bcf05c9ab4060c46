//! Where what is counted is kept: the process's recorder, and what it shows.

use std::sync::LazyLock;

use metrics::{Counter, Gauge, Histogram, Unit, counter, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use super::{
    ALL, ASSIGNED, BATCH, BUILD, COMMIT, DELIVERY, GAP_READS, MESSAGES_STORED, RECONCILE_HEALS, ROUTING_REPAIRS,
    ROWS_PUSHED, ROWS_RENDERED, SESSIONS, Shape,
};

/// From 50 microseconds to 10 seconds.
const LATENCY_BUCKETS: [f64; 17] = [
    0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];
/// Up to the 256 writes at which a batch ends.
const SIZE_BUCKETS: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// The recorder and the handles of what is counted often, so that the hot path looks nothing up.
pub(super) struct Meters {
    handle: PrometheusHandle,
    /// By kind, then transport.
    pub(super) sessions: [[Gauge; 3]; 2],
    pub(super) messages: Counter,
    pub(super) commit: Histogram,
    pub(super) delivery: Histogram,
    pub(super) batch: Histogram,
    pub(super) gap_reads: Counter,
    pub(super) heals: Counter,
    pub(super) rows: Counter,
    pub(super) rendered: Counter,
    pub(super) assigned: Counter,
    pub(super) routing_repairs: Counter,
}

/// Made at the first use, so that nothing is ever counted into the void.
pub(super) static METERS: LazyLock<Meters> = LazyLock::new(Meters::install);

impl Meters {
    fn install() -> Self {
        let mut builder = PrometheusBuilder::new();
        for (name, shape, _) in ALL {
            let buckets: &[f64] = match shape {
                Shape::Latency => &LATENCY_BUCKETS,
                Shape::Size => &SIZE_BUCKETS,
                Shape::Counter | Shape::Gauge => continue,
            };
            let matcher = Matcher::Full((*name).to_owned());
            builder = builder.set_buckets_for_metric(matcher, buckets).expect("there are buckets");
        }
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder).expect("nobody else records");
        describe();
        gauge!(BUILD, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
        let by_transport = |kind: &'static str| {
            ["websocket", "events", "poll"].map(|transport| gauge!(SESSIONS, "kind" => kind, "transport" => transport))
        };
        Self {
            handle,
            sessions: ["visitor", "agent"].map(by_transport),
            messages: counter!(MESSAGES_STORED),
            commit: histogram!(COMMIT),
            delivery: histogram!(DELIVERY),
            batch: histogram!(BATCH),
            gap_reads: counter!(GAP_READS),
            heals: counter!(RECONCILE_HEALS),
            rows: counter!(ROWS_PUSHED),
            rendered: counter!(ROWS_RENDERED),
            assigned: counter!(ASSIGNED),
            routing_repairs: counter!(ROUTING_REPAIRS),
        }
    }
}

fn describe() {
    for (name, shape, meaning) in ALL.iter().copied() {
        match shape {
            Shape::Counter => metrics::describe_counter!(name, Unit::Count, meaning),
            Shape::Gauge => metrics::describe_gauge!(name, Unit::Count, meaning),
            Shape::Latency => metrics::describe_histogram!(name, Unit::Seconds, meaning),
            Shape::Size => metrics::describe_histogram!(name, Unit::Count, meaning),
        }
    }
}

/// Starts to record. Anything that counts does so too; at start it keeps the first count quick.
pub fn start() {
    LazyLock::force(&METERS);
}

/// Everything so far, in the text format of Prometheus.
pub fn render() -> String {
    METERS.handle.render()
}

/// Folds recorded samples into their buckets. Call it every few seconds, or samples pile up in
/// memory until somebody asks for [`render`].
pub fn upkeep() {
    METERS.handle.run_upkeep();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_rise() {
        assert!(LATENCY_BUCKETS.is_sorted() && SIZE_BUCKETS.is_sorted());
    }
}
