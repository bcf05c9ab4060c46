//! For the tests of routing: a desk with agents and visitors who have verbs, on a clock that is held.

use std::sync::Arc;
use std::time::Duration;

use super::line_store::{self, LineChanges};
use super::{LEASE, duty, leases, sweep, timer};
use crate::agents::store::NewAgent;
use crate::agents::{self, AgentState, EmailAddress, Role};
use crate::conversations::{
    self, ActingAgent, AgentSend, Conversation, Done, Error, Moment, Sent, State, VisitorSend, store,
};
use crate::db::Tx;
use crate::ids::{AgentId, ConversationId, MessageId, QueueId, WorkspaceId};
use crate::live::owning::Owning;
use crate::live::protocol::{MessageKind, Page};
use crate::messages::MessageText;
use crate::queues::store::{self as queues, Queue};
use crate::setup::{Desk, NewDesk, set_up};
use crate::sites::{self, Site};
use crate::testing::TestDb;
use crate::visitors::{FirstAct, VisitorKey};
use crate::workspaces::Name;
use crate::writer::{Append, again};

/// The floor on which agents work.
pub struct Floor<'t> {
    pub test: &'t TestDb,
    pub desk: Desk,
    pub site: Arc<Site>,
}

impl<'t> Floor<'t> {
    /// A desk whose one queue is `least_loaded`, as a new one is.
    pub async fn open(test: &'t TestDb) -> Self {
        let random = test.random.clone();
        let new = NewDesk {
            owner_email: EmailAddress::parse("ada@shop.example").expect("an address"),
            owner_name: None,
            password_hash: "hash".to_owned(),
            site_name: Name::parse("Shop").expect("a name"),
            origins: vec!["https://shop.example".to_owned()],
        };
        let desk = test
            .run(move |tx| {
                Box::pin(async move {
                    let moment = tx.moment.clone();
                    set_up(tx, &moment, &random, &new).await
                })
            })
            .await;
        let site =
            sites::store::all(test.db.read().await.expect("a connection").conn()).await.expect("sites").remove(0);
        Self { test, desk, site: Arc::new(site) }
    }

    pub fn ws(&self) -> WorkspaceId {
        self.desk.workspace_id
    }

    /// Somebody new in the first queue, who is not there yet.
    pub async fn hires(&self, name: &'static str, capacity: i64) -> ActingAgent {
        let (ws, id) = (self.ws(), AgentId::from_uuid(self.test.ids.draw()));
        let email = EmailAddress::parse(&format!("{name}@shop.example")).expect("an address");
        self.test
            .run(move |tx| {
                Box::pin(async move {
                    let new = NewAgent {
                        workspace_id: ws,
                        id,
                        email: &email,
                        name,
                        role: Role::Agent,
                        password_hash: "hash",
                        capacity,
                    };
                    let now = tx.moment.now;
                    agents::store::insert(tx.conn(), &new, now).await
                })
            })
            .await;
        self.joins(id, self.desk.queue_id).await;
        ActingAgent { workspace_id: ws, id, name: name.to_owned(), role: Role::Agent }
    }

    /// The agent serves this queue, too.
    pub async fn joins(&self, agent: AgentId, queue: QueueId) {
        let ws = self.ws();
        self.test.run(move |tx| Box::pin(async move { queues::add_agent(tx.conn(), ws, queue, agent).await })).await;
    }

    pub async fn another_queue(&self, name: &str) -> QueueId {
        let id = QueueId::from_uuid(self.test.ids.draw());
        let queue = Queue { workspace_id: self.ws(), id, name: name.to_owned() };
        self.test
            .run(move |tx| {
                Box::pin(async move {
                    let now = tx.moment.now;
                    queues::insert(tx.conn(), &queue, now).await
                })
            })
            .await;
        id
    }

    pub async fn rules(&self, queue: QueueId, changes: LineChanges) {
        let ws = self.ws();
        self.test
            .run(move |tx| Box::pin(async move { line_store::save_rules(tx.conn(), ws, queue, &changes).await }))
            .await;
    }

    /// The agents' sessions show that they live.
    pub async fn live(&self, agents: &[&ActingAgent]) {
        let list = agents.iter().map(|agent| (agent.workspace_id, agent.id)).collect();
        leases::renew(&self.test.writer, list, LEASE).await.expect("renewed");
    }

    pub async fn chooses(&self, agent: &ActingAgent, state: AgentState) {
        let (ws, id) = (agent.workspace_id, agent.id);
        self.test
            .run(move |tx| {
                Box::pin(async move {
                    let moment = tx.moment.clone();
                    duty::choose(tx, &moment, ws, id, state).await
                })
            })
            .await;
    }

    fn send(&self, visitor: u32, text: &str) -> VisitorSend {
        let mut token_hash = [0; 32];
        token_hash[..4].copy_from_slice(&visitor.to_be_bytes());
        VisitorSend {
            key: VisitorKey::new(self.site.id, &token_hash),
            site: Arc::clone(&self.site),
            first: FirstAct { token_hash, locale: None, page: Page::default() },
            id: MessageId::from_uuid(self.test.ids.draw()),
            text: MessageText::parse(text).expect("a text"),
            reply_to: None,
            payload: None,
            flagged: None,
        }
    }

