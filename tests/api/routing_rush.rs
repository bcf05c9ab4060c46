//! A thousand chats at once, on a server in a process of its own that is killed in between.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use deskbell::db::{self, Db};
use deskbell::ids::{AgentId, WorkspaceId};
use deskbell::on;
use deskbell::routing::plan::Candidate;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::app::ORIGIN;
use crate::support::frames::{draw_id, draw_token, kind};
use crate::support::process::{self, Server};
use crate::support::{Database, plainly};

const CONVERSATIONS: usize = 1_000;
const AGENTS: usize = 20;
const CAPACITY: u32 = 3;
const KILLS: usize = 3;

/// A rush on a server in a process of its own.
struct Rush {
    address: SocketAddr,
    site_key: String,
    db: Db,
    workspace: WorkspaceId,
    started: AtomicUsize,
    over: AtomicBool,
}

/// A chat that somebody has, as the database says.
#[derive(sqlx::FromRow)]
struct Mine {
    id: deskbell::ids::ConversationId,
    epoch: i64,
    rev: i64,
    waits: i64,
}

impl Rush {
    /// A visitor's first message by POST, again until it is acknowledged.
    async fn begins(&self, http: &reqwest::Client) {
        let (token, id) = (draw_token(), draw_id());
        let url = format!("http://{}/v1/live/send?site={}", self.address, self.site_key);
        let frame = json!({"type": "send", "id": id, "text": "Anybody?"}).to_string();
        let mut again = tokio::time::interval(Duration::from_millis(200));
        loop {
            again.tick().await;
            let request = http.post(&url).header("Origin", ORIGIN).bearer_auth(&token).body(frame.clone());
            let Ok(response) = request.send().await else { continue };
            let answer: Value = response.json().await.unwrap_or_default();
            if kind(&answer) == "ack" {
                self.started.fetch_add(1, Ordering::Relaxed);
                return;
            }
        }
    }

    async fn mine(&self, email: &str) -> Vec<Mine> {
        let sql = "SELECT c.id, c.epoch, c.rev, CAST(CASE WHEN c.waiting_since IS NULL THEN 0 ELSE 1 END AS BIGINT) AS waits \
                   FROM conversations c JOIN agents a ON a.id = c.owner_agent_id \
                   WHERE c.workspace_id = $1 AND a.email = $2 AND c.state = 'assigned'";
        let mut conn = self.db.read().await.expect("a connection");
        let (ws, email) = (self.workspace, email.to_owned());
        on!(conn.conn(), |c| sqlx::query_as(sql).bind(ws).bind(email).fetch_all(c).await).expect("chats")
    }

    /// Answers and closes whatever this agent is given, until all is over. The console comes back after
    /// each kill.
    async fn works(self: Arc<Self>, email: String) {
        let http = plainly::http();
        let mut looks = tokio::time::interval(Duration::from_millis(100));
        'connected: while !self.over.load(Ordering::Relaxed) {
            let Some(console) = Console::open(&http, self.address, &email).await else {
                looks.tick().await;
                continue;
            };
            while !self.over.load(Ordering::Relaxed) {
                looks.tick().await;
                for chat in self.mine(&email).await {
                    let frame = if chat.waits == 1 {
                        json!({"type": "send", "id": draw_id(), "conversation": chat.id, "text": "Done.", "seen_seq": chat.rev})
                    } else {
                        json!({"type": "close", "id": draw_id(), "conversation": chat.id, "epoch": chat.epoch})
                    };
                    if !console.posts(&http, &frame).await {
                        continue 'connected;
                    }
                }
                if console.is_cut() {
                    continue 'connected;
                }
            }
        }
    }

    async fn count(&self, sql: &str) -> i64 {
        plainly::number(&self.db, sql).await
    }

    /// Looks at the loads again and again, until all is over; gives how often.
    async fn watches(self: Arc<Self>) -> usize {
        let over = "SELECT count(*) FROM agents a WHERE a.load > a.capacity OR a.capacity < (SELECT count(*) \
                    FROM conversations c WHERE c.workspace_id = a.workspace_id AND c.owner_agent_id = a.id AND c.state = 'assigned')";
        let (mut looks, mut pace) = (0, tokio::time::interval(Duration::from_millis(20)));
        while !self.over.load(Ordering::Relaxed) {
            assert_eq!(self.count(over).await, 0, "somebody is above their capacity");
            looks += 1;
            pace.tick().await;
        }
        looks
    }

    /// The decisions in their order: the line was served from its head, each by somebody who had room,
    /// and each hand-over has its reason. Gives how many assignments there were.
    async fn replays(&self) -> usize {
        let sql = "SELECT d.agent_id, d.candidates, d.epoch, c.ticket FROM routing_decisions d JOIN conversations c \
                   ON c.workspace_id = d.workspace_id AND c.id = d.conversation_id \
                   WHERE d.workspace_id = $1 AND d.turn IS NOT NULL ORDER BY d.turn";
        let mut conn = self.db.read().await.expect("a connection");
        let rows: Vec<Given> =
            on!(conn.conn(), |c| sqlx::query_as(sql).bind(self.workspace).fetch_all(c).await).expect("rows");
        for Given { agent_id, candidates, .. } in &rows {
            let chosen = &candidates.0[0];
            assert!(chosen.agent == *agent_id && chosen.load < chosen.capacity, "{candidates:?}");
        }
        let firsts: Vec<i64> = rows.iter().filter(|given| given.epoch == 2).map(|given| given.ticket).collect();
        assert_eq!(firsts.len(), CONVERSATIONS, "everybody was served");
        assert!(firsts.is_sorted(), "nobody overtook");
        let without = "SELECT count(*) FROM conversations c WHERE c.epoch - 1 <> (SELECT count(*) \
                       FROM routing_decisions d WHERE d.workspace_id = c.workspace_id AND d.conversation_id = c.id)";
        assert_eq!(self.count(without).await, 0, "one reason for each hand-over");
        rows.len()
    }
}

