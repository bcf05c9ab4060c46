//! Managing queues: adding them, and changing their rules, their hours and who serves them. Each act is
//! one transaction with its row in the audit log.

use std::collections::BTreeSet;

use serde_json::json;

use super::store::{self, Queue};
use crate::agents::store as agents;
use crate::audit::{self, Act, By, Changes};
use crate::db::{Constraint, Error as DbError, Tx};
use crate::hours::{self, Hours};
use crate::ids::{AgentId, QueueId, WorkspaceId};
use crate::routing::line_store::{self, LineChanges, Rules};
use crate::workspaces::Name;
use crate::writer::MayBeginAgain;

/// Why it is not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such queue, or in another workspace.
    #[error("not found")]
    NotFound,
    /// Another queue has that name.
    #[error("the name is taken")]
    NameTaken,
    /// A queue cannot go on to itself.
    #[error("the overflow leads nowhere")]
    Overflow,
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

fn taken(error: DbError) -> Error {
    match error {
        DbError::Constraint(Constraint::QueuesName) => Error::NameTaken,
        other => other.into(),
    }
}

/// What a queue is to be.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// One of its kind in the workspace.
    pub name: Name,
    /// How it gives its chats; all of them are set.
    pub rules: LineChanges,
    /// When it is open; none for always, or as each chat's site.
    pub hours: Option<Hours>,
    /// Who serves it.
    pub agents: BTreeSet<AgentId>,
}

/// Adds a queue, without anybody in it.
pub async fn add(tx: &mut Tx, by: &By, name: &Name) -> Result<QueueId, Error> {
    let (ws, now) = (by.workspace(), tx.moment.now);
    let id = QueueId::from_uuid(tx.moment.ids.draw());
    let queue = Queue { workspace_id: ws, id, name: name.as_str().to_owned() };
    store::insert(tx.conn(), &queue, now).await.map_err(taken)?;
    let changes = Changes::default().with("name", json!(null), name.as_str());
    note(tx, by, "queue.added", id, name.as_str(), changes).await?;
    Ok(id)
}

/// Changes a queue.
pub async fn change(tx: &mut Tx, by: &By, id: QueueId, wanted: &Wanted) -> Result<(), Error> {
    let (ws, now) = (by.workspace(), tx.moment.now);
    line_store::lock(tx.conn(), ws, &[id].into()).await?;
    let before = line_store::rules(tx.conn(), ws, id).await?.ok_or(Error::NotFound)?;
    let overflow = wanted.rules.overflow_queue_id;
    if overflow == Some(id) || !exists(tx, ws, overflow).await? {
        return Err(Error::Overflow);
    }
    if before.name != wanted.name.as_str() {
        store::rename(tx.conn(), ws, id, wanted.name.as_str()).await.map_err(taken)?;
    }
    line_store::save_rules(tx.conn(), ws, id, &wanted.rules).await?;
    hours::store::set_of_queue(tx.conn(), ws, id, wanted.hours.as_ref()).await?;
    let after = line_store::rules(tx.conn(), ws, id).await?.ok_or(Error::NotFound)?;
    let mut changes = differences(&before, &after);
    let (was, is) = set_agents(tx, ws, id, &wanted.agents).await?;
    changes.note("agents", &was, &is);
    line_store::ask_to_settle(tx.conn(), ws, id, now).await?;
    if changes.is_empty() {
        return Ok(());
    }
    note(tx, by, "queue.changed", id, wanted.name.as_str(), changes).await
}

async fn exists(tx: &mut Tx, ws: WorkspaceId, queue: Option<QueueId>) -> Result<bool, Error> {
    match queue {
        None => Ok(true),
        Some(queue) => Ok(store::find(tx.conn(), ws, queue).await?.is_some()),
    }
}

/// What differs between a queue's rules before and after.
pub fn differences(before: &Rules, after: &Rules) -> Changes {
    let mut changes = Changes::default();
    changes.note("name", &before.name, &after.name);
    changes.note("policy", &before.policy.word(), &after.policy.word());
    changes.note("sticky", &(before.sticky != 0), &(after.sticky != 0));
    let numbers = [
        ("answer_timeout_s", before.answer_timeout_s, after.answer_timeout_s),
        ("first_answer_s", before.first_answer_s, after.first_answer_s),
        ("reply_s", before.reply_s, after.reply_s),
        ("nudge_after_s", before.nudge_after_s, after.nudge_after_s),
        ("close_after_s", before.close_after_s, after.close_after_s),
        ("overflow_after_s", before.overflow_after_s, after.overflow_after_s),
    ];
    for (field, before, after) in numbers {
        changes.note(field, &before, &after);
    }
    changes.note("overflow_queue_id", &before.overflow_queue_id, &after.overflow_queue_id);
    changes.note("hours", &before.hours.as_deref(), &after.hours.as_deref());
    changes
}

/// Gives the names before and after.
async fn set_agents(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: QueueId,
    wanted: &BTreeSet<AgentId>,
) -> Result<(Vec<String>, Vec<String>), Error> {
    let served: BTreeSet<AgentId> = store::agents_of(tx.conn(), ws, id).await?.into_iter().collect();
    let (mut was, mut is) = (Vec::new(), Vec::new());
    for (agent, name) in agents::names(tx.conn(), ws).await? {
        match (served.contains(&agent), wanted.contains(&agent)) {
            (false, true) => store::add_agent(tx.conn(), ws, id, agent).await?,
            (true, false) => store::remove_agent(tx.conn(), ws, id, agent).await?,
            (true, true) | (false, false) => {}
        }
        was.extend(served.contains(&agent).then(|| name.clone()));
        is.extend(wanted.contains(&agent).then_some(name));
    }
    Ok((was, is))
}

async fn note(
    tx: &mut Tx,
    by: &By,
    action: &'static str,
    id: QueueId,
    name: &str,
    changes: Changes,
) -> Result<(), Error> {
    let act = Act { action, subject: id.uuid(), name };
    Ok(audit::record(tx, by, act, changes).await?)
}

impl MayBeginAgain for Error {
    fn may_begin_again(&self) -> bool {
        matches!(self, Self::Db(error) if error.may_begin_again())
    }
}
