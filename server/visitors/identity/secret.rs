//! The secret that a website's server signs with.

use std::fmt;

use crate::clock::Random;

/// 256 random bits as base64url. The key of the signature is this text as it stands, so that no
/// language has to decode anything. It prints itself nowhere.
#[derive(Clone, PartialEq, Eq, sqlx::Type)]
#[sqlx(transparent)]
pub struct IdentitySecret(String);

impl IdentitySecret {
    /// A new secret.
    pub fn draw(random: &Random) -> Self {
        Self(random.token_text())
    }

    /// The text, shown once when it is made.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for IdentitySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdentitySecret(***)")
    }
}
