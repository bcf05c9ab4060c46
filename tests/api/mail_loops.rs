//! Mails that programs answer: two desks that write to each other, and whoever answers by itself. Nothing goes in
//! circles: after what a person wrote, nothing more is sent.

use deskbell::config::Encryption;
use serde_json::json;

use crate::mail_out::{asks_proved, count, sql, with_post};
use crate::support::bot::{BotPeer, actions};
use crate::support::mail::{self, has_address, mail as written};
use crate::support::post::{Got, PostOffice};
use crate::support::site::site_asks;
use crate::support::until::until;
use crate::support::visitor::Visitor;
use crate::support::{Database, TestApp};

/// The address of the other desk's website.
const THERE: &str = "help@there.example";
/// Of this one.
const HERE: &str = "help@here.example";

async fn desk(post: &PostOffice, domain: &'static str, address: &'static str) -> TestApp {
    let app = TestApp::start_with(Database::sqlite(), |config| {
        mail::takes_mail(config);
        config.mail.domain = Some(domain.to_owned());
        config.mail.smtp = Some(post.server(Encryption::None));
    })
    .await;
    site_asks(&app, |settings| settings.mail.away_s = 1).await;
    has_address(&app.app, &app.desk.site_key, address).await;
    app
}

/// The last of so many mails, once they are there.
async fn sent(post: &PostOffice, number: usize) -> Got {
    until("a mail went out", async || post.mails().len() >= number).await;
    let mails = post.mails();
    assert_eq!(mails.len(), number, "not one more");
    mails.last().expect("a mail").clone()
}

/// Nothing waits to be sent, and nothing is to become a mail later.
async fn is_silent(app: &TestApp) {
    until("it was looked", async || count(app, "conversation_mail WHERE due_at IS NOT NULL").await == 0).await;
    until("all is sent", async || count(app, "mails WHERE state = 'pending'").await == 0).await;
}

async fn comes_to(app: &TestApp, got: &Got) -> String {
    app.takes_mail(got.raw.clone().into_bytes()).await
}

async fn answers(owner: &mut crate::support::agent::Agent, chat: &str, epoch: i64, text: &str) {
    owner.watches(chat, 0).await;
    owner.takes(chat, epoch).await;
    assert_eq!(owner.answers(chat, text, 99).await["type"], "ack");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_desks_write_to_each_other_as_often_as_people_do() {
    let (post_here, post_there) = (PostOffice::start().await, PostOffice::start().await);
    let here = desk(&post_here, "chat.here.example", HERE).await;
    let there = desk(&post_there, "chat.there.example", THERE).await;

    // What goes out by itself is answered by nobody, and begins nothing.
    let visitor = asks_proved(&here, THERE, "Are you a desk, too?").await;
    let chat = visitor.conversation();
    drop(visitor);
    let mut owner = here.owner().await;
    answers(&mut owner, &chat, 1, "Yes.").await;
    assert_eq!(comes_to(&there, &sent(&post_here, 1).await).await, "aside");
    is_silent(&there).await;
    assert_eq!((count(&there, "conversations").await, post_there.mails().len()), (0, 0));

    // What people write goes to and fro once for each time.
    let got = sent(&post_here, 1).await;
    let (to, about) = (got.header("Reply-To").expect("where answers go"), got.header("Message-ID").expect("an id"));
    let fields = [("From", THERE), ("To", &*to), ("Message-ID", "<1@there.example>"), ("In-Reply-To", &*about)];
    assert_eq!(here.takes_mail(written(&fields, "Shall we share orders?")).await, "words");
    sql(&here, "UPDATE conversation_mail SET channel = 'mail', subject = 'Shared orders'".to_owned()).await;
    assert_eq!(owner.answers(&chat, "We shall.", 999).await["type"], "ack");
    is_silent(&here).await;
    let second = sent(&post_here, 2).await;
    assert_eq!(second.header("Auto-Submitted"), None, "somebody wrote it");
    assert_eq!(comes_to(&there, &second).await, "began");
    is_silent(&there).await;
    assert_eq!(post_there.mails().len(), 0, "nothing is answered by itself");
    drop(owner);
    here.stop().await;
    there.stop().await;
}

/// What somebody's mail program answers by itself.
fn responds(got: &Got, id: &str, fields: &[(&str, &str)]) -> Vec<u8> {
    let (to, about) = (got.header("Reply-To").expect("where answers go"), got.header("Message-ID").expect("an id"));
    let id = format!("<{id}@mail.example>");
    let mut all = vec![
        ("From", "ada@mail.example"),
        ("To", &to),
        ("Subject", "I am away"),
        ("Message-ID", &id),
        ("In-Reply-To", &about),
    ];
    all.extend_from_slice(fields);
    written(&all, "I am away until Monday.")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_answers_by_itself_is_not_answered() {
    with_post(mail::takes_mail, async |app, post| {
        let visitor = asks_proved(&app, "ada@mail.example", "Where is order 1042?").await;
        let chat = visitor.conversation();
        drop(visitor);
        let mut owner = app.owner().await;
        answers(&mut owner, &chat, 1, "It left today.").await;
        let got = sent(&post, 1).await;
        assert_eq!(app.takes_mail(responds(&got, "1", &[("Auto-Submitted", "auto-replied")])).await, "note");
        is_silent(&app).await;
        // One that does not say so is a visitor's words, which a person reads; nothing is sent.
        assert_eq!(app.takes_mail(responds(&got, "2", &[])).await, "words");
        is_silent(&app).await;
        assert_eq!(post.mails().len(), 1);
        drop(owner);
        app.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bot_does_not_talk_to_a_program_that_answers_mails() {
    with_post(mail::takes_mail, async |app, post| {
        let peer = BotPeer::says(actions(json!([{"type": "say", "text": "I am a bot."}]))).await;
        peer.hired(&app).await;
        let visitor: Visitor = asks_proved(&app, "ada@mail.example", "Where is order 1042?").await;
        drop(visitor);
        let got = sent(&post, 1).await;
        assert!(got.text().contains("I am a bot."), "{}", got.text());
        assert_eq!(app.takes_mail(responds(&got, "1", &[])).await, "words");
        assert_eq!(count(&app, "conversations WHERE state = 'queued'").await, 1, "a person reads it");
        is_silent(&app).await;
        assert_eq!((peer.asked().len(), post.mails().len()), (1, 1));
        app.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_answers_a_question_for_their_address_is_in_nobodys_chat() {
    with_post(mail::takes_mail, async |app, post| {
        let mut visitor = crate::mail_out::asks(&app, "ada@mail.example", "I am not Ada").await;
        let chat = visitor.conversation();
        let mut owner = app.owner().await;
        answers(&mut owner, &chat, 1, "Hello?").await;
        let got = sent(&post, 1).await;
        let about = got.header("Message-ID").expect("an id");
        let to = got.header("From").expect("a sender");
        let fields =
            [("From", "ada@mail.example"), ("To", &*to), ("Message-ID", "<1@mail.example>"), ("In-Reply-To", &*about)];
        let (status, answer) = app.gets_mail(written(&fields, "Who are you? I live in Dover.")).await;
        assert_ne!((status, answer["taken"].as_str()), (200, Some("words")), "{answer}");
        assert_eq!(count(&app, "messages WHERE text LIKE '%Dover%' AND kind <> 'note'").await, 0);
        visitor.says("Well?").await;
        assert!(!visitor.shows.texts().iter().any(|text| text.contains("Dover")));
        sql(&app, "UPDATE conversation_mail SET due_at = NULL".to_owned()).await;
        drop(owner);
        app.stop().await;
    })
    .await;
}
