//! What agents know beside the log: who is here, what is known of the visitor, their own state and load,
//! what was before; and that visitors are told nothing of it.

use deskbell::agents::Role;
use deskbell::ids::QueueId;
use deskbell::queues::store as queues;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::agent::Agent;
use crate::support::app::add_agent;
use crate::support::frames::{draw_id, kind};
use crate::support::plainly::start_anew_after_the_end;
use crate::support::site::{another_queue, serves};
use crate::support::socket::Socket;

/// The first frame of this type that fits.
async fn hears(socket: &mut Socket, wanted: &str, fits: impl Fn(&Value) -> bool) -> Value {
    loop {
        let frame = socket.frame_of(wanted).await;
        if fits(&frame) {
            return frame;
        }
    }
}

async fn part(app: &TestApp, agent: &Agent, path: &str) -> (u16, String) {
    let response = app.http.get(app.url(path)).header("Cookie", &agent.cookie).send().await.expect("an answer");
    let status = response.status().as_u16();
    (status, response.text().await.expect("text"))
}

/// An agent who serves this queue and no other.
async fn hired_for(app: &TestApp, queue: QueueId, name: &str) -> Agent {
    let (ws, old) = (app.desk.workspace_id, app.desk.queue_id);
    let agent = add_agent(&app.app, &app.desk, name, Role::Agent).await;
    serves(app, queue, agent).await;
    let left = app
        .app
        .writer
        .run("test", move |tx| Box::pin(async move { queues::remove_agent(tx.conn(), ws, old, agent).await }));
    left.await.expect("out of the first queue");
    Agent::sign_in(app, &format!("{name}@shop.example")).await
}

on_each_database! {
    async fn snoozing_waking_and_urgency_are_told_to_agents_alone(app: TestApp) {
        let mut visitor = app.visitor().await;
        visitor.says("Later is fine.").await;
        let id = visitor.conversation();
        let mut agent = app.owner().await;
        agent.watches(&id, 0).await;
        agent.takes(&id, 1).await;
        let urgent = json!({"type": "priority", "id": draw_id(), "conversation": id, "priority": "urgent"});
        assert_eq!(kind(&agent.asks(urgent).await), "ack");
        let until = app.app.clock.now().plus_seconds(3_600).rfc3339();
        let snooze = json!({"type": "snooze", "id": draw_id(), "conversation": id, "epoch": 2, "until": until});
        assert_eq!(kind(&agent.asks(snooze).await), "ack");
        visitor.sees_state("snoozed").await;
        visitor.says("Now, please.").await;
        visitor.sees_state("assigned").await;
        let (_, html) = part(&app, &agent, &format!("/console/conversations/{id}")).await;
        for words in ["snoozed this chat until", "set the priority", "the chat woke up"] {
            assert!(html.contains(words), "{words}");
        }
        let told = format!("{:?}", visitor.shows);
        assert!(!told.contains("snooz") && !told.contains("priority") && !told.contains("woken"), "{told}");
        app.stop().await;
    }

    async fn agents_see_each_other_in_a_chat_and_visitors_see_nobody_look(app: TestApp) {
        let mut visitor = app.visitor().await;
        visitor.says("Anybody?").await;
        let id = visitor.conversation();
        let mut one = app.owner().await;
        one.watches(&id, 0).await;
        let mut two = app.hire("bo", Role::Agent).await;
        two.watches(&id, 0).await;
        let here = hears(&mut one.socket, "presence", |frame| frame["by"]["kind"] == "agent").await;
        assert_eq!((&here["name"], &here["state"]), (&json!("bo"), &json!("online")));
        let there = hears(&mut two.socket, "presence", |frame| frame["by"]["kind"] == "agent").await;
        assert_eq!(there["state"], "online", "who was there before is told, too");
        two.socket.close().await;
        hears(&mut one.socket, "presence", |frame| frame["name"] == "bo" && frame["state"] == "offline").await;
        let heard = visitor.hears().await;
        assert!(heard.iter().all(|frame| kind(frame) != "presence"), "{heard:?}");
        app.stop().await;
    }

    async fn the_side_panel_follows_the_visitor(app: TestApp) {
        let mut visitor = app.visitor().await;
        visitor.says("Is it in stock?").await;
        let id = visitor.conversation();
        let mut agent = app.owner().await;
        agent.watches(&id, 0).await;
        let page = json!({"url": "https://shop.example/basket", "title": "Basket <b>two</b>", "referrer": ""});
        let told = json!({"type": "update", "id": draw_id(), "page": page, "attributes": {"plan": "pro"}});
        visitor.asks(told).await;
        let frame = hears(&mut agent.socket, "facts", |frame| frame["conversation"] == id.as_str()).await;
        let html = frame["html"].as_str().expect("HTML");
        assert!(html.contains("Basket &#60;b&#62;two") && html.contains("plan"), "{html}");
        assert!(!html.contains("<b>two"), "what a page says is text");
        assert!(frame["rev"].as_i64().is_some_and(|rev| rev >= 1));
        app.stop().await;
    }

    async fn an_agents_state_and_load_are_told_on_all_their_screens(app: TestApp) {
        let mut here = app.owner().await;
        let mut there = app.owner().await;
        let mut visitor = app.visitor().await;
        visitor.says("One").await;
        here.takes(&visitor.conversation(), 1).await;
        let own = hears(&mut there.socket, "own", |own| own["load"] == 1).await;
        assert_eq!((&own["state"], own["capacity"].as_i64().is_some()), (&json!("online"), true));
        here.asks(json!({"type": "state", "id": draw_id(), "state": "away"})).await;
        let own = hears(&mut there.socket, "own", |own| own["state"] == "away").await;
        assert!(own["gone_at"].is_string(), "when the chat goes on: {own}");
        let form = [("csrf", there.form_token(&app).await), ("state", "online".to_owned())];
        let request = app.http.post(app.url("/console/state")).header("Cookie", &there.cookie).form(&form);
        assert_eq!(request.send().await.expect("an answer").status(), 303);
        let own = hears(&mut here.socket, "own", |own| own["state"] == "online").await;
        assert_eq!(own["gone_at"], Value::Null);
        app.stop().await;
    }

    async fn what_was_before_is_shown_as_far_as_the_reader_may_see_it(app: TestApp) {
        start_anew_after_the_end(&app).await;
        let workshop = another_queue(&app, "Workshop").await;
        let mut visitor = app.visitor().await;
        visitor.says("A secret of the first queue").await;
        let first = visitor.conversation();
        let mut owner = app.owner().await;
        owner.takes(&first, 1).await;
        owner.notes(&first, "a note of the first queue").await;
        owner.closes(&first, 2).await;
        visitor.sees_state("closed").await;
        visitor.asks(json!({"type": "update", "id": draw_id(), "queue": workshop.to_string()})).await;
        visitor.says("And now to the workshop").await;
        let second = visitor.conversation();
        let wanda = hired_for(&app, workshop, "wanda").await;
        let path = format!("/console/conversations/{second}/past");
        let (status, html) = part(&app, &wanda, &path).await;
        assert_eq!(status, 200);
        assert!(!html.contains("first queue") && !html.contains(&first), "not theirs to see: {html}");
        let (_, html) = part(&app, &owner, &path).await;
        assert!(html.contains("A secret of the first queue") && html.contains("a note of the first queue"), "{html}");
        let (status, _) = part(&app, &wanda, &format!("/console/conversations/{first}/past")).await;
        assert_eq!(status, 404);
        let (status, _) = part(&app, &wanda, &format!("/console/conversations/{first}/pass")).await;
        assert_eq!(status, 404);
        app.stop().await;
    }
}
