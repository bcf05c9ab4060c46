//! Mails to those who work here: a forgotten password, an invitation, what happens while somebody is away, and
//! the numbers of a day. The mail server does not answer here, so that the rows can be looked at.

use deskbell::agents::Role;
use deskbell::db::Error;
use deskbell::mail::alerts;
use deskbell::on;
use reqwest::Response;
use serde_json::Value;

use crate::mail_settings::with_mail;
use crate::support::agent::{Admin, Agent};
use crate::support::app::{OWNER, PASSWORD, add_agent};
use crate::support::tenants::another_workspace;
use crate::support::until::until;
use crate::support::{TestApp, plainly};

const DAY_MS: i64 = 86_400_000;

/// Changes the database behind the server's back.
async fn alter(app: &TestApp, sql: &str) {
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    let done = app.app.writer.run("test", move |tx| {
        Box::pin(async move { on!(tx.conn(), |c| sqlx::query(sql).execute(c).await.map(drop)).map_err(Error::from) })
    });
    done.await.expect("altered");
}

/// Address and payload of each mail of a kind, the oldest first.
async fn mails(app: &TestApp, kind: &str) -> Vec<(String, Value)> {
    let sql = "SELECT address, payload FROM mails WHERE kind = $1 ORDER BY id";
    let mut conn = app.app.db.read().await.expect("a connection");
    let rows: Vec<(String, String)> =
        on!(conn.conn(), |c| sqlx::query_as(sql).bind(kind).fetch_all(c).await).expect("mails");
    rows.into_iter().map(|(to, payload)| (to, serde_json::from_str(&payload).expect("JSON"))).collect()
}

async fn forgets(app: &TestApp, email: &str) -> Response {
    let form = [("email", email)];
    app.http.post(app.url("/console/login/forgotten")).form(&form).send().await.expect("an answer")
}

async fn opens(app: &TestApp, path: &str) -> u16 {
    app.http.get(app.url(path)).send().await.expect("an answer").status().as_u16()
}

async fn chooses(app: &TestApp, path: &str, password: &str) -> u16 {
    let form = [("password", password)];
    app.http.post(app.url(path)).form(&form).send().await.expect("an answer").status().as_u16()
}

/// The link of the newest mail of a kind.
async fn link(app: &TestApp, kind: &str) -> String {
    mails(app, kind).await.last().expect("a mail").1["path"].as_str().expect("a link").to_owned()
}

