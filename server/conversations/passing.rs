//! Passing a conversation on: to a colleague, into a queue, to a later time; and how urgent it is.

use serde_json::json;

use super::commands::{Done, Moment, fenced, locked_to_hand_over};
use super::recording::{Recording, open_recording};
use super::{ActingAgent, Conversation, Error, State};
use crate::bots;
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::ids::{AgentId, CommandId, ConversationId, MessageId, QueueId};
use crate::live::protocol::MessageKind;
use crate::messages::{MessageText, NewMessage, Writer};
use crate::queues::store as queues;
use crate::routing::{Decision, MOST_SNOOZE, Priority, Rule, decision_store, duty_store, handing};

/// Who gets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A queue's line, with the age that it has.
    Queue(QueueId),
    /// A colleague, by hand: also beyond their capacity.
    Agent(AgentId),
    /// The bot of the conversation's queue.
    Bot,
}

/// A conversation for somebody else.
#[derive(Debug, Clone)]
pub struct Transfer {
    /// Who gets it.
    pub to: Target,
    /// Why, for agents only.
    pub note: Option<MessageText>,
    /// Tells a repeat.
    pub command: Option<CommandId>,
}

/// Gives a conversation to a colleague or into a queue: compare-and-set on its epoch.
pub async fn transfer(
    tx: &mut Tx,
    moment: &Moment,
    agent: &ActingAgent,
    id: ConversationId,
    epoch: Option<i64>,
    transfer: &Transfer,
) -> Result<Done, Error> {
    let extra: Vec<QueueId> = match transfer.to {
        Target::Queue(queue) => vec![queue],
        Target::Agent(_) | Target::Bot => Vec::new(),
    };
    let conversation = locked_to_hand_over(tx, agent, id, &extra).await?;
    if let Some(command) = transfer.command
        && decision_store::is_done(tx.conn(), agent.workspace_id, id, command).await?
    {
        return Ok(Done::already(&conversation));
    }
    if conversation.is_closed() {
        return Err(Error::Closed);
    }
    if is_there(&conversation, transfer.to) {
        return Ok(Done::already(&conversation));
    }
    let mut recording = fenced(conversation, epoch)?;
    if let Some(text) = &transfer.note {
        note(tx, moment, agent, &mut recording, text.clone()).await?;
    }
    match transfer.to {
        Target::Queue(queue) => into_queue(tx, moment, agent, &mut recording, queue).await?,
        Target::Agent(colleague) => to_agent(tx, moment, agent, &mut recording, colleague).await?,
        Target::Bot => bots::handing::given(tx, moment, &mut recording, agent).await?,
    }
    let rule = if transfer.to == Target::Bot { Rule::GivenToBot } else { Rule::Transferred };
    recording.decision = Some(Decision::of_command(rule, transfer.command));
    recording.finish(tx, moment).await
}

fn is_there(conversation: &Conversation, to: Target) -> bool {
    match to {
        Target::Queue(queue) => conversation.state == State::Queued && conversation.queue_id == queue,
        Target::Agent(agent) => conversation.state == State::Assigned && conversation.owner_agent_id == Some(agent),
        Target::Bot => conversation.state == State::Bot,
    }
}

async fn note(
    tx: &mut Tx,
    moment: &Moment,
    agent: &ActingAgent,
    recording: &mut Recording,
    text: MessageText,
) -> Result<(), Error> {
    let note = NewMessage {
        id: MessageId::from_uuid(moment.ids.draw()),
        kind: MessageKind::Note,
        writer: Writer::Agent(agent.id),
        writer_name: Some(agent.name.clone()),
        text: text.into_string(),
        extra: None,
        reply_to: None,
        created_at: moment.now,
    };
    recording.add_note(tx, note).await.map(drop)
}

