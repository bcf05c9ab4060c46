//! Drafts: what an agent typed and did not send, kept on the server and in step over their devices.
//! A draft is not part of the log and takes no rev; the last one written stands.

pub mod store;

use crate::clock::Timestamp;
use crate::conversations::fragments::ComposerView;
use crate::conversations::{ActingAgent, Error, access, store as conversations};
use crate::db::{Conn, Error as DbError, Tx};
use crate::ids::{AgentId, ConversationId};
use crate::live::protocol::DraftNow;
use crate::messages::MessageText;

/// Drafts that a session is told of when it begins, newest first: what the list marks.
pub const AT_HELLO: i64 = 50;
/// Bytes of text in all of them together; an older one comes when its conversation is opened.
pub const AT_HELLO_BYTES: usize = 128 * 1024;

/// What an agent has not sent yet.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Draft {
    /// Where it is to go.
    pub conversation_id: ConversationId,
    /// As it was typed; never blank in the table.
    pub text: String,
    /// Typed as a note.
    pub note: bool,
    /// When it was last written.
    pub updated_at: Timestamp,
}

impl Draft {
    /// For the agent's sessions.
    pub fn now(&self) -> DraftNow {
        DraftNow {
            conversation: self.conversation_id,
            text: self.text.clone(),
            note: self.note,
            updated_at: self.updated_at.rfc3339(),
        }
    }

    /// Nothing is left to send.
    pub fn ended(conversation_id: ConversationId, now: Timestamp) -> Self {
        Self { conversation_id, text: String::new(), note: false, updated_at: now }
    }
}

/// Keeps what an agent typed in place of what stood there; blank text ends the draft. It has the
/// limit of a message, and goes only where the agent may look.
pub async fn keep(
    tx: &mut Tx,
    agent: &ActingAgent,
    id: ConversationId,
    text: String,
    note: bool,
) -> Result<Draft, Error> {
    let (ws, now) = (agent.workspace_id, tx.moment.now);
    let conversation = conversations::find(tx.conn(), ws, id).await?.ok_or(Error::NotFound)?;
    access::check(tx.conn(), agent, &conversation).await?;
    let owner = (ws, agent.id);
    if text.trim().is_empty() {
        store::remove(tx.conn(), owner, id).await?;
        return Ok(Draft::ended(id, now));
    }
    let text = MessageText::parse(text)?.into_string();
    let draft = Draft { conversation_id: id, text, note, updated_at: now };
    store::save(tx.conn(), owner, &draft).await?;
    Ok(draft)
}

/// What an agent sent is no draft any more.
pub async fn sent(tx: &mut Tx, agent: &ActingAgent, id: ConversationId) -> Result<(), Error> {
    Ok(store::remove(tx.conn(), (agent.workspace_id, agent.id), id).await?)
}

/// The form below the log, with the agent's draft in it unless it brings words that were just refused.
pub async fn into_composer(
    conn: Conn<'_>,
    owner: Owner,
    id: ConversationId,
    composer: ComposerView,
) -> Result<ComposerView, DbError> {
    if composer.refusal.is_some() || !composer.text.is_empty() {
        return Ok(composer);
    }
    let Some(draft) = store::find(conn, owner, id).await? else { return Ok(composer) };
    Ok(ComposerView { text: draft.text, note: draft.note, draft_at: draft.updated_at.rfc3339(), ..composer })
}

/// Whose drafts: the agent in their workspace.
pub type Owner = (crate::ids::WorkspaceId, AgentId);
