//! Input over REST that makes no sense: it is named, and nothing is stored.

use deskbell::api::operations::OPERATIONS;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::dump::dump;
use crate::support::frames::draw_id;
use crate::support::software::{Filled, Got, Software, filled};

/// A path, a body, and how it is refused: the status, and the field where it is one's value.
type Refused = (String, Value, u16, &'static str);

/// Stands for the path of the conversation's messages.
const MESSAGES: &str = "messages";

fn bodies(filled: &Filled) -> Vec<Refused> {
    let (site, queue, agent) = (&filled.site, &filled.queue, &filled.agent);
    let settings = [
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
        (
            "/api/v1/conversations",
            json!({"site_id": site, "text": "x", "visitor_id": draw_id(), "visitor": {}}),
            422,
            "visitor",
        ),
        ("/api/v1/conversations", json!({"site_id": site, "text": "x", "queue_id": draw_id()}), 422, "queue_id"),
        (MESSAGES, json!({"text": "x"}), 422, "agent_id"),
        (MESSAGES, json!({"text": "x", "agent_id": draw_id()}), 422, "agent_id"),
        (MESSAGES, json!({"text": "x", "agent_id": agent, "visitor_id": filled.visitor}), 422, "agent_id"),
        (MESSAGES, json!({"text": "x", "agent_id": agent, "kind": "event"}), 422, "kind"),
        (MESSAGES, json!({"text": "x", "agent_id": agent, "reply_to": draw_id()}), 400, ""),
        (MESSAGES, json!({"text": "x", "agent_id": agent, "id": filled.message}), 409, ""),
        (MESSAGES, json!({"text": "x", "visitor_id": filled.visitor, "kind": "note"}), 422, "kind"),
    ];
    let messages = format!("/api/v1/conversations/{}/messages", filled.conversation);
    let path = |path: &str| if path == MESSAGES { messages.clone() } else { path.to_owned() };
    settings.into_iter().map(|(to, body, status, field)| (path(to), body, status, field)).collect()
}

fn acts(agent: &str) -> [(&'static str, Value, u16); 10] {
    [
        ("take", json!({"agent_id": agent}), 400),
        ("take", json!({"agent_id": agent, "epoch": 1}), 409),
        ("close", json!({"agent_id": agent, "epoch": 7}), 409),
        ("snooze", json!({"agent_id": agent, "epoch": 1, "until": "soon"}), 400),
        ("transfer", json!({"agent_id": agent, "epoch": 1}), 422),
        ("transfer", json!({"agent_id": agent, "epoch": 1, "to_agent_id": agent}), 409),
        ("transfer", json!({"agent_id": agent, "epoch": 1, "to_queue_id": draw_id()}), 400),
        ("priority", json!({"agent_id": agent, "priority": "now"}), 400),
        ("tags", json!({"agent_id": agent, "add": ["a,b"]}), 422),
        ("tags", json!({"agent_id": agent}), 400),
    ]
}

on_each_database! {
    async fn input_that_makes_no_sense_is_named_and_stores_nothing(app: TestApp) {
        let software = Software::new(&app).await;
        let filled = filled(&software).await;
        let before = dump(&app.app.db).await;
        let conversation = format!("/api/v1/conversations/{}", filled.conversation);
        for (path, body, status, field) in bodies(&filled) {
            let got = software.posts(&path, body.clone()).await;
            got.problem();
            assert_eq!((got.status, got.body["field"].as_str().unwrap_or_default()), (status, field), "{path} {body}: {got:?}");
        }
        for (act, body, status) in acts(&filled.agent) {
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
}
