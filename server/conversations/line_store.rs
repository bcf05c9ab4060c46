//! SQL of lines: which conversations wait in a queue, in which order.

use crate::db::{Conn, Error};
use crate::ids::{ConversationId, QueueId, WorkspaceId};
use crate::on;

/// The first of those that wait in a queue: by urgency, then by ticket.
pub async fn first(conn: Conn<'_>, ws: WorkspaceId, queue: QueueId, most: i64) -> Result<Vec<ConversationId>, Error> {
    Ok(on!(conn, |c| sqlx::query_scalar(
        "SELECT id FROM conversations WHERE workspace_id = $1 AND queue_id = $2 AND state = 'queued' \
         ORDER BY priority DESC, ticket, row_id LIMIT $3"
    )
    .bind(ws)
    .bind(queue)
    .bind(most)
    .fetch_all(c)
    .await)?)
}
