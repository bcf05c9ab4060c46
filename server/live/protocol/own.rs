//! What an agent is told of themselves.

use serde::{Deserialize, Serialize};

/// The agent's own state and load, on all their screens.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Own {
    /// `online`, `draining`, `away` or `offline`.
    pub state: String,
    /// Assigned chats.
    #[cfg_attr(test, ts(type = "number"))]
    pub load: i64,
    /// Chats at once.
    #[cfg_attr(test, ts(type = "number"))]
    pub capacity: i64,
    /// RFC 3339: when their chats are handed on, where they are away and have some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub gone_at: Option<String>,
}
