//! The examples of `docs/identity.md` are run, and the server believes what they make.

use std::process::Command;

use serde_json::json;

use crate::support::identity::{Website, device_of};

const DOCUMENT: &str = include_str!("../../docs/identity.md");

/// The example under this heading.
fn example(heading: &str) -> &'static str {
    let rest = DOCUMENT.split(&format!("\n### {heading}\n")).nth(1).expect("a heading");
    let block = rest.split("```").nth(1).expect("a block");
    block.split_once('\n').expect("a language").1
}

/// What the program prints.
fn run(command: &mut Command) -> String {
    let out = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).expect("text").trim().to_owned()
}

on_each_database! {
    async fn the_servers_of_the_examples_are_believed(app: TestApp) {
        let website = Website::new(&app).await;
        let user = json!({"id": 4711, "email": "ada@mail.example", "name": "Åda \"L\"", "plan": "pro"}).to_string();
        let secret = website.secret.expose();
        let node = format!(
            "{}\nconst [user, secret] = process.argv.slice(-2);\nconsole.log(deskbellToken(JSON.parse(user), secret));",
            example("Node"),
        );
        let python = format!(
            "{}\nimport sys\n\nprint(deskbell_token(json.loads(sys.argv[1]), sys.argv[2]))",
            example("Python"),
        );
        let tokens = [
            run(Command::new("node").args(["--input-type=module", "--eval", &node, "--", &user, secret])),
            run(Command::new("python3").args(["-c", &python, &user, secret])),
        ];
        let mut people = Vec::new();
        for token in tokens {
            people.push(device_of(&app, token).await.welcome["visitor"].clone());
        }
        assert!(people[0].is_string() && people[0] == people[1], "one person: {people:?}");
        let id = people[0].as_str().expect("an id").parse().expect("an id");
        let mut conn = app.app.db.read().await.expect("a connection");
        let known = deskbell::visitors::store::find(conn.conn(), app.desk.workspace_id, id).await;
        let known = known.expect("read").expect("a visitor");
        drop(conn);
        assert_eq!((known.external_id.as_deref(), known.name.as_deref()), (Some("4711"), Some("Åda \"L\"")));
        assert_eq!(json!(known.attributes.0), json!({"plan": "pro"}));
        app.stop().await;
    }
}
