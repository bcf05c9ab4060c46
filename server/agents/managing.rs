//! Managing agents: who comes in, what they may, in which queues, with how many chats, and who is shut
//! out. Each act is one transaction with its row in the audit log.

use std::collections::BTreeSet;

use serde_json::json;

use super::managing_store::{self as store, Managed};
use super::store::NewAgent;
use super::{AgentState, EmailAddress, Role, account, session_store};
use crate::audit::{self, Act, By, Changes};
use crate::conversations::{ActingAgent, Error as CommandError};
use crate::db::{Constraint, Error as DbError, Tx};
use crate::ids::{AgentId, QueueId, WorkspaceId};
use crate::queues::store as queues;
use crate::routing::{duty, lock_agents_queues};
use crate::workspaces::Name;
use crate::writer::MayBeginAgain;

/// Chats at once, at most.
pub const MOST_CAPACITY: i64 = 100;
/// What a new agent has, if nobody says otherwise.
pub const NEW_CAPACITY: i64 = 6;
/// How long a link is good for, in seconds: a week.
pub const LINK_GOOD_FOR_S: i64 = 7 * 24 * 60 * 60;

/// Why it is not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such agent, or in another workspace.
    #[error("not found")]
    NotFound,
    /// Only an owner makes or changes an owner.
    #[error("only an owner may do this")]
    OwnersOnly,
    /// Somebody has to be left who may change everything.
    #[error("the last owner")]
    LastOwner,
    /// The workspace has that address.
    #[error("the address is taken")]
    EmailTaken,
    /// The link was used, replaced, or is too old.
    #[error("the link is not good any more")]
    LinkOver,
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Chats could not be handed back.
    #[error(transparent)]
    Command(#[from] CommandError),
}

/// Somebody to be invited.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// By which they sign in.
    pub email: EmailAddress,
    /// As visitors and colleagues see them; they may change it as they come in.
    pub name: Name,
    /// What they may.
    pub role: Role,
    /// In which queues.
    pub queues: BTreeSet<QueueId>,
}

/// What an agent is to be.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// As visitors and colleagues see them.
    pub name: Name,
    /// What they may.
    pub role: Role,
    /// Chats at once; 0 takes them out of routing.
    pub capacity: i64,
    /// In which queues.
    pub queues: BTreeSet<QueueId>,
}

fn may_touch(by: &By, before: Role, after: Role) -> Result<(), Error> {
    let owners = before == Role::Owner || after == Role::Owner;
    if owners && by.role() != Role::Owner { Err(Error::OwnersOnly) } else { Ok(()) }
}

/// Adds an agent who has no password yet, and the link by which they set it.
pub async fn invite(tx: &mut Tx, by: &By, new: &Invitation, link: [u8; 32]) -> Result<AgentId, Error> {
    may_touch(by, new.role, new.role)?;
    let (ws, now) = (by.workspace(), tx.moment.now);
    let id = AgentId::from_uuid(tx.moment.ids.draw());
    let row = NewAgent {
        workspace_id: ws,
        id,
        email: &new.email,
        name: new.name.as_str(),
        role: new.role,
        // No password has this hash.
        password_hash: "",
        capacity: NEW_CAPACITY,
    };
    super::store::insert(tx.conn(), &row, now).await.map_err(|why| match why {
        DbError::Constraint(Constraint::AgentsEmail) => Error::EmailTaken,
        other => other.into(),
    })?;
    let names = set_queues(tx, ws, id, &BTreeSet::new(), &new.queues).await?;
    store::save_link(tx.conn(), ws, id, link, now.plus_seconds(LINK_GOOD_FOR_S)).await?;
    let changes = Changes::default()
        .with("email", json!(null), new.email.as_str())
        .with("role", json!(null), new.role.word())
        .with("queues", json!(null), names.1);
    note(tx, by, "agent.invited", id, new.name.as_str(), changes).await?;
    Ok(id)
}

/// A new link for an agent, by which they set another password. An older one is over; sessions stay until
/// it is used.
pub async fn draw_link(tx: &mut Tx, by: &By, id: AgentId, link: [u8; 32]) -> Result<Managed, Error> {
    let (ws, now) = (by.workspace(), tx.moment.now);
    let agent = store::find(tx.conn(), ws, id).await?.ok_or(Error::NotFound)?;
    may_touch(by, agent.role, agent.role)?;
    store::save_link(tx.conn(), ws, id, link, now.plus_seconds(LINK_GOOD_FOR_S)).await?;
    note(tx, by, "agent.link_made", id, &agent.name, Changes::default()).await?;
    Ok(agent)
}

/// Changes an agent.
pub async fn change(tx: &mut Tx, by: &By, id: AgentId, wanted: &Wanted) -> Result<(), Error> {
    let ws = by.workspace();
    lock_agents_queues(tx, ws, id).await?;
    let before = store::lock(tx.conn(), ws, id).await?.ok_or(Error::NotFound)?;
    may_touch(by, before.role, wanted.role)?;
    if before.role == Role::Owner && wanted.role != Role::Owner {
        another_owner(tx, ws, id).await?;
    }
    let mut changes = Changes::default();
    changes.note("name", &before.name.as_str(), &wanted.name.as_str());
    changes.note("role", &before.role.word(), &wanted.role.word());
    changes.note("capacity", &before.capacity, &wanted.capacity);
    store::save(tx.conn(), ws, id, wanted.name.as_str(), wanted.role).await?;
    tx.names_changed();
    if before.capacity != wanted.capacity {
        duty::set_capacity(tx, ws, id, wanted.capacity).await?;
    }
    let served: BTreeSet<QueueId> = queues::of_agent(tx.conn(), ws, id).await?.into_iter().collect();
    let (was, is) = set_queues(tx, ws, id, &served, &wanted.queues).await?;
    changes.note("queues", &was, &is);
    if changes.is_empty() {
        return Ok(());
    }
    note(tx, by, "agent.changed", id, wanted.name.as_str(), changes).await
}

