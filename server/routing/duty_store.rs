//! SQL of agents on duty: chosen state, lease, load.

use std::collections::BTreeMap;

use sqlx::FromRow;

use super::line_store::json_ids;
use crate::agents::AgentState;
use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{AgentId, ConversationId, QueueId, WorkspaceId};
use crate::on;

/// An agent as routing and the console see them.
#[derive(Debug, Clone, FromRow)]
pub struct Duty {
    /// Who.
    pub id: AgentId,
    /// Their name.
    pub name: String,
    /// What they chose.
    pub state: AgentState,
    /// Assigned chats.
    pub load: i64,
    /// Chats at once.
    pub capacity: i64,
    /// Until when a live session vouches for them.
    pub lease_until: Timestamp,
    /// Since when they are away, where they chose so.
    pub away_since: Option<Timestamp>,
    /// Set once they may not sign in any more.
    pub disabled_at: Option<Timestamp>,
}

impl Duty {
    /// Whether a live session vouches for them.
    pub fn is_there(&self, now: Timestamp) -> bool {
        self.lease_until > now && self.disabled_at.is_none()
    }

    /// Whether a colleague may hand them a chat, and a chat of theirs may wake with them.
    pub fn may_be_handed(&self, now: Timestamp) -> bool {
        self.is_there(now) && matches!(self.state, AgentState::Online | AgentState::Draining)
    }

    /// From when on their chats are handed back, if nothing changes. Whoever goes offline has none left,
    /// but may take one by hand.
    pub fn gone_at(&self) -> Timestamp {
        let from = match self.state {
            AgentState::Online | AgentState::Draining | AgentState::Offline => self.lease_until,
            AgentState::Away => self.away_since.unwrap_or(self.lease_until),
        };
        from.plus(super::AWAY_GRACE)
    }
}

/// One agent.
pub async fn find(conn: Conn<'_>, ws: WorkspaceId, id: AgentId) -> Result<Option<Duty>, Error> {
    let sql = "SELECT id, name, state, load, capacity, lease_until, away_since, disabled_at FROM agents \
               WHERE workspace_id = $1 AND id = $2";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(id).fetch_optional(c).await)?)
}

/// Everybody of a workspace who may sign in, by name.
pub async fn of_workspace(conn: Conn<'_>, ws: WorkspaceId) -> Result<Vec<Duty>, Error> {
    let sql = "SELECT id, name, state, load, capacity, lease_until, away_since, disabled_at FROM agents \
               WHERE workspace_id = $1 AND disabled_at IS NULL ORDER BY name, id";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).fetch_all(c).await)?)
}

/// Locks agents until the transaction ends, in the order of their ids.
pub async fn lock(conn: Conn<'_>, ws: WorkspaceId, agents: impl Iterator<Item = AgentId>) -> Result<(), Error> {
    if let Conn::Pg(c) = conn {
        let ids: Vec<uuid::Uuid> = agents.map(AgentId::uuid).collect();
        sqlx::query("SELECT 1 FROM agents WHERE workspace_id = $1 AND id = ANY($2) ORDER BY id FOR NO KEY UPDATE")
            .bind(ws)
            .bind(ids)
            .execute(c)
            .await?;
    }
    Ok(())
}

/// Adjusts loads. Who takes a chat by hand while away is given the grace anew, so that it does not go
/// back at once.
pub async fn adjust_loads(
    mut conn: Conn<'_>,
    ws: WorkspaceId,
    loads: &BTreeMap<AgentId, i64>,
    now: Timestamp,
) -> Result<(), Error> {
    let sql = conn.pick(
        "UPDATE agents SET load = max(load + $3, 0), \
         away_since = CASE WHEN state = 'away' AND $3 > 0 THEN $4 ELSE away_since END, \
         assigned_at = CASE WHEN $3 > 0 THEN $4 ELSE assigned_at END WHERE workspace_id = $1 AND id = $2",
        "UPDATE agents SET load = greatest(load + $3, 0), \
         away_since = CASE WHEN state = 'away' AND $3 > 0 THEN $4 ELSE away_since END, \
         assigned_at = CASE WHEN $3 > 0 THEN $4 ELSE assigned_at END WHERE workspace_id = $1 AND id = $2",
    );
    for (agent, by) in loads.iter().filter(|(_, by)| **by != 0) {
        on!(conn.again(), |c| sqlx::query(sql).bind(ws).bind(*agent).bind(*by).bind(now).execute(c).await.map(drop))?;
    }
    Ok(())
}

