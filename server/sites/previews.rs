//! Drafts of a site that its owner looks at before they are saved: the real widget talks to this server
//! as ever, by a key that only this page knows, and what is said there is a test. In memory: a draft that
//! is gone is what is stored again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::Site;
use crate::clock::Timestamp;

/// Drafts at once; the oldest gives way.
const MOST_DRAFTS: usize = 64;
/// How long a draft lasts after its last change.
const LASTS: Duration = Duration::from_secs(60 * 60);
/// Characters of what names a draft.
const TOKEN_CHARS: std::ops::RangeInclusive<usize> = 16..=43;

/// See the module.
#[derive(Default)]
pub struct Previews {
    drafts: Mutex<HashMap<String, (Timestamp, Arc<Site>)>>,
}

/// The key by which the widget finds a draft; none for what cannot name one.
pub fn key_of(site: &Site, token: &str) -> Option<String> {
    let fits = TOKEN_CHARS.contains(&token.len())
        && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    fits.then(|| format!("{}~{token}", site.key))
}

impl Previews {
    /// Keeps a draft under its key.
    pub fn keep(&self, key: String, site: Site, now: Timestamp) -> Arc<Site> {
        let mut drafts = self.drafts.lock().unwrap_or_else(PoisonError::into_inner);
        drafts.retain(|_, (at, _)| now.since(*at) < LASTS);
        if drafts.len() >= MOST_DRAFTS && !drafts.contains_key(&key) {
            let oldest = drafts.iter().min_by_key(|(_, (at, _))| *at).map(|(key, _)| key.clone());
            oldest.and_then(|oldest| drafts.remove(&oldest));
        }
        let site = Arc::new(Site { key: key.clone(), is_preview: true, ..site });
        drafts.insert(key, (now, Arc::clone(&site)));
        site
    }

    /// The draft of this key.
    pub fn find(&self, key: &str) -> Option<Arc<Site>> {
        let drafts = self.drafts.lock().unwrap_or_else(PoisonError::into_inner);
        drafts.get(key).map(|(_, site)| Arc::clone(site))
    }
}
