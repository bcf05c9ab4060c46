//! What a website proves of its visitors: a short-lived token (JWT, RFC 7519, signed with HS256),
//! made by the website's server with the site's identity secret. `docs/identity.md` says how.
//!
//! Deskbell reads tokens and never makes any. It knows one algorithm, so a token cannot choose
//! another; and it looks at nothing of a token's claims before the signature is right.

mod claims;
mod secret;
mod strict_json;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Map, Value};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq as _};

use crate::clock::Timestamp;

pub use claims::{Claims, LEEWAY, MAX_LIFETIME, MAX_SUB_CHARS};
pub use secret::IdentitySecret;

/// Bytes of a token at most.
pub const MAX_TOKEN_BYTES: usize = 4_096;

/// Why a token is not believed. The words go to the website's developer; they name no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is nothing to check the signature with.
    #[error("This site has no identity secret yet. Make one with `deskbell site identity`.")]
    NoSecret,
    /// Larger than [`MAX_TOKEN_BYTES`].
    #[error("The token has {0} bytes; the limit is {MAX_TOKEN_BYTES}.")]
    TooBig(usize),
    /// Not three parts of base64url with JSON objects in them.
    #[error("The token is malformed: {0}.")]
    Malformed(&'static str),
    /// Not HS256.
    #[error("The token's alg has to be HS256.")]
    Algorithm,
    /// Not made with a secret of this site, or changed since.
    #[error("The signature is not one of this site's identity secret.")]
    Signature,
    /// Its time is over.
    #[error("The token has expired. Make a new one for each page.")]
    Expired {
        /// Whom it named: the signature was right.
        sub: String,
    },
    /// A claim about time that cannot be.
    #[error("{0}")]
    Time(&'static str),
    /// Made for somebody else.
    #[error("The token's aud is not this site's key.")]
    Audience,
    /// Signed, and of no use; the text says which claim and why.
    #[error("{0}")]
    Claim(String),
}

/// Checks a token against the site's secrets and gives what it says of the visitor.
pub fn verify(token: &str, secrets: &[IdentitySecret], site_key: &str, now: Timestamp) -> Result<Claims, Refused> {
    if secrets.is_empty() {
        return Err(Refused::NoSecret);
    }
    let payload = signed_payload(token, secrets.iter().map(|secret| secret.expose().as_bytes()))?;
    Claims::read(payload, site_key, now)
}

/// The claims of a token whose signature is one of these keys'.
fn signed_payload<'k>(token: &str, keys: impl Iterator<Item = &'k [u8]>) -> Result<Map<String, Value>, Refused> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(Refused::TooBig(token.len()));
    }
    let mut parts = token.split('.');
    let (Some(header), Some(payload), Some(signature), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(Refused::Malformed("it has to have three parts"));
    };
    check_header(&object(header)?)?;
    let signature = decode(signature)?;
    let signed = &token.as_bytes()[..header.len() + 1 + payload.len()];
    // Every key is tried to the end, so that the time tells nothing.
    let right = keys.fold(Choice::from(0), |right, key| right | is_signature(key, signed, &signature));
    if bool::from(right) { object(payload) } else { Err(Refused::Signature) }
}

fn is_signature(key: &[u8], signed: &[u8], signature: &[u8]) -> Choice {
    // HMAC takes a key of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Choice::from(0) };
    mac.update(signed);
    mac.finalize().into_bytes().as_slice().ct_eq(signature)
}

fn check_header(header: &Map<String, Value>) -> Result<(), Refused> {
    if header.get("alg").and_then(Value::as_str) != Some("HS256") {
        return Err(Refused::Algorithm);
    }
    // RFC 7515, 4.1.11: what must be understood and is not, makes the token invalid.
    if header.contains_key("crit") {
        return Err(Refused::Malformed("crit names an extension that is not known here"));
    }
    match header.get("typ") {
        None => Ok(()),
        Some(Value::String(kind)) if kind.eq_ignore_ascii_case("JWT") => Ok(()),
        Some(_) => Err(Refused::Malformed("typ has to be JWT")),
    }
}

/// The engine refuses padding and spare bits: every part has one spelling.
fn decode(part: &str) -> Result<Vec<u8>, Refused> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| Refused::Malformed("a part is not base64url without padding"))
}

fn object(part: &str) -> Result<Map<String, Value>, Refused> {
    strict_json::object(&decode(part)?)
        .map_err(|_| Refused::Malformed("a part is not a JSON object, or names something twice"))
}

#[cfg(test)]
mod tests;
