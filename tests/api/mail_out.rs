//! What a visitor does not read goes out by mail, once, to an address that they proved; links in mails do what
//! they say, and only when somebody presses their button.

use deskbell::config::{Config, Encryption};
use deskbell::on;
use serde_json::json;

use crate::support::agent::Agent;
use crate::support::app::ORIGIN;
use crate::support::frames::{draw_id, draw_token};
use crate::support::post::{Got, PostOffice};
use crate::support::replica::Replica;
use crate::support::site::site_asks;
use crate::support::until::until;
use crate::support::visitor::Visitor;
use crate::support::{Database, TestApp, plainly};

pub const ADA: &str = "ada@mail.example";

/// A story on both databases, with a mail server of its own.
pub async fn with_post(change: impl Fn(&mut Config) + Copy, story: impl AsyncFn(TestApp, PostOffice)) {
    for database in [Some(Database::sqlite()), Database::postgres().await] {
        let Some(database) = database else {
            println!("NOT RUN on PostgreSQL: DESKBELL_TEST_POSTGRES is not set");
            continue;
        };
        let post = PostOffice::start().await;
        let app = TestApp::start_with(database, |config| {
            config.mail.smtp = Some(post.server(Encryption::None));
            config.mail.domain = Some("chat.shop.example".to_owned());
            change(config);
        });
        let app = app.await;
        site_asks(&app, |settings| settings.mail.away_s = 1).await;
        story(app, post).await;
    }
}

pub async fn sql(app: &TestApp, text: String) {
    let changed = app.app.writer.run("test", move |tx| {
        Box::pin(async move {
            let text = sqlx::AssertSqlSafe(text);
            on!(tx.conn(), |c| sqlx::raw_sql(text).execute(c).await.map(drop)).map_err(deskbell::db::Error::from)
        })
    });
    changed.await.expect("a change");
}

pub async fn count(app: &TestApp, of: &str) -> i64 {
    plainly::number(&app.app.db, &format!("SELECT count(*) FROM {of}")).await
}

/// A visitor who asked something and left this address.
pub async fn asks(app: &TestApp, address: &str, text: &str) -> Visitor {
    let mut visitor = app.visitor().await;
    visitor.says(text).await;
    let profile = json!({"type": "update", "id": draw_id(), "profile": {"email": address, "name": "Ada"}});
    assert_eq!(visitor.asks(profile).await["type"], "ack");
    visitor
}

/// The same, with the address proved.
pub async fn asks_proved(app: &TestApp, address: &str, text: &str) -> Visitor {
    let visitor = asks(app, address, text).await;
    sql(app, format!("UPDATE visitors SET proved_email = '{address}' WHERE email = '{address}'")).await;
    visitor
}

/// An agent answers these words.
pub async fn answers(owner: &mut Agent, chat: &str, texts: &[&str]) {
    owner.watches(chat, 0).await;
    owner.takes(chat, 1).await;
    for text in texts {
        assert_eq!(owner.answers(chat, text, 99).await["type"], "ack");
    }
}

pub async fn one_mail(post: &PostOffice, count: usize) -> Got {
    until("a mail came", async || post.mails().len() >= count).await;
    post.mails().pop().expect("a mail")
}

pub async fn page(app: &TestApp, path: &str) -> (u16, String) {
    let response = app.http.get(app.url(path)).send().await.expect("an answer");
    (response.status().as_u16(), response.text().await.expect("a page"))
}

pub async fn presses(app: &TestApp, path: &str, fields: &[(&str, &str)]) -> reqwest::Response {
    app.http.post(app.url(path)).form(fields).send().await.expect("an answer")
}

