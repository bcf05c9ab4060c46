//! Domain to HTML: fills what the side panel shows of a visitor and of a conversation's way.

use serde_json::Value;

use crate::conversations::fragments::{AttributeView, PersonView, SideView, StepView};
use crate::conversations::participant_store::ParticipantRow;
use crate::conversations::{Conversation, Error, State};
use crate::db::Conn;
use crate::routing::{Priority, why};
use crate::tags::store as tags;
use crate::visitors::store::Visitor;
use crate::visitors::trail::TrailEntry;
use crate::visitors::{clean, trail_store};

/// Steps of the trail that the panel shows.
const STEPS: usize = 20;
/// Characters of an attribute's value, and of an event's data.
const VALUE_CHARS: usize = 300;
/// The attributes by which a website tells the visitor's time zone.
const ZONES: [&str; 3] = ["time_zone", "timezone", "timeZone"];

/// What the side panel knows.
pub async fn side(
    mut conn: Conn<'_>,
    conversation: &Conversation,
    visitor: &Visitor,
    participants: &[ParticipantRow],
) -> Result<SideView, Error> {
    let (ws, id) = (conversation.workspace_id, conversation.id);
    let trail = trail_store::newest(conn.again(), ws, visitor.id).await?;
    let tags = tags::of_conversations(conn.again(), ws, &[id]).await?.remove(&id).unwrap_or_default();
    let why = why::of(conn, ws, id).await?;
    let snoozed = conversation.state == State::Snoozed;
    let until = conversation.due_at.filter(|_| snoozed).map(crate::clock::Timestamp::rfc3339);
    let priority = Priority::ALL.into_iter().find(|priority| priority.number() == conversation.priority);
    let agents = participants.iter().filter(|row| row.kind == "agent");
    let person = |row: &ParticipantRow| PersonView {
        id: row.participant_id.to_string(),
        name: row.name.clone().unwrap_or_default(),
    };
    Ok(SideView {
        priority: priority.unwrap_or(Priority::Normal).word().to_owned(),
        until: until.unwrap_or_default(),
        phone: visitor.phone.clone().unwrap_or_default(),
        phone_verified: visitor.verified.0.phone,
        language: visitor.locale.clone().unwrap_or_default(),
        time_zone: time_zone(visitor),
        attributes: attributes(visitor),
        trail: steps(visitor, trail),
        tags: tags.into_iter().map(|tag| tag.name).collect(),
        participants: agents.map(person).collect(),
        why,
    })
}

/// An IANA name, as far as its form says so; the script leaves out what it does not know.
fn time_zone(visitor: &Visitor) -> String {
    let told = ZONES.iter().find_map(|name| visitor.attributes.0.get(*name)).and_then(Value::as_str);
    let fits = |zone: &&str| {
        zone.len() <= 64
            && zone.contains('/')
            && zone.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_+-".contains(&b))
    };
    told.filter(fits).unwrap_or_default().to_owned()
}

fn attributes(visitor: &Visitor) -> Vec<AttributeView> {
    let verified = &visitor.verified.0.attributes;
    let view = |(name, value): (&String, &Value)| AttributeView {
        name: clean(name, VALUE_CHARS),
        value: short(value),
        verified: verified.contains(name),
    };
    // The time zone is told as the time there.
    let zone = time_zone(visitor);
    let told = visitor.attributes.0.iter();
    told.filter(|(name, _)| zone.is_empty() || !ZONES.contains(&name.as_str())).map(view).collect()
}

/// The newest first, without the page that they are on: it stands above.
fn steps(visitor: &Visitor, trail: Vec<TrailEntry>) -> Vec<StepView> {
    let here = trail.iter().position(|entry| entry.kind == "page" && entry.name == visitor.page.0.url);
    let newest_page = trail.iter().position(|entry| entry.kind == "page");
    let rest = trail.into_iter().enumerate().filter(|(n, _)| here != Some(*n) || here != newest_page);
    rest.map(|(_, entry)| step(entry)).take(STEPS).collect()
}

fn step(entry: TrailEntry) -> StepView {
    let is_page = entry.kind == "page";
    let detail = match entry.data.get("title").and_then(Value::as_str) {
        Some(title) if is_page => clean(title, VALUE_CHARS),
        _ if is_page || entry.data.is_null() => String::new(),
        _ => short(&entry.data),
    };
    StepView { is_page, name: entry.name, detail, at: entry.at.rfc3339() }
}

/// A value for people: texts without quotes, objects as `name: value`.
fn short(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Object(map) => {
            let parts: Vec<String> = map.iter().map(|(name, value)| format!("{name}: {}", short(value))).collect();
            parts.join(", ")
        }
        Value::Array(items) => items.iter().map(short).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    };
    clean(&text, VALUE_CHARS)
}
