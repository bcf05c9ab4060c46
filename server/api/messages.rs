//! Messages over REST. Each is somebody's: an agent's, or the visitor's whose conversation it is.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::web::{Bytes, Data};
use serde::Deserialize;
use utoipa::ToSchema;

use super::call::doing;
use super::conversations::device_of;
use super::paging::{Asked, Paging, of_seq, seq_of};
use super::visitors::site_of;
use super::{Answer, Call, Fault, Reply, input};
use crate::agents::faces::Faces;
use crate::app::App;
use crate::conversations::{self, AgentSend, Editor, Error, VisitorSend, store};
use crate::db::Tx;
use crate::ids::{AgentId, ConversationId, MessageId, VisitorId, WorkspaceId};
use crate::live::protocol::{Message, MessageKind};
use crate::messages::store::Scope;
use crate::messages::{self, MessageText};
use crate::visitors::VisitorKey;

/// Words for a conversation.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMessage {
    /// Drawn by the client: a repeat with the same id is stored once, other words under it are refused.
    id: Option<MessageId>,
    /// The agent who writes; either this or `visitor_id`.
    agent_id: Option<AgentId>,
    /// The visitor who writes, whose open conversation it is; either this or `agent_id`.
    visitor_id: Option<VisitorId>,
    /// `text` for everybody, if it is left out, or `note` for agents only.
    #[schema(pattern = "^(text|note)$")]
    kind: Option<String>,
    #[schema(min_length = 1, max_length = 8_000)]
    text: String,
    /// A message of this conversation that it answers.
    reply_to: Option<MessageId>,
    /// The last seq that the agent saw: if a colleague has written since, it is refused. Left out, it is
    /// sent whatever was written.
    #[schema(minimum = 0)]
    seen_seq: Option<i64>,
}

/// Other words for one's own message.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MessageChanges {
    /// Whose message it is.
    agent_id: AgentId,
    #[schema(min_length = 1, max_length = 8_000)]
    text: String,
    /// The message's rev, as it was seen.
    if_rev: i64,
}

/// `GET /api/v1/conversations/{conversation_id}/messages`
pub async fn list(request: HttpRequest, app: Data<App>) -> Answer {
    let call = Call::reading(&app, &request).await?;
    let (ws, id) = (call.workspace(), input::path_id(&request, "conversation_id")?);
    let paging = Paging::of(&request, &[])?;
    let mut conn = call.read().await?;
    store::find(conn.conn(), ws, id).await?.ok_or_else(Fault::missing)?;
    let scope = Scope { workspace_id: ws, conversation_id: id, visitor: false };
    let before = paging.before.map_or(i64::MAX, seq_of);
    let faces = app.workspaces.faces(ws);
    let rows = messages::store::before(conn.conn(), scope, before, paging.rows()).await?;
    let messages: Vec<Message> =
        rows.into_iter().map(|row| Faces::pictured(faces.as_deref(), row.into_message())).collect();
    let (page, next) = paging.cut(messages, |message| of_seq(message.seq));
    paging.answer(page, next)
}

/// Who writes.
#[derive(Debug, Clone, Copy)]
enum Author {
    Agent(AgentId),
    Visitor(VisitorId),
}

/// `POST /api/v1/conversations/{conversation_id}/messages`
pub async fn send(request: HttpRequest, body: Bytes, app: Data<App>) -> Answer {
    let call = Call::writing(&app, &request, &body).await?;
    let conversation: ConversationId = input::path_id(&request, "conversation_id")?;
    let NewMessage { id, agent_id, visitor_id, kind, text, reply_to, seen_seq } = call.json()?;
    let author = match (agent_id, visitor_id) {
        (Some(agent), None) => Author::Agent(agent),
        (None, Some(visitor)) => Author::Visitor(visitor),
        _ => return Err(Fault::value("agent_id", "or visitor_id has to be there, and not both")),
    };
    let kind = match (kind.as_deref(), author) {
        (None | Some("text"), _) => MessageKind::Text,
        (Some("note"), Author::Agent(_)) => MessageKind::Note,
        (Some("note"), Author::Visitor(_)) => return Err(Fault::value("kind", "is text where a visitor writes")),
        _ => return Err(Fault::value("kind", "is text or note")),
    };
    let id = id.unwrap_or_else(|| MessageId::from_uuid(app.ids.draw()));
    let faces = app.workspaces.faces(call.workspace());
    let words = Words {
        ws: call.workspace(),
        faces,
        conversation,
        kind,
        id,
        text: MessageText::parse(text)?,
        reply_to,
        seen_seq,
    };
    let operation = doing(move |tx: &mut Tx| {
        Box::pin(async move {
            match author {
                Author::Agent(agent) => by_agent(tx, words, agent).await,
                Author::Visitor(visitor) => by_visitor(tx, words, visitor).await,
            }
        })
    });
    call.run("send", operation).await
}

