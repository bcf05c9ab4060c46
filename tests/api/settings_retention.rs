//! Closed chats are kept as long as their website says: what is older goes with all that is its own, and
//! nothing else does; who shortens the time says so twice.

use deskbell::conversations::retention;
use deskbell::db::Error;
use deskbell::on;
use serde_json::json;

use crate::support::agent::{Admin, Agent};
use crate::support::app::{ORIGIN, TestApp};
use crate::support::dump::{dump, names};
use crate::support::frames::draw_id;
use crate::support::plainly;
use crate::support::site::site_asks;

/// A visitor's chat with an answer, a note, a tag, an edit and a draft, closed by the owner where `closed`.
async fn chat(app: &TestApp, owner: &mut Agent, text: &str, closed: bool) -> String {
    let mut visitor = app.visitor().await;
    let ack = visitor.says(text).await;
    let id = visitor.conversation();
    let message = ack["message"]["id"].clone();
    visitor.asks(json!({"type": "edit", "id": draw_id(), "message": message, "text": format!("{text}, edited"), "if_rev": 1})).await;
    owner.watches(&id, 0).await;
    owner.takes(&id, visitor.shows.epoch).await;
    visitor.sees_state("assigned").await;
    owner.notes(&id, &format!("{text}, a note")).await;
    owner.asks(json!({"type": "tag", "id": draw_id(), "conversation": id, "tag": "old", "on": true})).await;
    owner.asks(json!({"type": "draft", "id": draw_id(), "conversation": id, "text": format!("{text}, a draft")})).await;
    if closed {
        owner.closes(&id, visitor.shows.epoch).await;
        visitor.sees_state("closed").await;
    }
    id
}

/// Moves the end, and the last change where `all`, of this chat into the past.
async fn ages(app: &TestApp, id: &str, days: i64, all: bool) {
    let at = app.app.clock.now().millis() - days * 86_400_000;
    let (id, all) = (id.parse::<deskbell::ids::ConversationId>().expect("an id"), i64::from(all));
    let aged = app.app.writer.run("test", move |tx| {
        let sql = "UPDATE conversations SET closed_at = CASE WHEN state = 'closed' THEN $2 END, \
                   updated_at = CASE WHEN $3 = 1 THEN $2 ELSE updated_at END WHERE id = $1";
        Box::pin(async move {
            let done = on!(tx.conn(), |c| sqlx::query(sql).bind(id).bind(at).bind(all).execute(c).await.map(drop));
            done.map_err(Error::from)
        })
    });
    aged.await.expect("it is older");
}

