//! What may be said on the command line.

use std::{path::PathBuf, time::Duration};

use clap::{Parser, ValueEnum};

use crate::{Result, server::Kind};

/// Measures Deskbell beside bare relays on actix-ws and on Node, in turns, and prints one table.
#[derive(Parser)]
#[command(name = "load", version)]
pub struct Args {
    /// What to measure
    #[arg(value_enum, default_value_t = Part::All)]
    pub part: Part,
    /// Seconds that each measurement of speed counts
    #[arg(long, default_value_t = 10.0)]
    pub seconds: f64,
    /// Seconds before it counts
    #[arg(long, default_value_t = 2.0)]
    pub warm_up: f64,
    /// How often everything is repeated; the table has the medians
    #[arg(long, default_value_t = 3)]
    pub rounds: usize,
    /// Conversations that send as fast as they are acknowledged
    #[arg(long, default_value_t = 200)]
    pub conversations: usize,
    /// Messages each of them keeps on the way
    #[arg(long, value_delimiter = ',', default_values_t = [1, 8])]
    pub windows: Vec<usize>,
    /// Conversations among which the open loop spreads its messages
    #[arg(long, default_value_t = 1000)]
    pub delivery_conversations: usize,
    /// Messages a second in the open loop
    #[arg(long, value_delimiter = ',', default_values_t = [500, 2000])]
    pub rates: Vec<u32>,
    /// Visitors who idle, and who come back at once
    #[arg(long, default_value_t = 10_000)]
    pub visitors: usize,
    /// Consoles that are open beside so many chats, for the inbox
    #[arg(long, default_value_t = 100)]
    pub consoles: usize,
    /// How often each server is started on an existing database
    #[arg(long, default_value_t = 20)]
    pub starts: usize,
    /// Which servers
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = Kind::ALL)]
    pub servers: Vec<Kind>,
    /// A tenth of everything, once: to see that it works
    #[arg(long)]
    pub quick: bool,
    /// Folder for the databases; it should be on the disk that is meant [default: load-data beside the binaries]
    #[arg(long)]
    pub dir: Option<PathBuf>,
    /// Measure the binaries as they are
    #[arg(long)]
    pub no_build: bool,
    /// Also write every single figure as JSON
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Also put the table between the markers of this Markdown file
    #[arg(long, value_name = "FILE")]
    pub write: Option<PathBuf>,
}

/// One measurement, or all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    All,
    Throughput,
    Delivery,
    Memory,
    Storm,
    Inbox,
    Start,
    Disk,
}

impl Args {
    /// Reads the command line; `--quick` shrinks what it says.
    pub fn read() -> Self {
        let mut args = Self::parse();
        if args.quick {
            args.seconds /= 5.0;
            args.warm_up /= 2.0;
            args.rounds = 1;
            args.visitors /= 10;
            args.starts /= 4;
        }
        args
    }

    /// Whether this measurement was asked for.
    pub fn wants(&self, part: Part) -> bool {
        self.part == Part::All || self.part == part
    }

    pub fn time(&self) -> Duration {
        Duration::from_secs_f64(self.seconds)
    }

    pub fn warm_up(&self) -> Duration {
        Duration::from_secs_f64(self.warm_up)
    }

    /// Refuses what would measure nothing.
    pub fn check(&self) -> Result<()> {
        let counts = [self.rounds, self.conversations, self.delivery_conversations, self.visitors, self.starts];
        let is_nothing = counts.contains(&0) || self.windows.contains(&0) || self.rates.contains(&0);
        if is_nothing || !(self.seconds > 0.0 && self.warm_up >= 0.0) {
            return Err("every count and time must be more than nothing".into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commands_of_the_document_are_understood() {
        let page = include_str!("../../../docs/performance.md").replace("\\\n", " ");
        let commands: Vec<&str> = page.lines().filter(|line| line.starts_with("cargo run")).collect();
        assert_eq!(commands.len(), 2);
        for command in commands {
            let (cargo, own) = command.split_once(" -- ").expect("arguments");
            assert_eq!(cargo, "cargo run --release -p deskbell-load");
            let args = Args::try_parse_from(std::iter::once("load").chain(own.split_whitespace())).expect(command);
            args.check().expect(command);
        }
    }
}
