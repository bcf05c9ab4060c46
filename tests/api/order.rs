//! One log, in one order: what a client gets when it returns, asks, or comes too late.

use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::app::ORIGIN;
use crate::support::frames::{draw_id, kind, problem, texts};
use crate::support::plainly;
use crate::support::socket::Socket;
use crate::support::visitor::Visitor;

/// Says hello on a new socket with these fields; the answers are for the caller.
async fn hello(app: &TestApp, who: &Visitor, fields: Value) -> Socket {
    let path = format!("/v1/live?site={}", app.desk.site_key);
    let mut socket = Socket::open(app.address(), &path, &[("Origin", ORIGIN)]).await.expect("an upgrade");
    let mut frame = json!({"type": "hello", "token": who.token});
    for (name, value) in fields.as_object().expect("fields") {
        frame[name] = value.clone();
    }
    socket.send(&frame).await;
    socket
}

fn revs(frame: &Value) -> (i64, i64, bool) {
    (frame["from"].as_i64().expect("from"), frame["rev"].as_i64().expect("rev"), frame["reset"] == true)
}

/// The types of the frames up to the answer to a ping, but for the place in the line, which comes when
/// it comes.
async fn until_pong(socket: &mut Socket) -> (Vec<String>, Value) {
    socket.send(&json!({"type": "ping", "at": 1})).await;
    let mut seen = Vec::new();
    loop {
        let frame = socket.frame().await;
        if kind(&frame) == "pong" {
            return (seen, frame);
        }
        if kind(&frame) != "queue" {
            seen.push(kind(&frame).to_owned());
        }
    }
}

