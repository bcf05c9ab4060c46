//! Random histories: several tabs and agents send, edit, delete, take, close, reopen and resend,
//! without waiting for one another, and lose their connections at any moment. In the end every copy
//! is what the database has.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::time::Instant;

use deskbell::agents::Role;
use deskbell::sites::OnClosed;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use tokio::runtime::Builder;

use crate::support::agent::Agent;
use crate::support::app::ORIGIN;
use crate::support::console::Pane;
use crate::support::dice::Dice;
use crate::support::frames::{draw_id, draw_token, kind};
use crate::support::replica::Replica;
use crate::support::socket::{Came, PATIENCE, Socket};
use crate::support::truth::Truth;
use crate::support::{Database, TestApp, plainly};

const TABS: usize = 3;
const AGENTS: usize = 2;
/// How often the database is asked whether it is time.
const PACE: std::time::Duration = std::time::Duration::from_millis(3);

/// One thing that happens. `who` is a tab or an agent, `which` one of the messages so far.
#[derive(Debug, Clone)]
enum Step {
    Send { tab: usize },
    Edit { tab: usize, which: usize },
    Delete { tab: usize, which: usize },
    Resend { tab: usize, which: usize },
    CutTab { tab: usize },
    ReadTab { tab: usize },
    Answer { agent: usize },
    EditAnswer { agent: usize, which: usize },
    Note { agent: usize },
    Take { agent: usize },
    Close { agent: usize },
    Reopen { agent: usize, which: usize },
    CutAgent { agent: usize },
    ReadAgent { agent: usize },
}

fn step() -> impl Strategy<Value = Step> {
    let (tab, agent, which) = (0..TABS, 0..AGENTS, any::<usize>());
    prop_oneof![
        6 => tab.clone().prop_map(|tab| Step::Send { tab }),
        2 => (tab.clone(), which).prop_map(|(tab, which)| Step::Edit { tab, which }),
        1 => (tab.clone(), any::<usize>()).prop_map(|(tab, which)| Step::Delete { tab, which }),
        2 => (tab.clone(), any::<usize>()).prop_map(|(tab, which)| Step::Resend { tab, which }),
        2 => tab.clone().prop_map(|tab| Step::CutTab { tab }),
        3 => tab.prop_map(|tab| Step::ReadTab { tab }),
        3 => agent.clone().prop_map(|agent| Step::Answer { agent }),
        1 => (agent.clone(), any::<usize>()).prop_map(|(agent, which)| Step::EditAnswer { agent, which }),
        2 => agent.clone().prop_map(|agent| Step::Note { agent }),
        2 => agent.clone().prop_map(|agent| Step::Take { agent }),
        1 => agent.clone().prop_map(|agent| Step::Close { agent }),
        1 => (agent.clone(), any::<usize>()).prop_map(|(agent, which)| Step::Reopen { agent, which }),
        1 => agent.clone().prop_map(|agent| Step::CutAgent { agent }),
        2 => agent.prop_map(|agent| Step::ReadAgent { agent }),
    ]
}

/// A tab of the visitor; without a socket while it is cut.
#[derive(Default)]
struct Tab {
    socket: Option<Socket>,
    shows: Replica,
}

/// An agent with every conversation open.
struct Desk {
    agent: Agent,
    cut: bool,
    panes: HashMap<String, Pane>,
}

struct History<'a> {
    app: &'a TestApp,
    token: String,
    tabs: Vec<Tab>,
    desks: &'a mut Vec<Desk>,
    /// Every conversation of this visitor, as acknowledged.
    conversations: Vec<String>,
    /// Id and text of what the visitor said.
    said: Vec<(String, String)>,
    /// Who answered, and the id.
    answered: Vec<(usize, String)>,
    /// Of every durable frame: what was acknowledged.
    acks: HashMap<String, Value>,
    notes: usize,
    /// What the server could not do at that moment.
    refused: HashSet<String>,
}

