//! The page of visitors who are blocked.

use askama::Template;

use crate::agents::pages::Page;

/// `/console/settings/blocked`
#[derive(Debug, Clone, Template)]
#[template(path = "settings/blocked.html")]
pub struct BlockedPage {
    pub page: Page,
    pub query: String,
    pub visitors: Vec<BlockedLine>,
}

/// Somebody who is blocked.
#[derive(Debug, Clone, Default)]
pub struct BlockedLine {
    pub id: String,
    /// Either may be empty.
    pub name: String,
    pub email: String,
    pub site: String,
    /// RFC 3339.
    pub since: String,
}

impl BlockedPage {
    const fn section(&self) -> &'static str {
        "blocked"
    }
}
