//! API keys: what they may, which are good, and how they come and go. A key is shown once; the database
//! has its SHA-256.

use std::time::Duration;

use serde_json::json;

use super::key_store::{self as store, Known};
use crate::app::App;
use crate::audit::{self, Act, By, Changes};
use crate::conversations::{ActingAgent, Error as CommandError};
use crate::db::{Error, Tx};
use crate::ids::ApiKeyId;
use crate::secrets::ApiKey;
use crate::workspaces::Name;

/// The time of a key's last use is this exact: a busy key does not write at every request.
const USE_IS_NOTED: Duration = Duration::from_secs(60 * 60);
/// Keys that a workspace may have, at most.
pub const MOST_KEYS: usize = 100;

/// What a key may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum Scope {
    /// Look at everything in its workspace, notes too.
    Read,
    /// Change it, too.
    Write,
}

impl Scope {
    /// The word in tables and forms.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

/// The key, if it is good.
pub async fn authenticate(app: &App, given: &ApiKey) -> Result<Option<Known>, Error> {
    store::by_hash(app.db.read().await?.conn(), given.hash(), app.clock.now()).await
}

/// Notes that a key is used, where that is news.
pub async fn note_use(app: &App, key: &Known) {
    let now = app.clock.now();
    if key.last_used_at.is_some_and(|at| now.since(at) < USE_IS_NOTED) {
        return;
    }
    let (ws, id) = (key.workspace_id, key.id);
    let operation =
        crate::writer::op(move |tx: &mut Tx| Box::pin(async move { store::set_used(tx.conn(), ws, id, now).await }));
    let done = |noted: Result<(), Error>| {
        if let Err(error) = noted {
            tracing::warn!(%error, "the use of an API key was not noted");
        }
    };
    app.writer.submit(None, "note key", operation, done).await;
}

/// Makes a key.
///
/// # Errors
/// `ValueRefused` where the workspace has as many as it may.
pub async fn make(
    tx: &mut Tx,
    by: &ActingAgent,
    name: &Name,
    scope: Scope,
    hash: [u8; 32],
) -> Result<ApiKeyId, CommandError> {
    let (ws, now) = (by.workspace_id, tx.moment.now);
    if store::all(tx.conn(), ws).await?.len() >= MOST_KEYS {
        let why = format!("is one too many: a workspace has at most {MOST_KEYS} keys");
        return Err(CommandError::ValueRefused { field: "key".to_owned(), why });
    }
    let id = ApiKeyId::from_uuid(tx.moment.ids.draw());
    let new = store::New { workspace_id: ws, id, name: name.as_str(), hash, scope, by: by.id };
    store::insert(tx.conn(), &new, now).await?;
    let changes = Changes::default().with("scope", json!(null), scope.word());
    note(tx, by, "api_key.made", id, name.as_str(), changes).await?;
    Ok(id)
}

/// Revokes a key: the next request with it is refused.
pub async fn revoke(tx: &mut Tx, by: &ActingAgent, id: ApiKeyId) -> Result<(), CommandError> {
    let (ws, now) = (by.workspace_id, tx.moment.now);
    let Some(key) = store::find(tx.conn(), ws, id).await? else { return Err(CommandError::NotFound) };
    store::revoke(tx.conn(), ws, id, now).await?;
    note(tx, by, "api_key.revoked", id, &key.name, Changes::default()).await
}

async fn note(
    tx: &mut Tx,
    by: &ActingAgent,
    action: &'static str,
    id: ApiKeyId,
    name: &str,
    changes: Changes,
) -> Result<(), CommandError> {
    let act = Act { action, subject: id.uuid(), name };
    Ok(audit::record(tx, &By::Agent(by.clone()), act, changes).await?)
}
