//! A live session over any transport, as a pair of queues: what is sent, and what came. It breaks
//! as connections break: then nothing more comes.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::app::ORIGIN;
use super::socket::{Came, Socket};

/// How long a client waits for an answer before it takes the connection for dead.
pub const HANGS_AFTER: Duration = Duration::from_secs(4);

/// How the frames travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    WebSocket,
    Events,
    Poll,
}

/// Who knocks.
#[derive(Debug, Clone)]
pub enum Knock {
    Visitor { site_key: String, token: String },
    Agent { origin: String, cookie: String },
}

/// Where, as whom and how to connect.
#[derive(Debug, Clone)]
pub struct Door {
    pub address: SocketAddr,
    pub transport: Transport,
    pub knock: Knock,
}

/// A connection. Dropped, it is cut without a goodbye.
pub struct Link {
    to: mpsc::UnboundedSender<Value>,
    from: mpsc::UnboundedReceiver<Value>,
    task: tokio::task::JoinHandle<Option<()>>,
}

impl Drop for Link {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Link {
    /// Connects and says hello. Whether it worked shows in what comes.
    pub fn open(door: &Door, hello: Value) -> Self {
        let (to, outgoing) = mpsc::unbounded_channel();
        let (incoming, from) = mpsc::unbounded_channel();
        let door = door.clone();
        let task = tokio::spawn(async move {
            match door.transport {
                Transport::WebSocket => socket(&door, hello, outgoing, incoming).await,
                Transport::Events => events(&door, hello, outgoing, incoming).await,
                Transport::Poll => poll(&door, hello, outgoing, incoming).await,
            }
        });
        Self { to, from, task }
    }

    /// Sends, or not, if it is broken.
    pub fn send(&self, frame: Value) {
        drop(self.to.send(frame));
    }

    /// The next frame; none once it is broken.
    pub async fn next(&mut self) -> Option<Value> {
        self.from.recv().await
    }
}

type Outgoing = mpsc::UnboundedReceiver<Value>;
type Incoming = mpsc::UnboundedSender<Value>;

async fn socket(door: &Door, hello: Value, mut outgoing: Outgoing, incoming: Incoming) -> Option<()> {
    let (path, headers) = match &door.knock {
        Knock::Visitor { site_key, .. } => (format!("/v1/live?site={site_key}"), vec![("Origin", ORIGIN)]),
        Knock::Agent { origin, cookie } => {
            ("/console/live".to_owned(), vec![("Origin", &**origin), ("Cookie", cookie)])
        }
    };
    let mut socket = timeout(HANGS_AFTER, async {
        let tcp = TcpStream::connect(door.address).await.ok()?;
        Socket::open_over(tcp, door.address, &path, &headers).await.ok()
    })
    .await
    .ok()??;
    timeout(HANGS_AFTER, socket.send(&hello)).await.ok()?;
    loop {
        tokio::select! {
            frame = outgoing.recv() => timeout(HANGS_AFTER, socket.send(&frame?)).await.ok()?,
            came = socket.next_whenever() => match came {
                Came::Frame(frame) => incoming.send(frame).ok()?,
                Came::Closed(_) => return None,
            },
        }
    }
}

/// One HTTP client for one link.
struct Post<'a> {
    door: &'a Door,
    http: reqwest::Client,
}

impl<'a> Post<'a> {
    fn new(door: &'a Door) -> Self {
        Self { door, http: super::plainly::http() }
    }

    fn request(&self, what: &str) -> reqwest::RequestBuilder {
        let address = self.door.address;
        match &self.door.knock {
            Knock::Visitor { site_key, token } => self
                .http
                .post(format!("http://{address}/v1/live/{what}?site={site_key}"))
                .header("Origin", ORIGIN)
                .bearer_auth(token),
            Knock::Agent { origin, cookie } => self
                .http
                .post(format!("http://{address}/console/live/{what}"))
                .header("Origin", origin)
                .header("Cookie", cookie),
        }
    }

    async fn json(&self, what: &str, body: &Value, patience: Duration) -> Option<Value> {
        let request = self.request(what).header("Content-Type", "application/json").body(body.to_string());
        let response = timeout(patience, request.send()).await.ok()?.ok()?;
        let body = timeout(HANGS_AFTER, response.error_for_status().ok()?.text()).await.ok()?.ok()?;
        serde_json::from_str(&body).ok()
    }

    /// Sends frames one after another, each when the one before is answered.
    async fn send_all(&self, session: &str, outgoing: &mut Outgoing, incoming: &Incoming) -> Option<()> {
        loop {
            let frame = outgoing.recv().await?;
            let request = self.request("send").header("Deskbell-Session", session).body(frame.to_string());
            let response = timeout(HANGS_AFTER, request.send()).await.ok()?.ok()?;
            match response.status().as_u16() {
                204 => {}
                200 => {
                    let text = timeout(HANGS_AFTER, response.text()).await.ok()?.ok()?;
                    incoming.send(serde_json::from_str(&text).ok()?).ok()?;
                }
                _ => return None,
            }
        }
    }
}

async fn events(door: &Door, hello: Value, mut outgoing: Outgoing, incoming: Incoming) -> Option<()> {
    let post = Post::new(door);
    let request = post.request("events").header("Content-Type", "application/json").body(hello.to_string());
    let response = timeout(HANGS_AFTER, request.send()).await.ok()?.ok()?;
    let mut stream = Stream { response: response.error_for_status().ok()?, waiting: Vec::new() };
    let first = timeout(HANGS_AFTER, stream.next()).await.ok()??;
    let session = first["session"].as_str()?.to_owned();
    tokio::select! {
        ended = post.send_all(&session, &mut outgoing, &incoming) => ended,
        ended = async {
            loop {
                let frame = stream.next().await?;
                if frame["type"] == "close" {
                    return None;
                }
                incoming.send(frame).ok()?;
            }
        } => ended,
    }
}

/// The events of a response as they come.
struct Stream {
    response: reqwest::Response,
    waiting: Vec<u8>,
}

impl Stream {
    async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some(end) = self.waiting.windows(2).position(|two| two == b"\n\n") {
                let event: Vec<u8> = self.waiting.drain(..end + 2).collect();
                let text = String::from_utf8(event).ok()?;
                match text.lines().find_map(|line| line.strip_prefix("data: ")) {
                    Some(data) => return serde_json::from_str(data).ok(),
                    None => continue,
                }
            }
            self.waiting.extend_from_slice(&self.response.chunk().await.ok()??);
        }
    }
}

async fn poll(door: &Door, hello: Value, mut outgoing: Outgoing, incoming: Incoming) -> Option<()> {
    let post = Post::new(door);
    let first = post.json("poll", &hello, HANGS_AFTER).await?;
    let session = first["session"].as_str()?.to_owned();
    hand_on(&first, &incoming)?;
    tokio::select! {
        ended = post.send_all(&session, &mut outgoing, &incoming) => ended,
        ended = async {
            loop {
                // An answer that does not come is taken for lost, and its frames with it: hello again.
                let answer = post.json("poll", &json!({"session": session}), POLL_PATIENCE).await?;
                hand_on(&answer, &incoming)?;
            }
        } => ended,
    }
}

/// The server answers within 25 s.
const POLL_PATIENCE: Duration = Duration::from_secs(28);

fn hand_on(answer: &Value, incoming: &Incoming) -> Option<()> {
    for frame in answer["frames"].as_array()? {
        if frame["type"] == "close" {
            return None;
        }
        incoming.send(frame.clone()).ok()?;
    }
    Some(())
}
