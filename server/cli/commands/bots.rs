//! `bot add` and `bot set`.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::json;

use super::desk::{OpenDesk, workspace};
use crate::audit::By;
use crate::bots::managing::{self, Error, Wanted};
use crate::bots::{Bot, DEADLINE, Kind, LATER, Settings, callback, store};
use crate::cli::run::{Failure, Said, Tools};
use crate::cli::{AddBot, BotKind, BotSettings, SetBot};
use crate::config::Config;
use crate::db::Tx;
use crate::ids::{QueueId, WorkspaceId};
use crate::outgoing::Outgoing;
use crate::queues::store as queues;

impl From<BotKind> for Kind {
    fn from(kind: BotKind) -> Self {
        match kind {
            BotKind::Webhook => Self::Webhook,
            BotKind::Openai => Self::Openai,
            BotKind::Rasa => Self::Rasa,
            BotKind::Chatwoot => Self::Chatwoot,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Db(error) => error.into(),
            other => Self::new(format!("{other} Nothing was changed.")),
        }
    }
}

/// Adds one.
pub async fn add(given: &AddBot, config: &Config, tools: &Tools) -> Result<Said, Failure> {
    check_url(&given.url, config)?;
    let (name, url, kind, random) = (given.name.clone(), given.url.clone(), given.kind.into(), tools.random.clone());
    let more = Given::read(&given.more)?;
    let desk = OpenDesk::beside(config, tools).await?;
    let work = async move |tx: &mut Tx| -> Result<Said, Failure> {
        let ws = workspace(tx).await?;
        let plain = Wanted {
            name,
            url,
            settings: Settings::default(),
            deadline_ms: i64::try_from(DEADLINE.as_millis()).unwrap_or_default(),
            later_s: i64::try_from(LATER.as_secs()).unwrap_or_default(),
            redacts: false,
            is_on: true,
            queues: BTreeSet::new(),
        };
        let wanted = more.over(tx, ws, plain).await?;
        let added = managing::add(tx, &By::CommandLine(ws), kind, &wanted, &random).await?;
        let mut out = json!({"bot_id": added.id, "secret": added.secret, "key": added.key.expose()});
        if kind == Kind::Rasa {
            out["callback_path"] = json!(callback::path(added.id, &added.secret));
        }
        Ok(Said {
            out: out.to_string(),
            note: format!("The bot {} is added. Secret and key are shown only now.", wanted.name),
            exit: 0,
        })
    };
    let said = desk.writer.run("add bot", move |tx| Box::pin(async move { work(tx).await })).await;
    desk.close().await;
    said
}

/// Changes one.
pub async fn set(given: &SetBot, config: &Config, tools: &Tools) -> Result<Said, Failure> {
    if let Some(url) = &given.url {
        check_url(url, config)?;
    }
    let (name, url, on) = (given.name.clone(), given.url.clone(), given.on);
    let more = Given::read(&given.more)?;
    let desk = OpenDesk::beside(config, tools).await?;
    let work = async move |tx: &mut Tx| -> Result<Said, Failure> {
        let ws = workspace(tx).await?;
        let bot = store::named(tx.conn(), ws, &name).await?;
        let bot = bot.ok_or_else(|| Failure::new(format!("There is no bot {name}; nothing was changed.")))?;
        let now = of(tx, &bot).await?;
        let is_on = on.unwrap_or(now.is_on);
        let wanted = more.over(tx, ws, Wanted { url: url.unwrap_or(bot.url), is_on, ..now }).await?;
        managing::change(tx, &By::CommandLine(ws), bot.id, &wanted).await?;
        Ok(Said::note(format!("The bot {name} is changed.")))
    };
    let said = desk.writer.run("set bot", move |tx| Box::pin(async move { work(tx).await })).await;
    desk.close().await;
    said
}

fn check_url(url: &str, config: &Config) -> Result<(), Failure> {
    let outgoing = Outgoing::new(config.outgoing_allow.clone());
    outgoing.read_url(url).map(drop).map_err(|why| Failure::usage(format!("--url: {why}.")))
}

async fn of(tx: &mut Tx, bot: &Bot) -> Result<Wanted, Failure> {
    let queues = store::queues(tx.conn(), bot.workspace_id, bot.id).await?;
    Ok(Wanted {
        name: bot.name.clone(),
        url: bot.url.clone(),
        settings: bot.settings.0.clone(),
        deadline_ms: bot.deadline_ms,
        later_s: bot.later_s,
        redacts: bot.redacts,
        is_on: bot.is_on(),
        queues: queues.into_iter().map(|(id, _)| id).collect(),
    })
}

/// What was typed, with the files read.
struct Given {
    more: BotSettings,
    prompt: Option<String>,
    credential: Option<String>,
}

impl Given {
    fn read(more: &BotSettings) -> Result<Self, Failure> {
        let prompt = more.prompt_file.as_deref().map(|path| read("--prompt-file", path)).transpose()?;
        let from_file = more.credential_file.as_deref().map(|path| read("--credential-file", path)).transpose()?;
        let first_line = |text: String| text.lines().next().unwrap_or_default().to_owned();
        let typed = more.credential.as_ref().map(|secret| secret.expose().to_owned());
        Ok(Self { more: more.clone(), prompt, credential: from_file.map(first_line).or(typed) })
    }

    /// Over what is there.
    async fn over(self, tx: &mut Tx, ws: WorkspaceId, now: Wanted) -> Result<Wanted, Failure> {
        let Self { more, prompt, credential } = self;
        let queues = if more.queue.is_empty() { now.queues } else { named(tx, ws, &more.queue).await? };
        let settings = Settings {
            model: more.model.unwrap_or(now.settings.model),
            prompt: prompt.unwrap_or(now.settings.prompt),
            credential: credential.unwrap_or(now.settings.credential),
            history: more.history.unwrap_or(now.settings.history),
            answer_tokens: more.answer_tokens.unwrap_or(now.settings.answer_tokens),
            chat_tokens: more.chat_tokens.unwrap_or(now.settings.chat_tokens),
            callback: more.callback.unwrap_or(now.settings.callback),
        };
        Ok(Wanted {
            settings,
            queues,
            deadline_ms: more.deadline_ms.unwrap_or(now.deadline_ms),
            later_s: more.later.unwrap_or(now.later_s),
            redacts: more.redacts.unwrap_or(now.redacts),
            ..now
        })
    }
}

fn read(flag: &str, path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path)
        .map_err(|why| Failure::usage(format!("{flag}: `{}` cannot be read: {why}.", path.display())))
}

async fn named(tx: &mut Tx, ws: WorkspaceId, names: &[String]) -> Result<BTreeSet<QueueId>, Failure> {
    let all = queues::of_workspace(tx.conn(), ws).await?;
    let find = |name: &String| {
        let queue = all.iter().find(|queue| queue.name == *name);
        queue
            .map(|queue| queue.id)
            .ok_or_else(|| Failure::new(format!("There is no queue {name}; nothing was changed.")))
    };
    names.iter().map(find).collect()
}
