//! The place in the line.

use deskbell::live::line::tell;
use serde_json::json;

use crate::support::TestApp;
use crate::support::frames::{draw_id, kind};
use crate::support::site::another_queue;
use crate::support::visitor::Visitor;

/// The place that this visitor is told next.
async fn place(app: &TestApp, visitor: &mut Visitor) -> String {
    tell(&app.app).await.expect("told");
    let frame = visitor.sees("queue").await;
    assert!(frame.get("wait_s").is_none(), "nobody can say yet: {frame}");
    frame["position"].as_str().expect("text").to_owned()
}

/// The places that this visitor was told by now.
async fn places(app: &TestApp, visitor: &mut Visitor) -> Vec<String> {
    tell(&app.app).await.expect("told");
    let said = visitor.hears().await;
    said.iter().filter(|frame| kind(frame) == "queue").map(|frame| frame["position"].to_string()).collect()
}

on_each_database! {
    async fn the_line_moves_up(app: TestApp) {
        let mut owner = app.owner().await;
        let (mut ada, mut bert, mut carla) = (app.visitor().await, app.visitor().await, app.visitor().await);
        for (visitor, expected) in [(&mut ada, "1"), (&mut bert, "2"), (&mut carla, "3")] {
            visitor.says("hi").await;
            assert_eq!(place(&app, visitor).await, expected);
        }
        bert.says("still here").await;
        assert_eq!(places(&app, &mut bert).await, Vec::<String>::new(), "words move nobody");
        owner.takes(&ada.conversation(), 1).await;
        assert_eq!(place(&app, &mut bert).await, "1");
        assert_eq!(place(&app, &mut carla).await, "2");
        assert_eq!(places(&app, &mut ada).await, Vec::<String>::new(), "somebody has her chat");

        let mut bert = bert.comes_back().await;
        assert_eq!(place(&app, &mut bert).await, "1", "told again after welcome");
        assert_eq!(places(&app, &mut carla).await, Vec::<String>::new(), "and nobody else is");
        let mut tab = bert.another_tab().await;
        assert_eq!(place(&app, &mut tab).await, "1");

        // Closed and begun again: at the end, and told though the number is the one of before.
        ada.sees_state("assigned").await;
        owner.closes(&ada.conversation(), ada.shows.epoch).await;
        ada.sees_state("closed").await;
        ada.says("one more").await;
        assert_eq!(place(&app, &mut ada).await, "3");
        app.stop().await;
    }

    async fn each_queue_has_its_line(app: TestApp) {
        another_queue(&app, "Sales").await;
        let (mut ada, mut bert) = (app.visitor().await, app.visitor().await);
        ada.says("hi").await;
        bert.says("hi").await;
        assert_eq!(place(&app, &mut ada).await, "1");
        assert_eq!(place(&app, &mut bert).await, "2");
        ada.asks(json!({"type": "update", "id": draw_id(), "queue": "Sales"})).await;
        assert_eq!(place(&app, &mut bert).await, "1", "the other line moves up");
        assert_eq!(place(&app, &mut ada).await, "1", "alone in hers");
        app.stop().await;
    }

    async fn beyond_a_hundred_there_is_no_number(app: TestApp) {
        let mut crowd = Vec::new();
        for _ in 0..101 {
            let mut visitor = app.visitor().await;
            visitor.says("hi").await;
            crowd.push(visitor);
        }
        assert_eq!(place(&app, &mut crowd[100]).await, "100+");
        assert_eq!(place(&app, &mut crowd[99]).await, "100");
        app.stop().await;
    }
}