on_each_database! {
    async fn a_since_beyond_the_end_is_a_reset(app: TestApp) {
        let mut visitor = app.visitor().await;
        visitor.says("one").await;
        visitor.says("two").await;
        let conversation = visitor.conversation();
        let mut socket = hello(&app, &visitor, json!({"conversation": conversation, "since": 900})).await;
        let frame = socket.frame_of("changes").await;
        assert_eq!((revs(&frame), texts(&frame)), ((0, 2, true), vec!["one", "two"]));
        socket.send(&json!({"type": "sync", "since": 3})).await;
        assert_eq!(revs(&socket.frame_of("changes").await), (0, 2, true));
        visitor.shows.rev = 900;
        let mut back = visitor.comes_back().await;
        back.sees("changes").await;
        assert_eq!((back.shows.rev, back.shows.texts()), (2, vec!["one".to_owned(), "two".to_owned()]));
        app.stop().await;
    }

    async fn another_generation_is_a_reset(app: TestApp) {
        let mut visitor = app.visitor().await;
        visitor.says("one").await;
        let conversation = visitor.conversation();
        let same = visitor.shows.generation.clone();
        let mut socket = hello(&app, &visitor, json!({"conversation": conversation, "since": 1, "generation": same})).await;
        assert_eq!(revs(&socket.frame_of("changes").await), (1, 1, false));
        let mut socket = hello(&app, &visitor, json!({"conversation": conversation, "since": 1, "generation": "older"})).await;
        let frame = socket.frame_of("changes").await;
        assert_eq!((revs(&frame), texts(&frame)), ((0, 1, true), vec!["one"]));
        app.stop().await;
    }

    async fn a_negative_since_is_refused_and_harms_nothing(app: TestApp) {
        let mut visitor = app.visitor().await;
        visitor.says("one").await;
        let conversation = visitor.conversation();
        let mut socket = hello(&app, &visitor, json!({"conversation": conversation, "since": -1})).await;
        assert_eq!(socket.frame_of("nack").await["problem"]["status"], 400);
        socket.send(&json!({"type": "hello", "token": visitor.token})).await;
        assert_eq!(revs(&socket.frame_of("changes").await), (0, 1, false), "said again, it is heard");
        socket.send(&json!({"type": "sync", "since": -5})).await;
        assert_eq!(socket.frame_of("nack").await["problem"]["status"], 400);
        let mut lena = app.owner().await;
        lena.socket.send(&json!({"type": "watch", "conversation": conversation, "since": -1})).await;
        assert_eq!(lena.socket.frame_of("nack").await["problem"]["status"], 400);
        lena.watches(&conversation, 0).await;
        app.stop().await;
    }

    async fn live_changes_wait_for_the_last_page(app: TestApp) {
        let mut away = app.visitor().await;
        away.says("first").await;
        let mut tab = away.another_tab().await;
        for n in 0..130 {
            tab.says(&format!("missed {n}")).await;
        }
        // It comes back with what it had: only the first message.
        assert_eq!(away.shows.rev, 1, "it has not read on");
        let mut back = away.comes_back().await;
        let page = back.socket.frame_of("changes").await;
        assert_eq!((revs(&page), page["more"].as_bool()), ((1, 51, false), Some(true)));
        assert_eq!(kind(&tab.says("live meanwhile").await), "ack");
        let (seen, _) = until_pong(&mut back.socket).await;
        assert!(seen.is_empty(), "nothing may overtake the pages: {seen:?}");

        let mut ask = back.shows.apply(&page);
        let mut pages = 1;
        while let Some(sync) = ask {
            back.socket.send(&sync).await;
            let page = back.socket.frame_of("changes").await;
            pages += 1;
            ask = back.shows.apply(&page);
        }
        assert_eq!((pages, back.shows.rev), (3, 132));
        tab.says("live again").await;
        back.is_at(133).await;
        assert_eq!(back.shows.messages()[..], app.stored(back.conversation().parse().expect("an id")).await[..]);
        app.stop().await;
    }

    async fn an_edit_of_an_old_message_reaches_who_returns(app: TestApp) {
        let mut visitor = app.visitor().await;
        let old = draw_id();
        visitor.sends(&old, "tpyo").await;
        visitor.answer_to(&old).await;
        for n in 0..60 {
            visitor.says(&format!("more {n}")).await;
        }
        let mut away = visitor.another_tab().await;
        away.is_at(61).await;
        let mut whole = visitor.another_tab().await;
        whole.is_at(61).await;
        let away = (away.shows.clone(), away.token.clone());
        let edited = visitor.asks(json!({"type": "edit", "id": draw_id(), "message": old, "text": "typo", "if_rev": 1})).await;
        assert_eq!(edited["rev"], 62);
        let repeated = visitor.asks(json!({"type": "edit", "id": draw_id(), "message": old, "text": "typo", "if_rev": 1})).await;
        assert_eq!((kind(&repeated), repeated["rev"].as_i64()), ("ack", Some(62)), "it is so already");
        let gone = visitor.asks(json!({"type": "delete", "id": draw_id(), "message": old, "if_rev": 62})).await;
        assert_eq!(gone["rev"], 63);

        let mut back = Visitor::connect_as(app.address(), &app.desk.site_key, ORIGIN, away.1, away.0).await;
        back.is_at(63).await;
        whole.is_at(63).await;
        for tab in [&back, &whole] {
            let first = tab.shows.messages().into_iter().find(|message| message.id == old).expect("the old message");
            assert_eq!((first.seq, first.rev, first.deleted), (1, 63, true));
        }
        app.stop().await;
    }

    async fn a_resend_after_the_end_changes_nothing(app: TestApp) {
        let mut visitor = app.visitor().await;
        let id = draw_id();
        visitor.sends(&id, "once").await;
        let first = visitor.answer_to(&id).await;
        let conversation = visitor.conversation();
        let mut lena = app.owner().await;
        assert_eq!(kind(&lena.closes(&conversation, 1).await), "ack");
        visitor.is_at(2).await;
        visitor.sends(&id, "once").await;
        let again = visitor.answer_to(&id).await;
        assert_eq!((kind(&again), &again["rev"], &again["conversation"]), ("ack", &first["rev"], &first["conversation"]));
        let posted = plainly::post(&app, &visitor.token, json!({"type": "send", "id": id, "text": "once"})).await;
        assert_eq!((kind(&posted), &posted["rev"]), ("ack", &first["rev"]), "the same by POST, without a session");
        visitor.sends(&id, "other words").await;
        assert_eq!(problem(&visitor.answer_to(&id).await), "id-reused");
        let closed = lena.closes(&conversation, 1).await;
        assert_eq!((kind(&closed), closed["rev"].as_i64()), ("ack", Some(2)), "what holds already is acknowledged");
        assert_eq!(app.stored(conversation.parse().expect("an id")).await.len(), 2);
        assert_eq!(visitor.shows.state.as_deref(), Some("closed"));
        app.stop().await;
    }

    async fn a_message_after_the_end_opens_it_again(app: TestApp) {
        let mut visitor = app.visitor().await;
        visitor.says("one").await;
        let conversation = visitor.conversation();
        let mut other = visitor.another_tab().await;
        let mut lena = app.owner().await;
        lena.takes(&conversation, 1).await;
        lena.closes(&conversation, 2).await;
        visitor.is_at(3).await;
        let ack = visitor.says("one more thing").await;
        assert_eq!((ack["conversation"].as_str(), ack["rev"].as_i64()), (Some(conversation.as_str()), Some(5)));
        visitor.is_at(5).await;
        other.is_at(5).await;
        assert_eq!((visitor.shows.state.as_deref(), visitor.shows.epoch), (Some("queued"), 4));
        assert_eq!(visitor.shows.messages(), other.shows.messages());
        assert_eq!(visitor.shows.messages(), app.stored(conversation.parse().expect("an id")).await);
        assert_eq!(plainly::conversations(&app.app.db).await, 1);
        app.stop().await;
    }

    async fn a_message_after_the_end_starts_anew_where_the_site_says_so(app: TestApp) {
        plainly::start_anew_after_the_end(&app).await;
        let mut visitor = app.visitor().await;
        let id = draw_id();
        visitor.sends(&id, "one").await;
        visitor.answer_to(&id).await;
        let before = visitor.conversation();
        let mut other = visitor.another_tab().await;
        other.sees_text("one").await;
        let mut lena = app.owner().await;
        lena.closes(&before, 1).await;
        visitor.is_at(2).await;
        let ack = visitor.says("another matter").await;
        let after = ack["conversation"].as_str().expect("an id").to_owned();
        assert_ne!(after, before);
        visitor.sees_text("another matter").await;
        other.sees_text("another matter").await;
        assert_eq!((visitor.conversation(), other.conversation()), (after.clone(), after.clone()));
        visitor.sends(&id, "one").await;
        assert_eq!(visitor.answer_to(&id).await["conversation"], before.as_str(), "a resend stays where it was");
        assert_eq!(other.says("and more").await["conversation"], after.as_str());
        let reopened = lena.reopens(&before, 2).await;
        assert_eq!(reopened["problem"]["status"], 409, "one open chat per visitor");
        assert_eq!(plainly::conversations(&app.app.db).await, 2);
        app.stop().await;
    }

    async fn notes_never_reach_a_visitor_and_make_no_gap(app: TestApp) {
        let mut visitor = app.visitor().await;
        visitor.says("one").await;
        let conversation = visitor.conversation();
        let mut lena = app.owner().await;
        lena.watches(&conversation, 0).await;
        lena.notes(&conversation, "secret before").await;
        let (seen, pong) = until_pong(&mut visitor.socket).await;
        assert!(!seen.iter().any(|kind| kind == "changes"), "{seen:?}");
        assert_eq!(pong["rev"], 1, "the visitor's rev stays where they can see");
        lena.answers(&conversation, "An answer", 1).await;
        lena.notes(&conversation, "secret after").await;
        let frame = visitor.sees("changes").await;
        assert_eq!(revs(&frame), (1, 3, false), "no gap where the note is");
        visitor.says("two").await;
        let (_, pong) = until_pong(&mut visitor.socket).await;
        assert_eq!(pong["rev"], 5);

        let mut fresh = visitor.another_tab().await;
        fresh.is_at(5).await;
        let mut socket = hello(&app, &visitor, json!({"conversation": conversation, "since": 1})).await;
        let missed = socket.frame_of("changes").await;
        assert_eq!((revs(&missed), texts(&missed)), ((1, 5, false), vec!["An answer", "two"]));
        socket.send(&json!({"type": "history", "before_seq": 100, "limit": 50})).await;
        let page = socket.frame_of("page").await;
        assert_eq!(texts(&page), ["one", "An answer", "two"]);
        let shown = format!("{missed} {page} {:?} {:?}", visitor.shows, fresh.shows);
        assert!(!shown.contains("secret") && !shown.contains("\"note\""), "{shown}");
        assert_eq!(visitor.shows.texts(), ["one", "An answer", "two"]);
        assert_eq!(fresh.shows.texts(), ["one", "An answer", "two"]);
        let whole = app.owner().await.watches(&conversation, 0).await;
        assert!(whole.to_string().contains("secret before") && whole.to_string().contains("secret after"));
        app.stop().await;
    }

    async fn fifty_long_messages_can_be_read(app: TestApp) {
        let mut visitor = app.visitor().await;
        for n in 0..60 {
            visitor.says(&format!("{n:02}{}", "\"<&".repeat(2_666))).await;
        }
        let conversation = visitor.conversation();
        let mut fresh = visitor.another_tab().await;
        fresh.is_at(60).await;
        fresh.socket.send(&json!({"type": "history", "before_seq": 61, "limit": 50})).await;
        assert!(!texts(&fresh.sees("page").await).is_empty());
        let mut socket = hello(&app, &visitor, json!({"conversation": conversation, "since": 1})).await;
        assert!(!texts(&socket.frame_of("changes").await).is_empty());
        let whole = app.owner().await.watches(&conversation, 0).await;
        assert_eq!(whole["rev"], 60);
        app.stop().await;
    }

    async fn an_earlier_chat_that_an_agent_reopens_is_the_current_one(app: TestApp) {
        plainly::start_anew_after_the_end(&app).await;
        let mut visitor = app.visitor().await;
        visitor.says("first matter").await;
        let first = visitor.conversation();
        let mut lena = app.owner().await;
        lena.closes(&first, 1).await;
        visitor.is_at(2).await;
        visitor.says("second matter").await;
        visitor.sees_text("second matter").await;
        let mut other = visitor.another_tab().await;
        other.sees_text("second matter").await;
        lena.closes(&visitor.conversation(), 1).await;
        visitor.is_at(2).await;

        assert_eq!(kind(&lena.reopens(&first, 2).await), "ack");
        assert_eq!(kind(&lena.answers(&first, "About the first matter…", 0).await), "ack");
        for tab in [&mut visitor, &mut other] {
            tab.sees_text("About the first matter…").await;
            assert_eq!((tab.conversation(), tab.shows.state.as_deref()), (first.clone(), Some("queued")));
        }
        assert_eq!(visitor.says("yes?").await["conversation"], first.as_str());
        other.sees_text("yes?").await;
        assert_eq!(visitor.shows.texts(), ["first matter", "About the first matter…", "yes?"]);
        app.stop().await;
    }
}
