//! Visitors who may not write any more.

use serde_json::json;

use crate::support::agent::Admin;
use crate::support::app::ORIGIN;
use crate::support::frames::draw_id;
use crate::support::socket::Socket;
use crate::support::until::until;
use crate::support::visitor::Visitor;
use crate::support::{TestApp, plainly};

/// What somebody with this token gets who says hello.
async fn hello(app: &TestApp, token: &str) -> Socket {
    let path = format!("/v1/live?site={}", app.desk.site_key);
    let mut socket = Socket::open(app.address(), &path, &[("Origin", ORIGIN)]).await.expect("an upgrade");
    socket.send(&json!({"type": "hello", "token": token, "conversation": null, "since": 0})).await;
    socket
}

async fn send_by_post(app: &TestApp, token: &str) -> u16 {
    let url = app.url(&format!("/v1/live/send?site={}", app.desk.site_key));
    let frame = json!({"type": "send", "id": draw_id(), "text": "by another way"});
    let request = app.http.post(url).header("Origin", ORIGIN).bearer_auth(token).body(frame.to_string());
    request.send().await.expect("an answer").status().as_u16()
}

/// Something that another process does in the database.
async fn runs(app: &TestApp, sql: &'static str) {
    let done = app.app.writer.run("test", move |tx| {
        Box::pin(async move {
            deskbell::on!(tx.conn(), |c| sqlx::query(sql).execute(c).await.map(drop)).map_err(deskbell::db::Error::from)
        })
    });
    done.await.expect("it runs");
}

on_each_database! {
    async fn who_is_blocked_hears_no_more_and_says_no_more(app: TestApp) {
        let mut eve = app.visitor().await;
        eve.says("rude words").await;
        let mut ada = app.visitor().await;
        ada.says("a question").await;
        let owner = app.owner().await;
        let owner = Admin::new(&app, &owner).await;
        let path = format!("/console/conversations/{}/block", eve.conversation());
        let forged = Admin { csrf: "forged".to_owned(), app: owner.app, agent: owner.agent };
        assert_eq!(forged.posts(&path, &[]).await.status(), 403);
        let done = owner.posts(&path, &[]).await;
        assert_eq!(done.status(), 303, "{}", done.text().await.expect("text"));
        assert_eq!(owner.last_act().await.0, "visitor.blocked");
        assert_eq!(eve.is_closed_with().await, Some(4200), "their session ends");
        let closed = "SELECT count(*) FROM conversations WHERE state = 'closed'";
        assert_eq!(plainly::number(&app.app.db, closed).await, 1, "and the chat with it");
        assert_eq!(hello(&app, &eve.token).await.close_code().await, Some(4200), "no other begins");
        assert_eq!(send_by_post(&app, &eve.token).await, 403);
        assert_eq!(plainly::number(&app.app.db, "SELECT count(*) FROM messages WHERE text LIKE 'by another%'").await, 0);
        ada.says("nobody else is touched").await;

        let html = owner.gets("/console/settings/blocked").await.text().await.expect("a page");
        let id = plainly::id(&app.app.db, "SELECT id FROM visitors WHERE blocked_at IS NOT NULL").await;
        assert!(html.contains(&id), "{html}");
        assert_eq!(owner.posts("/console/settings/blocked", &[("visitor", &id)]).await.status(), 303);
        assert_eq!(owner.last_act().await.0, "visitor.unblocked");
        let mut again = Visitor::connect_as(app.address(), &app.desk.site_key, ORIGIN, eve.token.clone(), Default::default()).await;
        again.says("sorry").await;
        app.stop().await;
    }

    async fn a_block_from_elsewhere_holds_here_soon(app: TestApp) {
        let mut eve = app.visitor().await;
        eve.says("rude words").await;
        runs(&app, "UPDATE visitors SET blocked_at = 1").await;
        assert_eq!(eve.is_closed_with().await, Some(4200));
        until("no other begins", async || hello(&app, &eve.token).await.close_code().await == Some(4200)).await;
        app.stop().await;
    }

    async fn nobody_blocks_whom_they_may_not_see(app: TestApp) {
        let mut eve = app.visitor().await;
        eve.says("a question").await;
        let quinn = app.hire("quinn", deskbell::agents::Role::Agent).await;
        runs(&app, "DELETE FROM queue_agents WHERE agent_id IN (SELECT id FROM agents WHERE role = 'agent')").await;
        let quinn = Admin::new(&app, &quinn).await;
        let path = format!("/console/conversations/{}/block", eve.conversation());
        assert_eq!(quinn.posts(&path, &[]).await.status(), 404);
        assert_eq!(quinn.posts("/console/settings/blocked", &[("visitor", "x")]).await.status(), 403);
        assert_eq!(plainly::number(&app.app.db, "SELECT count(*) FROM visitors WHERE blocked_at IS NOT NULL").await, 0);
        app.stop().await;
    }
}
