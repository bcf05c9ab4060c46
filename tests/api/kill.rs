//! The process is killed: under load, and while it makes its tables. What was acknowledged is there.

use std::collections::HashMap;
use std::sync::Arc;

use deskbell::db::{self, Db};
use deskbell::ids::WorkspaceId;
use tokio::sync::{Mutex, mpsc, watch};
use tokio::task::JoinSet;

use crate::support::console::Console;
use crate::support::dice::Dice;
use crate::support::frames::draw_token;
use crate::support::link::{Door, Knock, Transport};
use crate::support::process::{self, Server};
use crate::support::replica::Replica;
use crate::support::talker::{Acked, Counts, Outbox, Phase, Tab};
use crate::support::truth::Truth;
use crate::support::{Database, plainly};

const VISITORS: usize = 50;
const EACH: usize = 100;
const KILLS: usize = 5;

struct Crowd {
    site_key: String,
    server: Server,
    counts: Arc<Counts>,
    phase: watch::Sender<Phase>,
    tell: mpsc::UnboundedSender<Acked>,
    acks: mpsc::UnboundedReceiver<Acked>,
    acked: HashMap<String, Acked>,
}

impl Crowd {
    async fn gather(database: &Database, site_key: &str) -> Self {
        let (tell, acks) = mpsc::unbounded_channel();
        Self {
            site_key: site_key.to_owned(),
            server: Server::start(database).await,
            counts: Arc::default(),
            phase: watch::Sender::new(Phase::Talking),
            tell,
            acks,
            acked: HashMap::new(),
        }
    }

    fn tab(&self, token: &str, outbox: &Arc<Mutex<Outbox>>, shows: Replica) -> Tab {
        let knock = Knock::Visitor { site_key: self.site_key.clone(), token: token.to_owned() };
        Tab {
            door: Door { address: self.server.address, transport: Transport::WebSocket, knock },
            shows,
            older: Default::default(),
            outbox: Arc::clone(outbox),
            counts: Arc::clone(&self.counts),
            phase: self.phase.subscribe(),
            chatty: false,
            quiet: mpsc::unbounded_channel().0,
            acks: self.tell.clone(),
        }
    }

    /// Waits until so many messages are acknowledged.
    async fn until(&mut self, acknowledged: usize) {
        while self.acked.len() < acknowledged {
            let ack = tokio::time::timeout(std::time::Duration::from_secs(60), self.acks.recv());
            let ack = ack.await.expect("the crowd goes on").expect("the crowd lives");
            assert!(self.acked.insert(ack.id.clone(), ack).is_none(), "acknowledged once to its outbox");
        }
    }
}

async fn reader(database: &Database) -> Db {
    db::open(&database.url).await.expect("the database").db
}

async fn shown(tabs: JoinSet<Tab>, truth: &Truth) -> usize {
    let tabs = plainly::within_a_minute(tabs.join_all()).await;
    tabs.iter().for_each(|tab| truth.is_shown_by(tab));
    tabs.len()
}

