//! Locks in the one order that everybody keeps: queues by id, then conversations, then agents by id.
//! On SQLite the writing transaction is the lock, and nothing is done here.

use std::collections::{BTreeMap, BTreeSet};

use super::{duty_store, line_store};
use crate::conversations::{Conversation, store};
use crate::db::{Conn, Error, Tx};
use crate::ids::{AgentId, ConversationId, QueueId, WorkspaceId};

/// Locks these queues.
pub(crate) async fn lock_queues(tx: &mut Tx, ws: WorkspaceId, queues: &BTreeSet<QueueId>) -> Result<(), Error> {
    if queues.is_empty() { Ok(()) } else { line_store::lock(tx.conn(), ws, queues).await }
}

/// Locks a conversation for a change of its owner: first its queue, those of its owner, whose capacity
/// the change may free, and `extra`. Where it went elsewhere between the look and the lock, the
/// transaction has to begin again.
pub(crate) async fn lock_conversation(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: ConversationId,
    extra: &[QueueId],
) -> Result<Option<Conversation>, Error> {
    if let Conn::Lite(_) = tx.conn() {
        return store::lock(tx.conn(), ws, id).await;
    }
    let Some((queue, owner)) = line_store::whereabouts(tx.conn(), ws, id).await? else { return Ok(None) };
    let mut queues: BTreeSet<QueueId> = match owner {
        Some(owner) => line_store::queues_of(tx.conn(), ws, &BTreeSet::from([owner])).await?,
        None => BTreeSet::new(),
    };
    queues.insert(queue);
    queues.extend(extra);
    lock_queues(tx, ws, &queues).await?;
    let Some(found) = store::lock(tx.conn(), ws, id).await? else { return Ok(None) };
    let stayed = (found.queue_id, found.owner_agent_id) == (queue, owner);
    if stayed { Ok(Some(found)) } else { Err(Error::Moved) }
}

/// Where conversations were when their queues were locked; empty on SQLite, where nothing comes between.
pub(crate) struct Whereabouts(Option<BTreeMap<ConversationId, (QueueId, Option<AgentId>)>>);

impl Whereabouts {
    /// Whether the conversation, now locked, is still where its queues were locked for; else the
    /// transaction has to begin again.
    pub(crate) fn stayed(&self, found: &Conversation) -> Result<(), Error> {
        let now = (found.queue_id, found.owner_agent_id);
        match &self.0 {
            Some(seen) if seen.get(&found.id) != Some(&now) => Err(Error::Moved),
            _ => Ok(()),
        }
    }
}

/// Locks the queues of several conversations that one transaction changes, and those of their owners.
pub(crate) async fn lock_queues_of(tx: &mut Tx, ws: WorkspaceId, ids: &[ConversationId]) -> Result<Whereabouts, Error> {
    if let Conn::Lite(_) = tx.conn() {
        return Ok(Whereabouts(None));
    }
    let (mut queues, mut owners, mut seen) = (BTreeSet::new(), BTreeSet::new(), BTreeMap::new());
    for id in ids {
        if let Some((queue, owner)) = line_store::whereabouts(tx.conn(), ws, *id).await? {
            queues.insert(queue);
            owners.extend(owner);
            seen.insert(*id, (queue, owner));
        }
    }
    queues.extend(line_store::queues_of(tx.conn(), ws, &owners).await?);
    lock_queues(tx, ws, &queues).await?;
    Ok(Whereabouts(Some(seen)))
}

/// Locks the queues that an agent serves, and those of their chats; gives the chats.
pub(crate) async fn lock_agents_queues(
    tx: &mut Tx,
    ws: WorkspaceId,
    agent: AgentId,
) -> Result<Vec<ConversationId>, Error> {
    let mut queues = line_store::queues_of(tx.conn(), ws, &BTreeSet::from([agent])).await?;
    queues.extend(duty_store::assigned(tx.conn(), ws, agent).await?.into_iter().map(|(_, queue)| queue));
    lock_queues(tx, ws, &queues).await?;
    let chats = duty_store::assigned(tx.conn(), ws, agent).await?;
    if chats.iter().any(|(_, queue)| !queues.contains(queue)) {
        return Err(Error::Moved);
    }
    Ok(chats.into_iter().map(|(id, _)| id).collect())
}
