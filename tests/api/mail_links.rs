//! Links in mails on other browsers, and whole conversations by mail.

use crate::mail_out::{ADA, answers, asks, asks_proved, one_mail, page, presses, sql, with_post};
use crate::support::agent::Admin;
use crate::support::app::ORIGIN;
use crate::support::frames::draw_token;
use crate::support::post::Got;
use crate::support::replica::Replica;
use crate::support::until::until;
use crate::support::visitor::Visitor;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_lets_in_no_one_else_and_takes_along_what_a_browser_had() {
    with_post(
        |_| {},
        async |app, post| {
            let visitor = asks_proved(&app, ADA, "On my phone").await;
            let (chat, phone) = (visitor.conversation(), visitor.token.clone());
            drop(visitor);
            let mut owner = app.owner().await;
            answers(&mut owner, &chat, &["An answer."]).await;
            let link = format!("/m/{}", one_mail(&post, 1).await.link());
            // The laptop had a chat of its own, which goes on in the other.
            let mut laptop = app.visitor().await;
            laptop.says("On my laptop").await;
            let token = laptop.token.clone();
            drop(laptop);
            assert_eq!(presses(&app, &link, &[("visitor", &token)]).await.status(), 303);
            for token in [phone, token] {
                let mut back =
                    Visitor::connect_as(app.address(), &app.desk.site_key, ORIGIN, token, Replica::default()).await;
                back.sees_text("An answer.").await;
                assert_eq!(back.conversation(), chat);
            }
            // A browser whose owner the website knows stays theirs.
            owner.answers(&chat, "Another answer.", 99).await;
            let link = format!("/m/{}", one_mail(&post, 2).await.link());
            let mut known = app.visitor().await;
            let id = known.says("I am signed in").await["visitor"].as_str().expect("an id").replace('-', "");
            let theirs = if app.app.db.is_pg() { format!("'{id}'") } else { format!("x'{id}'") };
            sql(&app, format!("UPDATE visitors SET external_id = 'customer-7' WHERE id = {theirs}")).await;
            let refused = presses(&app, &link, &[("visitor", &known.token)]).await.text().await.unwrap();
            assert!(refused.contains("Somebody else is signed in here"), "{refused}");
            // Links that nobody drew lead nowhere.
            for guess in [draw_token(), "x".to_owned(), "..%2f".to_owned()] {
                assert_eq!(page(&app, &format!("/m/{guess}")).await.0, 404);
                assert_eq!(presses(&app, &format!("/m/{guess}"), &[("visitor", &draw_token())]).await.status(), 404);
            }
            app.stop().await;
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_whole_conversation_goes_to_its_visitor_or_into_a_file() {
    with_post(
        |_| {},
        async |app, post| {
            let visitor = asks(&app, ADA, "Where is order 1042?").await;
            let chat = visitor.conversation();
            drop(visitor);
            let mut owner = app.owner().await;
            answers(&mut owner, &chat, &["It left today."]).await;
            owner.notes(&chat, "A secret note.").await;
            let path = format!("/console/conversations/{chat}/transcript");
            let admin = Admin::new(&app, &owner).await;
            let file = admin.gets(&path).await;
            let named = file.headers()["content-disposition"].to_str().unwrap().to_owned();
            assert!(named.starts_with("attachment; filename=\"conversation-"), "{named}");
            let text = file.text().await.unwrap();
            assert!(text.contains("Ada:\nWhere is order 1042?") && text.contains("Lena:\nIt left today."), "{text}");
            assert!(!text.contains("secret"), "{text}");
            // To an address that nobody proved nothing goes.
            assert_eq!(admin.posts(&path, &[]).await.status(), 403);
            sql(&app, format!("UPDATE visitors SET proved_email = '{ADA}'")).await;
            assert_eq!(admin.posts(&path, &[]).await.status(), 303);
            let whole = |got: &Got| got.subject() == "Your conversation with Shop: the whole text";
            until("it came", async || post.to(ADA).iter().any(whole)).await;
            let got = post.to(ADA).into_iter().find(whole).unwrap();
            let text = got.text();
            assert!(text.contains("Where is order 1042?") && text.contains("It left today."), "{text}");
            assert!(!got.raw.contains("secret") && got.header("Reply-To").is_some());
            // The visitor asks for it by the link, at the same address, and not without end.
            let path = format!("/m/{}/transcript", got.link());
            for status in [200, 200, 403] {
                assert_eq!(presses(&app, &path, &[]).await.status(), status);
            }
            app.stop().await;
        },
    )
    .await;
}
