//! Visitors: people who ask. Their browser draws a token; the server knows them by site and the
//! token's SHA-256, and writes their row with the first durable act. Whom the website knows it may
//! prove with a signed token ([`identity`]); then all their devices are one visitor ([`identify`]).

pub mod blocking;
mod blocking_store;
pub mod console;
pub mod details;
pub mod erasing;
mod erasing_store;
pub mod exporting;
mod identify;
pub mod identity;
pub mod identity_managing;
pub mod identity_store;
pub mod leaving;
pub mod list_store;
pub mod pages;
pub mod store;
pub mod trail;
pub mod trail_store;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::ids::SiteId;
use crate::live::protocol::Page;

pub use details::{Verified, tell};
pub use identify::{Identified, identify};

/// Names a visitor before they have a row: a hash of site and token hash. The hub finds a visitor's
/// sessions by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct VisitorKey([u8; 32]);

impl VisitorKey {
    /// Of this token on this site.
    pub fn new(site: SiteId, token_hash: &[u8; 32]) -> Self {
        let mut hash = Sha256::new();
        hash.update(site.uuid().as_bytes());
        hash.update(token_hash);
        Self(hash.finalize().into())
    }

    /// For the rate limits.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// What a visitor's row gets when it is written.
#[derive(Debug, Clone)]
pub struct FirstAct {
    /// SHA-256 of the token.
    pub token_hash: [u8; 32],
    /// The language that the browser asks for.
    pub locale: Option<String>,
    /// Where they were.
    pub page: Page,
}

/// What is kept of a page, cut to what a row may hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredPage {
    /// Without user name and password.
    #[serde(default)]
    pub url: String,
    /// The page's title.
    #[serde(default)]
    pub title: String,
    /// Where they came from.
    #[serde(default)]
    pub referrer: String,
}

/// Characters of a visitor's name.
pub const MAX_NAME_CHARS: u32 = 200;
/// Characters of a visitor's address of mail.
pub const MAX_EMAIL_CHARS: u32 = 254;
/// Characters of a visitor's telephone number.
pub const MAX_PHONE_CHARS: u32 = 50;
/// The longest URL that is kept, in characters.
const MAX_URL_CHARS: usize = 2_000;
/// The longest title that is kept, in characters.
const MAX_TITLE_CHARS: usize = 300;

impl StoredPage {
    /// Cuts what is too long and drops NUL characters, which PostgreSQL cannot store.
    pub fn of(page: &Page) -> Self {
        Self {
            url: clean(&page.url, MAX_URL_CHARS),
            title: clean(&page.title, MAX_TITLE_CHARS),
            referrer: clean(&page.referrer, MAX_URL_CHARS),
        }
    }
}

/// The text without NUL characters, at most `chars` characters long.
pub fn clean(text: &str, chars: usize) -> String {
    text.chars().filter(|c| *c != '\0').take(chars).collect()
}

/// Whether there is a NUL character anywhere in it, which PostgreSQL cannot store.
pub fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(map) => map.iter().any(|(name, value)| name.contains('\0') || has_nul(value)),
        _ => false,
    }
}

/// Devices of one visitor that follow a chat as soon as it begins on another; those that were not used
/// for longest find it when they come back.
pub const MOST_DEVICES: i64 = 100;
/// Whether a text looks like an address of mail: one @, something on both sides, no space. Whether
/// mail arrives there only mail can tell.
pub fn is_email(text: &str) -> bool {
    let parts = text.split_once('@').filter(|(local, domain)| {
        let whole = domain.split('.').all(|label| !label.is_empty());
        !local.is_empty() && whole && !domain.contains('@')
    });
    parts.is_some() && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}

/// Attributes that one visitor may have.
pub const MAX_ATTRIBUTES: usize = 50;
/// Bytes of all attributes together, as JSON.
pub const MAX_ATTRIBUTE_BYTES: usize = 8_192;
