//! What an operator has to keep an eye on: backups and their keys, and where the tag stands.

use std::time::Duration;

use super::Finding;
use crate::backup::keys::FILE_NAME;
use crate::backup::status;
use crate::clock::Timestamp;
use crate::config::Config;
use crate::db::{Conn, Error};
use crate::sites::{Site, sightings};

/// A backup that is older is no help, unless the operator says otherwise.
const OLD: Duration = Duration::from_secs(8 * 24 * 60 * 60);
/// Strange addresses that are named.
const NAMED: usize = 3;

/// When the last backup was, and whether its keys are there.
pub(super) async fn backups(mut conn: Conn<'_>, config: &Config, now: Timestamp) -> Result<Vec<Finding>, Error> {
    let within = if config.backup_within.is_zero() { OLD } else { config.backup_within };
    let since = crate::workspaces::store::instance(conn.again()).await?.map_or(now, |instance| instance.created_at);
    let last = status::last(conn).await?;
    let mut findings = vec![backup(last, since, now, within)];
    if last.is_some() && !config.data.join(FILE_NAME).exists() {
        let text = format!("there is no {FILE_NAME} in the data folder; without the keys a backup has no conversation");
        findings.push(Finding::warn("backup keys", text));
    }
    Ok(findings)
}

pub(super) fn backup(last: Option<Timestamp>, since: Timestamp, now: Timestamp, within: Duration) -> Finding {
    let (what, advice) = ("backup", "take one with `deskbell backup FILE`");
    match last {
        Some(last) if now.since(last) <= within => Finding::ok(what, format!("the last is of {last}")),
        Some(last) => Finding::warn(what, format!("the last is of {last}; {advice}")),
        None if now.since(since) <= within => Finding::ok(what, format!("none yet; {advice}")),
        None => Finding::warn(what, format!("there is none; {advice}")),
    }
}

/// Where the tags of these sites were seen.
pub(super) async fn tags(mut conn: Conn<'_>, sites: &[Site]) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    for site in sites {
        let standing = sightings::standing(conn.again(), site.workspace_id, site).await?;
        findings.push(tag(site, &standing));
    }
    Ok(findings)
}

pub(super) fn tag(site: &Site, standing: &sightings::Standing) -> Finding {
    let what = format!("tag of {}", site.name);
    if !standing.strangers.is_empty() {
        let named: Vec<&str> = standing.strangers.iter().take(NAMED).map(String::as_str).collect();
        let text = format!(
            "it is on {}, where the chat may not open; if that is yours, allow it in Settings, Websites",
            named.join(", ")
        );
        return Finding::warn(what, text);
    }
    match standing.found.first() {
        Some((origin, at)) => Finding::ok(what, format!("seen on {origin}, {at}")),
        None => Finding::ok(what, "not seen on a page yet"),
    }
}
