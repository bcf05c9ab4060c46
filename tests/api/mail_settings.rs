//! A site's mail in the console: what works is said in plain words, what is typed is checked, and a test goes
//! to whoever asks for it.

use deskbell::agents::Role;
use deskbell::config::{Config, Encryption, MailServer};
use serde_json::json;

use crate::support::agent::Admin;
use crate::support::tenants::another_site;
use crate::support::{TestApp, plainly};

/// A server to which nobody connects here: rows wait for it.
pub fn with_mail(config: &mut Config) {
    config.mail.smtp = Some(MailServer {
        host: "127.0.0.1".to_owned(),
        port: 9,
        encryption: Encryption::None,
        login: None,
        folder: String::new(),
    });
    config.mail.domain = Some("chat.shop.example".to_owned());
}

async fn page(owner: &Admin<'_>, path: &str) -> String {
    owner.gets(path).await.text().await.expect("a page")
}

fn path(app: &TestApp) -> String {
    format!("/console/settings/sites/{}/mail", app.desk.site_id)
}

on_each_database! {
    async fn what_is_typed_is_checked_and_written_down(app: TestApp) {
        let owner = app.owner().await;
        let owner = Admin::new(&app, &owner).await;
        let path = path(&app);
        let fields = [
            ("address", " Hello@Shop.example "),
            ("name", "The shop"),
            ("signature", "Your shop\r\nMain street 1"),
            ("away", "300"),
            ("text_de_mail-subject", "Antwort vom Laden"),
            ("text_ar_mail-proof-intro", "هل هذا عنوانك؟"),
        ];
        assert_eq!(owner.posts(&path, &fields).await.status(), 303);
        let (action, subject, changes) = owner.last_act().await;
        assert_eq!((action.as_str(), subject.as_str()), ("site.changed", "Shop"));
        let after = &changes["settings"][1];
        let mail = json!({"address": "hello@shop.example", "name": "The shop", "signature": "Your shop\nMain street 1",
            "away_s": 300});
        assert_eq!(after["mail"], mail);
        let texts = json!({"de": {"mail-subject": "Antwort vom Laden"}, "ar": {"mail-proof-intro": "هل هذا عنوانك؟"}});
        assert_eq!(after["texts"], texts);
        let shown = page(&owner, &path).await;
        for said in ["value=\"hello@shop.example\"", "value=\"300\" selected", "Antwort vom Laden", "Main street 1"] {
            assert!(shown.contains(said), "{said}");
        }

        // The page of the chat leaves it alone, and the widget never hears of it.
        let site = format!("/console/settings/sites/{}", app.desk.site_id);
        let queue = app.desk.queue_id.to_string();
        let chat = [("name", "Shop"), ("origins", "https://shop.example"), ("queue", &*queue), ("colour", "#0b6580"),
            ("locale", "en"), ("text_de_mail-subject", "x")];
        assert_eq!(owner.posts(&site, &chat).await.status(), 303);
        assert!(page(&owner, &path).await.contains("Antwort vom Laden"));
        let visitor = app.visitor().await;
        let told = visitor.welcome["site"].to_string();
        assert!(!told.contains("mail-") && !told.contains("hello@shop.example"), "{told}");

        let acts = plainly::number(&app.app.db, "SELECT count(*) FROM audit_log").await;
        let (name, signature) = ("x".repeat(81), "x".repeat(1_001));
        for (field, bad) in [
            ("address", "hello"),
            ("address", "hello+x@shop.example"),
            ("address", "hello@shop.example\r\nBcc: eve@shop.example"),
            ("name", &*name),
            ("name", "Shop\r\nBcc: eve@shop.example"),
            ("signature", &*signature),
            ("away", "-1"),
            ("away", "604801"),
            ("text_en_mail-subject", "Hello\r\nBcc: eve@shop.example"),
        ] {
            let refused = owner.posts(&path, &[(field, bad)]).await;
            assert_eq!(refused.status(), 422, "{field}: {bad}");
            assert!(refused.text().await.expect("a page").contains("role=\"alert\""), "it says why");
        }
        another_site(&app.app, &app.desk).await;
        let second = plainly::id(&app.app.db, "SELECT id FROM sites WHERE name = 'Second'").await;
        let second = format!("/console/settings/sites/{second}/mail");
        let taken = owner.posts(&second, &[("address", "hello@shop.example"), ("away", "0")]).await;
        assert_eq!(taken.status(), 422, "an address is one site's");
        assert_eq!(plainly::number(&app.app.db, "SELECT count(*) FROM audit_log").await, acts);
        app.stop().await;
    }

    async fn the_page_says_what_works(app: TestApp) {
        let owner = app.owner().await;
        let owner = Admin::new(&app, &owner).await;
        let path = path(&app);
        let nothing = page(&owner, &path).await;
        for said in ["without --smtp", "have no sender", "do not come in", "once mails go out"] {
            assert!(nothing.contains(said), "{said}");
        }
        assert!(!nothing.contains("value=\"test\""), "no button without a way out");
        assert_eq!(owner.posts(&path, &[("do", "test")]).await.status(), 303);
        assert_eq!(plainly::number(&app.app.db, "SELECT count(*) FROM mails").await, 0, "nothing is left to be sent");
        app.stop().await;
    }
}

on_each_database! {
    with with_mail;

    async fn a_test_goes_to_whoever_asks_for_it(app: TestApp) {
        let owner = app.owner().await;
        let owner = Admin::new(&app, &owner).await;
        let path = path(&app);
        let before = page(&owner, &path).await;
        for said in ["smtp://127.0.0.1:9", "reply@chat.shop.example", "reply+…@chat.shop.example", "value=\"test\""] {
            assert!(before.contains(said), "{said}");
        }
        assert_eq!(owner.posts(&path, &[("do", "test")]).await.status(), 303);
        let row = "SELECT count(*) FROM mails WHERE kind = 'test' AND address = 'lena@shop.example' AND agent_id IS NOT NULL \
                   AND message_id LIKE '%@chat.shop.example'";
        assert_eq!(plainly::number(&app.app.db, row).await, 1);
        let part = page(&owner, &format!("{path}/test")).await;
        assert!(part.contains("lena@shop.example") && part.contains("role=\"status\""), "{part}");
        app.stop().await;
    }

    async fn only_who_administers_sees_and_changes_it(app: TestApp) {
        let path = path(&app);
        for role in [Role::Agent, Role::Supervisor] {
            let who = app.hire(&format!("a{}", role.word()), role).await;
            let who = Admin::new(&app, &who).await;
            for page in [path.clone(), format!("{path}/test")] {
                assert_eq!(who.gets(&page).await.status(), 403);
            }
            assert_eq!(who.posts(&path, &[("do", "test")]).await.status(), 403);
            assert_eq!(who.posts(&path, &[("address", "eve@shop.example"), ("away", "0")]).await.status(), 403);
        }
        let owner = app.owner().await;
        let forged = Admin { csrf: "forged".to_owned(), ..Admin::new(&app, &owner).await };
        assert_eq!(forged.posts(&path, &[("do", "test")]).await.status(), 403);
        assert_eq!(plainly::number(&app.app.db, "SELECT (SELECT count(*) FROM mails) + (SELECT count(*) FROM audit_log)").await, 0);
        app.stop().await;
    }
}
