//! Live sessions.
pub mod protocol;
