//! Deskbell: self-hosted live chat for customer support.
pub mod clock;
pub mod ids;
pub mod live;
pub mod secrets;
