//! Reply addresses and ids of mails that nobody can make up: each names a row, and an HMAC-SHA-256 over the
//! purpose, the workspace and the row's id says that we did. They survive servers that change case: letters
//! are of one case, and digits.
//!
//! The row says which conversation and which recipient; a token by itself lets nobody read anything, and
//! whoever writes to one is a visitor or a stranger, never an agent.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::EmailAddress;
use crate::ids::{MailId, MailThreadId, WorkspaceId};
use crate::secrets::same;

/// Bytes of an HMAC that stand in a token: 80 bits, which a guess over the network does not reach.
const MAC_BYTES: usize = 10;
const UUID_BYTES: usize = 16;
/// Characters of a token: 26 bytes in groups of five bits.
pub const TOKEN_CHARS: usize = 42;
/// The letters of five bits: none of them is mistaken for another (RFC 4648's base32 in lower case).
const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// What a workspace signs with: 256 random bits (`workspaces.mail_key`).
#[derive(Clone)]
pub struct Key([u8; 32]);

/// What a token is for: one for the other is worth nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Stands in an address that answers go to.
    Reply,
    /// Stands in the id of a mail.
    MessageId,
    /// Stands in a link by which an address says that it wants no more.
    Unsubscribe,
}

impl Purpose {
    const fn word(self) -> &'static [u8] {
        match self {
            Self::Reply => b"reply",
            Self::MessageId => b"message-id",
            Self::Unsubscribe => b"unsubscribe",
        }
    }
}

impl Key {
    /// Wraps what the row holds.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The token of a row.
    fn token(&self, ws: WorkspaceId, purpose: Purpose, id: Uuid) -> String {
        let mut bytes = [0; UUID_BYTES + MAC_BYTES];
        bytes[..UUID_BYTES].copy_from_slice(id.as_bytes());
        bytes[UUID_BYTES..].copy_from_slice(&self.mac(ws, purpose, id));
        encode(&bytes)
    }

    fn mac(&self, ws: WorkspaceId, purpose: Purpose, id: Uuid) -> [u8; MAC_BYTES] {
        let mut hmac = Hmac::<Sha256>::new_from_slice(&self.0).expect("an HMAC takes a key of any length");
        for part in [purpose.word(), b"\0", ws.uuid().as_bytes(), id.as_bytes()] {
            hmac.update(part);
        }
        let mut mac = [0; MAC_BYTES];
        mac.copy_from_slice(&hmac.finalize().into_bytes()[..MAC_BYTES]);
        mac
    }

    /// Whether we made the token, for this workspace and purpose.
    pub fn made(&self, ws: WorkspaceId, purpose: Purpose, token: &Token) -> bool {
        same(&self.mac(ws, purpose, token.id), &token.mac)
    }

    /// What stands behind the + of a reply address.
    pub fn reply(&self, ws: WorkspaceId, thread: MailThreadId) -> String {
        self.token(ws, Purpose::Reply, thread.uuid())
    }

    /// The `Message-ID` of a mail, without brackets: the same one at every attempt.
    pub fn message_id(&self, ws: WorkspaceId, mail: MailId, domain: &str) -> String {
        format!("{}@{domain}", self.token(ws, Purpose::MessageId, mail.uuid()))
    }

    /// What stands in the link by which the reader of a thread says that they want no more.
    pub fn unsubscribe(&self, ws: WorkspaceId, thread: MailThreadId) -> String {
        self.token(ws, Purpose::Unsubscribe, thread.uuid())
    }

    /// By what an address is known where it is not written down itself.
    pub fn address_hash(&self, address: &EmailAddress) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update(address.as_str().as_bytes());
        hash.finalize().into()
    }
}

/// What a token says, before anybody asked whether we made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// The row it names.
    pub id: Uuid,
    mac: [u8; MAC_BYTES],
}

