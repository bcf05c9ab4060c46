//! Stories of the conformance suite about turns: what a bot is asked and when, and what its words are worth once an
//! agent has the chat.

use deskbell::bots::Kind;
use serde_json::{Value, json};

use crate::bots_stage::Stage;
use crate::support::frames::draw_id;
use crate::support::until::until;
use crate::support::visitor::Visitor;

async fn is_asked(stage: &Stage, before: usize) {
    until("the bot is asked", async || stage.peer.asked().await.len() > before).await;
}

pub async fn batched(stage: &mut Stage, words: &str) {
    let before = stage.peer.asked().await.len();
    let mut visitor = stage.visitor().await;
    visitor.says(words).await;
    is_asked(stage, before).await;
    visitor.says("two").await;
    visitor.says("three").await;
    stage.peer.opens_the_gate().await;
    visitor.sees_text("echo: two / three").await;
    stage.turn_ends(&visitor).await;
    assert_eq!(stage.words_since(before).await, [words, "two\nthree"]);
    if matches!(stage.kind, Kind::Webhook | Kind::Openai) {
        let asked = stage.peer.asked().await;
        let body = asked.last().expect("a call")["body"].to_string();
        assert!(body.contains("Through the gate"), "its answer to the first is known: {body}");
    }
}

pub async fn in_order(stage: &mut Stage) {
    let mut visitor = stage.visitor().await;
    let mut expected = Vec::new();
    for n in 1..=4 {
        visitor.says(&n.to_string()).await;
        expected.extend([n.to_string(), format!("echo: {n}")]);
        visitor.sees_text(&format!("echo: {n}")).await;
        stage.turn_ends(&visitor).await;
    }
    assert_eq!(visitor.shows.texts(), expected);
}

pub async fn own(stage: &mut Stage, words: &str) {
    let before = stage.peer.asked().await.len();
    let mut visitor = stage.visitor().await;
    for (word, answer) in
        [(words, if stage.kind == Kind::Openai { "one\ntwo\nthree" } else { "three" }), ("plain", "Hello from the bot")]
    {
        visitor.says(word).await;
        visitor.sees_text(answer).await;
        stage.turn_ends(&visitor).await;
    }
    assert_eq!(stage.words_since(before).await, [words, "plain"], "nothing but the visitor's words");
}

pub async fn history(stage: &mut Stage, words: &str) {
    let mut visitor = stage.visitor().await;
    visitor.says(words).await;
    visitor.sees_text("Hello from the bot").await;
    let id = visitor.conversation();
    let epoch = visitor.shows.epoch;
    assert_eq!(stage.agent.takes(&id, epoch).await["type"], "ack");
    assert_eq!(stage.agent.answers(&id, "I am a person", i64::MAX).await["type"], "ack");
    visitor.sees_text("I am a person").await;
    let back = json!({"type": "transfer", "id": draw_id(), "conversation": id, "epoch": epoch + 1, "bot": true});
    assert_eq!(stage.agent.asks(back).await["type"], "ack");
    visitor.sees_state("bot").await;
    visitor.says("history").await;
    visitor.sees_text("I remember").await;
    let asked = stage.peer.asked().await;
    let body = asked.last().expect("a call")["body"].to_string();
    assert!(body.contains("I am a person") && body.contains("Hello from the bot"), "{body}");
    assert_eq!(asked.last().expect("a call")["words"], "history");
}

/// What it would have said is kept for agents, and nobody else reads it.
pub async fn take_over(stage: &mut Stage, words: &str, closes: bool) {
    let before = stage.peer.asked().await.len();
    let mut visitor = stage.visitor().await;
    visitor.says(words).await;
    visitor.sees_state("bot").await;
    is_asked(stage, before).await;
    let (id, epoch) = (visitor.conversation(), visitor.shows.epoch);
    assert_eq!(stage.agent.takes(&id, epoch).await["type"], "ack");
    if closes {
        assert_eq!(stage.agent.closes(&id, epoch + 1).await["type"], "ack");
    }
    stage.peer.opens_the_gate().await;
    until("it is kept", async || stage.event(&visitor, "bot_suppressed").await != Value::Null).await;
    let kept = stage.event(&visitor, "bot_suppressed").await;
    let kept = kept["text"].as_str().unwrap_or_default();
    // A stream is not read further than to where somebody else has the chat.
    let whole = stage.kind != Kind::Openai || kept.is_empty();
    assert!(if whole { kept == "Through the gate" } else { "Through the gate".starts_with(kept) }, "{kept}");
    is_unheard(stage, &mut visitor).await;
}

