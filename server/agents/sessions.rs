//! Signing in and out, and who a cookie is. The cookie holds 256 random bits and the database their
//! SHA-256. A session lasts as long as it is used within [`LIFETIME`]; a new password ends it.
//! Nothing here reads a request: the handler hands in what the browser sent.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use actix_web::cookie::{Cookie, SameSite};
use url::Url;

use super::password::{PasswordError, Passwords, Verdict};
use super::session_store::{self, NewSession, SessionRow};
use super::store::{self, AgentRow};
use super::{EmailAddress, account, account_store, sign_in_store};
use crate::clock::{Clock, Random, Timestamp};
use crate::db::{Db, Error};
use crate::ids::{AgentId, WorkspaceId};
use crate::rate_limit::{IpKey, RateLimits, RetryAfter};
use crate::secrets::{Secret, same, token_hash};
use crate::visitors::clean;
use crate::writer::Writer;

/// For how long an unused session goes on.
pub const LIFETIME: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How often at most the database notes that a session was used.
pub const TOUCH_EVERY: Duration = Duration::from_secs(60 * 60);
/// The longest that browsers keep a cookie. The database knows when the session ends.
const COOKIE_DAYS: i64 = 400;
/// What is kept of a browser's name, in characters.
const USER_AGENT_CHARS: usize = 300;
/// Of a token as base64url.
const TOKEN_CHARS: usize = 43;
/// How long a code is waited for after the password was right.
pub const HALF_LASTS: Duration = Duration::from_secs(10 * 60);
/// Codes that may be tried in that time.
pub const MOST_CODES: i64 = 5;

/// What the browser keeps.
#[derive(Clone)]
pub struct SessionToken(String);

impl SessionToken {
    /// The text, for the cookie and nothing else.
    pub fn expose(&self) -> &str {
        &self.0
    }

    fn hash(&self) -> [u8; 32] {
        token_hash(self.0.as_bytes())
    }

    /// A cookie's value; none if it cannot be a token.
    fn of_cookie(value: &str) -> Option<Self> {
        (value.len() == TOKEN_CHARS).then(|| Self(value.to_owned()))
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(***)")
    }
}

/// Somebody whose password was right.
#[derive(Debug)]
pub enum SignedIn {
    /// That was all.
    Whole(SessionToken),
    /// A code of theirs is waited for.
    Half(Ticket),
}

#[cfg(test)]
impl SignedIn {
    fn whole(self) -> SessionToken {
        match self {
            Self::Whole(token) => token,
            Self::Half(_) => panic!("a code is waited for"),
        }
    }
}

/// What the form for the code holds: good for [`HALF_LASTS`] and [`MOST_CODES`] tries.
pub struct Ticket(String);

impl Ticket {
    /// The text, for the form and nothing else.
    pub fn expose(&self) -> &str {
        &self.0
    }

    fn hash(&self) -> [u8; 32] {
        token_hash(self.0.as_bytes())
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ticket(***)")
    }
}

/// A session that is about to begin.
pub struct Fresh {
    token_hash: [u8; 32],
    csrf: String,
    user_agent: String,
    now: Timestamp,
}

impl Fresh {
    /// Its row, for this agent.
    pub fn row(&self, workspace_id: WorkspaceId, agent_id: AgentId) -> NewSession<'_> {
        NewSession {
            token_hash: &self.token_hash,
            workspace_id,
            agent_id,
            csrf: &self.csrf,
            user_agent: &self.user_agent,
            now: self.now,
            expires_at: self.now.plus(LIFETIME),
        }
    }
}

/// One attempt to sign in.
#[derive(Clone)]
pub struct Attempt {
    /// Who they say they are.
    pub email: EmailAddress,
    /// How they prove it.
    pub password: Secret,
    /// Where from.
    pub address: IpKey,
    /// The browser's name, for the list of devices.
    pub user_agent: String,
}