/// Takes a place of an agent, if they are on duty and have one.
pub async fn claim(conn: Conn<'_>, ws: WorkspaceId, agent: AgentId, now: Timestamp) -> Result<bool, Error> {
    let sql = "UPDATE agents SET load = load + 1, assigned_at = $3 WHERE workspace_id = $1 AND id = $2 \
               AND load < capacity AND state = 'online' AND lease_until > $3 AND disabled_at IS NULL";
    let rows = on!(conn, |c| sqlx::query(sql)
        .bind(ws)
        .bind(agent)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Writes what an agent chose to be.
pub async fn choose(
    conn: Conn<'_>,
    ws: WorkspaceId,
    agent: AgentId,
    state: AgentState,
    now: Timestamp,
) -> Result<(), Error> {
    let away_since = (state == AgentState::Away).then_some(now);
    let sql = "UPDATE agents SET state = $3, away_since = $4 WHERE workspace_id = $1 AND id = $2";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(agent).bind(state).bind(away_since).execute(c).await.map(drop))
        .map_err(Error::from)
}

/// Writes how many chats an agent has at once.
pub async fn set_capacity(conn: Conn<'_>, ws: WorkspaceId, agent: AgentId, capacity: i64) -> Result<(), Error> {
    let sql = "UPDATE agents SET capacity = $3 WHERE workspace_id = $1 AND id = $2";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(agent).bind(capacity).execute(c).await.map(drop)).map_err(Error::from)
}

/// Goes on with the leases of these agents, where they have not ended. All of a node in one statement.
pub async fn renew(
    conn: Conn<'_>,
    agents: &[(WorkspaceId, AgentId)],
    now: Timestamp,
    until: Timestamp,
) -> Result<(), Error> {
    match conn {
        Conn::Lite(c) => {
            let sql = "UPDATE agents SET lease_until = max(lease_until, $3) WHERE lease_until > $2 \
                       AND (workspace_id, id) IN (SELECT unhex(j.value ->> 0), unhex(j.value ->> 1) FROM json_each($1) j)";
            sqlx::query(sql).bind(pairs(agents)).bind(now).bind(until).execute(c).await?;
        }
        Conn::Pg(c) => {
            let (workspaces, ids): (Vec<_>, Vec<_>) = agents.iter().map(|(ws, id)| (ws.uuid(), id.uuid())).unzip();
            let sql = "WITH mine AS (SELECT a.workspace_id, a.id FROM agents a \
                       JOIN unnest($1::uuid[], $2::uuid[]) m(workspace_id, id) \
                       ON a.workspace_id = m.workspace_id AND a.id = m.id WHERE a.lease_until > $3 \
                       ORDER BY a.id FOR NO KEY UPDATE OF a) \
                       UPDATE agents SET lease_until = greatest(lease_until, $4) FROM mine \
                       WHERE agents.workspace_id = mine.workspace_id AND agents.id = mine.id";
            sqlx::query(sql).bind(workspaces).bind(ids).bind(now).bind(until).execute(c).await?;
        }
    }
    Ok(())
}

fn pairs(agents: &[(WorkspaceId, AgentId)]) -> String {
    let hex = |uuid: uuid::Uuid| uuid.simple().to_string();
    let pairs: Vec<(String, String)> = agents.iter().map(|(ws, id)| (hex(ws.uuid()), hex(id.uuid()))).collect();
    serde_json::to_string(&pairs).unwrap_or_default()
}

/// Those of these agents whose lease has ended.
pub async fn ended(
    conn: Conn<'_>,
    agents: &[(WorkspaceId, AgentId)],
    now: Timestamp,
) -> Result<Vec<(WorkspaceId, AgentId)>, Error> {
    Ok(match conn {
        Conn::Lite(c) => {
            let sql = "SELECT workspace_id, id FROM agents WHERE lease_until <= $2 AND (workspace_id, id) IN \
                       (SELECT unhex(j.value ->> 0), unhex(j.value ->> 1) FROM json_each($1) j) ORDER BY id";
            sqlx::query_as(sql).bind(pairs(agents)).bind(now).fetch_all(c).await?
        }
        Conn::Pg(c) => {
            let (workspaces, ids): (Vec<_>, Vec<_>) = agents.iter().map(|(ws, id)| (ws.uuid(), id.uuid())).unzip();
            let sql = "SELECT a.workspace_id, a.id FROM agents a JOIN unnest($1::uuid[], $2::uuid[]) m(workspace_id, id) \
                       ON a.workspace_id = m.workspace_id AND a.id = m.id WHERE a.lease_until <= $3 ORDER BY a.id";
            sqlx::query_as(sql).bind(workspaces).bind(ids).bind(now).fetch_all(c).await?
        }
    })
}

