//! What bad input gets: a clear error, nothing lost, and the session goes on.

use deskbell::live::protocol::MAX_FRAME_BYTES;
use serde_json::{Value, json};

use crate::support::app::ORIGIN;
use crate::support::fixtures::{aimed_at, fixtures};
use crate::support::frames::{awaits_answer, draw_id, draw_token, kind, problem};
use crate::support::socket::Socket;

/// What stands where something else should.
fn wrong_values() -> Vec<Value> {
    let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
    vec![
        Value::Null,
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(1e300),
        json!(i64::MIN),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(""),
        json!("x"),
        json!("\u{0}"),
        json!("\u{202e}\u{feff}"),
        json!("0193a1b2-3c4d-4e5f-8a6b-7c8d9e0f1a2b"),
        json!([]),
        json!([1, "x", null]),
        json!({}),
        json!({"a\u{0}b": {"c": null}}),
        deep,
        json!("y".repeat(9_000)),
    ]
}

/// The fixture with each field, also those inside of objects, replaced by each wrong value and left out.
fn spoilt(fixture: &Value) -> Vec<Value> {
    let mut out = Vec::new();
    for (key, value) in fixture.as_object().expect("an object") {
        let with = |value: Option<Value>| {
            let mut frame = fixture.clone();
            match value {
                Some(value) => frame[key] = value,
                None => drop(frame.as_object_mut().expect("an object").remove(key)),
            }
            frame
        };
        out.push(with(None));
        out.extend(wrong_values().into_iter().map(|wrong| with(Some(wrong))));
        if value.is_object() {
            out.extend(spoilt(value).into_iter().map(|inner| with(Some(inner))));
        }
    }
    out
}

/// Looks at what a session was answered: every refusal is a whole problem, in words, and not our fault.
fn is_clear(sent: &Value, said: &[Value]) {
    for nack in said.iter().filter(|frame| frame["type"] == "nack") {
        let problem = &nack["problem"];
        let status = problem["status"].as_u64().expect("a status");
        assert!((400..500).contains(&status) || status == 501, "{sent}\nwas answered with\n{nack}");
        for word in ["type", "title", "detail"] {
            assert!(problem[word].as_str().is_some_and(|text| !text.is_empty()), "{nack}");
        }
        assert!(nack.to_string().len() < MAX_FRAME_BYTES, "a long answer to {sent}");
    }
    if let Some(id) = awaits_answer(sent) {
        let answers = said.iter().filter(|frame| matches!(kind(frame), "ack" | "nack") && frame["id"] == id).count();
        assert_eq!(answers, 1, "{sent}\nwas answered with\n{said:?}");
    }
}

