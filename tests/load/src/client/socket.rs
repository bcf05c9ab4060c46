//! One client connection, as lean as it goes: a non-blocking socket, a shared read buffer, and a
//! buffer of its own only while a frame is incomplete. Ten thousand of them fit on one core.

use std::{cell::RefCell, io, net::SocketAddr, sync::Arc};

use tokio::net::TcpStream;

use super::frame::{self, Kind};

/// What one read takes at most, and the longest answer to an upgrade.
const READ: usize = 64 * 1024;
const MAX_HEAD: usize = 8 * 1024;

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; READ]);
}

/// The half that writes; it may be used from another thread.
#[derive(Clone)]
pub struct Sender(Arc<TcpStream>);

/// The half that reads. It answers pings by itself.
pub struct Receiver {
    stream: Arc<TcpStream>,
    /// The start of a frame whose end has not come.
    rest: Vec<u8>,
    /// The answer to the upgrade brought more than the answer.
    unread: bool,
}

/// Connects and upgrades with the given request.
pub async fn connect(address: SocketAddr, request: &str) -> io::Result<(Sender, Receiver)> {
    let stream = Arc::new(TcpStream::connect(address).await?);
    stream.set_nodelay(true)?;
    let sender = Sender(stream.clone());
    sender.write(request.as_bytes()).await?;
    let mut receiver = Receiver { stream, rest: Vec::new(), unread: false };
    receiver.read_head().await?;
    Ok((sender, receiver))
}

impl Sender {
    /// Writes all, waiting where the peer's window is full.
    pub async fn write(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            self.0.writable().await?;
            match self.0.try_write(bytes) {
                Ok(written) => bytes = &bytes[written..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Writes all at once or fails: what an open loop does, which waits for nobody.
    pub fn write_now(&self, bytes: &[u8]) -> io::Result<()> {
        match self.0.try_write(bytes)? {
            written if written == bytes.len() => Ok(()),
            _ => Err(io::Error::other("the server does not read")),
        }
    }
}

impl Receiver {
    /// Waits for bytes and hands every whole text frame among them to `each`.
    pub async fn next(&mut self, mut each: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        if !std::mem::take(&mut self.unread) {
            self.stream.readable().await?;
        }
        BUFFER.with_borrow_mut(|buffer| {
            let read = self.try_read(buffer)?;
            if self.rest.is_empty() {
                let used = deliver(&self.stream, &buffer[..read], &mut each)?;
                self.rest.extend_from_slice(&buffer[used..read]);
            } else {
                self.rest.extend_from_slice(&buffer[..read]);
                let used = deliver(&self.stream, &self.rest, &mut each)?;
                self.rest.drain(..used);
            }
            io::Result::Ok(())
        })?;
        if self.rest.is_empty() {
            self.rest = Vec::new();
        }
        Ok(())
    }

    /// Reads what is there; nothing is not an error, the end is.
    fn try_read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.stream.try_read(buffer) {
            Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(0),
            other => other,
        }
    }

    /// Reads the answer to the upgrade; what follows it stays in `rest`.
    async fn read_head(&mut self) -> io::Result<()> {
        let mut buffer = [0; 1024];
        loop {
            self.stream.readable().await?;
            let read = self.try_read(&mut buffer)?;
            self.rest.extend_from_slice(&buffer[..read]);
            if let Some(end) = memchr::memmem::find(&self.rest, b"\r\n\r\n") {
                check_head(&self.rest[..end])?;
                self.rest.drain(..end + 4);
                self.unread = !self.rest.is_empty();
                return Ok(());
            }
            if self.rest.len() > MAX_HEAD {
                return Err(io::Error::other("the answer to the upgrade is too long"));
            }
        }
    }
}

fn check_head(head: &[u8]) -> io::Result<()> {
    if head.starts_with(b"HTTP/1.1 101") {
        return Ok(());
    }
    Err(io::Error::other(format!("no upgrade: {}", String::from_utf8_lossy(head))))
}

/// Hands on every whole frame and says how many bytes they took.
fn deliver(stream: &TcpStream, input: &[u8], each: &mut impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<usize> {
    let mut used = 0;
    while let Some((kind, payload, length)) = frame::first(&input[used..])? {
        used += length;
        match kind {
            Kind::Text => each(payload)?,
            Kind::Pong => {}
            Kind::Ping => {
                let mut pong = Vec::new();
                frame::push(&mut pong, Kind::Pong, payload);
                stream.try_write(&pong)?;
            }
            Kind::Close => return Err(closed(payload)),
        }
    }
    Ok(used)
}

fn closed(payload: &[u8]) -> io::Error {
    let code = payload.iter().take(2).fold(0_u16, |code, byte| code << 8 | u16::from(*byte));
    let reason = String::from_utf8_lossy(payload.get(2..).unwrap_or_default());
    io::Error::other(format!("the server closed the connection: {code} {reason}"))
}
