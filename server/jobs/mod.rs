//! Deferred work, at least once: written in the transaction of its cause, claimed with a lease,
//! retried with growing pauses, and dead after [`MOST_ATTEMPTS`]. A lease that ran out is taken over
//! by another worker, so whatever a job does has to be safe to repeat. There is no kind of job here:
//! each stands with the domain whose work it defers.

pub mod store;

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::clock::{Random, Timestamp};
use crate::db::{Conn, Error, Tx};
use crate::ids::{JobId, WorkspaceId};
use crate::metrics;

pub use store::{Claimed, Counts};

/// How long a worker may take until another one takes the job over.
pub const LEASE: Duration = Duration::from_secs(60);
/// How often a job is tried before it is dead.
pub const MOST_ATTEMPTS: i64 = 10;
/// The pause after the first failure; each further one is four times as long.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// The longest pause, so that the tenth attempt comes after about a day.
const LONGEST_PAUSE: Duration = Duration::from_secs(6 * 60 * 60);
/// What is kept of an error's text, in characters.
const ERROR_CHARS: usize = 500;

/// One kind of deferred work: what its row's payload holds.
pub trait Job: Serialize + DeserializeOwned {
    /// Names the kind in the database: never changed once released.
    const KIND: &'static str;
}

/// Adds a job to the transaction; it is due at once when that is committed.
pub async fn enqueue<J: Job>(tx: &mut Tx, ws: WorkspaceId, job: &J) -> Result<JobId, Error> {
    let due = tx.moment.now;
    enqueue_at(tx, ws, job, due).await
}

/// Adds a job that is due at a certain time.
pub async fn enqueue_at<J: Job>(tx: &mut Tx, ws: WorkspaceId, job: &J, due: Timestamp) -> Result<JobId, Error> {
    let payload = serde_json::to_value(job).map_err(|_| Error::Inconsistent("jobs"))?;
    let (id, now) = (JobId::from_uuid(tx.moment.ids.draw()), tx.moment.now);
    let new = store::NewJob { workspace_id: ws, id, kind: J::KIND, payload, run_at: due };
    store::insert(tx.conn(), &new, now).await?;
    Ok(id)
}

impl Claimed {
    /// What the job holds.
    pub fn read<J: Job>(&self) -> Result<J, Error> {
        if self.kind != J::KIND {
            return Err(Error::Inconsistent("jobs"));
        }
        serde_json::from_value(self.payload.0.clone()).map_err(|_| Error::Inconsistent("jobs"))
    }
}

/// Takes the job that is due longest, for [`LEASE`]. Jobs whose last worker never came back from
/// their last attempt are dead then.
pub async fn claim(tx: &mut Tx) -> Result<Option<Claimed>, Error> {
    let now = tx.moment.now;
    store::bury_abandoned(tx.conn(), now, MOST_ATTEMPTS).await?;
    store::claim(tx.conn(), now, now.plus(LEASE)).await
}

/// How a claimed job stands now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Done, and gone from the table.
    Done,
    /// To be tried again at this time.
    Again(Timestamp),
    /// Tried for the last time.
    Dead,
    /// The lease had run out, and another worker has the job or had it.
    Lost,
}

/// The job is done.
pub async fn complete(tx: &mut Tx, job: &Claimed) -> Result<Standing, Error> {
    let ours = store::delete(tx.conn(), job).await?;
    Ok(if ours { Standing::Done } else { Standing::Lost })
}

/// The job failed: it is tried again later, or is dead. `why` is shown to the operator: no text of a
/// message, no address, no token.
pub async fn fail(tx: &mut Tx, job: &Claimed, why: &str, random: &Random) -> Result<Standing, Error> {
    let why = crate::visitors::clean(why, ERROR_CHARS);
    let now = tx.moment.now;
    let last = job.attempts >= MOST_ATTEMPTS;
    let again = now.plus(pause(job.attempts, random));
    let ours = match last {
        true => store::bury(tx.conn(), job, &why).await?,
        false => store::put_back(tx.conn(), job, again, &why).await?,
    };
    Ok(match (ours, last) {
        (false, _) => Standing::Lost,
        (true, true) => Standing::Dead,
        (true, false) => Standing::Again(again),
    })
}

/// The pause after so many attempts, up to a quarter longer by chance, so that what failed together
/// does not come back together.
fn pause(attempts: i64, random: &Random) -> Duration {
    let doublings = u32::try_from(attempts.clamp(1, 20) - 1).unwrap_or(0) * 2;
    let even = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(doublings)).min(LONGEST_PAUSE);
    let mut byte = [0; 1];
    random.fill(&mut byte);
    even + even * u32::from(byte[0]) / 1_024
}

/// Counts the jobs and tells the metrics.
pub async fn report(conn: Conn<'_>, now: Timestamp) -> Result<Counts, Error> {
    let counts = store::counts(conn, now).await?;
    for (state, count) in [("waiting", counts.waiting), ("running", counts.running), ("dead", counts.dead)] {
        metrics::jobs(state, u64::try_from(count).unwrap_or(0));
    }
    Ok(counts)
}

#[cfg(test)]
mod tests;
