//! An agent's console as a client that survives anything: it follows every conversation, keeps its
//! items by rev, and answers now and then.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};
use tokio::time::Interval;

use super::frames::{draw_id, kind};
use super::link::{Door, HANGS_AFTER, Link};
use super::talker::{Acked, BEAT, Counts, Phase};

/// One conversation as this console shows it.
#[derive(Debug, Default)]
pub struct Pane {
    pub rev: i64,
    pub epoch: i64,
    /// Id and HTML by seq.
    pub items: BTreeMap<i64, (String, String)>,
    asked: Option<Instant>,
    paging: Option<Instant>,
    whole: bool,
}

/// See the module.
pub struct Console {
    pub name: String,
    pub door: Door,
    pub panes: HashMap<String, Pane>,
    /// Every conversation that there is so far.
    pub known: watch::Receiver<Vec<String>>,
    pub counts: Arc<Counts>,
    pub phase: watch::Receiver<Phase>,
    pub quiet: mpsc::UnboundedSender<String>,
    /// Id, conversation and text of what is not acknowledged.
    pub waiting: VecDeque<(String, String, String)>,
    pub acked: Vec<Acked>,
    pub said: usize,
    sent: HashSet<String>,
    told: bool,
}

#[derive(Default)]
struct Connection {
    heard: Option<Instant>,
    welcomed: bool,
    under_way: bool,
    paused: bool,
    beats: u64,
}

impl Console {
    pub fn new(
        name: &str,
        door: Door,
        known: watch::Receiver<Vec<String>>,
        counts: Arc<Counts>,
        phase: watch::Receiver<Phase>,
        quiet: mpsc::UnboundedSender<String>,
    ) -> Self {
        Self {
            name: name.to_owned(),
            door,
            panes: HashMap::new(),
            known,
            counts,
            phase,
            quiet,
            waiting: VecDeque::new(),
            acked: Vec::new(),
            said: 0,
            sent: HashSet::new(),
            told: false,
        }
    }

    /// Goes on until the goal is reached.
    pub async fn run(mut self) -> Self {
        let mut beat = tokio::time::interval(BEAT);
        loop {
            beat.tick().await;
            Counts::up(&self.counts.connects);
            if self.connection(&mut beat).await {
                return self;
            }
            Counts::up(&self.counts.breaks);
        }
    }

    async fn connection(&mut self, beat: &mut Interval) -> bool {
        let mut link = Link::open(&self.door, json!({"type": "hello"}));
        let mut now = Connection { heard: Some(Instant::now()), ..Connection::default() };
        for pane in self.panes.values_mut() {
            (pane.asked, pane.paging) = (None, None);
        }
        loop {
            tokio::select! {
                frame = link.next() => match frame {
                    Some(frame) => self.take(&frame, &link, &mut now),
                    None => return false,
                },
                _ = beat.tick() => {
                    if self.hangs(&now) {
                        return false;
                    }
                    if now.welcomed {
                        self.beat(&link, &mut now);
                    }
                }
            }
            if now.welcomed && self.reached(&link) {
                return true;
            }
        }
    }

    fn hangs(&self, now: &Connection) -> bool {
        let late = |since: Option<Instant>| since.is_some_and(|since| since.elapsed() > HANGS_AFTER);
        late(now.heard) || self.panes.values().any(|pane| late(pane.asked) || late(pane.paging))
    }

    fn take(&mut self, frame: &Value, link: &Link, now: &mut Connection) {
        now.heard = Some(Instant::now());
        let id = frame["conversation"].as_str().or(frame["conversation"]["id"].as_str()).unwrap_or_default().to_owned();
        match kind(frame) {
            "welcome" => {
                now.welcomed = true;
                let watched: Vec<String> = self.panes.keys().cloned().collect();
                watched.iter().for_each(|id| self.ask(link, "watch", id));
            }
            "changes" => self.apply(&id, frame, link),
            "page" => self.turn(&id, frame),
            "pong" => {
                let id = frame["at"].as_str().unwrap_or_default().to_owned();
                let behind = |pane: &Pane| pane.asked.is_none() && frame["rev"].as_i64() > Some(pane.rev);
                if self.panes.get(&id).is_some_and(behind) {
                    self.ask(link, "sync", &id);
                }
            }
            "ack" if self.waiting.front().is_some_and(|(first, ..)| frame["id"] == first.as_str()) => {
                let (id, conversation, text) = self.waiting.pop_front().expect("it is there");
                let seq = frame["rev"].as_i64().expect("a rev");
                self.acked.push(Acked { id, text, seq, conversation });
                now.under_way = false;
                Counts::up(&self.counts.acks);
            }
            "nack" => {
                assert!(frame["problem"]["retry_after_s"].is_number(), "refused for good: {frame}");
                Counts::up(&self.counts.retries);
                (now.under_way, now.paused) = (false, true);
            }
            _ => {}
        }
    }

