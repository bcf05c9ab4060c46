//! REST for other software: `/api/v1/…`, by bearer keys alone. Each handler reads, checks, makes one
//! call of the domain in one transaction, and answers with JSON; there is no second way to write. A key
//! administers its workspace and never sees another; what it writes into a conversation is always
//! somebody's, an agent's or the visitor's, with the rights that they have. `docs/api.md` is for readers.

pub mod agents;
pub mod bots;
mod call;
pub mod chatwoot;
pub mod commands;
pub mod conversations;
pub mod events;
mod fault;
pub mod hiring;
mod hours;
pub mod idempotency;
pub mod idempotency_store;
mod input;
pub mod key_store;
pub mod keys;
pub mod keys_pages;
pub mod keys_settings;
pub mod messages;
pub mod openapi;
pub mod operations;
pub mod paging;
pub mod queues;
pub mod rasa;
pub mod reference;
pub mod site_forms;
mod site_texts;
pub mod sites;
pub mod transcripts;
pub mod visitors;
pub mod webhooks;

use actix_web::HttpResponse;

pub use call::{BotCall, Call, Reply};
pub use fault::{Fault, unknown_method};

/// What a handler gives.
pub type Answer = Result<HttpResponse, Fault>;
