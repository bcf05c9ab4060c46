//! A visitor and an agent talk.

use serde_json::json;

use crate::support::frames::{draw_id, problem, texts};

on_each_database! {
    async fn a_visitor_and_an_agent_talk(app: TestApp) {
        let mut visitor = app.visitor().await;
        assert!(visitor.welcome["visitor"].is_null(), "nobody is known before they act");
        let ack = visitor.says("Where is order 1042?").await;
        assert_eq!((ack["type"].as_str(), ack["rev"].as_i64()), (Some("ack"), Some(1)));
        assert!(ack["visitor"].is_string(), "the first durable act tells who they are");
        let conversation = visitor.conversation();

        let mut agent = app.owner().await;
        let seen = agent.watches(&conversation, 0).await;
        assert!(seen["items"][0]["html"].as_str().expect("html").contains("Where is order 1042?"));
        let taken = agent.takes(&conversation, 1).await;
        assert_eq!(taken["type"], "ack");
        assert_eq!(agent.answers(&conversation, "On its way.", 2).await["type"], "ack");

        visitor.sees_text("On its way.").await;
        assert_eq!(visitor.shows.state.as_deref(), Some("assigned"));
        agent.socket.send(&json!({"type": "typing", "conversation": conversation, "on": true})).await;
        assert_eq!(visitor.sees("typing").await["on"], true);
        visitor.socket.send(&json!({"type": "read", "seq": 3})).await;
        let receipt = agent.socket.frame_of("receipt").await;
        assert_eq!(receipt["read_seq"], 3);

        assert_eq!(visitor.shows.messages(), app.stored(conversation.parse().expect("an id")).await);
        app.stop().await;
    }

    async fn a_resend_is_the_same_message(app: TestApp) {
        let mut visitor = app.visitor().await;
        let id = draw_id();
        visitor.sends(&id, "once").await;
        let first = visitor.answer_to(&id).await;
        visitor.sends(&id, "once").await;
        let second = visitor.answer_to(&id).await;
        assert_eq!(first["rev"], second["rev"]);
        visitor.sends(&id, "twice").await;
        assert_eq!(problem(&visitor.answer_to(&id).await), "id-reused");
        assert_eq!(visitor.shows.texts(), ["once"]);
        app.stop().await;
    }

    async fn what_was_missed_comes_at_the_return(app: TestApp) {
        let mut visitor = app.visitor().await;
        visitor.says("one").await;
        let mut tab = visitor.another_tab().await;
        tab.sees_text("one").await;
        for n in 0..120 {
            tab.says(&format!("more {n}")).await;
        }
        visitor.is_at(121).await;
        let mut gone = visitor.comes_back().await;
        gone.says("last").await;
        gone.is_at(122).await;
        tab.is_at(122).await;
        assert_eq!(gone.shows.messages(), tab.shows.messages());

        let fresh = gone.another_tab().await;
        let mut fresh = fresh;
        fresh.is_at(122).await;
        assert_eq!(fresh.shows.messages().len(), 50, "the newest page");
        fresh.socket.send(&json!({"type": "history", "before_seq": 73, "limit": 50})).await;
        let page = fresh.socket.frame_of("page").await;
        assert_eq!((texts(&page).len(), page["more"].as_bool()), (50, Some(true)));
        app.stop().await;
    }
}
