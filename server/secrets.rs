//! What must not be seen: secrets, visitors' tokens and API keys. None of these types prints
//! itself; databases and logs get hashes or nothing. All tokens carry 256 random bits, so a plain
//! SHA-256 is enough to store them (passwords are [`crate::agents::password`]'s).

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::clock::Random;

/// Text that only [`Secret::expose`] shows: a password, an address with a password in it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps it.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one call that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl FromStr for Secret {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self::new(text))
    }
}

/// SHA-256, by which tokens and keys are stored and found.
pub fn token_hash(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Whether two byte strings are the same, in a time that depends on their lengths only.
pub fn same(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

/// The text is not 43 characters of base64url (32 bytes, no padding, no spare bits).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a token has to be 43 characters of base64url without padding")]
pub struct NotAToken;

const TOKEN_CHARACTERS: usize = 43;

fn parse_token(text: &str) -> Result<[u8; 32], NotAToken> {
    if text.len() != TOKEN_CHARACTERS {
        return Err(NotAToken);
    }
    // The engine refuses spare bits, so every token has one spelling.
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| NotAToken)?;
    bytes.try_into().map_err(|_| NotAToken)
}

/// The token that a visitor's browser drew: 256 bits, known to the server by its hash only.
#[derive(Clone)]
pub struct VisitorToken([u8; 32]);

impl VisitorToken {
    /// What the database knows the token by: SHA-256 of its 32 bytes.
    pub fn hash(&self) -> [u8; 32] {
        token_hash(&self.0)
    }

    /// A new token, to rotate an old one.
    pub fn draw(random: &Random) -> Self {
        Self(random.token())
    }

    /// The token as text, for `welcome.token` and nothing else.
    pub fn expose(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

impl FromStr for VisitorToken {
    type Err = NotAToken;

    fn from_str(text: &str) -> Result<Self, NotAToken> {
        parse_token(text).map(Self)
    }
}

impl fmt::Debug for VisitorToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VisitorToken(***)")
    }
}

const API_KEY_PREFIX: &str = "dbk_";

/// The text is not `dbk_` and 43 characters of base64url.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an API key has to be `dbk_` and 43 characters")]
pub struct NotAnApiKey;

/// A key of the REST API: `dbk_` and 43 characters of base64url. The prefix lets scanners find
/// keys that were published by mistake.
#[derive(Clone)]
pub struct ApiKey([u8; 32]);

impl ApiKey {
    /// A new key.
    pub fn draw(random: &Random) -> Self {
        Self(random.token())
    }

    /// What the database knows the key by: SHA-256 of its 32 bytes.
    pub fn hash(&self) -> [u8; 32] {
        token_hash(&self.0)
    }

    /// The key as text, shown once when it is made.
    pub fn expose(&self) -> String {
        format!("{API_KEY_PREFIX}{}", URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl FromStr for ApiKey {
    type Err = NotAnApiKey;

    fn from_str(text: &str) -> Result<Self, NotAnApiKey> {
        let token = text.strip_prefix(API_KEY_PREFIX).ok_or(NotAnApiKey)?;
        parse_token(token).map(Self).map_err(|_| NotAnApiKey)
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(***)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_token_has_one_spelling_and_comes_back(bytes: [u8; 32]) {
            let text = VisitorToken(bytes).expose();
            prop_assert_eq!(text.len(), 43);
            prop_assert_eq!(text.parse::<VisitorToken>().map(|token| token.0), Ok(bytes));
        }

        #[test]
        fn whatever_parses_is_what_it_was(text in "[A-Za-z0-9_-]{43}") {
            if let Ok(token) = text.parse::<VisitorToken>() {
                prop_assert_eq!(token.expose(), text);
            }
        }
    }

    #[test]
    fn malformed_tokens_are_refused() {
        let good = "A".repeat(43);
        assert!(good.parse::<VisitorToken>().is_ok());
        for bad in [
            String::new(),
            "A".repeat(42),
            "A".repeat(44),
            format!("{}=", "A".repeat(43)),
            format!("{}+", "A".repeat(42)),
            format!("{}B", "A".repeat(42)), // spare bits set
            format!(" {}", "A".repeat(42)),
            "é".repeat(21) + "A",
        ] {
            assert!(matches!(bad.parse::<VisitorToken>(), Err(NotAToken)), "{bad}");
        }
    }

    #[test]
    fn api_keys_have_a_prefix_and_the_same_token() {
        let key = ApiKey::draw(&Random::seeded(1));
        let text = key.expose();
        assert!(text.starts_with("dbk_") && text.len() == 47);
        assert_eq!(text.parse::<ApiKey>().map(|key| key.hash()), Ok(key.hash()));
        assert!(matches!(text[4..].parse::<ApiKey>(), Err(NotAnApiKey)));
        assert!(matches!(format!("{text}A").parse::<ApiKey>(), Err(NotAnApiKey)));
    }

    #[test]
    fn nothing_prints_itself() {
        let random = Random::seeded(1);
        let shown = format!(
            "{:?} {:?} {:?}",
            Secret::new("hunter22"),
            VisitorToken::draw(&random),
            Some(ApiKey::draw(&random))
        );
        assert_eq!(shown, "*** VisitorToken(***) Some(ApiKey(***))");
    }

    #[test]
    fn the_hash_is_sha_256_and_comparison_is_exact() {
        // FIPS 180-4's example "abc".
        let hash = token_hash(b"abc");
        assert_eq!(hash[..4], [0xba, 0x78, 0x16, 0xbf]);
        assert!(same(&hash, &token_hash(b"abc")));
        assert!(!same(&hash, &token_hash(b"abd")));
        assert!(!same(&hash, &hash[..31]));
    }
}
