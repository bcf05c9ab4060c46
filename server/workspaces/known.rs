//! What every page asks of its workspace, from memory: read anew every few seconds, as another node may have
//! changed it, and at once where it was changed by this one.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use chrono_tz::Tz;

use super::store::{self, SettingsRow};
use crate::agents::faces::Faces;
use crate::agents::picture_store;
use crate::app::App;
use crate::clock::Timestamp;
use crate::db::Error;
use crate::hours;
use crate::ids::WorkspaceId;
use crate::word_filters::{self, WordFilters};
use crate::words::Lang;

/// The workspaces of this installation.
#[derive(Default)]
pub struct Workspaces {
    rows: RwLock<Vec<SettingsRow>>,
    faces: RwLock<HashMap<WorkspaceId, Arc<Faces>>>,
    filters: RwLock<HashMap<WorkspaceId, Arc<WordFilters>>>,
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

    /// What visitors' messages are looked through for; none where there are no filters.
    pub fn filters(&self, ws: WorkspaceId) -> Option<Arc<WordFilters>> {
        self.filters.read().unwrap_or_else(PoisonError::into_inner).get(&ws).cloned()
    }

    /// What visitors see of its agents; none where they see everybody's name.
    pub fn faces(&self, ws: WorkspaceId) -> Option<Arc<Faces>> {
        self.faces.read().unwrap_or_else(PoisonError::into_inner).get(&ws).cloned()
    }

    fn of<T>(&self, ws: Option<WorkspaceId>, read: impl Fn(&SettingsRow) -> Option<T>) -> Option<T> {
        let rows = self.rows.read().unwrap_or_else(PoisonError::into_inner);
        rows.iter().find(|row| ws.is_none_or(|ws| row.id == ws)).and_then(read)
    }
}

/// Reads them anew.
pub async fn look(app: &App) -> Result<(), Error> {
    let mut conn = app.db.read().await?;
    let rows = store::all_settings(conn.conn()).await?;
    let found = word_filters::store::all(conn.conn()).await?;
    let faces = picture_store::all(conn.conn()).await?;
    drop(conn);
    let faces = Faces::by_workspace(faces, &app.config.public_url);
    let faces = faces.into_iter().map(|(ws, faces)| (ws, Arc::new(faces))).collect();
    *app.workspaces.faces.write().unwrap_or_else(PoisonError::into_inner) = faces;
    let mut filters: HashMap<WorkspaceId, Vec<_>> = HashMap::new();
    for owned in found {
        filters.entry(owned.workspace_id).or_default().push(owned.filter);
    }
    let filters = filters.into_iter().map(|(ws, filters)| (ws, Arc::new(WordFilters::new(filters)))).collect();
    *app.workspaces.rows.write().unwrap_or_else(PoisonError::into_inner) = rows;
    *app.workspaces.filters.write().unwrap_or_else(PoisonError::into_inner) = filters;
    Ok(())
}
