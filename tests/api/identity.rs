//! Visitors whom the website knows: what a signed token does, and what nothing else does.

use serde_json::{Value, json};

use crate::support::app::ORIGIN;
use crate::support::frames::{draw_id, draw_token, kind, problem};
use crate::support::identity::{Website, device_of, now, sign};
use crate::support::plainly;
use crate::support::socket::Socket;
use crate::support::tenants::{OTHER_ORIGIN, another_site};
use crate::support::visitor::Visitor;

/// How many visitors the website has proved.
const PROVED: &str = "SELECT count(*) FROM visitors WHERE external_id IS NOT NULL";

on_each_database! {
    async fn a_proved_visitor_is_shown_as_verified_and_keeps_their_chat(app: TestApp) {
        let website = Website::new(&app).await;
        let mut visitor = app.visitor().await;
        let person = visitor.says("Where is order 1042?").await["visitor"].clone();
        let conversation = visitor.conversation();
        let mut lena = app.owner().await;
        let pane = lena.watches(&conversation, 0).await["pane"].as_str().expect("a pane").to_owned();
        assert!(pane.contains("Not verified"), "{pane}");

        let claims = json!({"sub": "customer-4711", "name": "Ada <b>", "email": "ada@mail.example", "attributes": {"plan": "pro"}});
        let ack = visitor.proves(&website.says(claims)).await;
        assert_eq!((kind(&ack), &ack["conversation"]), ("ack", &json!(conversation)));
        assert_eq!(ack["visitor"], Value::Null, "they are who they were");
        let pane = lena.socket.frame_of("changes").await["pane"].as_str().expect("a pane").to_owned();
        for word in ["Verified by the website", "customer-4711", "ada@mail.example", "Ada &#60;b&#62;"] {
            assert!(pane.contains(word), "{word} in {pane}");
        }
        assert!(!pane.contains("Not verified"), "{pane}");

        visitor.says("Hello?").await;
        let mut back = visitor.comes_back().await;
        assert_eq!(back.welcome["visitor"], person);
        back.sees_text("Hello?").await;
        assert_eq!(plainly::number(&app.app.db, PROVED).await, 1);
        assert_eq!(plainly::conversations(&app.app.db).await, 1);
        app.stop().await;
    }

    async fn all_devices_of_a_person_are_in_one_chat(app: TestApp) {
        let website = Website::new(&app).await;
        let mut phone = device_of(&app, website.token("ada")).await;
        let person = phone.welcome["visitor"].clone();
        assert!(person.is_string(), "known before the first word");
        phone.says("from the phone").await;
        let conversation = phone.conversation();

        let mut laptop = app.visitor().await;
        let mut second_tab = laptop.another_tab().await;
        let ack = laptop.proves(&website.token("ada")).await;
        assert_eq!((kind(&ack), &ack["visitor"]), ("ack", &person));
        for tab in [&mut laptop, &mut second_tab] {
            tab.sees_text("from the phone").await;
            assert_eq!(tab.conversation(), conversation);
        }
        second_tab.says("from the laptop").await;
        phone.sees_text("from the laptop").await;
        let tablet = device_of(&app, website.token("ada")).await;
        assert_eq!(tablet.welcome["visitor"], person);
        assert_eq!(tablet.welcome["conversation"]["id"], json!(conversation));

        // The device stays theirs without another token.
        let again = laptop.comes_back().await;
        assert_eq!((&again.welcome["visitor"], &again.welcome["conversation"]["id"]), (&person, &json!(conversation)));
        let ack = plainly::post(&app, &again.token, json!({"type": "send", "id": draw_id(), "text": "by post"})).await;
        assert_eq!(ack["conversation"], json!(conversation));
        phone.sees_text("by post").await;
        app.stop().await;
    }

    async fn a_new_chat_of_one_device_opens_on_all_of_them(app: TestApp) {
        plainly::start_anew_after_the_end(&app).await;
        let website = Website::new(&app).await;
        let mut lena = app.owner().await;
        let mut phone = device_of(&app, website.token("ada")).await;
        let mut laptop = device_of(&app, website.token("ada")).await;
        for round in 0..4 {
            let (talks, hears) = if round % 2 == 0 { (&mut phone, &mut laptop) } else { (&mut laptop, &mut phone) };
            let text = format!("matter {round}");
            talks.says(&text).await;
            hears.sees_text(&text).await;
            assert_eq!(hears.conversation(), talks.conversation());
            assert_eq!(kind(&lena.closes(&talks.conversation(), 1).await), "ack");
        }
        let last = laptop.conversation();
        assert_eq!(kind(&lena.reopens(&last, 2).await), "ack");
        for device in [&mut phone, &mut laptop] {
            while device.shows.state.as_deref() != Some("queued") {
                device.sees_next().await;
            }
            assert_eq!(device.conversation(), last);
        }
        app.stop().await;
    }

    async fn a_strangers_open_chat_comes_along(app: TestApp) {
        let website = Website::new(&app).await;
        let mut phone = device_of(&app, website.says(json!({"sub": "ada", "name": "Ada"}))).await;
        let mut laptop = app.visitor().await;
        let id = draw_id();
        laptop.sends(&id, "Where is order 1042?").await;
        let sent = laptop.answer_to(&id).await;
        let conversation = laptop.conversation();
        let mut lena = app.owner().await;
        lena.watches(&conversation, 0).await;
        lena.takes(&conversation, 1).await;

        let ack = laptop.proves(&website.token("ada")).await;
        assert_eq!((&ack["visitor"], &ack["conversation"]), (&phone.welcome["visitor"], &json!(conversation)));
        phone.sees_text("Where is order 1042?").await;
        assert_eq!(phone.conversation(), conversation);
        let pane = loop {
            let frame = lena.socket.frame_of("changes").await;
            if let Some(pane) = frame["pane"].as_str().filter(|pane| pane.contains("Verified by")) {
                break pane.to_owned();
            }
        };
        assert!(pane.contains("Ada"), "{pane}");

        // What was sent as a stranger is still known, and still theirs.
        laptop.sends(&id, "Where is order 1042?").await;
        let again = laptop.answer_to(&id).await;
        assert_eq!((kind(&again), &again["message"]["seq"]), ("ack", &sent["message"]["seq"]));
        let resent = json!({"type": "send", "id": id, "text": "Where is order 1042?"});
        assert_eq!(kind(&plainly::post(&app, &laptop.token, resent).await), "ack");
        laptop.sends(&id, "Something else").await;
        assert_eq!(problem(&laptop.answer_to(&id).await), "id-reused");
        let edit = json!({"type": "edit", "id": draw_id(), "message": id, "text": "Where is order 1043?", "if_rev": sent["message"]["rev"]});
        assert_eq!(kind(&laptop.asks(edit).await), "ack");
        phone.sees_text("Where is order 1043?").await;
        phone.says("It is urgent.").await;
        laptop.sees_text("It is urgent.").await;
        assert_eq!(plainly::conversations(&app.app.db).await, 1);
        assert_eq!(plainly::number(&app.app.db, "SELECT count(*) FROM participants WHERE kind = 'visitor'").await, 1);
        app.stop().await;
    }

    async fn of_two_open_chats_the_strangers_ends_and_says_where_it_goes_on(app: TestApp) {
        let website = Website::new(&app).await;
        let mut phone = device_of(&app, website.token("ada")).await;
        phone.says("from the phone").await;
        let stays = phone.conversation();
        let mut laptop = app.visitor().await;
        let id = draw_id();
        laptop.sends(&id, "from the laptop").await;
        laptop.answer_to(&id).await;
        let ends = laptop.conversation();
        let mut lena = app.owner().await;
        lena.watches(&ends, 0).await;

        assert_eq!(kind(&laptop.proves(&website.token("ada")).await), "ack");
        let last = loop {
            let frame = lena.socket.frame_of("changes").await;
            if frame["conversation"]["state"] == "closed" {
                break frame;
            }
        };
        assert_eq!(last["conversation"]["merged_into"], json!(stays));
        assert!(last["items"].to_string().contains("goes on in another one"), "{last}");
        laptop.is_in(&stays).await;
        laptop.sees_text("from the phone").await;
        assert_eq!(laptop.says("and on").await["conversation"], json!(stays));
        phone.sees_text("and on").await;

        laptop.sends(&id, "from the laptop").await;
        let again = laptop.answer_to(&id).await;
        assert_eq!((kind(&again), &again["conversation"]), ("ack", &json!(ends)), "it stayed where it was said");
        laptop.socket.send(&json!({"type": "list"})).await;
        let items = laptop.sees("conversations").await["items"].as_array().expect("items").clone();
        assert_eq!(items.len(), 2);
        let open = "SELECT count(*) FROM conversations WHERE state <> 'closed'";
        assert_eq!(plainly::number(&app.app.db, open).await, 1);

        // An agent may still open the ended one, when the other is over.
        assert_eq!(problem(&lena.reopens(&ends, 2).await), "conversation-state");
        assert_eq!(kind(&lena.closes(&stays, 1).await), "ack");
        assert_eq!(kind(&lena.reopens(&ends, 2).await), "ack");
        for device in [&mut phone, &mut laptop] {
            device.is_in(&ends).await;
        }
        assert_eq!(phone.says("here again").await["conversation"], json!(ends));
        app.stop().await;
    }

    async fn a_strangers_closed_chats_are_on_the_list(app: TestApp) {
        let website = Website::new(&app).await;
        let mut lena = app.owner().await;
        let mut phone = device_of(&app, website.token("ada")).await;
        let mut laptop = app.visitor().await;
        laptop.says("long ago").await;
        let old = laptop.conversation();
        lena.closes(&old, 1).await;
        phone.says("now").await;
        laptop.proves(&website.token("ada")).await;
        laptop.sees_text("now").await;
        phone.socket.send(&json!({"type": "list"})).await;
        let items = phone.sees("conversations").await["items"].clone();
        let texts: Vec<_> = items.as_array().expect("items").iter().map(|item| item["last_message"]["text"].clone()).collect();
        assert_eq!(texts, ["now", "long ago"]);
        app.stop().await;
    }

    async fn a_device_of_one_person_is_never_anothers(app: TestApp) {
        let website = Website::new(&app).await;
        let mut ada = device_of(&app, website.token("ada")).await;
        ada.says("my number is xyzzy").await;
        let refused = ada.proves(&website.token("bob")).await;
        assert_eq!((problem(&refused), &refused["problem"]["status"]), ("another-person", &json!(409)));
        assert_eq!(kind(&ada.says("still here").await), "ack");

        // In a hello nothing is told to the second person, and they may come with a token of their own.
        let path = format!("/v1/live?site={}", app.desk.site_key);
        let stale = website.says(json!({"sub": "bob", "exp": now() - 1_000}));
        for jwt in [website.token("bob"), stale] {
            let mut socket = Socket::open(app.address(), &path, &[("Origin", ORIGIN)]).await.expect("open");
            socket.send(&json!({"type": "hello", "token": ada.token, "jwt": jwt})).await;
            let frame = socket.frame().await;
            assert_eq!((kind(&frame), problem(&frame)), ("nack", "another-person"));
            socket.send(&json!({"type": "hello", "token": draw_token(), "jwt": website.token("bob")})).await;
            let welcome = socket.frame().await;
            assert_eq!((kind(&welcome), &welcome["conversation"]), ("welcome", &Value::Null));
            assert_ne!(welcome["visitor"], ada.welcome["visitor"]);
        }
        let hello = json!({"type": "hello", "token": ada.token, "jwt": website.token("bob")}).to_string();
        for way in ["events", "poll"] {
            let url = app.url(&format!("/v1/live/{way}?site={}", app.desk.site_key));
            let request = app.http.post(url).header("Origin", ORIGIN).header("Content-Type", "application/json");
            let response = request.body(hello.clone()).send().await.expect("an answer");
            assert_eq!(response.status(), 409);
            assert!(!response.text().await.expect("a body").contains("xyzzy"));
        }
        assert_eq!(plainly::number(&app.app.db, PROVED).await, 2);
        app.stop().await;
    }

    async fn what_proves_nothing_changes_nothing_and_the_chat_goes_on(app: TestApp) {
        let mut stranger = app.visitor().await;
        stranger.says("hello").await;
        let jwt = sign(&json!({"alg": "HS256"}), &json!({"sub": "ada", "exp": now() + 60}), b"x");
        assert_eq!(problem(&stranger.proves(&jwt).await), "identity-refused", "a site without a secret");
        let website = Website::new(&app).await;
        let mut ada = device_of(&app, website.token("ada")).await;
        ada.says("my number is xyzzy").await;

        let key = website.secret.expose().as_bytes();
        let claims = json!({"sub": "ada", "exp": now() + 60});
        let (hs256, none) = (json!({"alg": "HS256"}), json!({"alg": "none"}));
        let many: serde_json::Map<String, Value> = (0..80).map(|n| (n.to_string(), json!(n))).collect();
        let refused = [
            ("identity-refused", sign(&hs256, &claims, b"")),
            ("identity-refused", sign(&hs256, &claims, app.desk.site_key.as_bytes())),
            ("identity-refused", sign(&none, &claims, key)),
            ("identity-refused", sign(&none, &claims, key).rsplit_once('.').expect("parts").0.to_owned() + "."),
            ("identity-refused", sign(&json!({"alg": "RS256"}), &claims, key)),
            ("identity-refused", website.says(json!({"sub": "ada", "exp": now() - 120}))),
            ("identity-refused", website.says(json!({"sub": "ada", "exp": now() + 200_000}))),
            ("identity-refused", website.says(json!({"sub": "ada", "aud": "keySecond"}))),
            ("identity-refused", website.says(json!({"sub": "ada", "name": "x".repeat(4_000)}))),
            ("identity-refused", "\u{0}".to_owned()),
            ("identity-refused", String::new()),
            ("identity-claims", website.says(json!({"sub": 4711}))),
            ("identity-claims", website.says(json!({"sub": "ada\u{0}"}))),
            ("identity-claims", website.says(json!({"sub": "ada", "name": "A\u{1b}da"}))),
            ("identity-claims", website.says(json!({"sub": "ada", "attributes": many}))),
            ("identity-claims", website.says(json!({"name": "Ada"}))),
        ];
        let path = format!("/v1/live?site={}", app.desk.site_key);
        for (word, jwt) in refused {
            let nack = stranger.proves(&jwt).await;
            assert_eq!((problem(&nack), nack["problem"]["status"].as_u64()), (word, Some(if word == "identity-refused" { 401 } else { 422 })), "{jwt}");
            // In a hello the chat goes on as before.
            let mut socket = Socket::open(app.address(), &path, &[("Origin", ORIGIN)]).await.expect("open");
            socket.send(&json!({"type": "hello", "token": stranger.token, "jwt": jwt})).await;
            let nack = socket.frame().await;
            assert_eq!((kind(&nack), problem(&nack), &nack["id"]), ("nack", word, &Value::Null));
            let welcome = socket.frame().await;
            assert_eq!(welcome["conversation"]["id"], json!(stranger.conversation()));
        }
        assert_eq!(kind(&stranger.says("still here").await), "ack");
        assert_eq!(plainly::number(&app.app.db, PROVED).await, 1);
        let stored = app.stored(ada.conversation().parse().expect("an id")).await;
        assert_eq!(stored.len(), 1);
        app.stop().await;
    }

    async fn a_token_of_one_site_is_of_no_use_on_another(app: TestApp) {
        let website = Website::new(&app).await;
        let key = another_site(&app.app, &app.desk).await;
        let mut visitor = Visitor::connect(app.address(), &key, OTHER_ORIGIN).await;
        assert_eq!(problem(&visitor.proves(&website.token("ada")).await), "identity-refused");
        assert_eq!(plainly::number(&app.app.db, PROVED).await, 0);
        app.stop().await;
    }

    async fn a_new_secret_counts_beside_the_old_one_until_that_is_dropped(app: TestApp) {
        let (old, mut visitor) = (Website::new(&app).await, app.visitor().await);
        let new = Website::new(&app).await;
        assert_eq!(kind(&visitor.proves(&old.token("ada")).await), "ack");
        assert_eq!(kind(&visitor.proves(&new.says(json!({"sub": "ada", "name": "Ada"}))).await), "ack");
        let (ws, site) = (app.desk.workspace_id, app.desk.site_id);
        let dropped = app.app.writer.run("test", move |tx| {
            Box::pin(async move { deskbell::visitors::identity_store::drop_before(tx.conn(), ws, site).await })
        });
        assert!(dropped.await.expect("dropped"));
        assert_eq!(problem(&visitor.proves(&old.token("ada")).await), "identity-refused");
        assert_eq!(kind(&visitor.proves(&new.token("ada")).await), "ack");
        app.stop().await;
    }

    async fn a_page_may_stay_open_longer_than_its_token_lives(app: TestApp) {
        let website = Website::new(&app).await;
        let mut phone = device_of(&app, website.token("ada")).await;
        phone.says("hello").await;
        let stale = website.says(json!({"sub": "ada", "exp": now() - 1_000}));
        let (token, shows) = (phone.token.clone(), phone.shows.clone());
        let path = format!("/v1/live?site={}", app.desk.site_key);
        let mut socket = Socket::open(app.address(), &path, &[("Origin", ORIGIN)]).await.expect("open");
        socket.send(&json!({"type": "hello", "token": token, "since": shows.rev, "conversation": shows.conversation, "jwt": stale})).await;
        assert_eq!(kind(&socket.frame().await), "welcome", "it says nothing new");
        let mut stranger = app.visitor().await;
        assert_eq!(problem(&stranger.proves(&stale).await), "identity-refused", "and proves nobody new");
        app.stop().await;
    }

    async fn a_merged_device_reads_its_persons_chats_and_no_others(app: TestApp) {
        let website = Website::new(&app).await;
        let mut bob = app.visitor().await;
        let foreign = bob.says("my number is xyzzy").await["message"]["id"].clone();
        let mut laptop = app.visitor().await;
        laptop.says("as a stranger").await;
        let before = laptop.conversation();
        let mut phone = device_of(&app, website.token("ada")).await;
        phone.says("as Ada").await;
        laptop.proves(&website.token("ada")).await;
        laptop.is_in(&phone.conversation()).await;

        for asked in [bob.conversation(), before.clone()] {
            let path = format!("/v1/live?site={}", app.desk.site_key);
            let mut socket = Socket::open(app.address(), &path, &[("Origin", ORIGIN)]).await.expect("open");
            socket.send(&json!({"type": "hello", "token": laptop.token, "conversation": asked, "since": 1})).await;
            let said = socket.said_so_far().await;
            let refused = said.iter().any(|frame| problem(frame) == "not-found");
            assert_eq!(refused, asked != before, "an earlier one is theirs, a foreign one is not there: {said:?}");
            let text = json!(said).to_string();
            assert!(text.contains("as Ada") && !text.contains("xyzzy"), "{text}");
        }
        for frame in [
            json!({"type": "edit", "id": draw_id(), "message": foreign, "text": "x", "if_rev": 1}),
            json!({"type": "delete", "id": draw_id(), "message": foreign}),
        ] {
            assert_eq!(problem(&laptop.asks(frame).await), "not-found");
        }
        let kept = app.stored(bob.conversation().parse().expect("an id")).await;
        assert_eq!(kept.iter().map(|message| message.text.as_str()).collect::<Vec<_>>(), ["my number is xyzzy"]);
        app.stop().await;
    }
}
