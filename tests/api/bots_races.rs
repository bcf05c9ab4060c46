//! Bots against time: agents who take over while the bot answers, and a process that is killed while it
//! asks. What an agent has hears no bot, and each of a visitor's words is answered once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use deskbell::ids::{ConversationId, WorkspaceId};
use deskbell::messages::store::{self, MessageRow, Scope};
use deskbell::{db, on};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::support::agent::Agent;
use crate::support::app::OWNER;
use crate::support::bot::{Asked, BotPeer, actions};
use crate::support::dice::{Dice, let_pass};
use crate::support::frames::{draw_token, kind};
use crate::support::process::{self, Server};
use crate::support::replica::Replica;
use crate::support::until::until;
use crate::support::visitor::Visitor;
use crate::support::{Database, TestApp, app};

const VISITORS: usize = 20;
const ROUNDS: usize = 50;
const KILLS: usize = 50;

/// A growing answer, all at once.
fn streamed(text: &str) -> (u16, &'static str, String) {
    let events = text.split_inclusive(' ').map(|word| format!("event: delta\ndata: {}\n\n", json!({"text": word})));
    (200, "text/event-stream", events.collect())
}

async fn thoughtful(asked: Asked) -> (u16, &'static str, String) {
    // Chance decides whether the bot or the agent is first.
    let_pass(12).await;
    let streams = Dice::thrown().below(2) == 0;
    let text = format!("You said {}", asked.body["message"]["text"].as_str().unwrap_or_default());
    if streams { streamed(&text) } else { actions(json!([{"type": "say", "text": text}])) }
}

/// One visitor whose chat is taken from the bot again and again. Gives how often a word of the bot was
/// heard after that.
async fn taken_over(app: Arc<TestApp>, n: usize) -> usize {
    let mut visitor = app.visitor().await;
    let mut agent = Agent::sign_in(&app, OWNER).await;
    let mut heard_after = 0;
    for round in 0..ROUNDS {
        let ack = visitor.says(&format!("{n} {round}")).await;
        let id = ack["conversation"].as_str().expect("an id").to_owned();
        let epoch = i64::try_from(round * 3 + 1).expect("it fits");
        let epoch = if visitor.shows.state.as_deref() == Some("bot") { visitor.shows.epoch } else { epoch };
        let_pass(80).await;
        let mut taken = agent.takes(&id, epoch).await;
        if taken["type"] == "nack" {
            let now = taken["problem"]["epoch"].as_i64().expect("an epoch");
            taken = agent.takes(&id, now).await;
        }
        assert_eq!(taken["type"], "ack", "{taken}");
        let closed = loop {
            let epoch = visitor.shows.epoch;
            let closed = agent.closes(&id, epoch).await;
            if closed["type"] == "ack" {
                break closed;
            }
            visitor.sees_next().await;
        };
        let mut has_agent = false;
        while visitor.shows.state.as_deref() != Some("closed")
            || visitor.shows.rev < closed["rev"].as_i64().unwrap_or(0)
        {
            let frame = visitor.sees_next().await;
            has_agent |= visitor.shows.owner["kind"] == "agent";
            heard_after += usize::from(has_agent && kind(&frame) == "partial");
        }
    }
    heard_after
}

/// Every row of every conversation, in order.
async fn rows(db: &db::Db, workspace: WorkspaceId) -> BTreeMap<String, Vec<MessageRow>> {
    let mut all = BTreeMap::new();
    let mut conn = db.read().await.expect("a connection");
    let sql = "SELECT id FROM conversations WHERE workspace_id = $1 ORDER BY row_id";
    let ids: Vec<ConversationId> =
        on!(conn.conn(), |c| sqlx::query_scalar(sql).bind(workspace).fetch_all(c).await).expect("conversations");
    for id in ids {
        let scope = Scope { workspace_id: workspace, conversation_id: id, visitor: false };
        let mut rows = store::before(conn.conn(), scope, i64::MAX, 100_000).await.expect("messages");
        rows.reverse();
        all.insert(id.to_string(), rows);
    }
    all
}

