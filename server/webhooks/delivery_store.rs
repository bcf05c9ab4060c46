//! SQL of deliveries: one event for one webhook each.

use sqlx::FromRow;
use sqlx::types::Json;

use crate::clock::Timestamp;
use crate::db::{Claims, Conn, Error, Tx};
use crate::events::Kind;
use crate::events::store::NewEvent;
use crate::ids::{EventId, WebhookId, WorkspaceId};
use crate::outgoing::Told;
use crate::{living, on};

/// Adds these events for every webhook that wants them, in the transaction in which they are written down.
pub(crate) async fn enqueue(tx: &mut Tx, ws: WorkspaceId, events: &[NewEvent]) -> Result<(), Error> {
    let sql = "SELECT id, kinds FROM webhooks WHERE workspace_id = $1 AND disabled_at IS NULL";
    let webhooks: Vec<(WebhookId, Json<Vec<Kind>>)> =
        on!(tx.conn(), |c| sqlx::query_as(sql).bind(ws).fetch_all(c).await)?;
    let sql = "INSERT INTO webhook_deliveries (workspace_id, webhook_id, number, conversation_id, state, attempts, \
               next_at) VALUES ($1, $2, $3, $4, 'pending', 0, $5)";
    let now = tx.moment.now;
    for (id, kinds) in &webhooks {
        for event in events.iter().filter(|event| kinds.contains(&event.kind)) {
            on!(tx.conn(), |c| sqlx::query(sql)
                .bind(ws)
                .bind(id)
                .bind(event.number)
                .bind(event.conversation_id)
                .bind(now)
                .execute(c)
                .await
                .map(drop))?;
        }
    }
    Ok(())
}

/// A delivery that is to be made now.
#[derive(Debug, Clone, Copy, FromRow)]
pub struct Claimed {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// To whom.
    pub webhook_id: WebhookId,
    /// Of which event.
    pub number: i64,
    /// Which attempt it is, from 1.
    pub attempts: i64,
}

/// Webhooks for which something is due.
pub async fn due(conn: Conn<'_>, now: Timestamp) -> Result<Vec<(WorkspaceId, WebhookId)>, Error> {
    let sql = "SELECT w.workspace_id, w.id FROM webhooks w WHERE w.disabled_at IS NULL AND EXISTS (\
               SELECT 1 FROM webhook_deliveries d WHERE d.workspace_id = w.workspace_id AND d.webhook_id = w.id \
               AND d.state = 'pending' AND d.next_at <= $1 AND (d.locked_until IS NULL OR d.locked_until <= $1))";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(now).fetch_all(c).await)?)
}

macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "UPDATE webhook_deliveries SET attempts = attempts + 1, locked_until = $4, claimed_by = $6 \
             WHERE (workspace_id, webhook_id, number) IN (\
             SELECT d.workspace_id, d.webhook_id, d.number FROM webhook_deliveries d \
             WHERE d.workspace_id = $1 AND d.webhook_id = $2 AND d.state = 'pending' AND d.next_at <= $3 \
             AND (d.locked_until IS NULL OR d.locked_until <= $3) AND NOT EXISTS (\
             SELECT 1 FROM webhook_deliveries e WHERE e.workspace_id = d.workspace_id AND e.webhook_id = d.webhook_id \
             AND e.conversation_id = d.conversation_id AND e.state = 'pending' AND e.number < d.number) \
             ORDER BY d.number LIMIT $5",
            $lock,
            ") RETURNING workspace_id, webhook_id, number, attempts"
        )
    };
}

/// Takes deliveries of a webhook, of each conversation the first that is left: until when, and for which process.
pub async fn claim(
    conn: Conn<'_>,
    (ws, webhook): (WorkspaceId, WebhookId),
    now: Timestamp,
    (until, by): (Timestamp, Option<i64>),
    limit: i64,
) -> Result<Vec<Claimed>, Error> {
    let sql = conn.pick(claim!(""), claim!(" FOR UPDATE OF d SKIP LOCKED"));
    Ok(on!(conn, |c| sqlx::query_as(sql)
        .bind(ws)
        .bind(webhook)
        .bind(now)
        .bind(until)
        .bind(limit)
        .bind(by)
        .fetch_all(c)
        .await)?)
}

/// Deliveries under way, by the process that makes them.
pub const CLAIMS: Claims = Claims {
    what: "deliveries to webhooks",
    gone: concat!(
        "SELECT DISTINCT claimed_by FROM webhook_deliveries WHERE state = 'pending' AND locked_until > $1 \
         AND claimed_by NOT IN ",
        living!()
    ),
    release: "UPDATE webhook_deliveries SET locked_until = NULL WHERE state = 'pending' AND claimed_by = $1 \
              AND locked_until > $2",
};

/// Gives back what a process that is gone had taken. Only where there is one process.
pub async fn release_all(conn: Conn<'_>) -> Result<(), Error> {
    let sql = "UPDATE webhook_deliveries SET locked_until = NULL WHERE state = 'pending' AND locked_until IS NOT NULL";
    on!(conn, |c| sqlx::query(sql).execute(c).await.map(drop)).map_err(Error::from)
}

