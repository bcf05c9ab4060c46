//! Webhooks over REST. A secret goes out once, beside the answer that is kept for a repeat, and never again.

use actix_web::HttpRequest;
use actix_web::web::{Bytes, Data};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::doing;
use super::paging::{Paging, of_seq, seq_of};
use super::{Answer, Call, Fault, Reply, input};
use crate::app::App;
use crate::db::{Conn, Error as DbError, Tx};
use crate::events::{self, Kind};
use crate::ids::{EventId, WebhookId, WorkspaceId};
use crate::outgoing::signing::SigningSecret;
use crate::webhooks::delivery_store::{self as deliveries, Listed};
use crate::webhooks::managing::{self, Wanted};
use crate::webhooks::store;

/// Another server that is told what happens.
#[derive(Debug, Serialize, ToSchema)]
pub struct Webhook {
    id: WebhookId,
    url: String,
    /// What it is told of.
    events: Vec<&'static str>,
    /// Whether anything is sent.
    is_on: bool,
    /// `by_hand`, or `gone`: it answered 410.
    disabled_why: Option<String>,
    /// Whether two secrets sign: the new one and the one before.
    rotates: bool,
    /// Deliveries that wait.
    pending: i64,
    /// Deliveries that were given up.
    dead: i64,
}

/// A webhook with the secret that signs what it is sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookWithSecret {
    webhook: Webhook,
    /// Shown this once; null in the answer to a repeat.
    secret: Option<String>,
}

/// A webhook to be added: what happens from then on is sent to it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWebhook {
    /// An http or https address.
    #[schema(max_length = 2_048)]
    url: String,
    /// At least one of the kinds of events.
    #[schema(min_items = 1)]
    events: Vec<String>,
}

/// What of a webhook is to change; what is left out or null stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WebhookChanges {
    #[schema(max_length = 2_048)]
    url: Option<String>,
    #[schema(min_items = 1)]
    events: Option<Vec<String>>,
    /// Switched on again, what waited is sent at once.
    is_on: Option<bool>,
}

/// Which dead deliveries are to be sent again.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Replay {
    /// The number of the event; left out or null, all of them.
    #[schema(minimum = 1)]
    number: Option<i64>,
}

/// One event for one webhook.
#[derive(Debug, Serialize, ToSchema)]
pub struct Delivery {
    /// Of the event in the log.
    number: i64,
    event_id: EventId,
    event: &'static str,
    /// `pending`, `sent` or `dead`.
    state: String,
    attempts: i64,
    /// RFC 3339: when it is tried next; null where it is not.
    next_at: Option<String>,
    /// Of the last answer, where one came.
    status: Option<i64>,
    /// Why there was no good one, in English: its words may change.
    error: Option<String>,
    /// The same in a word that stays: `status`, `timed_out`, `refused`, `dns`, `connect`, `tls`, `too_big`, `redirect`,
    /// `compressed`, `cut_off`, `bad_url` or `unable`; there may be more. Null where all is well.
    error_code: Option<String>,
    /// The beginning of the last answer.
    answer: Option<String>,
    took_ms: Option<i64>,
    /// RFC 3339.
    tried_at: Option<String>,
}

impl From<Listed> for Delivery {
    fn from(listed: Listed) -> Self {
        let next_at = (listed.state == "pending").then(|| listed.next_at.rfc3339());
        Self {
            number: listed.number,
            event_id: listed.event_id,
            event: listed.kind.word(),
            attempts: listed.attempts,
            next_at,
            state: listed.state,
            status: listed.status,
            error_code: listed.failure.map(|told| told.0.code),
            error: listed.error,
            answer: listed.answer,
            took_ms: listed.took_ms,
            tried_at: listed.tried_at.map(crate::clock::Timestamp::rfc3339),
        }
    }
}

fn shown(webhook: store::Webhook, counts: &[(WebhookId, i64, i64)]) -> Webhook {
    let (pending, dead) = counts.iter().find(|count| count.0 == webhook.id).map_or((0, 0), |count| (count.1, count.2));
    Webhook {
        id: webhook.id,
        events: webhook.kinds.iter().map(|kind| kind.word()).collect(),
        is_on: webhook.disabled_at.is_none(),
        rotates: webhook.rotates(),
        url: webhook.url,
        disabled_why: webhook.disabled_why,
        pending,
        dead,
    }
}

