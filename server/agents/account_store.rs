//! SQL of what agents keep for themselves: second factor, recovery codes, devices.

use sqlx::FromRow;

use super::totp::TotpSecret;
use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{AgentId, WorkspaceId};
use crate::on;

/// An agent's second factor.
#[derive(Debug, Clone, FromRow)]
struct FactorRow {
    totp_secret: Option<Vec<u8>>,
    totp_step: i64,
}

/// The secret and the last step used, if the second factor is on.
pub async fn factor(conn: Conn<'_>, ws: WorkspaceId, id: AgentId) -> Result<Option<(TotpSecret, i64)>, Error> {
    let sql = "SELECT totp_secret, totp_step FROM agents WHERE workspace_id = $1 AND id = $2";
    let row: Option<FactorRow> = on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(id).fetch_optional(c).await)?;
    Ok(row.and_then(|row| Some((TotpSecret::of_bytes(&row.totp_secret?)?, row.totp_step))))
}

/// Switches it on with a secret, or off.
pub async fn set_factor(
    conn: Conn<'_>,
    ws: WorkspaceId,
    id: AgentId,
    secret: Option<&TotpSecret>,
    step: i64,
) -> Result<(), Error> {
    let sql = "UPDATE agents SET totp_secret = $3, totp_step = $4 WHERE workspace_id = $1 AND id = $2";
    let bytes = secret.map(|secret| &secret.bytes()[..]);
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(id).bind(bytes).bind(step).execute(c).await.map(drop))
        .map_err(Error::from)
}

/// A step was used: true for who was first.
pub async fn use_step(conn: Conn<'_>, ws: WorkspaceId, id: AgentId, step: i64) -> Result<bool, Error> {
    let sql = "UPDATE agents SET totp_step = $3 WHERE workspace_id = $1 AND id = $2 AND totp_step < $3";
    let done =
        on!(conn, |c| sqlx::query(sql).bind(ws).bind(id).bind(step).execute(c).await.map(|d| d.rows_affected()))?;
    Ok(done == 1)
}

/// Takes all recovery codes away.
pub async fn drop_codes(conn: Conn<'_>, ws: WorkspaceId, id: AgentId) -> Result<(), Error> {
    let sql = "DELETE FROM recovery_codes WHERE workspace_id = $1 AND agent_id = $2";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(id).execute(c).await.map(drop)).map_err(Error::from)
}

/// Adds a recovery code.
pub async fn add_code(conn: Conn<'_>, ws: WorkspaceId, id: AgentId, hash: &[u8; 32]) -> Result<(), Error> {
    let sql = "INSERT INTO recovery_codes (workspace_id, agent_id, code_hash) VALUES ($1, $2, $3)";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(id).bind(&hash[..]).execute(c).await.map(drop)).map_err(Error::from)
}

/// Uses a recovery code: true if it was one.
pub async fn use_code(conn: Conn<'_>, ws: WorkspaceId, id: AgentId, hash: &[u8; 32]) -> Result<bool, Error> {
    let sql = "DELETE FROM recovery_codes WHERE workspace_id = $1 AND agent_id = $2 AND code_hash = $3";
    let done =
        on!(conn, |c| sqlx::query(sql).bind(ws).bind(id).bind(&hash[..]).execute(c).await.map(|d| d.rows_affected()))?;
    Ok(done == 1)
}

/// How many recovery codes are left.
pub async fn codes_left(conn: Conn<'_>, ws: WorkspaceId, id: AgentId) -> Result<i64, Error> {
    let sql = "SELECT count(*) FROM recovery_codes WHERE workspace_id = $1 AND agent_id = $2";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).bind(ws).bind(id).fetch_one(c).await)?)
}

/// Begins to wait for somebody's code.
pub async fn begin_half(
    conn: Conn<'_>,
    hash: &[u8; 32],
    (ws, id): (WorkspaceId, AgentId),
    until: Timestamp,
) -> Result<(), Error> {
    let sql = "INSERT INTO half_sign_ins (token_hash, workspace_id, agent_id, attempts, expires_at) \
               VALUES ($1, $2, $3, 0, $4)";
    on!(conn, |c| sqlx::query(sql).bind(&hash[..]).bind(ws).bind(id).bind(until).execute(c).await.map(drop))
        .map_err(Error::from)
}

