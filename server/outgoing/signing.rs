//! Signatures as the Standard Webhooks specification has them: an id, a time in whole seconds and the
//! body's exact bytes, joined by dots, under HMAC-SHA256. It sends nothing and keeps nothing.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use sha2::Sha256;

use crate::clock::{Random, Timestamp};
use crate::secrets::same;

/// The header with the event's id, the same at each attempt.
pub const ID: &str = "webhook-id";
/// The header with the attempt's time, in seconds since 1970.
pub const TIMESTAMP: &str = "webhook-timestamp";
/// The header with the signatures, separated by spaces.
pub const SIGNATURE: &str = "webhook-signature";
/// How far the time of a request may be from now, on either side.
pub const WINDOW: Duration = Duration::from_secs(5 * 60);

const PREFIX: &str = "whsec_";
const VERSION: &str = "v1";
/// What the specification allows as a secret, in bytes.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;
/// Signatures of one request that are looked at.
const MOST_SIGNATURES: usize = 16;

/// A secret that both sides share, `whsec_` and base64. Does not print itself.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningSecret(Vec<u8>);

/// The text is not `whsec_` and the base64 of 24 to 64 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a signing secret has to be `whsec_` and the base64 of 24 to 64 bytes")]
pub struct NotASecret;

impl SigningSecret {
    /// A new one of 256 random bits.
    pub fn draw(random: &Random) -> Self {
        Self(random.token().to_vec())
    }

    /// One that an operator chose: `whsec_` and base64, or else the bytes of the text.
    pub fn of_text(text: &str) -> Self {
        text.parse().unwrap_or_else(|NotASecret| Self(text.as_bytes().to_vec()))
    }

    /// The secret as text, for whoever has to check signatures.
    pub fn expose(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    fn mac(&self, id: &str, seconds: i64, body: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of every length");
        for part in [id.as_bytes(), b".", seconds.to_string().as_bytes(), b".", body] {
            mac.update(part);
        }
        mac
    }

    /// The signature, `v1,` and base64.
    pub fn sign(&self, id: &str, at: Timestamp, body: &[u8]) -> String {
        let mac = self.mac(id, seconds(at), body).finalize().into_bytes();
        format!("{VERSION},{}", STANDARD.encode(mac))
    }
}

impl FromStr for SigningSecret {
    type Err = NotASecret;

    fn from_str(text: &str) -> Result<Self, NotASecret> {
        let bytes = STANDARD.decode(text.strip_prefix(PREFIX).ok_or(NotASecret)?).map_err(|_| NotASecret)?;
        if SECRET_BYTES.contains(&bytes.len()) { Ok(Self(bytes)) } else { Err(NotASecret) }
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret(***)")
    }
}

fn seconds(at: Timestamp) -> i64 {
    at.millis().div_euclid(1_000)
}

/// The three headers of a request, signed with each of the secrets: two while they rotate. An id has to
/// be without dots and fit into a header; ours do.
pub fn headers(secrets: &[SigningSecret], id: &str, at: Timestamp, body: &[u8]) -> HeaderMap {
    let signatures: Vec<String> = secrets.iter().map(|secret| secret.sign(id, at, body)).collect();
    let texts = [(ID, id.to_owned()), (TIMESTAMP, seconds(at).to_string()), (SIGNATURE, signatures.join(" "))];
    let header = |(name, text): (&'static str, String)| {
        Some((HeaderName::from_static(name), HeaderValue::from_str(&text).ok()?))
    };
    texts.into_iter().filter_map(header).collect()
}

/// Why a signed request is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotBelieved {
    /// A header is missing or makes no sense.
    #[error("a header of the signature is missing or is not as it should be")]
    Headers,
    /// The time is more than [`WINDOW`] from now.
    #[error("the request's time is more than five minutes from now")]
    Time,
    /// No signature fits any of the secrets.
    #[error("the signature does not fit")]
    Signature,
}

