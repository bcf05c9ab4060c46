//! SQL of turns: what bots are asked, one open turn for each conversation.

use serde_json::{Map, Value};
use sqlx::FromRow;
use sqlx::types::Json;

use crate::clock::Timestamp;
use crate::conversations::Conversation;
use crate::db::{Claims, Conn, Error};
use crate::ids::{BotId, BotTurnId, ConversationId, WorkspaceId};
use crate::{living, on};

/// One turn.
#[derive(Debug, Clone, FromRow)]
pub struct Turn {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// Its id, and the event's.
    pub id: BotTurnId,
    /// Where.
    pub conversation_id: ConversationId,
    /// Who is asked.
    pub bot_id: BotId,
    /// What it says counts while the conversation has this one.
    pub epoch: i64,
    /// It is about the visitor's words after this seq,
    pub from_seq: i64,
    /// up to this one; 0 until it is asked.
    pub to_seq: i64,
    /// `waiting`, `calling`, `later`, `done`, `failed` or `void`.
    pub state: String,
    /// How often it was asked.
    pub attempts: i64,
    /// When something is to be done with it.
    pub due_at: Timestamp,
    /// What came of it.
    pub outcome: Option<String>,
    /// Of one that failed: why, as the event for agents has it.
    pub failure: Option<Json<Map<String, Value>>>,
    /// Of the answer.
    pub status: Option<i64>,
    /// How long the answer took, in milliseconds.
    pub took_ms: Option<i64>,
    /// The beginning of what it was sent.
    pub request: Option<String>,
    /// The beginning of what it answered.
    pub response: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT workspace_id, id, conversation_id, bot_id, epoch, from_seq, to_seq, state, attempts, due_at, outcome, \
             failure, status, took_ms, request, response, created_at, ended_at FROM bot_turns ",
            $rest
        )
    };
}

/// Opens a turn, unless one is open: then that one brings the visitor's new words along, or another
/// follows it. It is about what came after the last turn and after an agent's last words.
pub async fn open(conn: Conn<'_>, c: &Conversation, bot: BotId, id: BotTurnId, now: Timestamp) -> Result<(), Error> {
    on!(conn, |conn| sqlx::query(
        "INSERT INTO bot_turns (workspace_id, id, conversation_id, bot_id, epoch, from_seq, to_seq, state, attempts, \
         due_at, created_at) VALUES ($1, $2, $3, $4, $5, COALESCE((SELECT MAX(s.seq) FROM ( \
             SELECT MAX(t.to_seq) AS seq FROM bot_turns t WHERE t.workspace_id = $1 AND t.conversation_id = $3 \
             UNION ALL SELECT MAX(m.seq) AS seq FROM messages m WHERE m.workspace_id = $1 \
                 AND m.conversation_id = $3 AND m.kind = 'text' AND m.author_kind = 'agent') s), 0), \
         0, 'waiting', 0, $6, $6) ON CONFLICT DO NOTHING"
    )
    .bind(c.workspace_id)
    .bind(id)
    .bind(c.id)
    .bind(bot)
    .bind(c.epoch)
    .bind(now)
    .execute(conn)
    .await
    .map(drop))
    .map_err(Error::from)
}

/// The conversation changed hands: what its bot was asked before does not count any more.
pub async fn void(conn: Conn<'_>, ws: WorkspaceId, id: ConversationId, now: Timestamp) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(
        "UPDATE bot_turns SET state = 'void', ended_at = $3 WHERE workspace_id = $1 AND conversation_id = $2 \
         AND state IN ('waiting', 'calling', 'later')"
    )
    .bind(ws)
    .bind(id)
    .bind(now)
    .execute(c)
    .await
    .map(drop))
    .map_err(Error::from)
}

/// Open turns for which it is time, the longest due first.
pub async fn due(conn: Conn<'_>, now: Timestamp, limit: i64) -> Result<Vec<Turn>, Error> {
    let sql = select!("WHERE state IN ('waiting', 'calling', 'later') AND due_at <= $1 ORDER BY due_at LIMIT $2");
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(now).bind(limit).fetch_all(c).await)?)
}

/// When the next open turn is due.
pub async fn first_due(conn: Conn<'_>) -> Result<Option<Timestamp>, Error> {
    let sql = "SELECT MIN(due_at) FROM bot_turns WHERE state IN ('waiting', 'calling', 'later')";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).fetch_one(c).await)?)
}

