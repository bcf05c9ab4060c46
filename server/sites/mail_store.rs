//! SQL of the test mails of a site.

use sqlx::FromRow;

use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{AgentId, SiteId, WorkspaceId};
use crate::on;

/// A mail that somebody sent to themselves, to see whether it arrives.
#[derive(Debug, Clone, FromRow)]
pub struct TestMail {
    /// To whom.
    pub address: String,
    /// `pending`, `sent`, `dead`, `void` or `bounced`.
    pub state: String,
    /// How often it was tried.
    pub attempts: i64,
    /// What the server said at last.
    pub code: Option<i64>,
    /// The same, in words.
    pub error: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When the server took it.
    pub sent_at: Option<Timestamp>,
}

/// The last test of this agent for this site.
pub async fn last(conn: Conn<'_>, ws: WorkspaceId, site: SiteId, agent: AgentId) -> Result<Option<TestMail>, Error> {
    let sql = "SELECT address, state, attempts, code, error, created_at, sent_at FROM mails \
               WHERE workspace_id = $1 AND kind = 'test' AND site_id = $2 AND agent_id = $3 \
               ORDER BY id DESC LIMIT 1";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(site).bind(agent).fetch_optional(c).await)?)
}

/// How many tests an address of the workspace got since then.
pub async fn tests_since(conn: Conn<'_>, ws: WorkspaceId, address: &str, since: Timestamp) -> Result<i64, Error> {
    let sql =
        "SELECT count(*) FROM mails WHERE workspace_id = $1 AND address = $2 AND created_at > $3 AND kind = 'test'";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).bind(ws).bind(address).bind(since).fetch_one(c).await)?)
}
