//! The end of every transaction that changed an owner: loads are adjusted, and who waits is given to
//! who has room.

use std::collections::BTreeSet;

use super::lock::lock_queues;
use super::pending::{Decision, Owed};
use super::plan::{Assignment, Desk, Waiting};
use super::{MOST_AT_ONCE, Policy, duty_store, handing, line_store, opening};
use crate::conversations::Moment;
use crate::conversations::recording::open_recording;
use crate::db::{Error, Tx};
use crate::ids::{AgentId, QueueId, WorkspaceId};
use crate::metrics;

/// Chats that are read beyond the free places, since some may be passed over.
const LOOK_AHEAD: usize = 8;

/// Does what the transaction owes. Called before each transaction ends; gives how many chats were
/// assigned.
pub async fn settle(tx: &mut Tx) -> Result<usize, Error> {
    if tx.routing.is_empty() {
        return Ok(0);
    }
    let moment = tx.moment.clone();
    let mut assigned = 0;
    for (ws, owed) in tx.routing.take() {
        assigned += settle_workspace(tx, &moment, ws, owed).await?;
    }
    Ok(assigned)
}

async fn settle_workspace(tx: &mut Tx, moment: &Moment, ws: WorkspaceId, owed: Owed) -> Result<usize, Error> {
    let mut queues = owed.queues;
    if !owed.freed.is_empty() {
        queues.extend(line_store::queues_of(tx.conn(), ws, &owed.freed).await?);
    }
    lock_queues(tx, ws, &queues).await?;
    let mut desk = look(tx, moment, ws, &queues, &owed.freed, &owed.loads).await?;
    let mut touched: BTreeSet<AgentId> = owed.loads.keys().copied().collect();
    if desk.free() > 0 && desk.waiting.iter().any(|waiting| !waiting.heads.is_empty()) {
        touched.extend(desk.on_duty.iter().map(|agent| agent.id));
    } else {
        desk.waiting.clear();
    }
    duty_store::lock(tx.conn(), ws, touched.iter().copied()).await?;
    duty_store::adjust_loads(tx.conn(), ws, &owed.loads, moment.now).await?;
    if desk.waiting.is_empty() {
        return Ok(0);
    }
    // Under the locks, and with the loads as they are now.
    desk.on_duty = line_store::on_duty(tx.conn(), ws, &touched, moment.now).await?;
    let plan = desk.plan();
    if plan.len() >= MOST_AT_ONCE {
        ask_again(tx, moment, ws, &queues).await?;
    }
    let mut assigned = 0;
    for assignment in plan {
        assigned += usize::from(assign(tx, moment, ws, assignment).await?);
    }
    Ok(assigned)
}

/// Who waits, who serves, who is on duty. Free places are counted as they will be once the owed loads
/// are adjusted; nothing is locked but the heads of the lines.
async fn look(
    tx: &mut Tx,
    moment: &Moment,
    ws: WorkspaceId,
    queues: &BTreeSet<QueueId>,
    freed: &BTreeSet<AgentId>,
    loads: &std::collections::BTreeMap<AgentId, i64>,
) -> Result<Desk, Error> {
    let mut desk = Desk { waiting: Vec::new(), members: Vec::new(), on_duty: Vec::new(), now: moment.now };
    let mut lines = line_store::lines(tx.conn(), ws, queues).await?;
    lines.retain(|line| line.policy != Policy::Manual && !line.is_shut(moment.now));
    if lines.is_empty() {
        return Ok(desk);
    }
    desk.members = line_store::members(tx.conn(), ws, queues).await?;
    let serving: BTreeSet<AgentId> =
        desk.members.iter().map(|member| member.agent_id).chain(freed.iter().copied()).collect();
    desk.on_duty = line_store::on_duty(tx.conn(), ws, &serving, moment.now).await?;
    for agent in &mut desk.on_duty {
        agent.load += loads.get(&agent.id).copied().unwrap_or(0);
    }
    let free = desk.free();
    if free == 0 {
        return Ok(desk);
    }
    let limit = i64::try_from((free + LOOK_AHEAD).min(MOST_AT_ONCE)).unwrap_or(0);
    let shut = opening::shut_sites(tx.conn(), ws, moment.now).await?;
    for line in lines {
        let shut = if line.hours.is_some() { &[] } else { shut.as_slice() };
        let heads = line_store::heads(tx.conn(), ws, line.id, limit, shut).await?.into();
        desk.waiting.push(Waiting { line, heads });
    }
    Ok(desk)
}

/// There was more to do than one transaction does.
async fn ask_again(tx: &mut Tx, moment: &Moment, ws: WorkspaceId, queues: &BTreeSet<QueueId>) -> Result<(), Error> {
    for queue in queues {
        line_store::ask_to_settle(tx.conn(), ws, *queue, moment.now).await?;
    }
    Ok(())
}

/// Writes one assignment. False if the place was gone, which the locks rule out.
async fn assign(tx: &mut Tx, moment: &Moment, ws: WorkspaceId, assignment: Assignment) -> Result<bool, Error> {
    let Assignment { conversation, agent, rule, line, turn, candidates, slots } = assignment;
    if !duty_store::claim(tx.conn(), ws, agent.id, moment.now).await? {
        tracing::warn!(agent = %agent.id, "a place was gone before it was taken");
        return Ok(false);
    }
    line_store::took_turn(tx.conn(), ws, line.id, agent.id, turn).await?;
    let mut recording = open_recording(conversation);
    recording.decision = Some(Decision { rule, candidates, slots, turn: Some(turn), claimed: true, command: None });
    let to = handing::To { id: agent.id, name: &agent.name };
    let given = async {
        handing::give(tx, moment, &mut recording, to, line.answer_timeout_s).await?;
        handing::joined(tx, moment, &mut recording, to).await?;
        recording.finish(tx, moment).await
    };
    given.await.map_err(handing::only_database)?;
    metrics::assigned(1);
    Ok(true)
}
