//! An agent at the console: signed in, asking for pages, and with a live session that follows lists.

use std::{io, net::SocketAddr};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{
    frame,
    socket::{self, Receiver},
};

/// Every upgrade sends the same key; the answer to it is not looked at.
const KEY: &str = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";

/// A signed-in agent.
#[derive(Debug, Clone)]
pub struct Agent {
    address: SocketAddr,
    cookie: String,
}

/// A live session of an agent.
pub struct Console(Receiver);

impl Agent {
    /// Signs in by the form.
    pub async fn sign_in(address: SocketAddr, email: &str, password: &str) -> io::Result<Self> {
        let form = format!("email={}&password={}", email.replace('@', "%40"), password.replace(' ', "+"));
        let request = format!(
            "POST /console/login HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            form.len()
        );
        let answer = exchange(address, &request).await?;
        let answer = String::from_utf8_lossy(&answer);
        let line = answer.lines().find(|line| line.to_ascii_lowercase().starts_with("set-cookie:"));
        let cookie = line.and_then(|line| line.split_once(':')).and_then(|(_, rest)| rest.split(';').next());
        let cookie = cookie.ok_or_else(|| io::Error::other(format!("not signed in: {:.200}", answer)))?;
        Ok(Self { address, cookie: cookie.trim().to_owned() })
    }

    /// A page, whole: its bytes with the head.
    pub async fn page(&self, path: &str) -> io::Result<Vec<u8>> {
        let Self { address, cookie } = self;
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n");
        let answer = exchange(*address, &request).await?;
        if answer.starts_with(b"HTTP/1.1 200") { Ok(answer) } else { Err(io::Error::other("the page did not come")) }
    }

    /// Opens a live session that follows these lists.
    pub async fn opens(&self, views: &[&str]) -> io::Result<Console> {
        let Self { address, cookie } = self;
        let request = format!(
            "GET /console/live HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\nCookie: {cookie}\r\n\
             Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n{KEY}\r\n\
             Sec-WebSocket-Protocol: deskbell.v1\r\n\r\n"
        );
        let (sender, receiver) = socket::connect(*address, &request).await?;
        let mut frames = Vec::new();
        frame::push(&mut frames, frame::Kind::Text, br#"{"type":"hello"}"#);
        for view in views {
            let watch = format!(r#"{{"type":"watch","conversation":null,"since":0,"view":"{view}"}}"#);
            frame::push(&mut frames, frame::Kind::Text, watch.as_bytes());
        }
        sender.write(&frames).await?;
        // The sender goes with the receiver, which holds the same stream.
        Ok(Console(receiver))
    }
}

impl Console {
    /// Waits for bytes and says how many of these marks were in the frames.
    pub async fn hears(&mut self, mark: &[u8]) -> io::Result<usize> {
        let mut heard = 0;
        self.0
            .next(|payload| {
                heard += memchr::memmem::find_iter(payload, mark).count();
                Ok(())
            })
            .await?;
        Ok(heard)
    }
}

/// One request, and the answer until the end of the connection.
pub async fn exchange(address: SocketAddr, request: &str) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(answer)
}
