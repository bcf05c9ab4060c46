//! For the tests inside the library: each one runs on a fresh SQLite in a folder of its own and on
//! a fresh PostgreSQL database of the server that `DESKBELL_TEST_POSTGRES` names.

use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Once};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use crate::clock::{Clock, Ids, Random, Timestamp};
use crate::config::DatabaseUrl;
use crate::db::{self, Db, Error, Tx};
use crate::on;
use crate::secrets::Secret;
use crate::writer::{Writer, WriterTask};

/// 2026-11-24T10:00:00Z: when tests happen.
pub const NOON: Timestamp = Timestamp::from_millis(1_795_514_400_000);

/// A URL like `postgres://postgres@127.0.0.1:5433/postgres`, of a server that may be filled with
/// databases.
const POSTGRES: &str = "DESKBELL_TEST_POSTGRES";

/// An opened and migrated database with its writer, and time and randomness held still.
pub struct TestDb {
    /// For reading.
    pub db: Db,
    /// For writing.
    pub writer: Writer,
    /// Stands at [`NOON`] until a test moves it.
    pub clock: Clock,
    /// Seeded.
    pub random: Random,
    /// By that clock and that source.
    pub ids: Arc<Ids>,
    task: WriterTask,
}

impl TestDb {
    /// Opens the database of [`each_place`]; to be closed at the end.
    pub async fn open(url: &DatabaseUrl) -> Self {
        let opened = db::open(url).await.expect("a database");
        let (clock, random) = (Clock::fixed(NOON), Random::seeded(1));
        let ids = Arc::new(Ids::new(clock.clone(), random.clone()));
        let db = opened.db.clone();
        let (writer, task) = Writer::start(opened, clock.clone(), Arc::clone(&ids), Arc::new(drop), 1_024);
        Self { db, writer, clock, random, ids, task }
    }

    /// Finishes what is queued and lets go of the database.
    pub async fn close(self) {
        self.writer.stop();
        self.task.finished().await;
        self.db.close().await;
    }

    /// Runs an operation that has to succeed.
    pub async fn run<T, E, F>(&self, operation: F) -> T
    where
        T: Send + 'static,
        E: From<Error> + std::fmt::Debug + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        self.writer.run("test", operation).await.expect("the operation succeeds")
    }

    /// Runs SQL without binds in a transaction.
    pub async fn sql(&self, sql: impl Into<String>) -> Result<(), Error> {
        let sql = sql.into();
        self.writer
            .run("test", move |tx| {
                Box::pin(async move {
                    let sql = sqlx::AssertSqlSafe(sql);
                    on!(tx.conn(), |c| sqlx::raw_sql(sql).execute(c).await.map(drop)).map_err(Error::from)
                })
            })
            .await
    }

    /// A number that SQL without binds gives.
    pub async fn number(&self, sql: &str) -> i64 {
        let mut conn = self.db.read().await.expect("a connection");
        let sql = sqlx::AssertSqlSafe(format!("SELECT CAST(({sql}) AS BIGINT)"));
        on!(conn.conn(), |c| sqlx::query_scalar(sql).fetch_one(c).await).expect("a number")
    }
}

/// Runs a test on SQLite, and on PostgreSQL where there is one.
pub async fn each_database(test: impl AsyncFn(&TestDb)) {
    each_place(async |_, url| {
        let opened = TestDb::open(&url).await;
        test(&opened).await;
        opened.close().await;
    })
    .await;
}

/// Like [`each_database`], with an empty database that is not opened yet.
pub async fn each_place(test: impl AsyncFn(&Path, DatabaseUrl)) {
    let folder = Folder::new();
    test(&folder.0, DatabaseUrl::Sqlite(db::sqlite_file(&folder.0))).await;
    let Some(server) = postgres_server() else { return };
    let folder = Folder::new();
    let name = format!("deskbell_test_{}", folder.unique());
    let options = PgConnectOptions::from_str(&server).expect("a URL").disable_statement_logging();
    let mut admin = sqlx::PgConnection::connect_with(&options).await.expect("PostgreSQL");
    let sql = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
    sqlx::raw_sql(sql).execute(&mut admin).await.expect("a database");
    let mut url = url::Url::parse(&server).expect("a URL");
    url.set_path(&name);
    let url = DatabaseUrl::Postgres(Secret::new(url.as_str()));
    let ended = AssertUnwindSafe(test(&folder.0, url)).catch_unwind().await;
    let sql = sqlx::AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"));
    sqlx::raw_sql(sql).execute(&mut admin).await.expect("the database goes away");
    if let Err(panic) = ended {
        std::panic::resume_unwind(panic);
    }
}

#[expect(clippy::disallowed_methods, reason = "no setting of Deskbell, but where its tests find a server")]
fn postgres_server() -> Option<String> {
    static TOLD: Once = Once::new();
    let server = std::env::var(POSTGRES).ok();
    if server.is_none() {
        // Not by `eprintln!`, which the test runner swallows.
        TOLD.call_once(|| {
            let told = std::io::Write::write_all(
                &mut std::io::stderr(),
                format!("SKIPPED on PostgreSQL: set {POSTGRES} to run these tests there, too\n").as_bytes(),
            );
            drop(told);
        });
    }
    server
}

/// A folder of its own for one test, removed at the end.
pub struct Folder(pub PathBuf);

impl Folder {
    /// A new, empty one.
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("deskbell-test-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn unique(&self) -> String {
        let name = self.0.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.trim_start_matches("deskbell-test-").replace('-', "_")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}
