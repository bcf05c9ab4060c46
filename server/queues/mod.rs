//! Queues: where conversations wait, and which agents serve them.

pub mod console;
pub mod managing;
pub mod pages;
pub mod store;
