//! What a page tells of its visitor: a queue, events, pages, unsent text; and their earlier conversations.

use deskbell::agents::Role;
use deskbell::ids::VisitorId;
use deskbell::visitors::trail::{KEPT, TrailEntry};
use deskbell::visitors::trail_store;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::agent::Agent;
use crate::support::app::add_agent;
use crate::support::frames::{draw_id, kind, problem, texts};
use crate::support::site::{another_queue, serves, site_asks};
use crate::support::visitor::Visitor;

async fn tells(visitor: &mut Visitor, what: Value) -> Value {
    let mut frame = json!({"type": "update", "id": draw_id()});
    frame.as_object_mut().expect("an object").extend(what.as_object().expect("an object").clone());
    visitor.asks(frame).await
}

async fn trail(app: &TestApp, ack: &Value) -> Vec<TrailEntry> {
    let visitor: VisitorId = ack["visitor"].as_str().expect("the first durable act").parse().expect("an id");
    let mut conn = app.app.db.read().await.expect("a connection");
    trail_store::newest(conn.conn(), app.desk.workspace_id, visitor).await.expect("a trail")
}

/// The rows that an agent was shown and that were taken away again, once all is pushed.
async fn rows(app: &TestApp, agent: &mut Agent) -> (String, Vec<String>) {
    deskbell::live::rows::push(&app.app).await.expect("pushed");
    let said = agent.socket.said_so_far().await;
    let rows = said.iter().filter(|frame| kind(frame) == "rows");
    let removed = rows.clone().flat_map(|frame| frame["removed"].as_array().expect("ids").clone());
    (said.iter().map(Value::to_string).collect(), removed.map(|id| id.as_str().expect("text").to_owned()).collect())
}

