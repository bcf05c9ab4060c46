//! What owners, admins and agents change: each act does it, and leaves one row that says who, what, and what it
//! was before. The acts that have a story of their own are told there; these are the rest, and a house rule says
//! that none is forgotten.

use deskbell::agents::Role;
use deskbell::ids::AgentId;
use ring::hmac;
use serde_json::{Value, json};

use crate::support::agent::{Admin, Agent};
use crate::support::app::{PASSWORD, add_agent};
use crate::support::process;
use crate::support::{Database, TestApp, plainly};

/// What is written of an act: its name, whose it is about, and what changed.
async fn is_told(admin: &Admin<'_>, action: &str, subject: &str) -> Value {
    let (done, about, changes) = admin.last_act().await;
    assert_eq!((done.as_str(), about.as_str()), (action, subject));
    changes
}

/// Posts a form that is done; gives the page that comes of it.
async fn does(admin: &Admin<'_>, path: &str, fields: &[(&str, &str)]) -> String {
    let answer = admin.posts(path, fields).await;
    let status = answer.status();
    let html = answer.text().await.expect("a page");
    assert!(status == 200 || status == 303, "{path} {fields:?}: {status} {html}");
    html
}

/// What stands in a page between these.
fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let rest = text.split(before).nth(1).unwrap_or_else(|| panic!("{before} in {text}"));
    rest.split(after).next().unwrap_or_default()
}