/// Begins a lease, or goes on with it.
pub async fn lease(conn: Conn<'_>, ws: WorkspaceId, agent: AgentId, until: Timestamp) -> Result<(), Error> {
    let sql = conn.pick(
        "UPDATE agents SET lease_until = max(lease_until, $3) WHERE workspace_id = $1 AND id = $2",
        "UPDATE agents SET lease_until = greatest(lease_until, $3) WHERE workspace_id = $1 AND id = $2",
    );
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(agent).bind(until).execute(c).await.map(drop)).map_err(Error::from)
}

/// A server starts: whose lease ended while none ran is given the time to come back.
pub async fn grace_after_start(conn: Conn<'_>, now: Timestamp) -> Result<(), Error> {
    let sql = "UPDATE agents SET lease_until = $1 WHERE load > 0 AND lease_until < $1 \
               AND state <> 'away'";
    on!(conn, |c| sqlx::query(sql).bind(now).execute(c).await.map(drop)).map_err(Error::from)
}

/// Since when the first of those with chats is away or not there.
pub async fn first_gone(conn: Conn<'_>) -> Result<Option<Timestamp>, Error> {
    let sql = "SELECT min(CASE WHEN state = 'away' THEN COALESCE(away_since, lease_until) ELSE lease_until END) \
               FROM agents WHERE load > 0";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).fetch_one(c).await)?)
}

/// Those with chats who are away or not there since `before` or longer.
pub async fn gone(conn: Conn<'_>, before: Timestamp) -> Result<Vec<(WorkspaceId, AgentId)>, Error> {
    let sql = "SELECT workspace_id, id FROM agents WHERE load > 0 \
               AND (CASE WHEN state = 'away' THEN COALESCE(away_since, lease_until) ELSE lease_until END) <= $1 \
               ORDER BY id";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(before).fetch_all(c).await)?)
}

/// An agent's assigned conversations and their queues, those in line longest first.
pub async fn assigned(
    conn: Conn<'_>,
    ws: WorkspaceId,
    agent: AgentId,
) -> Result<Vec<(ConversationId, QueueId)>, Error> {
    let sql = "SELECT id, queue_id FROM conversations WHERE workspace_id = $1 AND owner_agent_id = $2 \
               AND state = 'assigned' ORDER BY ticket, row_id";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(agent).fetch_all(c).await)?)
}

/// Who else serves the queue and is on duty.
pub async fn others_on_duty(
    conn: Conn<'_>,
    ws: WorkspaceId,
    queue: QueueId,
    not: AgentId,
    now: Timestamp,
) -> Result<Vec<AgentId>, Error> {
    let sql = "SELECT a.id FROM queue_agents qa JOIN agents a ON a.workspace_id = qa.workspace_id AND a.id = qa.agent_id \
               WHERE qa.workspace_id = $1 AND qa.queue_id = $2 AND a.id <> $3 AND a.state = 'online' \
               AND a.lease_until > $4 AND a.disabled_at IS NULL ORDER BY a.id";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).bind(ws).bind(queue).bind(not).bind(now).fetch_all(c).await)?)
}

/// The queues that somebody on duty serves.
pub async fn served(conn: Conn<'_>, now: Timestamp) -> Result<Vec<QueueId>, Error> {
    let sql = "SELECT DISTINCT qa.queue_id FROM queue_agents qa \
               JOIN agents a ON a.workspace_id = qa.workspace_id AND a.id = qa.agent_id \
               WHERE a.state = 'online' AND a.lease_until > $1 AND a.disabled_at IS NULL";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).bind(now).fetch_all(c).await)?)
}

/// Everybody of these ids, by name: for "why me".
pub async fn names(conn: Conn<'_>, ws: WorkspaceId, ids: &[AgentId]) -> Result<BTreeMap<AgentId, String>, Error> {
    let rows: Vec<(AgentId, String)> = match conn {
        Conn::Lite(c) => {
            let sql = "SELECT id, name FROM agents WHERE workspace_id = $1 \
                       AND id IN (SELECT unhex(j.value) FROM json_each($2) j)";
            sqlx::query_as(sql).bind(ws).bind(json_ids(ids.iter().map(|id| id.uuid()))).fetch_all(c).await?
        }
        Conn::Pg(c) => {
            let ids: Vec<uuid::Uuid> = ids.iter().map(|id| id.uuid()).collect();
            let sql = "SELECT id, name FROM agents WHERE workspace_id = $1 AND id = ANY($2)";
            sqlx::query_as(sql).bind(ws).bind(ids).fetch_all(c).await?
        }
    };
    Ok(rows.into_iter().collect())
}
