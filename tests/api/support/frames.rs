//! Frames as JSON, with the questions that tests ask of them.

use serde_json::Value;

/// A UUIDv7 as a client draws it, rising within this process.
pub fn draw_id() -> String {
    use std::sync::LazyLock;
    static IDS: LazyLock<deskbell::clock::Ids> =
        LazyLock::new(|| deskbell::clock::Ids::new(deskbell::clock::Clock::System, deskbell::clock::Random::System));
    IDS.draw().hyphenated().to_string()
}

/// A visitor's token as a browser draws it.
pub fn draw_token() -> String {
    deskbell::secrets::VisitorToken::draw(&deskbell::clock::Random::System).expose()
}

/// The types that are answered by `ack` or `nack`.
const DURABLE: [&str; 18] = [
    "send", "note", "edit", "delete", "react", "form", "update", "handoff", "take", "transfer", "close", "reopen",
    "snooze", "priority", "tag", "join", "draft", "state",
];

/// The id with which this frame has to be answered, whatever else is wrong with it.
pub fn awaits_answer(frame: &Value) -> Option<&str> {
    let id = frame["id"].as_str().filter(|id| id.parse::<deskbell::ids::CommandId>().is_ok())?;
    DURABLE.contains(&kind(frame)).then_some(id)
}

/// What a frame says it is.
pub fn kind(frame: &Value) -> &str {
    frame["type"].as_str().unwrap_or("(no type)")
}

/// The texts of the messages in a `changes` or `page`.
pub fn texts(frame: &Value) -> Vec<&str> {
    let messages = frame["messages"].as_array().map(Vec::as_slice).unwrap_or_default();
    messages.iter().filter(|m| m["kind"] == "text").filter_map(|m| m["text"].as_str()).collect()
}

/// The problem's name at the end of its type.
pub fn problem(frame: &Value) -> &str {
    frame["problem"]["type"].as_str().and_then(|kind| kind.rsplit('/').next()).unwrap_or("(no problem)")
}
