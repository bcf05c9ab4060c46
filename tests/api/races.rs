//! Several at once: first messages, writers, takers, answers that cross.

use futures_util::future::join_all;
use serde_json::json;

use deskbell::agents::Role;

use crate::support::app::ORIGIN;
use crate::support::frames::{draw_id, draw_token, kind, problem};
use crate::support::plainly;
use crate::support::replica::Replica;
use crate::support::visitor::Visitor;

on_each_database! {
    async fn two_first_hellos_and_sends_at_once_make_one_conversation(app: TestApp) {
        for round in 0..12 {
            let token = draw_token();
            let come = || {
                let (key, token) = (app.desk.site_key.clone(), token.clone());
                let address = app.address();
                async move { Visitor::connect_as(address, &key, ORIGIN, token, Replica::default()).await }
            };
            let (mut one, mut two) = tokio::join!(come(), come());
            let (first, second) = tokio::join!(one.says("from the first"), two.says("from the second"));
            assert_eq!(first["conversation"], second["conversation"], "round {round}");
            one.is_at(2).await;
            two.is_at(2).await;
            assert_eq!(one.shows.messages(), two.shows.messages());
            assert_eq!(plainly::conversations(&app.app.db).await, round + 1);
        }
        app.stop().await;
    }

    async fn fifty_first_messages_at_once_make_one_conversation(app: TestApp) {
        let first = app.visitor().await;
        let mut tabs = join_all((1..25).map(|_| first.another_tab())).await;
        tabs.push(first);
        let token = tabs[0].token.clone();
        let posted = |n| json!({"type": "send", "id": draw_id(), "text": format!("by post {n}")});
        let posts = join_all((0..25).map(|n| plainly::post(&app, &token, posted(n))));
        let says = join_all(tabs.iter_mut().enumerate().map(|(n, tab)| async move { tab.says(&format!("from tab {n}")).await }));
        let (said, posted) = tokio::join!(says, posts);
        let acks: Vec<_> = said.into_iter().chain(posted).collect();
        assert!(acks.iter().all(|ack| kind(ack) == "ack" && ack["conversation"] == acks[0]["conversation"]), "{acks:?}");
        assert_eq!(plainly::conversations(&app.app.db).await, 1);
        let stored = app.stored(tabs[0].conversation().parse().expect("an id")).await;
        assert_eq!(stored.iter().map(|message| message.seq).collect::<Vec<_>>(), (1..=50).collect::<Vec<_>>());
        for tab in &mut tabs {
            tab.is_at(50).await;
            assert_eq!(tab.shows.messages(), stored);
        }
        app.stop().await;
    }

    async fn twenty_writers_in_one_conversation_leave_no_gap(app: TestApp) {
        let mut first = app.visitor().await;
        first.says("hello").await;
        let mut tabs = join_all((1..20).map(|_| first.another_tab())).await;
        tabs.push(first);
        let acks = join_all(tabs.iter_mut().enumerate().map(|(n, tab)| async move {
            let mut seqs = Vec::new();
            for m in 0..10 {
                seqs.push(tab.says(&format!("{n} {m}")).await["rev"].as_i64().expect("a rev"));
            }
            seqs
        })).await;
        assert!(acks.iter().all(|seqs| seqs.is_sorted()), "each writer's own order holds");
        let mut seqs: Vec<i64> = acks.into_iter().flatten().collect();
        seqs.sort_unstable();
        assert_eq!(seqs, (2..=201).collect::<Vec<_>>(), "dense");
        let stored = app.stored(tabs[0].conversation().parse().expect("an id")).await;
        for tab in &mut tabs {
            tab.is_at(201).await;
            assert_eq!(tab.shows.messages(), stored);
        }
        app.stop().await;
    }

    async fn two_agents_take_at_once_and_one_is_told_who_won(app: TestApp) {
        let mut lena = app.owner().await;
        let mut boss = app.hire("boss", Role::Supervisor).await;
        for _ in 0..8 {
            let mut visitor = app.visitor().await;
            visitor.says("Anybody?").await;
            let conversation = visitor.conversation();
            let (one, two) = tokio::join!(lena.takes(&conversation, 1), boss.takes(&conversation, 1));
            let (won, lost, winner) = if kind(&one) == "ack" { (one, two, "Lena") } else { (two, one, "boss") };
            assert_eq!((kind(&won), problem(&lost)), ("ack", "owner-changed"));
            assert_eq!(lost["problem"]["owner"]["name"], winner);
            assert_eq!(lost["problem"]["epoch"], 2);
            visitor.is_at(2).await;
            assert_eq!(visitor.shows.epoch, 2);
        }
        app.stop().await;
    }

    async fn an_answer_that_crosses_another_is_held_back(app: TestApp) {
        let mut visitor = app.visitor().await;
        visitor.says("When do you open?").await;
        let conversation = visitor.conversation();
        let mut lena = app.owner().await;
        let mut boss = app.hire("boss", Role::Supervisor).await;
        assert_eq!(kind(&lena.answers(&conversation, "At nine.", 1).await), "ack");
        assert_eq!(kind(&lena.answers(&conversation, "On Sundays at ten.", 1).await), "ack", "one's own words never cross");

        let held = boss.answers(&conversation, "At eight.", 1).await;
        assert_eq!((problem(&held), held["problem"]["status"].as_i64()), ("answered-meanwhile", Some(409)));
        let items = held["problem"]["items"].as_array().expect("what was written meanwhile");
        assert_eq!(items.iter().map(|item| item["text"].as_str().expect("text")).collect::<Vec<_>>(), ["At nine.", "On Sundays at ten."]);
        assert_eq!(app.stored(conversation.parse().expect("an id")).await.len(), 3, "nothing was stored");

        assert_eq!(kind(&boss.answers(&conversation, "So it is.", 3).await), "ack", "having seen them");
        let forced = json!({"type": "send", "id": draw_id(), "conversation": conversation, "text": "Anyway.", "seen_seq": 0, "force": true});
        assert_eq!(kind(&lena.asks(forced.clone()).await), "ack");
        let again = lena.asks(forced).await;
        assert_eq!((kind(&again), again["rev"].as_i64()), ("ack", Some(5)), "a repeat is the same message");
        visitor.is_at(5).await;
        assert_eq!(visitor.shows.messages(), app.stored(conversation.parse().expect("an id")).await);
        app.stop().await;
    }

    async fn a_resent_answer_is_recognized_before_what_crossed_it(app: TestApp) {
        let mut visitor = app.visitor().await;
        visitor.says("Hello?").await;
        let conversation = visitor.conversation();
        let mut lena = app.owner().await;
        let mut boss = app.hire("boss", Role::Supervisor).await;
        let answer = json!({"type": "send", "id": draw_id(), "conversation": conversation, "text": "Hi.", "seen_seq": 1});
        let first = lena.asks(answer.clone()).await;
        assert_eq!(kind(&boss.answers(&conversation, "Hi from me.", 2).await), "ack");
        assert_eq!(kind(&boss.closes(&conversation, 1).await), "ack");
        let again = lena.asks(answer).await;
        assert_eq!((kind(&again), &again["rev"]), ("ack", &first["rev"]));
        app.stop().await;
    }

    async fn sends_of_all_kinds_into_a_closed_chat_do_not_wait_for_one_another(app: TestApp) {
        let mut lena = app.owner().await;
        let mut visitor = app.visitor().await;
        let first = visitor.says("hello").await["message"]["id"].clone();
        let conversation = visitor.conversation();
        let mut tabs = join_all((1..8).map(|_| visitor.another_tab())).await;
        tabs.push(visitor);
        for round in 0..10 {
            assert_eq!(kind(&lena.closes(&conversation, 1 + 2 * round).await), "ack");
            let answers = join_all(tabs.iter_mut().enumerate().map(|(n, tab)| {
                let mut send = json!({"type": "send", "id": draw_id(), "text": format!("{round} {n}")});
                if n % 2 == 0 {
                    send["reply_to"] = first.clone();
                }
                tab.asks(send)
            })).await;
            assert!(answers.iter().all(|answer| kind(answer) == "ack"), "{answers:?}");
        }
        app.stop().await;
    }

    async fn a_tab_that_comes_or_asks_while_a_new_chat_starts_is_in_it(app: TestApp) {
        plainly::start_anew_after_the_end(&app).await;
        let mut lena = app.owner().await;
        let mut visitor = app.visitor().await;
        visitor.says("hello").await;
        for round in 0..40 {
            let mut other = visitor.another_tab().await;
            other.sees("changes").await;
            let before = visitor.conversation();
            let rev = visitor.shows.rev;
            assert_eq!(kind(&lena.closes(&before, 1).await), "ack");
            visitor.is_at(rev + 1).await;
            other.is_at(rev + 1).await;
            for since in 0..5 {
                other.socket.send(&json!({"type": "sync", "since": since % 2})).await;
            }
            let text = format!("matter {round}");
            let (token, shows) = (visitor.token.clone(), visitor.shows.clone());
            let come = (0..16).map(|_| {
                let key = app.desk.site_key.as_str();
                Visitor::connect_as(app.address(), key, ORIGIN, token.clone(), shows.clone())
            });
            let (ack, mut tabs) = tokio::join!(visitor.says(&text), join_all(come));
            let after = ack["conversation"].as_str().expect("an id");
            tabs.push(other);
            for tab in tabs.iter_mut().chain([&mut visitor]) {
                tab.sees_text(&text).await;
                assert_eq!(tab.conversation(), after);
            }
        }
        app.stop().await;
    }
}
