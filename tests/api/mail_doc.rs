//! `docs/mail-in.md` is true: its example is run as it stands.

use std::process::Command;

use crate::support::Database;
use crate::support::mail::{self, CUSTOMER, SECRET, SHOP, from};

const DOCUMENT: &str = include_str!("../../docs/mail-in.md");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_example_posts_a_mail() {
    let app = mail::start(Database::sqlite()).await;
    let example = DOCUMENT.split("```bash\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let folder = app._database.folder.join("example");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("mail.eml"), from(CUSTOMER, SHOP, "1", "Grüße")).expect("a mail");
    let mut command = Command::new("bash");
    command.args(["-euc", example]).current_dir(&folder);
    command.env("DESKBELL_INBOUND_SECRET", SECRET).env("DESKBELL_URL", app.url("").trim_end_matches('/'));
    let output = tokio::task::spawn_blocking(move || command.output()).await.expect("a thread").expect("bash");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(said, r#"{"taken":"began"}"#);
    app.stop().await;
}

#[test]
fn the_recipe_says_what_the_document_says() {
    let recipe = include_str!("../../deploy/postfix/main.cf");
    let example = DOCUMENT.split("```text\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    for line in example.lines() {
        assert!(recipe.lines().any(|other| other == line), "{line}");
    }
}
