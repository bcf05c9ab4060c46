//! Passwords: argon2id as PHC strings. Hashing takes memory and time on purpose, so it runs on the
//! blocking pool, and only so many at once; who does not exist costs the same as who does.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::password_hash::{Error as HashError, PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::clock::Random;
use crate::config::PasswordCost;
use crate::secrets::Secret;

/// The least characters of a password.
pub const LEAST_CHARACTERS: usize = 10;
/// The most bytes of a password.
pub const MOST_BYTES: usize = 1_024;
/// For how long a login waits for its turn before it is told to come back.
const PATIENCE: Duration = Duration::from_secs(5);
const SALT_BYTES: usize = 16;

/// Why a password cannot be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    #[error("a password has at least 10 characters")]
    TooShort,
    #[error("a password has at most 1,024 bytes")]
    TooLong,
    #[error("a password is not the mail address")]
    IsEmail,
}

/// A password that may be set.
#[derive(Debug, Clone)]
pub struct NewPassword(Secret);

impl NewPassword {
    /// Checks what an agent with this mail address wants to set.
    ///
    /// # Errors
    /// It is too short, too long, or the address itself.
    pub fn parse(password: &Secret, email: &str) -> Result<Self, WeakPassword> {
        let text = password.expose();
        if text.chars().count() < LEAST_CHARACTERS {
            return Err(WeakPassword::TooShort);
        }
        if text.len() > MOST_BYTES {
            return Err(WeakPassword::TooLong);
        }
        if text.trim().to_lowercase() == email.trim().to_lowercase() {
            return Err(WeakPassword::IsEmail);
        }
        Ok(Self(password.clone()))
    }

    /// A new one of 43 characters, to be printed once.
    pub fn draw(random: &Random) -> Self {
        Self(Secret::new(random.token_text()))
    }

    /// The text, for printing a drawn one.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// Why no answer about a password can be given.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Too many hash at once; nothing was checked. May be repeated.
    #[error("too many passwords are being checked")]
    Busy,
    /// The stored text is not an argon2 hash, or the machine has no memory for one.
    #[error("a password cannot be hashed or compared: {0}")]
    Hash(#[from] HashError),
    /// The task that hashed was stopped.
    #[error("hashing was interrupted")]
    Interrupted(#[from] tokio::task::JoinError),
}

/// What a given password is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Not the stored one, or there is no such account.
    Wrong,
    /// The stored one. With `rehash`, its hash has another cost than the configured one: store
    /// [`Passwords::rehash`] of the given password.
    Right { rehash: bool },
}

/// Hashes and verifies, a few at a time. Clones share the turns.
#[derive(Clone)]
pub struct Passwords {
    params: Params,
    random: Random,
    turns: Arc<Semaphore>,
    patience: Duration,
    /// The hash of no password at all, in the configured cost.
    nobody: Arc<str>,
}

impl Passwords {
    /// `at_once` hashes run side by side at most (0 counts as 1); each takes the cost's memory.
    ///
    /// # Errors
    /// The cost is out of argon2's bounds; [`crate::config`] lets none such through.
    pub fn new(cost: &PasswordCost, at_once: usize, random: Random) -> Result<Self, PasswordError> {
        let params = Params::new(cost.memory_kib, cost.iterations, cost.parallelism, None).map_err(HashError::from)?;
        // Not hashed but drawn: verifying against it costs the same, and starting costs nothing.
        let nobody = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&params)?,
            salt: Some(Salt::new(&random.token()[..SALT_BYTES]).map_err(HashError::from)?),
            hash: Some(Output::new(&random.token()).map_err(HashError::from)?),
        };
        let turns = Arc::new(Semaphore::new(at_once.max(1)));
        Ok(Self { params, random, turns, patience: PATIENCE, nobody: nobody.to_string().into() })
    }

    /// The PHC string to store for a new password.
    ///
    /// # Errors
    /// See [`PasswordError`].
    pub async fn hash(&self, password: NewPassword) -> Result<String, PasswordError> {
        self.rehash(password.0).await
    }

    /// The PHC string in the present cost for a password that was just found right, however old
    /// the rules are by which it was set.
    ///
    /// # Errors
    /// See [`PasswordError`].
    pub async fn rehash(&self, password: Secret) -> Result<String, PasswordError> {
        let argon2 = self.argon2();
        let salt = self.random.token();
        self.take_turn(move || {
            let hash = argon2.hash_password_with_salt(password.expose().as_bytes(), &salt[..SALT_BYTES])?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Compares a given password with the stored PHC string; `None` means that there is no such
    /// account, which takes as long.
    ///
    /// # Errors
    /// See [`PasswordError`].
    pub async fn verify(&self, given: Secret, stored: Option<&str>) -> Result<Verdict, PasswordError> {
        if given.expose().len() > MOST_BYTES {
            return Ok(Verdict::Wrong);
        }
        let (exists, argon2, params) = (stored.is_some(), self.argon2(), self.params.clone());
        let stored = PasswordHash::new(stored.unwrap_or(&self.nobody)).map_err(HashError::from)?;
        self.take_turn(move || match argon2.verify_password(given.expose().as_bytes(), &stored) {
            Ok(()) if exists => Ok(Verdict::Right { rehash: needs_rehash(&stored, &params) }),
            Ok(()) | Err(HashError::PasswordInvalid) => Ok(Verdict::Wrong),
            Err(why) => Err(why.into()),
        })
        .await
    }

    fn argon2(&self) -> Argon2<'static> {
        Argon2::new(Algorithm::Argon2id, Version::V0x13, self.params.clone())
    }

    /// Runs `work` on the blocking pool when it is its turn. The turn lasts as long as the work,
    /// also if the caller goes away meanwhile.
    async fn take_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let turn = tokio::time::timeout(self.patience, Arc::clone(&self.turns).acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return Err(PasswordError::Busy) };
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(turn);
            result
        });
        done.await?
    }
}

