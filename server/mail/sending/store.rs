//! SQL of mails under way.

use crate::clock::Timestamp;
use crate::db::{Claims, Conn, Error};
use crate::ids::{MailId, WorkspaceId};
use crate::mail::outbox::Taken;
use crate::{living, on};

macro_rules! take {
    ($lock:literal) => {
        concat!(
            "UPDATE mails SET attempts = attempts + 1, locked_until = $2, claimed_by = $4 WHERE (workspace_id, id) IN (\
             SELECT m.workspace_id, m.id FROM mails m WHERE m.state = 'pending' AND m.next_at <= $1 \
             AND (m.locked_until IS NULL OR m.locked_until <= $1) ORDER BY m.next_at LIMIT $3",
            $lock,
            ") RETURNING workspace_id, id, kind, site_id, conversation_id, agent_id, address, payload, message_id, \
             attempts, created_at"
        )
    };
}

/// Takes mails that are due, those first that have waited longest: until when, and for which process.
pub async fn take(
    conn: Conn<'_>,
    now: Timestamp,
    (until, by): (Timestamp, Option<i64>),
    limit: i64,
) -> Result<Vec<Taken>, Error> {
    let sql = conn.pick(take!(""), take!(" FOR UPDATE OF m SKIP LOCKED"));
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(now).bind(until).bind(limit).bind(by).fetch_all(c).await)?)
}

/// Whether any mail is due.
pub async fn is_due(conn: Conn<'_>, now: Timestamp) -> Result<bool, Error> {
    let sql = "SELECT EXISTS (SELECT 1 FROM mails WHERE state = 'pending' AND next_at <= $1 \
               AND (locked_until IS NULL OR locked_until <= $1))";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).bind(now).fetch_one(c).await)?)
}

/// Mails under way, by the process that sends them.
pub const CLAIMS: Claims = Claims {
    what: "mails",
    gone: concat!(
        "SELECT DISTINCT claimed_by FROM mails WHERE state = 'pending' AND locked_until > $1 AND claimed_by NOT IN ",
        living!()
    ),
    release: "UPDATE mails SET locked_until = NULL WHERE state = 'pending' AND claimed_by = $1 AND locked_until > $2",
};

/// Gives back what a process that is gone had taken. Only where there is one process.
pub async fn release_all(conn: Conn<'_>) -> Result<(), Error> {
    let sql = "UPDATE mails SET locked_until = NULL WHERE state = 'pending' AND locked_until IS NOT NULL";
    on!(conn, |c| sqlx::query(sql).execute(c).await.map(drop)).map_err(Error::from)
}

/// Puts a mail back that was not tried: it counts as no attempt.
pub async fn put_back(conn: Conn<'_>, taken: &Taken, at: Timestamp) -> Result<(), Error> {
    let sql = "UPDATE mails SET attempts = attempts - 1, locked_until = NULL, next_at = $4 \
               WHERE workspace_id = $1 AND id = $2 AND attempts = $3 AND state = 'pending'";
    on!(conn, |c| sqlx::query(sql)
        .bind(taken.workspace_id)
        .bind(taken.id)
        .bind(taken.attempts)
        .bind(at)
        .execute(c)
        .await
        .map(drop))
    .map_err(Error::from)
}

/// What came of an attempt.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// `pending`, `sent`, `dead` or `void`.
    pub state: &'static str,
    /// When it is tried next, if it is.
    pub next_at: Option<Timestamp>,
    /// The server's code.
    pub code: Option<i64>,
    /// What it or we said, for people.
    pub error: Option<String>,
}

/// Writes what came of an attempt, if the mail is still ours. A link that lets somebody in is forgotten once
/// its mail is done with.
pub async fn settle(conn: Conn<'_>, taken: &Taken, outcome: &Outcome, now: Timestamp) -> Result<bool, Error> {
    let sql = "UPDATE mails SET state = $4, next_at = COALESCE($5, next_at), locked_until = NULL, code = $6, error = $7, \
               sent_at = CASE WHEN $4 = 'sent' THEN $8 ELSE sent_at END, \
               payload = CASE WHEN $4 <> 'pending' AND kind IN ('invitation', 'reset') THEN '{}' ELSE payload END \
               WHERE workspace_id = $1 AND id = $2 AND attempts = $3 AND state = 'pending'";
    let done = on!(conn, |c| sqlx::query(sql)
        .bind(taken.workspace_id)
        .bind(taken.id)
        .bind(taken.attempts)
        .bind(outcome.state)
        .bind(outcome.next_at)
        .bind(outcome.code)
        .bind(&outcome.error)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Gives up links for another password that have ended before they could be sent, and forgets them.
pub async fn drop_ended_links(conn: Conn<'_>, before: Timestamp, now: Timestamp) -> Result<(), Error> {
    let sql = "UPDATE mails SET state = 'void', payload = '{}', locked_until = NULL, error = 'its link has ended' \
               WHERE kind = 'reset' AND state = 'pending' AND created_at <= $1 AND (locked_until IS NULL OR locked_until <= $2)";
    on!(conn, |c| sqlx::query(sql).bind(before).bind(now).execute(c).await.map(drop)).map_err(Error::from)
}

/// How many mails are in each state.
pub async fn counts(conn: Conn<'_>) -> Result<Vec<(String, i64)>, Error> {
    let sql = "SELECT state, COUNT(*) FROM mails GROUP BY state";
    Ok(on!(conn, |c| sqlx::query_as(sql).fetch_all(c).await)?)
}

/// Drops mails of no conversation that are done with and old; so many at most.
pub async fn drop_old(conn: Conn<'_>, before: Timestamp, limit: i64) -> Result<u64, Error> {
    let sql = "DELETE FROM mails WHERE (workspace_id, id) IN (SELECT workspace_id, id FROM mails \
               WHERE created_at <= $1 AND conversation_id IS NULL AND state <> 'pending' LIMIT $2)";
    Ok(on!(conn, |c| sqlx::query(sql).bind(before).bind(limit).execute(c).await.map(|done| done.rows_affected()))?)
}

/// The mail's state now.
pub async fn state(conn: Conn<'_>, ws: WorkspaceId, id: MailId) -> Result<Option<String>, Error> {
    let sql = "SELECT state FROM mails WHERE workspace_id = $1 AND id = $2";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).bind(ws).bind(id).fetch_optional(c).await)?)
}
