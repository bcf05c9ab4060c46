//! The process is killed after a mail server has taken mails and before it is written down that it did: every
//! mail arrives, and at most once more, under the same `Message-ID`.

use std::collections::HashMap;

use deskbell::app;
use deskbell::clock::{Clock, Random};
use deskbell::config::Encryption;
use deskbell::mail::outbox::{self, Kind, NewMail};
use deskbell::mail::{EmailAddress, payload};
use serde_json::json;

use crate::support::app::{config, desk};
use crate::support::post::PostOffice;
use crate::support::process::Server;
use crate::support::until::until;
use crate::support::{Database, plainly};

/// Mails that are caught between their data and the commit.
const CAUGHT: usize = 200;
/// Of these, so many at each kill.
const AT_ONCE: usize = 4;

async fn rows(database: &Database) {
    let running = app::start(config(database), Clock::System, Random::System).await.expect("a server");
    let desk = desk(&running.app, "Shop").await;
    for n in 0..CAUGHT {
        let random = running.app.random.clone();
        let new = NewMail {
            workspace_id: desk.workspace_id,
            kind: Kind::Test,
            site_id: Some(desk.site_id),
            conversation_id: None,
            agent_id: None,
            address: EmailAddress::parse(&format!("v{n}@mail.example")).expect("an address"),
            payload: json!(payload::Test::default()),
            due: running.app.clock.now(),
        };
        let queued = running.app.writer.run("test", move |tx| {
            Box::pin(async move { outbox::enqueue(tx, &random, "chat.shop.example", new).await })
        });
        queued.await.expect("a row");
    }
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_between_data_and_commit_lose_nothing_and_repeat_at_most_once() {
    let (database, post) = (Database::sqlite(), PostOffice::start().await);
    rows(&database).await;
    let port = post.server(Encryption::None).port;
    let settings = format!(
        "log = \"warn\"\nworkers = \"1\"\nsmtp = \"smtp://127.0.0.1:{port}\"\nmail_domain = \"chat.shop.example\"\n\
         [limits]\nmails_per_minute = 1000000\n[password]\nmemory_kib = 8\niterations = 1\n"
    );
    std::fs::write(database.folder.join("deskbell.toml"), settings).expect("settings");
    post.holds_new_ones();
    let mut server = Server::start(&database).await;
    let (mut caught, mut kills) = (0, 0);
    while caught < CAUGHT {
        until("mails are between their data and the commit", async || post.held() >= AT_ONCE.min(CAUGHT - caught))
            .await;
        server.kill();
        kills += 1;
        caught += post.held();
        post.forgets_held();
        server = Server::start(&database).await;
    }
    let reader = deskbell::db::open(&database.url).await.expect("the database").db;
    until("all are sent", async || {
        plainly::number(&reader, "SELECT count(*) FROM mails WHERE state = 'sent'").await == CAUGHT as i64
    })
    .await;
    let mut copies: HashMap<String, HashMap<String, usize>> = HashMap::new();
    for got in post.mails() {
        let id = got.header("Message-ID").expect("an id");
        *copies.entry(got.to[0].clone()).or_default().entry(id).or_default() += 1;
    }
    assert_eq!(copies.len(), CAUGHT, "none is lost");
    for (to, ids) in &copies {
        assert_eq!(ids.len(), 1, "{to} has one Message-ID");
        assert!(ids.values().all(|count| *count <= 2), "{to}: {ids:?}");
    }
    println!(
        "{caught} mails caught by {kills} kills: 0 lost, {} came twice",
        copies.values().flat_map(HashMap::values).filter(|n| **n == 2).count()
    );
    drop(server);
}