/// Why somebody is not signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// No such agent, another password, or not allowed any more: all look alike.
    #[error("mail address and password do not match")]
    Wrong,
    /// Too many attempts from this address or on this account.
    #[error(transparent)]
    TooMany(#[from] RetryAfter),
    /// The password could not be checked, or not now.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The database or the write path.
    #[error(transparent)]
    Db(#[from] Error),
}

/// What signing in takes. Cheap to clone.
#[derive(Clone)]
pub struct Sessions {
    /// For reading.
    pub db: Db,
    /// For writing.
    pub writer: Writer,
    /// Checks passwords, a few at a time.
    pub passwords: Passwords,
    /// Bounds the attempts.
    pub limits: Arc<RateLimits>,
    /// Draws the tokens.
    pub random: Random,
    /// Tells when a session ends.
    pub clock: Clock,
}

impl Sessions {
    /// Signs an agent in: checks the limits, then the password against everybody with this address,
    /// and starts a session. Who does not exist costs as long as who does.
    pub async fn sign_in(&self, attempt: Attempt) -> Result<SignedIn, SignInError> {
        self.limits.logins_per_address.check(&attempt.address)?;
        self.limits.logins_per_account.check(&token_hash(attempt.email.as_str().as_bytes()))?;
        let found = store::by_email(self.db.read().await?.conn(), &attempt.email).await?;
        let agents = found.into_iter().filter(|agent| agent.disabled_at.is_none());
        let Some((agent, rehash)) = self.matching(agents.collect(), &attempt.password).await? else {
            return Err(SignInError::Wrong);
        };
        let renewed = match rehash {
            true => Some(self.passwords.rehash(attempt.password).await?),
            false => None,
        };
        self.start(agent, renewed, &attempt.user_agent).await
    }

    /// The first of these agents whose password it is, and whether its hash is of another cost.
    async fn matching(&self, agents: Vec<AgentRow>, given: &Secret) -> Result<Option<(AgentRow, bool)>, SignInError> {
        if agents.is_empty() {
            self.passwords.verify(given.clone(), None).await?;
        }
        for agent in agents {
            // Who was invited and has not come in has no password yet, and looks like nobody.
            let stored = Some(agent.password_hash.as_str()).filter(|hash| !hash.is_empty());
            match self.passwords.verify(given.clone(), stored).await? {
                Verdict::Right { rehash } => return Ok(Some((agent, rehash))),
                Verdict::Wrong => {}
            }
        }
        Ok(None)
    }

    async fn start(&self, agent: AgentRow, renewed: Option<String>, user_agent: &str) -> Result<SignedIn, SignInError> {
        let (token, fresh) = self.fresh(user_agent);
        let ticket = Ticket(self.random.token_text());
        let (half, until) = (ticket.hash(), self.clock.now().plus(HALF_LASTS));
        let started: Result<bool, SignInError> = self
            .writer
            .run("sign in", move |tx| {
                Box::pin(async move {
                    let checked = &agent.password_hash;
                    let kept = renewed.as_deref().unwrap_or(checked);
                    let (ws, id) = (agent.workspace_id, agent.id);
                    if !sign_in_store::keep_password(tx.conn(), ws, id, checked, kept).await? {
                        return Err(SignInError::Wrong);
                    }
                    if account_store::factor(tx.conn(), ws, id).await?.is_some() {
                        account_store::begin_half(tx.conn(), &half, (ws, id), until).await?;
                        return Ok(false);
                    }
                    session_store::insert(tx.conn(), &fresh.row(ws, id)).await?;
                    Ok(true)
                })
            })
            .await;
        Ok(if started? { SignedIn::Whole(token) } else { SignedIn::Half(ticket) })
    }

    fn fresh(&self, user_agent: &str) -> (SessionToken, Fresh) {
        let token = SessionToken(self.random.token_text());
        let fresh = Fresh {
            token_hash: token.hash(),
            csrf: self.random.token_text(),
            user_agent: clean(user_agent, USER_AGENT_CHARS),
            now: self.clock.now(),
        };
        (token, fresh)
    }

    /// The second half: a session for whoever has the ticket and the code. A ticket takes
    /// [`MOST_CODES`] tries.
    pub async fn finish(
        &self,
        ticket: &str,
        code: String,
        address: IpKey,
        user_agent: &str,
    ) -> Result<SessionToken, SignInError> {
        self.limits.logins_per_address.check(&address)?;
        let (token, fresh) = self.fresh(user_agent);
        let half = token_hash(ticket.as_bytes());
        let right: Result<bool, Error> = self
            .writer
            .run("second factor", move |tx| {
                Box::pin(async move { account::finish_half(tx, &half, &code, fresh, MOST_CODES).await })
            })
            .await;
        if right? { Ok(token) } else { Err(SignInError::Wrong) }
    }

    /// Who this cookie is, if they are signed in. Use puts off the session's end; that is noted
    /// behind the caller's back, once in [`TOUCH_EVERY`].
    pub async fn authenticate(&self, cookie: &str) -> Result<Option<SessionRow>, Error> {
        let Some(token) = SessionToken::of_cookie(cookie) else { return Ok(None) };
        let (hash, now) = (token.hash(), self.clock.now());
        let found = session_store::find(self.db.read().await?.conn(), &hash, now).await?;
        if found.as_ref().is_some_and(|session| now.since(session.seen_at) >= TOUCH_EVERY) {
            let noted = |result: Result<(), Error>| {
                if let Err(error) = result {
                    tracing::warn!(%error, "the use of a session was not noted");
                }
            };
            let until = now.plus(LIFETIME);
            self.writer
                .submit(
                    None,
                    "touch session",
                    move |tx| Box::pin(async move { session_store::touch(tx.conn(), &hash, now, until).await }),
                    noted,
                )
                .await;
        }
        Ok(found)
    }

    /// Ends the session of this cookie. One that is over is over.
    pub async fn sign_out(&self, cookie: &str) -> Result<(), Error> {
        let Some(token) = SessionToken::of_cookie(cookie) else { return Ok(()) };
        let hash = token.hash();
        self.writer
            .run("sign out", move |tx| Box::pin(async move { session_store::delete(tx.conn(), &hash).await }))
            .await
    }

    /// Drops what has ended. Call it every hour or so.
    pub async fn sweep(&self) -> Result<(), Error> {
        let now = self.clock.now();
        self.writer
            .run("sweep sessions", move |tx| {
                Box::pin(async move {
                    account_store::sweep_halves(tx.conn(), now).await?;
                    session_store::sweep(tx.conn(), now).await
                })
            })
            .await
    }
}

/// Who this cookie is, for callers that have no more than a database and note no use.
pub async fn authenticate(db: &Db, cookie: &str, now: Timestamp) -> Result<Option<SessionRow>, Error> {
    let Some(token) = SessionToken::of_cookie(cookie) else { return Ok(None) };
    session_store::find(db.read().await?.conn(), &token.hash(), now).await
}

/// Whether a form came from a page of this session.
pub fn csrf_matches(session: &SessionRow, given: &str) -> bool {
    same(session.csrf.as_bytes(), given.as_bytes())
}

/// The cookie's name. Browsers take one that begins with `__Host-` only by HTTPS, for this host
/// alone and for all of its paths; on plain HTTP it has to do without.
pub fn cookie_name(public_url: &Url) -> &'static str {
    if public_url.scheme() == "https" { "__Host-deskbell" } else { "deskbell" }
}

/// The cookie that holds a new session.
pub fn cookie(public_url: &Url, token: &SessionToken) -> Cookie<'static> {
    let mut cookie = bare_cookie(public_url, token.expose().to_owned());
    cookie.set_max_age(actix_web::cookie::time::Duration::days(COOKIE_DAYS));
    cookie
}

/// The cookie that takes the session from the browser.
pub fn removal_cookie(public_url: &Url) -> Cookie<'static> {
    let mut cookie = bare_cookie(public_url, String::new());
    cookie.make_removal();
    cookie
}

fn bare_cookie(public_url: &Url, value: String) -> Cookie<'static> {
    Cookie::build(cookie_name(public_url), value)
        .path("/")
        .secure(public_url.scheme() == "https")
        .http_only(true)
        .same_site(SameSite::Lax)
        .finish()
}

#[cfg(test)]
#[path = "sessions_tests.rs"]
mod tests;
