//! Hours as an operator writes them: `mon-fri 09:00-17:30`, `12-25`, `2026-12-24 09:00-12:00`.

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::{DAY, Holiday, Hours, MOST_HOLIDAYS, MOST_SPANS, Part, Span};

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// A leap year, so that 29 February is a day.
const LEAP_YEAR: i32 = 2024;

impl Hours {
    /// A whole week, from texts such as `mon-fri 09:00-17:30`. What goes beyond midnight is two parts. The error
    /// says what is wrong.
    pub fn parse_week(texts: &[String]) -> Result<Vec<Span>, String> {
        let mut week = Vec::new();
        for text in texts {
            let (days, times) = text.trim().split_once(' ').ok_or_else(|| not_hours(text))?;
            let days = parse_days(days).ok_or_else(|| not_hours(text))?;
            for times in times.split(',') {
                let (from, to) = parse_times(times).ok_or_else(|| not_hours(text))?;
                for day in &days {
                    match from < to {
                        true => week.push(Span { day: *day, part: Part { from, to } }),
                        false => {
                            week.push(Span { day: *day, part: Part { from, to: DAY } });
                            let next = Part { from: 0, to };
                            week.extend((to > 0).then_some(Span { day: (*day + 1) % 7, part: next }));
                        }
                    }
                }
            }
        }
        if week.len() > MOST_SPANS {
            return Err(format!("a week has at most {MOST_SPANS} parts"));
        }
        Ok(week)
    }

    /// Days that are not like others, from texts such as `12-25` or `2026-12-24 09:00-12:00`.
    pub fn parse_holidays(texts: &[String]) -> Result<Vec<Holiday>, String> {
        if texts.len() > MOST_HOLIDAYS {
            return Err(format!("there are at most {MOST_HOLIDAYS} holidays"));
        }
        texts.iter().map(|text| parse_holiday(text.trim()).ok_or_else(|| not_a_holiday(text))).collect()
    }

    /// A time zone by its name in the IANA database.
    pub fn parse_time_zone(text: &str) -> Result<Tz, String> {
        text.trim().parse().map_err(|_| format!("`{text}` is not a time zone; write its name, such as Europe/Berlin"))
    }
}

fn not_hours(text: &str) -> String {
    format!("`{text}` is not a time of the week; write such as `mon-fri 09:00-17:30` or `sat 10:00-12:00,13:00-16:00`")
}

fn not_a_holiday(text: &str) -> String {
    format!("`{text}` is not a holiday; write 2026-12-24, or 12-25 for every year, with times behind it if it is open")
}

/// `mon`, `mon-fri`, `fri-mon`, `mon,wed`.
fn parse_days(text: &str) -> Option<Vec<u8>> {
    let day = |name: &str| {
        let name = name.trim().to_ascii_lowercase();
        DAYS.iter().position(|day| *day == name).and_then(|n| u8::try_from(n).ok())
    };
    let mut days = Vec::new();
    for part in text.split(',') {
        match part.split_once('-') {
            None => days.push(day(part)?),
            Some((first, last)) => {
                let (first, last) = (day(first)?, day(last)?);
                days.extend((0..7).map(|n| (first + n) % 7).take(usize::from((last + 7 - first) % 7) + 1));
            }
        }
    }
    Some(days)
}

/// `09:00-17:30` in minutes. An end that is not later is on the next day.
fn parse_times(text: &str) -> Option<(u16, u16)> {
    let (from, to) = text.trim().split_once('-')?;
    let (from, to) = (parse_time(from)?, parse_time(to)?);
    (from < DAY && from != to).then_some((from, to))
}

fn parse_time(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once(':')?;
    let plain = |text: &str| (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if !plain(hour) || minute.len() != 2 || !plain(minute) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    (minute < 60 && hour * 60 + minute <= DAY).then_some(hour * 60 + minute)
}

fn parse_holiday(text: &str) -> Option<Holiday> {
    let (date, times) = text.split_once(' ').map_or((text, None), |(date, times)| (date, Some(times)));
    let numbers: Vec<&str> = date.split('-').collect();
    let (year, month, day) = match numbers.as_slice() {
        [year, month, day] if year.len() == 4 => (Some(year.parse().ok()?), month.parse().ok()?, day.parse().ok()?),
        [month, day] => (None, month.parse().ok()?, day.parse().ok()?),
        _ => return None,
    };
    NaiveDate::from_ymd_opt(year.unwrap_or(LEAP_YEAR), month, day)?;
    let part = |times: &str| parse_times(times).filter(|(from, to)| from < to).map(|(from, to)| Part { from, to });
    let parts = match times {
        Some(times) => times.split(',').map(part).collect::<Option<Vec<_>>>()?,
        None => Vec::new(),
    };
    Some(Holiday { year, month: u8::try_from(month).ok()?, day: u8::try_from(day).ok()?, parts })
}
