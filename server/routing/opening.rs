//! Opening hours in routing: who is closed now, and what happens when something opens.

use sqlx::types::Json;

use super::plan::Line;
use super::{line_store, opening_store};
use crate::clock::Timestamp;
use crate::conversations::Error;
use crate::db::{Conn, Db, Error as DbError, Tx};
use crate::hours::{self, Hours, Opening};
use crate::ids::{ConversationId, QueueId, SiteId, WorkspaceId};
use crate::writer::{Writer, again};

/// What opens.
#[derive(Debug, Clone, Copy)]
enum Opened {
    Queue(QueueId),
    /// Its chats in queues without hours of their own.
    Site(SiteId),
}

impl Line {
    /// Whether the queue's own hours shut it.
    pub(super) fn is_shut(&self, now: Timestamp) -> bool {
        !hours::is_open(self.hours.as_ref().map(|Json(hours)| hours), now)
    }
}

/// The sites whose hours shut them now: their chats wait in queues that have no hours of their own.
pub(super) async fn shut_sites(conn: Conn<'_>, ws: WorkspaceId, now: Timestamp) -> Result<Vec<SiteId>, DbError> {
    let sites = hours::store::of_sites_of(conn, ws).await?;
    Ok(sites.into_iter().filter(|(_, hours)| !hours.at(now).is_open()).map(|(site, _)| site).collect())
}

/// How it stands for a site's chats in this line; none where nothing ever shuts them.
pub(super) async fn of_chat(
    conn: Conn<'_>,
    ws: WorkspaceId,
    line: &Line,
    site: SiteId,
    now: Timestamp,
) -> Result<Option<Opening>, DbError> {
    if let Some(Json(hours)) = &line.hours {
        return Ok(Some(hours.at(now)));
    }
    Ok(hours::store::of_site(conn, ws, site).await?.map(|hours| hours.at(now)))
}

/// Does what follows from openings that nobody noticed yet: who waited is served, and has the queue's
/// targets from then on. Gives the chats whose targets moved.
pub(super) async fn notice(
    db: &Db,
    writer: &Writer,
    now: Timestamp,
) -> Result<Vec<(WorkspaceId, ConversationId)>, Error> {
    let mut moved = Vec::new();
    let with_hours = all(db.read().await?.conn(), now).await?;
    for hours in with_hours {
        let Opening::Open { since: Some(since), .. } = hours.opening else { continue };
        if hours.opened_at.is_some_and(|noticed| noticed >= since) {
            continue;
        }
        let (ws, what) = (hours.workspace_id, hours.of);
        let operation = again(move |tx: &mut Tx| Box::pin(open(tx, ws, what, since)));
        moved.extend(writer.run_again("open", operation).await?.into_iter().map(|id| (ws, id)));
    }
    Ok(moved)
}

/// When something opens next.
pub(super) async fn next(conn: Conn<'_>, now: Timestamp) -> Result<Option<Timestamp>, DbError> {
    let with_hours = all(conn, now).await?;
    let opens = |hours: &WithHours| hours.opening.changes_at().filter(|_| !hours.opening.is_open());
    Ok(with_hours.iter().filter_map(opens).min())
}

/// A queue or a site that is not always open.
struct WithHours {
    workspace_id: WorkspaceId,
    of: Opened,
    opening: Opening,
    opened_at: Option<Timestamp>,
}

async fn all(mut conn: Conn<'_>, now: Timestamp) -> Result<Vec<WithHours>, DbError> {
    let queues = opening_store::queues_with_hours(conn.again()).await?;
    let sites = opening_store::sites_with_hours(conn).await?;
    let queues = queues.into_iter().map(|(ws, id, hours, opened_at)| (ws, Opened::Queue(id), hours, opened_at));
    let sites = sites.into_iter().map(|(ws, id, hours, opened_at)| (ws, Opened::Site(id), hours, opened_at));
    let with_hours = |(workspace_id, of, Json(hours), opened_at): (_, _, Json<Hours>, _)| {
        let opening = hours.at(now);
        WithHours { workspace_id, of, opening, opened_at }
    };
    Ok(queues.chain(sites).map(with_hours).collect())
}

/// Once for each opening, whichever node comes first.
async fn open(tx: &mut Tx, ws: WorkspaceId, what: Opened, since: Timestamp) -> Result<Vec<ConversationId>, Error> {
    let (first, queues) = match what {
        Opened::Queue(queue) => (opening_store::queue_opened(tx.conn(), ws, queue, since).await?, vec![queue]),
        Opened::Site(site) => {
            let queues = opening_store::queues_without_hours(tx.conn(), ws).await?;
            (opening_store::site_opened(tx.conn(), ws, site, since).await?, queues)
        }
    };
    if !first {
        return Ok(Vec::new());
    }
    let site = match what {
        Opened::Queue(_) => None,
        Opened::Site(site) => Some(site),
    };
    super::lock_queues(tx, ws, &queues.iter().copied().collect()).await?;
    let mut moved = Vec::new();
    for queue in queues {
        moved.extend(opening_store::restart_targets(tx.conn(), ws, queue, site, since).await?);
        tx.routing.look_at(ws, queue);
    }
    Ok(moved)
}

/// For programs beside the server: whoever waits in these queues is looked at by it.
pub(crate) async fn ask_to_settle_all(tx: &mut Tx, ws: WorkspaceId) -> Result<(), DbError> {
    let now = tx.moment.now;
    for queue in opening_store::queues_without_hours(tx.conn(), ws).await? {
        line_store::ask_to_settle(tx.conn(), ws, queue, now).await?;
    }
    Ok(())
}