/// No call of an earlier process is under way any more: each is asked again. For a database of one process.
pub async fn release(conn: Conn<'_>, now: Timestamp) -> Result<(), Error> {
    on!(conn, |c| sqlx::query("UPDATE bot_turns SET due_at = $1 WHERE state = 'calling'")
        .bind(now)
        .execute(c)
        .await
        .map(drop))
    .map_err(Error::from)
}

/// Calls under way, by the process that makes them.
pub const CLAIMS: Claims = Claims {
    what: "calls of bots",
    gone: concat!(
        "SELECT DISTINCT claimed_by FROM bot_turns WHERE state = 'calling' AND due_at > $1 AND claimed_by NOT IN ",
        living!()
    ),
    release: "UPDATE bot_turns SET due_at = $2 WHERE state = 'calling' AND claimed_by = $1 AND due_at > $2",
};

/// One turn.
pub async fn find(conn: Conn<'_>, ws: WorkspaceId, id: BotTurnId) -> Result<Option<Turn>, Error> {
    let sql = select!("WHERE workspace_id = $1 AND id = $2");
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(id).fetch_optional(c).await)?)
}

/// Chats that a bot has and in which nothing happened since then, of whatever workspace.
pub async fn idle(conn: Conn<'_>, before: Timestamp, limit: i64) -> Result<Vec<(WorkspaceId, ConversationId)>, Error> {
    let sql = "SELECT workspace_id, id FROM conversations WHERE state = 'bot' AND updated_at < $1 \
               ORDER BY updated_at LIMIT $2";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(before).bind(limit).fetch_all(c).await)?)
}

/// The open turn of a conversation.
pub async fn of_conversation(conn: Conn<'_>, ws: WorkspaceId, id: ConversationId) -> Result<Option<Turn>, Error> {
    let sql = select!("WHERE workspace_id = $1 AND conversation_id = $2 AND state IN ('waiting', 'calling', 'later')");
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(id).fetch_optional(c).await)?)
}

/// The newest turns of a bot.
pub async fn of_bot(conn: Conn<'_>, ws: WorkspaceId, bot: BotId, limit: i64) -> Result<Vec<Turn>, Error> {
    let sql = select!("WHERE workspace_id = $1 AND bot_id = $2 ORDER BY created_at DESC, id DESC LIMIT $3");
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(bot).bind(limit).fetch_all(c).await)?)
}

/// The seq of the visitor's last words.
pub async fn last_said(conn: Conn<'_>, ws: WorkspaceId, id: ConversationId) -> Result<i64, Error> {
    let sql = "SELECT COALESCE(MAX(seq), 0) FROM messages WHERE workspace_id = $1 AND conversation_id = $2 \
               AND author_kind = 'visitor' AND kind IN ('text', 'form')";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).bind(ws).bind(id).fetch_one(c).await)?)
}

/// The bot is asked now, by the process of this number, and nobody else asks it until `until`.
pub async fn begin(conn: Conn<'_>, turn: &Turn, to_seq: i64, by: Option<i64>, until: Timestamp) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(
        "UPDATE bot_turns SET state = 'calling', attempts = attempts + 1, to_seq = $3, claimed_by = $4, due_at = $5 \
         WHERE workspace_id = $1 AND id = $2"
    )
    .bind(turn.workspace_id)
    .bind(turn.id)
    .bind(to_seq)
    .bind(by)
    .bind(until)
    .execute(c)
    .await
    .map(drop))
    .map_err(Error::from)
}

/// Nobody else asks the bot until `until`: of an attempt that still counts.
pub async fn renew(conn: Conn<'_>, turn: &Turn, until: Timestamp) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(
        "UPDATE bot_turns SET due_at = $3 WHERE workspace_id = $1 AND id = $2 AND state = 'calling' AND attempts = $4"
    )
    .bind(turn.workspace_id)
    .bind(turn.id)
    .bind(until)
    .bind(turn.attempts)
    .execute(c)
    .await
    .map(drop))
    .map_err(Error::from)
}

/// The bot acts later, by `until`.
pub async fn later(conn: Conn<'_>, turn: &Turn, until: Timestamp) -> Result<(), Error> {
    on!(conn, |c| sqlx::query("UPDATE bot_turns SET state = 'later', due_at = $3 WHERE workspace_id = $1 AND id = $2")
        .bind(turn.workspace_id)
        .bind(turn.id)
        .bind(until)
        .execute(c)
        .await
        .map(drop))
    .map_err(Error::from)
}

