//! A received mail as it came: who may see it, and that nothing in it acts.

use deskbell::on;
use reqwest::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};

use crate::support::agent::{Admin, Agent};
use crate::support::mail::{self, CUSTOMER, SHOP, base64};
use crate::support::tenants::{another_workspace, without_queue};
use crate::support::{Database, TestApp};

/// A mail with HTML that would act, and files that would.
fn hostile() -> Vec<u8> {
    let svg = base64(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>");
    format!(
        "From: {CUSTOMER}\r\nTo: {SHOP}\r\nSubject: <script>alert(0)</script>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
         <p>Hello</p><script>alert(2)</script><img src=x onerror=alert(3)><a href=\"javascript:alert(4)\">x</a>\r\n\
         --b\r\nContent-Type: image/png; name=\"../../picture.svg\"\r\nContent-Disposition: inline; filename=\"../../picture.svg\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{svg}\r\n--b--\r\n"
    )
    .into_bytes()
}

async fn id_of_the_mail(app: &TestApp) -> String {
    let mut conn = app.app.db.read().await.expect("a connection");
    let id: deskbell::ids::ReceivedMailId =
        on!(conn.conn(), |c| sqlx::query_scalar("SELECT id FROM received_mails").fetch_one(c).await).expect("a mail");
    id.to_string()
}

fn header<'a>(response: &'a reqwest::Response, name: &reqwest::header::HeaderName) -> &'a str {
    response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

async fn with_mail() -> (TestApp, Agent, String) {
    let app = mail::start(Database::sqlite()).await;
    let owner = app.owner().await;
    assert_eq!(app.takes_mail(hostile()).await, "began");
    let id = id_of_the_mail(&app).await;
    (app, owner, id)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_shows_a_mail_in_which_nothing_acts() {
    let (app, owner, id) = with_mail().await;
    let console = Admin::new(&app, &owner).await;
    let page = console.gets(&format!("/console/mails/{id}")).await;
    assert_eq!(page.status().as_u16(), 200);
    let policy = header(&page, &CONTENT_SECURITY_POLICY).to_owned();
    assert!(
        policy.starts_with("default-src 'none'; style-src 'self'; font-src 'self'") && !policy.contains("script"),
        "{policy}"
    );
    assert!(policy.ends_with("img-src data:"), "{policy}");
    let html = page.text().await.expect("HTML");
    assert!(html.contains("<p>Hello</p>") && html.contains("picture.svg"), "{html}");
    for bad in ["<script", "onerror", "javascript:", "<img"] {
        assert!(!html.contains(bad), "{bad}: {html}");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn its_source_and_its_files_are_only_saved() {
    let (app, owner, id) = with_mail().await;
    let console = Admin::new(&app, &owner).await;
    for (path, name) in [("raw", "mail.eml"), ("files/0", "picture.svg")] {
        let saved = console.gets(&format!("/console/mails/{id}/{path}")).await;
        assert_eq!(saved.status().as_u16(), 200, "{path}");
        let disposition = header(&saved, &CONTENT_DISPOSITION).to_owned();
        assert!(disposition.starts_with(&format!("attachment; filename=\"{name}\"")), "{disposition}");
        assert_eq!(header(&saved, &CONTENT_TYPE), "application/octet-stream");
        assert_eq!(header(&saved, &X_CONTENT_TYPE_OPTIONS), "nosniff");
        assert!(header(&saved, &CONTENT_SECURITY_POLICY).starts_with("sandbox"));
        let bytes = saved.bytes().await.expect("bytes");
        assert!(if path == "raw" { bytes == hostile() } else { bytes.starts_with(b"<svg") });
    }
    assert_eq!(console.gets(&format!("/console/mails/{id}/files/1")).await.status().as_u16(), 404);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_not_see_the_conversation_sees_no_mail() {
    let (app, _owner, id) = with_mail().await;
    another_workspace(&app.app).await;
    let stranger = Agent::sign_in(&app, "olga@other.example").await;
    let console = Admin::new(&app, &stranger).await;
    for path in ["", "/raw", "/files/0"] {
        assert_eq!(console.gets(&format!("/console/mails/{id}{path}")).await.status().as_u16(), 404, "{path}");
    }
    without_queue(&app.app, &app.desk).await;
    let apart = Agent::sign_in(&app, "quinn@shop.example").await;
    let console = Admin::new(&app, &apart).await;
    for path in ["", "/raw", "/files/0"] {
        assert_eq!(console.gets(&format!("/console/mails/{id}{path}")).await.status().as_u16(), 404, "{path}");
    }
    let nobody = app.http.get(app.url(&format!("/console/mails/{id}"))).send().await.expect("an answer");
    assert_eq!(nobody.status().as_u16(), 303);
    app.stop().await;
}
