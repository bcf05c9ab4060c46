//! Sites by key, for every request of a widget. `deskbell site set` runs in another process, so an
//! entry is believed for [`FRESH`] only.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::previews::Previews;
use super::{Site, store};
use crate::clock::Timestamp;
use crate::db::{Db, Error};

/// How long a change of settings may take until every new session sees it.
pub const FRESH: Duration = Duration::from_secs(2);

/// Known sites. Unknown keys are not remembered, so that guessing keys costs no memory.
#[derive(Default)]
pub struct SiteCache {
    known: Mutex<HashMap<String, (Instant, Arc<Site>)>>,
    /// Drafts that somebody of the team looks at.
    pub previews: Previews,
}

impl SiteCache {
    /// The site of this key.
    pub async fn find(&self, db: &Db, key: &str) -> Result<Option<Arc<Site>>, Error> {
        if let Some(site) = self.fresh(key) {
            return Ok(Some(site));
        }
        if let Some(draft) = self.previews.find(key) {
            return Ok(Some(draft));
        }
        // PostgreSQL cannot even be asked for a text with NUL.
        if key.contains('\0') {
            return Ok(None);
        }
        let site = store::by_key(db.read().await?.conn(), key).await?.map(Arc::new);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match &site {
            Some(site) => drop(known.insert(key.to_owned(), (Instant::now(), Arc::clone(site)))),
            None => drop(known.remove(key)),
        }
        Ok(site)
    }

    /// Makes a site the draft of this key.
    pub fn preview(&self, key: &str, site: Site, now: Timestamp) -> Arc<Site> {
        self.previews.keep(key.to_owned(), site, now)
    }

    fn fresh(&self, key: &str) -> Option<Arc<Site>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, site) = known.get(key)?;
        (at.elapsed() < FRESH).then(|| Arc::clone(site))
    }
}
