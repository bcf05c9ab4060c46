//! Managing a workspace's tags: another name for one, or none of it any more.

use super::TagName;
use super::store::{self, Tag};
use crate::audit::{self, Act, By, Changes};
use crate::conversations::{ActingAgent, Error};
use crate::db::Tx;
use crate::ids::{ConversationId, TagId};

/// What is done to a tag.
#[derive(Debug, Clone)]
pub enum Change {
    /// It has this name from now on.
    Rename(TagName),
    /// It is taken off every conversation, and is gone.
    Remove,
}

/// Does it. Gives the open conversations that look different now, the newest first, as many as a list shows.
///
/// # Errors
/// `ValueRefused` where another tag has that name.
pub async fn change(tx: &mut Tx, by: &ActingAgent, id: TagId, change: &Change) -> Result<Vec<ConversationId>, Error> {
    let ws = by.workspace_id;
    let tags = store::all(tx.conn(), ws).await?;
    let tag = tags.iter().find(|tag| tag.id == id).ok_or(Error::NotFound)?;
    let shown = store::open_with(tx.conn(), ws, id).await?;
    match change {
        Change::Rename(name) if name.as_str() == tag.name => return Ok(Vec::new()),
        Change::Rename(name) => {
            if tags.iter().any(|other| other.name == name.as_str()) {
                return Err(Error::ValueRefused { field: "name".to_owned(), why: "is another tag's.".to_owned() });
            }
            store::rename(tx.conn(), ws, id, name).await?;
            let mut changes = Changes::default();
            changes.note("name", &tag.name.as_str(), &name.as_str());
            note(tx, by, "tag.renamed", tag, changes).await?;
        }
        Change::Remove => {
            let name = TagName::parse(&tag.name).map_err(Error::Invalid)?;
            store::remove(tx.conn(), ws, &name).await?;
            note(tx, by, "tag.removed", tag, Changes::default()).await?;
        }
    }
    Ok(shown)
}

async fn note(tx: &mut Tx, by: &ActingAgent, action: &'static str, tag: &Tag, changes: Changes) -> Result<(), Error> {
    let act = Act { action, subject: tag.id.uuid(), name: &tag.name };
    Ok(audit::record(tx, &By::Agent(by.clone()), act, changes).await?)
}
