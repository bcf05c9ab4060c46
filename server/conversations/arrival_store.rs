//! SQL for many sessions that begin at once. The keys go in as one list, JSON on SQLite and arrays on
//! PostgreSQL; each row comes back with the place of its key in it.

use serde::Serialize;
use sqlx::FromRow;

use super::Conversation;
use super::participant_store::ParticipantRow;
use super::store::columns;
use crate::db::{Conn, Error};
use crate::ids::{ConversationId, SiteId, VisitorId, WorkspaceId};

/// A conversation that is read for a session, and from where on.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// The conversation.
    pub conversation_id: ConversationId,
    /// The rev that the client holds; none where its messages are not read.
    pub since: Option<i64>,
}

#[derive(FromRow)]
struct CurrentRow {
    place: i64,
    #[sqlx(flatten)]
    conversation: Conversation,
}

#[derive(FromRow)]
struct PlacedParticipant {
    place: i64,
    #[sqlx(flatten)]
    row: ParticipantRow,
}

/// A list of keys as the JSON text that SQLite takes apart; bytes are hexadecimal.
pub fn json_list<T: Serialize>(keys: impl Iterator<Item = T>) -> String {
    serde_json::to_string(&keys.collect::<Vec<_>>()).unwrap_or_default()
}

/// An index into the keys that were asked for.
pub fn index(place: i64) -> usize {
    usize::try_from(place).unwrap_or_default()
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn tokens_as_json(keys: &[(SiteId, [u8; 32])]) -> String {
    json_list(keys.iter().map(|(site, hash)| (site.uuid().simple().to_string(), hex(hash))))
}

fn tokens_as_arrays(keys: &[(SiteId, [u8; 32])]) -> (Vec<uuid::Uuid>, Vec<Vec<u8>>) {
    keys.iter().map(|(site, hash)| (site.uuid(), hash.to_vec())).unzip()
}

macro_rules! current {
    ($place:literal, $from:literal, $site:literal, $hash:literal) => {
        concat!(
            "SELECT ",
            $place,
            " AS place, ",
            columns!(),
            " FROM ",
            $from,
            " JOIN visitors t ON t.site_id = ",
            $site,
            " AND t.token_hash = ",
            $hash,
            " JOIN visitors v ON v.workspace_id = t.workspace_id AND v.id = COALESCE(t.merged_into, t.id) \
             JOIN conversations c ON c.row_id = (SELECT latest.row_id FROM conversations latest \
             WHERE latest.workspace_id = v.workspace_id AND latest.site_id = v.site_id AND latest.visitor_id = v.id \
             AND latest.merged_into IS NULL \
             ORDER BY (latest.state = 'closed'), latest.started_at DESC, latest.row_id DESC LIMIT 1) \
             JOIN queues q ON q.workspace_id = c.workspace_id AND q.id = c.queue_id \
             LEFT JOIN agents a ON a.workspace_id = c.workspace_id AND a.id = c.owner_agent_id"
        )
    };
}

/// The current conversation of the visitors with these tokens: the open one, else the latest. The token
/// of a merged device is its visitor's.
pub async fn current(conn: Conn<'_>, keys: &[(SiteId, [u8; 32])]) -> Result<Vec<(usize, Conversation)>, Error> {
    let rows: Vec<CurrentRow> = match conn {
        Conn::Lite(c) => {
            let sql = current!("j.key", "jsonb_each($1) j CROSS", "unhex(j.value ->> 0)", "unhex(j.value ->> 1)");
            sqlx::query_as(sql).bind(tokens_as_json(keys)).fetch_all(c).await?
        }
        Conn::Pg(c) => {
            let sql = current!(
                "j.place - 1",
                "unnest($1::uuid[], $2::bytea[]) WITH ORDINALITY j(site_id, token_hash, place)",
                "j.site_id",
                "j.token_hash"
            );
            let (sites, hashes) = tokens_as_arrays(keys);
            sqlx::query_as(sql).bind(sites).bind(hashes).fetch_all(c).await?
        }
    };
    Ok(rows.into_iter().map(|row| (index(row.place), row.conversation)).collect())
}

/// The visitors with these tokens.
pub async fn visitors(conn: Conn<'_>, keys: &[(SiteId, [u8; 32])]) -> Result<Vec<(usize, VisitorId)>, Error> {
    let rows: Vec<(i64, VisitorId)> = match conn {
        Conn::Lite(c) => {
            let sql = "SELECT j.key, COALESCE(v.merged_into, v.id) FROM jsonb_each($1) j CROSS JOIN visitors v \
                       ON v.site_id = unhex(j.value ->> 0) AND v.token_hash = unhex(j.value ->> 1)";
            sqlx::query_as(sql).bind(tokens_as_json(keys)).fetch_all(c).await?
        }
        Conn::Pg(c) => {
            let sql = "SELECT j.place - 1, COALESCE(v.merged_into, v.id) \
                       FROM unnest($1::uuid[], $2::bytea[]) WITH ORDINALITY j(site_id, token_hash, place) \
                       JOIN visitors v ON v.site_id = j.site_id AND v.token_hash = j.token_hash";
            let (sites, hashes) = tokens_as_arrays(keys);
            sqlx::query_as(sql).bind(sites).bind(hashes).fetch_all(c).await?
        }
    };
    Ok(rows.into_iter().map(|(place, id)| (index(place), id)).collect())
}

macro_rules! participants {
    ($place:literal, $from:literal, $ws:literal, $conversation:literal) => {
        concat!(
            "SELECT ",
            $place,
            " AS place, p.kind, p.participant_id, a.name, p.delivered_seq, p.read_seq, c.rev AS conversation_rev FROM ",
            $from,
            " JOIN conversations c ON c.workspace_id = ",
            $ws,
            " AND c.id = ",
            $conversation,
            " JOIN participants p ON p.workspace_id = c.workspace_id AND p.conversation_id = c.id \
             LEFT JOIN agents a ON p.kind = 'agent' AND a.workspace_id = p.workspace_id AND a.id = p.participant_id \
             ORDER BY 1, p.kind, p.participant_id"
        )
    };
}

/// Everybody in each of these conversations, by kind and id.
pub async fn participants(conn: Conn<'_>, places: &[Place]) -> Result<Vec<(usize, ParticipantRow)>, Error> {
    let rows: Vec<PlacedParticipant> = match conn {
        Conn::Lite(c) => {
            let sql = participants!("j.key", "jsonb_each($1) j CROSS", "unhex(j.value ->> 0)", "unhex(j.value ->> 1)");
            let keys = json_list(places.iter().map(|place| {
                (place.workspace_id.uuid().simple().to_string(), place.conversation_id.uuid().simple().to_string())
            }));
            sqlx::query_as(sql).bind(keys).fetch_all(c).await?
        }
        Conn::Pg(c) => {
            let sql = participants!(
                "j.place - 1",
                "unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY j(workspace_id, conversation_id, place)",
                "j.workspace_id",
                "j.conversation_id"
            );
            let (workspaces, conversations): (Vec<_>, Vec<_>) =
                places.iter().map(|place| (place.workspace_id.uuid(), place.conversation_id.uuid())).unzip();
            sqlx::query_as(sql).bind(workspaces).bind(conversations).fetch_all(c).await?
        }
    };
    Ok(rows.into_iter().map(|placed| (index(placed.place), placed.row)).collect())
}
