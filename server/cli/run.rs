//! Runs a command to its end and tells the operator. What a script wants goes to stdout, what a
//! person reads to stderr; a command that fails says why in words and leaves nothing half done.

use super::commands::{
    agents, backup, bootstrap, bot_check, bot_echo, bots, doctor, health, identity, migrate, queues, sites, visitor,
};
use super::{AgentCommand, BotCommand, Command, QueueCommand, SiteCommand};
use crate::clock::{Clock, Random};
use crate::config::Config;
use crate::db;

pub use super::commands::doctor::problems as doctor_problems;

/// What a command has to say at its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// For stdout: what a script reads.
    pub out: String,
    /// For stderr: what a person reads.
    pub note: String,
    /// 0, unless the command ran and found fault.
    pub exit: u8,
}

impl Said {
    /// A note for a person.
    pub fn note(text: impl Into<String>) -> Self {
        Self { note: text.into(), ..Self::default() }
    }
}

/// Why a command did nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// For stderr: what is wrong and what to do.
    pub message: String,
    /// What the process ends with.
    pub exit: u8,
}

impl Failure {
    /// Something is not as it has to be: exit code 1.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), exit: 1 }
    }

    /// What was typed makes no sense: exit code 2, as for a flag that does not exist.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { message: message.into(), exit: 2 }
    }

    /// There is a desk already: exit code 3.
    pub fn already_set_up() -> Self {
        Self { message: "This database is set up already; nothing was changed.".into(), exit: 3 }
    }
}

impl From<db::Error> for Failure {
    fn from(error: db::Error) -> Self {
        Self::new(match error {
            db::Error::Busy | db::Error::Deadline(_) => {
                "The database is busy, and nothing was changed. Try again.".to_owned()
            }
            other => format!("The database refused, and nothing was changed: {other}."),
        })
    }
}

impl From<db::OpenError> for Failure {
    fn from(error: db::OpenError) -> Self {
        Self::new(sentence(&error.to_string()))
    }
}

/// Begins with a capital letter and ends with a full stop.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.trim_end_matches('.').chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

/// Time and randomness for commands.
#[derive(Debug, Clone)]
pub struct Tools {
    /// Tells the time.
    pub clock: Clock,
    /// Draws secrets.
    pub random: Random,
}

impl Tools {
    /// The machine's.
    pub const fn of_machine() -> Self {
        Self { clock: Clock::System, random: Random::System }
    }
}

/// Runs a command other than `serve`.
pub async fn run(command: &Command, config: &Config, tools: &Tools) -> Result<Said, Failure> {
    match command {
        Command::Serve => Err(Failure::usage("`serve` is no command of this kind.")),
        Command::Bootstrap(given) => bootstrap::run(given, config, tools).await,
        Command::Migrate => migrate::run(config).await,
        Command::Agent(AgentCommand::Add(given)) => agents::add(given, config, tools).await,
        Command::Agent(AgentCommand::Set(given)) => agents::set(given, config, tools).await,
        Command::Agent(AgentCommand::ResetPassword(given)) => agents::reset_password(given, config, tools).await,
        Command::Site(SiteCommand::Set(given)) => sites::set(given, config, tools).await,
        Command::Site(SiteCommand::Identity(given)) => identity::change(given, config, tools).await,
        Command::Queue(QueueCommand::Set(given)) => queues::set(given, config, tools).await,
        Command::Bot(BotCommand::Add(given)) => bots::add(given, config, tools).await,
        Command::Bot(BotCommand::Echo(given)) => bot_echo::run(given, tools).await,
        Command::Bot(BotCommand::Check(given)) => bot_check::run(given, tools).await,
        Command::Bot(BotCommand::Set(given)) => bots::set(given, config, tools).await,
        Command::Backup(given) => backup::take(given, config, tools).await,
        Command::Restore(given) => backup::restore(given, config, tools).await,
        Command::Export(given) => visitor::export(given, config, tools).await,
        Command::Erase(given) => visitor::erase(given, config, tools).await,
        Command::Health => health::run(config).await,
        Command::Doctor(given) => doctor::run(given, config, tools).await,
    }
}
