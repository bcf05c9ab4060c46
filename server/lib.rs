//! Deskbell: self-hosted live chat for customer support.
pub mod agents {
    pub mod password;
}
pub mod cli;
pub mod client_address;
pub mod clock;
pub mod config;
pub mod ids;
pub mod live;
pub mod metrics;
pub mod rate_limit;
pub mod secrets;
pub mod telemetry;
