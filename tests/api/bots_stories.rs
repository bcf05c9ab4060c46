//! Scenarios of the conformance suite that are more than a word and an answer.

use deskbell::bots::Kind;
use deskbell::on;
use serde_json::{Value, json};

use crate::bots_stage::Stage;
use crate::support::frames::draw_id;
use crate::support::until::until;
use crate::support::visitor::Visitor;

pub async fn tell(stage: &mut Stage, name: &str, words: &str) {
    match name {
        "quick replies and a choice" => a_choice(stage, words).await,
        "a card with a link" => a_card(stage, words).await,
        "a long text" | "a text that is too long" => a_long_text(stage, words).await,
        "a hand-off to a queue" => a_queue(stage, words).await,
        "a hand-off with summary and note" => notes(stage, words).await,
        "closing" => closing(stage, words).await,
        "tags and attributes" => tags(stage, words).await,
        "an answer that grows" => growing(stage, words).await,
        "messages that come while it thinks" => batched(stage, words).await,
        "the order of messages" => in_order(stage).await,
        "its own messages" => own(stage, words).await,
        "what agents said" => history(stage, words).await,
        "an agent takes over while it thinks" => take_over(stage, words, false).await,
        "an agent closes while it thinks" => take_over(stage, words, true).await,
        "others while one hangs" => meanwhile(stage, words).await,
        "the same answer twice" => twice(stage, words).await,
        "a later answer after a take-over" => late(stage, words).await,
        other => panic!("no story of {other}"),
    }
}

async fn a_choice(stage: &mut Stage, words: &str) {
    let mut visitor = stage.visitor().await;
    visitor.says(words).await;
    visitor.sees_text("Which one?").await;
    let log = stage.log(&visitor).await;
    let offered = log.iter().find(|entry| entry.text == "Which one?").expect("the question");
    let reply = &offered.extra["quick_replies"][0];
    assert_eq!(reply["title"], "Lamp");
    stage.turn_ends(&visitor).await;
    visitor.asks(json!({"type": "send", "id": draw_id(), "text": "Lamp", "payload": reply["payload"]})).await;
    visitor.sees_text("You chose the lamp").await;
}

async fn a_card(stage: &mut Stage, words: &str) {
    let mut visitor = stage.visitor().await;
    visitor.says(words).await;
    visitor.sees_text("Look").await;
    let log = stage.log(&visitor).await;
    let shown = log.iter().find(|entry| entry.text == "Look").expect("the card");
    assert_eq!(shown.extra["cards"][0]["buttons"][0]["url"], "https://shop.example/lamp.png");
    stage.turn_ends(&visitor).await;
}

/// Whole; what is longer than a message, of a kind that cannot know, in several.
async fn a_long_text(stage: &mut Stage, words: &str) {
    let mut visitor = stage.visitor().await;
    visitor.says(words).await;
    visitor.sees_state("bot").await;
    stage.turn_ends(&visitor).await;
    let said = stage.said(&visitor).await;
    let line = "A line of words that goes on.";
    let lines: usize = said.iter().map(|text| text.matches("goes on").count()).sum();
    assert!(said[0].starts_with(line));
    assert_eq!((said.len(), lines), if words == "long" { (1, 266) } else { (2, 532) });
}

async fn a_queue(stage: &mut Stage, words: &str) {
    let visitor = stage.hands_off(words).await;
    let id: deskbell::ids::ConversationId = visitor.conversation().parse().expect("an id");
    let sql = "SELECT q.name FROM queues q JOIN conversations c ON c.workspace_id = q.workspace_id AND c.queue_id = q.id \
               WHERE c.id = $1";
    let mut conn = stage.db.read().await.expect("a connection");
    let queue: String = on!(conn.conn(), |c| sqlx::query_scalar(sql).bind(id).fetch_one(c).await).expect("a queue");
    assert_eq!(queue, "Sales");
}

async fn notes(stage: &mut Stage, words: &str) {
    let visitor = stage.hands_off(words).await;
    let log = stage.log(&visitor).await;
    let notes: Vec<&str> = log.iter().filter(|entry| entry.kind == "note").map(|entry| entry.text.as_str()).collect();
    assert_eq!(notes, ["Wants a lamp", "Be kind"]);
    assert_eq!(visitor.shows.texts(), [words], "notes are for agents");
}

async fn closing(stage: &mut Stage, words: &str) {
    let mut visitor = stage.visitor().await;
    visitor.says(words).await;
    visitor.sees_state("closed").await;
    assert_eq!(stage.said(&visitor).await, ["Bye"]);
}

async fn tags(stage: &mut Stage, words: &str) {
    stage.says(words, &["Noted"]).await;
    for sql in [
        "SELECT COUNT(*) FROM conversation_tags ct JOIN tags t ON t.workspace_id = ct.workspace_id AND t.id = ct.tag_id \
         WHERE t.name = 'billing'",
        "SELECT COUNT(*) FROM visitors WHERE CAST(attributes AS TEXT) LIKE '%plan%pro%'",
    ] {
        let mut conn = stage.db.read().await.expect("a connection");
        let found: i64 = on!(conn.conn(), |c| sqlx::query_scalar(sql).fetch_one(c).await).expect("a number");
        assert!(found > 0, "{sql}");
    }
}