on_each_database! {
    async fn a_thousand_take_overs_hear_no_bot_afterwards(test: TestApp) {
        let peer = BotPeer::start(thoughtful).await;
        peer.hired(&test).await;
        let workspace = test.desk.workspace_id;
        let test = Arc::new(test);
        let mut visitors = JoinSet::new();
        for n in 0..VISITORS {
            visitors.spawn(taken_over(Arc::clone(&test), n));
        }
        let heard_after: usize = visitors.join_all().await.into_iter().sum();
        assert_eq!(heard_after, 0, "parts of an answer after an agent had the chat");
        let (mut said, mut kept, mut taken) = (0, 0, 0);
        for (id, rows) in rows(&test.app.db, workspace).await {
            let mut has_agent = false;
            for row in rows {
                let message = row.into_message();
                match message.event.as_ref().map(|event| event.name.as_str()) {
                    Some("agent_joined") => { has_agent = true; taken += 1; }
                    Some("conversation_closed" | "conversation_reopened") => has_agent = false,
                    Some("bot_suppressed") => kept += 1,
                    _ => {}
                }
                let by_bot = message.kind == deskbell::live::protocol::MessageKind::Text
                    && message.author.kind == deskbell::live::protocol::AuthorKind::Bot;
                said += usize::from(by_bot);
                assert!(!(by_bot && has_agent), "a bot's word after the take-over in {id}: {}", message.text);
            }
        }
        assert_eq!(taken, VISITORS * ROUNDS);
        assert!(said > 0 && kept > 0, "both came to pass: {said} in time, {kept} late");
        println!("{taken} take-overs: {said} answers in time, {kept} late and kept for agents");
    }
}

/// Answers with what it heard, a moment later, so that a kill falls into its call.
async fn listing(asked: Asked) -> (u16, &'static str, String) {
    let_pass(30).await;
    let heard: Vec<&str> =
        asked.body["messages"].as_array().into_iter().flatten().filter_map(|m| m["text"].as_str()).collect();
    actions(json!([{"type": "say", "text": heard.join(",")}]))
}

/// A bot in front of the first queue, and what `bootstrap` printed.
async fn desk_with(database: &Database, peer: &BotPeer) -> Value {
    let desk = process::bootstrap(database).await;
    let add = ["bot", "add", "--name", "Robin", "--url", &peer.url(), "--queue", "Support", "--deadline-ms", "60000"];
    let added = process::run(database, &add).await;
    assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
    desk
}

/// What bots said in a workspace, by words with commas between them.
async fn said_by_bots(reader: &db::Db, workspace: WorkspaceId) -> Vec<String> {
    let said = rows(reader, workspace).await.into_values().flatten().map(MessageRow::into_message);
    let by_bot = said.filter(|message| message.author.kind == deskbell::live::protocol::AuthorKind::Bot);
    by_bot.flat_map(|message| message.text.split(',').map(str::to_owned).collect::<Vec<_>>()).collect()
}

