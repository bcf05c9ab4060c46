//! The side that makes the load: sockets, what is said over them, and who says it. It parses no
//! more than it must, so that its own cost does not hide the server's.

mod console;
mod frame;
mod identity;
mod socket;
mod wire;

pub use console::{Agent, exchange};
pub use identity::{MessageIds, Visitor, fresh_seed};
pub use wire::{Event, ORIGIN, Visit, Wire, markers, words};

use std::{io, net::SocketAddr, time::Duration};

use tokio::time::timeout;

use socket::{Receiver, Sender};

/// How long one step of a set-up may take.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Where the server is and how it is spoken to.
#[derive(Clone)]
pub struct Target {
    pub address: SocketAddr,
    pub wire: Wire,
}

/// A visitor who is connected and was welcomed.
pub struct Client {
    pub voice: Voice,
    receiver: Receiver,
    visit: Visit,
}

/// The part of a visitor that speaks; it may be used from another thread.
#[derive(Clone)]
pub struct Voice {
    sender: Sender,
    wire: Wire,
}

impl Target {
    /// Connects and says hello; returns after the welcome. `seen` gets every event up to it.
    pub async fn join(&self, visit: Visit, mut seen: impl FnMut(&Event<'_>)) -> io::Result<Client> {
        let request = self.wire.upgrade(self.address, &visit);
        let (sender, receiver) = socket::connect(self.address, &request).await?;
        if let Some(hello) = self.wire.hello(&visit) {
            sender.write(&text(hello.as_bytes())).await?;
        }
        let mut client = Client { voice: Voice { sender, wire: self.wire.clone() }, receiver, visit };
        let mut welcome = false;
        while !welcome {
            client
                .next(|event| {
                    welcome |= matches!(event, Event::Welcome(_));
                    seen(&event);
                })
                .await?;
        }
        Ok(client)
    }
}

impl Client {
    /// Waits for frames, answers what the transport wants answered, and hands on the rest.
    /// A refusal is an error: the benchmark sends nothing that may be refused.
    pub async fn next(&mut self, mut each: impl FnMut(Event<'_>)) -> io::Result<()> {
        let Self { voice: Voice { sender, wire }, receiver, visit } = self;
        receiver
            .next(|payload| match wire.read(payload) {
                Event::Opened => sender.write_now(&text(wire.enter(visit).as_bytes())),
                Event::Reply(reply) => sender.write_now(&text(reply.as_bytes())),
                Event::Refused(frame) => Err(refused(frame)),
                event => {
                    each(event);
                    Ok(())
                }
            })
            .await
    }

    /// Sends one message and waits until it is acknowledged.
    pub async fn tell(&mut self, ids: &MessageIds, words: &str) -> io::Result<()> {
        let mut frame = Vec::new();
        self.voice.push_message(&mut frame, ids, words);
        self.voice.write(&frame).await?;
        let mut acknowledged = false;
        while !acknowledged {
            self.next(|event| acknowledged |= event == Event::Ack).await?;
        }
        Ok(())
    }

    /// Reads until the connection ends or the task is dropped, for those who only have to be there.
    pub async fn idle(mut self) -> io::Result<()> {
        loop {
            self.next(|_| {}).await?;
        }
    }
}

impl Voice {
    /// Appends one message to what will be written.
    pub fn push_message(&self, out: &mut Vec<u8>, ids: &MessageIds, words: &str) {
        let payload = self.wire.message(ids.next(), words);
        frame::push(out, frame::Kind::Text, payload.as_bytes());
    }

    /// Writes frames, waiting where the server does not read.
    pub async fn write(&self, frames: &[u8]) -> io::Result<()> {
        self.sender.write(frames).await
    }

    /// Writes frames at once or fails.
    pub fn write_now(&self, frames: &[u8]) -> io::Result<()> {
        self.sender.write_now(frames)
    }
}

/// Fails what takes longer than any set-up should.
pub async fn patiently<T>(what: &str, work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    let result = timeout(PATIENCE, work).await;
    result.map_err(|_| io::Error::other(format!("{what} took longer than {PATIENCE:?}")))?
}

fn text(payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(payload.len() + 8);
    frame::push(&mut out, frame::Kind::Text, payload);
    out
}

fn refused(frame: &[u8]) -> io::Error {
    io::Error::other(format!("refused: {}", String::from_utf8_lossy(frame)))
}
