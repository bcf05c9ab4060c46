//! Deskbell: self-hosted live chat for customer support.
//!
//! Modules in reading order: what is configured, the database and its one write path, the domains,
//! the live sessions over them, and the HTTP surface. `ARCHITECTURE.md` is the map.

pub mod cli;
pub mod config;
pub mod metrics;
pub mod telemetry;

pub mod client_address;
pub mod clock;
pub mod ids;
pub mod outgoing;
pub mod practice;
pub mod rate_limit;
pub mod secrets;

pub mod db;
pub mod writer;

pub mod agents;
pub mod audit;
pub mod backup;
pub mod bots;
pub mod canned_replies;
pub mod conversations;
pub mod drafts;
pub mod events;
pub mod find;
pub mod forms;
pub mod hours;
pub mod jobs;
pub mod left_behind;
pub mod mail;
pub mod mentions;
pub mod messages;
pub mod queues;
pub mod routing;
pub mod setup;
pub mod sites;
pub mod tags;
pub mod team;
pub mod views;
pub mod visitors;
pub mod webhooks;
pub mod word_filters;
pub mod workspaces;

pub mod live;

pub mod api;
pub mod app;
pub mod error;
pub mod http;
pub mod markup;
pub mod stopping;
pub mod upkeep;
pub mod words;

#[cfg(test)]
mod db_tests;
#[cfg(test)]
mod testing;

/// This program's version, which migrations may ask for.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