async fn killed_while_asking(database: Database) {
    let peer = BotPeer::start(listing).await;
    let desk = desk_with(&database, &peer).await;
    let mut server = Server::start(&database).await;
    let key = desk["site_key"].as_str().expect("a key").to_owned();
    let token = draw_token();
    let mut shows = Replica::default();
    for n in 0..KILLS {
        let mut visitor = Visitor::connect_as(server.address, &key, app::ORIGIN, token.clone(), shows).await;
        let before = peer.asked().len();
        visitor.says(&format!("w{n}")).await;
        until("the bot is asked", async || peer.asked().len() > before).await;
        let_pass(40).await;
        shows = visitor.shows;
        server.restart(&database).await;
    }
    let mut visitor = Visitor::connect_as(server.address, &key, app::ORIGIN, token, Replica::default()).await;
    visitor.says("last").await;
    let workspace = desk["workspace_id"].as_str().expect("an id").parse().expect("an id");
    let reader = db::open(&database.url).await.expect("the database").db;
    let answered = async || said_by_bots(&reader, workspace).await;
    until("everything is answered", async || answered().await.contains(&"last".to_owned())).await;
    let mut wanted: Vec<String> = (0..KILLS).map(|n| format!("w{n}")).collect();
    wanted.push("last".to_owned());
    let mut got = answered().await;
    let calls: Vec<Value> = peer.asked().into_iter().map(|asked| asked.body["id"].clone()).collect();
    println!("{KILLS} kills: {} answers, {} calls", got.len(), calls.len());
    wanted.sort();
    got.sort();
    assert_eq!(got, wanted, "each is answered once");
    assert!(calls.len() > wanted.len(), "some calls were cut off and made again: {}", calls.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_kills_while_the_bot_is_asked_lose_and_double_no_answer_sqlite() {
    killed_while_asking(Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_kills_while_the_bot_is_asked_lose_and_double_no_answer_postgres() {
    match Database::postgres().await {
        Some(database) => killed_while_asking(database).await,
        None => println!("NOT RUN on PostgreSQL: DESKBELL_TEST_POSTGRES is not set"),
    }
}

/// Two servers on one database: what one of them asks, the other leaves alone for as long as it lives.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_is_taken_over_from_a_dead_process_and_from_no_other() {
    let Some(database) = Database::postgres().await else {
        return println!("NOT RUN on PostgreSQL: DESKBELL_TEST_POSTGRES is not set");
    };
    // The first call gets no answer; what is asked again gets one.
    let (first, hung) = (Arc::new(AtomicBool::new(true)), Arc::new(Notify::new()));
    let peer = BotPeer::start(move |asked: Asked| {
        let (first, hung) = (Arc::clone(&first), Arc::clone(&hung));
        async move {
            let text = asked.body["message"]["text"].as_str().unwrap_or_default().to_owned();
            if text == "slow" && first.swap(false, Ordering::SeqCst) {
                hung.notified().await;
            }
            actions(json!([{"type": "say", "text": text}]))
        }
    })
    .await;
    let desk = desk_with(&database, &peer).await;
    let (key, workspace) = (desk["site_key"].as_str().expect("a key"), desk["workspace_id"].as_str().expect("an id"));
    let workspace: WorkspaceId = workspace.parse().expect("an id");
    let mut dies = Server::start(&database).await;
    let mut visitor = Visitor::connect(dies.address, key, app::ORIGIN).await;
    visitor.says("slow").await;
    until("the bot is asked", async || peer.asked().len() == 1).await;
    let lives = Server::start(&database).await;
    let mut another = Visitor::connect(lives.address, key, app::ORIGIN).await;
    let reader = db::open(&database.url).await.expect("the database").db;
    for n in 0..4 {
        another.says(&format!("quick{n}")).await;
        until("the other is answered", async || said_by_bots(&reader, workspace).await.contains(&format!("quick{n}")))
            .await;
    }
    let slow = || peer.asked().iter().filter(|asked| asked.body["message"]["text"] == "slow").count();
    assert_eq!(slow(), 1, "whoever has it lives");
    dies.kill();
    until("it is asked again and answered", async || {
        said_by_bots(&reader, workspace).await.contains(&"slow".to_owned())
    })
    .await;
    let said = said_by_bots(&reader, workspace).await;
    assert_eq!((slow(), said.iter().filter(|said| *said == "slow").count()), (2, 1));
    let ids: std::collections::BTreeSet<String> = peer
        .asked()
        .iter()
        .filter(|asked| asked.body["message"]["text"] == "slow")
        .map(|asked| asked.body["id"].to_string())
        .collect();
    assert_eq!(ids.len(), 1, "under the same id");
}
