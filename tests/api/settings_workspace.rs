//! A workspace's own settings: each does what it says, leaves its row, and what is wrong changes nothing.

use deskbell::agents::Role;
use deskbell::audit::By;
use deskbell::clock::Timestamp;
use deskbell::conversations::{ActingAgent, Error};
use deskbell::db::Tx;
use deskbell::words::Lang;
use deskbell::workspaces::Name;
use deskbell::workspaces::managing::{self, Wanted};
use deskbell::writer::again;
use serde_json::json;

use crate::support::agent::Admin;
use crate::support::plainly;

const PATH: &str = "/console/settings/workspace";

on_each_database! {
    async fn a_workspace_says_its_name_language_and_zone(app: TestApp) {
        let owner = app.owner().await;
        let owner = Admin::new(&app, &owner).await;
        let page = owner.gets(PATH).await.text().await.expect("a page");
        assert!(page.contains("value=\"UTC\"") && page.contains("value=\"en\" selected"), "{page}");
        let wanted = [("name", " Bikes & Co "), ("locale", "de"), ("time_zone", "Asia/Tokyo")];
        assert_eq!(owner.posts(PATH, &wanted).await.status(), 303);
        let (action, subject, changes) = owner.last_act().await;
        assert_eq!((action.as_str(), subject.as_str()), ("workspace.changed", "Bikes & Co"));
        assert_eq!(changes["time_zone"], json!(["UTC", "Asia/Tokyo"]));
        assert_eq!(changes["locale"], json!(["en", "de"]));
        let acts = plainly::number(&app.app.db, "SELECT count(*) FROM audit_log").await;
        assert_eq!(owner.posts(PATH, &wanted).await.status(), 303, "the same again");
        let long = "x".repeat(81);
        for (field, bad) in [("name", ""), ("name", long.as_str()), ("locale", "xx"), ("time_zone", "Berlin"), ("time_zone", "")] {
            let mut fields = wanted.to_vec();
            fields.retain(|(name, _)| *name != field);
            fields.push((field, bad));
            let refused = owner.posts(PATH, &fields).await;
            assert_eq!(refused.status(), 422, "{field} {bad}");
            assert!(refused.text().await.expect("a page").contains("role=\"alert\""), "it says why");
        }
        assert_eq!(plainly::number(&app.app.db, "SELECT count(*) FROM audit_log").await, acts, "nothing more changed");
        app.stop().await;
    }

    async fn its_language_counts_where_a_browser_asks_for_none_that_is_spoken(app: TestApp) {
        let owner = app.owner().await;
        let admin = Admin::new(&app, &owner).await;
        let asks = async |path: &str, languages: &'static str| {
            let request = app.http.get(app.url(path)).header("Cookie", &owner.cookie);
            let page = request.header("Accept-Language", languages).send().await.expect("a page");
            page.text().await.expect("text")
        };
        let speaks = |page: &str, lang: &str| page.contains(&format!("<html lang=\"{lang}\""));
        assert!(speaks(&asks(PATH, "fr").await, "en"));
        let wanted = [("name", "Shop"), ("locale", "ar"), ("time_zone", "UTC")];
        assert_eq!(admin.posts(PATH, &wanted).await.status(), 303);
        assert!(speaks(&asks(PATH, "fr").await, "ar"), "the workspace's");
        assert!(speaks(&asks(PATH, "fr, de;q=0.1").await, "de"), "what the browser asks for goes before it");
        assert!(speaks(&asks("/console/login", "fr").await, "ar"), "before anybody has signed in, too");
        let queue = app.desk.queue_id.to_string();
        let new = [("name", "Blog"), ("origin", "https://blog.example"), ("queue", queue.as_str())];
        assert_eq!(admin.posts("/console/settings/sites", &new).await.status(), 303);
        let arabic = "SELECT count(*) FROM sites WHERE name = 'Blog' AND locale = 'ar'";
        assert_eq!(plainly::number(&app.app.db, arabic).await, 1, "a new website begins with it");
        app.stop().await;
    }

    async fn the_day_of_the_board_begins_where_the_workspace_is(app: TestApp) {
        let owner = app.owner().await;
        let owner = Admin::new(&app, &owner).await;
        let ws = app.desk.workspace_id;
        let now = Timestamp::parse_rfc3339("2026-11-25T16:30:00Z").expect("a time");
        let begins = || app.app.workspaces.day_begins(ws, now).rfc3339();
        assert_eq!(begins(), "2026-11-25T00:00:00.000Z");
        let wanted = [("name", "Shop"), ("locale", "en"), ("time_zone", "Asia/Tokyo")];
        assert_eq!(owner.posts(PATH, &wanted).await.status(), 303);
        assert_eq!(begins(), "2026-11-25T15:00:00.000Z", "it is tomorrow in Tokyo");
        let board = owner.gets("/console/team").await.text().await.expect("a page");
        assert!(board.contains("Asia/Tokyo"), "it says so");
        let site = owner.gets(&format!("/console/settings/sites/{}", app.desk.site_id)).await.text().await.expect("a page");
        assert!(site.contains("value=\"Asia/Tokyo\" list"), "new opening hours begin with it");
        app.stop().await;
    }

    async fn whoever_does_not_administer_changes_nothing_by_any_way(app: TestApp) {
        let (ws, id) = (app.desk.workspace_id, app.desk.owner_id);
        for role in [Role::Agent, Role::Supervisor] {
            let by = By::Agent(ActingAgent { workspace_id: ws, id, name: "quinn".to_owned(), role });
            let wanted = Wanted { name: Name::parse("Mine").expect("a name"), lang: Lang::De, zone: chrono_tz::Tz::UTC };
            let operation = again(move |tx: &mut Tx| {
                let (by, wanted) = (by.clone(), wanted.clone());
                Box::pin(async move { managing::change(tx, &by, &wanted).await })
            });
            let refused = app.app.writer.run_again("test", operation).await;
            assert!(matches!(refused, Err(Error::NotAllowed(_))), "{refused:?}");
        }
        assert_eq!(plainly::number(&app.app.db, "SELECT count(*) FROM workspaces WHERE name = 'Mine'").await, 0);
        assert_eq!(plainly::number(&app.app.db, "SELECT count(*) FROM audit_log").await, 0);
        app.stop().await;
    }
}
