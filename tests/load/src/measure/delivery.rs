//! How long a message takes to the other member of its conversation, in an open loop: messages leave
//! by the clock, whatever the server does, and the time counts from when each was due. So a server
//! that stalls is charged for all that should have been sent meanwhile.

use std::{
    io,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{
    task::{JoinSet, spawn_blocking},
    time::timeout,
};

use super::{Figures, arrivals::Arrivals, crowd, percentile};
use crate::{
    Result,
    client::{Client, Event, MessageIds, Target, Visit, Visitor, Voice, fresh_seed, markers, patiently, words},
    server::{CpuTime, Server},
};

/// How long to wait for what was sent last.
const LAST: Duration = Duration::from_secs(10);

/// The load.
#[derive(Debug, Clone, Copy)]
pub struct Delivery {
    pub conversations: usize,
    pub per_second: u32,
    pub warm_up: Duration,
    pub time: Duration,
}

impl Delivery {
    fn messages_in(&self, time: Duration) -> u32 {
        (f64::from(self.per_second) * time.as_secs_f64()) as u32
    }
}

/// Who writes and who reads in one conversation.
struct Pair {
    writer: Client,
    reader: Client,
}

/// Sends at the given rate and times every arrival. It is an error if one is missing or comes twice.
pub async fn deliver(server: &Server, plan: Delivery) -> Result<Figures> {
    let seed = fresh_seed();
    let ids = Arc::new(MessageIds::new(seed));
    let pairs = pairs(&server.target, seed, plan.conversations, &ids).await?;
    let warm_up = plan.messages_in(plan.warm_up);
    let arrivals = Arc::new(Arrivals::expect(warm_up + plan.messages_in(plan.time), plan.per_second));
    let mut tasks = JoinSet::new();
    let mut voices = Vec::with_capacity(pairs.len());
    for Pair { writer, reader } in pairs {
        voices.push(writer.voice.clone());
        tasks.spawn(writer.idle());
        tasks.spawn(read(reader, arrivals.clone()));
    }
    let (began, server_before, client_before) = (Instant::now(), server.process.cpu()?, CpuTime::of_self()?);
    let pace = spawn_blocking({
        let arrivals = arrivals.clone();
        move || keep_pace(&voices, &arrivals, &ids)
    });
    let work = async {
        let late = pace.await.map_err(io::Error::other)??;
        let _what_is_missing_is_counted = timeout(LAST, arrivals.all()).await;
        Ok(late)
    };
    let late = undisturbed(work, &mut tasks).await?;
    let span = began.elapsed().as_secs_f64();
    let mut figures = arrivals.figures(warm_up as usize)?;
    figures.insert("sent_late_p99_ms", percentile(&late, 0.99) / 1e3);
    figures.insert("server_busy", server.process.cpu()?.since(server_before) / span);
    figures.insert("client_busy", CpuTime::of_self()?.since(client_before) / span);
    Ok(figures)
}

/// Two sessions in every conversation; the first message makes it.
async fn pairs(target: &Target, seed: u64, count: usize, ids: &Arc<MessageIds>) -> io::Result<Vec<Pair>> {
    crowd::each(count, 50, |number| {
        let (target, ids) = (target.clone(), ids.clone());
        let visit = Visit { visitor: Visitor::new(seed, number), since: 0 };
        let meet = async move {
            let mut writer = target.join(visit, |_| {}).await?;
            writer.tell(&ids, "Hello").await?;
            let reader = target.join(visit, |_| {}).await?;
            Ok(Pair { writer, reader })
        };
        async move { patiently("two sessions", meet).await }
    })
    .await
}

/// The reader: notes each message that has a number.
async fn read(mut reader: Client, arrivals: Arc<Arrivals>) -> io::Result<()> {
    loop {
        reader
            .next(|event| {
                if let Event::Messages(frame) = event {
                    let now = Instant::now();
                    markers(frame).for_each(|number| arrivals.note(number, now));
                }
            })
            .await?;
    }
}

/// Sends each message when it is due, in a thread of its own; returns by how many microseconds each
/// left late, sorted.
fn keep_pace(voices: &[Voice], arrivals: &Arrivals, ids: &MessageIds) -> io::Result<Vec<u32>> {
    let mut late = Vec::with_capacity(arrivals.expected() as usize);
    let mut frame = Vec::new();
    for number in 0..arrivals.expected() {
        let due = arrivals.due(number);
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let voice = &voices[number as usize % voices.len()];
        frame.clear();
        voice.push_message(&mut frame, ids, &words(number));
        voice.write_now(&frame)?;
        late.push(due.elapsed().as_micros() as u32);
    }
    late.sort_unstable();
    Ok(late)
}

/// Does the work unless a connection ends before it is done.
async fn undisturbed<T>(
    work: impl Future<Output = io::Result<T>>,
    connections: &mut JoinSet<io::Result<()>>,
) -> io::Result<T> {
    tokio::select! {
        result = work => result,
        Some(ended) = connections.join_next() => match ended {
            Ok(Err(error)) => Err(error),
            _ => Err(io::Error::other("a connection ended early")),
        },
    }
}