on_each_database! {
    with with_mail;

    async fn whoever_forgot_their_password_gets_a_link_and_nobody_learns_who_is_there(app: TestApp) {
        another_workspace(&app.app).await;
        let mut quinn = app.hire("quinn", Role::Agent).await;
        add_agent(&app.app, &app.desk, "dora", Role::Agent).await;
        add_agent(&app.app, &app.desk, "ivo", Role::Agent).await;
        alter(&app, "UPDATE agents SET disabled_at = 1 WHERE email = 'dora@shop.example'").await;
        alter(&app, "UPDATE agents SET password_hash = '' WHERE email = 'ivo@shop.example'").await;
        alter(&app, "UPDATE agents SET totp_step = 77 WHERE email = 'quinn@shop.example'").await;
        let page = app.http.get(app.url("/console/login")).send().await.expect("a page").text().await.expect("a page");
        assert!(page.contains("/console/login/forgotten"), "the way there");

        let mut answers = Vec::new();
        for email in ["dora@shop.example", "ivo@shop.example", "nobody@shop.example", "nonsense", "quinn@shop.example"] {
            let answer = forgets(&app, email).await;
            assert_eq!(answer.status(), 200);
            answers.push(answer.text().await.expect("a page").replace(email, "X"));
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "everybody gets the same answer");
        until("the link is written", async || !mails(&app, "reset").await.is_empty()).await;
        let all = mails(&app, "reset").await;
        assert_eq!(all.iter().map(|(to, _)| to.as_str()).collect::<Vec<_>>(), ["quinn@shop.example"]);

        let first = link(&app, "reset").await;
        assert!(first.len() > "/invite/".len() + 40, "256 bits of chance: {first}");
        forgets(&app, " Quinn@Shop.example ").await;
        until("another link is written", async || mails(&app, "reset").await.len() == 2).await;
        let second = link(&app, "reset").await;
        assert_eq!((opens(&app, &first).await, opens(&app, &second).await), (404, 200), "the newer one counts");
        assert_eq!(chooses(&app, &second, "short").await, 422);
        assert_eq!(chooses(&app, &second, "another good sentence").await, 303);
        assert_eq!(quinn.socket.close_code().await, Some(4200), "other sessions end");
        assert_eq!((opens(&app, &second).await, chooses(&app, &second, "and one more sentence").await), (404, 404), "once");
        let old = [("email", "quinn@shop.example"), ("password", PASSWORD)];
        let refused = app.http.post(app.url("/console/login")).form(&old).send().await.expect("an answer");
        assert_eq!(refused.status(), 401);
        let kept = "SELECT totp_step FROM agents WHERE email = 'quinn@shop.example'";
        assert_eq!(plainly::number(&app.app.db, kept).await, 77, "a second factor stays as it was");
        let act = "SELECT count(*) FROM audit_log WHERE action = 'agent.password_set' AND subject_name = 'quinn'";
        assert_eq!(plainly::number(&app.app.db, act).await, 1);
        app.stop().await;
    }

    async fn a_link_for_a_password_ends_and_there_are_not_many(app: TestApp) {
        for _ in 0..12 {
            assert_eq!(forgets(&app, OWNER).await.status(), 200);
        }
        until("links are written", async || mails(&app, "reset").await.len() == 5).await;
        let path = link(&app, "reset").await;
        assert_eq!(opens(&app, &path).await, 200);
        let good = "SELECT max(expires_at) FROM invitations";
        let now = app.app.clock.now().millis();
        let lasts = plainly::number(&app.app.db, good).await - now;
        assert!((3_500_000..=3_600_000).contains(&lasts), "an hour: {lasts}");
        alter(&app, "UPDATE invitations SET expires_at = 1").await;
        assert_eq!((opens(&app, &path).await, chooses(&app, &path, "another good sentence").await), (404, 404));
        assert_eq!(mails(&app, "reset").await.len(), 5, "twelve were asked for");
        let elsewhere = app.http.post(app.url("/console/login/forgotten")).header("Sec-Fetch-Site", "cross-site");
        assert_eq!(elsewhere.form(&[("email", OWNER)]).send().await.expect("an answer").status(), 403);
        app.stop().await;
    }

    async fn somebody_is_invited_by_mail(app: TestApp) {
        let owner = app.owner().await;
        let owner = Admin::new(&app, &owner).await;
        let new = [("email", "Bo@Shop.example"), ("name", "Bo"), ("role", "agent"), ("by_mail", "on")];
        let page = owner.posts("/console/settings/agents", &new).await;
        assert_eq!(page.status(), 200);
        let html = page.text().await.expect("a page");
        assert!(html.contains("bo@shop.example") && !html.contains("/invite/"), "the link is in the mail alone");
        let all = mails(&app, "invitation").await;
        let (to, payload) = all.first().expect("a mail");
        assert_eq!((to.as_str(), payload["by"].as_str()), ("bo@shop.example", Some("Lena")));
        let acts = "SELECT count(*) FROM audit_log WHERE action = 'agent.invited'";
        assert_eq!(plainly::number(&app.app.db, acts).await, 1);
        let (action, subject, _) = owner.last_act().await;
        assert_eq!((action.as_str(), subject.as_str()), ("agent.link_mailed", "Bo"));
        let path = link(&app, "invitation").await;
        let form = [("name", "Bo Berg"), ("password", PASSWORD)];
        let accepted = app.http.post(app.url(&path)).form(&form).send().await.expect("an answer");
        assert_eq!(accepted.status(), 303);
        Agent::sign_in(&app, "bo@shop.example").await;
        let id = plainly::id(&app.app.db, "SELECT id FROM agents WHERE email = 'bo@shop.example'").await;
        let again = owner.posts(&format!("/console/settings/agents/{id}"), &[("do", "link"), ("by_mail", "on")]).await;
        assert!(!again.text().await.expect("a page").contains("/invite/"));
        assert_eq!(mails(&app, "reset").await.len(), 1, "who has a password gets a link for another");
        app.stop().await;
    }

    async fn who_waits_while_nobody_is_there_is_told_once_to_whoever_wants_it(app: TestApp) {
        add_agent(&app.app, &app.desk, "quinn", Role::Agent).await;
        let mut ada = app.visitor().await;
        ada.says("Is anybody there?").await;
        alerts::look(&app.app).await.expect("a look");
        assert!(mails(&app, "alert").await.is_empty(), "not at once");
        alter(&app, "UPDATE conversations SET queued_at = queued_at - 600000").await;
        for _ in 0..2 {
            alerts::look(&app.app).await.expect("a look");
        }
        let all = mails(&app, "alert").await;
        let mut to: Vec<&str> = all.iter().map(|(to, _)| to.as_str()).collect();
        to.sort_unstable();
        assert_eq!(to, ["lena@shop.example", "quinn@shop.example"], "each once");
        assert_eq!((all[0].1["about"].as_str(), all[0].1["excerpt"].as_str()), (Some("waiting"), Some("Is anybody there?")));

        let choice = r#"{"waiting":false}"#;
        alter(&app, &format!("UPDATE agents SET mail_alerts = '{choice}' WHERE email = 'quinn@shop.example'")).await;
        for text in ["One", "Two"] {
            app.visitor().await.says(text).await;
        }
        alter(&app, "UPDATE conversations SET queued_at = queued_at - 600000 WHERE queued_at > (SELECT min(queued_at) FROM conversations)").await;
        alerts::look(&app.app).await.expect("a look");
        let list = mails(&app, "digest").await;
        assert_eq!(list.len(), 1, "one mail for both, and none to who switched it off: {list:?}");
        assert_eq!((list[0].0.as_str(), list[0].1["items"].as_array().map(Vec::len)), (OWNER, Some(2)));

        let owner = app.owner().await;
        app.visitor().await.says("Three").await;
        alter(&app, "UPDATE conversations SET queued_at = queued_at - 600000").await;
        alerts::look(&app.app).await.expect("a look");
        assert_eq!((mails(&app, "alert").await.len(), mails(&app, "digest").await.len()), (2, 1), "somebody is there");
        drop(owner);
        app.stop().await;
    }

    async fn a_note_names_somebody_who_is_away(app: TestApp) {
        add_agent(&app.app, &app.desk, "quinn", Role::Agent).await;
        let mut owner = app.owner().await;
        let mut ada = app.visitor().await;
        ada.says("Hello").await;
        let conversation = ada.conversation();
        owner.watches(&conversation, 0).await;
        owner.notes(&conversation, "@quinn can you look at this?").await;
        alter(&app, "UPDATE mentions SET created_at = created_at - 120000").await;
        for _ in 0..2 {
            alerts::look(&app.app).await.expect("a look");
        }
        let all = mails(&app, "alert").await;
        assert_eq!(all.len(), 1, "{all:?}");
        assert_eq!((all[0].0.as_str(), all[0].1["about"].as_str()), ("quinn@shop.example", Some("mention")));
        assert_eq!((all[0].1["who"].as_str(), all[0].1["excerpt"].as_str()), (Some("Lena"), Some("@quinn can you look at this?")));
        app.stop().await;
    }

    async fn the_numbers_of_yesterday_come_once_and_say_nothing_of_a_quiet_day(app: TestApp) {
        app.visitor().await.says("Hello").await;
        alerts::look(&app.app).await.expect("a look");
        assert!(mails(&app, "digest").await.is_empty(), "who is new has no yesterday");
        let now = app.app.clock.now().millis();
        let mut day = now - now % DAY_MS;
        if day + 8 * 3_600_000 > now {
            day -= DAY_MS;
        }
        alter(&app, &format!("UPDATE conversations SET started_at = {}, state = 'closed', closed_at = {day}", day - 3_600_000)).await;
        alter(&app, "UPDATE agents SET digest_at = 1").await;
        for _ in 0..2 {
            alerts::look(&app.app).await.expect("a look");
        }
        let all = mails(&app, "digest").await;
        assert_eq!(all.len(), 1, "{all:?}");
        let numbers = &all[0].1["numbers"];
        assert_eq!((numbers["new"].as_i64(), numbers["answered"].as_i64(), numbers["waiting"].as_i64()), (Some(1), Some(0), Some(0)));
        alter(&app, &format!("UPDATE conversations SET started_at = {}", day - 3 * DAY_MS)).await;
        alter(&app, "UPDATE agents SET digest_at = 1").await;
        alerts::look(&app.app).await.expect("a look");
        assert_eq!(mails(&app, "digest").await.len(), 1, "nothing was, and nothing is said");
        app.stop().await;
    }

    async fn agents_choose_their_mails_on_their_own_page(app: TestApp) {
        let quinn = app.hire("quinn", Role::Agent).await;
        let quinn = Admin::new(&app, &quinn).await;
        let page = quinn.gets("/console/account").await.text().await.expect("a page");
        assert!(page.contains("name=\"mention\" value=\"on\" checked") && !page.contains("name=\"digest\" value=\"on\" checked"));
        assert_eq!(quinn.posts("/console/account", &[("do", "mails"), ("digest", "on")]).await.status(), 200);
        assert_eq!(quinn.last_act().await.0, "agent.mails_changed");
        let page = quinn.gets("/console/account").await.text().await.expect("a page");
        assert!(!page.contains("name=\"mention\" value=\"on\" checked") && page.contains("name=\"digest\" value=\"on\" checked"));
        app.stop().await;
    }
}
