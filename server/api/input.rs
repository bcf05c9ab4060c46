//! What fields have to be, and who is meant by an id.

use std::collections::BTreeSet;

use actix_web::HttpRequest;

use super::Fault;
use crate::agents::managing_store as agents;
use crate::conversations::ActingAgent;
use crate::db::{Conn, Tx};
use crate::ids::{AgentId, WorkspaceId};
use crate::workspaces::Name;

/// An id in the path; what is none names nothing.
pub fn path_id<T: std::str::FromStr>(request: &HttpRequest, name: &str) -> Result<T, Fault> {
    request.match_info().get(name).and_then(|text| text.parse().ok()).ok_or_else(Fault::missing)
}

/// A name as people read it.
pub fn name(text: &str) -> Result<Name, Fault> {
    Name::parse(text).map_err(|why| Fault::value("name", format!("cannot be taken: {why}")))
}

/// A line of at most so many characters, without control characters.
pub fn line(field: &str, text: &str, most: usize) -> Result<String, Fault> {
    let text = text.trim();
    if text.chars().count() > most {
        return Err(Fault::value(field, format!("has at most {most} characters")));
    }
    if text.chars().any(char::is_control) {
        return Err(Fault::value(field, "is one line without control characters"));
    }
    Ok(text.to_owned())
}

/// A number between two others.
pub fn number(field: &str, number: i64, most: i64) -> Result<i64, Fault> {
    if (0..=most).contains(&number) { Ok(number) } else { Err(Fault::value(field, format!("is from 0 to {most}"))) }
}

/// The agent whose act it is, with the rights that they have.
pub async fn acting(tx: &mut Tx, ws: WorkspaceId, id: AgentId) -> Result<ActingAgent, Fault> {
    let found = agents::find(tx.conn(), ws, id).await?.filter(|agent| agent.disabled_at.is_none());
    let agent = found.ok_or_else(|| Fault::value("agent_id", "names nobody who may sign in"))?;
    Ok(ActingAgent { workspace_id: ws, id, name: agent.name, role: agent.role })
}

/// Refuses ids that are none of those.
pub fn all_known<T: Ord>(field: &str, wanted: &BTreeSet<T>, known: &BTreeSet<T>) -> Result<(), Fault> {
    if wanted.is_subset(known) { Ok(()) } else { Err(Fault::value(field, "names what is not there")) }
}

/// The queues of a workspace.
pub async fn queues(conn: Conn<'_>, ws: WorkspaceId) -> Result<BTreeSet<crate::ids::QueueId>, Fault> {
    let all = crate::queues::store::of_workspace(conn, ws).await?;
    Ok(all.into_iter().map(|queue| queue.id).collect())
}
