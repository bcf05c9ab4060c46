//! Agents coming and going: what they choose to be, the lease that their live sessions hold, and what
//! becomes of their chats.

use std::time::Duration;

use super::handing::{back_to_head, line_of};
use super::lock::lock_agents_queues;
use super::{Rule, duty_store};
use crate::agents::AgentState;
use crate::conversations::recording::open_recording;
use crate::conversations::{Error, Moment, State, store};
use crate::db::{Error as DbError, Tx};
use crate::ids::{AgentId, ConversationId, WorkspaceId};

/// An agent chooses to be online, draining, away or offline. Offline hands their chats back at once.
pub async fn choose(
    tx: &mut Tx,
    moment: &Moment,
    ws: WorkspaceId,
    agent: AgentId,
    state: AgentState,
) -> Result<(), Error> {
    let chats = lock_agents_queues(tx, ws, agent).await?;
    let before = duty_store::find(tx.conn(), ws, agent).await?.ok_or(Error::NotFound)?;
    if before.state != state {
        duty_store::choose(tx.conn(), ws, agent, state, moment.now).await?;
    }
    match state {
        AgentState::Online => tx.routing.has_room(ws, agent),
        AgentState::Offline => hand_back(tx, moment, ws, agent, chats, Rule::Offline).await?,
        AgentState::Draining | AgentState::Away => {}
    }
    Ok(())
}

/// A live session or a page vouches for an agent whose lease had ended: they are given chats again.
pub async fn come_on_duty(
    tx: &mut Tx,
    moment: &Moment,
    ws: WorkspaceId,
    agent: AgentId,
    lease: Duration,
) -> Result<(), DbError> {
    lock_agents_queues(tx, ws, agent).await?;
    duty_store::lease(tx.conn(), ws, agent, moment.now.plus(lease)).await?;
    tx.routing.has_room(ws, agent);
    Ok(())
}

/// Another capacity: more room is filled at once; less leaves chats where they are.
pub async fn set_capacity(tx: &mut Tx, ws: WorkspaceId, agent: AgentId, capacity: i64) -> Result<(), DbError> {
    lock_agents_queues(tx, ws, agent).await?;
    duty_store::set_capacity(tx.conn(), ws, agent, capacity).await?;
    tx.routing.has_room(ws, agent);
    Ok(())
}

/// Hands an agent's chats back if they are away or not there for longer than the grace. Gives how many.
pub async fn hand_back_if_gone(tx: &mut Tx, moment: &Moment, ws: WorkspaceId, agent: AgentId) -> Result<usize, Error> {
    let chats = lock_agents_queues(tx, ws, agent).await?;
    let Some(duty) = duty_store::find(tx.conn(), ws, agent).await? else { return Ok(0) };
    if duty.gone_at() > moment.now {
        return Ok(0);
    }
    let handed = chats.len();
    hand_back(tx, moment, ws, agent, chats, Rule::Away).await?;
    Ok(handed)
}

async fn hand_back(
    tx: &mut Tx,
    moment: &Moment,
    ws: WorkspaceId,
    agent: AgentId,
    chats: Vec<ConversationId>,
    rule: Rule,
) -> Result<(), Error> {
    for id in chats {
        let Some(found) = store::lock(tx.conn(), ws, id).await? else { continue };
        if found.owner_agent_id != Some(agent) || found.state != State::Assigned {
            continue;
        }
        let mut recording = open_recording(found);
        let line = line_of(tx, &recording).await?;
        back_to_head(tx, moment, &mut recording, &line, rule).await?;
        recording.finish(tx, moment).await?;
    }
    Ok(())
}
