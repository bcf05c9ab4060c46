//! SQL for what many visitors missed, in one read.

use sqlx::FromRow;

use super::store::{MessageRow, columns};
use crate::conversations::arrival_store::{Place, index, json_list};
use crate::db::{Conn, Error};

#[derive(FromRow)]
struct PlacedMessage {
    place: i64,
    #[sqlx(flatten)]
    row: MessageRow,
}

/// The untouched ones in their order and the few touched ones by their own index, as
/// [`super::store::since`] reads them for one.
macro_rules! missed {
    ($place:literal, $from:literal, $ws:literal, $conversation:literal, $since:literal) => {
        concat!(
            "SELECT ",
            $place,
            " AS place, ",
            columns!(),
            " FROM ",
            $from,
            " JOIN messages m ON m.workspace_id = ",
            $ws,
            " AND m.conversation_id = ",
            $conversation,
            " AND m.seq > ",
            $since,
            " AND m.rev = m.seq AND m.kind <> 'note' LEFT JOIN agents a ON m.author_kind = 'agent' \
             AND a.workspace_id = m.workspace_id AND a.id = m.author_id \
             UNION ALL SELECT ",
            $place,
            " AS place, ",
            columns!(),
            " FROM ",
            $from,
            " JOIN messages m ON m.workspace_id = ",
            $ws,
            " AND m.conversation_id = ",
            $conversation,
            " AND m.rev > ",
            $since,
            " AND m.rev <> m.seq AND m.kind <> 'note' LEFT JOIN agents a ON m.author_kind = 'agent' \
             AND a.workspace_id = m.workspace_id AND a.id = m.author_id \
             ORDER BY place, rev"
        )
    };
}

/// What the visitors of these places may see and has a rev after their `since`, ascending by rev;
/// nothing for a place without one. There is no limit: the callers ask for short gaps only.
pub async fn missed(conn: Conn<'_>, places: &[Place]) -> Result<Vec<(usize, MessageRow)>, Error> {
    let rows: Vec<PlacedMessage> = match conn {
        Conn::Lite(c) => {
            let sql = missed!(
                "j.key",
                "jsonb_each($1) j CROSS",
                "unhex(j.value ->> 0)",
                "unhex(j.value ->> 1)",
                "(j.value ->> 2)"
            );
            let keys = json_list(places.iter().map(|place| {
                let (ws, id) = (place.workspace_id.uuid().simple(), place.conversation_id.uuid().simple());
                (ws.to_string(), id.to_string(), place.since)
            }));
            sqlx::query_as(sql).bind(keys).fetch_all(c).await?
        }
        Conn::Pg(c) => {
            let sql = missed!(
                "j.place - 1",
                "unnest($1::uuid[], $2::uuid[], $3::bigint[]) \
                 WITH ORDINALITY j(workspace_id, conversation_id, since, place)",
                "j.workspace_id",
                "j.conversation_id",
                "j.since"
            );
            let (mut workspaces, mut conversations, mut since) = (Vec::new(), Vec::new(), Vec::new());
            for place in places {
                workspaces.push(place.workspace_id.uuid());
                conversations.push(place.conversation_id.uuid());
                since.push(place.since);
            }
            sqlx::query_as(sql).bind(workspaces).bind(conversations).bind(since).fetch_all(c).await?
        }
    };
    Ok(rows.into_iter().map(|placed| (index(placed.place), placed.row)).collect())
}
