//! `backup` and `restore`.

use std::path::PathBuf;

use super::desk::{Found, OpenDesk, lock};
use super::inspect_store;
use crate::backup::keys::FILE_NAME;
use crate::backup::restore::{Restored, Wanted, into_postgres, into_sqlite};
use crate::backup::take::Taken;
use crate::backup::{self, status};
use crate::cli::run::{Failure, Said, Tools, sentence};
use crate::cli::{Backup, Restore};
use crate::config::{Config, DatabaseUrl};

/// The key file that is meant.
pub(super) fn key_file(given: Option<&PathBuf>, config: &Config) -> PathBuf {
    given.cloned().unwrap_or_else(|| config.data.join(FILE_NAME))
}

impl From<backup::Error> for Failure {
    fn from(error: backup::Error) -> Self {
        match error {
            backup::Error::Db(error) => error.into(),
            backup::Error::Open(error) => error.into(),
            other => Self::new(sentence(&other.to_string())),
        }
    }
}

/// Takes a backup beside whatever runs, and notes when.
pub async fn take(given: &Backup, config: &Config, tools: &Tools) -> Result<Said, Failure> {
    let keys = key_file(given.keys.as_ref(), config);
    let desk = OpenDesk::beside(config, tools).await?;
    let now = tools.clock.now();
    let mut found = Found::find(config).await?;
    let taken = match found.conn() {
        None => Err(Failure::new("There is no database.")),
        Some(mut conn) => {
            let applied = inspect_store::applied(conn.again()).await?.unwrap_or_default();
            let schema = applied.last().map_or(0, |(number, _)| *number);
            backup::take::take(conn, schema, (&given.file, &keys), now, &tools.random).await.map_err(Failure::from)
        }
    };
    found.close().await;
    if taken.is_ok() {
        desk.writer.run("note backup", move |tx| Box::pin(async move { status::note(tx, now).await })).await?;
    }
    desk.close().await;
    let Taken { rows, visitors } = taken?;
    let all: u64 = rows.values().sum();
    let messages = rows.get("messages").copied().unwrap_or(0);
    let file = given.file.display();
    let sealed = match keys.exists() {
        true => format!(
            "{visitors} visitors' rows are sealed; their keys are in {}. Keep both, apart from one another, and of the \
             keys only the newest.",
            keys.display()
        ),
        false => "Nobody has written yet: there is no visitor whose rows are sealed, and no file of keys.".to_owned(),
    };
    Ok(Said::note(format!(
        "{file} has {all} rows, {messages} messages of them, and was read again as a whole.\n{sealed}"
    )))
}

/// Puts a backup in place.
pub async fn restore(given: &Restore, config: &Config, tools: &Tools) -> Result<Said, Failure> {
    let _lock = lock(config)?;
    let keys = key_file(given.keys.as_ref(), config);
    let wanted = Wanted { path: &given.file, keys: &keys, replace: given.replace, without_keys: given.without_keys };
    let restored = match &config.database {
        DatabaseUrl::Sqlite(file) => into_sqlite(file, &wanted, tools.clock.now(), &tools.random).await?,
        DatabaseUrl::Postgres(url) => into_postgres(url.expose(), &wanted, &tools.random).await?,
    };
    Ok(Said::note(words(&restored)))
}

fn words(restored: &Restored) -> String {
    let Restored { rows, left_out, before, as_of } = restored;
    let mut words =
        format!("{rows} rows are in place, as of {as_of}. Widgets and consoles ask anew when the server runs.");
    if *left_out > 0 {
        words += &format!("\n{left_out} visitors have no key any more; they and their conversations were left out.");
    }
    if let Some(before) = before {
        words += &format!("\nWhat was there before is {}.", before.display());
    }
    words
}
