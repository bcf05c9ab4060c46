//! A WebSocket's bytes: the upgrade, the bounds that hold before a frame is even whole, and which
//! close code a broken stream gets. The tests' echo server is made of the same functions, so that
//! what the conformance suite checks is what the product runs.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use actix_web::error::PayloadError;
use actix_web::web::{Bytes, Payload};
use actix_web::{FromRequest as _, HttpRequest, HttpResponse, dev};
use actix_ws::{AggregatedMessageStream, CloseCode, ProtocolError, Session};
use futures_util::Stream;
use tokio::time::timeout;

use super::protocol::close::CloseReason;
use super::protocol::{MAX_FRAME_BYTES, SUBPROTOCOL};
use crate::config::Limits;
use crate::rate_limit::FrameLimit;

/// How long the close frame is tried.
const CLOSE_WITHIN: Duration = Duration::from_secs(10);
/// Pieces that one message may come in, empty ones not counted: each costs memory until the last.
const MOST_FRAGMENTS: u32 = 4_096;
/// The largest payload of a control frame (RFC 6455 section 5.5).
const CONTROL_BYTES: u64 = 125;

/// Answers the upgrade. Every frame counts against `pace`, also an empty piece of a message.
pub async fn upgrade(
    request: &HttpRequest,
    body: Payload,
    pace: Option<&Limits>,
) -> Result<(HttpResponse, Session, AggregatedMessageStream), actix_web::Error> {
    let pace = pace.map(|limits| (FrameLimit::new(Instant::now()), limits.clone()));
    let guarded: Pin<Box<dyn Stream<Item = Result<Bytes, PayloadError>>>> =
        Box::pin(Guarded::new(body.into_inner(), pace));
    let mut guarded = dev::Payload::Stream { payload: guarded };
    let body = Payload::from_request(request, &mut guarded).await?;
    let (response, sender, stream) = actix_ws::handle_with_protocols(request, body, &[SUBPROTOCOL])?;
    let stream = stream.max_frame_size(MAX_FRAME_BYTES).aggregate_continuations();
    Ok((response, sender, stream.max_continuation_size(MAX_FRAME_BYTES)))
}

/// Says why and ends the connection: what is still read is thrown away.
pub async fn close(sender: Session, reason: CloseReason) {
    let code = CloseCode::from(reason.code());
    let reason = actix_ws::CloseReason { code, description: Some(reason.text().to_owned()) };
    drop(timeout(CLOSE_WITHIN, sender.close(Some(reason))).await);
}

/// Which close code a broken stream gets (RFC 6455 section 7.4.1).
pub fn reason_of(error: &ProtocolError) -> CloseReason {
    match error {
        ProtocolError::Overflow => CloseReason::TooBig,
        ProtocolError::Io(error) => found_by_guard(error).unwrap_or_else(|| match error.kind() {
            io::ErrorKind::InvalidData => CloseReason::NotUtf8,
            _ if error.to_string().contains("continuation size") => CloseReason::TooBig,
            _ => CloseReason::Normal,
        }),
        _ => CloseReason::Protocol,
    }
}

