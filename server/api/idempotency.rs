//! Requests that are sent again: with an `Idempotency-Key`, what was done is not done twice, and the
//! answer is the first one. The key is claimed in the transaction that does it, so that of two at once
//! one waits for the other. What was refused did nothing and is not kept: it may be tried again.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;
use sha2::{Digest as _, Sha256};

use super::idempotency_store as store;
use super::key_store::Known;
use super::{Fault, Reply};
use crate::app::App;
use crate::db::{Error, Tx};
use crate::error::KEY_REUSED;
use crate::ids::{ApiKeyId, WorkspaceId};

/// The header.
const HEADER: &str = "idempotency-key";
/// Characters of a key, at most.
pub const MOST_KEY_CHARS: usize = 255;
/// How long an answer is kept.
pub const KEPT: Duration = Duration::from_secs(24 * 60 * 60);
/// Answers that one tidying drops, at most.
const DROPPED_AT_ONCE: i64 = 1_000;

/// A request by its key.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// Whose: two API keys do not share their idempotency keys.
    pub api_key_id: ApiKeyId,
    /// As the client wrote it.
    pub key: String,
    /// SHA-256 of method, path and body.
    pub digest: [u8; 32],
}

impl Claim {
    /// The claim of a request, if it makes one.
    pub(super) fn of(request: &HttpRequest, by: &Known, body: &Bytes) -> Result<Option<Self>, Fault> {
        let Some(value) = request.headers().get(HEADER) else { return Ok(None) };
        let key = value.to_str().unwrap_or_default();
        if key.is_empty() || key.len() > MOST_KEY_CHARS || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Fault::bad(format!("An Idempotency-Key has 1 to {MOST_KEY_CHARS} visible ASCII characters.")));
        }
        let mut hash = Sha256::new();
        for part in [request.method().as_str().as_bytes(), request.uri().path().as_bytes(), body] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let (workspace_id, api_key_id, digest) = (by.workspace_id, by.id, hash.finalize().into());
        Ok(Some(Self { workspace_id, api_key_id, key: key.to_owned(), digest }))
    }
}

/// Claims the key, or gives the answer that it stands for.
pub(super) async fn claim(tx: &mut Tx, claim: &Claim) -> Result<Option<Reply>, Fault> {
    let now = tx.moment.now;
    if store::claim(tx.conn(), claim, now).await? {
        return Ok(None);
    }
    let kept = store::find(tx.conn(), claim).await?.ok_or(Error::Inconsistent("idempotency_keys"))?;
    if kept.digest != claim.digest {
        let words = "This Idempotency-Key stands for another request. Nothing was done; draw a new one.";
        return Err(Fault::of(KEY_REUSED.problem(words)));
    }
    let status = u16::try_from(kept.status).ok().and_then(|status| StatusCode::from_u16(status).ok());
    let status = status.ok_or(Error::Inconsistent("idempotency_keys"))?;
    Ok(Some(Reply { status, body: kept.body, replayed: true }))
}

/// Keeps the answer.
pub(super) async fn keep(tx: &mut Tx, claim: &Claim, reply: &Reply) -> Result<(), Fault> {
    Ok(store::keep(tx.conn(), claim, i64::from(reply.status.as_u16()), &reply.body).await?)
}

/// Drops answers that are too old. Called every few seconds; it does nothing while there are none.
pub async fn tidy(app: &App) -> Result<(), Error> {
    let before = app.clock.now().minus(KEPT);
    if !store::has_older(app.db.read().await?.conn(), before).await? {
        return Ok(());
    }
    let dropped = app.writer.run("drop kept answers", move |tx| {
        Box::pin(async move { store::drop_older(tx.conn(), before, DROPPED_AT_ONCE).await })
    });
    dropped.await
}
