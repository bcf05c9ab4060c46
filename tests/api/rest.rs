//! REST as stories: a desk that is filled by software alone, in one way with what people do; keys and
//! what they may not; repeats; pages; and input that makes no sense.

use std::collections::BTreeSet;

use deskbell::api::keys::Scope;
use deskbell::api::operations::{Good, OPERATIONS};
use deskbell::api::{idempotency, keys};
use deskbell::on;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::dump::dump;
use crate::support::frames::draw_id;
use crate::support::software::{Got, Software, text};
use crate::support::tenants::another_workspace;
use crate::support::{Database, TestApp, plainly};

/// Ids of everything that a path can name.
struct Filled {
    site: String,
    queue: String,
    agent: String,
    visitor: String,
    conversation: String,
    message: String,
}

impl Filled {
    fn path(&self, pattern: &str) -> String {
        pattern
            .replace("{site_id}", &self.site)
            .replace("{queue_id}", &self.queue)
            .replace("{agent_id}", &self.agent)
            .replace("{visitor_id}", &self.visitor)
            .replace("{conversation_id}", &self.conversation)
            .replace("{message_id}", &self.message)
    }

    /// A body that would be right, for each operation that takes one.
    fn body(&self, schema: &str) -> Value {
        let (agent, queue, site) = (&self.agent, &self.queue, &self.site);
        match schema {
            "NewSite" => json!({"name": "Second", "origin": "https://second.example", "queue_id": queue}),
            "SiteChanges" => json!({"greeting": "xyzzy"}),
            "NewQueue" => json!({"name": "xyzzy"}),
            "QueueChanges" => json!({"reply_s": 60}),
            "NewAgent" => json!({"email": "ada@shop.example", "name": "Ada", "queue_ids": [queue]}),
            "AgentChanges" => json!({"capacity": 3}),
            "NewVisitor" => json!({"site_id": site, "name": "xyzzy"}),
            "VisitorChanges" => json!({"name": "xyzzy"}),
            "NewConversation" => json!({"site_id": site, "visitor_id": self.visitor, "text": "xyzzy"}),
            "Command" => json!({"agent_id": agent, "epoch": 1}),
            "TransferCommand" => json!({"agent_id": agent, "epoch": 1, "to_queue_id": queue}),
            "SnoozeCommand" => json!({"agent_id": agent, "epoch": 1, "until": "2126-11-25T08:00:00Z"}),
            "TagsCommand" => json!({"agent_id": agent, "add": ["xyzzy"]}),
            "PriorityCommand" => json!({"agent_id": agent, "priority": "urgent"}),
            "NewMessage" => json!({"agent_id": agent, "text": "xyzzy"}),
            "MessageChanges" => json!({"agent_id": agent, "text": "xyzzy", "if_rev": 1}),
            other => panic!("say what a {other} is"),
        }
    }
}

