//! From rules to moments.

use chrono::{DateTime, Datelike as _, Days, LocalResult, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;

use super::{DAY, Holiday, Hours, Opening, Part};
use crate::clock::Timestamp;

/// Days in which the next opening is looked for: a year and a little.
const LOOKS_AHEAD: u64 = 370;
/// Days over which adjacent parts are one: open for longer is open without an end.
const LONGEST: u64 = 8;
/// The longest hole that a time zone ever had: islands that changed sides of the date line.
const LONGEST_GAP_MINUTES: i64 = 24 * 60;

/// An interval of moments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Interval {
    from: Timestamp,
    to: Timestamp,
}

impl Hours {
    /// Whether it is open at this moment, and until or from when.
    pub fn at(&self, now: Timestamp) -> Opening {
        let Some(today) = self.today(now) else { return Opening::Closed { next_open_at: None } };
        let mut day = today.checked_sub_days(Days::new(LONGEST)).unwrap_or(today);
        let last_near = today.checked_add_days(Days::new(LONGEST)).unwrap_or(today);
        let last = today.checked_add_days(Days::new(LOOKS_AHEAD)).unwrap_or(today);
        let mut open: Option<Interval> = None;
        while day <= last {
            for next in self.intervals_on(day) {
                match &mut open {
                    // What ends when the next begins goes on.
                    Some(interval) if next.from <= interval.to => interval.to = interval.to.max(next.to),
                    Some(interval) if interval.to > now => return self.found(*interval, now, today),
                    _ => open = Some(next),
                }
            }
            if day >= last_near && open.is_some_and(|interval| interval.to > now) {
                break;
            }
            day = day.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX);
            if day == NaiveDate::MAX {
                break;
            }
        }
        match open.filter(|interval| interval.to > now) {
            Some(interval) => self.found(interval, now, today),
            None => Opening::Closed { next_open_at: None },
        }
    }

    /// The first interval that is not over yet.
    fn found(&self, interval: Interval, now: Timestamp, today: NaiveDate) -> Opening {
        if interval.from > now {
            return Opening::Closed { next_open_at: Some(interval.from) };
        }
        let midnight = |day: Option<NaiveDate>| day.map(|day| self.moment(day, 0, false));
        let first = midnight(today.checked_sub_days(Days::new(LONGEST)));
        let last = midnight(today.checked_add_days(Days::new(LONGEST)));
        Opening::Open {
            since: Some(interval.from).filter(|from| first.is_none_or(|first| *from > first)),
            until: Some(interval.to).filter(|to| last.is_none_or(|last| *to < last)),
        }
    }

    fn today(&self, now: Timestamp) -> Option<NaiveDate> {
        let utc = DateTime::<Utc>::from_timestamp_millis(now.millis())?;
        Some(utc.with_timezone(&self.time_zone).date_naive())
    }

    /// The parts of one day as moments, in order. A part that summer time swallows is none.
    fn intervals_on(&self, day: NaiveDate) -> Vec<Interval> {
        let mut parts = self.parts_on(day);
        parts.sort_unstable();
        let interval =
            |part: Part| Interval { from: self.moment(day, part.from, false), to: self.moment(day, part.to, true) };
        parts.into_iter().map(interval).filter(|interval| interval.from < interval.to).collect()
    }

    /// A day with a year goes before one of every year, and both before the weekday.
    fn parts_on(&self, day: NaiveDate) -> Vec<Part> {
        let falls = |holiday: &&Holiday| {
            u32::from(holiday.month) == day.month()
                && u32::from(holiday.day) == day.day()
                && holiday.year.is_none_or(|year| year == day.year())
        };
        let of_day = self.holidays.iter().filter(falls).max_by_key(|holiday| holiday.year.is_some());
        if let Some(holiday) = of_day {
            return holiday.parts.clone();
        }
        let weekday = day.weekday().num_days_from_monday();
        self.week.iter().filter(|span| u32::from(span.day) == weekday).map(|span| span.part).collect()
    }

    /// A local time as a moment. Where clocks go back, a time stands twice: it opens at the first and
    /// closes at the last. Where they go forward, a time may not be: it is the end of the hole.
    fn moment(&self, day: NaiveDate, minutes: u16, closes: bool) -> Timestamp {
        let (day, minutes) = match minutes >= DAY {
            true => (day.checked_add_days(Days::new(1)).unwrap_or(day), 0),
            false => (day, minutes),
        };
        let local = day.and_time(NaiveTime::MIN) + TimeDelta::minutes(i64::from(minutes));
        let at = |time: DateTime<Tz>| Timestamp::from_millis(time.timestamp_millis());
        for later in 0..=LONGEST_GAP_MINUTES {
            match self.time_zone.from_local_datetime(&(local + TimeDelta::minutes(later))) {
                LocalResult::Single(time) => return at(time),
                LocalResult::Ambiguous(first, last) => return at(if closes { last } else { first }),
                LocalResult::None => {}
            }
        }
        Timestamp::from_millis(local.and_utc().timestamp_millis())
    }
}

/// When the day began in this zone: its first moment, also where clocks skip midnight.
pub fn day_begins(time_zone: Tz, now: Timestamp) -> Timestamp {
    let clock = Hours { time_zone, week: Vec::new(), holidays: Vec::new() };
    clock.today(now).map_or(now, |today| clock.moment(today, 0, false))
}

/// The time in this zone, `14:05`.
pub fn time_in(time_zone: Tz, now: Timestamp) -> String {
    let utc = DateTime::<Utc>::from_timestamp_millis(now.millis());
    utc.map(|utc| utc.with_timezone(&time_zone).format("%H:%M").to_string()).unwrap_or_default()
}
