//! SQL of messages.

use std::collections::HashMap;

use serde_json::Value;
use sqlx::FromRow;
use sqlx::types::Json;

use super::{Extra, NewMessage, Writer, author_word, kind_word};
use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{AgentId, BotId, ConversationId, MessageId, VisitorId, WorkspaceId};
use crate::live::protocol::{Author, AuthorKind, Message, MessageKind};
use crate::on;

/// A message's row, with the author's name.
#[derive(Debug, Clone, FromRow)]
pub struct MessageRow {
    /// Its id.
    pub id: MessageId,
    /// Where it stands.
    pub conversation_id: ConversationId,
    /// Its order.
    pub seq: i64,
    rev: i64,
    kind: String,
    author_kind: String,
    author_id: Option<uuid::Uuid>,
    author_name: Option<String>,
    text: String,
    extra: Option<Json<Extra>>,
    reply_to: Option<MessageId>,
    /// What was sent, see [`NewMessage::digest`].
    pub digest: i64,
    edited_at: Option<Timestamp>,
    deleted_at: Option<Timestamp>,
    /// When it came.
    pub created_at: Timestamp,
}

impl MessageRow {
    /// Who wrote it.
    pub fn writer(&self) -> Option<Writer> {
        match (self.author_kind.as_str(), self.author_id) {
            ("visitor", Some(id)) => Some(Writer::Visitor(VisitorId::from_uuid(id))),
            ("agent", Some(id)) => Some(Writer::Agent(AgentId::from_uuid(id))),
            ("bot", Some(id)) => Some(Writer::Bot(BotId::from_uuid(id))),
            ("system", _) => Some(Writer::System),
            _ => None,
        }
    }

    /// What the visitor chose with it, of a quick reply or a button.
    pub fn payload(&self) -> Option<&Value> {
        self.extra.as_ref().and_then(|extra| extra.0.payload.as_ref())
    }

    /// What few messages have.
    pub fn extra(&self) -> Extra {
        self.extra.as_ref().map(|extra| extra.0.clone()).unwrap_or_default()
    }

    /// The message as clients see it.
    pub fn into_message(self) -> Message {
        Message {
            id: self.id,
            seq: self.seq,
            rev: self.rev,
            kind: match self.kind.as_str() {
                "note" => MessageKind::Note,
                "event" => MessageKind::Event,
                "form" => MessageKind::Form,
                _ => MessageKind::Text,
            },
            author: Author {
                kind: match self.author_kind.as_str() {
                    "visitor" => AuthorKind::Visitor,
                    "agent" => AuthorKind::Agent,
                    "bot" => AuthorKind::Bot,
                    _ => AuthorKind::System,
                },
                id: self.author_id.map(|id| id.hyphenated().to_string()),
                name: self.author_name,
                avatar_url: None,
            },
            text: self.text,
            html: None,
            mentions: self.extra.as_ref().map(|extra| extra.0.mentioned()).unwrap_or_default(),
            quick_replies: self.extra.as_ref().and_then(|extra| extra.0.quick_replies.clone()),
            payload: self.extra.as_ref().and_then(|extra| extra.0.payload.clone()),
            cards: self.extra.as_ref().and_then(|extra| extra.0.cards.clone()),
            mail: self.extra.as_ref().and_then(|extra| extra.0.mail.clone()),
            form: self.extra.as_ref().and_then(|extra| extra.0.form.clone()),
            attachments: self.extra.as_ref().map(|extra| extra.0.attachments.clone()).unwrap_or_default(),
            event: self.extra.and_then(|extra| extra.0.event),
            reply_to: self.reply_to,
            reactions: Vec::new(),
            edited_at: self.edited_at.map(Timestamp::rfc3339),
            deleted_at: self.deleted_at.map(Timestamp::rfc3339),
            created_at: self.created_at.rfc3339(),
        }
    }
}

macro_rules! columns {
    () => {
        "m.id, m.conversation_id, m.seq, m.rev, m.kind, m.author_kind, m.author_id, \
         CASE WHEN m.author_kind = 'bot' THEN (SELECT b.name FROM bots b WHERE b.workspace_id = m.workspace_id \
             AND b.id = m.author_id) ELSE a.name END AS author_name, m.text, m.extra, m.reply_to, m.digest, m.edited_at, m.deleted_at, m.created_at"
    };
}

pub(crate) use columns;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            " FROM messages m LEFT JOIN agents a \
             ON m.author_kind = 'agent' AND a.workspace_id = m.workspace_id AND a.id = m.author_id ",
            $rest
        )
    };
}

