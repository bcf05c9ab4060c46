//! Settings over REST: hours, what a site asks, how long it keeps.

use serde_json::{Value, json};

use crate::support::agent::Admin;
use crate::support::plainly;
use crate::support::software::Software;

on_each_database! {
    async fn hours_are_written_as_people_write_them_and_read_back(app: TestApp) {
        let software = Software::new(&app).await;
        let queue = format!("/api/v1/queues/{}", app.desk.queue_id);
        let site = format!("/api/v1/sites/{}", app.desk.site_id);
        for path in [&queue, &site] {
            assert_eq!(software.gets(path).await.good()["hours"], Value::Null);
            let hours = json!({"time_zone": "Europe/Berlin", "week": {"mon": "09:00-12:00,13:00-17:00", "fri": "22:00-02:00"},
                "holidays": ["12-25", "2026-12-24 09:00-12:00"]});
            let now = software.patches(path, json!({"hours": hours})).await.good()["hours"].clone();
            assert_eq!((&now["time_zone"], &now["holidays"]), (&hours["time_zone"], &hours["holidays"]));
            let week = &now["week"];
            assert_eq!((&week["mon"], &week["tue"]), (&json!("09:00-12:00,13:00-17:00"), &json!("")));
            assert_eq!((&week["fri"], &week["sat"]), (&json!("22:00-24:00"), &json!("00:00-02:00")));
            assert_eq!(software.patches(path, json!({"hours": now})).await.good()["hours"], now, "it goes there and back");
            assert_eq!(software.patches(path, json!({"name": "Another"})).await.good()["hours"], now, "it stays");
            let list = software.gets(path.rsplit_once('/').expect("a list").0).await.good();
            assert_eq!(list["items"][0]["hours"], now);

            let zone = json!({"time_zone": "Mars/Olympus", "week": {}});
            let time = json!({"time_zone": "UTC", "week": {"mon": "9 to 5"}});
            let holiday = json!({"time_zone": "UTC", "week": {}, "holidays": ["13-45"]});
            let lines = json!({"time_zone": "UTC", "week": {}, "holidays": ["12-25\n12-26"]});
            for bad in [zone, time, holiday, lines] {
                let refused = software.patches(path, json!({"hours": bad})).await;
                assert_eq!((refused.problem(), &refused.body["field"]), ("value-refused", &json!("hours")));
            }
            let both = software.patches(path, json!({"hours": now, "always_open": true})).await;
            assert_eq!(both.body["field"], "always_open");
            assert_eq!(software.patches(path, json!({"always_open": true})).await.good()["hours"], Value::Null);
        }
        let owner = app.owner().await;
        let owner = Admin::new(&app, &owner).await;
        let (action, _, changes) = owner.last_act().await;
        assert_eq!((action.as_str(), &changes["hours"][1]), ("site.changed", &Value::Null));
        app.stop().await;
    }

    async fn what_a_site_asks_and_keeps_is_changed_piece_by_piece(app: TestApp) {
        let software = Software::new(&app).await;
        let path = format!("/api/v1/sites/{}", app.desk.site_id);
        let before = software.gets(&path).await.good();
        assert_eq!((&before["keep_days"], &before["forms"]["pre_chat"]), (&json!(0), &json!([])));
        let queue = app.desk.queue_id.to_string();
        let forms = json!({"pre_chat": ["email:required", "text=Order number", "topic"], "topic_queue_ids": [queue],
            "consent_required": true, "consent_text": "We keep what you write.", "privacy_text": "For 30 days.",
            "rating": true, "offline_address": "optional", "unsent_text": false});
        let now = software.patches(&path, json!({"forms": forms, "keep_days": 30})).await.good();
        assert_eq!((&now["forms"], &now["keep_days"]), (&forms, &json!(30)));
        let mut visitor = app.visitor().await;
        let asked = visitor.sees("ask").await;
        assert!(asked.to_string().contains("We keep what you write."), "{asked}");

        let one = software.patches(&path, json!({"forms": {"rating": false, "consent_text": ""}})).await.good();
        assert_eq!((&one["forms"]["rating"], &one["forms"]["consent_text"]), (&json!(false), &Value::Null));
        assert_eq!((&one["forms"]["pre_chat"], &one["keep_days"]), (&forms["pre_chat"], &json!(30)), "the rest stays");

        let no_queue = "0193a1b2-3c4d-7e5f-8a6b-7c8d9e0f1a2b";
        for (field, bad) in [
            ("pre_chat", json!({"forms": {"pre_chat": ["shoe size"]}})),
            ("pre_chat", json!({"forms": {"pre_chat": ["email", "email:required"]}})),
            ("offline_address", json!({"forms": {"offline_address": "perhaps"}})),
            ("consent_text", json!({"forms": {"consent_text": "x".repeat(1_001)}})),
            ("keep_days", json!({"keep_days": 3_651})),
            ("queue_id", json!({"forms": {"topic_queue_ids": [no_queue]}})),
        ] {
            let refused = software.patches(&path, bad).await;
            assert_eq!((refused.status, &refused.body["field"]), (422, &json!(field)), "{refused:?}");
        }
        assert_eq!(software.patches(&path, json!({"forms": {"colour": "red"}})).await.problem(), "bad-frame");
        assert_eq!(software.gets(&path).await.good(), one, "nothing of it was stored");
        assert!(plainly::number(&app.app.db, "SELECT count(*) FROM audit_log WHERE action = 'site.changed'").await == 2);
        app.stop().await;
    }

    async fn a_sites_own_words_are_read_and_replaced(app: TestApp) {
        let software = Software::new(&app).await;
        let path = format!("/api/v1/sites/{}", app.desk.site_id);
        assert_eq!(software.gets(&path).await.good()["texts"], json!({}));
        let words = json!({"de": {"hello": " Moin! ", "mail-subject": "Neues vom Shop"}, "ar": {"write": "اكتب"}});
        let stored = json!({"de": {"hello": "Moin!", "mail-subject": "Neues vom Shop"}, "ar": {"write": "اكتب"}});
        assert_eq!(software.patches(&path, json!({"texts": words})).await.good()["texts"], stored);
        let welcome = app.visitor().await.welcome;
        assert_eq!(welcome["site"]["texts"]["de.hello"], "Moin!", "visitors read them");
        let owner = app.owner().await;
        let owner = Admin::new(&app, &owner).await;
        let (action, _, changes) = owner.last_act().await;
        assert_eq!((action.as_str(), &changes["settings"][1]["texts"]), ("site.changed", &stored));

        let gone = json!({"texts": {"de": {"hello": ""}}});
        let left = json!({"de": {"mail-subject": "Neues vom Shop"}, "ar": {"write": "اكتب"}});
        assert_eq!(software.patches(&path, gone).await.good()["texts"], left, "what is not named stays");
        assert_eq!(software.patches(&path, json!({"texts": left})).await.good()["texts"], left, "there and back");
        for bad in [
            json!({"fr": {"hello": "Salut"}}),
            json!({"de-AT": {"hello": "Servus"}}),
            json!({"de": {"goodbye": "Tschüss"}}),
            json!({"de": {"hello": "x".repeat(301)}}),
            json!({"en": {"write": "x".repeat(81)}}),
            json!({"en": {"online": "a\u{0}b"}}),
            json!({"en": {"mail-subject": "Hello\nBcc: x"}}),
        ] {
            let refused = software.patches(&path, json!({"texts": bad, "greeting": "lost"})).await;
            assert_eq!((refused.status, &refused.body["field"]), (422, &json!("texts")), "{refused:?}");
        }
        let site = software.gets(&path).await.good();
        assert_eq!((&site["texts"], &site["greeting"]), (&left, &Value::Null), "nothing of it was stored");

        // Where its chats wait is told by name.
        let sales = software.posts("/api/v1/queues", json!({"name": "Sales"})).await.good()["id"].clone();
        software.patches(&path, json!({"queue_id": sales})).await.good();
        let (action, _, changes) = owner.last_act().await;
        assert_eq!((action.as_str(), &changes), ("site.changed", &json!({"queue": ["Support", "Sales"]})));
        app.stop().await;
    }
}
