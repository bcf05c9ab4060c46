//! SQL of jobs. A claim is fenced by the count of attempts: whoever lost the lease changes nothing.

use serde_json::Value;
use sqlx::FromRow;
use sqlx::types::Json;

use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{JobId, WorkspaceId};
use crate::on;

/// A new job.
pub struct NewJob {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// Drawn by the program.
    pub id: JobId,
    /// What kind of work it is.
    pub kind: &'static str,
    /// What that kind needs to know.
    pub payload: Value,
    /// Not before this.
    pub run_at: Timestamp,
}

/// A job that this worker holds.
#[derive(Debug, Clone, FromRow)]
pub struct Claimed {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// Its id.
    pub id: JobId,
    /// What kind of work it is.
    pub kind: String,
    /// What that kind needs to know.
    pub payload: Json<Value>,
    /// Which attempt this is, from 1.
    pub attempts: i64,
    /// Until when it is ours.
    pub locked_until: Timestamp,
}

/// How many jobs there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub struct Counts {
    /// Due or to come, and nobody has them.
    pub waiting: i64,
    /// With a worker.
    pub running: i64,
    /// Given up.
    pub dead: i64,
}

/// Adds a job.
pub async fn insert(conn: Conn<'_>, new: &NewJob, now: Timestamp) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(
        "INSERT INTO jobs (workspace_id, id, kind, payload, state, run_at, attempts, created_at) \
         VALUES ($1, $2, $3, $4, 'ready', $5, 0, $6)"
    )
    .bind(new.workspace_id)
    .bind(new.id)
    .bind(new.kind)
    .bind(Json(&new.payload))
    .bind(new.run_at)
    .bind(now)
    .execute(c)
    .await
    .map(drop))
    .map_err(Error::from)
}

macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "UPDATE jobs SET attempts = attempts + 1, locked_until = $2 WHERE (workspace_id, id) = (\
             SELECT workspace_id, id FROM jobs WHERE state = 'ready' AND run_at <= $1 \
             AND (locked_until IS NULL OR locked_until <= $1) ORDER BY run_at, id LIMIT 1",
            $lock,
            ") RETURNING workspace_id, id, kind, payload, attempts, locked_until"
        )
    };
}

/// Takes the job that is due longest, until `until`. On PostgreSQL workers pass over what another
/// one is just taking.
pub async fn claim(conn: Conn<'_>, now: Timestamp, until: Timestamp) -> Result<Option<Claimed>, Error> {
    let sql = conn.pick(claim!(""), claim!(" FOR UPDATE SKIP LOCKED"));
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(now).bind(until).fetch_optional(c).await)?)
}

/// Gives up the jobs whose lease of their last attempt ran out.
pub async fn bury_abandoned(conn: Conn<'_>, now: Timestamp, most_attempts: i64) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(
        "UPDATE jobs SET state = 'dead', locked_until = NULL, \
         last_error = COALESCE(last_error, 'its worker never came back') \
         WHERE state = 'ready' AND run_at <= $1 AND locked_until <= $1 AND attempts >= $2"
    )
    .bind(now)
    .bind(most_attempts)
    .execute(c)
    .await
    .map(drop))
    .map_err(Error::from)
}

/// Removes a job that is done. False if it is not this claim's any more.
pub async fn delete(conn: Conn<'_>, job: &Claimed) -> Result<bool, Error> {
    let sql = "DELETE FROM jobs WHERE workspace_id = $1 AND id = $2 AND attempts = $3 AND locked_until IS NOT NULL";
    let rows = on!(conn, |c| sqlx::query(sql)
        .bind(job.workspace_id)
        .bind(job.id)
        .bind(job.attempts)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Puts a failed job back until `run_at`. False if it is not this claim's any more.
pub async fn put_back(conn: Conn<'_>, job: &Claimed, run_at: Timestamp, why: &str) -> Result<bool, Error> {
    let sql = "UPDATE jobs SET run_at = $4, locked_until = NULL, last_error = $5 \
               WHERE workspace_id = $1 AND id = $2 AND attempts = $3 AND locked_until IS NOT NULL";
    let rows = on!(conn, |c| sqlx::query(sql)
        .bind(job.workspace_id)
        .bind(job.id)
        .bind(job.attempts)
        .bind(run_at)
        .bind(why)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Gives a failed job up. False if it is not this claim's any more.
pub async fn bury(conn: Conn<'_>, job: &Claimed, why: &str) -> Result<bool, Error> {
    let sql = "UPDATE jobs SET state = 'dead', locked_until = NULL, last_error = $4 \
               WHERE workspace_id = $1 AND id = $2 AND attempts = $3 AND locked_until IS NOT NULL";
    let rows = on!(conn, |c| sqlx::query(sql)
        .bind(job.workspace_id)
        .bind(job.id)
        .bind(job.attempts)
        .bind(why)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// How many jobs there are.
pub async fn counts(conn: Conn<'_>, now: Timestamp) -> Result<Counts, Error> {
    let sql = "SELECT \
               count(CASE WHEN state = 'ready' AND (locked_until IS NULL OR locked_until <= $1) THEN 1 END) AS waiting, \
               count(CASE WHEN state = 'ready' AND locked_until > $1 THEN 1 END) AS running, \
               count(CASE WHEN state = 'dead' THEN 1 END) AS dead FROM jobs";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(now).fetch_one(c).await)?)
}