/// Shuts an agent out: their sessions end, and their chats go back to the head of their lines.
pub async fn disable(tx: &mut Tx, by: &By, id: AgentId) -> Result<(), Error> {
    let (ws, now) = (by.workspace(), tx.moment.now);
    lock_agents_queues(tx, ws, id).await?;
    let agent = store::lock(tx.conn(), ws, id).await?.ok_or(Error::NotFound)?;
    may_touch(by, agent.role, agent.role)?;
    if agent.disabled_at.is_some() {
        return Ok(());
    }
    if agent.role == Role::Owner {
        another_owner(tx, ws, id).await?;
    }
    let moment = tx.moment.clone();
    duty::choose(tx, &moment, ws, id, AgentState::Offline).await?;
    store::set_disabled(tx.conn(), ws, id, Some(now)).await?;
    session_store::delete_of_agent(tx.conn(), ws, id).await?;
    store::drop_link(tx.conn(), ws, id).await?;
    note(tx, by, "agent.disabled", id, &agent.name, Changes::default()).await
}

/// Lets an agent in again, with the password that they had.
pub async fn enable(tx: &mut Tx, by: &By, id: AgentId) -> Result<(), Error> {
    let ws = by.workspace();
    lock_agents_queues(tx, ws, id).await?;
    let agent = store::lock(tx.conn(), ws, id).await?.ok_or(Error::NotFound)?;
    may_touch(by, agent.role, agent.role)?;
    if agent.disabled_at.is_none() {
        return Ok(());
    }
    let moment = tx.moment.clone();
    store::set_disabled(tx.conn(), ws, id, None).await?;
    duty::choose(tx, &moment, ws, id, AgentState::Online).await?;
    note(tx, by, "agent.enabled", id, &agent.name, Changes::default()).await
}

/// Switches the second factor of somebody off who has lost theirs.
pub async fn factor_off(tx: &mut Tx, by: &By, id: AgentId) -> Result<(), Error> {
    let agent = store::lock(tx.conn(), by.workspace(), id).await?.ok_or(Error::NotFound)?;
    may_touch(by, agent.role, agent.role)?;
    Ok(account::switch_off(tx, by, id, &agent.name).await?)
}

/// Whoever has the link sets their password: all their sessions end. Gives who it is.
pub async fn accept(tx: &mut Tx, link: [u8; 32], name: Option<&Name>, password_hash: &str) -> Result<Managed, Error> {
    let now = tx.moment.now;
    let agent = store::of_link(tx.conn(), link, now).await?.ok_or(Error::LinkOver)?;
    let (ws, id) = (agent.workspace_id, agent.id);
    let invited = agent.is_invited();
    let called = name.filter(|_| invited).map_or(agent.name.as_str(), Name::as_str).to_owned();
    store::save(tx.conn(), ws, id, &called, agent.role).await?;
    super::store::set_password(tx.conn(), ws, id, password_hash).await?;
    session_store::delete_of_agent(tx.conn(), ws, id).await?;
    store::drop_link(tx.conn(), ws, id).await?;
    let by = By::Agent(ActingAgent { workspace_id: ws, id, name: called.clone(), role: agent.role });
    let action = if invited { "agent.joined" } else { "agent.password_set" };
    note(tx, &by, action, id, &called, Changes::default()).await?;
    Ok(Managed { name: called, ..agent })
}

async fn another_owner(tx: &mut Tx, ws: WorkspaceId, than: AgentId) -> Result<(), Error> {
    if store::has_another_owner(tx.conn(), ws, than).await? { Ok(()) } else { Err(Error::LastOwner) }
}

/// Puts an agent into the wanted queues and out of the others. Gives the names before and after.
async fn set_queues(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: AgentId,
    served: &BTreeSet<QueueId>,
    wanted: &BTreeSet<QueueId>,
) -> Result<(Vec<String>, Vec<String>), Error> {
    let all = queues::of_workspace(tx.conn(), ws).await?;
    let (mut was, mut is) = (Vec::new(), Vec::new());
    for queue in &all {
        match (served.contains(&queue.id), wanted.contains(&queue.id)) {
            (false, true) => queues::add_agent(tx.conn(), ws, queue.id, id).await?,
            (true, false) => queues::remove_agent(tx.conn(), ws, queue.id, id).await?,
            (true, true) | (false, false) => {}
        }
        was.extend(served.contains(&queue.id).then(|| queue.name.clone()));
        is.extend(wanted.contains(&queue.id).then(|| queue.name.clone()));
    }
    tx.routing.has_room(ws, id);
    Ok((was, is))
}

async fn note(
    tx: &mut Tx,
    by: &By,
    action: &'static str,
    id: AgentId,
    name: &str,
    changes: Changes,
) -> Result<(), Error> {
    let act = Act { action, subject: id.uuid(), name };
    Ok(audit::record(tx, by, act, changes).await?)
}

impl MayBeginAgain for Error {
    fn may_begin_again(&self) -> bool {
        match self {
            Self::Db(error) => error.may_begin_again(),
            Self::Command(error) => error.may_begin_again(),
            Self::NotFound | Self::OwnersOnly | Self::LastOwner | Self::EmailTaken | Self::LinkOver => false,
        }
    }
}
