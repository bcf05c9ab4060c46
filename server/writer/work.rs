//! An operation with its types erased, so that one queue holds them all.

use futures_util::future::BoxFuture;

use crate::db::{Error, Tx};

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
    /// Tells the caller.
    fn finish(self: Box<Self>, done: Done);
}

/// A closure, its result and who waits for it.
pub(crate) struct RunWork<T, E, F, D> {
    name: &'static str,
    operation: Option<F>,
    result: Option<Result<T, E>>,
    done: D,
}

impl<T, E, F, D> RunWork<T, E, F, D> {
    pub(crate) const fn new(name: &'static str, operation: F, done: D) -> Self {
        Self { name, operation: Some(operation), result: None, done }
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
            let Some(operation) = self.operation.take() else { return false };
            let result = operation(tx).await;
            let keep = result.is_ok();
            self.result = Some(result);
            keep
        })
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
