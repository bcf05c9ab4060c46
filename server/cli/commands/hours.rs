//! Opening hours, as `site set` and `queue set` change them.

use chrono_tz::Tz;

use super::bootstrap::usage;
use crate::cli::SetHours;
use crate::cli::run::Failure;
use crate::hours::{Holiday, Hours, Span};

/// What is to change.
#[derive(Debug, Default)]
pub(super) struct HoursChanges {
    week: Option<Week>,
    time_zone: Option<Tz>,
    holidays: Option<Vec<Holiday>>,
}

#[derive(Debug)]
enum Week {
    Always,
    Spans(Vec<Span>),
}

impl HoursChanges {
    /// From the options.
    pub(super) fn parse(given: &SetHours) -> Result<Self, Failure> {
        let said = |word: &str| given.hours.iter().any(|text| text.trim().eq_ignore_ascii_case(word));
        let week = match given.hours.as_slice() {
            [] => None,
            [_] if said("always") => Some(Week::Always),
            [_] if said("never") => Some(Week::Spans(Vec::new())),
            _ if said("always") || said("never") => {
                return Err(Failure::usage("--hours: always and never stand alone."));
            }
            texts => Some(Week::Spans(Hours::parse_week(texts).map_err(|why| usage("--hours", &why))?)),
        };
        let time_zone = given.time_zone.as_deref().map(Hours::parse_time_zone).transpose();
        let holidays = match given.holiday.as_slice() {
            [] => None,
            [none] if none.trim().is_empty() => Some(Vec::new()),
            texts => Some(Hours::parse_holidays(texts).map_err(|why| usage("--holiday", &why))?),
        };
        Ok(Self { week, time_zone: time_zone.map_err(|why| usage("--time-zone", &why))?, holidays })
    }

    /// Whether nothing is.
    pub(super) const fn is_empty(&self) -> bool {
        self.week.is_none() && self.time_zone.is_none() && self.holidays.is_none()
    }

    /// The hours as they are then; none for always.
    pub(super) fn apply(self, before: Option<Hours>) -> Result<Option<Hours>, Failure> {
        let (week, before_week) = (self.week, before.as_ref().map(|hours| hours.week.clone()));
        let week = match (week, before_week) {
            (Some(Week::Always), _) if self.time_zone.is_some() || self.holidays.is_some() => {
                return Err(Failure::usage("--hours always has neither a time zone nor holidays."));
            }
            (Some(Week::Always), _) => return Ok(None),
            (Some(Week::Spans(week)), _) | (None, Some(week)) => week,
            (None, None) => {
                return Err(Failure::usage(
                    "There are no hours yet: name them, such as --hours \"mon-fri 09:00-17:00\".",
                ));
            }
        };
        let Some(time_zone) = self.time_zone.or(before.as_ref().map(|hours| hours.time_zone)) else {
            return Err(Failure::usage("Name the time zone of the hours, such as --time-zone Europe/Berlin."));
        };
        let holidays = self.holidays.or(before.map(|hours| hours.holidays)).unwrap_or_default();
        Ok(Some(Hours { time_zone, week, holidays }))
    }
}
