//! The whole way round, with real mail servers: the desk is closed, a visitor leaves a question and an address,
//! an agent answers later, one mail arrives, and what is written back lands in the same conversation, whether the
//! mail server hands it on or it is fetched from a mailbox.

use std::net::SocketAddr;
use std::sync::Arc;

use deskbell::config::{Encryption, MailServer};
use deskbell::hours::{self, Hours};
use deskbell::mail::inbound::lmtp;
use deskbell::secrets::Secret;
use deskbell::sites::settings::AskAddress;
use mail_parser::MessageParser;
use serde_json::json;

use crate::support::app::ORIGIN;
use crate::support::mail::{self, mail as written};
use crate::support::mail_servers::{Dovecot, PASSWORD, Postfix, USER, is_there};
use crate::support::process::free_port;
use crate::support::replica::Replica;
use crate::support::site::site_asks;
use crate::support::until::until;
use crate::support::visitor::Visitor;
use crate::support::{Database, TestApp, plainly};

/// The site's own address, whose mailbox is read.
const POST: &str = "post@shop.example";
/// Where the visitor reads.
const ADA: &str = "ada@mail.example";

/// A mail server of this machine.
fn server(address: SocketAddr, login: Option<(String, Secret)>) -> MailServer {
    let (host, port) = (address.ip().to_string(), address.port());
    MailServer { host, port, encryption: Encryption::None, login, folder: "INBOX".to_owned() }
}

/// The newest mail of the visitor's once there are so many, as its header fields and its text.
struct Read {
    id: String,
    reply_to: Option<String>,
    subject: String,
    text: String,
}

async fn reads(dovecot: &Dovecot, count: usize) -> Vec<Read> {
    until("the mails arrived", async || dovecot.mails_of("ada").len() >= count).await;
    let mut mails: Vec<Vec<u8>> = dovecot.mails_of("ada");
    assert_eq!(mails.len(), count, "not one more");
    let parser = MessageParser::new();
    mails.sort_by_key(|raw| parser.parse(raw).and_then(|mail| mail.date().map(|date| date.to_timestamp())));
    let read = |raw: &Vec<u8>| {
        let mail = parser.parse(raw).expect("a mail");
        let reply_to = mail.reply_to().and_then(|to| to.first()?.address().map(str::to_owned));
        Read {
            id: mail.message_id().expect("an id").to_owned(),
            reply_to,
            subject: mail.subject().expect("a subject").to_owned(),
            text: mail.body_text(0).expect("a text").into_owned(),
        }
    };
    mails.iter().map(read).collect()
}

/// What the visitor's mail program makes of an answer to this mail.
fn answer(to: &str, about: &Read, id: &str, text: &str) -> Vec<u8> {
    let quoted: String = about.text.lines().map(|line| format!("> {line}\n")).collect();
    let fields = [
        ("From", &*format!("Ada <{ADA}>")),
        ("To", to),
        ("Subject", &*format!("Re: {}", about.subject)),
        ("Date", "Fri, 27 Nov 2026 10:11:12 +0000"),
        ("Message-ID", &*format!("<{id}@mail.example>")),
        ("In-Reply-To", &*format!("<{}>", about.id)),
        ("References", &*format!("<{}>", about.id)),
    ];
    written(&fields, &format!("{text}\n\nOn Fri, 27 Nov 2026 at 09:12, Shop wrote:\n{quoted}"))
}

async fn holds(app: &TestApp, text: &str) -> bool {
    let sql = format!("SELECT count(*) FROM messages WHERE author_kind = 'visitor' AND text = '{text}'");
    plainly::number(&app.app.db, &sql).await == 1
}

async fn closes(app: &TestApp) {
    let (ws, site) = (app.desk.workspace_id, app.desk.site_id);
    let shut = Hours { time_zone: chrono_tz::UTC, week: Vec::new(), holidays: Vec::new() };
    let set = app.app.writer.run("test", move |tx| {
        Box::pin(async move { hours::store::set_of_site(tx.conn(), ws, site, Some(&shut)).await })
    });
    set.await.expect("hours");
    app.app.availability.look();
}

