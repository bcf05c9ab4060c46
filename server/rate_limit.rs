//! Rate limits (GCRA, by governor) and the count of connections by address. In memory and for this
//! process only; every refusal says when to come back. Limits never queue: they answer at once.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::clock::Clock;
use crate::config::Limits;
use crate::ids::{ApiKeyId, WorkspaceId};

/// Whose address it is, as limits see it: an IPv4 address, or the /64 that one IPv6 customer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IpKey {
    /// One address.
    V4(u32),
    /// The first 64 bits.
    V6(u64),
}

impl From<IpAddr> for IpKey {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address.to_bits()),
            IpAddr::V6(address) => Self::V6(u64::try_from(address.to_bits() >> 64).unwrap_or(0)),
        }
    }
}

/// Refused; the same may be tried again after so many seconds (at least 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many; again in {seconds} s")]
pub struct RetryAfter {
    pub seconds: u64,
}

impl RetryAfter {
    fn from_wait(wait: Duration) -> Self {
        Self { seconds: (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1) }
    }
}

/// The time by which limits refill: never steps back in production, and is the tests' clock there.
#[derive(Debug, Clone)]
enum LimitClock {
    Monotonic(Instant),
    Fixed(Clock),
}

impl LimitClock {
    fn by(clock: &Clock) -> Self {
        match clock {
            Clock::System => Self::Monotonic(Instant::now()),
            Clock::Fixed(_) => Self::Fixed(clock.clone()),
        }
    }
}

impl governor::clock::Clock for LimitClock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        let nanos = match self {
            Self::Monotonic(start) => u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX),
            Self::Fixed(clock) => u64::try_from(clock.now().millis()).unwrap_or(0).saturating_mul(1_000_000),
        };
        nanos.into()
    }
}

/// One limit for each key.
pub struct KeyedLimit<K: Hash + Eq + Clone> {
    limiter: RateLimiter<K, DashMapStateStore<K>, LimitClock, NoOpMiddleware<Nanos>>,
    clock: LimitClock,
}

impl<K: Hash + Eq + Clone> KeyedLimit<K> {
    /// `rate` in each `period`, evenly, and `burst` at once; zeros count as 1.
    pub fn new(rate: u32, period: Duration, burst: u32, clock: &Clock) -> Self {
        let clock = LimitClock::by(clock);
        let quota = Quota::with_period(period / rate.max(1)).unwrap_or_else(|| Quota::per_second(NonZeroU32::MAX));
        let quota = quota.allow_burst(NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN));
        Self { limiter: RateLimiter::dashmap_with_clock(quota, clock.clone()), clock }
    }

    /// Counts one for this key.
    ///
    /// # Errors
    /// The key has used up what it may; nothing was counted.
    pub fn check(&self, key: &K) -> Result<(), RetryAfter> {
        self.limiter.check_key(key).map_err(|not| RetryAfter::from_wait(not.wait_time_from(self.clock.now())))
    }

    /// Forgets the keys that could not be told from new ones. Call it every minute or so.
    pub fn retain_recent(&self) {
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
    }

    /// How many keys are remembered.
    pub fn keys(&self) -> usize {
        self.limiter.len()
    }
}

/// A visitor as limits know them: the hash of their token.
pub type VisitorKey = [u8; 32];
/// An account as limits know it: a hash of workspace and folded mail address, whether it exists or not.
pub type AccountKey = [u8; 32];

/// All rate limits of the process, from `[limits]`.
pub struct RateLimits {
    pub sends: KeyedLimit<VisitorKey>,
    pub sends_per_address: KeyedLimit<IpKey>,
    pub hellos_per_address: KeyedLimit<IpKey>,
    pub logins_per_address: KeyedLimit<IpKey>,
    pub logins_per_account: KeyedLimit<AccountKey>,
    pub resets_per_account: KeyedLimit<AccountKey>,
    pub resets_per_address: KeyedLimit<IpKey>,
    pub api: KeyedLimit<ApiKeyId>,
    pub api_refused: KeyedLimit<IpKey>,
    /// Mails that go out.
    pub mails: KeyedLimit<()>,
    /// Those to one address.
    pub mails_per_recipient: KeyedLimit<String>,
    /// Those of a workspace that ask whether an address is a visitor's.
    pub proofs: KeyedLimit<WorkspaceId>,
    /// Mail addresses that visitors behind one address leave and nobody proved.
    pub emails_per_address: KeyedLimit<IpKey>,
    /// Mails to reply addresses that nobody has.
    pub mail_guesses: KeyedLimit<()>,
    /// Those of one sender.
    pub mail_guesses_per_sender: KeyedLimit<String>,
}

