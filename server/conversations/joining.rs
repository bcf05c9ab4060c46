//! A supervisor joins a chat that somebody else has.

use super::commands::{Done, Moment};
use super::recording::open_recording;
use super::{ActingAgent, Error, participant_store, store};
use crate::db::Tx;
use crate::ids::ConversationId;
use crate::routing::handing::{To, joined};

/// Makes a supervisor take part; both sides see that they joined. The owner stays who it is.
pub async fn join(tx: &mut Tx, moment: &Moment, agent: &ActingAgent, id: ConversationId) -> Result<Done, Error> {
    let ws = agent.workspace_id;
    let conversation = store::lock(tx.conn(), ws, id).await?.ok_or(Error::NotFound)?;
    super::access::check(tx.conn(), agent, &conversation).await?;
    if participant_store::is_participant(tx.conn(), ws, id, agent.id).await? {
        return Ok(Done::already(&conversation));
    }
    if !agent.role.sees_every_queue() {
        return Err(Error::NotAllowed("Supervisors join chats; take it to answer."));
    }
    if conversation.is_closed() {
        return Err(Error::Closed);
    }
    let who = participant_store::AnyId::new(agent.id.uuid());
    participant_store::join(tx.conn(), ws, id, "agent", who, moment.now).await?;
    let mut recording = open_recording(conversation);
    joined(tx, moment, &mut recording, To { id: agent.id, name: &agent.name }).await?;
    recording.finish(tx, moment).await
}
