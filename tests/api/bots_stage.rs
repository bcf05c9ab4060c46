//! Where the conformance suite plays: a server process, a bot's process, and one queue between them.

use deskbell::bots::Kind;
use deskbell::db::Db;
use deskbell::ids::ConversationId;
use deskbell::{db, on};
use serde_json::{Value, json};

use crate::support::Database;
use crate::support::agent::Agent;
use crate::support::app::{ORIGIN, OWNER};
use crate::support::peer::Peer;
use crate::support::process::{self, Server};
use crate::support::until::until;
use crate::support::visitor::Visitor;

/// More than the server needs at its busiest, and less than what a bot throws at it.
const MOST_MEMORY_KB: u64 = 512 * 1_024;

pub struct Stage {
    pub kind: Kind,
    pub peer: Peer,
    pub server: Server,
    pub agent: Agent,
    pub db: Db,
    /// What `bot add` printed.
    pub added: Value,
    /// What the bot has to know of the desk.
    pub told: Value,
    site_key: String,
    database: Database,
}

/// One entry of a conversation, as agents have it.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub kind: String,
    pub author: String,
    pub text: String,
    pub extra: Value,
}

impl Stage {
    pub async fn set(kind: Kind, database: Database) -> Self {
        let desk = process::bootstrap(&database).await;
        process::queue_set(&database, &["--policy", "manual"]).await;
        let server = Server::start(&database).await;
        let agent = Agent::at(server.address, OWNER).await;
        let (name, path) = match kind {
            Kind::Webhook => ("native", "/hook"),
            Kind::Openai => ("openai", "/v1"),
            Kind::Rasa => ("rasa", ""),
            Kind::Chatwoot => ("chatwoot", "/"),
        };
        let peer = Peer::start(name);
        let url = format!("{}{path}", peer.url());
        let mut given = vec!["bot", "add", "--name", "Robin", "--kind", kind.word(), "--url", &url];
        given.extend(["--queue", "Support", "--deadline-ms", "60000", "--later", "300"]);
        if kind == Kind::Openai {
            given.extend(["--model", "peer", "--credential", "sk-peer", "--answer-tokens", "500"]);
        }
        let output = process::run(&database, &given).await;
        assert!(output.status.success(), "bot add: {}", String::from_utf8_lossy(&output.stderr));
        let added: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
        let desk_url = format!("http://{}", server.address);
        let callback = &added["callback_path"];
        let told = json!({"desk": desk_url, "key": added["key"], "secret": added["secret"], "callback": callback});
        peer.knows(&told).await;
        let db = db::open(&database.url).await.expect("the database").db;
        let site_key = desk["site_key"].as_str().expect("a key").to_owned();
        let stage = Self { kind, peer, server, agent, db, added, told, site_key, database };
        stage.add_queue("Sales").await;
        stage
    }

    async fn add_queue(&self, name: &str) {
        let (http, url) = (crate::support::plainly::http(), format!("http://{}", self.server.address));
        let page = http.get(format!("{url}/console/conversations")).header("Cookie", &self.agent.cookie).send().await;
        let page = page.expect("an answer").text().await.expect("a page");
        let csrf =
            page.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a token");
        let form = [("csrf", csrf), ("name", name)];
        let added = http.post(format!("{url}/console/settings/queues")).header("Cookie", &self.agent.cookie);
        assert_eq!(added.header("Origin", &url).form(&form).send().await.expect("an answer").status(), 303);
    }

    pub async fn visitor(&self) -> Visitor {
        Visitor::connect(self.server.address, &self.site_key, ORIGIN).await
    }