/// What is to be written, checked.
#[derive(Debug, Clone)]
struct Words {
    ws: WorkspaceId,
    faces: Option<Arc<Faces>>,
    conversation: ConversationId,
    kind: MessageKind,
    id: MessageId,
    text: MessageText,
    reply_to: Option<MessageId>,
    seen_seq: Option<i64>,
}

async fn by_agent(tx: &mut Tx, words: Words, agent: AgentId) -> Result<Reply, Fault> {
    let moment = tx.moment.clone();
    let send = AgentSend {
        agent: input::acting(tx, words.ws, agent).await?,
        conversation: words.conversation,
        kind: words.kind,
        id: words.id,
        text: words.text,
        reply_to: words.reply_to,
        seen_seq: words.seen_seq,
        force: words.seen_seq.is_none(),
        mail: None,
    };
    let sent = conversations::send_as_agent(tx, &moment, &send).await?;
    Reply::made(&Faces::pictured(words.faces.as_deref(), sent.message))
}

/// A visitor's words go into their open conversation; another one than the path names is not begun.
async fn by_visitor(tx: &mut Tx, words: Words, visitor: VisitorId) -> Result<Reply, Fault> {
    let (ws, moment) = (words.ws, tx.moment.clone());
    let found = store::find(tx.conn(), ws, words.conversation).await?.ok_or_else(Fault::missing)?;
    let site = Arc::new(site_of(tx, ws, found.site_id).await?);
    let first = device_of(tx, &site, visitor).await?;
    if found.visitor_id != visitor {
        return Err(Fault::value("visitor_id", "is not whose conversation it is"));
    }
    let known = messages::store::find(tx.conn(), ws, words.id).await?.is_some();
    if found.is_closed() && !known {
        return Err(Error::Closed.into());
    }
    let key = VisitorKey::new(site.id, &first.token_hash);
    let (id, text, reply_to) = (words.id, words.text, words.reply_to);
    let send = VisitorSend { site, key, first, id, text, reply_to, payload: None, flagged: None };
    let sent = conversations::send_as_visitor(tx, &moment, &send).await?;
    if sent.conversation != words.conversation {
        return Err(Error::Closed.into());
    }
    Reply::made(&sent.message)
}

/// The message, if it is of the conversation that the path names.
async fn of_path(tx: &mut Tx, ws: WorkspaceId, conversation: ConversationId, id: MessageId) -> Result<(), Fault> {
    let found = messages::store::find(tx.conn(), ws, id).await?;
    found.filter(|row| row.conversation_id == conversation).map(drop).ok_or_else(Fault::missing)
}

/// `PATCH /api/v1/conversations/{conversation_id}/messages/{message_id}`
pub async fn change(request: HttpRequest, body: Bytes, app: Data<App>) -> Answer {
    let call = Call::writing(&app, &request, &body).await?;
    let conversation: ConversationId = input::path_id(&request, "conversation_id")?;
    let (ws, id) = (call.workspace(), input::path_id(&request, "message_id")?);
    let MessageChanges { agent_id, text, if_rev } = call.json()?;
    let (text, faces) = (MessageText::parse(text)?, app.workspaces.faces(ws));
    let operation = doing(move |tx: &mut Tx| {
        Box::pin(async move {
            let moment = tx.moment.clone();
            of_path(tx, ws, conversation, id).await?;
            let editor = Editor::Agent(input::acting(tx, ws, agent_id).await?);
            let done = conversations::edit(tx, &moment, &editor, id, text, if_rev).await?;
            Reply::ok(&Faces::pictured(faces.as_deref(), done.message.ok_or_else(Fault::missing)?))
        })
    });
    call.run("edit", operation).await
}

/// `DELETE /api/v1/conversations/{conversation_id}/messages/{message_id}`: takes it back; its place stays.
pub async fn delete(request: HttpRequest, app: Data<App>) -> Answer {
    let call = Call::writing(&app, &request, &Bytes::new()).await?;
    let conversation: ConversationId = input::path_id(&request, "conversation_id")?;
    let (ws, id) = (call.workspace(), input::path_id(&request, "message_id")?);
    let asked = Asked::of(&request, &["agent_id", "if_rev"])?;
    let agent: AgentId =
        asked.parsed("agent_id")?.ok_or_else(|| Fault::bad("agent_id has to say whose message it is."))?;
    let if_rev: Option<i64> = asked.parsed("if_rev")?;
    let faces = app.workspaces.faces(ws);
    let operation = doing(move |tx: &mut Tx| {
        Box::pin(async move {
            let moment = tx.moment.clone();
            of_path(tx, ws, conversation, id).await?;
            let editor = Editor::Agent(input::acting(tx, ws, agent).await?);
            let done = conversations::delete(tx, &moment, &editor, id, if_rev).await?;
            Reply::ok(&Faces::pictured(faces.as_deref(), done.message.ok_or_else(Fault::missing)?))
        })
    });
    call.run("delete", operation).await
}
