//! SQL of kept answers.

use sqlx::FromRow;

use super::idempotency::Claim;
use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::on;

/// An answer.
#[derive(Debug, FromRow)]
pub struct Kept {
    /// Of the request.
    pub digest: Vec<u8>,
    /// Of the answer.
    pub status: i64,
    /// JSON.
    pub body: String,
}

/// Claims a key; false if it is claimed. On PostgreSQL this waits for another transaction that claims it.
pub async fn claim(conn: Conn<'_>, claim: &Claim, now: Timestamp) -> Result<bool, Error> {
    let sql = "INSERT INTO idempotency_keys (workspace_id, api_key_id, key, digest, status, body, created_at) \
               VALUES ($1, $2, $3, $4, 0, '', $5) ON CONFLICT DO NOTHING";
    let claimed = on!(conn, |c| sqlx::query(sql)
        .bind(claim.workspace_id)
        .bind(claim.api_key_id)
        .bind(&claim.key)
        .bind(&claim.digest[..])
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(claimed == 1)
}

/// What stands under a key.
pub async fn find(conn: Conn<'_>, claim: &Claim) -> Result<Option<Kept>, Error> {
    let sql = "SELECT digest, status, body FROM idempotency_keys \
               WHERE workspace_id = $1 AND api_key_id = $2 AND key = $3";
    Ok(on!(conn, |c| sqlx::query_as(sql)
        .bind(claim.workspace_id)
        .bind(claim.api_key_id)
        .bind(&claim.key)
        .fetch_optional(c)
        .await)?)
}

/// Writes the answer under a key that this transaction has claimed.
pub async fn keep(conn: Conn<'_>, claim: &Claim, status: i64, body: &str) -> Result<(), Error> {
    let sql = "UPDATE idempotency_keys SET status = $4, body = $5 \
               WHERE workspace_id = $1 AND api_key_id = $2 AND key = $3";
    on!(conn, |c| sqlx::query(sql)
        .bind(claim.workspace_id)
        .bind(claim.api_key_id)
        .bind(&claim.key)
        .bind(status)
        .bind(body)
        .execute(c)
        .await
        .map(drop))
    .map_err(Error::from)
}

/// Whether there is an answer from before that time.
pub async fn has_older(conn: Conn<'_>, before: Timestamp) -> Result<bool, Error> {
    let sql = "SELECT CAST(1 AS BIGINT) FROM idempotency_keys WHERE created_at < $1 LIMIT 1";
    let found: Option<i64> = on!(conn, |c| sqlx::query_scalar(sql).bind(before).fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// Drops answers from before that time, at most `limit`.
pub async fn drop_older(conn: Conn<'_>, before: Timestamp, limit: i64) -> Result<(), Error> {
    let sql = "DELETE FROM idempotency_keys WHERE (workspace_id, api_key_id, key) IN \
               (SELECT workspace_id, api_key_id, key FROM idempotency_keys WHERE created_at < $1 LIMIT $2)";
    on!(conn, |c| sqlx::query(sql).bind(before).bind(limit).execute(c).await.map(drop)).map_err(Error::from)
}
