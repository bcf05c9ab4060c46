//! SQL of the secrets that websites sign with.

use super::identity::IdentitySecret;
use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{SiteId, WorkspaceId};
use crate::on;

/// The secrets that count, the newest first: none, one, or two while the website goes over to a new one.
pub async fn secrets(conn: Conn<'_>, ws: WorkspaceId, site: SiteId) -> Result<Vec<IdentitySecret>, Error> {
    Ok(on!(conn, |c| sqlx::query_scalar(
        "SELECT secret FROM identity_secrets WHERE workspace_id = $1 AND site_id = $2 ORDER BY slot DESC"
    )
    .bind(ws)
    .bind(site)
    .fetch_all(c)
    .await)?)
}

/// Puts a new secret in the first place; the one that stood there is kept as the one before. The
/// caller has looked that there is none before it.
pub async fn insert(
    mut conn: Conn<'_>,
    ws: WorkspaceId,
    site: SiteId,
    secret: &IdentitySecret,
    now: Timestamp,
) -> Result<(), Error> {
    on!(conn.again(), |c| sqlx::query(
        "UPDATE identity_secrets SET slot = 'before' WHERE workspace_id = $1 AND site_id = $2 AND slot = 'current'"
    )
    .bind(ws)
    .bind(site)
    .execute(c)
    .await
    .map(drop))?;
    on!(conn, |c| sqlx::query(
        "INSERT INTO identity_secrets (workspace_id, site_id, slot, secret, made_at) VALUES ($1, $2, 'current', $3, $4)"
    )
    .bind(ws)
    .bind(site)
    .bind(secret)
    .bind(now)
    .execute(c)
    .await
    .map(drop))
    .map_err(Error::from)
}

/// Ends the secret before the current one. False if there was none.
pub async fn drop_before(conn: Conn<'_>, ws: WorkspaceId, site: SiteId) -> Result<bool, Error> {
    let rows = on!(conn, |c| sqlx::query(
        "DELETE FROM identity_secrets WHERE workspace_id = $1 AND site_id = $2 AND slot = 'before'"
    )
    .bind(ws)
    .bind(site)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows > 0)
}
