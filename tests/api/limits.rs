//! Floods, crowds, and peers who keep us waiting.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::agent::Agent;
use crate::support::app::{ORIGIN, OWNER, PASSWORD};
use crate::support::frames::{draw_id, draw_token, kind, problem};
use crate::support::raw::{FIRST, MIDDLE, TEXT, answer_to, frame};
use crate::support::socket::{Came, Socket};
use crate::support::until::until;
use crate::support::visitor::Visitor;
use crate::support::{Database, TestApp};

async fn app_with(change: impl FnOnce(&mut deskbell::config::Config)) -> TestApp {
    TestApp::start_with(Database::sqlite(), change).await
}

fn live(app: &TestApp) -> String {
    format!("/v1/live?site={}", app.desk.site_key)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_address_gets_so_many_connections_and_no_more() {
    let app = app_with(|config| config.limits.connections_per_address = 3).await;
    let open = async || Socket::open(app.address(), &live(&app), &[("Origin", ORIGIN)]).await;
    let mut held = vec![open().await.expect("1"), open().await.expect("2"), open().await.expect("3")];
    assert_eq!(open().await.err(), Some(429));
    let forged = [("Origin", ORIGIN), ("X-Forwarded-For", "192.0.2.9"), ("Forwarded", "for=192.0.2.9")];
    assert_eq!(Socket::open(app.address(), &live(&app), &forged).await.err(), Some(429), "nobody believes that");

    for path in ["events", "poll"] {
        let url = app.url(&format!("/v1/live/{path}?site={}", app.desk.site_key));
        let hello = json!({"type": "hello", "token": draw_token()}).to_string();
        let refused = app.http.post(url).header("Origin", ORIGIN).body(hello).send().await.expect("an answer");
        assert_eq!(refused.status(), 429, "{path}");
        assert_eq!(refused.headers()["retry-after"], "10", "{path}");
        assert_eq!(refused.headers()["access-control-allow-origin"], ORIGIN, "the page may read why");
        let problem: Value = refused.json().await.expect("JSON");
        assert_eq!((&problem["type"], &problem["retry_after_s"]), (&json!("/problems/rate-limited"), &json!(10)));
    }
    held.pop().expect("one").close().await;
    until("there is room again", async || open().await.is_ok()).await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_connections_of_one_address_leave_room_for_others() {
    let app = app_with(|config| {
        config.limits.connections_per_address = 20;
        config.trusted_proxies = vec!["127.0.0.1/32".parse().expect("a network")];
    })
    .await;
    let mut held = Vec::new();
    let mut refused = 0;
    for _ in 0..1_000 {
        match Socket::open(app.address(), &live(&app), &[("Origin", ORIGIN), ("X-Forwarded-For", "192.0.2.1")]).await {
            Ok(socket) => held.push(socket),
            Err(status) => {
                assert_eq!(status, 429);
                refused += 1;
            }
        }
    }
    assert_eq!((held.len(), refused), (20, 980));
    let other = [("Origin", ORIGIN), ("X-Forwarded-For", "192.0.2.2")];
    assert!(Socket::open(app.address(), &live(&app), &other).await.is_ok(), "somebody else");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_frames_is_closed() {
    let app = app_with(|config| (config.limits.frames_per_second, config.limits.frames_burst) = (30, 120)).await;
    let hello = json!({"type": "hello", "token": draw_token()}).to_string();
    let ping = json!({"type": "ping", "at": 1}).to_string();
    let greeting = frame(TEXT, hello.as_bytes());
    let floods = [
        ("pings", [greeting.clone(), frame(TEXT, ping.as_bytes()).repeat(500)].concat()),
        ("before hello", frame(TEXT, ping.as_bytes()).repeat(500)),
        ("control frames", [greeting.clone(), frame(0x89, b"?").repeat(500)].concat()),
        ("unknown types", [greeting.clone(), frame(TEXT, br#"{"type":"x"}"#).repeat(500)].concat()),
        ("what is no JSON", [greeting.clone(), frame(TEXT, b"?").repeat(500)].concat()),
        ("empty pieces", [greeting, frame(FIRST, b"{"), frame(MIDDLE, b"").repeat(500)].concat()),
    ];
    for (what, flood) in floods {
        let mut socket = Socket::open(app.address(), &live(&app), &[("Origin", ORIGIN)]).await.expect("open");
        socket.send_bytes(&flood).await;
        assert_eq!(socket.close_code().await, Some(4102), "{what}");
    }
    let mut visitor = app.visitor().await;
    assert_eq!(visitor.says("calmly").await["type"], "ack");
    app.stop().await;
}

/// What a client does: everything at once, and again from the first that was refused.
async fn sends_all(visitor: &mut Visitor, words: &[(String, String)]) -> usize {
    let (mut next, mut refusals) = (0, 0);
    while next < words.len() {
        for (id, text) in &words[next..] {
            visitor.sends(id, text).await;
        }
        let mut refused = vec![None; words.len()];
        while refused[next..].contains(&None) {
            let answer = visitor.sees_next().await;
            let Some(n) = words.iter().position(|(id, _)| answer["id"] == id.as_str()) else { continue };
            refused[n] = Some(kind(&answer) == "nack");
            if kind(&answer) == "nack" {
                assert_eq!((problem(&answer), &answer["problem"]["status"]), ("rate-limited", &json!(429)));
                assert!(answer["problem"]["retry_after_s"].as_u64().expect("seconds") >= 1);
                refusals += 1;
            }
        }
        let first = refused.iter().position(|refused| *refused == Some(true)).unwrap_or(words.len());
        assert!(refused[first..].iter().all(|refused| *refused == Some(true)), "nothing overtakes what was refused");
        next = first;
    }
    refusals
}

on_each_database! {
    async fn a_flood_of_words_waits_its_turn_and_keeps_its_order(app: TestApp) {
        app.stop().await;
        for database in [Some(Database::sqlite()), Database::postgres().await].into_iter().flatten() {
            let app = TestApp::start_with(database, |config| {
                (config.limits.sends_per_minute, config.limits.sends_burst) = (600, 3);
            })
            .await;
            let mut visitor = app.visitor().await;
            let words: Vec<(String, String)> = (0..12).map(|n| (draw_id(), format!("word {n}"))).collect();
            assert!(sends_all(&mut visitor, &words).await > 0, "some had to wait");
            visitor.is_at(12).await;
            let texts: Vec<String> = words.iter().map(|(_, text)| text.clone()).collect();
            assert_eq!(visitor.shows.texts(), texts);
            let (id, text) = &words[0];
            visitor.sends(id, text).await;
            assert_eq!(visitor.answer_to(id).await["rev"], 1, "a repeat is known before limits are looked at");
            app.stop().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_may_say_hello_so_often() {
    let app = app_with(|config| config.limits.hellos_per_minute_per_address = 2).await;
    let hello = || json!({"type": "hello", "token": draw_token()});
    let mut last = None;
    for _ in 0..3 {
        let mut socket = Socket::open(app.address(), &live(&app), &[("Origin", ORIGIN)]).await.expect("open");
        socket.send(&hello()).await;
        last = Some(socket.frame().await);
    }
    assert_eq!(problem(&last.expect("a frame")), "rate-limited");
    for path in ["events", "poll"] {
        let url = app.url(&format!("/v1/live/{path}?site={}", app.desk.site_key));
        let refused = app.http.post(url).header("Origin", ORIGIN).body(hello().to_string()).send().await;
        let refused = refused.expect("an answer");
        assert_eq!(refused.status(), 429, "{path}");
        assert!(refused.headers().contains_key("retry-after"), "{path}");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn passwords_are_guessed_slowly() {
    let app = app_with(|config| config.limits.logins_per_hour_per_account = 3).await;
    let attempt = async |email: &str, password: &str| {
        let form = [("email", email), ("password", password)];
        app.http.post(app.url("/console/login")).form(&form).send().await.expect("an answer").status().as_u16()
    };
    for n in 0..3 {
        assert_eq!(attempt(OWNER, &format!("guess number {n}")).await, 401);
    }
    assert_eq!(attempt(OWNER, PASSWORD).await, 429);
    assert_eq!(attempt("nobody@shop.example", "guess").await, 401, "another account");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_says_no_hello_is_closed() {
    let app = app_with(|config| config.patience.hello = Duration::from_millis(100)).await;
    let mut socket = Socket::open(app.address(), &live(&app), &[("Origin", ORIGIN)]).await.expect("open");
    socket.send(&json!({"type": "future"})).await;
    assert_eq!(socket.close_code().await, Some(4100));
    until("nothing of it stays", async || app.app.connections.open() == 0).await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_half_open_peer_is_found() {
    let app = app_with(|config| {
        config.patience.ping_every = Duration::from_millis(100);
        config.patience.silent = Duration::from_millis(300);
    })
    .await;
    let mut gone = app.visitor().await;
    let mut here = app.visitor().await;
    // Nobody reads at `gone`, so nobody answers a ping there; `here` reads, which answers.
    until("the silent one is gone and the other is not", async || {
        here.socket.said_so_far().await;
        app.app.hub.sessions().len() == 1
    })
    .await;
    assert_eq!(gone.is_closed_with().await, Some(4001));
    assert_eq!(here.says("still here").await["type"], "ack");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_read_is_closed_and_nobody_waits_for_it() {
    let app = app_with(|_| {}).await;
    let mut visitor = app.visitor().await;
    visitor.says("first").await;
    let conversation = visitor.conversation();
    let mut stuck = app.owner().await;
    stuck.watches(&conversation, 0).await;
    let mut reader = app.owner().await;
    reader.watches(&conversation, 0).await;
    let long = "🦀".repeat(8_000);
    let mut sent = 1;
    until("the one that does not read is given up", async || {
        assert_eq!(visitor.says(&long).await["type"], "ack");
        sent += 1;
        while reader.socket.frame_of("changes").await["rev"] != sent {}
        app.app.hub.sessions().len() == 2
    })
    .await;
    println!("given up after {sent} long messages");
    let mut last = stuck.socket.next().await;
    while let Came::Frame(_) = last {
        last = stuck.socket.next().await;
    }
    assert!(matches!(last, Came::Closed(Some(4101) | None)), "{last:?}");
    let mut back = Agent::sign_in(&app, OWNER).await;
    let caught_up = back.watches(&conversation, sent - 1).await;
    assert_eq!(caught_up["rev"], sent, "and catches up by rev");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn long_messages_make_short_pages_and_lock_nobody_out() {
    let app = app_with(|_| {}).await;
    let mut visitor = app.visitor().await;
    let long = ["🦀".repeat(8_000), "\"".repeat(8_000), "\u{1}".repeat(8_000), "<&>".repeat(2_666)];
    for n in 0..60 {
        assert_eq!(visitor.says(&long[n % long.len()]).await["type"], "ack");
    }
    visitor.is_at(60).await;
    let mut tab = visitor.another_tab().await;
    tab.is_at(60).await;
    let newest = tab.shows.messages().len();
    assert!((1..50).contains(&newest), "a short page: {newest}");
    let mut before = tab.shows.messages()[0].seq;
    while before > 1 {
        tab.socket.send(&json!({"type": "history", "before_seq": before, "limit": 50})).await;
        let page = tab.socket.frame_of("page").await;
        assert!(page.to_string().len() <= 65_536, "{} bytes", page.to_string().len());
        let first = page["messages"][0]["seq"].as_i64().expect("a message");
        assert!(first < before);
        assert_eq!(page["more"], first > 1);
        before = first;
    }
    let mut behind = tab;
    behind.shows = Default::default();
    (behind.shows.conversation, behind.shows.rev) = (Some(visitor.conversation()), 1);
    let mut behind = behind.comes_back().await;
    behind.is_at(60).await;
    assert_eq!(behind.shows.messages().len(), 59, "page after page");

    let mut agent = app.owner().await;
    let page = agent.watches(&visitor.conversation(), 0).await;
    assert_eq!(page["rev"], 60);
    let conversation = visitor.conversation();
    let mut since = 1;
    let mut page = agent.watches(&conversation, since).await;
    while page["more"] == true {
        since = page["rev"].as_i64().expect("a rev");
        agent.socket.send(&json!({"type": "sync", "conversation": conversation, "since": since})).await;
        page = agent.socket.frame_of("changes").await;
    }
    assert_eq!(page["rev"], 60);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn visitors_with_long_names_and_addresses_lock_no_agent_out() {
    let app = app_with(|_| {}).await;
    let mut visitors = Vec::new();
    for _ in 0..60 {
        let mut visitor = app.visitor().await;
        let page = json!({"url": format!("https://shop.example/{}", "é<".repeat(950)), "title": "<".repeat(300)});
        let profile = json!({"name": "<'>".repeat(66)});
        visitor.asks(json!({"type": "update", "id": draw_id(), "profile": profile, "page": page})).await;
        visitor.says(&"<\">".repeat(50)).await;
        visitors.push(visitor);
    }
    let mut agent = app.owner().await;
    for view in ["waiting", "all", "mine", "closed"] {
        agent.socket.send(&json!({"type": "watch", "view": view})).await;
    }
    let said = agent.socket.said_so_far().await;
    let rows = said.iter().filter(|frame| kind(frame) == "rows" && frame["view"] == "waiting");
    let shown: usize = rows.map(|frame| frame["items"].as_array().expect("rows").len()).sum();
    assert!(shown >= 40, "{shown} rows of 60");
    for visitor in &mut visitors {
        visitor.says("all at once").await;
    }
    deskbell::live::rows::push(&app.app).await.expect("pushed");
    assert!(said.iter().all(|frame| frame.to_string().len() <= 65_536));
    agent.socket.said_so_far().await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_requests_are_given_up() {
    let app = app_with(|config| config.patience.body = Duration::from_millis(200)).await;
    let key = &app.desk.site_key;
    for path in [&format!("/v1/live/events?site={key}"), "/v1/live/send", "/console/login", "/console/live/poll"] {
        let half = format!("POST {path} HTTP/1.1\r\nHost: x\r\nOrigin: {ORIGIN}\r\nContent-Length: 100\r\n\r\nhalf of");
        let answer = answer_to(app.address(), half.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 408 "), "{path}: {answer}");
        assert!(answer.contains("/problems/too-slow"), "{path}: {answer}");
    }
    let answer = answer_to(app.address(), b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Half").await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "half a head: {answer}");
    app.stop().await;
}

/// Each address that a visitor leaves may be somebody else's, who gets a mail that asks: whoever makes up visitors
/// to have many asked is counted by where they come from.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_one_network_address_few_mail_addresses_are_left() {
    let app = app_with(|config| {
        config.limits.emails_per_hour_per_address = 3;
        config.trusted_proxies = vec!["127.0.0.1/32".parse().expect("a network")];
    })
    .await;
    let leaves = async |from: &str, token: &str, email: &str| {
        let headers = [("Origin", ORIGIN), ("X-Forwarded-For", from)];
        let mut socket = Socket::open(app.address(), &live(&app), &headers).await.expect("open");
        socket.send(&json!({"type": "hello", "token": token})).await;
        socket.frame_of("welcome").await;
        let update = json!({"type": "update", "id": draw_id(), "profile": {"email": email}});
        let said = socket.said_to(&update).await;
        socket.close().await;
        said.into_iter().find(|frame| matches!(frame["type"].as_str(), Some("ack" | "nack"))).expect("an answer")
    };
    let first = draw_token();
    assert_eq!(leaves("192.0.2.1", &first, "v0@mail.example").await["type"], "ack");
    for _ in 0..5 {
        assert_eq!(leaves("192.0.2.1", &first, "V0@mail.example").await["type"], "ack", "it is no other address");
    }
    for n in 1..3 {
        assert_eq!(leaves("192.0.2.1", &draw_token(), &format!("v{n}@mail.example")).await["type"], "ack");
    }
    let refused = leaves("192.0.2.1", &draw_token(), "v3@mail.example").await;
    assert_eq!((refused["type"].as_str(), problem(&refused)), (Some("nack"), "rate-limited"), "{refused}");
    assert!(refused.to_string().contains("Too many mail addresses"), "{refused}");
    assert!(refused["problem"]["retry_after_s"].as_u64().is_some_and(|seconds| seconds > 60), "{refused}");
    assert_eq!(leaves("192.0.2.2", &draw_token(), "v3@mail.example").await["type"], "ack", "from elsewhere");
    app.stop().await;
}
