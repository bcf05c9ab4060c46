//! Everybody comes back at once, as after a restart: each connects, says what it has seen, and has
//! resumed when the messages it missed have arrived.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::time::sleep;

use super::{Figures, crowd};
use crate::{
    Result,
    client::{Client, Event, MessageIds, Target, Visit, Visitor, fresh_seed, markers, patiently, words},
    server::{CpuTime, Server},
};

/// Messages that every conversation holds; the returning visitor has seen the first.
const MESSAGES: u32 = 3;
const SEEN: u32 = 1;
/// Before a refused connection is tried again, and how often.
const PAUSE: Duration = Duration::from_millis(100);
const TRIES: u32 = 100;

/// Gives every visitor a conversation with a few messages.
pub async fn seed(target: &Target, seed: u64, visitors: usize) -> io::Result<()> {
    let ids = Arc::new(MessageIds::new(fresh_seed()));
    crowd::each(visitors, 300, |number| {
        let (target, ids) = (target.clone(), ids.clone());
        let visit = Visit { visitor: Visitor::new(seed, number), since: 0 };
        let talk = async move {
            let mut client = target.join(visit, |_| {}).await?;
            for number in 1..=MESSAGES {
                client.tell(&ids, &words(number)).await?;
            }
            Ok(())
        };
        async move { patiently("a first conversation", talk).await }
    })
    .await?;
    Ok(())
}

/// All of them return at the same moment; nobody leaves before the last has resumed.
pub async fn storm(server: &Server, seed: u64, visitors: usize) -> Result<Figures> {
    let retries = Arc::new(AtomicU64::new(0));
    let (server_before, client_before) = (server.process.cpu()?, CpuTime::of_self()?);
    let began = Instant::now();
    let resumed = crowd::each(visitors, visitors, |number| {
        let (target, retries) = (server.target.clone(), retries.clone());
        let visit = Visit { visitor: Visitor::new(seed, number), since: SEEN };
        async move { patiently("a return", come_back(&target, visit, &retries)).await }
    })
    .await?;
    let wall = began.elapsed().as_secs_f64();
    let server_used = server.process.cpu()?.since(server_before);
    let client_used = CpuTime::of_self()?.since(client_before);
    drop(resumed);
    Ok(Figures::from([
        ("wall_s", wall),
        ("server_cpu_s", server_used),
        ("client_cpu_s", client_used),
        ("retries", retries.load(Ordering::Relaxed) as f64),
    ]))
}

/// Connects, again if the door is shut, and waits for the last message.
async fn come_back(target: &Target, visit: Visit, retries: &AtomicU64) -> io::Result<Client> {
    let mut tries = 0;
    loop {
        match resume(target, visit).await {
            Err(error) if is_a_shut_door(&error) && tries < TRIES => {
                tries += 1;
                retries.fetch_add(1, Ordering::Relaxed);
                sleep(PAUSE).await;
            }
            result => return result,
        }
    }
}

async fn resume(target: &Target, visit: Visit) -> io::Result<Client> {
    let mut complete = false;
    let mut client = target.join(visit, |event| complete |= has_last(event)).await?;
    while !complete {
        client.next(|event| complete |= has_last(&event)).await?;
    }
    Ok(client)
}

fn has_last(event: &Event<'_>) -> bool {
    match event {
        Event::Welcome(frame) | Event::Messages(frame) => markers(frame).any(|number| number == MESSAGES),
        _ => false,
    }
}

fn is_a_shut_door(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionRefused | ConnectionReset | ConnectionAborted)
}
