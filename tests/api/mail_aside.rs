//! Mails that are set aside: who sees them, what can be done with them, and which are not set aside any more.

use deskbell::mail::inbound::taking::{ASIDE_FOR, MOST_ASIDE_BYTES};
use deskbell::mail::token::TOKEN_CHARS;
use deskbell::on;
use reqwest::header::{CONTENT_DISPOSITION, LOCATION, RETRY_AFTER};

use crate::support::agent::{Admin, Agent};
use crate::support::mail::{self, CUSTOMER, DOMAIN, Lmtp, SHOP, from, reply_address};
use crate::support::process::free_port;
use crate::support::tenants::another_workspace;
use crate::support::{Database, TestApp};

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

async fn aside(app: &TestApp) -> i64 {
    number(app, "SELECT COUNT(*) FROM set_aside_mails").await
}

/// The id of the newest that is set aside.
async fn newest(app: &TestApp) -> String {
    let mut conn = app.app.db.read().await.expect("a connection");
    let sql = "SELECT id FROM set_aside_mails ORDER BY id DESC LIMIT 1";
    let id: deskbell::ids::ReceivedMailId =
        on!(conn.conn(), |c| sqlx::query_scalar(sql).fetch_one(c).await).expect("a mail");
    id.to_string()
}

/// A list's mail, which is set aside.
fn from_a_list(id: &str, text: &str) -> Vec<u8> {
    let id = format!("<{id}@mail.example>");
    let fields = [("From", CUSTOMER), ("To", SHOP), ("Message-ID", &id), ("Subject", "News"), ("Precedence", "bulk")];
    mail::mail(&fields, text)
}

/// A mail that a form of the website sends.
fn by_form(extra: &[(&str, &str)]) -> Vec<u8> {
    let mut fields = vec![("From", "The shop <help@shop.example>"), ("To", SHOP), ("Subject", "Contact form")];
    fields.extend(extra);
    mail::mail(&fields, "When do you open?")
}

