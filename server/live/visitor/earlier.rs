//! A visitor's earlier conversations.

use super::visitor_of;
use crate::app::App;
use crate::conversations::{Conversation, Error, store};
use crate::ids::ConversationId;
use crate::live::protocol::{Conversations, EarlierConversation, History, Message, ServerFrame};
use crate::live::resume;
use crate::live::session::Session;
use crate::messages::store::{self as message_store};
use crate::visitors;

/// Earlier conversations in one answer.
const EARLIER: i64 = 50;
/// Characters of the last message of each.
const EARLIER_CHARS: usize = 160;

pub(super) async fn list(app: &App, session: &Session) -> Result<ServerFrame, Error> {
    let visitor = visitor_of(session)?;
    let Some(id) = visitor.visitor() else {
        return Ok(ServerFrame::Conversations(Conversations { items: Vec::new() }));
    };
    let (ws, site) = (visitor.site.workspace_id, visitor.site.id);
    let mut conn = app.db.read().await?;
    let found = store::of_visitor(conn.conn(), ws, site, id, EARLIER).await?;
    let ids: Vec<ConversationId> = found.iter().map(|conversation| conversation.id).collect();
    let mut last = message_store::last_texts(conn.conn(), ws, &ids).await?;
    let faces = app.workspaces.faces(ws);
    let shown = |mut message: Message| {
        if let Some(faces) = &faces {
            faces.in_message(&mut message);
        }
        shortened(message)
    };
    let items = found.into_iter().map(|conversation| EarlierConversation {
        id: conversation.id,
        state: conversation.state.word().to_owned(),
        last_message: last.remove(&conversation.id).map(shown),
        started_at: conversation.started_at.rfc3339(),
        updated_at: conversation.updated_at.rfc3339(),
    });
    Ok(ServerFrame::Conversations(Conversations { items: items.collect() }))
}

/// Answers `history`, of the current conversation or of another of the visitor's own. Somebody else's
/// looks as if it were not there.
pub(super) async fn history(
    app: &App,
    session: &Session,
    asked: Option<ConversationId>,
    History { before_seq, limit }: History,
) -> Result<ServerFrame, Error> {
    let current = session.current();
    let id = asked.or(current).ok_or(Error::NoOpenConversation)?;
    if current != Some(id) {
        let visitor = visitor_of(session)?;
        let found = store::find(app.db.read().await?.conn(), session.workspace(), id).await?;
        let own =
            |found: &Conversation| found.site_id == visitor.site.id && Some(found.visitor_id) == visitor.visitor();
        if !found.is_some_and(|found| own(&found)) {
            return Err(Error::NotFound);
        }
    }
    resume::history(app, session, id, before_seq, limit).await
}

fn shortened(message: Message) -> Message {
    Message { text: visitors::clean(&message.text, EARLIER_CHARS), ..message }
}
