//! Bots over REST: adding and changing them, and exchanging what only they know. Secrets and keys go out once,
//! beside the answer that is kept for a repeat; a model's key never goes out at all.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::HttpRequest;
use actix_web::web::{Bytes, Data};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::doing;
use super::paging::Paging;
use super::{Answer, Call, Fault, Reply, input};
use crate::app::App;
use crate::bots::managing::{self, Error, Wanted};
use crate::bots::{self, DEADLINE, Kind, LATER, Settings, store};
use crate::db::{Conn, Error as DbError, Tx};
use crate::error::NOT_ALLOWED;
use crate::ids::{BotId, QueueId, WorkspaceId};

/// A chatbot behind a web address.
#[derive(Debug, Serialize, ToSchema)]
pub struct Bot {
    id: BotId,
    name: String,
    /// What it speaks: `webhook`, `openai`, `rasa` or `chatwoot`.
    #[schema(pattern = "^(webhook|openai|rasa|chatwoot)$")]
    kind: &'static str,
    url: String,
    /// Whether it is asked.
    is_on: bool,
    /// In how many milliseconds it has to answer.
    deadline_ms: i64,
    /// In how many seconds it has to act, where it said that it acts later.
    later_s: i64,
    /// Whether card numbers and secrets are blacked out in what it is sent.
    redacts: bool,
    /// Where it answers first.
    queue_ids: BTreeSet<QueueId>,
    settings: BotSettings,
    /// Whether two secrets sign: the new one and the one before.
    rotates: bool,
}

/// What only some kinds of bots read. Empty or 0: not set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BotSettings {
    /// `openai`: the model's name.
    #[schema(max_length = 200)]
    model: String,
    /// `openai`: what it is told before the conversation.
    #[schema(max_length = 20_000)]
    prompt: String,
    /// `openai`: messages of the conversation that it is sent, at most.
    #[schema(minimum = 0, maximum = 1_000)]
    history: u32,
    /// `openai`: tokens of one answer, at most.
    #[schema(minimum = 0, maximum = 1_000_000)]
    answer_tokens: u32,
    /// `openai`: tokens that one conversation may use in all.
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    chat_tokens: u64,
    /// `rasa`: it answers by its callback channel.
    callback: bool,
}

/// A bot with what is shown once.
#[derive(Debug, Serialize, ToSchema)]
pub struct BotWithSecrets {
    bot: Bot,
    /// Signs what it is sent, where it was made just now; null in the answer to a repeat.
    secret: Option<String>,
    /// With this it acts over REST, where it was made just now; null in the answer to a repeat.
    key: Option<String>,
}

/// A bot to be added.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBot {
    /// One of its kind in the workspace; visitors see it.
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    #[schema(pattern = "^(webhook|openai|rasa|chatwoot)$")]
    kind: String,
    /// An http or https address.
    #[schema(max_length = 2_000)]
    url: String,
    #[schema(minimum = 1, maximum = 60_000)]
    deadline_ms: Option<i64>,
    #[schema(minimum = 1, maximum = 3_600)]
    later_s: Option<i64>,
    redacts: Option<bool>,
    /// Where it answers first; another bot there gives way.
    queue_ids: Option<BTreeSet<QueueId>>,
    settings: Option<BotSettings>,
    /// `openai`, `rasa`: the key that it asks for. It is never shown again.
    #[schema(max_length = 2_000)]
    credential: Option<String>,
}

/// What of a bot is to change; what is left out or null stays. A bot is not removed, since chats name it: it is
/// switched off.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BotChanges {
    #[schema(min_length = 1, max_length = 60)]
    name: Option<String>,
    #[schema(max_length = 2_000)]
    url: Option<String>,
    is_on: Option<bool>,
    #[schema(minimum = 1, maximum = 60_000)]
    deadline_ms: Option<i64>,
    #[schema(minimum = 1, maximum = 3_600)]
    later_s: Option<i64>,
    redacts: Option<bool>,
    queue_ids: Option<BTreeSet<QueueId>>,
    /// As a whole.
    settings: Option<BotSettings>,
    #[schema(max_length = 2_000)]
    credential: Option<String>,
}

impl BotSettings {
    fn of(settings: &Settings) -> Self {
        let Settings { model, prompt, history, answer_tokens, chat_tokens, callback, .. } = settings.clone();
        Self { model, prompt, history, answer_tokens, chat_tokens, callback }
    }

