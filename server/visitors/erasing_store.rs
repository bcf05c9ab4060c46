//! SQL by which a visitor is found by whatever is known of them, erased, and told.

use serde_json::{Map, Value};
use sqlx::FromRow;
use sqlx::types::Json;

use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{AgentId, ConversationId, VisitorId, WorkspaceId};
use crate::on;

/// A visitor whom a text fits.
#[derive(Debug, Clone, FromRow)]
pub struct Found {
    /// Their id.
    pub id: VisitorId,
    /// Their name; may be missing.
    pub name: Option<String>,
    /// Their mail address; may be missing.
    pub email: Option<String>,
    /// The website's own name for them.
    pub external_id: Option<String>,
    /// The site.
    pub site: String,
    /// When they were here last.
    pub seen_at: Timestamp,
}

/// People whose mail address or external id this is, at most 20; devices that were merged are not people.
pub async fn by_text(conn: Conn<'_>, ws: WorkspaceId, text: &str) -> Result<Vec<Found>, Error> {
    let sql = "SELECT v.id, v.name, v.email, v.external_id, s.name AS site, v.seen_at FROM visitors v \
               JOIN sites s ON s.workspace_id = v.workspace_id AND s.id = v.site_id \
               WHERE v.workspace_id = $1 AND v.merged_into IS NULL AND (lower(v.email) = lower($2) OR v.external_id = $2) \
               ORDER BY v.seen_at DESC LIMIT 20";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(text).fetch_all(c).await)?)
}

/// The person whose id, or whose device's id, this is.
pub async fn by_id(conn: Conn<'_>, ws: WorkspaceId, id: VisitorId) -> Result<Option<Found>, Error> {
    let sql = "SELECT v.id, v.name, v.email, v.external_id, s.name AS site, v.seen_at FROM visitors t \
               JOIN visitors v ON v.workspace_id = t.workspace_id AND v.id = COALESCE(t.merged_into, t.id) \
               JOIN sites s ON s.workspace_id = v.workspace_id AND s.id = v.site_id \
               WHERE t.workspace_id = $1 AND t.id = $2";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(id).fetch_optional(c).await)?)
}

/// Locks the person and their devices.
pub async fn lock(conn: Conn<'_>, ws: WorkspaceId, id: VisitorId) -> Result<(), Error> {
    let sql = "UPDATE visitors SET seen_at = seen_at WHERE workspace_id = $1 AND (id = $2 OR merged_into = $2)";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(id).execute(c).await.map(drop)).map_err(Error::from)
}

/// Agents who have a chat of theirs, and how many.
pub async fn owners(conn: Conn<'_>, ws: WorkspaceId, id: VisitorId) -> Result<Vec<(AgentId, i64)>, Error> {
    let sql = "SELECT owner_agent_id, count(*) FROM conversations WHERE workspace_id = $1 AND state = 'assigned' \
               AND visitor_id IN (SELECT id FROM visitors WHERE workspace_id = $1 AND (id = $2 OR merged_into = $2)) \
               GROUP BY owner_agent_id ORDER BY owner_agent_id";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(id).fetch_all(c).await)?)
}

/// An agent has so many chats less.
pub async fn unload(conn: Conn<'_>, ws: WorkspaceId, agent: AgentId, chats: i64) -> Result<(), Error> {
    let sql = "UPDATE agents SET load = load - $3 WHERE workspace_id = $1 AND id = $2";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(agent).bind(chats).execute(c).await.map(drop)).map_err(Error::from)
}

/// Their devices.
macro_rules! theirs {
    () => {
        "(SELECT id FROM visitors WHERE workspace_id = $1 AND (id = $2 OR merged_into = $2))"
    };
}
/// Their conversations.
macro_rules! chats {
    () => {
        concat!("(SELECT id FROM conversations WHERE workspace_id = $1 AND visitor_id IN ", theirs!(), ")")
    };
}

