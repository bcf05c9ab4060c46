//! Webhooks and bots over REST: what goes out once, what a repeat gets, who may.

use deskbell::api::keys::Scope;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::plainly;
use crate::support::software::{Got, Software, text};
use crate::support::until::until;

/// Answers that are kept for repeats, with what has to be shown once.
const KEPT_SECRETS: &str = "SELECT count(*) FROM idempotency_keys WHERE body LIKE '%whsec%' OR body LIKE '%dbk%'";

async fn removed(software: &Software<'_>, path: &str) -> Got {
    Got::of(software.asks(Method::DELETE, path)).await
}

on_each_database! {
    async fn a_webhook_is_kept_over_rest(app: TestApp) {
        let software = Software::new(&app).await;
        let new = json!({"url": "https://hooks.shop.example/desk", "events": ["message.created", "note.created"]});
        let made = software.posts_once("hook-1", "/api/v1/webhooks", new.clone()).await.good();
        let secret = text(&made, "secret");
        assert!(secret.starts_with("whsec_"));
        let again = software.posts_once("hook-1", "/api/v1/webhooks", new.clone()).await.good();
        assert_eq!((&again["webhook"], &again["secret"]), (&made["webhook"], &Value::Null), "shown once");
        let path = format!("/api/v1/webhooks/{}", text(&made["webhook"], "id"));
        for bad in [
            json!({"url": "ftp://x.example/", "events": ["note.created"]}),
            json!({"url": "http://169.254.169.254/", "events": ["note.created"]}),
            json!({"url": "https://x.example/", "events": []}),
            json!({"url": "https://x.example/", "events": ["dance"]}),
        ] {
            assert_eq!(software.posts("/api/v1/webhooks", bad.clone()).await.status, 422, "{bad}");
        }
        let changed = software.patches(&path, json!({"events": ["message.created"], "is_on": false})).await.good();
        assert_eq!((&changed["events"], &changed["is_on"]), (&json!(["message.created"]), &json!(false)));
        assert_eq!(software.patches(&path, json!({"is_on": true})).await.good()["is_on"], true);
        let rotated = software.posts(&format!("{path}/secret"), json!({})).await.good();
        assert_eq!(rotated["webhook"]["rotates"], true);
        let second = text(&rotated, "secret");
        assert_ne!(second, secret);
        assert_eq!(removed(&software, &format!("{path}/secret")).await.good()["rotates"], false);
        let site = app.desk.site_id;
        software.posts("/api/v1/conversations", json!({"site_id": site, "text": "Hello"})).await.good();
        // The name leads nowhere: it is tried, and waits for the next try.
        let waiting = format!("{path}/deliveries?delivery_state=pending");
        until("it was tried", async || software.gets(&waiting).await.good()["items"][0]["error"].is_string()).await;
        assert_eq!(software.gets(&waiting).await.good()["items"][0]["error_code"], "dns", "a word that stays");
        assert_eq!(software.gets(&format!("{path}/deliveries")).await.good()["items"], json!([]), "none is dead");
        assert_eq!(software.gets(&format!("{path}/deliveries?delivery_state=lost")).await.status, 400);
        assert_eq!(software.gets(&path).await.good()["pending"], 1);
        assert_eq!(software.posts(&format!("{path}/replay"), json!({"number": 1})).await.good()["dead"], 0);
        let kept = plainly::number(&app.app.db, "SELECT count(*) FROM idempotency_keys").await;
        assert!(kept > 0, "answers are kept");
        assert_eq!(plainly::number(&app.app.db, KEPT_SECRETS).await, 0, "and secrets are not");
        assert_eq!(text(&removed(&software, &path).await.good(), "id"), text(&made["webhook"], "id"));
        assert_eq!(software.gets(&path).await.status, 404);
        app.stop().await;
    }

    async fn a_bot_is_kept_over_rest(app: TestApp) {
        let software = Software::new(&app).await;
        let new = json!({"name": "Robin", "kind": "openai", "url": "https://ai.shop.example/v1", "credential": "sk-1",
            "settings": {"model": "small"}, "queue_ids": [app.desk.queue_id]});
        let made = software.posts_once("bot-1", "/api/v1/bots", new.clone()).await.good();
        assert!(text(&made, "secret").starts_with("whsec_") && !made.to_string().contains("sk-1"), "{made}");
        let again = software.posts_once("bot-1", "/api/v1/bots", new.clone()).await.good();
        assert_eq!((&again["bot"], &again["secret"], &again["key"]), (&made["bot"], &Value::Null, &Value::Null));
        assert_eq!(software.posts("/api/v1/bots", new).await.status, 409, "one of its name");
        let path = format!("/api/v1/bots/{}", text(&made["bot"], "id"));
        for (bad, field) in [
            (json!({"url": "http://169.254.169.254/"}), "url"),
            (json!({"deadline_ms": 0}), "deadline_ms"),
            (json!({"settings": {"model": ""}}), "settings"),
            (json!({"queue_ids": [app.desk.site_id]}), "queue_ids"),
        ] {
            let got = software.patches(&path, bad.clone()).await;
            assert_eq!((got.status, &got.body["field"]), (422, &json!(field)), "{bad}");
        }
        let changed = software.patches(&path, json!({"is_on": false, "queue_ids": []})).await.good();
        assert_eq!((&changed["is_on"], &changed["queue_ids"]), (&json!(false), &json!([])));
        assert_eq!(changed["settings"]["model"], "small", "what is left out stays");
        software.patches(&path, json!({"is_on": true})).await.good();
        let (key, other) = (text(&made, "key"), software.posts(&format!("{path}/key"), json!({})).await.good());
        let acts = |key: String| {
            let act = format!("/api/v1/conversations/{}/actions", app.desk.site_id);
            let asks = app.http.post(app.url(&act)).header("Authorization", format!("Bearer {key}"));
            Got::of(asks.json(&json!({"epoch": 1, "actions": []})))
        };
        assert_eq!(acts(key).await.status, 401, "the key before is over");
        assert_eq!(acts(text(&other, "key")).await.status, 404, "the new one is good");
        let rotated = software.posts(&format!("{path}/secret"), json!({})).await.good();
        assert_eq!(rotated["bot"]["rotates"], true);
        assert_eq!(removed(&software, &format!("{path}/secret")).await.good()["rotates"], false);
        let kept = plainly::number(&app.app.db, "SELECT count(*) FROM idempotency_keys WHERE body LIKE '%Robin%'").await;
        assert_eq!((kept, plainly::number(&app.app.db, KEPT_SECRETS).await), (1, 0), "the answer is kept without them");
        app.stop().await;
    }

    async fn whoever_only_looks_changes_no_webhook_and_no_bot(app: TestApp) {
        let looks = Software::of(&app, &app.desk, Scope::Read).await;
        for path in ["/api/v1/webhooks", "/api/v1/bots"] {
            assert_eq!(looks.gets(path).await.good()["items"], json!([]));
            assert_eq!(looks.posts(path, json!({})).await.status, 403);
        }
        app.stop().await;
    }
}
