//! Opening hours over REST: as the command line and the settings write them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Fault;
use crate::hours::form::HoursForm;
use crate::hours::{Hours, MOST_HOLIDAYS};

/// When somebody answers, in local time.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpeningHours {
    /// An IANA name.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    week: OpenWeek,
    /// Days with times of their own: `12-25` is closed every year, `2026-12-24 09:00-12:00` open then.
    #[serde(default)]
    #[schema(max_items = 200)]
    holidays: Vec<String>,
}

/// Times of each day, such as `09:00-12:00,13:00-17:00`; empty or left out is closed.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OpenWeek {
    #[schema(example = "09:00-17:00")]
    mon: String,
    tue: String,
    wed: String,
    thu: String,
    fri: String,
    sat: String,
    sun: String,
}

impl OpeningHours {
    /// What is stored.
    pub fn of(hours: &Hours) -> Self {
        let form = HoursForm::of(Some(hours), hours.time_zone);
        let [mon, tue, wed, thu, fri, sat, sun] = form.days;
        Self {
            time_zone: form.time_zone,
            week: OpenWeek { mon, tue, wed, thu, fri, sat, sun },
            holidays: form.holidays.lines().map(str::to_owned).collect(),
        }
    }

    /// What is to be stored.
    fn hours(self) -> Result<Hours, Fault> {
        let wrong = |why: String| Fault::value("hours", format!("cannot be taken: {why}"));
        if self.holidays.len() > MOST_HOLIDAYS || self.holidays.iter().any(|line| line.contains(['\n', '\r'])) {
            return Err(wrong(format!("there are at most {MOST_HOLIDAYS} holidays, a line each")));
        }
        let OpenWeek { mon, tue, wed, thu, fri, sat, sun } = self.week;
        let days = [mon, tue, wed, thu, fri, sat, sun].map(|times| times.trim().to_owned());
        let form = HoursForm { on: true, time_zone: self.time_zone, days, holidays: self.holidays.join("\n") };
        form.hours().map_err(wrong)?.ok_or_else(|| wrong("there are none".to_owned()))
    }
}

/// What hours are to be from now on: those that are given, none, or as they are.
#[derive(Debug, Clone, Default)]
pub enum HoursChange {
    #[default]
    Stay,
    Always,
    Be(Hours),
}

impl HoursChange {
    /// From the two fields of a change.
    pub fn of(hours: Option<OpeningHours>, always_open: Option<bool>) -> Result<Self, Fault> {
        match (hours, always_open.unwrap_or(false)) {
            (Some(_), true) => Err(Fault::value("always_open", "is true, and there are hours: say one of them")),
            (Some(hours), false) => hours.hours().map(Self::Be),
            (None, true) => Ok(Self::Always),
            (None, false) => Ok(Self::Stay),
        }
    }

    /// Over what is stored.
    pub fn over(self, stored: Option<Hours>) -> Option<Hours> {
        match self {
            Self::Stay => stored,
            Self::Always => None,
            Self::Be(hours) => Some(hours),
        }
    }
}