/// One message.
pub async fn find(conn: Conn<'_>, ws: WorkspaceId, id: MessageId) -> Result<Option<MessageRow>, Error> {
    let sql = select!("WHERE m.workspace_id = $1 AND m.id = $2");
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(id).fetch_optional(c).await)?)
}

/// Adds a message with the rev that creates it.
pub async fn insert(
    conn: Conn<'_>,
    ws: WorkspaceId,
    conversation: ConversationId,
    rev: i64,
    new: &NewMessage,
) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(
        "INSERT INTO messages (workspace_id, id, conversation_id, seq, rev, kind, author_kind, author_id, text, extra, \
         reply_to, digest, created_at) VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
    )
    .bind(ws)
    .bind(new.id)
    .bind(conversation)
    .bind(rev)
    .bind(kind_word(new.kind))
    .bind(author_word(new.writer.kind()))
    .bind(new.writer.uuid())
    .bind(&new.text)
    .bind(new.extra.as_ref().map(Json))
    .bind(new.reply_to)
    .bind(new.digest())
    .bind(new.created_at)
    .execute(c)
    .await
    .map(drop))
    .map_err(Error::from)
}

/// Other words for a message.
pub async fn edit(
    conn: Conn<'_>,
    ws: WorkspaceId,
    id: MessageId,
    rev: i64,
    text: &str,
    now: Timestamp,
) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(
        "UPDATE messages SET text = $3, rev = $4, edited_at = $5 WHERE workspace_id = $1 AND id = $2"
    )
    .bind(ws)
    .bind(id)
    .bind(text)
    .bind(rev)
    .bind(now)
    .execute(c)
    .await
    .map(drop))
    .map_err(Error::from)
}

/// Takes a message back: its words go, its place stays.
pub async fn delete(conn: Conn<'_>, ws: WorkspaceId, id: MessageId, rev: i64, now: Timestamp) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(
        "UPDATE messages SET text = '', extra = NULL, rev = $3, deleted_at = $4 WHERE workspace_id = $1 AND id = $2"
    )
    .bind(ws)
    .bind(id)
    .bind(rev)
    .bind(now)
    .execute(c)
    .await
    .map(drop))
    .map_err(Error::from)
}

/// Which messages a reader may see, and where they are.
#[derive(Debug, Clone, Copy)]
pub struct Scope {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// The conversation.
    pub conversation_id: ConversationId,
    /// Whether notes are left out.
    pub visitor: bool,
}

/// What was made or touched after `since`, ascending by rev, at most `limit`: the untouched ones in
/// their order and the few touched ones by their own index, each cut to `limit` before the merge.
pub async fn since(conn: Conn<'_>, scope: Scope, since: i64, limit: i64) -> Result<Vec<MessageRow>, Error> {
    let sql = concat!(
        "SELECT * FROM (SELECT * FROM (SELECT ",
        columns!(),
        " FROM messages m LEFT JOIN agents a ON m.author_kind = 'agent' AND a.workspace_id = m.workspace_id \
         AND a.id = m.author_id WHERE m.workspace_id = $1 AND m.conversation_id = $2 AND m.seq > $3 AND m.rev = m.seq \
         AND (m.kind <> 'note' OR NOT $5) ORDER BY m.seq LIMIT $4) fresh UNION ALL SELECT * FROM (SELECT ",
        columns!(),
        " FROM messages m LEFT JOIN agents a ON m.author_kind = 'agent' AND a.workspace_id = m.workspace_id \
         AND a.id = m.author_id WHERE m.workspace_id = $1 AND m.conversation_id = $2 AND m.rev > $3 AND m.rev <> m.seq \
         AND (m.kind <> 'note' OR NOT $5) ORDER BY m.rev LIMIT $4) touched) page ORDER BY rev LIMIT $4"
    );
    Ok(on!(conn, |c| sqlx::query_as(sql)
        .bind(scope.workspace_id)
        .bind(scope.conversation_id)
        .bind(since)
        .bind(limit)
        .bind(scope.visitor)
        .fetch_all(c)
        .await)?)
}

