//! The few parts of RFC 6455 that a load generator needs: masked text out, unmasked frames in.
//! No fragments, no extensions; a frame that needs either is an error.

use std::io;

/// The mask of every frame sent. Any mask costs the server the same, so one will do.
const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// What a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Ping,
    Pong,
    Close,
}

/// Appends one masked frame.
pub fn push(out: &mut Vec<u8>, kind: Kind, payload: &[u8]) {
    out.push(0x80 | opcode(kind));
    match u16::try_from(payload.len()) {
        Ok(length) if length < 126 => out.push(0x80 | length as u8),
        Ok(length) => {
            out.push(0x80 | 126);
            out.extend_from_slice(&length.to_be_bytes());
        }
        Err(_) => {
            out.push(0x80 | 127);
            out.extend_from_slice(&(payload.len() as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(&MASK);
    out.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
}

/// Takes the first whole frame off `input`: its kind, its payload, and what it took altogether.
pub fn first(input: &[u8]) -> io::Result<Option<(Kind, &[u8], usize)>> {
    let [head, length, ..] = *input else {
        return Ok(None);
    };
    let (header, length): (usize, usize) = match length {
        126 => match input.get(2..4) {
            Some(bytes) => (4, bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte))),
            None => return Ok(None),
        },
        127 => match input.get(2..10) {
            Some(bytes) => (10, bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte))),
            None => return Ok(None),
        },
        short if short < 126 => (2, usize::from(short)),
        _ => return Err(io::Error::other("the server sent a masked frame")),
    };
    let kind = kind(head)?;
    let end = header.saturating_add(length);
    Ok(input.get(header..end).map(|payload| (kind, payload, end)))
}

fn opcode(kind: Kind) -> u8 {
    match kind {
        Kind::Text => 1,
        Kind::Close => 8,
        Kind::Ping => 9,
        Kind::Pong => 10,
    }
}

fn kind(head: u8) -> io::Result<Kind> {
    match head {
        0x81 => Ok(Kind::Text),
        0x88 => Ok(Kind::Close),
        0x89 => Ok(Kind::Ping),
        0x8a => Ok(Kind::Pong),
        other => Err(io::Error::other(format!("the server sent a frame that starts with {other:#x}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unmasked(kind: Kind, payload: &[u8]) -> Vec<u8> {
        let mut frame = Vec::new();
        push(&mut frame, kind, payload);
        let header = frame.len() - payload.len() - MASK.len();
        frame.drain(header..header + MASK.len());
        frame[1] &= 0x7f;
        for (byte, mask) in frame[header..].iter_mut().zip(MASK.iter().cycle()) {
            *byte ^= mask;
        }
        frame
    }

    #[test]
    fn a_frame_of_any_length_comes_back() {
        for length in [0, 1, 125, 126, 127, 65_535, 65_536, 70_000] {
            let payload: Vec<u8> = (0..length).map(|at| at as u8).collect();
            let frame = unmasked(Kind::Text, &payload);
            assert_eq!(first(&frame).unwrap(), Some((Kind::Text, payload.as_slice(), frame.len())));
        }
    }

    #[test]
    fn a_part_of_a_frame_is_not_a_frame() {
        for length in [3, 300, 70_000] {
            let frame = unmasked(Kind::Text, &vec![b'x'; length]);
            for end in [0, 1, 2, 3, 9, frame.len() - 1] {
                assert_eq!(first(&frame[..end.min(frame.len() - 1)]).unwrap(), None);
            }
        }
    }

    #[test]
    fn fragments_are_refused() {
        assert!(first(&[0x01, 0x00]).is_err());
    }
}