/// How a turn ended.
#[derive(Debug, Clone, Copy)]
pub struct End {
    /// `done` or `void`.
    pub state: &'static str,
    /// What came of it, in a word.
    pub outcome: &'static str,
}

/// Ends a turn.
pub async fn end(conn: Conn<'_>, ws: WorkspaceId, id: BotTurnId, end: End, now: Timestamp) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(
        "UPDATE bot_turns SET state = $3, outcome = $4, ended_at = $5 WHERE workspace_id = $1 AND id = $2"
    )
    .bind(ws)
    .bind(id)
    .bind(end.state)
    .bind(end.outcome)
    .bind(now)
    .execute(c)
    .await
    .map(drop))
    .map_err(Error::from)
}

/// Ends a turn that came to nothing, with why.
pub async fn fail(
    conn: Conn<'_>,
    turn: &Turn,
    outcome: &str,
    why: Map<String, Value>,
    now: Timestamp,
) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(
        "UPDATE bot_turns SET state = 'failed', outcome = $3, failure = $4, ended_at = $5 \
         WHERE workspace_id = $1 AND id = $2"
    )
    .bind(turn.workspace_id)
    .bind(turn.id)
    .bind(outcome)
    .bind(Json(why))
    .bind(now)
    .execute(c)
    .await
    .map(drop))
    .map_err(Error::from)
}

/// What went over the wire, for whoever looks for a mistake.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// Of the answer, where one came.
    pub status: Option<u16>,
    /// How long it took, in milliseconds.
    pub took_ms: i64,
    /// The beginning of what was sent.
    pub request: String,
    /// The beginning of what came.
    pub response: String,
    /// What a model used for it.
    pub tokens: Option<u64>,
}

/// Keeps what went over the wire.
pub async fn note(conn: Conn<'_>, ws: WorkspaceId, id: BotTurnId, seen: &Seen) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(
        "UPDATE bot_turns SET status = $3, took_ms = $4, request = $5, response = $6, tokens = $7 \
         WHERE workspace_id = $1 AND id = $2"
    )
    .bind(ws)
    .bind(id)
    .bind(seen.status.map(i64::from))
    .bind(seen.took_ms)
    .bind(&seen.request)
    .bind(&seen.response)
    .bind(seen.tokens.map(|tokens| i64::try_from(tokens).unwrap_or(i64::MAX)))
    .execute(c)
    .await
    .map(drop))
    .map_err(Error::from)
}

/// Tokens that a conversation has used.
pub async fn tokens(conn: Conn<'_>, ws: WorkspaceId, id: ConversationId) -> Result<i64, Error> {
    let sql = "SELECT CAST(COALESCE(SUM(tokens), 0) AS BIGINT) FROM bot_turns WHERE workspace_id = $1 AND conversation_id = $2";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).bind(ws).bind(id).fetch_one(c).await)?)
}

/// Whether the bot has said something since it was asked.
pub async fn has_said(conn: Conn<'_>, turn: &Turn) -> Result<bool, Error> {
    let sql = "SELECT EXISTS (SELECT 1 FROM messages WHERE workspace_id = $1 AND conversation_id = $2 AND seq > $3 \
               AND kind IN ('text', 'form') AND author_kind = 'bot' AND author_id = $4)";
    Ok(on!(conn, |c| sqlx::query_scalar(sql)
        .bind(turn.workspace_id)
        .bind(turn.conversation_id)
        .bind(turn.to_seq)
        .bind(turn.bot_id)
        .fetch_one(c)
        .await)?)
}

/// The number of a conversation, for software that wants integers.
pub async fn number(conn: Conn<'_>, ws: WorkspaceId, id: ConversationId) -> Result<i64, Error> {
    let sql = "SELECT row_id FROM conversations WHERE workspace_id = $1 AND id = $2";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).bind(ws).bind(id).fetch_one(c).await)?)
}

/// The conversation of this number that the bot has or had.
pub async fn by_number(
    conn: Conn<'_>,
    ws: WorkspaceId,
    bot: BotId,
    number: i64,
) -> Result<Option<ConversationId>, Error> {
    let sql = "SELECT id FROM conversations WHERE workspace_id = $1 AND bot_id = $2 AND row_id = $3";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).bind(ws).bind(bot).bind(number).fetch_optional(c).await)?)
}
