//! What all ways in do with a mail: read it, take it in one transaction, count it. When this answers, the mail
//! is committed, and whoever brought it may let go of it.

use std::sync::Arc;

use super::reading::{self, Unread};
use super::taking::{self, Taken, Taking};
use super::{Envelope, Incoming, Way, mark_store};
use crate::app::App;
use crate::conversations::Error;
use crate::metrics;
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
    let taking = Taking { mail, way, domain: app.config.mail.domain.clone(), random: app.random.clone() };
    let operation = again(move |tx| {
        Box::pin(async move {
            let taken = taking.take(tx).await?;
            let nobody = taken == Taken::Nobody && way == Way::Imap;
            // Nobody can be told that a mail in a mailbox is for nobody: it is kept aside.
            let taken = if nobody { taking.nobody(tx).await? } else { taken };
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