async fn under_load(database: Database) {
    let desk = process::bootstrap(&database).await;
    process::queue_set(&database, &["--policy", "manual"]).await;
    let workspace: WorkspaceId = desk["workspace_id"].as_str().expect("an id").parse().expect("an id");
    let mut crowd = Crowd::gather(&database, desk["site_key"].as_str().expect("a key")).await;
    let visitors: Vec<(String, Arc<Mutex<Outbox>>)> = (0..VISITORS)
        .map(|n| {
            let mut outbox = Outbox::new(&format!("v{n:02}"), 8);
            (0..EACH).for_each(|_| outbox.say());
            (draw_token(), Arc::new(Mutex::new(outbox)))
        })
        .collect();
    let mut tabs = JoinSet::new();
    for (n, (token, outbox)) in visitors.iter().enumerate() {
        // Some have two tabs open, which take over from one another.
        for _ in 0..=usize::from(n % 5 == 0) {
            tabs.spawn(crowd.tab(token, outbox, Replica::default()).run());
        }
    }

    let mut dice = Dice::thrown();
    let mut kills: Vec<usize> = (0..KILLS).map(|_| 50 + dice.below(VISITORS * EACH - 200)).collect();
    kills.sort_unstable();
    println!("{dice}; killed after {kills:?} acknowledgements");
    let mut halfway = Vec::new();
    for (n, after) in kills.iter().enumerate() {
        crowd.until(*after).await;
        crowd.server.restart(&database).await;
        if n == KILLS / 2 {
            for (token, _) in &visitors {
                let address = crowd.server.address;
                halfway.push(plainly::glimpse(address, &crowd.site_key, token).await);
            }
        }
    }
    crowd.until(VISITORS * EACH).await;

    let db = reader(&database).await;
    let truth = Truth::read(&db, workspace).await;
    assert_eq!((truth.goals.len(), truth.messages()), (VISITORS, VISITORS * EACH), "once each, and nothing else");
    assert_eq!(truth.has_acknowledged(crowd.acked.values()), VISITORS * EACH);
    crowd.phase.send_replace(Phase::Goal(Arc::clone(&truth.goals)));
    let mut readers = shown(tabs, &truth).await;
    let mut others = JoinSet::new();
    for ((token, outbox), shows) in visitors.iter().zip(halfway) {
        assert!(outbox.lock().await.in_order());
        others.spawn(crowd.tab(token, outbox, Replica::default()).run());
        others.spawn(crowd.tab(token, outbox, shows).run());
    }
    readers += shown(others, &truth).await;
    agent_sees_all(&crowd, &truth).await;

    // Once more, with nothing under way: what was read is what is stored.
    crowd.server.kill();
    truth.same(&Truth::read(&reader(&database).await, workspace).await);
    let resends = crowd.counts.resends.load(std::sync::atomic::Ordering::Relaxed);
    println!(
        "{} messages acknowledged, {KILLS} kills, {resends} resent, {readers} tabs and an agent agree: 0 lost, 0 twice",
        truth.messages()
    );
}

async fn agent_sees_all(crowd: &Crowd, truth: &Truth) {
    let (cookie, origin) = process::sign_in(crowd.server.address).await;
    let knock = Knock::Agent { origin, cookie };
    let door = Door { address: crowd.server.address, transport: Transport::WebSocket, knock };
    let known = watch::Sender::new(truth.goals.keys().cloned().collect());
    let quiet = mpsc::unbounded_channel().0;
    let console =
        Console::new("lena", door, known.subscribe(), Arc::clone(&crowd.counts), crowd.phase.subscribe(), quiet);
    let console = plainly::within_a_minute(console.run()).await;
    truth.is_shown_by_console(&console);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_kills_under_load_lose_nothing_sqlite() {
    under_load(Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_kills_under_load_lose_nothing_postgres() {
    match Database::postgres().await {
        Some(database) => under_load(database).await,
        None => println!("NOT RUN on PostgreSQL: DESKBELL_TEST_POSTGRES is not set"),
    }
}

/// Begins to migrate, or to serve, and is killed; again and again on the same database.
async fn while_migrating(fresh: impl AsyncFn() -> Option<Database>) {
    let Some(whole) = fresh().await else {
        return println!("NOT RUN on PostgreSQL: DESKBELL_TEST_POSTGRES is not set");
    };
    let began = std::time::Instant::now();
    assert!(process::run(&whole, &["migrate"]).await.status.success());
    let takes = began.elapsed();
    let schema = plainly::schema(&reader(&whole).await).await;

    let mut dice = Dice::thrown();
    let (mut killed, mut ended) = (0, 0);
    for round in 0..12 {
        let database = fresh().await.expect("as before");
        for attempt in 0..4 {
            let what = if (round + attempt) % 3 == 0 { "serve" } else { "migrate" };
            let micros = u64::try_from(takes.as_micros()).expect("it fits");
            let after = std::time::Duration::from_micros(dice.below_u64(micros * 5 / 4));
            if process::killed_after(&database, what, after).await { killed += 1 } else { ended += 1 }
        }
        let desk = process::bootstrap(&database).await;
        assert_eq!(plainly::schema(&reader(&database).await).await, schema, "round {round}, {dice}");
        let server = Server::start(&database).await;
        let key = desk["site_key"].as_str().expect("a key");
        let mut visitor =
            crate::support::visitor::Visitor::connect(server.address, key, crate::support::app::ORIGIN).await;
        assert_eq!(visitor.says("It came up whole").await["rev"], 1);
    }
    assert!(killed > 5, "{killed} kills hit, {ended} came too late, {dice}");
    println!("{dice}; {killed} kills while migrating, {ended} runs that ended first; whole each time");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_while_migrating_leave_it_whole_sqlite() {
    while_migrating(async || Some(Database::sqlite())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_while_migrating_leave_it_whole_postgres() {
    while_migrating(async || Database::postgres().await).await;
}
