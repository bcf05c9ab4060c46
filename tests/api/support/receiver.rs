//! Another server, which is told of events: it keeps what it was sent and answers as a story says.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use deskbell::clock::Clock;
use deskbell::outgoing::signing::{self, SigningSecret};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// One request, its head read.
#[derive(Debug, Clone)]
pub struct Told {
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Told {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub fn body(&self) -> Value {
        serde_json::from_slice(&self.bytes).expect("JSON")
    }

    pub fn kind(&self) -> String {
        self.body()["type"].as_str().expect("a type").to_owned()
    }

    pub fn text(&self) -> String {
        self.body()["data"]["message"]["text"].as_str().unwrap_or_default().to_owned()
    }

    /// Whether it is signed with each of these.
    pub fn is_signed_with(&self, secrets: &[&str]) -> bool {
        secrets.iter().all(|secret| {
            let secret: SigningSecret = secret.parse().expect("a secret");
            signing::verify(&[secret], &self.headers, &self.bytes, Clock::System.now()).is_ok()
        })
    }
}

/// See the module.
pub struct Receiver {
    pub address: SocketAddr,
    told: Arc<Mutex<Vec<Told>>>,
    script: Arc<Mutex<VecDeque<String>>>,
}

impl Receiver {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (told, script) = (Arc::<Mutex<Vec<Told>>>::default(), Arc::<Mutex<VecDeque<String>>>::default());
        let (keep, says) = (Arc::clone(&told), Arc::clone(&script));
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket, Arc::clone(&keep), Arc::clone(&says)));
            }
        });
        Self { address, told, script }
    }

    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// The next request gets this status and these header lines; `hang` gets none at all. Then 200 again.
    pub fn answers_next(&self, answer: &str) {
        self.script.lock().expect("a script").push_back(answer.to_owned());
    }

    /// Everything so far.
    pub fn told(&self) -> Vec<Told> {
        self.told.lock().expect("a list").clone()
    }

    pub fn kinds(&self) -> Vec<String> {
        self.told().iter().map(Told::kind).collect()
    }
}

async fn serve(mut socket: TcpStream, told: Arc<Mutex<Vec<Told>>>, script: Arc<Mutex<VecDeque<String>>>) {
    let mut read = Vec::new();
    loop {
        let Some(one) = request(&mut socket, &mut read).await else { return };
        told.lock().expect("a list").push(one);
        let answer = script.lock().expect("a script").pop_front().unwrap_or_else(|| "200 OK".to_owned());
        if answer == "hang" {
            return std::future::pending().await;
        }
        let text = format!("HTTP/1.1 {answer}\r\ncontent-length: 4\r\n\r\nseen");
        if socket.write_all(text.as_bytes()).await.is_err() {
            return;
        }
    }
}

async fn request(socket: &mut TcpStream, read: &mut Vec<u8>) -> Option<Told> {
    let end = loop {
        if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        more(socket, read).await?;
    };
    let head = String::from_utf8(read[..end].to_vec()).expect("text");
    let pairs = head.lines().skip(1).filter_map(|line| line.split_once(": "));
    let header = |(name, value): (&str, &str)| {
        (name.parse::<HeaderName>().expect("a name"), HeaderValue::from_str(value).expect("a value"))
    };
    let headers: HeaderMap = pairs.map(header).collect();
    let length: usize = headers["content-length"].to_str().expect("text").parse().expect("a number");
    while read.len() < end + 4 + length {
        more(socket, read).await?;
    }
    let bytes = read[end + 4..end + 4 + length].to_vec();
    read.drain(..end + 4 + length);
    Some(Told { headers, bytes })
}

async fn more(socket: &mut TcpStream, read: &mut Vec<u8>) -> Option<()> {
    let mut bytes = [0; 4_096];
    let count = socket.read(&mut bytes).await.ok().filter(|count| *count > 0)?;
    read.extend_from_slice(&bytes[..count]);
    Some(())
}