on_each_database! {
    with mail::takes_mail;
    async fn a_mail_is_taken_in_once_and_keeps_its_id(app: TestApp) {
        prepared(&app).await;
        let owner = app.owner().await;
        let console = Admin::new(&app, &owner).await;
        assert_eq!(app.takes_mail(from_a_list("1", "Is the <b>blue</b> one there?")).await, "aside");
        let list = console.gets("/console/settings/mails").await.text().await.expect("HTML");
        assert!(list.contains("News") && list.contains(CUSTOMER), "{list}");
        let id = newest(&app).await;
        let path = format!("/console/settings/mails/{id}");
        let page = console.gets(&path).await.text().await.expect("HTML");
        assert!(page.contains("Is the &#60;b&#62;blue&#60;/b&#62; one there?"), "shown as text: {page}");
        let raw = console.gets(&format!("{path}/raw")).await;
        assert!(raw.headers()[CONTENT_DISPOSITION].to_str().expect("text").starts_with("attachment"));

        let taken = console.posts(&path, &[("do", "take")]).await;
        let there = taken.headers()[LOCATION].to_str().expect("text").to_owned();
        assert!(there.starts_with("/console/conversations/"), "{there}");
        assert_eq!(console.last_act().await.0, "mail.taken_in");
        assert_eq!(aside(&app).await, 0);
        // Asked again, it leads to the same conversation, and nothing is there twice.
        let again = console.posts(&path, &[("do", "take")]).await;
        assert_eq!(again.headers()[LOCATION].to_str().expect("text"), there);
        assert_eq!(number(&app, "SELECT COUNT(*) FROM messages WHERE author_kind = 'visitor'").await, 1);
        assert_eq!(number(&app, "SELECT COUNT(*) FROM mails").await, 0, "nothing is sent by that");
        // The same mail by another way is known.
        assert_eq!(app.takes_mail(from_a_list("1", "Is the <b>blue</b> one there?")).await, "repeat");
        let opened = console.gets(&format!("/console/mails/{id}")).await;
        assert_eq!(opened.status().as_u16(), 200, "it keeps its id");
        app.stop().await;
    }

    async fn two_who_take_it_in_at_once_have_one_conversation(app: TestApp) {
        prepared(&app).await;
        let owner = app.owner().await;
        let console = Admin::new(&app, &owner).await;
        app.takes_mail(from_a_list("1", "Hello")).await;
        let path = format!("/console/settings/mails/{}", newest(&app).await);
        let fields = [("do", "take")];
        let both = futures_util::future::join(console.posts(&path, &fields), console.posts(&path, &fields)).await;
        let there = |response: &reqwest::Response| response.headers()[LOCATION].to_str().expect("text").to_owned();
        assert_eq!(there(&both.0), there(&both.1));
        assert_eq!(number(&app, "SELECT COUNT(*) FROM conversations").await, 1);
        assert_eq!(number(&app, "SELECT COUNT(*) FROM audit_log WHERE action = 'mail.taken_in'").await, 1);
        app.stop().await;
    }

    async fn what_is_not_wanted_is_deleted_and_what_is_old_goes(app: TestApp) {
        prepared(&app).await;
        let owner = app.owner().await;
        let console = Admin::new(&app, &owner).await;
        app.takes_mail(from_a_list("1", "Hello")).await;
        let path = format!("/console/settings/mails/{}", newest(&app).await);
        for _ in 0..2 {
            let removed = console.posts(&path, &[("do", "remove")]).await;
            assert_eq!(removed.headers()[LOCATION], "/console/settings/mails?removed=1");
        }
        assert_eq!(number(&app, "SELECT COUNT(*) FROM audit_log WHERE action = 'mail.removed'").await, 1);
        assert_eq!(console.posts(&path, &[("do", "take")]).await.status().as_u16(), 404);
        app.takes_mail(from_a_list("2", "Hello")).await;
        let before = app.app.clock.now().minus(ASIDE_FOR).millis() - 1;
        let age = app.app.writer.run("test", move |tx| {
            Box::pin(async move {
                let sql = "UPDATE set_aside_mails SET received_at = $1";
                on!(tx.conn(), |c| sqlx::query(sql).bind(before).execute(c).await.map(drop))
                    .map_err(deskbell::db::Error::from)
            })
        });
        age.await.expect("it is old");
        assert_eq!(app.takes_mail(from_a_list("3", "Hello")).await, "aside");
        assert_eq!(aside(&app).await, 1, "only the new one is kept");
        app.stop().await;
    }

    async fn what_nobody_could_be_answered_to_stays_with_the_reason(app: TestApp) {
        prepared(&app).await;
        let owner = app.owner().await;
        let console = Admin::new(&app, &owner).await;
        let unread = mail::mail(&[("To", SHOP), ("Subject", "No sender")], "Hello");
        for (raw, said) in [(unread, "cannot be read"), (from(SHOP, SHOP, "9", "Hello"), "answer yourself")] {
            assert_eq!(app.takes_mail(raw).await, "aside");
            let path = format!("/console/settings/mails/{}", newest(&app).await);
            let refused = console.posts(&path, &[("do", "take")]).await;
            assert_eq!(refused.status().as_u16(), 422);
            let page = refused.text().await.expect("HTML");
            assert!(page.contains(said), "{page}");
        }
        assert_eq!(aside(&app).await, 2);
        assert_eq!(number(&app, "SELECT COUNT(*) FROM conversations").await, 0);
        app.stop().await;
    }

    async fn a_form_of_the_website_writes_for_whom_it_says_to_answer(app: TestApp) {
        prepared(&app).await;
        let raw = by_form(&[("Reply-To", "Ada <ada@mail.example>"), ("Message-ID", "<1@shop.example>")]);
        assert_eq!(app.takes_mail(raw).await, "began");
        assert_eq!(text(&app, "SELECT mail_address FROM visitors").await, "ada@mail.example");
        assert_eq!(text(&app, "SELECT name FROM visitors").await, "Ada");
        let extra = text(&app, "SELECT CAST(extra AS TEXT) FROM messages WHERE author_kind = 'visitor'").await;
        let extra: serde_json::Value = serde_json::from_str(&extra).expect("JSON");
        assert_eq!(extra["mail"]["by_form"], true);
        assert_eq!(extra["mail"]["from"], "ada@mail.example");
        assert!(extra["mail"].get("checks").is_none(), "what is said of the website's mail is not said of hers");
        assert_eq!(number(&app, "SELECT COUNT(*) FROM mails").await, 0, "nothing answers by itself");
        // Marks of ours and of programs, and who would be answered by himself, are set aside as before.
        let own = format!("<{}@{DOMAIN}>", "a".repeat(TOKEN_CHARS));
        let reply = ("Reply-To", "ada@mail.example");
        let two = ("Reply-To", "ada@mail.example, bo@mail.example");
        for extra in [
            vec![reply, ("Message-ID", &own)],
            vec![reply, ("Auto-Submitted", "auto-generated"), ("Message-ID", "<6@shop.example>")],
            vec![reply, ("X-Deskbell-Loop", "1"), ("Message-ID", "<7@shop.example>")],
            vec![("Reply-To", SHOP), ("Message-ID", "<2@shop.example>")],
            vec![two, ("Message-ID", "<3@shop.example>")],
            vec![("Message-ID", "<4@shop.example>")],
        ] {
            assert_eq!(app.takes_mail(by_form(&extra)).await, "aside", "{extra:?}");
        }
        let fields = [("From", "reply@chat.shop.example"), ("To", SHOP), reply, ("Message-ID", "<5@shop.example>")];
        assert_eq!(app.takes_mail(mail::mail(&fields, "Hello")).await, "aside", "no form writes from there");
        assert_eq!(number(&app, "SELECT COUNT(*) FROM conversations").await, 1);
        app.stop().await;
    }
}

