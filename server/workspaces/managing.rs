//! Changing a workspace: what it is called, which language it speaks where nobody says, and where its day begins.

use chrono_tz::Tz;

use super::{Name, store};
use crate::audit::{self, Act, By, Changes};
use crate::conversations::Error;
use crate::db::Tx;
use crate::words::Lang;

/// What a workspace is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// For people.
    pub name: Name,
    /// Where a browser asks for no language that is spoken, and of new websites.
    pub lang: Lang,
    /// Where the day of the wallboard begins, and new opening hours.
    pub zone: Tz,
}

/// Changes it.
///
/// # Errors
/// `NotAllowed` for whoever does not administer.
pub async fn change(tx: &mut Tx, by: &By, wanted: &Wanted) -> Result<(), Error> {
    if !by.role().administers() {
        return Err(Error::NotAllowed("Settings are for owners and admins."));
    }
    let ws = by.workspace();
    let before = store::settings(tx.conn(), ws).await?.ok_or(Error::NotFound)?;
    let after = store::SettingsRow {
        id: ws,
        name: wanted.name.as_str().to_owned(),
        locale: wanted.lang.tag().to_owned(),
        time_zone: wanted.zone.name().to_owned(),
    };
    let mut changes = Changes::default();
    changes.note("name", &before.name, &after.name);
    changes.note("locale", &before.locale, &after.locale);
    changes.note("time_zone", &before.time_zone, &after.time_zone);
    if changes.is_empty() {
        return Ok(());
    }
    store::save_settings(tx.conn(), &after).await?;
    let act = Act { action: "workspace.changed", subject: ws.uuid(), name: &after.name };
    Ok(audit::record(tx, by, act, changes).await?)
}