async fn started(database: Database, postfix: &Postfix, dovecot: &Dovecot, lmtp_at: SocketAddr) -> TestApp {
    let app = TestApp::start_with(database, |config| {
        mail::takes_mail(config);
        config.mail.smtp = Some(server(postfix.address, None));
        config.mail.imap = Some(server(dovecot.address, Some((USER.to_owned(), Secret::new(PASSWORD)))));
    })
    .await;
    site_asks(&app, |settings| {
        settings.offline.ask_address = AskAddress::Optional;
        settings.mail.away_s = 1;
        settings.mail.address = Some(POST.to_owned());
    })
    .await;
    closes(&app).await;
    let listener = lmtp::bind(lmtp_at).await.expect("the port is free");
    tokio::spawn(lmtp::run(Arc::clone(&app.app), listener));
    app
}

/// The visitor asks, leaves an address and goes; they prove it by the link in the only mail that came.
async fn leaves_a_question(app: &TestApp, dovecot: &Dovecot) -> (String, String) {
    let mut visitor = app.visitor().await;
    visitor.says("Where is order 1042?").await;
    let values = json!({"email": ADA, "name": "Ada"});
    assert_eq!(visitor.fills_in("offline", values).await["type"], "ack");
    let (chat, token) = (visitor.conversation(), visitor.token.clone());
    drop(visitor);
    let proof = reads(dovecot, 1).await.remove(0);
    assert!(!proof.text.contains("1042"), "nothing of the chat before the address is proved: {}", proof.text);
    let link = proof.text.split("/m/").nth(1).and_then(|rest| rest.split_whitespace().next()).expect("a link");
    let pressed =
        app.http.post(app.url(&format!("/m/{link}"))).form(&[("prove", "1")]).send().await.expect("an answer");
    assert!(pressed.status().is_success(), "{}", pressed.status());
    (chat, token)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conversation_goes_on_by_mail_and_back() {
    if !is_there("postfix") || !is_there("dovecot") {
        return;
    }
    for database in [Some(Database::sqlite()), Database::postgres().await] {
        let Some(database) = database else {
            println!("NOT RUN on PostgreSQL: DESKBELL_TEST_POSTGRES is not set");
            continue;
        };
        let lmtp_at = SocketAddr::from(([127, 0, 0, 1], free_port()));
        let dovecot = Dovecot::start().await;
        let Some(postfix) = Postfix::start_with(lmtp_at, Some(dovecot.mailboxes())).await else { return };
        let app = started(database, &postfix, &dovecot, lmtp_at).await;
        let (chat, token) = leaves_a_question(&app, &dovecot).await;

        let mut owner = app.owner().await;
        owner.watches(&chat, 0).await;
        owner.takes(&chat, 1).await;
        assert_eq!(owner.answers(&chat, "It left today.", 99).await["type"], "ack");
        let mails = reads(&dovecot, 2).await;
        let about = mails.iter().find(|mail| mail.text.contains("It left today.")).expect("the answer");

        // As it should be: to the address that the mail names. The mail server hands it on.
        let to = about.reply_to.as_deref().expect("where answers go");
        postfix.gets(to, &answer(to, about, "handed-on", "Thank you, and order 1043?")).await;
        until("it is in the conversation", async || holds(&app, "Thank you, and order 1043?").await).await;
        // By a program that answers to the sender's address: it lies in a mailbox, and is found by what it answers.
        postfix.gets(POST, &answer(POST, about, "fetched", "And 1044, too.")).await;
        until("it is in the conversation", async || holds(&app, "And 1044, too.").await).await;

        let shows = Replica::default();
        let visitor = Visitor::connect_as(app.address(), &app.desk.site_key, ORIGIN, token, shows);
        let mut visitor = visitor.await;
        visitor.sees_text("And 1044, too.").await;
        let said: Vec<String> = visitor.shows.texts();
        let wanted = ["Where is order 1042?", "It left today.", "Thank you, and order 1043?", "And 1044, too."];
        assert_eq!(said, wanted, "all of it, and nothing twice");
        assert_eq!(dovecot.mails_of("ada").len(), 2, "nobody was mailed what they wrote themselves");
        drop((owner, visitor));
        app.stop().await;
    }
}
