//! Backups and restores of a running desk, as an operator does them; and visitors who are to be forgotten.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Output;

use deskbell::config::DatabaseUrl;
use deskbell::db;
use serde_json::{Value, json};

use crate::support::Database;
use crate::support::agent::Agent;
use crate::support::app::{ORIGIN, OWNER};
use crate::support::dump::dump;
use crate::support::frames::{draw_id, draw_token};
use crate::support::process::{Server, bootstrap, run};
use crate::support::socket::{Came, Socket};
use crate::support::visitor::Visitor;

/// What stands only in the rows of somebody who is to be forgotten.
const SECRET: &str = "xylophone-4711";

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

async fn does(database: &Database, words: &[&str]) -> Output {
    let output = run(database, words).await;
    assert!(output.status.success(), "{words:?}: {}", said(&output));
    output
}

async fn is_refused(database: &Database, words: &[&str], why: &str) {
    let output = run(database, words).await;
    assert_eq!(output.status.code(), Some(1), "{words:?}: {}", said(&output));
    assert!(said(&output).contains(why), "{words:?}: {}", said(&output));
}

/// All rows of a stopped desk.
async fn rows(database: &Database) -> BTreeSet<String> {
    let opened = db::open(&database.url).await.expect("a database");
    let all = dump(&opened.db).await;
    drop(opened.writer);
    opened.db.close().await;
    all.into_iter().map(|row| row.replace('"', "")).collect()
}

fn file(database: &Database, name: &str) -> PathBuf {
    database.folder.join(name)
}

fn text(path: &Path) -> &str {
    path.to_str().expect("text")
}

/// Everything in a backup that can be read without keys, and the sealed rows as they stand there.
fn unpacked(path: &Path) -> String {
    let mut plain = String::new();
    let file = std::fs::File::open(path).expect("the backup");
    flate2::read::GzDecoder::new(file).read_to_string(&mut plain).expect("gzip");
    plain
}

/// Two visitors who asked something, one of them to be forgotten later; an agent who answered.
async fn some_days_work(server: &Server, key: &str) -> (Visitor, Visitor, String) {
    let mut xena = Visitor::connect(server.address, key, ORIGIN).await;
    let profile = json!({"name": "Xena", "email": "Xena@mail.example"});
    xena.says(SECRET).await;
    xena.socket
        .send(&json!({"type": "update", "id": draw_id(), "profile": profile, "attributes": {"word": SECRET},
        "page": {"url": format!("https://shop.example/{SECRET}"), "title": SECRET}}))
        .await;
    xena.socket.frame_of("ack").await;
    let mut yara = Visitor::connect(server.address, key, ORIGIN).await;
    yara.says("a plain question").await;
    let mut owner = Agent::at(server.address, OWNER).await;
    let conversation = xena.conversation();
    owner
        .socket
        .send(&json!({"type": "note", "id": draw_id(), "conversation": conversation,
        "text": format!("about {SECRET}")}))
        .await;
    owner.socket.frame_of("ack").await;
    (xena, yara, owner.cookie)
}

