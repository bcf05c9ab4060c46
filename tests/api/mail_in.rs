//! Mails that come: whose they are, what becomes of them, and what nobody may do by one.

use deskbell::app::App;
use deskbell::ids::VisitorId;
use deskbell::mail::outbox::{self, Kind, NewMail};
use deskbell::mail::{EmailAddress, thread_store};
use deskbell::on;
use deskbell::visitors::{erasing, exporting};
use serde_json::{Value, json};

use crate::support::app::OWNER;
use crate::support::mail::{self, CUSTOMER, DOMAIN, SHOP, from, reply_address};
use crate::support::visitor::Visitor;
use crate::support::{Database, TestApp};

/// A story on both databases, of a server that takes mail.
macro_rules! by_mail {
    ($(async fn $name:ident($app:ident: TestApp) $body:block)+) => {$(
        mod $name {
            #[allow(unused_imports, reason = "a story may name everything in full")]
            use super::*;
            async fn story($app: TestApp) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                story(mail::start(Database::sqlite()).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                match Database::postgres().await {
                    Some(database) => story(mail::start(database).await).await,
                    None => println!("NOT RUN on PostgreSQL: DESKBELL_TEST_POSTGRES is not set"),
                }
            }
        }
    )+};
}

async fn number(app: &TestApp, sql: &'static str) -> i64 {
    let mut conn = app.app.db.read().await.expect("a connection");
    on!(conn.conn(), |c| sqlx::query_scalar(sql).fetch_one(c).await).expect("runs")
}

async fn text(app: &TestApp, sql: &'static str) -> String {
    let mut conn = app.app.db.read().await.expect("a connection");
    let found: Option<Option<String>> =
        on!(conn.conn(), |c| sqlx::query_scalar(sql).fetch_optional(c).await).expect("runs");
    found.flatten().unwrap_or_default()
}

async fn mails(app: &TestApp) -> i64 {
    number(app, "SELECT COUNT(*) FROM received_mails").await
}

/// A visitor with a conversation, and the address to which they answer.
async fn with_thread(app: &TestApp) -> (Visitor, String) {
    let mut visitor = app.visitor().await;
    visitor.says("Where is order 1042?").await;
    let address = reply_address(app, &visitor.conversation(), CUSTOMER).await;
    (visitor, address)
}

/// The last message, as it is stored.
async fn last(app: &TestApp) -> (String, String, String, Value) {
    let sql =
        "SELECT kind, author_kind, text, COALESCE(CAST(extra AS TEXT), '{}') FROM messages ORDER BY rev DESC LIMIT 1";
    let mut conn = app.app.db.read().await.expect("a connection");
    let (kind, author, text, extra): (String, String, String, String) =
        on!(conn.conn(), |c| sqlx::query_as(sql).fetch_one(c).await).expect("runs");
    (kind, author, text, serde_json::from_str(&extra).expect("JSON"))
}

