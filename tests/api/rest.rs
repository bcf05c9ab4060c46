//! REST as stories: a desk that is filled by software alone, in one way with what people do; repeats; and
//! pages.

use std::collections::BTreeSet;

use deskbell::api::idempotency;
use deskbell::api::operations::{Good, OPERATIONS};
use deskbell::on;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::dump::dump;
use crate::support::frames::draw_id;
use crate::support::plainly;
use crate::support::software::{Got, Software, filled, text};
use crate::support::until::until;

/// A command of this agent.
fn by(agent: &str, more: Value) -> Value {
    let mut body = json!({"agent_id": agent});
    body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    body
}

on_each_database! {
    async fn a_desk_is_filled_by_software_alone(app: TestApp) {
        let software = Software::new(&app).await;
        let queue = software.posts("/api/v1/queues", json!({"name": "Returns"})).await.good();
        let queue_path = format!("/api/v1/queues/{}", text(&queue, "id"));
        let rules = json!({"policy": "manual", "reply_s": 120, "sticky": true});
        let queue = software.patches(&queue_path, rules).await.good();
        assert_eq!((&queue["policy"], &queue["reply_s"], &queue["first_answer_s"]), (&json!("manual"), &json!(120), &json!(0)));

        let new = json!({"name": "Outlet", "origin": "https://Outlet.example/", "queue_id": queue["id"]});
        let site = software.posts("/api/v1/sites", new).await.good();
        assert_eq!(site["origins"], json!(["https://outlet.example"]));
        let look = json!({"colour": "#2F6FED", "greeting": "Hi!", "on_closed": "new", "locale": "de"});
        let path = format!("/api/v1/sites/{}", text(&site, "id"));
        let site = software.patches(&path, look).await.good();
        assert_eq!((&site["colour"], &site["greeting"], &site["locale"]), (&json!("#2f6fed"), &json!("Hi!"), &json!("de")));
        assert_eq!(software.gets(&path).await.good(), site);

        let new = json!({"email": "Quinn@shop.example", "name": "Quinn", "queue_ids": [queue["id"]]});
        let invited = software.posts("/api/v1/agents", new).await.good();
        assert!(text(&invited, "link").contains("/invite/"), "{invited}");
        let quinn = &invited["agent"];
        assert_eq!((&quinn["email"], &quinn["invited"], &quinn["role"]), (&json!("quinn@shop.example"), &json!(true), &json!("agent")));
        assert_eq!(software.gets(&queue_path).await.good()["agent_ids"], json!([quinn["id"]]));

        let person = json!({"site_id": site["id"], "external_id": "4711", "name": "Ada", "attributes": {"plan": "pro"}});
        let ada = software.posts("/api/v1/visitors", person.clone()).await.good();
        assert_eq!(software.posts("/api/v1/visitors", person).await.problem(), "taken");
        let found = software.gets("/api/v1/visitors?external_id=4711").await.good();
        assert_eq!(found["items"], json!([ada]));
        let path = format!("/api/v1/visitors/{}", text(&ada, "id"));
        let ada = software.patches(&path, json!({"attributes": {"plan": null, "vip": true}})).await.good();
        assert_eq!((&ada["attributes"], &ada["name"]), (&json!({"vip": true}), &json!("Ada")));

        let begun = json!({"site_id": site["id"], "visitor_id": ada["id"], "text": "Mine is broken", "id": draw_id()});
        let started = software.posts("/api/v1/conversations", begun.clone()).await.good();
        assert_eq!(software.posts("/api/v1/conversations", begun.clone()).await.good(), started, "the same id again");
        let mut other = begun;
        other["text"] = json!("Mine is fine");
        assert_eq!(software.posts("/api/v1/conversations", other).await.problem(), "id-reused");
        assert_eq!((&started["conversation"]["state"], &started["conversation"]["queue_id"]), (&json!("queued"), &queue["id"]));
        assert_eq!(plainly::number(&app.app.db, "SELECT count(*) FROM messages").await, 1);
        let by_key = "SELECT count(*) FROM audit_log WHERE api_key_id IS NOT NULL AND agent_name = 'import'";
        assert_eq!(plainly::number(&app.app.db, by_key).await, 5, "each change of a setting is in the log");
        app.stop().await;
    }

    async fn what_software_does_with_a_chat_is_what_an_agent_does(app: TestApp) {
        let software = Software::new(&app).await;
        let _there = app.owner().await;
        let mut ada = app.visitor().await;
        ada.says("Where is order 1042?").await;
        let path = format!("/api/v1/conversations/{}", ada.conversation());
        let lena = app.desk.owner_id.to_string();
        let act = async |what: &str, more: Value| software.posts(&format!("{path}/{what}"), by(&lena, more)).await;
        let taken = act("take", json!({"epoch": 1})).await.good();
        assert_eq!((&taken["state"], &taken["owner_agent_id"], &taken["epoch"]), (&json!("assigned"), &json!(lena), &json!(2)));
        let late = act("close", json!({"epoch": 1})).await;
        assert_eq!((late.status, late.problem(), &late.body["epoch"]), (409, "owner-changed", &json!(2)));

        let answer = act("messages", json!({"text": "On its way."})).await;
        assert_eq!(answer.status, 201);
        ada.sees_text("On its way.").await;
        let note = act("messages", json!({"text": "She is kind", "kind": "note"})).await.good();
        assert_eq!(note["kind"], "note");
        let edit = json!({"agent_id": lena, "text": "On its way!", "if_rev": answer.body["rev"]});
        let message = format!("{path}/messages/{}", text(&answer.body, "id"));
        assert_eq!(software.patches(&message, edit.clone()).await.good()["text"], "On its way!");
        assert_eq!(software.patches(&message, json!({"agent_id": lena, "text": "x", "if_rev": 1})).await.problem(), "message-changed");
        ada.sees_text("On its way!").await;
        let back = Got::of(software.asks(Method::DELETE, &format!("{message}?agent_id={lena}"))).await.good();
        assert!(back["text"] == "" && back["deleted_at"].is_string(), "{back}");
        app.stop().await;
    }

    async fn software_tags_passes_on_puts_off_and_closes_as_an_agent_does(app: TestApp) {
        let software = Software::new(&app).await;
        let _there = app.owner().await;
        let mut ada = app.visitor().await;
        ada.says("Where is order 1042?").await;
        let path = format!("/api/v1/conversations/{}", ada.conversation());
        let lena = app.desk.owner_id.to_string();
        let act = async |what: &str, more: Value| software.posts(&format!("{path}/{what}"), by(&lena, more)).await;
        act("take", json!({"epoch": 1})).await.good();
        let tagged = act("tags", json!({"add": ["late", "vip"]})).await.good();
        assert_eq!(tagged["tags"], json!(["late", "vip"]));
        assert_eq!(act("tags", json!({"add": ["lost"], "remove": ["late"]})).await.good()["tags"], json!(["lost", "vip"]));
        assert_eq!(act("priority", json!({"priority": "high"})).await.good()["priority"], "high");
        let until = "2026-12-24T08:00:00.000Z";
        let snoozed = act("snooze", json!({"epoch": 2, "until": until})).await.good();
        assert_eq!((&snoozed["state"], &snoozed["snoozed_until"]), (&json!("snoozed"), &json!(until)));
        let visitor = text(&snoozed, "visitor_id");
        let says = json!({"visitor_id": visitor, "text": "And my refund?"});
        assert_eq!(software.posts(&format!("{path}/messages"), says.clone()).await.good()["author"]["kind"], "visitor");
        ada.sees_text("And my refund?").await;
        let now = software.gets(&path).await.good();
        assert_ne!(now["state"], "snoozed", "the visitor's words wake it");
        let moved = act("transfer", json!({"epoch": now["epoch"], "to_queue_id": app.desk.queue_id, "note": "Refund"})).await;
        let moved = moved.good();
        assert_eq!(moved["state"], "queued");
        let closed = act("close", json!({"epoch": moved["epoch"]})).await.good();
        assert!(closed["state"] == "closed" && closed["closed_at"].is_string(), "{closed}");
        assert_eq!(software.posts(&format!("{path}/messages"), says).await.problem(), "conversation-state");
        assert_eq!(act("reopen", json!({"epoch": closed["epoch"]})).await.good()["state"], "queued");

        let log = software.gets(&format!("{path}/messages")).await.good();
        let notes = log["items"].as_array().expect("items").iter().filter(|item| item["kind"] == "note").count();
        assert!(notes >= 2, "notes are there and are marked: {log}");
        for (filter, found) in [("state=queued", 1), ("state=closed", 0), ("queue_id=", 1), ("visitor_id=", 1), ("agent_id=", 0)] {
            let value = match filter {
                "queue_id=" => app.desk.queue_id.to_string(),
                "visitor_id=" => visitor.clone(),
                "agent_id=" => lena.clone(),
                _ => String::new(),
            };
            let list = software.gets(&format!("/api/v1/conversations?{filter}{value}")).await.good();
            assert_eq!(list["items"].as_array().map(Vec::len), Some(found), "{filter}");
        }
        app.stop().await;
    }

    async fn a_request_that_is_sent_again_is_done_once(app: TestApp) {
        let software = Software::new(&app).await;
        let path = "/api/v1/queues";
        let first = software.posts_once("k-1", path, json!({"name": "Returns"})).await;
        assert_eq!((first.status, first.header("idempotency-replayed")), (201, ""));
        let again = software.posts_once("k-1", path, json!({"name": "Returns"})).await;
        assert_eq!((again.status, again.header("idempotency-replayed"), &again.body), (201, "true", &first.body));
        let other = software.posts_once("k-1", path, json!({"name": "Refunds"})).await;
        assert_eq!((other.status, other.problem()), (422, "idempotency-key-reused"));
        let elsewhere = software.posts_once("k-1", "/api/v1/sites", json!({"name": "Returns"})).await;
        assert_eq!(elsewhere.status, 400, "what makes no sense is said first: {elsewhere:?}");

        // What was refused did nothing, and may be tried again once it fits.
        let taken = software.posts_once("k-2", path, json!({"name": "Support"})).await;
        assert_eq!((taken.status, taken.problem()), (409, "taken"));
        let now = software.posts_once("k-2", path, json!({"name": "Other"})).await;
        assert_eq!((now.status, now.header("idempotency-replayed")), (201, ""));

        // Another key's repeats are its own.
        let second = Software::new(&app).await;
        assert_eq!(second.posts_once("k-1", path, json!({"name": "Mine"})).await.status, 201);

        // A link is shown once, and is not kept.
        let new = json!({"email": "quinn@shop.example", "name": "Quinn"});
        let invited = software.posts_once("k-3", "/api/v1/agents", new.clone()).await;
        let repeated = software.posts_once("k-3", "/api/v1/agents", new).await;
        let token = text(&invited.body, "link").rsplit('/').next().expect("a token").to_owned();
        assert_eq!((&repeated.body["agent"], &repeated.body["link"]), (&invited.body["agent"], &Value::Null));
        assert!(!dump(&app.app.db).await.iter().any(|row| row.contains(&token)), "the token is nowhere");
        for bad in ["", "two words", &"x".repeat(256)] {
            assert_eq!(software.posts_once(bad, path, json!({"name": "Never"})).await.status, 400, "{bad:?}");
        }
        app.stop().await;
    }

    async fn of_many_at_once_with_one_key_one_is_done_and_all_are_answered(app: TestApp) {
        let software = Software::new(&app).await;
        let begun = json!({"site_id": app.desk.site_id, "visitor": {"name": "Ada"}, "text": "Hello"});
        let all = (0..8).map(|_| software.posts_once("one", "/api/v1/conversations", begun.clone()));
        let all: Vec<Got> = futures_util::future::join_all(all).await;
        assert!(all.iter().all(|got| got.status == 201 && got.body == all[0].body), "{all:?}");
        let replayed = all.iter().filter(|got| got.header("idempotency-replayed") == "true").count();
        assert_eq!(replayed, 7);
        assert_eq!(plainly::number(&app.app.db, "SELECT count(*) FROM conversations").await, 1);
        assert_eq!(plainly::number(&app.app.db, "SELECT count(*) FROM visitors").await, 1);

        // After a day it is forgotten.
        idempotency::tidy(&app.app).await.expect("tidied");
        assert_eq!(plainly::number(&app.app.db, "SELECT count(*) FROM idempotency_keys").await, 1);
        let older = app.app.writer.run("test", |tx| {
            Box::pin(async move {
                let sql = "UPDATE idempotency_keys SET created_at = created_at - 86400001";
                on!(tx.conn(), |c| sqlx::query(sql).execute(c).await.map(drop)).map_err(deskbell::db::Error::from)
            })
        });
        older.await.expect("older");
        idempotency::tidy(&app.app).await.expect("tidied");
        assert_eq!(plainly::number(&app.app.db, "SELECT count(*) FROM idempotency_keys").await, 0);
        app.stop().await;
    }

    async fn pages_neither_skip_nor_repeat_while_others_come(app: TestApp) {
        let software = Software::new(&app).await;
        let add = async |name: String| {
            let new = json!({"site_id": app.desk.site_id, "name": name});
            text(&software.posts("/api/v1/visitors", new).await.good(), "id")
        };
        let mut known = Vec::new();
        for n in 0..7 {
            known.push(add(format!("v{n}")).await);
        }
        let mut seen = Vec::new();
        let mut next = "/api/v1/visitors?limit=3".to_owned();
        for page in 0.. {
            let got = software.gets(&next).await;
            seen.extend(got.body["items"].as_array().expect("items").iter().map(|item| text(item, "id")));
            add(format!("late {page}")).await;
            let link = got.header("link").to_owned();
            if got.body["next_cursor"].is_null() {
                assert!(link.is_empty() && page == 2, "{got:?}");
                break;
            }
            next = link.strip_prefix('<').expect("a link").split('>').next().expect("its end").to_owned();
            assert!(link.ends_with("; rel=\"next\"") && next.contains("limit=3"), "{link}");
            assert!(next.ends_with(&text(&got.body, "next_cursor")), "{next}");
        }
        known.reverse();
        assert_eq!(seen, known, "the newest first, each once");
        app.stop().await;
    }

    async fn every_list_goes_on_where_its_page_ends(app: TestApp) {
        let software = Software::new(&app).await;
        // The log of events begins with the first question for it.
        assert_eq!(software.gets("/api/v1/events").await.good()["items"], json!([]));
        let filled = filled(&software).await;
        software.posts("/api/v1/queues", json!({"name": "Second"})).await.good();
        let new = json!({"name": "Second", "origin": "https://second.example", "queue_id": filled.queue});
        software.posts("/api/v1/sites", new).await.good();
        software.posts("/api/v1/webhooks", filled.body("NewWebhook")).await.good();
        software.posts("/api/v1/bots", filled.body("NewBot")).await.good();
        software.posts("/api/v1/agents", json!({"email": "q@shop.example", "name": "Q"})).await.good();
        let begun = json!({"site_id": filled.site, "text": "A stranger"});
        software.posts("/api/v1/conversations", begun).await.good();
        let behind = "SELECT count(*) FROM conversations c LEFT JOIN event_marks m ON m.conversation_id = c.id \
                      WHERE m.rev IS NULL OR m.rev < c.rev";
        until("it is written down", async || plainly::number(&app.app.db, behind).await == 0).await;
        for operation in OPERATIONS.iter().filter(|operation| matches!(operation.good, Good::Page(_))) {
            if operation.id == "listDeliveries" {
                // rest_hiring.rs looks at it: here nothing was given up.
                continue;
            }
            let path = filled.path(operation.path);
            let whole = software.gets(&path).await.good();
            let whole: Vec<String> = whole["items"].as_array().expect("items").iter().map(|item| text(item, "id")).collect();
            assert!(whole.len() >= 2, "{path}");
            let (mut seen, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = software.gets(&format!("{path}?limit=1{cursor}")).await.good();
                seen.extend(page["items"].as_array().expect("items").iter().map(|item| text(item, "id")));
                assert!(seen.len() <= whole.len(), "{path} goes round in a circle");
                match page["next_cursor"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => break,
                }
            }
            assert_eq!(seen, whole, "{path}");
            assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), seen.len(), "{path}");
        }
        app.stop().await;
    }
}
