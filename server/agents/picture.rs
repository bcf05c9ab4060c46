//! An agent's picture: what kind of image the bytes are, how large it would be, and the same image without
//! what cameras and programs write into files (places, names, times). Nothing here decodes an image: heads and
//! chunks are read, so that a small file cannot become a large one. What is not exactly one of the three kinds
//! is refused, also where it begins like one.

/// The largest file, in bytes.
pub const MOST_BYTES: usize = 512 * 1024;
/// The longest side, in pixels.
pub const MOST_PIXELS: u32 = 2_048;

/// A picture as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// `image/png`, `image/jpeg` or `image/webp`, by its bytes.
    pub mime: &'static str,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// The file, without what says more than the image.
    pub bytes: Vec<u8>,
}

/// Why a file is no picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoPicture {
    /// There is no file.
    Missing,
    /// More than [`MOST_BYTES`].
    TooBig,
    /// Another kind of file, or a broken one, or one with something behind its end.
    Kind,
    /// A side beyond [`MOST_PIXELS`], or none.
    Sides,
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

impl Picture {
    /// Reads a file.
    pub fn parse(file: &[u8]) -> Result<Self, NoPicture> {
        if file.is_empty() {
            return Err(NoPicture::Missing);
        }
        if file.len() > MOST_BYTES {
            return Err(NoPicture::TooBig);
        }
        let read = if file.starts_with(PNG) {
            png(file)
        } else if file.starts_with(b"\xff\xd8\xff") {
            jpeg(file)
        } else {
            webp(file)
        };
        let picture = read.ok_or(NoPicture::Kind)?;
        let fits = |side| (1..=MOST_PIXELS).contains(&side);
        if fits(picture.width) && fits(picture.height) { Ok(picture) } else { Err(NoPicture::Sides) }
    }
}

fn u16_be(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?)))
}

fn u32_be(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn u32_le(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn u24_le(bytes: &[u8], at: usize) -> Option<u32> {
    let part = bytes.get(at..at + 3)?;
    Some(u32::from_le_bytes([part[0], part[1], part[2], 0]))
}

/// Chunks from IHDR to IEND, and nothing behind it (RFC 2083). Only those that the image needs are kept.
fn png(file: &[u8]) -> Option<Picture> {
    const KEPT: [&[u8; 4]; 11] =
        [b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"pHYs"];
    let mut bytes = PNG.to_vec();
    let (mut at, mut sides, mut drawn) = (PNG.len(), None, false);
    loop {
        let length = usize::try_from(u32_be(file, at)?).ok()?;
        let end = at.checked_add(12)?.checked_add(length)?;
        let (kind, chunk) = (file.get(at + 4..at + 8)?, file.get(at..end)?);
        match (kind, sides) {
            (b"IHDR", None) if length == 13 => sides = Some((u32_be(file, at + 8)?, u32_be(file, at + 12)?)),
            (b"IHDR", _) | (_, None) => return None,
            _ => drawn |= kind == b"IDAT",
        }
        if KEPT.iter().any(|kept| kept.as_slice() == kind) {
            bytes.extend_from_slice(chunk);
        }
        at = end;
        if kind == b"IEND" {
            break;
        }
    }
    let (width, height) = sides.filter(|_| drawn && at == file.len())?;
    Some(Picture { mime: "image/png", width, height, bytes })
}

/// Segments up to the image's data, which ends the file (ITU T.81). Of what applications write, the frame's
/// head and Adobe's colours are kept, and of Exif which way is up.
fn jpeg(file: &[u8]) -> Option<Picture> {
    let mut bytes = file.get(..2)?.to_vec();
    let (mut at, mut sides) = (2, None);
    loop {
        let (mark, kind) = (*file.get(at)?, *file.get(at + 1)?);
        let length = usize::try_from(u16_be(file, at + 2)?).ok().filter(|length| *length >= 2)?;
        let segment = file.get(at..at + 2 + length).filter(|_| mark == 0xff)?;
        match kind {
            0xe1 => bytes.extend(orientation(segment).map(upright).unwrap_or_default()),
            0xe2..=0xed | 0xef | 0xfe => {}
            0xc0..=0xcf if !matches!(kind, 0xc4 | 0xc8 | 0xcc) => {
                sides = Some((u16_be(segment, 7)?, u16_be(segment, 5)?));
                bytes.extend_from_slice(segment);
            }
            0xda => break,
            0xc4 | 0xcc | 0xdb | 0xdd | 0xe0 | 0xee => bytes.extend_from_slice(segment),
            _ => return None,
        }
        at += 2 + length;
    }
    let (width, height) = sides.filter(|_| file.ends_with(b"\xff\xd9"))?;
    bytes.extend_from_slice(&file[at..]);
    Some(Picture { mime: "image/jpeg", width, height, bytes })
}

/// Which way is up, 1 to 8, of an Exif segment.
fn orientation(segment: &[u8]) -> Option<u8> {
    let tiff = segment.get(4..)?.strip_prefix(b"Exif\0\0")?;
    let little = tiff.starts_with(b"II");
    let short = |at: usize| {
        let pair: [u8; 2] = tiff.get(at..at + 2)?.try_into().ok()?;
        Some(if little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) })
    };
    let first = usize::try_from(if little { u32_le(tiff, 4)? } else { u32_be(tiff, 4)? }).ok()?;
    let entries = usize::from(short(first)?);
    let entry = (0..entries).map(|n| first.saturating_add(2 + 12 * n)).find(|at| short(*at) == Some(0x0112))?;
    u8::try_from(short(entry + 8)?).ok().filter(|value| (1..=8).contains(value))
}

