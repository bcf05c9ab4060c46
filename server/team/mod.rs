//! The wallboard: what supervisors see of all queues and agents, live, and what they do there.

pub mod board;
pub mod console;
pub mod pages;
pub mod store;

/// First answers of a day that are looked at for the median, the newest.
pub const MOST_ANSWERS: i64 = 5_000;
/// Chats of an agent that the board names.
pub const MOST_CHATS: usize = 12;
