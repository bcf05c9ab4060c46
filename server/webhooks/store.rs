//! SQL of webhooks.

use sqlx::FromRow;
use sqlx::types::Json;

use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::events::Kind;
use crate::ids::{AgentId, WebhookId, WorkspaceId};
use crate::on;
use crate::outgoing::signing::SigningSecret;

/// A webhook's row.
#[derive(Clone, FromRow)]
pub struct Webhook {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// Its id.
    pub id: WebhookId,
    /// Where it is.
    pub url: String,
    /// What it is told of.
    pub kinds: Json<Vec<Kind>>,
    secret: String,
    old_secret: Option<String>,
    /// Who made it; none for software.
    pub made_by: Option<String>,
    /// Since when nothing is sent.
    pub disabled_at: Option<Timestamp>,
    /// `by_hand` or `gone`.
    pub disabled_why: Option<String>,
}

impl Webhook {
    /// With what it is signed: the secret, and the one before while it is good.
    pub fn secrets(&self) -> Vec<SigningSecret> {
        [Some(&self.secret), self.old_secret.as_ref()]
            .into_iter()
            .flatten()
            .filter_map(|text| text.parse().ok())
            .collect()
    }

    /// Whether two secrets sign.
    pub const fn rotates(&self) -> bool {
        self.old_secret.is_some()
    }
}

macro_rules! webhooks {
    ($rest:literal) => {
        concat!(
            "SELECT w.workspace_id, w.id, w.url, w.kinds, w.secret, w.old_secret, a.name AS made_by, w.disabled_at, \
             w.disabled_why FROM webhooks w LEFT JOIN agents a \
             ON a.workspace_id = w.workspace_id AND a.id = w.created_by_agent_id WHERE w.workspace_id = $1 ",
            $rest
        )
    };
}

/// The webhooks of a workspace, the newest first.
pub async fn all(conn: Conn<'_>, ws: WorkspaceId) -> Result<Vec<Webhook>, Error> {
    let sql = webhooks!("ORDER BY w.created_at DESC, w.id DESC");
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).fetch_all(c).await)?)
}

/// One of them.
pub async fn find(conn: Conn<'_>, ws: WorkspaceId, id: WebhookId) -> Result<Option<Webhook>, Error> {
    let sql = webhooks!("AND w.id = $2");
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(id).fetch_optional(c).await)?)
}

/// A webhook that somebody adds.
pub struct New<'a> {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// Drawn by the program.
    pub id: WebhookId,
    /// Where it is.
    pub url: &'a str,
    /// What it is told of.
    pub kinds: &'a [Kind],
    /// What both sides know.
    pub secret: &'a SigningSecret,
    /// Who adds it.
    pub by: Option<AgentId>,
}

/// Adds one.
pub async fn insert(conn: Conn<'_>, new: &New<'_>, now: Timestamp) -> Result<(), Error> {
    let sql = "INSERT INTO webhooks (workspace_id, id, url, kinds, secret, created_by_agent_id, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    on!(conn, |c| sqlx::query(sql)
        .bind(new.workspace_id)
        .bind(new.id)
        .bind(new.url)
        .bind(Json(new.kinds))
        .bind(new.secret.expose())
        .bind(new.by)
        .bind(now)
        .execute(c)
        .await
        .map(drop))
    .map_err(Error::from)
}

/// Changes where it is and what it is told of.
pub async fn save(conn: Conn<'_>, ws: WorkspaceId, id: WebhookId, url: &str, kinds: &[Kind]) -> Result<(), Error> {
    let sql = "UPDATE webhooks SET url = $3, kinds = $4 WHERE workspace_id = $1 AND id = $2";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(id).bind(url).bind(Json(kinds)).execute(c).await.map(drop))
        .map_err(Error::from)
}

/// Gives it a new secret; the one before goes on signing.
pub async fn rotate(conn: Conn<'_>, ws: WorkspaceId, id: WebhookId, secret: &SigningSecret) -> Result<(), Error> {
    let sql = "UPDATE webhooks SET old_secret = secret, secret = $3 WHERE workspace_id = $1 AND id = $2";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(id).bind(secret.expose()).execute(c).await.map(drop))
        .map_err(Error::from)
}

/// Ends the secret before.
pub async fn end_old_secret(conn: Conn<'_>, ws: WorkspaceId, id: WebhookId) -> Result<(), Error> {
    let sql = "UPDATE webhooks SET old_secret = NULL WHERE workspace_id = $1 AND id = $2";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(id).execute(c).await.map(drop)).map_err(Error::from)
}

/// Switches it off, with why, or on.
pub async fn set_disabled(
    conn: Conn<'_>,
    ws: WorkspaceId,
    id: WebhookId,
    off: Option<(Timestamp, &str)>,
) -> Result<(), Error> {
    let sql = "UPDATE webhooks SET disabled_at = $3, disabled_why = $4 WHERE workspace_id = $1 AND id = $2";
    let (at, why) = off.unzip();
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(id).bind(at).bind(why).execute(c).await.map(drop)).map_err(Error::from)
}

/// Removes it, with what waited for it.
pub async fn remove(mut conn: Conn<'_>, ws: WorkspaceId, id: WebhookId) -> Result<(), Error> {
    const DELETES: [&str; 2] = [
        "DELETE FROM webhook_deliveries WHERE workspace_id = $1 AND webhook_id = $2",
        "DELETE FROM webhooks WHERE workspace_id = $1 AND id = $2",
    ];
    for sql in DELETES {
        on!(conn.again(), |c| sqlx::query(sql).bind(ws).bind(id).execute(c).await.map(drop))?;
    }
    Ok(())
}
