//! The database as commands open it: alone, or beside a running server.

use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, SqliteConnection};

use super::inspect_store;
use crate::agents::EmailAddress;
use crate::agents::store::AgentRow;
use crate::cli::run::{Failure, Tools, sentence};
use crate::clock::Ids;
use crate::config::{Config, DatabaseUrl};
use crate::db::{self, Conn, DataLock, Db, OpenError, Tx};
use crate::ids::WorkspaceId;
use crate::workspaces;
use crate::writer::{Writer, WriterTask};

/// Operations that a command may queue.
const QUEUE: usize = 16;
/// How long a database server may take to let us in.
const CONNECT_PATIENCE: Duration = Duration::from_secs(5);

/// An open database that a command writes to.
pub(super) struct OpenDesk {
    pub(super) writer: Writer,
    pub(super) db: Db,
    task: WriterTask,
}

impl OpenDesk {
    /// Opens and migrates. The caller holds the lock.
    pub(super) async fn alone(config: &Config, tools: &Tools, _lock: &DataLock) -> Result<Self, Failure> {
        Ok(Self::start(db::open(&config.database).await?, tools))
    }

    /// Opens a database that exists and has this version's schema: neither is made here, since a
    /// server may be running.
    pub(super) async fn beside(config: &Config, tools: &Tools) -> Result<Self, Failure> {
        let mut found = Found::find(config).await?;
        let mut conn = found.conn().ok_or_else(nothing_there)?;
        let applied = inspect_store::applied(conn.again()).await?.ok_or_else(nothing_there)?;
        if inspect_store::missing(&conn, &applied) > 0 {
            return Err(Failure::new(
                "The database has the schema of an older version. Stop the server and run `deskbell migrate`.",
            ));
        }
        found.close().await;
        Ok(Self::start(db::open(&config.database).await?, tools))
    }

    fn start(opened: db::Opened, tools: &Tools) -> Self {
        let db = opened.db.clone();
        let ids = Arc::new(Ids::new(tools.clock.clone(), tools.random.clone()));
        // What commands change no session follows.
        let (writer, task) = Writer::start(opened, tools.clock.clone(), ids, Arc::new(drop), QUEUE);
        Self { writer, db, task }
    }

    pub(super) async fn close(self) {
        self.writer.stop();
        drop(self.writer);
        self.task.finished().await;
        self.db.close().await;
    }
}

/// Locks the data folder, as `serve` does.
pub(super) fn lock(config: &Config) -> Result<DataLock, Failure> {
    DataLock::acquire(&config.data).map_err(|why| Failure::new(sentence(&why.to_string())))
}

fn nothing_there() -> Failure {
    Failure::new("There is no database yet. `deskbell bootstrap` sets one up, or `deskbell serve` and its set-up link.")
}

/// A database that is looked at without being made or migrated.
pub(super) enum Found {
    /// There is no file.
    Nothing,
    /// The embedded one.
    Lite(Box<SqliteConnection>),
    /// A server.
    Pg(Box<PgConnection>),
}

impl Found {
    /// Connects, and refuses what is not safe.
    pub(super) async fn find(config: &Config) -> Result<Self, OpenError> {
        match &config.database {
            DatabaseUrl::Sqlite(file) if !file.exists() => Ok(Self::Nothing),
            DatabaseUrl::Sqlite(file) => Ok(Self::Lite(Box::new(db::connect_sqlite_writer(file).await?))),
            DatabaseUrl::Postgres(url) => {
                let conn = connect_once(url.expose()).await?;
                // This one is checked for what would lose messages.
                db::connect_pg(url.expose()).await?.close().await;
                Ok(Self::Pg(Box::new(conn)))
            }
        }
    }

    /// The connection, if there is a database.
    pub(super) fn conn(&mut self) -> Option<Conn<'_>> {
        match self {
            Self::Nothing => None,
            Self::Lite(conn) => Some(Conn::Lite(conn)),
            Self::Pg(conn) => Some(Conn::Pg(conn)),
        }
    }

    pub(super) async fn close(self) {
        // What was only looked at may go without a farewell.
        match self {
            Self::Nothing => {}
            Self::Lite(conn) => drop(conn.close().await),
            Self::Pg(conn) => drop(conn.close().await),
        }
    }
}

/// Tries once, so that the error says why; a pool would try again and only say that time is over.
async fn connect_once(url: &str) -> Result<PgConnection, sqlx::Error> {
    let options = PgConnectOptions::from_str(url)?.application_name("deskbell").disable_statement_logging();
    let Ok(connected) = tokio::time::timeout(CONNECT_PATIENCE, PgConnection::connect_with(&options)).await else {
        return Err(sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, "no answer within 5 s")));
    };
    connected
}

/// The workspace that commands are about. There is one until somebody can make a second.
pub(super) async fn workspace(tx: &mut Tx) -> Result<WorkspaceId, Failure> {
    match workspaces::store::all(tx.conn()).await?.as_slice() {
        [one] => Ok(one.id),
        [] => Err(Failure::new("This database is not set up yet. Run `deskbell bootstrap`, or open the set-up link.")),
        _ => Err(Failure::new("This database has several workspaces, and commands cannot tell which one is meant.")),
    }
}

/// The agent of this address in the workspace.
pub(super) async fn agent(tx: &mut Tx, ws: WorkspaceId, email: &EmailAddress) -> Result<AgentRow, Failure> {
    let found = crate::agents::store::by_email(tx.conn(), email).await?;
    let found = found.into_iter().find(|agent| agent.workspace_id == ws);
    found.ok_or_else(|| Failure::new(format!("There is no agent with the mail address {}.", email.as_str())))
}