/// The code that an authenticator app shows for this key (RFC 6238).
fn shown_code(base32: &str, now_ms: i64) -> String {
    let digits = base32.chars().map(|digit| "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(digit).expect("base32"));
    let (mut key, mut held, mut bits) = (Vec::new(), 0_usize, 0);
    for digit in digits {
        (held, bits) = ((held << 5) | digit, bits + 5);
        if bits >= 8 {
            bits -= 8;
            key.push(u8::try_from((held >> bits) & 0xff).expect("a byte"));
        }
        held &= 0xff;
    }
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &key);
    let digest = hmac::sign(&key, &(now_ms / 30_000).to_be_bytes());
    let digest = digest.as_ref();
    let at = usize::from(digest[19] & 15);
    let number = u32::from_be_bytes(digest[at..at + 4].try_into().expect("four bytes")) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

async fn bo(app: &TestApp) -> (AgentId, Agent) {
    let id = add_agent(&app.app, &app.desk, "bo", Role::Agent).await;
    (id, Agent::sign_in(app, "bo@shop.example").await)
}

on_each_database! {
    async fn an_agents_links_and_comings_are_written_down(app: TestApp) {
        let (id, _bo) = bo(&app).await;
        let owner = app.owner().await;
        let owner = Admin::new(&app, &owner).await;
        let path = format!("/console/settings/agents/{id}");
        does(&owner, &path, &[("do", "disable")]).await;
        is_told(&owner, "agent.disabled", "bo").await;
        does(&owner, &path, &[("do", "enable")]).await;
        is_told(&owner, "agent.enabled", "bo").await;
        let page = does(&owner, &path, &[("do", "link")]).await;
        let changes = is_told(&owner, "agent.link_made", "bo").await;
        let token = between(&page, "/invite/", "\"").to_owned();
        assert!(!changes.to_string().contains(&token), "the link is not in the log: {changes}");
        let fields = [("name", "bo"), ("password", "another good sentence")];
        let set = app.http.post(app.url(&format!("/invite/{token}"))).form(&fields).send().await.expect("an answer");
        assert_eq!(set.status(), 303);
        let changes = is_told(&owner, "agent.password_set", "bo").await;
        assert!(!changes.to_string().contains("sentence"), "nor the password: {changes}");
        app.stop().await;
    }

    async fn what_agents_do_with_their_account_is_written_down(app: TestApp) {
        let (id, bo) = bo(&app).await;
        let me = Admin::new(&app, &bo).await;
        let account = "/console/account";
        let code = |secret: &str| shown_code(secret, app.app.clock.now().millis());
        let page = me.gets(account).await.text().await.expect("a page");
        let secret = between(&page, "name=\"secret\" value=\"", "\"").to_owned();
        let codes = does(&me, account, &[("do", "factor_on"), ("secret", &secret), ("code", &code(&secret))]).await;
        let changes = is_told(&me, "agent.second_factor_on", "bo").await;
        assert!(!changes.to_string().contains(&secret), "{changes}");
        assert!(codes.contains("readonly"), "recovery codes are shown");
        does(&me, account, &[("do", "codes"), ("current", PASSWORD)]).await;
        is_told(&me, "agent.codes_renewed", "bo").await;
        let wrong = me.posts(account, &[("do", "factor_off"), ("current", "not this one")]).await;
        assert_eq!(wrong.status(), 422);
        is_told(&me, "agent.codes_renewed", "bo").await;
        does(&me, account, &[("do", "factor_off"), ("current", PASSWORD)]).await;
        is_told(&me, "agent.second_factor_off", "bo").await;

        let mut tablet = Agent::sign_in(&app, "bo@shop.example").await;
        does(&me, account, &[("do", "others")]).await;
        is_told(&me, "agent.device_ended", "bo").await;
        let gone = app.http.get(app.url(account)).header("Cookie", &tablet.cookie).send().await.expect("an answer");
        assert_eq!(gone.status(), 303, "that device is signed out");
        assert!(tablet.socket.close_code().await.is_some(), "and its console ends");

        // Who lost the phone is let in by an admin, and that is told, too.
        let page = me.gets(account).await.text().await.expect("a page");
        let secret = between(&page, "name=\"secret\" value=\"", "\"").to_owned();
        does(&me, account, &[("do", "factor_on"), ("secret", &secret), ("code", &code(&secret))]).await;
        let owner = app.owner().await;
        let owner = Admin::new(&app, &owner).await;
        does(&owner, &format!("/console/settings/agents/{id}"), &[("do", "factor_off")]).await;
        is_told(&owner, "agent.second_factor_off", "bo").await;
        app.stop().await;
    }

    async fn keys_tags_filters_and_hooks_are_written_down_without_their_secrets(app: TestApp) {
        let owner = app.owner().await;
        let owner = Admin::new(&app, &owner).await;
        let keys = "/console/settings/keys";
        let page = does(&owner, keys, &[("name", "Import"), ("scope", "read")]).await;
        let changes = is_told(&owner, "api_key.made", "Import").await;
        assert!(!changes.to_string().contains(between(&page, "value=\"dbk_", "\"")), "{changes}");
        let key = plainly::id(&app.app.db, "SELECT id FROM api_keys WHERE name = 'Import'").await;
        does(&owner, keys, &[("do", "revoke"), ("key", &key.to_string())]).await;
        is_told(&owner, "api_key.revoked", "Import").await;

        let mut visitor = app.visitor().await;
        visitor.says("My battery is dead").await;
        let tag = format!("/console/conversations/{}/tags", visitor.conversation());
        does(&owner, &tag, &[("tag", "batery"), ("do", "add")]).await;
        let tag = plainly::id(&app.app.db, "SELECT id FROM tags WHERE name = 'batery'").await.to_string();
        does(&owner, "/console/settings/tags", &[("tag", &tag), ("name", "battery")]).await;
        assert_eq!(is_told(&owner, "tag.renamed", "batery").await["name"], json!(["batery", "battery"]));

        let filters = "/console/settings/filters";
        does(&owner, filters, &[("phrases", "free money"), ("action", "refuse")]).await;
        let filter = plainly::id(&app.app.db, "SELECT id FROM word_filters WHERE phrase = 'free money'").await;
        does(&owner, filters, &[("do", "change"), ("filter", &filter.to_string()), ("action", "flag")]).await;
        assert_eq!(is_told(&owner, "filter.changed", "free money").await["action"], json!(["refuse", "flag"]));

        let hooks = "/console/settings/webhooks";
        let page = does(&owner, hooks, &[("url", "https://hooks.example/desk"), ("kind", "message.created")]).await;
        let changes = is_told(&owner, "webhook.added", "hooks.example").await;
        assert!(!changes.to_string().contains("whsec_"), "{changes}");
        let hook = format!("{hooks}/{}", between(&page, "action=\"/console/settings/webhooks/", "\""));
        does(&owner, &hook, &[("do", "rotate")]).await;
        let changes = is_told(&owner, "webhook.secret_made", "hooks.example").await;
        assert!(!changes.to_string().contains("whsec_"), "{changes}");
        app.stop().await;
    }

    async fn bots_are_written_down_without_their_secrets(app: TestApp) {
        let owner = app.owner().await;
        let owner = Admin::new(&app, &owner).await;
        let form = [("name", "Robin"), ("kind", "openai"), ("url", "https://models.example/v1"), ("deadline", "10"),
            ("credential", "sk-planted"), ("model", "small"), ("is_on", "on")];
        let page = does(&owner, "/console/settings/bots", &form).await;
        let told = is_told(&owner, "bot.added", "Robin").await;
        let path = format!("/console/settings/bots/{}", between(&page, "action=\"/console/settings/bots/", "\""));
        let changed = [("name", "Robin"), ("url", "https://models.example/v2"), ("deadline", "5"),
            ("later", "60"), ("model", "small"), ("is_on", "on")];
        does(&owner, &path, &changed).await;
        let changes = is_told(&owner, "bot.changed", "Robin").await;
        assert_eq!(changes["url"], json!(["https://models.example/v1", "https://models.example/v2"]));
        let mut all = format!("{told}{changes}");
        for (button, action) in [("secret", "bot.secret_exchanged"), ("drop", "bot.secret_dropped"), ("key", "bot.key_exchanged")] {
            does(&owner, &path, &[("do", button)]).await;
            all.push_str(&is_told(&owner, action, "Robin").await.to_string());
        }
        for secret in ["sk-planted", "whsec_", "dbk_"] {
            assert!(!all.contains(secret), "{secret} in {all}");
        }
        app.stop().await;
    }
}

/// What the log of a desk says that no server runs on.
async fn acts_at(database: &Database) -> Vec<(String, String)> {
    let opened = deskbell::db::open(&database.url).await.expect("a database");
    let mut conn = opened.db.read().await.expect("a connection");
    let sql = "SELECT action, agent_name FROM audit_log ORDER BY id";
    let acts = deskbell::on!(conn.conn(), |c| sqlx::query_as(sql).fetch_all(c).await).expect("acts");
    drop(conn);
    drop(opened.writer);
    opened.db.close().await;
    acts
}

async fn the_command_line_writes_down_what_it_does(database: Database) {
    process::bootstrap(&database).await;
    let does = async |words: &[&str]| {
        let output = process::run(&database, words).await;
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    };
    does(&["agent", "add", "--email", "bo@shop.example", "--name", "Bo", "--password", PASSWORD]).await;
    does(&["agent", "set", "--email", "bo@shop.example", "--capacity", "3"]).await;
    does(&["agent", "reset-password", "--email", "bo@shop.example", "--password", "another good sentence"]).await;
    let told = acts_at(&database).await;
    let told: Vec<(&str, &str)> = told.iter().map(|(action, by)| (action.as_str(), by.as_str())).collect();
    let mine = told.iter().filter(|(action, _)| action.starts_with("agent.")).copied().collect::<Vec<_>>();
    assert_eq!(mine, [("agent.added", ""), ("agent.changed", ""), ("agent.password_reset", "")]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_line_writes_down_what_it_does_on_sqlite() {
    the_command_line_writes_down_what_it_does(Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_line_writes_down_what_it_does_on_postgres() {
    match Database::postgres().await {
        Some(database) => the_command_line_writes_down_what_it_does(database).await,
        None => println!("NOT RUN on PostgreSQL: DESKBELL_TEST_POSTGRES is not set"),
    }
}
