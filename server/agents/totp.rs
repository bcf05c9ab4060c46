//! Time-based one-time passwords (RFC 6238): HMAC-SHA-1, steps of 30 seconds, six digits, which is what
//! every authenticator app understands. A code of the step before or after is taken, too: clocks differ.

use ring::hmac;

use crate::clock::{Random, Timestamp};
use crate::secrets::same;

/// Seconds of a step.
const STEP_S: i64 = 30;
/// Bytes of a secret (RFC 4226, section 4: at least 128 bits, 160 recommended).
pub const SECRET_BYTES: usize = 20;
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A shared secret.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret([u8; SECRET_BYTES]);

impl TotpSecret {
    /// A new one.
    pub fn draw(random: &Random) -> Self {
        let mut bytes = [0; SECRET_BYTES];
        random.fill(&mut bytes);
        Self(bytes)
    }

    /// From the database.
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// For the database.
    pub const fn bytes(&self) -> &[u8; SECRET_BYTES] {
        &self.0
    }

    /// As people type it into an app: base32 (RFC 4648), 32 characters.
    pub fn base32(&self) -> String {
        let mut text = String::new();
        for chunk in self.0.chunks(5) {
            let bits = chunk.iter().fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
            text.extend((0..8).rev().map(|n| char::from(BASE32[usize::try_from((bits >> (n * 5)) & 31).unwrap_or(0)])));
        }
        text
    }

    /// From base32; spaces and small letters are fine.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: Vec<u64> = text
            .chars()
            .filter(|c| !c.is_whitespace())
            .map(|c| BASE32.iter().position(|digit| char::from(*digit) == c.to_ascii_uppercase()))
            .map(|digit| digit.and_then(|digit| u64::try_from(digit).ok()))
            .collect::<Option<_>>()?;
        let chunk = |digits: &[u64]| digits.iter().fold(0_u64, |bits, digit| (bits << 5) | digit).to_be_bytes();
        let bytes: Vec<u8> = digits.chunks(8).flat_map(|digits| chunk(digits)[3..].to_vec()).collect();
        if digits.len() == SECRET_BYTES * 8 / 5 { Self::of_bytes(&bytes) } else { None }
    }

    /// The address that apps read from the picture.
    pub fn address(&self, who: &str, issuer: &str) -> String {
        let encoded =
            |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
        format!(
            "otpauth://totp/{}:{}?secret={}&issuer={}",
            encoded(issuer),
            encoded(who),
            self.base32(),
            encoded(issuer)
        )
    }

    /// The step of a code that is right now and later than the last one used.
    pub fn step_of(&self, code: &str, now: Timestamp, last: i64) -> Option<i64> {
        let code: String = code.chars().filter(char::is_ascii_digit).collect();
        let current = now.millis().div_euclid(1_000 * STEP_S);
        let right = |step: &i64| *step > last && same(self.code(*step).as_bytes(), code.as_bytes());
        (current - 1..=current + 1).find(right)
    }

    /// The code of a step.
    fn code(&self, step: i64) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let digest = hmac::sign(&key, &step.to_be_bytes());
        let digest = digest.as_ref();
        let at = usize::from(digest[digest.len() - 1] & 15);
        let number = digest[at..at + 4].iter().fold(0_u32, |number, byte| (number << 8) | u32::from(*byte));
        format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
    }

    /// The code that an app shows now, for tests.
    #[cfg(test)]
    pub fn now(&self, now: Timestamp) -> String {
        self.code(now.millis() / (1_000 * STEP_S))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rfc() -> TotpSecret {
        TotpSecret(*b"12345678901234567890")
    }

    /// RFC 6238, appendix B, its last six digits.
    #[test]
    fn codes_are_those_of_the_rfc() {
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let now = Timestamp::from_millis(seconds * 1_000);
            assert_eq!(rfc().now(now), code);
            assert_eq!(rfc().step_of(code, now, 0), Some(seconds / 30));
            assert_eq!(rfc().step_of(code, now, seconds / 30), None, "a code is good once");
            for (off, good) in [(-60, false), (-30, true), (30, true), (90, false)] {
                let then = Timestamp::from_millis((seconds + off) * 1_000);
                assert_eq!(rfc().step_of(code, then, -9).is_some(), good, "{off} s off");
            }
        }
        assert_eq!(rfc().step_of("", Timestamp::from_millis(59_000), 0), None);
        assert_eq!(rfc().step_of("287 082", Timestamp::from_millis(59_000), 0), Some(1), "as apps show it");
    }

    #[test]
    fn secrets_are_written_in_base32() {
        assert_eq!(rfc().base32(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert!(TotpSecret::parse("gezd gnbv gy3t qojq gezd gnbv gy3t qojq") == Some(rfc()));
        for bad in ["", "GEZDGNBVGY3TQOJQ", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQA"] {
            assert!(TotpSecret::parse(bad).is_none(), "{bad}");
        }
        let address = rfc().address("ada@shop.example", "My Shop");
        assert_eq!(
            address,
            "otpauth://totp/My%20Shop:ada%40shop.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=My%20Shop"
        );
    }
}
