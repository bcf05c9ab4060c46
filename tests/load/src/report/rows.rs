//! Which figures make a row, what Deskbell should reach there, and whether it does.

use super::{Results, What};
use crate::{args::Args, server::Kind};

/// A row: one figure for all servers.
pub struct Row {
    pub what: What,
    pub label: String,
    pub figure: &'static str,
    pub goal: Goal,
}

/// What Deskbell should reach.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Goal {
    None,
    /// Half of the bare relay's, and all of Node's `ws`.
    HalfOfBareAndAllOfWs,
    /// So many times the bare relay's at most.
    TimesBare(f64),
    AtMost(f64),
}

/// All rows of the main table.
pub fn rows(args: &Args, results: &Results) -> Vec<Row> {
    results.whats().into_iter().flat_map(|what| rows_of(args, what)).collect()
}

/// What the loads cost: rows of the second table.
pub fn cost_rows(results: &Results) -> Vec<Row> {
    let row =
        |what: What, label: &str, figure| Row { what, label: format!("{what}: {label}"), figure, goal: Goal::None };
    let of = |what: What| match what {
        What::Throughput { .. } => vec![
            row(what, "server time a message, µs", "server_us_per_message"),
            row(what, "server's share of a core", "server_busy"),
            row(what, "load generator's share of a core", "client_busy"),
        ],
        What::Delivery { .. } => vec![
            row(what, "server's share of a core", "server_busy"),
            row(what, "load generator's share of a core", "client_busy"),
            row(what, "sent late, p99, ms", "sent_late_p99_ms"),
        ],
        What::Memory => vec![row(what, "before, KiB", "before_kib")],
        What::Storm => {
            vec![row(what, "load generator's time, s", "client_cpu_s"), row(what, "connections tried again", "retries")]
        }
        What::Inbox => vec![row(what, "page, KiB", "page_kib"), row(what, "rows pushed for a change", "pushed")],
        What::Start => Vec::new(),
    };
    results.whats().into_iter().flat_map(of).collect()
}

fn rows_of(args: &Args, what: What) -> Vec<Row> {
    let row = |label: String, figure, goal| Row { what, label, figure, goal };
    match what {
        What::Throughput { window, .. } => vec![row(
            format!("durable messages/s, {} conversations, window {window}", args.conversations),
            "per_second",
            Goal::HalfOfBareAndAllOfWs,
        )],
        What::Delivery { per_second, .. } => vec![
            row(format!("delivery at {per_second}/s, p50, ms"), "p50_ms", Goal::None),
            row(format!("delivery at {per_second}/s, p99, ms"), "p99_ms", Goal::TimesBare(1.5)),
            row(format!("delivery at {per_second}/s, p99.9, ms"), "p999_ms", Goal::None),
        ],
        What::Memory => vec![row(
            format!("memory per idle visitor at {}, KiB", args.visitors),
            "kib_per_visitor",
            Goal::AtMost(16.0),
        )],
        What::Storm => vec![
            row(format!("storm of {}: until all resumed, s", args.visitors), "wall_s", Goal::None),
            row(format!("storm of {}: server's processor time, s", args.visitors), "server_cpu_s", Goal::AtMost(2.0)),
        ],
        What::Inbox => vec![
            row(format!("inbox with {} open chats: page, p50, ms", args.visitors), "page_p50_ms", Goal::AtMost(50.0)),
            row("inbox: page, p99, ms".to_owned(), "page_p99_ms", Goal::None),
            row(
                format!("a change seen in the lists of {} consoles: server's time, ms", args.consoles),
                "push_ms",
                Goal::None,
            ),
            row("the same, a pushed row, ms".to_owned(), "row_ms", Goal::AtMost(1.0)),
            row("rows rendered for that change".to_owned(), "rendered", Goal::AtMost(1.0)),
        ],
        What::Start => {
            vec![row("start until `listening` (on all cores), ms".to_owned(), "start_ms", Goal::AtMost(40.0))]
        }
    }
}

impl Goal {
    /// In words.
    pub fn text(self) -> String {
        match self {
            Self::None => String::new(),
            Self::HalfOfBareAndAllOfWs => "≥ 0.5 × bare, ≥ 1 × ws".to_owned(),
            Self::TimesBare(times) => format!("≤ {times} × bare"),
            Self::AtMost(most) => format!("≤ {most}"),
        }
    }

    /// Whether it is reached; nothing where it can not be said.
    pub fn is_met(self, value: impl Fn(Kind) -> Option<f64>) -> Option<bool> {
        let deskbell = value(Kind::Deskbell)?;
        match self {
            Self::None => None,
            Self::HalfOfBareAndAllOfWs => Some(deskbell >= 0.5 * value(Kind::Bare)? && deskbell >= value(Kind::Ws)?),
            Self::TimesBare(times) => Some(deskbell <= times * value(Kind::Bare)?),
            Self::AtMost(most) => Some(deskbell <= most),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goals_are_judged_only_where_all_that_they_need_was_measured() {
        let both = |kind| match kind {
            Kind::Deskbell => Some(60.0),
            Kind::Bare => Some(100.0),
            Kind::Ws => Some(50.0),
            Kind::SocketIo => None,
        };
        assert_eq!(Goal::HalfOfBareAndAllOfWs.is_met(both), Some(true));
        assert_eq!(Goal::TimesBare(0.5).is_met(both), Some(false));
        assert_eq!(Goal::AtMost(60.0).is_met(both), Some(true));
        assert_eq!(Goal::TimesBare(1.5).is_met(|kind| (kind == Kind::Deskbell).then_some(1.0)), None);
    }
}
