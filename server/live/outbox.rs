//! What a live session is still to be sent: bounded, filled by whoever has something to say, emptied
//! by the session's own task. Nobody waits for a slow peer.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::Poll;

use actix_web::web::Bytes;
use bytestring::ByteString;
use futures_util::task::AtomicWaker;

use super::protocol::close::CloseReason;
use super::wakes::{self, Home};
use crate::conversations::Change;

/// One thing to send.
pub enum Out {
    /// A frame, ready.
    Frame(ByteString),
    /// A change, put into a frame by the session's task, so that whoever publishes only hands on.
    Change {
        /// Shared by all who are told.
        change: Arc<Change>,
        /// The rev that this session was last sent.
        from: i64,
    },
    /// The answer to a WebSocket ping.
    Pong(Bytes),
}

/// What the session's task does next.
pub enum Next {
    /// Send this.
    Out(Out),
    /// Close; nothing is left to send.
    Close(CloseReason),
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Out>,
    bytes: usize,
    closing: Option<CloseReason>,
}

/// The queue of one session.
pub struct Outbox {
    queue: Mutex<Queue>,
    waker: AtomicWaker,
    /// The thread of the session's task.
    home: OnceLock<Home>,
    most_frames: usize,
    most_bytes: usize,
}

impl Outbox {
    /// An empty one; beyond either bound the session is closed as a slow consumer.
    pub fn new(most_frames: usize, most_bytes: usize) -> Self {
        Self { queue: Mutex::default(), waker: AtomicWaker::new(), home: OnceLock::new(), most_frames, most_bytes }
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds something. Over the bound, what waits is dropped and the session is closed with 4101;
    /// the client comes back and catches up by rev.
    pub fn push(&self, out: Out) {
        let mut queue = self.lock();
        if queue.closing.is_some() {
            return;
        }
        queue.bytes += weight(&out);
        queue.waiting.push_back(out);
        if queue.waiting.len() > self.most_frames || queue.bytes > self.most_bytes {
            queue.waiting = VecDeque::new();
            queue.closing = Some(CloseReason::SlowConsumer);
        }
        drop(queue);
        self.wake();
    }

    fn wake(&self) {
        let Some(waker) = self.waker.take() else { return };
        match self.home.get() {
            Some(home) => wakes::wake(home, waker),
            None => waker.wake(),
        }
    }

    /// Closes once what waits is sent. The first reason stays.
    pub fn close(&self, reason: CloseReason) {
        self.lock().closing.get_or_insert(reason);
        self.wake();
    }

    /// Whether it is being closed.
    pub fn closing(&self) -> Option<CloseReason> {
        self.lock().closing
    }

    /// The next thing, if one waits now.
    pub fn try_next(&self) -> Option<Next> {
        let mut queue = self.lock();
        if let Some(out) = queue.waiting.pop_front() {
            queue.bytes = queue.bytes.saturating_sub(weight(&out));
            if queue.waiting.is_empty() {
                // An idle session keeps no buffer.
                queue.waiting = VecDeque::new();
            }
            return Some(Next::Out(out));
        }
        queue.closing.map(Next::Close)
    }

    /// Waits for the next thing. One task at a time waits here.
    pub async fn next(&self) -> Next {
        self.home.get_or_init(Home::here);
        poll_fn(|cx| {
            if let Some(next) = self.try_next() {
                return Poll::Ready(next);
            }
            self.waker.register(cx.waker());
            self.try_next().map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }

    /// Waits until the session is found slow, for the task that is stuck in a send.
    pub async fn found_slow(&self) {
        let slow = || self.closing() == Some(CloseReason::SlowConsumer);
        poll_fn(|cx| {
            self.waker.register(cx.waker());
            if slow() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await
    }
}

fn weight(out: &Out) -> usize {
    match out {
        Out::Frame(frame) => frame.len(),
        Out::Change { change, .. } => change.weight(),
        Out::Pong(bytes) => bytes.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_outbox_closes_its_session_and_keeps_nothing() {
        let outbox = Outbox::new(3, 1_000);
        for _ in 0..3 {
            outbox.push(Out::Frame("x".into()));
        }
        assert!(outbox.closing().is_none());
        outbox.push(Out::Frame("x".into()));
        assert!(matches!(outbox.try_next(), Some(Next::Close(CloseReason::SlowConsumer))));
    }

    #[test]
    fn bytes_are_bounded_too() {
        let outbox = Outbox::new(100, 10);
        outbox.push(Out::Frame("12345".into()));
        outbox.push(Out::Frame("1234567".into()));
        assert_eq!(outbox.closing(), Some(CloseReason::SlowConsumer));
    }

    #[test]
    fn what_waits_is_sent_before_the_close() {
        let outbox = Outbox::new(3, 1_000);
        outbox.push(Out::Frame("last".into()));
        outbox.close(CloseReason::Restart);
        outbox.push(Out::Frame("too late".into()));
        assert!(matches!(outbox.try_next(), Some(Next::Out(Out::Frame(frame))) if frame == "last"));
        assert!(matches!(outbox.try_next(), Some(Next::Close(CloseReason::Restart))));
    }
}
