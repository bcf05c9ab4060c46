//! What a site asks of its visitors: consent, the form before the chat, an address, a rating.

use deskbell::db::Db;
use deskbell::live::visitor::forms::ask_noted;
use deskbell::on;
use deskbell::sites::settings::AskAddress;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::dump::dump;
use crate::support::frames::{draw_id, kind, problem};
use crate::support::identity::Website;
use crate::support::site::{another_queue, fields, site_asks};
use crate::support::visitor::Visitor;

/// One text from the database.
async fn text(db: &Db, sql: &'static str) -> Option<String> {
    let mut conn = db.read().await.expect("a connection");
    on!(conn.conn(), |c| sqlx::query_scalar(sql).fetch_optional(c).await).expect("runs").flatten()
}

async fn number(db: &Db, sql: &'static str) -> i64 {
    let mut conn = db.read().await.expect("a connection");
    on!(conn.conn(), |c| sqlx::query_scalar(sql).fetch_one(c).await).expect("runs")
}

/// The form that is asked next, by name.
async fn is_asked(visitor: &mut Visitor, form: &str) -> Value {
    let ask = visitor.sees("ask").await;
    assert_eq!(ask["form"], form, "{ask}");
    ask
}

/// The next `ack` or `nack`.
async fn next_answer(visitor: &mut Visitor) -> Value {
    loop {
        let frame = visitor.sees_next().await;
        if matches!(kind(&frame), "ack" | "nack") {
            return frame;
        }
    }
}

fn names(ask: &Value) -> Vec<&str> {
    ask["fields"].as_array().expect("fields").iter().map(|f| f["name"].as_str().expect("a name")).collect()
}

/// The forms that were asked by now.
async fn asked(app: &TestApp, visitor: &mut Visitor) -> Vec<String> {
    ask_noted(&app.app).await;
    let said = visitor.hears().await;
    said.iter().filter(|frame| kind(frame) == "ask").map(|frame| frame["form"].to_string()).collect()
}