async fn read(mut conn: Conn<'_>, ws: WorkspaceId, id: WebhookId) -> Result<Webhook, Fault> {
    let found = store::find(conn.again(), ws, id).await?.ok_or_else(Fault::missing)?;
    Ok(shown(found, &deliveries::counts(conn, ws).await?))
}

fn url(app: &App, text: &str) -> Result<String, Fault> {
    let read = app.outgoing.read_url(text).map_err(|why| Fault::value("url", format!("cannot be taken: {why}")))?;
    Ok(read.to_string())
}

fn kinds(words: &[String]) -> Result<Vec<Kind>, Fault> {
    let known = |word: &String| Kind::ALL.into_iter().find(|kind| kind.word() == word);
    let unknown = || {
        let all: Vec<&str> = Kind::ALL.iter().map(|kind| kind.word()).collect();
        Fault::value("events", format!("has at least one of {}, and nothing else", all.join(", ")))
    };
    let read: Option<Vec<Kind>> = words.iter().map(known).collect();
    let read = read.filter(|read| !read.is_empty()).ok_or_else(unknown)?;
    // Each once, in our order.
    Ok(Kind::ALL.into_iter().filter(|kind| read.contains(kind)).collect())
}

/// `GET /api/v1/webhooks`
pub async fn list(request: HttpRequest, app: Data<App>) -> Answer {
    let call = Call::reading(&app, &request).await?;
    let paging = Paging::of(&request, &[])?;
    let mut conn = call.read().await?;
    let all = store::all(conn.conn(), call.workspace()).await?;
    let counts = deliveries::counts(conn.conn(), call.workspace()).await?;
    let (page, next) = paging.cut(paging.part(all, |one| one.id.uuid()), |one| one.id.uuid());
    paging.answer(page.into_iter().map(|one| shown(one, &counts)).collect(), next)
}

/// `GET /api/v1/webhooks/{webhook_id}`
pub async fn find(request: HttpRequest, app: Data<App>) -> Answer {
    let call = Call::reading(&app, &request).await?;
    let id = input::path_id(&request, "webhook_id")?;
    Ok(Reply::ok(&read(call.read().await?.conn(), call.workspace(), id).await?)?.into_response())
}

/// `GET /api/v1/webhooks/{webhook_id}/deliveries`: the newest first; the dead ones, unless it is asked for others.
pub async fn deliveries(request: HttpRequest, app: Data<App>) -> Answer {
    let call = Call::reading(&app, &request).await?;
    let (ws, id): (_, WebhookId) = (call.workspace(), input::path_id(&request, "webhook_id")?);
    let paging = Paging::of(&request, &["delivery_state"])?;
    let state = paging.filters().get("delivery_state").unwrap_or("dead");
    if !["pending", "sent", "dead"].contains(&state) {
        return Err(Fault::bad("delivery_state is pending, sent or dead."));
    }
    let mut conn = call.read().await?;
    store::find(conn.conn(), ws, id).await?.ok_or_else(Fault::missing)?;
    let before = paging.before.map_or(i64::MAX, seq_of);
    let rows = deliveries::before(conn.conn(), (ws, id), state, before, paging.rows()).await?;
    let (page, next) = paging.cut(rows, |row| of_seq(row.number));
    paging.answer(page.into_iter().map(Delivery::from).collect(), next)
}

/// [`WebhookWithSecret`] of a webhook that is JSON already.
#[derive(Serialize)]
struct Signed {
    webhook: Box<serde_json::value::RawValue>,
    secret: Option<String>,
}

/// The secret goes out beside the answer, and is not kept with it.
fn with_secret(reply: Reply, secret: &SigningSecret) -> Answer {
    let webhook = serde_json::from_str(&reply.body).map_err(|_| DbError::Inconsistent("answer"))?;
    let signed = Signed { webhook, secret: (!reply.replayed).then(|| secret.expose()) };
    let body = serde_json::to_string(&signed).map_err(|_| DbError::Inconsistent("answer"))?;
    Ok(Reply { body, ..reply }.into_response())
}

/// `POST /api/v1/webhooks`
pub async fn add(request: HttpRequest, body: Bytes, app: Data<App>) -> Answer {
    let call = Call::writing(&app, &request, &body).await?;
    let new: NewWebhook = call.json()?;
    let wanted = Wanted { url: url(&app, &new.url)?, kinds: kinds(&new.events)? };
    let (by, ws, secret) = (call.by(), call.workspace(), SigningSecret::draw(&app.random));
    let signs = secret.clone();
    let operation = doing(move |tx: &mut Tx| {
        Box::pin(async move {
            let id = managing::add(tx, &by, None, &wanted, &signs).await?;
            Reply::made(&read(tx.conn(), ws, id).await?)
        })
    });
    let reply = call.done("add webhook", operation).await?;
    events::look(&app).await?;
    with_secret(reply, &secret)
}

