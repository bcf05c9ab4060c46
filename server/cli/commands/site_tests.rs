//! What operators say of a website, on both databases.

use super::tests::Operator;
use crate::sites::OnClosed;
use crate::sites::settings::{AskAddress, PreChat};
use crate::testing::each_place;

#[tokio::test]
async fn site_set_changes_what_is_named_and_leaves_the_rest() {
    each_place(async |folder, url| {
        let operator = Operator::at(folder, url);
        let key = operator.bootstraps().await["site_key"].as_str().expect("a key").to_owned();
        let before = operator.site().await;
        let words = ["--on-closed", "new", "--edit-window", "0", "--colour", "#2F6FED", "--greeting", "Hi! 👋"];
        operator.types(&[&["site", "set", "--site", &key], &words[..]].concat()).await.expect("changed");
        let site = operator.site().await;
        assert_eq!((site.on_closed, site.edit_window_s, site.delete_window_s), (OnClosed::New, 0, 300));
        assert_eq!((&site.name, &site.origins, &site.key), (&before.name, &before.origins, &before.key));
        assert_eq!(site.appearance["colour"], "#2f6fed");
        assert_eq!(site.appearance["greeting"], "Hi! 👋");
        let words = ["--name", "Store", "--origin", "https://A.example/", "--origin", "http://b.example:81"];
        operator
            .types(&[&["site", "set", "--site", "Shop", "--greeting", ""], &words[..]].concat())
            .await
            .expect("set");
        let site = operator.site().await;
        assert_eq!((site.name.as_str(), site.on_closed), ("Store", OnClosed::New));
        assert_eq!(site.origins, ["https://a.example", "http://b.example:81"]);
        assert!(!site.appearance.contains_key("greeting") && site.appearance.contains_key("colour"));
        operator
            .is_told(&["site", "set", "--site", "Shop", "--name", "X"], 1, "There is no site Shop. There is: Store.")
            .await;
        operator.is_told(&["site", "set", "--site", "Store"], 2, "Nothing to change").await;
        for (flag, bad) in [("--colour", "red"), ("--colour", "#12345é"), ("--locale", "!"), ("--origin", "*")] {
            operator.is_told(&["site", "set", "--site", "Store", flag, bad], 2, flag).await;
        }
    })
    .await;
}

#[tokio::test]
async fn site_set_says_how_the_site_writes_mails() {
    each_place(async |folder, url| {
        let operator = Operator::at(folder, url);
        operator.bootstraps().await;
        let set = ["site", "set", "--site", "Shop"];
        let words = [["--mail-address", " Hello@Shop.example"], ["--mail-name", "The shop"], ["--mail-away", "0"]];
        operator.types(&[&set[..], &words.concat()].concat()).await.expect("changed");
        let mail = operator.site().await.settings.mail;
        let said = (mail.address.as_deref(), mail.name.as_deref(), mail.signature.as_deref(), mail.away_s);
        assert_eq!(said, (Some("hello@shop.example"), Some("The shop"), None, 0));
        operator.types(&[&set[..], &["--mail-name", "", "--mail-signature", "Yours"]].concat()).await.expect("changed");
        let mail = operator.site().await.settings.mail;
        let said = (mail.address.as_deref(), mail.name.as_deref(), mail.signature.as_deref(), mail.away_s);
        assert_eq!(said, (Some("hello@shop.example"), None, Some("Yours"), 0));
        for (flag, bad) in
            [("--mail-address", "hello"), ("--mail-address", "a+b@shop.example"), ("--mail-name", "a\nb")]
        {
            operator.is_told(&[&set[..], &[flag, bad]].concat(), 2, flag).await;
        }
    })
    .await;
}

#[tokio::test]
async fn site_set_says_what_the_site_asks() {
    each_place(async |folder, url| {
        let operator = Operator::at(folder, url);
        operator.bootstraps().await;
        let set = ["site", "set", "--site", "Shop"];
        let words = [
            ["--pre-chat", "email:required"],
            ["--pre-chat", "topic"],
            ["--pre-chat", "text=Order number"],
            ["--topic", "Support"],
            ["--consent", "on"],
            ["--consent-text", " We keep it for a year. "],
            ["--rating", "on"],
            ["--offline-address", "required"],
            ["--privacy", "All of it, for a year."],
            ["--preview", "on"],
            ["--reply-within", "120"],
        ];
        operator.types(&[&set[..], &words.concat()].concat()).await.expect("changed");
        let site = operator.site().await;
        let settings = &site.settings;
        assert_eq!(settings.pre_chat.fields.iter().filter(|field| field.required).count(), 1);
        assert_eq!((settings.pre_chat.fields.len(), &settings.pre_chat.topics[..]), (3, &[site.queue_id][..]));
        assert!(settings.consent.required && settings.rating.on && settings.preview);
        assert_eq!(settings.consent.text.as_deref(), Some("We keep it for a year."));
        assert_eq!(settings.offline.ask_address, AskAddress::Required);
        assert_eq!((settings.privacy.as_deref(), settings.reply_within_s), (Some("All of it, for a year."), Some(120)));

        let words = ["--pre-chat", "", "--topic", "", "--consent-text", "", "--reply-within", "0", "--rating", "off"];
        operator.types(&[&set[..], &words[..]].concat()).await.expect("changed");
        let settings = operator.site().await.settings;
        assert_eq!(settings.pre_chat, PreChat::default());
        assert_eq!((settings.consent.text, settings.reply_within_s, settings.rating.on), (None, None, false));
        assert!(settings.consent.required && settings.preview, "what is not named stays");

        let long = "x".repeat(1_001);
        for (flag, bad, exit, told) in [
            ("--pre-chat", "shoe size", 2, "`shoe size` is no field"),
            ("--pre-chat", "text=", 2, "--pre-chat"),
            ("--topic", "Sales", 1, "There is no queue Sales. There is: Support."),
            ("--consent-text", &long, 2, "--consent-text"),
            ("--privacy", &long, 2, "--privacy"),
        ] {
            operator.is_told(&[&set[..], &[flag, bad]].concat(), exit, told).await;
        }
        assert_eq!(operator.site().await.settings.privacy.as_deref(), Some("All of it, for a year."));
    })
    .await;
}
