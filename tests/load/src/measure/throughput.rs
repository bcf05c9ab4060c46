//! Durable messages a second in a closed loop: every visitor keeps a window of messages on the way
//! and sends the next for each that is acknowledged.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{task::JoinSet, time::sleep};

use super::{Figures, crowd};
use crate::{
    Result,
    client::{Client, Event, MessageIds, fresh_seed, patiently, words},
    server::{CpuTime, Server},
};

/// How hard to push.
#[derive(Debug, Clone, Copy)]
pub struct Throughput {
    pub conversations: usize,
    pub window: usize,
    pub warm_up: Duration,
    pub time: Duration,
}

/// What all visitors share.
struct Shared {
    ids: MessageIds,
    sent: AtomicU64,
    acknowledged: AtomicU64,
    stop: AtomicBool,
}

/// Runs the loop. `acknowledged` in the figures counts all acknowledgements, also those of the warm-up.
pub async fn send(server: &Server, plan: Throughput) -> Result<Figures> {
    let seed = fresh_seed();
    let clients = crowd::newcomers(&server.target, seed, plan.conversations, 50).await?;
    let shared = Arc::new(Shared {
        ids: MessageIds::new(seed),
        sent: AtomicU64::new(0),
        acknowledged: AtomicU64::new(0),
        stop: AtomicBool::new(false),
    });
    let mut visitors = JoinSet::new();
    for client in clients {
        visitors.spawn(keep_sending(client, shared.clone(), plan.window));
    }
    sleep(plan.warm_up).await;
    let before = Reading::take(server, &shared)?;
    sleep(plan.time).await;
    let after = Reading::take(server, &shared)?;
    shared.stop.store(true, Ordering::Relaxed);
    patiently("the last acknowledgements", all(visitors)).await?;
    let mut figures = after.since(&before);
    figures.insert("acknowledged", shared.acknowledged.load(Ordering::Relaxed) as f64);
    Ok(figures)
}

/// One visitor: a full window, and one more for each acknowledgement.
async fn keep_sending(mut client: Client, shared: Arc<Shared>, window: usize) -> io::Result<()> {
    let mut out = Vec::new();
    let (mut open, mut more) = (0, window);
    loop {
        out.clear();
        for _ in 0..more {
            let number = shared.sent.fetch_add(1, Ordering::Relaxed);
            client.voice.push_message(&mut out, &shared.ids, &words(number as u32));
        }
        client.voice.write(&out).await?;
        open += more;
        if open == 0 {
            return Ok(());
        }
        let mut acknowledged = 0;
        client.next(|event| acknowledged += usize::from(event == Event::Ack)).await?;
        shared.acknowledged.fetch_add(acknowledged as u64, Ordering::Relaxed);
        open -= acknowledged;
        more = if shared.stop.load(Ordering::Relaxed) { 0 } else { acknowledged };
    }
}

async fn all(mut tasks: JoinSet<io::Result<()>>) -> io::Result<()> {
    while let Some(result) = tasks.join_next().await {
        result.map_err(io::Error::other)??;
    }
    Ok(())
}

/// The counters at one moment.
struct Reading {
    at: Instant,
    acknowledged: u64,
    server: CpuTime,
    client: CpuTime,
}

impl Reading {
    fn take(server: &Server, shared: &Shared) -> Result<Self> {
        Ok(Self {
            at: Instant::now(),
            acknowledged: shared.acknowledged.load(Ordering::Relaxed),
            server: server.process.cpu()?,
            client: CpuTime::of_self()?,
        })
    }

    fn since(&self, earlier: &Self) -> Figures {
        let seconds = (self.at - earlier.at).as_secs_f64();
        let messages = (self.acknowledged - earlier.acknowledged) as f64;
        let server = self.server.since(earlier.server);
        Figures::from([
            ("per_second", messages / seconds),
            ("server_us_per_message", server * 1e6 / messages),
            ("server_busy", server / seconds),
            ("client_busy", self.client.since(earlier.client) / seconds),
        ])
    }
}
