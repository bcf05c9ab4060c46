//! Settings over HTTP: each act does what it says, leaves its row in the audit log, and is refused to
//! whoever may not.

use deskbell::agents::Role;
use reqwest::Response;
use serde_json::json;

use crate::support::agent::{Admin, Agent};
use crate::support::{TestApp, plainly};

async fn acts(app: &TestApp) -> i64 {
    plainly::number(&app.app.db, "SELECT count(*) FROM audit_log").await
}

/// The link that a page shows.
async fn link_in(page: Response) -> String {
    assert_eq!(page.status(), 200);
    let html = page.text().await.expect("a page");
    let at = html.find("/invite/").expect("a link");
    html[at..].split('"').next().expect("its end").to_owned()
}

on_each_database! {
    async fn somebody_is_invited_comes_in_and_is_shut_out(app: TestApp) {
        let owner = app.owner().await;
        let owner = Admin::new(&app, &owner).await;
        let queue = app.desk.queue_id.to_string();
        let invited = [("email", "Bo@Shop.example"), ("name", "Bo"), ("role", "supervisor"), ("queue", queue.as_str())];
        let link = link_in(owner.posts("/console/settings/agents", &invited).await).await;
        let (action, subject, changes) = owner.last_act().await;
        assert_eq!((action.as_str(), subject.as_str()), ("agent.invited", "Bo"));
        assert_eq!(changes["email"], json!([null, "bo@shop.example"]));
        assert_eq!(owner.posts("/console/settings/agents", &invited).await.status(), 422, "the address is taken");

        // Who has no password yet cannot sign in with an empty one.
        let empty = [("email", "bo@shop.example"), ("password", "")];
        let refused = app.http.post(app.url("/console/login")).form(&empty).send().await.expect("an answer");
        assert_eq!(refused.status(), 401);
        let accept = async |fields: &[(&str, &str)]| {
            app.http.post(app.url(&link)).form(fields).send().await.expect("an answer")
        };
        assert_eq!(accept(&[("name", "Bo Berg"), ("password", "short")]).await.status(), 422);
        assert_eq!(accept(&[("name", ""), ("password", "a good long sentence")]).await.status(), 422);
        assert_eq!(app.http.get(app.url(&link)).send().await.expect("a page").status(), 200, "it is still good");
        let password = crate::support::app::PASSWORD;
        assert_eq!(accept(&[("name", "Bo Berg"), ("password", password)]).await.status(), 303);
        assert_eq!(owner.last_act().await.0, "agent.joined");
        assert_eq!(accept(&[("name", "Eve"), ("password", password)]).await.status(), 404, "once");

        let mut bo = Agent::sign_in(&app, "bo@shop.example").await;
        let id = plainly::id(&app.app.db, "SELECT id FROM agents WHERE email = 'bo@shop.example'").await;
        let path = format!("/console/settings/agents/{id}");
        let wanted = [("name", "Bo Berg"), ("role", "admin"), ("capacity", "3")];
        assert_eq!(owner.posts(&path, &wanted).await.status(), 303);
        let (action, _, changes) = owner.last_act().await;
        assert_eq!(action, "agent.changed");
        assert_eq!((&changes["role"], &changes["capacity"]), (&json!(["supervisor", "admin"]), &json!([6, 3])));
        assert_eq!(changes["queues"], json!([["Support"], []]));
        let before = acts(&app).await;
        assert_eq!(owner.posts(&path, &wanted).await.status(), 303);
        assert_eq!(acts(&app).await, before, "nothing changed, and nothing is said");
        for (field, bad) in [("name", ""), ("role", "god"), ("capacity", "101"), ("capacity", "many")] {
            let mut fields = wanted.to_vec();
            fields.retain(|(name, _)| *name != field);
            fields.push((field, bad));
            assert_eq!(owner.posts(&path, &fields).await.status(), 422, "{field} {bad}");
        }

        assert_eq!(owner.posts(&path, &[("do", "disable")]).await.status(), 303);
        assert_eq!(bo.socket.close_code().await, Some(4200), "their sockets end with it");
        assert_eq!(owner.last_act().await.0, "agent.disabled");
        let gone = app.http.get(app.url("/console/conversations")).header("Cookie", &bo.cookie).send().await;
        assert_eq!(gone.expect("an answer").status(), 303, "their session, too");
        assert_eq!(owner.posts(&path, &[("do", "enable")]).await.status(), 303);
        Agent::sign_in(&app, "bo@shop.example").await;
        let again = link_in(owner.posts(&path, &[("do", "link")]).await).await;
        let newer = link_in(owner.posts(&path, &[("do", "link")]).await).await;
        let ask = async |link: &str| app.http.get(app.url(link)).send().await.expect("an answer").status();
        assert_eq!((ask(&again).await.as_u16(), ask(&newer).await.as_u16()), (404, 200), "a newer link ends the older");
        app.stop().await;
    }

    async fn owners_are_made_by_owners_and_one_is_left(app: TestApp) {
        let owner = app.owner().await;
        let admin = app.hire("amy", Role::Admin).await;
        let (owner, admin) = (Admin::new(&app, &owner).await, Admin::new(&app, &admin).await);
        let path = format!("/console/settings/agents/{}", app.desk.owner_id);
        let demoted = [("name", "lena"), ("role", "agent"), ("capacity", "6")];
        let before = acts(&app).await;
        assert_eq!(admin.posts(&path, &demoted).await.status(), 422);
        assert_eq!(admin.posts(&path, &[("do", "disable")]).await.status(), 422);
        assert_eq!(admin.posts(&path, &[("do", "link")]).await.status(), 422);
        let new_owner = [("email", "eve@shop.example"), ("name", "Eve"), ("role", "owner")];
        assert_eq!(admin.posts("/console/settings/agents", &new_owner).await.status(), 422);
        assert_eq!(owner.posts(&path, &demoted).await.status(), 422, "the last one");
        assert_eq!(owner.posts(&path, &[("do", "disable")]).await.status(), 422);
        assert_eq!(acts(&app).await, before);
        assert_eq!(plainly::number(&app.app.db, "SELECT count(*) FROM agents WHERE role = 'owner' AND disabled_at IS NULL").await, 1);
        app.stop().await;
    }

    async fn settings_are_for_those_who_administer(app: TestApp) {
        let (agent, supervisor) = (app.hire("quinn", Role::Agent).await, app.hire("sue", Role::Supervisor).await);
        for who in [&agent, &supervisor] {
            let who = Admin::new(&app, who).await;
            for path in ["workspace", "sites", "agents", "queues", "tags", "keys", "blocked", "audit"] {
                assert_eq!(who.gets(&format!("/console/settings/{path}")).await.status(), 403, "{path}");
            }
            let queue = format!("/console/settings/queues/{}", app.desk.queue_id);
            let owner = format!("/console/settings/agents/{}", app.desk.owner_id);
            let site = format!("/console/settings/sites/{}", app.desk.site_id);
            for path in ["/console/settings/agents", "/console/settings/queues", "/console/settings/sites", "/console/settings/tags", "/console/settings/workspace", "/console/settings/keys", "/console/settings/blocked", &queue, &owner, &site] {
                assert_eq!(who.posts(path, &[("name", "Mine"), ("do", "disable")]).await.status(), 403, "{path}");
            }
        }
        assert_eq!(acts(&app).await, 0);
        let owner = app.owner().await;
        let forged = Admin { csrf: "forged".to_owned(), ..Admin::new(&app, &owner).await };
        assert_eq!(forged.posts("/console/settings/queues", &[("name", "Mine")]).await.status(), 403);
        assert_eq!(acts(&app).await, 0);
        app.stop().await;
    }

    async fn queues_are_added_and_changed(app: TestApp) {
        let owner = app.owner().await;
        let owner = Admin::new(&app, &owner).await;
        assert_eq!(owner.posts("/console/settings/queues", &[("name", "Support")]).await.status(), 422, "taken");
        let added = owner.posts("/console/settings/queues", &[("name", "Sales")]).await;
        assert_eq!(added.status(), 303);
        let path = added.headers()["Location"].to_str().expect("a path").to_owned();
        assert_eq!(owner.last_act().await.0, "queue.added");
        assert_eq!(owner.gets(&path).await.status(), 200);
        let agent = app.desk.owner_id.to_string();
        let wanted = [
            ("name", "Sales"), ("policy", "round_robin"), ("sticky", "on"), ("answer_timeout", "90"), ("first_answer", "60"),
            ("reply", ""), ("nudge_after", "300"), ("close_after", "60"), ("agent", agent.as_str()),
            ("hours", "on"), ("time_zone", "Europe/Berlin"), ("mon", "09:00-17:00"), ("holidays", "12-25\r\n12-26"),
        ];
        assert_eq!(owner.posts(&path, &wanted).await.status(), 303);
        let (action, subject, changes) = owner.last_act().await;
        assert_eq!((action.as_str(), subject.as_str()), ("queue.changed", "Sales"));
        assert_eq!(changes["policy"], json!(["least_loaded", "round_robin"]));
        assert_eq!((&changes["answer_timeout_s"], &changes["close_after_s"]), (&json!([60, 90]), &json!([0, 60])));
        assert_eq!(changes["hours"][1]["time_zone"], "Europe/Berlin");
        assert_eq!(changes["agents"][1].as_array().map(Vec::len), Some(1));
        let before = acts(&app).await;
        let shown = owner.gets(&path).await.text().await.expect("a page");
        assert!(shown.contains("09:00-17:00") && shown.contains("12-25\n12-26"), "the form shows what is stored");
        let queue = path.rsplit('/').next().expect("an id");
        for (field, bad) in [
            ("name", ""), ("name", "Support"), ("policy", "best"), ("answer_timeout", "soon"), ("answer_timeout", "-1"),
            ("time_zone", "Berlin"), ("mon", "9-17"), ("holidays", "25.12."), ("overflow_to", queue), ("overflow_to", "elsewhere"),
        ] {
            let mut fields = wanted.to_vec();
            fields.retain(|(name, _)| *name != field);
            fields.push((field, bad));
            let refused = owner.posts(&path, &fields).await;
            assert_eq!(refused.status(), 422, "{field} {bad}");
            assert!(refused.text().await.expect("a page").contains("role=\"alert\""), "it says why");
        }
        assert_eq!(acts(&app).await, before, "what is refused changes nothing");
        app.stop().await;
    }

    async fn sites_are_added_and_changed(app: TestApp) {
        let owner = app.owner().await;
        let owner = Admin::new(&app, &owner).await;
        let queue = app.desk.queue_id.to_string();
        let new = [("name", "Blog"), ("origin", "https://Blog.example/"), ("queue", queue.as_str())];
        let added = owner.posts("/console/settings/sites", &new).await;
        assert_eq!(added.status(), 303);
        let path = added.headers()["Location"].to_str().expect("a path").to_owned();
        let path = path.trim_end_matches("/install").to_owned();
        assert_eq!(owner.last_act().await.0, "site.added");
        assert_eq!(owner.posts("/console/settings/sites", &new).await.status(), 422, "the name is taken");
        let page = owner.gets(&path).await.text().await.expect("a page");
        assert!(page.contains("https://blog.example") && page.contains("/widget.js/"), "{page}");

        let wanted = [
            ("name", "Blog"), ("origins", "https://blog.example\r\nhttps://www.blog.example"), ("queue", queue.as_str()),
            ("colour", "#2F6FED"), ("greeting", "Ask us anything"), ("locale", "de"), ("reply_within", "120"),
            ("edit_window", "0"), ("delete_window", "300"), ("on_closed", "new"), ("rating", "on"),
            ("offline_address", "optional"), ("ask_name", "optional"), ("ask_email", "required"),
            ("questions", "Order number *\r\nBike"), ("privacy", "All of it, for a year."),
            ("hours", "on"), ("time_zone", "UTC"), ("mon", "09:00-17:00"),
        ];
        assert_eq!(owner.posts(&path, &wanted).await.status(), 303);
        let (action, subject, changes) = owner.last_act().await;
        assert_eq!((action.as_str(), subject.as_str()), ("site.changed", "Blog"));
        assert_eq!(changes["origins"][1], json!(["https://blog.example", "https://www.blog.example"]));
        assert_eq!(changes["appearance"][1], json!({"colour": "#2f6fed", "greeting": "Ask us anything"}));
        assert_eq!((&changes["locale"], &changes["on_closed"]), (&json!(["en", "de"]), &json!(["reopen", "new"])));
        let fields = &changes["settings"][1]["pre_chat"]["fields"];
        assert_eq!(fields[1], json!({"about": "email", "required": true}));
        assert_eq!(fields[2], json!({"about": "text", "label": "Order number", "required": true}));
        assert_eq!(changes["hours"][1]["time_zone"], "UTC");
        let before = acts(&app).await;
        assert_eq!(owner.posts(&path, &wanted).await.status(), 303);
        assert_eq!(acts(&app).await, before, "the same again changes nothing");
        let long = "x".repeat(1_001);
        for (field, bad) in [
            ("name", ""), ("name", "Shop"), ("origins", "blog.example"), ("queue", "elsewhere"), ("colour", "blue"),
            ("locale", "xx"), ("greeting", &long), ("privacy", &long), ("reply_within", "604801"), ("edit_window", "-1"),
            ("questions", "email\nqueue"), ("mon", "9-17"),
        ] {
            let mut fields = wanted.to_vec();
            fields.retain(|(name, _)| *name != field);
            fields.push((field, bad));
            let refused = owner.posts(&path, &fields).await;
            assert_eq!(refused.status(), 422, "{field} {bad}");
            assert!(refused.text().await.expect("a page").contains("role=\"alert\""), "it says why");
        }
        assert_eq!(acts(&app).await, before);
        app.stop().await;
    }

    async fn tags_are_renamed_and_removed_and_the_log_tells(app: TestApp) {
        let mut owner = app.owner().await;
        let mut visitor = app.visitor().await;
        visitor.says("hi").await;
        for tag in ["battery", "brakes"] {
            let frame = json!({"type": "tag", "id": crate::support::frames::draw_id(),
                "conversation": visitor.conversation(), "tag": tag, "on": true});
            owner.asks(frame).await;
        }
        let id = plainly::id(&app.app.db, "SELECT id FROM tags WHERE name = 'battery'").await;
        let owner = Admin::new(&app, &owner).await;
        let change = async |fields: &[(&str, &str)]| {
            let mut all = vec![("tag", id.as_str())];
            all.extend(fields);
            owner.posts("/console/settings/tags", &all).await.status().as_u16()
        };
        assert_eq!(change(&[("name", "brakes")]).await, 422, "another tag's");
        assert_eq!(change(&[("name", "a,b")]).await, 422);
        assert_eq!(change(&[("name", "charger")]).await, 303);
        assert_eq!(owner.last_act().await.2["name"], json!(["battery", "charger"]));
        assert_eq!(change(&[("name", "charger"), ("do", "remove")]).await, 303);
        assert_eq!(owner.last_act().await.0, "tag.removed");
        assert_eq!(change(&[("do", "remove")]).await, 404, "it is gone");
        assert_eq!(plainly::number(&app.app.db, "SELECT count(*) FROM conversation_tags").await, 1);
        let log = owner.gets("/console/settings/audit").await.text().await.expect("a page");
        assert!(log.contains("renamed the tag") && log.contains("removed the tag"), "{log}");
        app.stop().await;
    }

    async fn replies_that_others_share_leave_their_row_and_ones_own_do_not(app: TestApp) {
        let owner = app.owner().await;
        let owner = Admin::new(&app, &owner).await;
        let quinn = app.hire("quinn", Role::Agent).await;
        let quinn = Admin::new(&app, &quinn).await;
        let reply = |scope: &'static str| [("scope", scope), ("shortcut", "hours"), ("text", "From nine to five.")];
        assert_eq!(quinn.posts("/console/replies", &reply("workspace")).await.status(), 403);
        assert_eq!(quinn.posts("/console/replies", &reply("own")).await.status(), 303);
        assert_eq!(acts(&app).await, 0);
        assert_eq!(owner.posts("/console/replies", &reply("workspace")).await.status(), 303);
        let (action, subject, changes) = owner.last_act().await;
        assert_eq!((action.as_str(), subject.as_str()), ("reply.added", "/hours"));
        assert_eq!(changes["text"], json!([null, "From nine to five."]));
        let shared = "SELECT id FROM canned_replies WHERE agent_id IS NULL";
        let id = plainly::id(&app.app.db, shared).await;
        let changed = [("reply", id.as_str()), ("scope", "workspace"), ("shortcut", "hours"), ("text", "From ten.")];
        assert_eq!(quinn.posts("/console/replies", &changed).await.status(), 403);
        assert_eq!(owner.posts("/console/replies", &changed).await.status(), 303);
        let (action, _, changes) = owner.last_act().await;
        assert_eq!((action.as_str(), &changes["text"]), ("reply.changed", &json!(["From nine to five.", "From ten."])));
        let removed = [("reply", id.as_str()), ("remove", "1")];
        assert_eq!(quinn.posts("/console/replies", &removed).await.status(), 403);
        assert_eq!(owner.posts("/console/replies", &removed).await.status(), 303);
        assert_eq!(owner.last_act().await.0, "reply.removed");
        assert_eq!(acts(&app).await, 3);
        app.stop().await;
    }

    async fn what_agents_change_of_their_own_leaves_its_row(app: TestApp) {
        let quinn = app.hire("quinn", Role::Agent).await;
        let quinn = Admin::new(&app, &quinn).await;
        let password = crate::support::app::PASSWORD;
        let wrong = [("do", "password"), ("current", "not mine at all"), ("password", "a better long sentence")];
        assert_eq!(quinn.posts("/console/account", &wrong).await.status(), 422);
        assert_eq!(acts(&app).await, 0);
        for (fields, action) in [
            (vec![("do", "name"), ("name", "Quinn Quist")], "agent.changed"),
            (vec![("do", "password"), ("current", password), ("password", "a better long sentence")], "agent.password_changed"),
        ] {
            assert_eq!(quinn.posts("/console/account", &fields).await.status(), 200, "{action}");
            assert_eq!(quinn.last_act().await.0, action);
        }
        let forged = Admin { csrf: "forged".to_owned(), ..quinn };
        assert_eq!(forged.posts("/console/account", &[("do", "name"), ("name", "Mine")]).await.status(), 403);
        assert_eq!(acts(&app).await, 2);
        app.stop().await;
    }

    async fn an_identity_secret_is_made_shown_once_and_changed_over(app: TestApp) {
        let owner = app.owner().await;
        let owner = Admin::new(&app, &owner).await;
        let quinn = app.hire("quinn", Role::Supervisor).await;
        let quinn = Admin::new(&app, &quinn).await;
        let path = format!("/console/settings/sites/{}/identity", app.desk.site_id);
        for what in ["make", "end"] {
            assert_eq!(quinn.posts(&path, &[("do", what)]).await.status(), 403);
        }
        assert_eq!(quinn.gets(&path).await.status(), 403);
        let secrets = async || {
            let mut conn = app.app.db.read().await.expect("a connection");
            let (ws, site) = (app.desk.workspace_id, app.desk.site_id);
            deskbell::visitors::identity_store::secrets(conn.conn(), ws, site).await.expect("secrets")
        };
        assert_eq!(owner.posts(&path, &[("do", "end")]).await.status(), 422, "there is none to end");
        assert_eq!((secrets().await.len(), acts(&app).await), (0, 0));
        for counting in 1..=2 {
            let page = owner.posts(&path, &[("do", "make")]).await;
            assert_eq!(page.status(), 200);
            let (page, stored) = (page.text().await.expect("a page"), secrets().await);
            assert_eq!(stored.len(), counting);
            assert!(page.contains(stored[0].expose()), "the newest is shown");
            assert_eq!(owner.last_act().await, ("site.secret_made".to_owned(), "Shop".to_owned(), json!({})));
        }
        let before = secrets().await;
        assert_eq!(owner.posts(&path, &[("do", "make")]).await.status(), 422, "two count already");
        let page = owner.gets(&path).await.text().await.expect("a page");
        assert!(before.iter().all(|secret| !page.contains(secret.expose())), "shown once");
        assert_eq!(owner.posts(&path, &[("do", "end")]).await.status(), 303);
        assert_eq!(owner.last_act().await.0, "site.secret_ended");
        assert_eq!(secrets().await, before[..1], "the newer goes on counting");
        assert_eq!(acts(&app).await, 3);
        app.stop().await;
    }

    async fn the_topic_offers_the_queues_that_are_ticked(app: TestApp) {
        let owner = app.owner().await;
        let owner = Admin::new(&app, &owner).await;
        let added = owner.posts("/console/settings/queues", &[("name", "Sales")]).await;
        let sales = added.headers()["Location"].to_str().expect("a path").rsplit('/').next().expect("an id").to_owned();
        let queue = app.desk.queue_id.to_string();
        let path = format!("/console/settings/sites/{}", app.desk.site_id);
        let with = |topic: &str| {
            let fields = [
                ("name", "Shop"), ("origins", "https://shop.example"), ("queue", &queue), ("colour", "#2f6fed"),
                ("locale", "en"), ("ask_topic", "required"), ("topic", topic),
            ];
            fields.map(|(name, value)| (name, value.to_owned())).to_vec()
        };
        let posts = async |fields: Vec<(&'static str, String)>| {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            owner.posts(&path, &fields).await.status().as_u16()
        };
        assert_eq!(posts(with(&sales)).await, 303);
        let (action, _, changes) = owner.last_act().await;
        assert_eq!((action.as_str(), &changes["settings"][1]["pre_chat"]["topics"]), ("site.changed", &json!([sales])));
        let page = owner.gets(&path).await.text().await.expect("a page");
        assert!(page.contains(&format!("name=\"topic\" value=\"{sales}\" checked")), "{page}");
        let nobodys = crate::support::frames::draw_id();
        assert_eq!(posts(with(&nobodys)).await, 422, "no queue of theirs");
        app.stop().await;
    }
}
