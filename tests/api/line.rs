//! The place in the line.

use deskbell::live::line::tell;
use serde_json::json;

use crate::support::TestApp;
use crate::support::frames::{draw_id, kind};
use crate::support::site::another_queue;
use crate::support::visitor::Visitor;

/// Waits until this visitor is told this place.
async fn is_at(app: &TestApp, visitor: &mut Visitor, place: &str) {
    tell(&app.app).await.expect("told");
    while visitor.shows.place.as_deref() != Some(place) {
        visitor.sees_next().await;
    }
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
            is_at(&app, visitor, expected).await;
        }
        bert.says("still here").await;
        assert_eq!(places(&app, &mut bert).await, Vec::<String>::new(), "words move nobody");
        owner.takes(&ada.conversation(), 1).await;
        is_at(&app, &mut bert, "1").await;
        is_at(&app, &mut carla, "2").await;
        assert_eq!(places(&app, &mut ada).await, Vec::<String>::new(), "somebody has her chat");

        bert.shows.place = None;
        let mut bert = bert.comes_back().await;
        is_at(&app, &mut bert, "1").await; // told again after welcome
        assert_eq!(places(&app, &mut carla).await, Vec::<String>::new(), "and nobody else is");
        let mut tab = bert.another_tab().await;
        is_at(&app, &mut tab, "1").await;

        // Closed and begun again: at the end.
        ada.sees_state("assigned").await;
        owner.closes(&ada.conversation(), ada.shows.epoch).await;
        ada.sees_state("closed").await;
        ada.shows.place = None;
        ada.says("one more").await;
        is_at(&app, &mut ada, "3").await;
        app.stop().await;
    }

    async fn each_queue_has_its_line(app: TestApp) {
        another_queue(&app, "Sales").await;
        let (mut ada, mut bert) = (app.visitor().await, app.visitor().await);
        ada.says("hi").await;
        bert.says("hi").await;
        is_at(&app, &mut ada, "1").await;
        is_at(&app, &mut bert, "2").await;
        ada.shows.place = None;
        ada.asks(json!({"type": "update", "id": draw_id(), "queue": "Sales"})).await;
        is_at(&app, &mut bert, "1").await; // the other line moves up
        is_at(&app, &mut ada, "1").await; // alone in hers
        app.stop().await;
    }

    async fn beyond_a_hundred_there_is_no_number(app: TestApp) {
        let mut crowd = Vec::new();
        for _ in 0..101 {
            let mut visitor = app.visitor().await;
            visitor.says("hi").await;
            crowd.push(visitor);
        }
        is_at(&app, &mut crowd[100], "100+").await;
        is_at(&app, &mut crowd[99], "100").await;
        app.stop().await;
    }
}
