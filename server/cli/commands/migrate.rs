//! `migrate`: brings the database to this version's schema and says what it did.

use super::desk::{Found, lock};
use super::inspect_store::{self, Step};
use crate::cli::run::{Failure, Said};
use crate::config::Config;
use crate::db;

/// Runs it.
pub async fn run(config: &Config) -> Result<Said, Failure> {
    let _lock = lock(config)?;
    let before = steps(config).await?;
    db::open(&config.database).await?.db.close().await;
    let after = steps(config).await?;
    let done: Vec<String> = after
        .iter()
        .filter(|step| !before.contains(step))
        .map(|(number, name)| format!("Applied {number}, {name}.\n"))
        .collect();
    let newest = after.last().map_or(0, |(number, _)| *number);
    Ok(Said::note(match done.is_empty() {
        true => format!("The database has schema {newest} already; nothing was changed."),
        false => format!("{}The database has schema {newest} now.", done.concat()),
    }))
}

async fn steps(config: &Config) -> Result<Vec<Step>, Failure> {
    let mut found = Found::find(config).await?;
    let steps = match found.conn() {
        Some(conn) => inspect_store::applied(conn).await?.unwrap_or_default(),
        None => Vec::new(),
    };
    found.close().await;
    Ok(steps)
}
