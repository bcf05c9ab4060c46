//! Several devices prove who they are, and talk, at once.

use deskbell::on;
use futures_util::future::join_all;
use serde_json::json;

use crate::support::frames::{draw_id, kind, problem};
use crate::support::identity::{Website, device_of};
use crate::support::plainly;
use crate::support::visitor::Visitor;

const PROVED: &str = "SELECT count(*) FROM visitors WHERE external_id IS NOT NULL";
const OPEN: &str = "SELECT count(*) FROM conversations WHERE state <> 'closed'";

on_each_database! {
    async fn devices_that_prove_one_name_at_once_are_one_visitor(app: TestApp) {
        let website = Website::new(&app).await;
        for round in 0..6_i64 {
            let name = format!("customer-{round}");
            let mut devices: Vec<Visitor> = join_all((0..6).map(|_| app.visitor())).await;
            for (n, device) in devices.iter_mut().enumerate().filter(|(n, _)| n % 2 == 0) {
                device.says(&format!("from device {n}")).await;
            }
            let jwt = website.token(&name);
            let acks = join_all(devices.iter_mut().map(|device| device.proves(&jwt))).await;
            assert!(acks.iter().all(|ack| kind(ack) == "ack"), "{acks:?}");
            assert_eq!(plainly::number(&app.app.db, PROVED).await, round + 1);
            assert_eq!(plainly::number(&app.app.db, OPEN).await, round + 1, "one chat goes on");
            let stray = "SELECT count(*) FROM conversations c JOIN visitors v ON v.workspace_id = c.workspace_id \
                         AND v.id = c.visitor_id WHERE v.external_id IS NULL OR v.merged_into IS NOT NULL";
            assert_eq!(plainly::number(&app.app.db, stray).await, 0, "all came along");
            let said = devices[0].says("to all of us").await["conversation"].as_str().expect("an id").to_owned();
            for device in &mut devices {
                device.sees_text("to all of us").await;
                assert_eq!(device.conversation(), said);
            }
        }
        app.stop().await;
    }

    async fn hellos_that_prove_one_name_at_once_are_one_visitor(app: TestApp) {
        let website = Website::new(&app).await;
        for round in 0..6_i64 {
            let jwt = website.token(&format!("customer-{round}"));
            let mut devices = join_all((0..8).map(|_| device_of(&app, jwt.clone()))).await;
            let person = devices[0].welcome["visitor"].clone();
            assert!(person.is_string() && devices.iter().all(|device| device.welcome["visitor"] == person));
            assert_eq!(plainly::number(&app.app.db, PROVED).await, round + 1);
            let acks = join_all(devices.iter_mut().enumerate().map(|(n, device)| async move { device.says(&format!("{n}")).await })).await;
            assert!(acks.iter().all(|ack| kind(ack) == "ack" && ack["conversation"] == acks[0]["conversation"]));
            for device in &mut devices {
                device.is_at(8).await;
            }
        }
        app.stop().await;
    }

    async fn what_is_sent_while_somebody_proves_who_they_are_is_stored_once(app: TestApp) {
        let website = Website::new(&app).await;
        for round in 0..6 {
            let jwt = website.token(&format!("customer-{round}"));
            let mut phone = device_of(&app, jwt.clone()).await;
            let talks = round % 2 == 0;
            if talks {
                phone.says("from the phone").await;
            }
            let mut laptop = app.visitor().await;
            laptop.says("from the laptop").await;
            let mut other_tab = laptop.another_tab().await;
            let ids: Vec<String> = (0..30).map(|_| draw_id()).collect();
            let tells = async {
                for (n, id) in ids.iter().enumerate() {
                    laptop.sends(id, &format!("message {n}")).await;
                    if n == 10 {
                        laptop.socket.send(&json!({"type": "update", "id": draw_id(), "jwt": jwt})).await;
                    }
                }
                for id in &ids {
                    assert_eq!(kind(&laptop.answer_to(id).await), "ack");
                }
            };
            let also = async {
                for n in 0..10 {
                    assert_eq!(kind(&other_tab.says(&format!("other {n}")).await), "ack");
                }
            };
            tokio::join!(tells, also);
            // Resent, they are what they were.
            let mut conversations = Vec::new();
            for (n, id) in ids.iter().enumerate() {
                laptop.sends(id, &format!("message {n}")).await;
                let ack = laptop.answer_to(id).await;
                assert_eq!(kind(&ack), "ack", "{ack}");
                conversations.push(ack["conversation"].as_str().expect("an id").to_owned());
            }
            let of_ids = stored(&app.app.db, "message %").await;
            assert_eq!(of_ids, 30 * (round + 1), "each once");
            assert_eq!(stored(&app.app.db, "other %").await, 10 * (round + 1));
            conversations.dedup();
            assert!(conversations.len() <= 2, "first in the stranger's, then in the other: {conversations:?}");
            laptop.says("the end").await;
            for tab in [&mut phone, &mut other_tab] {
                tab.sees_text("the end").await;
                assert_eq!(tab.conversation(), laptop.conversation());
            }
        }
        app.stop().await;
    }

    async fn an_agent_who_reopens_in_the_same_moment_loses_or_wins_and_nothing_breaks(app: TestApp) {
        let website = Website::new(&app).await;
        let mut lena = app.owner().await;
        for round in 0..10 {
            let jwt = website.token(&format!("customer-{round}"));
            let mut phone = device_of(&app, jwt.clone()).await;
            phone.says("long ago").await;
            let old = phone.conversation();
            lena.closes(&old, 1).await;
            let mut laptop = app.visitor().await;
            laptop.says("now").await;
            let (ack, reopened) = tokio::join!(laptop.proves(&jwt), lena.reopens(&old, 2));
            assert_eq!(kind(&ack), "ack", "{ack}");
            assert!(kind(&reopened) == "ack" || problem(&reopened) == "conversation-state", "{reopened}");
            assert_eq!(plainly::number(&app.app.db, OPEN).await, round + 1);
            let goes_on = laptop.says("and on").await["conversation"].as_str().expect("an id").to_owned();
            for device in [&mut phone, &mut laptop] {
                device.sees_text("and on").await;
                assert_eq!(device.conversation(), goes_on);
            }
        }
        app.stop().await;
    }
}

async fn stored(db: &deskbell::db::Db, like: &str) -> i64 {
    let sql = "SELECT count(*) FROM messages WHERE text LIKE $1";
    let mut conn = db.read().await.expect("a connection");
    on!(conn.conn(), |c| sqlx::query_scalar(sql).bind(like).fetch_one(c).await).expect("a number")
}
