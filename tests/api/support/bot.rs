//! A bot that the test plays: a real HTTP server on loopback, which answers what it is told.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use deskbell::audit::By;
use deskbell::bots::managing::{self, Added, Wanted};
use deskbell::bots::{Bot, Kind, Settings, store};
use deskbell::clock::Random;
use deskbell::ids::BotId;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::TestApp;

/// One request that came.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The head, as it came.
    pub head: String,
    /// The body's exact bytes.
    pub bytes: Vec<u8>,
    /// The same as JSON.
    pub body: Value,
}

/// What goes back: status, media type, body.
pub type Answer = (u16, &'static str, String);
type Plays = Arc<dyn Fn(Asked) -> BoxFuture<'static, Answer> + Send + Sync>;

/// Actions as an answer.
pub fn actions(actions: Value) -> Answer {
    (200, "application/json", json!({ "actions": actions }).to_string())
}

/// The running server.
pub struct BotPeer {
    pub address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl BotPeer {
    /// Answers with what `plays` gives.
    pub async fn start<F, Fut>(plays: F) -> Self
    where
        F: Fn(Asked) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Answer> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let plays: Plays = Arc::new(move |asked| Box::pin(plays(asked)));
        let seen = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&plays), Arc::clone(&seen)));
            }
        });
        Self { address, asked }
    }

    /// Answers each with the same.
    pub async fn says(answer: Answer) -> Self {
        Self::start(move |_| std::future::ready(answer.clone())).await
    }

    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// What came so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("a lock").clone()
    }

    /// Adds it to the desk, in front of its queue.
    pub async fn hired(&self, app: &TestApp) -> Added {
        self.hired_with(app, 5_000).await
    }

    /// Somebody else is at this address from now on.
    pub async fn moves(app: &TestApp, bot: BotId, url: &str) {
        let (ws, url) = (app.desk.workspace_id, url.to_owned());
        let moved = app.app.writer.run("test", move |tx| {
            Box::pin(async move {
                let found = store::find(tx.conn(), ws, bot).await?.expect("a bot");
                let now = tx.moment.now;
                store::update(tx.conn(), &Bot { url, ..found }, now).await
            })
        });
        moved.await.expect("a bot");
    }

    /// The same with so many milliseconds to answer.
    pub async fn hired_with(&self, app: &TestApp, deadline_ms: i64) -> Added {
        let (ws, queue) = (app.desk.workspace_id, app.desk.queue_id);
        let wanted = Wanted {
            name: "Robin".to_owned(),
            url: self.url(),
            settings: Settings::default(),
            deadline_ms,
            later_s: 30,
            redacts: false,
            is_on: true,
            queues: [queue].into(),
        };
        let added = app.app.writer.run("test", move |tx| {
            Box::pin(
                async move { managing::add(tx, &By::CommandLine(ws), Kind::Webhook, &wanted, &Random::System).await },
            )
        });
        added.await.expect("a bot")
    }
}

async fn serve(mut stream: TcpStream, plays: Plays, seen: Arc<Mutex<Vec<Asked>>>) {
    let Some(asked) = read(&mut stream).await else { return };
    seen.lock().expect("a lock").push(asked.clone());
    let (status, kind, body) = plays(asked).await;
    let head = format!(
        "HTTP/1.1 {status} So\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    drop(stream.write_all(&[head.as_bytes(), body.as_bytes()].concat()).await);
}

async fn read(stream: &mut TcpStream) -> Option<Asked> {
    let mut all = Vec::new();
    let mut piece = [0; 16_384];
    loop {
        let count = stream.read(&mut piece).await.ok().filter(|count| *count > 0)?;
        all.extend_from_slice(&piece[..count]);
        let Some(end) = all.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&all[..end]).into_owned();
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
        });
        if all.len() >= end + 4 + length.unwrap_or(0) {
            let bytes = all[end + 4..].to_vec();
            let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
            return Some(Asked { head, bytes, body });
        }
    }
}
