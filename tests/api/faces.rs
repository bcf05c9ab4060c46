//! What visitors see of agents: a public name in the place of the full one, and a picture.

use deskbell::agents::Role;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::support::agent::{Admin, Agent};
use crate::support::app::add_agent;
use crate::support::frames::kind;
use crate::support::software::{Software, text};
use crate::support::tenants::another_workspace;
use crate::support::until::until;
use crate::support::{TestApp, plainly};

const PATH: &str = "/console/account/picture";

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).expect("a length").to_be_bytes();
    [&length[..], kind, data, &[0; 4]].concat()
}

/// A PNG of this size, as far as its chunks say.
fn png(side: u32) -> Vec<u8> {
    let head = [&side.to_be_bytes()[..], &side.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    let taken_at = chunk(b"tEXt", b"52.52 N 13.40 E");
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &head), taken_at, chunk(b"IDAT", b"dots"), chunk(b"IEND", b"")]
        .concat()
}

/// Sends a file as a browser does that was told that it is a PNG.
async fn uploads(agent: &Admin<'_>, file: &[u8]) -> Response {
    let head = "Content-Disposition: form-data; name=\"picture\"; filename=\"me.png\"\r\nContent-Type: image/png";
    let csrf = format!("--edge\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{}\r\n", agent.csrf);
    let body = [csrf.as_bytes(), format!("--edge\r\n{head}\r\n\r\n").as_bytes(), file, b"\r\n--edge--\r\n"].concat();
    let request = agent.app.http.post(agent.app.url(PATH)).header("Cookie", &agent.agent.cookie);
    request.header("Content-Type", "multipart/form-data; boundary=edge").body(body).send().await.expect("an answer")
}

async fn removes(agent: &Admin<'_>) -> Response {
    let field = |name: &str, value: &str| {
        format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let body = format!("{}{}--edge--\r\n", field("csrf", &agent.csrf), field("do", "remove"));
    let request = agent.app.http.post(agent.app.url(PATH)).header("Cookie", &agent.agent.cookie);
    request.header("Content-Type", "multipart/form-data; boundary=edge").body(body).send().await.expect("an answer")
}

async fn pictures(app: &TestApp) -> i64 {
    plainly::number(&app.app.db, "SELECT count(*) FROM agent_pictures").await
}

async fn is_named(agent: &Admin<'_>, public_name: &str) {
    let fields = [("do", "name"), ("name", "bo"), ("public_name", public_name)];
    assert_eq!(agent.posts("/console/account", &fields).await.status(), 200);
}

/// The newest message of this text, as a tab that comes now sees it.
fn message<'f>(frame: &'f Value, text: &str) -> &'f Value {
    let messages = frame["messages"].as_array().expect("messages");
    messages.iter().find(|message| message["text"] == text).expect("the message")
}

/// The one of this text, of a list over REST.
fn message_of<'f>(items: &'f Value, text: &str) -> &'f Value {
    items.as_array().expect("items").iter().find(|item| item["text"] == text).expect("the message")
}

