//! A console without scripts has no live session: the pages that an agent asks for and the forms that they
//! send say that they are there.

use deskbell::agents::Role;
use deskbell::on;
use deskbell::routing::timer;

use crate::support::agent::cookie_of;
use crate::support::app::add_agent;
use crate::support::until::until;
use crate::support::{TestApp, plainly};

/// How long somebody counts as there, in seconds from now; less than nothing where they do not.
async fn is_there_for(app: &TestApp, name: &str) -> i64 {
    let lease = plainly::number(&app.app.db, &format!("SELECT lease_until FROM agents WHERE name = '{name}'")).await;
    (lease - app.app.clock.now().millis()) / 1_000
}

async fn page(app: &TestApp, cookie: &str, mode: &str) -> String {
    let request = app.http.get(app.url("/console/conversations")).header("Cookie", cookie);
    let answer = request.header("Sec-Fetch-Mode", mode).send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    answer.text().await.expect("a page")
}

/// The token in the forms of a page.
fn token(html: &str) -> String {
    html.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a token").to_owned()
}

async fn runs_what_is_due(app: &TestApp) {
    timer::run_due(&app.app.db, &app.app.writer, app.app.clock.now()).await.expect("no error");
}

on_each_database! {
    async fn whoever_answers_without_scripts_keeps_the_chats_that_they_took(app: TestApp) {
        for name in ["bo", "cy", "di"] {
            add_agent(&app.app, &app.desk, name, Role::Agent).await;
        }
        let mut visitor = app.visitor().await;
        visitor.says("Anybody?").await;
        let id = visitor.conversation();

        // A form alone is enough: what a script fetched before it says nothing.
        let bo = cookie_of(&app, "bo@shop.example").await;
        let csrf = token(&page(&app, &bo, "cors").await);
        let form = [("csrf", csrf.as_str()), ("epoch", "1")];
        let take = app.http.post(app.url(&format!("/console/conversations/{id}/take"))).header("Cookie", &bo).form(&form);
        assert_eq!(take.send().await.expect("an answer").status(), 303);
        assert!((60..=120).contains(&is_there_for(&app, "bo").await), "the form's answer came after the lease");
        runs_what_is_due(&app).await;
        assert_eq!(visitor.sees_state("assigned").await["name"], "bo");
        let theirs = "SELECT count(*) FROM conversations c JOIN agents a ON a.id = c.owner_agent_id WHERE a.name = 'bo'";
        assert_eq!(plainly::number(&app.app.db, theirs).await, 1, "it is not handed back");

        // A page is enough, too; and for nobody but who asked for it.
        let (cy, di) = (cookie_of(&app, "cy@shop.example").await, cookie_of(&app, "di@shop.example").await);
        page(&app, &di, "cors").await;
        page(&app, &cy, "navigate").await;
        until("the page vouches", async || (60..=120).contains(&is_there_for(&app, "cy").await)).await;
        assert!(is_there_for(&app, "di").await < 0, "a script has a live session, or nothing");

        // Whoever asks for nothing any more is gone after the grace, as everybody.
        let long_ago = "UPDATE agents SET lease_until = 1 WHERE name = 'bo'";
        let set = app.app.writer.run("test", move |tx| {
            Box::pin(async move {
                on!(tx.conn(), |c| sqlx::raw_sql(long_ago).execute(c).await.map(drop)).map_err(deskbell::db::Error::from)
            })
        });
        set.await.expect("long ago");
        runs_what_is_due(&app).await;
        visitor.sees_state("queued").await;
        app.stop().await;
    }
}
