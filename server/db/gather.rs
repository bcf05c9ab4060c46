//! Reads for many callers at once: whoever asks while a read is under way is answered by the next
//! one, together with all who wait. A read costs the way to the database and back; after a restart
//! thousands come back at the same moment and share it.

use futures_util::future::BoxFuture;
use tokio::sync::{mpsc, oneshot};

use super::{Conn, Db, Error};

/// Callers that one read answers at most.
pub const GATHERED: usize = 128;
/// Callers that wait at most; who comes beyond waits for a place.
const WAITING: usize = 4_096;

/// Reads the answers to these questions; they stand in the order of the questions.
pub type ReadAll<Q, A> = for<'c> fn(Conn<'c>, &'c [Q]) -> BoxFuture<'c, Result<Vec<A>, Error>>;

struct Asked<Q, A> {
    question: Q,
    answer: oneshot::Sender<Result<A, Error>>,
}

/// Where the questions are put. It reads until the last handle is gone.
pub struct Gather<Q, A> {
    queue: mpsc::Sender<Asked<Q, A>>,
}

impl<Q: Send + Sync + 'static, A: Send + 'static> Gather<Q, A> {
    /// Starts reading.
    pub fn start(db: Db, read: ReadAll<Q, A>) -> Self {
        let (queue, waiting) = mpsc::channel(WAITING);
        tokio::spawn(run(db, waiting, read));
        Self { queue }
    }

    /// The answer to one question, or what went wrong with the read that it shared.
    pub async fn ask(&self, question: Q) -> Result<A, Error> {
        let (answer, answered) = oneshot::channel();
        self.queue.send(Asked { question, answer }).await.map_err(|_| Error::Stopped)?;
        answered.await.map_err(|_| Error::Stopped)?
    }
}

async fn run<Q, A>(db: Db, mut waiting: mpsc::Receiver<Asked<Q, A>>, read: ReadAll<Q, A>) {
    let mut asked = Vec::with_capacity(GATHERED);
    while waiting.recv_many(&mut asked, GATHERED).await > 0 {
        // Who is gone need not be answered.
        let (questions, callers): (Vec<Q>, Vec<_>) =
            asked.drain(..).filter(|one| !one.answer.is_closed()).map(|one| (one.question, one.answer)).unzip();
        if questions.is_empty() {
            continue;
        }
        let outcome = match db.read().await {
            Ok(mut conn) => read(conn.conn(), &questions).await,
            Err(error) => Err(error),
        };
        // A caller that went away meanwhile is no failure.
        match outcome {
            Ok(answers) => callers.into_iter().zip(answers).for_each(|(caller, answer)| drop(caller.send(Ok(answer)))),
            Err(error) => callers.into_iter().for_each(|caller| drop(caller.send(Err(error.clone())))),
        }
    }
}
