//! SQL of lines: queues' rules and tickets, who waits, who serves.

use std::collections::BTreeSet;

use sqlx::FromRow;
use sqlx::types::Json;

use super::Policy;
use super::plan::{Line, Member, OnDuty};
use crate::clock::Timestamp;
use crate::conversations::Conversation;
use crate::conversations::store::select;
use crate::db::{Conn, Error};
use crate::hours::Hours;
use crate::ids::{AgentId, ConversationId, QueueId, SiteId, WorkspaceId};
use crate::on;

/// Microseconds in a millisecond: a ticket has room for so many chats in one.
const TICKETS_PER_MS: i64 = 1_000;

macro_rules! line {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, policy, sticky, answer_timeout_s, overflow_after_s, overflow_queue_id, hours \
             FROM queues ",
            $rest
        )
    };
}

/// A list of ids as SQLite takes it apart.
pub(super) fn json_ids(ids: impl Iterator<Item = uuid::Uuid>) -> String {
    serde_json::to_string(&ids.map(|id| id.simple().to_string()).collect::<Vec<_>>()).unwrap_or_default()
}

/// Locks queues until the transaction ends, in the order of their ids. On SQLite the writing
/// transaction is the lock.
pub async fn lock(conn: Conn<'_>, ws: WorkspaceId, queues: &BTreeSet<QueueId>) -> Result<(), Error> {
    if let Conn::Pg(c) = conn {
        let ids: Vec<uuid::Uuid> = queues.iter().map(|id| id.uuid()).collect();
        sqlx::query("SELECT 1 FROM queues WHERE workspace_id = $1 AND id = ANY($2) ORDER BY id FOR NO KEY UPDATE")
            .bind(ws)
            .bind(ids)
            .execute(c)
            .await?;
    }
    Ok(())
}

/// The rules of these queues.
pub async fn lines(conn: Conn<'_>, ws: WorkspaceId, queues: &BTreeSet<QueueId>) -> Result<Vec<Line>, Error> {
    Ok(match conn {
        Conn::Lite(c) => {
            let sql =
                line!("WHERE workspace_id = $1 AND id IN (SELECT unhex(j.value) FROM json_each($2) j) ORDER BY id");
            sqlx::query_as(sql).bind(ws).bind(json_ids(queues.iter().map(|id| id.uuid()))).fetch_all(c).await?
        }
        Conn::Pg(c) => {
            let ids: Vec<uuid::Uuid> = queues.iter().map(|id| id.uuid()).collect();
            let sql = line!("WHERE workspace_id = $1 AND id = ANY($2) ORDER BY id");
            sqlx::query_as(sql).bind(ws).bind(ids).fetch_all(c).await?
        }
    })
}

/// The rules of one queue.
pub async fn line(conn: Conn<'_>, ws: WorkspaceId, queue: QueueId) -> Result<Option<Line>, Error> {
    let sql = line!("WHERE workspace_id = $1 AND id = $2");
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(queue).fetch_optional(c).await)?)
}

/// A place in a line.
#[derive(Debug, Clone, FromRow)]
pub struct Drawn {
    /// The ticket.
    pub last_ticket: i64,
    overflow_after_s: i64,
    overflow_queue_id: Option<QueueId>,
}

impl Drawn {
    /// When another queue takes it on, if one does.
    pub fn overflow_at(&self, now: Timestamp) -> Option<Timestamp> {
        (self.overflow_after_s > 0 && self.overflow_queue_id.is_some()).then(|| now.plus_seconds(self.overflow_after_s))
    }
}

