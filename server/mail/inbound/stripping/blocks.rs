//! Blocks that programs put into plain text: files of uuencode, and the frame of a signature by OpenPGP (RFC 9580,
//! section 7). What is in such a block is for programs; the words between them stay.

/// First line of what OpenPGP signed as text.
const SIGNED: &str = "-----BEGIN PGP SIGNED MESSAGE-----";
/// First line of the signature under it.
const SIGNATURE: &str = "-----BEGIN PGP SIGNATURE-----";
/// Its last line.
const SIGNATURE_ENDS: &str = "-----END PGP SIGNATURE-----";

/// The text without such blocks.
pub fn without(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().map(|line| line.trim_end_matches('\r')).collect();
    while let Some((start, end)) = encoded_file(&lines) {
        lines.drain(start..=end);
    }
    unsigned(&lines).join("\n")
}

/// The first file: from `begin 644 name` to `end`, with nothing but its lines between.
fn encoded_file(lines: &[&str]) -> Option<(usize, usize)> {
    let begins = |line: &str| {
        let mut words = line.splitn(3, ' ');
        let mode = |word: &str| (3..=4).contains(&word.len()) && word.chars().all(|c| ('0'..='7').contains(&c));
        words.next() == Some("begin") && words.next().is_some_and(mode) && words.next().is_some()
    };
    let start = lines.iter().position(|line| begins(line))?;
    let count = lines[start + 1..].iter().position(|line| *line == "end")?;
    let data = &lines[start + 1..start + 1 + count];
    let coded = |line: &&str| line.is_empty() || line.bytes().all(|byte| (b' '..=b'`').contains(&byte));
    data.iter().all(coded).then_some((start, start + 1 + count))
}

/// What was signed, without the frame: its header, the dashes before dashes, and the signature.
fn unsigned<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    let at = |wanted: &str| lines.iter().position(|line| line.trim_end() == wanted);
    let (Some(start), Some(signature), Some(end)) = (at(SIGNED), at(SIGNATURE), at(SIGNATURE_ENDS)) else {
        return lines.to_vec();
    };
    let Some(head) = lines[start..].iter().position(|line| line.trim().is_empty()) else { return lines.to_vec() };
    let text = start + head + 1;
    if text > signature || signature > end {
        return lines.to_vec();
    }
    let plain = lines[text..signature].iter().map(|line| line.strip_prefix("- ").unwrap_or(line));
    lines[..start].iter().copied().chain(plain).chain(lines[end + 1..].iter().copied()).collect()
}
