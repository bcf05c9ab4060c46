//! A conversation that somebody here follows: hands its changes on in the order of rev. Like the hub it
//! knows no SQL and does no I/O.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::protocol::{AuthorKind, By, ServerFrame};
use super::session::{Session, Who};
use crate::conversations::Change;
use crate::ids::{AgentId, ConversationId, QueueId, WorkspaceId};

/// Changes that may wait for an earlier one of their conversation; beyond it they are read again.
const MOST_PENDING: usize = 64;

/// One conversation that somebody here follows.
pub(super) struct Topic {
    pub(super) workspace: WorkspaceId,
    /// The rev that was handed on last; none until it is known.
    pub(super) last: Option<i64>,
    /// The last rev that the visitor can see, as far as known.
    pub(super) visitor_rev: i64,
    /// Changes whose predecessor has not come yet.
    pending: BTreeMap<i64, Arc<Change>>,
    pub(super) owner: Option<AgentId>,
    /// Of the owner, as of `last`: a bot's words count while this holds.
    pub(super) epoch: Option<i64>,
    /// The queue in which it waits, while it does.
    pub(super) line: Option<QueueId>,
    pub(super) followers: Vec<Arc<Session>>,
}

impl Topic {
    pub(super) const fn new(workspace: WorkspaceId) -> Self {
        Self {
            workspace,
            last: None,
            visitor_rev: 0,
            pending: BTreeMap::new(),
            owner: None,
            epoch: None,
            line: None,
            followers: Vec::new(),
        }
    }

    fn hand_on(&mut self, change: &Arc<Change>) {
        self.last = Some(change.rev());
        self.visitor_rev = change.conversation.visitor_rev;
        self.owner = change.conversation.owner_agent_id;
        self.epoch = Some(change.conversation.epoch);
        self.waits_in(change.conversation.line());
        for session in &self.followers {
            session.deliver(change);
        }
    }

    /// The visitor of a conversation that waits no more, or elsewhere, has no place until they are told.
    fn waits_in(&mut self, line: Option<QueueId>) {
        if self.line != line {
            self.line = line;
            for session in &self.followers {
                if let Who::Visitor(visitor) = &session.who {
                    visitor.asks.is_at(None);
                }
            }
        }
    }

    /// Hands on what now follows; says whether something still waits for an earlier change. What
    /// was read to fill a gap ends at a later rev than what waits behind that gap, so all are looked at.
    pub(super) fn drain(&mut self) -> bool {
        let Some(mut last) = self.last else { return false };
        while let Some(rev) = self.pending.iter().find(|(_, change)| change.from <= last).map(|(rev, _)| *rev) {
            if let Some(change) = self.pending.remove(&rev)
                && rev > last
            {
                self.hand_on(&change);
                last = rev;
            }
        }
        !self.pending.is_empty()
    }

    /// How many followers are the visitor's, for a session of theirs, or the same agent's.
    pub(super) fn sessions_like(&self, session: &Session) -> usize {
        let agent = |session: &Session| match &session.who {
            Who::Agent(who) => Some(who.agent.id),
            Who::Visitor(_) => None,
        };
        self.followers.iter().filter(|follower| agent(follower) == agent(session)).count()
    }

    /// Tells the agents that the visitor or a colleague came or went. Visitors are not told who looks.
    pub(super) fn tell_presence(&self, conversation: ConversationId, session: &Session, state: &str) {
        let Some((by, name)) = whose(session) else { return };
        let frame = ServerFrame::Presence { conversation: Some(conversation), by, state: state.to_owned(), name };
        for follower in self.followers.iter().filter(|follower| !follower.is_visitor()) {
            follower.say(&frame);
        }
    }

    pub(super) fn publish(&mut self, change: Arc<Change>) -> bool {
        if self.pending.len() >= MOST_PENDING {
            self.pending.pop_last();
        }
        self.pending.insert(change.rev(), change);
        self.drain()
    }
}

/// Who a session is to agents: a visitor without a row is nobody yet.
pub(super) fn whose(session: &Session) -> Option<(By, Option<String>)> {
    match &session.who {
        Who::Visitor(visitor) => Some((By { kind: AuthorKind::Visitor, id: visitor.visitor()?.to_string() }, None)),
        Who::Agent(who) => {
            Some((By { kind: AuthorKind::Agent, id: who.agent.id.to_string() }, Some(who.agent.name.clone())))
        }
    }
}
