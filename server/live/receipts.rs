//! Receipts: how far each participant is. Durable, monotone, without a rev; what comes within
//! [`EVERY`] is one write, and is told once it is stored.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::hub::{Audience, Hub};
use super::protocol::{AuthorKind, By, ServerFrame};
use crate::app::App;
use crate::conversations::participant_store::{self, AnyId, Mark};
use crate::db::{Error, Tx};
use crate::ids::{AgentId, ConversationId, LiveSessionId, WorkspaceId};
use crate::mentions;
use crate::writer::{Writer, op};

/// How often marks are written.
const EVERY: Duration = Duration::from_secs(1);
/// Marks in one transaction.
const CHUNK: usize = 100;

type Key = (ConversationId, &'static str, AnyId);

/// Marks that are not written yet.
#[derive(Default)]
pub struct Receipts {
    waiting: Mutex<HashMap<Key, Mark>>,
}

/// Writes what waits, until the process stops.
pub async fn run(app: Arc<App>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => app.receipts.flush(&app.writer, &app.hub).await,
            () = app.stopping.cancelled() => return,
        }
    }
}

impl Receipts {
    /// Notes that somebody is at `seq`; `read` says that it was on screen, else it only arrived.
    pub fn raise(
        &self,
        workspace: WorkspaceId,
        conversation: ConversationId,
        kind: &'static str,
        who: AnyId,
        seq: i64,
        read: bool,
    ) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let mark = waiting.entry((conversation, kind, who)).or_insert_with(|| Mark {
            workspace_id: workspace,
            conversation_id: conversation,
            kind,
            who,
            delivered_seq: 0,
            read_seq: 0,
        });
        mark.delivered_seq = mark.delivered_seq.max(seq);
        if read {
            mark.read_seq = mark.read_seq.max(seq);
        }
    }

    /// Writes what waits and tells those who follow. A mark that could not be written waits on.
    pub async fn flush(&self, writer: &Writer, hub: &Hub) {
        let waiting: Vec<Mark> =
            std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner)).into_values().collect();
        for chunk in waiting.chunks(CHUNK) {
            let marks = chunk.to_vec();
            match write(writer, marks).await {
                Ok(stored) => stored.iter().for_each(|mark| tell(hub, mark)),
                Err(error) => {
                    tracing::warn!(%error, marks = chunk.len(), "receipts wait for the next write");
                    for mark in chunk {
                        let Mark { workspace_id, conversation_id, kind, who, .. } = mark;
                        self.raise(*workspace_id, *conversation_id, kind, *who, mark.delivered_seq, false);
                        self.raise(*workspace_id, *conversation_id, kind, *who, mark.read_seq, true);
                    }
                }
            }
        }
    }
}

async fn write(writer: &Writer, marks: Vec<Mark>) -> Result<Vec<Mark>, Error> {
    let operation = op(move |tx| {
        Box::pin(async move {
            let now = tx.moment.now;
            let mut stored = Vec::with_capacity(marks.len());
            for mark in marks {
                if let Some((delivered_seq, read_seq)) = participant_store::raise_marks(tx.conn(), &mark, now).await? {
                    see_mentions(tx, &mark, read_seq).await?;
                    stored.push(Mark { delivered_seq, read_seq, ..mark });
                }
            }
            Ok(stored)
        })
    });
    writer.run("receipts", operation).await
}

/// A note that names an agent is seen once they have read so far.
async fn see_mentions(tx: &mut Tx, mark: &Mark, read_seq: i64) -> Result<(), Error> {
    if mark.kind != "agent" || mark.read_seq == 0 {
        return Ok(());
    }
    let (ws, agent, now) = (mark.workspace_id, AgentId::from_uuid(mark.who.uuid()), tx.moment.now);
    mentions::store::see(tx.conn(), ws, agent, mark.conversation_id, read_seq, now).await
}

/// The visitor's marks go to agents, an agent's to everybody.
fn tell(hub: &Hub, mark: &Mark) {
    let (kind, audience) = match mark.kind {
        "visitor" => (AuthorKind::Visitor, Audience::Agents),
        _ => (AuthorKind::Agent, Audience::All),
    };
    let frame = ServerFrame::Receipt {
        conversation: Some(mark.conversation_id),
        by: By { kind, id: mark.who.to_string() },
        delivered_seq: mark.delivered_seq,
        read_seq: mark.read_seq,
    };
    let nobody = LiveSessionId::from_uuid(uuid::Uuid::nil());
    hub.tell(mark.conversation_id, audience, nobody, &frame);
    if mark.kind == "agent" {
        // What was unread is not any more.
        hub.attention.row(mark.workspace_id, mark.conversation_id);
    }
}
