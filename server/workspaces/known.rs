//! What every page asks of its workspace, from memory: read anew every few seconds, as another node may have
//! changed it, and at once where it was changed by this one.

use std::sync::{PoisonError, RwLock};

use chrono_tz::Tz;

use super::store::{self, SettingsRow};
use crate::app::App;
use crate::clock::Timestamp;
use crate::db::Error;
use crate::hours;
use crate::ids::WorkspaceId;
use crate::words::Lang;

/// The workspaces of this installation.
#[derive(Default)]
pub struct Workspaces {
    rows: RwLock<Vec<SettingsRow>>,
}

impl Workspaces {
    /// Where a browser asks for no language that is spoken. Without a workspace, that of the oldest.
    pub fn lang(&self, ws: Option<WorkspaceId>) -> Lang {
        self.of(ws, |row| Lang::from_tag(&row.locale)).unwrap_or(Lang::En)
    }

    /// Where its clock hangs.
    pub fn zone(&self, ws: WorkspaceId) -> Tz {
        self.of(Some(ws), |row| row.time_zone.parse().ok()).unwrap_or(Tz::UTC)
    }

    /// When its day began.
    pub fn day_begins(&self, ws: WorkspaceId, now: Timestamp) -> Timestamp {
        hours::day_begins(self.zone(ws), now)
    }

    fn of<T>(&self, ws: Option<WorkspaceId>, read: impl Fn(&SettingsRow) -> Option<T>) -> Option<T> {
        let rows = self.rows.read().unwrap_or_else(PoisonError::into_inner);
        rows.iter().find(|row| ws.is_none_or(|ws| row.id == ws)).and_then(read)
    }
}

/// Reads them anew.
pub async fn look(app: &App) -> Result<(), Error> {
    let rows = store::all_settings(app.db.read().await?.conn()).await?;
    *app.workspaces.rows.write().unwrap_or_else(PoisonError::into_inner) = rows;
    Ok(())
}
