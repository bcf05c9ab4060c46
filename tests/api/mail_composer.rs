//! A conversation that began by mail: agents write a subject and copies, the list marks it, and nothing of what is
//! typed becomes a header.

use deskbell::db::Error;
use deskbell::on;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::agent::{Admin, Agent};
use crate::support::frames::draw_id;

/// A visitor's open conversation becomes one by mail.
async fn by_mail(app: &TestApp, subject: &str) {
    let (sql, subject) = (
        "INSERT INTO conversation_mail (workspace_id, conversation_id, channel, subject, mailed_seq) \
         SELECT workspace_id, id, 'mail', $1, 0 FROM conversations WHERE 1 = 1 \
         ON CONFLICT (workspace_id, conversation_id) DO UPDATE SET channel = 'mail', subject = excluded.subject",
        subject.to_owned(),
    );
    let done = app.app.writer.run("test", move |tx| {
        Box::pin(async move {
            on!(tx.conn(), |c| sqlx::query(sql).bind(subject).execute(c).await.map(drop)).map_err(Error::from)
        })
    });
    done.await.expect("by mail");
}

fn reply(conversation: &str, text: &str, mail: Value) -> Value {
    json!({"type": "send", "id": draw_id(), "conversation": conversation, "text": text, "seen_seq": 1, "force": true,
        "mail": mail})
}

async fn page(owner: &Admin<'_>, conversation: &str) -> String {
    let path = format!("/console/conversations/{conversation}?view=all");
    owner.gets(&path).await.text().await.expect("a page")
}

async fn scene(app: &TestApp) -> (String, Agent) {
    let mut ada = app.visitor().await;
    ada.says("Where is it?").await;
    let profile = json!({"email": "ada@mail.example"});
    ada.asks(json!({"type": "update", "id": draw_id(), "profile": profile})).await;
    let (conversation, mut owner) = (ada.conversation(), app.owner().await);
    owner.watches(&conversation, 0).await;
    owner.takes(&conversation, 1).await;
    (conversation, owner)
}

on_each_database! {
    async fn a_reply_by_mail_has_a_subject_and_copies(app: TestApp) {
        let (conversation, mut agent) = scene(&app).await;
        let chat = agent.asks(reply(&conversation, "Hello", json!({"subject": "x"}))).await;
        assert_eq!(chat["type"], "nack", "a chat has no subject: {chat}");
        by_mail(&app, "My order 17").await;
        let said = agent.asks(reply(&conversation, "Soon", json!({"subject": "Re: My order 17"}))).await;
        assert_eq!(said["message"]["mail"]["subject"], Value::Null, "it is the conversation's own: {said}");
        let mail = json!({"subject": " Order 17, on its way ", "cc": ["Bo@Mail.example", "bo@mail.example"]});
        let said = agent.asks(reply(&conversation, "On its way", mail)).await;
        let stored = &said["message"]["mail"];
        assert_eq!((&stored["subject"], &stored["cc"]), (&json!("Order 17, on its way"), &json!(["bo@mail.example"])));
        for bad in [
            json!({"subject": "a\r\nBcc: eve@mail.example"}),
            json!({"subject": "x".repeat(201)}),
            json!({"cc": ["eve@mail.example\r\nBcc: x@mail.example"]}),
            json!({"cc": ["nobody"]}),
            json!({"cc": (0..11).map(|n| format!("a{n}@mail.example")).collect::<Vec<_>>()}),
        ] {
            let refused = agent.asks(reply(&conversation, "No", bad.clone())).await;
            assert_eq!((&refused["type"], &refused["problem"]["status"]), (&json!("nack"), &json!(400)), "{bad}");
        }
        let owner = Admin::new(&app, &agent).await;
        let html = page(&owner, &conversation).await;
        for said in ["name=\"subject\" value=\"Re: My order 17\"", "ada@mail.example", "Order 17, on its way", "bo@mail.example"] {
            assert!(html.contains(said), "{said}");
        }
        assert!(!html.contains("Bcc"), "nothing of what was refused");
        app.stop().await;
    }

    async fn a_plain_form_writes_mails_too_and_keeps_what_it_cannot_send(app: TestApp) {
        let (conversation, agent) = scene(&app).await;
        by_mail(&app, "My order").await;
        let owner = Admin::new(&app, &agent).await;
        let path = format!("/console/conversations/{conversation}/send?view=all");
        let id = draw_id();
        let form = [("id", &*id), ("text", "By form"), ("seen_seq", "1"), ("force", "1"), ("subject", "By form, too"),
            ("cc", "bo@mail.example; cy@mail.example")];
        assert_eq!(owner.posts(&path, &form).await.status(), 303);
        assert!(page(&owner, &conversation).await.contains("bo@mail.example, cy@mail.example"));
        let id = draw_id();
        let form = [("id", &*id), ("text", "Kept words"), ("seen_seq", "1"), ("force", "1"), ("subject", "Kept subject"), ("cc", "nobody")];
        let refused = owner.posts(&path, &form).await;
        assert_eq!(refused.status(), 400);
        let html = refused.text().await.expect("a page");
        for kept in ["Kept words", "value=\"Kept subject\"", "value=\"nobody\""] {
            assert!(html.contains(kept), "{kept}");
        }
        app.stop().await;
    }

    async fn the_list_marks_mails_and_can_be_filtered_by_them(app: TestApp) {
        let (conversation, agent) = scene(&app).await;
        by_mail(&app, "My order").await;
        let mut bert = app.visitor().await;
        bert.says("In the chat").await;
        let owner = Admin::new(&app, &agent).await;
        let list = async |view: &str| {
            owner.gets(&format!("/console/conversations?view={view}")).await.text().await.expect("a page")
        };
        let (mail, chat) = (format!("row-{conversation}"), format!("row-{}", bert.conversation()));
        let all = list("all").await;
        assert!(all.contains(&mail) && all.contains(&chat) && all.matches("by-mail").count() == 1, "one is marked");
        let (by_mail, by_chat) = (list("filter%3Achannel%3Dmail").await, list("filter%3Achannel%3Dchat").await);
        assert!(by_mail.contains(&mail) && !by_mail.contains(&chat));
        assert!(by_chat.contains(&chat) && !by_chat.contains(&mail));
        let filtered = owner.posts("/console/views", &[("channel", "mail")]).await;
        assert_eq!(filtered.headers()["Location"], "/console/conversations?view=filter%3Achannel%3Dmail");
        app.stop().await;
    }
}
