//! A TCP proxy that is ill by a seeded schedule: it cuts connections, also in the middle of what it
//! passes on; stops passing one way without closing; keeps things back; and swallows what it is
//! given. Each connection has its own fate, drawn when it is accepted.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::dice::Dice;

/// What was done, for the table.
#[derive(Debug, Default)]
pub struct Ills {
    pub connections: AtomicU64,
    pub cuts: AtomicU64,
    pub torn: AtomicU64,
    pub halves: AtomicU64,
    pub swallows: AtomicU64,
    pub delays: AtomicU64,
}

/// See the module. Gone when dropped.
pub struct Proxy {
    pub address: SocketAddr,
    pub ills: Arc<Ills>,
    well: CancellationToken,
    task: JoinHandle<()>,
}

/// What happens to bytes of one way now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Pass,
    /// Left where they are.
    Stop,
    /// Read and thrown away.
    Swallow,
    /// Half of what comes next is passed on, and nothing after it.
    Tear,
}

/// Towards the server, and back.
type Ways = (Way, Way);

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Proxy {
    /// Stands before this server. While `dice` lasts it is ill.
    pub async fn start(server: SocketAddr, mut dice: Dice) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (ills, well) = (Arc::<Ills>::default(), CancellationToken::new());
        let (counts, healed) = (Arc::clone(&ills), well.clone());
        let task = tokio::spawn(async move {
            loop {
                let Ok((client, _)) = listener.accept().await else { continue };
                up(&counts.connections);
                let fate = Dice::seeded(dice.below_u64(u64::MAX));
                tokio::spawn(connection(client, server, fate, Arc::clone(&counts), healed.clone()));
            }
        });
        Self { address, ills, well, task }
    }

    /// From now on everything passes; what is ill is cut.
    pub fn recover(&self) {
        self.well.cancel();
    }
}

fn up(count: &AtomicU64) {
    count.fetch_add(1, Ordering::Relaxed);
}

async fn connection(client: TcpStream, server: SocketAddr, fate: Dice, ills: Arc<Ills>, well: CancellationToken) {
    let Ok(server) = TcpStream::connect(server).await else { return };
    drop((client.set_nodelay(true), server.set_nodelay(true)));
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    let (set, ways) = watch::channel((Way::Pass, Way::Pass));
    // Whichever ends first ends it: both sockets are dropped.
    tokio::select! {
        () = pump(from_client, to_server, ways.clone(), |ways| ways.0) => {}
        () = pump(from_server, to_client, ways, |ways| ways.1) => {}
        () = suffer(&set, fate, &ills, &well) => {}
    }
}

async fn pump(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut ways: watch::Receiver<Ways>, way: fn(&Ways) -> Way) {
    let mut bytes = vec![0; 16 * 1024];
    loop {
        if ways.wait_for(|ways| way(ways) != Way::Stop).await.is_err() {
            return;
        }
        let read = tokio::select! {
            biased;
            changed = ways.changed() => match changed { Ok(()) => continue, Err(_) => return },
            read = from.read(&mut bytes) => match read { Ok(0) | Err(_) => return, Ok(read) => read },
        };
        let now = way(&ways.borrow());
        let passed = match now {
            Way::Pass | Way::Stop => to.write_all(&bytes[..read]).await,
            Way::Swallow => Ok(()),
            Way::Tear => to.write_all(&bytes[..read / 2]).await,
        };
        if passed.is_err() {
            return;
        }
        if now == Way::Tear {
            // The rest never comes; the connection is cut in a moment.
            std::future::pending::<()>().await;
        }
    }
}

/// Lives through its fate until the end of the connection.
async fn suffer(set: &watch::Sender<Ways>, mut fate: Dice, ills: &Ills, well: &CancellationToken) {
    loop {
        let healthy = fate.below_u64(2_500);
        if !lasts(healthy, well).await {
            return well_again().await;
        }
        let ill = match fate.below(20) {
            0..=5 => return up(&ills.cuts),
            6..=7 => (&ills.torn, pick(&mut fate, Way::Tear), 30),
            8..=9 => (&ills.halves, pick(&mut fate, Way::Stop), 2_000 + fate.below_u64(6_000)),
            10..=11 => (&ills.swallows, pick(&mut fate, Way::Swallow), 1_000 + fate.below_u64(6_000)),
            _ => (&ills.delays, (Way::Stop, Way::Stop), 20 + fate.below_u64(800)),
        };
        let (count, ways, millis) = ill;
        up(count);
        set.send_replace(ways);
        let lived = lasts(millis, well).await;
        if ways != (Way::Stop, Way::Stop) {
            return;
        }
        set.send_replace((Way::Pass, Way::Pass));
        if !lived {
            return well_again().await;
        }
    }
}

/// One way or the other, or both unless they stop.
fn pick(fate: &mut Dice, way: Way) -> Ways {
    match fate.below(if way == Way::Stop { 2 } else { 3 }) {
        0 => (way, Way::Pass),
        1 => (Way::Pass, way),
        _ => (way, way),
    }
}

/// Waits so long; false if the proxy recovers before.
async fn lasts(millis: u64, well: &CancellationToken) -> bool {
    tokio::select! {
        () = sleep_until(Instant::now() + Duration::from_millis(millis)) => !well.is_cancelled(),
        () = well.cancelled() => false,
    }
}

async fn well_again() {
    std::future::pending().await
}