/// The link in a mail leads back into its conversation, one browser only.
async fn leads_back(app: &TestApp, got: &Got, chat: &str) {
    // Whoever only looks at the link changes nothing; whoever presses its button is in.
    let path = format!("/m/{}", got.link());
    for _ in 0..2 {
        let (status, html) = page(app, &path).await;
        assert_eq!(status, 200);
        assert!(html.contains("data-site="), "{html}");
    }
    assert_eq!(count(app, "mail_links WHERE used_at IS NOT NULL").await, 0);
    let token = draw_token();
    let response = presses(app, &path, &[("visitor", &token)]).await;
    assert_eq!(response.status(), 303);
    assert_eq!(response.headers()["location"].to_str().expect("text"), format!("/chat/{}", app.desk.site_key));
    let mut back =
        Visitor::connect_as(app.address(), &app.desk.site_key, ORIGIN, token.clone(), Replica::default()).await;
    back.sees_text("It has arrived.").await;
    assert_eq!(back.conversation(), chat);
    assert_eq!(back.says("Thanks!").await["type"], "ack");
    assert_eq!(count(app, "conversations").await, 1);
    // The same browser may use it again, another may not.
    assert_eq!(presses(app, &path, &[("visitor", &token)]).await.status(), 303);
    let foreign = presses(app, &path, &[("visitor", &draw_token())]).await;
    assert_eq!(foreign.status(), 200);
    assert!(foreign.text().await.expect("a page").contains("does not work any more"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_read_goes_out_once_and_leads_back() {
    with_post(
        |_| {},
        async |app, post| {
            let visitor = asks_proved(&app, ADA, "Where is order 1042?").await;
            let chat = visitor.conversation();
            drop(visitor);
            let mut owner = app.owner().await;
            answers(&mut owner, &chat, &["It left today.", "See https://track.example/1042 & wait."]).await;
            let got = one_mail(&post, 1).await;
            assert_eq!(got.to, [ADA]);
            let (text, html) = (got.text(), got.html());
            for words in ["It left today.", "See https://track.example/1042 & wait.", "Where is order 1042?"] {
                assert!(text.contains(words), "{words} in {text}");
            }
            assert!(html.contains("href=\"https://track.example/1042\"") && html.contains("&amp; wait."), "{html}");
            assert_eq!(got.subject(), "Your conversation with Shop");
            let message = got.message();
            let from = message.from().and_then(|from| from.first()).expect("a sender");
            assert_eq!((from.name(), from.address()), (Some("Lena (Shop)"), Some("reply@chat.shop.example")));
            let reply = got.header("Reply-To").unwrap();
            assert!(reply.starts_with("reply+") && reply.ends_with("@chat.shop.example"), "{reply}");
            assert_eq!(got.from, reply);
            assert_eq!(got.header("Auto-Submitted").unwrap(), "auto-generated");
            assert_eq!(got.header("List-Unsubscribe-Post").unwrap(), "List-Unsubscribe=One-Click");
            until("the agent is told", async || {
                count(&app, "messages WHERE kind = 'note' AND extra IS NOT NULL").await == 1
            })
            .await;
            assert_eq!(count(&app, "mails WHERE state = 'sent' AND kind = 'unread'").await, 1);

            // Another answer is another mail of the same thread, with what is new only.
            assert_eq!(owner.answers(&chat, "It has arrived.", 99).await["type"], "ack");
            let second = one_mail(&post, 2).await;
            assert!(
                second.text().starts_with("Lena has answered you\r\n\r\nLena:\r\nIt has arrived."),
                "{}",
                second.text()
            );
            assert_eq!(second.subject(), "Re: Your conversation with Shop");
            assert_eq!(second.header("In-Reply-To"), got.header("Message-ID"));
            assert_eq!(second.header("Reply-To"), got.header("Reply-To"));

            leads_back(&app, &second, &chat).await;
            app.stop().await;
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_read_in_time_goes_nowhere() {
    with_post(
        |_| {},
        async |app, post| {
            let mut visitor = asks_proved(&app, ADA, "Where is order 1042?").await;
            let chat = visitor.conversation();
            let mut owner = app.owner().await;
            answers(&mut owner, &chat, &["It left today."]).await;
            visitor.sees_text("It left today.").await;
            let seq = visitor.shows.rev;
            visitor.socket.send(&json!({"type": "read", "seq": seq})).await;
            until("it was looked", async || count(&app, "conversation_mail WHERE due_at IS NULL").await == 1).await;
            assert_eq!(count(&app, "mails").await, 0);
            assert_eq!(post.mails().len(), 0);
            // Nor does anything of a chat whose visitor left no address, or of an agent's note.
            let mut nobody = app.visitor().await;
            nobody.says("Hello").await;
            answers(&mut owner, &nobody.conversation(), &["Hello."]).await;
            owner.notes(&chat, "A note.").await;
            assert_eq!(count(&app, "conversation_mail WHERE due_at IS NOT NULL").await, 0);
            app.stop().await;
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_is_asked_once_and_nothing_goes_there_before_it_says_yes() {
    with_post(
        |_| {},
        async |app, post| {
            let visitor = asks(&app, ADA, "BUY PILLS at https://evil.example").await;
            let chat = visitor.conversation();
            drop(visitor);
            let mut owner = app.owner().await;
            answers(&mut owner, &chat, &["First answer."]).await;
            let asked = one_mail(&post, 1).await;
            let whole = format!("{}{}{}", asked.subject(), asked.text(), asked.html());
            for words in ["PILLS", "evil.example", "First answer", "Lena"] {
                assert!(!whole.contains(words), "{words} in {whole}");
            }
            assert_eq!(asked.header("Reply-To"), None);
            assert_eq!(asked.header("In-Reply-To"), None);
            // Further answers ask no further question.
            assert_eq!(owner.answers(&chat, "Second answer.", 99).await["type"], "ack");
            until("it was looked", async || count(&app, "conversation_mail WHERE due_at IS NULL").await == 1).await;
            assert_eq!(count(&app, "mails").await, 1);
            // A look proves nothing; the button does, once, and what waited goes out at once.
            let path = format!("/m/{}", asked.link());
            let (status, html) = page(&app, &path).await;
            assert!(status == 200 && html.contains("a…@mail.example"), "{html}");
            assert_eq!(count(&app, "visitors WHERE proved_email IS NOT NULL").await, 0);
            let proved = presses(&app, &path, &[]).await;
            assert_eq!(proved.status(), 200);
            assert!(proved.text().await.unwrap().contains("Your address is confirmed."));
            let got = one_mail(&post, 2).await;
            assert!(got.text().contains("First answer.") && got.text().contains("Second answer."), "{}", got.text());
            assert_eq!((got.header("In-Reply-To"), got.subject().as_str()), (None, "Your conversation with Shop"));
            let again = presses(&app, &path, &[]).await.text().await.unwrap();
            assert!(again.contains("does not work any more"), "{again}");
            app.stop().await;
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_leaves_an_address_is_asked_at_once_but_not_for_everybody() {
    let few = |config: &mut Config| config.limits.proofs_per_hour = 5;
    with_post(few, async |app, post| {
        site_asks(&app, |settings| {
            settings.offline.ask_address = deskbell::sites::settings::AskAddress::Optional;
        })
        .await;
        for n in 0..30 {
            let mut visitor = app.visitor().await;
            visitor.says("BUY PILLS").await;
            let values = json!({"email": format!("victim{n}@mail.example"), "name": "BUY PILLS"});
            assert_eq!(visitor.fills_in("offline", values).await["type"], "ack");
        }
        until("all were looked at", async || count(&app, "conversation_mail WHERE due_at IS NOT NULL").await == 0)
            .await;
        until("all were sent", async || count(&app, "mails WHERE state = 'sent'").await == 5).await;
        assert_eq!(count(&app, "mails").await, 5, "no more than the limit");
        for got in post.mails() {
            assert!(!got.raw.contains("PILLS") && !got.html().contains("PILLS"), "{}", got.raw);
        }
        app.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_visitor_has_few_addresses_asked() {
    with_post(
        |_| {},
        async |app, post| {
            let mut visitor = asks(&app, "v0@mail.example", "Hello").await;
            let chat = visitor.conversation();
            let mut owner = app.owner().await;
            answers(&mut owner, &chat, &[]).await;
            for n in 0..6 {
                let profile =
                    json!({"type": "update", "id": draw_id(), "profile": {"email": format!("v{n}@mail.example")}});
                visitor.asks(profile).await;
                owner.answers(&chat, "An answer.", 99).await;
                until("it was looked", async || count(&app, "conversation_mail WHERE due_at IS NULL").await == 1).await;
            }
            until("they went out", async || post.mails().len() == 3).await;
            assert_eq!(count(&app, "mails").await, 3);
            app.stop().await;
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_click_stops_it() {
    with_post(
        |_| {},
        async |app, post| {
            let visitor = asks_proved(&app, ADA, "Hello").await;
            let chat = visitor.conversation();
            drop(visitor);
            let mut owner = app.owner().await;
            answers(&mut owner, &chat, &["One."]).await;
            let got = one_mail(&post, 1).await;
            let url = got.header("List-Unsubscribe").unwrap();
            let path = url.trim_matches(['<', '>']).split_once("/m/").map(|(_, rest)| format!("/m/{rest}")).unwrap();
            let (status, html) = page(&app, &path).await;
            assert!(status == 200 && html.contains("<button>"), "{html}");
            assert_eq!(
                count(&app, "mail_addresses WHERE unsubscribed_at IS NOT NULL").await,
                0,
                "a look stops nothing"
            );
            let stopped = presses(&app, &path, &[("List-Unsubscribe", "One-Click")]).await;
            assert_eq!(stopped.status(), 200);
            owner.answers(&chat, "Two.", 99).await;
            until("it was looked", async || count(&app, "conversation_mail WHERE due_at IS NULL").await == 1).await;
            assert_eq!(count(&app, "mails").await, 1);
            // What nobody made stops nothing.
            let mut other: Vec<char> = path.chars().collect();
            let last = other.len() - 3;
            other[last] = if other[last] == 'a' { 'b' } else { 'a' };
            assert_eq!(page(&app, &other.into_iter().collect::<String>()).await.0, 404);
            app.stop().await;
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_belongs_to_a_mail_goes_out_at_once() {
    with_post(|_| {}, async |app, post| {
        let visitor = asks(&app, "unused@mail.example", "A question by mail").await;
        let chat = visitor.conversation();
        drop(visitor);
        sql(&app, format!("UPDATE visitors SET email = NULL, mail_address = '{ADA}'")).await;
        let sql_text = "INSERT INTO conversation_mail (workspace_id, conversation_id, channel, subject, mailed_seq) \
                        SELECT workspace_id, id, 'mail', 'Order 1042', 0 FROM conversations";
        sql(&app, sql_text.to_owned()).await;
        let mut owner = app.owner().await;
        answers(&mut owner, &chat, &["It left today."]).await;
        let got = one_mail(&post, 1).await;
        assert_eq!((got.subject().as_str(), got.to.as_slice()), ("Re: Order 1042", [ADA.to_owned()].as_slice()));
        assert_eq!(got.header("Auto-Submitted"), None, "somebody wrote it");
        assert!(got.text().starts_with("It left today."), "{}", got.text());
        assert!(got.header("Reply-To").is_some());
        app.stop().await;
    })
    .await;
}
