//! PostgreSQL's writer: each operation is a transaction from the pool, in a detached task that
//! commits and publishes whether its caller is still there or not. Operations of one live session
//! run one after another.

use std::collections::{HashMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt as _;
use sqlx::PgPool;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use super::publisher::{Committed, hand_on};
use super::work::Done;
use super::{Append, AppendOp, Op, QUEUE_DEADLINE, RUN_DEADLINE, SentDone, Shared};
use crate::conversations::{Change, Error as CommandError, Sent};
use crate::db::{Error, Tx, TxLink};
use crate::ids::LiveSessionId;
use crate::messages::Known;
use crate::metrics;
use crate::routing::Pending;
use crate::writer::append::{append_anywhere, append_to_open};

type Queued = (Op, OwnedSemaphorePermit);

/// How often an operation is begun again after PostgreSQL broke a deadlock or a serialization.
const ATTEMPTS: u32 = 5;

/// Half of the connections.
const RUNS_AT_ONCE: usize = 8;

pub(super) struct PgLane {
    pool: PgPool,
    shared: Shared,
    slots: Arc<Semaphore>,
    /// Operations other than plain messages that run at once: many of them wait for one queue's row,
    /// and none of the others may wait for a connection because of that.
    runs: Semaphore,
    /// Sessions with an operation under way, and what waits behind it.
    sessions: Mutex<HashMap<LiveSessionId, VecDeque<Queued>>>,
    tasks: TaskTracker,
    runtime: tokio::runtime::Handle,
}

impl PgLane {
    pub(super) fn new(pool: PgPool, shared: Shared, queue: usize) -> Self {
        Self {
            pool,
            shared,
            slots: Arc::new(Semaphore::new(queue)),
            runs: Semaphore::new(RUNS_AT_ONCE),
            sessions: Mutex::default(),
            tasks: TaskTracker::new(),
            runtime: tokio::runtime::Handle::current(),
        }
    }

    /// Ends when [`super::Writer::stop`] was called and all operations are done.
    pub(super) async fn finished(self: Arc<Self>) {
        self.tasks.wait().await;
    }

    pub(super) fn stop(&self) {
        self.slots.close();
        self.tasks.close();
    }

    pub(super) async fn queue(self: &Arc<Self>, session: Option<LiveSessionId>, op: Op) {
        let slot = match tokio::time::timeout(QUEUE_DEADLINE, Arc::clone(&self.slots).acquire_owned()).await {
            Ok(Ok(slot)) => slot,
            Ok(Err(_)) => return op.fail(&Error::Stopped),
            Err(_) => return op.fail(&Error::Busy),
        };
        let lane = Arc::clone(self);
        let Some(session) = session else {
            self.tasks.spawn_on(async move { lane.perform((op, slot)).await }, &self.runtime);
            return;
        };
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(waiting) = sessions.get_mut(&session) {
            waiting.push_back((op, slot));
            return;
        }
        sessions.insert(session, VecDeque::new());
        drop(sessions);
        self.tasks.spawn_on(async move { lane.drain(session, (op, slot)).await }, &self.runtime);
    }

    async fn drain(self: Arc<Self>, session: LiveSessionId, first: Queued) {
        let mut next = Some(first);
        while let Some(queued) = next {
            self.perform(queued).await;
            let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
            next = sessions.get_mut(&session).and_then(VecDeque::pop_front);
            if next.is_none() {
                sessions.remove(&session);
            }
        }
    }

    async fn perform(&self, (op, _slot): Queued) {
        let started = Instant::now();
        match op {
            Op::Append(op) if op.until < started => Op::Append(op).fail(&Error::Deadline("append")),
            Op::Run { work, until } if until < started => {
                let late = Error::Deadline(work.name());
                work.finish(Done::Failed(late));
            }
            Op::Append(AppendOp { append, done, .. }) => self.append(append, done).await,
            Op::Run { mut work, until } => {
                let name = work.name();
                // It is never closed.
                let _permit = self.runs.acquire().await;
                if until < Instant::now() {
                    return work.finish(Done::Failed(Error::Deadline(name)));
                }
                let mut attempts = ATTEMPTS;
                let outcome = loop {
                    let outcome = self.transaction(name, async |tx: &mut Tx| work.perform(tx).await).await;
                    attempts -= 1;
                    if attempts == 0 || !work.may_begin_again() {
                        break outcome;
                    }
                };
                let (done, changes) = match outcome {
                    Ok((_, changes)) => (Done::Settled, changes),
                    Err(error) => (Done::Failed(error), Vec::new()),
                };
                self.settle(changes, Box::new(move || work.finish(done)));
            }
        }
        metrics::batch(1);
        metrics::committed(started.elapsed());
    }

    async fn append(&self, append: Append, done: SentDone) {
        let mut changes = Vec::new();
        let result = match append.admitted() {
            Ok(()) => self.store(&append, &mut changes).await,
            Err(why) => Err(why),
        };
        append.shut_gate_on(&result);
        self.settle(changes, Box::new(move || done(result)));
    }

    /// Every other send locks its visitor before its conversation. This one locks the conversation
    /// only; where that is not open, it lets go and begins again in the common order, or the two
    /// could wait for one another.
    async fn store(&self, append: &Append, changes: &mut Vec<Change>) -> Result<Sent, CommandError> {
        let (mut believed_open, mut attempts) = (true, ATTEMPTS);
        loop {
            let mut result = Ok(None);
            let outcome = self
                .transaction("append", async |tx: &mut Tx| {
                    result = match believed_open {
                        true => append_to_open(tx, append).await,
                        false => append_anywhere(tx, append).await.map(Some),
                    };
                    matches!(result, Ok(Some(_)))
                })
                .await;
            match outcome {
                Ok((_, made)) => *changes = made,
                Err(error) => result = Err(CommandError::Db(error)),
            }
            attempts -= 1;
            match result {
                Ok(Some(sent)) => return Ok(sent),
                Ok(None) => believed_open = false,
                Err(CommandError::Db(error)) if error.is_serialization() && attempts > 0 => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn settle(&self, changes: Vec<Change>, tell: Box<dyn FnOnce() + Send>) {
        hand_on(&self.shared.publish, Committed { changes, callers: vec![tell] });
    }

    /// One transaction: committed if the body says so, else rolled back.
    async fn transaction(
        &self,
        name: &'static str,
        body: impl AsyncFnOnce(&mut Tx) -> bool,
    ) -> Result<(bool, Vec<Change>), Error> {
        let conn = self.pool.acquire().await?;
        let mut tx = Tx {
            link: TxLink::Pg(conn),
            changes: Vec::new(),
            moment: self.shared.moment(),
            routing: Pending::default(),
            known: Known::default(),
        };
        tx.control("BEGIN").await?;
        let guarded = AssertUnwindSafe(body(&mut tx)).catch_unwind();
        let keep = match tokio::time::timeout(RUN_DEADLINE, guarded).await {
            Ok(Ok(keep)) => keep,
            Ok(Err(_)) => return Err(self.abandon(tx, Error::Panicked(name)).await),
            Err(_) => return Err(self.abandon(tx, Error::Deadline(name)).await),
        };
        if keep {
            if let Err(error) = tx.control("COMMIT").await {
                return Err(Error::BatchLost(error.to_string().into()));
            }
            return Ok((true, std::mem::take(&mut tx.changes)));
        }
        tx.control("ROLLBACK").await?;
        Ok((false, Vec::new()))
    }

    /// A statement may still be under way on this connection: it is closed rather than reused.
    async fn abandon(&self, tx: Tx, error: Error) -> Error {
        if let TxLink::Pg(conn) = tx.link {
            drop(conn.close().await);
        }
        error
    }
}
