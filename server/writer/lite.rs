//! SQLite's writer: one connection, one queue, group commit.
//!
//! A batch takes what waits, at most [`BATCH_OPS`] operations or [`BATCH_TIME`]. Runs of plain
//! messages become a set; everything else runs in a savepoint. A failing operation takes back its
//! own savepoint only; an error that ends the whole transaction, or a failed COMMIT, fails every
//! caller of the batch.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt as _;
use sqlx::SqliteConnection;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::append::{self, Append, AppendOp, Outcome, Resends};
use super::publisher::{self, Committed};
use super::work::{Done, Work};
use super::{Op, RUN_DEADLINE, Shared};
use crate::conversations::{Error as CommandError, Sent};
use crate::db::{Constraint, Error, Tx, TxLink};
use crate::messages::Known;
use crate::metrics;
use crate::routing::Pending;

/// Operations in one transaction at most.
pub const BATCH_OPS: usize = 256;
/// No further operation is started in a transaction that is older.
pub const BATCH_TIME: Duration = Duration::from_millis(5);

type Batch = std::collections::VecDeque<Op>;

/// Runs until the queue is closed and empty.
pub(super) async fn run(
    conn: SqliteConnection,
    mut queue: mpsc::Receiver<Op>,
    shared: Shared,
    closing: CancellationToken,
) {
    let (hand_on, publisher) = publisher::start(shared.publish.clone());
    let (changes, known) = (Vec::new(), Known::default());
    let routing = Pending::default();
    let mut tx = Tx { link: TxLink::Lite(Box::new(conn)), changes, moment: shared.moment(), routing, known };
    let mut waiting = Batch::new();
    loop {
        if waiting.is_empty() {
            match next(&mut queue, &closing).await {
                Some(op) => waiting.push_back(op),
                None => break,
            }
        }
        while waiting.len() < BATCH_OPS {
            match queue.try_recv() {
                Ok(op) => waiting.push_back(op),
                Err(_) => break,
            }
        }
        tx.moment = shared.moment();
        let committed = commit_batch(&mut tx, &mut waiting).await;
        if hand_on.send(committed).await.is_err() {
            break;
        }
    }
    drop(hand_on);
    drop(publisher.await);
}

async fn next(queue: &mut mpsc::Receiver<Op>, closing: &CancellationToken) -> Option<Op> {
    tokio::select! {
        biased;
        op = queue.recv() => op,
        () = closing.cancelled() => {
            queue.close();
            queue.recv().await
        }
    }
}

/// An operation that ran in the open transaction, and how to tell its caller.
#[expect(clippy::large_enum_variant, reason = "most are the large one")]
enum Ran {
    Append(AppendOp, Result<Sent, CommandError>),
    Work(Box<dyn Work>, Done),
}

async fn commit_batch(tx: &mut Tx, waiting: &mut Batch) -> Committed {
    let started = Instant::now();
    tx.changes.clear();
    let mut ran = Vec::with_capacity(waiting.len());
    let outcome = match begin(tx).await {
        Ok(()) => run_batch(tx, waiting, &mut ran, started).await,
        Err(error) => Err(error),
    };
    let outcome = match outcome {
        Ok(()) => tx.control("COMMIT").await,
        Err(error) => Err(error),
    };
    metrics::batch(ran.len());
    metrics::committed(started.elapsed());
    match outcome {
        Ok(()) => {
            let callers = ran.into_iter().map(|ran| Box::new(move || ran.tell()) as Box<dyn FnOnce() + Send>);
            Committed { changes: std::mem::take(&mut tx.changes), callers: callers.collect() }
        }
        Err(error) => {
            tracing::error!(%error, operations = ran.len() + waiting.len(), "a batch was lost");
            // Nothing may be left open; an error here only says that nothing was.
            drop(tx.control("ROLLBACK").await);
            tx.changes.clear();
            tx.routing.clear();
            tx.known.forget_all();
            let lost = Error::BatchLost(error.to_string().into());
            for ran in ran {
                ran.lose(&lost);
            }
            // Those that still wait fail too: a session's later message must not go before one that
            // has to be resent.
            waiting.drain(..).for_each(|op| op.fail(&lost));
            Committed { changes: Vec::new(), callers: Vec::new() }
        }
    }
}

/// Begins, and learns in the same call whether another process has written meanwhile.
async fn begin(tx: &mut Tx) -> Result<(), Error> {
    let TxLink::Lite(conn) = &mut tx.link else { return Err(Error::Stopped) };
    let version = crate::db::begin_sqlite(conn).await?;
    tx.known.check(version);
    Ok(())
}

/// Runs what waits. An error means that the transaction is gone.
async fn run_batch(tx: &mut Tx, waiting: &mut Batch, ran: &mut Vec<Ran>, started: Instant) -> Result<(), Error> {
    while !waiting.is_empty() && (ran.is_empty() || started.elapsed() < BATCH_TIME) {
        let now = Instant::now();
        let mut set = Vec::new();
        while let Some(Op::Append(_)) = waiting.front() {
            let Some(Op::Append(append)) = waiting.pop_front() else { break };
            if append.until < now {
                Op::Append(append).fail(&Error::Deadline("append"));
            } else {
                set.push(append);
            }
        }
        if !set.is_empty() {
            run_set(tx, set, ran).await?;
        }
        match waiting.pop_front() {
            Some(Op::Run { work, until }) if until < now => {
                let late = Error::Deadline(work.name());
                work.finish(Done::Failed(late));
            }
            Some(Op::Run { work, .. }) => run_work(tx, work, ran).await?,
            Some(append @ Op::Append(_)) => waiting.push_front(append),
            None => {}
        }
    }
    Ok(())
}