/// A conversation of the first desk, begun and answered over REST.
async fn filled(software: &Software<'_>) -> Filled {
    let (site, queue) = (software.app.desk.site_id.to_string(), software.app.desk.queue_id.to_string());
    let agent = software.app.desk.owner_id.to_string();
    let begun = json!({"site_id": site, "visitor": {"name": "Ada"}, "text": "Where is order 1042?"});
    let started = software.posts("/api/v1/conversations", begun).await.good();
    let conversation = text(&started["conversation"], "id");
    let path = format!("/api/v1/conversations/{conversation}/messages");
    let answer = software.posts(&path, json!({"agent_id": agent, "text": "On its way."})).await.good();
    let (visitor, message) = (text(&started["conversation"], "visitor_id"), text(&answer, "id"));
    Filled { site, queue, agent, visitor, conversation, message }
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
        let mut ada = app.visitor().await;
        ada.says("Where is order 1042?").await;
        let path = format!("/api/v1/conversations/{}", ada.conversation());
        let lena = app.desk.owner_id.to_string();
        let act = async |what: &str, more: Value| {
            let mut body = json!({"agent_id": lena});
            body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
            software.posts(&format!("{path}/{what}"), body).await
        };
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

    async fn who_is_shut_out_by_software_is_out_and_owners_are_not_its_business(app: TestApp) {
        let software = Software::new(&app).await;
        let quinn = app.hire("quinn", deskbell::agents::Role::Agent).await;
        let agents = software.gets("/api/v1/agents").await.good();
        let quinns = agents["items"].as_array().expect("items").iter().find(|agent| agent["name"] == "quinn");
        let path = format!("/api/v1/agents/{}", text(quinns.expect("quinn"), "id"));
        assert_eq!(software.posts(&format!("{path}/disable"), json!({})).await.good()["disabled"], true);
        let page = app.http.get(app.url("/console/conversations")).header("Cookie", &quinn.cookie).send().await;
        assert_eq!(page.expect("an answer").status(), 303, "signed out");
        assert_eq!(software.posts(&format!("{path}/enable"), json!({})).await.good()["disabled"], false);
        let owner = format!("/api/v1/agents/{}", app.desk.owner_id);
        for (path, body) in [(format!("{owner}/disable"), json!({})), (format!("{owner}/link"), json!({}))] {
            assert_eq!(software.posts(&path, body).await.problem(), "not-allowed", "{path}");
        }
        assert_eq!(software.patches(&owner, json!({"role": "agent"})).await.problem(), "not-allowed");
        assert_eq!(software.patches(&path, json!({"role": "owner"})).await.problem(), "not-allowed");
        let act = json!({"agent_id": app.desk.owner_id, "epoch": 1});
        let nowhere = format!("/api/v1/conversations/{}/take", draw_id());
        assert_eq!(software.posts(&nowhere, act).await.problem(), "not-found");
        app.stop().await;
    }

    async fn a_key_never_sees_another_workspace(app: TestApp) {
        let other = another_workspace(&app.app).await;
        let software = Software::new(&app).await;
        let foreign = Software::of(&app, &other, Scope::Write).await;
        let filled = filled(&software).await;
        assert_eq!(foreign.gets("/api/v1/sites").await.good()["items"][0]["name"], "Other");
        let before = dump(&app.app.db).await;
        for operation in OPERATIONS {
            let path = filled.path(operation.path);
            let query = if operation.method == "DELETE" { format!("?agent_id={}", filled.agent) } else { String::new() };
            let method = Method::from_bytes(operation.method.as_bytes()).expect("a method");
            let mut request = foreign.asks(method, &format!("{path}{query}"));
            if let Some(body) = operation.body {
                // What would be made in the stranger's own workspace has to name something of the other's.
                if matches!(body, "NewQueue") {
                    continue;
                }
                request = request.json(&filled.body(body));
            }
            let got = Got::of(request).await;
            let told = got.body.to_string();
            for id in [&filled.site, &filled.queue, &filled.agent, &filled.visitor, &filled.conversation, &filled.message] {
                assert!(!told.contains(id.as_str()), "{} told {told}", operation.id);
            }
            match operation.good {
                Good::Page(_) if operation.id != "listMessages" => assert_eq!(got.status, 200, "{}", operation.id),
                _ => assert!(matches!(got.status, 404 | 422), "{}: {got:?}", operation.id),
            }
        }
        assert_eq!(dump(&app.app.db).await, before);
        app.stop().await;
    }

    async fn a_key_that_looks_changes_nothing_and_one_that_is_revoked_does_nothing(app: TestApp) {
        let software = Software::new(&app).await;
        let looks = Software::of(&app, &app.desk, Scope::Read).await;
        let filled = filled(&software).await;
        assert_eq!(looks.gets("/api/v1/queues").await.status, 200);
        let before = dump(&app.app.db).await;
        for operation in OPERATIONS {
            let method = Method::from_bytes(operation.method.as_bytes()).expect("a method");
            let mut request = looks.asks(method, &filled.path(operation.path));
            request = operation.body.into_iter().fold(request, |request, body| request.json(&filled.body(body)));
            let got = Got::of(request).await;
            let expected = if operation.looks() { 200 } else { 403 };
            assert_eq!(got.status, expected, "{}: {got:?}", operation.id);
        }
        assert_eq!(dump(&app.app.db).await, before);

        let by = deskbell::conversations::ActingAgent {
            workspace_id: app.desk.workspace_id,
            id: app.desk.owner_id,
            name: "Lena".to_owned(),
            role: deskbell::agents::Role::Owner,
        };
        let id = looks.id;
        app.app.writer.run("test", move |tx| Box::pin(async move { keys::revoke(tx, &by, id).await })).await.expect("revoked");
        let strange = Software { key: looks.key.replace("dbk_", "dbk-"), app: looks.app, id };
        let unknown = Software { key: format!("dbk_{}", "A".repeat(43)), app: looks.app, id };
        for software in [&looks, &strange, &unknown] {
            let got = software.gets("/api/v1/sites").await;
            assert_eq!((got.status, got.problem(), got.header("www-authenticate")), (401, "key-refused", "Bearer"));
        }
        let none = Got::of(app.http.get(app.url("/api/v1/sites"))).await;
        assert_eq!((none.status, none.problem()), (401, "key-refused"));
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
        let filled = filled(&software).await;
        software.posts("/api/v1/queues", json!({"name": "Second"})).await.good();
        let new = json!({"name": "Second", "origin": "https://second.example", "queue_id": filled.queue});
        software.posts("/api/v1/sites", new).await.good();
        software.posts("/api/v1/agents", json!({"email": "q@shop.example", "name": "Q"})).await.good();
        let begun = json!({"site_id": filled.site, "text": "A stranger"});
        software.posts("/api/v1/conversations", begun).await.good();
        for operation in OPERATIONS.iter().filter(|operation| matches!(operation.good, Good::Page(_))) {
            let path = filled.path(operation.path);
            let whole = software.gets(&path).await.good();
            let whole: Vec<String> = whole["items"].as_array().expect("items").iter().map(|item| text(item, "id")).collect();
            assert!(whole.len() >= 2, "{path}");
            let (mut seen, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = software.gets(&format!("{path}?limit=1{cursor}")).await.good();
                seen.extend(page["items"].as_array().expect("items").iter().map(|item| text(item, "id")));
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

    async fn input_that_makes_no_sense_is_named_and_stores_nothing(app: TestApp) {
        let software = Software::new(&app).await;
        let filled = filled(&software).await;
        let before = dump(&app.app.db).await;
        let (site, queue, agent) = (&filled.site, &filled.queue, &filled.agent);
        let conversation = format!("/api/v1/conversations/{}", filled.conversation);
        let messages = format!("{conversation}/messages");
        let table = [
            ("/api/v1/queues", json!({"name": "  "}), 422, "name"),
            ("/api/v1/queues", json!({"name": "x\u{0}y"}), 422, "name"),
            ("/api/v1/queues", json!({"nam": "x"}), 400, ""),
            ("/api/v1/queues", json!([]), 400, ""),
            ("/api/v1/sites", json!({"name": "x", "origin": "shop", "queue_id": queue}), 422, "origin"),
            ("/api/v1/sites", json!({"name": "x", "origin": "https://a.example", "queue_id": draw_id()}), 422, "queue_id"),
            ("/api/v1/sites", json!({"name": "x", "origin": "https://a.example", "queue_id": "x"}), 400, ""),
            ("/api/v1/sites", json!({"name": "Shop", "origin": "https://a.example", "queue_id": queue}), 409, "name"),
            ("/api/v1/agents", json!({"email": "nobody", "name": "N"}), 422, "email"),
            ("/api/v1/agents", json!({"email": "n@shop.example", "name": "N", "role": "boss"}), 422, "role"),
            ("/api/v1/agents", json!({"email": "n@shop.example", "name": "N", "queue_ids": [site]}), 422, "queue_ids"),
            ("/api/v1/agents", json!({"email": "lena@shop.example", "name": "N"}), 409, "email"),
            ("/api/v1/visitors", json!({"site_id": queue, "name": "N"}), 422, "site_id"),
            ("/api/v1/visitors", json!({"site_id": site, "email": "a b"}), 422, "email"),
            ("/api/v1/visitors", json!({"site_id": site, "phone": "1\n2"}), 422, "phone"),
            ("/api/v1/visitors", json!({"site_id": site, "name": "x".repeat(201)}), 422, "name"),
            ("/api/v1/visitors", json!({"site_id": site, "attributes": {"a": "\u{0}"}}), 400, ""),
            ("/api/v1/visitors", json!({"site_id": site, "attributes": {"a": "x".repeat(9_000)}}), 400, ""),
            ("/api/v1/conversations", json!({"site_id": site, "text": " "}), 400, ""),
            ("/api/v1/conversations", json!({"site_id": site, "text": "x".repeat(8_001)}), 413, ""),
            ("/api/v1/conversations", json!({"site_id": site, "text": "x", "visitor_id": draw_id()}), 422, "visitor_id"),
            ("/api/v1/conversations", json!({"site_id": site, "text": "x", "visitor_id": draw_id(), "visitor": {}}), 422, "visitor"),
            ("/api/v1/conversations", json!({"site_id": site, "text": "x", "queue_id": draw_id()}), 422, "queue_id"),
            (&messages, json!({"text": "x"}), 422, "agent_id"),
            (&messages, json!({"text": "x", "agent_id": draw_id()}), 422, "agent_id"),
            (&messages, json!({"text": "x", "agent_id": agent, "visitor_id": filled.visitor}), 422, "agent_id"),
            (&messages, json!({"text": "x", "agent_id": agent, "kind": "event"}), 422, "kind"),
            (&messages, json!({"text": "x", "agent_id": agent, "reply_to": draw_id()}), 400, ""),
            (&messages, json!({"text": "x", "agent_id": agent, "id": filled.message}), 409, ""),
            (&messages, json!({"text": "x", "visitor_id": filled.visitor, "kind": "note"}), 422, "kind"),
        ];
        for (path, body, status, field) in table {
            let got = software.posts(path, body.clone()).await;
            got.problem();
            assert_eq!((got.status, got.body["field"].as_str().unwrap_or_default()), (status, field), "{path} {body}: {got:?}");
        }
        let acts = [
            ("take", json!({"agent_id": agent}), 400),
            ("take", json!({"agent_id": agent, "epoch": 7}), 409),
            ("snooze", json!({"agent_id": agent, "epoch": 1, "until": "soon"}), 400),
            ("transfer", json!({"agent_id": agent, "epoch": 1}), 422),
            ("transfer", json!({"agent_id": agent, "epoch": 1, "to_queue_id": draw_id()}), 400),
            ("priority", json!({"agent_id": agent, "priority": "now"}), 400),
            ("tags", json!({"agent_id": agent, "add": ["a,b"]}), 422),
            ("tags", json!({"agent_id": agent}), 400),
        ];
        for (act, body, status) in acts {
            let got = software.posts(&format!("{conversation}/{act}"), body.clone()).await;
            got.problem();
            assert_eq!(got.status, status, "{act} {body}: {got:?}");
        }
        for query in ["limit=0", "limit=101", "limit=x", "cursor=x", "stat=queued", "state=open", "state=queued&state=bot", "queue_id=1"] {
            let got = software.gets(&format!("/api/v1/conversations?{query}")).await;
            assert_eq!((got.status, got.problem()), (400, "bad-frame"), "{query}");
        }
        for path in ["/api/v1/sites/1", "/api/v1/sites/%00", "/api/v1/queues/%FF", "/api/v1/nothing", "/api/v2/sites"] {
            assert_eq!(software.gets(path).await.problem(), "not-found", "{path}");
        }
        assert_eq!(dump(&app.app.db).await, before);
        app.stop().await;
    }

    async fn what_is_no_request_of_ours_gets_a_problem(app: TestApp) {
        let software = Software::new(&app).await;
        let wrong = Got::of(software.asks(Method::PUT, "/api/v1/sites")).await;
        assert_eq!((wrong.status, wrong.problem(), wrong.header("allow")), (405, "method", "GET, POST"));
        let wrong = Got::of(software.asks(Method::POST, "/api/openapi.json")).await;
        assert_eq!((wrong.status, wrong.problem(), wrong.header("allow")), (405, "method", "GET"));
        let post = |kind: &str, body: String| {
            Got::of(software.asks(Method::POST, "/api/v1/queues").header("Content-Type", kind).body(body))
        };
        assert_eq!(post("text/plain", "{}".to_owned()).await.problem(), "media-type");
        assert_eq!(post("application/x-www-form-urlencoded", "name=x".to_owned()).await.problem(), "media-type");
        assert_eq!(post("application/json", "{\"name\":".to_owned()).await.problem(), "bad-frame");
        assert_eq!(post("application/json", "[".repeat(10_000)).await.problem(), "bad-frame");
        assert_eq!(post("application/json", "x".repeat(70_000)).await.problem(), "too-big");
        let fine = post("Application/JSON; charset=utf-8", "{\"name\": \"Returns\"}".to_owned()).await;
        assert_eq!(fine.status, 201);
        let preflight = app.http.request(Method::OPTIONS, app.url("/api/v1/queues")).header("Origin", "https://evil.example");
        let preflight = Got::of(preflight.header("Access-Control-Request-Method", "POST")).await;
        assert_eq!((preflight.status, preflight.header("access-control-allow-origin")), (405, ""), "nothing for browsers");
        let page = app.http.get(app.url("/api")).send().await.expect("an answer");
        assert!(page.headers()["content-security-policy"].to_str().expect("text").starts_with("default-src 'none'"));
        let html = page.text().await.expect("a page");
        for operation in OPERATIONS {
            assert!(html.contains(&format!("{} {}", operation.method, operation.path)), "{}", operation.id);
        }
        let document: Value = app.http.get(app.url("/api/openapi.json")).send().await.expect("an answer").json().await.expect("JSON");
        assert_eq!(document["openapi"], "3.1.0");
        app.stop().await;
    }

    async fn a_key_is_made_in_the_console_shown_once_and_revoked(app: TestApp) {
        let owner = app.owner().await;
        let csrf = owner.form_token(&app).await;
        let posts = async |fields: &[(&str, &str)]| {
            let mut form = vec![("csrf", csrf.as_str())];
            form.extend(fields);
            let request = app.http.post(app.url("/console/settings/keys")).header("Cookie", &owner.cookie).form(&form);
            let answer = request.send().await.expect("an answer");
            (answer.status().as_u16(), answer.text().await.expect("a page"))
        };
        assert_eq!(posts(&[("name", " ")]).await.0, 422);
        let (status, page) = posts(&[("name", "Shop <import>"), ("scope", "read")]).await;
        assert_eq!(status, 200);
        let at = page.find("dbk_").expect("the key is shown");
        let key = page[at..at + 47].to_owned();
        assert!(page.contains("Shop &#60;import&#62;"), "{page}");
        let list = app.http.get(app.url("/console/settings/keys")).header("Cookie", &owner.cookie).send().await;
        let list = list.expect("an answer").text().await.expect("a page");
        assert!(!list.contains("dbk_") && list.contains("Shop &#60;import&#62;") && list.contains("Lena"), "{list}");
        let id = list.split("name=\"key\" value=\"").nth(1).expect("a key").split('"').next().expect("an id").to_owned();
        let software = Software { app: &app, id: id.parse().expect("an id"), key };
        assert_eq!(software.gets("/api/v1/sites").await.status, 200);
        assert_eq!(software.posts("/api/v1/queues", json!({"name": "x"})).await.status, 403);
        assert_eq!(posts(&[("do", "revoke"), ("key", &id)]).await.0, 303);
        assert_eq!(software.gets("/api/v1/sites").await.status, 401);
        assert_eq!(posts(&[("do", "revoke"), ("key", &id)]).await.0, 404, "once");
        let acts = "SELECT count(*) FROM audit_log WHERE action IN ('api_key.made', 'api_key.revoked')";
        assert_eq!(plainly::number(&app.app.db, acts).await, 2);
        app.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_has_its_limit_and_is_told_when_to_come_back() {
    let app = TestApp::start_with(Database::sqlite(), |config| {
        (config.limits.api_burst_per_key, config.limits.api_per_minute_per_key) = (3, 1);
    })
    .await;
    let (software, other) = (Software::new(&app).await, Software::new(&app).await);
    for _ in 0..3 {
        assert_eq!(software.gets("/api/v1/sites").await.status, 200);
    }
    let limited = software.gets("/api/v1/sites").await;
    assert_eq!((limited.status, limited.problem()), (429, "rate-limited"));
    let seconds: u64 = limited.header("retry-after").parse().expect("seconds");
    assert!((1..=60).contains(&seconds) && limited.body["retry_after_s"] == seconds);
    assert_eq!(other.gets("/api/v1/sites").await.status, 200, "another key is not held back");
    app.stop().await;
}
