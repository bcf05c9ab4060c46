//! Bots: any chatbot in front of a queue, and a person when it matters.
//!
//! A conversation that a bot owns is in state `bot`, with an epoch like any other owner's. What its
//! visitor says becomes a *turn* (`turns.rs`): a row in the transaction of the message, one at a time for
//! each conversation. `runner.rs` asks the bot, in the words of its kind (`adapters/`), and what it
//! answers are *actions* (`action.rs`), which `acting.rs` does in one transaction with the end of the turn,
//! if the bot still owns the conversation. Whatever goes wrong hands the chat to its queue (`handing.rs`).

pub mod acting;
pub mod action;
pub mod adapters;
pub mod breaker;
pub mod callback;
pub mod console;
pub mod failure;
pub mod form;
pub mod handing;
pub mod idle;
pub mod managing;
pub mod pages;
pub mod redact;
pub mod request;
pub mod runner;
pub mod store;
pub mod telling;
mod trying;
pub mod turn_store;
pub mod turns;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use sqlx::types::Json;

use crate::clock::Timestamp;
use crate::ids::{BotId, WorkspaceId};

pub use action::{Action, File, Say};
pub use failure::Failure;
pub use form::AskedForm;

/// In how long a bot has to answer, unless somebody decides otherwise.
pub const DEADLINE: Duration = Duration::from_secs(10);
/// The longest that may be set.
pub const LONGEST_DEADLINE: Duration = Duration::from_secs(60);
/// In how long a bot has to act that said that it acts later, unless somebody decides otherwise.
pub const LATER: Duration = Duration::from_secs(60);
/// The longest that may be set.
pub const LONGEST_LATER: Duration = Duration::from_secs(60 * 60);
/// Bots of a workspace, at most.
pub const MOST_BOTS: usize = 50;
/// Characters of a bot's name.
pub const NAME_CHARS: usize = 60;
/// Characters of its address.
pub const URL_CHARS: usize = 2_000;

/// What a bot speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum Kind {
    /// Deskbell's own contract: docs/bots.md.
    Webhook,
    /// Any endpoint of OpenAI's chat completions.
    Openai,
    /// Rasa's REST channel, or its callback channel.
    Rasa,
    /// A bot written for Chatwoot's AgentBot.
    Chatwoot,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Webhook, Self::Openai, Self::Rasa, Self::Chatwoot];

    /// The word in tables, forms and on the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Openai => "openai",
            Self::Rasa => "rasa",
            Self::Chatwoot => "chatwoot",
        }
    }

    /// The kind of this word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// What only some kinds read; empty or 0 where it was not set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// `openai`: the model's name.
    pub model: String,
    /// `openai`: what it is told before the conversation.
    pub prompt: String,
    /// `openai`, `rasa`: the key that it asks for, sent as a bearer token.
    pub credential: String,
    /// `openai`: messages of the conversation that it is sent, at most.
    pub history: u32,
    /// `openai`: tokens of one answer, at most.
    pub answer_tokens: u32,
    /// `openai`: tokens that one conversation may use in all; beyond it a person goes on. 0: no limit.
    pub chat_tokens: u64,
    /// `rasa`: it answers later, by its callback channel.
    pub callback: bool,
}

/// A chatbot behind a web address.
#[derive(Debug, Clone, FromRow)]
pub struct Bot {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// Its id.
    pub id: BotId,
    /// For visitors and agents, one of its kind in the workspace.
    pub name: String,
    /// What it speaks.
    pub kind: Kind,
    /// Where it is asked.
    pub url: String,
    /// What only its kind reads.
    pub settings: Json<Settings>,
    /// Signs what it is sent: `whsec_` and base64.
    pub secret: String,
    /// The one before, while it is exchanged.
    pub secret_before: Option<String>,
    /// In how many milliseconds it has to answer.
    pub deadline_ms: i64,
    /// In how many seconds it has to act, where it said that it acts later.
    pub later_s: i64,
    /// Whether card numbers and secrets are blacked out in what it is sent.
    pub redacts: bool,
    /// Since when it is asked no more.
    pub disabled_at: Option<Timestamp>,
    /// When it was added.
    pub created_at: Timestamp,
}

impl Bot {
    /// In how long it has to answer.
    pub fn deadline(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.deadline_ms).unwrap_or_default()).min(LONGEST_DEADLINE)
    }

    /// Whether it may be asked.
    pub const fn is_on(&self) -> bool {
        self.disabled_at.is_none()
    }
}
