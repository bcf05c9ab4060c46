//! What is known of visitors whom the website proves: what pages and forms say beside it, and consent.

use serde_json::json;

use crate::support::app::ORIGIN;
use crate::support::frames::{draw_id, draw_token, kind, problem};
use crate::support::identity::{Website, device_of};
use crate::support::plainly;
use crate::support::site::{fields, site_asks};
use crate::support::socket::Socket;

const VISITORS: &str = "SELECT count(*) FROM visitors";

on_each_database! {
    async fn nothing_is_stored_of_a_proved_visitor_before_their_consent(app: TestApp) {
        site_asks(&app, |asks| asks.consent.required = true).await;
        let website = Website::new(&app).await;
        let mut laptop = app.visitor().await;
        let jwt = website.says(json!({"sub": "ada", "name": "Ada"}));
        assert_eq!(problem(&laptop.proves(&jwt).await), "consent-required");
        let refuses = json!({"type": "update", "id": draw_id(), "jwt": jwt, "consent": false});
        assert_eq!(kind(&laptop.asks(refuses).await), "ack");
        let path = format!("/v1/live?site={}", app.desk.site_key);
        let mut socket = Socket::open(app.address(), &path, &[("Origin", ORIGIN)]).await.expect("open");
        socket.send(&json!({"type": "hello", "token": draw_token(), "jwt": jwt})).await;
        assert_eq!(problem(&socket.frame().await), "consent-required");
        assert_eq!(socket.frame_of("welcome").await["visitor"], json!(null));
        assert_eq!(plainly::number(&app.app.db, VISITORS).await, 0);

        let agrees = json!({"type": "update", "id": draw_id(), "jwt": jwt, "consent": true});
        let ack = laptop.asks(agrees).await;
        assert!(kind(&ack) == "ack" && ack["visitor"].is_string(), "{ack}");
        assert_eq!(kind(&laptop.says("hello").await), "ack");
        // Who has agreed on one device has agreed.
        let mut phone = device_of(&app, website.token("ada")).await;
        assert_eq!(phone.welcome["visitor"], ack["visitor"]);
        assert_eq!(kind(&phone.says("from the phone").await), "ack");
        app.stop().await;
    }

    async fn what_a_stranger_said_last_of_consent_comes_along(app: TestApp) {
        site_asks(&app, |asks| asks.consent.required = true).await;
        let website = Website::new(&app).await;
        let jwt = website.token("ada");
        let mut laptop = app.visitor().await;
        laptop.asks(json!({"type": "update", "id": draw_id(), "jwt": jwt, "consent": true})).await;
        laptop.says("hello").await;
        let mut phone = app.visitor().await;
        phone.fills_in("consent", json!({"consent": true})).await;
        phone.fills_in("consent", json!({"consent": false})).await;
        assert_eq!(problem(&phone.proves(&jwt).await), "consent-required", "they have taken it back");
        assert_eq!(kind(&laptop.says("still here").await), "ack", "and nothing was changed");
        phone.fills_in("consent", json!({"consent": true})).await;
        assert_eq!(kind(&phone.proves(&jwt).await), "ack");
        phone.sees_text("still here").await;
        app.stop().await;
    }

    async fn what_a_stranger_answered_counts_for_who_they_are(app: TestApp) {
        site_asks(&app, |asks| asks.pre_chat.fields = fields(&["name:required", "text=Order"])).await;
        let website = Website::new(&app).await;
        let mut phone = device_of(&app, website.says(json!({"sub": "ada", "name": "Ada"}))).await;
        let mut laptop = app.visitor().await;
        let form = json!({"type": "form", "id": draw_id(), "form": "pre_chat", "values": {"name": "Nobody", "Order": "1042"}});
        assert_eq!(kind(&laptop.asks(form.clone()).await), "ack");
        laptop.asks(json!({"type": "update", "id": draw_id(), "event": {"name": "cart"}})).await;
        assert_eq!(kind(&laptop.proves(&website.token("ada")).await), "ack");
        assert_eq!(kind(&laptop.asks(form).await), "ack", "a resend is still the same form");
        let of_person = "SELECT count(*) FROM visitor_trail t JOIN visitors v ON v.id = t.visitor_id WHERE v.external_id = 'ada'";
        assert_eq!(plainly::number(&app.app.db, of_person).await, 1);
        assert_eq!(plainly::number(&app.app.db, "SELECT count(*) FROM next_chats").await, 1);
        assert_eq!(kind(&phone.says("hello").await), "ack", "the form is answered");

        // What a form says is as little proved as what a page says.
        let form = json!({"type": "form", "id": draw_id(), "form": "pre_chat", "values": {"name": "Boss", "Order": "7"}});
        assert_eq!(kind(&phone.asks(form).await), "ack");
        let named = "SELECT count(*) FROM visitors WHERE external_id = 'ada' AND name = 'Ada'";
        assert_eq!(plainly::number(&app.app.db, named).await, 1);
        app.stop().await;
    }

    async fn what_a_page_merely_says_never_stands_above_what_is_proved(app: TestApp) {
        let website = Website::new(&app).await;
        let claims = json!({"sub": "ada", "name": "Ada", "email": "ada@mail.example", "attributes": {"plan": "pro", "old": 1}});
        let mut visitor = device_of(&app, website.says(claims)).await;
        visitor.says("hello").await;
        let profile = json!({"name": "Boss", "email": "boss@shop.example", "phone": "+47 1"});
        let said = json!({"type": "update", "id": draw_id(), "profile": profile, "attributes": {"plan": "free", "old": null, "page": "help"}});
        assert_eq!(kind(&visitor.asks(said).await), "ack");
        let ws = app.desk.workspace_id;
        let id = visitor.welcome["visitor"].as_str().expect("an id").parse().expect("an id");
        let find = async || {
            let mut conn = app.app.db.read().await.expect("a connection");
            deskbell::visitors::store::find(conn.conn(), ws, id).await.expect("read").expect("a visitor")
        };
        let known = find().await;
        let details = (known.name.as_deref(), known.email.as_deref(), known.phone.as_deref());
        assert_eq!(details, (Some("Ada"), Some("ada@mail.example"), Some("+47 1")));
        assert_eq!(json!(known.attributes.0), json!({"plan": "pro", "old": 1, "page": "help"}));

        let newer = json!({"sub": "ada", "name": "Ada L.", "phone": "+47 2", "attributes": {"old": null, "page": "shop"}});
        assert_eq!(kind(&visitor.proves(&website.says(newer)).await), "ack");
        let known = find().await;
        assert_eq!((known.name.as_deref(), known.phone.as_deref()), (Some("Ada L."), Some("+47 2")));
        assert_eq!(json!(known.attributes.0), json!({"plan": "pro", "page": "shop"}));
        app.stop().await;
    }

    async fn details_alone_merge_nobody(app: TestApp) {
        let website = Website::new(&app).await;
        let mut ada = device_of(&app, website.says(json!({"sub": "ada", "email": "ada@mail.example"}))).await;
        ada.says("my number is xyzzy").await;
        let mut eve = app.visitor().await;
        let claims = json!({"name": "Ada", "email": "ada@mail.example"});
        assert_eq!(kind(&eve.asks(json!({"type": "update", "id": draw_id(), "profile": claims, "attributes": {"sub": "ada"}})).await), "ack");
        eve.says("I am Ada").await;
        assert_ne!(eve.conversation(), ada.conversation());
        let mut lena = app.owner().await;
        let pane = lena.watches(&eve.conversation(), 0).await["pane"].as_str().expect("a pane").to_owned();
        assert!(pane.contains("Not verified") && pane.contains("ada@mail.example"), "{pane}");
        app.stop().await;
    }
}
