//! Clients that behave as the widget does, over any transport and through anything: one outbox in
//! order, what is not acknowledged is sent again under the same id, and a log kept by rev. They
//! notice a dead connection, come back, and go on until they are told what there is to reach.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::{Mutex, OwnedMutexGuard, mpsc, watch};
use tokio::time::Interval;

use super::frames::{draw_id, kind};
use super::link::{Door, HANGS_AFTER, Link};
use super::replica::{Replica, StoredMessage};

/// How often a client looks whether its connection lives and whether there is more to say.
pub const BEAT: Duration = Duration::from_millis(150);

/// What was done, for the table at the end.
#[derive(Debug, Default)]
pub struct Counts {
    pub sent: AtomicU64,
    pub acks: AtomicU64,
    pub resends: AtomicU64,
    pub connects: AtomicU64,
    pub breaks: AtomicU64,
    pub syncs: AtomicU64,
    pub retries: AtomicU64,
}

impl Counts {
    pub fn up(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

/// How far a conversation is.
#[derive(Debug, Clone, Copy)]
pub struct Goal {
    pub rev: i64,
    pub visitor_rev: i64,
}

/// What clients do now.
#[derive(Debug, Clone)]
pub enum Phase {
    /// Say more at every beat.
    Talking,
    /// Say no more; tell when all is acknowledged.
    Quiet,
    /// This is all there is, by conversation: show it and end.
    Goal(Arc<HashMap<String, Goal>>),
}

/// A message that the server has acknowledged.
#[derive(Debug, Clone)]
pub struct Acked {
    pub id: String,
    pub text: String,
    pub seq: i64,
    pub conversation: String,
}

/// What a device has to send. One tab at a time drains it.
#[derive(Debug)]
pub struct Outbox {
    name: String,
    said: usize,
    /// Not acknowledged yet, in order.
    waiting: VecDeque<(String, String)>,
    /// How many of these this connection has sent.
    under_way: usize,
    window: usize,
    ever_sent: HashSet<String>,
    paused: bool,
    told: bool,
    /// In the order in which they were said.
    pub acked: Vec<Acked>,
}

impl Outbox {
    pub fn new(name: &str, window: usize) -> Self {
        Self {
            name: name.to_owned(),
            said: 0,
            waiting: VecDeque::new(),
            under_way: 0,
            window,
            ever_sent: HashSet::new(),
            paused: false,
            told: false,
            acked: Vec::new(),
        }
    }

    /// One more thing to say.
    pub fn say(&mut self) {
        self.waiting.push_back((draw_id(), format!("{}-{:05}", self.name, self.said)));
        self.said += 1;
    }

    /// Everything that is acknowledged, oldest first, was said in that order.
    pub fn in_order(&self) -> bool {
        self.acked.is_sorted_by(|one, next| one.seq < next.seq && one.text < next.text)
    }

    pub const fn said(&self) -> usize {
        self.said
    }

    fn begin(&mut self) {
        (self.under_way, self.paused) = (0, false);
    }

    fn pump(&mut self, link: &Link, counts: &Counts) {
        while !self.paused && self.under_way < self.window.min(self.waiting.len()) {
            let (id, text) = &self.waiting[self.under_way];
            Counts::up(if self.ever_sent.insert(id.clone()) { &counts.sent } else { &counts.resends });
            link.send(json!({"type": "send", "id": id, "text": text}));
            self.under_way += 1;
        }
    }

    fn acknowledged(&mut self, ack: &Value) -> Option<&Acked> {
        let at = self.waiting.iter().position(|(id, _)| ack["id"] == id.as_str())?;
        let (id, text) = self.waiting.remove(at).expect("it is there");
        self.under_way = self.under_way.saturating_sub(1);
        let conversation = ack["conversation"].as_str().expect("an ack names the conversation").to_owned();
        self.acked.push(Acked { id, text, seq: ack["rev"].as_i64().expect("a rev"), conversation });
        self.acked.last()
    }

    /// What is refused for now is sent again a little later, and all after it.
    fn refused(&mut self, nack: &Value) {
        assert!(nack["problem"]["retry_after_s"].is_number(), "refused for good: {nack}");
        (self.under_way, self.paused) = (0, true);
    }
}

/// One tab of a visitor.
pub struct Tab {
    pub door: Door,
    pub shows: Replica,
    /// What `history` brought, oldest first.
    pub older: VecDeque<StoredMessage>,
    pub outbox: Arc<Mutex<Outbox>>,
    pub counts: Arc<Counts>,
    pub phase: watch::Receiver<Phase>,
    /// Whether it says more at every beat while it has the pen.
    pub chatty: bool,
    /// Told once when the outbox is empty and quiet.
    pub quiet: mpsc::UnboundedSender<String>,
    /// Told the conversation of the first acknowledgement, and each acknowledgement.
    pub acks: mpsc::UnboundedSender<Acked>,
}

/// What one connection knows.
#[derive(Default)]
struct Connection {
    heard: Option<Instant>,
    welcomed: bool,
    /// Since when an answer in `changes` is due.
    asked: Option<Instant>,
    /// Since when older messages are due.
    paging: Option<Instant>,
    whole: bool,
    beats: u64,
}

impl Connection {
    fn hangs(&self) -> bool {
        let late = |since: Option<Instant>| since.is_some_and(|since| since.elapsed() > HANGS_AFTER);
        late(self.heard) || late(self.asked) || late(self.paging)
    }
}

impl Tab {
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

    fn hello(&self) -> Value {
        let super::link::Knock::Visitor { token, .. } = &self.door.knock else { unreachable!("a visitor's door") };
        json!({"type": "hello", "token": token, "conversation": self.shows.conversation, "since": self.shows.rev,
            "generation": self.shows.generation})
    }

    /// One connection to its end; true once the goal is reached.
    async fn connection(&mut self, beat: &mut Interval) -> bool {
        let mut link = Link::open(&self.door, self.hello());
        let mut now = Connection { heard: Some(Instant::now()), ..Connection::default() };
        let mut pen: Option<OwnedMutexGuard<Outbox>> = None;
        loop {
            tokio::select! {
                frame = link.next() => match frame {
                    Some(frame) => self.take(&frame, &link, &mut now, pen.as_deref_mut()),
                    None => return false,
                },
                _ = beat.tick() => {
                    if now.hangs() {
                        return false;
                    }
                    if now.welcomed {
                        self.beat(&link, &mut now, &mut pen);
                    }
                }
            }
            if let Some(pen) = pen.as_deref_mut() {
                pen.pump(&link, &self.counts);
            }
            if now.welcomed && self.reached(&link, &mut now) {
                return true;
            }
        }
    }

    fn take(&mut self, frame: &Value, link: &Link, now: &mut Connection, pen: Option<&mut Outbox>) {
        now.heard = Some(Instant::now());
        match (kind(frame), pen) {
            ("welcome", _) => {
                now.welcomed = true;
                self.shows.generation = frame["generation"].as_str().map(str::to_owned);
                now.asked = frame["conversation"].is_object().then(Instant::now);
            }
            ("changes", _) => {
                now.asked = None;
                if let Some(ask) = self.shows.apply(frame) {
                    self.sync(link, now, ask);
                }
            }
            ("page", _) => self.turn(frame, now),
            ("pong", _) if frame["rev"].as_i64() > Some(self.shows.rev) && now.asked.is_none() => {
                let ask = json!({"type": "sync", "since": self.shows.rev});
                self.sync(link, now, ask);
            }
            ("ack", Some(pen)) => {
                if let Some(acked) = pen.acknowledged(frame) {
                    Counts::up(&self.counts.acks);
                    drop(self.acks.send(acked.clone()));
                }
            }
            ("nack", Some(pen)) if frame["id"].is_string() => {
                Counts::up(&self.counts.retries);
                pen.refused(frame);
            }
            _ => {}
        }
    }

    fn sync(&self, link: &Link, now: &mut Connection, ask: Value) {
        Counts::up(&self.counts.syncs);
        now.asked = Some(Instant::now());
        link.send(ask);
    }

    fn beat(&self, link: &Link, now: &mut Connection, pen: &mut Option<OwnedMutexGuard<Outbox>>) {
        now.beats += 1;
        if now.beats.is_multiple_of(4) {
            link.send(json!({"type": "ping", "at": now.beats}));
        }
        if pen.is_none() {
            *pen = Arc::clone(&self.outbox).try_lock_owned().ok().map(|mut pen| {
                pen.begin();
                pen
            });
        }
        let Some(pen) = pen.as_deref_mut() else { return };
        pen.paused = false;
        match &*self.phase.borrow() {
            Phase::Talking if self.chatty && pen.waiting.len() < 6 => pen.say(),
            Phase::Quiet if pen.waiting.is_empty() && !pen.told => {
                pen.told = true;
                drop(self.quiet.send(pen.name.clone()));
            }
            _ => {}
        }
    }

    /// Whether all that there is is shown, from the first message on.
    fn reached(&self, link: &Link, now: &mut Connection) -> bool {
        let Phase::Goal(goals) = &*self.phase.borrow() else { return false };
        let goal = self.shows.conversation.as_ref().and_then(|id| goals.get(id));
        if goal.is_none_or(|goal| self.shows.rev < goal.visitor_rev) {
            return false;
        }
        if !now.whole && now.paging.is_none() {
            now.paging = Some(Instant::now());
            link.send(json!({"type": "history", "before_seq": self.first_seq(), "limit": 50}));
        }
        now.whole
    }

    fn first_seq(&self) -> i64 {
        self.older.front().map(|first| first.seq).or(self.shows.messages().first().map(|m| m.seq)).unwrap_or(1)
    }

    fn turn(&mut self, page: &Value, now: &mut Connection) {
        let mut read = Replica::default();
        let messages = page["messages"].clone();
        read.apply(&json!({"type": "changes", "conversation": {"id": "older", "state": "", "epoch": 0},
            "from": 0, "rev": 0, "messages": messages}));
        for message in read.messages().into_iter().rev() {
            self.older.push_front(message);
        }
        (now.paging, now.whole) = (None, page["more"] != true);
    }

    /// Everything that it shows, oldest first.
    pub fn all(&self) -> Vec<StoredMessage> {
        self.older.iter().cloned().chain(self.shows.messages()).collect()
    }
}