impl RateLimits {
    /// The limits that the configuration names.
    pub fn new(limits: &Limits, clock: &Clock) -> Self {
        const MINUTE: Duration = Duration::from_secs(60);
        const HOUR: Duration = Duration::from_secs(3_600);
        // Where no burst is configured, the whole period's worth may come at once.
        let (sends, hellos) = (limits.sends_per_minute_per_address, limits.hellos_per_minute_per_address);
        let (recipient, emails) = (limits.mails_per_hour_per_recipient, limits.emails_per_hour_per_address);
        let (guesses, of_sender) = (limits.mail_guesses_per_hour, limits.mail_guesses_per_hour_per_sender);
        let (logins, account) = (limits.logins_per_minute_per_address, limits.logins_per_hour_per_account);
        let refused = limits.api_refused_per_minute_per_address;
        let (resets, from_address) = (limits.resets_per_hour_per_account, limits.resets_per_hour_per_address);
        Self {
            sends: KeyedLimit::new(limits.sends_per_minute, MINUTE, limits.sends_burst, clock),
            sends_per_address: KeyedLimit::new(sends, MINUTE, sends, clock),
            hellos_per_address: KeyedLimit::new(hellos, MINUTE, hellos, clock),
            logins_per_address: KeyedLimit::new(logins, MINUTE, logins, clock),
            logins_per_account: KeyedLimit::new(account, HOUR, account, clock),
            api_refused: KeyedLimit::new(refused, MINUTE, refused, clock),
            resets_per_account: KeyedLimit::new(resets, HOUR, resets, clock),
            resets_per_address: KeyedLimit::new(from_address, HOUR, from_address, clock),
            api: KeyedLimit::new(limits.api_per_minute_per_key, MINUTE, limits.api_burst_per_key, clock),
            mails: KeyedLimit::new(limits.mails_per_minute, MINUTE, limits.mails_per_minute, clock),
            mails_per_recipient: KeyedLimit::new(recipient, HOUR, recipient, clock),
            proofs: KeyedLimit::new(limits.proofs_per_hour, HOUR, limits.proofs_per_hour, clock),
            emails_per_address: KeyedLimit::new(emails, HOUR, emails, clock),
            mail_guesses: KeyedLimit::new(guesses, HOUR, guesses, clock),
            mail_guesses_per_sender: KeyedLimit::new(of_sender, HOUR, of_sender, clock),
        }
    }

    /// Forgets what has refilled. Call it every minute or so.
    pub fn retain_recent(&self) {
        self.sends.retain_recent();
        self.sends_per_address.retain_recent();
        self.hellos_per_address.retain_recent();
        self.logins_per_address.retain_recent();
        self.logins_per_account.retain_recent();
        self.resets_per_account.retain_recent();
        self.resets_per_address.retain_recent();
        self.api.retain_recent();
        self.api_refused.retain_recent();
        self.mails.retain_recent();
        self.mails_per_recipient.retain_recent();
        self.proofs.retain_recent();
        self.emails_per_address.retain_recent();
        self.mail_guesses.retain_recent();
        self.mail_guesses_per_sender.retain_recent();
    }
}

/// The limit on the frames of one session: 16 bytes, owned by the session, no lock.
#[derive(Debug, Clone)]
pub struct FrameLimit {
    /// When the frames so far would have arrived at an even pace.
    due: Instant,
}

impl FrameLimit {
    /// A session that begins now.
    pub fn new(now: Instant) -> Self {
        Self { due: now }
    }

    /// Whether one more frame is within `frames_per_second` and `frames_burst`; counts it if so.
    pub fn allows(&mut self, now: Instant, limits: &Limits) -> bool {
        let pace = Duration::from_secs(1) / limits.frames_per_second.max(1);
        let due = self.due.max(now) + pace;
        let allowed = due.duration_since(now) <= pace * limits.frames_burst.max(1);
        if allowed {
            self.due = due;
        }
        allowed
    }
}

/// Why one more connection is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TooManyConnections {
    #[error("this address has as many connections as it may")]
    FromAddress,
    #[error("the server has as many connections as it may")]
    InAll,
}

/// Counts live connections, by address and in all.
pub struct ConnectionCounter {
    per_address: u32,
    total: u32,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    total: u32,
    by_address: HashMap<IpKey, u32>,
}

impl ConnectionCounter {
    /// Limits of `connections_per_address` and `connections_total`.
    pub fn new(limits: &Limits) -> Arc<Self> {
        let (per_address, total) = (limits.connections_per_address, limits.connections_total);
        Arc::new(Self { per_address, total, open: Mutex::default() })
    }

    /// Counts a connection until the guard is dropped.
    ///
    /// # Errors
    /// A limit is reached; nothing was counted.
    pub fn enter(self: &Arc<Self>, address: IpKey) -> Result<ConnectionGuard, TooManyConnections> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.total >= self.total {
            return Err(TooManyConnections::InAll);
        }
        let from_address = open.by_address.entry(address).or_default();
        if *from_address >= self.per_address {
            return Err(TooManyConnections::FromAddress);
        }
        *from_address += 1;
        open.total += 1;
        Ok(ConnectionGuard { counter: Arc::clone(self), address })
    }

    /// How many connections are open.
    pub fn open(&self) -> u32 {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).total
    }
}

