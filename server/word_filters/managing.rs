//! Changing a workspace's word filters: adding some, what one does, taking one away. Each change is in the
//! audit log. What visitors wrote before is never looked at again.

use super::{Action, MOST_FILTERS, Phrase, store};
use crate::audit::{self, Act, By, Changes};
use crate::conversations::{ActingAgent, Error, Moment};
use crate::db::Tx;
use crate::ids::WordFilterId;

/// What is changed.
#[derive(Debug, Clone)]
pub enum Change {
    /// These are looked for from now on; those that are already stay as they are.
    Add(Vec<Phrase>, Action),
    /// It does this from now on.
    Does(WordFilterId, Action),
    /// It is not looked for any more.
    Remove(WordFilterId),
}

/// Does it.
///
/// # Errors
/// `ValueRefused` where there would be more than [`MOST_FILTERS`].
pub async fn change(tx: &mut Tx, moment: &Moment, by: &ActingAgent, change: &Change) -> Result<(), Error> {
    if !by.role.administers() {
        return Err(Error::NotAllowed("Settings are for owners and admins."));
    }
    let ws = by.workspace_id;
    match change {
        Change::Add(phrases, action) => add(tx, moment, by, phrases, *action).await,
        Change::Does(id, action) => {
            let filters = store::of_workspace(tx.conn(), ws).await?;
            let filter = filters.iter().find(|filter| filter.id == *id).ok_or(Error::NotFound)?;
            let mut changes = Changes::default();
            changes.note("action", &filter.action.word(), &action.word());
            if changes.is_empty() {
                return Ok(());
            }
            store::set_action(tx.conn(), ws, *id, *action).await?;
            note(tx, by, ("filter.changed", *id, &filter.phrase), changes).await
        }
        Change::Remove(id) => {
            let filters = store::of_workspace(tx.conn(), ws).await?;
            let filter = filters.iter().find(|filter| filter.id == *id).ok_or(Error::NotFound)?;
            store::delete(tx.conn(), ws, *id).await?;
            note(tx, by, ("filter.removed", *id, &filter.phrase), Changes::default()).await
        }
    }
}

async fn add(tx: &mut Tx, moment: &Moment, by: &ActingAgent, phrases: &[Phrase], action: Action) -> Result<(), Error> {
    let ws = by.workspace_id;
    for phrase in phrases {
        let id = WordFilterId::from_uuid(moment.ids.draw());
        if store::insert(tx.conn(), ws, id, (phrase, action), moment.now).await? {
            let mut changes = Changes::default();
            changes.note("action", &None, &Some(action.word()));
            note(tx, by, ("filter.added", id, phrase.as_str()), changes).await?;
        }
    }
    if store::count(tx.conn(), ws).await? > MOST_FILTERS {
        let why = format!("would be more than {MOST_FILTERS}");
        return Err(Error::ValueRefused { field: "phrases".to_owned(), why });
    }
    Ok(())
}

async fn note(
    tx: &mut Tx,
    by: &ActingAgent,
    (action, id, phrase): (&'static str, WordFilterId, &str),
    changes: Changes,
) -> Result<(), Error> {
    let act = Act { action, subject: id.uuid(), name: phrase };
    Ok(audit::record(tx, &By::Agent(by.clone()), act, changes).await?)
}
