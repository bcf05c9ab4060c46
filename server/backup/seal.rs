//! Seals a row with its visitor's key: AES-256-GCM (NIST SP 800-38D), a random nonce of 96 bits before the
//! text, and the table and the visitor as associated data, so that no row can be put in another's place.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use uuid::Uuid;

use crate::clock::Random;

/// A visitor's key.
pub type Key = [u8; 32];

fn cipher(key: &Key) -> Option<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, key).ok().map(LessSafeKey::new)
}

fn context(table: &str, visitor: Uuid) -> Aad<String> {
    Aad::from(format!("{table} {visitor}"))
}

/// The sealed text, as base64; none only where the cipher refuses, which it does for texts of 64 GiB.
pub fn seal(key: &Key, table: &str, visitor: Uuid, text: &str, random: &Random) -> Option<String> {
    let mut nonce = [0; NONCE_LEN];
    random.fill(&mut nonce);
    let mut sealed = text.as_bytes().to_vec();
    let aad = context(table, visitor);
    cipher(key)?.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut sealed).ok()?;
    Some(STANDARD.encode([&nonce[..], &sealed].concat()))
}

/// The text again; none for another key, another place, or a changed bit.
pub fn open(key: &Key, table: &str, visitor: Uuid, sealed: &str) -> Option<String> {
    let mut bytes = STANDARD.decode(sealed).ok()?;
    let (nonce, rest) = bytes.split_at_mut_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let text = cipher(key)?.open_in_place(nonce, context(table, visitor), rest).ok()?;
    String::from_utf8(text.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_opens_in_its_place_with_its_key_and_nowhere_else() {
        let (random, visitor, other) = (Random::seeded(1), Uuid::from_u128(1), Uuid::from_u128(2));
        let key = [7; 32];
        let sealed = seal(&key, "messages", visitor, "secret words", &random).unwrap();
        assert_eq!(open(&key, "messages", visitor, &sealed).as_deref(), Some("secret words"));
        assert_eq!(open(&[8; 32], "messages", visitor, &sealed), None);
        assert_eq!(open(&key, "visitors", visitor, &sealed), None);
        assert_eq!(open(&key, "messages", other, &sealed), None);
        assert_eq!(open(&key, "messages", visitor, &sealed[4..]), None);
        assert_eq!(open(&key, "messages", visitor, "AAAA"), None);
        let again = seal(&key, "messages", visitor, "secret words", &random).unwrap();
        assert_ne!(sealed, again, "the same words look different each time");
    }
}