impl History<'_> {
    async fn tab(&mut self, n: usize) -> &mut Tab {
        if self.tabs[n].socket.is_none() {
            let path = format!("/v1/live?site={}", self.app.desk.site_key);
            let mut socket = Socket::open(self.app.address(), &path, &[("Origin", ORIGIN)]).await.expect("an upgrade");
            let shows = &self.tabs[n].shows;
            let hello = json!({"type": "hello", "token": self.token, "conversation": shows.conversation,
                "since": shows.rev, "generation": shows.generation});
            socket.send(&hello).await;
            self.tabs[n].socket = Some(socket);
        }
        &mut self.tabs[n]
    }

    /// Sends on this tab's connection, and waits for nothing.
    async fn tab_sends(&mut self, n: usize, frame: Value) {
        self.tab(n).await.socket.as_mut().expect("connected").send(&frame).await;
    }

    async fn desk(&mut self, n: usize) -> &mut Desk {
        let desk = &mut self.desks[n];
        if desk.cut {
            desk.cut = false;
            let origin = self.app.app.config.public_url.origin().ascii_serialization();
            let headers = [("Origin", origin.as_str()), ("Cookie", &desk.agent.cookie)];
            desk.agent.socket = Socket::open(self.app.address(), "/console/live", &headers).await.expect("an upgrade");
            desk.agent.socket.send(&json!({"type": "hello"})).await;
            for (id, pane) in &desk.panes {
                let watch = json!({"type": "watch", "conversation": id, "since": pane.rev});
                desk.agent.socket.send(&watch).await;
            }
        }
        for id in &self.conversations {
            if !desk.panes.contains_key(id) {
                desk.panes.insert(id.clone(), Pane::default());
                desk.agent.socket.send(&json!({"type": "watch", "conversation": id, "since": 0})).await;
            }
        }
        desk
    }

    async fn desk_sends(&mut self, n: usize, frame: Value) {
        self.desk(n).await.agent.socket.send(&frame).await;
    }

    /// Takes in whatever has come to this tab up to the answer to a ping.
    async fn read_tab(&mut self, n: usize) {
        self.tab_sends(n, json!({"type": "ping", "at": 0})).await;
        loop {
            let tab = &mut self.tabs[n];
            let Some(socket) = tab.socket.as_mut() else { return };
            let frame = match socket.next().await {
                Came::Frame(frame) => frame,
                Came::Closed(code) => panic!("tab {n} was closed with {code:?}"),
            };
            let ask = match kind(&frame) {
                "welcome" => {
                    tab.shows.generation = frame["generation"].as_str().map(str::to_owned);
                    None
                }
                "pong" => return,
                _ => tab.shows.apply(&frame),
            };
            if let Some(ask) = ask {
                socket.send(&ask).await;
            }
            self.note(&frame);
        }
    }

    async fn read_desk(&mut self, n: usize) {
        self.desk_sends(n, json!({"type": "ping", "at": 0})).await;
        loop {
            let desk = &mut self.desks[n];
            let frame = desk.agent.socket.frame().await;
            match kind(&frame) {
                "pong" => return,
                "changes" => {
                    let id = frame["conversation"]["id"].as_str().expect("an id").to_owned();
                    let pane = desk.panes.entry(id.clone()).or_default();
                    if pane.apply(&frame) {
                        let sync = json!({"type": "sync", "conversation": id, "since": pane.rev});
                        desk.agent.socket.send(&sync).await;
                    }
                }
                _ => {}
            }
            self.note(&frame);
        }
    }

    fn note(&mut self, frame: &Value) {
        if kind(frame) == "nack" {
            let problem = &frame["problem"];
            let later = problem["retry_after_s"].is_number();
            assert!(later || problem["status"].as_i64() < Some(500), "nothing breaks: {frame}");
            if later {
                self.refused.extend(frame["id"].as_str().map(str::to_owned));
            }
        }
        if kind(frame) != "ack" {
            return;
        }
        let id = frame["id"].as_str().expect("an id").to_owned();
        let conversation = frame["conversation"].as_str().expect("a conversation").to_owned();
        if !self.conversations.contains(&conversation) {
            self.conversations.push(conversation);
        }
        if let Some(before) = self.acks.insert(id, frame.clone()) {
            assert_eq!(
                (&before["rev"], &before["conversation"]),
                (&frame["rev"], &frame["conversation"]),
                "the same ack"
            );
        }
    }

    /// A conversation (0: the newest) and its epoch, as far as this agent knows.
    fn pick(&self, agent: usize, which: usize) -> Option<(String, i64)> {
        let id = self.conversations.iter().rev().nth(which % self.conversations.len().max(1))?;
        let epoch = self.desks[agent].panes.get(id).map_or(1, |pane| pane.epoch);
        Some((id.clone(), epoch))
    }

    async fn takes_place(&mut self, step: &Step) {
        match *step {
            Step::Send { tab } => {
                let (id, text) = (draw_id(), format!("said {}", self.said.len()));
                self.said.push((id.clone(), text.clone()));
                self.tab_sends(tab, json!({"type": "send", "id": id, "text": text})).await;
            }
            Step::Resend { tab, which } if !self.said.is_empty() => {
                let (id, text) = self.said[which % self.said.len()].clone();
                self.tab_sends(tab, json!({"type": "send", "id": id, "text": text})).await;
            }
            Step::Edit { tab, which } if !self.said.is_empty() => {
                let (id, _) = self.said[which % self.said.len()].clone();
                let rev = self.tabs[tab].shows.messages().iter().find(|m| m.id == id).map_or(1, |m| m.rev);
                let text = format!("edited {which}");
                let edit = json!({"type": "edit", "id": draw_id(), "message": id, "text": text, "if_rev": rev});
                self.tab_sends(tab, edit).await;
            }
            Step::Delete { tab, which } if !self.said.is_empty() => {
                let (id, _) = self.said[which % self.said.len()].clone();
                self.tab_sends(tab, json!({"type": "delete", "id": draw_id(), "message": id})).await;
            }
            Step::CutTab { tab } => self.tabs[tab].socket = None,
            Step::ReadTab { tab } => self.read_tab(tab).await,
            Step::CutAgent { agent } => self.desks[agent].cut = true,
            Step::ReadAgent { agent } => self.read_desk(agent).await,
            _ => self.agent_acts(step).await,
        }
    }

    async fn agent_acts(&mut self, step: &Step) {
        let (agent, what) = match *step {
            Step::Answer { agent } => (agent, "send"),
            Step::EditAnswer { agent, .. } => (agent, "edit"),
            Step::Note { agent } => (agent, "note"),
            Step::Take { agent } => (agent, "take"),
            Step::Close { agent } => (agent, "close"),
            Step::Reopen { agent, .. } => (agent, "reopen"),
            _ => return,
        };
        let which = if let Step::Reopen { which, .. } = *step { which } else { 0 };
        let Some((conversation, epoch)) = self.pick(agent, which) else { return };
        let id = draw_id();
        let mut frame = json!({"type": what, "id": id, "conversation": conversation});
        match (what, step) {
            ("send", _) => {
                frame["text"] = format!("answer {}", self.answered.len()).into();
                frame["seen_seq"] = self.desks[agent].panes.get(&conversation).map_or(0, |pane| pane.rev).into();
                self.answered.push((agent, id));
            }
            ("note", _) => {
                frame["text"] = format!("secret {}", self.notes).into();
                self.notes += 1;
            }
            ("edit", Step::EditAnswer { which, .. }) => {
                let own: Vec<&String> = self.answered.iter().filter(|(by, _)| *by == agent).map(|(_, id)| id).collect();
                let Some(message) = own.get(which % own.len().max(1)) else { return };
                let rev = self.acks.get(*message).map_or(1, |ack| ack["rev"].as_i64().expect("a rev"));
                frame["message"] = message.as_str().into();
                frame["if_rev"] = rev.into();
                frame["text"] = format!("better answer {which}").into();
            }
            _ => frame["epoch"] = epoch.into(),
        }
        self.desk_sends(agent, frame).await;
    }

    /// Everybody is there again, and everything that is unanswered is sent again.
    async fn comes_to_rest(&mut self) {
        for n in 0..TABS {
            self.read_tab(n).await;
        }
        for n in 0..AGENTS {
            self.read_desk(n).await;
        }
        let unanswered: Vec<_> = self.said.iter().filter(|(id, _)| !self.acks.contains_key(id)).cloned().collect();
        for (id, text) in unanswered {
            self.tab_sends(0, json!({"type": "send", "id": id, "text": text})).await;
            let patience = Instant::now() + PATIENCE;
            let mut pace = tokio::time::interval(PACE);
            while !self.acks.contains_key(&id) {
                assert!(Instant::now() < patience, "{text} is neither acknowledged nor refused");
                pace.tick().await;
                self.read_tab(0).await;
                if self.refused.remove(&id) {
                    self.tab_sends(0, json!({"type": "send", "id": id, "text": text})).await;
                }
            }
        }
    }

    /// Every copy becomes what the database has. What a cut connection had sent may still be on its
    /// way, so that the database is asked again until nothing differs.
    async fn converges(&mut self) {
        let patience = Instant::now() + PATIENCE + PATIENCE / 2;
        let mut pace = tokio::time::interval(PACE);
        while let Some(difference) = self.difference().await {
            assert!(Instant::now() < patience, "{difference}");
            pace.tick().await;
        }
    }

    async fn difference(&mut self) -> Option<String> {
        for n in 0..TABS {
            self.read_tab(n).await;
        }
        for n in 0..AGENTS {
            self.read_desk(n).await;
        }
        let truth = Truth::read(&self.app.app.db, self.app.desk.workspace_id).await;
        let newest = truth.current(&self.conversations);
        let tabs = self.tabs.iter().enumerate().find_map(|(n, Tab { shows, .. })| {
            let wrong =
                if shows.conversation == newest { truth.differs(shows)? } else { "not the current one".to_owned() };
            Some(format!("tab {n} shows {shows:?}: {wrong} ({newest:?})"))
        });
        let panes = self.desks.iter().flat_map(|desk| self.conversations.iter().map(move |id| (id, &desk.panes[id])));
        let panes = panes.into_iter().find_map(|(id, pane)| truth.pane_differs(id, pane));
        let said = self.said.iter().find_map(|(id, _)| {
            let ack = &self.acks[id];
            truth.lacks(id, ack["rev"].as_i64()?, ack["conversation"].as_str()?)
        });
        tabs.or(panes).or(said)
    }
}

