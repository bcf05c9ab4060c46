//! Scenarios of the conformance suite that are more than a word and an answer.

use std::time::Duration;

use deskbell::bots::Kind;
use deskbell::on;
use serde_json::{Value, json};

use crate::bots_stage::Stage;
use crate::bots_turns::{batched, given_back, history, in_order, late, meanwhile, own, take_over, twice};
use crate::support::frames::draw_id;

pub async fn tell(stage: &mut Stage, name: &str, words: &str) {
    match name {
        "quick replies and a choice" => a_choice(stage, words).await,
        "a card with a link" => a_card(stage, words).await,
        "a form that is filled in" => a_form(stage, words).await,
        "a file somewhere else" => a_file(stage, words).await,
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
        "a later answer after it was given back" => given_back(stage, words).await,
        "tokens of a conversation" => tokens(stage, words).await,
        "reading its conversation" => reading(stage, words).await,
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

/// Wrong answers are named, right ones are taken once, and the bot is asked with them once.
async fn a_form(stage: &mut Stage, words: &str) {
    let before = stage.peer.asked().await.len();
    let mut visitor = stage.visitor().await;
    visitor.says(words).await;
    visitor.sees_text("Where to?").await;
    stage.turn_ends(&visitor).await;
    let form = visitor.shows.messages().into_iter().find(|one| one.kind == "form").expect("a form").id;
    let fill = |id: &str, values: Value| json!({"type": "form", "id": id, "form": form, "values": values});
    let refused = visitor.fills_in(&form, json!({"mail": "nobody"})).await;
    assert_eq!((refused["type"].as_str(), refused["problem"]["field"].as_str()), (Some("nack"), Some("mail")));
    let (id, given) = (draw_id(), json!({"mail": " ann@shop.example", "size": "s", "other": 1}));
    let taken = visitor.asks(fill(&id, given.clone())).await;
    assert_eq!((&taken["type"], &taken["message"]["kind"]), (&json!("ack"), &json!("form")), "{taken}");
    for (id, values, word) in [
        (&id, given.clone(), "ack"),
        (&draw_id(), given, "ack"),
        (&id, json!({"mail": "eve@shop.example"}), "nack"),
        (&draw_id(), json!({"mail": "eve@shop.example"}), "nack"),
    ] {
        let again = visitor.asks(fill(id, values.clone())).await;
        assert_eq!(again["type"], word, "{values}: {again}");
        assert!(word == "ack" || again["problem"]["status"] == 409, "{again}");
    }
    visitor.sees_text("Filled in: mail=ann@shop.example, size=s").await;
    stage.turn_ends(&visitor).await;
    assert_eq!(stage.words_since(before).await, [words, "filled mail=ann@shop.example, size=s"]);
    let log = stage.log(&visitor).await;
    let said: Vec<_> =
        log.iter().map(|entry| (entry.author.as_str(), entry.kind.as_str(), entry.text.as_str())).collect();
    assert_eq!(
        said[1..3],
        [("bot", "form", "Where to?"), ("visitor", "form", "Email: ann@shop.example\nSize: Small"),]
    );
    assert_eq!(log[1].extra["form"]["answer"], id.as_str());
    a_form_after_a_take_over(stage, words).await;
}

/// What is filled in once a person has the chat is theirs to read, and asks no bot; after the end it is not taken.
async fn a_form_after_a_take_over(stage: &mut Stage, words: &str) {
    let mut visitor = stage.visitor().await;
    visitor.says(words).await;
    visitor.sees_text("Where to?").await;
    stage.turn_ends(&visitor).await;
    let before = stage.peer.asked().await.len();
    let form = visitor.shows.messages().into_iter().find(|one| one.kind == "form").expect("a form").id;
    let asked = visitor.asks(json!({"type": "handoff", "id": draw_id()})).await;
    assert_eq!(asked["type"], "ack");
    visitor.sees_state("queued").await;
    let taken = visitor.fills_in(&form, json!({"mail": "ann@shop.example"})).await;
    assert_eq!(taken["type"], "ack", "{taken}");
    let conversation = visitor.conversation();
    let closes = json!({"type": "close", "conversation": conversation, "epoch": visitor.shows.epoch, "id": draw_id()});
    assert_eq!(stage.agent.asks(closes).await["type"], "ack");
    visitor.sees_state("closed").await;
    let same = visitor.fills_in(&form, json!({"mail": "ann@shop.example"})).await;
    assert_eq!(same["type"], "ack", "what is so already: {same}");
    let other = visitor.fills_in(&form, json!({"mail": "eve@shop.example"})).await;
    assert_eq!(other["problem"]["status"], 409, "{other}");
    let mut stranger = stage.visitor().await;
    stranger.says("hello").await;
    let foreign = stranger.fills_in(&form, json!({"mail": "eve@shop.example"})).await;
    assert_eq!(foreign["problem"]["status"], 404, "{foreign}");
    stage.turn_ends(&stranger).await;
    let of_form = |asked: &&Value| asked["body"].to_string().contains("ann@shop.example");
    assert_eq!(stage.peer.asked().await.iter().skip(before).filter(of_form).count(), 0, "the bot had it no more");
}

async fn a_file(stage: &mut Stage, words: &str) {
    let mut visitor = stage.visitor().await;
    visitor.says(words).await;
    visitor.sees_text("Your invoice").await;
    let log = stage.log(&visitor).await;
    let shown = &log.iter().find(|entry| entry.text == "Your invoice").expect("the file").extra["attachments"][0];
    assert_eq!(shown["url"], "https://shop.example/invoice-7.pdf");
    assert_eq!((&shown["name"], &shown["external"]), (&json!("invoice-7.pdf"), &json!(true)));
    stage.turn_ends(&visitor).await;
}

async fn a_card(stage: &mut Stage, words: &str) {
    let mut visitor = stage.visitor().await;
    visitor.says(words).await;
    visitor.sees_text("Look").await;
    let log = stage.log(&visitor).await;
    let shown = log.iter().find(|entry| entry.text == "Look").expect("the card");
    let shown = &shown.extra;
    let url = if stage.kind == Kind::Rasa {
        &shown["attachments"][0]["url"]
    } else {
        &shown["cards"][0]["buttons"][0]["url"]
    };
    assert_eq!(url, "https://shop.example/lamp.png");
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

/// 100 for each answer of the peer: the third message is one too many.
async fn tokens(stage: &mut Stage, words: &str) {
    stage.change(&["--chat-tokens", "150"]).await;
    let before = stage.peer.asked().await.len();
    let mut visitor = stage.visitor().await;
    for _ in 0..2 {
        visitor.says(words).await;
        visitor.sees_text("Hello from the bot").await;
        stage.turn_ends(&visitor).await;
    }
    visitor.says(words).await;
    visitor.sees_state("queued").await;
    assert_eq!(stage.event(&visitor, "bot_failed").await["why"], "out_of_tokens");
    assert_eq!(stage.words_since(before).await.len(), 2);
    stage.change(&["--chat-tokens", "0"]).await;
}

/// With its own key, what it has or had, in Chatwoot's shapes.
async fn reading(stage: &mut Stage, words: &str) {
    let before = stage.peer.asked().await.len();
    stage.says(words, &["Hello from the bot"]).await;
    let asked = stage.peer.asked().await;
    let number = asked[before]["body"]["conversation"]["id"].as_i64().expect("an integer");
    let key = stage.added["key"].as_str().expect("a key");
    let base = format!("http://{}/api/v1/accounts/1/conversations", stage.server.address);
    let http = crate::support::plainly::http();
    let get = async |path: String, key: &str| {
        let got = http.get(format!("{base}/{path}")).header("api_access_token", key).send().await.expect("an answer");
        let status = got.status().as_u16();
        (status, serde_json::from_str::<Value>(&got.text().await.expect("a body")).expect("JSON"))
    };
    let (status, found) = get(number.to_string(), key).await;
    assert_eq!((status, &found["status"], &found["id"]), (200, &json!("pending"), &json!(number)), "{found}");
    let (status, page) = get(format!("{number}/messages"), key).await;
    let read: Vec<(i64, &str)> = page["payload"]
        .as_array()
        .expect("messages")
        .iter()
        .map(|one| (one["message_type"].as_i64().expect("a kind"), one["content"].as_str().expect("a text")))
        .collect();
    assert_eq!((status, read), (200, vec![(0, words), (1, "Hello from the bot")]));
    assert_eq!(get(format!("{}", number + 1_000), key).await.0, 404, "none of its own");
    assert_eq!(get(number.to_string(), &key.replace("dbk_", "dbk_A")).await.0, 401);
}

/// The address is the credential: another token, or another bot, is nothing.
pub async fn a_foreign_token_is_nobodys(stage: &Stage) {
    let path = stage.added["callback_path"].as_str().expect("a path");
    let mut other = path.to_owned();
    other.replace_range(path.len() - 10.., "AAAAAAAAAA");
    let unknown = path.replacen(stage.added["bot_id"].as_str().expect("an id"), &draw_id(), 1);
    let http = crate::support::plainly::http();
    let said = json!({"recipient_id": format!("{}.1", draw_id()), "text": "x"});
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
    stage.peer.knows(&stage.told).await;
    // The rest is 30 s of the server's own clock; how it goes on after it is the same for every kind.
    if stage.kind == Kind::Webhook {
        heals(stage).await;
    }
}

async fn heals(stage: &Stage) {
    let mut looks = tokio::time::interval(Duration::from_secs(1));
    for _ in 0..60 {
        looks.tick().await;
        let mut visitor = stage.visitor().await;
        visitor.says("plain").await;
        while visitor.shows.state.as_deref() != Some("queued") {
            if visitor.shows.texts().iter().any(|text| text == "Hello from the bot") {
                return;
            }
            visitor.sees_next().await;
        }
    }
    panic!("it is still left alone");
}
