//! Managing bots: adding and changing them, exchanging their secrets, and saying where they answer first.
//! Each act is one transaction with its row in the audit log, in which no secret stands.

use std::collections::BTreeSet;

use serde_json::json;
use sqlx::types::Json;

use super::{Bot, Kind, LONGEST_DEADLINE, LONGEST_LATER, MOST_BOTS, NAME_CHARS, Settings, URL_CHARS, store};
use crate::agents::Role;
use crate::api::key_store as keys;
use crate::audit::{self, Act, By, Changes};
use crate::clock::Random;
use crate::db::{Constraint, Error as DbError, Tx};
use crate::ids::{ApiKeyId, BotId, QueueId};
use crate::outgoing::signing::SigningSecret;
use crate::queues::store as queues;
use crate::routing::line_store;
use crate::secrets::ApiKey;
use crate::writer::MayBeginAgain;

/// Why it is not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such bot, or in another workspace.
    #[error("There is no such bot.")]
    NotFound,
    /// Only owners and admins manage bots.
    #[error("Only owners and admins manage bots.")]
    NotAllowed,
    /// Another bot has that name.
    #[error("Another bot has this name.")]
    NameTaken,
    /// There are as many as there may be.
    #[error("A workspace has at most {MOST_BOTS} bots.")]
    TooMany,
    /// A value that cannot be taken: which field, and why.
    #[error("{1}")]
    Value(&'static str, String),
    /// The database.
    #[error("{0}")]
    Db(#[from] DbError),
}

impl MayBeginAgain for Error {
    fn may_begin_again(&self) -> bool {
        matches!(self, Self::Db(error) if error.may_begin_again())
    }
}

/// What a bot is to be.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// One of its kind in the workspace.
    pub name: String,
    /// Where it is asked: read by the guarded client before.
    pub url: String,
    /// What only its kind reads.
    pub settings: Settings,
    /// In how many milliseconds it has to answer.
    pub deadline_ms: i64,
    /// In how many seconds it has to act, where it said that it acts later.
    pub later_s: i64,
    /// Whether card numbers and secrets are blacked out in what it is sent.
    pub redacts: bool,
    /// Whether it is asked.
    pub is_on: bool,
    /// Where it answers first.
    pub queues: BTreeSet<QueueId>,
}

/// A bot that was just added, with what is shown once.
#[derive(Debug, Clone)]
pub struct Added {
    /// Its id.
    pub id: BotId,
    /// Signs what it is sent.
    pub secret: String,
    /// With this it acts over REST.
    pub key: ApiKey,
}

fn taken(error: DbError) -> Error {
    match error {
        DbError::Constraint(Constraint::BotsName) => Error::NameTaken,
        other => other.into(),
    }
}

fn may(by: &By) -> Result<(), Error> {
    if matches!(by.role(), Role::Owner | Role::Admin) { Ok(()) } else { Err(Error::NotAllowed) }
}

/// Adds a bot.
pub async fn add(tx: &mut Tx, by: &By, kind: Kind, wanted: &Wanted, random: &Random) -> Result<Added, Error> {
    may(by)?;
    let (ws, now) = (by.workspace(), tx.moment.now);
    check(kind, wanted)?;
    if store::of_workspace(tx.conn(), ws).await?.len() >= MOST_BOTS {
        return Err(Error::TooMany);
    }
    let key = ApiKey::draw(random);
    let bot = Bot {
        workspace_id: ws,
        id: BotId::from_uuid(tx.moment.ids.draw()),
        name: wanted.name.trim().to_owned(),
        kind,
        url: wanted.url.clone(),
        settings: Json(wanted.settings.clone()),
        secret: SigningSecret::draw(random).expose(),
        secret_before: None,
        deadline_ms: wanted.deadline_ms,
        later_s: wanted.later_s,
        redacts: wanted.redacts,
        disabled_at: (!wanted.is_on).then_some(now),
        created_at: now,
    };
    store::insert(tx.conn(), &bot).await.map_err(taken)?;
    give_key(tx, &bot, &key).await?;
    let queues = set_queues(tx, bot.id, by, &wanted.queues).await?.1;
    let changes = Changes::default().with("kind", json!(null), kind.word()).with("url", json!(null), &bot.url);
    note(tx, by, "bot.added", &bot, changes.with("queues", json!(null), queues)).await?;
    Ok(Added { id: bot.id, secret: bot.secret, key })
}

