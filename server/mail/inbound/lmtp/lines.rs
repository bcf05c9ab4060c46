//! Lines of a connection, within limits. Commands end with CR LF and with nothing else; the text of a mail ends
//! with CR LF, a dot and CR LF and with nothing else, so that nobody can smuggle a second mail into a first.

use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::mail::inbound::MOST_BYTES;

/// Bytes of a command at most, its end among them (RFC 5321, 4.5.3.1.4, with room for parameters).
const MOST_LINE: usize = 2_048;
/// How long a command may take (RFC 5321, 4.5.3.2.7).
const COMMAND_WITHIN: Duration = Duration::from_secs(5 * 60);
/// How long the text of a mail may take.
const TEXT_WITHIN: Duration = Duration::from_secs(10 * 60);
/// How long an answer may take to be read.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);

/// Why a line cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Odd {
    /// It is too long.
    TooLong,
    /// It does not end with CR LF.
    BareEnd,
}

/// The text of a mail.
pub enum Text {
    /// As it came, its dots taken away.
    Whole(Vec<u8>),
    /// Beyond the limit: read to its end, and thrown away.
    TooBig,
}

/// A connection.
pub struct Lines {
    stream: BufReader<TcpStream>,
}

impl Lines {
    /// Over a stream.
    pub fn new(stream: TcpStream) -> Self {
        Self { stream: BufReader::new(stream) }
    }

    /// The next command, without its end; none when the peer is gone.
    ///
    /// # Errors
    /// Of the connection, or that it took too long.
    pub async fn command(&mut self) -> std::io::Result<Option<Result<Vec<u8>, Odd>>> {
        let mut line = Vec::new();
        let mut limited = (&mut self.stream).take(MOST_LINE as u64);
        timeout(COMMAND_WITHIN, limited.read_until(b'\n', &mut line)).await??;
        if line.is_empty() {
            return Ok(None);
        }
        if !line.ends_with(b"\n") {
            return Ok(if line.len() == MOST_LINE { Some(Err(Odd::TooLong)) } else { None });
        }
        Ok(Some(line.strip_suffix(b"\r\n").map(<[u8]>::to_vec).ok_or(Odd::BareEnd)))
    }

    /// The text of a mail, up to its dot; none when the peer is gone before it.
    ///
    /// # Errors
    /// Of the connection, or that it took too long.
    pub async fn text(&mut self) -> std::io::Result<Option<Text>> {
        timeout(TEXT_WITHIN, self.read_text()).await?
    }

    async fn read_text(&mut self) -> std::io::Result<Option<Text>> {
        let (mut text, mut line) = (Vec::new(), Vec::new());
        // A long line comes in pieces, of which one may end between CR and LF.
        let (mut too_big, mut at_start, mut after_cr) = (false, true, false);
        loop {
            line.clear();
            // What has no end of line for so long is read in pieces.
            let mut limited = (&mut self.stream).take(64 * 1_024);
            if limited.read_until(b'\n', &mut line).await? == 0 {
                return Ok(None);
            }
            if at_start && line == b".\r\n" {
                return Ok(Some(if too_big { Text::TooBig } else { Text::Whole(text) }));
            }
            let dotted = at_start && line.starts_with(b".");
            at_start = line.ends_with(b"\r\n") || (line == b"\n" && after_cr);
            after_cr = line.ends_with(b"\r");
            let line = if dotted { &line[1..] } else { &line[..] };
            if text.len() + line.len() > MOST_BYTES {
                (too_big, text) = (true, Vec::new());
            }
            if !too_big {
                text.extend_from_slice(line);
            }
        }
    }

    /// Writes answers.
    ///
    /// # Errors
    /// Of the connection, or that it took too long.
    pub async fn answer(&mut self, text: &str) -> std::io::Result<()> {
        let write = async {
            self.stream.get_mut().write_all(text.as_bytes()).await?;
            self.stream.get_mut().flush().await
        };
        timeout(ANSWER_WITHIN, write).await?
    }
}
