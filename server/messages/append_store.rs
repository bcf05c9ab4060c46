//! The hot lane of the embedded database: many plain messages into open conversations in a few
//! set-wise statements. PostgreSQL does not come here; there each send is a transaction.

use std::collections::HashMap;

use serde::Serialize;
use sqlx::SqliteConnection;

use super::NewMessage;
use super::store::MessageRow;
use crate::conversations::Conversation;
use crate::conversations::store::columns;
use crate::db::Error;
use crate::ids::{ConversationId, MessageId, WorkspaceId};

/// A conversation and where its row is.
#[derive(sqlx::FromRow)]
pub struct Located {
    /// The integer key, which makes the update one lookup.
    pub row_id: i64,
    /// The row.
    #[sqlx(flatten)]
    pub conversation: Conversation,
}

fn hex(uuid: uuid::Uuid) -> String {
    uuid.simple().to_string()
}

/// Which of these messages are stored already.
pub async fn repeats(
    conn: &mut SqliteConnection,
    ids: &[(WorkspaceId, MessageId)],
) -> Result<HashMap<MessageId, MessageRow>, Error> {
    let pairs = list(ids.iter().map(|(ws, id)| (hex(ws.uuid()), hex(id.uuid()))));
    let rows: Vec<MessageRow> = sqlx::query_as(
        "SELECT m.id, m.conversation_id, m.seq, m.rev, m.kind, m.author_kind, m.author_id, NULL AS author_name, \
         m.text, m.extra, m.reply_to, m.digest, m.edited_at, m.deleted_at, m.created_at \
         FROM jsonb_each($1) j CROSS JOIN messages m \
         ON m.workspace_id = unhex(j.value ->> 0) AND m.id = unhex(j.value ->> 1)",
    )
    .bind(pairs)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// The conversations of these ids, as they are now.
pub async fn conversations(
    conn: &mut SqliteConnection,
    ids: &[(WorkspaceId, ConversationId)],
) -> Result<HashMap<ConversationId, Located>, Error> {
    let pairs = list(ids.iter().map(|(ws, id)| (hex(ws.uuid()), hex(id.uuid()))));
    let rows: Vec<Located> = sqlx::query_as(concat!(
        "SELECT c.row_id, ",
        columns!(),
        " FROM jsonb_each($1) j CROSS JOIN conversations c \
         ON c.workspace_id = unhex(j.value ->> 0) AND c.id = unhex(j.value ->> 1) \
         JOIN visitors v ON v.workspace_id = c.workspace_id AND v.id = c.visitor_id \
         JOIN queues q ON q.workspace_id = c.workspace_id AND q.id = c.queue_id \
         LEFT JOIN agents a ON a.workspace_id = c.workspace_id AND a.id = c.owner_agent_id"
    ))
    .bind(pairs)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|located| (located.conversation.id, located)).collect())
}

/// A conversation's marks, as a JSON array.
#[derive(Serialize)]
struct Marks(i64, i64, i64, i64, Option<i64>, i64, Option<i64>);

/// A message, as a JSON array; bytes are hexadecimal.
#[derive(Serialize)]
struct Row<'a>(String, String, String, i64, String, &'a str, i64, i64);

/// Writes the marks of the conversations and adds plain messages of visitors, each with the rev that
/// creates it. One call of the driver: it hands every call to a thread.
pub async fn write<'a>(
    conn: &mut SqliteConnection,
    touched: impl Iterator<Item = &'a Located>,
    messages: impl Iterator<Item = (WorkspaceId, ConversationId, i64, &'a NewMessage)>,
) -> Result<(), Error> {
    let marks = touched.map(|Located { row_id, conversation: c }| {
        let waiting_since = c.waiting_since.map(|at| at.millis());
        let due = c.answer_due_at.map(|at| at.millis());
        Marks(*row_id, c.rev, c.visitor_rev, c.last_seq, waiting_since, c.updated_at.millis(), due)
    });
    let rows = messages.map(|(ws, conversation, rev, new)| {
        let author = hex(new.writer.uuid().unwrap_or_default());
        let (ws, id, conversation) = (hex(ws.uuid()), hex(new.id.uuid()), hex(conversation.uuid()));
        Row(ws, id, conversation, rev, author, &new.text, new.digest(), new.created_at.millis())
    });
    sqlx::query(
        "UPDATE conversations SET rev = j.value ->> 1, visitor_rev = j.value ->> 2, last_seq = j.value ->> 3, \
         waiting_since = j.value ->> 4, updated_at = j.value ->> 5, answer_due_at = j.value ->> 6 FROM jsonb_each($1) j WHERE row_id = j.value ->> 0; \
         INSERT INTO messages (workspace_id, id, conversation_id, seq, rev, kind, author_kind, author_id, text, \
         digest, created_at) \
         SELECT unhex(j.value ->> 0), unhex(j.value ->> 1), unhex(j.value ->> 2), j.value ->> 3, j.value ->> 3, \
         'text', 'visitor', unhex(j.value ->> 4), j.value ->> 5, j.value ->> 6, j.value ->> 7 FROM jsonb_each($2) j",
    )
    .bind(list(marks))
    .bind(list(rows))
    .execute(conn)
    .await?;
    Ok(())
}

fn list<T: Serialize>(rows: impl Iterator<Item = T>) -> String {
    serde_json::to_string(&rows.collect::<Vec<_>>()).unwrap_or_default()
}
