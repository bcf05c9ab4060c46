//! Brings a database to this program's schema, and refuses one that is too new for it.

use sqlx::migrate::Migrator;

use super::{Conn, Error};
use crate::on;

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// Why the schema is not usable.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// A newer program has changed the schema so that this one cannot live with it.
    #[error("this database needs deskbell {needed} or newer, and this is {running}; install the newer version")]
    TooNew {
        /// The oldest version that may run.
        needed: String,
        /// This version.
        running: String,
    },
    /// A migration failed; it was rolled back as a whole.
    #[error("a migration failed and was rolled back: {0}")]
    Failed(#[from] sqlx::migrate::MigrateError),
    /// The database did not answer.
    #[error(transparent)]
    Db(#[from] Error),
}

/// Applies what is missing. Migrations that a newer program has applied are left alone, unless one
/// of them says that this program is too old.
pub async fn migrate(mut conn: Conn<'_>, running: &str) -> Result<(), MigrateError> {
    refuse_too_new(conn.again(), running).await?;
    match conn {
        Conn::Lite(c) => tolerant(&SQLITE).run(c).await?,
        Conn::Pg(c) => tolerant(&POSTGRES).run(c).await?,
    }
    Ok(())
}

/// Gives an empty database the schema up to a migration, for rows that were made under it.
pub async fn migrate_to(conn: Conn<'_>, newest: i64) -> Result<(), MigrateError> {
    let up_to = |all: &'static Migrator| {
        let steps = all.migrations.iter().filter(|step| step.version <= newest).cloned().collect::<Vec<_>>();
        Migrator { migrations: steps.into(), ..Migrator::DEFAULT }
    };
    match conn {
        Conn::Lite(c) => up_to(&SQLITE).run(c).await?,
        Conn::Pg(c) => up_to(&POSTGRES).run(c).await?,
    }
    Ok(())
}

/// The newest migration for the embedded database.
pub fn newest_sqlite() -> i64 {
    SQLITE.iter().map(|step| step.version).max().unwrap_or(0)
}

/// The newest migration for PostgreSQL.
pub fn newest_postgres() -> i64 {
    POSTGRES.iter().map(|step| step.version).max().unwrap_or(0)
}

fn tolerant(migrator: &'static Migrator) -> Migrator {
    Migrator { ignore_missing: true, migrations: migrator.migrations.clone(), ..Migrator::DEFAULT }
}

async fn refuse_too_new(mut conn: Conn<'_>, running: &str) -> Result<(), MigrateError> {
    let exists = conn.pick(
        "SELECT count(*) FROM sqlite_schema WHERE name = 'schema_compatibility'",
        "SELECT count(*) FROM pg_tables WHERE tablename = 'schema_compatibility' AND schemaname = current_schema()",
    );
    let found: i64 = on!(conn.again(), |c| sqlx::query_scalar(exists).fetch_one(c).await).map_err(Error::from)?;
    if found == 0 {
        return Ok(());
    }
    let needed: Vec<String> =
        on!(conn, |c| sqlx::query_scalar("SELECT min_app_version FROM schema_compatibility").fetch_all(c).await)
            .map_err(Error::from)?;
    match needed.into_iter().max_by_key(|version| parts(version)) {
        Some(needed) if parts(&needed) > parts(running) => {
            Err(MigrateError::TooNew { needed, running: running.to_owned() })
        }
        _ => Ok(()),
    }
}

fn parts(version: &str) -> (u64, u64, u64) {
    let mut numbers = version.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || numbers.next().unwrap_or(0);
    (next(), next(), next())
}
