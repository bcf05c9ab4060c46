//! Who is connected to this process, and who follows which conversation. No SQL and no I/O: the hub
//! only puts things into outboxes, and notes what has to be read from the database by others.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::attention::Attention;
use super::protocol::{AuthorKind, By, ServerFrame};
use super::session::{Session, Who};
use super::topic::Topic;
use crate::conversations::{Change, Conversation};
use crate::ids::{AgentId, ConversationId, LiveSessionId, QueueId, WorkspaceId};
use crate::visitors::{Identified, VisitorKey};

/// The hub. One lock: everything under it is a few pointer moves.
#[derive(Default)]
pub struct Hub {
    inner: Mutex<Inner>,
    /// What the hub wants read.
    pub attention: Attention,
}

#[derive(Default)]
pub(super) struct Inner {
    sessions: HashMap<LiveSessionId, Arc<Session>>,
    visitors: HashMap<VisitorKey, Vec<Arc<Session>>>,
    agents: HashMap<WorkspaceId, Vec<Arc<Session>>>,
    pub(super) topics: HashMap<ConversationId, Topic>,
}

/// A conversation that waits, and who waits for it here.
pub struct InLine {
    /// Where it waits.
    pub queue: (WorkspaceId, QueueId),
    /// Which.
    pub conversation: ConversationId,
    /// Its visitor's sessions.
    pub sessions: Vec<Arc<Session>>,
}

/// Who hears something that is not in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Agents that follow the conversation.
    Agents,
    /// Its visitor and the agents.
    All,
}

impl Hub {
    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A session begins. It is in the hub before it reads anything, so that nothing falls between.
    pub fn enter(&self, session: &Arc<Session>) {
        let mut inner = self.lock();
        inner.sessions.insert(session.id, Arc::clone(session));
        match &session.who {
            Who::Visitor(visitor) => inner.visitors.entry(visitor.key).or_default().push(Arc::clone(session)),
            Who::Agent(_) => {
                let agents = inner.agents.entry(session.workspace()).or_default();
                agents.push(Arc::clone(session));
                self.attention.leasing.notify_one();
                inner.tell_owner_presence(session, "online");
            }
        }
    }

    /// A session ends.
    pub fn leave(&self, session: &Arc<Session>) {
        let mut inner = self.lock();
        if inner.sessions.remove(&session.id).is_none() {
            return;
        }
        for conversation in session.watched() {
            inner.unfollow(session, conversation);
        }
        let others = |list: &mut Vec<Arc<Session>>| {
            list.retain(|other| other.id != session.id);
            list.is_empty()
        };
        match &session.who {
            Who::Visitor(visitor) => {
                if inner.visitors.get_mut(&visitor.key).is_some_and(others) {
                    inner.visitors.remove(&visitor.key);
                }
            }
            Who::Agent(_) => {
                let workspace = session.workspace();
                let last = inner.agents.get_mut(&workspace).is_some_and(others);
                inner.tell_owner_presence(session, "offline");
                if last {
                    inner.agents.remove(&workspace);
                }
            }
        }
    }

    /// The session of this id, if it lives in this process.
    pub fn session(&self, id: LiveSessionId) -> Option<Arc<Session>> {
        self.lock().sessions.get(&id).map(Arc::clone)
    }

    /// All sessions, for the drain.
    pub fn sessions(&self) -> Vec<Arc<Session>> {
        self.lock().sessions.values().map(Arc::clone).collect()
    }

    /// The agents' sessions of a workspace.
    pub fn agents(&self, workspace: WorkspaceId) -> Vec<Arc<Session>> {
        self.lock().agents.get(&workspace).cloned().unwrap_or_default()
    }

    /// Every session of an agent.
    pub fn all_agents(&self) -> Vec<Arc<Session>> {
        self.lock().agents.values().flatten().cloned().collect()
    }

    /// Every agent who has a session here.
    pub fn agents_here(&self) -> HashSet<(WorkspaceId, AgentId)> {
        let inner = self.lock();
        let agents = inner.agents.values().flatten().filter_map(|session| match &session.who {
            Who::Agent(who) => Some((who.agent.workspace_id, who.agent.id)),
            Who::Visitor(_) => None,
        });
        agents.collect()
    }

    /// Every visitor's session, with the queue in whose line it waits.
    pub fn visitors_with_lines(&self) -> Vec<(Arc<Session>, Option<QueueId>)> {
        let inner = self.lock();
        let line = |session: &Arc<Session>| session.current().and_then(|id| inner.topics.get(&id)?.line);
        inner.visitors.values().flatten().map(|session| (Arc::clone(session), line(session))).collect()
    }

    /// The session follows a conversation from now on; it has to read it afterwards.
    pub fn follow(&self, session: &Arc<Session>, conversation: ConversationId) {
        let mut inner = self.lock();
        for dropped in session.follow(conversation) {
            inner.unfollow(session, dropped);
        }
        let workspace = session.workspace();
        inner.add_follower(session, workspace, conversation);
    }

