//! The task that sends mails. It takes rows that are due, a few at once, writes each and hands it to the mail
//! server; what is under way is claimed in the database, so that whoever is there when this process is gone
//! does it again, under the same `Message-ID`. Without a mail server the rows wait.

mod dkim;
pub(in crate::mail) mod settling;
pub mod store;
pub mod transport;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::transport::Transport;
use super::inbound::aside_store;
use super::inbound::taking::ASIDE_FOR;
use super::outbox::Taken;
use super::writing::{Desk, Gathered, gather};
use crate::agents::forgotten;
use crate::app::App;
use crate::clock::Random;
use crate::db::{Error, Tx};
use crate::left_behind;
use crate::metrics;
use crate::writer::op;

/// Mails that are under way at once: as many as there are connections, and one that is being written for each.
const AT_ONCE: usize = 2 * transport::CONNECTIONS as usize;
/// How long a taken mail is ours: longer than an attempt may take.
const LEASE: Duration = Duration::from_secs(180);
/// How long a server that stops waits for mails that are under way; it has ten seconds for everything.
const FINISHED_WITHIN: Duration = Duration::from_secs(4);
/// How often it is looked whether something is due.
const LOOK: Duration = Duration::from_secs(1);
/// How long a mail is tried (RFC 5321, section 4.5.4.1, wants four days of a mail server; a visitor who waits
/// for an answer is told nothing by a mail that is older than two).
pub const TRIED_FOR: Duration = Duration::from_secs(48 * 3_600);
/// The pause after each failed attempt, in seconds; the last one again and again.
const PAUSES_S: [u64; 9] = [60, 300, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 28_800];
/// How often what has ended is dropped.
const TIDY: Duration = Duration::from_secs(3_600);
/// Rows that are dropped at once.
const DROPPED: i64 = 500;
/// A link for another password that is older is good for nothing.
const LINK_ENDS_S: u64 = forgotten::LINK_GOOD_FOR_S.unsigned_abs();
/// How long mails of no conversation are kept once they are done with.
const KEPT: Duration = Duration::from_secs(30 * 86_400);

/// What is under way.
#[derive(Default)]
pub struct Mailer {
    under_way: AtomicUsize,
    /// Rung when there may be something to send.
    pub stirred: Notify,
    transport: Option<Transport>,
    attempts: TaskTracker,
    cut_off: CancellationToken,
}

impl Mailer {
    /// With a way out, or without one.
    pub fn new(transport: Option<Transport>) -> Self {
        Self { transport, ..Self::default() }
    }

    /// The way out; none where no mail server is set.
    pub const fn transport(&self) -> Option<&Transport> {
        self.transport.as_ref()
    }

    /// Looks at once, as a mail was written.
    pub fn stir(&self) {
        self.stirred.notify_one();
    }

    /// Waits for what is under way, as a mail that is cut off may come once more. Not for ever: a mail server
    /// that does not answer is left, and the mail is sent after the next start.
    pub async fn finish(&self) {
        self.attempts.close();
        if tokio::time::timeout(FINISHED_WITHIN, self.attempts.wait()).await.is_err() {
            tracing::warn!("mails that are under way are cut off; they are sent again");
        }
        self.cut_off.cancel();
    }
}

/// Until the next attempt after so many: up to a quarter longer by chance, so that what failed together does
/// not come back together.
fn pause(attempts: i64, random: &Random) -> Duration {
    let index = usize::try_from(attempts.max(1) - 1).unwrap_or(usize::MAX).min(PAUSES_S.len() - 1);
    let even = Duration::from_secs(PAUSES_S[index]);
    let mut byte = [0; 1];
    random.fill(&mut byte);
    even + even * u32::from(byte[0]) / 1_024
}

/// Sends, until the server stops.
pub async fn run(app: Arc<App>) {
    if !app.db.is_pg() {
        let released = app.writer.run("mails", |tx| Box::pin(async move { store::release_all(tx.conn()).await }));
        if let Err(error) = released.await {
            tracing::warn!(%error, "mails of the last run wait for the end of their leases");
        }
    }
    let (mut tidied, mut took_over): (Option<Instant>, Option<Instant>) = (None, None);
    while !app.stopping.is_cancelled() {
        if tidied.is_none_or(|at| at.elapsed() >= TIDY) {
            tidied = Some(Instant::now());
            if let Err(error) = tidy(&app).await {
                tracing::warn!(%error, "old mails and links could not be dropped");
            }
        }
        if took_over.is_none_or(|at| at.elapsed() >= LOOK) {
            took_over = Some(Instant::now());
            if let Err(error) = left_behind::take_over(&app, &store::CLAIMS).await {
                tracing::warn!(%error, "mails that a process left behind could not be looked for");
            }
        }
        if let Err(error) = hand_out(&app).await {
            tracing::warn!(%error, "mails could not be taken; they wait");
        }
        tokio::select! {
            () = app.mailer.stirred.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
            () = app.stopping.cancelled() => {}
        }
    }
}