on_each_database! {
    async fn a_site_that_asks_nothing_says_nothing_new(app: TestApp) {
        let mut visitor = app.visitor().await;
        let features = &visitor.welcome["site"]["features"];
        for feature in ["consent", "pre_chat", "offline", "rating", "preview"] {
            assert_eq!(features[feature], false, "{feature}");
        }
        visitor.says("hi").await;
        assert_eq!(asked(&app, &mut visitor).await, Vec::<String>::new());
        for (form, values) in [("pre_chat", json!({})), ("offline", json!({})), ("rating", json!({"score": 5}))] {
            assert_eq!(problem(&visitor.fills_in(form, values).await), "not-allowed", "{form}");
        }
        assert_eq!(problem(&visitor.fills_in("shoe_size", json!({})).await), "not-offered");
        app.stop().await;
    }

    async fn nothing_is_stored_before_consent(app: TestApp) {
        site_asks(&app, |settings| {
            settings.consent.required = true;
            settings.consent.text = Some("We keep it for a year.".to_owned());
        })
        .await;
        let mut visitor = app.visitor().await;
        assert_eq!(visitor.welcome["site"]["features"]["consent"], true);
        assert_eq!(visitor.welcome["site"]["texts"]["consent"], "We keep it for a year.");
        let ask = is_asked(&mut visitor, "consent").await;
        assert_eq!((&ask["required"], &ask["text"]), (&json!(true), &json!("We keep it for a year.")));
        assert_eq!(names(&ask), ["consent"]);

        let before = dump(&app.app.db).await;
        let refused = visitor.says("too early").await;
        assert_eq!((problem(&refused), &refused["problem"]["status"]), ("consent-required", &json!(403)));
        is_asked(&mut visitor, "consent").await;
        for update in [
            json!({"profile": {"name": "Ada"}}),
            json!({"page": {"url": "https://shop.example/"}}),
            json!({"event": {"name": "cart"}}),
            json!({"attributes": {"plan": "pro"}}),
        ] {
            let mut frame = json!({"type": "update", "id": draw_id()});
            frame.as_object_mut().expect("an object").extend(update.as_object().expect("an object").clone());
            assert_eq!(problem(&visitor.asks(frame).await), "consent-required");
        }
        for values in [json!({}), json!({"consent": "yes"}), json!({"consent": 1}), json!({"consent": null})] {
            let refused = visitor.fills_in("consent", values).await;
            assert_eq!((problem(&refused), &refused["problem"]["field"]), ("value-refused", &json!("consent")));
        }
        assert_eq!(visitor.fills_in("consent", json!({"consent": false})).await["type"], "ack");
        let no = json!({"type": "update", "id": draw_id(), "consent": false, "profile": {"name": "Ada"}});
        assert_eq!(visitor.asks(no).await["type"], "ack");
        assert_eq!(dump(&app.app.db).await, before, "not even that they said no");

        let ack = visitor.fills_in("consent", json!({"consent": true})).await;
        assert!(ack["visitor"].is_string(), "the first durable act: {ack}");
        assert_eq!(visitor.says("now").await["type"], "ack");
        assert_eq!(number(&app.app.db, "SELECT count(*) FROM visitors WHERE consent_at > 0").await, 1);
        let mut again = visitor.comes_back().await;
        assert_eq!(again.says("and again").await["type"], "ack");
        assert_eq!(asked(&app, &mut again).await, Vec::<String>::new(), "it was given");
        app.stop().await;
    }

    async fn consent_taken_back_holds_in_every_tab(app: TestApp) {
        site_asks(&app, |settings| settings.consent.required = true).await;
        let mut visitor = app.visitor().await;
        visitor.fills_in("consent", json!({"consent": true})).await;
        let id = draw_id();
        visitor.sends(&id, "kept").await;
        assert_eq!(visitor.answer_to(&id).await["type"], "ack");
        let mut tab = visitor.another_tab().await;
        tab.sees_text("kept").await;
        assert_eq!(tab.says("from the other tab").await["type"], "ack");
        let no = json!({"type": "update", "id": draw_id(), "consent": false});
        assert_eq!(visitor.asks(no).await["type"], "ack");
        for one in [&mut visitor, &mut tab] {
            assert_eq!(problem(&one.says("no more").await), "consent-required");
            is_asked(one, "consent").await;
        }
        // What is stored is recognized all the same.
        visitor.sends(&id, "kept").await;
        assert_eq!(visitor.answer_to(&id).await["type"], "ack");
        assert_eq!(number(&app.app.db, "SELECT count(*) FROM messages WHERE kind = 'text'").await, 2);
        // Pipelined: the consent is stored first, so the message passes.
        tab.socket.send(&json!({"type": "form", "id": draw_id(), "form": "consent", "values": {"consent": true}})).await;
        assert_eq!(tab.says("again").await["type"], "ack");
        app.stop().await;
    }

    async fn the_form_before_the_chat_comes_first(app: TestApp) {
        let sales = another_queue(&app, "Sales").await;
        site_asks(&app, |settings| {
            settings.pre_chat.fields = fields(&["name", "email:required", "phone", "topic:required", "text=Order"]);
        })
        .await;
        let mut visitor = app.visitor().await;
        let ask = is_asked(&mut visitor, "pre_chat").await;
        assert_eq!((names(&ask), &ask["required"]), (vec!["name", "email", "phone", "queue", "Order"], &json!(true)));
        let options = ask["fields"][3]["options"].as_array().expect("options");
        assert_eq!(options.iter().map(|o| &o["title"]).collect::<Vec<_>>(), ["Sales", "Support"]);
        let refused = visitor.says("hello?").await;
        assert_eq!((problem(&refused), &refused["problem"]["status"]), ("pre-chat-required", &json!(403)));
        is_asked(&mut visitor, "pre_chat").await;

        let good = json!({"name": " Ada ", "email": "ada@mail.example", "phone": "+49 30 1234",
            "queue": sales.to_string(), "Order": "1042", "other": "ignored"});
        let mut hostile = vec![
            ("email", Value::Null), ("email", json!("")), ("email", json!("ada")), ("email", json!("a@b@c")),
            ("email", json!(7)), ("email", json!(format!("{}@x.example", "a".repeat(250)))), ("queue", json!("")),
            ("queue", json!("Sales")), ("queue", json!(draw_id())), ("queue", json!("' OR 1=1")), ("queue", json!([])),
            ("phone", json!("call me")), ("phone", json!({})), ("name", json!("x".repeat(201))),
            ("name", json!("a\nb")), ("name", json!("a\u{0}b")), ("Order", json!("x".repeat(301))), ("Order", json!(true)),
        ];
        for (field, value) in hostile.drain(..) {
            let mut values = good.clone();
            values[field] = value.clone();
            let refused = visitor.fills_in("pre_chat", values).await;
            assert_eq!((problem(&refused), &refused["problem"]["status"]), ("value-refused", &json!(422)), "{value}");
            assert_eq!(refused["problem"]["field"], field, "{refused}");
            assert!(refused["problem"]["detail"].as_str().is_some_and(|detail| detail.starts_with(field)), "{refused}");
        }
        assert_eq!(number(&app.app.db, "SELECT count(*) FROM visitors").await, 0, "nothing of it was stored");

        let id = draw_id();
        let form = json!({"type": "form", "id": id, "form": "pre_chat", "values": good});
        let ack = visitor.asks(form.clone()).await;
        assert!(ack["visitor"].is_string(), "{ack}");
        assert_eq!(visitor.says("Where is it?").await["type"], "ack");
        let row = "SELECT name || ' ' || email || ' ' || phone FROM visitors";
        assert_eq!(text(&app.app.db, row).await.as_deref(), Some("Ada ada@mail.example +49 30 1234"));
        let owner = visitor.sees_state("queued").await;
        assert_eq!(owner["name"], "Sales", "the chosen queue: {owner}");

        // A resend is the same form: it does not answer the next one.
        assert_eq!(visitor.asks(form.clone()).await["type"], "ack");
        let mut other = form;
        other["values"]["name"] = json!("Bob");
        assert_eq!(problem(&visitor.asks(other).await), "id-reused");
        assert_eq!(number(&app.app.db, "SELECT count(*) FROM next_chats").await, 0);
        app.stop().await;
    }

    async fn what_is_known_is_not_asked_again(app: TestApp) {
        another_queue(&app, "Sales").await;
        site_asks(&app, |settings| {
            settings.pre_chat.fields = fields(&["name:required", "email:required", "topic", "text=Order:required"]);
        })
        .await;
        let mut visitor = app.visitor().await;
        let known = json!({"type": "update", "id": draw_id(), "profile": {"name": "Ada", "email": "ada@mail.example"},
            "attributes": {"Order": 7}});
        visitor.asks(known).await;
        let mut visitor = visitor.comes_back().await;
        let ask = is_asked(&mut visitor, "pre_chat").await;
        assert_eq!((names(&ask), &ask["required"]), (vec!["queue"], &json!(false)));
        let ack = visitor.says("without an answer").await;
        assert_eq!(ack["type"], "ack", "what is left may be left open: {ack}");
        app.stop().await;
    }

    async fn an_address_is_asked_where_nobody_is_here(app: TestApp) {
        site_asks(&app, |settings| settings.offline.ask_address = AskAddress::Optional).await;
        let mut visitor = app.visitor().await;
        visitor.says("anybody?").await;
        let ask = is_asked(&mut visitor, "offline").await;
        assert_eq!((names(&ask), &ask["required"]), (vec!["email", "name"], &json!(false)));
        assert_eq!(problem(&visitor.fills_in("offline", json!({"email": "nowhere"})).await), "value-refused");
        assert_eq!(problem(&visitor.fills_in("offline", json!({"name": "Ada"})).await), "value-refused");
        assert_eq!(visitor.fills_in("offline", json!({})).await["type"], "ack", "skipped");
        visitor.says("still there?").await;
        assert_eq!(asked(&app, &mut visitor).await, Vec::<String>::new(), "once a session");

        let mut visitor = visitor.comes_back().await;
        is_asked(&mut visitor, "offline").await;
        let values = json!({"email": "ada@mail.example", "name": "Ada"});
        assert_eq!(visitor.fills_in("offline", values).await["type"], "ack");
        assert_eq!(text(&app.app.db, "SELECT email FROM visitors").await.as_deref(), Some("ada@mail.example"));
        let mut visitor = visitor.comes_back().await;
        visitor.says("back").await;
        assert_eq!(asked(&app, &mut visitor).await, Vec::<String>::new(), "it is known");

        let mut owner = app.owner().await;
        let mut bert = app.visitor().await;
        bert.hears_that_somebody_is_here().await;
        bert.says("hi").await;
        assert_eq!(asked(&app, &mut bert).await, Vec::<String>::new(), "somebody is here");
        owner.asks(json!({"type": "state", "id": draw_id(), "state": "away"})).await;
        is_asked(&mut bert, "offline").await;
        app.stop().await;
    }

    async fn a_chat_is_rated_once_it_is_over(app: TestApp) {
        site_asks(&app, |settings| settings.rating.on = true).await;
        let mut visitor = app.visitor().await;
        visitor.says("hi").await;
        let id = visitor.conversation();
        let mut owner = app.owner().await;
        owner.watches(&id, 0).await;
        owner.takes(&id, 1).await;
        assert_eq!(problem(&visitor.fills_in("rating", json!({"score": 5})).await), "conversation-state");
        let mut tab = visitor.another_tab().await;
        owner.closes(&id, 2).await;
        let ask = is_asked(&mut visitor, "rating").await;
        assert_eq!(names(&ask), ["score", "comment"]);
        is_asked(&mut tab, "rating").await;
        for bad in [json!({"score": 0}), json!({"score": 6}), json!({"score": 4.5}), json!({"score": "5"}),
            json!({"score": [5]}), json!({"comment": "x"}), json!({"score": 5, "comment": "x".repeat(1_001)}),
            json!({"score": 5, "comment": 7}), json!({"score": 5, "comment": "a\u{0}"})] {
            assert_eq!(problem(&visitor.fills_in("rating", bad.clone()).await), "value-refused", "{bad}");
        }
        let values = json!({"score": 4, "comment": "Quick <b>& kind</b>."});
        let ack = visitor.fills_in("rating", values.clone()).await;
        assert_eq!(ack["message"]["event"]["params"], values, "{ack}");
        loop {
            let changes = owner.socket.frame_of("changes").await;
            let html = changes["items"][0]["html"].as_str().expect("html").to_owned();
            if html.contains("4</bdi> of 5") {
                assert!(html.contains("Quick &#60;b&#62;&#38; kind"), "{html}");
                break;
            }
        }
        tab.is_at(ack["rev"].as_i64().expect("a rev")).await;
        assert_eq!(tab.fills_in("rating", values).await["type"], "ack", "the same again");
        assert_eq!(problem(&tab.fills_in("rating", json!({"score": 1})).await), "conversation-state");
        let mut visitor = visitor.comes_back().await;
        assert_eq!(asked(&app, &mut visitor).await, Vec::<String>::new());
        assert_eq!(number(&app.app.db, "SELECT score FROM ratings").await, 4);
        app.stop().await;
    }

    async fn a_rating_that_was_skipped_is_not_asked_again(app: TestApp) {
        site_asks(&app, |settings| settings.rating.on = true).await;
        let mut visitor = app.visitor().await;
        visitor.says("hi").await;
        let mut owner = app.owner().await;
        owner.takes(&visitor.conversation(), 1).await;
        owner.closes(&visitor.conversation(), 2).await;
        is_asked(&mut visitor, "rating").await;
        let mut visitor = visitor.comes_back().await;
        is_asked(&mut visitor, "rating").await;
        assert_eq!(visitor.fills_in("rating", json!({})).await["type"], "ack");
        let mut visitor = visitor.comes_back().await;
        assert_eq!(asked(&app, &mut visitor).await, Vec::<String>::new());
        assert_eq!(number(&app.app.db, "SELECT count(*) FROM ratings WHERE score IS NULL").await, 1);
        assert_eq!(number(&app.app.db, "SELECT count(*) FROM messages WHERE kind = 'event'").await, 2, "joined, closed");
        app.stop().await;
    }

    async fn forms_are_asked_in_the_visitors_language(app: TestApp) {
        site_asks(&app, |settings| settings.consent.required = true).await;
        for (locale, agree) in [("de-AT", "Ich bin einverstanden"), ("ar", "أوافق"), ("fr", "I agree"), ("", "I agree")] {
            let mut visitor = app.visitor_who_speaks(locale).await;
            let ask = is_asked(&mut visitor, "consent").await;
            assert_eq!(ask["fields"][0]["label"], agree, "{locale}");
        }
        app.stop().await;
    }

    async fn consent_comes_before_the_form_before_the_chat(app: TestApp) {
        site_asks(&app, |settings| {
            settings.consent.required = true;
            settings.pre_chat.fields = fields(&["email:required"]);
            settings.reply_within_s = Some(120);
        })
        .await;
        let mut visitor = app.visitor().await;
        assert_eq!(visitor.welcome["availability"]["reply_within_s"], 120);
        is_asked(&mut visitor, "consent").await;
        let email = json!({"email": "ada@mail.example"});
        assert_eq!(problem(&visitor.fills_in("pre_chat", email.clone()).await), "consent-required");
        is_asked(&mut visitor, "consent").await;
        visitor.fills_in("consent", json!({"consent": true})).await;
        is_asked(&mut visitor, "pre_chat").await;
        assert_eq!(problem(&visitor.says("hi").await), "pre-chat-required");
        is_asked(&mut visitor, "pre_chat").await;
        assert_eq!(visitor.fills_in("pre_chat", email).await["type"], "ack");
        assert_eq!(visitor.says("hi").await["type"], "ack");
        app.stop().await;
    }

    async fn two_tabs_rate_at_once_and_one_counts(app: TestApp) {
        site_asks(&app, |settings| settings.rating.on = true).await;
        let mut owner = app.owner().await;
        for round in 1..=5 {
            let mut visitor = app.visitor().await;
            visitor.says("hi").await;
            let mut tab = visitor.another_tab().await;
            tab.sees_text("hi").await;
            owner.takes(&visitor.conversation(), 1).await;
            owner.closes(&visitor.conversation(), 2).await;
            // Both are asked before one answers: after that the other would not be.
            is_asked(&mut visitor, "rating").await;
            is_asked(&mut tab, "rating").await;
            for (one, score) in [(&mut visitor, 1), (&mut tab, 5)] {
                let form = json!({"type": "form", "id": draw_id(), "form": "rating", "values": {"score": score}});
                one.socket.send(&form).await;
            }
            let answers = [next_answer(&mut visitor).await, next_answer(&mut tab).await];
            let acks = answers.iter().filter(|answer| answer["type"] == "ack").count();
            assert_eq!(acks, 1, "{answers:?}");
            assert_eq!(number(&app.app.db, "SELECT count(*) FROM ratings").await, round);
        }
        let events = "SELECT count(*) FROM messages WHERE kind = 'event'";
        assert_eq!(number(&app.app.db, events).await, 3 * 5, "joined, closed, rated");
        app.stop().await;
    }

    async fn two_visitors_draw_one_id_and_one_is_told(app: TestApp) {
        for round in 1..=5 {
            let (mut ada, mut bert) = (app.visitor().await, app.visitor().await);
            let form = json!({"type": "form", "id": draw_id(), "form": "consent", "values": {"consent": true}});
            ada.socket.send(&form).await;
            bert.socket.send(&form).await;
            let answers = [next_answer(&mut ada).await, next_answer(&mut bert).await];
            let refused: Vec<&Value> = answers.iter().filter(|answer| answer["type"] == "nack").collect();
            assert_eq!(refused.len(), 1, "{answers:?}");
            assert_eq!(problem(refused[0]), "id-reused");
            assert_eq!(number(&app.app.db, "SELECT count(*) FROM visitors").await, round, "nothing of the other");
        }
        app.stop().await;
    }

    async fn only_the_newest_forms_are_remembered(app: TestApp) {
        let mut visitor = app.visitor().await;
        for n in 0..60 {
            assert_eq!(visitor.fills_in("consent", json!({"consent": n % 2 == 0})).await["type"], "ack");
        }
        assert_eq!(number(&app.app.db, "SELECT count(*) FROM form_answers").await, deskbell::forms::ANSWERS_KEPT);
        app.stop().await;
    }

    async fn forms_go_by_post_as_well(app: TestApp) {
        site_asks(&app, |settings| settings.pre_chat.fields = fields(&["email:required"])).await;
        let token = crate::support::frames::draw_token();
        let url = app.url(&format!("/v1/live/send?site={}", app.desk.site_key));
        let post = async |frame: Value| -> Value {
            let request = app.http.post(&url).header("Origin", crate::support::app::ORIGIN).body(frame.to_string());
            let request = request.header("Authorization", format!("Bearer {token}"));
            request.send().await.expect("an answer").json().await.expect("JSON")
        };
        let send = json!({"type": "send", "id": draw_id(), "text": "hi"});
        assert_eq!(problem(&post(send.clone()).await), "pre-chat-required");
        let form = |email: &str| json!({"type": "form", "id": draw_id(), "form": "pre_chat", "values": {"email": email}});
        assert_eq!(problem(&post(form("nowhere")).await), "value-refused");
        assert_eq!(post(form("ada@mail.example")).await["type"], "ack");
        assert_eq!(post(send).await["type"], "ack", "the same message goes out after the form");
        app.stop().await;
    }

    async fn consent_taken_back_holds_on_every_device_of_a_person(app: TestApp) {
        site_asks(&app, |settings| settings.consent.required = true).await;
        let website = Website::new(&app).await;
        let (mut phone, mut laptop) = (app.visitor().await, app.visitor().await);
        for device in [&mut phone, &mut laptop] {
            device.fills_in("consent", json!({"consent": true})).await;
            assert_eq!(device.proves(&website.token("ada")).await["type"], "ack");
        }
        phone.says("from the phone").await;
        laptop.sees_text("from the phone").await;
        assert_eq!(laptop.says("from the laptop").await["type"], "ack");
        phone.fills_in("consent", json!({"consent": false})).await;
        assert_eq!(problem(&laptop.says("no more").await), "consent-required");
        app.stop().await;
    }
}
