//! Writes mails: what a row of `mails` stands for is read from the database when the mail goes out
//! ([`gather`]), put into templates ([`views`]) and given its headers ([`letter`]). What was erased, read or
//! changed meanwhile is not in it, and what is left without a reason is not sent.

mod gather;
pub mod letter;
pub mod preview;
#[cfg(test)]
mod letter_tests;
pub(in crate::mail) mod reading_store;
mod team;
pub mod views;
#[cfg(test)]
mod views_tests;

pub use gather::{BACK_FOR, Desk, Gathered, gather};
pub use letter::{Letter, LetterError};

use chrono_tz::Tz;

use crate::clock::Timestamp;

/// A moment for people who read it somewhere: `2026-11-27 07:01 CET`.
pub(in crate::mail) fn clock_time(zone: Tz, at: Timestamp) -> String {
    let at = chrono::DateTime::from_timestamp_millis(at.millis()).unwrap_or_default();
    at.with_timezone(&zone).format("%Y-%m-%d %H:%M %Z").to_string()
}