fn found_by_guard(error: &io::Error) -> Option<CloseReason> {
    match error.get_ref()?.downcast_ref()? {
        PayloadError::Io(error) => error.get_ref()?.downcast_ref::<Broken>().map(|broken| broken.0),
        _ => None,
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{}", .0.text())]
struct Broken(CloseReason);

/// The bytes on their way to the codec, which waits for a whole frame before it looks at its length,
/// however long that is: here a frame is refused by its head.
struct Guarded {
    inner: dev::Payload,
    pace: Option<(FrameLimit, Limits)>,
    head: Head,
    /// Bytes of the current frame that are still to come.
    left: u64,
    fragments: u32,
    broken: Option<CloseReason>,
    /// The codec reads until nothing is there, and only then makes frames of it: it is told of the
    /// broken frame one turn after the right ones before it.
    pause: bool,
}

/// The head of a frame as far as it came.
#[derive(Default)]
struct Head {
    bytes: [u8; 10],
    len: usize,
}

impl Head {
    /// Bytes that the head has in all, as far as is known: without the mask, which follows.
    const fn wanted(&self) -> usize {
        if self.len < 2 {
            return 2;
        }
        match self.bytes[1] & 0x7f {
            126 => 4,
            127 => 10,
            _ => 2,
        }
    }

    fn payload(&self) -> u64 {
        let [_, second, a, b, ..] = self.bytes;
        match second & 0x7f {
            126 => u64::from(u16::from_be_bytes([a, b])),
            127 => {
                let mut long = [0; 8];
                long.copy_from_slice(&self.bytes[2..10]);
                u64::from_be_bytes(long)
            }
            short => u64::from(short),
        }
    }

    const fn opcode(&self) -> u8 {
        self.bytes[0] & 0x0f
    }

    /// What is wrong with the frame that begins like this.
    fn check(&self) -> Result<(), CloseReason> {
        let (first, second) = (self.bytes[0], self.bytes[1]);
        let (last, control) = (first & 0x80 != 0, self.opcode() >= 8);
        let payload = self.payload();
        let malformed = first & 0x70 != 0
            || second & 0x80 == 0
            || !matches!(self.opcode(), 0..=2 | 8..=10)
            || (control && (!last || payload > CONTROL_BYTES))
            || payload > i64::MAX.unsigned_abs();
        match malformed {
            true => Err(CloseReason::Protocol),
            false if payload > MAX_FRAME_BYTES as u64 => Err(CloseReason::TooBig),
            false => Ok(()),
        }
    }
}

impl Guarded {
    fn new(inner: dev::Payload, pace: Option<(FrameLimit, Limits)>) -> Self {
        Self { inner, pace, head: Head::default(), left: 0, fragments: 0, broken: None, pause: false }
    }

    /// Follows the frames through these bytes; the error says up to where they may be used.
    fn follow(&mut self, bytes: &[u8]) -> Result<(), (usize, CloseReason)> {
        let (mut at, mut begin) = (0, 0);
        while at < bytes.len() {
            if self.left > 0 {
                let here = usize::try_from(self.left).unwrap_or(usize::MAX).min(bytes.len() - at);
                at += here;
                self.left -= here as u64;
                continue;
            }
            if self.head.len == 0 {
                begin = at;
            }
            self.head.bytes[self.head.len] = bytes[at];
            self.head.len += 1;
            at += 1;
            if self.head.len == self.head.wanted() {
                self.frame().map_err(|reason| (begin, reason))?;
            }
        }
        Ok(())
    }

    /// A head is whole: the mask and the payload follow.
    fn frame(&mut self) -> Result<(), CloseReason> {
        let head = std::mem::take(&mut self.head);
        head.check()?;
        if let Some((limit, limits)) = &mut self.pace
            && !limit.allows(Instant::now(), limits)
        {
            return Err(CloseReason::Rate);
        }
        match head.opcode() {
            0 => self.fragments += u32::from(head.payload() > 0),
            1 | 2 => self.fragments = 0,
            _ => {}
        }
        if self.fragments > MOST_FRAGMENTS {
            return Err(CloseReason::TooBig);
        }
        self.left = 4 + head.payload();
        Ok(())
    }
}

impl Stream for Guarded {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.broken.is_none() {
            let Some(next) = ready!(Pin::new(&mut self.inner).poll_next(cx)) else { return Poll::Ready(None) };
            let bytes = next?;
            let Err((good, reason)) = self.follow(&bytes) else { return Poll::Ready(Some(Ok(bytes))) };
            (self.broken, self.pause) = (Some(reason), true);
            if good > 0 {
                return Poll::Ready(Some(Ok(bytes.slice(..good))));
            }
        }
        if std::mem::take(&mut self.pause) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let reason = self.broken.unwrap_or(CloseReason::Protocol);
        Poll::Ready(Some(Err(PayloadError::Io(io::Error::other(Broken(reason))))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard() -> Guarded {
        Guarded::new(dev::Payload::None, None)
    }

    /// A masked frame.
    fn frame(first: u8, payload: usize) -> Vec<u8> {
        let mut out = vec![first];
        match payload {
            0..126 => out.push(0x80 | u8::try_from(payload).expect("short")),
            126..65_536 => {
                out.push(0xfe);
                out.extend(u16::try_from(payload).expect("short").to_be_bytes());
            }
            _ => {
                out.push(0xff);
                out.extend((payload as u64).to_be_bytes());
            }
        }
        out.extend([0; 4]);
        out.extend(std::iter::repeat_n(b'x', payload));
        out
    }

    #[test]
    fn frames_are_followed_wherever_they_are_cut() {
        let bytes: Vec<u8> =
            [0, 1, 125, 126, 65_535, MAX_FRAME_BYTES].into_iter().flat_map(|payload| frame(0x81, payload)).collect();
        for size in [1, 2, 3, 7, 1_000, bytes.len()] {
            let mut guard = guard();
            for part in bytes.chunks(size) {
                assert_eq!(guard.follow(part), Ok(()), "in parts of {size}");
            }
            assert_eq!((guard.left, guard.head.len), (0, 0));
        }
    }

    #[test]
    fn a_frame_is_refused_by_its_head_and_what_came_before_is_kept() {
        let mut bytes = frame(0x81, 10);
        let good = bytes.len();
        bytes.extend(&frame(0x81, MAX_FRAME_BYTES + 1)[..10]);
        assert_eq!(guard().follow(&bytes), Err((good, CloseReason::TooBig)));
        for (broken, what) in [
            (vec![0xc1, 0x80], "a reserved bit"),
            (vec![0x83, 0x80], "a reserved opcode"),
            (vec![0x81, 0x00], "no mask"),
            (vec![0x09, 0x80], "a ping in pieces"),
            (vec![0x89, 0xfe, 0, 126], "a long ping"),
            (vec![0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0], "a negative length"),
        ] {
            assert_eq!(guard().follow(&broken), Err((0, CloseReason::Protocol)), "{what}");
        }
    }

    #[test]
    fn a_message_may_not_come_in_crumbs() {
        let mut guard = guard();
        assert_eq!(guard.follow(&frame(0x01, 1)), Ok(()));
        for _ in 0..MOST_FRAGMENTS {
            assert_eq!(guard.follow(&frame(0x00, 1)), Ok(()));
            assert_eq!(guard.follow(&frame(0x00, 0)), Ok(()), "empty ones cost nothing");
        }
        assert_eq!(guard.follow(&frame(0x00, 1)), Err((0, CloseReason::TooBig)));
    }

    #[test]
    fn every_frame_counts() {
        let limits = Limits { frames_per_second: 1, frames_burst: 3, ..Limits::default() };
        let mut guard = Guarded::new(dev::Payload::None, Some((FrameLimit::new(Instant::now()), limits)));
        let flood: Vec<u8> = [frame(0x01, 0), frame(0x00, 0), frame(0x00, 0), frame(0x00, 0)].concat();
        assert_eq!(guard.follow(&flood), Err((18, CloseReason::Rate)));
    }
}
