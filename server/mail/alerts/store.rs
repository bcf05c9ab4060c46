//! SQL of what agents are told by mail.

use sqlx::FromRow;

use super::wishes::About;
use crate::agents::Role;
use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{AgentId, ConversationId, WorkspaceId};
use crate::on;

/// Something that an agent is to be told of.
#[derive(Debug, Clone, FromRow)]
pub(super) struct Due {
    pub(super) workspace_id: WorkspaceId,
    pub(super) agent_id: AgentId,
    pub(super) email: String,
    /// What they want: [`super::wishes::Wishes`].
    pub(super) mail_alerts: String,
    pub(super) conversation_id: ConversationId,
    /// Which time of it.
    pub(super) mark: i64,
    /// Since when.
    pub(super) since: Timestamp,
    /// Who waits, or who wrote the note; empty where nobody knows.
    pub(super) who: String,
    /// What was written.
    pub(super) text: String,
}

/// What a visitor said last.
macro_rules! last_words {
    () => {
        "COALESCE((SELECT m.text FROM messages m WHERE m.workspace_id = c.workspace_id AND m.conversation_id = c.id \
         AND m.author_kind = 'visitor' AND m.kind = 'text' ORDER BY m.seq DESC LIMIT 1), '') AS text"
    };
}

/// Agents who may sign in and were not told: `$1` now, `$2` what is later is too young, `$3` what is earlier
/// is too old, `$4` how many at most.
macro_rules! alerts {
    ($about:literal, $mark:literal, $since:literal, $who:literal, $text:expr, $from:literal, $where:literal) => {
        concat!(
            "SELECT a.workspace_id, a.id AS agent_id, a.email, a.mail_alerts, c.id AS conversation_id, ",
            $mark,
            " AS mark, ",
            $since,
            " AS since, ",
            $who,
            " AS who, ",
            $text,
            " FROM ",
            $from,
            " WHERE a.disabled_at IS NULL AND a.password_hash <> '' AND NOT c.is_test AND NOT q.is_practice AND ",
            $since,
            " <= $2 AND ",
            $since,
            " > $3 AND ",
            $where,
            " AND NOT EXISTS (SELECT 1 FROM agent_alerts t WHERE t.workspace_id = a.workspace_id AND t.agent_id = a.id \
             AND t.about = '",
            $about,
            "' AND t.conversation_id = c.id AND t.mark = ",
            $mark,
            ") ORDER BY ",
            $since,
            ", a.id LIMIT $4"
        )
    };
}

const WAITING: &str = alerts!(
    "waiting",
    "c.queued_at",
    "c.queued_at",
    "COALESCE(v.name, '')",
    last_words!(),
    "conversations c JOIN queues q ON q.workspace_id = c.workspace_id AND q.id = c.queue_id \
     JOIN visitors v ON v.workspace_id = c.workspace_id AND v.id = c.visitor_id \
     JOIN agents a ON a.workspace_id = c.workspace_id",
    "c.state = 'queued' AND (a.role = 'owner' OR EXISTS (SELECT 1 FROM queue_agents qa WHERE qa.workspace_id = c.workspace_id \
     AND qa.queue_id = c.queue_id AND qa.agent_id = a.id)) \
     AND NOT EXISTS (SELECT 1 FROM queue_agents qa JOIN agents o ON o.workspace_id = qa.workspace_id AND o.id = qa.agent_id \
     WHERE qa.workspace_id = c.workspace_id AND qa.queue_id = c.queue_id AND o.state = 'online' AND o.lease_until > $1 \
     AND o.disabled_at IS NULL) AND NOT (a.state = 'online' AND a.lease_until > $1)"
);

