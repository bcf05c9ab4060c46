//! The frames in `tests/fixtures/protocol/`: one of each type, read by both ends' tests.

use std::collections::BTreeMap;

use deskbell::live::protocol::{AgentFrame, ServerFrame, VisitorFrame};
use serde_json::Value;

use super::frames::{draw_id, kind};

/// The fixtures of one end, by type: `client-visitor`, `client-agent` or `server`.
pub fn fixtures(end: &str) -> BTreeMap<String, Value> {
    let folder = format!("{}/tests/fixtures/protocol/{end}", env!("CARGO_MANIFEST_DIR"));
    let read = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("a fixture");
        let frame: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        assert_eq!(kind(&frame), name, "a fixture is named for its type");
        (name, frame)
    };
    std::fs::read_dir(folder).expect("a folder").map(read).collect()
}

/// The types that the enum of this name has, as the types that are generated for the widget say.
/// A frame without a fixture is found by this.
pub fn types_of(name: &str) -> Vec<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/widget/src/generated/protocol.ts");
    let types = std::fs::read_to_string(path).expect("the generated types");
    let begin = types.find(&format!("export type {name} = ")).unwrap_or_else(|| panic!("no type {name}"));
    let declared = types[begin..].split(";\n").next().expect("a declaration");
    let mut found: Vec<String> =
        declared.split("\"type\": \"").skip(1).map(|rest| rest.split('"').next().expect("a name").to_owned()).collect();
    found.sort();
    found
}

/// A copy whose conversation and message are these, and whose own id is new.
pub fn aimed_at(fixture: &Value, conversation: &str, message: &str) -> Value {
    let mut frame = fixture.clone();
    for (key, value) in [("conversation", conversation), ("message", message), ("reply_to", message)] {
        if frame.get(key).is_some_and(Value::is_string) {
            frame[key] = value.into();
        }
    }
    if frame.get("id").is_some() {
        frame["id"] = draw_id().into();
    }
    frame
}

/// The type's name by the compiler's own knowledge: a new variant does not build until it is here.
pub const fn visitor_type(frame: &VisitorFrame) -> &'static str {
    match frame {
        VisitorFrame::Hello(_) => "hello",
        VisitorFrame::Send(_) => "send",
        VisitorFrame::Edit(_) => "edit",
        VisitorFrame::Delete(_) => "delete",
        VisitorFrame::React(_) => "react",
        VisitorFrame::Form(_) => "form",
        VisitorFrame::Delivered(_) => "delivered",
        VisitorFrame::Read(_) => "read",
        VisitorFrame::Typing(_) => "typing",
        VisitorFrame::Update(_) => "update",
        VisitorFrame::Handoff { .. } => "handoff",
        VisitorFrame::List => "list",
        VisitorFrame::Sync { .. } => "sync",
        VisitorFrame::History { .. } => "history",
        VisitorFrame::Ping { .. } => "ping",
        VisitorFrame::Unknown => "(unknown)",
    }
}

/// See [`visitor_type`].
pub const fn agent_type(frame: &AgentFrame) -> &'static str {
    match frame {
        AgentFrame::Hello(_) => "hello",
        AgentFrame::Watch { .. } => "watch",
        AgentFrame::Unwatch { .. } => "unwatch",
        AgentFrame::Send { .. } => "send",
        AgentFrame::Note { .. } => "note",
        AgentFrame::Edit { .. } => "edit",
        AgentFrame::Delete { .. } => "delete",
        AgentFrame::React { .. } => "react",
        AgentFrame::Delivered { .. } => "delivered",
        AgentFrame::Read { .. } => "read",
        AgentFrame::Typing { .. } => "typing",
        AgentFrame::Sync { .. } => "sync",
        AgentFrame::History { .. } => "history",
        AgentFrame::Take(_) => "take",
        AgentFrame::Transfer(_) => "transfer",
        AgentFrame::Close(_) => "close",
        AgentFrame::Reopen(_) => "reopen",
        AgentFrame::Snooze(_) => "snooze",
        AgentFrame::Priority(_) => "priority",
        AgentFrame::Tag(_) => "tag",
        AgentFrame::Join(_) => "join",
        AgentFrame::Draft(_) => "draft",
        AgentFrame::State { .. } => "state",
        AgentFrame::Ping { .. } => "ping",
        AgentFrame::Unknown => "(unknown)",
    }
}

/// See [`visitor_type`].
pub const fn server_type(frame: &ServerFrame) -> &'static str {
    match frame {
        ServerFrame::Session { .. } => "session",
        ServerFrame::Welcome(_) => "welcome",
        ServerFrame::Ack { .. } => "ack",
        ServerFrame::Nack { .. } => "nack",
        ServerFrame::Changes { .. } => "changes",
        ServerFrame::Page { .. } => "page",
        ServerFrame::Receipt { .. } => "receipt",
        ServerFrame::Typing { .. } => "typing",
        ServerFrame::Presence { .. } => "presence",
        ServerFrame::Availability(_) => "availability",
        ServerFrame::Conversations(_) => "conversations",
        ServerFrame::Queue(_) => "queue",
        ServerFrame::Partial { .. } => "partial",
        ServerFrame::Ask(_) => "ask",
        ServerFrame::Reconnect { .. } => "reconnect",
        ServerFrame::Pong { .. } => "pong",
        ServerFrame::Draft(_) => "draft",
        ServerFrame::Mention(_) => "mention",
        ServerFrame::Rows { .. } => "rows",
        ServerFrame::Board { .. } => "board",
        ServerFrame::Facts { .. } => "facts",
        ServerFrame::Own(_) => "own",
        ServerFrame::Close { .. } => "close",
    }
}
