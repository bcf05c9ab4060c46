//! The write path: every durable change goes through here, and is published from here.
//!
//! On SQLite one task owns the one writing connection and commits in batches ([`lite`]); on
//! PostgreSQL each operation is a transaction in a task of its own ([`pg`]). Both run an operation
//! to its end once it is queued, even if its caller is gone; both publish after the commit and
//! never before. Operations of one live session keep their order.

mod append;
mod gate;
mod lite;
mod pg;
mod publisher;
mod work;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::clock::{Clock, Ids};
use crate::conversations::{Change, Error as CommandError, Moment, Sent};
use crate::db::{Error, Tx};
use crate::ids::LiveSessionId;
use futures_util::future::BoxFuture;

pub use append::Append;
pub(crate) use append::AppendOp;
pub use gate::Gate;
pub use work::MayBeginAgain;
use work::{Done, RunWork, Work};

/// How long an operation may wait for its turn. What waits longer is not started.
pub const QUEUE_DEADLINE: Duration = Duration::from_secs(10);
/// How long an operation may run once it has started.
pub const RUN_DEADLINE: Duration = Duration::from_secs(5);

/// Takes the changes of each commit, in the order of the commits of each conversation.
pub type Publish = Arc<dyn Fn(Arc<Change>) + Send + Sync>;

/// What both kinds of writer share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) clock: Clock,
    pub(crate) ids: Arc<Ids>,
    pub(crate) publish: Publish,
}

impl Shared {
    pub(crate) fn moment(&self) -> Moment {
        Moment { ids: Arc::clone(&self.ids), now: self.clock.now() }
    }
}

/// One queued operation.
pub(crate) enum Op {
    /// A plain message into an open conversation: data, so that many become few statements.
    Append(AppendOp),
    /// Anything else: code.
    Run { work: Box<dyn Work>, until: Instant },
}

/// The handle. Cheap to clone.
#[derive(Clone)]
pub struct Writer {
    lane: Lane,
}

#[derive(Clone)]
enum Lane {
    Lite(mpsc::Sender<Op>, CancellationToken),
    Pg(Arc<pg::PgLane>),
}

/// The writer's task, to be awaited when stopping: it ends when the last [`Writer`] is dropped or
/// [`Writer::stop`] was called and the queue is empty.
pub struct WriterTask {
    handle: tokio::task::JoinHandle<()>,
}

impl WriterTask {
    /// Waits until everything that was queued is committed and published.
    pub async fn finished(self) {
        drop(self.handle.await);
    }
}

impl Writer {
    /// Starts the writer of an opened database. `queue` bounds the operations that wait.
    pub fn start(
        opened: crate::db::Opened,
        clock: Clock,
        ids: Arc<Ids>,
        publish: Publish,
        queue: usize,
    ) -> (Self, WriterTask) {
        let shared = Shared { clock, ids, publish };
        match (opened.writer, opened.db) {
            (Some(conn), _) => {
                let (sender, receiver) = mpsc::channel(queue);
                let closing = CancellationToken::new();
                let handle = tokio::spawn(lite::run(conn, receiver, shared, closing.clone()));
                (Self { lane: Lane::Lite(sender, closing) }, WriterTask { handle })
            }
            (None, crate::db::Db::Pg(pool)) => {
                let lane = Arc::new(pg::PgLane::new(pool, shared, queue));
                let handle = tokio::spawn(Arc::clone(&lane).finished());
                (Self { lane: Lane::Pg(lane) }, WriterTask { handle })
            }
            (None, crate::db::Db::Lite(_)) => unreachable!("an opened SQLite database has its writer"),
        }
    }

    /// Runs an operation in a transaction of its own (or a savepoint of a shared one) and waits for
    /// its commit. `name` is for the log. It is not cancelled when the caller goes away.
    pub async fn run<T, E, F>(&self, name: &'static str, operation: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let done = move |result| drop(sender.send(result));
        self.submit(None, name, operation, done).await;
        receiver.await.unwrap_or_else(|_| Err(E::from(Error::Stopped)))
    }

    /// Queues an operation and returns; `done` is called after its commit, or with what went wrong.
    /// Operations of the same `session` run in the order in which they were submitted.
    pub async fn submit<T, E, F, D>(&self, session: Option<LiveSessionId>, name: &'static str, operation: F, done: D)
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
        D: FnOnce(Result<T, E>) + Send + 'static,
    {
        let work = Box::new(RunWork::new(name, operation, done));
        self.queue(session, Op::Run { work, until: Instant::now() + QUEUE_DEADLINE }).await;
    }

    /// Like [`Self::run`], for an operation that locks more than one row: where PostgreSQL finds it in
    /// another's way, or a row has moved, it is begun again.
    pub async fn run_again<T, E, F>(&self, name: &'static str, operation: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + MayBeginAgain + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Clone + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let done = move |result| drop(sender.send(result));
        self.submit_again(None, name, operation, done).await;
        receiver.await.unwrap_or_else(|_| Err(E::from(Error::Stopped)))
    }

    /// Like [`Self::submit`], for an operation that locks more than one row, as [`Self::run_again`].
    pub async fn submit_again<T, E, F, D>(
        &self,
        session: Option<LiveSessionId>,
        name: &'static str,
        operation: F,
        done: D,
    ) where
        T: Send + 'static,
        E: From<Error> + MayBeginAgain + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Clone + Send + 'static,
        D: FnOnce(Result<T, E>) + Send + 'static,
    {
        let work = Box::new(RunWork::repeatable(name, operation, done));
        self.queue(session, Op::Run { work, until: Instant::now() + QUEUE_DEADLINE }).await;
    }

    /// Queues a message into a conversation that is believed to be open; where it is not, the
    /// message starts or reopens one like any other. `done` as in [`Self::submit`].
    pub async fn append(&self, session: Option<LiveSessionId>, append: Append, done: SentDone) {
        let until = Instant::now() + QUEUE_DEADLINE;
        self.queue(session, Op::Append(AppendOp { append, until, done })).await;
    }

    /// Takes no further operations. Those that are queued are still done; on SQLite this ends the
    /// queue when the last handle is dropped, too.
    pub fn stop(&self) {
        match &self.lane {
            Lane::Lite(_, closing) => closing.cancel(),
            Lane::Pg(lane) => lane.stop(),
        }
    }

    async fn queue(&self, session: Option<LiveSessionId>, op: Op) {
        match &self.lane {
            Lane::Lite(sender, _) => match tokio::time::timeout(QUEUE_DEADLINE, sender.reserve()).await {
                Ok(Ok(slot)) => slot.send(op),
                Ok(Err(_)) => op.fail(&Error::Stopped),
                Err(_) => op.fail(&Error::Busy),
            },
            Lane::Pg(lane) => lane.queue(session, op).await,
        }
    }
}

impl Op {
    pub(crate) fn fail(self, error: &Error) {
        match self {
            Self::Append(AppendOp { append, done, .. }) => {
                let result = Err(CommandError::Db(error.clone()));
                append.shut_gate_on(&result);
                done(result);
            }
            Self::Run { work, .. } => work.finish(Done::Failed(error.clone())),
        }
    }
}

/// Lets the compiler see that a closure is an operation: it borrows the transaction for as long as
/// its future lives.
pub fn op<T, E, F>(operation: F) -> F
where
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
{
    operation
}

/// The same for an operation that may be begun again.
pub fn again<T, E, F>(operation: F) -> F
where
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Clone + Send + 'static,
{
    operation
}

/// The callback of a send.
pub type SentDone = Box<dyn FnOnce(Result<Sent, CommandError>) + Send>;
