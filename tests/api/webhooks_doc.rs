//! `docs/webhooks.md` is true: its examples run as they stand, its signatures are those of the published
//! library, both ways. The library comes by `tests/webhooks/fetch`.

use std::io::Write as _;
use std::process::{Command, Stdio};

use deskbell::api::keys::Scope;
use deskbell::clock::{Clock, Random};
use deskbell::events::Kind;
use deskbell::outgoing::signing::{self, SigningSecret};
use reqwest::header::HeaderMap;
use serde_json::{Map, Value, json};

use crate::support::receiver::Receiver;
use crate::support::software::Software;
use crate::support::until::until;
use crate::support::{Database, TestApp};

const DOCUMENT: &str = include_str!("../../docs/webhooks.md");
const BODY: &str = r#"{"id":"1","type":"message.created","data":{"text":"Grüße"}}"#;

/// The examples of a language, in their order.
fn examples(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    DOCUMENT.split(fence.as_str()).skip(1).map(|rest| rest.split("```").next().expect("an end")).collect()
}

/// The interpreter that has the library; without it the story says loudly that it did not run.
fn library() -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "tests are told where things lie by the environment")]
    let python = std::env::var("DESKBELL_TEST_STANDARD_WEBHOOKS").ok();
    if python.is_none() {
        println!("NOT RUN: DESKBELL_TEST_STANDARD_WEBHOOKS is not set (tests/webhooks/fetch)");
    }
    python
}

