//! Deskbell: self-hosted live chat for customer support.
pub mod ids;
pub mod live;
