//! Bots in front of a queue: what they are told, what they may do, and that a person takes over at any
//! moment. The bots are real HTTP servers on loopback.

use std::sync::Arc;

use deskbell::bots::idle;
use deskbell::clock::Timestamp;
use deskbell::messages::store::{self, Scope};
use deskbell::outgoing::signing::{self, SigningSecret};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::support::TestApp;
use crate::support::bot::{BotPeer, actions};
use crate::support::frames::draw_id;
use crate::support::software::Got;
use crate::support::until::until;
use crate::support::visitor::Visitor;

/// Waits for a message of this kind of author; gives it.
async fn hears(visitor: &mut Visitor, author: &str, text: &str) -> Value {
    loop {
        let frame = visitor.sees("changes").await;
        let messages = frame["messages"].as_array().cloned().unwrap_or_default();
        let found = messages.into_iter().find(|m| m["author"]["kind"] == author && m["text"] == text);
        if let Some(message) = found {
            return message;
        }
    }
}

/// Waits for an event; gives it.
async fn happens(visitor: &mut Visitor, name: &str) -> Value {
    loop {
        let frame = visitor.sees("changes").await;
        let messages = frame["messages"].as_array().cloned().unwrap_or_default();
        if let Some(message) = messages.into_iter().find(|m| m["event"]["name"] == name) {
            return message["event"]["params"].clone();
        }
    }
}

/// The log of a conversation as agents know it: kind, author and text, or the event's name.
async fn log(app: &TestApp, conversation: &str) -> Vec<String> {
    let scope = Scope {
        workspace_id: app.desk.workspace_id,
        conversation_id: conversation.parse().expect("an id"),
        visitor: false,
    };
    let mut conn = app.app.db.read().await.expect("a connection");
    let mut rows = store::before(conn.conn(), scope, i64::MAX, 1_000).await.expect("messages");
    rows.reverse();
    rows.into_iter()
        .map(|row| {
            let message = row.into_message();
            let kind = serde_json::to_value(message.kind).expect("JSON");
            let words = message.event.map_or(message.text, |event| event.name);
            format!("{}: {words}", kind.as_str().expect("text"))
        })
        .collect()
}

/// What the bot does by itself.
async fn acts(app: &TestApp, key: &str, conversation: &str, epoch: i64, actions: Value) -> Got {
    let url = app.url(&format!("/api/v1/conversations/{conversation}/actions"));
    Got::of(app.http.post(url).bearer_auth(key).json(&json!({"epoch": epoch, "actions": actions}))).await
}

