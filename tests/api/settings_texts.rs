//! A site's own words by language: who speaks it reads them, and everybody else reads what was there.

use serde_json::json;

use crate::support::agent::Admin;
use crate::support::app::ORIGIN;
use crate::support::plainly;
use crate::support::visitor::Visitor;

/// The form of a site with these words.
fn form<'a>(queue: &'a str, words: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("name", "Shop"),
        ("origins", ORIGIN),
        ("queue", queue),
        ("colour", "#0b6580"),
        ("locale", "en"),
        ("offline_address", "off"),
        ("greeting", "Hi from the shop"),
        ("privacy", "For a year."),
    ];
    fields.extend(words);
    fields
}

on_each_database! {
    async fn visitors_read_the_words_of_their_language(app: TestApp) {
        let owner = app.owner().await;
        let owner = Admin::new(&app, &owner).await;
        let (path, queue) = (format!("/console/settings/sites/{}", app.desk.site_id), app.desk.queue_id.to_string());
        let words = [
            ("text_de_hello", " Moin! "), ("text_de_write", "Schreib uns"), ("text_ar_hello-offline", "سنعود غدًا"),
            ("text_de_kept-text", "Ein Jahr lang."), ("text_en_online", ""),
        ];
        assert_eq!(owner.posts(&path, &form(&queue, &words)).await.status(), 303);
        let (action, _, changes) = owner.last_act().await;
        assert_eq!(action, "site.changed");
        let expected = json!({"de": {"hello": "Moin!", "write": "Schreib uns", "kept-text": "Ein Jahr lang."},
            "ar": {"hello-offline": "سنعود غدًا"}});
        assert_eq!(changes["settings"][1]["texts"], expected);

        let visitor = app.visitor().await;
        let texts = &visitor.welcome["site"]["texts"];
        assert_eq!((&texts["de.hello"], &texts["de.write"]), (&json!("Moin!"), &json!("Schreib uns")));
        assert_eq!((&texts["en.hello"], &texts["ar.hello"]), (&json!("Hi from the shop"), &json!("Hi from the shop")));
        assert_eq!((&texts["de.kept-text"], &texts["en.kept-text"]), (&json!("Ein Jahr lang."), &json!("For a year.")));
        assert_eq!(texts["ar.hello-offline"], "سنعود غدًا");
        assert!(texts["en.write"].is_null() && texts["en.online"].is_null(), "what is empty is the widget's: {texts}");
        assert_eq!(texts["greeting"], "Hi from the shop", "for a widget that knows no languages");

        let acts = plainly::number(&app.app.db, "SELECT count(*) FROM audit_log").await;
        assert_eq!(owner.posts(&path, &form(&queue, &[])).await.status(), 303, "a form without these fields");
        assert_eq!(plainly::number(&app.app.db, "SELECT count(*) FROM audit_log").await, acts, "keeps them");
        let (long, short) = ("x".repeat(301), "x".repeat(81));
        for (field, bad) in [("text_de_hello", long.as_str()), ("text_ar_write", short.as_str()), ("text_en_online", "a\0b")] {
            let refused = owner.posts(&path, &form(&queue, &[(field, bad)])).await;
            assert_eq!(refused.status(), 422, "{field}");
            assert!(refused.text().await.expect("a page").contains("role=\"alert\""), "it says why");
        }
        let cleared = words.map(|(name, _)| (name, " "));
        assert_eq!(owner.posts(&path, &form(&queue, &cleared)).await.status(), 303);
        assert_eq!(owner.last_act().await.2["settings"][1]["texts"], json!(null), "none is left");
        app.stop().await;
    }

    async fn what_visitors_agree_to_is_in_their_language(app: TestApp) {
        let owner = app.owner().await;
        let owner = Admin::new(&app, &owner).await;
        let (path, queue) = (format!("/console/settings/sites/{}", app.desk.site_id), app.desk.queue_id.to_string());
        let words = [("consent", "on"), ("consent_text", "We keep it."), ("text_de_consent", "Wir heben es auf.")];
        assert_eq!(owner.posts(&path, &form(&queue, &words)).await.status(), 303);
        for (locale, text) in [("de-AT", "Wir heben es auf."), ("en", "We keep it."), ("ar", "We keep it.")] {
            let mut visitor = app.visitor_who_speaks(locale).await;
            let ask = visitor.sees("ask").await;
            assert_eq!(ask["text"], text, "{locale}");
        }
        app.stop().await;
    }

    async fn a_draft_speaks_its_own_words_and_another_language(app: TestApp) {
        let owner = app.owner().await;
        let owner = Admin::new(&app, &owner).await;
        let queue = app.desk.queue_id.to_string();
        let preview = format!("/console/settings/sites/{}/preview/0123456789abcdef", app.desk.site_id);
        let words = [("text_de_hello", "Moin!"), ("shown_in", "de")];
        assert_eq!(owner.posts(&preview, &form(&queue, &words)).await.status(), 204);
        let page = owner.gets(&preview).await.text().await.expect("a page");
        assert!(page.contains("data-locale=\"de\""), "{page}");
        let key = format!("{}~0123456789abcdef", app.desk.site_key);
        let own = app.url("").trim_end_matches('/').to_owned();
        let drafted = Visitor::connect(app.address(), &key, &own).await;
        assert_eq!(drafted.welcome["site"]["texts"]["de.hello"], "Moin!");
        let stored = app.visitor().await;
        assert!(stored.welcome["site"]["texts"]["de.hello"].is_null(), "nothing was saved");
        app.stop().await;
    }
}
