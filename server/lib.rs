//! Deskbell: self-hosted live chat for customer support.
pub mod cli;
pub mod clock;
pub mod config;
pub mod ids;
pub mod live;
pub mod secrets;