/// `PATCH /api/v1/webhooks/{webhook_id}`
pub async fn change(request: HttpRequest, body: Bytes, app: Data<App>) -> Answer {
    let call = Call::writing(&app, &request, &body).await?;
    let id: WebhookId = input::path_id(&request, "webhook_id")?;
    let changes: WebhookChanges = call.json()?;
    let url = changes.url.as_deref().map(|text| url(&app, text)).transpose()?;
    let kinds = changes.events.as_deref().map(kinds).transpose()?;
    let (by, ws) = (call.by(), call.workspace());
    let operation = doing(move |tx: &mut Tx| {
        Box::pin(async move {
            let before = store::find(tx.conn(), ws, id).await?.ok_or_else(Fault::missing)?;
            let wanted = Wanted { url: url.unwrap_or(before.url), kinds: kinds.unwrap_or(before.kinds.0) };
            managing::change(tx, &by, id, &wanted).await?;
            if let Some(on) = changes.is_on {
                managing::set_on(tx, &by, id, on).await?;
            }
            Reply::ok(&read(tx.conn(), ws, id).await?)
        })
    });
    call.run("change webhook", operation).await
}

/// `DELETE /api/v1/webhooks/{webhook_id}`: with all that waits for it. The answer is what it was.
pub async fn remove(request: HttpRequest, app: Data<App>) -> Answer {
    let call = Call::writing(&app, &request, &Bytes::new()).await?;
    let id: WebhookId = input::path_id(&request, "webhook_id")?;
    let (by, ws) = (call.by(), call.workspace());
    let operation = doing(move |tx: &mut Tx| {
        Box::pin(async move {
            let before = read(tx.conn(), ws, id).await?;
            managing::remove(tx, &by, id).await?;
            Reply::ok(&before)
        })
    });
    call.run("remove webhook", operation).await
}

/// `POST /api/v1/webhooks/{webhook_id}/secret`: another secret; the one before signs as well, until it is ended.
pub async fn rotate(request: HttpRequest, body: Bytes, app: Data<App>) -> Answer {
    let call = Call::writing(&app, &request, &body).await?;
    let id: WebhookId = input::path_id(&request, "webhook_id")?;
    let (by, ws, secret) = (call.by(), call.workspace(), SigningSecret::draw(&app.random));
    let signs = secret.clone();
    let operation = doing(move |tx: &mut Tx| {
        Box::pin(async move {
            managing::rotate(tx, &by, id, &signs).await?;
            Reply::ok(&read(tx.conn(), ws, id).await?)
        })
    });
    with_secret(call.done("rotate secret", operation).await?, &secret)
}

/// `DELETE /api/v1/webhooks/{webhook_id}/secret`: ends the secret before.
pub async fn end_old_secret(request: HttpRequest, app: Data<App>) -> Answer {
    let call = Call::writing(&app, &request, &Bytes::new()).await?;
    let id: WebhookId = input::path_id(&request, "webhook_id")?;
    let (by, ws) = (call.by(), call.workspace());
    let operation = doing(move |tx: &mut Tx| {
        Box::pin(async move {
            managing::end_old_secret(tx, &by, id).await?;
            Reply::ok(&read(tx.conn(), ws, id).await?)
        })
    });
    call.run("end secret", operation).await
}

/// `POST /api/v1/webhooks/{webhook_id}/replay`
pub async fn replay(request: HttpRequest, body: Bytes, app: Data<App>) -> Answer {
    let call = Call::writing(&app, &request, &body).await?;
    let id: WebhookId = input::path_id(&request, "webhook_id")?;
    let number = call.json::<Replay>()?.number;
    if number.is_some_and(|number| number < 1) {
        return Err(Fault::value("number", "is an event's, from 1"));
    }
    let (by, ws) = (call.by(), call.workspace());
    let operation = doing(move |tx: &mut Tx| {
        Box::pin(async move {
            managing::replay(tx, &by, id, number.unwrap_or(0)).await?;
            Reply::ok(&read(tx.conn(), ws, id).await?)
        })
    });
    call.run("replay", operation).await
}
