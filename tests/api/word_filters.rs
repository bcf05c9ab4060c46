//! Words that a workspace does not take from visitors, or wants its agents to know of.

use deskbell::agents::Role;
use serde_json::{Value, json};

use crate::support::agent::Admin;
use crate::support::frames::{draw_id, kind, problem};
use crate::support::tenants::another_workspace;
use crate::support::visitor::Visitor;
use crate::support::{TestApp, plainly};

const PATH: &str = "/console/settings/filters";

async fn stored(app: &TestApp) -> i64 {
    plainly::number(&app.app.db, "SELECT count(*) FROM messages WHERE kind = 'text'").await
}

/// Sends what may be refused; gives the answer.
async fn tries(visitor: &mut Visitor, text: &str) -> Value {
    let id = draw_id();
    visitor.sends(&id, text).await;
    visitor.answer_to(&id).await
}

async fn filter_id(app: &TestApp, phrase: &str) -> String {
    plainly::id(&app.app.db, &format!("SELECT id FROM word_filters WHERE phrase = '{phrase}'")).await
}

on_each_database! {
    async fn words_are_refused_or_marked_as_the_settings_say(app: TestApp) {
        let mut visitor = app.visitor().await;
        let early = draw_id();
        visitor.sends(&early, "free money before there was a filter").await;
        assert_eq!(kind(&visitor.answer_to(&early).await), "ack");
        let (id, edited) = (visitor.conversation(), draw_id());
        visitor.sends(&edited, "a harmless one").await;
        let harmless = visitor.answer_to(&edited).await;

        let mut bo = app.hire("bo", Role::Agent).await;
        bo.watches(&id, 0).await;
        assert_eq!(kind(&bo.takes(&id, 1).await), "ack");
        let owner = app.owner().await;
        let owner = Admin::new(&app, &owner).await;
        let fields = [("phrases", "Free  Money\r\ndärn\r\n\r\n"), ("action", "refuse")];
        assert_eq!(owner.posts(PATH, &fields).await.status(), 303);
        let (action, subject, changes) = owner.last_act().await;
        assert_eq!((action.as_str(), subject.as_str()), ("filter.added", "därn"));
        assert_eq!(changes, json!({"action": [null, "refuse"]}));

        // On the hot lane, and where a conversation begins.
        let nack = tries(&mut visitor, "get FREE, money!").await;
        assert_eq!(problem(&nack), "word-refused", "{nack}");
        assert!(nack["problem"]["detail"].as_str().expect("words").contains("Free Money"), "{nack}");
        let mut stranger = app.visitor().await;
        assert_eq!(problem(&tries(&mut stranger, "Darn it").await), "word-refused");
        assert_eq!((stored(&app).await, plainly::conversations(&app.app.db).await), (2, 1), "nothing of it is stored");
        assert_eq!(kind(&tries(&mut stranger, "darning money is free").await), "ack", "a part is not the word");
        let edit = json!({"type": "edit", "id": draw_id(), "message": edited, "text": "darn", "if_rev": harmless["rev"]});
        assert_eq!(problem(&visitor.asks(edit).await), "word-refused", "nor by an edit");
        visitor.sends(&early, "free money before there was a filter").await;
        assert_eq!(kind(&visitor.answer_to(&early).await), "ack", "what was taken once stays so");

        // Only marked: it arrives, and agents alone are told.
        let darn = filter_id(&app, "därn").await;
        let change = [("filter", darn.as_str()), ("action", "flag"), ("do", "change")];
        assert_eq!(owner.posts(PATH, &change).await.status(), 303);
        assert_eq!(owner.last_act().await.2, json!({"action": ["refuse", "flag"]}));
        assert_eq!(kind(&tries(&mut visitor, "DARN!").await), "ack");
        visitor.sees_text("DARN!").await;
        loop {
            let changes = bo.socket.frame_of("changes").await;
            if changes.to_string().contains("A word filter found") {
                assert!(changes.to_string().contains("därn"), "{changes}");
                break;
            }
        }
        assert_eq!(kind(&tries(&mut visitor, "and the next").await), "ack");
        let seen = visitor.another_tab().await.sees("changes").await;
        assert!(!seen.to_string().contains("words_flagged"), "{seen}");

        // A colleague is not looked at; another workspace neither.
        assert_eq!(kind(&bo.answers(&id, "darn, free money", i64::MAX).await), "ack");
        let other = another_workspace(&app.app).await;
        let mut elsewhere = Visitor::connect(app.address(), &other.site_key, &app.url("")).await;
        assert_eq!(kind(&tries(&mut elsewhere, "free money").await), "ack");

        assert_eq!(owner.posts(PATH, &[("filter", &darn), ("do", "remove")]).await.status(), 303);
        assert_eq!(owner.last_act().await.0, "filter.removed");
        assert_eq!(kind(&tries(&mut visitor, "darn").await), "ack");
        let marks = "SELECT count(*) FROM messages WHERE CAST(extra AS TEXT) LIKE '%words_flagged%'";
        assert_eq!(plainly::number(&app.app.db, marks).await, 1);
        app.stop().await;
    }

    async fn what_is_no_filter_is_said_and_nobody_else_changes_them(app: TestApp) {
        let owner = app.owner().await;
        let owner = Admin::new(&app, &owner).await;
        let long = "a".repeat(101);
        let words = "one two three four five six seven eight nine ten eleven";
        for phrases in ["", "fine\n!!!", &long, words] {
            let answer = owner.posts(PATH, &[("phrases", phrases), ("action", "flag")]).await;
            assert_eq!(answer.status(), 422, "{phrases}");
            assert!(answer.text().await.expect("a page").contains(phrases), "what was written is kept");
        }
        assert_eq!(owner.posts(PATH, &[("phrases", "fine"), ("action", "burn")]).await.status(), 422);
        let many: Vec<String> = (0..501).map(|n| format!("word{n}")).collect();
        assert_eq!(owner.posts(PATH, &[("phrases", &many.join("\n")), ("action", "flag")]).await.status(), 422);
        assert_eq!(plainly::number(&app.app.db, "SELECT count(*) FROM word_filters").await, 0);
        let twice = [("phrases", "Tabu\ntabú"), ("action", "flag")];
        assert_eq!(owner.posts(PATH, &twice).await.status(), 303);
        assert_eq!(plainly::number(&app.app.db, "SELECT count(*) FROM word_filters").await, 1, "they look for the same");
        assert_eq!(owner.posts(PATH, &[("filter", "nonsense"), ("do", "remove")]).await.status(), 404);

        let forged = Admin { csrf: "forged".to_owned(), app: owner.app, agent: owner.agent };
        assert_eq!(forged.posts(PATH, &twice).await.status(), 403);
        let boss = app.hire("boss", Role::Supervisor).await;
        let boss = Admin::new(&app, &boss).await;
        assert_eq!(boss.gets(PATH).await.status(), 403);
        assert_eq!(boss.posts(PATH, &[("phrases", "mine"), ("action", "flag")]).await.status(), 403);
        let id = filter_id(&app, "Tabu").await;
        assert_eq!(boss.posts(PATH, &[("filter", &id), ("do", "remove")]).await.status(), 403);
        assert_eq!(plainly::number(&app.app.db, "SELECT count(*) FROM word_filters").await, 1);
        app.stop().await;
    }
}