/// Changes a bot.
pub async fn change(tx: &mut Tx, by: &By, id: BotId, wanted: &Wanted) -> Result<(), Error> {
    may(by)?;
    let (ws, now) = (by.workspace(), tx.moment.now);
    let before = store::find(tx.conn(), ws, id).await?.ok_or(Error::NotFound)?;
    check(before.kind, wanted)?;
    let after = Bot {
        name: wanted.name.trim().to_owned(),
        url: wanted.url.clone(),
        settings: Json(wanted.settings.clone()),
        deadline_ms: wanted.deadline_ms,
        later_s: wanted.later_s,
        redacts: wanted.redacts,
        disabled_at: (!wanted.is_on).then(|| before.disabled_at.unwrap_or(now)),
        ..before.clone()
    };
    store::update(tx.conn(), &after, now).await.map_err(taken)?;
    let (was, is) = set_queues(tx, id, by, &wanted.queues).await?;
    let mut changes = differences(&before, &after);
    changes.note("queues", &was, &is);
    if changes.is_empty() { Ok(()) } else { note(tx, by, "bot.changed", &after, changes).await }
}

fn differences(before: &Bot, after: &Bot) -> Changes {
    let mut changes = Changes::default();
    changes.note("name", &before.name, &after.name);
    changes.note("url", &before.url, &after.url);
    changes.note("deadline_ms", &before.deadline_ms, &after.deadline_ms);
    changes.note("later_s", &before.later_s, &after.later_s);
    changes.note("redacts", &before.redacts, &after.redacts);
    changes.note("is_on", &before.is_on(), &after.is_on());
    // Of settings the fields that are no secret; of the credential only that it is another one.
    let open = |settings: &Settings| Settings { credential: String::new(), ..settings.clone() };
    changes.note("settings", &open(&before.settings), &open(&after.settings));
    if before.settings.credential != after.settings.credential {
        changes = changes.with("credential", "***", "***");
    }
    changes
}

/// Draws a new secret; the one before signs, too, until [`drop_secret`].
pub async fn exchange_secret(tx: &mut Tx, by: &By, id: BotId, random: &Random) -> Result<String, Error> {
    may(by)?;
    let bot = store::find(tx.conn(), by.workspace(), id).await?.ok_or(Error::NotFound)?;
    let secret = SigningSecret::draw(random).expose();
    let after = Bot { secret: secret.clone(), secret_before: Some(bot.secret.clone()), ..bot };
    let now = tx.moment.now;
    store::update(tx.conn(), &after, now).await?;
    note(tx, by, "bot.secret_exchanged", &after, Changes::default()).await?;
    Ok(secret)
}

/// The secret before signs no more.
pub async fn drop_secret(tx: &mut Tx, by: &By, id: BotId) -> Result<(), Error> {
    may(by)?;
    let bot = store::find(tx.conn(), by.workspace(), id).await?.ok_or(Error::NotFound)?;
    if bot.secret_before.is_none() {
        return Ok(());
    }
    let after = Bot { secret_before: None, ..bot };
    let now = tx.moment.now;
    store::update(tx.conn(), &after, now).await?;
    note(tx, by, "bot.secret_dropped", &after, Changes::default()).await
}

/// Draws a new key; the one before is good for nothing from then on.
pub async fn exchange_key(tx: &mut Tx, by: &By, id: BotId, random: &Random) -> Result<ApiKey, Error> {
    may(by)?;
    let bot = store::find(tx.conn(), by.workspace(), id).await?.ok_or(Error::NotFound)?;
    let key = ApiKey::draw(random);
    let now = tx.moment.now;
    keys::revoke_of_bot(tx.conn(), bot.workspace_id, id, now).await?;
    give_key(tx, &bot, &key).await?;
    note(tx, by, "bot.key_exchanged", &bot, Changes::default()).await?;
    Ok(key)
}

