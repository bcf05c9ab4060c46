//! The agents' lists over the wire: tags, filters, saved views, finding, and who may see what of it.

use deskbell::agents::Role;
use deskbell::queues::store as queues;
use deskbell::routing::line_store::LineChanges;
use deskbell::writer::op;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::agent::Agent;
use crate::support::app::{add_agent, rules};
use crate::support::frames::{draw_id, kind};

fn tag(conversation: &str, name: &str, on: bool) -> Value {
    json!({"type": "tag", "id": draw_id(), "conversation": conversation, "tag": name, "on": on})
}

/// The value of the option of a menu that has this title.
fn option(html: &str, title: &str) -> String {
    let before = html.split(&format!("\">{title}</option>")).next().expect("the menu offers it");
    before.rsplit('"').next().expect("a value").to_owned()
}

/// The next rows of this list.
async fn rows_frame(agent: &mut Agent, view: &str) -> Value {
    loop {
        let frame = agent.socket.frame().await;
        if kind(&frame) == "rows" && frame["view"] == view {
            return frame;
        }
    }
}

/// The rows that come when an agent begins to follow a list.
async fn rows(agent: &mut Agent, view: &str) -> String {
    agent.socket.send(&json!({"type": "watch", "conversation": null, "since": 0, "view": view})).await;
    let html = |item: &Value| item["html"].as_str().unwrap_or_default().to_owned();
    rows_frame(agent, view).await["items"].as_array().expect("items").iter().map(html).collect()
}

async fn page(app: &TestApp, agent: &Agent, path: &str) -> (u16, String) {
    let response = app.http.get(app.url(path)).header("Cookie", &agent.cookie).send().await.expect("an answer");
    let status = response.status().as_u16();
    (status, response.text().await.expect("text"))
}

on_each_database! {
    async fn a_tag_stands_in_the_row_and_a_filter_by_it_is_live(app: TestApp) {
        let mut agent = app.owner().await;
        let (mut one, mut other) = (app.visitor().await, app.visitor().await);
        one.says("My e-bike").await;
        other.says("My scooter").await;
        let chat = one.conversation();
        agent.asks(tag(&chat, "e-bike", true)).await;
        let (_, html) = page(&app, &agent, "/console/conversations?view=all").await;
        assert!(html.contains("<bdi>e-bike</bdi>"), "the row shows the tag");
        let value = option(&html, "e-bike");
        let view = format!("filter:tag={value}");
        let listed = rows(&mut agent, &view).await;
        assert!(listed.contains("My e-bike") && !listed.contains("My scooter"), "{listed}");
        agent.asks(tag(&chat, "e-bike", false)).await;
        // What changed before may still be on its way.
        while !rows_frame(&mut agent, &view).await["removed"].to_string().contains(&chat) {}
    }

    async fn a_list_is_no_way_into_a_queue_that_is_not_mine(app: TestApp) {
        let mut owner = app.owner().await;
        let id = add_agent(&app.app, &app.desk, "out", Role::Agent).await;
        let (ws, queue) = (app.desk.workspace_id, app.desk.queue_id);
        let leaving = op(move |tx| Box::pin(async move { queues::remove_agent(tx.conn(), ws, queue, id).await }));
        app.app.writer.run("test", leaving).await.expect("out of the queue");
        let mut stranger = Agent::sign_in(&app, "out@shop.example").await;
        let mut visitor = app.visitor().await;
        visitor.says("A secret thing").await;
        let chat = visitor.conversation();
        owner.asks(tag(&chat, "secret", true)).await;
        for view in ["all", "waiting", "filter:state=queued", "filter:state=new"] {
            assert_eq!(rows(&mut stranger, view).await, "", "{view}");
            let (_, html) = page(&app, &stranger, &format!("/console/conversations?view={view}")).await;
            assert!(!html.contains("A secret thing"), "{view}");
        }
        let (status, found) = page(&app, &stranger, "/console/find?q=secret+thing").await;
        assert!(status == 200 && !found.contains("thing"), "{found}");
        let (_, found) = page(&app, &owner, "/console/find?q=SECRET+thing").await;
        assert!(found.contains("<mark>secret thing</mark>"), "{found}");
        let refused = stranger.asks(tag(&chat, "mine", true)).await;
        assert_eq!(refused["problem"]["status"], 404, "what may not be seen looks as if it were not there");
        let (status, _) = page(&app, &stranger, &format!("/console/conversations/{chat}/pane?view=all")).await;
        assert_eq!(status, 404);
    }

    async fn a_search_takes_any_text(app: TestApp) {
        let agent = app.owner().await;
        let mut visitor = app.visitor().await;
        visitor.says("100 % _sure_ <script>alert(1)</script>").await;
        for (wanted, hit) in [("100 %", true), ("_sure_", true), ("%%", false), ("__", false), ("<script>", true), ("\\", false), ("'; DROP", false)] {
            let query: String = url::form_urlencoded::byte_serialize(wanted.as_bytes()).collect();
            let (status, html) = page(&app, &agent, &format!("/console/find?q={query}")).await;
            assert_eq!((status, html.contains("<mark>")), (200, hit), "{wanted}: {html}");
            assert!(!html.contains("<script>"), "{html}");
        }
        let (status, _) = page(&app, &agent, &format!("/console/find?q={}", "x".repeat(2_000))).await;
        assert_eq!(status, 200);
    }

    async fn an_answer_that_is_late_is_found_as_late(app: TestApp) {
        let changes = LineChanges { first_answer_s: Some(1), ..LineChanges::default() };
        rules(&app.app, app.desk.workspace_id, app.desk.queue_id, changes).await;
        let mut agent = app.owner().await;
        let mut visitor = app.visitor().await;
        visitor.says("Quick, please").await;
        assert!(rows(&mut agent, "all").await.contains("data-timer=\"due\""), "the row counts down");
        let listed = rows(&mut agent, "filter:state=late").await;
        if !listed.contains("Quick, please") {
            // It comes by itself once its time is over.
            loop {
                let late = rows_frame(&mut agent, "filter:state=late").await;
                if late.to_string().contains("Quick, please") {
                    break;
                }
            }
        }
    }

    async fn a_view_is_kept_shown_and_dropped(app: TestApp) {
        let agent = app.owner().await;
        let csrf = agent.form_token(&app).await;
        let form = |name: &str| [("csrf", csrf.clone()), ("state", "queued".to_owned()), ("name", name.to_owned())];
        let post = async |path: &str, form: &[(&str, String)]| {
            let response = app.http.post(app.url(path)).header("Cookie", &agent.cookie).form(form).send().await.expect("an answer");
            let to = response.headers().get("location").map(|to| to.to_str().expect("text").to_owned());
            (response.status().as_u16(), to)
        };
        let (status, to) = post("/console/views", &form("Late <b>ones</b>")).await;
        let to = to.expect("a way on");
        assert!(status == 303 && to.contains("view=saved%3A"), "{status} {to}");
        let (_, html) = page(&app, &agent, &to).await;
        assert!(html.contains("Late &#60;b&#62;ones&#60;/b&#62;"), "its tab, escaped");
        let id = to.rsplit("%3A").next().expect("an id");
        assert_eq!(post(&format!("/console/views/{id}/drop"), &form("")[..1]).await.0, 303);
        assert_eq!(post(&format!("/console/views/{id}/drop"), &form("")[..1]).await.0, 404);
        let (status, _) = page(&app, &agent, &to).await;
        assert_eq!(status, 200, "an old bookmark shows the line");
        assert_eq!(post("/console/views", &[("csrf", csrf.clone()), ("state", "odd".to_owned())]).await.0, 400);
    }
}
