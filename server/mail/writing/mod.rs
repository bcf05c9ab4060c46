//! Writes mails: what a row of `mails` stands for is read from the database when the mail goes out
//! ([`gather`]), put into templates ([`views`]) and given its headers ([`letter`]). What was erased, read or
//! changed meanwhile is not in it, and what is left without a reason is not sent.

mod gather;
mod gather_store;
pub mod letter;
#[cfg(test)]
mod letter_tests;
mod team;
pub mod views;
#[cfg(test)]
mod views_tests;

pub use gather::{Desk, Gathered, gather};
pub use letter::{Letter, LetterError};

use chrono_tz::Tz;

use crate::clock::Timestamp;

/// A moment for people who read it somewhere: `2026-11-27 07:01 CET`.
fn clock_time(zone: Tz, at: Timestamp) -> String {
    let at = chrono::DateTime::from_timestamp_millis(at.millis()).unwrap_or_default();
    at.with_timezone(&zone).format("%Y-%m-%d %H:%M %Z").to_string()
}
