//! Hours as a form has them: a line for each day of the week.

use chrono_tz::{TZ_VARIANTS, Tz};

use super::{Holiday, Hours, Part};
use crate::http::fields::Fields;

/// Names of the fields of the week, from Monday.
pub const DAY_FIELDS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// What stands in the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HoursForm {
    /// Whether there are hours at all.
    pub on: bool,
    /// A zone's name.
    pub time_zone: String,
    /// `09:00-12:00,13:00-17:00`, from Monday; empty for closed.
    pub days: [String; 7],
    /// A line each: `12-25`, `2026-12-24 09:00-12:00`.
    pub holidays: String,
}

impl HoursForm {
    /// What is stored; where nothing is, a week to begin with, in this zone.
    pub fn of(hours: Option<&Hours>, zone: Tz) -> Self {
        let Some(hours) = hours else {
            let day = |n| if n < 5 { "09:00-17:00".to_owned() } else { String::new() };
            return Self { time_zone: zone.name().to_owned(), days: std::array::from_fn(day), ..Self::default() };
        };
        let day = |n: usize| {
            let spans = hours.week.iter().filter(|span| usize::from(span.day) == n).map(|span| times(span.part));
            spans.collect::<Vec<_>>().join(",")
        };
        Self {
            on: true,
            time_zone: hours.time_zone.name().to_owned(),
            days: std::array::from_fn(day),
            holidays: hours.holidays.iter().map(holiday).collect::<Vec<_>>().join("\n"),
        }
    }

    /// What was typed, kept.
    pub fn typed(fields: &Fields) -> Self {
        Self {
            on: fields.is_on("hours"),
            time_zone: fields.trimmed("time_zone").to_owned(),
            days: std::array::from_fn(|n| fields.trimmed(DAY_FIELDS[n]).to_owned()),
            holidays: fields.get("holidays").to_owned(),
        }
    }

    /// The hours that it means. The error says what is wrong.
    pub fn hours(&self) -> Result<Option<Hours>, String> {
        if !self.on {
            return Ok(None);
        }
        let days = DAY_FIELDS.iter().zip(&self.days).filter(|(_, times)| !times.is_empty());
        let week: Vec<String> = days.map(|(day, times)| format!("{day} {times}")).collect();
        let holidays: Vec<String> =
            self.holidays.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
        Ok(Some(Hours {
            time_zone: Hours::parse_time_zone(&self.time_zone)?,
            week: Hours::parse_week(&week)?,
            holidays: Hours::parse_holidays(&holidays)?,
        }))
    }

    /// The days with the names of their fields.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, &str)> {
        DAY_FIELDS.into_iter().zip(self.days.iter().map(String::as_str))
    }

    /// Every zone's name, for the field to choose from.
    pub fn zones(&self) -> impl Iterator<Item = &'static str> {
        TZ_VARIANTS.iter().map(|zone| zone.name())
    }
}

fn times(part: Part) -> String {
    let time = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    format!("{}-{}", time(part.from), time(part.to))
}

fn holiday(holiday: &Holiday) -> String {
    let year = holiday.year.map(|year| format!("{year:04}-")).unwrap_or_default();
    let parts: Vec<String> = holiday.parts.iter().map(|part| times(*part)).collect();
    let gap = if parts.is_empty() { "" } else { " " };
    format!("{year}{:02}-{:02}{gap}{}", holiday.month, holiday.day, parts.join(","))
}

#[cfg(test)]
mod tests {
    use actix_web::web::Bytes;

    use super::*;

    #[test]
    fn a_form_goes_there_and_back() {
        let sent = "hours=on&time_zone=Europe%2FBerlin&mon=09:00-12:00,13:00-17:00&fri=22:00-02:00&\
                    holidays=12-25%0D%0A2026-12-24+09:00-12:00";
        let hours = HoursForm::typed(&Fields::parse(&Bytes::from(sent))).hours().expect("hours").expect("some");
        let shown = HoursForm::of(Some(&hours), Tz::UTC);
        assert_eq!(shown.days[0], "09:00-12:00,13:00-17:00");
        assert_eq!((shown.days[4].as_str(), shown.days[5].as_str()), ("22:00-24:00", "00:00-02:00"));
        assert_eq!(shown.holidays, "12-25\n2026-12-24 09:00-12:00");
        assert_eq!(shown.hours(), Ok(Some(hours)));
        assert_eq!(HoursForm::of(None, Tz::UTC).hours(), Ok(None));
        let off = HoursForm { time_zone: "nowhere".to_owned(), ..HoursForm::default() };
        assert_eq!(off.hours(), Ok(None), "what is off is not read");
        assert!(HoursForm { on: true, ..off }.hours().is_err());
    }
}