async fn each_kind(story: impl AsyncFn(Database)) {
    story(Database::sqlite()).await;
    match Database::postgres().await {
        Some(database) => story(database).await,
        None => println!("SKIPPED on PostgreSQL: set DESKBELL_TEST_POSTGRES to run this there, too"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_taken_under_load_is_the_desk_as_it_was_in_either_database() {
    each_kind(async |database| {
        let desk = bootstrap(&database).await;
        let key = desk["site_key"].as_str().expect("a key").to_owned();
        let mut server = Server::start(&database).await;
        let (mut xena, ..) = some_days_work(&server, &key).await;
        let backup = file(&database, "one.backup");
        // Words go on coming while it is taken; each is in it whole, or not at all.
        let busy = tokio::spawn(async move {
            for n in 0..200 {
                xena.says(&format!("word {n}")).await;
            }
        });
        does(&database, &["backup", text(&backup)]).await;
        busy.await.expect("every word was acknowledged");
        is_refused(&database, &["backup", text(&backup)], "never written over").await;
        let later = file(&database, "two.backup");
        server.kill();
        does(&database, &["backup", text(&later)]).await;
        assert!(!unpacked(&later).contains(SECRET) && !unpacked(&later).contains("Xena"), "what is personal is sealed");
        let before = rows(&database).await;
        let keys = file(&database, "visitor-keys");
        for copy in [Some(Database::sqlite()), Database::postgres().await].into_iter().flatten() {
            let words = ["restore", text(&later), "--keys", text(&keys)];
            does(&copy, &words).await;
            let same_kind = matches!(
                (&database.url, &copy.url),
                (DatabaseUrl::Sqlite(_), DatabaseUrl::Sqlite(_)) | (DatabaseUrl::Postgres(_), DatabaseUrl::Postgres(_))
            );
            let after = rows(&copy).await;
            assert_eq!(after.len(), before.len(), "every row is there");
            if same_kind {
                assert_eq!(after, before);
            }
            let again = file(&copy, "again.backup");
            does(&copy, &["backup", text(&again), "--keys", text(&keys)]).await;
            // What was restored is a desk that works: chats go on.
            let server = Server::start(&copy).await;
            let mut zoe = Visitor::connect(server.address, &key, ORIGIN).await;
            zoe.says("I came after the restore").await;
            Agent::at(server.address, OWNER).await;
            drop(server);
            is_refused(&copy, &words, "already").await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_erased_is_not_readable_in_a_backup_from_before() {
    each_kind(async |database| {
        let desk = bootstrap(&database).await;
        let key = desk["site_key"].as_str().expect("a key").to_owned();
        let mut server = Server::start(&database).await;
        some_days_work(&server, &key).await;
        let backup = file(&database, "before.backup");
        does(&database, &["backup", text(&backup)]).await;

        let told = does(&database, &["export", "--visitor", "xena@mail.example"]).await;
        let told: Value = serde_json::from_slice(&told.stdout).expect("JSON");
        assert_eq!(told["visitor"]["name"], "Xena");
        assert_eq!(told["conversations"][0]["messages"][0]["text"], SECRET);
        assert!(told["pages_and_events"].to_string().contains(SECRET), "{told}");
        is_refused(&database, &["export", "--visitor", "nobody@mail.example"], "no visitor").await;

        does(&database, &["erase", "--visitor", "XENA@mail.example"]).await;
        is_refused(&database, &["erase", "--visitor", "xena@mail.example"], "no visitor").await;
        server.kill();
        let left = rows(&database).await;
        assert!(!left.iter().any(|row| row.contains(SECRET) || row.contains("Xena")), "{left:#?}");
        assert!(left.iter().any(|row| row.contains("a plain question")), "nobody else is touched");
        assert!(left.iter().any(|row| row.contains("visitor.erased")), "that it was done is in the log");
        if let DatabaseUrl::Sqlite(path) = &database.url {
            let bytes = [std::fs::read(path), std::fs::read(path.with_extension("db-wal"))];
            let there = |bytes: &[u8]| bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes());
            assert!(!bytes.iter().flatten().take(1).any(|bytes| there(bytes)), "nor in the database's file");
        }

        // With the key file as it is now, the older backup has everybody but them.
        let keys = file(&database, "visitor-keys");
        let copy = Database::sqlite();
        let restored = does(&copy, &["restore", text(&backup), "--keys", text(&keys)]).await;
        assert!(said(&restored).contains("1 visitors have no key any more"), "{}", said(&restored));
        let there = rows(&copy).await;
        assert!(there.iter().any(|row| row.contains("a plain question")));
        assert!(!there.iter().any(|row| row.contains(SECRET) || row.contains("Xena")), "{there:#?}");
        // Without any keys it says so, and does it only when told to.
        let empty = Database::sqlite();
        is_refused(&empty, &["restore", text(&backup)], "--without-keys").await;
        does(&empty, &["restore", text(&backup), "--without-keys"]).await;
        assert!(!rows(&empty).await.iter().any(|row| row.starts_with("messages")));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn widget_and_console_recover_by_themselves_from_a_restore() {
    let database = Database::sqlite();
    let desk = bootstrap(&database).await;
    let key = desk["site_key"].as_str().expect("a key").to_owned();
    let mut server = Server::start(&database).await;
    let (xena, _yara, cookie) = some_days_work(&server, &key).await;
    let backup = file(&database, "one.backup");
    does(&database, &["backup", text(&backup)]).await;
    let mut xena = xena;
    xena.says("said after the backup, and gone with the restore").await;
    let conversation = xena.conversation();
    is_refused(&database, &["restore", text(&backup), "--replace"], "stop it first").await;
    server.kill();
    is_refused(&database, &["restore", text(&backup)], "--replace").await;
    does(&database, &["restore", text(&backup), "--replace"]).await;
    server.restart(&database).await;

    // A widget comes back with a rev that the restored log does not have, and with the old generation.
    let path = format!("/v1/live?site={key}");
    let mut socket = Socket::open(server.address, &path, &[("Origin", ORIGIN)]).await.expect("open");
    let hello =
        json!({"type": "hello", "token": xena.token, "conversation": conversation, "since": 99, "generation": "old"});
    socket.send(&hello).await;
    let welcome = socket.frame_of("welcome").await;
    assert_ne!(welcome["generation"], "old");
    let changes = socket.frame_of("changes").await;
    assert_eq!((&changes["reset"], &changes["from"]), (&json!(true), &json!(0)));
    assert_eq!(changes["messages"][0]["text"], SECRET);
    // What its outbox still holds is stored once more: its ack was of another time.
    socket.send(&json!({"type": "send", "id": draw_id(), "text": "and on"})).await;
    assert_eq!(socket.frame_of("ack").await["conversation"], conversation);

    // The agent is still signed in, and sees the conversation as it is.
    let origin = format!("http://{}", server.address);
    let headers = [("Origin", origin.as_str()), ("Cookie", cookie.as_str())];
    let mut console = Socket::open(server.address, "/console/live", &headers).await.expect("still signed in");
    console.send(&json!({"type": "hello"})).await;
    console.frame_of("welcome").await;
    console.send(&json!({"type": "watch", "conversation": conversation, "since": 99})).await;
    let changes = console.frame_of("changes").await;
    assert!(changes["items"].to_string().contains(SECRET), "{changes}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_database_is_replaced_and_kept() {
    let database = Database::sqlite();
    let desk = bootstrap(&database).await;
    let key = desk["site_key"].as_str().expect("a key").to_owned();
    let mut server = Server::start(&database).await;
    some_days_work(&server, &key).await;
    server.kill();
    let backup = file(&database, "one.backup");
    does(&database, &["backup", text(&backup)]).await;
    let before = rows(&database).await;
    let broken = b"this was a database until the disk died, and is none any more";
    for part in ["deskbell.db-wal", "deskbell.db-shm"] {
        drop(std::fs::remove_file(file(&database, part)));
    }
    std::fs::write(file(&database, "deskbell.db"), broken).expect("written");
    let refused = run(&database, &["restore", text(&backup)]).await;
    assert_eq!(refused.status.code(), Some(1), "not without being told to");
    does(&database, &["restore", text(&backup), "--replace"]).await;
    assert_eq!(rows(&database).await, before);
    let kept = std::fs::read_dir(&database.folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let aside = kept.into_iter().find(|path| text(path).contains("deskbell.db.before-")).expect("it is set aside");
    assert_eq!(std::fs::read(aside).expect("the file"), broken);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_erased_while_they_are_here_goes_from_every_screen() {
    let database = Database::sqlite();
    let desk = bootstrap(&database).await;
    let key = desk["site_key"].as_str().expect("a key").to_owned();
    let server = Server::start(&database).await;
    let (mut xena, _yara, _) = some_days_work(&server, &key).await;
    let conversation = xena.conversation();
    let mut owner = Agent::at(server.address, OWNER).await;
    owner.socket.send(&json!({"type": "watch", "conversation": conversation, "since": 0})).await;
    owner.socket.frame_of("changes").await;
    does(&database, &["erase", "--visitor", "xena@mail.example"]).await;
    for socket in [&mut xena.socket, &mut owner.socket] {
        let code = loop {
            if let Came::Closed(code) = socket.next().await {
                break code;
            }
        };
        assert_eq!(code, Some(1012), "they are to come back, and find it gone");
    }
    let mut again = Visitor::connect(server.address, &key, ORIGIN).await;
    again.says(&format!("another chat of {}", draw_token())).await;
}