on_each_database! {
    async fn what_is_older_goes_whole_and_nothing_else_does(app: TestApp) {
        let mut owner = app.owner().await;
        let (old, young) = (chat(&app, &mut owner, "xyzzy", true).await, chat(&app, &mut owner, "young", true).await);
        let (touched, open) = (chat(&app, &mut owner, "touched", true).await, chat(&app, &mut owner, "open", false).await);
        ages(&app, &old, 31, true).await;
        ages(&app, &young, 29, true).await;
        ages(&app, &touched, 31, false).await;
        ages(&app, &open, 31, true).await;
        app.app.receipts.flush(&app.app.writer, &app.app.hub).await;
        let before = dump(&app.app.db).await;
        let of_old = |rows: &std::collections::BTreeSet<String>| rows.iter().filter(|row| row.contains("xyzzy")).count();
        assert!(of_old(&before) >= 4, "a control: message, edit, note and draft are there");

        assert_eq!(retention::sweep(&app.app).await.expect("a sweep"), 0, "all is kept where nobody says otherwise");
        assert_eq!(dump(&app.app.db).await, before);
        site_asks(&app, |settings| settings.keep_days = 30).await;
        let before = dump(&app.app.db).await;
        assert_eq!(retention::sweep(&app.app).await.expect("a sweep"), 1);
        let after = dump(&app.app.db).await;
        assert_eq!(of_old(&after), 0, "nothing of what was said is left");
        assert!(!after.iter().any(|row| names(row, &[old.as_str()])), "no row names it");
        let gone = before.difference(&after).count();
        assert_eq!(after.difference(&before).count(), 0, "nothing else was changed");
        assert_eq!(before.iter().filter(|row| names(row, &[old.as_str()]) || row.contains("xyzzy")).count(), gone, "and no other row went");
        assert_eq!(retention::sweep(&app.app).await.expect("a sweep"), 0, "the rest stays");
        assert!(deskbell::metrics::render().contains("deskbell_retention_deleted_total"));
        app.stop().await;
    }

    async fn many_go_in_several_steps_and_a_visitor_begins_anew(app: TestApp) {
        let mut owner = app.owner().await;
        let mut visitor = app.visitor().await;
        visitor.says("the first").await;
        let first = visitor.conversation();
        owner.watches(&first, 0).await;
        owner.takes(&first, 1).await;
        owner.closes(&first, 2).await;
        visitor.sees_state("closed").await;
        ages(&app, &first, 10, true).await;
        let copies = "INSERT INTO conversations (workspace_id, id, site_id, visitor_id, queue_id, state, epoch, rev, \
            visitor_rev, last_seq, floor_seq, queued_at, started_at, updated_at, closed_at) \
            SELECT workspace_id, $1, site_id, visitor_id, queue_id, state, epoch, rev, visitor_rev, last_seq, floor_seq, \
            queued_at, started_at, updated_at, closed_at FROM conversations LIMIT 1";
        for _ in 0..44 {
            let id = deskbell::ids::ConversationId::from_uuid(app.app.ids.draw());
            let added = app.app.writer.run("test", move |tx| {
                Box::pin(async move {
                    let done = on!(tx.conn(), |c| sqlx::query(copies).bind(id).execute(c).await.map(drop));
                    done.map_err(Error::from)
                })
            });
            added.await.expect("a copy");
        }
        site_asks(&app, |settings| settings.keep_days = 7).await;
        assert_eq!(retention::sweep(&app.app).await.expect("a sweep"), 45);
        assert_eq!(plainly::conversations(&app.app.db).await, 0);
        let mut again = app.visitor().await;
        again.token.clone_from(&visitor.token);
        let mut again = again.another_tab().await;
        again.says("and again").await;
        assert_ne!(again.conversation(), first, "a new one begins, as there is none to go on with");
        app.stop().await;
    }

    async fn whoever_shortens_the_time_is_told_what_goes_and_says_so(app: TestApp) {
        let mut lena = app.owner().await;
        for (text, days) in [("a", 40), ("b", 20), ("c", 1)] {
            let id = chat(&app, &mut lena, text, true).await;
            ages(&app, &id, days, true).await;
        }
        let owner = Admin::new(&app, &lena).await;
        let (path, queue) = (format!("/console/settings/sites/{}", app.desk.site_id), app.desk.queue_id.to_string());
        let save = async |days: &str, sure: &str| {
            let mut fields = vec![
                ("name", "Shop"), ("origins", ORIGIN), ("queue", queue.as_str()), ("colour", "#0b6580"), ("locale", "en"),
                ("offline_address", "off"), ("keep_days", days),
            ];
            fields.extend(Some(("keep_sure", sure)).filter(|(_, sure)| !sure.is_empty()));
            let answer = owner.posts(&path, &fields).await;
            (answer.status().as_u16(), answer.text().await.expect("a page"))
        };
        let kept = async || plainly::number(&app.app.db, "SELECT count(*) FROM audit_log").await;
        let (status, page) = save("10", "").await;
        assert_eq!(status, 422);
        assert!(page.contains("2 closed chats are older") && page.contains("name=\"keep_sure\" value=\"10\""), "{page}");
        assert_eq!((save("10", "30").await.0, kept().await), (422, 0), "who said yes to something else did not");
        for bad in ["-1", "3651", "soon", "1.5"] {
            assert_eq!((save(bad, "").await.0, kept().await), (422, 0), "{bad}");
        }
        assert_eq!(save("10", "10").await.0, 303);
        assert_eq!(lena_acts(&owner).await, json!([null, 10]));
        assert_eq!(save("30", "").await.0, 303, "a longer time deletes nothing");
        assert_eq!(save("10", "").await.0, 422, "and a shorter one is asked about again");
        assert_eq!(save("60", "").await.0, 303);
        assert_eq!(save("50", "").await.0, 303, "nothing is older: there is nothing to say yes to");
        assert_eq!(retention::sweep(&app.app).await.expect("a sweep"), 0);
        assert_eq!(save("", "").await.0, 303);
        assert_eq!(plainly::conversations(&app.app.db).await, 3, "saying so deletes nothing by itself");
        app.stop().await;
    }
}

/// The days in the newest row of the log, before and after.
async fn lena_acts(owner: &Admin<'_>) -> serde_json::Value {
    let (_, _, changes) = owner.last_act().await;
    let days = |at: usize| match &changes["settings"][at]["keep_days"] {
        days if *days == 0 => json!(null),
        days => days.clone(),
    };
    json!([days(0), days(1)])
}
