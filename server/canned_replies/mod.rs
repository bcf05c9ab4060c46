//! Canned replies: words that agents use again and again, with placeholders that are filled for the
//! conversation. One belongs to an agent, to a queue, or to the whole workspace.

pub mod console;
mod fill;
pub mod pages;
pub mod store;
#[cfg(test)]
mod tests;

use crate::audit::{self, Act, By, Changes};
use crate::conversations::{ActingAgent, Error};
use crate::db::{Conn, Tx};
use crate::ids::{AgentId, CannedReplyId, QueueId, WorkspaceId};
use crate::messages::MessageText;
use crate::queues::store as queues;

pub use fill::{Filled, Values, fill, unknown};

/// The longest shortcut, in characters.
pub const MAX_SHORTCUT_CHARS: usize = 32;
/// The longest title, in characters. The text has the limit of a message.
pub const MAX_TITLE_CHARS: usize = 100;
/// Replies of one agent, of one queue, or of the workspace, each.
pub const MOST_IN_A_SCOPE: i64 = 200;
/// Replies that one list shows: what an agent may use, by shortcut.
pub const MOST_LISTED: i64 = 1_000;

/// Whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// One agent's; nobody else sees it.
    Own(AgentId),
    /// Of those who serve a queue.
    Queue(QueueId),
    /// Everybody's.
    Workspace,
}

/// A reply to store, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// Whose it is.
    pub scope: Scope,
    /// What is typed behind the `/`: lower-case letters, digits, `-` and `_`.
    pub shortcut: String,
    /// For the list.
    pub title: String,
    /// With its placeholders.
    pub text: String,
}

impl Wording {
    /// Checks each field. The slash in front of a shortcut may be typed or not; a title that is left
    /// out is the beginning of the text.
    pub fn parse(scope: Scope, shortcut: &str, title: &str, text: &str) -> Result<Self, Error> {
        let shortcut = shortcut.trim().trim_start_matches('/').to_lowercase();
        let refused = |field: &str, why: String| Error::ValueRefused { field: field.to_owned(), why };
        let count = shortcut.chars().count();
        if count == 0 || count > MAX_SHORTCUT_CHARS {
            return Err(refused("shortcut", format!("has to have 1 to {MAX_SHORTCUT_CHARS} characters")));
        }
        if !shortcut.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '_')) {
            return Err(refused("shortcut", "can have letters, digits, - and _ only".to_owned()));
        }
        let text = MessageText::parse(text)?.into_string();
        let first_line = || text.trim().lines().next().unwrap_or_default().chars().take(MAX_TITLE_CHARS).collect();
        let title = match title.trim() {
            "" => first_line(),
            title => title.to_owned(),
        };
        if title.chars().count() > MAX_TITLE_CHARS || title.contains('\0') {
            return Err(refused("title", format!("can have {MAX_TITLE_CHARS} characters")));
        }
        Ok(Self { scope, shortcut, title, text })
    }

    /// The queue whose it is.
    const fn queue(&self) -> Option<QueueId> {
        match self.scope {
            Scope::Queue(queue) => Some(queue),
            Scope::Own(_) | Scope::Workspace => None,
        }
    }
}

/// Whether this agent may change what is in this scope: their own is theirs, the rest is the
/// supervisors'.
fn check_scope(agent: &ActingAgent, scope: Scope) -> Result<(), Error> {
    match scope {
        Scope::Own(owner) if owner == agent.id => Ok(()),
        Scope::Own(_) => Err(Error::NotFound),
        _ if agent.role.sees_every_queue() => Ok(()),
        _ => Err(Error::NotAllowed("Supervisors change the replies of queues and of the workspace.")),
    }
}

/// Stores a reply, or other words for one that is there.
pub async fn save(
    tx: &mut Tx,
    agent: &ActingAgent,
    id: Option<CannedReplyId>,
    wording: &Wording,
) -> Result<CannedReplyId, Error> {
    check_scope(agent, wording.scope)?;
    let now = tx.moment.now;
    let Some(id) = id else {
        let id = add(tx, agent.workspace_id, wording).await?;
        note(tx, agent, "reply.added", id, None, Some(wording)).await?;
        return Ok(id);
    };
    let before = changeable(tx.conn(), agent, id).await?;
    check_room(tx, agent.workspace_id, wording.scope, Some(id)).await?;
    store::update(tx.conn(), agent.workspace_id, id, wording, now).await?;
    note(tx, agent, "reply.changed", id, Some(&before), Some(wording)).await?;
    Ok(id)
}

/// Stores a new one, whoever asks.
pub async fn add(tx: &mut Tx, ws: WorkspaceId, wording: &Wording) -> Result<CannedReplyId, Error> {
    check_room(tx, ws, wording.scope, None).await?;
    let (id, now) = (CannedReplyId::from_uuid(tx.moment.ids.draw()), tx.moment.now);
    store::insert(tx.conn(), ws, id, wording, now).await?;
    Ok(id)
}

/// Removes a reply.
pub async fn remove(tx: &mut Tx, agent: &ActingAgent, id: CannedReplyId) -> Result<(), Error> {
    let before = changeable(tx.conn(), agent, id).await?;
    store::remove(tx.conn(), agent.workspace_id, id).await?;
    note(tx, agent, "reply.removed", id, Some(&before), None).await
}

async fn changeable(conn: Conn<'_>, agent: &ActingAgent, id: CannedReplyId) -> Result<Wording, Error> {
    let found = store::find(conn, agent.workspace_id, id).await?.ok_or(Error::NotFound)?;
    check_scope(agent, found.scope())?;
    Ok(Wording { scope: found.scope(), shortcut: found.shortcut, title: found.title, text: found.text })
}

/// Writes the row of a reply that others share, before or after; an agent's own are nobody's business.
async fn note(
    tx: &mut Tx,
    by: &ActingAgent,
    action: &'static str,
    id: CannedReplyId,
    before: Option<&Wording>,
    after: Option<&Wording>,
) -> Result<(), Error> {
    let shared = |wording: &&Wording| !matches!(wording.scope, Scope::Own(_));
    let (before, after) = (before.filter(shared), after.filter(shared));
    let mut changes = Changes::default();
    changes.note("shortcut", &before.map(|reply| &reply.shortcut), &after.map(|reply| &reply.shortcut));
    changes.note("title", &before.map(|reply| &reply.title), &after.map(|reply| &reply.title));
    changes.note("text", &before.map(|reply| &reply.text), &after.map(|reply| &reply.text));
    changes.note("queue", &before.and_then(Wording::queue), &after.and_then(Wording::queue));
    let Some(named) = after.or(before) else { return Ok(()) };
    if changes.is_empty() {
        return Ok(());
    }
    let act = Act { action, subject: id.uuid(), name: &format!("/{}", named.shortcut) };
    Ok(audit::record(tx, &By::Agent(by.clone()), act, changes).await?)
}

/// The queue is this workspace's, and the scope has room for one more.
async fn check_room(tx: &mut Tx, ws: WorkspaceId, scope: Scope, except: Option<CannedReplyId>) -> Result<(), Error> {
    if let Scope::Queue(queue) = scope
        && queues::find(tx.conn(), ws, queue).await?.is_none()
    {
        return Err(Error::Invalid("There is no such queue.".to_owned()));
    }
    if store::count(tx.conn(), ws, scope, except).await? >= MOST_IN_A_SCOPE {
        let why = format!("would be one too many: {MOST_IN_A_SCOPE} are there");
        return Err(Error::ValueRefused { field: "reply".to_owned(), why });
    }
    Ok(())
}
