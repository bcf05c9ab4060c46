//! SQL of the console's lists.

use super::Conversation;
use super::store::select;
use crate::agents::Role;
use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{AgentId, WorkspaceId};
use crate::on;
use crate::views::{Filter, View};

/// The agent for whom a list is made.
#[derive(Debug, Clone, Copy)]
pub struct Viewer {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// Who looks.
    pub agent_id: AgentId,
    /// Supervisors and above see every queue.
    pub role: Role,
}

/// A list: `$1` workspace, `$2` agent, `$3` whether they see every queue, `$4` limit. Which rows it has
/// is found by their keys alone; only those are read.
macro_rules! list {
    ($filter:literal, $order:literal) => {
        concat!(
            select!(
                "WHERE c.row_id IN (SELECT c.row_id FROM conversations c JOIN queues q \
                     ON q.workspace_id = c.workspace_id AND q.id = c.queue_id WHERE c.workspace_id = $1 AND "
            ),
            $filter,
            " AND ($3 OR c.owner_agent_id = $2 \
             OR EXISTS (SELECT 1 FROM queue_agents qa WHERE qa.workspace_id = c.workspace_id \
             AND qa.queue_id = c.queue_id AND qa.agent_id = $2) \
             OR EXISTS (SELECT 1 FROM participants p WHERE p.workspace_id = c.workspace_id \
             AND p.conversation_id = c.id AND p.kind = 'agent' AND p.participant_id = $2)) ORDER BY ",
            $order,
            " LIMIT $4) ORDER BY ",
            $order
        )
    };
}

/// A list of what a filter lets through, beside `list!`: `$5` queue, `$6` tag, `$7` agent, `$8` site,
/// `$9` priority, `$10` the word of the standing, `$11` the time, `$12` the channel. The same stands in
/// [`crate::views::filter`].
macro_rules! filtered {
    ($open:literal) => {
        list!($open, "(c.waiting_since IS NULL), c.waiting_since, c.updated_at DESC, c.row_id DESC")
    };
}

const FILTERED: &str = filtered!(
    "($5 IS NULL OR c.queue_id = $5) AND ($6 IS NULL OR EXISTS (SELECT 1 FROM conversation_tags ct \
     WHERE ct.workspace_id = c.workspace_id AND ct.conversation_id = c.id AND ct.tag_id = $6)) \
     AND ($7 IS NULL OR c.owner_agent_id = $7) AND ($8 IS NULL OR c.site_id = $8) \
     AND ($9 IS NULL OR c.priority = $9) \
     AND ($12 = '' OR ($12 = 'mail') = EXISTS (SELECT 1 FROM conversation_mail cm WHERE cm.workspace_id = c.workspace_id \
     AND cm.conversation_id = c.id AND cm.channel = 'mail')) AND (CASE $10 \
     WHEN 'new' THEN c.state IN ('queued', 'assigned') AND c.first_answered_at IS NULL \
     WHEN 'ours' THEN c.state IN ('queued', 'assigned') AND c.waiting_since IS NOT NULL \
     WHEN 'theirs' THEN c.state = 'assigned' AND c.waiting_since IS NULL \
     WHEN 'risk' THEN c.state IN ('queued', 'assigned') AND c.answer_due_at > $11 AND c.answer_due_at \
     - (CASE WHEN c.first_answered_at IS NULL THEN q.first_answer_s ELSE q.reply_s END) / 4 * 1000 <= $11 \
     WHEN 'late' THEN c.state IN ('queued', 'assigned') AND c.answer_due_at <= $11 \
     WHEN '' THEN c.state <> 'closed' ELSE c.state = $10 END)"
);

const ASSIGNED: &str = list!(
    "c.state = 'assigned'",
    "(c.owner_agent_id <> $2), (c.waiting_since IS NULL), c.waiting_since, c.updated_at DESC, c.row_id DESC"
);
const WAITING: &str = list!("c.state = 'queued'", "c.priority DESC, c.ticket, c.row_id");
const BOT: &str = list!("c.state = 'bot'", "c.queued_at DESC, c.row_id DESC");
const SNOOZED: &str = list!("c.state = 'snoozed'", "c.due_at, c.row_id");
const MINE: &str = list!("c.owner_agent_id = $2", "c.updated_at DESC, c.row_id DESC");
const CLOSED: &str = list!("c.state = 'closed'", "c.closed_at DESC, c.row_id DESC");