    /// A visitor writes, as in a request without a session.
    pub async fn says(&self, visitor: u32) -> ConversationId {
        let send = self.send(visitor, "Anybody?");
        let sent: Sent = self
            .test
            .run(move |tx| {
                Box::pin(async move {
                    let moment = tx.moment.clone();
                    conversations::send_as_visitor(tx, &moment, &send).await
                })
            })
            .await;
        sent.conversation
    }

    /// A visitor writes into their conversation by the hot lane.
    pub async fn writes_on(&self, visitor: u32, conversation: ConversationId) {
        let found = self.sees(conversation).await;
        let send = Arc::new(self.send(visitor, "And another thing"));
        let append = Append { send, visitor: found.visitor_id, conversation, gate: None };
        let (tell, told) = tokio::sync::oneshot::channel();
        self.test.writer.append(None, append, Box::new(move |result| drop(tell.send(result)))).await;
        told.await.expect("an answer").expect("stored");
    }

    /// Another program changed the queue.
    pub async fn asks_to_settle(&self, queue: QueueId) {
        let ws = self.ws();
        self.test
            .run(move |tx| {
                Box::pin(async move {
                    let now = tx.moment.now;
                    line_store::ask_to_settle(tx.conn(), ws, queue, now).await
                })
            })
            .await;
    }

    /// The conversation as it is.
    pub async fn sees(&self, id: ConversationId) -> Conversation {
        let mut conn = self.test.db.read().await.expect("a connection");
        store::find(conn.conn(), self.ws(), id).await.expect("read").expect("a conversation")
    }

    /// Where it is: its state, and who has it.
    pub async fn place(&self, id: ConversationId) -> (State, Option<String>) {
        let found = self.sees(id).await;
        (found.state, found.owner_name)
    }

    pub async fn tries(&self, agent: &ActingAgent, id: ConversationId, owning: Owning) -> Result<Done, Error> {
        let epoch = self.sees(id).await.epoch;
        self.tries_at(agent, id, epoch, owning).await
    }

    pub async fn tries_at(
        &self,
        agent: &ActingAgent,
        id: ConversationId,
        epoch: i64,
        owning: Owning,
    ) -> Result<Done, Error> {
        let agent = agent.clone();
        let operation = again(move |tx: &mut Tx| {
            Box::pin(async move {
                let moment: Moment = tx.moment.clone();
                owning.run(tx, &moment, &agent, id, Some(epoch)).await
            })
        });
        self.test.writer.run_again("test", operation).await
    }

    pub async fn does(&self, agent: &ActingAgent, id: ConversationId, owning: Owning) {
        self.tries(agent, id, owning).await.expect("done");
    }

    pub async fn answers(&self, agent: &ActingAgent, conversation: ConversationId) {
        let send = AgentSend {
            mail: None,
            agent: agent.clone(),
            conversation,
            kind: MessageKind::Text,
            id: MessageId::from_uuid(self.test.ids.draw()),
            text: MessageText::parse("Here I am.").expect("a text"),
            reply_to: None,
            seen_seq: None,
            force: true,
        };
        self.test
            .run(move |tx| {
                Box::pin(async move {
                    let moment = tx.moment.clone();
                    conversations::send_as_agent(tx, &moment, &send).await
                })
            })
            .await;
    }

    /// Time passes, and what is due happens. Nobody's session shows that it lives.
    pub async fn passes(&self, seconds: u64) {
        self.test.clock.advance(Duration::from_secs(seconds));
        self.due().await;
    }

    /// What is due happens.
    pub async fn due(&self) {
        let now = self.test.clock.now();
        drop(timer::run_due(&self.test.db, &self.test.writer, now).await.expect("done"));
    }

    /// Time passes in which these agents' sessions live.
    pub async fn passes_with(&self, seconds: u64, agents: &[&ActingAgent]) {
        for _ in 0..seconds / 15 {
            self.test.clock.advance(Duration::from_secs(15));
            self.live(agents).await;
            self.due().await;
        }
        self.test.clock.advance(Duration::from_secs(seconds % 15));
        self.live(agents).await;
        self.due().await;
    }

    /// The sweep finds nothing to repair, and loads are what they should be.
    pub async fn is_in_order(&self) {
        let repaired = sweep::sweep(&self.test.db, &self.test.writer, self.test.clock.now()).await.expect("swept");
        assert_eq!(repaired, 0, "the sweep found something");
        let wrong = "SELECT count(*) FROM agents a WHERE a.load <> (SELECT count(*) FROM conversations c \
                     WHERE c.workspace_id = a.workspace_id AND c.owner_agent_id = a.id AND c.state = 'assigned')";
        assert_eq!(self.test.number(wrong).await, 0);
        let without = "SELECT count(*) FROM conversations c WHERE c.epoch - 1 <> (SELECT count(*) \
                       FROM routing_decisions d WHERE d.workspace_id = c.workspace_id AND d.conversation_id = c.id)";
        assert_eq!(self.test.number(without).await, 0, "each hand-over has its reason");
    }
}
