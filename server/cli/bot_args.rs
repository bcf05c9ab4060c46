//! `bot`: what a bot can be told.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::secrets::Secret;

/// Bots.
#[derive(Debug, Clone, Subcommand)]
pub enum BotCommand {
    /// Add a bot, and print what is shown once as one JSON object: {"bot_id","secret","key"}.
    ///
    /// The secret signs what the bot is sent, with the key it acts over REST. It works beside a running
    /// server. docs/bots.md says how a bot answers.
    Add(Box<AddBot>),
    /// Change what is named and leave the rest; all of it is done, or nothing.
    ///
    /// It works beside a running server, which goes by it at once.
    Set(Box<SetBot>),
    /// Run a small bot to try things with: it says what it heard, and hands off when it hears "person".
    ///
    /// It needs no database, prints what it is asked, and runs until it is stopped.
    Echo(EchoBot),
    /// Play what happens to a bot of Deskbell's own contract, and say what it handled.
    ///
    /// It needs no database. Each line begins with ok, warn or fail; it exits with 1 if anything fails.
    Check(CheckBot),
}

/// The bot to try things with.
#[derive(Debug, Clone, Args)]
pub struct EchoBot {
    /// Where it listens.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8090")]
    pub at: std::net::SocketAddr,
    /// The secret of its signatures: what is not signed with it is refused. Without it everybody is heard.
    #[arg(long)]
    pub secret: Option<Secret>,
}

/// The bot to be checked.
#[derive(Debug, Clone, Args)]
pub struct CheckBot {
    /// Where it is asked; also on this machine and its networks.
    pub url: String,
    /// The secret with which it checks signatures.
    #[arg(long)]
    pub secret: Secret,
}

/// What a bot speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BotKind {
    /// Deskbell's own contract.
    Webhook,
    /// Any endpoint of OpenAI's chat completions.
    Openai,
    /// Rasa's REST channel.
    Rasa,
    /// A bot written for Chatwoot.
    Chatwoot,
}

/// A new bot.
#[derive(Debug, Clone, Args)]
pub struct AddBot {
    /// Its name, for visitors and agents.
    #[arg(long)]
    pub name: String,
    /// Where it is asked, such as https://bot.example.com/hook. On this machine or its networks it has to
    /// be allowed with --outgoing-allow.
    #[arg(long)]
    pub url: String,
    /// What it speaks.
    #[arg(long, value_enum, default_value_t = BotKind::Webhook)]
    pub kind: BotKind,
    #[command(flatten)]
    pub more: BotSettings,
}

/// Changes of a bot.
#[derive(Debug, Clone, Args)]
pub struct SetBot {
    /// Its name.
    #[arg(long)]
    pub name: String,
    /// Where it is asked.
    #[arg(long)]
    pub url: Option<String>,
    /// Whether it is asked: `false` leaves its chats to people, from the visitor's next words on.
    #[arg(long, value_name = "BOOL")]
    pub on: Option<bool>,
    #[command(flatten)]
    pub more: BotSettings,
}

/// What both may say.
#[derive(Debug, Clone, Default, Args)]
pub struct BotSettings {
    /// The name of a queue in which it answers first. Repeat it for several; with `set` it replaces all.
    #[arg(long, value_name = "NAME")]
    pub queue: Vec<String>,
    /// In how many milliseconds it has to answer, at most 60000; 10000 unless it is said.
    #[arg(long, value_name = "MS")]
    pub deadline_ms: Option<i64>,
    /// In how many seconds it has to act where it answers with 202, at most 3600; 60 unless it is said.
    #[arg(long, value_name = "SECONDS")]
    pub later: Option<i64>,
    /// Black out card numbers and secrets in what it is sent.
    #[arg(long, value_name = "BOOL")]
    pub redacts: Option<bool>,
    /// openai: the model's name.
    #[arg(long)]
    pub model: Option<String>,
    /// openai: a file with what it is told before each conversation.
    #[arg(long, value_name = "FILE")]
    pub prompt_file: Option<PathBuf>,
    /// openai, rasa: the key that the service asks for. Every user of the machine can see it; a file is better.
    #[arg(long, conflicts_with = "credential_file")]
    pub credential: Option<Secret>,
    /// openai, rasa: a file that holds that key on its first line.
    #[arg(long, value_name = "FILE")]
    pub credential_file: Option<PathBuf>,
    /// openai: messages of the conversation that it is sent, at most.
    #[arg(long, value_name = "COUNT")]
    pub history: Option<u32>,
    /// openai: tokens of one answer, at most.
    #[arg(long, value_name = "COUNT")]
    pub answer_tokens: Option<u32>,
    /// openai: tokens that one conversation may use in all; beyond it a person goes on.
    #[arg(long, value_name = "COUNT")]
    pub chat_tokens: Option<u64>,
    /// rasa: it answers by its callback channel.
    #[arg(long, value_name = "BOOL")]
    pub callback: Option<bool>,
}
