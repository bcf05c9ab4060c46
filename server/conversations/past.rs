//! What was before a conversation: its visitor's earlier chats, their ratings, and the notes of all. It is
//! read for one reader, who sees of it only what they may open.

use std::collections::HashSet;

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::fragments::{EarlierView, NoteView, PastView};
use super::screen::Screen;
use super::{ActingAgent, Conversation, Error, access, past_store, store};
use crate::app::App;
use crate::http::page::{self, PageRefusal};
use crate::ids::ConversationId;
use crate::messages::store as message_store;

/// Earlier chats that are shown.
const EARLIER: i64 = 10;
/// Notes that are shown.
const NOTES: i64 = 20;
/// Characters of an earlier chat's last line.
const LINE_CHARS: usize = 120;

/// Reads it for one agent.
///
/// # Errors
/// The database's.
pub async fn of(app: &App, agent: &ActingAgent, conversation: &Conversation) -> Result<PastView, Error> {
    let (ws, visitor) = (conversation.workspace_id, conversation.visitor_id);
    let mut conn = app.db.read().await?;
    let all = store::of_visitor(conn.conn(), ws, conversation.site_id, visitor, EARLIER + 1).await?;
    let mut seen = Vec::new();
    for other in all.into_iter().filter(|other| other.id != conversation.id) {
        match access::check(conn.conn(), agent, &other).await {
            Ok(()) => seen.push(other),
            Err(Error::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    let ids: Vec<ConversationId> = seen.iter().map(|other| other.id).collect();
    let mut last = message_store::last_texts(conn.conn(), ws, &ids).await?;
    let ratings = past_store::ratings(conn.conn(), ws, visitor).await?;
    let earlier = seen.into_iter().map(|other| {
        let rating = ratings.iter().find(|rating| rating.conversation_id == other.id);
        let line = last.remove(&other.id).map(|message| message.text).unwrap_or_default();
        EarlierView {
            id: other.id.to_string(),
            state: other.state.word().to_owned(),
            last_line: crate::visitors::clean(&line, LINE_CHARS),
            at: other.started_at.rfc3339(),
            score: rating.and_then(|rating| rating.score).map(|score| score.to_string()).unwrap_or_default(),
            comment: rating.and_then(|rating| rating.comment.clone()).unwrap_or_default(),
        }
    });
    let earlier = earlier.collect();
    let may_see: HashSet<ConversationId> = ids.into_iter().chain([conversation.id]).collect();
    let notes = past_store::notes(conn.conn(), ws, visitor, NOTES).await?.into_iter();
    let notes = notes.filter(|note| may_see.contains(&note.conversation_id)).map(|note| NoteView {
        author: note.author_name.unwrap_or_default(),
        text: note.text,
        at: note.created_at.rfc3339(),
    });
    Ok(PastView { earlier, notes: notes.collect() })
}

/// `GET /console/conversations/{id}/past`: this part of the side panel alone, for a page that is open.
pub async fn past(request: HttpRequest, id: Path<String>, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let row = page::signed_in(&app, &request).await?;
    let screen = Screen::plain(&request, &app, &row);
    let conversation = screen.conversation(&id).await?;
    let past = of(&app, &screen.agent(), &conversation).await?;
    let words = crate::http::access::lang(&request).words();
    let fragment = super::fragments::Past { words, id: conversation.id.to_string(), past: &past };
    Ok(page::shown(&fragment))
}
