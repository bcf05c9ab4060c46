//! The way back into a conversation for browsers without scripts.

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};

use crate::mail_out::{ADA, answers, asks_proved, one_mail, page, presses, with_post};
use crate::support::TestApp;

/// The value of a field of the page.
fn value<'a>(html: &'a str, before: &str) -> &'a str {
    html.split(before).nth(1).and_then(|rest| rest.split('"').next()).expect("a field")
}

async fn opens(app: &TestApp, path: &str, cookie: &str) -> reqwest::Response {
    app.http.get(app.url(path)).header(COOKIE, cookie).send().await.expect("an answer")
}

async fn says(app: &TestApp, path: &str, cookie: &str, fields: &[(&str, &str)]) -> reqwest::Response {
    let own = app.app.config.public_url.origin().ascii_serialization();
    let post = app.http.post(app.url(path)).header(COOKIE, cookie).header("Origin", own);
    post.form(fields).send().await.expect("an answer")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_scripts_the_conversation_is_read_and_answered() {
    with_post(
        |_| {},
        async |app, post| {
            let mut visitor = asks_proved(&app, ADA, "Where is <b>order</b> 1042?").await;
            let chat = visitor.conversation();
            let mut owner = app.owner().await;
            answers(&mut owner, &chat, &["It left today."]).await;
            owner.notes(&chat, "A secret note.").await;
            let link = format!("/m/{}", one_mail(&post, 1).await.link());
            let plain = format!("{link}/chat");
            // The link alone shows nothing, and looking at it changes nothing.
            let (_, html) = page(&app, &link).await;
            assert!(html.contains("<noscript>") && !html.contains("order"), "{html}");
            let sent = app.http.get(app.url(&plain)).send().await.expect("an answer");
            assert_eq!((sent.status().as_u16(), sent.headers()[LOCATION].to_str().unwrap()), (303, link.as_str()));

            let entered = presses(&app, &link, &[]).await;
            assert_eq!(entered.headers()[LOCATION].to_str().unwrap(), format!("{plain}#end"));
            let set = entered.headers()[SET_COOKIE].to_str().unwrap().to_owned();
            assert!(set.contains("HttpOnly") && set.contains("SameSite=Strict") && set.contains("Path=/m/"), "{set}");
            let cookie = set.split(';').next().unwrap();
            let html = opens(&app, &plain, cookie).await.text().await.unwrap();
            assert!(
                html.contains("Where is &#60;b&#62;order&#60;/b&#62; 1042?") && html.contains("It left today."),
                "{html}"
            );
            assert!(!html.contains("secret"), "{html}");

            // What is sent twice is there once.
            let id = value(&html, "name=\"id\" value=\"");
            for _ in 0..2 {
                let said = says(&app, &plain, cookie, &[("id", id), ("text", "Thank you.\r\nAda")]).await;
                assert_eq!(said.status().as_u16(), 303);
            }
            visitor.sees_text("Thank you.\nAda").await;
            let html = opens(&app, &plain, cookie).await.text().await.unwrap();
            assert_eq!(html.matches("Thank you.").count(), 1, "{html}");

            // Nothing, and from elsewhere: it is kept in the form and not sent.
            for (cross, text) in [(false, " "), (true, "BUY PILLS")] {
                let request = app.http.post(app.url(&plain)).header(COOKIE, cookie);
                let request = if cross { request.header("Origin", "https://evil.example") } else { request };
                let refused = request.form(&[("text", text)]).send().await.unwrap();
                let html = refused.text().await.unwrap();
                assert!(html.contains("role=\"alert\""), "{html}");
            }
            // Another browser does not come in by the used link, and a foreign cookie is worth nothing.
            assert!(presses(&app, &link, &[]).await.text().await.unwrap().contains("does not work any more"));
            let foreign = format!("{}={}", cookie.split('=').next().unwrap(), crate::support::frames::draw_token());
            assert_eq!(opens(&app, &plain, &foreign).await.status().as_u16(), 303);
            assert_eq!(says(&app, &plain, &foreign, &[("text", "Hello")]).await.headers()[LOCATION], link.as_str());
            // The same browser comes in again by the link's button.
            let again = app.http.post(app.url(&link)).header(COOKIE, cookie).send().await.unwrap();
            assert_eq!(again.status().as_u16(), 303);
            for guess in ["x", "..%2f"] {
                assert_eq!(opens(&app, &format!("/m/{guess}/chat"), cookie).await.status().as_u16(), 404);
            }
            app.stop().await;
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn software_reads_a_transcript_and_mails_it_to_a_proved_address_only() {
    with_post(
        |_| {},
        async |app, post| {
            let visitor = asks_proved(&app, ADA, "Where is <b>order</b> 1042?").await;
            let path = format!("/api/v1/conversations/{}/transcript", visitor.conversation());
            let software = crate::support::software::Software::new(&app).await;
            let plain = software.gets(&path).await;
            assert!(plain.header("content-type").starts_with("text/plain"));
            assert!(plain.body.as_str().unwrap().contains("Ada:\nWhere is <b>order</b> 1042?"), "{plain:?}");
            let html = software.asks(reqwest::Method::GET, &path).header("Accept", "text/html, text/plain");
            let html = crate::support::software::Got::of(html).await;
            assert!(html.header("content-type").starts_with("text/html"));
            assert!(html.body.as_str().unwrap().contains("&#60;b&#62;order"), "{html:?}");
            for to in ["other@mail.example", "nobody", "a@b.example\r\nBcc: x@y.example"] {
                let refused = software.posts(&path, serde_json::json!({"to": to})).await;
                assert_eq!((refused.problem(), refused.body["field"].as_str()), ("value-refused", Some("to")), "{to}");
            }
            assert_eq!(software.posts(&path, serde_json::json!({"to": ADA})).await.good()["to"], ADA);
            let got = one_mail(&post, 1).await;
            assert!(got.text().contains("order</b> 1042?") && got.header("Reply-To").is_some());
            let other = "/api/v1/conversations/01936e5a-0000-7000-8000-000000000000/transcript";
            assert_eq!(software.gets(other).await.problem(), "not-found");
            app.stop().await;
        },
    )
    .await;
}