/// What came of an attempt.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// Of the answer.
    pub status: Option<i64>,
    /// Why there was no good one, in English.
    pub error: Option<String>,
    /// The same for readers of any language.
    pub told: Option<Told>,
    /// The answer's beginning.
    pub answer: String,
    /// How long it took.
    pub took_ms: i64,
    /// Until when it waits; none where it is done with.
    pub again_at: Option<Timestamp>,
}

impl Outcome {
    /// The state in which it leaves the delivery.
    pub const fn state(&self) -> &'static str {
        match (&self.error, self.again_at) {
            (None, _) => "sent",
            (Some(_), Some(_)) => "pending",
            (Some(_), None) => "dead",
        }
    }
}

/// Writes what came of an attempt, if it is still ours.
pub async fn settle(conn: Conn<'_>, claimed: &Claimed, outcome: &Outcome, now: Timestamp) -> Result<(), Error> {
    let state = outcome.state();
    let sql = "UPDATE webhook_deliveries SET state = $5, next_at = $6, locked_until = NULL, status = $7, error = $8, \
               answer = $9, took_ms = $10, tried_at = $11, failure = $12 WHERE workspace_id = $1 AND webhook_id = $2 AND number = $3 \
               AND attempts = $4 AND state = 'pending'";
    on!(conn, |c| sqlx::query(sql)
        .bind(claimed.workspace_id)
        .bind(claimed.webhook_id)
        .bind(claimed.number)
        .bind(claimed.attempts)
        .bind(state)
        .bind(outcome.again_at.unwrap_or(now))
        .bind(outcome.status)
        .bind(&outcome.error)
        .bind(&outcome.answer)
        .bind(outcome.took_ms)
        .bind(now)
        .bind(outcome.told.as_ref().map(Json))
        .execute(c)
        .await
        .map(drop))
    .map_err(Error::from)
}

/// Sends dead deliveries again: one, or all of a webhook.
pub async fn replay(conn: Conn<'_>, ws: WorkspaceId, id: WebhookId, number: i64, now: Timestamp) -> Result<u64, Error> {
    let sql = "UPDATE webhook_deliveries SET state = 'pending', attempts = 0, next_at = $4, locked_until = NULL \
               WHERE workspace_id = $1 AND webhook_id = $2 AND state = 'dead' AND (number = $3 OR $3 = 0)";
    let done = on!(conn, |c| sqlx::query(sql)
        .bind(ws)
        .bind(id)
        .bind(number)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done)
}

/// What waits is tried now.
pub async fn hurry(conn: Conn<'_>, ws: WorkspaceId, id: WebhookId, now: Timestamp) -> Result<(), Error> {
    let sql =
        "UPDATE webhook_deliveries SET next_at = $3 WHERE workspace_id = $1 AND webhook_id = $2 AND state = 'pending'";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(id).bind(now).execute(c).await.map(drop)).map_err(Error::from)
}

/// A delivery for people.
#[derive(Debug, Clone, FromRow)]
pub struct Listed {
    /// Of which event.
    pub number: i64,
    /// The event's id.
    pub event_id: EventId,
    /// What happened.
    pub kind: Kind,
    /// `pending`, `sent` or `dead`.
    pub state: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next.
    pub next_at: Timestamp,
    /// Of the last answer.
    pub status: Option<i64>,
    /// Why there was no good one, in English.
    pub error: Option<String>,
    /// The same for readers of any language; none of an older program.
    pub failure: Option<Json<Told>>,
    /// The last answer's beginning.
    pub answer: Option<String>,
    /// How long the last attempt took.
    pub took_ms: Option<i64>,
    /// When it was.
    pub tried_at: Option<Timestamp>,
}

/// The newest of a webhook in a state, at most so many.
pub async fn newest(
    conn: Conn<'_>,
    ws: WorkspaceId,
    id: WebhookId,
    state: &str,
    limit: i64,
) -> Result<Vec<Listed>, Error> {
    before(conn, (ws, id), state, i64::MAX, limit).await
}

/// The same, of events before this number.
pub async fn before(
    conn: Conn<'_>,
    (ws, id): (WorkspaceId, WebhookId),
    state: &str,
    before: i64,
    limit: i64,
) -> Result<Vec<Listed>, Error> {
    let sql = "SELECT d.number, e.id AS event_id, e.kind, d.state, d.attempts, d.next_at, d.status, d.error, \
               d.failure, d.answer, d.took_ms, d.tried_at FROM webhook_deliveries d \
               JOIN events e ON e.workspace_id = d.workspace_id AND e.number = d.number \
               WHERE d.workspace_id = $1 AND d.webhook_id = $2 AND d.state = $3 AND d.number < $4 \
               ORDER BY d.number DESC LIMIT $5";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(id).bind(state).bind(before).bind(limit).fetch_all(c).await)?)
}

/// How many of each webhook are pending, and dead.
pub async fn counts(conn: Conn<'_>, ws: WorkspaceId) -> Result<Vec<(WebhookId, i64, i64)>, Error> {
    let sql = "SELECT webhook_id, count(CASE WHEN state = 'pending' THEN 1 END), count(CASE WHEN state = 'dead' THEN 1 END) \
               FROM webhook_deliveries WHERE workspace_id = $1 AND state <> 'sent' GROUP BY webhook_id";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).fetch_all(c).await)?)
}
