//! Who gets a waiting chat, and what crosses it.

use deskbell::agents::Role;
use deskbell::ids::AgentId;
use deskbell::on;
use deskbell::routing::line_store::LineChanges;
use deskbell::routing::{Policy, duty, sweep, timer};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::agent::Agent;
use crate::support::app::{add_agent, rules};
use crate::support::frames::{draw_id, kind, problem};
use crate::support::until::until;
use crate::support::{TestApp, plainly};

/// The desk's queue gives its chats away, and the owner takes none.
async fn routed(app: &TestApp, answer_timeout_s: i64) {
    let changes = LineChanges {
        policy: Some(Policy::LeastLoaded),
        answer_timeout_s: Some(answer_timeout_s),
        ..LineChanges::default()
    };
    rules(&app.app, app.desk.workspace_id, app.desk.queue_id, changes).await;
}

async fn may_have(app: &TestApp, agent: AgentId, capacity: i64) {
    let ws = app.desk.workspace_id;
    let set = app
        .app
        .writer
        .run("test", move |tx| Box::pin(async move { duty::set_capacity(tx, ws, agent, capacity).await }));
    set.await.expect("a capacity");
}

/// Somebody new who has so many chats at once, with a console open.
async fn hired(app: &TestApp, name: &str, capacity: i64) -> Agent {
    let id = add_agent(&app.app, &app.desk, name, Role::Agent).await;
    may_have(app, id, capacity).await;
    Agent::sign_in(app, &format!("{name}@shop.example")).await
}

async fn number(app: &TestApp, sql: &str) -> i64 {
    plainly::number(&app.app.db, sql).await
}

/// Waits until this agent counts as there.
async fn is_there(app: &TestApp, name: &str) {
    let sql = format!("SELECT count(*) FROM agents WHERE name = '{name}' AND lease_until > 0");
    until("the lease begins", async || number(app, &sql).await == 1).await;
}

fn state(state: &str) -> Value {
    json!({"type": "state", "id": draw_id(), "state": state})
}

