//! An agent begins a conversation by mail, and a chat says what becomes of an answer to who is away.

use deskbell::config::Config;
use serde_json::json;

use crate::mail_out::{ADA, asks, asks_proved, count, sql, with_post};
use crate::support::TestApp;
use crate::support::agent::Admin;
use crate::support::frames::draw_id;
use crate::support::mail::{self, from, takes_mail};
use crate::support::plainly;
use crate::support::post::{Got, PostOffice};
use crate::support::site::site_asks;
use crate::support::until::until;

const FORM: &str = "/console/new-mail?view=all";

async fn site(app: &TestApp) -> String {
    plainly::id(&app.app.db, "SELECT id FROM sites LIMIT 1").await
}

/// A form as somebody filled it in; `change` is what is different.
fn filled<'a>(id: &'a str, site: &'a str, change: &[(&'static str, &'a str)]) -> Vec<(&'static str, &'a str)> {
    let usual = [
        ("id", id),
        ("site", site),
        ("to", "Ada L. <Ada@Mail.example>"),
        ("cc", "bo@mail.example"),
        ("subject", "Your order 17"),
        ("text", "It is on its way.\r\nBest"),
    ];
    let other = |name: &str| change.iter().find(|(changed, _)| *changed == name).map(|(_, value)| *value);
    usual.into_iter().map(|(name, value)| (name, other(name).unwrap_or(value))).collect()
}

/// Sends it; the conversation that the browser is led to.
async fn begins(owner: &Admin<'_>, form: &[(&str, &str)]) -> String {
    let answer = owner.posts(FORM, form).await;
    assert_eq!(answer.status(), 303, "{}", answer.text().await.unwrap_or_default());
    let to = answer.headers()["Location"].to_str().expect("text").to_owned();
    to.trim_start_matches("/console/conversations/").split('?').next().expect("an id").to_owned()
}

/// Sends it in vain: the page says why, and has all that was typed.
async fn is_refused(owner: &Admin<'_>, form: &[(&str, &str)], status: u16, why: &str) {
    let answer = owner.posts(FORM, form).await;
    let got = answer.status().as_u16();
    let html = answer.text().await.expect("a page");
    assert_eq!(got, status, "{why}: {html}");
    assert!(html.contains(why), "{why}: {html}");
    for (name, value) in form.iter().filter(|(name, value)| !matches!(*name, "id" | "site") && !value.is_empty()) {
        let kept = value.split(['<', '\r', '\n', '"']).next().unwrap_or_default();
        assert!(html.contains(kept), "{name} is kept: {kept:?} in {html}");
    }
}

