//! At least once, in order, by one worker at a time, and not for ever.

use serde::Deserialize;

use super::*;
use crate::testing::{TestDb, each_database};
use crate::workspaces::store::Workspace;

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Greet {
    whom: String,
}

impl Job for Greet {
    const KIND: &'static str = "greet";
}

#[derive(Debug, Serialize, Deserialize)]
struct Other {}

impl Job for Other {
    const KIND: &'static str = "other";
}

async fn workspace(test: &TestDb) -> WorkspaceId {
    let id = WorkspaceId::from_uuid(test.ids.draw());
    test.run(move |tx| {
        Box::pin(async move {
            let now = tx.moment.now;
            crate::workspaces::store::insert(tx.conn(), &Workspace { id, name: "Shop".into() }, now).await
        })
    })
    .await;
    id
}

async fn add(test: &TestDb, ws: WorkspaceId, whom: &str, in_s: u64) -> JobId {
    let job = Greet { whom: whom.to_owned() };
    test.run(move |tx| {
        Box::pin(async move {
            let due = tx.moment.now.plus(Duration::from_secs(in_s));
            enqueue_at(tx, ws, &job, due).await
        })
    })
    .await
}

async fn take(test: &TestDb) -> Option<Claimed> {
    test.run(|tx| Box::pin(claim(tx))).await
}

async fn done(test: &TestDb, job: &Claimed) -> Standing {
    let job = job.clone();
    test.run(move |tx| Box::pin(async move { complete(tx, &job).await })).await
}

async fn failed(test: &TestDb, job: &Claimed) -> Standing {
    let (job, random) = (job.clone(), test.random.clone());
    test.run(move |tx| Box::pin(async move { fail(tx, &job, "no\0 answer", &random).await })).await
}

async fn count(test: &TestDb) -> (i64, i64, i64) {
    let mut conn = test.db.read().await.expect("a connection");
    let counts = report(conn.conn(), test.clock.now()).await.expect("counts");
    (counts.waiting, counts.running, counts.dead)
}

#[tokio::test]
async fn jobs_are_taken_once_in_the_order_in_which_they_are_due() {
    each_database(async |test| {
        let ws = workspace(test).await;
        assert!(take(test).await.is_none());
        let later = add(test, ws, "later", 60).await;
        let (first, second) = (add(test, ws, "first", 0).await, add(test, ws, "second", 0).await);
        assert_eq!(count(test).await, (3, 0, 0));
        let (one, two) = (take(test).await.expect("a job"), take(test).await.expect("a job"));
        assert_eq!((one.id, two.id, one.attempts, one.workspace_id), (first, second, 1, ws));
        assert_eq!(one.read::<Greet>().expect("a greeting"), Greet { whom: "first".into() });
        assert!(one.read::<Other>().is_err(), "of another kind");
        assert!(take(test).await.is_none(), "one is not due");
        assert_eq!(count(test).await, (1, 2, 0));
        assert_eq!(done(test, &one).await, Standing::Done);
        assert_eq!(done(test, &one).await, Standing::Lost, "once");
        test.clock.advance(Duration::from_secs(60));
        assert_eq!(done(test, &two).await, Standing::Done, "late, but nobody else has taken it");
        assert_eq!(take(test).await.map(|job| job.id), Some(later));
    })
    .await;
}

#[tokio::test]
async fn a_job_exists_only_if_its_cause_is_committed() {
    each_database(async |test| {
        let ws = workspace(test).await;
        let lost: Result<(), Error> = test
            .writer
            .run("cause", move |tx| {
                Box::pin(async move {
                    enqueue(tx, ws, &Greet { whom: "nobody".into() }).await?;
                    Err(Error::Stopped)
                })
            })
            .await;
        assert!(lost.is_err() && take(test).await.is_none());
        assert_eq!(count(test).await, (0, 0, 0));
    })
    .await;
}

#[tokio::test]
async fn many_workers_take_different_jobs() {
    each_database(async |test| {
        let ws = workspace(test).await;
        for n in 0..20 {
            add(test, ws, &n.to_string(), 0).await;
        }
        let taken = futures_util::future::join_all((0..30).map(|_| take(test))).await;
        let mut ids: Vec<JobId> = taken.into_iter().flatten().map(|job| job.id).collect();
        // A worker that lost every row to others finds nothing; it comes again.
        while let Some(job) = take(test).await {
            ids.push(job.id);
        }
        assert_eq!(ids.len(), 20);
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 20);
    })
    .await;
}

#[tokio::test]
async fn a_lease_that_ran_out_is_taken_over_and_the_slow_worker_changes_nothing() {
    each_database(async |test| {
        let ws = workspace(test).await;
        add(test, ws, "slow", 0).await;
        let slow = take(test).await.expect("a job");
        test.clock.advance(LEASE - Duration::from_millis(1));
        assert!(take(test).await.is_none());
        test.clock.advance(Duration::from_millis(1));
        let taken_over = take(test).await.expect("the job");
        assert_eq!((taken_over.id, taken_over.attempts), (slow.id, 2));
        assert_eq!(done(test, &slow).await, Standing::Lost);
        assert_eq!(failed(test, &slow).await, Standing::Lost);
        assert_eq!(count(test).await, (0, 1, 0));
        assert_eq!(done(test, &taken_over).await, Standing::Done);
    })
    .await;
}

#[tokio::test]
async fn failures_wait_longer_each_time_and_then_the_job_is_dead() {
    each_database(async |test| {
        let ws = workspace(test).await;
        add(test, ws, "down", 0).await;
        let mut earlier = Duration::ZERO;
        for attempt in 1..MOST_ATTEMPTS {
            let job = take(test).await.expect("a job");
            assert_eq!(job.attempts, attempt);
            let Standing::Again(at) = failed(test, &job).await else { panic!("again") };
            let pause = at.since(test.clock.now());
            assert!(pause >= FIRST_PAUSE && pause <= LONGEST_PAUSE * 5 / 4, "{pause:?}");
            assert!(pause > earlier || pause >= LONGEST_PAUSE, "{pause:?} after {earlier:?}");
            earlier = pause;
            assert!(take(test).await.is_none());
            test.clock.advance(pause);
        }
        let last = take(test).await.expect("a job");
        assert_eq!(failed(test, &last).await, Standing::Dead);
        test.clock.advance(LONGEST_PAUSE * 2);
        assert!(take(test).await.is_none());
        assert_eq!(count(test).await, (0, 0, 1));
        assert_eq!(test.number("SELECT count(*) FROM jobs WHERE last_error = 'no answer'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_job_that_kills_every_worker_is_dead_in_the_end() {
    each_database(async |test| {
        let ws = workspace(test).await;
        add(test, ws, "poison", 0).await;
        for _ in 0..MOST_ATTEMPTS {
            take(test).await.expect("a job");
            test.clock.advance(LEASE);
        }
        assert!(take(test).await.is_none());
        assert_eq!(count(test).await, (0, 0, 1));
    })
    .await;
}