on_each_database! {
    async fn a_chat_comes_to_whoever_is_there_and_goes_when_they_go(app: TestApp) {
        routed(&app, 0).await;
        let mut bo = hired(&app, "bo", 2).await;
        is_there(&app, "bo").await;
        let mut visitor = app.visitor().await;
        let ack = visitor.says("Anybody?").await;
        assert_eq!(ack["rev"], 1, "the visitor's words come first");
        assert_eq!(visitor.sees_state("assigned").await["name"], "bo");
        let id = visitor.conversation();
        bo.watches(&id, 0).await;
        assert_eq!(kind(&bo.answers(&id, "Here I am.", 2).await), "ack");

        let mut cy = hired(&app, "cy", 2).await;
        is_there(&app, "cy").await;
        let ack = bo.asks(state("offline")).await;
        assert_eq!((kind(&ack), &ack["conversation"]), ("ack", &Value::Null));
        visitor.sees_text("Here I am.").await;
        until("cy has it", async || {
            visitor.sees_next().await;
            visitor.shows.epoch == 4
        })
        .await;
        assert_eq!(problem(&bo.closes(&id, 2).await), "owner-changed");
        let nack = bo.closes(&id, 2).await;
        assert_eq!(nack["problem"]["owner"]["name"], "cy", "the loser is told who has it");

        // The same by a form, without scripts.
        let form = [("csrf", cy.form_token(&app).await), ("state", "offline".to_owned())];
        let request = app.http.post(app.url("/console/state")).header("Cookie", &cy.cookie).form(&form);
        assert_eq!(request.send().await.expect("an answer").status(), 303);
        visitor.sees_state("queued").await;
        assert_eq!(problem(&cy.asks(state("asleep")).await), "bad-frame");
        let queue = app.desk.queue_id.to_string();
        let transfer = json!({"type": "transfer", "id": draw_id(), "conversation": id, "epoch": 5, "queue": queue});
        assert_eq!(kind(&cy.asks(transfer).await), "ack", "it is there already");
        app.stop().await;
    }

    async fn a_supervisor_takes_over_and_gives_to_a_colleague_by_forms(app: TestApp) {
        routed(&app, 0).await;
        let bo = add_agent(&app.app, &app.desk, "bo", Role::Agent).await;
        let _bo = Agent::sign_in(&app, "bo@shop.example").await;
        is_there(&app, "bo").await;
        let mut visitor = app.visitor().await;
        visitor.says("Anybody?").await;
        visitor.sees_state("assigned").await;
        let id = visitor.conversation();
        let mut boss = app.hire("boss", Role::Supervisor).await;
        assert_eq!(kind(&boss.takes(&id, 2).await), "ack");
        let csrf = boss.form_token(&app).await;
        let post = async |what: &str, fields: &[(&str, &str)]| {
            let form: Vec<(&str, &str)> = [("csrf", csrf.as_str())].iter().chain(fields).copied().collect();
            let url = app.url(&format!("/console/conversations/{id}/{what}"));
            let request = app.http.post(url).header("Cookie", &boss.cookie).form(&form);
            request.send().await.expect("an answer").status().as_u16()
        };
        assert_eq!(post("priority", &[("epoch", "3"), ("priority", "urgent")]).await, 303);
        assert_eq!(post("priority", &[("epoch", "3"), ("priority", "very")]).await, 400);
        assert_eq!(post("snooze", &[("epoch", "3"), ("for_s", "3600")]).await, 303);
        visitor.sees_state("snoozed").await;
        visitor.says("I am back").await;
        visitor.sees_state("assigned").await;
        let agent = bo.to_string();
        assert_eq!(post("transfer", &[("epoch", "2"), ("agent", &agent)]).await, 409, "of an owner that is gone");
        assert_eq!(post("transfer", &[("epoch", "3"), ("agent", &agent), ("note", "Knows\r\ncameras")]).await, 303);
        let notes = number(&app, "SELECT count(*) FROM messages WHERE kind = 'note' AND author_kind = 'agent'").await;
        assert_eq!((notes, number(&app, "SELECT max(priority) FROM conversations").await), (1, 2));
        until("bo has it again", async || {
            visitor.sees_next().await;
            visitor.shows.epoch == 4
        })
        .await;
        app.stop().await;
    }

    async fn a_close_that_crosses_the_timeout_ends_it_once(app: TestApp) {
        routed(&app, 1).await;
        let mut bo = hired(&app, "bo", 50).await;
        let _cy = hired(&app, "cy", 50).await;
        is_there(&app, "bo").await;
        is_there(&app, "cy").await;
        for _ in 0..10 {
            let mut visitor = app.visitor().await;
            visitor.says("Anybody?").await;
            visitor.sees_state("assigned").await;
            let (id, epoch) = (visitor.conversation(), visitor.shows.epoch);
            bo.watches(&id, 0).await;
            // Due at once: the timeout and the close run into one another.
            let due = "UPDATE conversations SET due_at = 1 WHERE state = 'assigned'";
            let set = app.app.writer.run("test", move |tx| {
                Box::pin(async move {
                    on!(tx.conn(), |c| sqlx::raw_sql(due).execute(c).await.map(drop)).map_err(deskbell::db::Error::from)
                })
            });
            set.await.expect("due");
            let now = app.app.clock.now();
            let (closed, timed) = tokio::join!(bo.closes(&id, epoch), timer::run_due(&app.app.db, &app.app.writer, now));
            timed.expect("no error");
            let answer = if kind(&closed) == "ack" { "closed" } else { problem(&closed) };
            assert!(matches!(answer, "closed" | "owner-changed"), "{closed}");
            if answer != "closed" {
                let now = plainly::number(&app.app.db, "SELECT max(epoch) FROM conversations WHERE state = 'assigned'").await;
                assert_eq!(kind(&bo.closes(&id, now).await), "ack");
            }
            visitor.sees_state("closed").await;
        }
        assert_eq!(number(&app, "SELECT sum(load) FROM agents").await, 0);
        let (db, writer) = (&app.app.db, &app.app.writer);
        assert_eq!(sweep::sweep(db, writer, app.app.clock.now()).await.expect("swept"), 0);
        app.stop().await;
    }

    async fn going_offline_while_chats_arrive_keeps_none(app: TestApp) {
        routed(&app, 0).await;
        let mut bo = hired(&app, "bo", 50).await;
        is_there(&app, "bo").await;
        let mut visitors = join_all((0..12).map(|_| app.visitor())).await;
        let arrive = join_all(visitors.iter_mut().map(|visitor| visitor.says("Anybody?")));
        let (_, gone) = tokio::join!(arrive, bo.asks(state("offline")));
        assert_eq!(kind(&gone), "ack");
        assert_eq!(number(&app, "SELECT count(*) FROM conversations WHERE state = 'queued'").await, 12);
        assert_eq!(number(&app, "SELECT sum(load) FROM agents").await, 0);
        let ack = bo.asks(state("online")).await;
        assert_eq!(kind(&ack), "ack");
        assert_eq!(number(&app, "SELECT count(*) FROM conversations WHERE state = 'assigned'").await, 12);
        let (db, writer) = (&app.app.db, &app.app.writer);
        assert_eq!(sweep::sweep(db, writer, app.app.clock.now()).await.expect("swept"), 0);
        app.stop().await;
    }
}