/// Draws the next ticket of a queue, whose row is locked from then on: the time in microseconds, but
/// later than the last one. So tickets of different queues compare by age.
pub async fn draw_ticket(conn: Conn<'_>, ws: WorkspaceId, queue: QueueId, now: Timestamp) -> Result<Drawn, Error> {
    let sql = conn.pick(
        "UPDATE queues SET last_ticket = max(last_ticket + 1, $3) WHERE workspace_id = $1 AND id = $2 \
         RETURNING last_ticket, overflow_after_s, overflow_queue_id",
        "UPDATE queues SET last_ticket = greatest(last_ticket + 1, $3) WHERE workspace_id = $1 AND id = $2 \
         RETURNING last_ticket, overflow_after_s, overflow_queue_id",
    );
    let drawn: Option<Drawn> = on!(conn, |c| sqlx::query_as(sql)
        .bind(ws)
        .bind(queue)
        .bind(now.millis().saturating_mul(TICKETS_PER_MS))
        .fetch_optional(c)
        .await)?;
    drawn.ok_or(Error::Inconsistent("queues"))
}

/// The head of a line, at most `limit`, without the chats of sites that are `shut`; locked on PostgreSQL.
pub async fn heads(
    conn: Conn<'_>,
    ws: WorkspaceId,
    queue: QueueId,
    limit: i64,
    shut: &[SiteId],
) -> Result<Vec<Conversation>, Error> {
    Ok(match conn {
        Conn::Lite(c) => {
            let sql = select!(
                "WHERE c.workspace_id = $1 AND c.queue_id = $2 AND c.state = 'queued' \
                 AND c.site_id NOT IN (SELECT unhex(j.value) FROM json_each($4) j) \
                 ORDER BY c.priority DESC, c.ticket, c.row_id LIMIT $3"
            );
            let shut = json_ids(shut.iter().map(|id| id.uuid()));
            sqlx::query_as(sql).bind(ws).bind(queue).bind(limit).bind(shut).fetch_all(c).await?
        }
        Conn::Pg(c) => {
            let sql = select!(
                "WHERE c.workspace_id = $1 AND c.queue_id = $2 AND c.state = 'queued' AND c.site_id <> ALL($4) \
                 ORDER BY c.priority DESC, c.ticket, c.row_id LIMIT $3 FOR NO KEY UPDATE OF c"
            );
            let shut: Vec<uuid::Uuid> = shut.iter().map(|id| id.uuid()).collect();
            sqlx::query_as(sql).bind(ws).bind(queue).bind(limit).bind(shut).fetch_all(c).await?
        }
    })
}

/// Who serves these queues.
pub async fn members(conn: Conn<'_>, ws: WorkspaceId, queues: &BTreeSet<QueueId>) -> Result<Vec<Member>, Error> {
    Ok(match conn {
        Conn::Lite(c) => {
            let sql = "SELECT queue_id, agent_id, turn FROM queue_agents WHERE workspace_id = $1 \
                       AND queue_id IN (SELECT unhex(j.value) FROM json_each($2) j) ORDER BY queue_id, agent_id";
            sqlx::query_as(sql).bind(ws).bind(json_ids(queues.iter().map(|id| id.uuid()))).fetch_all(c).await?
        }
        Conn::Pg(c) => {
            let ids: Vec<uuid::Uuid> = queues.iter().map(|id| id.uuid()).collect();
            let sql = "SELECT queue_id, agent_id, turn FROM queue_agents WHERE workspace_id = $1 \
                       AND queue_id = ANY($2) ORDER BY queue_id, agent_id";
            sqlx::query_as(sql).bind(ws).bind(ids).fetch_all(c).await?
        }
    })
}

/// Those of these agents who are on duty: chosen state `online`, a lease that runs, not disabled.
pub async fn on_duty(
    conn: Conn<'_>,
    ws: WorkspaceId,
    agents: &BTreeSet<AgentId>,
    now: Timestamp,
) -> Result<Vec<OnDuty>, Error> {
    Ok(match conn {
        Conn::Lite(c) => {
            let sql = "SELECT id, name, load, capacity, assigned_at FROM agents WHERE workspace_id = $1 \
                       AND id IN (SELECT unhex(j.value) FROM json_each($2) j) \
                       AND state = 'online' AND lease_until > $3 AND disabled_at IS NULL ORDER BY id";
            let ids = json_ids(agents.iter().map(|id| id.uuid()));
            sqlx::query_as(sql).bind(ws).bind(ids).bind(now).fetch_all(c).await?
        }
        Conn::Pg(c) => {
            let sql = "SELECT id, name, load, capacity, assigned_at FROM agents WHERE workspace_id = $1 \
                       AND id = ANY($2) AND state = 'online' AND lease_until > $3 AND disabled_at IS NULL ORDER BY id";
            let ids: Vec<uuid::Uuid> = agents.iter().map(|id| id.uuid()).collect();
            sqlx::query_as(sql).bind(ws).bind(ids).bind(now).fetch_all(c).await?
        }
    })
}