by_mail! {
    async fn whoever_is_told_and_erased_is_told_of_mails_and_erased_with_them(app: TestApp) {
        let raw = from(CUSTOMER, SHOP, "1", "Please forget me");
        assert_eq!(app.takes_mail(raw.clone()).await, "began");
        let fields = [("From", CUSTOMER), ("To", SHOP), ("Message-ID", "<2@mail.example>"), ("Precedence", "bulk")];
        assert_eq!(app.takes_mail(mail::mail(&fields, "I am away")).await, "aside");
        let ws = app.desk.workspace_id;
        let mut conn = app.app.db.read().await.expect("a connection");
        let id: VisitorId =
            on!(conn.conn(), |c| sqlx::query_scalar("SELECT id FROM visitors").fetch_one(c).await).expect("the customer");
        drop(conn);
        let told = app.app.writer.run("test", move |tx| {
            Box::pin(async move {
                let told = exporting::export(tx, ws, id).await?;
                erasing::erase(tx, ws, id).await?;
                Ok::<_, deskbell::db::Error>(told)
            })
        });
        let told = told.await.expect("told");
        let came = &told["conversations"][0]["mails"]["came"][0];
        assert_eq!((came["from"].as_str(), came["subject"].as_str()), (Some(CUSTOMER), Some("Order 1042")));
        assert_eq!(came["source_base64"], mail::base64(&raw));
        for table in ["SELECT COUNT(*) FROM received_mails", "SELECT COUNT(*) FROM set_aside_mails"] {
            assert_eq!(number(&app, table).await, 0, "{table}");
        }
        app.stop().await;
    }

    async fn a_mail_to_the_site_begins_a_conversation(app: TestApp) {
        let agent = app.owner().await;
        let raw = from("A Customer <Customer@mail.example>", SHOP, "1", "Where is it?\n\n-- \nA customer");
        assert_eq!(app.takes_mail(raw.clone()).await, "began");
        assert_eq!(app.takes_mail(raw).await, "repeat");
        let (kind, author, words, extra) = last_text(&app).await;
        assert_eq!((kind.as_str(), author.as_str(), words.as_str()), ("text", "visitor", "Where is it?"));
        assert_eq!(extra["mail"]["from"], CUSTOMER);
        assert_eq!(extra["mail"]["subject"], "Order 1042");
        assert_eq!(extra["mail"]["cut"], true);
        assert_eq!(text(&app, "SELECT channel FROM conversation_mail").await, "mail");
        assert_eq!(text(&app, "SELECT name FROM visitors WHERE mail_address IS NOT NULL").await, "A Customer");
        // It waits in its queue like any other, with its place in the line.
        assert_eq!(text(&app, "SELECT state FROM conversations").await, "queued");
        assert!(number(&app, "SELECT ticket FROM conversations").await > 0);
        let more = from(CUSTOMER, SHOP, "2", "Are you there?");
        assert_eq!(app.takes_mail(more).await, "words");
        assert_eq!(number(&app, "SELECT COUNT(*) FROM conversations").await, 1);
        agent.socket.close().await;
        app.stop().await;
    }

    async fn an_answer_by_mail_lands_in_its_conversation(app: TestApp) {
        let mut agent = app.owner().await;
        let (mut visitor, address) = with_thread(&app).await;
        let conversation = visitor.conversation();
        agent.watches(&conversation, 0).await;
        let quote = "On Fri, 27 Nov 2026 at 10:00, Shop <help@shop.example> wrote:\n> Which one?";
        let answer = from(CUSTOMER, &format!("Shop <{address}>"), "1", &format!("The blue one.\n\n{quote}"));
        assert_eq!(app.takes_mail(answer).await, "words");
        visitor.sees_text("The blue one.").await;
        // The address survives a server that changes its case, and what is over begins again.
        let epoch = number(&app, "SELECT epoch FROM conversations").await;
        agent.closes(&conversation, epoch).await;
        let shouted = from(CUSTOMER, &address.to_uppercase(), "2", "It is still not here.");
        assert_eq!(app.takes_mail(shouted).await, "words");
        visitor.sees_text("It is still not here.").await;
        assert_ne!(text(&app, "SELECT state FROM conversations").await, "closed");
        assert!(number(&app, "SELECT epoch FROM conversations").await > epoch + 1);
        app.stop().await;
    }

    async fn who_else_writes_is_a_stranger(app: TestApp) {
        let (mut visitor, address) = with_thread(&app).await;
        let seen = visitor.shows.messages().len();
        for (n, sender) in [OWNER, "attacker@evil.example", "\"help@shop.example\" <x@evil.example>"].iter().enumerate() {
            assert_eq!(app.takes_mail(from(sender, &address, &n.to_string(), "Send me the history.")).await, "note");
            let (kind, author, _, extra) = last(&app).await;
            assert_eq!((kind.as_str(), author.as_str()), ("note", "system"), "{sender}");
            assert_eq!(extra["mail"]["stranger"], true);
        }
        visitor.says("Hello?").await;
        let shown = visitor.shows.messages();
        assert_eq!(shown.len(), seen + 1, "the visitor sees none of it: {shown:?}");
        assert_eq!(number(&app, "SELECT COUNT(*) FROM mails").await, 0, "and nobody gets an answer");
        assert_eq!(number(&app, "SELECT COUNT(*) FROM agents").await, 1);
        app.stop().await;
    }

    async fn nobody_guesses_a_reply_address(app: TestApp) {
        let (_visitor, address) = with_thread(&app).await;
        let (local, domain) = address.split_once('@').expect("an address");
        let token = local.strip_prefix("reply+").expect("a token");
        let before = number(&app, "SELECT COUNT(*) FROM messages").await;
        for at in 0..token.len() {
            // A letter that is another five bits.
            let other = if token.as_bytes()[at] == b'q' { "r" } else { "q" };
            let altered = format!("reply+{}{other}{}@{domain}", &token[..at], &token[at + 1..]);
            let (status, _) = app.gets_mail(from(CUSTOMER, &altered, "1", "Hello")).await;
            // Whoever goes on guessing is told to come back later.
            assert!(matches!(status, 422 | 429), "{altered}: {status}");
        }
        for _ in 0..1_000 {
            let mut bytes = [0; 42];
            app.app.random.fill(&mut bytes);
            let guess: String = bytes.iter().map(|b| char::from(b"abcdefghijklmnopqrstuvwxyz234567"[usize::from(b & 31)])).collect();
            let (status, _) = app.gets_mail(from(CUSTOMER, &format!("reply+{guess}@{DOMAIN}"), "1", "Hello")).await;
            assert!(matches!(status, 422 | 429), "{status}");
        }
        assert_eq!(number(&app, "SELECT COUNT(*) FROM messages").await, before);
        assert_eq!(mails(&app).await, 0);
        app.stop().await;
    }

    async fn a_program_is_never_heard_as_a_person(app: TestApp) {
        let (_visitor, address) = with_thread(&app).await;
        let waiting = number(&app, "SELECT COALESCE(waiting_since, 0) FROM conversations").await;
        let away = |to: &str, id: &str| {
            let fields = [("From", CUSTOMER), ("To", to), ("Message-ID", id), ("Auto-Submitted", "auto-replied"), ("Subject", "Away")];
            mail::mail(&fields, "I am away until Monday.")
        };
        assert_eq!(app.takes_mail(away(&address, "<1@mail.example>")).await, "note");
        assert_eq!(last(&app).await.1, "system");
        assert_eq!(number(&app, "SELECT COALESCE(waiting_since, 0) FROM conversations").await, waiting);
        assert_eq!(app.takes_mail(away(SHOP, "<2@mail.example>")).await, "aside");
        assert_eq!(number(&app, "SELECT COUNT(*) FROM conversations").await, 1);
        // What comes from ourselves goes nowhere.
        assert_eq!(app.takes_mail(from(SHOP, &address, "3", "Hello")).await, "aside");
        assert_eq!(app.takes_mail(from(&address, SHOP, "4", "Hello")).await, "aside");
        let circles = [("From", CUSTOMER), ("To", SHOP), ("X-Deskbell-Loop", "3")];
        assert_eq!(app.takes_mail(mail::mail(&circles, "Hello")).await, "aside");
        assert_eq!(number(&app, "SELECT COUNT(*) FROM mails").await, 0);
        app.stop().await;
    }

    async fn a_mail_of_ours_that_comes_back_is_told_to_agents(app: TestApp) {
        let (visitor, address) = with_thread(&app).await;
        let id = sends(&app, &visitor.conversation()).await;
        let report = |id: &str| {
            format!(
                "From: MAILER-DAEMON@mx.shop.example\r\nTo: {address}\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n\
                 Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nIt did not arrive.\r\n\
                 --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.shop.example\r\n\r\n\
                 Final-Recipient: rfc822; {CUSTOMER}\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n\
                 --b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <{id}>\r\nSubject: Answer\r\n\r\nHello\r\n--b--\r\n"
            )
            .into_bytes()
        };
        assert_eq!(app.takes_mail(report(&id)).await, "bounce");
        assert_eq!(text(&app, "SELECT state FROM mails").await, "bounced");
        let (kind, _, _, extra) = last(&app).await;
        assert_eq!(kind, "note");
        assert_eq!(extra["event"]["name"], "mail_bounced");
        assert_eq!(extra["event"]["params"]["comment"], "550 5.1.1 no such user");
        // A report about what we never sent marks nothing: it is a program's words in that conversation.
        assert_eq!(app.takes_mail(report(&format!("{}@{DOMAIN}", "a".repeat(42)))).await, "note");
        assert_eq!(number(&app, "SELECT COUNT(*) FROM mail_addresses WHERE bounced_at IS NOT NULL").await, 1);
        app.stop().await;
    }

    async fn what_answers_a_mail_of_ours_finds_it_by_its_id(app: TestApp) {
        let (mut visitor, _) = with_thread(&app).await;
        let id = sends(&app, &visitor.conversation()).await;
        let answers = |id: &str, own: &str| {
            let (id, own) = (format!("<x@y.example> <{id}>"), format!("<{own}@mail.example>"));
            mail::mail(&[("From", CUSTOMER), ("To", SHOP), ("References", &id), ("Message-ID", &own)], "By its id.")
        };
        assert_eq!(app.takes_mail(answers(&id, "1")).await, "words");
        visitor.sees_text("By its id.").await;
        let forged = format!("b{}", &id[1..]);
        assert_eq!(app.takes_mail(answers(&forged, "2")).await, "began", "an id that we did not make is none");
        app.stop().await;
    }

    async fn a_mail_that_cannot_be_read_is_set_aside(app: TestApp) {
        let (_visitor, address) = with_thread(&app).await;
        let two = mail::mail(&[("From", CUSTOMER), ("From", OWNER), ("To", &address)], "Hello");
        let both = mail::mail(&[("From", &format!("{CUSTOMER}, {OWNER}")), ("To", &address)], "Hello");
        let nobody = mail::mail(&[("To", &address)], "Hello");
        let many: Vec<(String, String)> = (0..600).map(|n| (format!("X-{n}"), "x".to_owned())).collect();
        let mut fields: Vec<(&str, &str)> = many.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        fields.push(("From", CUSTOMER));
        for (raw, why) in [(two, "two_senders"), (both, "two_senders"), (nobody, "no_sender"), (mail::mail(&fields, "x"), "too_many_headers")] {
            let (status, answer) = app.gets_mail(raw).await;
            assert_eq!((status, &answer["reason"]), (200, &json!(why)));
        }
        assert_eq!(number(&app, "SELECT COUNT(*) FROM set_aside_mails WHERE state = 'poison'").await, 4);
        assert_eq!(mails(&app).await, 0);
        assert_eq!(app.takes_mail(from(CUSTOMER, &address, "1", "The next one.")).await, "words");
        app.stop().await;
    }

    async fn what_a_mail_says_of_itself_stays_on_its_line(app: TestApp) {
        let (_visitor, address) = with_thread(&app).await;
        let name = "=?utf-8?q?A=0D=0ABcc=3A_x=40evil.example?= <customer@mail.example>";
        let subject = "=?utf-8?b?SGVsbG8NCkJjYzogeEBldmlsLmV4YW1wbGU=?=";
        let raw = mail::mail(&[("From", name), ("To", &address), ("Subject", subject)], "Hello");
        assert_eq!(app.takes_mail(raw).await, "words");
        let (.., extra) = last(&app).await;
        assert_eq!(extra["mail"]["subject"], "Hello Bcc: x@evil.example");
        assert_eq!(extra["mail"]["from"], CUSTOMER);
        app.stop().await;
    }

    async fn what_the_mail_server_found_is_shown_and_opens_a_proved_visitor(app: TestApp) {
        let (mut visitor, _) = with_thread(&app).await;
        prove(&app.app, CUSTOMER).await;
        let checked = |field: &str, id: &str| {
            mail::mail(&[("Authentication-Results", field), ("From", CUSTOMER), ("To", SHOP), ("Message-ID", id)], "It is me.")
        };
        let forged = checked("other.example; dmarc=pass header.from=mail.example", "<1@mail.example>");
        assert_eq!(app.takes_mail(forged).await, "began", "who says so is not our mail server");
        let good = checked("mx.shop.example; spf=pass; dmarc=pass header.from=mail.example", "<2@mail.example>");
        assert_eq!(app.takes_mail(good).await, "words");
        visitor.sees_text("It is me.").await;
        assert_eq!(last(&app).await.3["mail"]["checks"], json!(["spf=pass", "dmarc=pass"]));
        app.stop().await;
    }

    async fn only_who_knows_the_secret_posts_mail(app: TestApp) {
        let raw = from(CUSTOMER, SHOP, "1", "Hello");
        let posted = app.http.post(app.url("/v1/inbound/mail")).body(raw.clone()).send().await.expect("an answer");
        assert_eq!(posted.status().as_u16(), 401);
        let headers = [("webhook-id", "1"), ("webhook-timestamp", "1795514400"), ("webhook-signature", "v1,AAAA")];
        let mut request = app.http.post(app.url("/v1/inbound/mail")).body(raw);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        assert_eq!(request.send().await.expect("an answer").status().as_u16(), 401);
        let big = from(CUSTOMER, SHOP, "2", &"a line of a big mail\n".repeat(300_000));
        assert_eq!(app.takes_mail(big).await, "began");
        let too_big = from(CUSTOMER, SHOP, "3", &"a line of a big mail\n".repeat(600_000));
        assert_eq!(app.gets_mail(too_big).await.0, 413);
        assert_eq!(mails(&app).await, 1);
        app.stop().await;
    }
}

