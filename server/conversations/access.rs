//! Which agent may see and write in which conversation.

use super::{ActingAgent, Conversation, Error, participant_store, store};
use crate::db::Conn;
use crate::queues;

/// An agent sees the conversations of their queues, those they own and those they are in;
/// supervisors and above see all of the workspace. What may not be seen looks as if it were not
/// there.
pub async fn check(mut conn: Conn<'_>, agent: &ActingAgent, conversation: &Conversation) -> Result<(), Error> {
    let ws = agent.workspace_id;
    let sees = agent.role.sees_every_queue()
        || conversation.owner_agent_id == Some(agent.id)
        || queues::store::has_agent(conn.again(), ws, conversation.queue_id, agent.id).await?
        || participant_store::is_participant(conn, ws, conversation.id, agent.id).await?;
    if sees && conversation.workspace_id == ws { Ok(()) } else { Err(Error::NotFound) }
}

/// The owner, participants and supervisors may write to the visitor.
pub async fn check_writing(conn: Conn<'_>, agent: &ActingAgent, conversation: &Conversation) -> Result<(), Error> {
    let may = agent.role.sees_every_queue()
        || conversation.owner_agent_id == Some(agent.id)
        || participant_store::is_participant(conn, agent.workspace_id, conversation.id, agent.id).await?;
    if may { Ok(()) } else { Err(Error::NotAllowed("Take the chat first, then answer.")) }
}

/// A conversation by the id in an address, if the agent may see it.
pub async fn find_by_text(mut conn: Conn<'_>, agent: &ActingAgent, id: &str) -> Result<Conversation, Error> {
    let id = id.parse().map_err(|_| Error::NotFound)?;
    let found = store::find(conn.again(), agent.workspace_id, id).await?.ok_or(Error::NotFound)?;
    check(conn, agent, &found).await?;
    Ok(found)
}
