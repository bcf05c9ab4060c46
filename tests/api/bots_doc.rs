//! `docs/bots.md` is true: the bots in it run as they stand, its command acts, its limits are ours.

use std::process::{Child, Command, Stdio};

use deskbell::bots::action::{self, Answer};
use deskbell::bots::{adapters, breaker};
use serde_json::{Value, json};

use crate::documents::blocks;
use crate::support::bot::BotPeer;
use crate::support::frames::draw_id;
use crate::support::until::until;
use crate::support::visitor::Visitor;
use crate::support::{Database, TestApp};

const DOCUMENT: &str = include_str!("../../docs/bots.md");

/// The last example of a language.
fn example(language: &str) -> &'static str {
    let fence = format!("```{language}\n");
    let rest = DOCUMENT.rsplit_once(fence.as_str()).expect("an example").1;
    rest.split("```").next().expect("an end")
}

/// A program of the document, killed when dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Runs one at this bot's address, with its secret.
async fn running(program: &str, flag: &str, code: &'static str, secret: &str) -> (Running, u16) {
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("one").port();
    let mut command = Command::new(program);
    command.args([flag, code]).env("SECRET", secret).env("PORT", port.to_string()).stderr(Stdio::null());
    let child = Running(command.spawn().unwrap_or_else(|error| panic!("{program}: {error}")));
    until("the bot listens", async || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()).await;
    (child, port)
}

async fn hears(visitor: &mut Visitor, text: &str) -> Value {
    loop {
        let frame = visitor.sees("changes").await;
        let messages = frame["messages"].as_array().cloned().unwrap_or_default();
        if let Some(message) = messages.into_iter().find(|message| message["text"] == text) {
            return message;
        }
    }
}

/// A desk whose bot is this program.
async fn desk_of(program: &str, flag: &str, language: &str) -> (TestApp, Running) {
    let app = TestApp::start(Database::sqlite()).await;
    // Added at an address of its own, which is then the program's.
    let added = BotPeer::says((500, "text/plain", String::new())).await.hired(&app).await;
    let (running, port) = running(program, flag, example(language), &added.secret).await;
    BotPeer::moves(&app, added.id, &format!("http://127.0.0.1:{port}/hook")).await;
    (app, running)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_bot_in_python_answers_and_hands_off() {
    let (app, _running) = desk_of("python3", "-c", "python").await;
    let mut visitor = app.visitor().await;
    visitor.says("My order is late").await;
    let asked = hears(&mut visitor, "What about it?").await;
    let choice = &asked["quick_replies"][0];
    let chosen = json!({"type": "send", "id": draw_id(), "text": choice["title"], "payload": choice["payload"]});
    visitor.asks(chosen).await;
    hears(&mut visitor, "It is on its way.").await;
    visitor.says("I want to complain").await;
    while visitor.shows.state.as_deref() != Some("queued") {
        visitor.sees_next().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_bot_in_javascript_grows() {
    let (app, _running) = desk_of("node", "-e", "javascript").await;
    let mut visitor = app.visitor().await;
    visitor.says("Grüße").await;
    hears(&mut visitor, "You said: Grüße").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_acts_later() {
    let app = TestApp::start(Database::sqlite()).await;
    let peer = BotPeer::says((202, "text/plain", String::new())).await;
    let added = peer.hired(&app).await;
    let mut visitor = app.visitor().await;
    visitor.says("Where is my order?").await;
    until("the bot is asked", async || peer.asked().len() == 1).await;
    let event = peer.asked()[0].body.clone();
    let documented: Value = serde_json::from_str(blocks(DOCUMENT, "json")[0]).expect("JSON");
    alike(&documented, &event, "the event");
    let (script, server) = (example("sh"), app.url("").trim_end_matches('/').to_owned());
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut bash = Command::new("bash");
    bash.args(["-euo", "pipefail", "-c", script]).env("DESKBELL", server).env("KEY", added.key.expose());
    bash.env("CONVERSATION", text(&event["conversation"]["id"])).env("EVENT", text(&event["id"]));
    bash.env("EPOCH", text(&event["epoch"])).env("no_proxy", "127.0.0.1");
    let ran = tokio::task::spawn_blocking(move || bash.output().expect("bash runs")).await.expect("it ends");
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert!(ran.status.success() && said.contains("conversation_id"), "{said}{}", String::from_utf8_lossy(&ran.stderr));
    hears(&mut visitor, "It left us this morning.").await;
}

/// Both have the same fields, all the way down; their values are their own.
fn alike(documented: &Value, real: &Value, place: &str) {
    let (Some(ours), Some(theirs)) = (documented.as_object(), real.as_object()) else { return };
    assert_eq!(ours.keys().collect::<Vec<_>>(), theirs.keys().collect::<Vec<_>>(), "{place}");
    for (name, value) in ours {
        alike(value, &theirs[name], &format!("{place}, {name}"));
    }
}

#[test]
fn the_answers_in_the_document_are_answers() {
    let answers = &blocks(DOCUMENT, "json")[1..];
    let done: usize = answers.iter().map(|answer| Answer::parse(answer.as_bytes()).expect(answer).len()).sum();
    assert_eq!((answers.len(), done), (2, 3));
    assert!(Answer::parse(br#"{"actions": [{"type": "sing"}]}"#).is_err(), "a control");
}

#[test]
fn the_limits_in_the_document_are_ours() {
    for sentence in [
        format!("at most {} of `title` and `payload`", action::MOST_QUICK_REPLIES),
        format!("at most {} of `title`, `text`", action::MOST_CARDS),
        format!("up to {} `buttons`", action::MOST_BUTTONS),
        format!("at most {} actions", action::MOST_ACTIONS),
        format!("larger than {} KiB", adapters::MOST_BYTES / 1_024),
        format!("{} seconds in all", adapters::STREAM_WITHIN.as_secs()),
        format!("left alone for {} seconds", breaker::REST.as_secs()),
        "(`https:`, `http:`, `mailto:`, `tel:`)".to_owned(),
    ] {
        assert!(DOCUMENT.contains(&sentence), "{sentence}");
    }
    assert_eq!(breaker::FAILURES, 5, "After five failures");
}