async fn run_set(tx: &mut Tx, set: Vec<AppendOp>, ran: &mut Vec<Ran>) -> Result<(), Error> {
    let mut admitted = Vec::with_capacity(set.len());
    for op in set {
        match op.append.admitted() {
            Ok(()) => admitted.push(op),
            Err(why) => ran.push(Ran::Append(op, Err(why))),
        }
    }
    let (mut set, mut callers) = (Vec::with_capacity(admitted.len()), Vec::with_capacity(admitted.len()));
    for op in admitted {
        set.push(op.append);
        callers.push((op.until, op.done));
    }
    let mut results = Vec::with_capacity(set.len());
    let outcome = settle_set(tx, &set, ran.is_empty(), &mut results).await;
    // Whatever happened, every caller is kept, so that every caller is told.
    let mut results = results.into_iter();
    for (append, (until, done)) in set.into_iter().zip(callers) {
        let result = results.next().unwrap_or_else(|| Err(CommandError::Db(Error::Stopped)));
        ran.push(Ran::Append(AppendOp { append, until, done }, result));
    }
    outcome
}

/// Fills in a result for each message in turn; an error means that the transaction is gone.
async fn settle_set(
    tx: &mut Tx,
    set: &[Append],
    first: bool,
    results: &mut Vec<Result<Sent, CommandError>>,
) -> Result<(), Error> {
    let mark = Mark::set(tx, first).await?;
    // Resends are rare, and a constraint tells them: only then are they looked up.
    let mut outcome = guarded("append", append::append_set(tx, set, Resends::NotExpected)).await;
    if let Err(Error::Constraint(Constraint::MessagesId)) = outcome {
        mark.go_back(tx).await?;
        outcome = guarded("append", append::append_set(tx, set, Resends::LookedUp)).await;
    }
    let outcomes = match outcome {
        Ok(outcomes) => outcomes,
        Err(error) => {
            tracing::warn!(%error, messages = set.len(), "a set of messages failed; trying them singly");
            mark.go_back(tx).await?;
            set.iter().map(|_| Outcome::Alone).collect()
        }
    };
    mark.release(tx).await?;
    for (append, outcome) in set.iter().zip(outcomes) {
        let result = match outcome {
            Outcome::Settled(result) => result,
            Outcome::Alone => match append.admitted() {
                Ok(()) => run_alone(tx, append).await?,
                Err(why) => Err(why),
            },
        };
        append.shut_gate_on(&result);
        results.push(result);
    }
    Ok(())
}

async fn run_alone(tx: &mut Tx, append: &Append) -> Result<Result<Sent, CommandError>, Error> {
    let mark = Mark::set(tx, false).await?;
    let result = match guarded("append", async { Ok(append::append_alone(tx, append).await) }).await {
        Ok(result) => result,
        Err(error) => Err(CommandError::Db(error)),
    };
    for change in &tx.changes[mark.changes..] {
        tx.known.forget(change.conversation.id);
    }
    if result.is_err() {
        mark.go_back(tx).await?;
    }
    mark.release(tx).await?;
    Ok(result)
}

async fn run_work(tx: &mut Tx, mut work: Box<dyn Work>, ran: &mut Vec<Ran>) -> Result<(), Error> {
    let mark = match Mark::set(tx, ran.is_empty()).await {
        Ok(mark) => mark,
        Err(error) => {
            work.finish(Done::Failed(Error::BatchLost(error.to_string().into())));
            return Err(error);
        }
    };
    let name = work.name();
    let (done, keep) = match guarded(name, async { Ok(work.perform(tx).await) }).await {
        Ok(keep) => (Done::Settled, keep),
        Err(error) => (Done::Failed(error), false),
    };
    ran.push(Ran::Work(work, done));
    for change in &tx.changes[mark.changes..] {
        tx.known.forget(change.conversation.id);
    }
    if !keep {
        mark.go_back(tx).await?;
    }
    mark.release(tx).await
}

/// Where an operation can be taken back to: a savepoint, or for the first of a transaction its
/// beginning, which costs nothing to note.
struct Mark {
    first: bool,
    changes: usize,
}

impl Mark {
    async fn set(tx: &mut Tx, first: bool) -> Result<Self, Error> {
        if !first {
            tx.control("SAVEPOINT op").await?;
        }
        Ok(Self { first, changes: tx.changes.len() })
    }

    async fn go_back(&self, tx: &mut Tx) -> Result<(), Error> {
        tx.changes.truncate(self.changes);
        tx.routing.clear();
        if !self.first {
            return tx.control("ROLLBACK TO op").await;
        }
        // An error here says that the transaction is gone already, and nothing else was in it.
        drop(tx.control("ROLLBACK").await);
        tx.known.forget_all();
        begin(tx).await
    }

    async fn release(self, tx: &mut Tx) -> Result<(), Error> {
        if self.first { Ok(()) } else { tx.control("RELEASE op").await }
    }
}

/// Gives a step its deadline and catches its panic.
async fn guarded<T>(name: &'static str, step: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    match tokio::time::timeout(RUN_DEADLINE, AssertUnwindSafe(step).catch_unwind()).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err(Error::Panicked(name)),
        Err(_) => Err(Error::Deadline(name)),
    }
}

impl Ran {
    fn tell(self) {
        match self {
            Self::Append(op, result) => (op.done)(result),
            Self::Work(work, done) => work.finish(done),
        }
    }

    /// Its transaction is gone.
    fn lose(self, error: &Error) {
        match self {
            Self::Append(op, _) => Op::Append(op).fail(error),
            // What had failed for a reason of its own keeps that reason.
            Self::Work(work, Done::Failed(own)) => work.finish(Done::Failed(own)),
            Self::Work(work, Done::Settled) => work.finish(Done::Failed(error.clone())),
        }
    }
}