/// Mails come here, and the site has its address.
async fn prepared(app: &TestApp) {
    mail::has_address(&app.app, &app.desk.site_key, SHOP).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_those_who_administer_this_workspace_see_them() {
    let app = mail::start(Database::sqlite()).await;
    app.takes_mail(from_a_list("1", "Hello")).await;
    let id = newest(&app).await;
    another_workspace(&app.app).await;
    let stranger = Agent::sign_in(&app, "olga@other.example").await;
    let console = Admin::new(&app, &stranger).await;
    for path in ["", "/raw"] {
        assert_eq!(console.gets(&format!("/console/settings/mails/{id}{path}")).await.status().as_u16(), 404);
    }
    for act in ["take", "remove"] {
        console.posts(&format!("/console/settings/mails/{id}"), &[("do", act)]).await;
        assert_eq!(aside(&app).await, 1, "{act}");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_large_mail_the_beginning_is_kept_and_it_is_known_when_it_comes_again() {
    let app = mail::start(Database::sqlite()).await;
    let owner = app.owner().await;
    let console = Admin::new(&app, &owner).await;
    let large = from_a_list("1", &format!("The beginning\n{}", "x".repeat(2 * MOST_ASIDE_BYTES)));
    app.takes_mail(large.clone()).await;
    let path = format!("/console/settings/mails/{}", newest(&app).await);
    assert!(console.gets(&path).await.text().await.expect("HTML").contains("256 KiB"));
    assert_eq!(console.posts(&path, &[("do", "take")]).await.status().as_u16(), 303);
    assert_eq!(app.takes_mail(large).await, "repeat");
    app.stop().await;
}

async fn by_lmtp() -> (TestApp, std::net::SocketAddr) {
    let at = std::net::SocketAddr::from(([127, 0, 0, 1], free_port()));
    let app = TestApp::start_with(Database::sqlite(), |config| {
        mail::takes_mail(config);
        config.mail.lmtp_listen = Some(at);
        config.limits.mail_guesses_per_hour_per_sender = 3;
        config.limits.mail_guesses_per_hour = 5;
    })
    .await;
    prepared(&app).await;
    (app, at)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_for_nobody_goes_to_the_one_website_that_has_mail() {
    let (app, at) = by_lmtp().await;
    let mut lmtp = Lmtp::connect(at).await;
    for (n, to) in [format!("anybody@{DOMAIN}"), "sales@shop.example".to_owned()].iter().enumerate() {
        let answer = lmtp.delivers(to, &from(CUSTOMER, to, &n.to_string(), "Hello")).await;
        assert!(answer.starts_with("250 2.0.0 Taken"), "{to}: {answer}");
    }
    assert_eq!(number(&app, "SELECT COUNT(*) FROM conversations").await, 1);
    assert!(lmtp.delivers("a@other.example", b"").await.starts_with("550"), "of another domain");
    // With two websites that have mail, nobody knows which one it is for.
    let owner = app.owner().await;
    let console = Admin::new(&app, &owner).await;
    let queue = app.desk.queue_id.to_string();
    let new = [("name", "Another shop"), ("origin", "https://two.example"), ("queue", queue.as_str())];
    assert_eq!(console.posts("/console/settings/sites", &new).await.status().as_u16(), 303);
    let key = text(&app, "SELECT key FROM sites WHERE name = 'Another shop'").await;
    mail::has_address(&app.app, &key, "help@two.example").await;
    let to = format!("somebody@{DOMAIN}");
    assert!(lmtp.delivers(&to, &from(CUSTOMER, &to, "9", "Hello")).await.starts_with("550"));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_guesses_reply_addresses_is_told_to_come_back_and_nobody_else_is() {
    let (app, at) = by_lmtp().await;
    let mut visitor = app.visitor().await;
    visitor.says("Where is order 1042?").await;
    let good = reply_address(&app, &visitor.conversation(), CUSTOMER).await;
    let mut lmtp = Lmtp::connect(at).await;
    let guess = |n: usize| {
        format!("reply+{}@{DOMAIN}", "abcdefgh".chars().nth(n).expect("a letter").to_string().repeat(TOKEN_CHARS))
    };
    let mut said = Vec::new();
    for n in 0..5 {
        let to = guess(n);
        said.push(lmtp.delivers(&to, &from("attacker@evil.example", &to, &n.to_string(), "Hello")).await);
    }
    let codes: Vec<&str> = said.iter().map(|answer| &answer[..3]).collect();
    assert_eq!(codes, ["550", "550", "550", "450", "450"], "{said:?}");
    // Another sender is stopped by what all may try together.
    for (n, expected) in [(5, "450"), (6, "450")] {
        let to = guess(n);
        let answer = lmtp.delivers(&to, &from(&format!("a{n}@evil.example"), &to, &n.to_string(), "Hello")).await;
        assert!(answer.starts_with(expected), "{answer}");
    }
    // Whoever has a reply address uses it as before, also from the same mail server.
    assert!(lmtp.delivers(&good, &from(CUSTOMER, &good, "20", "The blue one.")).await.starts_with("250 2.0.0 Taken"));
    assert_eq!(number(&app, "SELECT COUNT(*) FROM conversations").await, 1);
    assert_eq!(aside(&app).await, 0);
    let metrics = app.http.get(app.url("/metrics")).send().await.expect("an answer").text().await.expect("text");
    assert!(metrics.contains("deskbell_mail_guesses_total{way=\"lmtp\"}"), "{metrics}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_large_mails_by_http_only_so_many_are_in_memory() {
    let app = mail::start(Database::sqlite()).await;
    let held = app.app.mail_bodies.clone();
    let all = held.acquire_many(u32::try_from(deskbell::mail::inbound::posted::MOST_BODIES).expect("few")).await;
    let raw = from(CUSTOMER, SHOP, "1", "Hello");
    let secret = deskbell::outgoing::signing::SigningSecret::of_text(mail::SECRET);
    let headers =
        || deskbell::outgoing::signing::headers(std::slice::from_ref(&secret), "mail-1", app.app.clock.now(), &raw);
    let post = || app.http.post(app.url("/v1/inbound/mail")).headers(headers()).body(raw.clone()).send();
    let refused = post().await.expect("an answer");
    assert_eq!(refused.status().as_u16(), 503);
    assert_eq!(refused.headers()[RETRY_AFTER], "5");
    assert_eq!(number(&app, "SELECT COUNT(*) FROM received_mails").await, 0);
    drop(all);
    for _ in 0..3 * deskbell::mail::inbound::posted::MOST_BODIES {
        assert_eq!(post().await.expect("an answer").status().as_u16(), 200, "each gives its place back");
    }
    app.stop().await;
}
