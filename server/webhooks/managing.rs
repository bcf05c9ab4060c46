//! Adding, changing and removing webhooks, for owners and admins. The log has each change and no secret.

use serde_json::json;

use super::store::{self, Webhook};
use super::{MOST_WEBHOOKS, delivery_store};
use crate::audit::{self, Act, By, Changes};
use crate::conversations::Error;
use crate::db::Tx;
use crate::events::{self, Kind};
use crate::ids::{AgentId, WebhookId};
use crate::outgoing::signing::SigningSecret;

/// Where a webhook is and what it is told of, both checked.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// http or https.
    pub url: String,
    /// At least one.
    pub kinds: Vec<Kind>,
}

fn check(by: &By) -> Result<(), Error> {
    if by.role().administers() { Ok(()) } else { Err(Error::NotAllowed("Webhooks are for owners and admins.")) }
}

fn words(kinds: &[Kind]) -> Vec<&'static str> {
    kinds.iter().map(|kind| kind.word()).collect()
}

async fn found(tx: &mut Tx, by: &By, id: WebhookId) -> Result<Webhook, Error> {
    check(by)?;
    store::find(tx.conn(), by.workspace(), id).await?.ok_or(Error::NotFound)
}

async fn note(
    tx: &mut Tx,
    by: &By,
    action: &'static str,
    webhook: (WebhookId, &str),
    changes: Changes,
) -> Result<(), Error> {
    // A path may hold a token: the log has the host alone.
    let host = url::Url::parse(webhook.1).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    Ok(audit::record(tx, by, Act { action, subject: webhook.0.uuid(), name: &host }, changes).await?)
}

/// Adds a webhook; what happens from now on is sent to it.
///
/// # Errors
/// `ValueRefused` where the workspace has as many as it may.
pub async fn add(
    tx: &mut Tx,
    by: &By,
    agent: Option<AgentId>,
    wanted: &Wanted,
    secret: &SigningSecret,
) -> Result<WebhookId, Error> {
    check(by)?;
    let (ws, now) = (by.workspace(), tx.moment.now);
    if store::all(tx.conn(), ws).await?.len() >= MOST_WEBHOOKS {
        let why = format!("is one too many: a workspace has at most {MOST_WEBHOOKS} webhooks");
        return Err(Error::ValueRefused { field: "url".to_owned(), why });
    }
    events::begin_in(tx, ws).await?;
    let id = WebhookId::from_uuid(tx.moment.ids.draw());
    let Wanted { url, kinds } = wanted;
    store::insert(tx.conn(), &store::New { workspace_id: ws, id, url, kinds, secret, by: agent }, now).await?;
    let changes = Changes::default().with("events", json!(null), words(kinds));
    note(tx, by, "webhook.added", (id, url), changes).await?;
    Ok(id)
}

/// Changes where it is and what it is told of.
pub async fn change(tx: &mut Tx, by: &By, id: WebhookId, wanted: &Wanted) -> Result<(), Error> {
    let before = found(tx, by, id).await?;
    let mut changes = Changes::default();
    changes.note("events", &words(&before.kinds), &words(&wanted.kinds));
    if before.url != wanted.url {
        // Before and after by host: the rest may be secret.
        let host = |text: &str| url::Url::parse(text).map(|url| url.origin().ascii_serialization()).unwrap_or_default();
        changes = changes.with("address", host(&before.url), host(&wanted.url));
    }
    if changes.is_empty() {
        return Ok(());
    }
    store::save(tx.conn(), by.workspace(), id, &wanted.url, &wanted.kinds).await?;
    note(tx, by, "webhook.changed", (id, &wanted.url), changes).await
}

/// Gives it a new secret. The one before signs as well, until [`end_old_secret`].
pub async fn rotate(tx: &mut Tx, by: &By, id: WebhookId, secret: &SigningSecret) -> Result<(), Error> {
    let webhook = found(tx, by, id).await?;
    store::rotate(tx.conn(), by.workspace(), id, secret).await?;
    note(tx, by, "webhook.secret_made", (id, &webhook.url), Changes::default()).await
}

/// Ends the secret before.
pub async fn end_old_secret(tx: &mut Tx, by: &By, id: WebhookId) -> Result<(), Error> {
    let webhook = found(tx, by, id).await?;
    if !webhook.rotates() {
        return Ok(());
    }
    store::end_old_secret(tx.conn(), by.workspace(), id).await?;
    note(tx, by, "webhook.secret_ended", (id, &webhook.url), Changes::default()).await
}

/// Switches it off, or on again: what waited is tried at once then.
pub async fn set_on(tx: &mut Tx, by: &By, id: WebhookId, on: bool) -> Result<(), Error> {
    let (webhook, now, ws) = (found(tx, by, id).await?, tx.moment.now, by.workspace());
    if webhook.disabled_at.is_none() == on {
        return Ok(());
    }
    store::set_disabled(tx.conn(), ws, id, (!on).then_some((now, "by_hand"))).await?;
    if on {
        delivery_store::hurry(tx.conn(), ws, id, now).await?;
    }
    let action = if on { "webhook.enabled" } else { "webhook.disabled" };
    note(tx, by, action, (id, &webhook.url), Changes::default()).await
}

/// Removes it, with all that waited for it.
pub async fn remove(tx: &mut Tx, by: &By, id: WebhookId) -> Result<(), Error> {
    let webhook = found(tx, by, id).await?;
    store::remove(tx.conn(), by.workspace(), id).await?;
    note(tx, by, "webhook.removed", (id, &webhook.url), Changes::default()).await
}

/// Sends what is dead again: the one of this number, or all for 0.
pub async fn replay(tx: &mut Tx, by: &By, id: WebhookId, number: i64) -> Result<(), Error> {
    let (webhook, now) = (found(tx, by, id).await?, tx.moment.now);
    let count = delivery_store::replay(tx.conn(), by.workspace(), id, number, now).await?;
    if count == 0 {
        return Ok(());
    }
    let changes = Changes::default().with("deliveries", json!(null), count);
    note(tx, by, "webhook.replayed", (id, &webhook.url), changes).await
}
