//! Rules of the house that a search can check. Each failure says the rule and the places.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Files below a folder with this ending, their paths from the root.
fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, into: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            match path.file_name().and_then(|name| name.to_str()) {
                Some("node_modules" | "dist" | "target") => {}
                _ if path.is_dir() => walk(&path, into),
                _ => into.push(path),
            }
        }
    }
    let mut paths = Vec::new();
    walk(&root().join(folder), &mut paths);
    paths.sort();
    let named = |path: PathBuf| {
        let name = path.strip_prefix(root()).expect("inside").to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).expect("text");
        (name, text)
    };
    paths.into_iter().filter(|path| path.to_string_lossy().ends_with(ending)).map(named).collect()
}

/// Lines that hold one of the words, outside of comments and of files that may.
fn found(files: &[(String, String)], words: &[&str], may: &[&str]) -> Vec<String> {
    let mut places = Vec::new();
    for (name, text) in files.iter().filter(|(name, _)| !may.iter().any(|allowed| name.contains(allowed))) {
        for (n, line) in text.lines().enumerate() {
            let code = !line.trim_start().starts_with("//");
            if code && words.iter().any(|word| line.contains(word)) {
                places.push(format!("{name}:{}: {}", n + 1, line.trim()));
            }
        }
    }
    places
}

fn rule(rule: &str, places: &[String]) {
    assert!(places.is_empty(), "{rule}\n{}", places.join("\n"));
}

#[test]
fn sql_stands_in_stores() {
    let may = ["store.rs", "tests.rs", "testing.rs", "server/db/", "server/writer/"];
    let places = found(&files("server", ".rs"), &["sqlx::query", "raw_sql", "QueryBuilder"], &may);
    rule("SQL stands in a domain's store.rs, in server/db/ and server/writer/, and nowhere else.", &places);
}

#[test]
fn a_status_is_chosen_in_few_places() {
    let may = ["server/error.rs", "server/http/", "/console.rs", "server/api/"];
    let places = found(&files("server", ".rs"), &["StatusCode::"], &may);
    rule("A status is chosen in server/error.rs, server/http/, a domain's console.rs and server/api/.", &places);
}

#[test]
fn there_is_one_way_out() {
    // These ask the server's own addresses and the mailbox, which an operator named.
    let may = [
        "server/outgoing/",
        "server/cli/commands/doctor/",
        "server/cli/commands/health.rs",
        "server/mail/inbound/imap/connecting.rs",
    ];
    let words = ["reqwest::Client", "Client::builder", "Client::new", "TcpStream::connect", "TcpSocket::connect"];
    let places = found(&files("server", ".rs"), &words, &may);
    rule("What asks another server goes through server/outgoing/, which guards the networks inside.", &places);
    assert!(!found(&files("server", ".rs"), &words, &may[1..]).is_empty(), "the search finds the guarded client");
}

#[test]
fn nothing_is_left_to_do() {
    let rust = [files("server", ".rs"), files("tests/api", ".rs")].concat();
    let words = ["todo!(", "unimplemented!(", "dbg!(", "TODO", "FIXME", "XXX"];
    rule("What is not done is an issue, not a comment.", &found(&rust, &words, &["house_rules.rs"]));
    let scripts = [files("widget/src", ".ts"), files("agent-console/src", ".ts")].concat();
    rule("No debugger, no console output.", &found(&scripts, &["debugger", "console.log"], &[]));
    rule(
        "HTML enters a page in one place.",
        &found(&scripts, &["innerHTML", "insertAdjacentHTML"], &["agent-console"]),
    );
}

#[test]
fn tests_wait_for_something() {
    let places = found(&files("tests/api", ".rs"), &["sleep("], &["house_rules.rs", "support/proxy.rs"]);
    rule("A test waits for the next frame, or with support::until; it never just sleeps.", &places);
}

#[test]
fn each_migration_is_for_both_databases() {
    let names = |folder: &str| {
        let names =
            files(folder, ".sql").into_iter().map(|(name, _)| name.rsplit('/').next().expect("a name").to_owned());
        names.collect::<Vec<_>>()
    };
    let (sqlite, postgres) = (names("migrations/sqlite"), names("migrations/postgres"));
    assert!(!sqlite.is_empty());
    assert_eq!(sqlite, postgres, "a migration exists for both databases, under one name");
}

#[test]
fn every_constraint_is_named_alike_in_both_databases() {
    let named = |folder: &str| {
        let mut names: Vec<String> = files(folder, ".sql")
            .iter()
            .flat_map(|(_, text)| text.split("CONSTRAINT ").skip(1).collect::<Vec<_>>())
            .map(|rest| rest.split_whitespace().next().expect("a name").to_owned())
            .collect();
        names.sort();
        names
    };
    assert_eq!(named("migrations/sqlite"), named("migrations/postgres"));
}

#[test]
fn every_module_says_what_it_is() {
    let silent = files("server", ".rs").into_iter().filter(|(_, text)| !text.starts_with("//!"));
    let silent: Vec<String> = silent.map(|(name, _)| name).filter(|name| !name.ends_with("tests.rs")).collect();
    rule("A module opens with what it is and what it never does.", &silent);
}

/// Each act has its sentence in the log's page, a line in the book, and a story that does it and looks for its row.
#[test]
fn every_act_of_the_audit_log_is_looked_for_by_a_story() {
    let pages = fs::read_to_string(root().join("server/audit/pages.rs")).expect("the page");
    let actions: Vec<&str> = pages
        .lines()
        .filter_map(|line| line.trim().split_once(" => words.say_names(")?.0.strip_prefix('"')?.strip_suffix('"'))
        .collect();
    assert!(actions.len() > 40, "the sentences are found: {actions:?}");
    let book = fs::read_to_string(root().join("docs/administering.md")).expect("the book");
    let unwritten: Vec<&&str> = actions.iter().filter(|action| !book.contains(&format!("`{action}`"))).collect();
    assert!(unwritten.is_empty(), "docs/administering.md does not name: {unwritten:?}");
    let stories = files("tests/api", ".rs");
    let untold: Vec<&&str> = actions
        .iter()
        .filter(|action| {
            let named = [format!("\"{action}\""), format!("'{action}'")];
            !stories.iter().any(|(_, text)| named.iter().any(|name| text.contains(name)))
        })
        .collect();
    assert!(untold.is_empty(), "no story looks for these rows: {untold:?}");
}
