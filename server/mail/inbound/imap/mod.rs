//! A mailbox that is read: each mail once, in the order of its numbers. How far it was read moves in the
//! transaction that takes a mail, so that a crash loses nothing and repeats nothing. Nothing in the mailbox is
//! changed: no mail is deleted, moved or marked as read.

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

/// Why the mailbox cannot be read for now.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server could not be reached, or the connection broke.
    #[error("the connection failed: {0}")]
    Connection(#[from] std::io::Error),
    /// The name of the server is none.
    #[error("`{0}` is no name that a certificate can have")]
    Name(String),
    /// The server said no, or what makes no sense.
    #[error("the server said: {0}")]
    Said(String),
    /// It did not answer in time.
    #[error("the server did not answer in time")]
    Late,
    /// The address names no user.
    #[error("the address of the mailbox names no user")]
    NoUser,
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
            other => Self::Said(other.to_string()),
        }
    }
}

/// Waits for a command's answer.
async fn within<T, E: Into<Error>>(future: impl Future<Output = Result<T, E>>) -> Result<T, Error> {
    tokio::time::timeout(WITHIN, future).await.map_err(|_| Error::Late)?.map_err(Into::into)
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
    within(session.examine(&server.folder)).await?;
    within(session.logout()).await
}

/// Reads the mailbox until the process stops; what fails is tried again, with longer and longer pauses.
pub async fn run(app: Arc<App>) {
    let Some(server) = app.config.mail.imap.clone() else { return };
    let mut pause = FIRST_PAUSE;
    loop {
        let read = tokio::select! {
            read = read(&app, &server, &mut pause) => read,
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
async fn read(app: &App, server: &MailServer, pause: &mut Duration) -> Result<(), Error> {
    let mut session = connecting::connect(server, app.config.mail.ca.as_deref()).await?;
    let idles = within(session.capabilities()).await?.has_str("IDLE");
    let mailbox = mailbox(server);
    let mut known = None;
    loop {
        looking::look(app, &mut session, server, mailbox, &mut known).await?;
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