/// Whether a stored hash was made by other means than new ones are.
fn needs_rehash(stored: &PasswordHash, params: &Params) -> bool {
    let same_cost = Params::try_from(stored).is_ok_and(|stored| {
        (stored.m_cost(), stored.t_cost(), stored.p_cost()) == (params.m_cost(), params.t_cost(), params.p_cost())
    });
    !same_cost || stored.algorithm != Algorithm::Argon2id.ident() || stored.version != Some(Version::V0x13.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMAIL: &str = "ada@shop.example";

    fn passwords(cost: &PasswordCost) -> Passwords {
        Passwords::new(cost, 2, Random::seeded(1)).expect("a cost within bounds")
    }

    fn secret(text: &str) -> Secret {
        Secret::new(text)
    }

    async fn hash_of(passwords: &Passwords, text: &str) -> String {
        let password = NewPassword::parse(&secret(text), EMAIL).expect("strong enough");
        passwords.hash(password).await.expect("a hash")
    }

    #[test]
    fn passwords_are_long_and_not_the_address() {
        let parse = |text: &str| NewPassword::parse(&secret(text), EMAIL).map(drop);
        assert_eq!(parse("123456789"), Err(WeakPassword::TooShort));
        assert_eq!(parse("ééééééééé"), Err(WeakPassword::TooShort), "characters count, not bytes");
        assert_eq!(parse("éééééééééé"), Ok(()));
        assert_eq!(parse(&"x".repeat(1_024)), Ok(()));
        assert_eq!(parse(&"x".repeat(1_025)), Err(WeakPassword::TooLong));
        assert_eq!(parse(" ADA@shop.example"), Err(WeakPassword::IsEmail));
        let drawn = NewPassword::draw(&Random::System);
        assert_eq!(NewPassword::parse(&secret(drawn.expose()), EMAIL).map(drop), Ok(()));
    }

    #[tokio::test]
    async fn only_the_same_password_is_right() {
        let passwords = passwords(&PasswordCost::least());
        let stored = hash_of(&passwords, "correct horse").await;
        assert!(stored.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{stored}");
        assert_ne!(stored, hash_of(&passwords, "correct horse").await, "salted");
        let verdict = async |text: &str| passwords.verify(secret(text), Some(&stored)).await.expect("a verdict");
        assert_eq!(verdict("correct horse").await, Verdict::Right { rehash: false });
        for wrong in ["", "correct hors", "correct horse ", "Correct horse", &"x".repeat(2_000)] {
            assert_eq!(verdict(wrong).await, Verdict::Wrong);
        }
    }

    #[tokio::test]
    async fn nobody_is_hashed_like_somebody_and_never_right() {
        let passwords = passwords(&PasswordCost::default());
        assert!(passwords.nobody.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", passwords.nobody);
        let somebody = PasswordHash::new(&hash_of(&passwords, "correct horse").await).expect("a hash");
        let nobody = PasswordHash::new(&passwords.nobody).expect("a hash");
        assert_eq!(somebody.salt.map(|salt| salt.len()), nobody.salt.map(|salt| salt.len()));
        assert_eq!(somebody.hash.map(|hash| hash.len()), nobody.hash.map(|hash| hash.len()));
        assert_eq!(passwords.verify(secret("correct horse"), None).await.expect("a verdict"), Verdict::Wrong);
    }

    #[tokio::test]
    async fn a_hash_of_another_cost_still_counts_and_asks_to_be_renewed() {
        let (old, new) = (PasswordCost::least(), PasswordCost { memory_kib: 16, ..PasswordCost::least() });
        let stored = hash_of(&passwords(&old), "correct horse").await;
        let passwords = passwords(&new);
        let verdict = passwords.verify(secret("correct horse"), Some(&stored)).await.expect("a verdict");
        assert_eq!(verdict, Verdict::Right { rehash: true });
        let renewed = passwords.rehash(secret("correct horse")).await.expect("a hash");
        let verdict = passwords.verify(secret("correct horse"), Some(&renewed)).await.expect("a verdict");
        assert_eq!(verdict, Verdict::Right { rehash: false });
    }

    #[tokio::test]
    async fn a_stored_text_that_is_no_hash_is_an_error_not_a_verdict() {
        let passwords = passwords(&PasswordCost::least());
        for stored in ["", "plain", "$argon2id$v=19$m=8,t=1,p=1$", "$2b$12$abcdefghijklmnopqrstuv"] {
            assert!(passwords.verify(secret("correct horse"), Some(stored)).await.is_err(), "{stored}");
        }
    }

    #[tokio::test]
    async fn who_waits_too_long_for_a_turn_is_told_so() {
        let patience = Duration::from_millis(1);
        let passwords = Passwords { patience, ..passwords(&PasswordCost::least()) };
        let all = passwords.turns.clone().acquire_many_owned(2).await.expect("free");
        assert!(matches!(passwords.verify(secret("correct horse"), None).await, Err(PasswordError::Busy)));
        drop(all);
        let passwords = Passwords { patience: PATIENCE, ..passwords };
        assert!(passwords.verify(secret("correct horse"), None).await.is_ok());
    }
}
