//! Opening hours: when a queue or a site answers, in its own time zone, with holidays. Summer time and
//! leap days are the time zone's, not ours: every boundary is a local time that is turned into a moment
//! for its own day.

mod calendar;
pub mod form;
mod parse;
pub mod store;

#[cfg(test)]
mod tests;

pub use calendar::{day_begins, time_in};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;

/// Intervals of one week, and days that are not like others, at most.
pub const MOST_SPANS: usize = 50;
/// Holidays at most.
pub const MOST_HOLIDAYS: usize = 200;
/// Minutes of a day as clocks show it: a boundary may be 24:00.
const DAY: u16 = 24 * 60;

/// When somebody answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// Where the clock hangs.
    pub time_zone: Tz,
    /// Of an ordinary week; where there is none it is never open but on [`Self::holidays`] with times.
    pub week: Vec<Span>,
    /// Days with times of their own, or none.
    #[serde(default)]
    pub holidays: Vec<Holiday>,
}

/// A part of a day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Days since Monday.
    pub day: u8,
    /// When it begins and ends.
    #[serde(flatten)]
    pub part: Part,
}

/// A part of a day, in minutes since midnight; the end is not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Part {
    /// Its beginning.
    pub from: u16,
    /// Its end, at most 1440 and later than the beginning.
    pub to: u16,
}

/// A day that is not like its weekday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holiday {
    /// The year; none for every year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<i32>,
    /// From 1.
    pub month: u8,
    /// From 1.
    pub day: u8,
    /// When it is open on it; empty for not at all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
}

/// Whether it is open at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// It is.
    Open {
        /// Since when; none for longer than a week.
        since: Option<Timestamp>,
        /// Until when; none for longer than a week.
        until: Option<Timestamp>,
    },
    /// It is not.
    Closed {
        /// When it opens; none if not within a year.
        next_open_at: Option<Timestamp>,
    },
}

impl Opening {
    /// Whether it is open.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open { .. })
    }

    /// When it changes next.
    pub const fn changes_at(self) -> Option<Timestamp> {
        match self {
            Self::Open { until, .. } => until,
            Self::Closed { next_open_at } => next_open_at,
        }
    }
}

/// Whether something with these hours is open: without hours it always is.
pub fn is_open(hours: Option<&Hours>, now: Timestamp) -> bool {
    hours.is_none_or(|hours| hours.at(now).is_open())
}