/// Whether a request comes from somebody who knows one of the secrets, and is not a late copy. Takes a
/// time that does not depend on what was signed.
///
/// # Errors
/// [`NotBelieved`].
pub fn verify(secrets: &[SigningSecret], headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<(), NotBelieved> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).ok_or(NotBelieved::Headers);
    let (id, at, signatures) = (text(ID)?, text(TIMESTAMP)?, text(SIGNATURE)?);
    if id.is_empty() || !at.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NotBelieved::Headers);
    }
    let at: i64 = at.parse().map_err(|_| NotBelieved::Headers)?;
    if seconds(now).abs_diff(at) > WINDOW.as_secs() {
        return Err(NotBelieved::Time);
    }
    let given = signatures.split(' ').filter_map(|signature| signature.split_once(','));
    let given: Vec<Vec<u8>> = given
        .filter(|(version, _)| *version == VERSION)
        .filter_map(|(_, signature)| STANDARD.decode(signature).ok())
        .take(MOST_SIGNATURES)
        .collect();
    let mut fits = false;
    for secret in secrets {
        let ours = secret.mac(id, at, body).finalize().into_bytes();
        for theirs in &given {
            fits |= same(&ours, theirs);
        }
    }
    if fits { Ok(()) } else { Err(NotBelieved::Signature) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"test": 2432232314}"#;

    fn secret(seed: u64) -> SigningSecret {
        SigningSecret::draw(&Random::seeded(seed))
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000 + 999)
    }

    #[test]
    fn the_signature_is_that_of_the_specifications_example() {
        let secret: SigningSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().expect("a secret");
        let signed = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", at(1_614_265_330), BODY);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn what_was_signed_is_believed_and_nothing_else() {
        let secrets = [secret(1), secret(2)];
        let headers = headers(&secrets, "evt", at(1_000), BODY);
        for one in &secrets {
            assert_eq!(verify(std::slice::from_ref(one), &headers, BODY, at(1_000)), Ok(()), "either of two");
        }
        let believed = |headers: &HeaderMap, body: &[u8], now| verify(&secrets, headers, body, at(now));
        assert_eq!(believed(&headers, BODY, 1_300), Ok(()));
        assert_eq!(believed(&headers, BODY, 700), Ok(()));
        assert_eq!(believed(&headers, BODY, 1_301), Err(NotBelieved::Time));
        assert_eq!(believed(&headers, BODY, 699), Err(NotBelieved::Time));
        assert_eq!(believed(&headers, b"{}", 1_000), Err(NotBelieved::Signature));
        assert_eq!(verify(&[secret(3)], &headers, BODY, at(1_000)), Err(NotBelieved::Signature));
        assert_eq!(verify(&[], &headers, BODY, at(1_000)), Err(NotBelieved::Signature));
        let cases = [
            (ID, "other", NotBelieved::Signature),
            (ID, "", NotBelieved::Headers),
            (TIMESTAMP, "1001", NotBelieved::Signature),
            (TIMESTAMP, "-1000", NotBelieved::Headers),
            (TIMESTAMP, "+1000", NotBelieved::Headers),
            (TIMESTAMP, "99999999999999999999", NotBelieved::Headers),
            (SIGNATURE, "v1,", NotBelieved::Signature),
            (SIGNATURE, "", NotBelieved::Signature),
        ];
        for (name, text, why) in cases {
            let mut changed = headers.clone();
            changed.insert(name, HeaderValue::from_str(text).expect("a value"));
            assert_eq!(believed(&changed, BODY, 1_000), Err(why), "{name}: {text}");
            changed.remove(name);
            assert_eq!(believed(&changed, BODY, 1_000), Err(NotBelieved::Headers));
        }
        let mut renamed = headers.clone();
        let signature = secrets[0].sign("evt", at(1_000), BODY).replace("v1,", "v1a,");
        renamed.insert(SIGNATURE, signature.parse().expect("a value"));
        assert_eq!(believed(&renamed, BODY, 1_000), Err(NotBelieved::Signature), "of another version");
    }

    #[test]
    fn a_secret_has_one_form_and_does_not_print_itself() {
        let drawn = secret(1);
        assert_eq!(drawn.expose().parse(), Ok(drawn.clone()));
        assert_eq!(format!("{drawn:?}"), "SigningSecret(***)");
        for bad in ["", "whsec_", "whsec_AAAA", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_!", &"whsec_AAAA".repeat(40)]
        {
            assert_eq!(bad.parse::<SigningSecret>(), Err(NotASecret), "{bad}");
        }
    }
}
