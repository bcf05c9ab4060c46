//! What the agents' inbox costs: its page with very many open chats, and a change that many consoles see
//! in their lists.

use std::time::{Duration, Instant};

use tokio::{task::JoinSet, time::sleep};

use super::{Figures, percentile, seed};
use crate::{
    Result,
    client::{Agent, MessageIds, Visit, Visitor, exchange, fresh_seed, words},
    server::Server,
};

/// Who looks, as `deskbell bootstrap` was told.
const OWNER: (&str, &str) = ("owner@bench.example", "correct horse battery");
const PAGE: &str = "/console/conversations?view=all";
const PAGES: usize = 100;
const CHANGES: u32 = 40;
/// Longer than the pause between two pushes, so that each change is a push of its own.
const BETWEEN: Duration = Duration::from_millis(400);

/// The page and the pushes, with so many open chats and so many consoles.
pub async fn inbox(server: &Server, chats: usize, consoles: usize) -> Result<Figures> {
    let address = server.target.address;
    let visitors = fresh_seed();
    seed(&server.target, visitors, chats).await?;
    let owner = Agent::sign_in(address, OWNER.0, OWNER.1).await?;
    let mut open = JoinSet::new();
    for _ in 0..consoles {
        let mut console = owner.opens(&["all", "waiting", "mine"]).await?;
        open.spawn(async move {
            loop {
                console.hears(b"rows").await?;
            }
            #[expect(unreachable_code, reason = "says what the task's result would be")]
            std::io::Result::Ok(())
        });
    }
    let mut figures = pages(&owner).await?;
    figures.extend(pushes(server, visitors).await?);
    match open.try_join_next() {
        Some(ended) => Err(format!("a console ended: {ended:?}").into()),
        None => Ok(figures),
    }
}

/// The page, again and again.
async fn pages(owner: &Agent) -> Result<Figures> {
    owner.page(PAGE).await?;
    let (mut micros, mut bytes) = (Vec::with_capacity(PAGES), 0);
    for _ in 0..PAGES {
        let began = Instant::now();
        bytes = owner.page(PAGE).await?.len();
        micros.push(u32::try_from(began.elapsed().as_micros())?);
    }
    micros.sort_unstable();
    Ok(Figures::from([
        ("page_p50_ms", percentile(&micros, 0.5) / 1e3),
        ("page_p99_ms", percentile(&micros, 0.99) / 1e3),
        ("page_kib", bytes as f64 / 1024.0),
    ]))
}

/// Messages into one chat, each of which changes a row in every list.
async fn pushes(server: &Server, visitors: u64) -> Result<Figures> {
    let ids = MessageIds::new(fresh_seed());
    let visit = Visit { visitor: Visitor::new(visitors, 0), since: 0 };
    let mut visitor = server.target.join(visit, |_| {}).await?;
    visitor.tell(&ids, &words(1_000)).await?;
    sleep(BETWEEN).await;
    let idle = server.process.cpu()?;
    sleep(BETWEEN * CHANGES).await;
    let (before, counted) = (server.process.cpu()?, counters(server).await?);
    for number in 0..CHANGES {
        visitor.tell(&ids, &words(2_000 + number)).await?;
        sleep(BETWEEN).await;
    }
    let after = counters(server).await?;
    // What an idle server with so many consoles uses is no cost of a change.
    let used = server.process.cpu()?.since(before) - before.since(idle);
    let changes = f64::from(CHANGES);
    let (rendered, pushed) = ((after.0 - counted.0) / changes, (after.1 - counted.1) / changes);
    Ok(Figures::from([
        ("push_ms", used * 1e3 / changes),
        ("row_ms", used * 1e3 / changes / pushed.max(1.0)),
        ("rendered", rendered),
        ("pushed", pushed),
    ]))
}

/// Rows rendered and rows pushed so far, as the server counts them.
async fn counters(server: &Server) -> Result<(f64, f64)> {
    let address = server.target.address;
    let request = format!("GET /metrics HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    let text = exchange(address, &request).await?;
    let text = String::from_utf8_lossy(&text);
    let value = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)).and_then(|rest| rest.trim().parse().ok());
        line.ok_or_else(|| format!("no {name} in the metrics"))
    };
    Ok((value("deskbell_rows_rendered_total ")?, value("deskbell_rows_pushed_total ")?))
}
