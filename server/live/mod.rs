//! Live sessions: who is connected, and what they are told.
//!
//! A session enters the [`hub`] before it reads, so that nothing falls between; changes reach it in
//! the order of rev, from the writer, after the commit. It never waits for a slow peer and nobody
//! waits for it: what it is still to be sent stands in its [`outbox`], which is bounded.

pub mod agent;
pub mod arrivals;
pub mod asks;
pub mod attention;
pub mod availability;
pub mod begin;
pub mod drafting;
pub mod facts;
pub mod fragments;
pub mod heal;
pub mod http;
pub mod hub;
pub mod line;
pub mod listing;
mod looking;
pub mod outbox;
pub mod own;
pub mod owning;
pub mod protocol;
pub mod receipts;
pub mod reply;
pub mod resume;
pub mod rows;
pub mod session;
mod side;
pub mod signed_in;
pub mod socket;
pub mod stream;
mod topic;
pub mod visitor;
pub mod wakes;
pub mod wire;
