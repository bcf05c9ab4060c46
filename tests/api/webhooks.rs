//! Other servers are told what happens, at least once, in order, and nobody waits for them.

use std::collections::BTreeSet;

use deskbell::api::keys::Scope;
use deskbell::events::Kind;
use deskbell::on;
use serde_json::json;

use crate::support::agent::{Admin, Agent};
use crate::support::frames::draw_token;
use crate::support::process::{self, Server};
use crate::support::receiver::{Receiver, Told};
use crate::support::replica::Replica;
use crate::support::software::Software;
use crate::support::until::until;
use crate::support::visitor::Visitor;
use crate::support::{Database, TestApp, plainly};

const LIST: &str = "/console/settings/webhooks";

/// What a page says between these.
fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let rest = text.split(before).nth(1).unwrap_or_else(|| panic!("{before} in {text}"));
    rest.split(after).next().unwrap_or_default()
}

/// A webhook on the page of settings: its path there, and its secret.
async fn added(admin: &Admin<'_>, url: &str, kinds: &[Kind]) -> (String, String) {
    let mut fields = vec![("url", url)];
    fields.extend(kinds.iter().map(|kind| ("kind", kind.word())));
    let page = admin.posts(LIST, &fields).await;
    assert_eq!(page.status(), 200);
    let html = page.text().await.expect("a page");
    let secret = between(&html, "id=\"secret-made\" value=\"", "\"").to_owned();
    (format!("{LIST}/{}", between(&html, "action=\"/console/settings/webhooks/", "\"")), secret)
}

async fn sql(app: &TestApp, text: &'static str) {
    let changed = app.app.writer.run("test", move |tx| {
        Box::pin(async move {
            on!(tx.conn(), |c| sqlx::raw_sql(text).execute(c).await.map(drop)).map_err(deskbell::db::Error::from)
        })
    });
    changed.await.expect("a change");
}

async fn count(app: &TestApp, of: &str) -> i64 {
    plainly::number(&app.app.db, &format!("SELECT count(*) FROM webhook_deliveries WHERE {of}")).await
}

fn texts(told: &[Told]) -> Vec<String> {
    told.iter().filter(|one| one.kind() == "message.created").map(Told::text).collect()
}

/// A chat from its first word to its end, with a note in it.
async fn a_chat(app: &TestApp, owner: &mut Agent) -> String {
    let mut visitor = app.visitor().await;
    visitor.says("Where is order 1042?").await;
    visitor.says("It was due on Monday.").await;
    let chat = visitor.conversation();
    owner.watches(&chat, 0).await;
    owner.takes(&chat, 1).await;
    owner.answers(&chat, "I look for it.", 9).await;
    owner.notes(&chat, "A regular.").await;
    owner.closes(&chat, 2).await;
    chat
}

