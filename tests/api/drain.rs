//! SIGTERM in the middle of a conversation: nobody loses a word, everybody is told when to come back.

use serde_json::json;

use crate::support::agent::Agent;
use crate::support::app::{ORIGIN, OWNER, client};
use crate::support::frames::{draw_id, draw_token, kind};
use crate::support::raw::answer_to;
use crate::support::socket::{Came, Socket};
use crate::support::spawned::Spawned;
use crate::support::visitor::Visitor;

/// What comes until the end: the types, and the close code.
async fn last_words(socket: &mut Socket) -> (Vec<String>, Option<u16>) {
    let mut types = Vec::new();
    loop {
        match socket.next().await {
            Came::Frame(frame) => types.push(frame["type"].as_str().unwrap_or_default().to_owned()),
            Came::Closed(code) => return (types, code),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_tells_everybody_and_keeps_every_word() {
    let mut server = Spawned::start("[limits]\nsends_burst = 1000\n", "info").await;
    let mut busy = Visitor::connect(server.address, &server.site_key, ORIGIN).await;
    let mut idle = Visitor::connect(server.address, &server.site_key, ORIGIN).await;
    let path = format!("/v1/live?site={}", server.site_key);
    let mut silent = Socket::open(server.address, &path, &[("Origin", ORIGIN)]).await.expect("open");
    let mut deaf = Visitor::connect(server.address, &server.site_key, ORIGIN).await;
    deaf.says("I answer nothing from now on").await;
    let mut agent = Agent::at(server.address, OWNER).await;
    let mut stored = Vec::new();
    let mut acknowledged = Vec::new();
    for n in 0..50 {
        if n == 10 {
            let id = draw_id();
            busy.sends(&id, "before the stop").await;
            busy.answer_to(&id).await;
            acknowledged.push(id);
        }
        if n == 30 {
            server.is_asked_to_stop();
        }
        let id = draw_id();
        busy.sends(&id, &format!("word {n}")).await;
        stored.push(id);
    }
    stored.extend(acknowledged.clone());
    let mut told = false;
    let code = loop {
        match busy.socket.next().await {
            Came::Frame(frame) if frame["type"] == "ack" => {
                acknowledged.push(frame["id"].as_str().expect("an id").to_owned());
            }
            Came::Frame(frame) => told |= frame["type"] == "reconnect" && frame["after_ms"].is_u64(),
            Came::Closed(code) => break code,
        }
    };
    assert_eq!((told, code), (true, Some(1012)));
    assert!(acknowledged.iter().all(|id| stored.contains(id)));
    for socket in [&mut idle.socket, &mut agent.socket] {
        let (types, code) = last_words(socket).await;
        assert_eq!((types.last().map(String::as_str), code), (Some("reconnect"), Some(1012)));
    }
    assert_eq!(last_words(&mut silent).await.1, Some(1012), "no hello yet");
    let (code, log) = server.ends().await;
    assert_eq!(code, Some(0), "{log}");
    assert!(!log.contains("took too long"), "{log}");
    drop(deaf);

    let opened = deskbell::db::open(&server.database().url).await.expect("the database opens again");
    let mut conn = opened.db.read().await.expect("a connection");
    let sql = "SELECT lower(hex(id)) FROM messages";
    let found: Vec<String> =
        deskbell::on!(conn.conn(), |c| sqlx::query_scalar(sql).fetch_all(c).await).expect("messages");
    for id in acknowledged {
        assert!(found.contains(&id.replace('-', "")), "{id} was acknowledged");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readiness_fails_and_streams_end_with_the_reason() {
    let mut server = Spawned::start("", "info").await;
    let url = server.url(&format!("/v1/live/events?site={}", server.site_key));
    let hello = json!({"type": "hello", "token": draw_token()}).to_string();
    let stream = client().post(url).header("Origin", ORIGIN).body(hello).send().await.expect("a stream");
    assert!(answer_to(server.address, b"GET /readyz HTTP/1.0\r\n\r\n").await.contains("200 OK"), "a control");
    server.is_asked_to_stop();
    let events = tokio::time::timeout(crate::support::socket::PATIENCE, stream.text()).await.expect("it ends");
    let events = events.expect("text");
    assert!(events.contains(r#""type":"reconnect""#), "{events}");
    assert!(events.trim_end().ends_with(r#"data: {"type":"close","code":1012,"reason":"restarting"}"#), "{events}");
    assert_eq!(server.ends().await.0, Some(0));
    assert!(tokio::net::TcpStream::connect(server.address).await.is_err(), "nobody listens");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poll_that_waits_is_answered_at_the_stop() {
    let mut server = Spawned::start("", "info").await;
    let url = server.url(&format!("/v1/live/poll?site={}", server.site_key));
    let post = |body: serde_json::Value| client().post(&url).header("Origin", ORIGIN).body(body.to_string()).send();
    let hello = post(json!({"type": "hello", "token": draw_token()})).await.expect("an answer");
    let begun: serde_json::Value = hello.json().await.expect("JSON");
    let waiting = tokio::spawn(post(json!({"session": begun["session"]})));
    server.is_asked_to_stop();
    let answer = waiting.await.expect("it ends");
    // It was waiting, or came too late and is told so, or to a server that was gone.
    if let Ok(answer) = answer {
        match answer.status().as_u16() {
            200 => {
                let text = answer.text().await.expect("text");
                assert!(text.contains(r#""type":"reconnect""#), "{text}");
            }
            status => assert_eq!(status, 503),
        }
    }
    assert_eq!(server.ends().await.0, Some(0));
}

on_each_database! {
    async fn readiness_says_that_it_stops(app: TestApp) {
        let ready = app.http.get(app.url("/readyz")).send().await.expect("an answer");
        assert_eq!(ready.status(), 200);
        app.app.stopping.cancel();
        let ready = app.http.get(app.url("/readyz")).send().await.expect("an answer");
        assert_eq!(ready.status(), 503);
        let path = format!("/v1/live?site={}", app.desk.site_key);
        let late = Socket::open(app.address(), &path, &[("Origin", ORIGIN)]).await.err();
        assert_eq!(late, Some(503), "nobody new");
        app.stop().await;
    }

    async fn an_agent_who_is_signed_out_hears_no_more(app: TestApp) {
        let mut agent = app.owner().await;
        let mut elsewhere = app.owner().await;
        let token = agent.form_token(&app).await;
        let request = app.http.post(app.url("/console/logout")).header("Cookie", &agent.cookie);
        let out = request.form(&[("csrf", &token)]).send().await.expect("an answer");
        assert_eq!(out.status(), 303);
        assert_eq!(agent.socket.close_code().await, Some(4200));
        let said = elsewhere.socket.said_so_far().await;
        assert!(said.iter().all(|frame| kind(frame) == "own"), "another device stays: {said:?}");
        app.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_shut_out_elsewhere_hears_no_more_and_nobody_else_is_disturbed() {
    use crate::support::{Database, TestApp};
    for database in [Some(Database::sqlite()), Database::postgres().await].into_iter().flatten() {
        let app =
            TestApp::start_with(database, |config| config.patience.signed_in = std::time::Duration::from_millis(20))
                .await;
        let mut bo = app.hire("bo", deskbell::agents::Role::Agent).await;
        let mut owner = app.owner().await;
        // As another node does it.
        let disable = app.app.writer.run("test", |tx| {
            Box::pin(async move {
                let sql = "UPDATE agents SET disabled_at = 1 WHERE name = 'bo'";
                let done = deskbell::on!(tx.conn(), |c| sqlx::query(sql).execute(c).await.map(drop));
                done.map_err(deskbell::db::Error::from)
            })
        });
        disable.await.expect("disabled");
        assert_eq!(bo.socket.close_code().await, Some(4200));
        let said = owner.socket.said_so_far().await;
        assert!(said.iter().all(|frame| kind(frame) == "own"), "{said:?}");
        app.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_who_is_disabled_hears_no_more() {
    use crate::support::{Database, TestApp};
    use std::time::Duration;
    let app = TestApp::start_with(Database::sqlite(), |config| {
        config.patience.ping_every = Duration::from_millis(50);
        config.patience.recheck = Duration::from_millis(50);
    })
    .await;
    let mut agent = app.owner().await;
    let own = app.url("").trim_end_matches('/').to_owned();
    let request = app.http.post(app.url("/console/live/events")).header("Cookie", &agent.cookie);
    let stream = request.header("Origin", own).body("{}").send().await.expect("a stream");
    let (ws, id) = (app.desk.workspace_id, app.desk.owner_id);
    let disable = app.app.writer.run("test", move |tx| {
        Box::pin(async move {
            let sql = "UPDATE agents SET disabled_at = 1 WHERE workspace_id = $1 AND id = $2";
            let done = deskbell::on!(tx.conn(), |c| sqlx::query(sql).bind(ws).bind(id).execute(c).await.map(drop));
            done.map_err(deskbell::db::Error::from)
        })
    });
    disable.await.expect("disabled");
    assert_eq!(agent.socket.close_code().await, Some(4200));
    // A stream looks when it says something; a visitor's coming is something.
    let mut visitor = app.visitor().await;
    visitor.says("hello?").await;
    let events = tokio::time::timeout(Duration::from_secs(25), stream.text()).await.expect("it ends").expect("text");
    assert!(events.contains(r#""code":4200"#), "{events}");
    assert!(!events.contains("hello?"), "{events}");
    app.stop().await;
}
