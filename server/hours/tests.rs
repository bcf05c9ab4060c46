use super::*;

fn hours(zone: &str, week: &[&str], holidays: &[&str]) -> Hours {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    Hours {
        time_zone: Hours::parse_time_zone(zone).expect("a zone"),
        week: Hours::parse_week(&owned(week)).expect("a week"),
        holidays: Hours::parse_holidays(&owned(holidays)).expect("holidays"),
    }
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).expect("a time")
}

fn open(since: &str, until: &str) -> Opening {
    Opening::Open { since: Some(at(since)), until: Some(at(until)) }
}

fn closed(until: &str) -> Opening {
    Opening::Closed { next_open_at: Some(at(until)) }
}

#[test]
fn an_ordinary_week_opens_and_closes() {
    let hours = hours("Europe/Berlin", &["mon-fri 09:00-17:30"], &[]);
    // Thursday, in winter: an hour ahead of UTC.
    assert_eq!(hours.at(at("2026-11-26T07:59:59.999Z")), closed("2026-11-26T08:00:00Z"));
    assert_eq!(hours.at(at("2026-11-26T08:00:00Z")), open("2026-11-26T08:00:00Z", "2026-11-26T16:30:00Z"));
    assert_eq!(hours.at(at("2026-11-26T16:29:59.999Z")), open("2026-11-26T08:00:00Z", "2026-11-26T16:30:00Z"));
    assert_eq!(hours.at(at("2026-11-26T16:30:00Z")), closed("2026-11-27T08:00:00Z"), "the end is not in it");
    assert_eq!(hours.at(at("2026-11-27T20:00:00Z")), closed("2026-11-30T08:00:00Z"), "after the weekend");
}

#[test]
fn a_break_and_a_night_are_parts_of_their_own() {
    let hours = hours("UTC", &["mon-fri 09:00-12:00,13:00-17:00", "fri 22:00-02:00"], &[]);
    assert_eq!(hours.at(at("2026-11-26T12:30:00Z")), closed("2026-11-26T13:00:00Z"));
    let night = open("2026-11-27T22:00:00Z", "2026-11-28T02:00:00Z");
    assert_eq!(hours.at(at("2026-11-27T23:00:00Z")), night, "midnight is no boundary");
    assert_eq!(hours.at(at("2026-11-28T01:00:00Z")), night);
    assert_eq!(hours.at(at("2026-11-28T02:00:00Z")), closed("2026-11-30T09:00:00Z"));
}

#[test]
fn summer_time_moves_the_moment_not_the_clock() {
    let hours = hours("Europe/Berlin", &["sat-mon 09:00-17:00"], &[]);
    // The clocks go forward in the night before Sunday 29 March 2026, and back before 25 October.
    assert_eq!(hours.at(at("2026-03-28T20:00:00Z")), closed("2026-03-29T07:00:00Z"));
    assert_eq!(hours.at(at("2026-10-24T20:00:00Z")), closed("2026-10-25T08:00:00Z"));
}

#[test]
fn what_falls_into_the_hour_that_is_not_or_is_twice() {
    let night = hours("Europe/Berlin", &["sun 02:30-04:00", "mon 10:00-11:00"], &[]);
    // 02:30 is not on 29 March: it opens at 03:00, as the clock jumps.
    assert_eq!(night.at(at("2026-03-29T00:30:00Z")), closed("2026-03-29T01:00:00Z"));
    assert_eq!(night.at(at("2026-03-29T01:00:00Z")), open("2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z"));
    // It is twice on 25 October: it opens at the first.
    assert_eq!(night.at(at("2026-10-25T00:30:00Z")), open("2026-10-25T00:30:00Z", "2026-10-25T03:00:00Z"));
    // Nothing is left of what the jump swallows.
    let swallowed = hours("Europe/Berlin", &["sun 02:10-02:50", "mon 10:00-11:00"], &[]);
    assert_eq!(swallowed.at(at("2026-03-29T00:59:59Z")), closed("2026-03-30T08:00:00Z"));
    // It closes at the last of two.
    let late = hours("Europe/Berlin", &["sat 20:00-24:00", "sun 00:00-02:30"], &[]);
    assert_eq!(late.at(at("2026-10-25T01:00:00Z")), open("2026-10-24T18:00:00Z", "2026-10-25T01:30:00Z"));
}

