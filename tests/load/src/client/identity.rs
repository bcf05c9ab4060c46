//! Made-up visitors and message ids. Drawn from a counter and a seed of the run, so that the load
//! generator spends nothing on randomness and no two runs meet in one database.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::SystemTime,
};

use uuid::{Builder, Uuid};

/// A visitor: the token for Deskbell, the room for the relays.
#[derive(Debug, Clone, Copy)]
pub struct Visitor {
    token: [u8; 43],
    pub room: Uuid,
}

impl Visitor {
    /// The same seed and number make the same visitor.
    pub fn new(seed: u64, number: usize) -> Self {
        const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let mut bits = Bits(mix(seed) ^ number as u64);
        // 42 characters carry 252 bits; the last one stands for zeros, as 32 bytes would have it.
        let mut token = [b'A'; 43];
        for character in &mut token[..42] {
            *character = ALPHABET[(bits.draw() >> 58) as usize];
        }
        let room = Builder::from_random_bytes((u128::from(bits.draw()) << 64 | u128::from(bits.draw())).to_be_bytes());
        Self { token, room: room.into_uuid() }
    }

    /// 256 bits as base64url.
    pub fn token(&self) -> &str {
        std::str::from_utf8(&self.token).unwrap_or_default()
    }
}

/// Draws message ids, UUIDv7 as every client of Deskbell does.
pub struct MessageIds {
    seed: u64,
    drawn: AtomicU64,
}

impl MessageIds {
    pub fn new(seed: u64) -> Self {
        Self { seed: mix(seed), drawn: AtomicU64::new(0) }
    }

    pub fn next(&self) -> Uuid {
        let number = self.drawn.fetch_add(1, Ordering::Relaxed);
        let mut random = [0; 10];
        random[..8].copy_from_slice(&mix(self.seed ^ number).to_be_bytes());
        random[8..].copy_from_slice(&(number as u16).to_be_bytes());
        Builder::from_unix_timestamp_millis(now_ms(), &random).into_uuid()
    }
}

/// A seed that no earlier run had.
pub fn fresh_seed() -> u64 {
    let nanoseconds = SystemTime::UNIX_EPOCH.elapsed().map_or(0, |age| age.as_nanos());
    mix(nanoseconds as u64 ^ u64::from(std::process::id()))
}

fn now_ms() -> u64 {
    SystemTime::UNIX_EPOCH.elapsed().map_or(0, |age| age.as_millis() as u64)
}

struct Bits(u64);

impl Bits {
    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }
}

/// The finishing step of splitmix64.
fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn visitors_and_messages_are_all_different() {
        let tokens: HashSet<_> = (0..10_000).map(|number| Visitor::new(1, number).token().to_owned()).collect();
        assert_eq!(tokens.len(), 10_000);
        let ids = MessageIds::new(1);
        let drawn: HashSet<_> = (0..10_000).map(|_| ids.next()).collect();
        assert_eq!(drawn.len(), 10_000);
        assert!(drawn.iter().all(|id| id.get_version_num() == 7));
    }
}
