//! A mailbox that is read: each mail once, in the order of its numbers. How far it was read moves in the
//! transaction that takes a mail, so that a crash loses nothing and repeats nothing. Nothing in the mailbox is
//! changed: no mail is deleted, moved or marked as read.

mod asking;
mod connecting;
mod looking;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_imap::extensions::idle::IdleResponse;
use sha2::{Digest as _, Sha256};

use crate::app::App;
use crate::config::MailServer;
use crate::metrics;
use connecting::Session;

/// How long one command may take.
const WITHIN: Duration = Duration::from_secs(60);
/// The server is asked anew after this long, so that a connection that died is found (RFC 2177 allows 29 min).
const IDLE_FOR: Duration = Duration::from_secs(5 * 60);
/// How often a server is asked that cannot tell by itself.
const POLL_EVERY: Duration = Duration::from_secs(60);
/// After a failure; it doubles each time.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);

/// How often a mail is asked for that the server refuses, with the pauses two minutes long, before it is passed
/// over and a row says so.
const MOST_REFUSALS: u32 = 8;

/// Why the mailbox cannot be read for now.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server could not be reached, or the connection broke.
    #[error("the connection failed: {0}")]
    Connection(#[from] std::io::Error),
    /// The name of the server is none.
    #[error("`{0}` is no name that a certificate can have")]
    Name(String),
    /// The server said NO or BAD to a command, in its words.
    #[error("the server refused: {0}")]
    Refused(String),
    /// The server said what makes no sense.
    #[error("the server said: {0}")]
    Said(String),
    /// It did not answer in time.
    #[error("the server did not answer in time")]
    Late,
    /// The address names no user.
    #[error("the address of the mailbox names no user")]
    NoUser,
    /// The server offers no encryption, which was asked for.
    #[error("the server knows no STARTTLS, and the password is not said in the clear")]
    NoStartTls,
    /// It does not let us in.
    #[error("the user or the password is wrong: {0}")]
    Login(String),
    /// It lets us in and has no such folder.
    #[error("there is no folder `{0}`, or it cannot be opened: {1}")]
    Folder(String, String),
    /// The server cannot number its mails.
    #[error("the server gives its mails no lasting numbers")]
    NoNumbers,
    /// The database.
    #[error(transparent)]
    Db(#[from] crate::db::Error),
    /// Taking a mail.
    #[error(transparent)]
    Taking(#[from] crate::conversations::Error),
}

impl From<async_imap::error::Error> for Error {
    fn from(error: async_imap::error::Error) -> Self {
        match error {
            async_imap::error::Error::Io(error) => Self::Connection(error),
            async_imap::error::Error::ConnectionLost => Self::Connection(std::io::ErrorKind::UnexpectedEof.into()),
            async_imap::error::Error::No(said) | async_imap::error::Error::Bad(said) => Self::Refused(said),
            other => Self::Said(other.to_string()),
        }
    }
}

/// Waits for a command's answer.
async fn within<T, E: Into<Error>>(future: impl Future<Output = Result<T, E>>) -> Result<T, Error> {
    tokio::time::timeout(WITHIN, future).await.map_err(|_| Error::Late)?.map_err(Into::into)
}

/// A mail that the server does not give out, and how often it said so. It may be busy; but one mail that it cannot
/// read must not keep all that come after it from us.
#[derive(Debug, Default)]
struct Refusals {
    uid: u32,
    times: u32,
}

impl Refusals {
    /// The server refused this one again.
    const fn note(&mut self, uid: u32) {
        self.times = if self.uid == uid { self.times + 1 } else { 1 };
        self.uid = uid;
    }

    /// Whether it has refused it so often that it is not asked again.
    const fn is_enough(&self, uid: u32) -> bool {
        self.uid == uid && self.times >= MOST_REFUSALS
    }
}

/// By what a mailbox is known.
pub fn mailbox(server: &MailServer) -> [u8; 32] {
    let user = server.login.as_ref().map(|(user, _)| user.as_str()).unwrap_or_default();
    let mut hash = Sha256::new();
    for part in [server.host.as_str(), &server.port.to_string(), user, &server.folder] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().into()
}

/// Whether the mailbox can be read: signs in and opens it, and takes nothing.
///
/// # Errors
/// Why not, without the password.
pub async fn check(server: &MailServer, ca: Option<&Path>) -> Result<(), Error> {
    let mut session = connecting::connect(server, ca).await?;
    within(session.examine(&server.folder)).await.map_err(|error| no_folder(server, error))?;
    within(session.logout()).await
}

/// Says which folder the server refused to open.
fn no_folder(server: &MailServer, error: Error) -> Error {
    match error {
        Error::Refused(said) => Error::Folder(server.folder.clone(), said),
        other => other,
    }
}

/// Reads the mailbox until the process stops; what fails is tried again, with longer and longer pauses.
pub async fn run(app: Arc<App>) {
    let Some(server) = app.config.mail.imap.clone() else { return };
    run_on(app, server).await;
}

/// The same, of this mailbox.
pub async fn run_on(app: Arc<App>, server: MailServer) {
    let mut pause = FIRST_PAUSE;
    let mut refusals = Refusals::default();
    loop {
        let read = tokio::select! {
            read = read(&app, &server, &mut pause, &mut refusals) => read,
            () = app.stopping.cancelled() => return,
        };
        metrics::mailbox(false);
        if let Err(error) = read {
            tracing::warn!(%error, again_in = ?pause, "the mailbox cannot be read");
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = app.stopping.cancelled() => return,
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// One connection, for as long as it holds.
async fn read(app: &App, server: &MailServer, pause: &mut Duration, refusals: &mut Refusals) -> Result<(), Error> {
    let mut session = connecting::connect(server, app.config.mail.ca.as_deref()).await?;
    let idles = within(session.capabilities()).await?.has_str("IDLE");
    let mailbox = mailbox(server);
    let mut known = None;
    loop {
        looking::look(app, &mut session, server, mailbox, &mut known, refusals).await?;
        *pause = FIRST_PAUSE;
        metrics::mailbox(true);
        if idles {
            session = idle(session).await?;
        } else {
            tokio::time::sleep(POLL_EVERY).await;
        }
    }
}

/// Waits until the server tells something, or for a while.
async fn idle(session: Session) -> Result<Session, Error> {
    let mut handle = session.idle();
    within(handle.init()).await?;
    let (told, _stop) = handle.wait_with_timeout(IDLE_FOR);
    match told.await? {
        IdleResponse::NewData(_) | IdleResponse::Timeout | IdleResponse::ManualInterrupt => {}
    }
    within(handle.done()).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mail_that_is_refused_again_and_again_is_passed_over() {
        let mut refusals = Refusals::default();
        for _ in 1..MOST_REFUSALS {
            refusals.note(7);
            assert!(!refusals.is_enough(7));
        }
        refusals.note(7);
        assert!(refusals.is_enough(7) && !refusals.is_enough(8));
        refusals.note(8);
        assert!(!refusals.is_enough(7) && !refusals.is_enough(8));
    }
}
