//! What a transaction still owes routing: loads to adjust, and queues to look at. Every change of owner
//! is noted here by the one place that writes it, so that no command can forget.

use std::collections::{BTreeMap, BTreeSet};

use super::Rule;
use super::plan::Candidate;
use crate::conversations::{Conversation, State};
use crate::ids::{AgentId, CommandId, QueueId, WorkspaceId};

/// See the module.
#[derive(Debug, Default)]
pub struct Pending {
    by_workspace: BTreeMap<WorkspaceId, Owed>,
}

/// What is owed in one workspace.
#[derive(Debug, Default)]
pub struct Owed {
    /// Assigned chats that each agent has more than before.
    pub loads: BTreeMap<AgentId, i64>,
    /// Queues in which somebody may be served now.
    pub queues: BTreeSet<QueueId>,
    /// Agents who may have more room than before: their queues are looked at.
    pub freed: BTreeSet<AgentId>,
}

impl Pending {
    /// Whether nothing is owed.
    pub fn is_empty(&self) -> bool {
        self.by_workspace.is_empty()
    }

    /// Somebody may be served in this queue now.
    pub fn look_at(&mut self, ws: WorkspaceId, queue: QueueId) {
        self.by_workspace.entry(ws).or_default().queues.insert(queue);
    }

    /// The agent may have more room than before.
    pub fn has_room(&mut self, ws: WorkspaceId, agent: AgentId) {
        self.by_workspace.entry(ws).or_default().freed.insert(agent);
    }

    /// A conversation changed from one holder to another. `claimed` says that the new holder's load was
    /// raised already.
    pub fn changed(&mut self, before: &Held, now: &Conversation, claimed: bool) {
        let ws = now.workspace_id;
        let after = Held::of(now);
        if before.agent != after.agent {
            if let Some(left) = before.agent {
                *self.by_workspace.entry(ws).or_default().loads.entry(left).or_default() -= 1;
                self.has_room(ws, left);
            }
            if let (Some(got), false) = (after.agent, claimed) {
                *self.by_workspace.entry(ws).or_default().loads.entry(got).or_default() += 1;
            }
        }
        if now.state == State::Queued && (before.state != State::Queued || before.queue != after.queue) {
            self.look_at(ws, now.queue_id);
        }
    }

    /// Takes what is owed.
    pub fn take(&mut self) -> BTreeMap<WorkspaceId, Owed> {
        std::mem::take(&mut self.by_workspace)
    }

    /// The operation was taken back: nothing is owed.
    pub fn clear(&mut self) {
        self.by_workspace.clear();
    }
}

/// Who held a conversation, and where, before a change.
#[derive(Debug, Clone, Copy)]
pub struct Held {
    /// The agent whose load counts it: snoozed chats do not count.
    pub agent: Option<AgentId>,
    /// Its owner, also while it is snoozed.
    pub owner: Option<AgentId>,
    /// Its state.
    pub state: State,
    /// Its queue.
    pub queue: QueueId,
    /// Its epoch.
    pub epoch: i64,
}

impl Held {
    /// As the conversation is now.
    pub fn of(conversation: &Conversation) -> Self {
        Self {
            agent: conversation.owner_agent_id.filter(|_| conversation.state == State::Assigned),
            owner: conversation.owner_agent_id,
            state: conversation.state,
            queue: conversation.queue_id,
            epoch: conversation.epoch,
        }
    }
}

/// Why a hand-over happened, for its row.
#[derive(Debug, Clone)]
pub struct Decision {
    /// By which rule.
    pub rule: Rule,
    /// Who was on duty; empty where nobody chose among them.
    pub candidates: Vec<Candidate>,
    /// Chats that those on duty could have at once.
    pub slots: i64,
    /// The how-manieth assignment of the queue, where routing made it.
    pub turn: Option<i64>,
    /// Whether the new holder's load was raised already.
    pub claimed: bool,
    /// The command that did it.
    pub command: Option<CommandId>,
}

impl Decision {
    /// Without candidates.
    pub const fn by(rule: Rule) -> Self {
        Self { rule, candidates: Vec::new(), slots: 0, turn: None, claimed: false, command: None }
    }

    /// The same, made by this command.
    pub const fn of_command(rule: Rule, command: Option<CommandId>) -> Self {
        Self { rule, candidates: Vec::new(), slots: 0, turn: None, claimed: false, command }
    }

    /// What a change without a reason of its own was.
    pub const fn implied(before: &Held, now: &Conversation) -> Self {
        Self::by(match (before.state, now.state) {
            (_, State::Closed) => Rule::Closed,
            (State::Closed, _) => Rule::Reopened,
            (_, State::Bot) => Rule::GivenToBot,
            (State::Bot, State::Queued) => Rule::HandedOff,
            (_, State::Assigned | State::Snoozed) => Rule::Taken,
            _ => Rule::Moved,
        })
    }
}
