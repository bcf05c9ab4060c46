//! The examples of `docs/identity.md` are run, and the server believes what they make.

use std::process::Command;

use deskbell::sites::identity_pages::EXAMPLES;
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

/// Whether a program is on this machine: not every one has all four languages.
fn is_here(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|out| out.status.success())
}

#[test]
fn the_console_shows_the_same_examples() {
    for (_, language, code) in EXAMPLES {
        assert_eq!(code, example(language), "{language}");
    }
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
        let php = format!("{}\necho deskbell_token(json_decode($argv[1], true), $argv[2]);", example("PHP"));
        let ruby = format!(
            "{}\nputs deskbell_token(JSON.parse(ARGV[0], symbolize_names: true), ARGV[1])",
            example("Ruby"),
        );
        let mut tokens = vec![
            run(Command::new("node").args(["--input-type=module", "--eval", &node, "--", &user, secret])),
            run(Command::new("python3").args(["-c", &python, &user, secret])),
        ];
        if is_here("php") {
            tokens.push(run(Command::new("php").args(["-r", &php, "--", &user, secret])));
        }
        if is_here("ruby") {
            tokens.push(run(Command::new("ruby").args(["-e", &ruby, "--", &user, secret])));
        }
        let mut people = Vec::new();
        for token in tokens {
            people.push(device_of(&app, token).await.welcome["visitor"].clone());
        }
        assert!(people[0].is_string() && people.iter().all(|one| *one == people[0]), "one person: {people:?}");
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
