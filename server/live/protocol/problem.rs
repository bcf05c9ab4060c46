//! What went wrong, as RFC 9457 (Problem Details) says it, with the members of a `nack`.

use serde::{Deserialize, Serialize};

use super::{Message, Owner};

/// A problem, in a `nack` and as `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, utoipa::ToSchema)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Problem {
    /// A stable name such as `/problems/rate-limited`, described in `docs/protocol.md`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The same for every problem of the type.
    pub title: String,
    pub status: u16,
    /// What happened here, that nothing is lost, and what can be done.
    pub detail: String,
    /// Seconds after which the same frame may be sent again; only on retryable problems.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, type = "number"))]
    pub retry_after_s: Option<u64>,
    /// Who won, where somebody else was first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub owner: Option<Owner>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, type = "number"))]
    pub epoch: Option<i64>,
    /// What was written meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub items: Option<Vec<Message>>,
    /// The field of a form whose value was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub field: Option<String>,
}
