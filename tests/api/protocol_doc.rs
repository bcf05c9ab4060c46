//! `docs/protocol.md` describes every frame, field, close code and problem, and its examples are frames.

use deskbell::error::{KINDS, Kind};
use deskbell::live::protocol::close::CloseReason;
use deskbell::live::protocol::{AgentFrame, ServerFrame, VisitorFrame};
use serde_json::Value;

use crate::support::fixtures::{agent_type, fixtures, server_type, visitor_type};

const DOCUMENT: &str = include_str!("../../docs/protocol.md");

/// The part under a heading, up to the next of its level.
fn part<'a>(text: &'a str, heading: &str) -> &'a str {
    let level = heading.split(' ').next().expect("a level");
    let begin = text.find(&format!("{heading}\n")).unwrap_or_else(|| panic!("no heading {heading}"));
    let rest = &text[begin + heading.len()..];
    let end = rest.find(&format!("\n{level} ")).unwrap_or(rest.len());
    &rest[..end]
}

fn examples(part: &str) -> Vec<Value> {
    let blocks = part.split("```json\n").skip(1).map(|rest| rest.split("```").next().expect("an end"));
    blocks.map(|block| serde_json::from_str(block).unwrap_or_else(|error| panic!("{error}: {block}"))).collect()
}

fn describes(heading: &str, end: &str, name: impl Fn(Value) -> Result<&'static str, serde_json::Error>) {
    let section = part(DOCUMENT, heading);
    for (kind, fixture) in fixtures(end) {
        let frame = part(section, &format!("### `{kind}`"));
        for field in fixture.as_object().expect("an object").keys().filter(|field| *field != "type") {
            assert!(frame.contains(&format!("| `{field}` |")), "{heading}: {kind} has {field}");
        }
        let examples = examples(frame);
        assert!(!examples.is_empty(), "{heading}: {kind} has an example");
        for example in examples {
            let known = example.as_object().expect("an object").keys().all(|field| fixture.get(field).is_some());
            assert!(known, "{heading}: fields of {example}");
            assert_eq!(name(example.clone()).unwrap_or_else(|error| panic!("{error}: {example}")), kind);
        }
    }
    assert_eq!(section.matches("\n### ").count(), fixtures(end).len(), "{heading}: no more than there are");
}

#[test]
fn every_frame_is_described_and_every_example_is_one() {
    describes("## From a visitor", "client-visitor", |value| {
        serde_json::from_value::<VisitorFrame>(value).map(|frame| visitor_type(&frame))
    });
    describes("## From an agent", "client-agent", |value| {
        serde_json::from_value::<AgentFrame>(value).map(|frame| agent_type(&frame))
    });
    describes("## From the server", "server", |value| {
        serde_json::from_value::<ServerFrame>(value).map(|frame| server_type(&frame))
    });
}

#[test]
fn every_close_code_is_described() {
    let table = part(DOCUMENT, "## Close codes");
    for reason in CloseReason::ALL {
        assert!(table.contains(&format!("| {} | {} | ", reason.code(), reason.text())), "{reason:?}");
    }
    assert_eq!(table.matches("\n| 1").count() + table.matches("\n| 4").count(), CloseReason::ALL.len());
}

#[test]
fn every_problem_is_described() {
    let table = part(DOCUMENT, "## Problems");
    for Kind(name, _, status) in KINDS {
        assert!(table.contains(&format!("| `/problems/{name}` | {status} | ")), "{name}");
    }
    assert_eq!(table.matches("| `/problems/").count(), KINDS.len());
}

#[test]
fn what_a_message_has_is_described() {
    let described = part(DOCUMENT, "## A message");
    let ack = &fixtures("server")["ack"];
    for field in ack["message"].as_object().expect("an object").keys() {
        assert!(described.contains(&format!("`{field}`")), "{field}");
    }
    for (field, inner) in [("author", "avatar_url"), ("attachments", "thumb_url"), ("reactions", "emoji")] {
        assert!(described.contains(&format!("`{inner}`")), "{field}.{inner}");
    }
}
