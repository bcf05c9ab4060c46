//! One request of a key: who asks, whether they may, what they say; and the one way in which it is done.

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::future::BoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::fault::key_refused;
use super::idempotency::{self, Claim};
use super::key_store::Known;
use super::keys::{self, Scope};
use super::{Answer, Fault};
use crate::app::App;
use crate::audit::{ActingKey, By};
use crate::bots::{Bot, store as bots};
use crate::conversations::Error as CommandError;
use crate::db::{Error as DbError, ReadConn, Tx};
use crate::error::{MEDIA_TYPE, NOT_ALLOWED, RATE_LIMITED};
use crate::http::access;
use crate::ids::WorkspaceId;
use crate::live::protocol::Problem;
use crate::metrics;
use crate::rate_limit::IpKey;
use crate::secrets::ApiKey;
use crate::writer::again;

const MEDIA_TYPE_OF_PROBLEMS: &str = "application/problem+json";
/// Characters of an error's own words in an answer.
const WHY_CHARS: usize = 300;

/// What is answered to a request that was done, as it is kept for a repeat.
#[derive(Debug, Clone)]
pub struct Reply {
    /// 200 or 201.
    pub status: StatusCode,
    /// JSON.
    pub body: String,
    /// Whether it is the answer to an earlier request with the same Idempotency-Key.
    pub replayed: bool,
}

impl Reply {
    /// Something that was changed, or done.
    pub fn ok(body: &impl Serialize) -> Result<Self, Fault> {
        Self::new(StatusCode::OK, body)
    }

    /// Something that was made.
    pub fn made(body: &impl Serialize) -> Result<Self, Fault> {
        Self::new(StatusCode::CREATED, body)
    }

    fn new(status: StatusCode, body: &impl Serialize) -> Result<Self, Fault> {
        let body = serde_json::to_string(body).map_err(|_| DbError::Inconsistent("answer"))?;
        Ok(Self { status, body, replayed: false })
    }

    /// A refusal that is kept like an answer, since something was stored with it.
    pub fn refused(error: &CommandError) -> Result<Self, Fault> {
        let problem = Problem::from(error);
        let status = StatusCode::from_u16(problem.status).map_err(|_| DbError::Inconsistent("answer"))?;
        Self::new(status, &problem)
    }

    /// As it goes out.
    pub fn into_response(self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        let media_type = if self.status.is_success() { "application/json" } else { MEDIA_TYPE_OF_PROBLEMS };
        response.content_type(media_type).insert_header((header::CACHE_CONTROL, "no-store"));
        if self.replayed {
            response.insert_header(("Idempotency-Replayed", "true"));
        }
        response.body(self.body)
    }
}

/// A request of a key that is good, within its limit, and in its scope.
pub struct Call {
    /// The server's parts.
    pub app: Data<App>,
    key: Known,
    body: Bytes,
    claim: Option<Claim>,
}

impl Call {
    /// A request that looks.
    pub async fn reading(app: &Data<App>, request: &HttpRequest) -> Result<Self, Fault> {
        let key = no_bots(known(app, request).await?)?;
        Ok(Self { app: Data::clone(app), key, body: Bytes::new(), claim: None })
    }

    /// A request that changes something.
    pub async fn writing(app: &Data<App>, request: &HttpRequest, body: &Bytes) -> Result<Self, Fault> {
        let key = no_bots(known(app, request).await?)?;
        if key.scope != Scope::Write {
            return Err(Fault::of(NOT_ALLOWED.problem("This key may look and not change. Make one that writes.")));
        }
        check_media_type(request, body)?;
        let claim = Claim::of(request, &key, body)?;
        Ok(Self { app: Data::clone(app), key, body: body.clone(), claim })
    }

    /// The tenant.
    pub const fn workspace(&self) -> WorkspaceId {
        self.key.workspace_id
    }

    /// For the audit log.
    pub fn by(&self) -> By {
        let Known { workspace_id, id, name, .. } = self.key.clone();
        By::Key(ActingKey { workspace_id, id, name })
    }

    /// A connection for reading.
    pub async fn read(&self) -> Result<ReadConn, Fault> {
        Ok(self.app.db.read().await?)
    }

