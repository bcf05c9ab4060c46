//! The process is killed after a mail server has taken mails and before it is written down that it did: every
//! mail arrives, and once more for each kill that caught it, under the same `Message-ID`.

use std::collections::HashMap;
use std::time::Duration;

use deskbell::app;
use deskbell::clock::{Clock, Random};
use deskbell::config::{DatabaseUrl, Encryption};
use deskbell::db::Db;
use deskbell::mail::outbox::{self, Kind, NewMail};
use deskbell::mail::{EmailAddress, payload};
use serde_json::json;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};

use crate::support::app::{config, desk};
use crate::support::post::PostOffice;
use crate::support::process::Server;
use crate::support::until::until;
use crate::support::{Database, plainly};

/// Kills, each while a mail at least is between its data and the commit.
const KILLS: usize = 200;
/// On PostgreSQL, where each start takes longer.
const KILLS_ON_POSTGRES: usize = 40;
/// Far enough for a mail that is not due yet.
const A_YEAR: Duration = Duration::from_secs(365 * 86_400);
/// Mails that each kill catches, in turn: fewer than the connections, so that what earlier ones caught gets through.
const CAUGHT: [usize; 3] = [1, 2, 3];

async fn rows(database: &Database, count: usize) {
    let running = app::start(config(database), Clock::System, Random::System).await.expect("a server");
    let desk = desk(&running.app, "Shop").await;
    for n in 0..count {
        let random = running.app.random.clone();
        let new = NewMail {
            workspace_id: desk.workspace_id,
            kind: Kind::Test,
            site_id: Some(desk.site_id),
            conversation_id: None,
            agent_id: None,
            address: EmailAddress::parse(&format!("v{n}@mail.example")).expect("an address"),
            payload: json!(payload::Test::default()),
            due: running.app.clock.now().plus(A_YEAR),
        };
        let queued = running.app.writer.run("test", move |tx| {
            Box::pin(async move { outbox::enqueue(tx, &random, "chat.shop.example", new).await })
        });
        queued.await.expect("a row");
    }
    running.stop().await;
}

/// Mails that so many kills catch.
fn mails(kills: usize) -> usize {
    (0..kills).map(|kill| CAUGHT[kill % CAUGHT.len()]).sum()
}

/// Makes the mails due that a kill is to catch, while no server runs.
async fn become_due(database: &Database, kill: usize) {
    let addresses: Vec<String> = (mails(kill)..mails(kill + 1)).map(|n| format!("'v{n}@mail.example'")).collect();
    let sql = format!("UPDATE mails SET next_at = created_at WHERE address IN ({})", addresses.join(", "));
    let sql = sqlx::raw_sql(sqlx::AssertSqlSafe(sql));
    let changed = match &database.url {
        DatabaseUrl::Sqlite(file) => {
            let options = SqliteConnectOptions::new().filename(file);
            let mut writer = SqliteConnection::connect_with(&options).await.expect("the database");
            let changed = sql.execute(&mut writer).await.expect("mails").rows_affected();
            writer.close().await.expect("its end");
            changed
        }
        DatabaseUrl::Postgres(url) => {
            let mut writer = PgConnection::connect(url.expose()).await.expect("the database");
            sql.execute(&mut writer).await.expect("mails").rows_affected()
        }
    };
    assert_eq!(changed, (mails(kill + 1) - mails(kill)) as u64);
}

async fn sent(reader: &Db) -> usize {
    let count = plainly::number(reader, "SELECT count(*) FROM mails WHERE state = 'sent'").await;
    usize::try_from(count).expect("a count")
}

async fn kills_lose_nothing_and_repeat_once(database: Database, kills: usize) {
    let post = PostOffice::start().await;
    rows(&database, mails(kills)).await;
    let port = post.server(Encryption::None).port;
    let settings = format!(
        "log = \"warn\"\nworkers = \"1\"\nsmtp = \"smtp://127.0.0.1:{port}\"\nmail_domain = \"chat.shop.example\"\n\
         [limits]\nmails_per_minute = 1000000\n[password]\nmemory_kib = 8\niterations = 1\n"
    );
    std::fs::write(database.folder.join("deskbell.toml"), settings).expect("settings");
    let reader = deskbell::db::open(&database.url).await.expect("the database").db;
    post.holds_new_ones();
    for kill in 0..kills {
        become_due(&database, kill).await;
        let mut server = Server::start(&database).await;
        // What is killed twice rightly comes three times: first all that was caught is written down as sent.
        until("the mails of earlier kills are sent, the new ones wait for an answer", async || {
            post.held() == mails(kill + 1) && sent(&reader).await == mails(kill)
        })
        .await;
        server.kill();
        until("all that it said has been read", async || post.is_idle()).await;
    }
    let server = Server::start(&database).await;
    until("all are sent", async || sent(&reader).await == mails(kills)).await;
    drop(server);
    let mut copies: HashMap<String, Vec<String>> = HashMap::new();
    for got in post.mails() {
        copies.entry(got.to[0].clone()).or_default().push(got.header("Message-ID").expect("an id"));
    }
    assert_eq!(copies.len(), mails(kills), "none is lost");
    for (to, ids) in &copies {
        assert_eq!(ids.len(), 2, "{to}: once before its kill, and once after");
        assert_eq!(ids[0], ids[1], "{to} has one Message-ID");
    }
    println!("{kills} kills caught {} mails: 0 lost, each came once more under its Message-ID", copies.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_between_data_and_commit_lose_nothing_and_repeat_once() {
    kills_lose_nothing_and_repeat_once(Database::sqlite(), KILLS).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mails_of_a_process_that_is_gone_go_out_at_once_where_others_live() {
    match Database::postgres().await {
        Some(database) => kills_lose_nothing_and_repeat_once(database, KILLS_ON_POSTGRES).await,
        None => println!("NOT RUN on PostgreSQL: DESKBELL_TEST_POSTGRES is not set"),
    }
}