async fn is_unheard(stage: &Stage, visitor: &mut Visitor) {
    visitor.hears().await;
    assert_eq!(visitor.shows.texts().len(), 1, "{:?}", visitor.shows.texts());
    assert!(stage.said(visitor).await.is_empty());
}

pub async fn meanwhile(stage: &mut Stage, words: &str) {
    let before = stage.peer.asked().await.len();
    let mut stuck = stage.visitor().await;
    stuck.says(words).await;
    is_asked(stage, before).await;
    stage.says("plain", &["Hello from the bot"]).await;
    stage.peer.opens_the_gate().await;
    stuck.sees_text("Through the gate").await;
    stage.turn_ends(&stuck).await;
}

pub async fn twice(stage: &mut Stage, words: &str) {
    let before = stage.peer.asked().await.len();
    let mut visitor = stage.visitor().await;
    visitor.says(words).await;
    visitor.sees_text("Later").await;
    until("it said it twice", async || stage.peer.asked().await.len() >= before + 2).await;
    assert_eq!(stage.said(&visitor).await, ["Later"]);
}

pub async fn late(stage: &mut Stage, words: &str) {
    let before = stage.peer.asked().await.len();
    let mut visitor = stage.visitor().await;
    visitor.says(words).await;
    visitor.sees_state("bot").await;
    is_asked(stage, before).await;
    let (id, epoch) = (visitor.conversation(), visitor.shows.epoch);
    assert_eq!(stage.agent.takes(&id, epoch).await["type"], "ack");
    stage.peer.opens_the_late_gate().await;
    assert_eq!(acted(stage, before).await, 409);
    assert_eq!(stage.event(&visitor, "bot_suppressed").await["text"], "Later");
    is_unheard(stage, &mut visitor).await;
}

/// With which status the late answer of the bot was answered.
async fn acted(stage: &Stage, before: usize) -> Value {
    let mut status = Value::Null;
    until("the bot has its answer", async || {
        let asked = stage.peer.asked().await;
        let found = asked.iter().skip(before).find(|one| one["words"] == "acted" && one["of"] == "lategate");
        status = found.map_or(Value::Null, |one| one["body"].clone());
        status != Value::Null
    })
    .await;
    status
}

/// The bot has the chat again, and is asked again: what it still had to say to what it was asked before is late
/// all the same, and no answer to the new words.
pub async fn given_back(stage: &mut Stage, words: &str) {
    let before = stage.peer.asked().await.len();
    let mut visitor = stage.visitor().await;
    visitor.says(words).await;
    visitor.sees_state("bot").await;
    is_asked(stage, before).await;
    let (id, epoch) = (visitor.conversation(), visitor.shows.epoch);
    assert_eq!(stage.agent.takes(&id, epoch).await["type"], "ack");
    visitor.sees_state("assigned").await;
    let gives =
        json!({"type": "transfer", "id": draw_id(), "conversation": id, "epoch": visitor.shows.epoch, "bot": true});
    assert_eq!(stage.agent.asks(gives).await["type"], "ack");
    visitor.sees_state("bot").await;
    visitor.says("gate again").await;
    until("the bot is asked again", async || {
        stage.peer.asked().await.iter().skip(before).any(|one| one["words"] == "gate again")
    })
    .await;
    stage.peer.opens_the_late_gate().await;
    assert_eq!(acted(stage, before).await, 409);
    assert_eq!(stage.event(&visitor, "bot_suppressed").await["text"], "Later");
    assert!(!stage.said(&visitor).await.contains(&"Later".to_owned()));
    stage.peer.opens_the_gate().await;
    visitor.sees_text("Through the gate").await;
    stage.turn_ends(&visitor).await;
    assert_eq!(stage.said(&visitor).await, ["Through the gate"]);
    // That it was given the chat it may have been told in between, without words.
    let asked = stage.words_since(before).await;
    let asked: Vec<&str> = asked.iter().map(String::as_str).filter(|words| !matches!(*words, "" | "acted")).collect();
    assert_eq!(asked, [words, "gate again"]);
    assert_eq!(stage.event(&visitor, "bot_failed").await, Value::Null);
}
