//! The audit log: who changed which setting, and what it was before. Written in the transaction of the
//! change, so that neither is without the other. Passwords, secrets and tokens never stand in it.

pub mod changes;
pub mod console;
pub mod pages;
pub mod store;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::agents::Role;
use crate::conversations::ActingAgent;
use crate::conversations::participant_store::AnyId;
use crate::db::{Error, Tx};
use crate::ids::{AgentId, ApiKeyId, AuditId, WorkspaceId};

/// A key of the REST API that changes something.
#[derive(Debug, Clone)]
pub struct ActingKey {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// Which.
    pub id: ApiKeyId,
    /// What it is called.
    pub name: String,
}

/// Who changes something.
#[derive(Debug, Clone)]
pub enum By {
    /// Somebody in the console.
    Agent(ActingAgent),
    /// Other software, over REST.
    Key(ActingKey),
    /// Whoever runs the program.
    CommandLine(WorkspaceId),
}

impl By {
    /// The tenant.
    pub const fn workspace(&self) -> WorkspaceId {
        match self {
            Self::Agent(agent) => agent.workspace_id,
            Self::Key(key) => key.workspace_id,
            Self::CommandLine(workspace) => *workspace,
        }
    }

    /// What it may: a key administers, and makes no owners; whoever runs the program may all.
    pub const fn role(&self) -> Role {
        match self {
            Self::Agent(agent) => agent.role,
            Self::Key(_) => Role::Admin,
            Self::CommandLine(_) => Role::Owner,
        }
    }

    const fn agent(&self) -> Option<AgentId> {
        match self {
            Self::Agent(agent) => Some(agent.id),
            Self::Key(_) | Self::CommandLine(_) => None,
        }
    }

    const fn key(&self) -> Option<ApiKeyId> {
        match self {
            Self::Key(key) => Some(key.id),
            Self::Agent(_) | Self::CommandLine(_) => None,
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Agent(agent) => &agent.name,
            Self::Key(key) => &key.name,
            Self::CommandLine(_) => "",
        }
    }
}

/// What changed: each field with its value before and after.
#[derive(Debug, Clone, Default)]
pub struct Changes(Map<String, Value>);

impl Changes {
    /// Notes a field, if it changed.
    pub fn note<T: Serialize + PartialEq>(&mut self, field: &str, before: &T, after: &T) {
        if before != after {
            self.0.insert(field.to_owned(), json!([before, after]));
        }
    }

    /// Notes a field of something new, or of something that is gone.
    pub fn with(mut self, field: &str, before: impl Serialize, after: impl Serialize) -> Self {
        self.0.insert(field.to_owned(), json!([before, after]));
        self
    }

    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What was done to what.
#[derive(Debug, Clone)]
pub struct Act<'a> {
    /// `agent.invited`: the kind of the subject, and what happened to it.
    pub action: &'static str,
    /// Its id.
    pub subject: uuid::Uuid,
    /// Its name now.
    pub name: &'a str,
}

/// Writes a row for whoever runs the program.
pub async fn record_command(
    tx: &mut Tx,
    ws: WorkspaceId,
    action: &'static str,
    (subject, name): (uuid::Uuid, &str),
    changes: Changes,
) -> Result<(), Error> {
    record(tx, &By::CommandLine(ws), Act { action, subject, name }, changes).await
}

/// Writes a row.
pub async fn record(tx: &mut Tx, by: &By, act: Act<'_>, changes: Changes) -> Result<(), Error> {
    let row = store::NewEntry {
        workspace_id: by.workspace(),
        id: AuditId::from_uuid(tx.moment.ids.draw()),
        agent_id: by.agent(),
        agent_name: by.name(),
        api_key_id: by.key(),
        action: act.action,
        subject_id: AnyId::new(act.subject),
        subject_name: act.name,
        changes: changes.0,
    };
    let now = tx.moment.now;
    store::insert(tx.conn(), &row, now).await
}
