//! Mail, both ways: what a visitor has not read goes out to their address, and what they answer lands in
//! the same conversation. A mail that goes out is a row of `mails`, written in the transaction of its cause
//! ([`outbox`]); one that comes in is taken once, whatever way it came ([`inbound`]). What an address may do
//! a signed token says ([`token`]); a match never makes anybody an agent.
//!
//! | folder or file | what |
//! | --- | --- |
//! | `address.rs`, `token.rs`, `thread_store.rs` | addresses, reply addresses, who reads a conversation by mail |
//! | `outbox.rs`, `outbox_store.rs`, `payload.rs` | rows of mails that go out, and what each carries |
//! | `channel_store.rs`, `composing.rs` | which conversations began by mail; what agents add to their words there |
//! | `team.rs` | invitations, and links for another password |
//! | `standing.rs` | what of mail works for a site, as its settings say |
//! | `alerts/` | what agents are told by mail while they are away, and what was yesterday |
//! | `sending/` | the task that sends them: SMTP, retries, rates, DKIM |
//! | `writing/` | what stands in a mail: headers, templates, quoted history |
//! | `waiting.rs` | what was not read in time becomes a mail, or a question whether the address is theirs |
//! | `proving.rs`, `links_console.rs`, `link_store.rs` | links in mails and their pages: proof, the way back, no more |
//! | `plain_chat.rs` | the conversation behind such a link without scripts: to read, and to answer |
//! | `transcript.rs`, `transcript_console.rs` | a whole conversation, by mail or as a file |
//! | `inbound/` | mails that come: parsing, stripping, whose they are; IMAP, LMTP and HTTP |

pub mod address;
pub mod alerts;
pub mod channel_store;
pub mod composing;
pub mod inbound;
pub mod link_store;
pub mod links_console;
pub mod outbox;
pub mod outbox_store;
pub mod payload;
pub mod plain_chat;
pub mod proving;
pub mod sender;
pub mod sending;
pub mod standing;
pub mod team;
pub mod thread_store;
pub mod token;
pub mod transcript;
pub mod transcript_console;
pub mod waiting;
pub(crate) mod waiting_store;
pub mod writing;

pub use address::EmailAddress;
pub use token::{Key, Purpose};