async fn came(post: &PostOffice, n: usize) -> Vec<Got> {
    until("mails came", async || post.mails().len() >= n).await;
    assert_eq!(post.mails().len(), n, "not one more");
    post.mails()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_begins_a_conversation_and_its_answer_comes_back_into_it() {
    with_post(takes_mail, async |app, post| {
        let mut agent = app.owner().await;
        let (id, site) = (draw_id(), site(&app).await);
        let owner = Admin::new(&app, &agent).await;
        let form = filled(&id, &site, &[]);
        // Pressed twice at once, and once more: one conversation, one mail.
        let (one, two) = tokio::join!(begins(&owner, &form), begins(&owner, &form));
        let chat = begins(&owner, &form).await;
        assert!(one == chat && two == chat, "{one} {two} {chat}");
        let got = came(&post, 1).await.remove(0);
        assert_eq!((got.subject().as_str(), got.header("In-Reply-To")), ("Your order 17", None));
        assert_eq!(
            (&*got.to, got.header("Auto-Submitted")),
            (&[ADA.to_owned(), "bo@mail.example".to_owned()][..], None)
        );
        assert!(got.text().starts_with("It is on its way."), "{}", got.text());
        assert_eq!(count(&app, "conversations WHERE state = 'assigned' AND owner_agent_id IS NOT NULL").await, 1);
        assert_eq!(count(&app, "agents WHERE load = 1").await, 1, "it counts as any chat of theirs");
        assert_eq!(count(&app, "visitors WHERE name = 'Ada L.' AND mail_address = 'ada@mail.example'").await, 1);
        is_refused(&owner, &filled(&id, &site, &[("text", "Something else")]), 409, "Another mail was sent").await;

        // Ada answers; somebody who got a copy is nobody's visitor.
        let reply = got.header("Reply-To").expect("where answers go");
        assert_eq!(app.takes_mail(from(ADA, &reply, "1", "Thank you!")).await, "words");
        assert_eq!(app.takes_mail(from("bo@mail.example", &reply, "2", "Me, too")).await, "note");
        drop(owner);
        agent.watches(&chat, 0).await;
        assert_eq!(agent.answers(&chat, "You are welcome.", 999).await["type"], "ack");
        let second = came(&post, 2).await.remove(1);
        assert_eq!(second.subject(), "Re: Your order 17");
        assert_eq!(second.header("In-Reply-To").as_deref(), Some("<1@mail.example>"));
        let references = second.header("References").expect("its thread");
        assert!(references.contains(&got.header("Message-ID").expect("an id")), "{references}");
        assert_eq!(count(&app, "conversations").await, 1);
        drop(agent);
        app.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_sent_says_why_and_loses_nothing() {
    with_post(takes_mail, async |app, post| {
        mail::has_address(&app.app, &app.desk.site_key, mail::SHOP).await;
        let agent = app.owner().await;
        let owner = Admin::new(&app, &agent).await;
        let (id, site, long) = (draw_id(), site(&app).await, "x".repeat(201));
        let many = (0..11).map(|n| format!("a{n}@mail.example")).collect::<Vec<_>>().join(", ");
        for (field, value, why) in [
            ("to", "nobody", "Write one mail address"),
            ("to", "ada@mail.example, bo@mail.example", "Write one mail address"),
            ("to", "ada@mail.example\r\nBcc: eve@mail.example", "Write one mail address"),
            ("to", "help+orders@shop.example", "an address of your own"),
            ("to", "reply+abc@chat.shop.example", "an address of your own"),
            ("subject", "a\r\nBcc: eve@mail.example", "on one line"),
            ("subject", &*long, "on one line"),
            ("subject", " ", "a subject"),
            ("cc", "bo@mail.example, nobody", "is no mail address"),
            ("cc", &*many, "At most"),
            ("text", " ", "nothing to send yet"),
            ("site", "0193a1b2-3c4d-7e5f-8a6b-7c8d9e0f1a02", "Choose the website"),
        ] {
            is_refused(&owner, &filled(&id, &site, &[(field, value)]), 400, why).await;
        }
        let long = "y".repeat(8_001);
        is_refused(&owner, &filled(&id, &site, &[("text", &long)]), 400, "1").await;
        assert_eq!((count(&app, "visitors").await, count(&app, "conversations").await, post.mails().len()), (0, 0, 0));
        drop(owner);
        drop(agent);
        app.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_in_a_conversation_blocked_or_takes_no_mail_is_not_written_to() {
    with_post(takes_mail, async |app, post| {
        mail::has_address(&app.app, &app.desk.site_key, mail::SHOP).await;
        let agent = app.owner().await;
        let owner = Admin::new(&app, &agent).await;
        let (id, site) = (draw_id(), site(&app).await);
        // In a conversation with them already: that one is offered.
        assert_eq!(app.takes_mail(from(ADA, mail::SHOP, "1", "Where is it?")).await, "began");
        let open = plainly::id(&app.app.db, "SELECT id FROM conversations").await;
        is_refused(&owner, &filled(&id, &site, &[]), 409, &format!("/console/conversations/{open}?view=all")).await;
        sql(&app, "UPDATE conversations SET state = 'closed', closed_at = 1, due_at = NULL".to_owned()).await;
        sql(&app, "UPDATE visitors SET blocked_at = 1".to_owned()).await;
        is_refused(&owner, &filled(&id, &site, &[]), 409, "is blocked").await;
        sql(&app, "UPDATE visitors SET blocked_at = NULL".to_owned()).await;
        let chat = begins(&owner, &filled(&id, &site, &[])).await;
        assert_ne!(chat, open);
        came(&post, 1).await;

        // What came back is said, in the form and in the conversation.
        bounces(&app, ADA).await;
        let other = draw_id();
        is_refused(&owner, &filled(&other, &site, &[("subject", "Again")]), 409, "550 no such box").await;
        let path = format!("/console/conversations/{chat}/send?view=all");
        let send =
            [("id", &*other), ("text", "Kept words"), ("seen_seq", "9"), ("force", "1"), ("subject", "Kept subject")];
        let refused = owner.posts(&path, &send).await;
        assert_eq!(refused.status(), 400);
        let html = refused.text().await.expect("a page");
        for said in ["550 no such box", "Kept words", "Kept subject", "nothing is sent there"] {
            assert!(html.contains(said), "{said}: {html}");
        }
        assert_eq!(post.mails().len(), 1);
        drop(owner);
        drop(agent);
        app.stop().await;
    })
    .await;
}

/// A mail to this address came back.
async fn bounces(app: &TestApp, address: &str) {
    use deskbell::mail::{EmailAddress, thread_store};
    let (ws, address) = (app.desk.workspace_id, EmailAddress::parse(address).expect("an address"));
    let mut conn = app.app.db.read().await.expect("a connection");
    let key = thread_store::key(conn.conn(), ws).await.expect("reads").expect("a key");
    drop(conn);
    let hash = key.address_hash(&address);
    let done = app.app.writer.run("test", move |tx| {
        Box::pin(async move {
            let sql = "INSERT INTO mail_addresses (workspace_id, address_hash, bounced_at, bounce) \
                       VALUES ($1, $2, 1, '550 no such box') ON CONFLICT (workspace_id, address_hash) \
                       DO UPDATE SET bounced_at = excluded.bounced_at, bounce = excluded.bounce";
            deskbell::on!(tx.conn(), |c| sqlx::query(sql).bind(ws).bind(&hash[..]).execute(c).await.map(drop))
                .map_err(deskbell::db::Error::from)
        })
    });
    done.await.expect("marked");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_whoever_proved_the_address_and_never_who_only_said_it() {
    with_post(takes_mail, async |app, post| {
        let agent = app.owner().await;
        let owner = Admin::new(&app, &agent).await;
        let site = site(&app).await;
        let said = asks(&app, ADA, "I say that I am Ada").await;
        let first = begins(&owner, &filled(&draw_id(), &site, &[])).await;
        assert_ne!(first, said.conversation(), "a chat that anybody could have begun");
        assert_eq!(count(&app, "visitors").await, 2);
        came(&post, 1).await;

        let bo = "bo@mail.example";
        let proved = asks_proved(&app, bo, "I am Bo").await;
        let form = [("to", bo), ("cc", "")];
        is_refused(&owner, &filled(&draw_id(), &site, &form), 409, &proved.conversation()).await;
        sql(
            &app,
            "UPDATE conversations SET state = 'closed', closed_at = 1, owner_agent_id = NULL, due_at = NULL".to_owned(),
        )
        .await;
        let second = begins(&owner, &filled(&draw_id(), &site, &form)).await;
        let whose = format!("conversations c JOIN visitors v ON v.id = c.visitor_id WHERE v.proved_email = '{bo}'");
        assert_eq!(count(&app, &whose).await, 2, "their chat, and this mail");
        assert_eq!(came(&post, 2).await[1].to, [bo.to_owned()]);

        // Whatever address they give in the chat later, the mails stay where they were; and who wants no more of
        // what comes by itself still gets what is written to them.
        sql(&app, "UPDATE visitors SET email = 'eve@mail.example' WHERE proved_email IS NOT NULL".to_owned()).await;
        sql(&app, "UPDATE mail_addresses SET unsubscribed_at = 1".to_owned()).await;
        let path = format!("/console/conversations/{second}/send?view=all");
        let id = draw_id();
        let send =
            [("id", &*id), ("text", "And one more"), ("seen_seq", "9"), ("force", "1"), ("subject", ""), ("cc", "")];
        assert_eq!(owner.posts(&path, &send).await.status(), 303);
        assert_eq!(came(&post, 3).await[2].to, [bo.to_owned()]);
        drop((said, proved));
        drop(owner);
        drop(agent);
        app.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_begins_so_many_an_hour() {
    let few = |config: &mut Config| {
        takes_mail(config);
        config.limits.new_mails_per_hour_per_agent = 2;
    };
    with_post(few, async |app, post| {
        let agent = app.owner().await;
        let owner = Admin::new(&app, &agent).await;
        let (site, ids) = (site(&app).await, [draw_id(), draw_id(), draw_id()]);
        let to = ["a@mail.example", "b@mail.example", "c@mail.example"];
        let first = begins(&owner, &filled(&ids[0], &site, &[("to", to[0])])).await;
        begins(&owner, &filled(&ids[1], &site, &[("to", to[1])])).await;
        is_refused(&owner, &filled(&ids[2], &site, &[("to", to[2])]), 429, "new mails in an hour").await;
        assert_eq!(begins(&owner, &filled(&ids[0], &site, &[("to", to[0])])).await, first, "a repeat is no new one");
        came(&post, 2).await;
        drop(owner);
        drop(agent);
        app.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chat_says_what_becomes_of_an_answer_to_who_is_away() {
    with_post(takes_mail, async |app, _post| {
        site_asks(&app, |settings| settings.mail.away_s = 120).await;
        let mut visitor = app.visitor().await;
        visitor.says("Hello").await;
        let chat = visitor.conversation();
        let agent = app.owner().await;
        let owner = Admin::new(&app, &agent).await;
        let page = async || {
            let path = format!("/console/conversations/{chat}?view=all");
            owner.gets(&path).await.text().await.expect("a page")
        };
        let here = page().await;
        let shown = format!("data-left=\"{chat}\">");
        assert!(!here.contains(&shown), "they are here");
        visitor.asks(json!({"type": "update", "id": draw_id(), "profile": {"name": "Ada"}})).await;
        drop(visitor);
        until("they left", async || page().await.contains(&shown)).await;
        assert!(page().await.contains("gave no address"));
        sql(&app, format!("UPDATE visitors SET email = '{ADA}'")).await;
        assert!(page().await.contains("once they confirm it"));
        sql(&app, format!("UPDATE visitors SET proved_email = '{ADA}'")).await;
        assert!(page().await.contains("after 2 minutes"));
        mail::reply_address(&app, &chat, ADA).await;
        bounces(&app, ADA).await;
        assert!(page().await.contains("came back"));
        sql(&app, "UPDATE mail_addresses SET bounced_at = NULL, unsubscribed_at = 1".to_owned()).await;
        assert!(page().await.contains("wants no mails"));
        site_asks(&app, |settings| settings.mail.away_s = 0).await;
        assert!(page().await.contains("They see your answer when they come back"));
        drop(owner);
        drop(agent);
        app.stop().await;
    })
    .await;
}
