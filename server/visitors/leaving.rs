//! How many mail addresses visitors behind one network address may leave. Each may be somebody else's, who then gets a
//! mail that asks: whoever makes up visitors to have many addresses asked is stopped here. What a website vouches for
//! is not counted.

use std::sync::Arc;

use super::store;
use crate::conversations::Error;
use crate::db::Tx;
use crate::ids::{VisitorId, WorkspaceId};
use crate::mail::EmailAddress;
use crate::rate_limit::{IpKey, RateLimits};

/// From where somebody tells of themselves, and what counts it.
#[derive(Clone)]
pub struct Leaving {
    limits: Arc<RateLimits>,
    from: IpKey,
}

impl std::fmt::Debug for Leaving {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Leaving").field("from", &self.from).finish_non_exhaustive()
    }
}

impl Leaving {
    /// Somebody at this network address.
    pub const fn new(limits: Arc<RateLimits>, from: IpKey) -> Self {
        Self { limits, from }
    }

    /// Counts an address that a visitor leaves, if mail could go there and it is another than is known of them.
    ///
    /// # Errors
    /// [`Error::TooManyAddresses`] where as many were left from there as may be.
    pub async fn check(&self, tx: &mut Tx, ws: WorkspaceId, id: VisitorId, email: Option<&str>) -> Result<(), Error> {
        let Some(email) = email.and_then(EmailAddress::parse) else { return Ok(()) };
        let known = store::find(tx.conn(), ws, id).await?;
        let same = known.and_then(|known| known.email).is_some_and(|known| known.eq_ignore_ascii_case(email.as_str()));
        if same {
            return Ok(());
        }
        self.limits.emails_per_address.check(&self.from).map_err(|wait| Error::TooManyAddresses(wait.seconds))
    }
}