/// An assignment by routing.
#[derive(sqlx::FromRow)]
struct Given {
    agent_id: AgentId,
    candidates: sqlx::types::Json<Vec<Candidate>>,
    epoch: i64,
    ticket: i64,
}

/// A console as a browser without WebSockets has it: a poll that keeps the session, frames by POST.
struct Console {
    origin: String,
    cookie: String,
    cut: Arc<AtomicBool>,
    _poll: tokio::task::JoinHandle<()>,
}

impl Drop for Console {
    fn drop(&mut self) {
        self._poll.abort();
    }
}

impl Console {
    async fn open(http: &reqwest::Client, address: SocketAddr, email: &str) -> Option<Self> {
        let origin = format!("http://{address}");
        let form = [("email", email), ("password", crate::support::app::PASSWORD)];
        let response = http.post(format!("{origin}/console/login")).form(&form).send().await.ok()?;
        let cookie = response.headers().get("set-cookie")?.to_str().ok()?.split(';').next()?.to_owned();
        let (cut, http) = (Arc::new(AtomicBool::new(false)), http.clone());
        let poll = {
            let (origin, cookie, cut) = (origin.clone(), cookie.clone(), Arc::clone(&cut));
            async move {
                let mut body = json!({"type": "hello"});
                loop {
                    let request = http.post(format!("{origin}/console/live/poll")).header("Origin", &origin);
                    let answer = request.header("Cookie", &cookie).body(body.to_string()).send().await;
                    let Ok(answer) = answer else { break };
                    let Ok(answer) = answer.json::<Value>().await else { break };
                    if !answer["session"].is_string() {
                        break;
                    }
                    body = json!({"session": answer["session"]});
                }
                cut.store(true, Ordering::Relaxed);
            }
        };
        Some(Self { origin, cookie, cut, _poll: tokio::spawn(poll) })
    }

    fn is_cut(&self) -> bool {
        self.cut.load(Ordering::Relaxed)
    }

    /// Whether the server answered, whatever it said: what was refused is looked at again.
    async fn posts(&self, http: &reqwest::Client, frame: &Value) -> bool {
        let request = http.post(format!("{}/console/live/send", self.origin)).header("Origin", &self.origin);
        request.header("Cookie", &self.cookie).body(frame.to_string()).send().await.is_ok()
    }
}

