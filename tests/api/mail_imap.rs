//! A mailbox that is read, of a real Dovecot: nothing is lost, nothing comes twice, nothing is changed in it.

use deskbell::config::{Encryption, MailServer};
use deskbell::mail::inbound::imap;
use deskbell::on;
use deskbell::secrets::Secret;

use crate::support::mail::{self, CUSTOMER, SHOP, from};
use crate::support::mail_servers::{Dovecot, PASSWORD, USER, is_there};
use crate::support::process::{Server, bootstrap};
use crate::support::until::until;
use crate::support::{Database, TestApp};

fn mailbox(dovecot: &Dovecot) -> MailServer {
    MailServer {
        host: "127.0.0.1".to_owned(),
        port: dovecot.address.port(),
        encryption: Encryption::None,
        login: Some((USER.to_owned(), Secret::new(PASSWORD))),
        folder: "INBOX".to_owned(),
    }
}

async fn number(app: &TestApp, sql: &'static str) -> i64 {
    let mut conn = app.app.db.read().await.expect("a connection");
    on!(conn.conn(), |c| sqlx::query_scalar(sql).fetch_one(c).await).expect("runs")
}

async fn takes(app: &TestApp, mails: i64) {
    until("the mails are taken", async || number(app, "SELECT COUNT(*) FROM received_mails").await == mails).await;
}