on_each_database! {
    async fn wrong_types_in_every_field_of_a_visitor(app: TestApp) {
        let mut visitor = app.visitor().await;
        let ack = visitor.says("mine").await;
        let (conversation, message) = (visitor.conversation(), ack["message"]["id"].as_str().expect("an id").to_owned());
        let mut count = 0;
        for fixture in fixtures("client-visitor").values() {
            for spoilt in spoilt(&aimed_at(fixture, &conversation, &message)) {
                is_clear(&spoilt, &visitor.socket.said_to(&spoilt).await);
                count += 1;
            }
        }
        println!("{count} spoilt frames of a visitor");
        assert_eq!(visitor.says("still here").await["type"], "ack");
        let stored = app.stored(conversation.parse().expect("an id")).await;
        assert!(stored.iter().any(|stored| stored.id == message), "what was said is there");
        app.stop().await;
    }

    async fn wrong_types_in_every_field_of_an_agent(app: TestApp) {
        let mut visitor = app.visitor().await;
        let ack = visitor.says("mine").await;
        let (conversation, message) = (visitor.conversation(), ack["message"]["id"].as_str().expect("an id").to_owned());
        let mut agent = app.owner().await;
        agent.watches(&conversation, 0).await;
        let mut count = 0;
        for fixture in fixtures("client-agent").values() {
            for spoilt in spoilt(&aimed_at(fixture, &conversation, &message)) {
                is_clear(&spoilt, &agent.socket.said_to(&spoilt).await);
                count += 1;
            }
        }
        println!("{count} spoilt frames of an agent");
        assert_eq!(visitor.says("still here").await["type"], "ack");
        app.stop().await;
    }

    async fn what_is_no_frame_is_answered_and_forgotten(app: TestApp) {
        let mut visitor = app.visitor().await;
        visitor.says("first").await;
        visitor.has_a_place().await;
        let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(5_000), close.repeat(5_000));
        let arrays = deep("[", "]");
        let objects = deep("{\"a\":", "}");
        let refused = [
            "", "null", "7", "\"text\"", "[]", "{}", "{", "}", "{\"type\":\"send\"", "{\"type\":\"send\",}", "{'type':'list'}",
            "{\"type\":5}", "{\"type\":null}", "{\"type\":[\"send\"]}", "{\"type\":\"list\"}{\"type\":\"list\"}",
            "{\"type\":\"list\",\"type\":\"list\"}", "{\"type\":\"ping\",\"at\":1e999}", "{\"type\":\"ping\",\"at\":\"\\ud800\"}",
            "{\"type\":\"read\",\"seq\":99999999999999999999}", "{\"type\":\"ping\",\"at\":NaN}", "\u{feff}{\"type\":\"list\"}",
            &arrays, &objects, &format!("{{\"type\":\"ping\",\"at\":{arrays}}}"),
            &format!("{{\"type\":\"send\",\"id\":\"{}\",\"text\":\"x\",\"payload\":{objects}}}", draw_id()),
            &format!("{{\"type\":\"future\",\"what\":{arrays}}}"),
            &json!({"type": "sync", "since": "\u{200b}".repeat(20_000)}).to_string(),
            &json!({"type": "hello", "token": visitor.token}).to_string(),
        ].map(str::to_owned);
        for text in refused {
            let sent: String = text.chars().take(100).collect();
            visitor.socket.send_text(text).await;
            let said = visitor.socket.said_so_far().await;
            assert_eq!(said.len(), 1, "{sent}: {said:?}");
            assert_eq!((problem(&said[0]), &said[0]["problem"]["status"]), ("bad-frame", &json!(400)), "{sent}");
            assert!(said[0].to_string().len() < 2_000, "{sent}: a short answer");
        }
        for ignored in [json!({"type": "future"}), json!({"type": "", "id": 7}), json!({"type": "list ", "x": {}})] {
            visitor.socket.send(&ignored).await;
            assert!(visitor.socket.said_so_far().await.is_empty(), "{ignored}");
        }
        visitor.socket.send(&json!({"type": "list", "future": [1]})).await;
        assert_eq!(visitor.socket.said_so_far().await[0]["type"], "conversations", "unknown fields are ignored");
        assert_eq!(visitor.says("last").await["rev"], 2);
        app.stop().await;
    }

    async fn texts_that_cannot_be_sent_say_why(app: TestApp) {
        let mut visitor = app.visitor().await;
        let texts = [
            ("x".repeat(8_001), "text-too-long", 413),
            ("🦀".repeat(8_001), "text-too-long", 413),
            (String::new(), "text-missing", 400),
            (" \n\t\u{3000}\u{2003}".to_owned(), "text-missing", 400),
            ("nul\u{0}inside".to_owned(), "bad-frame", 400),
        ];
        for (text, kind, status) in &texts {
            let answer = visitor.says(text).await;
            assert_eq!((problem(&answer), &answer["problem"]["status"]), (*kind, &json!(status)));
        }
        assert!(visitor.says(&"x".repeat(8_001)).await["problem"]["detail"].as_str().expect("words").contains("1 char"));
        let without = visitor.asks(json!({"type": "send", "id": draw_id()})).await;
        assert_eq!(problem(&without), "text-missing");
        for fits in ["x".repeat(8_000), "🦀".repeat(8_000), "\u{1}".repeat(8_000), "\"\\".repeat(4_000)] {
            let ack = visitor.says(&fits).await;
            assert_eq!(ack["message"]["text"], fits);
        }
        let message = visitor.shows.messages()[0].clone();
        for (text, kind, status) in texts {
            let edit = json!({"type": "edit", "id": draw_id(), "message": message.id, "text": text, "if_rev": message.rev});
            let answer = visitor.asks(edit).await;
            assert_eq!((problem(&answer), &answer["problem"]["status"]), (kind, &json!(status)));
        }
        assert_eq!(visitor.shows.texts().len(), 4);
        app.stop().await;
    }

    async fn ids_are_uuid_v7_and_stand_for_one_thing(app: TestApp) {
        let mut visitor = app.visitor().await;
        let good = draw_id();
        let odd = ["", "1", "0193a1b2-3c4d-4e5f-8a6b-7c8d9e0f1a2b", "00000000-0000-0000-0000-000000000000",
            &good.replace('-', ""), &format!("{{{good}}}"), &format!("urn:uuid:{good}"), &good[1..]];
        for id in odd {
            visitor.socket.send(&json!({"type": "send", "id": id, "text": "x"})).await;
            let said = visitor.socket.said_so_far().await;
            assert_eq!((problem(&said[0]), &said[0]["id"]), ("bad-frame", &json!(id)), "the nack names what it answers");
            assert!(said[0]["problem"]["detail"].as_str().expect("words").contains("UUIDv7"), "{said:?}");
        }
        visitor.sends(&good, "once").await;
        assert_eq!(visitor.answer_to(&good).await["type"], "ack");
        let others = [
            json!({"type": "send", "id": good, "text": "twice"}),
            json!({"type": "send", "id": good, "text": "once", "payload": {"a": 1}}),
            json!({"type": "send", "id": good, "text": "once", "reply_to": good}),
        ];
        for other in others {
            let answer = visitor.asks(other).await;
            assert_eq!((problem(&answer), &answer["problem"]["status"]), ("id-reused", &json!(409)));
        }
        let mut bert = app.visitor().await;
        bert.says("hello").await;
        bert.sends(&good, "once").await;
        assert_eq!(problem(&bert.answer_to(&good).await), "id-reused", "somebody else's id");
        let upper = good.to_uppercase();
        visitor.socket.send(&json!({"type": "send", "id": upper, "text": "once"})).await;
        let said = [visitor.socket.frame_of("ack").await];
        assert_eq!((said[0]["type"].as_str(), said[0]["rev"].as_i64()), (Some("ack"), Some(1)), "the same id: {said:?}");
        app.stop().await;
    }

    async fn a_position_that_cannot_be_is_put_right(app: TestApp) {
        let mut visitor = app.visitor().await;
        visitor.says("one").await;
        visitor.is_at(1).await;
        for since in [2, 999, i64::MAX] {
            visitor.socket.send(&json!({"type": "sync", "since": since})).await;
            let changes = visitor.socket.frame_of("changes").await;
            assert_eq!((&changes["reset"], &changes["from"], &changes["rev"]), (&json!(true), &json!(0), &json!(1)));
        }
        for since in [-1, i64::MIN] {
            visitor.socket.send(&json!({"type": "sync", "since": since})).await;
            assert_eq!(problem(&visitor.socket.frame_of("nack").await), "bad-frame");
            for frame in [json!({"type": "read", "seq": since}), json!({"type": "delivered", "seq": since})] {
                visitor.socket.send(&frame).await;
                assert_eq!(problem(&visitor.socket.frame_of("nack").await), "bad-frame");
            }
        }
        for (before, limit) in [(i64::MIN, i64::MIN), (i64::MAX, i64::MAX), (0, 0), (-1, 50)] {
            visitor.socket.send(&json!({"type": "history", "before_seq": before, "limit": limit})).await;
            assert_eq!(visitor.socket.frame_of("page").await["more"], false);
        }
        let path = format!("/v1/live?site={}", app.desk.site_key);
        let mut socket = Socket::open(app.address(), &path, &[("Origin", ORIGIN)]).await.expect("open");
        socket.send(&json!({"type": "hello", "token": visitor.token, "since": -5})).await;
        assert_eq!(problem(&socket.frame().await), "bad-frame");
        socket.send(&json!({"type": "hello", "token": visitor.token, "since": 77})).await;
        assert_eq!(socket.frame_of("welcome").await["rev"], 1, "and may say hello again");
        assert_eq!(socket.frame_of("changes").await["reset"], true);
        socket.send(&json!({"type": "read", "seq": i64::MAX})).await;
        socket.said_so_far().await;
        app.app.receipts.flush(&app.app.writer, &app.app.hub).await;
        let back = visitor.another_tab().await;
        assert_eq!(back.welcome["conversation"]["participants"][0]["read_seq"], 1, "nobody has read the future");
        app.stop().await;
    }

    async fn what_is_not_offered_yet_says_so(app: TestApp) {
        let mut visitor = app.visitor().await;
        let ack = visitor.says("mine").await;
        let (conversation, message) = (visitor.conversation(), ack["message"]["id"].clone());
        let asked = [
            json!({"type": "send", "id": draw_id(), "attachments": ["x"]}),
            json!({"type": "react", "id": draw_id(), "message": message, "emoji": "👍", "on": true}),
        ];
        for frame in asked {
            let answer = visitor.asks(frame).await;
            assert_eq!((problem(&answer), &answer["problem"]["status"]), ("not-offered", &json!(501)));
            assert!(answer["problem"]["detail"].as_str().expect("words").starts_with("This server does not offer "));
        }
        let form = json!({"type": "form", "id": draw_id(), "form": draw_id(), "values": {}});
        assert_eq!(problem(&visitor.asks(form).await), "not-found", "a form of no message");
        let mut agent = app.owner().await;
        agent.takes(&conversation, 1).await;
        for kind in ["react", "send"] {
            let frame = json!({"type": kind, "id": draw_id(), "conversation": conversation, "epoch": 2, "state": "away",
                "message": message, "emoji": "👍", "on": true, "text": "x", "seen_seq": 9, "attachments": ["x"]});
            assert_eq!(problem(&agent.asks(frame).await), "not-offered", "{kind}");
        }
        app.stop().await;
    }

    async fn nul_characters_are_cut_or_refused_and_break_nothing(app: TestApp) {
        let path = format!("/v1/live?site={}", app.desk.site_key);
        let mut socket = Socket::open(app.address(), &path, &[("Origin", ORIGIN)]).await.expect("open");
        let page = json!({"url": "https://shop.example/\u{0}x", "title": "\u{0}", "referrer": "\u{0}\u{0}"});
        let hello = json!({"type": "hello", "token": draw_token(), "locale": "e\u{0}n", "page": page,
            "generation": "\u{0}"});
        socket.send(&hello).await;
        socket.frame_of("welcome").await;
        let update = json!({"type": "update", "id": draw_id(), "locale": "d\u{0}e", "page": page,
            "profile": {"name": "A\u{0}da", "email": "\u{0}", "phone": "\u{0}1"}});
        socket.send(&update).await;
        assert_eq!(socket.frame_of("ack").await["id"], update["id"]);
        for frame in [
            json!({"type": "update", "id": draw_id(), "attributes": {"a\u{0}": 1}}),
            json!({"type": "update", "id": draw_id(), "attributes": {"a": {"b": ["\u{0}"]}}}),
            json!({"type": "send", "id": draw_id(), "text": "x", "payload": {"b": ["\u{0}"]}}),
            json!({"type": "send", "id": draw_id(), "text": "\u{0}x"}),
        ] {
            socket.send(&frame).await;
            let nack = socket.frame_of("nack").await;
            assert_eq!((problem(&nack), &nack["id"]), ("bad-frame", &frame["id"]));
        }
        app.stop().await;
    }

    async fn words_for_a_closed_conversation_open_it_again(app: TestApp) {
        let mut visitor = app.visitor().await;
        visitor.says("first").await;
        let conversation = visitor.conversation();
        let mut agent = app.owner().await;
        agent.takes(&conversation, 1).await;
        agent.closes(&conversation, 2).await;
        let late = agent.answers(&conversation, "too late", 9).await;
        assert_eq!(problem(&late), "conversation-state");
        assert_eq!(problem(&visitor.asks(json!({"type": "handoff", "id": draw_id()})).await), "conversation-state");
        let ack = visitor.says("one more thing").await;
        assert_eq!(ack["conversation"], conversation.as_str());
        visitor.sees_text("one more thing").await;
        assert_eq!(visitor.shows.state.as_deref(), Some("queued"));
        assert_eq!(agent.reopens(&conversation, 4).await["type"], "ack", "what holds already is acknowledged");
        app.stop().await;
    }
}
