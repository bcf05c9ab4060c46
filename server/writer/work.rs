//! An operation with its types erased, so that one queue holds them all.

use futures_util::future::BoxFuture;

use crate::db::{Error, Tx};
use crate::routing::settle::settle;

/// How an operation ended.
pub(crate) enum Done {
    /// Its transaction was committed, or it was rolled back alone and has its own error.
    Settled,
    /// It failed for a reason that is not its own; nothing of it was stored.
    Failed(Error),
}

/// An operation that runs once.
pub(crate) trait Work: Send {
    /// For the log.
    fn name(&self) -> &'static str;
    /// Runs it. False if it has to be rolled back.
    fn perform<'t>(&'t mut self, tx: &'t mut Tx) -> BoxFuture<'t, bool>;
    /// Whether it failed in a way after which it may be performed once more at once.
    fn may_begin_again(&self) -> bool;
    /// Tells the caller.
    fn finish(self: Box<Self>, done: Done);
}

/// A closure, its result and who waits for it.
pub(crate) struct RunWork<T, E, F, D> {
    name: &'static str,
    operation: Option<F>,
    /// How to have the operation once more, and whether an error asks for it.
    again: Option<Again<E, F>>,
    result: Option<Result<T, E>>,
    done: D,
}

/// See [`RunWork::repeatable`].
struct Again<E, F> {
    copy: fn(&F) -> F,
    asks: fn(&E) -> bool,
}

/// An error that says whether the same transaction may succeed if it is begun again at once.
pub trait MayBeginAgain {
    /// Whether it may.
    fn may_begin_again(&self) -> bool;
}

impl MayBeginAgain for Error {
    fn may_begin_again(&self) -> bool {
        self.is_serialization()
    }
}

impl MayBeginAgain for crate::conversations::Error {
    fn may_begin_again(&self) -> bool {
        matches!(self, Self::Db(error) if error.is_serialization())
    }
}

impl<T, E, F, D> RunWork<T, E, F, D> {
    pub(crate) const fn new(name: &'static str, operation: F, done: D) -> Self {
        Self { name, operation: Some(operation), again: None, result: None, done }
    }

    /// One that may be performed several times.
    pub(crate) fn repeatable(name: &'static str, operation: F, done: D) -> Self
    where
        F: Clone,
        E: MayBeginAgain,
    {
        let again = Again { copy: F::clone, asks: E::may_begin_again };
        Self { again: Some(again), ..Self::new(name, operation, done) }
    }
}

impl<T, E, F, D> Work for RunWork<T, E, F, D>
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    D: FnOnce(Result<T, E>) + Send + 'static,
{
    fn name(&self) -> &'static str {
        self.name
    }

    fn perform<'t>(&'t mut self, tx: &'t mut Tx) -> BoxFuture<'t, bool> {
        Box::pin(async move {
            let copy = self.again.as_ref().and_then(|again| self.operation.as_ref().map(again.copy));
            let Some(operation) = std::mem::replace(&mut self.operation, copy) else { return false };
            let mut result = operation(tx).await;
            // Who waits is served in the transaction that made it possible.
            if result.is_ok()
                && let Err(error) = settle(tx).await
            {
                result = Err(E::from(error));
            }
            let keep = result.is_ok();
            self.result = Some(result);
            keep
        })
    }

    fn may_begin_again(&self) -> bool {
        match (&self.again, &self.result) {
            (Some(again), Some(Err(error))) => (again.asks)(error),
            _ => false,
        }
    }

    fn finish(self: Box<Self>, done: Done) {
        let result = match (done, self.result) {
            (Done::Settled, Some(result)) => result,
            (Done::Settled, None) => Err(E::from(Error::Stopped)),
            (Done::Failed(error), _) => Err(E::from(error)),
        };
        (self.done)(result);
    }
}
