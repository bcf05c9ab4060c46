//! What the hub wants read from the database, gathered until somebody does it: gaps in the order of
//! revs, sessions that are behind, rows of lists that changed, lines that moved, forms that may be due. A set each, so that a burst is one
//! piece of work.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use super::session::Session;
use crate::ids::{ConversationId, LiveSessionId, QueueId, WorkspaceId};
use crate::routing::leases::Pages;

type Conversations = Mutex<HashSet<(WorkspaceId, ConversationId)>>;

/// See the module.
#[derive(Default)]
pub struct Attention {
    gaps: Conversations,
    rows: Conversations,
    behind: Mutex<Vec<(Arc<Session>, ConversationId)>>,
    lines: Mutex<HashSet<(WorkspaceId, QueueId)>>,
    facts: Conversations,
    loads: Mutex<HashSet<WorkspaceId>>,
    moved: Mutex<Vec<(WorkspaceId, ConversationId, QueueId)>>,
    asked: Mutex<HashMap<LiveSessionId, Arc<Session>>>,
    /// Somebody has to look at gaps or sessions.
    pub healing: Notify,
    /// Somebody has to look at rows.
    pub listing: Notify,
    /// Somebody has to look at lines.
    pub placing: Notify,
    /// Somebody has to look at forms.
    pub asking: Notify,
    /// Somebody has to look at what is known of visitors.
    pub telling: Notify,
    /// Somebody has to look at agents' states and loads.
    pub owning: Notify,
    /// An agent came: somebody has to vouch for them.
    pub leasing: Notify,
    /// Agents whose pages vouch for them.
    pub pages: Pages,
}

fn take<T: Default>(from: &Mutex<T>) -> T {
    std::mem::take(&mut *from.lock().unwrap_or_else(PoisonError::into_inner))
}

impl Attention {
    /// A change came whose predecessor is missing.
    pub fn gap(&self, workspace: WorkspaceId, conversation: ConversationId) {
        self.gaps.lock().unwrap_or_else(PoisonError::into_inner).insert((workspace, conversation));
        self.healing.notify_one();
    }

    /// A conversation changed that may stand in an agent's list.
    pub fn row(&self, workspace: WorkspaceId, conversation: ConversationId) {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner).insert((workspace, conversation));
        self.listing.notify_one();
    }

    /// What is known of a conversation's visitor changed, without a change of the conversation.
    pub fn facts(&self, workspace: WorkspaceId, conversation: ConversationId) {
        self.facts.lock().unwrap_or_else(PoisonError::into_inner).insert((workspace, conversation));
        self.telling.notify_one();
    }

    /// The conversations so far of which more is known; the set is empty afterwards.
    pub fn take_facts(&self) -> HashSet<(WorkspaceId, ConversationId)> {
        take(&self.facts)
    }

    /// Agents' states or loads may have changed here.
    pub fn loads(&self, workspace: WorkspaceId) {
        self.loads.lock().unwrap_or_else(PoisonError::into_inner).insert(workspace);
        self.owning.notify_one();
    }

    /// The workspaces so far in which loads may have changed; the set is empty afterwards.
    pub fn take_loads(&self) -> HashSet<WorkspaceId> {
        take(&self.loads)
    }

    /// A conversation went to another queue: the agents of this one may not see it any more.
    pub fn moved(&self, workspace: WorkspaceId, conversation: ConversationId, from: QueueId) {
        self.moved.lock().unwrap_or_else(PoisonError::into_inner).push((workspace, conversation, from));
        self.listing.notify_one();
    }

    /// The conversations so far that went to another queue; the list is empty afterwards.
    pub fn take_moved(&self) -> Vec<(WorkspaceId, ConversationId, QueueId)> {
        take(&self.moved)
    }

    /// A session follows a conversation that it has not read.
    pub fn behind(&self, session: &Arc<Session>, conversation: ConversationId) {
        let mut behind = self.behind.lock().unwrap_or_else(PoisonError::into_inner);
        behind.push((Arc::clone(session), conversation));
        drop(behind);
        self.healing.notify_one();
    }

    /// Somebody came into this queue's line, left it, or wants to know their place.
    pub fn line(&self, workspace: WorkspaceId, queue: QueueId) {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).insert((workspace, queue));
        self.placing.notify_one();
    }

    /// The queues so far whose line moved; the set is empty afterwards.
    pub fn take_lines(&self) -> HashSet<(WorkspaceId, QueueId)> {
        take(&self.lines)
    }

    /// A form may have become due for this session.
    pub fn ask(&self, session: &Arc<Session>) {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).insert(session.id, Arc::clone(session));
        self.asking.notify_one();
    }

    /// The sessions so far for which a form may have become due; there are none afterwards.
    pub fn take_asked(&self) -> Vec<Arc<Session>> {
        take(&self.asked).into_values().collect()
    }

    /// The gaps so far; the set is empty afterwards.
    pub fn take_gaps(&self) -> HashSet<(WorkspaceId, ConversationId)> {
        take(&self.gaps)
    }

    /// The rows so far; the set is empty afterwards.
    pub fn take_rows(&self) -> HashSet<(WorkspaceId, ConversationId)> {
        take(&self.rows)
    }

    /// The sessions so far; the list is empty afterwards.
    pub fn take_behind(&self) -> Vec<(Arc<Session>, ConversationId)> {
        take(&self.behind)
    }
}