on_each_database! {
    async fn a_chosen_queue_is_where_the_next_chat_waits(app: TestApp) {
        let sales = another_queue(&app, "Sales").await;
        let mut visitor = app.visitor().await;
        for unknown in ["", "Nowhere", "sales\u{0}", "' OR '1'='1", &draw_id(), &"x".repeat(5_000)] {
            let refused = tells(&mut visitor, json!({"queue": unknown, "profile": {"name": "Ada"}})).await;
            assert_eq!((problem(&refused), &refused["problem"]["field"]), ("value-refused", &json!("queue")));
        }
        assert_eq!(tells(&mut visitor, json!({"queue": "Sales"})).await["type"], "ack");
        visitor.says("hi").await;
        assert_eq!(visitor.sees_state("queued").await["name"], "Sales");

        // While it waits it moves, and goes to the end of the other line.
        let epoch = visitor.shows.epoch;
        let ack = tells(&mut visitor, json!({"queue": app.desk.queue_id.to_string()})).await;
        visitor.is_at(ack["rev"].as_i64().expect("a rev")).await;
        assert_eq!((&visitor.shows.owner["name"], visitor.shows.epoch), (&json!("Support"), epoch + 1));
        let again = tells(&mut visitor, json!({"queue": "Support"})).await;
        assert_eq!((&again["type"], &again["rev"]), (&json!("ack"), &ack["rev"]), "it holds already");

        // An agent has it: the next one goes there.
        let mut owner = app.owner().await;
        let id = visitor.conversation();
        owner.takes(&id, visitor.shows.epoch).await;
        visitor.sees_state("assigned").await;
        tells(&mut visitor, json!({"queue": sales.to_string()})).await;
        assert_eq!(visitor.shows.state.as_deref(), Some("assigned"));
        owner.closes(&id, visitor.shows.epoch).await;
        visitor.sees_state("closed").await;
        visitor.says("again").await;
        assert_eq!(visitor.sees_state("queued").await["name"], "Sales");
        let mut back = visitor.comes_back().await;
        back.says("here").await;
        assert_eq!(back.shows.messages(), app.stored(id.parse().expect("an id")).await);
        app.stop().await;
    }

    async fn who_does_not_serve_the_chosen_queue_loses_the_chat(app: TestApp) {
        let sales = another_queue(&app, "Sales").await;
        let mut bob = app.hire("bob", Role::Agent).await;
        let eve = add_agent(&app.app, &app.desk, "eve", Role::Agent).await;
        serves(&app, sales, eve).await;
        let mut eve = Agent::sign_in(&app, "eve@shop.example").await;
        let mut visitor = app.visitor().await;
        visitor.says("before").await;
        let id = visitor.conversation();
        for agent in [&mut bob, &mut eve] {
            agent.socket.send(&json!({"type": "watch", "view": "waiting"})).await;
            agent.watches(&id, 0).await;
        }
        rows(&app, &mut bob).await;
        rows(&app, &mut eve).await;
        tells(&mut visitor, json!({"queue": "Sales"})).await;
        let (_, removed) = rows(&app, &mut bob).await;
        assert_eq!(removed, [id.as_str()], "it goes from the list");
        visitor.says("not for bob").await;
        let (said, _) = rows(&app, &mut bob).await;
        assert!(!said.contains("not for bob"), "{said}");
        let (said, removed) = rows(&app, &mut eve).await;
        assert!(said.contains("not for bob") && removed.is_empty(), "{said}");
        bob.socket.send(&json!({"type": "watch", "conversation": id, "since": 0})).await;
        assert_eq!(problem(&bob.socket.frame_of("nack").await), "not-found");
        app.stop().await;
    }

    async fn events_and_pages_leave_a_bounded_trail(app: TestApp) {
        let mut visitor = app.visitor().await;
        for bad in [json!({"name": ""}), json!({"name": "x".repeat(101)}), json!({"name": "a\u{0}"}),
            json!({"name": "x", "data": "y".repeat(4_096)}), json!({"name": "x", "data": ["\u{0}"]})] {
            let refused = tells(&mut visitor, json!({"event": bad, "profile": {"name": "Ada"}})).await;
            assert_eq!((problem(&refused), &refused["problem"]["field"]), ("value-refused", &json!("event")));
        }
        let page = json!({"url": "https://shop.example/cart", "title": "<b>Cart</b>", "referrer": ""});
        let frame = json!({"type": "update", "id": draw_id(), "page": page,
            "event": {"name": "cart", "data": {"items": 2}}});
        let ack = visitor.asks(frame.clone()).await;
        assert_eq!(visitor.asks(frame).await["type"], "ack");
        let entries = trail(&app, &ack).await;
        let shown: Vec<(&str, &str)> = entries.iter().map(|entry| (entry.kind, entry.name.as_str())).collect();
        assert_eq!(shown, [("event", "cart"), ("page", "https://shop.example/cart")], "once, though sent twice");
        assert_eq!((&entries[0].data, &entries[1].data["title"]), (&json!({"items": 2}), &json!("<b>Cart</b>")));
        for n in 0..KEPT {
            tells(&mut visitor, json!({"event": {"name": format!("event {n}")}})).await;
        }
        let entries = trail(&app, &ack).await;
        assert_eq!(entries.len(), 100);
        assert!(entries.iter().all(|entry| entry.name.starts_with("event ")), "the oldest are gone");
        app.stop().await;
    }

    async fn unsent_text_is_shown_only_where_the_site_allows_it(app: TestApp) {
        let mut visitor = app.visitor().await;
        visitor.says("hi").await;
        let mut owner = app.owner().await;
        owner.watches(&visitor.conversation(), 0).await;
        visitor.socket.send(&json!({"type": "typing", "on": true, "preview": "I wan"})).await;
        let typing = owner.socket.frame_of("typing").await;
        assert_eq!((&typing["on"], typing.get("preview")), (&json!(true), None));
        app.stop().await;
    }

    async fn unsent_text_is_cut(app: TestApp) {
        site_asks(&app, |settings| settings.preview = true).await;
        let mut visitor = app.visitor().await;
        visitor.says("hi").await;
        let mut owner = app.owner().await;
        owner.watches(&visitor.conversation(), 0).await;
        let mut tab = visitor.another_tab().await;
        let long = "é".repeat(1_500);
        visitor.socket.send(&json!({"type": "typing", "on": true, "preview": long})).await;
        let typing = owner.socket.frame_of("typing").await;
        assert_eq!(typing["preview"].as_str().map(|text| text.chars().count()), Some(1_000));
        visitor.socket.send(&json!({"type": "typing", "on": false, "preview": "late"})).await;
        assert_eq!(owner.socket.frame_of("typing").await.get("preview"), None);
        assert!(!tab.hears().await.iter().any(|frame| kind(frame) == "typing"), "agents only");
        app.stop().await;
    }

    async fn an_earlier_chat_is_read_by_its_visitor_and_nobody_else(app: TestApp) {
        use deskbell::sites::{OnClosed, store as sites};
        let mut all = sites::all(app.app.db.read().await.expect("a connection").conn()).await.expect("sites");
        let mut site = all.remove(0);
        site.on_closed = OnClosed::New;
        let saved = app.app.writer.run("test", move |tx| Box::pin(async move { sites::save(tx.conn(), &site).await }));
        saved.await.expect("saved");

        let mut visitor = app.visitor().await;
        visitor.says("the first").await;
        let earlier = visitor.conversation();
        let mut owner = app.owner().await;
        owner.takes(&earlier, 1).await;
        owner.notes(&earlier, "a note").await;
        owner.closes(&earlier, 2).await;
        visitor.sees_state("closed").await;
        visitor.says("the second").await;
        while visitor.conversation() == earlier {
            visitor.sees_next().await;
        }
        visitor.socket.send(&json!({"type": "list"})).await;
        assert_eq!(visitor.sees("conversations").await["items"][1]["id"], earlier.as_str());
        let read = json!({"type": "history", "conversation": earlier, "before_seq": i64::MAX, "limit": 50});
        visitor.socket.send(&read).await;
        let page = visitor.sees("page").await;
        assert_eq!((texts(&page), &page["conversation"]), (vec!["the first"], &json!(earlier)));
        assert!(!page.to_string().contains("a note"));
        visitor.socket.send(&json!({"type": "history", "before_seq": i64::MAX, "limit": 50})).await;
        assert_eq!(texts(&visitor.sees("page").await), ["the second"], "the current one");

        let mut bert = app.visitor().await;
        for frame in [read.clone(), json!({"type": "history", "conversation": draw_id(), "before_seq": 9, "limit": 9})] {
            bert.socket.send(&frame).await;
            assert_eq!(problem(&bert.sees("nack").await), "not-found");
        }
        bert.says("mine").await;
        bert.socket.send(&read).await;
        assert_eq!(problem(&bert.sees("nack").await), "not-found");
        app.stop().await;
    }
}