    /// `bot set`.
    pub async fn change(&self, flags: &[&str]) {
        let output = process::run(&self.database, &[&["bot", "set", "--name", "Robin"], flags].concat()).await;
        assert!(output.status.success(), "bot set: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// The whole log of the visitor's conversation.
    pub async fn log(&self, visitor: &Visitor) -> Vec<Entry> {
        let id: ConversationId = visitor.conversation().parse().expect("an id");
        let sql =
            "SELECT kind, author_kind, text, CAST(extra AS TEXT) FROM messages WHERE conversation_id = $1 ORDER BY seq";
        let mut conn = self.db.read().await.expect("a connection");
        let rows: Vec<(String, String, String, Option<String>)> =
            on!(conn.conn(), |c| sqlx::query_as(sql).bind(id).fetch_all(c).await).expect("rows");
        let extra = |text: Option<String>| text.map_or(Value::Null, |text| serde_json::from_str(&text).expect("JSON"));
        rows.into_iter().map(|(kind, author, text, more)| Entry { kind, author, text, extra: extra(more) }).collect()
    }

    /// What the bot said there.
    pub async fn said(&self, visitor: &Visitor) -> Vec<String> {
        let log = self.log(visitor).await;
        log.into_iter().filter(|entry| entry.author == "bot" && entry.kind == "text").map(|entry| entry.text).collect()
    }

    /// The parameters of the last event of this name; null if there is none.
    pub async fn event(&self, visitor: &Visitor, name: &str) -> Value {
        let log = self.log(visitor).await;
        let found = log.iter().rev().find(|entry| entry.extra["event"]["name"] == name);
        found.map_or(Value::Null, |entry| entry.extra["event"]["params"].clone())
    }

    /// Somebody comes, says this, and is shown these texts and nothing else of the bot.
    pub async fn says(&mut self, words: &str, texts: &[&str]) {
        let mut visitor = self.visitor().await;
        visitor.says(words).await;
        for text in texts {
            visitor.sees_text(text).await;
        }
        assert_eq!(visitor.shows.state.as_deref(), Some("bot"), "{words}");
        self.turn_ends(&visitor).await;
        assert_eq!(self.said(&visitor).await, texts, "{words}");
    }

    /// Waits until nothing of this conversation is open any more.
    pub async fn turn_ends(&self, visitor: &Visitor) {
        let id: ConversationId = visitor.conversation().parse().expect("an id");
        until("the turn ends", async || {
            let sql = "SELECT COUNT(*) FROM bot_turns WHERE conversation_id = $1 AND ended_at IS NULL";
            let mut conn = self.db.read().await.expect("a connection");
            let open: i64 =
                on!(conn.conn(), |c| sqlx::query_scalar(sql).bind(id).fetch_one(c).await).expect("a number");
            open == 0
        })
        .await;
    }

    pub async fn comes_to_nothing(&mut self, words: &str) {
        let mut visitor = self.visitor().await;
        visitor.says(words).await;
        visitor.sees_state("bot").await;
        self.turn_ends(&visitor).await;
        assert!(self.said(&visitor).await.is_empty(), "{words}");
        assert_eq!(self.event(&visitor, "bot_handed_off").await, Value::Null);
    }

    /// Somebody comes, says this, and waits for people.
    pub async fn goes_to_people(&mut self, words: &str) -> Visitor {
        let mut visitor = self.visitor().await;
        visitor.says(words).await;
        visitor.sees_state("queued").await;
        visitor
    }

    pub async fn hands_off(&mut self, words: &str) -> Visitor {
        let visitor = self.goes_to_people(words).await;
        assert_eq!(self.event(&visitor, "bot_handed_off").await["by"]["kind"], "bot", "{words}");
        assert_eq!(self.event(&visitor, "bot_failed").await, Value::Null, "{words}");
        visitor
    }

    pub async fn fails(&mut self, words: &str, why: &str) {
        let visitor = self.goes_to_people(words).await;
        let told = self.event(&visitor, "bot_failed").await;
        assert_eq!(told["why"], why, "{words}: {told}");
        let plain = if self.kind == Kind::Rasa && self.is_callback().await { "later" } else { "plain" };
        let expected: &[&str] = if plain == "later" { &["Later"] } else { &["Hello from the bot"] };
        self.says(plain, expected).await;
    }

    async fn is_callback(&self) -> bool {
        let mut conn = self.db.read().await.expect("a connection");
        let sql = "SELECT CAST(settings AS TEXT) FROM bots";
        let settings: String = on!(conn.conn(), |c| sqlx::query_scalar(sql).fetch_one(c).await).expect("a row");
        let settings: Value = serde_json::from_str(&settings).expect("JSON");
        settings["callback"] == true
    }

    /// What the bot was asked since there were so many, as it understood it.
    pub async fn words_since(&self, before: usize) -> Vec<String> {
        let asked = self.peer.asked().await;
        let new = asked.iter().skip(before).filter(|asked| asked["words"] != "acted");
        new.map(|asked| asked["words"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// The server never held what bots threw at it.
    pub fn is_light(&self) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.server.pid())).expect("a process");
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
        let peak: u64 = peak.trim().trim_end_matches(" kB").parse().expect("a number");
        println!("{}: at most {peak} kB", self.kind.word());
        assert!(peak < MOST_MEMORY_KB, "{peak} kB");
    }
}