on_each_database! {
    async fn what_happens_is_told_signed_and_in_order(app: TestApp) {
        let receiver = Receiver::start().await;
        let mut owner = app.owner().await;
        let (_, secret) = added(&Admin::new(&app, &owner).await, &receiver.url(), &Kind::ALL[..7]).await;
        let chat = a_chat(&app, &mut owner).await;
        until("the end is told", async || receiver.kinds().last().is_some_and(|kind| kind == "conversation.closed")).await;
        let told = receiver.told();
        assert_eq!(texts(&told), ["Where is order 1042?", "It was due on Monday.", "I look for it."]);
        let states: Vec<String> = receiver.kinds().into_iter().filter(|kind| kind.starts_with("conversation")).collect();
        assert_eq!(states, ["conversation.started", "conversation.queued", "conversation.assigned", "conversation.closed"]);
        assert_eq!(told[0].kind(), "conversation.started");
        for one in &told {
            assert!(one.is_signed_with(&[&secret]), "{one:?}");
            assert_eq!(one.header("webhook-id"), one.body()["id"]);
            assert_eq!(one.body()["data"]["conversation"]["id"], chat.as_str());
        }
        // The log has the same, and notes for those who may read everything.
        let software = Software::of(&app, &app.desk, Scope::Read).await;
        let first = software.gets("/api/v1/events?limit=2").await.good();
        let cursor = first["next_cursor"].as_str().expect("more");
        let rest = software.gets(&format!("/api/v1/events?cursor={cursor}")).await.good();
        let after = software.gets(&format!("/api/v1/events?after={}", first["items"][1]["number"])).await.good();
        assert_eq!(rest, after);
        let of = |page: &serde_json::Value| page["items"].as_array().expect("items").clone();
        let whole = [of(&first), of(&rest)].concat();
        let visible: Vec<_> = whole.iter().filter(|event| event["type"] != "note.created").collect();
        assert_eq!(whole.len(), visible.len() + 1);
        let ids: Vec<_> = visible.iter().map(|event| event["id"].clone()).collect();
        assert_eq!(ids, told.iter().map(|one| one.body()["id"].clone()).collect::<Vec<_>>());
        assert_eq!(software.gets("/api/v1/events?after=-1").await.problem(), "bad-frame");
        app.stop().await;
    }

    async fn what_fails_is_tried_again_and_then_kept(app: TestApp) {
        let receiver = Receiver::start().await;
        let owner = app.owner().await;
        let admin = Admin::new(&app, &owner).await;
        let (page, _) = added(&admin, &receiver.url(), &[Kind::MessageCreated]).await;
        receiver.answers_next("503 Busy\r\nretry-after: 7200");
        let mut visitor = app.visitor().await;
        visitor.says("one").await;
        visitor.says("two").await;
        until("it failed", async || count(&app, "attempts = 1 AND status = 503 AND state = 'pending'").await == 1).await;
        let waits = "SELECT count(*) FROM webhook_deliveries WHERE status = 503 AND next_at >= tried_at + 7000000";
        assert_eq!(plainly::number(&app.app.db, waits).await, 1, "as long as it asked for");
        assert_eq!(receiver.told().len(), 1, "the second waits for the first");
        // Off and on again hurries what waits; the same event has the same id.
        for (step, act) in [("disable", "webhook.disabled"), ("enable", "webhook.enabled")] {
            assert_eq!(admin.posts(&page, &[("do", step)]).await.status(), 303);
            assert_eq!(admin.last_act().await.0, act);
        }
        until("both came", async || receiver.told().len() == 3).await;
        let told = receiver.told();
        assert_eq!(texts(&told), ["one", "one", "two"]);
        assert_eq!(told[0].header("webhook-id"), told[1].header("webhook-id"));
        // The last attempt fails: it is kept, shown, and sent again by hand.
        until("both are done", async || count(&app, "state = 'sent'").await == 2).await;
        receiver.answers_next("500 Broken");
        receiver.answers_next("500 Broken");
        visitor.says("three").await;
        until("it failed", async || count(&app, "attempts = 1 AND state = 'pending' AND status = 500").await == 1).await;
        sql(&app, "UPDATE webhook_deliveries SET attempts = 10, next_at = 0 WHERE state = 'pending'").await;
        until("it is dead", async || count(&app, "state = 'dead'").await == 1).await;
        let html = admin.gets(&page).await.text().await.expect("a page");
        assert!(html.contains("it answered with 500") && html.contains("value=\"replay\""), "{html}");
        for (lang, words) in [("de", "die Antwort war 500"), ("ar", "كان الجواب 500")] {
            let page = app.http.get(app.url(&page)).header("Cookie", &owner.cookie).header("Accept-Language", lang);
            let html = page.send().await.expect("an answer").text().await.expect("a page");
            assert!(html.contains(words), "{lang}: {html}");
        }
        assert_eq!(admin.posts(&page, &[("do", "replay"), ("number", "")]).await.status(), 303);
        until("it came", async || count(&app, "state = 'sent'").await == 3).await;
        let (action, host, _) = admin.last_act().await;
        assert_eq!((action.as_str(), host.as_str()), ("webhook.replayed", "127.0.0.1"));
        assert_eq!(texts(&receiver.told()).last().map(String::as_str), Some("three"));
        app.stop().await;
    }

    async fn who_is_gone_is_left_alone_and_who_is_slow_delays_nobody(app: TestApp) {
        let (gone, slow, quick) = (Receiver::start().await, Receiver::start().await, Receiver::start().await);
        let owner = app.owner().await;
        let admin = Admin::new(&app, &owner).await;
        let (page, _) = added(&admin, &gone.url(), &[Kind::MessageCreated]).await;
        added(&admin, &slow.url(), &[Kind::MessageCreated]).await;
        added(&admin, &quick.url(), &[Kind::MessageCreated]).await;
        gone.answers_next("410 Gone");
        (0..20).for_each(|_| slow.answers_next("hang"));
        let mut first = app.visitor().await;
        for text in ["one", "two", "three"] {
            first.says(text).await;
        }
        until("the quick one has all", async || quick.told().len() == 3).await;
        assert_eq!(texts(&quick.told()), ["one", "two", "three"]);
        assert_eq!(slow.told().len(), 1, "one at a time of one conversation");
        let mut second = app.visitor().await;
        second.says("another chat").await;
        until("another chat does not wait", async || slow.told().len() == 2).await;
        until("it is off", async || {
            plainly::number(&app.app.db, "SELECT count(*) FROM webhooks WHERE disabled_why = 'gone'").await == 1
        }).await;
        assert_eq!(gone.told().len(), 1);
        let html = admin.gets(&page).await.text().await.expect("a page");
        assert!(html.contains("410") && html.contains("value=\"enable\""), "{html}");
        app.stop().await;
    }

    async fn a_webhook_is_added_changed_tested_and_removed(app: TestApp) {
        let receiver = Receiver::start().await;
        let owner = app.owner().await;
        let admin = Admin::new(&app, &owner).await;
        for (url, why) in [
            ("http://10.0.0.1/", "inside your server"),
            ("http://[::ffff:10.0.0.1]/", "inside your server"),
            ("https://u:p@shop.example/", "no address that can be asked"),
            ("ftp://shop.example/", "no address that can be asked"),
            ("", "no address that can be asked"),
        ] {
            let refused = admin.posts(LIST, &[("url", url), ("kind", "message.created")]).await;
            assert_eq!(refused.status(), 422, "{url}");
            assert!(refused.text().await.expect("a page").contains(why), "{url}");
        }
        assert_eq!(admin.posts(LIST, &[("url", &receiver.url())]).await.status(), 422, "told of nothing");
        let (page, secret) = added(&admin, &receiver.url(), &[Kind::Started]).await;
        assert_eq!(admin.last_act().await.2, json!({"events": [null, ["conversation.started"]]}));
        let again = admin.gets(&page).await.text().await.expect("a page");
        assert!(!again.contains("whsec_"), "the secret is shown once");
        let tested = admin.posts(&page, &[("do", "test")]).await.text().await.expect("a page");
        assert!(tested.contains("It took the test") && tested.contains("webhook-signature") && tested.contains("seen"));
        assert!(receiver.told()[0].is_signed_with(&[&secret]));
        receiver.answers_next("500 Broken");
        let tested = admin.posts(&page, &[("do", "test")]).await.text().await.expect("a page");
        assert!(tested.contains("It did not take the test"), "{tested}");
        // Two secrets sign until the old one is ended.
        let rotated = admin.posts(&page, &[("do", "rotate")]).await.text().await.expect("a page");
        let newer = between(&rotated, "id=\"secret-made\" value=\"", "\"").to_owned();
        admin.posts(&page, &[("do", "test")]).await;
        assert!(receiver.told()[2].is_signed_with(&[&secret, &newer]));
        admin.posts(&page, &[("do", "end_old")]).await;
        assert_eq!(admin.last_act().await.0, "webhook.secret_ended");
        admin.posts(&page, &[("do", "test")]).await;
        assert!(receiver.told()[3].is_signed_with(&[&newer]) && !receiver.told()[3].is_signed_with(&[&secret]));
        let other = format!("{}?token=hush", receiver.url());
        admin.posts(&page, &[("do", "save"), ("url", &other), ("kind", "conversation.closed")]).await;
        let (action, _, changes) = admin.last_act().await;
        assert_eq!(action, "webhook.changed");
        assert!(!changes.to_string().contains("hush"), "{changes}");
        assert_eq!(admin.posts(&page, &[("do", "remove")]).await.status(), 303);
        assert_eq!(admin.last_act().await.0, "webhook.removed");
        assert_eq!(admin.gets(&page).await.status(), 404);
        app.stop().await;
    }
}