    /// A visitor's session follows its current conversation (again); it has to read it afterwards.
    /// One that started since `found` was read is newer than it. Gives the one that it follows.
    pub fn follow_current(&self, session: &Arc<Session>, found: Option<ConversationId>) -> Option<ConversationId> {
        let mut inner = self.lock();
        let current = session.current().or(found)?;
        session.follow(current);
        inner.add_follower(session, session.workspace(), current);
        Some(current)
    }

    /// The session does not follow the conversation any more.
    pub fn unfollow(&self, session: &Arc<Session>, conversation: ConversationId) {
        session.unfollow(conversation);
        self.lock().unfollow(session, conversation);
    }

    /// The database had the conversation at these revs: where the hub knew nothing yet, it goes on
    /// from there.
    pub fn seed(&self, conversation: &Conversation) {
        let mut inner = self.lock();
        let Some(topic) = inner.topics.get_mut(&conversation.id) else { return };
        if topic.last.is_none() {
            (topic.last, topic.visitor_rev) = (Some(conversation.rev), conversation.visitor_rev);
            (topic.owner, topic.line) = (conversation.owner_agent_id, conversation.line());
            topic.epoch = Some(conversation.epoch);
            if topic.drain() {
                self.attention.gap(topic.workspace, conversation.id);
            }
        }
    }

    /// The visitors' sessions of conversations that wait in these queues.
    pub fn in_lines(&self, queues: &HashSet<(WorkspaceId, QueueId)>) -> Vec<InLine> {
        let inner = self.lock();
        let waiting = inner.topics.iter().filter_map(|(id, topic)| {
            let queue = topic.line.map(|line| (topic.workspace, line)).filter(|queue| queues.contains(queue))?;
            let visitors = topic.followers.iter().filter(|follower| follower.is_visitor());
            Some(InLine { queue, conversation: *id, sessions: visitors.map(Arc::clone).collect() })
        });
        waiting.filter(|waiting| !waiting.sessions.is_empty()).collect()
    }

    /// The last revs of a conversation that somebody follows: all, and what the visitor can see.
    pub fn revs(&self, conversation: ConversationId) -> Option<(i64, i64)> {
        let inner = self.lock();
        let topic = inner.topics.get(&conversation)?;
        topic.last.map(|last| (last, topic.visitor_rev))
    }

    /// Every followed conversation with the rev that was handed on last.
    pub fn followed(&self) -> Vec<(WorkspaceId, ConversationId, i64)> {
        let inner = self.lock();
        inner.topics.iter().filter_map(|(id, topic)| Some((topic.workspace, *id, topic.last?))).collect()
    }

    /// The conversation's visitor, if they have it open somewhere.
    pub fn visitor_present(&self, conversation: ConversationId) -> Option<By> {
        let inner = self.lock();
        inner.topics.get(&conversation)?.followers.iter().find_map(|session| match &session.who {
            Who::Visitor(visitor) => Some(By { kind: AuthorKind::Visitor, id: visitor.visitor()?.to_string() }),
            Who::Agent(_) => None,
        })
    }

    /// A change is committed. Changes of one conversation are handed on in the order of rev; one
    /// that comes too early waits, and what is missing is read from the database.
    pub fn publish(&self, change: Arc<Change>) {
        let (workspace, id) = (change.conversation.workspace_id, change.conversation.id);
        let mut inner = self.lock();
        if inner.agents.contains_key(&workspace) {
            self.attention.row(workspace, id);
        }
        let turns = change.state_changed || !change.starts_for.is_empty();
        if turns {
            self.attention.line(workspace, change.conversation.queue_id);
            self.attention.loads(workspace);
        }
        if let Some(queue) = change.left_queue {
            self.attention.moved(workspace, id, queue);
            self.attention.line(workspace, queue);
        }
        for key in &change.starts_for {
            inner.start(*key, &change, &self.attention);
        }
        let Some(topic) = inner.topics.get_mut(&id) else { return };
        if topic.publish(change) {
            self.attention.gap(workspace, id);
        }
        if turns {
            topic.followers.iter().filter(|follower| follower.has_forms()).for_each(|one| self.attention.ask(one));
        }
    }

    /// The visitor gave their consent or took it back: each of their sessions knows, also those of
    /// other devices, which follow the same conversation.
    pub fn consent_changed(&self, key: VisitorKey, conversation: Option<ConversationId>, consent: bool) {
        let inner = self.lock();
        let own = inner.visitors.get(&key).into_iter().flatten();
        let topic = conversation.and_then(|id| inner.topics.get(&id));
        for session in own.chain(topic.into_iter().flat_map(|topic| &topic.followers)) {
            if let Who::Visitor(visitor) = &session.who {
                visitor.asks.consent_changed(consent);
            }
        }
    }

    /// The device of this key is an identified visitor's. Its sessions follow the visitor's current
    /// conversation, unless they follow one already that is newer than what was read.
    pub fn identified(&self, key: VisitorKey, who: &Identified) {
        let mut inner = self.lock();
        for session in inner.visitors.get(&key).cloned().unwrap_or_default() {
            if let Who::Visitor(visitor) = &session.who {
                visitor.becomes(who.visitor);
                self.attention.ask(&session);
            }
            let follows = session.current();
            let Some(current) = who.current.filter(|current| follows != Some(*current)) else { continue };
            if follows.is_some_and(|id| !who.moved.contains(&id)) {
                continue;
            }
            inner.take_along(&session, current, false, &self.attention);
        }
    }

