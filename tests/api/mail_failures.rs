//! What a mail server may do to us, and what becomes of the mail then: it is tried again, or it is not, and
//! either can be seen.

use std::time::Duration;

use deskbell::config::Encryption;
use deskbell::ids::MailId;
use deskbell::mail::outbox::{self, Kind, NewMail};
use deskbell::mail::{EmailAddress, payload};
use deskbell::on;
use serde_json::json;

use crate::mail_out::{answers, asks_proved, count, sql, with_post};
use crate::support::post::{PostOffice, Trouble};
use crate::support::tls::Authority;
use crate::support::until::until;
use crate::support::{Database, TestApp};

/// A mail to this address, to be sent now.
async fn enqueue(app: &TestApp, kind: Kind, address: &str) -> MailId {
    let (random, payload) = (app.app.random.clone(), json!(payload::Test::default()));
    let new = |due| NewMail {
        workspace_id: app.desk.workspace_id,
        kind,
        site_id: Some(app.desk.site_id),
        conversation_id: None,
        agent_id: None,
        address: EmailAddress::parse(address).expect("an address"),
        payload,
        due,
    };
    let new = new(app.app.clock.now());
    let queued = app
        .app
        .writer
        .run("test", move |tx| Box::pin(async move { outbox::enqueue(tx, &random, "chat.shop.example", new).await }));
    let id = queued.await.expect("a row");
    app.app.mailer.stir();
    id
}

#[derive(Debug, PartialEq, sqlx::FromRow)]
struct Row {
    state: String,
    attempts: i64,
    code: Option<i64>,
    error: Option<String>,
}

async fn row(app: &TestApp, id: MailId) -> Row {
    let mut conn = app.app.db.read().await.expect("a connection");
    let sql = "SELECT state, attempts, code, error FROM mails WHERE id = $1";
    on!(conn.conn(), |c| sqlx::query_as(sql).bind(id).fetch_one(c).await).expect("a row")
}

/// The row, once an attempt came to something.
async fn tried(app: &TestApp, id: MailId) -> Row {
    until("it was tried", async || {
        let row = row(app, id).await;
        row.state != "pending" || row.error.is_some()
    })
    .await;
    row(app, id).await
}

/// The pause is over.
async fn again(app: &TestApp) {
    sql(app, "UPDATE mails SET next_at = 0, error = NULL WHERE state = 'pending'".to_owned()).await;
    app.app.mailer.stir();
}