async fn hire_all(database: &Database) -> Vec<String> {
    let emails: Vec<String> = (0..AGENTS).map(|n| format!("agent{n:02}@shop.example")).collect();
    let capacity = CAPACITY.to_string();
    for (n, email) in emails.iter().enumerate() {
        let name = format!("Agent {n:02}");
        let flags = [
            "agent",
            "add",
            "--email",
            email,
            "--name",
            &name,
            "--capacity",
            &capacity,
            "--password",
            crate::support::app::PASSWORD,
        ];
        let output = process::run(database, &flags).await;
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    emails
}

/// A desk with twenty agents, on a server in a process of its own.
async fn a_rush(database: &Database) -> (Server, Arc<Rush>, Vec<String>) {
    let desk = process::bootstrap(database).await;
    process::queue_set(database, &["--remove-agent", crate::support::app::OWNER]).await;
    let emails = hire_all(database).await;
    let server = Server::start(database).await;
    let rush = Rush {
        address: server.address,
        site_key: desk["site_key"].as_str().expect("a key").to_owned(),
        db: db::open(&database.url).await.expect("the database").db,
        workspace: desk["workspace_id"].as_str().expect("an id").parse().expect("an id"),
        started: AtomicUsize::new(0),
        over: AtomicBool::new(false),
    };
    (server, Arc::new(rush), emails)
}

/// A thousand come at once; so often is the server killed meanwhile.
async fn a_thousand(database: Database, kills: usize) {
    let (mut server, rush, emails) = a_rush(&database).await;
    let mut people = JoinSet::new();
    for email in emails {
        people.spawn(Arc::clone(&rush).works(email));
    }
    let watcher = tokio::spawn(Arc::clone(&rush).watches());
    let (begun, http) = (std::time::Instant::now(), plainly::http());
    for _ in 0..CONVERSATIONS {
        let (rush, http) = (Arc::clone(&rush), http.clone());
        people.spawn(async move { rush.begins(&http).await });
    }
    let (mut killed, mut looks) = (0, tokio::time::interval(Duration::from_millis(50)));
    loop {
        looks.tick().await;
        let done = rush.count("SELECT count(*) FROM conversations WHERE state = 'closed'").await;
        let part = i64::try_from(CONVERSATIONS * (killed + 1) / (kills + 1)).expect("it fits");
        if killed < kills && done >= part {
            server.restart(&database).await;
            killed += 1;
        }
        if done == i64::try_from(CONVERSATIONS).expect("it fits") {
            break;
        }
        let so_far = rush.started.load(Ordering::Relaxed);
        assert!(begun.elapsed() < Duration::from_secs(600), "{done} served, {so_far} begun");
        assert!(!watcher.is_finished(), "the watcher saw something");
    }
    let took = begun.elapsed().as_secs_f64();
    rush.over.store(true, Ordering::Relaxed);
    people.join_all().await;
    let looked = watcher.await.expect("never above capacity");
    let assignments = rush.verdict(&http).await;
    println!(
        "{CONVERSATIONS} chats, {AGENTS} agents with {CAPACITY} each, {killed} kills: served in {took:.1} s, {assignments} \
         assignments, {looked} looks at the loads, 0 above capacity, 0 repairs"
    );
}

impl Rush {
    /// Everything is over: what stands in the database is as it should be. Gives how many assignments
    /// there were.
    async fn verdict(&self, http: &reqwest::Client) -> usize {
        let assignments = self.replays().await;
        assert_eq!(self.count("SELECT sum(load) FROM agents").await, 0);
        assert_eq!(repairs(http, self.address).await, 0, "the sweep found something");
        if self.db.is_pg() {
            let deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
            assert_eq!(self.count(deadlocks).await, 0, "locks are taken in one order");
        }
        assignments
    }
}

/// What the server's own sweeps have repaired since it started.
async fn repairs(http: &reqwest::Client, address: SocketAddr) -> u64 {
    let text = http.get(format!("http://{address}/metrics")).send().await.expect("metrics").text().await.expect("text");
    let line = text.lines().find_map(|line| line.strip_prefix("deskbell_routing_repairs_total "));
    line.expect("the metric").parse().expect("a number")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_at_once_are_served_in_order_sqlite() {
    a_thousand(Database::sqlite(), 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_at_once_are_served_in_order_postgres() {
    match Database::postgres().await {
        Some(database) => a_thousand(database, 0).await,
        None => println!("NOT RUN on PostgreSQL: DESKBELL_TEST_POSTGRES is not set"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_are_served_although_the_server_is_killed_sqlite() {
    a_thousand(Database::sqlite(), KILLS).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_are_served_although_the_server_is_killed_postgres() {
    match Database::postgres().await {
        Some(database) => a_thousand(database, KILLS).await,
        None => println!("NOT RUN on PostgreSQL: DESKBELL_TEST_POSTGRES is not set"),
    }
}
