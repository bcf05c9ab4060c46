//! SQL of what waits to go out by mail: when it is due, and how far it went out.

use sqlx::FromRow;

use crate::clock::Timestamp;
use crate::conversations::Conversation;
use crate::db::{Conn, Error};
use crate::ids::{ConversationId, VisitorId, WorkspaceId};
use crate::on;
use crate::sites::settings::AWAY_S;

/// Seconds for which the site lets an answer stay unread, in the dialect of each database.
macro_rules! note {
    ($away:literal) => {
        concat!(
            "INSERT INTO conversation_mail (workspace_id, conversation_id, channel, due_at, mailed_seq) \
             SELECT v.workspace_id, $2, 'chat', $4 + 1000 * ",
            $away,
            ", 0 FROM visitors v JOIN sites s ON s.workspace_id = v.workspace_id AND s.id = $5 \
             WHERE v.workspace_id = $1 AND v.id = $3 AND ((COALESCE(NULLIF(v.email, ''), v.mail_address) IS NOT NULL AND ",
            $away,
            " > 0) OR EXISTS (SELECT 1 FROM conversation_mail m WHERE m.workspace_id = $1 AND m.conversation_id = $2 \
             AND m.channel = 'mail')) \
             ON CONFLICT (workspace_id, conversation_id) DO UPDATE SET \
             due_at = CASE WHEN conversation_mail.channel = 'mail' THEN $4 ELSE excluded.due_at END"
        )
    };
}

/// Somebody answered the visitor: what stays unread goes out by mail after the site's pause, where the visitor
/// has an address; what belongs to a mail goes out at once.
pub(crate) async fn answered(conn: Conn<'_>, conversation: &Conversation, now: Timestamp) -> Result<(), Error> {
    let sql = conn.pick(
        note!("COALESCE(CAST(json_extract(s.settings, '$.mail.away_s') AS INTEGER), $6)"),
        note!("COALESCE(CAST(s.settings->'mail'->>'away_s' AS BIGINT), $6)"),
    );
    on!(conn, |c| sqlx::query(sql)
        .bind(conversation.workspace_id)
        .bind(conversation.id)
        .bind(conversation.visitor_id)
        .bind(now)
        .bind(conversation.site_id)
        .bind(i64::from(AWAY_S))
        .execute(c)
        .await
        .map(drop))
    .map_err(Error::from)
}

/// It is to be looked now: the visitor left an address (`asks`), or proved it.
pub(super) async fn look_now(
    conn: Conn<'_>,
    ws: WorkspaceId,
    conversation: ConversationId,
    asks: bool,
    now: Timestamp,
) -> Result<(), Error> {
    let sql = "INSERT INTO conversation_mail (workspace_id, conversation_id, channel, due_at, mailed_seq, asks_proof) \
               VALUES ($1, $2, 'chat', $3, 0, $4) ON CONFLICT (workspace_id, conversation_id) \
               DO UPDATE SET due_at = excluded.due_at, asks_proof = excluded.asks_proof";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(conversation).bind(now).bind(asks).execute(c).await.map(drop))
        .map_err(Error::from)
}

/// What is due, so many at most.
pub(super) async fn due(
    conn: Conn<'_>,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<(WorkspaceId, ConversationId)>, Error> {
    let sql = "SELECT workspace_id, conversation_id FROM conversation_mail WHERE due_at <= $1 ORDER BY due_at LIMIT $2";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(now).bind(limit).fetch_all(c).await)?)
}

/// What is looked at.
#[derive(Debug, Clone, FromRow)]
pub(super) struct Due {
    /// `chat` or `mail`.
    pub(super) channel: String,
    /// All up to it went out.
    pub(super) mailed_seq: i64,
    /// Whether the visitor left an address and is to be asked.
    pub(super) asks_proof: bool,
    /// With whom it is by mail.
    pub(super) address: Option<String>,
}