fn says(row: &Row) -> &str {
    row.error.as_deref().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_refused_for_now_is_tried_again() {
    with_post(
        |config| config.patience.mail = Duration::from_secs(3),
        async |app, post| {
            let cases = [
                (Trouble::Says("RCPT", "421 4.3.2 closing"), Some(421), "421"),
                (Trouble::Says("RCPT", "450 4.2.0 greylisted"), Some(450), "greylisted"),
                (Trouble::Says(".", "451 4.3.0 try later"), Some(451), "try later"),
                (Trouble::Says("MAIL", "535 5.7.8 log in first"), Some(535), "log in first"),
                (Trouble::DropsInData, None, ""),
                (Trouble::TakesAndDrops, None, ""),
                (Trouble::Hangs, None, "did not answer"),
            ];
            for (n, (trouble, code, words)) in cases.into_iter().enumerate() {
                let address = format!("v{n}@mail.example");
                post.makes(trouble.clone());
                let id = enqueue(&app, Kind::Test, &address).await;
                let failed = tried(&app, id).await;
                assert_eq!(
                    (failed.state.as_str(), failed.attempts, failed.code),
                    ("pending", 1, code),
                    "{trouble:?}: {failed:?}"
                );
                assert!(says(&failed).contains(words) && !says(&failed).is_empty(), "{trouble:?}: {failed:?}");
                assert_eq!(count(&app, "mails WHERE state = 'pending' AND next_at >= created_at + 59000").await, 1);
                again(&app).await;
                let sent = tried(&app, id).await;
                assert_eq!((sent.state.as_str(), sent.attempts), ("sent", 2), "{trouble:?}: {sent:?}");
                let copies = post.to(&address);
                let expected = if matches!(trouble, Trouble::TakesAndDrops) { 2 } else { 1 };
                assert_eq!(copies.len(), expected, "{trouble:?}");
                let first = copies[0].header("Message-ID");
                assert!(first.is_some() && copies.iter().all(|copy| copy.header("Message-ID") == first));
            }
            assert_eq!(count(&app, "mail_addresses WHERE bounced_at IS NOT NULL").await, 0);
            // Two days are enough.
            post.makes(Trouble::Says("RCPT", "450 4.2.0 greylisted"));
            sql(
                &app,
                "UPDATE mails SET state = 'pending', next_at = 0, created_at = created_at - 172800000".to_owned(),
            )
            .await;
            sql(&app, "DELETE FROM mails WHERE address <> 'v0@mail.example'".to_owned()).await;
            app.app.mailer.stir();
            until("it is given up", async || count(&app, "mails WHERE state = 'dead' AND code = 450").await == 1).await;
            let metrics = deskbell::metrics::render();
            for outcome in ["sent", "later", "dead"] {
                assert!(
                    metrics.contains(&format!("deskbell_mails_total{{kind=\"test\",outcome=\"{outcome}\"}}")),
                    "{outcome}"
                );
            }
            app.stop().await;
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_refused_for_good_is_not() {
    with_post(
        |_| {},
        async |app, post| {
            post.makes(Trouble::Says("RCPT", "550 5.1.1 <gone@mail.example> no such user"));
            let id = enqueue(&app, Kind::Test, "gone@mail.example").await;
            let refused = tried(&app, id).await;
            assert_eq!((refused.state.as_str(), refused.code), ("bounced", Some(550)), "{refused:?}");
            assert!(says(&refused).contains("no such user"));
            assert_eq!(count(&app, "mail_addresses WHERE bounced_at IS NOT NULL").await, 1);
            let id = enqueue(&app, Kind::Alert, "gone@mail.example").await;
            let spared = tried(&app, id).await;
            assert!(spared.state == "void" && says(&spared).contains("came back"), "{spared:?}");
            // What is wrong with the mail says nothing of its reader.
            post.makes(Trouble::Says(".", "554 5.7.1 looks like spam"));
            let id = enqueue(&app, Kind::Test, "here@mail.example").await;
            let refused = tried(&app, id).await;
            assert_eq!((refused.state.as_str(), refused.code), ("dead", Some(554)), "{refused:?}");
            assert_eq!(count(&app, "mail_addresses WHERE bounced_at IS NOT NULL").await, 1);
            assert_eq!(post.mails().len(), 0);
            app.stop().await;
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bounce_is_told_in_its_conversation_and_once() {
    with_post(
        |_| {},
        async |app, post| {
            let visitor = asks_proved(&app, "ada@mail.example", "Hello").await;
            let chat = visitor.conversation();
            drop(visitor);
            let mut owner = app.owner().await;
            answers(&mut owner, &chat, &["One."]).await;
            until("it is sent", async || post.mails().len() == 1).await;
            until("it is told", async || count(&app, "mails WHERE state = 'sent'").await == 1).await;
            let message_id = post.mails()[0].header("Message-ID").expect("an id");
            let named = {
                let mut conn = app.app.db.read().await.expect("a connection");
                let id = message_id.trim_matches(['<', '>']);
                deskbell::mail::outbox_store::by_message_id(conn.conn(), id).await.expect("a read").expect("ours")
            };
            for expected in [true, false] {
                let (ws, id) = (named.workspace_id, named.id);
                let bounced = app.app.writer.run("test", move |tx| {
                    Box::pin(async move { outbox::bounced(tx, ws, id, Some(550), "5.1.1 gone").await })
                });
                assert_eq!(bounced.await.expect("a change"), expected);
            }
            assert_eq!(count(&app, "mails WHERE state = 'bounced'").await, 1);
            owner.answers(&chat, "Two.", 99).await;
            until("it was looked", async || count(&app, "conversation_mail WHERE due_at IS NULL").await == 1).await;
            assert_eq!(count(&app, "mails").await, 1, "nothing more goes there");
            app.stop().await;
        },
    )
    .await;
}

async fn with_tls(until_year: i32, encryption: Encryption, tls: bool) -> (TestApp, PostOffice) {
    let database = Database::sqlite();
    let authority = Authority::new(database.folder.clone());
    let pair = authority.signs("localhost", until_year);
    let post = if tls { PostOffice::with_starttls(&pair).await } else { PostOffice::start().await };
    let app = TestApp::start_with(database, |config| {
        config.mail.smtp = Some(post.server(encryption));
        config.mail.domain = Some("chat.shop.example".to_owned());
        config.mail.ca = Some(authority.root_file());
    });
    (app.await, post)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_said_to_a_server_that_cannot_be_trusted() {
    for (year, tls, words) in [(2021, true, "expired"), (2099, false, "STARTTLS")] {
        let (app, post) = with_tls(year, Encryption::StartTls, tls).await;
        let id = enqueue(&app, Kind::Test, "ada@mail.example").await;
        let failed = tried(&app, id).await;
        assert_eq!(failed.state, "pending", "{failed:?}");
        assert!(says(&failed).to_lowercase().contains(&words.to_lowercase()), "{words}: {failed:?}");
        assert_eq!(post.mails().len(), 0);
        app.stop().await;
    }
    let (app, post) = with_tls(2099, Encryption::StartTls, true).await;
    let id = enqueue(&app, Kind::Test, "ada@mail.example").await;
    assert_eq!(tried(&app, id).await.state, "sent");
    assert_eq!(post.mails().len(), 1);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_mail_server_mails_wait_and_with_one_they_go() {
    let app = TestApp::start(Database::sqlite()).await;
    let id = enqueue(&app, Kind::Test, "ada@mail.example").await;
    // Long enough for a look of the task that would send.
    until("it was looked", async || {
        crate::support::dice::let_pass(1_500).await;
        true
    })
    .await;
    assert_eq!(row(&app, id).await, Row { state: "pending".to_owned(), attempts: 0, code: None, error: None });
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rates_delay_mails_and_lose_none() {
    let slow = |config: &mut deskbell::config::Config| {
        config.limits.mails_per_minute = 600;
        config.limits.mails_per_hour_per_recipient = 2;
    };
    with_post(slow, async |app, post| {
        for _ in 0..4 {
            enqueue(&app, Kind::Test, "ada@mail.example").await;
        }
        until("two went out", async || post.mails().len() == 2).await;
        let waits = "mails WHERE state = 'pending' AND attempts = 0 AND next_at > created_at";
        until("two wait, untried", async || count(&app, waits).await == 2).await;
        app.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_whose_end_cannot_be_told_is_not_sent_again() {
    with_post(
        |_| {},
        async |app, post| {
            let visitor = asks_proved(&app, "ada@mail.example", "where is it?").await;
            let chat = visitor.conversation();
            drop(visitor);
            let refuses = if app.app.db.is_pg() {
                "ALTER TABLE messages ADD CONSTRAINT untold CHECK (CAST(extra AS TEXT) NOT LIKE '%mail_sent%')"
            } else {
                "CREATE TRIGGER untold BEFORE INSERT ON messages WHEN NEW.extra LIKE '%mail_sent%' \
                 BEGIN SELECT RAISE(ABORT, 'untold'); END"
            };
            sql(&app, refuses.to_owned()).await;
            answers(&mut app.owner().await, &chat, &["on its way"]).await;
            until("it is written down as sent", async || count(&app, "mails WHERE state = 'sent'").await == 1).await;
            assert_eq!(
                count(&app, "messages WHERE CAST(extra AS TEXT) LIKE '%mail_sent%'").await,
                0,
                "it could not be told"
            );
            assert_eq!(post.mails().len(), 1);
        },
    )
    .await;
}