async fn started(dovecot: &Dovecot, database: Database) -> TestApp {
    TestApp::start_with(database, |config| {
        mail::takes_mail(config);
        config.mail.imap = Some(mailbox(dovecot));
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mailbox_is_read_and_not_changed() {
    if !is_there("dovecot") {
        return;
    }
    let mut dovecot = Dovecot::start().await;
    let app = started(&dovecot, Database::sqlite()).await;
    mail::has_address(&app.app, &app.desk.site_key, SHOP).await;
    until("the mailbox is known", async || number(&app, "SELECT COUNT(*) FROM mailbox_marks").await == 1).await;
    // Told by the server: nobody waits for the next look.
    for n in 1..=3 {
        dovecot.gets(&format!("{n}.mail"), &from(CUSTOMER, SHOP, &n.to_string(), &format!("Mail {n}")));
        takes(&app, n).await;
    }
    dovecot.gets("4.poison", b"Subject: nobody wrote this\r\n\r\nHello\r\n");
    // For nobody that is known: the one website that has mail gets it; but not what was sent to a reply address.
    dovecot.gets("5.nobody", &from(CUSTOMER, "somebody@other.example", "5", "Mail 5"));
    let guessed = format!("reply+{}@{}", "a".repeat(42), mail::DOMAIN);
    dovecot.gets("6.guessed", &from(CUSTOMER, &guessed, "6", "Guessed"));
    dovecot.gets("7.mail", &from(CUSTOMER, SHOP, "7", "Mail 7"));
    takes(&app, 5).await;
    assert_eq!(number(&app, "SELECT COUNT(*) FROM set_aside_mails WHERE reason = 'no_sender'").await, 1);
    assert_eq!(number(&app, "SELECT COUNT(*) FROM set_aside_mails WHERE reason = 'nobody'").await, 1);
    let mails = dovecot.mails();
    assert_eq!(mails.len(), 7, "{mails:?}");
    assert!(mails.iter().all(|name| !name.contains('S')), "none is marked as read: {mails:?}");
    // Other numbers: all are looked at again, and none is taken again.
    let before = number(&app, "SELECT uid_validity FROM mailbox_marks").await;
    dovecot.numbers_anew().await;
    dovecot.gets("8.mail", &from(CUSTOMER, SHOP, "8", "Mail 8"));
    takes(&app, 6).await;
    assert_ne!(number(&app, "SELECT uid_validity FROM mailbox_marks").await, before);
    assert_eq!(number(&app, "SELECT COUNT(*) FROM messages WHERE author_kind = 'visitor'").await, 6);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mailbox_that_goes_away_is_found_again() {
    if !is_there("dovecot") {
        return;
    }
    let mut dovecot = Dovecot::start().await;
    dovecot.gets("1.mail", &from(CUSTOMER, SHOP, "1", "It was there before."));
    let app = started(&dovecot, Database::sqlite()).await;
    mail::has_address(&app.app, &app.desk.site_key, SHOP).await;
    // What came before the site had its address is for nobody, and is kept aside or taken; what follows is taken.
    until("it was looked at", async || {
        number(&app, "SELECT (SELECT COUNT(*) FROM received_mails) + (SELECT COUNT(*) FROM set_aside_mails)").await == 1
    })
    .await;
    let before = number(&app, "SELECT COUNT(*) FROM received_mails").await;
    dovecot.stops();
    dovecot.gets("2.mail", &from(CUSTOMER, SHOP, "2", "While it was down."));
    dovecot.starts().await;
    takes(&app, before + 1).await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mailbox_is_read_over_a_connection_that_is_vouched_for() {
    if !is_there("dovecot") {
        return;
    }
    let dovecot = Dovecot::start().await;
    let ways = [(Encryption::Implicit, dovecot.tls.port()), (Encryption::StartTls, dovecot.address.port())];
    for (encryption, port) in ways {
        let server = MailServer { host: "localhost".to_owned(), port, encryption, ..mailbox(&dovecot) };
        let ca = dovecot.ca.clone();
        let app = TestApp::start_with(Database::sqlite(), |config| {
            mail::takes_mail(config);
            config.mail.imap = Some(server.clone());
            config.mail.ca = Some(ca);
        })
        .await;
        until("the mailbox is known", async || number(&app, "SELECT COUNT(*) FROM mailbox_marks").await == 1).await;
        app.stop().await;
        // Nobody vouches for it, or for another name: the password is not said.
        for server in [server.clone(), MailServer { host: "127.0.0.1".to_owned(), ..server }] {
            let error = imap::check(&server, None).await.expect_err("no authority of the web vouches for it");
            assert!(error.to_string().contains("certificate") || error.to_string().contains("name"), "{error}");
        }
    }
    let server = MailServer { login: Some((USER.to_owned(), Secret::new("wrong"))), ..mailbox(&dovecot) };
    let error = imap::check(&server, None).await.expect_err("another password");
    assert!(error.to_string().contains("password is wrong"), "{error}");
    imap::check(&mailbox(&dovecot), None).await.expect("as it is set");
}

/// Mails that are taken while the server is killed again and again.
const MAILS: i64 = 60;
/// How often it is killed.
const KILLS: i64 = 6;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_loses_none_and_doubles_none() {
    if !is_there("dovecot") {
        return;
    }
    let dovecot = Dovecot::start().await;
    let database = Database::sqlite();
    bootstrap(&database).await;
    let url = format!("imap://{USER}:{PASSWORD}@127.0.0.1:{}", dovecot.address.port());
    let file = database.folder.join("deskbell.toml");
    let settings = std::fs::read_to_string(&file).expect("the configuration");
    std::fs::write(&file, format!("imap = \"{url}\"\n{settings}")).expect("written");
    let opened = deskbell::db::open(&database.url).await.expect("the database");
    let mut writer = opened.writer.expect("SQLite");
    let settings = format!("{{\"mail\":{{\"address\":\"{SHOP}\"}}}}");
    sqlx::query("UPDATE sites SET settings = $1").bind(settings).execute(&mut writer).await.expect("an address");
    drop(writer);
    for n in 0..MAILS {
        dovecot.gets(&format!("{n}.mail"), &from(CUSTOMER, SHOP, &n.to_string(), &format!("Mail {n}")));
    }
    let count = async |sql: &'static str| -> i64 {
        let mut conn = opened.db.read().await.expect("a connection");
        on!(conn.conn(), |c| sqlx::query_scalar(sql).fetch_one(c).await).expect("runs")
    };
    let received = async || count("SELECT COUNT(*) FROM received_mails").await;
    let mut server = Server::start(&database).await;
    for kill in 1..=KILLS {
        let enough = (MAILS / (KILLS + 2) * kill).min(MAILS);
        until("some are taken", async || received().await >= enough).await;
        server.kill();
        server.restart(&database).await;
    }
    until("all are taken", async || received().await == MAILS).await;
    assert_eq!(count("SELECT COUNT(*) FROM messages WHERE author_kind = 'visitor'").await, MAILS);
    assert_eq!(count("SELECT COUNT(DISTINCT text) FROM messages WHERE author_kind = 'visitor'").await, MAILS);
    server.kill();
}