/// Whose turn it was: the agent goes to the end.
pub async fn took_turn(
    conn: Conn<'_>,
    ws: WorkspaceId,
    queue: QueueId,
    agent: AgentId,
    turn: i64,
) -> Result<(), Error> {
    let sql = "UPDATE queue_agents SET turn = $4 WHERE workspace_id = $1 AND queue_id = $2 AND agent_id = $3";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(queue).bind(agent).bind(turn).execute(c).await.map(drop))
        .map_err(Error::from)
}

/// The queues that these agents serve.
pub async fn queues_of(
    conn: Conn<'_>,
    ws: WorkspaceId,
    agents: &BTreeSet<AgentId>,
) -> Result<BTreeSet<QueueId>, Error> {
    let rows: Vec<QueueId> = match conn {
        Conn::Lite(c) => {
            let sql = "SELECT DISTINCT queue_id FROM queue_agents WHERE workspace_id = $1 \
                       AND agent_id IN (SELECT unhex(j.value) FROM json_each($2) j)";
            sqlx::query_scalar(sql).bind(ws).bind(json_ids(agents.iter().map(|id| id.uuid()))).fetch_all(c).await?
        }
        Conn::Pg(c) => {
            let sql = "SELECT DISTINCT queue_id FROM queue_agents WHERE workspace_id = $1 AND agent_id = ANY($2)";
            let ids: Vec<uuid::Uuid> = agents.iter().map(|id| id.uuid()).collect();
            sqlx::query_scalar(sql).bind(ws).bind(ids).fetch_all(c).await?
        }
    };
    Ok(rows.into_iter().collect())
}

/// Where a conversation is and whose, not locked.
pub async fn whereabouts(
    conn: Conn<'_>,
    ws: WorkspaceId,
    id: ConversationId,
) -> Result<Option<(QueueId, Option<AgentId>)>, Error> {
    let sql = "SELECT queue_id, owner_agent_id FROM conversations WHERE workspace_id = $1 AND id = $2";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(id).fetch_optional(c).await)?)
}

/// Everything that can be set of a queue.
#[derive(Debug, Clone, FromRow)]
pub struct Rules {
    /// Its name.
    pub name: String,
    /// How chats are given.
    pub policy: Policy,
    /// 1: the agent of last time comes first.
    pub sticky: i64,
    /// Seconds for the first answer until somebody else gets the chat; 0: for ever.
    pub answer_timeout_s: i64,
    /// Seconds in which the first answer is due; 0: none.
    pub first_answer_s: i64,
    /// Seconds in which each later answer is due; 0: none.
    pub reply_s: i64,
    /// Seconds of silence until the visitor is asked whether they are there; 0: never.
    pub nudge_after_s: i64,
    /// Further seconds until the chat is closed; 0: never.
    pub close_after_s: i64,
    /// Seconds until a chat goes on; 0: never.
    pub overflow_after_s: i64,
    /// Where to.
    pub overflow_queue_id: Option<QueueId>,
    /// When it is open; none for always, or as each chat's site.
    pub hours: Option<Json<Hours>>,
}

/// All of a queue's rules.
pub async fn rules(conn: Conn<'_>, ws: WorkspaceId, queue: QueueId) -> Result<Option<Rules>, Error> {
    let sql = "SELECT name, policy, sticky, answer_timeout_s, first_answer_s, reply_s, nudge_after_s, close_after_s, \
               overflow_after_s, overflow_queue_id, hours FROM queues WHERE workspace_id = $1 AND id = $2";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(queue).fetch_optional(c).await)?)
}

