//! The authorization walk: every route and every frame, by everybody whose business it is not, with
//! the ids of somebody's conversation in every place that takes one. Nothing changes, nothing of it
//! is told, and nothing that happens there later reaches them.

use std::collections::BTreeSet;

use deskbell::http::{Access, table};
use deskbell::setup::Desk;
use serde_json::{Value, json};

use crate::authorization_routes::{Who, expected, form, request};
use crate::support::agent::Agent;
use crate::support::app::{ORIGIN, TestApp};
use crate::support::dump::{dump, names};
use crate::support::fixtures::{aimed_at, fixtures};
use crate::support::frames::{draw_id, draw_token, kind, problem};
use crate::support::site::site_asks;
use crate::support::socket::Socket;
use crate::support::tenants::{OTHER_ORIGIN, another_site, another_workspace, without_queue};
use crate::support::visitor::Visitor;

/// Stands in everything that is A's.
const SECRET: &str = "xyzzy";

/// A's conversation, and the ids that strangers know of it.
pub struct Scene {
    pub app: TestApp,
    pub ada: Visitor,
    pub owner: Agent,
    pub conversation: String,
    pub message: String,
    pub answer: String,
    pub person: String,
    pub other_site: String,
    pub other: Desk,
}

async fn scene(app: TestApp) -> Scene {
    let other = another_workspace(&app.app).await;
    let other_site = another_site(&app.app, &app.desk).await;
    without_queue(&app.app, &app.desk).await;
    site_asks(&app, |settings| (settings.rating.on, settings.preview) = (true, true)).await;
    let mut ada = app.visitor().await;
    let ack = ada.says("my number is xyzzy").await;
    let person = ack["visitor"].as_str().expect("a visitor").to_owned();
    let profile = json!({"name": "Ada xyzzy", "email": "xyzzy@mail.example"});
    ada.asks(json!({"type": "update", "id": draw_id(), "profile": profile})).await;
    let conversation = ada.conversation();
    let mut owner = app.owner().await;
    owner.watches(&conversation, 0).await;
    owner.takes(&conversation, 1).await;
    let answer = owner.answers(&conversation, "xyzzy is on its way", 1).await;
    owner.notes(&conversation, "a note about xyzzy").await;
    let message = ack["message"]["id"].as_str().expect("an id").to_owned();
    let answer = answer["message"]["id"].as_str().expect("an id").to_owned();
    ada.is_at(3).await;
    Scene { app, ada, owner, conversation, message, answer, person, other_site, other }
}

impl Scene {
    /// Everything in the database, once what waits is written.
    async fn everything(&self) -> BTreeSet<String> {
        self.app.app.receipts.flush(&self.app.app.writer, &self.app.app.hub).await;
        dump(&self.app.app.db).await
    }

    /// What is A's in the database. The ids of forms and events are drawn by clients for themselves, so
    /// that a stranger's own row may have one of A's: there it is the person that counts.
    async fn belongings(&self) -> BTreeSet<String> {
        let ids = [self.conversation.as_str(), &self.message, &self.person];
        let of_a = |row: &String| match row.split(':').next() {
            Some("visitor_trail" | "form_answers") => names(row, &ids[2..]),
            _ => names(row, &ids),
        };
        self.everything().await.into_iter().filter(of_a).collect()
    }

    /// Every way in which a stranger could send this type of frame.
    fn aimed(&self, fixture: &Value) -> Vec<Value> {
        let mut frames = Vec::new();
        for message in [&self.message, &self.answer] {
            let full = aimed_at(fixture, &self.conversation, message);
            let mut bare = full.clone();
            for key in ["attachments", "payload", "jwt", "queue"] {
                bare.as_object_mut().expect("an object").remove(key);
            }
            let mut reused = bare.clone();
            if reused.get("id").is_some() {
                reused["id"] = message.as_str().into();
            }
            frames.extend([full, bare, reused]);
        }
        frames
    }
}

fn tells_nothing(what: &str, said: &[Value], scene: &Scene) {
    for frame in said {
        let text = frame.to_string();
        assert!(!text.contains(SECRET), "{what} told {text}");
        let live = matches!(kind(frame), "changes" | "page" | "receipt" | "typing" | "presence" | "rows");
        assert!(!(live && text.contains(&scene.conversation)), "{what} told {text}");
    }
}