/// One more try at a code: who it is, if there are tries left and it is not too late. Agents who were shut out
/// meanwhile are nobody.
pub async fn try_half(
    conn: Conn<'_>,
    hash: &[u8; 32],
    now: Timestamp,
    most: i64,
) -> Result<Option<(WorkspaceId, AgentId)>, Error> {
    let sql = "UPDATE half_sign_ins SET attempts = attempts + 1 WHERE token_hash = $1 AND expires_at > $2 AND attempts < $3 \
               AND EXISTS (SELECT 1 FROM agents a WHERE a.workspace_id = half_sign_ins.workspace_id \
               AND a.id = half_sign_ins.agent_id AND a.disabled_at IS NULL) RETURNING workspace_id, agent_id";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(&hash[..]).bind(now).bind(most).fetch_optional(c).await)?)
}

/// Waits for that code no more.
pub async fn end_half(conn: Conn<'_>, hash: &[u8; 32]) -> Result<(), Error> {
    on!(conn, |c| sqlx::query("DELETE FROM half_sign_ins WHERE token_hash = $1")
        .bind(&hash[..])
        .execute(c)
        .await
        .map(drop))
    .map_err(Error::from)
}

/// Nor for any code of an agent: after a new password.
pub async fn end_halves(conn: Conn<'_>, ws: WorkspaceId, id: AgentId) -> Result<(), Error> {
    let sql = "DELETE FROM half_sign_ins WHERE workspace_id = $1 AND agent_id = $2";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(id).execute(c).await.map(drop)).map_err(Error::from)
}

/// Drops what nobody finished.
pub async fn sweep_halves(conn: Conn<'_>, now: Timestamp) -> Result<(), Error> {
    on!(conn, |c| sqlx::query("DELETE FROM half_sign_ins WHERE expires_at <= $1").bind(now).execute(c).await.map(drop))
        .map_err(Error::from)
}

/// A signed-in device.
#[derive(Debug, Clone, FromRow)]
pub struct DeviceRow {
    /// Names it: SHA-256 of its token.
    pub token_hash: Vec<u8>,
    /// What its browser calls itself.
    pub user_agent: String,
    /// When it signed in.
    pub created_at: Timestamp,
    /// When it was last used, to the hour.
    pub seen_at: Timestamp,
}

/// An agent's devices, the last used first.
pub async fn devices(conn: Conn<'_>, ws: WorkspaceId, id: AgentId, now: Timestamp) -> Result<Vec<DeviceRow>, Error> {
    let sql = "SELECT token_hash, user_agent, created_at, seen_at FROM sessions \
               WHERE workspace_id = $1 AND agent_id = $2 AND expires_at > $3 ORDER BY seen_at DESC, created_at DESC";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(id).bind(now).fetch_all(c).await)?)
}

/// Signs one device out, if it is the agent's.
pub async fn end_device(conn: Conn<'_>, ws: WorkspaceId, id: AgentId, hash: &[u8]) -> Result<bool, Error> {
    let sql = "DELETE FROM sessions WHERE workspace_id = $1 AND agent_id = $2 AND token_hash = $3";
    let done =
        on!(conn, |c| sqlx::query(sql).bind(ws).bind(id).bind(hash).execute(c).await.map(|d| d.rows_affected()))?;
    Ok(done == 1)
}

/// Signs all devices out but this one.
pub async fn end_others(conn: Conn<'_>, ws: WorkspaceId, id: AgentId, but: &[u8; 32]) -> Result<u64, Error> {
    let sql = "DELETE FROM sessions WHERE workspace_id = $1 AND agent_id = $2 AND token_hash <> $3";
    Ok(on!(conn, |c| sqlx::query(sql).bind(ws).bind(id).bind(&but[..]).execute(c).await.map(|d| d.rows_affected()))?)
}
