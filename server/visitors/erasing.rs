//! Erasing a visitor: every row of theirs, on all their devices. What is left is an id that says nothing,
//! so that their key leaves the key file of backups, too (GDPR, article 17).

use super::erasing_store::{self as store, Found};
use crate::audit::{self, Changes};
use crate::db::{Error, Tx};
use crate::ids::{VisitorId, WorkspaceId};
use crate::routing::opening;

pub use store::Found as Person;

/// Finds people by an id, a mail address, or the website's own name for them. Several may have one address.
pub async fn find(tx: &mut Tx, ws: WorkspaceId, text: &str) -> Result<Vec<Found>, Error> {
    if let Ok(id) = text.parse::<VisitorId>() {
        return Ok(store::by_id(tx.conn(), ws, id).await?.into_iter().collect());
    }
    store::by_text(tx.conn(), ws, text).await
}

/// Erases somebody, and gives how many rows went. A chat that an agent had makes room for another.
pub async fn erase(tx: &mut Tx, ws: WorkspaceId, id: VisitorId) -> Result<u64, Error> {
    let now = tx.moment.now;
    store::lock(tx.conn(), ws, id).await?;
    let owners = store::owners(tx.conn(), ws, id).await?;
    let devices = store::devices(tx.conn(), ws, id).await?.into_iter().map(|device| device.id.to_string());
    let chats = store::chats(tx.conn(), ws, id).await?.into_iter().map(|chat| chat.id.to_string());
    for named in devices.chain(chats) {
        store::forget_answers(tx.conn(), ws, &named).await?;
    }
    let rows = store::delete_all(tx.conn(), ws, id).await?;
    for (agent, chats) in owners {
        store::unload(tx.conn(), ws, agent, chats).await?;
    }
    store::note(tx.conn(), ws, id, now).await?;
    opening::ask_to_settle_all(tx, ws).await?;
    audit::record_command(tx, ws, "visitor.erased", (id.uuid(), ""), Changes::default()).await?;
    Ok(rows)
}