async fn give_key(tx: &mut Tx, bot: &Bot, key: &ApiKey) -> Result<(), Error> {
    let (id, now) = (ApiKeyId::from_uuid(tx.moment.ids.draw()), tx.moment.now);
    let of = (bot.workspace_id, bot.id, bot.name.as_str());
    Ok(keys::insert_for_bot(tx.conn(), of, id, key.hash(), now).await?)
}

fn check(kind: Kind, wanted: &Wanted) -> Result<(), Error> {
    let name = wanted.name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS || name.chars().any(char::is_control) {
        return Err(Error::Value("name", format!("The name is one line of 1 to {NAME_CHARS} characters.")));
    }
    let url =
        url::Url::parse(&wanted.url).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if url.is_none() || wanted.url.chars().count() > URL_CHARS {
        return Err(Error::Value("url", "The address has to be like https://bot.example.com/hook.".to_owned()));
    }
    let longest_ms = i64::try_from(LONGEST_DEADLINE.as_millis()).unwrap_or(i64::MAX);
    if !(1..=longest_ms).contains(&wanted.deadline_ms) {
        return Err(Error::Value("deadline", format!("The deadline is at most {} s.", LONGEST_DEADLINE.as_secs())));
    }
    let longest_s = i64::try_from(LONGEST_LATER.as_secs()).unwrap_or(i64::MAX);
    if !(1..=longest_s).contains(&wanted.later_s) {
        return Err(Error::Value("later", format!("The time for a later answer is 1 to {longest_s} s.")));
    }
    if kind == Kind::Openai && wanted.settings.model.trim().is_empty() {
        return Err(Error::Value("model", "Name the model, as the service calls it.".to_owned()));
    }
    check_settings(&wanted.settings)
}

fn check_settings(settings: &Settings) -> Result<(), Error> {
    /// Characters of a prompt: what goes with every call.
    const PROMPT_CHARS: usize = 20_000;
    let texts = [
        ("model", &settings.model, 200),
        ("prompt", &settings.prompt, PROMPT_CHARS),
        ("credential", &settings.credential, 2_000),
    ];
    for (field, text, most) in texts {
        if text.contains('\0') || text.chars().count() > most {
            return Err(Error::Value(field, format!("This is at most {most} characters.")));
        }
    }
    if settings.credential.chars().any(char::is_control) {
        return Err(Error::Value("credential", "The key is one line.".to_owned()));
    }
    Ok(())
}

/// Says where it answers first; another bot there gives way. Gives the names before and after.
async fn set_queues(
    tx: &mut Tx,
    id: BotId,
    by: &By,
    wanted: &BTreeSet<QueueId>,
) -> Result<(Vec<String>, Vec<String>), Error> {
    let ws = by.workspace();
    let before = store::queues(tx.conn(), ws, id).await?;
    let touched: BTreeSet<QueueId> = before.iter().map(|(queue, _)| *queue).chain(wanted.iter().copied()).collect();
    line_store::lock(tx.conn(), ws, &touched).await?;
    for (queue, _) in before.iter().filter(|(queue, _)| !wanted.contains(queue)) {
        store::set_queue(tx.conn(), ws, *queue, None).await?;
    }
    for queue in wanted {
        if queues::find(tx.conn(), ws, *queue).await?.is_none() {
            return Err(Error::Value("queues", "One of the queues is gone. Reload the page.".to_owned()));
        }
        store::set_queue(tx.conn(), ws, *queue, Some(id)).await?;
    }
    let after = store::queues(tx.conn(), ws, id).await?;
    let names = |queues: Vec<(QueueId, String)>| queues.into_iter().map(|(_, name)| name).collect();
    Ok((names(before), names(after)))
}

async fn note(tx: &mut Tx, by: &By, action: &'static str, bot: &Bot, changes: Changes) -> Result<(), Error> {
    let act = Act { action, subject: bot.id.uuid(), name: &bot.name };
    Ok(audit::record(tx, by, act, changes).await?)
}
