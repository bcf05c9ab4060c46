//! Who looks at a conversation: its visitor, and agents who have it open. It lives in memory and ends with
//! the session; nobody writes it down.

use std::collections::HashSet;
use std::sync::Arc;

use super::hub::Hub;
use super::protocol::ServerFrame;
use super::session::{Session, Who};
use super::topic::whose;
use crate::ids::{ConversationId, WorkspaceId};

impl Hub {
    /// The agents' sessions that follow a conversation.
    pub fn agents_following(&self, conversation: ConversationId) -> Vec<Arc<Session>> {
        let inner = self.lock();
        let Some(topic) = inner.topics.get(&conversation) else { return Vec::new() };
        topic.followers.iter().filter(|follower| !follower.is_visitor()).map(Arc::clone).collect()
    }

    /// Tells an agent's session which colleagues have the conversation open, each once.
    pub fn tell_who_looks(&self, session: &Session, conversation: ConversationId) {
        let Who::Agent(me) = &session.who else { return };
        let mut told = HashSet::from([me.agent.id]);
        for other in self.agents_following(conversation) {
            let Who::Agent(who) = &other.who else { continue };
            if let (true, Some((by, name))) = (told.insert(who.agent.id), whose(&other)) {
                let state = "online".to_owned();
                session.say(&ServerFrame::Presence { conversation: Some(conversation), by, state, name });
            }
        }
    }

    /// The workspaces whose agents are connected here.
    pub fn workspaces(&self) -> HashSet<WorkspaceId> {
        self.agents_here().into_iter().map(|(workspace, _)| workspace).collect()
    }
}