const MENTION: &str = alerts!(
    "mention",
    "m.seq",
    "m.created_at",
    "COALESCE((SELECT b.name FROM agents b WHERE b.workspace_id = m.workspace_id AND b.id = m.by_agent_id), '')",
    "COALESCE((SELECT n.text FROM messages n WHERE n.workspace_id = m.workspace_id AND n.id = m.message_id \
     AND n.deleted_at IS NULL), '') AS text",
    "mentions m JOIN conversations c ON c.workspace_id = m.workspace_id AND c.id = m.conversation_id \
     JOIN queues q ON q.workspace_id = c.workspace_id AND q.id = c.queue_id \
     JOIN agents a ON a.workspace_id = m.workspace_id AND a.id = m.agent_id",
    "m.seen_at IS NULL AND NOT (a.state IN ('online', 'draining') AND a.lease_until > $1)"
);

const ASSIGNED: &str = alerts!(
    "assigned",
    "c.epoch",
    "d.at",
    "COALESCE(v.name, '')",
    last_words!(),
    "conversations c JOIN queues q ON q.workspace_id = c.workspace_id AND q.id = c.queue_id \
     JOIN visitors v ON v.workspace_id = c.workspace_id AND v.id = c.visitor_id \
     JOIN routing_decisions d ON d.workspace_id = c.workspace_id AND d.conversation_id = c.id AND d.epoch = c.epoch \
     JOIN agents a ON a.workspace_id = c.workspace_id AND a.id = c.owner_agent_id AND a.id = d.agent_id",
    "c.state = 'assigned' AND c.waiting_since IS NOT NULL \
     AND NOT (a.state IN ('online', 'draining') AND a.lease_until > $1) \
     AND (a.state IN ('away', 'offline') OR a.lease_until <= d.at) \
     AND NOT EXISTS (SELECT 1 FROM participants p WHERE p.workspace_id = c.workspace_id AND p.conversation_id = c.id \
     AND p.kind = 'agent' AND p.participant_id = a.id AND p.read_seq >= c.last_seq)"
);

/// What agents are to be told now of one thing, the oldest first.
pub(super) async fn due(
    conn: Conn<'_>,
    about: About,
    (now, until, from): (Timestamp, Timestamp, Timestamp),
    limit: i64,
) -> Result<Vec<Due>, Error> {
    let sql = match about {
        About::Waiting => WAITING,
        About::Mention => MENTION,
        About::Assigned => ASSIGNED,
    };
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(now).bind(until).bind(from).bind(limit).fetch_all(c).await)?)
}

/// Notes that an agent is told; false where somebody was first.
pub(super) async fn tell(conn: Conn<'_>, about: About, due: &Due, now: Timestamp) -> Result<bool, Error> {
    let sql = "INSERT INTO agent_alerts (workspace_id, agent_id, about, conversation_id, mark, told_at) \
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    let done = on!(conn, |c| sqlx::query(sql)
        .bind(due.workspace_id)
        .bind(due.agent_id)
        .bind(about.word())
        .bind(due.conversation_id)
        .bind(due.mark)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// How many such mails an agent got since then.
pub(super) async fn told_since(
    conn: Conn<'_>,
    ws: WorkspaceId,
    agent: AgentId,
    since: Timestamp,
) -> Result<i64, Error> {
    let sql = "SELECT count(*) FROM mails WHERE workspace_id = $1 AND agent_id = $2 AND created_at > $3 \
               AND kind IN ('alert', 'digest')";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).bind(ws).bind(agent).bind(since).fetch_one(c).await)?)
}

/// Forgets what was told before then.
pub(super) async fn forget(conn: Conn<'_>, before: Timestamp) -> Result<(), Error> {
    let sql = "DELETE FROM agent_alerts WHERE told_at < $1";
    on!(conn, |c| sqlx::query(sql).bind(before).execute(c).await.map(drop)).map_err(Error::from)
}

/// An agent, for the digest of the day.
#[derive(Debug, Clone, FromRow)]
pub(super) struct Reader {
    pub(super) workspace_id: WorkspaceId,
    pub(super) id: AgentId,
    pub(super) email: String,
    pub(super) role: Role,
    pub(super) mail_alerts: String,
    /// When the last one was due.
    pub(super) digest_at: Option<Timestamp>,
}

