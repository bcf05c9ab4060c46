//! SQL of participants: who is in a conversation, and how far they are.

use sqlx::FromRow;

use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{AgentId, ConversationId, VisitorId, WorkspaceId};
use crate::on;

/// Somebody in a conversation.
#[derive(Debug, Clone, FromRow)]
pub struct ParticipantRow {
    /// `visitor`, `agent` or `bot`.
    pub kind: String,
    /// Who.
    pub participant_id: AnyId,
    /// The agent's name; none for the visitor.
    pub name: Option<String>,
    /// All up to it arrived.
    pub delivered_seq: i64,
    /// All up to it were read.
    pub read_seq: i64,
    /// The conversation's rev at the moment of the read.
    pub conversation_rev: i64,
}

/// An id whose kind stands in a column beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(transparent)]
pub struct AnyId(uuid::Uuid);

impl AnyId {
    /// Wraps.
    pub const fn new(uuid: uuid::Uuid) -> Self {
        Self(uuid)
    }

    /// The id without its kind.
    pub const fn uuid(self) -> uuid::Uuid {
        self.0
    }
}

impl std::fmt::Display for AnyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

/// Everybody in a conversation, by kind and id.
pub async fn participants(conn: Conn<'_>, ws: WorkspaceId, id: ConversationId) -> Result<Vec<ParticipantRow>, Error> {
    Ok(on!(conn, |c| sqlx::query_as(
        "SELECT p.kind, p.participant_id, a.name, p.delivered_seq, p.read_seq, c.rev AS conversation_rev \
         FROM participants p JOIN conversations c ON c.workspace_id = p.workspace_id AND c.id = p.conversation_id \
         LEFT JOIN agents a ON p.kind = 'agent' AND a.workspace_id = p.workspace_id AND a.id = p.participant_id \
         WHERE p.workspace_id = $1 AND p.conversation_id = $2 ORDER BY p.kind, p.participant_id"
    )
    .bind(ws)
    .bind(id)
    .fetch_all(c)
    .await)?)
}

/// The agents who take part in these conversations.
pub async fn agents_in(
    conn: Conn<'_>,
    ws: WorkspaceId,
    conversations: &[ConversationId],
) -> Result<Vec<(ConversationId, AgentId)>, Error> {
    let rows = match conn {
        Conn::Lite(c) => {
            let ids: Vec<String> = conversations.iter().map(|id| id.uuid().simple().to_string()).collect();
            sqlx::query_as(
                "SELECT p.conversation_id, p.participant_id FROM json_each($2) j CROSS JOIN participants p \
                 ON p.workspace_id = $1 AND p.conversation_id = unhex(j.value) AND p.kind = 'agent'",
            )
            .bind(ws)
            .bind(serde_json::json!(ids).to_string())
            .fetch_all(c)
            .await?
        }
        Conn::Pg(c) => {
            let ids: Vec<uuid::Uuid> = conversations.iter().map(|id| id.uuid()).collect();
            sqlx::query_as(
                "SELECT conversation_id, participant_id FROM participants WHERE workspace_id = $1 \
                 AND conversation_id = ANY($2) AND kind = 'agent'",
            )
            .bind(ws)
            .bind(ids)
            .fetch_all(c)
            .await?
        }
    };
    Ok(rows)
}

/// Adds somebody, or leaves them as they are.
pub async fn join(
    conn: Conn<'_>,
    ws: WorkspaceId,
    id: ConversationId,
    kind: &'static str,
    who: AnyId,
    now: Timestamp,
) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(
        "INSERT INTO participants (workspace_id, conversation_id, kind, participant_id, delivered_seq, read_seq, \
         joined_at) VALUES ($1, $2, $3, $4, 0, 0, $5) ON CONFLICT DO NOTHING"
    )
    .bind(ws)
    .bind(id)
    .bind(kind)
    .bind(who)
    .bind(now)
    .execute(c)
    .await
    .map(drop))
    .map_err(Error::from)
}

/// The conversation has another visitor, who is where the one before was.
pub async fn hand_over(
    conn: Conn<'_>,
    ws: WorkspaceId,
    id: ConversationId,
    before: VisitorId,
    visitor: VisitorId,
) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(
        "UPDATE participants SET participant_id = $4 WHERE workspace_id = $1 AND conversation_id = $2 \
         AND kind = 'visitor' AND participant_id = $3"
    )
    .bind(ws)
    .bind(id)
    .bind(before)
    .bind(visitor)
    .execute(c)
    .await
    .map(drop))
    .map_err(Error::from)
}

/// Whether the agent is in the conversation.
pub async fn is_participant(
    conn: Conn<'_>,
    ws: WorkspaceId,
    id: ConversationId,
    agent: AgentId,
) -> Result<bool, Error> {
    let found: Option<i64> = on!(conn, |c| sqlx::query_scalar(
        "SELECT CAST(1 AS BIGINT) FROM participants WHERE workspace_id = $1 AND conversation_id = $2 \
         AND kind = 'agent' AND participant_id = $3"
    )
    .bind(ws)
    .bind(id)
    .bind(agent)
    .fetch_optional(c)
    .await)?;
    Ok(found.is_some())
}

/// Raises a participant's marks; they never fall, and the row is made when it is missing. Returns
/// what stands there afterwards.
pub async fn raise_marks(conn: Conn<'_>, mark: &Mark, now: Timestamp) -> Result<Option<(i64, i64)>, Error> {
    // The seq is capped by what the conversation has, so that nobody has read the future. A visitor's
    // mark is its visitor's: who raised it as a stranger may have been identified meanwhile.
    let sql = conn.pick(
        "INSERT INTO participants (workspace_id, conversation_id, kind, participant_id, delivered_seq, read_seq, \
         joined_at) SELECT $1, $2, $3, CASE WHEN $3 = 'visitor' THEN visitor_id ELSE $4 END, min($5, rev), min($6, rev), $7 FROM conversations \
         WHERE workspace_id = $1 AND id = $2 \
         ON CONFLICT (workspace_id, conversation_id, kind, participant_id) DO UPDATE SET \
         delivered_seq = max(participants.delivered_seq, excluded.delivered_seq), \
         read_seq = max(participants.read_seq, excluded.read_seq) RETURNING delivered_seq, read_seq",
        "INSERT INTO participants (workspace_id, conversation_id, kind, participant_id, delivered_seq, read_seq, \
         joined_at) SELECT $1, $2, $3, CASE WHEN $3 = 'visitor' THEN visitor_id ELSE $4 END, least($5, rev), least($6, rev), $7 FROM conversations \
         WHERE workspace_id = $1 AND id = $2 \
         ON CONFLICT (workspace_id, conversation_id, kind, participant_id) DO UPDATE SET \
         delivered_seq = greatest(participants.delivered_seq, excluded.delivered_seq), \
         read_seq = greatest(participants.read_seq, excluded.read_seq) RETURNING delivered_seq, read_seq",
    );
    Ok(on!(conn, |c| sqlx::query_as(sql)
        .bind(mark.workspace_id)
        .bind(mark.conversation_id)
        .bind(mark.kind)
        .bind(mark.who)
        .bind(mark.delivered_seq)
        .bind(mark.read_seq)
        .bind(now)
        .fetch_optional(c)
        .await)?)
}

/// How far somebody is.
#[derive(Debug, Clone)]
pub struct Mark {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// Where.
    pub conversation_id: ConversationId,
    /// `visitor` or `agent`.
    pub kind: &'static str,
    /// Who.
    pub who: AnyId,
    /// All up to it arrived.
    pub delivered_seq: i64,
    /// All up to it were on screen.
    pub read_seq: i64,
}
