//! What is said to whom: Deskbell's live protocol, the plain JSON of the bare relays, and the part of
//! engine.io 4 and socket.io 5 that the socket.io relay needs. Frames are told apart by their first
//! bytes, never parsed.

use std::{net::SocketAddr, sync::Arc};

use memchr::memmem;
use uuid::Uuid;

use super::identity::Visitor;

/// The origin that the benchmark's site allows.
pub const ORIGIN: &str = "http://bench.example";

/// Every upgrade sends the same key; the answer to it is not looked at.
const KEY: &str = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";

/// How a server is spoken to.
#[derive(Debug, Clone)]
pub enum Wire {
    Deskbell { site_key: Arc<str> },
    Plain,
    SocketIo,
}

/// Who comes, and from where on they have not seen their conversation.
#[derive(Debug, Clone, Copy)]
pub struct Visit {
    pub visitor: Visitor,
    pub since: u32,
}

/// What a frame from a server says.
#[derive(Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// The session stands; a relay's welcome carries what was missed.
    Welcome(&'a [u8]),
    /// One message is durable.
    Ack,
    /// Messages of the conversation.
    Messages(&'a [u8]),
    /// The server did not do what was asked.
    Refused(&'a [u8]),
    /// The transport stands, and wants to be told who comes.
    Opened,
    /// The transport wants this answer.
    Reply(&'static str),
    Other,
}

impl Wire {
    /// The request that asks for the WebSocket.
    pub fn upgrade(&self, address: SocketAddr, visit: &Visit) -> String {
        let (path, more) = match self {
            Self::Deskbell { site_key } => (
                format!("/v1/live?site={site_key}"),
                format!("Origin: {ORIGIN}\r\nSec-WebSocket-Protocol: deskbell.v1\r\n"),
            ),
            Self::Plain => (format!("/?room={}&since={}", visit.visitor.room, visit.since), String::new()),
            Self::SocketIo => ("/socket.io/?EIO=4&transport=websocket".to_owned(), String::new()),
        };
        format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\n{KEY}\r\n{more}\r\n"
        )
    }

    /// What the client says first.
    pub fn hello(&self, visit: &Visit) -> Option<String> {
        match self {
            Self::Deskbell { .. } => Some(format!(
                r#"{{"type":"hello","token":"{}","conversation":null,"since":{},"locale":"en"}}"#,
                visit.visitor.token(),
                visit.since
            )),
            Self::Plain | Self::SocketIo => None,
        }
    }

    /// What socket.io wants to hear once its transport is open.
    pub fn enter(&self, visit: &Visit) -> String {
        format!(r#"40{{"room":"{}","since":{}}}"#, visit.visitor.room, visit.since)
    }

    /// One message.
    pub fn message(&self, id: Uuid, words: &str) -> String {
        match self {
            Self::Deskbell { .. } => format!(r#"{{"type":"send","id":"{id}","text":"{words}"}}"#),
            Self::Plain => format!(r#"{{"id":"{id}","text":"{words}"}}"#),
            Self::SocketIo => format!(r#"421["send",{{"id":"{id}","text":"{words}"}}]"#),
        }
    }

    /// Tells frames apart.
    pub fn read<'a>(&self, frame: &'a [u8]) -> Event<'a> {
        match self {
            Self::SocketIo => read_socket_io(frame),
            Self::Deskbell { .. } | Self::Plain => match frame.strip_prefix(br#"{"type":""#).and_then(word) {
                Some(b"ack") => Event::Ack,
                Some(b"changes" | b"message") => Event::Messages(frame),
                Some(b"welcome") => Event::Welcome(frame),
                Some(b"nack" | b"reconnect") => Event::Refused(frame),
                _ => Event::Other,
            },
        }
    }
}

/// Words that carry a number which `markers` finds again, of the length that people write.
pub fn words(number: u32) -> String {
    format!("#{number:09} Is the blue one in stock again, and when would it ship?")
}

/// The numbers of all messages in a frame.
pub fn markers(frame: &[u8]) -> impl Iterator<Item = u32> {
    const MARK: &[u8] = br##""text":"#"##;
    memmem::find_iter(frame, MARK).filter_map(|at| {
        let digits = frame.get(at + MARK.len()..at + MARK.len() + 9)?;
        std::str::from_utf8(digits).ok()?.parse().ok()
    })
}

fn word(frame: &[u8]) -> Option<&[u8]> {
    memchr::memchr(b'"', frame).map(|end| &frame[..end])
}

/// Engine.io's packet type is the first byte, socket.io's the second.
fn read_socket_io(frame: &[u8]) -> Event<'_> {
    match frame {
        [b'0', ..] => Event::Opened,
        [b'2'] => Event::Reply("3"),
        [b'4', b'3', ..] => Event::Ack,
        [b'4', b'4', ..] | [b'4', b'1', ..] => Event::Refused(frame),
        [b'4', b'2', rest @ ..] if rest.starts_with(br#"["message""#) => Event::Messages(frame),
        [b'4', b'2', rest @ ..] if rest.starts_with(br#"["welcome""#) => Event::Welcome(frame),
        _ => Event::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_told_apart() {
        let deskbell = Wire::Deskbell { site_key: "k".into() };
        assert_eq!(deskbell.read(br#"{"type":"ack","id":"x","rev":3}"#), Event::Ack);
        assert_eq!(deskbell.read(br#"{"type":"pong","at":1}"#), Event::Other);
        assert!(matches!(deskbell.read(br#"{"type":"changes","from":1}"#), Event::Messages(_)));
        assert!(matches!(deskbell.read(br#"{"type":"nack","problem":{}}"#), Event::Refused(_)));
        assert_eq!(Wire::SocketIo.read(b"2"), Event::Reply("3"));
        assert_eq!(Wire::SocketIo.read(br#"431[{"id":"x"}]"#), Event::Ack);
        assert!(matches!(Wire::SocketIo.read(br#"42["welcome",{}]"#), Event::Welcome(_)));
    }

    #[test]
    fn a_message_is_found_again_wherever_it_stands() {
        let text =
            format!(r#"{{"messages":[{{"text":"{}"}},{{"text":"hello"}},{{"text":"{}"}}]}}"#, words(7), words(8));
        assert_eq!(markers(text.as_bytes()).collect::<Vec<_>>(), [7, 8]);
    }
}