/// Whoever waited goes on waiting: the ticket keeps its age.
async fn into_queue(
    tx: &mut Tx,
    moment: &Moment,
    agent: &ActingAgent,
    recording: &mut Recording,
    queue: QueueId,
) -> Result<(), Error> {
    let queue = queues::find(tx.conn(), agent.workspace_id, queue).await?;
    let queue = queue.ok_or_else(|| Error::Invalid("There is no such queue.".to_owned()))?;
    recording.move_to(&queue);
    let line = handing::line_of(tx, recording).await?;
    let conversation = &mut recording.conversation;
    conversation.state = State::Queued;
    conversation.owner_agent_id = None;
    conversation.owner_name = None;
    conversation.epoch += 1;
    conversation.queued_at = moment.now;
    conversation.passed_over = None;
    conversation.due_at = handing::overflow_at(&line, moment);
    let to = json!({"kind": "queue", "id": queue.id, "name": queue.name});
    transferred(tx, moment, agent, recording, to).await
}

async fn to_agent(
    tx: &mut Tx,
    moment: &Moment,
    agent: &ActingAgent,
    recording: &mut Recording,
    colleague: AgentId,
) -> Result<(), Error> {
    let duty = duty_store::find(tx.conn(), agent.workspace_id, colleague).await?;
    let duty = duty.ok_or_else(|| Error::Invalid("There is no such agent.".to_owned()))?;
    if !duty.may_be_handed(moment.now) && duty.id != agent.id {
        return Err(Error::NotThere(duty.name));
    }
    let line = handing::line_of(tx, recording).await?;
    let to = handing::To { id: duty.id, name: &duty.name };
    handing::give(tx, moment, recording, to, line.answer_timeout_s).await?;
    let to = json!({"kind": "agent", "id": duty.id, "name": duty.name});
    transferred(tx, moment, agent, recording, to).await
}

async fn transferred(
    tx: &mut Tx,
    moment: &Moment,
    agent: &ActingAgent,
    recording: &mut Recording,
    to: serde_json::Value,
) -> Result<(), Error> {
    let by = json!({"kind": "agent", "id": agent.id, "name": agent.name});
    recording.event(tx, moment, "conversation_transferred", json!({"by": by, "to": to})).await
}

/// Puts an assigned conversation off. It keeps its owner, whose load it leaves, and wakes at that time
/// or with the visitor's next message.
pub async fn snooze(
    tx: &mut Tx,
    moment: &Moment,
    agent: &ActingAgent,
    id: ConversationId,
    epoch: Option<i64>,
    until: Timestamp,
) -> Result<Done, Error> {
    if until <= moment.now || until > moment.now.plus(MOST_SNOOZE) {
        return Err(Error::Invalid("until has to be in the future, and within a year.".to_owned()));
    }
    let conversation = locked_to_hand_over(tx, agent, id, &[]).await?;
    if conversation.state == State::Snoozed && conversation.due_at == Some(until) {
        return Ok(Done::already(&conversation));
    }
    match conversation.state {
        State::Closed => return Err(Error::Closed),
        State::Assigned | State::Snoozed => {}
        State::Bot | State::Queued => return Err(Error::NotAllowed("Take the chat first, then put it off.")),
    }
    let mut recording = fenced(conversation, epoch)?;
    recording.conversation.state = State::Snoozed;
    recording.conversation.due_at = Some(until);
    recording.next_rev(true);
    let told = json!({"by": {"kind": "agent", "id": agent.id, "name": agent.name}, "until": until.rfc3339()});
    recording.event_for_agents(tx, moment, "conversation_snoozed", told).await?;
    recording.finish(tx, moment).await
}

/// Says how urgent a conversation is. In line it goes before everybody who is less.
pub async fn set_priority(
    tx: &mut Tx,
    moment: &Moment,
    agent: &ActingAgent,
    id: ConversationId,
    priority: Priority,
) -> Result<Done, Error> {
    let conversation = locked_to_hand_over(tx, agent, id, &[]).await?;
    if conversation.priority == priority.number() {
        return Ok(Done::already(&conversation));
    }
    if conversation.is_closed() {
        return Err(Error::Closed);
    }
    let mut recording = open_recording(conversation);
    recording.conversation.priority = priority.number();
    // The visitor is not told; their place in the line is.
    let told = json!({"by": {"kind": "agent", "id": agent.id, "name": agent.name}, "priority": priority.word()});
    recording.event_for_agents(tx, moment, "priority_changed", told).await?;
    recording.finish(tx, moment).await
}