async fn tidy(app: &App) -> Result<(), Error> {
    let operation = op(move |tx: &mut Tx| {
        Box::pin(async move {
            let now = tx.moment.now;
            super::link_store::drop_ended(tx.conn(), now, DROPPED).await?;
            store::drop_ended_links(tx.conn(), now.minus(Duration::from_secs(LINK_ENDS_S)), now).await?;
            aside_store::drop_old(tx.conn(), now.minus(ASIDE_FOR), DROPPED).await?;
            store::drop_old(tx.conn(), now.minus(KEPT), DROPPED).await.map(drop)
        })
    });
    app.writer.run("tidy mails", operation).await
}

async fn hand_out(app: &Arc<App>) -> Result<(), Error> {
    let free = AT_ONCE.saturating_sub(app.mailer.under_way.load(Ordering::Relaxed));
    if app.mailer.transport.is_none()
        || free == 0
        || !store::is_due(app.db.read().await?.conn(), app.clock.now()).await?
    {
        return Ok(());
    }
    let held = app.presence.hold().await;
    let by = held.number;
    let operation = op(move |tx: &mut Tx| {
        Box::pin(async move {
            let now = tx.moment.now;
            store::take(tx.conn(), now, (now.plus(LEASE), by), i64::try_from(free).unwrap_or(1)).await
        })
    });
    for taken in app.writer.run("take mails", operation).await? {
        app.mailer.under_way.fetch_add(1, Ordering::Relaxed);
        let (of, held) = (Arc::clone(app), held.clone());
        app.mailer.attempts.spawn(async move {
            let app = of;
            tokio::select! {
                made = send(&app, &taken) => if let Err(error) = made {
                    tracing::warn!(%error, mail = %taken.id, "what came of a mail could not be written; it is sent again");
                },
                () = app.mailer.cut_off.cancelled() => {}
                // Others may send it now, under the same `Message-ID`.
                () = held.lost() => {}
            }
            app.mailer.under_way.fetch_sub(1, Ordering::Relaxed);
            app.mailer.stir();
        });
    }
    Ok(())
}

/// One attempt, from the row to what came of it.
async fn send(app: &Arc<App>, taken: &Taken) -> Result<(), Error> {
    let Some(transport) = app.mailer.transport() else { return Ok(()) };
    let limits = &app.rate_limits;
    let too_many = limits.mails.check(&()).and_then(|()| limits.mails_per_recipient.check(&taken.address));
    if let Err(wait) = too_many {
        metrics::mail(&taken.kind, "delayed");
        let (taken, seconds) = (taken.clone(), wait.seconds);
        let operation = op(move |tx: &mut Tx| {
            Box::pin(async move {
                let at = tx.moment.now.plus(Duration::from_secs(seconds));
                store::put_back(tx.conn(), &taken, at).await
            })
        });
        return app.writer.run("put mail back", operation).await;
    }
    let desk = Desk {
        mail: app.config.mail.clone(),
        public_url: app.config.public_url.clone(),
        random: app.random.clone(),
        zone: app.workspaces.zone(taken.workspace_id),
        faces: app.workspaces.faces(taken.workspace_id),
        lang: app.workspaces.lang(Some(taken.workspace_id)),
    };
    let of = taken.clone();
    let gathered = app
        .writer
        .run("write mail", op(move |tx: &mut Tx| Box::pin(async move { gather(tx, &desk, &of).await })))
        .await;
    let letter = match gathered {
        Ok(Gathered::Letter(letter)) => letter,
        Ok(Gathered::Void(why)) => return settling::void(app, taken, why).await,
        Err(Error::Inconsistent(_)) => return settling::unwritable(app, taken, "its row cannot be read").await,
        Err(error) => return Err(error),
    };
    match letter.message() {
        Ok(message) => {
            let sent = transport.send(message, letter.to.as_str()).await;
            settling::settle(app, taken, sent).await
        }
        Err(error) => settling::unwritable(app, taken, &error.to_string()).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_fit_into_two_days() {
        let random = Random::seeded(7);
        let pauses: Vec<Duration> = (1..=20).map(|attempts| pause(attempts, &random)).collect();
        for (pause, even) in pauses.iter().zip(PAUSES_S) {
            let even = Duration::from_secs(even);
            assert!(*pause >= even && *pause <= even + even / 4, "{pause:?}");
        }
        let first: Duration = pauses[..PAUSES_S.len()].iter().sum();
        assert!(first < TRIED_FOR, "the longest pause comes at least once: {first:?}");
        assert!(pauses[19] >= Duration::from_secs(28_800));
    }
}