async fn growing(stage: &mut Stage, words: &str) {
    let mut visitor = stage.visitor().await;
    visitor.says(words).await;
    let part = visitor.sees("partial").await;
    let part = part["text"].as_str().expect("a text");
    assert!("It grows and grows".starts_with(part) && !part.is_empty(), "{part}");
    visitor.sees_text("It grows and grows").await;
    stage.turn_ends(&visitor).await;
    assert_eq!(stage.said(&visitor).await, ["It grows and grows"]);
}

async fn is_asked(stage: &Stage, before: usize) {
    until("the bot is asked", async || stage.peer.asked().await.len() > before).await;
}

async fn batched(stage: &mut Stage, words: &str) {
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
}

async fn in_order(stage: &mut Stage) {
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

async fn own(stage: &mut Stage, words: &str) {
    let before = stage.peer.asked().await.len();
    let mut visitor = stage.visitor().await;
    for (word, answer) in [(words, if stage.kind == Kind::Openai { "one\ntwo\nthree" } else { "three" }), ("plain", "Hello from the bot")] {
        visitor.says(word).await;
        visitor.sees_text(answer).await;
        stage.turn_ends(&visitor).await;
    }
    assert_eq!(stage.words_since(before).await, [words, "plain"], "nothing but the visitor's words");
}

async fn history(stage: &mut Stage, words: &str) {
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
async fn take_over(stage: &mut Stage, words: &str, closes: bool) {
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
    assert_eq!(stage.event(&visitor, "bot_suppressed").await["text"], "Through the gate");
    is_unheard(stage, &mut visitor).await;
}

async fn is_unheard(stage: &Stage, visitor: &mut Visitor) {
    visitor.hears().await;
    assert_eq!(visitor.shows.texts().len(), 1, "{:?}", visitor.shows.texts());
    assert!(stage.said(visitor).await.is_empty());
}

async fn meanwhile(stage: &mut Stage, words: &str) {
    let before = stage.peer.asked().await.len();
    let mut stuck = stage.visitor().await;
    stuck.says(words).await;
    is_asked(stage, before).await;
    stage.says("plain", &["Hello from the bot"]).await;
    stage.peer.opens_the_gate().await;
    stuck.sees_text("Through the gate").await;
    stage.turn_ends(&stuck).await;
}

async fn twice(stage: &mut Stage, words: &str) {
    let before = stage.peer.asked().await.len();
    let mut visitor = stage.visitor().await;
    visitor.says(words).await;
    visitor.sees_text("Later").await;
    until("it said it twice", async || stage.peer.asked().await.len() >= before + 2).await;
    assert_eq!(stage.said(&visitor).await, ["Later"]);
}

async fn late(stage: &mut Stage, words: &str) {
    let before = stage.peer.asked().await.len();
    let mut visitor = stage.visitor().await;
    visitor.says(words).await;
    visitor.sees_state("bot").await;
    is_asked(stage, before).await;
    let (id, epoch) = (visitor.conversation(), visitor.shows.epoch);
    assert_eq!(stage.agent.takes(&id, epoch).await["type"], "ack");
    stage.peer.opens_the_gate().await;
    let mut status = Value::Null;
    until("the bot has its answer", async || {
        let asked = stage.peer.asked().await;
        status = asked.iter().skip(before).find(|one| one["words"] == "acted").map_or(Value::Null, |one| one["body"].clone());
        status != Value::Null
    })
    .await;
    assert_eq!(status, 409);
    assert_eq!(stage.event(&visitor, "bot_suppressed").await["text"], "Later");
    is_unheard(stage, &mut visitor).await;
}

/// The address is the credential: another token, or another bot, is nothing.
pub async fn a_foreign_token_is_nobodys(stage: &Stage) {
    let path = stage.added["callback_path"].as_str().expect("a path");
    let mut other = path.to_owned();
    other.replace_range(path.len() - 10.., "AAAAAAAAAA");
    let unknown = path.replacen(stage.added["bot_id"].as_str().expect("an id"), &draw_id(), 1);
    let http = crate::support::plainly::http();
    let said = json!({"recipient_id": draw_id(), "text": "x"});
    for (path, what) in [(other.as_str(), "token"), (&unknown, "bot"), (path, "conversation")] {
        let posted = http.post(format!("http://{}{path}", stage.server.address)).json(&said).send().await;
        assert_eq!(posted.expect("an answer").status(), 404, "another {what}");
    }
}

/// Nobody listens: five failures later it is not even tried, and then it is back.
pub async fn refused_and_left_alone(stage: &mut Stage) {
    stage.peer.kill();
    let mut seen: Vec<String> = Vec::new();
    while seen.last().is_none_or(|why| why != "resting") {
        let visitor = stage.goes_to_people("plain").await;
        let why = stage.event(&visitor, "bot_failed").await["why"].as_str().expect("a reason").to_owned();
        seen.push(why);
        assert!(seen.len() <= 6, "{seen:?}");
    }
    assert_eq!(seen, ["unreachable", "unreachable", "unreachable", "unreachable", "unreachable", "resting"]);
    stage.peer.comes_back();
}
