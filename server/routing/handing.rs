//! Handing a conversation over: to an agent, back into its line, awake again. Each of these changes a
//! recording; the row, the loads and the decision are written when that is finished.

use serde_json::json;
use sqlx::types::Json;

use super::pending::Decision;
use super::plan::Line;
use super::{Rule, duty_store, line_store};
use crate::conversations::recording::Recording;
use crate::conversations::{Error, Moment, State, participant_store};
use crate::db::{Error as DbError, Tx};
use crate::ids::AgentId;

/// Who gets it.
#[derive(Debug, Clone, Copy)]
pub struct To<'a> {
    /// Their id.
    pub id: AgentId,
    /// Their name.
    pub name: &'a str,
}

/// The conversation is this agent's from now on. They have so long for their first answer; if the
/// visitor does not wait yet, the time begins when they write.
pub(crate) async fn give(
    tx: &mut Tx,
    moment: &Moment,
    recording: &mut Recording,
    to: To<'_>,
    answer_timeout_s: i64,
) -> Result<(), Error> {
    let conversation = &mut recording.conversation;
    conversation.state = State::Assigned;
    conversation.owner_agent_id = Some(to.id);
    conversation.owner_name = Some(to.name.to_owned());
    conversation.last_agent_id = Some(to.id);
    conversation.epoch += 1;
    conversation.due_at = (answer_timeout_s > 0).then(|| moment.now.plus_seconds(answer_timeout_s));
    let (ws, id) = (conversation.workspace_id, conversation.id);
    let who = participant_store::AnyId::new(to.id.uuid());
    participant_store::join(tx.conn(), ws, id, "agent", who, moment.now).await?;
    Ok(())
}

/// Says that an agent joined: to agents only where others let the chat wait before, since a visitor gains
/// nothing from seeing it go round.
pub(crate) async fn joined(tx: &mut Tx, moment: &Moment, recording: &mut Recording, to: To<'_>) -> Result<(), Error> {
    let agent = json!({"agent": {"id": to.id, "name": to.name}});
    if recording.conversation.passed_over.as_ref().is_some_and(|passed| !passed.0.is_empty()) {
        recording.next_rev(true);
        return recording.event_for_agents(tx, moment, "agent_joined", agent).await;
    }
    recording.event(tx, moment, "agent_joined", agent).await
}

/// The owner loses the conversation to the head of its line: it keeps its ticket.
pub(crate) async fn back_to_head(
    tx: &mut Tx,
    moment: &Moment,
    recording: &mut Recording,
    line: &Line,
    rule: Rule,
) -> Result<(), Error> {
    let conversation = &mut recording.conversation;
    let left = conversation.owner_agent_id.take().zip(conversation.owner_name.take());
    conversation.state = State::Queued;
    conversation.epoch += 1;
    conversation.queued_at = moment.now;
    conversation.due_at = overflow_at(line, moment);
    recording.decision = Some(Decision::by(rule));
    let Some((id, name)) = left else { return Ok(()) };
    let agent = json!({"agent": {"id": id, "name": name}});
    if rule == Rule::NoAnswer {
        // They never said a word to the visitor.
        recording.next_rev(true);
        return recording.event_for_agents(tx, moment, "agent_left", agent).await;
    }
    recording.event(tx, moment, "agent_left", agent).await
}

/// When a chat that enters a line now goes on to another.
pub(crate) fn overflow_at(line: &Line, moment: &Moment) -> Option<crate::clock::Timestamp> {
    (line.overflow_after_s > 0 && line.overflow_queue_id.is_some())
        .then(|| moment.now.plus_seconds(line.overflow_after_s))
}

/// A snoozed conversation goes on: with its owner if they are there, else it waits. `heard` says that
/// its visitor wrote, so that the owner has to answer in time.
pub(crate) async fn wake(tx: &mut Tx, moment: &Moment, recording: &mut Recording, heard: bool) -> Result<(), Error> {
    let ws = recording.conversation.workspace_id;
    let owner = match recording.conversation.owner_agent_id {
        Some(owner) => duty_store::find(tx.conn(), ws, owner).await?,
        None => None,
    };
    let line = line_of(tx, recording).await?;
    if owner.is_some_and(|owner| owner.may_be_handed(moment.now)) {
        let conversation = &mut recording.conversation;
        conversation.state = State::Assigned;
        let waits = (heard || conversation.waiting_since.is_some()) && line.answer_timeout_s > 0;
        conversation.due_at = waits.then(|| moment.now.plus_seconds(line.answer_timeout_s));
        recording.next_rev(true);
        let by = if heard { "visitor" } else { "system" };
        return recording.event_for_agents(tx, moment, "conversation_woken", json!({"by": {"kind": by}})).await;
    }
    // Whoever put it off and went did not stand in line meanwhile: it begins at the end.
    recording.conversation.ticket = 0;
    recording.conversation.passed_over = None;
    back_to_head(tx, moment, recording, &line, Rule::OwnerGone).await
}

/// The rules of a conversation's queue.
pub(crate) async fn line_of(tx: &mut Tx, recording: &Recording) -> Result<Line, DbError> {
    let conversation = &recording.conversation;
    let line = line_store::line(tx.conn(), conversation.workspace_id, conversation.queue_id).await?;
    line.ok_or(DbError::Inconsistent("queues"))
}

/// The agent did not answer in time: they get this chat again only if there is nobody else. Once all
/// others had it, too, it begins anew.
pub(crate) fn pass_over(recording: &mut Recording, agent: AgentId, others: &[AgentId]) {
    let conversation = &mut recording.conversation;
    let mut passed = conversation.passed_over.take().map(|list| list.0).unwrap_or_default();
    if others.iter().all(|other| passed.contains(other)) {
        passed.clear();
    }
    passed.push(agent);
    conversation.passed_over = Some(Json(passed));
}

/// Inside routing nothing goes wrong but the database.
pub(crate) fn only_database(error: Error) -> DbError {
    match error {
        Error::Db(error) => error,
        other => {
            tracing::error!(error = %other, "routing was refused");
            DbError::Inconsistent("conversations")
        }
    }
}
