//! What bot developers have on the command line: a bot to try things with, and a check of their own.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Output, Stdio};

use deskbell::clock::Random;
use deskbell::outgoing::signing::SigningSecret;

use crate::documents::{blocks, page};
use crate::support::bot::BotPeer;

const PROGRAM: &str = env!("CARGO_BIN_EXE_deskbell");

/// A running `bot echo`, killed when dropped.
struct Echo {
    url: String,
    child: Child,
}

impl Drop for Echo {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn echo(secret: Option<&str>) -> Echo {
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("one").port();
    let mut arguments = vec!["bot".to_owned(), "echo".to_owned(), "--at".to_owned(), format!("127.0.0.1:{port}")];
    arguments.extend(secret.map(|secret| format!("--secret={secret}")));
    listening(port, &arguments)
}

/// The program with these arguments, as soon as it listens.
fn listening(port: u16, arguments: &[String]) -> Echo {
    let mut command = Command::new(PROGRAM);
    command.env_clear().args(arguments).stdout(Stdio::piped());
    let mut child = command.spawn().expect("the program");
    let line = BufReader::new(child.stdout.take().expect("an output")).lines().next();
    let line = line.expect("a line").expect("text");
    assert!(line.contains("a bot listens on"), "{line}");
    Echo { url: format!("http://127.0.0.1:{port}/"), child }
}

fn check(url: &str, secret: &str) -> (Output, String) {
    let mut command = Command::new(PROGRAM);
    let out = command.env_clear().args(["bot", "check", url, "--secret", secret]).output().expect("the program");
    let said = String::from_utf8(out.stdout.clone()).expect("text");
    (out, said)
}

fn secret() -> String {
    SigningSecret::draw(&Random::System).expose()
}

#[test]
fn the_echo_bot_handles_everything() {
    let secret = secret();
    let echo = echo(Some(&secret));
    let (out, said) = check(&echo.url, &secret);
    assert!(out.status.success(), "{said}{}", String::from_utf8_lossy(&out.stderr));
    assert_eq!(said.lines().count(), 14, "{said}");
    assert!(said.lines().all(|line| line.starts_with("ok ")), "{said}");
}

#[test]
fn the_commands_of_the_document_work_together() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("one").port();
    let page = page("docs/bots.md");
    let block = blocks(&page, "text").into_iter().find(|block| block.contains("bot echo")).expect("a block");
    let block = block.replace("whsec_…", &secret()).replace("8090", &port.to_string());
    let lines = block.lines().map(|line| line.split(' ').skip(1).map(str::to_owned).collect::<Vec<_>>());
    let [echo, check] = lines.collect::<Vec<_>>().try_into().expect("two lines");
    let _echo = listening(port, &echo);
    let out = Command::new(PROGRAM).env_clear().args(check).output().expect("the program");
    assert!(out.status.success(), "{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
}

#[test]
fn a_bot_that_believes_everybody_is_told() {
    let echo = echo(None);
    let (out, said) = check(&echo.url, &secret());
    assert_eq!(out.status.code(), Some(1), "{said}");
    assert_eq!(said.lines().filter(|line| line.starts_with("fail")).count(), 2, "{said}");
    assert!(said.contains("it was believed"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bot_that_talks_nonsense_is_told_and_mistakes_of_the_command_too() {
    let peer = BotPeer::says((200, "application/json", "{}".to_owned())).await;
    let (url, own) = (peer.url(), secret());
    let ran = tokio::task::spawn_blocking(move || (check(&url, &own), check(&url, "mine"))).await.expect("it ends");
    let ((out, said), (mistaken, _)) = ran;
    assert_eq!(out.status.code(), Some(1), "{said}");
    assert!(said.contains("missing field `actions`"), "{said}");
    assert_eq!(mistaken.status.code(), Some(2), "{}", String::from_utf8_lossy(&mistaken.stderr));
}
