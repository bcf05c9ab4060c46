//! Where a visitor was and what they did on the site: the newest [`KEPT`] entries.

use serde_json::{Value, json};

use super::{StoredPage, clean, has_nul, trail_store};
use crate::clock::Timestamp;
use crate::conversations::Error;
use crate::db::{Conn, Error as DbError};
use crate::ids::{CommandId, VisitorId, WorkspaceId};
use crate::live::protocol::SiteEvent;

/// Entries of one visitor; the oldest go.
pub const KEPT: i64 = 100;
/// Characters of an event's name.
pub const MAX_EVENT_NAME_CHARS: usize = 100;
/// Bytes of an event's data, as JSON.
pub const MAX_EVENT_BYTES: usize = 4_096;

/// Something that happened on the site, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct TrailEvent {
    name: String,
    data: Value,
}

impl TrailEvent {
    /// Checks what the site tells.
    pub fn parse(event: SiteEvent) -> Result<Self, Error> {
        let refused = |why: String| Err(Error::ValueRefused { field: "event".to_owned(), why });
        let name = event.name.trim();
        if name.is_empty() || name.chars().count() > MAX_EVENT_NAME_CHARS {
            return refused(format!("needs a name of 1 to {MAX_EVENT_NAME_CHARS} characters"));
        }
        let bytes = event.data.to_string().len();
        if bytes > MAX_EVENT_BYTES {
            return refused(format!("has {bytes} bytes of data; the limit is {MAX_EVENT_BYTES}"));
        }
        if name.contains('\0') || has_nul(&event.data) {
            return refused("has a NUL character, which cannot be stored".to_owned());
        }
        Ok(Self { name: clean(name, MAX_EVENT_NAME_CHARS), data: event.data })
    }
}

/// One entry.
#[derive(Debug, Clone, PartialEq)]
pub struct TrailEntry {
    /// Of the frame that told it.
    pub id: CommandId,
    /// `page` or `event`.
    pub kind: &'static str,
    /// The page's address, or the event's name.
    pub name: String,
    /// The page's title and referrer, or the event's data.
    pub data: Value,
    /// When.
    pub at: Timestamp,
}

/// The visitor is on this page now.
pub async fn page(
    conn: Conn<'_>,
    ws: WorkspaceId,
    visitor: VisitorId,
    id: CommandId,
    page: &StoredPage,
    at: Timestamp,
) -> Result<(), DbError> {
    let data = json!({"title": page.title, "referrer": page.referrer});
    let entry = TrailEntry { id, kind: "page", name: page.url.clone(), data, at };
    trail_store::add(conn, ws, visitor, &entry).await
}

/// Something happened on the site.
pub async fn event(
    conn: Conn<'_>,
    ws: WorkspaceId,
    visitor: VisitorId,
    id: CommandId,
    event: &TrailEvent,
    at: Timestamp,
) -> Result<(), DbError> {
    let entry = TrailEntry { id, kind: "event", name: event.name.clone(), data: event.data.clone(), at };
    trail_store::add(conn, ws, visitor, &entry).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_short_and_can_be_stored() {
        let parse = |name: &str, data: Value| TrailEvent::parse(SiteEvent { name: name.to_owned(), data });
        assert!(parse(" cart ", json!({"items": 2})).is_ok());
        assert!(parse("x", Value::Null).is_ok());
        assert!(parse(&"é".repeat(100), json!("x".repeat(4_094))).is_ok());
        let long = "x".repeat(101);
        for (name, data) in [
            ("", json!(1)),
            (" ", json!(1)),
            (&long, json!(1)),
            ("a\0b", json!(1)),
            ("x", json!({"a\0": 1})),
            ("x", json!([["\0"]])),
            ("x", json!("x".repeat(4_095))),
        ] {
            assert!(parse(name, data).is_err(), "{name}");
        }
    }
}
