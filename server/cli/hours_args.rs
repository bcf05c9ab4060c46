//! Opening hours, of a site or of a queue.

use clap::Args;

/// Opening hours: what is named changes, the rest stays.
#[derive(Debug, Clone, Default, Args)]
pub struct SetHours {
    /// When it is open in an ordinary week, such as "mon-fri 09:00-17:30" or "sat 10:00-12:00,13:00-16:00".
    /// Repeat it for several; together they replace the week. "always" takes the hours away, "never" leaves
    /// only the holidays that have times. What ends before it begins ends on the next day.
    #[arg(long, value_name = "DAYS TIMES")]
    pub hours: Vec<String>,
    /// The time zone of the hours, such as Europe/Berlin. The first --hours need one.
    #[arg(long, value_name = "NAME")]
    pub time_zone: Option<String>,
    /// A day that is not like its weekday: "2026-12-24 09:00-12:00", or without times if it is closed;
    /// 12-25 for every year. Repeat it for several; together they replace the list. Empty text takes all
    /// away.
    #[arg(long, value_name = "DATE TIMES")]
    pub holiday: Vec<String>,
}
