//! A mailbox whose server fails in the middle: whatever it does, each mail is taken, and once.

use deskbell::on;

use crate::support::mail::{self, CUSTOMER, SHOP, from};
use crate::support::mailbox::{Fault, Mailbox};
use crate::support::until::until;
use crate::support::{Database, TestApp};

async fn number(app: &TestApp, sql: &'static str) -> i64 {
    let mut conn = app.app.db.read().await.expect("a connection");
    on!(conn.conn(), |c| sqlx::query_scalar(sql).fetch_one(c).await).expect("runs")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_fails_in_the_middle_loses_no_mail() {
    for (command, fault) in [
        ("UID SEARCH", Fault::Refuses),
        ("UID SEARCH", Fault::HangsUp),
        ("UID FETCH 2 (UID RFC822.SIZE)", Fault::Refuses),
        ("UID FETCH 2 (UID RFC822.SIZE)", Fault::HangsUp),
        ("UID FETCH 2 (UID BODY", Fault::Refuses),
        ("UID FETCH 2 (UID BODY", Fault::HangsUp),
        ("UID FETCH 2 (UID BODY", Fault::GivesNothing),
    ] {
        let mails = (1..=3).map(|n| from(CUSTOMER, SHOP, &n.to_string(), &format!("Mail {n}"))).collect();
        let mailbox = Mailbox::start(mails).await;
        mailbox.fails(command, fault);
        let app = TestApp::start_with(Database::sqlite(), |config| {
            mail::takes_mail(config);
            // The way in begins once the site has its address.
            config.mail.imap = None;
        })
        .await;
        mail::has_address(&app.app, &app.desk.site_key, SHOP).await;
        let (reading, server) = (std::sync::Arc::clone(&app.app), mailbox.server());
        tokio::spawn(async move { deskbell::mail::inbound::imap::run_on(reading, server).await });
        until("all is read", async || number(&app, "SELECT COALESCE(MAX(uid), 0) FROM mailbox_marks").await == 3).await;
        assert_eq!(mailbox.faults(), 0, "{command}: nobody met it");
        let taken = number(&app, "SELECT COUNT(*) FROM received_mails").await;
        assert_eq!(taken, 3, "{command}, {fault:?}");
        app.stop().await;
    }
}
