//! The hub hears of a commit late, in another order, or never, as from another node or after a
//! crash between commit and publish. The database is the only truth; every screen gets there.

use std::sync::Arc;

use deskbell::live::heal;
use serde_json::json;

use crate::support::bench::Bench;

on_each_database! {
    async fn a_first_message_that_is_published_late_reaches_the_tabs_that_wait(app: TestApp) {
        let mut bench = Bench::beside(&app).await;
        let mut waiting = app.visitor().await;
        let first = bench.says(&waiting.token, "first").await;
        // Another tab reads the conversation before the hub is told that it began.
        let mut early = waiting.another_tab().await;
        early.sees_text("first").await;
        app.app.hub.publish(first);
        waiting.sees_text("first").await;
        waiting.says("second").await;
        early.is_at(2).await;
        waiting.is_at(2).await;
        assert_eq!(waiting.shows.texts(), ["first", "second"]);
        assert_eq!(early.shows.texts(), ["first", "second"]);
        bench.close().await;
        app.stop().await;
    }

    async fn changes_are_handed_on_in_their_order_whatever_order_they_come_in(app: TestApp) {
        let mut bench = Bench::beside(&app).await;
        let mut visitor = app.visitor().await;
        visitor.says("one").await;
        let mut tab = visitor.another_tab().await;
        tab.is_at(1).await;
        let two = bench.says(&visitor.token, "two").await;
        let three = bench.says(&visitor.token, "three").await;
        let four = bench.says(&visitor.token, "four").await;
        for change in [&four, &three, &two, &three] {
            app.app.hub.publish(Arc::clone(change));
        }
        for tab in [&mut visitor, &mut tab] {
            let mut last = tab.shows.rev;
            while tab.shows.rev < 4 {
                let frame = tab.sees("changes").await;
                assert!(frame["from"].as_i64() == Some(last), "no gap and nothing twice: {frame}");
                last = tab.shows.rev;
            }
            assert_eq!(tab.shows.texts(), ["one", "two", "three", "four"]);
        }
        bench.close().await;
        app.stop().await;
    }

    async fn what_was_never_published_comes_with_the_next(app: TestApp) {
        let mut bench = Bench::beside(&app).await;
        let mut visitor = app.visitor().await;
        visitor.says("one").await;
        let mut lena = app.owner().await;
        lena.watches(&visitor.conversation(), 0).await;
        drop(bench.says(&visitor.token, "lost hint").await);
        visitor.says("three").await;
        visitor.is_at(3).await;
        assert_eq!(visitor.shows.texts(), ["one", "lost hint", "three"]);
        let frame = lena.socket.frame_of("changes").await.to_string();
        assert!(frame.contains("lost hint"), "{frame}");
        bench.close().await;
        app.stop().await;
    }

    async fn what_was_never_published_is_found_by_comparing(app: TestApp) {
        let mut bench = Bench::beside(&app).await;
        let mut visitor = app.visitor().await;
        visitor.says("one").await;
        let mut lena = app.owner().await;
        lena.watches(&visitor.conversation(), 0).await;
        drop(bench.says(&visitor.token, "lost hint").await);
        heal::compare(&app.app).await.expect("a comparison");
        visitor.socket.send(&json!({"type": "ping", "at": 1})).await;
        let pong = visitor.sees("pong").await;
        assert_eq!((visitor.shows.rev, pong["rev"].as_i64()), (2, Some(2)), "it was sent before the pong");
        assert!(lena.socket.frame_of("changes").await.to_string().contains("lost hint"));
        bench.close().await;
        app.stop().await;
    }

    async fn a_long_gap_is_read_in_pieces(app: TestApp) {
        let mut bench = Bench::beside(&app).await;
        let mut visitor = app.visitor().await;
        visitor.says("one").await;
        let mut lena = app.owner().await;
        let conversation = visitor.conversation();
        lena.watches(&conversation, 0).await;
        for n in 0..230 {
            drop(bench.says(&visitor.token, &format!("lost hint {n}")).await);
        }
        lena.notes(&conversation, "secret").await;
        visitor.says("last").await;
        while visitor.shows.rev < 233 {
            let frame = visitor.sees("changes").await;
            assert!(frame["messages"].as_array().expect("messages").len() <= 50, "no more than a frame carries");
        }
        assert_eq!(visitor.shows.messages(), app.stored(conversation.parse().expect("an id")).await);
        bench.close().await;
        app.stop().await;
    }

    async fn several_changes_behind_a_gap_do_not_block_what_fills_it(app: TestApp) {
        let mut bench = Bench::beside(&app).await;
        let mut visitor = app.visitor().await;
        visitor.says("one").await;
        drop(bench.says(&visitor.token, "lost hint").await);
        let three = bench.says(&visitor.token, "three").await;
        let four = bench.says(&visitor.token, "four").await;
        app.app.hub.publish(three);
        app.app.hub.publish(four);
        visitor.is_at(4).await;
        assert_eq!(visitor.shows.texts(), ["one", "lost hint", "three", "four"]);
        visitor.says("five").await;
        visitor.is_at(5).await;
        bench.close().await;
        app.stop().await;
    }

    async fn a_second_message_that_is_published_before_the_first_is_not_forgotten(app: TestApp) {
        let mut bench = Bench::beside(&app).await;
        let mut waiting = app.visitor().await;
        let first = bench.says(&waiting.token, "first").await;
        let second = bench.says(&waiting.token, "second").await;
        app.app.hub.publish(second);
        app.app.hub.publish(first);
        waiting.is_at(2).await;
        assert_eq!(waiting.shows.texts(), ["first", "second"]);
        bench.close().await;
        app.stop().await;
    }
}