impl Token {
    /// Reads one, of either case.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = decode(text)?;
        let (id, mac) = bytes.split_at(UUID_BYTES);
        Some(Self { id: Uuid::from_slice(id).ok()?, mac: mac.try_into().ok()? })
    }

    /// The token in a reply address: what stands behind the last +.
    pub fn in_address(address: &EmailAddress) -> Option<Self> {
        Self::parse(address.local().rsplit_once('+')?.1)
    }

    /// The token in an id of a mail of ours, without brackets.
    pub fn in_message_id(id: &str) -> Option<Self> {
        Self::parse(id.split_once('@')?.0)
    }
}

fn encode(bytes: &[u8]) -> String {
    let (mut text, mut held, mut bits) = (String::with_capacity(TOKEN_CHARS), 0_u32, 0);
    for &byte in bytes {
        held = (held << 8) | u32::from(byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(LETTERS[(held >> bits) as usize & 31]));
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.push(char::from(LETTERS[(held << (5 - bits)) as usize & 31]));
    }
    text
}

fn decode(text: &str) -> Option<[u8; UUID_BYTES + MAC_BYTES]> {
    if text.len() != TOKEN_CHARS {
        return None;
    }
    let mut bytes = [0; UUID_BYTES + MAC_BYTES];
    let (mut held, mut bits, mut at) = (0_u32, 0, 0);
    for letter in text.bytes() {
        let value = LETTERS.iter().position(|l| *l == letter.to_ascii_lowercase())?;
        held = (held << 5) | u32::try_from(value).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            *bytes.get_mut(at)? = u8::try_from(held >> bits).ok()?;
            held &= (1 << bits) - 1;
            at += 1;
        }
    }
    // The two spare bits are zero, so that every token has one spelling.
    (at == bytes.len() && held == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    #[test]
    fn a_token_is_of_one_workspace_one_purpose_and_one_row() {
        let (key, other) = (Key::new([7; 32]), Key::new([8; 32]));
        let (ws, foreign) = (WorkspaceId::from_uuid(id(1)), WorkspaceId::from_uuid(id(2)));
        let text = key.reply(ws, MailThreadId::from_uuid(id(3)));
        assert_eq!(text.len(), TOKEN_CHARS);
        let address = EmailAddress::parse(&format!("reply+{}@chat.example", text.to_uppercase())).unwrap();
        assert!(address.local().len() <= super::super::address::MOST_LOCAL_CHARS);
        let token = Token::in_address(&address).unwrap();
        assert_eq!(token.id, id(3));
        assert!(key.made(ws, Purpose::Reply, &token));
        assert!(!key.made(ws, Purpose::MessageId, &token));
        assert!(!key.made(foreign, Purpose::Reply, &token));
        assert!(!other.made(ws, Purpose::Reply, &token));
    }

    #[test]
    fn an_id_of_a_mail_is_the_same_at_every_attempt() {
        let (key, ws) = (Key::new([7; 32]), WorkspaceId::from_uuid(id(1)));
        let mail = MailId::from_uuid(id(4));
        let text = key.message_id(ws, mail, "chat.example");
        assert_eq!(text, key.message_id(ws, mail, "chat.example"));
        let token = Token::in_message_id(&text).unwrap();
        assert!(token.id == id(4) && key.made(ws, Purpose::MessageId, &token));
    }

    proptest! {
        #[test]
        fn whatever_is_changed_in_a_token_is_noticed(n in any::<u128>(), at in 0..TOKEN_CHARS, letter in 0..32_usize) {
            let (key, ws) = (Key::new([7; 32]), WorkspaceId::from_uuid(id(1)));
            let text = key.reply(ws, MailThreadId::from_uuid(id(n)));
            let mut changed = text.clone().into_bytes();
            changed[at] = LETTERS[letter];
            let changed = String::from_utf8(changed).unwrap();
            let good = Token::parse(&changed).is_some_and(|token| key.made(ws, Purpose::Reply, &token));
            prop_assert_eq!(good, changed == text);
        }

        #[test]
        fn bytes_come_back(bytes in any::<[u8; UUID_BYTES + MAC_BYTES]>()) {
            prop_assert_eq!(decode(&encode(&bytes)), Some(bytes));
        }

        #[test]
        fn no_text_is_a_panic(text in "\\PC{0,50}") {
            let _ = Token::parse(&text);
        }
    }
}
