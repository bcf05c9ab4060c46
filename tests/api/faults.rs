//! Visitors with several tabs and agents talk through a proxy that is ill. When it recovers, every
//! view is what the database has.
//!
//! `DESKBELL_FAULT_SECONDS` sets how long each run is ill (10 if it is not set).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use deskbell::agents::Role;
use tokio::sync::{Mutex, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use crate::support::TestApp;
use crate::support::console::Console;
use crate::support::dice::Dice;
use crate::support::frames::draw_token;
use crate::support::link::{Door, Knock, Transport};
use crate::support::plainly::{self, within_a_minute};
use crate::support::proxy::Proxy;
use crate::support::replica::Replica;
use crate::support::talker::{Acked, Counts, Outbox, Phase, Tab};
use crate::support::truth::Truth;

const VISITORS: usize = 6;
const TABS: usize = 3;

#[expect(clippy::disallowed_methods, reason = "the tests' own environment")]
fn seconds() -> u64 {
    std::env::var("DESKBELL_FAULT_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(10)
}

struct Talk {
    phase: watch::Sender<Phase>,
    known: watch::Sender<Vec<String>>,
    counts: Arc<Counts>,
    outboxes: Vec<Arc<Mutex<Outbox>>>,
    tabs: JoinSet<Tab>,
    consoles: JoinSet<Console>,
    acks: mpsc::UnboundedReceiver<Acked>,
    quiet: mpsc::UnboundedReceiver<String>,
}

impl Talk {
    async fn begin(app: &TestApp, proxy: &Proxy, transport: Transport) -> Self {
        let ((tell_ack, acks), (tell_quiet, quiet)) = (mpsc::unbounded_channel(), mpsc::unbounded_channel());
        let door = |knock| Door { address: proxy.address, transport, knock };
        let mut talk = Self {
            phase: watch::Sender::new(Phase::Talking),
            known: watch::Sender::default(),
            counts: Arc::default(),
            outboxes: Vec::new(),
            tabs: JoinSet::new(),
            consoles: JoinSet::new(),
            acks,
            quiet,
        };
        for n in 0..VISITORS {
            let outbox = Arc::new(Mutex::new(Outbox::new(&format!("v{n}"), 4)));
            let token = draw_token();
            for _ in 0..TABS {
                let tab = Tab {
                    door: door(Knock::Visitor { site_key: app.desk.site_key.clone(), token: token.clone() }),
                    shows: Replica::default(),
                    older: Default::default(),
                    outbox: Arc::clone(&outbox),
                    counts: Arc::clone(&talk.counts),
                    phase: talk.phase.subscribe(),
                    chatty: true,
                    quiet: tell_quiet.clone(),
                    acks: tell_ack.clone(),
                };
                talk.tabs.spawn(tab.run());
            }
            talk.outboxes.push(outbox);
        }
        let origin = app.app.config.public_url.origin().ascii_serialization();
        for (name, agent) in [("lena", app.owner().await), ("boss", app.hire("boss", Role::Supervisor).await)] {
            let door = door(Knock::Agent { origin: origin.clone(), cookie: agent.cookie });
            let (known, phase) = (talk.known.subscribe(), talk.phase.subscribe());
            talk.consoles
                .spawn(Console::new(name, door, known, Arc::clone(&talk.counts), phase, tell_quiet.clone()).run());
        }
        talk
    }

    /// Lets them talk for so long; the agents learn of each conversation.
    async fn goes_on(&mut self, time: Duration) {
        let end = Instant::now() + time;
        while let Ok(ack) = timeout_at(end, self.acks.recv()).await {
            let ack = ack.expect("they talk");
            self.known.send_if_modified(|known| {
                let new = !known.contains(&ack.conversation);
                if new {
                    known.push(ack.conversation);
                }
                new
            });
        }
    }

    /// They say no more, and what they said is acknowledged.
    async fn falls_silent(&mut self) {
        self.phase.send_replace(Phase::Quiet);
        for _ in 0..VISITORS + 2 {
            within_a_minute(self.quiet.recv()).await.expect("everybody falls silent");
        }
    }

    /// Everybody shows what there is.
    async fn ends(&mut self, truth: &Truth) {
        self.known.send_replace(truth.goals.keys().cloned().collect());
        self.phase.send_replace(Phase::Goal(Arc::clone(&truth.goals)));
        let tabs = within_a_minute(std::mem::take(&mut self.tabs).join_all()).await;
        let consoles = within_a_minute(std::mem::take(&mut self.consoles).join_all()).await;
        assert_eq!((tabs.len(), consoles.len()), (VISITORS * TABS, 2));
        tabs.iter().for_each(|tab| truth.is_shown_by(tab));
        let mut said = 0;
        for console in &consoles {
            truth.is_shown_by_console(console);
            said += truth.has_acknowledged(console.acked.iter());
            assert_eq!(console.acked.len(), console.said);
        }
        for outbox in &self.outboxes {
            let outbox = outbox.lock().await;
            assert!(outbox.in_order(), "{:?}", outbox.acked);
            assert_eq!(outbox.acked.len(), outbox.said());
            said += truth.has_acknowledged(outbox.acked.iter());
        }
        assert_eq!(said, truth.messages(), "nothing is there that nobody said");
    }
}

async fn through_an_ill_proxy(app: TestApp, transport: Transport) {
    plainly::log_errors();
    let dice = Dice::thrown();
    let (seconds, database) = (seconds(), if app.app.db.is_pg() { "PostgreSQL" } else { "SQLite" });
    println!("{transport:?}, {database}: {dice}");
    let proxy = Proxy::start(app.address(), dice).await;
    let mut talk = Talk::begin(&app, &proxy, transport).await;
    talk.goes_on(Duration::from_secs(seconds)).await;
    proxy.recover();
    talk.falls_silent().await;
    let truth = Truth::read(&app.app.db, app.desk.workspace_id).await;
    assert_eq!(plainly::conversations(&app.app.db).await, i64::try_from(VISITORS).expect("it fits"));
    talk.ends(&truth).await;

    let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
    let (ills, done) = (&proxy.ills, &talk.counts);
    println!(
        "| {transport:?} | {database} | {seconds} s | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | 0 | 0 |",
        of(&ills.connections),
        of(&ills.cuts),
        of(&ills.torn),
        of(&ills.halves),
        of(&ills.swallows),
        of(&ills.delays),
        truth.messages(),
        of(&done.resends),
        of(&done.retries),
        of(&done.breaks),
        of(&done.syncs),
        VISITORS * TABS + 2,
    );
    app.stop().await;
}

on_each_database! {
    async fn over_sockets_every_view_converges(app: TestApp) {
        through_an_ill_proxy(app, Transport::WebSocket).await;
    }

    async fn over_event_streams_every_view_converges(app: TestApp) {
        through_an_ill_proxy(app, Transport::Events).await;
    }

    async fn over_long_polls_every_view_converges(app: TestApp) {
        through_an_ill_proxy(app, Transport::Poll).await;
    }
}
