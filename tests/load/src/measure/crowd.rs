//! Many visitors at once, but no more at the door than asked for.

use std::{io, sync::Arc};

use tokio::{sync::Semaphore, task::JoinSet};

use crate::client::{Client, Target, Visit, Visitor, patiently};

/// Does the same for many, at most `at_once` at a time; the results come in no order.
pub async fn each<T, F>(count: usize, at_once: usize, work: impl Fn(usize) -> F) -> io::Result<Vec<T>>
where
    F: Future<Output = io::Result<T>> + Send + 'static,
    T: Send + 'static,
{
    let door = Arc::new(Semaphore::new(at_once));
    let mut tasks = JoinSet::new();
    for number in 0..count {
        let (door, work) = (door.clone(), work(number));
        tasks.spawn(async move {
            let _place = door.acquire_owned().await.map_err(io::Error::other)?;
            work.await
        });
    }
    let mut results = Vec::with_capacity(count);
    while let Some(result) = tasks.join_next().await {
        results.push(result.map_err(io::Error::other)??);
    }
    Ok(results)
}

/// Visitors who have just come for the first time and were welcomed.
pub async fn newcomers(target: &Target, seed: u64, count: usize, at_once: usize) -> io::Result<Vec<Client>> {
    each(count, at_once, |number| {
        let (target, visit) = (target.clone(), Visit { visitor: Visitor::new(seed, number), since: 0 });
        async move { patiently("a welcome", target.join(visit, |_| {})).await }
    })
    .await
}