on_each_database! {
    async fn visitors_see_a_public_name_and_a_picture(app: TestApp) {
        let mut visitor = app.visitor().await;
        visitor.says("Hello?").await;
        let id = visitor.conversation();
        let mut bo = app.hire("bo", Role::Agent).await;
        bo.watches(&id, 0).await;
        bo.takes(&id, 1).await;
        assert_eq!(kind(&bo.answers(&id, "Before.", 3).await), "ack");
        visitor.sees_text("Before.").await;

        let second = Agent::sign_in(&app, "bo@shop.example").await;
        let me = Admin::new(&app, &second).await;
        is_named(&me, "Bosse").await;
        assert_eq!(me.last_act().await.2, json!({"public_name": [null, "Bosse"]}));
        assert_eq!(uploads(&me, &png(64)).await.status(), StatusCode::SEE_OTHER);
        assert_eq!(me.last_act().await.0, "agent.picture_set");

        // Live, on another device, in the welcome, and in what was said before.
        assert_eq!(kind(&bo.answers(&id, "After.", i64::MAX).await), "ack");
        let seen = loop {
            let frame = visitor.sees("changes").await;
            if frame.to_string().contains("After.") {
                break frame;
            }
        };
        let author = message(&seen, "After.")["author"].clone();
        assert_eq!(author["name"], "Bosse");
        let address = author["avatar_url"].as_str().expect("an address").to_owned();
        assert!(address.starts_with(&app.url("/v1/pictures/")), "{address}");
        assert_eq!(seen["conversation"]["owner"]["avatar_url"], address.as_str());
        let mut tab = visitor.another_tab().await;
        let people = &tab.welcome["conversation"]["participants"];
        let bosse = people.as_array().expect("people").iter().find(|one| one["kind"] == "agent").expect("an agent");
        assert_eq!((&bosse["name"], &bosse["avatar_url"]), (&json!("Bosse"), &json!(address)));
        let all = tab.sees("changes").await;
        assert_eq!(message(&all, "Before.")["author"]["name"], "Bosse");
        assert!(!all.to_string().contains("\"bo\""), "the full name is nowhere: {all}");
        tab.socket.send(&json!({"type": "history", "before_seq": 1_000, "limit": 50})).await;
        let page = tab.sees("page").await;
        assert_eq!(message(&page, "Before.")["author"]["avatar_url"], address.as_str());
        let html = me.gets(&format!("/console/conversations/{id}")).await.text().await.expect("a page");
        assert!(!html.contains("Bosse"), "colleagues see the full name");
        assert!(!html.contains("/v1/pictures/"), "what is kept and shared names no picture");

        let shown = app.http.get(&address).send().await.expect("an answer");
        let header = |name: &str| shown.headers()[name].to_str().expect("text").to_owned();
        assert_eq!((shown.status(), header("content-type").as_str()), (StatusCode::OK, "image/png"));
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert!(header("cache-control").contains("immutable") && header("content-security-policy").contains("sandbox"));
        let bytes = shown.bytes().await.expect("a picture");
        assert!(bytes.starts_with(b"\x89PNG") && !bytes.windows(7).any(|part| part == b"52.52 N"), "where it was is gone");

        // Another picture has another address; without one the initials are back.
        assert_eq!(uploads(&me, &png(65)).await.status(), StatusCode::SEE_OTHER);
        assert_eq!(app.http.get(&address).send().await.expect("an answer").status(), StatusCode::NOT_FOUND);
        assert_eq!(removes(&me).await.status(), StatusCode::SEE_OTHER);
        assert_eq!((me.last_act().await.0.as_str(), pictures(&app).await), ("agent.picture_removed", 0));
        is_named(&me, "").await;
        let all = visitor.another_tab().await.sees("changes").await;
        assert_eq!(message(&all, "After.")["author"]["avatar_url"], Value::Null);
        assert_eq!(message(&all, "After.")["author"]["name"], "bo");
        app.stop().await;
    }

    async fn what_is_no_picture_is_refused_whatever_it_says_it_is(app: TestApp) {
        let bo = app.hire("bo", Role::Agent).await;
        let me = Admin::new(&app, &bo).await;
        let html = b"<!doctype html><script>alert(1)</script>".as_slice();
        let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>".as_slice();
        let behind = [&png(64)[..], html].concat();
        let large = [&png(64)[..], &vec![0; 512 * 1024]].concat();
        for file in [html, svg, &behind, &large, &png(2_049), b"GIF89a", b""] {
            let refused = uploads(&me, file).await;
            assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
            assert!(refused.text().await.expect("a page").contains("role=\"alert\""));
        }
        assert_eq!(uploads(&me, &vec![0; 700 * 1024]).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
        let elsewhere = Admin { csrf: "forged".to_owned(), app: &app, agent: &bo };
        assert_eq!(uploads(&elsewhere, &png(64)).await.status(), StatusCode::FORBIDDEN);
        assert_eq!(pictures(&app).await, 0);
        for address in ["/v1/pictures/nonsense", "/v1/pictures/0193a1b2-3c4d-7e5f-8a6b-7c8d9e0f1a2b"] {
            assert_eq!(app.http.get(app.url(address)).send().await.expect("an answer").status(), StatusCode::NOT_FOUND);
        }
        let long = [("do", "name"), ("name", "bo"), ("public_name", &*"x".repeat(81))];
        assert_eq!(me.posts("/console/account", &long).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
        app.stop().await;
    }

    async fn the_console_takes_pictures_from_a_sheet_of_its_workspace(app: TestApp) {
        let bo_id = add_agent(&app.app, &app.desk, "bo", Role::Agent).await;
        let bo = Agent::sign_in(&app, "bo@shop.example").await;
        let me = Admin::new(&app, &bo).await;
        let sheet_of = |html: &str| {
            let (_, rest) = html.split_once("href=\"/console/faces/")?;
            Some(format!("/console/faces/{}", rest.split_once('"')?.0))
        };
        let page = async || me.gets("/console/conversations").await.text().await.expect("a page");
        assert_eq!(sheet_of(&page().await), None, "nobody has a picture");
        assert_eq!(uploads(&me, &png(64)).await.status(), StatusCode::SEE_OTHER);
        let first = sheet_of(&page().await).expect("a sheet");
        let got = me.gets(&first).await;
        assert_eq!(got.headers()["content-type"], "text/css; charset=utf-8");
        let cache = got.headers()["cache-control"].to_str().expect("text").to_owned();
        assert!(cache.starts_with("private") && cache.contains("immutable"), "{cache}");
        let css = got.text().await.expect("a sheet");
        assert!(css.contains(&format!(".av[data-face=\"{bo_id}\"]")) && css.contains("url(\"/v1/pictures/"), "{css}");

        // Another picture is another sheet; under the old address there is what is known now, and it is not kept.
        assert_eq!(uploads(&me, &png(65)).await.status(), StatusCode::SEE_OTHER);
        let second = sheet_of(&page().await).expect("a sheet");
        assert_ne!(first, second);
        let old = me.gets(&first).await;
        assert_eq!(old.headers()["cache-control"], "no-store");
        assert_eq!(old.text().await.expect("a sheet"), me.gets(&second).await.text().await.expect("a sheet"));

        // Nobody else reads whom this workspace has.
        let stranger = app.http.get(app.url(&second)).send().await.expect("an answer");
        assert_eq!(stranger.status(), StatusCode::UNAUTHORIZED);
        another_workspace(&app.app).await;
        let theirs = Agent::sign_in(&app, "olga@other.example").await;
        let theirs = Admin::new(&app, &theirs).await;
        assert_eq!(theirs.gets(&second).await.text().await.expect("a sheet"), "");
        app.stop().await;
    }

    async fn software_is_told_the_full_name_and_the_picture(app: TestApp) {
        let mut visitor = app.visitor().await;
        visitor.says("Hello?").await;
        let id = visitor.conversation();
        let bo_id = add_agent(&app.app, &app.desk, "bo", Role::Agent).await;
        let mut bo = Agent::sign_in(&app, "bo@shop.example").await;
        bo.watches(&id, 0).await;
        bo.takes(&id, 1).await;
        let second = Agent::sign_in(&app, "bo@shop.example").await;
        let me = Admin::new(&app, &second).await;
        is_named(&me, "Bosse").await;
        assert_eq!(uploads(&me, &png(64)).await.status(), StatusCode::SEE_OTHER);
        let software = Software::new(&app).await;
        assert!(software.gets("/api/v1/events").await.good()["items"].is_array(), "the log begins");
        let ack = bo.answers(&id, "Here I am.", i64::MAX).await;
        let address = ack["message"]["author"]["avatar_url"].as_str().expect("an address").to_owned();
        let is_bo = |message: &Value| {
            let author = &message["author"];
            assert_eq!((&author["name"], &author["avatar_url"]), (&json!("bo"), &json!(address)), "{message}");
        };
        is_bo(&ack["message"]);

        let chat = format!("/api/v1/conversations/{id}/messages");
        let all = software.gets(&chat).await.good();
        is_bo(message_of(&all["items"], "Here I am."));
        let asked = message_of(&all["items"], "Hello?");
        assert_eq!(asked["author"]["avatar_url"], Value::Null);
        let sent = software.posts(&chat, json!({"agent_id": bo_id, "text": "More."})).await.good();
        is_bo(&sent);
        let path = format!("{chat}/{}", text(&sent, "id"));
        let words = json!({"agent_id": bo_id, "text": "Less.", "if_rev": sent["rev"]});
        is_bo(&software.patches(&path, words).await.good());
        let logged = async || {
            let events = software.gets("/api/v1/events").await.good();
            let found = events["items"].as_array().expect("events").iter().find(|event| {
                event["type"] == "message.created" && event["data"]["message"]["text"] == "Here I am."
            })?;
            Some(found["data"]["message"].clone())
        };
        until("it is logged", async || logged().await.is_some()).await;
        is_bo(&logged().await.expect("the event"));
        app.stop().await;
    }
}
