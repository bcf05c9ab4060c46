//! `export` and `erase`: what is kept of one visitor, and its end.

use super::backup::key_file;
use super::desk::{OpenDesk, workspace};
use crate::backup::keys::KeyFile;
use crate::cli::OfVisitor;
use crate::cli::run::{Failure, Said, Tools};
use crate::config::Config;
use crate::db::Tx;
use crate::ids::{VisitorId, WorkspaceId};
use crate::visitors::{erasing, exporting};

/// The one visitor who is meant.
async fn meant(tx: &mut Tx, text: &str) -> Result<(WorkspaceId, VisitorId), Failure> {
    let ws = workspace(tx).await?;
    let found = erasing::find(tx, ws, text).await?;
    match found.as_slice() {
        [one] => Ok((ws, one.id)),
        [] => Err(Failure::new(format!("There is no visitor {text}; nothing was changed."))),
        several => {
            let line = |person: &erasing::Person| {
                let name = person.name.as_deref().unwrap_or("no name");
                format!("  {}  {name}, {}, seen {}", person.id, person.site, person.seen_at.rfc3339())
            };
            let lines: Vec<String> = several.iter().map(line).collect();
            Err(Failure::new(format!(
                "Several visitors fit {text}; nothing was changed. Say which, by id:\n{}",
                lines.join("\n")
            )))
        }
    }
}

/// Prints what is kept.
pub async fn export(given: &OfVisitor, config: &Config, tools: &Tools) -> Result<Said, Failure> {
    let desk = OpenDesk::beside(config, tools).await?;
    let who = given.visitor.clone();
    let told = desk.writer.run("export", move |tx| {
        Box::pin(async move {
            let (ws, id) = meant(tx, &who).await?;
            Ok::<_, Failure>(exporting::export(tx, ws, id).await?)
        })
    });
    let told = told.await;
    desk.close().await;
    let out =
        serde_json::to_string_pretty(&told?).map_err(|why| Failure::new(format!("It could not be written: {why}.")))?;
    Ok(Said { out, ..Said::default() })
}

/// Erases them, and their key after that: until both are gone, it can be run again.
pub async fn erase(given: &OfVisitor, config: &Config, tools: &Tools) -> Result<Said, Failure> {
    let path = key_file(given.keys.as_ref(), config);
    let mut keys = KeyFile::open(&path)?;
    let desk = OpenDesk::beside(config, tools).await?;
    let who = given.visitor.clone();
    let erased = desk.writer.run("erase", move |tx| {
        Box::pin(async move {
            let (ws, id) = meant(tx, &who).await?;
            Ok::<_, Failure>((id, erasing::erase(tx, ws, id).await?))
        })
    });
    let erased = erased.await;
    desk.close().await;
    let (id, rows) = erased?;
    let had_key = keys.find(id.uuid()).is_some();
    keys.forget(&[id.uuid()]);
    keys.save()?;
    let key = match had_key {
        true => format!("Their key is gone from {}: older backups tell nothing of them any more.", path.display()),
        false => {
            format!("They had no key in {}; if there is another key file, run this again with --keys.", path.display())
        }
    };
    Ok(Said::note(format!("{rows} rows of visitor {id} are erased.\n{key}")))
}