on_each_database! {
    async fn a_bot_answers_first_with_quick_replies_and_hears_what_is_chosen(app: TestApp) {
        let peer = BotPeer::start(|asked| async move {
            match asked.body["message"]["payload"].as_str() {
                Some("track") => actions(json!([{"type": "say", "text": "It is on its way."}])),
                _ => actions(json!([{"type": "typing"}, {"type": "say", "text": "What is it about?",
                    "quick_replies": [{"title": "My order", "payload": "track"}]}])),
            }
        }).await;
        let added = peer.hired(&app).await;
        let mut visitor = app.visitor().await;
        let ack = visitor.says("Hello").await;
        let answer = hears(&mut visitor, "bot", "What is it about?").await;
        assert_eq!(answer["author"]["name"], "Robin");
        assert_eq!(answer["quick_replies"], json!([{"title": "My order", "payload": "track"}]));
        assert_eq!(visitor.shows.state.as_deref(), Some("bot"));
        assert_eq!(visitor.shows.owner["kind"], "bot");
        visitor.asks(json!({"type": "send", "id": draw_id(), "text": "My order", "payload": "track"})).await;
        hears(&mut visitor, "bot", "It is on its way.").await;

        let asked = peer.asked();
        assert_eq!(asked.len(), 2, "once for each message");
        let first = &asked[0].body;
        assert_eq!((&first["event"], &first["epoch"]), (&json!("message"), &json!(visitor.shows.epoch)));
        assert_eq!(first["conversation"]["id"], ack["conversation"]);
        assert_eq!(first["message"]["text"], "Hello");
        assert_eq!(first["visitor"]["verified"], false);
        let before: Vec<&str> = asked[1].body["history"].as_array().expect("a history").iter()
            .filter_map(|said| said["text"].as_str()).collect();
        assert_eq!(before, ["Hello", "What is it about?"], "its own words are history, and never a message");
        let secret: SigningSecret = added.secret.parse().expect("a secret");
        for asked in &asked {
            let headers: HeaderMap = asked.head.lines().skip(1).filter_map(|line| {
                let (name, value) = line.split_once(':')?;
                Some((name.parse::<HeaderName>().ok()?, HeaderValue::from_str(value.trim()).ok()?))
            }).collect();
            let now = Timestamp::from_millis(app.app.clock.now().millis());
            assert_eq!(signing::verify(std::slice::from_ref(&secret), &headers, &asked.bytes, now), Ok(()));
        }
    }

    async fn a_hand_off_brings_a_person_and_what_was_said(app: TestApp) {
        let peer = BotPeer::says(actions(json!([{"type": "say", "text": "One moment."},
            {"type": "set", "tags": ["billing"], "attributes": {"plan": "pro"}},
            {"type": "handoff", "summary": "Wants a refund", "note": "Angry"}]))).await;
        peer.hired(&app).await;
        let mut visitor = app.visitor().await;
        let ack = visitor.says("Give me my money back").await;
        let told = happens(&mut visitor, "bot_handed_off").await;
        assert_eq!(told["by"]["kind"], "bot");
        assert_eq!(visitor.shows.state.as_deref(), Some("queued"));
        let id = ack["conversation"].as_str().expect("an id");
        assert_eq!(log(&app, id).await, ["text: Give me my money back", "text: One moment.", "note: Wants a refund",
            "note: Angry", "event: bot_handed_off"]);
        assert!(!visitor.shows.texts().iter().any(|text| text.contains("refund")), "notes are for agents");
        let mut agent = app.owner().await;
        assert_eq!(agent.takes(id, visitor.shows.epoch).await["type"], "ack");
    }

    async fn a_visitor_gets_a_person_when_they_ask(app: TestApp) {
        let peer = BotPeer::says(actions(json!([{"type": "say", "text": "How can I help?"}]))).await;
        peer.hired(&app).await;
        let mut visitor = app.visitor().await;
        visitor.says("Hello").await;
        hears(&mut visitor, "bot", "How can I help?").await;
        let before = visitor.shows.epoch;
        let asked = visitor.asks(json!({"type": "handoff", "id": draw_id()})).await;
        assert_eq!(asked["type"], "ack");
        visitor.says("Are you there?").await;
        assert_eq!(visitor.shows.state.as_deref(), Some("queued"));
        assert_eq!(visitor.shows.epoch, before + 1);
        let again = visitor.asks(json!({"type": "handoff", "id": draw_id()})).await;
        assert_eq!(again["type"], "ack", "people have it already: {again}");
        assert_eq!(peer.asked().len(), 1, "the bot hears nothing more");
    }

    async fn a_late_answer_reaches_agents_and_not_the_visitor(app: TestApp) {
        let gate = Arc::new(Semaphore::new(0));
        let held = Arc::clone(&gate);
        let peer = BotPeer::start(move |_| {
            let held = Arc::clone(&held);
            async move {
                held.acquire().await.expect("a gate").forget();
                actions(json!([{"type": "say", "text": "Too late"}]))
            }
        }).await;
        let added = peer.hired(&app).await;
        let mut visitor = app.visitor().await;
        let ack = visitor.says("Hello").await;
        let id = ack["conversation"].as_str().expect("an id").to_owned();
        until("the bot is asked", async || peer.asked().len() == 1).await;
        let mut agent = app.owner().await;
        let epoch = peer.asked()[0].body["epoch"].as_i64().expect("an epoch");
        assert_eq!(agent.takes(&id, epoch).await["type"], "ack");
        gate.add_permits(1);
        until("it is kept", async || log(&app, &id).await.last().is_some_and(|last| last == "note: bot_suppressed")).await;

        let late = acts(&app, &added.key.expose(), &id, epoch, json!([{"type": "say", "text": "Later still"}])).await;
        assert_eq!((late.status, late.problem()), (409, "owner-changed"), "{late:?}");
        assert_eq!(late.body["epoch"], epoch + 1);
        visitor.says("Anybody?").await;
        agent.answers(&id, "Here I am", i64::MAX).await;
        hears(&mut visitor, "agent", "Here I am").await;
        assert!(!visitor.shows.texts().iter().any(|text| text.contains("ate")), "{:?}", visitor.shows.texts());
        let kept = log(&app, &id).await.iter().filter(|line| *line == "note: bot_suppressed").count();
        assert_eq!(kept, 2, "both are kept for agents");

        let given = json!({"type": "transfer", "id": draw_id(), "conversation": id, "epoch": epoch + 1,
            "bot": true});
        assert_eq!(agent.asks(given).await["type"], "ack");
        visitor.says("And now?").await;
        gate.add_permits(1);
        hears(&mut visitor, "bot", "Too late").await;
        assert_eq!(peer.asked().last().expect("a call").body["messages"].as_array().map(Vec::len), Some(1));
    }

    async fn what_is_said_while_the_bot_thinks_is_one_turn(app: TestApp) {
        let gate = Arc::new(Semaphore::new(0));
        let held = Arc::clone(&gate);
        let peer = BotPeer::start(move |asked| {
            let held = Arc::clone(&held);
            async move {
                held.acquire().await.expect("a gate").forget();
                let heard = asked.body["messages"].as_array().map_or(0, Vec::len);
                actions(json!([{"type": "say", "text": format!("heard {heard}")}]))
            }
        }).await;
        peer.hired(&app).await;
        let mut visitor = app.visitor().await;
        visitor.says("one").await;
        until("the bot is asked", async || peer.asked().len() == 1).await;
        for text in ["two", "three", "four"] {
            visitor.says(text).await;
        }
        gate.add_permits(2);
        hears(&mut visitor, "bot", "heard 1").await;
        hears(&mut visitor, "bot", "heard 3").await;
        assert_eq!(peer.asked().len(), 2);
    }

    async fn a_chat_that_its_visitor_left_with_the_bot_ends_after_a_day(app: TestApp) {
        let peer = BotPeer::says(actions(json!([{"type": "say", "text": "How can I help?"}]))).await;
        peer.hired(&app).await;
        let mut visitor = app.visitor().await;
        visitor.says("Hello").await;
        hears(&mut visitor, "bot", "How can I help?").await;
        let now = app.app.clock.now();
        let close = async |at| idle::close(&app.app.db, &app.app.writer, at).await.expect("it looks");
        assert_eq!(close(now.plus(idle::CLOSES_AFTER / 2)).await, 0);
        assert_eq!(close(now.plus(idle::CLOSES_AFTER * 2)).await, 1);
        happens(&mut visitor, "conversation_timed_out").await;
        assert_eq!(visitor.shows.state.as_deref(), Some("closed"));
        visitor.says("I am back").await;
        hears(&mut visitor, "bot", "How can I help?").await;
        assert_eq!(visitor.shows.state.as_deref(), Some("bot"));
    }

    async fn a_bot_acts_later_with_its_own_key_and_nothing_else(app: TestApp) {
        let peer = BotPeer::says((202, "text/plain", String::new())).await;
        let added = peer.hired(&app).await;
        let key = added.key.expose();
        let mut visitor = app.visitor().await;
        let ack = visitor.says("Hello").await;
        let id = ack["conversation"].as_str().expect("an id");
        until("the bot is asked", async || peer.asked().len() == 1).await;
        let (event, epoch) = (peer.asked()[0].body["id"].clone(), peer.asked()[0].body["epoch"].as_i64().expect("one"));

        let grows = json!({"epoch": epoch, "id": event, "text": "It gr"});
        let url = app.url(&format!("/api/v1/conversations/{id}/partial"));
        Got::of(app.http.post(&url).bearer_auth(&key).json(&grows)).await.good();
        assert_eq!(visitor.sees("partial").await["text"], "It gr");
        let said = acts(&app, &key, id, epoch, json!([{"type": "say", "text": "It grew"}])).await;
        assert_eq!(said.good()["epoch"], epoch);
        hears(&mut visitor, "bot", "It grew").await;

        let nonsense = acts(&app, &key, id, epoch, json!([{"type": "dance"}])).await;
        assert_eq!(nonsense.status, 400, "{nonsense:?}");
        let sites = Got::of(app.http.get(app.url("/api/v1/sites")).bearer_auth(&key)).await;
        assert_eq!(sites.status, 403, "a bot's key administers nothing");
        let foreign = acts(&app, &key, &draw_id(), epoch, json!([{"type": "noop"}])).await;
        assert_eq!(foreign.status, 404);
        let closed = acts(&app, &key, id, epoch, json!([{"type": "close"}])).await;
        closed.good();
        let after = acts(&app, &key, id, epoch, json!([{"type": "say", "text": "One more thing"}])).await;
        assert_eq!((after.status, after.problem()), (409, "owner-changed"));
    }
}