    fn apply(&mut self, id: &str, frame: &Value, link: &Link) {
        let pane = self.panes.entry(id.to_owned()).or_default();
        pane.asked = None;
        if pane.apply(frame) {
            self.ask(link, "sync", id);
        }
    }

    fn turn(&mut self, id: &str, frame: &Value) {
        let pane = self.panes.entry(id.to_owned()).or_default();
        pane.put(frame);
        (pane.paging, pane.whole) = (None, frame["more"] != true);
    }

    fn ask(&mut self, link: &Link, what: &str, id: &str) {
        if what == "sync" {
            Counts::up(&self.counts.syncs);
        }
        let pane = self.panes.entry(id.to_owned()).or_default();
        pane.asked = Some(Instant::now());
        link.send(json!({"type": what, "conversation": id, "since": pane.rev}));
    }

    fn beat(&mut self, link: &Link, now: &mut Connection) {
        now.beats += 1;
        let known = self.known.borrow().clone();
        for id in known.iter().filter(|id| !self.panes.contains_key(*id)).cloned().collect::<Vec<_>>() {
            self.ask(link, "watch", &id);
        }
        let turn = usize::try_from(now.beats).expect("it fits");
        if let Some(id) = known.get(turn % known.len().max(1)) {
            link.send(json!({"type": "ping", "at": id, "conversation": id}));
            let talking = matches!(&*self.phase.borrow(), Phase::Talking);
            if talking && now.beats.is_multiple_of(2) && self.waiting.is_empty() {
                self.waiting.push_back((draw_id(), id.clone(), format!("{}-{:05}", self.name, self.said)));
                self.said += 1;
            }
        }
        if let (false, false, Some((id, conversation, text))) = (now.under_way, now.paused, self.waiting.front()) {
            now.under_way = true;
            Counts::up(if self.sent.insert(id.clone()) { &self.counts.sent } else { &self.counts.resends });
            link.send(json!({"type": "send", "id": id, "conversation": conversation, "text": text,
                "seen_seq": 0, "force": true}));
        }
        now.paused = false;
        if self.waiting.is_empty() && !self.told && matches!(&*self.phase.borrow(), Phase::Quiet) {
            self.told = true;
            drop(self.quiet.send(self.name.clone()));
        }
    }

    fn reached(&mut self, link: &Link) -> bool {
        let Phase::Goal(goals) = self.phase.borrow().clone() else { return false };
        if goals.iter().any(|(id, goal)| self.panes.get(id).is_none_or(|pane| pane.rev < goal.rev)) {
            return false;
        }
        for (id, pane) in self.panes.iter_mut().filter(|(_, pane)| !pane.whole && pane.paging.is_none()) {
            pane.paging = Some(Instant::now());
            let first = pane.items.keys().next().copied().unwrap_or(1);
            link.send(json!({"type": "history", "conversation": id, "before_seq": first, "limit": 50}));
        }
        self.panes.values().all(|pane| pane.whole)
    }
}

impl Pane {
    /// By the rule of every client: what follows its rev is applied, what does not is asked for.
    /// True if it has to ask.
    pub fn apply(&mut self, frame: &Value) -> bool {
        if frame["reset"] == true {
            *self = Self::default();
        }
        if frame["from"].as_i64().expect("from") > self.rev {
            return true;
        }
        self.epoch = frame["conversation"]["epoch"].as_i64().expect("an epoch");
        self.put(frame);
        self.rev = self.rev.max(frame["rev"].as_i64().expect("a rev"));
        frame["more"] == true
    }

    fn put(&mut self, frame: &Value) {
        for item in frame["items"].as_array().map(Vec::as_slice).unwrap_or_default() {
            let text = |name: &str| item[name].as_str().expect("text").to_owned();
            self.items.insert(item["seq"].as_i64().expect("a seq"), (text("id"), text("html")));
        }
    }
}