    /// The body.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        serde_json::from_slice(&self.body).map_err(|error| {
            let words = crate::visitors::clean(&error.to_string(), WHY_CHARS);
            Fault::bad(format!("The body was not understood: {words}."))
        })
    }

    /// Does it in one transaction, in which the answer is kept for a repeat with the same Idempotency-Key.
    /// Of two at once the second waits for the first, and gets its answer.
    pub async fn run<F>(self, name: &'static str, operation: F) -> Answer
    where
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<Reply, Fault>> + Clone + Send + 'static,
    {
        Ok(self.done(name, operation).await?.into_response())
    }

    /// The same, for an answer that is not to be kept whole.
    pub async fn done<F>(self, name: &'static str, operation: F) -> Result<Reply, Fault>
    where
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<Reply, Fault>> + Clone + Send + 'static,
    {
        let claim = self.claim;
        let whole = again(move |tx: &mut Tx| {
            Box::pin(async move {
                let Some(claim) = claim else { return operation(tx).await };
                if let Some(before) = idempotency::claim(tx, &claim).await? {
                    return Ok(before);
                }
                let reply = operation(tx).await?;
                idempotency::keep(tx, &claim, &reply).await?;
                Ok(reply)
            })
        });
        self.app.writer.run_again(name, whole).await
    }

    /// What waits for a change of people, queues or hours looks again.
    pub fn look_again(app: &App, ws: WorkspaceId) {
        app.timer.look();
        app.availability.look();
        app.hub.attention.loads(ws);
    }
}

/// A request of a bot's key, for which nothing else is open than the conversations that the bot has or had.
pub struct BotCall {
    call: Call,
    bot: Bot,
}

impl BotCall {
    /// Whose it is; a bot that is switched off is refused.
    pub async fn of(app: &Data<App>, request: &HttpRequest, body: &Bytes) -> Result<Self, Fault> {
        Self::by(app, request, body, bearer(request)).await
    }

    /// The same, with the key where bots of Chatwoot have it.
    pub async fn of_token(app: &Data<App>, request: &HttpRequest, body: &Bytes) -> Result<Self, Fault> {
        let token = request.headers().get("api_access_token").and_then(|value| value.to_str().ok());
        Self::by(app, request, body, token.or_else(|| bearer(request))).await
    }

    async fn by(app: &Data<App>, request: &HttpRequest, body: &Bytes, key: Option<&str>) -> Result<Self, Fault> {
        let key = known_by(app, request, key).await?;
        let id = key
            .bot_id
            .ok_or_else(|| Fault::of(NOT_ALLOWED.problem("Use the key of a bot: it is shown when one is added.")))?;
        let bot = bots::find(app.db.read().await?.conn(), key.workspace_id, id).await?.filter(Bot::is_on);
        let bot = bot.ok_or_else(|| Fault::of(NOT_ALLOWED.problem("This bot is switched off.")))?;
        check_media_type(request, body)?;
        let claim = Claim::of(request, &key, body)?;
        Ok(Self { call: Call { app: Data::clone(app), key, body: body.clone(), claim }, bot })
    }

    /// Who acts.
    pub const fn bot(&self) -> &Bot {
        &self.bot
    }

    /// The body.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        self.call.json()
    }

    /// As [`Call::run`].
    pub async fn run<F>(self, name: &'static str, operation: F) -> Answer
    where
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<Reply, Fault>> + Clone + Send + 'static,
    {
        self.call.run(name, operation).await
    }
}

fn no_bots(key: Known) -> Result<Known, Fault> {
    match key.bot_id {
        None => Ok(key),
        Some(_) => Err(Fault::of(NOT_ALLOWED.problem("A bot's key acts on its conversations, and may nothing else."))),
    }
}

/// Lets the compiler see that a closure does a request.
pub fn doing<F>(operation: F) -> F
where
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<Reply, Fault>> + Clone + Send + 'static,
{
    operation
}

async fn known(app: &Data<App>, request: &HttpRequest) -> Result<Known, Fault> {
    known_by(app, request, bearer(request)).await
}

/// Whose key this is. A good one is known however many bad ones come from the same address.
async fn known_by(app: &Data<App>, request: &HttpRequest, key: Option<&str>) -> Result<Known, Fault> {
    let found = match key.and_then(|text| text.parse::<ApiKey>().ok()) {
        Some(given) => keys::authenticate(app, &given).await?,
        None => None,
    };
    let known = found.ok_or_else(|| refused_at(app, request))?;
    if let Err(retry) = app.rate_limits.api.check(&known.id) {
        metrics::refused("api");
        let words = format!("Too many requests with this key. Again in {} s.", retry.seconds);
        return Err(Fault::of(RATE_LIMITED.retryable(words, retry.seconds)));
    }
    keys::note_use(app, &known).await;
    Ok(known)
}

/// What a request without a good key gets; beyond the limit of its address, that there are too many.
fn refused_at(app: &App, request: &HttpRequest) -> Fault {
    let Err(retry) = app.rate_limits.api_refused.check(&IpKey::from(access::address(app, request))) else {
        return key_refused();
    };
    metrics::refused("api");
    let words = format!("Too many requests without a good key from this address. Again in {} s.", retry.seconds);
    Fault::of(RATE_LIMITED.retryable(words, retry.seconds))
}

/// The scheme is written in any case (RFC 9110).
fn bearer(request: &HttpRequest) -> Option<&str> {
    let (scheme, key) = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}

fn check_media_type(request: &HttpRequest, body: &Bytes) -> Result<(), Fault> {
    let given = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    if body.is_empty() || essence.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(Fault::of(MEDIA_TYPE.problem("Send JSON, with `Content-Type: application/json`.")))
}