/// Everything of a person, what points before what it points at.
const DELETES: [&str; 27] = [
    concat!(
        "DELETE FROM set_aside_mails WHERE workspace_id = $1 AND sender IN \
         (SELECT COALESCE(mail_address, lower(email)) FROM visitors WHERE workspace_id = $1 AND id IN ",
        theirs!(),
        ")"
    ),
    concat!("DELETE FROM agent_alerts WHERE workspace_id = $1 AND conversation_id IN ", chats!()),
    concat!("DELETE FROM received_mails WHERE workspace_id = $1 AND conversation_id IN ", chats!()),
    concat!("DELETE FROM mails WHERE workspace_id = $1 AND conversation_id IN ", chats!()),
    concat!("DELETE FROM mail_links WHERE workspace_id = $1 AND visitor_id IN ", theirs!()),
    concat!("DELETE FROM mail_threads WHERE workspace_id = $1 AND conversation_id IN ", chats!()),
    concat!("DELETE FROM conversation_mail WHERE workspace_id = $1 AND conversation_id IN ", chats!()),
    concat!("DELETE FROM webhook_deliveries WHERE workspace_id = $1 AND conversation_id IN ", chats!()),
    concat!("DELETE FROM events WHERE workspace_id = $1 AND conversation_id IN ", chats!()),
    concat!("DELETE FROM event_marks WHERE workspace_id = $1 AND conversation_id IN ", chats!()),
    concat!("DELETE FROM practice_chats WHERE workspace_id = $1 AND conversation_id IN ", chats!()),
    concat!("DELETE FROM mentions WHERE workspace_id = $1 AND conversation_id IN ", chats!()),
    concat!("DELETE FROM drafts WHERE workspace_id = $1 AND conversation_id IN ", chats!()),
    concat!("DELETE FROM conversation_tags WHERE workspace_id = $1 AND conversation_id IN ", chats!()),
    concat!("DELETE FROM bot_turns WHERE workspace_id = $1 AND conversation_id IN ", chats!()),
    concat!("DELETE FROM routing_decisions WHERE workspace_id = $1 AND conversation_id IN ", chats!()),
    concat!("DELETE FROM ratings WHERE workspace_id = $1 AND conversation_id IN ", chats!()),
    concat!(
        "DELETE FROM message_edits WHERE workspace_id = $1 AND message_id IN \
         (SELECT id FROM messages WHERE workspace_id = $1 AND conversation_id IN ",
        chats!(),
        ")"
    ),
    concat!("DELETE FROM messages WHERE workspace_id = $1 AND conversation_id IN ", chats!()),
    concat!("DELETE FROM participants WHERE workspace_id = $1 AND conversation_id IN ", chats!()),
    concat!("UPDATE conversations SET merged_into = NULL WHERE workspace_id = $1 AND visitor_id IN ", theirs!()),
    concat!("DELETE FROM conversations WHERE workspace_id = $1 AND visitor_id IN ", theirs!()),
    concat!("DELETE FROM next_chats WHERE workspace_id = $1 AND visitor_id IN ", theirs!()),
    concat!("DELETE FROM form_answers WHERE workspace_id = $1 AND visitor_id IN ", theirs!()),
    concat!("DELETE FROM visitor_trail WHERE workspace_id = $1 AND visitor_id IN ", theirs!()),
    "DELETE FROM visitors WHERE workspace_id = $1 AND merged_into = $2",
    "DELETE FROM visitors WHERE workspace_id = $1 AND id = $2",
];

/// Deletes every row of a person. On SQLite what stood there is written over with zeroes.
pub async fn delete_all(mut conn: Conn<'_>, ws: WorkspaceId, id: VisitorId) -> Result<u64, Error> {
    if let Conn::Lite(c) = conn.again() {
        sqlx::raw_sql("PRAGMA secure_delete = ON").execute(c).await?;
    }
    let mut rows = 0;
    for sql in DELETES {
        rows += on!(conn.again(), |c| sqlx::query(sql)
            .bind(ws)
            .bind(id)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
    }
    Ok(rows)
}

/// Drops what REST keeps for repeats and has this id in it.
pub async fn forget_answers(conn: Conn<'_>, ws: WorkspaceId, id: &str) -> Result<(), Error> {
    let sql = "DELETE FROM idempotency_keys WHERE workspace_id = $1 AND body LIKE '%' || $2 || '%'";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(id).execute(c).await.map(drop)).map_err(Error::from)
}