/// Everybody who may sign in.
pub(super) async fn readers(conn: Conn<'_>) -> Result<Vec<Reader>, Error> {
    let sql = "SELECT workspace_id, id, email, role, mail_alerts, digest_at FROM agents \
               WHERE disabled_at IS NULL AND password_hash <> '' ORDER BY workspace_id, id";
    Ok(on!(conn, |c| sqlx::query_as(sql).fetch_all(c).await)?)
}

/// Notes that the digest of a day was made; false where somebody was first.
pub(super) async fn set_digest(conn: Conn<'_>, reader: &Reader, now: Timestamp) -> Result<bool, Error> {
    let sql = "UPDATE agents SET digest_at = $3 WHERE workspace_id = $1 AND id = $2 \
               AND COALESCE(digest_at, 0) = $4";
    let before = reader.digest_at.unwrap_or(Timestamp::from_millis(0));
    let done = on!(conn, |c| sqlx::query(sql)
        .bind(reader.workspace_id)
        .bind(reader.id)
        .bind(now)
        .bind(before)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// What a day was in the queues that an agent may see.
#[derive(Debug, Clone, Copy, FromRow)]
pub(super) struct Day {
    pub(super) new: i64,
    pub(super) answered: i64,
    pub(super) waiting: i64,
    pub(super) oldest: Option<Timestamp>,
}

/// Of an agent: from the beginning of a day to its end, and who waits now.
pub(super) async fn day(conn: Conn<'_>, reader: &Reader, from: Timestamp, to: Timestamp) -> Result<Day, Error> {
    let sql = "SELECT CAST(COALESCE(SUM(CASE WHEN c.started_at >= $4 AND c.started_at < $5 THEN 1 ELSE 0 END), 0) AS BIGINT) AS new, \
               CAST(COALESCE(SUM(CASE WHEN c.first_answered_at >= $4 AND c.first_answered_at < $5 THEN 1 ELSE 0 END), 0) AS BIGINT) AS answered, \
               CAST(COALESCE(SUM(CASE WHEN c.state = 'queued' THEN 1 ELSE 0 END), 0) AS BIGINT) AS waiting, \
               MIN(CASE WHEN c.state = 'queued' THEN c.queued_at END) AS oldest \
               FROM conversations c JOIN queues q ON q.workspace_id = c.workspace_id AND q.id = c.queue_id \
               WHERE c.workspace_id = $1 AND NOT c.is_test AND NOT q.is_practice \
               AND (c.state = 'queued' OR c.updated_at >= $4) AND ($3 OR EXISTS (SELECT 1 FROM queue_agents qa \
               WHERE qa.workspace_id = c.workspace_id AND qa.queue_id = c.queue_id AND qa.agent_id = $2))";
    Ok(on!(conn, |c| sqlx::query_as(sql)
        .bind(reader.workspace_id)
        .bind(reader.id)
        .bind(reader.role.sees_every_queue())
        .bind(from)
        .bind(to)
        .fetch_one(c)
        .await)?)
}

/// What an agent wants.
pub async fn wishes(conn: Conn<'_>, ws: WorkspaceId, agent: AgentId) -> Result<String, Error> {
    let sql = "SELECT mail_alerts FROM agents WHERE workspace_id = $1 AND id = $2";
    let found: Option<String> = on!(conn, |c| sqlx::query_scalar(sql).bind(ws).bind(agent).fetch_optional(c).await)?;
    Ok(found.unwrap_or_default())
}

/// Writes what an agent wants.
pub async fn set_wishes(conn: Conn<'_>, ws: WorkspaceId, agent: AgentId, stored: &str) -> Result<(), Error> {
    let sql = "UPDATE agents SET mail_alerts = $3 WHERE workspace_id = $1 AND id = $2";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(agent).bind(stored).execute(c).await.map(drop)).map_err(Error::from)
}