    fn with(self, credential: String) -> Settings {
        let Self { model, prompt, history, answer_tokens, chat_tokens, callback } = self;
        Settings { model, prompt, credential, history, answer_tokens, chat_tokens, callback }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::missing(),
            Error::NotAllowed => Self::of(NOT_ALLOWED.problem("Only owners and admins manage bots.")),
            Error::NameTaken => Self::taken("name"),
            Error::TooMany => Self::value("name", format!("is one too many. {error}")),
            Error::Value(field, why) => Self::value(field_of(field), format!("cannot be taken: {why}")),
            Error::Db(error) => error.into(),
        }
    }
}

/// A field of the console's form, as REST calls it.
fn field_of(field: &'static str) -> &'static str {
    match field {
        "deadline" => "deadline_ms",
        "later" => "later_s",
        "queues" => "queue_ids",
        "model" | "prompt" => "settings",
        other => other,
    }
}

async fn shown(conn: Conn<'_>, ws: WorkspaceId, bot: bots::Bot) -> Result<Bot, DbError> {
    let queue_ids = store::queues(conn, ws, bot.id).await?.into_iter().map(|(id, _)| id).collect();
    Ok(Bot {
        id: bot.id,
        is_on: bot.is_on(),
        settings: BotSettings::of(&bot.settings),
        rotates: bot.secret_before.is_some(),
        name: bot.name,
        kind: bot.kind.word(),
        url: bot.url,
        deadline_ms: bot.deadline_ms,
        later_s: bot.later_s,
        redacts: bot.redacts,
        queue_ids,
    })
}

async fn read(mut conn: Conn<'_>, ws: WorkspaceId, id: BotId) -> Result<Bot, Fault> {
    let found = store::find(conn.again(), ws, id).await?.ok_or_else(Fault::missing)?;
    Ok(shown(conn, ws, found).await?)
}

fn url(app: &App, text: &str) -> Result<String, Fault> {
    let read = app.outgoing.read_url(text).map_err(|why| Fault::value("url", format!("cannot be taken: {why}")))?;
    Ok(read.to_string())
}

/// `GET /api/v1/bots`
pub async fn list(request: HttpRequest, app: Data<App>) -> Answer {
    let call = Call::reading(&app, &request).await?;
    let paging = Paging::of(&request, &[])?;
    let mut conn = call.read().await?;
    let all = store::of_workspace(conn.conn(), call.workspace()).await?;
    let (page, next) = paging.cut(paging.part(all, |one| one.id.uuid()), |one| one.id.uuid());
    let mut items = Vec::new();
    for bot in page {
        items.push(shown(conn.conn(), call.workspace(), bot).await?);
    }
    paging.answer(items, next)
}

/// `GET /api/v1/bots/{bot_id}`
pub async fn find(request: HttpRequest, app: Data<App>) -> Answer {
    let call = Call::reading(&app, &request).await?;
    let id = input::path_id(&request, "bot_id")?;
    Ok(Reply::ok(&read(call.read().await?.conn(), call.workspace(), id).await?)?.into_response())
}

/// What an operation made and nothing keeps: taken out once it is committed.
#[derive(Debug, Clone, Default)]
struct Made(Arc<Mutex<(Option<String>, Option<String>)>>);

impl Made {
    fn put(&self, secret: Option<String>, key: Option<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = (secret, key);
    }

    /// Beside the answer; of a repeat nothing was made.
    fn beside(self, reply: Reply) -> Answer {
        #[derive(Serialize)]
        struct Whole {
            bot: Box<serde_json::value::RawValue>,
            secret: Option<String>,
            key: Option<String>,
        }
        let bot = serde_json::from_str(&reply.body).map_err(|_| DbError::Inconsistent("answer"))?;
        let (secret, key) = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let (secret, key) = if reply.replayed { (None, None) } else { (secret, key) };
        let whole = Whole { bot, secret, key };
        let body = serde_json::to_string(&whole).map_err(|_| DbError::Inconsistent("answer"))?;
        Ok(Reply { body, ..reply }.into_response())
    }
}

/// `POST /api/v1/bots`
pub async fn add(request: HttpRequest, body: Bytes, app: Data<App>) -> Answer {
    let call = Call::writing(&app, &request, &body).await?;
    let new: NewBot = call.json()?;
    let kind = Kind::of_word(&new.kind).ok_or_else(|| Fault::value("kind", "is webhook, openai, rasa or chatwoot"))?;
    let wanted = Wanted {
        name: new.name,
        url: url(&app, &new.url)?,
        settings: new.settings.unwrap_or_default().with(new.credential.unwrap_or_default()),
        deadline_ms: new.deadline_ms.unwrap_or(i64::try_from(DEADLINE.as_millis()).unwrap_or(i64::MAX)),
        later_s: new.later_s.unwrap_or(i64::try_from(LATER.as_secs()).unwrap_or(i64::MAX)),
        redacts: new.redacts.unwrap_or_default(),
        is_on: true,
        queues: new.queue_ids.unwrap_or_default(),
    };
    let (by, ws, random, made) = (call.by(), call.workspace(), app.random.clone(), Made::default());
    let put = made.clone();
    let operation = doing(move |tx: &mut Tx| {
        Box::pin(async move {
            let added = managing::add(tx, &by, kind, &wanted, &random).await?;
            put.put(Some(added.secret), Some(added.key.expose()));
            Reply::made(&read(tx.conn(), ws, added.id).await?)
        })
    });
    made.beside(call.done("add bot", operation).await?)
}

/// `PATCH /api/v1/bots/{bot_id}`
pub async fn change(request: HttpRequest, body: Bytes, app: Data<App>) -> Answer {
    let call = Call::writing(&app, &request, &body).await?;
    let id: BotId = input::path_id(&request, "bot_id")?;
    let changes: BotChanges = call.json()?;
    let url = changes.url.as_deref().map(|text| url(&app, text)).transpose()?;
    let (by, ws) = (call.by(), call.workspace());
    let operation = doing(move |tx: &mut Tx| {
        Box::pin(async move {
            let before = store::find(tx.conn(), ws, id).await?.ok_or_else(Fault::missing)?;
            let queues = store::queues(tx.conn(), ws, id).await?.into_iter().map(|(id, _)| id).collect();
            let settings = changes.settings.unwrap_or_else(|| BotSettings::of(&before.settings));
            let wanted = Wanted {
                is_on: changes.is_on.unwrap_or(before.is_on()),
                settings: settings.with(changes.credential.unwrap_or_else(|| before.settings.credential.clone())),
                name: changes.name.unwrap_or(before.name),
                url: url.unwrap_or(before.url),
                deadline_ms: changes.deadline_ms.unwrap_or(before.deadline_ms),
                later_s: changes.later_s.unwrap_or(before.later_s),
                redacts: changes.redacts.unwrap_or(before.redacts),
                queues: changes.queue_ids.unwrap_or(queues),
            };
            managing::change(tx, &by, id, &wanted).await?;
            Reply::ok(&read(tx.conn(), ws, id).await?)
        })
    });
    call.run("change bot", operation).await
}

/// `POST /api/v1/bots/{bot_id}/secret`: another secret; the one before signs as well, until it is ended.
pub async fn rotate(request: HttpRequest, body: Bytes, app: Data<App>) -> Answer {
    let call = Call::writing(&app, &request, &body).await?;
    let id: BotId = input::path_id(&request, "bot_id")?;
    let (by, ws, random, made) = (call.by(), call.workspace(), app.random.clone(), Made::default());
    let put = made.clone();
    let operation = doing(move |tx: &mut Tx| {
        Box::pin(async move {
            put.put(Some(managing::exchange_secret(tx, &by, id, &random).await?), None);
            Reply::ok(&read(tx.conn(), ws, id).await?)
        })
    });
    made.beside(call.done("exchange secret", operation).await?)
}

/// `DELETE /api/v1/bots/{bot_id}/secret`: ends the secret before.
pub async fn end_old_secret(request: HttpRequest, app: Data<App>) -> Answer {
    let call = Call::writing(&app, &request, &Bytes::new()).await?;
    let id: BotId = input::path_id(&request, "bot_id")?;
    let (by, ws) = (call.by(), call.workspace());
    let operation = doing(move |tx: &mut Tx| {
        Box::pin(async move {
            managing::drop_secret(tx, &by, id).await?;
            Reply::ok(&read(tx.conn(), ws, id).await?)
        })
    });
    call.run("end secret", operation).await
}

/// `POST /api/v1/bots/{bot_id}/key`: another key; the one before is good for nothing from then on.
pub async fn new_key(request: HttpRequest, body: Bytes, app: Data<App>) -> Answer {
    let call = Call::writing(&app, &request, &body).await?;
    let id: BotId = input::path_id(&request, "bot_id")?;
    let (by, ws, random, made) = (call.by(), call.workspace(), app.random.clone(), Made::default());
    let put = made.clone();
    let operation = doing(move |tx: &mut Tx| {
        Box::pin(async move {
            put.put(None, Some(managing::exchange_key(tx, &by, id, &random).await?.expose()));
            Reply::ok(&read(tx.conn(), ws, id).await?)
        })
    });
    made.beside(call.done("exchange key", operation).await?)
}