/// An Exif segment that says which way is up, and nothing else.
fn upright(value: u8) -> Vec<u8> {
    let mut segment = b"\xff\xe1\0\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    segment.extend([value, 0, 0, 0, 0, 0, 0]);
    segment
}

/// Chunks of one RIFF that is the file (RFC 9649). What is not the image, its colours or its motion is left out.
fn webp(file: &[u8]) -> Option<Picture> {
    let inner = usize::try_from(u32_le(file, 4)?).ok()?;
    if !file.starts_with(b"RIFF") || file.get(8..12)? != b"WEBP" || inner.checked_add(8)? != file.len() {
        return None;
    }
    let (mut chunks, mut at, mut sides, mut drawn) = (Vec::new(), 12, None, false);
    while at < file.len() {
        let length = usize::try_from(u32_le(file, at + 4)?).ok()?;
        let end = at.checked_add(8)?.checked_add(length)?.checked_add(length % 2)?;
        let (kind, chunk) = (file.get(at..at + 4)?, file.get(at..end)?);
        let found = match kind {
            b"VP8X" => Some((u24_le(chunk, 12)? + 1, u24_le(chunk, 15)? + 1)),
            b"VP8 " if chunk.get(11..14)? == b"\x9d\x01\x2a" => {
                let side =
                    |at: usize| Some(u32::from(u16::from_le_bytes(chunk.get(at..at + 2)?.try_into().ok()?)) & 0x3fff);
                Some((side(14)?, side(16)?))
            }
            b"VP8L" if chunk.get(8)? == &0x2f => {
                let bits = u32_le(chunk, 9)?;
                Some(((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1))
            }
            b"ALPH" | b"ANIM" | b"ANMF" | b"ICCP" => None,
            // What says more than the image, and what nobody knows.
            _ => {
                at = end;
                continue;
            }
        };
        drawn |= matches!(kind, b"VP8 " | b"VP8L" | b"ANMF");
        sides = sides.or(found);
        let from = chunks.len();
        chunks.extend_from_slice(chunk);
        if kind == b"VP8X" {
            // It does not promise Exif and XMP any more.
            *chunks.get_mut(from + 8)? &= !0x0c;
        }
        at = end;
    }
    let (width, height) = sides.filter(|_| drawn)?;
    let mut bytes = b"RIFF".to_vec();
    bytes.extend_from_slice(&u32::try_from(chunks.len() + 4).ok()?.to_le_bytes());
    bytes.extend_from_slice(b"WEBP");
    bytes.extend_from_slice(&chunks);
    Some(Picture { mime: "image/webp", width, height, bytes })
}

#[cfg(test)]
#[path = "picture_tests.rs"]
mod tests;