/// Sends every frame of a visitor but `hello`.
async fn visitor_walk(scene: &Scene, stranger: &mut Visitor) {
    for (kind, fixture) in fixtures("client-visitor").iter().filter(|(kind, _)| *kind != "hello") {
        for frame in scene.aimed(fixture) {
            tells_nothing(kind, &stranger.socket.said_to(&frame).await, scene);
        }
    }
}

/// Frames about the agent alone: there is nothing of anybody else's in them.
fn of_oneself(kind: &str) -> bool {
    matches!(kind, "hello" | "state")
}

/// Sends every frame of an agent but their own; what would be stored is refused.
async fn agent_walk(scene: &Scene, stranger: &mut Agent) {
    for (kind, fixture) in fixtures("client-agent").iter().filter(|(kind, _)| !of_oneself(kind)) {
        for frame in scene.aimed(fixture) {
            let said = stranger.socket.said_to(&frame).await;
            tells_nothing(kind, &said, scene);
            let refused = said.iter().any(|answer| answer["type"] == "nack" && answer["id"] == frame["id"]);
            assert!(refused || frame.get("id").is_none(), "{frame} was answered with {said:?}");
            if kind == "ping" {
                let pong = json!({"type": "pong", "at": frame["at"], "rev": 0});
                assert!(said.contains(&pong), "the rev of a foreign conversation: {said:?}");
            }
        }
    }
}

on_each_database! {
    async fn strangers_frames_change_nothing_and_learn_nothing(app: TestApp) {
        let mut scene = scene(app).await;
        let address = scene.app.address();
        let mut bert = scene.app.visitor().await;
        bert.says("mine").await;
        let mut newcomer = scene.app.visitor().await;
        let mut carla = Visitor::connect(address, &scene.other_site, OTHER_ORIGIN).await;
        carla.says("elsewhere").await;
        let mut dora = Visitor::connect(address, &scene.other.site_key, OTHER_ORIGIN).await;
        let mut quinn = Agent::sign_in(&scene.app, "quinn@shop.example").await;
        let mut olga = Agent::sign_in(&scene.app, "olga@other.example").await;
        for view in ["waiting", "mine", "all", "closed"] {
            quinn.socket.send(&json!({"type": "watch", "view": view})).await;
            olga.socket.send(&json!({"type": "watch", "view": view})).await;
        }
        scene.ada.socket.said_so_far().await;

        let before = scene.belongings().await;
        assert!(before.len() >= 6, "A has a conversation, a row and messages: {before:?}");
        for visitor in [&mut bert, &mut newcomer, &mut carla, &mut dora] {
            visitor_walk(&scene, visitor).await;
        }
        assert_eq!(scene.belongings().await, before);

        let before = scene.everything().await;
        for agent in [&mut quinn, &mut olga] {
            agent_walk(&scene, agent).await;
        }
        assert_eq!(scene.everything().await, before);
        let said = scene.ada.socket.said_so_far().await;
        assert!(said.is_empty(), "A heard of it: {said:?}");

        // What happens now is nobody else's to hear.
        let conversation = scene.conversation.clone();
        scene.ada.says("xyzzy again").await;
        scene.owner.answers(&conversation, "xyzzy arrived", 6).await;
        scene.owner.socket.send(&json!({"type": "typing", "conversation": conversation, "on": true})).await;
        scene.ada.socket.send(&json!({"type": "typing", "on": true, "preview": "xyzzy soon"})).await;
        scene.ada.socket.send(&json!({"type": "read", "seq": 5})).await;
        scene.ada.sees_text("xyzzy arrived").await;
        scene.owner.socket.said_so_far().await;
        scene.everything().await;
        deskbell::live::rows::push(&scene.app.app).await.expect("rows are pushed");
        for visitor in [&mut bert, &mut newcomer, &mut carla, &mut dora] {
            tells_nothing("a visitor", &visitor.socket.said_so_far().await, &scene);
        }
        for agent in [&mut quinn, &mut olga] {
            tells_nothing("an agent", &agent.socket.said_so_far().await, &scene);
        }
        scene.app.stop().await;
    }

    async fn a_hello_for_anothers_conversation_is_answered_with_ones_own(app: TestApp) {
        let scene = scene(app).await;
        let before = scene.everything().await;
        for (key, origin) in [(&scene.app.desk.site_key, ORIGIN), (&scene.other_site, OTHER_ORIGIN)] {
            for since in [0, 1, 999] {
                let path = format!("/v1/live?site={key}");
                let mut socket = Socket::open(scene.app.address(), &path, &[("Origin", origin)]).await.expect("open");
                let hello = json!({"type": "hello", "token": draw_token(), "conversation": scene.conversation,
                    "since": since});
                socket.send(&hello).await;
                let said = socket.said_so_far().await;
                tells_nothing("hello", &said, &scene);
                assert_eq!(problem(&said[0]), "not-found");
                assert!(said[1]["conversation"].is_null() && said[1]["rev"] == 0, "{said:?}");
            }
        }
        assert_eq!(scene.everything().await, before);
        scene.app.stop().await;
    }
}

