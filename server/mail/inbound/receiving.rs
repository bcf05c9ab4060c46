//! What all ways in do with a mail: read it, take it in one transaction, count it. When this answers, the mail
//! is committed, and whoever brought it may let go of it.

use std::sync::Arc;

use super::reading::{self, Unread};
use super::taking::{self, Taken, Taking};
use super::{Envelope, Incoming, Way, mark_store};
use crate::app::App;
use crate::conversations::Error;
use crate::db::Tx;
use crate::metrics;
use crate::rate_limit::RateLimits;
use crate::writer::again;

/// Takes a mail.
///
/// # Errors
/// Of the database: nothing was kept, and the same mail may come again.
pub async fn receive(
    app: &App,
    raw: Vec<u8>,
    envelope: Envelope,
    way: Way,
    mark: Option<mark_store::Mark>,
) -> Result<Taken, Error> {
    match read(app, raw, envelope).await {
        Ok(mail) => take(app, Arc::new(mail), way, mark).await,
        Err((why, raw)) => set_aside(app, raw, why, way, mark).await,
    }
}

/// Reads a mail, believing the mail server that the operator named.
///
/// # Errors
/// Why it cannot be read, and its bytes.
pub async fn read(app: &App, raw: Vec<u8>, envelope: Envelope) -> Result<Incoming, (Unread, Vec<u8>)> {
    reading::read(raw, envelope, app.config.mail.authserv.clone()).await
}

/// Takes a mail that is read.
///
/// # Errors
/// As [`receive`].
pub async fn take(app: &App, mail: Arc<Incoming>, way: Way, mark: Option<mark_store::Mark>) -> Result<Taken, Error> {
    let limits = Arc::clone(&app.rate_limits);
    let taking = Taking { mail, way, domain: app.config.mail.domain.clone(), random: app.random.clone(), id: None };
    let operation = again(move |tx| {
        Box::pin(async move {
            let taken = taking.take(tx).await?;
            let taken = if taken == Taken::Nobody { nobody(tx, &taking, &limits).await? } else { taken };
            if let Some(mark) = mark {
                mark_store::advance(tx, &mark).await?;
            }
            Ok::<_, Error>(taken)
        })
    });
    let taken = app.writer.run_again("take mail", operation).await?;
    metrics::mail_in(way.word(), taken.word());
    Ok(taken)
}

/// A mail for nobody. Nobody can be told so of one in a mailbox: it is kept aside. Whoever guesses reply addresses
/// is slowed down, and what they sent does not push out what is kept.
async fn nobody(tx: &mut Tx, taking: &Taking, limits: &RateLimits) -> Result<Taken, Error> {
    if taking.is_guess() {
        metrics::mail_guessed(taking.way.word());
        let sender = taking.mail.from.as_str().to_owned();
        let allowed = limits.mail_guesses.check(&()).and_then(|()| limits.mail_guesses_per_sender.check(&sender));
        if let Err(wait) = allowed {
            return Ok(Taken::Guessed(wait.seconds));
        }
    }
    if taking.way == Way::Imap { taking.nobody(tx).await } else { Ok(Taken::Nobody) }
}

/// Sets a mail aside that cannot be read.
///
/// # Errors
/// As [`receive`].
pub async fn set_aside(
    app: &App,
    raw: Vec<u8>,
    why: Unread,
    way: Way,
    mark: Option<mark_store::Mark>,
) -> Result<Taken, Error> {
    let operation = again(move |tx| {
        Box::pin(async move {
            let taken = taking::poison(tx, &raw, why, way).await?;
            if let Some(mark) = mark {
                mark_store::advance(tx, &mark).await?;
            }
            Ok::<_, Error>(taken)
        })
    });
    let taken = app.writer.run_again("set mail aside", operation).await?;
    tracing::warn!(way = way.word(), reason = why.word(), "a mail was set aside: {why}");
    metrics::mail_in(way.word(), "poison");
    Ok(taken)
}
