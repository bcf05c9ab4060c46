//! A fresh database for each test.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use deskbell::config::DatabaseUrl;
use deskbell::secrets::Secret;
use sqlx::Connection as _;
use sqlx::postgres::PgConnection;

static COUNT: AtomicU32 = AtomicU32::new(0);

/// A database that nobody else has, and a folder for the rest. Gone when dropped.
pub struct Database {
    /// What the configuration says.
    pub url: DatabaseUrl,
    /// The data folder.
    pub folder: PathBuf,
}

fn fresh_name() -> String {
    format!("deskbell_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

fn fresh_folder() -> PathBuf {
    let folder = std::env::temp_dir().join(fresh_name());
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// The server that tests may fill with databases, if there is one.
#[expect(clippy::disallowed_methods, reason = "the tests' own environment")]
fn server() -> Option<String> {
    std::env::var("DESKBELL_TEST_POSTGRES").ok().filter(|url| !url.is_empty())
}

impl Database {
    /// In a folder of its own.
    pub fn sqlite() -> Self {
        let folder = fresh_folder();
        Self { url: DatabaseUrl::Sqlite(folder.join("deskbell.db")), folder }
    }

    /// On the tests' PostgreSQL server, if there is one.
    pub async fn postgres() -> Option<Self> {
        let server = server()?;
        let name = fresh_name();
        let mut admin = PgConnection::connect(&server).await.expect("the tests' PostgreSQL answers");
        let sql = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
        sqlx::raw_sql(sql).execute(&mut admin).await.expect("a database");
        let mut url = url::Url::parse(&server).expect("a URL");
        url.set_path(&name);
        Some(Self { url: DatabaseUrl::Postgres(Secret::new(url.as_str())), folder: fresh_folder() })
    }

    /// The text for `--database`.
    pub fn flag(&self) -> String {
        match &self.url {
            DatabaseUrl::Sqlite(file) => format!("sqlite:{}", file.display()),
            DatabaseUrl::Postgres(url) => url.expose().to_owned(),
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.folder));
    }
}
