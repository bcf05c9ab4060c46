//! The examples of `docs/api.md` are run as they stand, and its limits are the program's.

use std::process::Command;

use deskbell::config::Limits;

use crate::support::software::Software;

const DOCUMENT: &str = include_str!("../../docs/api.md");

/// What a reader would paste, one block after another.
fn examples() -> String {
    let blocks = DOCUMENT.split("```sh\n").skip(1).map(|rest| rest.split("```").next().expect("an end"));
    blocks.collect()
}

on_each_database! {
    async fn the_examples_run_as_they_stand(app: TestApp) {
        let software = Software::new(&app).await;
        let (url, key) = (app.url("").trim_end_matches('/').to_owned(), software.key.clone());
        let ran = tokio::task::spawn_blocking(move || {
            let mut bash = Command::new("bash");
            bash.args(["-euo", "pipefail", "-c", &examples()]).env("DESKBELL", url).env("KEY", key);
            bash.env("no_proxy", "127.0.0.1").output().expect("bash runs")
        });
        let ran = ran.await.expect("it ends");
        let said = String::from_utf8(ran.stdout).expect("text");
        assert!(ran.status.success(), "{said}{}", String::from_utf8_lossy(&ran.stderr));
        let drawn = |line: &&str| line.contains("/invite/") || line.starts_with("whsec_");
        let (drawn, others): (Vec<&str>, Vec<&str>) = said.lines().partition(drawn);
        assert_eq!(drawn.len(), 2, "{said}");
        let expected = ["Shop", "manual", "Moin! Wie können wir helfen?", "{}", "0", "0", "2", "false", "Quinn", "note", "broken", "closed", "Ada", "Ada", "event", "note", "text", "text", "no more"];
        assert_eq!(others, expected, "{said}");
        app.stop().await;
    }
}

#[test]
fn its_limits_are_those_of_the_program() {
    let limits = Limits::default();
    let sentence =
        format!("{} requests a minute, {} of them at once", limits.api_per_minute_per_key, limits.api_burst_per_key);
    assert!(DOCUMENT.contains(&sentence), "{sentence}");
    assert!(DOCUMENT.contains(&format!("at most {} keys", deskbell::api::keys::MOST_KEYS)));
    assert!(DOCUMENT.contains(&format!("(1 to {}; {})", deskbell::api::paging::MOST, deskbell::api::paging::USUAL)));
    assert!(DOCUMENT.contains(&format!("1 to {} visible", deskbell::api::idempotency::MOST_KEY_CHARS)));
}