/// The newest messages below `before_seq`, descending by seq, at most `limit`.
pub async fn before(conn: Conn<'_>, scope: Scope, before_seq: i64, limit: i64) -> Result<Vec<MessageRow>, Error> {
    let sql = select!(
        "WHERE m.workspace_id = $1 AND m.conversation_id = $2 AND m.seq < $3 AND (m.kind <> 'note' OR NOT $5) \
         ORDER BY m.seq DESC LIMIT $4"
    );
    Ok(on!(conn, |c| sqlx::query_as(sql)
        .bind(scope.workspace_id)
        .bind(scope.conversation_id)
        .bind(before_seq)
        .bind(limit)
        .bind(scope.visitor)
        .fetch_all(c)
        .await)?)
}

/// Words that other agents wrote after `seen_seq`, oldest first, at most 20.
pub async fn by_other_agents_since(
    conn: Conn<'_>,
    scope: Scope,
    seen_seq: i64,
    agent: AgentId,
) -> Result<Vec<MessageRow>, Error> {
    let sql = select!(
        "WHERE m.workspace_id = $1 AND m.conversation_id = $2 AND m.seq > $3 AND m.author_kind = 'agent' \
         AND m.kind = 'text' AND m.author_id <> $4 ORDER BY m.seq LIMIT 20"
    );
    Ok(on!(conn, |c| sqlx::query_as(sql)
        .bind(scope.workspace_id)
        .bind(scope.conversation_id)
        .bind(seen_seq)
        .bind(agent)
        .fetch_all(c)
        .await)?)
}

/// How many of the visitor's messages no agent has read, of these conversations as far as there are any.
pub async fn unread(
    conn: Conn<'_>,
    ws: WorkspaceId,
    conversations: &[ConversationId],
) -> Result<HashMap<ConversationId, i64>, Error> {
    macro_rules! unread {
        ($ids:literal) => {
            concat!(
                "SELECT c.id, COUNT(*) FROM conversations c JOIN messages m ON m.workspace_id = c.workspace_id \
                 AND m.conversation_id = c.id AND m.seq > COALESCE((SELECT MAX(p.read_seq) FROM participants p \
                 WHERE p.workspace_id = c.workspace_id AND p.conversation_id = c.id AND p.kind = 'agent'), 0) \
                 WHERE c.workspace_id = $1 AND c.id ",
                $ids,
                " AND m.author_kind = 'visitor' AND m.kind IN ('text', 'form') GROUP BY c.id"
            )
        };
    }
    let rows: Vec<(ConversationId, i64)> = match conn {
        Conn::Lite(c) => {
            let ids: Vec<String> = conversations.iter().map(|id| id.uuid().simple().to_string()).collect();
            let sql = unread!("IN (SELECT unhex(value) FROM json_each($2))");
            sqlx::query_as(sql).bind(ws).bind(serde_json::json!(ids).to_string()).fetch_all(c).await?
        }
        Conn::Pg(c) => {
            let ids: Vec<uuid::Uuid> = conversations.iter().map(|id| id.uuid()).collect();
            sqlx::query_as(unread!("= ANY($2)")).bind(ws).bind(ids).fetch_all(c).await?
        }
    };
    Ok(rows.into_iter().collect())
}

/// The last text of each of these conversations that everybody can see.
pub async fn last_texts(
    mut conn: Conn<'_>,
    ws: WorkspaceId,
    conversations: &[ConversationId],
) -> Result<HashMap<ConversationId, Message>, Error> {
    let rows: Vec<MessageRow> = if let Conn::Lite(c) = conn.again() {
        let ids: Vec<String> = conversations.iter().map(|id| id.uuid().simple().to_string()).collect();
        let sql = select!(
            "JOIN conversations c ON c.workspace_id = m.workspace_id AND c.id = m.conversation_id \
             AND c.last_seq = m.seq WHERE c.workspace_id = $1 AND c.id IN (SELECT unhex(value) FROM json_each($2))"
        );
        sqlx::query_as(sql).bind(ws).bind(serde_json::json!(ids).to_string()).fetch_all(c).await?
    } else if let Conn::Pg(c) = conn {
        let ids: Vec<uuid::Uuid> = conversations.iter().map(|id| id.uuid()).collect();
        let sql = select!(
            "JOIN conversations c ON c.workspace_id = m.workspace_id AND c.id = m.conversation_id \
             AND c.last_seq = m.seq WHERE c.workspace_id = $1 AND c.id = ANY($2)"
        );
        sqlx::query_as(sql).bind(ws).bind(ids).fetch_all(c).await?
    } else {
        Vec::new()
    };
    Ok(rows.into_iter().map(|row| (row.conversation_id, row.into_message())).collect())
}
