//! Practice: customers who follow a script, answer what an agent writes, and count nowhere.

use deskbell::agents::Role;
use deskbell::clock::Timestamp;
use deskbell::team;

use crate::support::agent::{Admin, Agent};
use crate::support::until::until;
use crate::support::{TestApp, plainly};

const PATH: &str = "/console/practice";
const SAID: &str = "SELECT count(*) FROM messages WHERE author_kind = 'visitor'";
const THINKING: &str = "SELECT count(*) FROM practice_chats WHERE due_at IS NOT NULL";

async fn begins(app: &TestApp, who: &Agent, chats: &str) -> String {
    let who = Admin::new(app, who).await;
    assert_eq!(who.posts(PATH, &[("do", "set_up")]).await.status(), 303);
    assert_eq!(who.posts(PATH, &[("chats", chats)]).await.status(), 303);
    plainly::id(&app.app.db, "SELECT id FROM conversations ORDER BY id LIMIT 1").await
}

async fn said(app: &TestApp, lines: i64) {
    until("the customer has said it", async || plainly::number(&app.app.db, SAID).await == lines).await;
}

on_each_database! {
    async fn a_queue_is_set_up_by_admins_and_chats_are_begun_by_its_members(app: TestApp) {
        let (owner, quinn) = (app.owner().await, app.hire("quinn", Role::Supervisor).await);
        let (owner, quinn) = (Admin::new(&app, &owner).await, Admin::new(&app, &quinn).await);
        assert_eq!(quinn.posts(PATH, &[("do", "set_up")]).await.status(), 403);
        assert_eq!(owner.posts(PATH, &[("chats", "1")]).await.status(), 404, "there is none yet");
        assert_eq!(plainly::number(&app.app.db, "SELECT count(*) FROM queues").await, 1);
        for _ in 0..2 {
            assert_eq!(owner.posts(PATH, &[("do", "set_up")]).await.status(), 303);
        }
        let (action, subject, _) = owner.last_act().await;
        assert_eq!((action.as_str(), subject.as_str()), ("queue.added", "Practice"));
        assert_eq!(plainly::number(&app.app.db, "SELECT count(*) FROM queues").await, 2, "once");
        assert_eq!(quinn.posts(PATH, &[("chats", "1")]).await.status(), 404, "not a member");
        assert_eq!(plainly::conversations(&app.app.db).await, 0);
        assert_eq!(owner.posts(PATH, &[("chats", "99")]).await.status(), 303);
        let chats = "SELECT count(*) FROM conversations WHERE is_test AND state = 'queued'";
        assert_eq!(plainly::number(&app.app.db, chats).await, 3, "at most three, and nobody has them unasked");
        for _ in 0..9 {
            assert_eq!(owner.posts(PATH, &[("chats", "3")]).await.status(), 303);
        }
        let page = owner.posts(PATH, &[("chats", "1")]).await;
        assert_eq!(page.status(), 422, "thirty are enough");
        assert!(page.text().await.expect("a page").contains("30 practice chats are open"));
        let forged = Admin { csrf: "forged".to_owned(), ..owner };
        assert_eq!(forged.posts(PATH, &[("chats", "1")]).await.status(), 403);
        assert_eq!(plainly::conversations(&app.app.db).await, 30);
        app.stop().await;
    }

    async fn a_customer_answers_line_by_line_to_the_end_and_no_number_counts_them(app: TestApp) {
        let mut owner = app.owner().await;
        let conversation = begins(&app, &owner, "1").await;
        owner.watches(&conversation, 0).await;
        owner.takes(&conversation, 1).await;
        for lines in 2..=4 {
            owner.notes(&conversation, "let me think").await;
            owner.answers(&conversation, "I am looking", 99).await;
            owner.answers(&conversation, "just a moment", 99).await;
            said(&app, lines).await;
        }
        owner.answers(&conversation, "anything else?", 99).await;
        until("nothing is left to say", async || plainly::number(&app.app.db, THINKING).await == 0).await;
        said(&app, 4).await;
        owner.closes(&conversation, 2).await;
        let mut conn = app.app.db.read().await.expect("a connection");
        let (ws, now, dawn) = (app.desk.workspace_id, app.app.clock.now(), Timestamp::from_millis(0));
        let queues = team::store::queues(conn.conn(), ws, now, dawn).await.expect("queues");
        let shown: Vec<_> = queues.iter().map(|queue| (queue.name.as_str(), queue.waiting, queue.closed)).collect();
        assert_eq!(shown, [("Support", 0, 0)]);
        assert!(team::store::first_answers(conn.conn(), ws, dawn).await.expect("answers").is_empty());
        drop(conn);
        let waits = "SELECT count(*) FROM routing_decisions WHERE wait_ms IS NOT NULL";
        assert_eq!(plainly::number(&app.app.db, waits).await, 0, "nor does the estimate");
        app.stop().await;
    }

    async fn who_is_let_go_says_nothing_more(app: TestApp) {
        let mut owner = app.owner().await;
        let conversation = begins(&app, &owner, "1").await;
        owner.watches(&conversation, 0).await;
        owner.takes(&conversation, 1).await;
        owner.answers(&conversation, "We are shut", 99).await;
        owner.closes(&conversation, 2).await;
        until("it is over", async || plainly::number(&app.app.db, THINKING).await == 0).await;
        said(&app, 1).await;
        assert_eq!(plainly::number(&app.app.db, "SELECT count(*) FROM conversations WHERE state = 'closed'").await, 1);
        app.stop().await;
    }
}