/// A queue's rules as they are to be; what is none stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LineChanges {
    /// How chats are given.
    pub policy: Option<Policy>,
    /// Whether the agent of last time comes first.
    pub sticky: Option<bool>,
    /// Seconds for the first answer; 0: for ever.
    pub answer_timeout_s: Option<i64>,
    /// Seconds in which the first answer is due; 0: none.
    pub first_answer_s: Option<i64>,
    /// Seconds in which each later answer is due; 0: none.
    pub reply_s: Option<i64>,
    /// Seconds of silence until the visitor is asked whether they are there; 0: never.
    pub nudge_after_s: Option<i64>,
    /// Further seconds until the chat is closed; 0: never.
    pub close_after_s: Option<i64>,
    /// Seconds until a chat goes on; 0: never.
    pub overflow_after_s: Option<i64>,
    /// Where to.
    pub overflow_queue_id: Option<QueueId>,
}

/// Writes a queue's rules.
pub async fn save_rules(conn: Conn<'_>, ws: WorkspaceId, queue: QueueId, changes: &LineChanges) -> Result<(), Error> {
    let sql = "UPDATE queues SET policy = COALESCE($3, policy), sticky = COALESCE($4, sticky), \
               answer_timeout_s = COALESCE($5, answer_timeout_s), overflow_after_s = COALESCE($6, overflow_after_s), \
               overflow_queue_id = COALESCE($7, overflow_queue_id), first_answer_s = COALESCE($8, first_answer_s), \
               reply_s = COALESCE($9, reply_s), nudge_after_s = COALESCE($10, nudge_after_s), \
               close_after_s = COALESCE($11, close_after_s) WHERE workspace_id = $1 AND id = $2";
    on!(conn, |c| sqlx::query(sql)
        .bind(ws)
        .bind(queue)
        .bind(changes.policy)
        .bind(changes.sticky.map(i64::from))
        .bind(changes.answer_timeout_s)
        .bind(changes.overflow_after_s)
        .bind(changes.overflow_queue_id)
        .bind(changes.first_answer_s)
        .bind(changes.reply_s)
        .bind(changes.nudge_after_s)
        .bind(changes.close_after_s)
        .execute(c)
        .await
        .map(drop))
    .map_err(Error::from)
}

/// Asks a server to look at the queue: for programs that change something and have no sessions.
pub async fn ask_to_settle(conn: Conn<'_>, ws: WorkspaceId, queue: QueueId, now: Timestamp) -> Result<(), Error> {
    let sql = "UPDATE queues SET settle_at = $3 WHERE workspace_id = $1 AND id = $2";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(queue).bind(now).execute(c).await.map(drop)).map_err(Error::from)
}

/// The queues that somebody asked to look at.
pub async fn to_settle(conn: Conn<'_>) -> Result<Vec<(WorkspaceId, QueueId)>, Error> {
    let sql = "SELECT workspace_id, id FROM queues WHERE settle_at IS NOT NULL ORDER BY settle_at";
    Ok(on!(conn, |c| sqlx::query_as(sql).fetch_all(c).await)?)
}

/// Somebody looks at the queue now. Whoever waits there goes on to the other queue after the time that
/// is set now.
pub async fn rearm(mut conn: Conn<'_>, ws: WorkspaceId, queue: QueueId) -> Result<(), Error> {
    let sql = "UPDATE queues SET settle_at = NULL WHERE workspace_id = $1 AND id = $2";
    on!(conn.again(), |c| sqlx::query(sql).bind(ws).bind(queue).execute(c).await.map(drop))?;
    let sql = "UPDATE conversations SET due_at = (SELECT CASE WHEN q.overflow_after_s > 0 \
               AND q.overflow_queue_id IS NOT NULL THEN conversations.queued_at + q.overflow_after_s * 1000 END \
               FROM queues q WHERE q.workspace_id = $1 AND q.id = $2) \
               WHERE workspace_id = $1 AND queue_id = $2 AND state = 'queued'";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(queue).execute(c).await.map(drop)).map_err(Error::from)
}