#[test]
fn a_day_that_an_island_skipped_is_no_day() {
    // Samoa went from 29 to 31 December 2011.
    let hours = hours("Pacific/Apia", &["thu 09:00-24:00", "fri 00:00-17:00", "sat 08:00-12:00"], &[]);
    let opening = hours.at(at("2011-12-30T09:00:00Z"));
    assert_eq!(
        opening,
        open("2011-12-29T19:00:00Z", "2011-12-30T10:00:00Z"),
        "Friday was not, and it closes with Thursday"
    );
    assert_eq!(hours.at(at("2011-12-30T12:00:00Z")), closed("2011-12-30T18:00:00Z"), "Saturday at eight");
}

#[test]
fn holidays_go_before_the_week_and_a_year_before_every_year() {
    let hours = hours(
        "America/New_York",
        &["mon-fri 09:00-17:00"],
        &["12-25", "2026-12-24 09:00-12:00", "2026-12-25 10:00-11:00", "2026-12-27 10:00-11:00", "02-29"],
    );
    assert_eq!(hours.at(at("2026-12-24T18:00:00Z")), closed("2026-12-25T15:00:00Z"), "half a day, then an hour");
    assert_eq!(hours.at(at("2026-12-26T18:00:00Z")), closed("2026-12-27T15:00:00Z"), "a Sunday that is open");
    assert_eq!(hours.at(at("2028-12-25T16:00:00Z")), closed("2028-12-26T14:00:00Z"), "of every year");
    assert_eq!(hours.at(at("2028-02-29T16:00:00Z")), closed("2028-03-01T14:00:00Z"), "of leap years");
}

#[test]
fn always_has_no_end_and_never_has_no_beginning() {
    let always = hours("Asia/Kolkata", &["mon-sun 00:00-24:00"], &[]);
    assert_eq!(always.at(at("2026-11-26T12:00:00Z")), Opening::Open { since: None, until: None });
    let but_one = hours("Asia/Kolkata", &["mon-sun 00:00-24:00"], &["2026-12-01"]);
    let opening = but_one.at(at("2026-11-26T12:00:00Z"));
    assert_eq!(opening, Opening::Open { since: None, until: Some(at("2026-11-30T18:30:00Z")) });
    let never = hours("UTC", &[], &[]);
    assert_eq!(never.at(at("2026-11-26T12:00:00Z")), Opening::Closed { next_open_at: None });
    let once = hours("UTC", &[], &["2027-11-20 10:00-12:00"]);
    assert_eq!(once.at(at("2026-11-26T12:00:00Z")), closed("2027-11-20T10:00:00Z"));
    assert_eq!(once.at(at("2027-11-20T12:00:00Z")), Opening::Closed { next_open_at: None });
}

#[test]
fn what_is_no_time_is_refused() {
    let week = |text: &str| Hours::parse_week(&[text.to_owned()]);
    for bad in [
        "",
        "mon",
        "mon 9-17",
        "moon 09:00-17:00",
        "mon 09:00-09:00",
        "mon 24:00-09:00",
        "mon 09:60-10:00",
        "mon 09:00-25:00",
        "mon- 09:00-10:00",
        "mon 09:00-10:00,",
        "mon +9:00-10:00",
        "09:00-17:00 mon",
    ] {
        assert!(week(bad).is_err(), "{bad}");
    }
    assert_eq!(
        week("fri-mon 9:00-10:00").expect("a week").iter().map(|span| span.day).collect::<Vec<_>>(),
        [4, 5, 6, 0]
    );
    assert_eq!(week("SAT,Sun 9:00-24:00").expect("a week").len(), 2);
    for bad in ["", "2026-02-29", "13-01", "12-25 22:00-02:00", "25.12.", "2026-12-24 x", "26-12-24"] {
        assert!(Hours::parse_holidays(&[bad.to_owned()]).is_err(), "{bad}");
    }
    assert!(Hours::parse_time_zone("Berlin").is_err());
    assert!(Hours::parse_week(&vec!["mon-sun 01:00-02:00".to_owned(); 8]).is_err(), "too many");
}

#[test]
fn what_is_stored_is_readable_and_reads_back() {
    let hours = hours("Europe/Berlin", &["mon 09:00-17:30"], &["12-25", "2026-12-24 09:00-12:00"]);
    let stored = serde_json::to_value(&hours).expect("JSON");
    assert_eq!(
        stored,
        serde_json::json!({
            "time_zone": "Europe/Berlin",
            "week": [{"day": 0, "from": 540, "to": 1050}],
            "holidays": [
                {"month": 12, "day": 25},
                {"year": 2026, "month": 12, "day": 24, "parts": [{"from": 540, "to": 720}]},
            ],
        })
    );
    assert_eq!(serde_json::from_value::<Hours>(stored).expect("hours"), hours);
}