/// Notes that somebody was erased, so that their key leaves every key file.
pub async fn note(conn: Conn<'_>, ws: WorkspaceId, id: VisitorId, now: Timestamp) -> Result<(), Error> {
    let sql = "INSERT INTO erasures (workspace_id, visitor_id, erased_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(id).bind(now).execute(c).await.map(drop)).map_err(Error::from)
}

/// A device or the person themselves, for the export.
#[derive(Debug, Clone, FromRow)]
pub struct DeviceRow {
    /// Its id.
    pub id: VisitorId,
    /// As given.
    pub name: Option<String>,
    /// As given.
    pub email: Option<String>,
    /// As given.
    pub phone: Option<String>,
    /// As the browser asked.
    pub locale: Option<String>,
    /// As the site told.
    pub attributes: Json<Map<String, Value>>,
    /// Where they were last.
    pub page: Json<Value>,
    /// Whether they agreed.
    pub consent: Option<bool>,
    /// When.
    pub consent_at: Option<Timestamp>,
    /// When they came first.
    pub created_at: Timestamp,
    /// When they were here last.
    pub seen_at: Timestamp,
}

/// The person first, then their devices.
pub async fn devices(conn: Conn<'_>, ws: WorkspaceId, id: VisitorId) -> Result<Vec<DeviceRow>, Error> {
    let sql = "SELECT id, name, email, phone, locale, attributes, page, consent, consent_at, created_at, seen_at \
               FROM visitors WHERE workspace_id = $1 AND (id = $2 OR merged_into = $2) ORDER BY (merged_into IS NOT NULL), id";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(id).fetch_all(c).await)?)
}

/// A chat, for the export.
#[derive(Debug, Clone, FromRow)]
pub struct ChatRow {
    /// Its id.
    pub id: ConversationId,
    /// Where it is.
    pub state: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub closed_at: Option<Timestamp>,
    /// What they thought of it.
    pub score: Option<i64>,
    /// And said about it.
    pub comment: Option<String>,
}

/// Their chats, oldest first.
pub async fn chats(conn: Conn<'_>, ws: WorkspaceId, id: VisitorId) -> Result<Vec<ChatRow>, Error> {
    let sql = "SELECT c.id, c.state, c.started_at, c.closed_at, r.score, r.comment FROM conversations c \
               LEFT JOIN ratings r ON r.workspace_id = c.workspace_id AND r.conversation_id = c.id \
               WHERE c.workspace_id = $1 AND c.visitor_id IN (SELECT id FROM visitors WHERE workspace_id = $1 \
               AND (id = $2 OR merged_into = $2)) ORDER BY c.started_at, c.row_id";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(id).fetch_all(c).await)?)
}

/// A mail that came, for the export.
#[derive(Debug, Clone, FromRow)]
pub struct CameRow {
    /// Who wrote it.
    pub sender: String,
    /// What about.
    pub subject: Option<String>,
    /// As it came.
    pub raw: Vec<u8>,
    /// When.
    pub received_at: Timestamp,
}

/// The mails that came to a chat, oldest first.
pub async fn came(conn: Conn<'_>, ws: WorkspaceId, chat: ConversationId) -> Result<Vec<CameRow>, Error> {
    let sql = "SELECT sender, subject, raw, received_at FROM received_mails \
               WHERE workspace_id = $1 AND conversation_id = $2 ORDER BY received_at, id";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(chat).fetch_all(c).await)?)
}

/// A mail that went out, for the export: its words are the chat's.
#[derive(Debug, Clone, FromRow)]
pub struct WentRow {
    /// What it was.
    pub kind: String,
    /// To whom.
    pub address: String,
    /// What became of it.
    pub state: String,
    /// When it was written.
    pub created_at: Timestamp,
    /// When the mail server took it.
    pub sent_at: Option<Timestamp>,
}

/// The mails that went out of a chat, oldest first.
pub async fn went(conn: Conn<'_>, ws: WorkspaceId, chat: ConversationId) -> Result<Vec<WentRow>, Error> {
    let sql = "SELECT kind, address, state, created_at, sent_at FROM mails \
               WHERE workspace_id = $1 AND conversation_id = $2 ORDER BY created_at, id";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(chat).fetch_all(c).await)?)
}