async fn desks(app: &TestApp) -> Vec<Desk> {
    let mut desks = Vec::new();
    for agent in [app.owner().await, app.hire("boss", Role::Supervisor).await] {
        desks.push(Desk { agent, cut: false, panes: HashMap::new() });
    }
    desks
}

async fn one_history(app: &TestApp, desks: &mut Vec<Desk>, steps: &[Step]) {
    for desk in desks.iter_mut() {
        desk.panes.clear();
        desk.cut = true;
    }
    let mut history = History {
        app,
        token: draw_token(),
        tabs: (0..TABS).map(|_| Tab::default()).collect(),
        desks,
        conversations: Vec::new(),
        said: Vec::new(),
        answered: Vec::new(),
        acks: HashMap::new(),
        notes: 0,
        refused: HashSet::new(),
    };
    for step in steps {
        history.takes_place(step).await;
    }
    history.comes_to_rest().await;
    history.converges().await;
}

/// How many histories each test lives through; `PROPTEST_CASES` sets it.
#[expect(clippy::disallowed_methods, reason = "the tests' own environment")]
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(24)
}

fn histories(database: impl AsyncFnOnce() -> Option<Database>, on_closed: OnClosed) {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let Some(database) = runtime.block_on(database()) else {
        return println!("NOT RUN on PostgreSQL: DESKBELL_TEST_POSTGRES is not set");
    };
    let app = runtime.block_on(TestApp::start(database));
    if on_closed == OnClosed::New {
        runtime.block_on(plainly::start_anew_after_the_end(&app));
    }
    let desks = RefCell::new(runtime.block_on(desks(&app)));
    plainly::log_errors();
    let mut dice = Dice::thrown();
    println!("{dice}");
    let seed: [u8; 32] = std::array::from_fn(|_| u8::try_from(dice.below(256)).expect("a byte"));
    let config = Config { cases: cases(), max_shrink_iters: 100, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let lived = runner.run(&prop::collection::vec(step(), 1..60), |steps| {
        runtime.block_on(one_history(&app, &mut desks.borrow_mut(), &steps));
        Ok(())
    });
    if let Err(failure) = lived {
        panic!("{failure}");
    }
    drop(desks);
    runtime.block_on(app.stop());
}

#[test]
fn every_history_converges_sqlite() {
    histories(async || Some(Database::sqlite()), OnClosed::Reopen);
}

#[test]
fn every_history_converges_postgres() {
    histories(Database::postgres, OnClosed::Reopen);
}

#[test]
fn every_history_converges_where_chats_start_anew_sqlite() {
    histories(async || Some(Database::sqlite()), OnClosed::New);
}

#[test]
fn every_history_converges_where_chats_start_anew_postgres() {
    histories(Database::postgres, OnClosed::New);
}
