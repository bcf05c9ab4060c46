//! Keys: what they see, what they may, how they come and go.

use deskbell::api::keys::{self, Scope};
use deskbell::api::operations::{Good, OPERATIONS};
use deskbell::secrets::ApiKey;
use reqwest::Method;
use serde_json::json;

use crate::support::dump::dump;
use crate::support::frames::draw_id;
use crate::support::software::{Got, Software, filled, text};
use crate::support::tenants::another_workspace;
use crate::support::until::until;
use crate::support::{Database, TestApp, plainly};

/// The last use of a key is written beside its request.
async fn uses_are_noted(app: &TestApp) {
    let unused = "SELECT count(*) FROM api_keys WHERE last_used_at IS NULL AND bot_id IS NULL";
    until("the uses are noted", async || plainly::number(&app.app.db, unused).await == 0).await;
}

on_each_database! {
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
        uses_are_noted(&app).await;
        let before = dump(&app.app.db).await;
        for operation in OPERATIONS {
            let path = filled.path(operation.path);
            let query = if operation.method == "DELETE" { format!("?agent_id={}", filled.agent) } else { String::new() };
            let method = Method::from_bytes(operation.method.as_bytes()).expect("a method");
            let mut request = foreign.asks(method, &format!("{path}{query}"));
            if let Some(body) = operation.body {
                // What would be made in the stranger's own workspace has to name something of the other's.
                if matches!(body, "NewQueue" | "NewWebhook" | "NewBot") {
                    continue;
                }
                request = request.json(&filled.body(body));
            }
            let got = Got::of(request).await;
            let told = got.body.to_string();
            let of_others = [&filled.site, &filled.queue, &filled.agent, &filled.visitor, &filled.conversation, &filled.message];
            for id in of_others.into_iter().chain([&filled.webhook, &filled.bot]) {
                assert!(!told.contains(id.as_str()), "{} told {told}", operation.id);
            }
            match operation.good {
                Good::Page(_) if !matches!(operation.id, "listMessages" | "listDeliveries") => assert_eq!(got.status, 200, "{}", operation.id),
                // For keys of bots alone, whatever conversation is named.
                _ if matches!(operation.id, "actOnConversation" | "growAnswer") => {
                    assert_eq!(got.status, 403, "{}", operation.id);
                }
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
        uses_are_noted(&app).await;
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_tries_keys_is_told_that_there_are_too_many_and_good_keys_go_on() {
    let app = TestApp::start_with(Database::sqlite(), |config| {
        config.limits.api_refused_per_minute_per_address = 3;
    })
    .await;
    let software = Software::new(&app).await;
    let tries = async |key: &str| {
        Got::of(app.http.get(app.url("/api/v1/sites")).header("Authorization", format!("Bearer {key}"))).await
    };
    let guessed = ApiKey::draw(&app.app.random).expose();
    for key in ["nonsense", &guessed, ""] {
        assert_eq!(tries(key).await.problem(), "key-refused");
    }
    for key in ["nonsense", &guessed, ""] {
        let limited = tries(key).await;
        assert_eq!((limited.status, limited.problem()), (429, "rate-limited"));
        let seconds: u64 = limited.header("retry-after").parse().expect("seconds");
        assert!((1..=60).contains(&seconds), "{limited:?}");
    }
    assert_eq!(software.gets("/api/v1/sites").await.status, 200, "a good key is not held back");
    app.stop().await;
}
