//! The visitor's place in the line, by urgency and age within its queue, and about how long it will take:
//! one look at each queue whose line moved, for all who wait there, at most once in [`EVERY`].

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
use crate::routing::estimate::Forecast;

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
                let since = app.availability.open_since(queue);
                let mut conn = app.db.read().await?;
                let first = line_store::first(conn.conn(), workspace, queue, COUNTED).await?;
                let forecast = Forecast::read(conn.conn(), workspace, queue, app.clock.now(), since).await?;
                unread.insert(Line { forecast, ..Line::of(&first) })
            }
        };
        let Some(place) = line.place(waiting.conversation) else { continue };
        for session in waiting.sessions {
            let Who::Visitor(visitor) = &session.who else { continue };
            app.availability.tell(&session, visitor, Some(queue));
            if !app.availability.is_open(queue, visitor.site.id) {
                // Who is in a line that nobody serves before it opens has no use for a place in it.
                visitor.asks.is_at(None);
            } else if session.is_welcomed() && visitor.asks.is_at(Some(place.clone())) {
                session.say(&ServerFrame::Queue(place.clone()));
            }
        }
    }
    Ok(())
}

/// The first of a line.
struct Line {
    places: HashMap<ConversationId, usize>,
    forecast: Forecast,
}

impl Line {
    fn of(first: &[ConversationId]) -> Self {
        let places = first.iter().enumerate().map(|(n, id)| (*id, n + 1)).collect();
        Self { places, forecast: Forecast::default() }
    }

    /// The place as the wire says it; none for who is not in it any more.
    fn place(&self, id: ConversationId) -> Option<QueuePlace> {
        match self.places.get(&id) {
            Some(place) => Some(QueuePlace { position: place.to_string(), wait_s: self.forecast.wait(*place) }),
            None => (i64::try_from(self.places.len()) == Ok(COUNTED))
                .then(|| QueuePlace { position: format!("{COUNTED}+"), wait_s: None }),
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
        let position = |line: &Line, n| line.place(id(n)).map(|place| place.position);
        let full = Line::of(&(1..=100).map(id).collect::<Vec<_>>());
        assert_eq!(position(&full, 1).as_deref(), Some("1"));
        assert_eq!(position(&full, 100).as_deref(), Some("100"));
        assert_eq!(position(&full, 101).as_deref(), Some("100+"));
        let short = Line::of(&[id(1), id(2)]);
        assert_eq!(position(&short, 2).as_deref(), Some("2"));
        assert_eq!(position(&short, 3), None, "it has left the line");
    }
}