async fn killed(database: Database) {
    let desk = process::bootstrap(&database).await;
    let receiver = Receiver::start().await;
    let mut server = Server::start(&database).await;
    let (cookie, origin) = process::sign_in(server.address).await;
    let http = plainly::http();
    let page = http.get(format!("{origin}{LIST}")).header("Cookie", &cookie).send().await.expect("an answer");
    let html = page.text().await.expect("a page");
    let csrf = between(&html, "name=\"csrf\" value=\"", "\"");
    let form = [("csrf", csrf), ("url", &receiver.url()), ("kind", "message.created")];
    let added = http.post(format!("{origin}{LIST}")).header("Cookie", &cookie).header("Origin", &origin).form(&form);
    assert_eq!(added.send().await.expect("an answer").status(), 200);
    let site_key = desk["site_key"].as_str().expect("a key").to_owned();
    let mut said = BTreeSet::new();
    let (token, mut shows) = (draw_token(), Replica::default());
    for round in 0..4 {
        let origin = crate::support::app::ORIGIN;
        let mut visitor = Visitor::connect_as(server.address, &site_key, origin, token.clone(), shows).await;
        for n in 0..10 {
            let text = format!("{round}-{n}");
            visitor.says(&text).await;
            said.insert(text);
        }
        server.restart(&database).await;
        shows = visitor.shows;
    }
    let heard = async || texts(&receiver.told()).into_iter().collect::<BTreeSet<_>>();
    until("all came", async || heard().await == said).await;
    let mut order: Vec<String> = Vec::new();
    for text in texts(&receiver.told()) {
        if order.last() != Some(&text) {
            order.push(text);
        }
    }
    assert_eq!(order, said.into_iter().collect::<Vec<_>>(), "in order; only a repeat stands twice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_in_the_middle_loses_nothing() {
    killed(Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_in_the_middle_loses_nothing_on_postgres() {
    match Database::postgres().await {
        Some(database) => killed(database).await,
        None => println!("NOT RUN on PostgreSQL: DESKBELL_TEST_POSTGRES is not set"),
    }
}