/// The conversations of a list that the viewer may see: at most `limit`, of the list of all at most as
/// many of each state, so that none hides the others.
pub async fn list(
    mut conn: Conn<'_>,
    viewer: Viewer,
    view: &View,
    limit: i64,
    now: Timestamp,
) -> Result<Vec<Conversation>, Error> {
    let parts: &[&'static str] = match view {
        View::Mine => &[MINE],
        View::Waiting => &[WAITING],
        View::All => &[ASSIGNED, WAITING, BOT, SNOOZED],
        View::Snoozed => &[SNOOZED],
        View::Closed => &[CLOSED],
        View::Filtered(filter) => return filtered(conn, viewer, filter, limit, now).await,
        View::Saved(view) => return filtered(conn, viewer, &view.filter, limit, now).await,
    };
    let mut all = Vec::new();
    for sql in parts {
        all.extend(part(conn.again(), viewer, sql, limit).await?);
    }
    Ok(all)
}

async fn part(conn: Conn<'_>, viewer: Viewer, sql: &'static str, limit: i64) -> Result<Vec<Conversation>, Error> {
    Ok(on!(conn, |c| sqlx::query_as(sql)
        .bind(viewer.workspace_id)
        .bind(viewer.agent_id)
        .bind(viewer.role.sees_every_queue())
        .bind(limit)
        .fetch_all(c)
        .await)?)
}

async fn filtered(
    conn: Conn<'_>,
    viewer: Viewer,
    filter: &Filter,
    limit: i64,
    now: Timestamp,
) -> Result<Vec<Conversation>, Error> {
    Ok(on!(conn, |c| sqlx::query_as(FILTERED)
        .bind(viewer.workspace_id)
        .bind(viewer.agent_id)
        .bind(viewer.role.sees_every_queue())
        .bind(limit)
        .bind(filter.queue)
        .bind(filter.tag)
        .bind(filter.agent)
        .bind(filter.site)
        .bind(filter.priority.map(|priority| priority.number()))
        .bind(filter.standing.map(|standing| standing.word()).unwrap_or_default())
        .bind(now)
        .bind(filter.channel.map(|channel| channel.word()).unwrap_or_default())
        .fetch_all(c)
        .await)?)
}

/// What the tabs count.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ListCounts {
    /// Assigned to the viewer.
    pub mine: i64,
    /// Waiting in the viewer's queues.
    pub waiting: i64,
    /// Since when the first of them waits.
    pub oldest: Option<Timestamp>,
}

/// Counts for the tabs, queue by queue: each is read from an index alone.
pub async fn counts(conn: Conn<'_>, viewer: Viewer) -> Result<ListCounts, Error> {
    Ok(on!(conn, |c| sqlx::query_as(
        "SELECT (SELECT COUNT(*) FROM conversations c WHERE c.workspace_id = $1 AND c.owner_agent_id = $2) AS mine, \
         CAST(COALESCE(SUM(line.waiting), 0) AS BIGINT) AS waiting, MIN(line.oldest) AS oldest FROM (SELECT \
         (SELECT COUNT(*) FROM conversations c WHERE c.workspace_id = q.workspace_id AND c.queue_id = q.id \
         AND c.state = 'queued') AS waiting, \
         (SELECT MIN(c.queued_at) FROM conversations c WHERE c.workspace_id = q.workspace_id AND c.queue_id = q.id \
         AND c.state = 'queued') AS oldest FROM queues q WHERE q.workspace_id = $1 AND ($3 OR EXISTS \
         (SELECT 1 FROM queue_agents qa WHERE qa.workspace_id = q.workspace_id AND qa.queue_id = q.id \
         AND qa.agent_id = $2))) line"
    )
    .bind(viewer.workspace_id)
    .bind(viewer.agent_id)
    .bind(viewer.role.sees_every_queue())
    .fetch_one(c)
    .await)?)
}