/// Takes what is due of a conversation; none where somebody was first.
pub(super) async fn take(
    mut conn: Conn<'_>,
    ws: WorkspaceId,
    id: ConversationId,
    now: Timestamp,
) -> Result<Option<Due>, Error> {
    let sql = conn.pick(
        "SELECT channel, mailed_seq, asks_proof, address FROM conversation_mail \
         WHERE workspace_id = $1 AND conversation_id = $2 AND due_at <= $3",
        "SELECT channel, mailed_seq, asks_proof, address FROM conversation_mail \
         WHERE workspace_id = $1 AND conversation_id = $2 AND due_at <= $3 FOR UPDATE",
    );
    let found = on!(conn.again(), |c| sqlx::query_as(sql).bind(ws).bind(id).bind(now).fetch_optional(c).await)?;
    let sql =
        "UPDATE conversation_mail SET due_at = NULL, asks_proof = $3 WHERE workspace_id = $1 AND conversation_id = $2";
    if found.is_some() {
        on!(conn, |c| sqlx::query(sql).bind(ws).bind(id).bind(false).execute(c).await.map(drop))?;
    }
    Ok(found)
}

/// All up to it went out.
pub(super) async fn mailed(conn: Conn<'_>, ws: WorkspaceId, id: ConversationId, seq: i64) -> Result<(), Error> {
    let sql = "UPDATE conversation_mail SET mailed_seq = $3 WHERE workspace_id = $1 AND conversation_id = $2 AND mailed_seq < $3";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(id).bind(seq).execute(c).await.map(drop)).map_err(Error::from)
}

/// How many proofs were asked for because of a visitor since a moment.
pub(super) async fn proofs_of(
    conn: Conn<'_>,
    ws: WorkspaceId,
    visitor: VisitorId,
    since: Timestamp,
) -> Result<i64, Error> {
    let sql = "SELECT COUNT(*) FROM mails m JOIN conversations c ON c.workspace_id = m.workspace_id \
               AND c.id = m.conversation_id WHERE c.workspace_id = $1 AND c.visitor_id = $2 AND m.kind = 'proof' \
               AND m.created_at > $3";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).bind(ws).bind(visitor).bind(since).fetch_one(c).await)?)
}

/// How many transcripts of a conversation were asked for since a moment.
pub(super) async fn transcripts_of(
    conn: Conn<'_>,
    ws: WorkspaceId,
    id: ConversationId,
    since: Timestamp,
) -> Result<i64, Error> {
    let sql = "SELECT COUNT(*) FROM mails WHERE workspace_id = $1 AND conversation_id = $2 AND kind = 'transcript' \
               AND created_at > $3";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).bind(ws).bind(id).bind(since).fetch_one(c).await)?)
}

/// Notes that an address is being asked; false where it was since a moment.
pub(super) async fn notice(
    conn: Conn<'_>,
    ws: WorkspaceId,
    hash: &[u8; 32],
    now: Timestamp,
    since: Timestamp,
) -> Result<bool, Error> {
    let sql = "INSERT INTO mail_addresses (workspace_id, address_hash, noticed_at) VALUES ($1, $2, $3) \
               ON CONFLICT (workspace_id, address_hash) DO UPDATE SET noticed_at = excluded.noticed_at \
               WHERE mail_addresses.noticed_at IS NULL OR mail_addresses.noticed_at <= $4";
    let done = on!(conn, |c| sqlx::query(sql)
        .bind(ws)
        .bind(&hash[..])
        .bind(now)
        .bind(since)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Whom a row of visitors belongs to: itself, or who it was merged into.
pub(super) async fn person(conn: Conn<'_>, ws: WorkspaceId, visitor: VisitorId) -> Result<Option<VisitorId>, Error> {
    let sql = "SELECT COALESCE(merged_into, id) FROM visitors WHERE workspace_id = $1 AND id = $2";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).bind(ws).bind(visitor).fetch_optional(c).await)?)
}

/// The visitor proved that they read this address; where none is known of them, it is theirs.
pub(super) async fn prove(conn: Conn<'_>, ws: WorkspaceId, visitor: VisitorId, address: &str) -> Result<(), Error> {
    let sql = "UPDATE visitors SET proved_email = $3, email = COALESCE(NULLIF(email, ''), $3) \
               WHERE workspace_id = $1 AND id = $2";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(visitor).bind(address).execute(c).await.map(drop)).map_err(Error::from)
}