/// What a program prints that is given this.
fn says(program: &str, arguments: &[&str], given: &Value) -> Value {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{program}: {error}"));
    child.stdin.take().expect("its stdin").write_all(given.to_string().as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("its end");
    let said = String::from_utf8(output.stdout).expect("text");
    assert!(output.status.success(), "{program}: {said}{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(&said).unwrap_or_else(|error| panic!("{program}: {error}: {said}"))
}

fn as_json(headers: &HeaderMap) -> Value {
    let pair = |(name, value): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
        (name.to_string(), json!(value.to_str().expect("text")))
    };
    Value::Object(headers.iter().map(pair).collect::<Map<_, _>>())
}

#[test]
fn signatures_are_those_of_the_published_library_both_ways() {
    let Some(python) = library() else { return };
    let (secret, now) = (SigningSecret::draw(&Random::System), Clock::System.now());
    let other = SigningSecret::draw(&Random::System);
    for secrets in [vec![secret.clone()], vec![other.clone(), secret.clone()]] {
        let headers = signing::headers(&secrets, "msg_1", now, BODY.as_bytes());
        let given = json!({"secret": secret.expose(), "headers": as_json(&headers), "body": BODY});
        let said = says(&python, &["tests/webhooks/both_ways.py"], &given);
        assert_eq!(said["verified"], serde_json::from_str::<Value>(BODY).expect("JSON"));
        assert_eq!(said["refused"], true, "other bytes");
        let signed: HeaderMap = said["signed"]
            .as_object()
            .expect("headers")
            .iter()
            .map(|(name, value)| {
                (name.parse().expect("a name"), value.as_str().expect("text").parse().expect("a value"))
            })
            .collect::<Vec<(reqwest::header::HeaderName, reqwest::header::HeaderValue)>>()
            .into_iter()
            .collect();
        let now = Clock::System.now();
        assert_eq!(signing::verify(&secrets, &signed, BODY.as_bytes(), now), Ok(()));
        assert!(signing::verify(std::slice::from_ref(&other), &signed, BODY.as_bytes(), now).is_err());
    }
}

#[test]
fn the_examples_tell_ours_from_others() {
    if library().is_none() {
        return;
    }
    let python = format!(
        "{}\nimport json, sys\ng = json.load(sys.stdin)\n\
         print(json.dumps(is_ours(g['secret'], g['headers'], g['body'].encode())))",
        examples("python").concat()
    );
    let javascript = format!(
        "{}\nconst g = JSON.parse(require('node:fs').readFileSync(0));\n\
         console.log(JSON.stringify(isOurs(g.secret, g.headers, Buffer.from(g.body))));",
        examples("javascript").concat()
    );
    let (secret, other) = (SigningSecret::draw(&Random::System), SigningSecret::draw(&Random::System));
    let now = Clock::System.now();
    let old = now.minus(signing::WINDOW + signing::WINDOW);
    let cases = [
        (signing::headers(std::slice::from_ref(&secret), "1", now, BODY.as_bytes()), BODY, true),
        (signing::headers(&[other.clone(), secret.clone()], "1", now, BODY.as_bytes()), BODY, true),
        (signing::headers(std::slice::from_ref(&other), "1", now, BODY.as_bytes()), BODY, false),
        (signing::headers(std::slice::from_ref(&secret), "1", now, BODY.as_bytes()), "{}", false),
        (signing::headers(std::slice::from_ref(&secret), "1", old, BODY.as_bytes()), BODY, false),
    ];
    for (n, (headers, body, ours)) in cases.iter().enumerate() {
        let given = json!({"secret": secret.expose(), "headers": as_json(headers), "body": body});
        assert_eq!(says("python3", &["-c", &python], &given), *ours, "Python, case {n}");
        assert_eq!(says("node", &["-e", &javascript], &given), *ours, "JavaScript, case {n}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_commands_run_as_they_stand() {
    if library().is_none() {
        return;
    }
    let app = TestApp::start(Database::sqlite()).await;
    let (receiver, secret) = (Receiver::start().await, SigningSecret::draw(&app.app.random));
    let software = Software::of(&app, &app.desk, Scope::Read).await;
    let (script, url, told) = (examples("sh").concat(), receiver.url(), secret.expose());
    let (server, key) = (app.url("").trim_end_matches('/').to_owned(), software.key.clone());
    let ran = tokio::task::spawn_blocking(move || {
        let mut bash = Command::new("bash");
        bash.args(["-euo", "pipefail", "-c", &script]).env("URL", url).env("SECRET", told).env("AFTER", "0");
        bash.env("DESKBELL", server).env("KEY", key).env("no_proxy", "127.0.0.1").output().expect("bash runs")
    });
    let ran = ran.await.expect("it ends");
    let said = String::from_utf8(ran.stdout).expect("text");
    assert!(ran.status.success(), "{said}{}", String::from_utf8_lossy(&ran.stderr));
    assert_eq!(said, "seen{\"items\":[],\"next_cursor\":null}");
    assert!(receiver.told()[0].is_signed_with(&[&secret.expose()]), "what the shell signs verifies");
    app.stop().await;
}

/// The real one has all that the documented one has, all the way down, and may have more.
fn has(real: &Value, documented: &Value, place: &str) {
    for (name, value) in documented.as_object().into_iter().flatten() {
        let theirs = real.get(name).unwrap_or_else(|| panic!("{place}.{name} is not in {real}"));
        has(theirs, value, &format!("{place}.{name}"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_event_in_the_document_is_one() {
    let app = TestApp::start(Database::sqlite()).await;
    let software = Software::of(&app, &app.desk, Scope::Read).await;
    // The log begins with the first question for it.
    software.gets("/api/v1/events?after=0").await.good();
    app.visitor().await.says("Where is order 1042?").await;
    let documented: Value = serde_json::from_str(examples("json")[0]).expect("JSON");
    let find = async || {
        let listed = software.gets("/api/v1/events?after=0").await.good();
        listed["items"].as_array().expect("a list").iter().find(|event| event["type"] == documented["type"]).cloned()
    };
    until("it is in the log", async || find().await.is_some()).await;
    let real = find().await.expect("it is there");
    has(&real, &documented, "the event");
    assert_eq!(real["data"]["message"]["text"], documented["data"]["message"]["text"]);
    app.stop().await;
}

#[test]
fn every_event_is_in_the_document() {
    for kind in Kind::ALL {
        assert!(DOCUMENT.contains(&format!("`{}`", kind.word())), "{}", kind.word());
    }
    assert!(DOCUMENT.contains(&format!("at most {} webhooks", deskbell::webhooks::MOST_WEBHOOKS)));
    assert!(DOCUMENT.contains(&format!("within {} seconds", deskbell::webhooks::DEADLINE.as_secs())));
}
