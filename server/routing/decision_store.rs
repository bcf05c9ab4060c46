//! SQL of decisions: why each hand-over happened, and how long people waited.

use sqlx::FromRow;
use sqlx::types::Json;

use super::pending::{Decision, Held};
use super::plan::Candidate;
use super::{Policy, Rule};
use crate::clock::Timestamp;
use crate::conversations::{Conversation, State};
use crate::db::{Conn, Error};
use crate::ids::{AgentId, CommandId, ConversationId, QueueId, WorkspaceId};
use crate::on;

/// One hand-over.
#[derive(Debug, Clone, FromRow)]
pub struct DecisionRow {
    /// Which conversation.
    pub conversation_id: ConversationId,
    /// The epoch that it began.
    pub epoch: i64,
    /// In which queue.
    pub queue_id: QueueId,
    /// By which rule.
    pub rule: Rule,
    /// Who got it.
    pub agent_id: Option<AgentId>,
    /// Who had it before.
    pub from_agent_id: Option<AgentId>,
    /// Who was on duty.
    pub candidates: Option<Json<Vec<Candidate>>>,
    /// Chats that those on duty could have at once.
    pub slots: i64,
    /// How long it had stood in line.
    pub wait_ms: Option<i64>,
    /// When.
    pub at: Timestamp,
}

/// Adds the row of a hand-over.
pub async fn insert(
    conn: Conn<'_>,
    before: &Held,
    now: &Conversation,
    decision: &Decision,
    at: Timestamp,
) -> Result<(), Error> {
    let waited = before.state == State::Queued && now.state == State::Assigned && !now.is_test;
    let wait_ms = waited.then(|| i64::try_from(at.since(now.queued_at).as_millis()).unwrap_or(i64::MAX));
    let candidates = (!decision.candidates.is_empty()).then_some(Json(&decision.candidates));
    on!(conn, |c| sqlx::query(
        "INSERT INTO routing_decisions (workspace_id, conversation_id, epoch, queue_id, rule, agent_id, from_agent_id, \
         candidates, slots, turn, wait_ms, command_id, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
    )
    .bind(now.workspace_id)
    .bind(now.id)
    .bind(now.epoch)
    .bind(now.queue_id)
    .bind(decision.rule)
    .bind(now.owner_agent_id)
    .bind(before.owner)
    .bind(candidates)
    .bind(decision.slots)
    .bind(decision.turn)
    .bind(wait_ms)
    .bind(decision.command)
    .bind(at)
    .execute(c)
    .await
    .map(drop))
    .map_err(Error::from)
}

/// Whether this command has handed the conversation over before.
pub async fn is_done(
    conn: Conn<'_>,
    ws: WorkspaceId,
    conversation: ConversationId,
    command: CommandId,
) -> Result<bool, Error> {
    let sql = "SELECT CAST(1 AS BIGINT) FROM routing_decisions \
               WHERE workspace_id = $1 AND conversation_id = $2 AND command_id = $3";
    let found: Option<i64> =
        on!(conn, |c| sqlx::query_scalar(sql).bind(ws).bind(conversation).bind(command).fetch_optional(c).await)?;
    Ok(found.is_some())
}

macro_rules! decisions {
    ($rest:literal) => {
        concat!(
            "SELECT conversation_id, epoch, queue_id, rule, agent_id, from_agent_id, candidates, slots, wait_ms, at \
             FROM routing_decisions WHERE workspace_id = $1 AND conversation_id = $2 ORDER BY epoch",
            $rest
        )
    };
}

/// The last hand-over of a conversation.
pub async fn last_of(
    conn: Conn<'_>,
    ws: WorkspaceId,
    conversation: ConversationId,
) -> Result<Option<DecisionRow>, Error> {
    let sql = decisions!(" DESC LIMIT 1");
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(conversation).fetch_optional(c).await)?)
}

/// The hand-overs of a conversation, the first one first.
#[cfg(test)]
pub async fn of_conversation(
    conn: Conn<'_>,
    ws: WorkspaceId,
    conversation: ConversationId,
) -> Result<Vec<DecisionRow>, Error> {
    let sql = decisions!("");
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(conversation).fetch_all(c).await)?)
}

/// A chat that was taken from the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub struct Served {
    /// When.
    pub at: Timestamp,
    /// How long it had stood in line.
    pub wait_ms: i64,
    /// Chats that those on duty could have at once.
    pub slots: i64,
}

/// The last chats that were taken from a queue's line by routing, the latest first.
pub async fn recently_served(
    conn: Conn<'_>,
    ws: WorkspaceId,
    queue: QueueId,
    limit: i64,
) -> Result<Vec<Served>, Error> {
    let sql = "SELECT at, wait_ms, slots FROM routing_decisions \
               WHERE workspace_id = $1 AND queue_id = $2 AND wait_ms IS NOT NULL ORDER BY at DESC, turn DESC LIMIT $3";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(queue).bind(limit).fetch_all(c).await)?)
}

/// What a queue can do now: its policy, and how many chats those on duty can have at once.
pub async fn capacity_now(
    conn: Conn<'_>,
    ws: WorkspaceId,
    queue: QueueId,
    now: Timestamp,
) -> Result<Option<(Policy, i64)>, Error> {
    let sql = "SELECT q.policy, CAST((SELECT COALESCE(sum(a.capacity), 0) FROM queue_agents qa JOIN agents a \
               ON a.workspace_id = qa.workspace_id AND a.id = qa.agent_id \
               WHERE qa.workspace_id = q.workspace_id AND qa.queue_id = q.id AND a.state = 'online' \
               AND a.lease_until > $3 AND a.disabled_at IS NULL) AS BIGINT) \
               FROM queues q WHERE q.workspace_id = $1 AND q.id = $2";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(queue).bind(now).fetch_optional(c).await)?)
}
