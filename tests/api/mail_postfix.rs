//! A real Postfix in front: it hands on by LMTP, keeps what is not committed, and tries again.

use std::net::SocketAddr;
use std::sync::Arc;

use deskbell::mail::inbound::lmtp;
use deskbell::on;

use crate::support::mail::{self, CUSTOMER, SHOP, from, reply_address};
use crate::support::mail_servers::{Postfix, is_there};
use crate::support::process::free_port;
use crate::support::until::until;
use crate::support::{Database, TestApp};

async fn started(database: Database) -> TestApp {
    let app = TestApp::start_with(database, mail::takes_mail).await;
    mail::has_address(&app.app, &app.desk.site_key, SHOP).await;
    app
}

async fn number(app: &TestApp, sql: &'static str) -> i64 {
    let mut conn = app.app.db.read().await.expect("a connection");
    on!(conn.conn(), |c| sqlx::query_scalar(sql).fetch_one(c).await).expect("runs")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postfix_hands_on_what_people_write() {
    if !is_there("postfix") {
        return;
    }
    let at = SocketAddr::from(([127, 0, 0, 1], free_port()));
    let Some(postfix) = Postfix::start(at).await else { return };
    let app = started(Database::sqlite()).await;
    // Nobody listens yet: it waits in the mail server.
    postfix.gets(SHOP, &from(CUSTOMER, SHOP, "1", "Before you were there")).await;
    until("it waits", async || postfix.waiting() == 1).await;
    let listener = lmtp::bind(at).await.expect("the port is free");
    tokio::spawn(lmtp::run(Arc::clone(&app.app), listener));
    until("it is handed on", async || number(&app, "SELECT COUNT(*) FROM received_mails").await == 1).await;
    let mut visitor = app.visitor().await;
    visitor.says("Where is order 1042?").await;
    let address = reply_address(&app, &visitor.conversation(), CUSTOMER).await;
    postfix.gets(&address, &from(CUSTOMER, &address, "2", "Here I am, by mail.")).await;
    visitor.sees_text("Here I am, by mail.").await;
    until("the queue is empty", async || postfix.waiting() == 0).await;
    app.stop().await;
}
