//! SQL by which commands look at a database as it is, whatever its schema.

use sqlx::migrate::Migrator;

use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::on;

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// A migration's number and name.
pub type Step = (i64, String);

/// The migrations that this version brings.
pub fn known(conn: &Conn<'_>) -> Vec<Step> {
    let migrator = match conn {
        Conn::Lite(_) => &SQLITE,
        Conn::Pg(_) => &POSTGRES,
    };
    migrator.iter().map(|step| (step.version, step.description.to_string())).collect()
}

/// The migrations that this version brings and that are not among those `applied`.
pub fn missing(conn: &Conn<'_>, applied: &[Step]) -> usize {
    known(conn).iter().filter(|(number, _)| !applied.iter().any(|(has, _)| has == number)).count()
}

/// The migrations that the database has; none if it is empty.
pub async fn applied(mut conn: Conn<'_>) -> Result<Option<Vec<Step>>, Error> {
    let exists = conn.pick(
        "SELECT count(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'",
        "SELECT count(*) FROM pg_tables WHERE tablename = '_sqlx_migrations' AND schemaname = current_schema()",
    );
    let found: i64 = on!(conn.again(), |c| sqlx::query_scalar(exists).fetch_one(c).await)?;
    if found == 0 {
        return Ok(None);
    }
    let sql = "SELECT version, description FROM _sqlx_migrations ORDER BY version";
    Ok(Some(on!(conn, |c| sqlx::query_as(sql).fetch_all(c).await)?))
}

/// Which database it is, in words.
pub async fn describe(conn: Conn<'_>) -> Result<String, Error> {
    let sql = conn.pick(
        "SELECT 'SQLite ' || sqlite_version() || ', write-ahead log, synchronous FULL'",
        "SELECT 'PostgreSQL ' || current_setting('server_version') || ', synchronous_commit ' || \
         current_setting('synchronous_commit') || ', fsync ' || current_setting('fsync')",
    );
    Ok(on!(conn, |c| sqlx::query_scalar(sql).fetch_one(c).await)?)
}

/// The latest time that stands in the database.
pub async fn newest(conn: Conn<'_>) -> Result<Option<Timestamp>, Error> {
    let sql = "SELECT max(at) FROM (SELECT max(created_at) AS at FROM instance \
               UNION ALL SELECT max(seen_at) FROM sessions \
               UNION ALL SELECT created_at FROM (SELECT created_at FROM messages ORDER BY row_id DESC LIMIT 1) AS last\
               ) AS times";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).fetch_one(c).await)?)
}

/// The names of queues that nobody serves.
pub async fn unserved_queues(conn: Conn<'_>) -> Result<Vec<String>, Error> {
    let sql = "SELECT name FROM queues WHERE NOT EXISTS (SELECT 1 FROM queue_agents \
               WHERE queue_agents.workspace_id = queues.workspace_id AND queue_agents.queue_id = queues.id) ORDER BY name";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).fetch_all(c).await)?)
}
