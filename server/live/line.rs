//! The visitor's place in the line. It is counted by the age of the chat within its queue: one read for
//! each queue whose line moved, for all who wait there, at most once in [`EVERY`].

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::time::Duration;

use super::protocol::{QueuePlace, ServerFrame};
use super::session::Who;
use crate::app::App;
use crate::conversations::line_store;
use crate::db::Error;
use crate::ids::{ConversationId, QueueId, WorkspaceId};

/// How often a visitor is told at most.
pub const EVERY: Duration = Duration::from_secs(2);
/// Places that are counted; beyond, nobody is told a number.
const COUNTED: i64 = 100;

/// Tells places until the process stops.
pub async fn run(app: Arc<App>) {
    loop {
        tokio::select! {
            () = app.hub.attention.placing.notified() => {}
            () = app.stopping.cancelled() => return,
        }
        if let Err(error) = tell(&app).await {
            tracing::warn!(%error, "places in the line could not be read");
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = app.stopping.cancelled() => return,
        }
    }
}

/// Tells everybody whose place has changed in a line that moved.
pub async fn tell(app: &App) -> Result<(), Error> {
    let moved = app.hub.attention.take_lines();
    let mut lines: HashMap<(WorkspaceId, QueueId), Line> = HashMap::new();
    for waiting in app.hub.in_lines(&moved) {
        let (workspace, queue) = waiting.queue;
        let line = match lines.entry(waiting.queue) {
            Entry::Occupied(read) => read.into_mut(),
            Entry::Vacant(unread) => {
                let mut conn = app.db.read().await?;
                unread.insert(Line::of(&line_store::first(conn.conn(), workspace, queue, COUNTED).await?))
            }
        };
        let Some(position) = line.position(waiting.conversation) else { continue };
        for session in waiting.sessions {
            if let Who::Visitor(visitor) = &session.who
                && session.is_welcomed()
                && visitor.asks.is_at(Some(position.clone()))
            {
                session.say(&ServerFrame::Queue(QueuePlace { position: position.clone(), wait_s: None }));
            }
        }
    }
    Ok(())
}

/// The first of a line.
struct Line(HashMap<ConversationId, usize>);

impl Line {
    fn of(first: &[ConversationId]) -> Self {
        Self(first.iter().enumerate().map(|(n, id)| (*id, n + 1)).collect())
    }

    /// The place in words of the wire; none for who is not in it any more.
    fn position(&self, id: ConversationId) -> Option<String> {
        match self.0.get(&id) {
            Some(place) => Some(place.to_string()),
            None => (i64::try_from(self.0.len()) == Ok(COUNTED)).then(|| format!("{COUNTED}+")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u128) -> ConversationId {
        ConversationId::from_uuid(uuid::Uuid::from_u128(n))
    }

    #[test]
    fn the_first_hundred_have_a_number() {
        let full = Line::of(&(1..=100).map(id).collect::<Vec<_>>());
        assert_eq!(full.position(id(1)).as_deref(), Some("1"));
        assert_eq!(full.position(id(100)).as_deref(), Some("100"));
        assert_eq!(full.position(id(101)).as_deref(), Some("100+"));
        let short = Line::of(&[id(1), id(2)]);
        assert_eq!(short.position(id(2)).as_deref(), Some("2"));
        assert_eq!(short.position(id(3)), None, "it has left the line");
    }
}