on_each_database! {
    async fn strangers_requests_change_nothing_and_learn_nothing(app: TestApp) {
        let scene = scene(app).await;
        let quinn = Agent::sign_in(&scene.app, "quinn@shop.example").await;
        let olga = Agent::sign_in(&scene.app, "olga@other.example").await;
        let (quinns, olgas) = (quinn.form_token(&scene.app).await, olga.form_token(&scene.app).await);
        let before = scene.everything().await;
        for who in [Who::Nobody, Who::Agent(&quinn, quinns), Who::Agent(&olga, olgas)] {
            let csrf = if let Who::Agent(_, csrf) = &who { csrf.clone() } else { draw_token() };
            // Signing out comes last: it is one's own to do.
            let mut routes = table();
            routes.sort_by_key(|route| route.path == "/console/logout");
            for route in routes {
                let request = request(&scene, &route, &who);
                let posts = route.method.as_str() == "POST" && !route.path.contains("/live");
                let request = if posts { request.form(&form(&scene, &csrf)) } else { request };
                let response = request.send().await.expect("an answer");
                let status = response.status().as_u16();
                assert!(expected(&route, &who).contains(&status), "{} {}: {status}", route.method, route.path);
                let body = response.text().await.expect("a body");
                assert!(!body.contains(SECRET), "{} {} told {body}", route.method, route.path);
            }
        }
        assert_eq!(scene.everything().await, before);
        scene.app.stop().await;
    }

    async fn strangers_frames_by_post_change_nothing_and_learn_nothing(app: TestApp) {
        let scene = scene(app).await;
        let quinn = Agent::sign_in(&scene.app, "quinn@shop.example").await;
        let olga = Agent::sign_in(&scene.app, "olga@other.example").await;
        let own = scene.app.url("").trim_end_matches('/').to_owned();
        let before = scene.everything().await;
        for agent in [&quinn, &olga] {
            for (_, fixture) in fixtures("client-agent").iter().filter(|(kind, _)| !of_oneself(kind)) {
                for frame in scene.aimed(fixture) {
                    let request = scene.app.http.post(scene.app.url("/console/live/send")).body(frame.to_string());
                    let request = request.header("Cookie", &agent.cookie).header("Origin", &own);
                    let body = request.send().await.expect("an answer").text().await.expect("a body");
                    assert!(!body.contains(SECRET) && !body.contains(r#""type":"ack""#), "{frame}: {body}");
                }
            }
        }
        assert_eq!(scene.everything().await, before);

        let before = scene.belongings().await;
        let url = scene.app.url(&format!("/v1/live/send?site={}", scene.app.desk.site_key));
        for fixture in fixtures("client-visitor").values() {
            for frame in scene.aimed(fixture) {
                let request = scene.app.http.post(&url).header("Origin", ORIGIN).body(frame.to_string());
                let request = request.header("Authorization", format!("Bearer {}", draw_token()));
                let body = request.send().await.expect("an answer").text().await.expect("a body");
                assert!(!body.contains(SECRET), "{frame}: {body}");
            }
        }
        assert_eq!(scene.belongings().await, before);
        scene.app.stop().await;
    }

    async fn a_session_by_http_is_its_owners(app: TestApp) {
        let scene = scene(app).await;
        let (http, key) = (&scene.app.http, &scene.app.desk.site_key);
        let poll = |key: &str, origin: &'static str, body: Value| {
            http.post(scene.app.url(&format!("/v1/live/poll?site={key}"))).header("Origin", origin).body(body.to_string())
        };
        let hello = json!({"type": "hello", "token": scene.ada.token});
        let begun: Value = poll(key, ORIGIN, hello).send().await.expect("an answer").json().await.expect("JSON");
        let session = begun["session"].as_str().expect("a session").to_owned();
        assert!(begun.to_string().contains(SECRET), "a control: the owner of the session reads");
        let elsewhere = poll(&scene.other_site, OTHER_ORIGIN, json!({"session": session})).send().await;
        assert_eq!(elsewhere.expect("an answer").status(), 404);
        let olga = Agent::sign_in(&scene.app, "olga@other.example").await;
        let own = scene.app.url("").trim_end_matches('/').to_owned();
        let request = http.post(scene.app.url("/console/live/poll")).header("Cookie", &olga.cookie);
        let agents = request.header("Origin", &own).body(json!({"session": session}).to_string()).send().await;
        assert_eq!(agents.expect("an answer").status(), 404);
        // Another's token with A's session: the frame is the other's, and the session is not used.
        let url = scene.app.url(&format!("/v1/live/send?site={key}"));
        let request = http.post(&url).header("Origin", ORIGIN).header("Deskbell-Session", &session);
        let request = request.header("Authorization", format!("Bearer {}", draw_token()));
        let answer = request.body(json!({"type": "history", "before_seq": 99, "limit": 9}).to_string()).send().await;
        assert_eq!(answer.expect("an answer").status(), 404);
        scene.app.stop().await;
    }

    async fn nobody_opens_a_console_socket(app: TestApp) {
        let owner = app.owner().await;
        let own = app.url("").trim_end_matches('/').to_owned();
        let forged = format!("deskbell={}", draw_token());
        let open = async |headers: &[(&'static str, &str)]| Socket::open(app.address(), "/console/live", headers).await;
        assert_eq!(open(&[("Origin", &own)]).await.err(), Some(401), "no cookie");
        assert_eq!(open(&[("Origin", &own), ("Cookie", &forged)]).await.err(), Some(401), "a drawn cookie");
        assert_eq!(open(&[("Origin", &own), ("Cookie", "deskbell=")]).await.err(), Some(401), "an empty cookie");
        for origin in [ORIGIN, "null", "https://evil.example", "http://127.0.0.1", ""] {
            let refused = open(&[("Origin", origin), ("Cookie", &owner.cookie)]).await.err();
            assert_eq!(refused, Some(403), "a cookie that another page rides on: {origin}");
        }
        assert_eq!(open(&[("Cookie", &owner.cookie)]).await.err(), Some(403), "no Origin");
        assert!(open(&[("Origin", &own), ("Cookie", &owner.cookie)]).await.is_ok(), "a control");
        app.stop().await;
    }

    async fn every_form_of_the_console_is_refused_from_elsewhere(app: TestApp) {
        let mut scene = scene(app).await;
        scene.owner.answers(&scene.conversation.clone(), "so there is a form", 6).await;
        let token = scene.owner.form_token(&scene.app).await;
        let before = scene.everything().await;
        let who = Who::Agent(&scene.owner, token.clone());
        let forms = table().into_iter().filter(|route| {
            route.access == Access::Agent && route.method.as_str() == "POST"
        });
        let mut count = 0;
        for route in forms {
            let wrong = draw_token();
            let tries = [
                (wrong.as_str(), "Accept", "text/html"),
                ("", "Accept", "text/html"),
                (&token, "Sec-Fetch-Site", "cross-site"),
                (&token, "Sec-Fetch-Site", "same-site"),
                (&token, "Origin", "https://evil.example"),
                (&token, "Origin", "null"),
            ];
            for (csrf, name, value) in tries {
                let request = request(&scene, &route, &who).form(&form(&scene, csrf)).header(name, value);
                let response = request.send().await.expect("an answer");
                assert_eq!(response.status(), 403, "{} with {name}: {value}", route.path);
            }
            let without = request(&scene, &route, &who).form(&[("epoch", "2")]).send().await.expect("an answer");
            assert!([400, 403].contains(&without.status().as_u16()), "{} without a token", route.path);
            count += 1;
        }
        assert!(count >= 6, "forms were tried");
        assert_eq!(scene.everything().await, before);
        let login = scene.app.http.post(scene.app.url("/console/login")).header("Sec-Fetch-Site", "cross-site");
        let login = login.form(&form(&scene, "")).send().await.expect("an answer");
        assert_eq!(login.status(), 403, "signing somebody in from elsewhere");
        scene.app.stop().await;
    }
}
