//! Bytes by hand: WebSocket frames and HTTP requests that no library would send.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::socket::PATIENCE;

/// The first byte of a whole text frame.
pub const TEXT: u8 = 0x81;
/// The first byte of the first piece of a text.
pub const FIRST: u8 = 0x01;
/// The first byte of a piece in the middle.
pub const MIDDLE: u8 = 0x00;
/// The first byte of the last piece.
pub const LAST: u8 = 0x80;

/// A frame as a client sends it, under a mask of zeros.
pub fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut out = head(first, payload.len() as u64);
    out.extend(payload);
    out
}

/// The head of a frame that announces so many bytes.
pub fn head(first: u8, length: u64) -> Vec<u8> {
    let mut out = vec![first];
    match length {
        0..126 => out.push(0x80 | length.to_be_bytes()[7]),
        126..65_536 => {
            out.push(0xfe);
            out.extend(&length.to_be_bytes()[6..]);
        }
        _ => {
            out.push(0xff);
            out.extend(length.to_be_bytes());
        }
    }
    out.extend([0; 4]);
    out
}

/// What a server answers to these bytes until it hangs up.
pub async fn answer_to(address: SocketAddr, request: &[u8]) -> String {
    let mut tcp = TcpStream::connect(address).await.expect("a connection");
    tcp.write_all(request).await.expect("sent");
    let mut answer = Vec::new();
    let read = tokio::time::timeout(PATIENCE, tcp.read_to_end(&mut answer)).await;
    drop(read.expect("the server hangs up"));
    String::from_utf8_lossy(&answer).into_owned()
}
