//! The four servers under test: how each is prepared, started and asked what it stored.

mod build;
mod deskbell;
mod process;

pub use build::build;
pub use process::{CpuTime, Process};

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use clap::ValueEnum;
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::{
    Result,
    client::{Target, Wire},
    machine::Cores,
};

/// Which server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ValueEnum)]
pub enum Kind {
    Deskbell,
    Bare,
    Ws,
    #[value(name = "socketio")]
    SocketIo,
}

impl Kind {
    pub const ALL: [Self; 4] = [Self::Deskbell, Self::Bare, Self::Ws, Self::SocketIo];

    /// As the table's head says it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Deskbell => "Deskbell",
            Self::Bare => "bare relay",
            Self::Ws => "Node ws",
            Self::SocketIo => "Node socket.io",
        }
    }

    /// As the machine-readable results say it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Deskbell => "deskbell",
            Self::Bare => "bare",
            Self::Ws => "ws",
            Self::SocketIo => "socketio",
        }
    }
}

/// Where programs are.
#[derive(Debug, Clone)]
pub struct Programs {
    /// The folder of `deskbell` and `bare_relay`.
    pub binaries: PathBuf,
    /// The folder of the Node relays.
    pub node: PathBuf,
}

/// A server with a database of its own, not running yet.
pub struct Prepared {
    kind: Kind,
    programs: Programs,
    folder: PathBuf,
    wire: Wire,
}

/// A server that listens.
pub struct Server {
    pub process: Process,
    pub target: Target,
}

impl Prepared {
    /// Makes an empty folder and what the server needs in it.
    pub fn new(kind: Kind, programs: &Programs, folder: PathBuf) -> Result<Self> {
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        let wire = match kind {
            Kind::Deskbell => deskbell::set_up(&programs.binaries.join("deskbell"), &folder)?,
            Kind::Bare | Kind::Ws => Wire::Plain,
            Kind::SocketIo => Wire::SocketIo,
        };
        Ok(Self { kind, programs: programs.clone(), folder, wire })
    }

    /// Starts it on the given cores.
    pub fn start(&self, cores: &Cores) -> Result<Server> {
        let log = self.folder.join("log");
        let process = Process::start(self.command(), cores, &log).map_err(|error| format!("{error}{}", said(&log)))?;
        let target = Target { address: process.address, wire: self.wire.clone() };
        Ok(Server { process, target })
    }

    /// How many messages its database holds; the server has stopped.
    pub async fn stored(&self) -> Result<u64> {
        let file = database_in(&self.data())?;
        let options = SqliteConnectOptions::new().filename(file);
        let mut connection = SqliteConnection::connect_with(&options).await?;
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM messages").fetch_one(&mut connection).await?;
        connection.close().await?;
        Ok(u64::try_from(count)?)
    }

    /// Removes all that it wrote.
    pub fn remove(self) -> Result<()> {
        Ok(std::fs::remove_dir_all(&self.folder)?)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn command(&self) -> Command {
        let node = |script: &str| {
            let mut command = Command::new("node");
            command.arg(self.programs.node.join(script));
            command
        };
        let mut command = match self.kind {
            Kind::Deskbell => deskbell::serve(&self.programs.binaries.join("deskbell"), &self.folder),
            Kind::Bare => Command::new(self.programs.binaries.join("bare_relay")),
            Kind::Ws => node("ws_relay.js"),
            Kind::SocketIo => node("socketio_relay.js"),
        };
        command.args(["--listen", "127.0.0.1:0", "--data"]).arg(self.data());
        command
    }
}

/// The end of what a server printed.
fn said(log: &Path) -> String {
    let log = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<_> = log.lines().rev().take(3).collect();
    lines.into_iter().rev().map(|line| format!("\n  {line}")).collect()
}

/// The database file in a data folder.
fn database_in(folder: &Path) -> Result<PathBuf> {
    let files = std::fs::read_dir(folder)?.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    let is_database = |path: &PathBuf| {
        path.extension().is_some_and(|ending| ending == "db" || ending == "sqlite" || ending == "sqlite3")
    };
    files
        .filter(|path| path.is_file())
        .find(is_database)
        .ok_or_else(|| format!("no database in {}", folder.display()).into())
}
