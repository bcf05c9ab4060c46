//! `queue`: what a queue can be told.

use clap::{Args, Subcommand, ValueEnum};

use super::SetHours;

/// Queues.
#[derive(Debug, Clone, Subcommand)]
pub enum QueueCommand {
    /// Change what is named and leave the rest; all of it is done, or nothing.
    ///
    /// It works beside a running server, which goes by it within 10 seconds.
    Set(SetQueue),
}

/// How a queue gives its chats to agents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum QueuePolicy {
    /// It does not: agents take.
    Manual,
    /// To whom has the most room.
    LeastLoaded,
    /// In turn.
    RoundRobin,
}

/// Changes of a queue.
#[derive(Debug, Clone, Args)]
pub struct SetQueue {
    /// The queue's name. The first queue is called Support.
    #[arg(long, value_name = "NAME")]
    pub queue: String,
    /// A new name, at most 80 characters.
    #[arg(long)]
    pub name: Option<String>,
    /// How it gives its chats to agents. The first queue is least-loaded.
    #[arg(long, value_enum)]
    pub policy: Option<QueuePolicy>,
    /// Whether the agent of last time comes first, if they have room.
    #[arg(long, value_name = "BOOL")]
    pub sticky: Option<bool>,
    /// How long an agent may let a new chat wait for the first answer, before somebody else gets it; 0
    /// lets it stay. The first queue has 60.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(..=86_400))]
    pub answer_timeout: Option<u32>,
    /// In which time a visitor is to have their first answer: the console counts it down and says when
    /// it is late; 0 for no target.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(..=86_400))]
    pub first_answer: Option<u32>,
    /// The same for each later answer.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(..=86_400))]
    pub reply: Option<u32>,
    #[command(flatten)]
    pub hours: SetHours,
    /// After which silence of a visitor, counted from the agent's last words, they are asked whether they
    /// are still there; 0 for never.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(..=2_592_000))]
    pub nudge_after: Option<u32>,
    /// After which further silence the chat is closed, and they are told so; 0 for never. A message of
    /// theirs opens it again, as after every end.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(..=2_592_000))]
    pub close_after: Option<u32>,
    /// After which wait a chat goes on to the queue of --overflow-to; 0 for never.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(..=86_400))]
    pub overflow_after: Option<u32>,
    /// The queue that takes on who waited too long.
    #[arg(long, value_name = "NAME")]
    pub overflow_to: Option<String>,
    /// Mail address of an agent who joins the queue. Repeat it for several.
    #[arg(long, value_name = "EMAIL")]
    pub add_agent: Vec<String>,
    /// Mail address of an agent who leaves the queue. Repeat it for several.
    #[arg(long, value_name = "EMAIL")]
    pub remove_agent: Vec<String>,
}
