//! A site goes live: where its tag is noticed, a test chat, and looks at drafts.

use serde_json::json;

use crate::support::agent::Admin;
use crate::support::app::ORIGIN;
use crate::support::until::until;
use crate::support::{TestApp, plainly};

fn install(app: &TestApp) -> String {
    format!("/console/settings/sites/{}/install", app.desk.site_id)
}

async fn sightings(app: &TestApp) -> i64 {
    plainly::number(&app.app.db, "SELECT count(*) FROM site_sightings").await
}

on_each_database! {
    async fn the_tag_is_noticed_where_it_is_allowed_and_where_it_is_not(app: TestApp) {
        let owner = app.owner().await;
        let owner = Admin::new(&app, &owner).await;
        let seen = format!("/console/settings/sites/{}/seen", app.desk.site_id);
        let load = async |path: String, referer: &str| {
            let loaded = app.http.get(app.url(&path)).header("Referer", referer).send().await.expect("an answer");
            assert_eq!(loaded.status(), 200);
        };
        let html = owner.gets(&seen).await.text().await.expect("a part");
        assert!(html.contains("data-again"), "it is waited for: {html}");
        // A page of another website that knows no key tells nothing, nor does one that is no website.
        load("/widget.js".to_owned(), "https://elsewhere.example/").await;
        load(format!("/widget.js/{}", app.desk.site_key), "about:blank").await;
        load("/widget.js".to_owned(), &format!("{ORIGIN}/basket?secret=1")).await;
        load(format!("/widget.js/{}", app.desk.site_key), "https://staging.example/").await;
        until("both are written", async || sightings(&app).await == 2).await;
        let html = owner.gets(&seen).await.text().await.expect("a part");
        assert!(!html.contains("data-again") && html.contains(ORIGIN) && html.contains("https://staging.example"), "{html}");
        assert!(!html.contains("elsewhere") && !html.contains("secret"), "{html}");

        let allowed = owner.posts(&install(&app), &[("allow", "https://staging.example")]).await;
        assert_eq!(allowed.status(), 303);
        let (action, _, changes) = owner.last_act().await;
        assert_eq!(action, "site.changed");
        assert_eq!(changes["origins"], json!([[ORIGIN], [ORIGIN, "https://staging.example"]]));
        app.stop().await;
    }

    async fn strange_addresses_of_a_site_do_not_pile_up(app: TestApp) {
        for n in 0..60 {
            let referer = format!("https://s{n}.example/");
            let path = format!("/widget.js/{}", app.desk.site_key);
            app.http.get(app.url(&path)).header("Referer", &referer).send().await.expect("an answer");
        }
        app.http.get(app.url("/widget.js")).header("Referer", ORIGIN).send().await.expect("an answer");
        let own = format!("SELECT count(*) FROM site_sightings WHERE origin = '{ORIGIN}'");
        until("the site's own page is noticed", async || plainly::number(&app.app.db, &own).await == 1).await;
        until("twenty strangers are kept", async || sightings(&app).await == 21).await;
        app.stop().await;
    }

    async fn a_test_chat_arrives_and_counts_nowhere(app: TestApp) {
        let owner = app.owner().await;
        let owner = Admin::new(&app, &owner).await;
        assert_eq!(owner.posts(&install(&app), &[("do", "test")]).await.status(), 303);
        assert_eq!(plainly::number(&app.app.db, "SELECT count(*) FROM conversations WHERE is_test").await, 1);
        let waits = "SELECT count(*) FROM routing_decisions WHERE wait_ms IS NOT NULL";
        assert_eq!(plainly::number(&app.app.db, waits).await, 0, "its wait is nobody's");
        let mut ada = app.visitor().await;
        ada.says("a real one").await;
        assert_eq!(plainly::number(&app.app.db, "SELECT count(*) FROM conversations WHERE is_test").await, 1);
        app.stop().await;
    }

    async fn a_draft_is_shown_and_not_saved(app: TestApp) {
        let owner = app.owner().await;
        let owner = Admin::new(&app, &owner).await;
        let preview = |token: &str| format!("/console/settings/sites/{}/preview/{token}", app.desk.site_id);
        let page = owner.gets(&preview("0123456789abcdef")).await;
        let framed = page.headers()["content-security-policy"].to_str().expect("text").to_owned();
        assert!(framed.contains("frame-ancestors 'self'"), "{framed}");
        for bad in ["short", "0123456789abcdef%7E", "0123456789abcde%2F"] {
            assert_eq!(owner.gets(&preview(bad)).await.status(), 404, "{bad}");
        }
        let queue = app.desk.queue_id.to_string();
        let form = |colour: &'static str| [
            ("name", "Drafted"), ("queue", queue.as_str()), ("colour", colour), ("greeting", "Drafted words"),
            ("locale", "en"), ("origins", ORIGIN), ("offline_address", "off"),
        ].to_vec();
        assert_eq!(owner.posts(&preview("0123456789abcdef"), &form("#12345")).await.status(), 422);
        assert_eq!(owner.posts(&preview("0123456789abcdef"), &form("#ffd400")).await.status(), 204);
        let key = format!("{}~0123456789abcdef", app.desk.site_key);
        let loader = app.http.get(app.url(&format!("/widget.js/{key}"))).send().await.expect("an answer");
        assert!(loader.text().await.expect("a script").contains("var(--deskbell-color, #ffd400)"));
        let stored = app.http.get(app.url(&format!("/widget.js/{}", app.desk.site_key))).send().await.expect("an answer");
        assert!(!stored.text().await.expect("a script").contains("#ffd400"), "nothing was saved");
        assert_eq!(plainly::number(&app.app.db, "SELECT count(*) FROM audit_log").await, 0);
        app.stop().await;
    }
}
