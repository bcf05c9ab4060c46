//! SQL by which closed conversations are deleted once they were kept as long as their website says.

use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{ConversationId, SiteId, WorkspaceId};
use crate::on;

macro_rules! due {
    ($what:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $what,
            " FROM conversations WHERE workspace_id = $1 AND site_id = $2 AND state = 'closed' \
             AND closed_at < $3 AND updated_at < $3",
            $rest
        )
    };
}

/// How many conversations of a website were closed, and untouched, since before this moment.
pub async fn count_due(conn: Conn<'_>, ws: WorkspaceId, site: SiteId, before: Timestamp) -> Result<i64, Error> {
    let sql = due!("count(*)", "");
    Ok(on!(conn, |c| sqlx::query_scalar(sql).bind(ws).bind(site).bind(before).fetch_one(c).await)?)
}

/// The first of them, locked, so that none is opened again while it goes. Who has one locked is using it.
pub async fn lock_due(
    conn: Conn<'_>,
    ws: WorkspaceId,
    site: SiteId,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<ConversationId>, Error> {
    let sql = conn.pick(
        due!("id", " ORDER BY closed_at LIMIT $4"),
        due!("id", " ORDER BY closed_at LIMIT $4 FOR UPDATE SKIP LOCKED"),
    );
    Ok(on!(conn, |c| sqlx::query_scalar(sql).bind(ws).bind(site).bind(before).bind(limit).fetch_all(c).await)?)
}

/// Everything of a conversation, what points before what it points at. A test holds this against the list of
/// tables whose rows are of a conversation.
pub(super) const DELETES: [&str; 21] = [
    "DELETE FROM agent_alerts WHERE workspace_id = $1 AND conversation_id = $2",
    "DELETE FROM received_mails WHERE workspace_id = $1 AND conversation_id = $2",
    "DELETE FROM mails WHERE workspace_id = $1 AND conversation_id = $2",
    "DELETE FROM mail_links WHERE workspace_id = $1 AND conversation_id = $2",
    "DELETE FROM mail_threads WHERE workspace_id = $1 AND conversation_id = $2",
    "DELETE FROM conversation_mail WHERE workspace_id = $1 AND conversation_id = $2",
    "DELETE FROM webhook_deliveries WHERE workspace_id = $1 AND conversation_id = $2",
    "DELETE FROM events WHERE workspace_id = $1 AND conversation_id = $2",
    "DELETE FROM event_marks WHERE workspace_id = $1 AND conversation_id = $2",
    "DELETE FROM practice_chats WHERE workspace_id = $1 AND conversation_id = $2",
    "DELETE FROM mentions WHERE workspace_id = $1 AND conversation_id = $2",
    "DELETE FROM drafts WHERE workspace_id = $1 AND conversation_id = $2",
    "DELETE FROM conversation_tags WHERE workspace_id = $1 AND conversation_id = $2",
    "DELETE FROM routing_decisions WHERE workspace_id = $1 AND conversation_id = $2",
    "DELETE FROM bot_turns WHERE workspace_id = $1 AND conversation_id = $2",
    "DELETE FROM ratings WHERE workspace_id = $1 AND conversation_id = $2",
    "DELETE FROM message_edits WHERE workspace_id = $1 AND message_id IN \
     (SELECT id FROM messages WHERE workspace_id = $1 AND conversation_id = $2)",
    "DELETE FROM messages WHERE workspace_id = $1 AND conversation_id = $2",
    "DELETE FROM participants WHERE workspace_id = $1 AND conversation_id = $2",
    "UPDATE conversations SET merged_into = NULL WHERE workspace_id = $1 AND merged_into = $2",
    "DELETE FROM conversations WHERE workspace_id = $1 AND id = $2",
];

/// Deletes every row of a conversation. On SQLite what stood there is written over with zeroes.
pub async fn delete(mut conn: Conn<'_>, ws: WorkspaceId, id: ConversationId) -> Result<(), Error> {
    if let Conn::Lite(c) = conn.again() {
        sqlx::raw_sql("PRAGMA secure_delete = ON").execute(c).await?;
    }
    for sql in DELETES {
        on!(conn.again(), |c| sqlx::query(sql).bind(ws).bind(id).execute(c).await.map(drop))?;
    }
    Ok(())
}
