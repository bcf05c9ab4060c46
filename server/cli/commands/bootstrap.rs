//! `bootstrap`: the first set-up without a browser.

use serde::Serialize;

use super::desk::{Found, OpenDesk, lock};
use super::inspect_store;
use crate::agents::EmailAddress;
use crate::agents::password::{NewPassword, Passwords};
use crate::cli::Bootstrap;
use crate::cli::run::{Failure, Said, Tools, sentence};
use crate::config::Config;
use crate::ids::{AgentId, ApiKeyId, QueueId, SiteId, WorkspaceId};
use crate::secrets::ApiKey;
use crate::setup::{Desk, NewDesk, SetupError, set_up};
use crate::sites::parse_origin;
use crate::workspaces::store::NewApiKey;
use crate::workspaces::{self, Name};
use crate::writer::Writer;

/// What is printed: part of the public contract.
#[derive(Serialize)]
struct Printed {
    workspace_id: WorkspaceId,
    owner_id: AgentId,
    site_id: SiteId,
    site_key: String,
    queue_id: QueueId,
    api_key: Option<String>,
}

/// Runs it.
pub async fn run(given: &Bootstrap, config: &Config, tools: &Tools) -> Result<Said, Failure> {
    let (new, password) = parse(given)?;
    let lock = lock(config)?;
    // Before anything is migrated: a database that is set up is left as it is.
    if is_set_up(config).await? {
        return Err(Failure::already_set_up());
    }
    let new = NewDesk { password_hash: hash(config, tools, password).await?, ..new };
    let desk = OpenDesk::alone(config, tools, &lock).await?;
    let api_key = given.api_key.then(|| ApiKey::draw(&tools.random));
    let made = make(&desk.writer, tools, new, api_key.as_ref().map(ApiKey::hash)).await;
    desk.close().await;
    let made = made?;
    let printed = Printed {
        workspace_id: made.workspace_id,
        owner_id: made.owner_id,
        site_id: made.site_id,
        site_key: made.site_key,
        queue_id: made.queue_id,
        api_key: api_key.map(|key| key.expose()),
    };
    let out = serde_json::to_string(&printed).map_err(|why| Failure::new(why.to_string()))?;
    Ok(Said { out, ..Said::default() })
}

fn parse(given: &Bootstrap) -> Result<(NewDesk, NewPassword), Failure> {
    let owner_email = EmailAddress::parse(&given.owner_email).map_err(|why| usage("--owner-email", &why))?;
    let password = given.password().map_err(|why| Failure::new(sentence(&why.to_string())))?;
    let password = NewPassword::parse(&password, owner_email.as_str())
        .map_err(|why| usage("--owner-password", &why.to_string()))?;
    let site_name = Name::parse(&given.site).map_err(|why| usage("--site", &why))?;
    let origins: Result<Vec<String>, String> = given.origin.iter().map(|text| parse_origin(text)).collect();
    let origins = origins.map_err(|why| usage("--origin", &why))?;
    Ok((NewDesk { owner_email, owner_name: None, password_hash: String::new(), site_name, origins }, password))
}

/// What was typed after this flag makes no sense.
pub(super) fn usage(flag: &str, why: &str) -> Failure {
    Failure::usage(format!("{flag}: {why}."))
}

/// The hash to store for a new password.
pub(super) async fn hash(config: &Config, tools: &Tools, password: NewPassword) -> Result<String, Failure> {
    let hashed = match Passwords::new(&config.password, 1, tools.random.clone()) {
        Ok(passwords) => passwords.hash(password).await,
        Err(why) => Err(why),
    };
    hashed.map_err(|why| Failure::new(sentence(&why.to_string())))
}

async fn is_set_up(config: &Config) -> Result<bool, Failure> {
    let mut found = Found::find(config).await?;
    let set_up = match found.conn() {
        Some(mut conn) => match inspect_store::applied(conn.again()).await? {
            Some(steps) if !steps.is_empty() => !workspaces::store::all(conn).await?.is_empty(),
            _ => false,
        },
        None => false,
    };
    found.close().await;
    Ok(set_up)
}

async fn make(writer: &Writer, tools: &Tools, new: NewDesk, key_hash: Option<[u8; 32]>) -> Result<Desk, Failure> {
    let random = tools.random.clone();
    let made: Result<Desk, SetupError> = writer
        .run("set up", move |tx| {
            Box::pin(async move {
                let moment = tx.moment.clone();
                let desk = set_up(tx, &moment, &random, &new).await?;
                if let Some(key_hash) = &key_hash {
                    let id = ApiKeyId::from_uuid(moment.ids.draw());
                    let new = NewApiKey { workspace_id: desk.workspace_id, id, name: "bootstrap", key_hash };
                    workspaces::store::insert_api_key(tx.conn(), &new, moment.now).await?;
                }
                Ok(desk)
            })
        })
        .await;
    made.map_err(|why| match why {
        SetupError::AlreadySetUp => Failure::already_set_up(),
        SetupError::Db(why) => why.into(),
    })
}
