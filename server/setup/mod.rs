//! The first set-up: from an empty database to a desk that people can talk at. `bootstrap` and the
//! set-up form both call [`set_up`]; it happens once in the life of a database, whoever races.

pub mod console;
pub mod demo;
pub mod pages;

use std::fmt;

use serde_json::Map;

use crate::agents::store::NewAgent;
use crate::agents::{self, EmailAddress, Role};
use crate::clock::Random;
use crate::conversations::Moment;
use crate::db::{Db, Error, Tx};
use crate::ids::{AgentId, QueueId, SiteId, WorkspaceId};
use crate::queues::store::Queue;
use crate::secrets::{same, token_hash};
use crate::sites::{OnClosed, Settings, Site};
use crate::workspaces::store::Workspace;
use crate::workspaces::{self, Name};
use crate::{queues, sites};

/// The queue that a desk begins with.
const FIRST_QUEUE: &str = "Support";
/// Chats at once, for the first owner.
const FIRST_CAPACITY: i64 = 6;
/// Seconds in which visitors may edit or delete their words, until somebody decides otherwise.
const FIRST_WINDOW_S: i64 = 300;

/// What a desk is made from.
#[derive(Clone)]
pub struct NewDesk {
    /// By which the first owner signs in.
    pub owner_email: EmailAddress,
    /// As visitors see them; without one, what stands before the @.
    pub owner_name: Option<Name>,
    /// Argon2id, PHC string.
    pub password_hash: String,
    /// Of the first site, and of the workspace.
    pub site_name: Name,
    /// Where the widget may run; each from [`sites::parse_origin`].
    pub origins: Vec<String>,
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desk {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// The first owner.
    pub owner_id: AgentId,
    /// The first site.
    pub site_id: SiteId,
    /// Its public key, for the script tag.
    pub site_key: String,
    /// The first queue.
    pub queue_id: QueueId,
}

/// Why nothing was set up.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SetupError {
    /// There is a desk; nothing was changed.
    #[error("this database is set up already")]
    AlreadySetUp,
    /// The database or the write path.
    #[error(transparent)]
    Db(#[from] Error),
}

/// Makes the desk: workspace, owner, queue and site, in this one transaction. Of two at once the
/// second waits for the row of `instance` and then finds the first one's workspace.
pub async fn set_up(tx: &mut Tx, moment: &Moment, random: &Random, new: &NewDesk) -> Result<Desk, SetupError> {
    workspaces::ensure_instance(tx, random).await?;
    workspaces::store::set_setup_token(tx.conn(), None).await?;
    if !workspaces::store::all(tx.conn()).await?.is_empty() {
        return Err(SetupError::AlreadySetUp);
    }
    let desk = Desk {
        workspace_id: WorkspaceId::from_uuid(moment.ids.draw()),
        owner_id: AgentId::from_uuid(moment.ids.draw()),
        site_id: SiteId::from_uuid(moment.ids.draw()),
        site_key: sites::draw_key(random),
        queue_id: QueueId::from_uuid(moment.ids.draw()),
    };
    let name = new.site_name.as_str().to_owned();
    workspaces::store::insert(tx.conn(), &Workspace { id: desk.workspace_id, name }, moment.now).await?;
    insert_owner(tx, moment, new, &desk).await?;
    let queue = Queue { workspace_id: desk.workspace_id, id: desk.queue_id, name: FIRST_QUEUE.to_owned() };
    queues::store::insert(tx.conn(), &queue, moment.now).await?;
    queues::store::add_agent(tx.conn(), desk.workspace_id, desk.queue_id, desk.owner_id).await?;
    sites::store::insert(tx.conn(), &first_site(new, &desk), moment.now).await?;
    Ok(desk)
}

async fn insert_owner(tx: &mut Tx, moment: &Moment, new: &NewDesk, desk: &Desk) -> Result<(), Error> {
    let before_the_at = new.owner_email.as_str().split('@').next().unwrap_or_default();
    let owner = NewAgent {
        workspace_id: desk.workspace_id,
        id: desk.owner_id,
        email: &new.owner_email,
        name: new.owner_name.as_ref().map_or(before_the_at, Name::as_str),
        role: Role::Owner,
        password_hash: &new.password_hash,
        capacity: FIRST_CAPACITY,
    };
    agents::store::insert(tx.conn(), &owner, moment.now).await
}

fn first_site(new: &NewDesk, desk: &Desk) -> Site {
    Site {
        workspace_id: desk.workspace_id,
        id: desk.site_id,
        key: desk.site_key.clone(),
        name: new.site_name.as_str().to_owned(),
        origins: new.origins.clone(),
        queue_id: desk.queue_id,
        on_closed: OnClosed::Reopen,
        edit_window_s: FIRST_WINDOW_S,
        delete_window_s: FIRST_WINDOW_S,
        locale: "en".to_owned(),
        appearance: Map::new(),
        settings: Settings::default(),
        topics: Vec::new(),
        is_preview: false,
    }
}

/// Opens the set-up form once. Printed in the set-up link and nowhere else.
pub struct SetupToken(String);

impl SetupToken {
    /// The text, for the link.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SetupToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SetupToken(***)")
    }
}

/// For the start of `serve`: draws the set-up token of a database that has no desk, and none for
/// one that has. An earlier token ends.
pub async fn draw_setup_token(tx: &mut Tx, random: &Random) -> Result<Option<SetupToken>, Error> {
    workspaces::ensure_instance(tx, random).await?;
    let token = SetupToken(random.token_text());
    workspaces::store::set_setup_token(tx.conn(), Some(&token_hash(token.0.as_bytes()))).await?;
    if workspaces::store::all(tx.conn()).await?.is_empty() {
        return Ok(Some(token));
    }
    workspaces::store::set_setup_token(tx.conn(), None).await?;
    Ok(None)
}

/// Whether this is the set-up token that is out. The form asks before it shows itself and before it
/// calls [`set_up`], which ends the token.
pub async fn check_setup_token(db: &Db, given: &str) -> Result<bool, Error> {
    let mut conn = db.read().await?;
    let stored = workspaces::store::instance(conn.conn()).await?.and_then(|instance| instance.setup_token_hash);
    Ok(stored.is_some_and(|stored| same(&stored, &token_hash(given.as_bytes()))))
}

/// Whether this database has a desk.
pub async fn is_set_up(db: &Db) -> Result<bool, Error> {
    let mut conn = db.read().await?;
    Ok(!workspaces::store::all(conn.conn()).await?.is_empty())
}

#[cfg(test)]
mod tests;
