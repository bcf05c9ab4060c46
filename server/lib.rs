//! Deskbell: self-hosted live chat for customer support.
pub mod agents;
pub mod conversations;
pub mod ids;
pub mod live;
pub mod setup;
pub mod words;
