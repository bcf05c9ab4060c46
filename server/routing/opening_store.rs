//! SQL of openings.

use sqlx::types::Json;

use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::hours::Hours;
use crate::ids::{ConversationId, QueueId, SiteId, WorkspaceId};
use crate::on;

/// A row's tenant, its id, its hours, and the last opening that was noticed.
pub type OpeningRow<Id> = (WorkspaceId, Id, Json<Hours>, Option<Timestamp>);

/// All queues that have hours.
pub async fn queues_with_hours(conn: Conn<'_>) -> Result<Vec<OpeningRow<QueueId>>, Error> {
    let sql = "SELECT workspace_id, id, hours, opened_at FROM queues WHERE hours IS NOT NULL";
    Ok(on!(conn, |c| sqlx::query_as(sql).fetch_all(c).await)?)
}

/// All sites that have hours.
pub async fn sites_with_hours(conn: Conn<'_>) -> Result<Vec<OpeningRow<SiteId>>, Error> {
    let sql = "SELECT workspace_id, id, hours, opened_at FROM sites WHERE hours IS NOT NULL";
    Ok(on!(conn, |c| sqlx::query_as(sql).fetch_all(c).await)?)
}

/// Notes that a queue opened then; false where that is noted already.
pub async fn queue_opened(conn: Conn<'_>, ws: WorkspaceId, queue: QueueId, since: Timestamp) -> Result<bool, Error> {
    let sql = "UPDATE queues SET opened_at = $3 WHERE workspace_id = $1 AND id = $2 AND (opened_at IS NULL OR opened_at < $3)";
    let rows = on!(conn, |c| sqlx::query(sql)
        .bind(ws)
        .bind(queue)
        .bind(since)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Notes that a site opened then; false where that is noted already.
pub async fn site_opened(conn: Conn<'_>, ws: WorkspaceId, site: SiteId, since: Timestamp) -> Result<bool, Error> {
    let sql =
        "UPDATE sites SET opened_at = $3 WHERE workspace_id = $1 AND id = $2 AND (opened_at IS NULL OR opened_at < $3)";
    let rows = on!(conn, |c| sqlx::query(sql)
        .bind(ws)
        .bind(site)
        .bind(since)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Queues that go by the hours of each chat's site.
pub async fn queues_without_hours(conn: Conn<'_>, ws: WorkspaceId) -> Result<Vec<QueueId>, Error> {
    let sql = "SELECT id FROM queues WHERE workspace_id = $1 AND hours IS NULL ORDER BY id";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).bind(ws).fetch_all(c).await)?)
}

/// Who has waited since before it opened has the queue's targets from the opening on; with `site`, only
/// its chats. Gives whose moved.
pub async fn restart_targets(
    conn: Conn<'_>,
    ws: WorkspaceId,
    queue: QueueId,
    site: Option<SiteId>,
    since: Timestamp,
) -> Result<Vec<ConversationId>, Error> {
    let sql = "UPDATE conversations SET answer_due_at = (SELECT $3 + 1000 * (CASE \
               WHEN conversations.first_answered_at IS NULL THEN q.first_answer_s ELSE q.reply_s END) \
               FROM queues q WHERE q.workspace_id = $1 AND q.id = $2) \
               WHERE workspace_id = $1 AND queue_id = $2 AND state IN ('queued', 'assigned') AND waiting_since < $3 \
               AND answer_due_at IS NOT NULL AND ($4 IS NULL OR site_id = $4) RETURNING id";
    let sql = conn.pick(sql, PG_RESTART);
    Ok(on!(conn, |c| sqlx::query_scalar(sql).bind(ws).bind(queue).bind(since).bind(site).fetch_all(c).await)?)
}

/// The same with the types that PostgreSQL cannot guess.
const PG_RESTART: &str = "UPDATE conversations SET answer_due_at = (SELECT $3::bigint + 1000 * (CASE \
     WHEN conversations.first_answered_at IS NULL THEN q.first_answer_s ELSE q.reply_s END) \
     FROM queues q WHERE q.workspace_id = $1 AND q.id = $2) \
     WHERE workspace_id = $1 AND queue_id = $2 AND state IN ('queued', 'assigned') AND waiting_since < $3 \
     AND answer_due_at IS NOT NULL AND ($4::uuid IS NULL OR site_id = $4) RETURNING id";