    /// Says something ephemeral of a bot's to those who follow the conversation, while it is still the
    /// owner that it was at this epoch. False where it is not.
    pub fn tell_of_bot(&self, conversation: ConversationId, epoch: i64, frame: &ServerFrame) -> bool {
        let Ok(text) = serde_json::to_string(frame) else { return false };
        let text = bytestring::ByteString::from(text);
        let inner = self.lock();
        // Nobody here follows it: nobody is told, and nothing is wrong.
        let Some(topic) = inner.topics.get(&conversation) else { return true };
        let owns = topic.epoch.is_none_or(|now| now == epoch);
        if topic.epoch == Some(epoch) {
            topic.followers.iter().for_each(|session| session.outbox.push(super::outbox::Out::Frame(text.clone())));
        }
        owns
    }

    /// Says something ephemeral to those who follow the conversation, but not to `except`.
    pub fn tell(&self, conversation: ConversationId, audience: Audience, except: LiveSessionId, frame: &ServerFrame) {
        let Ok(text) = serde_json::to_string(frame) else { return };
        let text = bytestring::ByteString::from(text);
        let inner = self.lock();
        let Some(topic) = inner.topics.get(&conversation) else { return };
        for session in &topic.followers {
            if session.id != except && (audience == Audience::All || !session.is_visitor()) {
                session.outbox.push(super::outbox::Out::Frame(text.clone()));
            }
        }
    }
}

impl Inner {
    fn add_follower(&mut self, session: &Arc<Session>, workspace: WorkspaceId, conversation: ConversationId) {
        let topic = self.topics.entry(conversation).or_insert_with(|| Topic::new(workspace));
        if topic.followers.iter().any(|follower| follower.id == session.id) {
            return;
        }
        topic.followers.push(Arc::clone(session));
        if topic.sessions_like(session) == 1 {
            topic.tell_presence(conversation, session, "online");
        }
    }

    fn unfollow(&mut self, session: &Arc<Session>, conversation: ConversationId) {
        let Some(topic) = self.topics.get_mut(&conversation) else { return };
        topic.followers.retain(|follower| follower.id != session.id);
        if topic.sessions_like(session) == 0 {
            topic.tell_presence(conversation, session, "offline");
        }
        if topic.followers.is_empty() {
            self.topics.remove(&conversation);
        }
    }

    /// The session follows this conversation in place of another; from its start, or it reads it.
    fn take_along(&mut self, session: &Arc<Session>, to: ConversationId, from_start: bool, attention: &Attention) {
        let dropped = if from_start { session.follow_start(to) } else { session.follow(to) };
        for old in dropped {
            self.unfollow(session, old);
        }
        self.add_follower(session, session.workspace(), to);
        if !from_start && session.is_welcomed() {
            attention.behind(session, to);
        }
    }

    /// A conversation starts, or starts again: the visitor's sessions follow it.
    fn start(&mut self, key: VisitorKey, change: &Change, attention: &Attention) {
        let conversation = &change.conversation;
        // Somebody may have read the conversation since the commit; then this change is old to the
        // topic, which will not hand it on.
        let known = self.topics.get(&conversation.id).and_then(|topic| topic.last);
        let from_start = change.from == 0 && known.is_none_or(|last| last <= change.from);
        for session in self.visitors.get(&key).cloned().unwrap_or_default() {
            if let Who::Visitor(visitor) = &session.who {
                visitor.becomes(conversation.visitor_id);
            }
            if session.watched().contains(&conversation.id) {
                continue;
            }
            self.take_along(&session, conversation.id, from_start, attention);
        }
        if let Some(topic) = self.topics.get_mut(&conversation.id) {
            topic.last.get_or_insert(change.from);
            // On PostgreSQL a later change can have come before this one, when nobody followed it.
            attention.gap(topic.workspace, conversation.id);
        }
    }

    /// Tells visitors that the agent who has their conversation came or went, unless that agent has
    /// another session.
    fn tell_owner_presence(&self, session: &Session, state: &str) {
        let Who::Agent(agent) = &session.who else { return };
        let id = agent.agent.id;
        let same = |other: &Arc<Session>| matches!(&other.who, Who::Agent(who) if who.agent.id == id);
        let elsewhere = self
            .agents
            .get(&session.workspace())
            .is_some_and(|agents| agents.iter().any(|other| other.id != session.id && same(other)));
        if elsewhere {
            return;
        }
        let by = By { kind: AuthorKind::Agent, id: id.to_string() };
        let frame = ServerFrame::Presence { conversation: None, by, state: state.to_owned(), name: None };
        for topic in self.topics.values().filter(|topic| topic.owner == Some(id)) {
            topic.followers.iter().filter(|follower| follower.is_visitor()).for_each(|follower| follower.say(&frame));
        }
    }
}
