//! A WebSocket of a test: real frames, and every wait has an end.

use std::fmt::Display;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{WebSocketStream, client_async};

use super::frames::kind;

/// How long a test waits for what has to come.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// What came.
#[derive(Debug)]
pub enum Came {
    /// A frame.
    Frame(Value),
    /// The end, with its code.
    Closed(Option<u16>),
}

/// What a socket may run over: TCP, or TLS over it.
pub trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

/// A connected socket.
pub struct Socket {
    stream: WebSocketStream<Box<dyn Wire>>,
}

impl Socket {
    /// Upgrades, with these headers. The error is the HTTP status.
    pub async fn open(address: SocketAddr, path: &str, headers: &[(&'static str, &str)]) -> Result<Self, u16> {
        let tcp = TcpStream::connect(address).await.expect("a connection");
        Self::open_over(tcp, address, path, headers).await
    }

    /// The same over a connection that goes another way.
    pub async fn open_over(
        wire: impl Wire + 'static,
        authority: impl Display,
        path: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, u16> {
        let mut request = format!("ws://{authority}{path}").into_client_request().expect("a request");
        request.headers_mut().insert("Sec-WebSocket-Protocol", "deskbell.v1".parse().expect("a value"));
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().expect("a value"));
        }
        let wire: Box<dyn Wire> = Box::new(wire);
        match client_async(request, wire).await {
            Ok((stream, _)) => Ok(Self { stream }),
            Err(tokio_tungstenite::tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
            Err(_) => Err(0),
        }
    }

    /// Sends a frame. A broken connection shows at the next receive.
    pub async fn send(&mut self, frame: &Value) {
        self.send_text(frame.to_string()).await;
    }

    pub async fn send_text(&mut self, text: String) {
        self.send_raw(Message::text(text)).await;
    }

    pub async fn send_raw(&mut self, message: Message) {
        drop(self.stream.send(message).await);
    }

    /// Sends bytes as they are.
    pub async fn send_bytes(&mut self, bytes: &[u8]) {
        drop(tokio::io::AsyncWriteExt::write_all(self.stream.get_mut(), bytes).await);
    }

    /// The next frame or the end, within [`PATIENCE`].
    pub async fn next(&mut self) -> Came {
        match tokio::time::timeout(PATIENCE, self.next_whenever()).await {
            Ok(came) => came,
            Err(_) => panic!("nothing came within {PATIENCE:?}"),
        }
    }

    /// The next frame or the end.
    pub async fn next_whenever(&mut self) -> Came {
        loop {
            match self.stream.next().await {
                Some(Ok(Message::Text(text))) => {
                    return Came::Frame(serde_json::from_str(&text).expect("a frame is JSON"));
                }
                Some(Ok(Message::Close(frame))) => {
                    return Came::Closed(frame.map(|CloseFrame { code, .. }| code.into()));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Came::Closed(None),
            }
        }
    }

    /// The next frame; the end is a failure.
    pub async fn frame(&mut self) -> Value {
        match self.next().await {
            Came::Frame(frame) => frame,
            Came::Closed(code) => panic!("closed with {code:?} where a frame was expected"),
        }
    }

    /// The next frame of this type; others are passed over.
    pub async fn frame_of(&mut self, wanted: &str) -> Value {
        loop {
            let frame = self.frame().await;
            if kind(&frame) == wanted {
                return frame;
            }
        }
    }

    /// Sends a frame; everything that the server says until it is answered, if it is one that is, and
    /// a little longer.
    pub async fn said_to(&mut self, frame: &Value) -> Vec<Value> {
        self.send(frame).await;
        let mut said = Vec::new();
        if let Some(id) = super::frames::awaits_answer(frame) {
            while !said.iter().any(|frame: &Value| matches!(kind(frame), "ack" | "nack") && frame["id"] == id) {
                said.push(self.frame().await);
            }
        }
        said.extend(self.said_so_far().await);
        said
    }

    /// Everything that the server has said by the time it answers a `ping` that is sent now.
    pub async fn said_so_far(&mut self) -> Vec<Value> {
        let at = super::frames::draw_id();
        self.send(&serde_json::json!({"type": "ping", "at": at})).await;
        let mut said = Vec::new();
        loop {
            let frame = self.frame().await;
            if kind(&frame) == "pong" && frame["at"] == at.as_str() {
                return said;
            }
            said.push(frame);
        }
    }

    /// The close code, passing over whatever comes before it.
    pub async fn close_code(&mut self) -> Option<u16> {
        loop {
            if let Came::Closed(code) = self.next().await {
                return code;
            }
        }
    }

    /// Ends it politely.
    pub async fn close(mut self) {
        drop(self.stream.close(None).await);
    }
}