/// One counted connection; dropping it ends the count.
pub struct ConnectionGuard {
    counter: Arc<ConnectionCounter>,
    address: IpKey,
}

impl Drop for ConnectionGuard {
    fn drop(&mut self) {
        let mut open = self.counter.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.total = open.total.saturating_sub(1);
        if let Entry::Occupied(mut count) = open.by_address.entry(self.address) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;

    fn key(text: &str) -> IpKey {
        text.parse::<IpAddr>().expect("an address").into()
    }

    #[test]
    fn an_address_is_one_ipv4_or_one_ipv6_network() {
        assert_eq!(key("192.0.2.1"), key("::ffff:192.0.2.1"));
        assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
        assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::9"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_ne!(key("0.0.0.0"), key("::"));
    }

    #[test]
    fn a_burst_passes_then_an_even_pace_and_each_refusal_says_when() {
        let clock = Clock::fixed(Timestamp::from_millis(1_795_514_400_000));
        let limit = KeyedLimit::new(60, Duration::from_secs(60), 20, &clock);
        assert!((0..20).all(|_| limit.check(&1).is_ok()));
        assert_eq!(limit.check(&1), Err(RetryAfter { seconds: 1 }));
        assert_eq!(limit.check(&2), Ok(()), "others are not held back");
        clock.advance(Duration::from_secs(1));
        assert_eq!(limit.check(&1), Ok(()));
        assert_eq!(limit.check(&1), Err(RetryAfter { seconds: 1 }));

        let logins = KeyedLimit::new(20, Duration::from_secs(3_600), 20, &clock);
        assert!((0..20).all(|_| logins.check(&1).is_ok()));
        assert_eq!(logins.check(&1), Err(RetryAfter { seconds: 180 }));
        clock.advance(Duration::from_millis(179_001));
        assert_eq!(logins.check(&1), Err(RetryAfter { seconds: 1 }), "rounded up, never down");
        clock.advance(Duration::from_secs(1));
        assert_eq!(logins.check(&1), Ok(()));
    }

    #[test]
    fn refilled_keys_are_forgotten() {
        let clock = Clock::fixed(Timestamp::from_millis(1_795_514_400_000));
        let limits = RateLimits::new(&Limits::default(), &clock);
        assert!((0..100_u8).all(|n| limits.sends.check(&[n; 32]).is_ok()));
        assert_eq!(limits.sends.keys(), 100);
        clock.advance(Duration::from_secs(3_600));
        limits.retain_recent();
        assert_eq!(limits.sends.keys(), 0);
    }

    #[test]
    fn the_largest_limits_of_the_file_work() {
        let clock = Clock::System;
        for (rate, period) in [(100_000_000, 60), (1, 3_600)] {
            let limit = KeyedLimit::new(rate, Duration::from_secs(period), rate, &clock);
            assert_eq!(limit.check(&1), Ok(()));
        }
    }

    #[test]
    fn a_session_may_send_a_burst_and_then_at_its_pace() {
        let limits = Limits { frames_per_second: 10, frames_burst: 5, ..Limits::default() };
        let start = Instant::now();
        let mut session = FrameLimit::new(start);
        assert!((0..5).all(|_| session.allows(start, &limits)));
        assert!(!session.allows(start, &limits));
        assert!(!session.allows(start + Duration::from_millis(99), &limits));
        assert!(session.allows(start + Duration::from_millis(100), &limits));
        assert!(!session.allows(start + Duration::from_millis(100), &limits));
        let later = start + Duration::from_secs(60);
        assert_eq!((0..9).filter(|_| session.allows(later, &limits)).count(), 5);
    }

    #[test]
    fn connections_are_counted_by_address_and_in_all_until_they_end() {
        let limits = Limits { connections_per_address: 2, connections_total: 3, ..Limits::default() };
        let counter = ConnectionCounter::new(&limits);
        let (a, b) = (key("192.0.2.1"), key("192.0.2.2"));
        let first = counter.enter(a).expect("room");
        let _second = counter.enter(a).expect("room");
        assert_eq!(counter.enter(a).err(), Some(TooManyConnections::FromAddress));
        let _third = counter.enter(b).expect("room");
        assert_eq!(counter.enter(b).err(), Some(TooManyConnections::InAll));
        drop(first);
        assert_eq!(counter.open(), 2);
        assert!(counter.enter(a).is_ok());
        assert_eq!(counter.open(), 2, "a guard that is dropped at once counts no longer");
        drop(_third);
        assert!(!counter.open.lock().expect("unpoisoned").by_address.contains_key(&b), "no trace is kept");
    }
}