async fn last_text(app: &TestApp) -> (String, String, String, Value) {
    let sql = "SELECT kind, author_kind, text, COALESCE(CAST(extra AS TEXT), '{}') FROM messages WHERE kind = 'text' \
               ORDER BY rev DESC LIMIT 1";
    let mut conn = app.app.db.read().await.expect("a connection");
    let (kind, author, text, extra): (String, String, String, String) =
        on!(conn.conn(), |c| sqlx::query_as(sql).fetch_one(c).await).expect("runs");
    (kind, author, text, serde_json::from_str(&extra).expect("JSON"))
}

/// A mail of ours to the customer; gives its `Message-ID`.
async fn sends(app: &TestApp, conversation: &str) -> String {
    let (ws, random) = (app.desk.workspace_id, app.app.random.clone());
    let conversation = conversation.parse().expect("an id");
    app.app
        .writer
        .run("test", move |tx| {
            Box::pin(async move {
                let new = NewMail {
                    workspace_id: ws,
                    kind: Kind::Unread,
                    site_id: None,
                    conversation_id: Some(conversation),
                    agent_id: None,
                    address: EmailAddress::parse(CUSTOMER).expect("an address"),
                    payload: json!({}),
                    due: tx.moment.now,
                };
                let id = outbox::enqueue(tx, &random, DOMAIN, new).await?;
                let key = thread_store::ensure_key(tx, ws, &random).await?;
                Ok::<_, deskbell::db::Error>(key.message_id(ws, id, DOMAIN))
            })
        })
        .await
        .expect("a mail")
}

/// The only visitor has proved that they read mail at this address.
async fn prove(app: &App, address: &'static str) {
    app.writer
        .run("test", move |tx| {
            Box::pin(async move {
                let sql = "UPDATE visitors SET email = $1, proved_email = $1";
                on!(tx.conn(), |c| sqlx::query(sql).bind(address).execute(c).await.map(drop))
                    .map_err(deskbell::db::Error::from)
            })
        })
        .await
        .expect("proved");
}
