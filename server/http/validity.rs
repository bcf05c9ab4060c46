//! From when until when a certificate holds: the one thing that the TLS library does not tell. Reads
//! just as much DER (X.690, RFC 5280) as leads there, and gives up at anything that is odd.

use chrono::NaiveDateTime;

use crate::clock::Timestamp;

/// The time in which a certificate holds, to the second, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Validity {
    pub from: Timestamp,
    pub until: Timestamp,
}

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
/// An element longer than this is no certificate's.
const MOST_LENGTH_BYTES: usize = 3;

/// The validity of a certificate in DER; none if it cannot be read.
pub(super) fn validity(certificate: &[u8]) -> Option<Validity> {
    let (_, certificate, _) = element(certificate)?;
    let (_, mut signed, _) = element(certificate)?;
    if signed.first() == Some(&VERSION) {
        signed = element(signed)?.2;
    }
    // Serial number, algorithm, issuer; then the validity.
    for _ in 0..3 {
        signed = element(signed)?.2;
    }
    let (tag, times, _) = element(signed)?;
    let (from_tag, from, rest) = element(times)?;
    let (until_tag, until, _) = element(rest)?;
    (tag == SEQUENCE).then_some(Validity { from: time(from_tag, from)?, until: time(until_tag, until)? })
}

/// Tag, content, and what follows.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match usize::from(first) {
        short @ 0..0x80 => (short, rest),
        long => {
            let count = long & 0x7f;
            let (digits, rest) = rest.split_at_checked(count).filter(|_| (1..=MOST_LENGTH_BYTES).contains(&count))?;
            (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)
        }
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// `YYMMDDHHMMSSZ` with years from 1950 to 2049, or `YYYYMMDDHHMMSSZ`.
fn time(tag: u8, text: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(text).ok()?;
    let text = match tag {
        UTC_TIME => {
            let year: u32 = text.get(..2)?.parse().ok()?;
            format!("{}{text}", if year < 50 { "20" } else { "19" })
        }
        GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    let at = NaiveDateTime::parse_from_str(&text, "%Y%m%d%H%M%SZ").ok()?;
    Some(Timestamp::from_millis(at.and_utc().timestamp_millis()))
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::*;

    fn certificate(from: i32, until: i32) -> Vec<u8> {
        let mut params = CertificateParams::new(vec!["chat.example.com".to_owned()]).expect("a name");
        (params.not_before, params.not_after) = (date_time_ymd(from, 2, 3), date_time_ymd(until, 12, 31));
        params.self_signed(&KeyPair::generate().expect("a key")).expect("a certificate").der().to_vec()
    }

    #[test]
    fn both_ends_are_read_in_both_notations() {
        for (from, until) in [(1999, 2026), (2026, 2049), (2049, 2050), (2051, 4096)] {
            let Validity { from: first, until: last } = validity(&certificate(from, until)).expect("a validity");
            assert_eq!(first.rfc3339(), format!("{from}-02-03T00:00:00.000Z"));
            assert_eq!(last.rfc3339(), format!("{until}-12-31T00:00:00.000Z"));
        }
    }

    #[test]
    fn what_is_cut_or_bent_is_not_read_and_does_no_harm() {
        let whole = certificate(2026, 2027);
        for length in 0..whole.len() {
            assert_eq!(validity(&whole[..length]), None, "{length} bytes");
        }
        for at in 0..whole.len().min(300) {
            for bent in [0x00, 0x7f, 0x80, 0x84, 0xff] {
                let mut bytes = whole.clone();
                bytes[at] = bent;
                std::hint::black_box(validity(&bytes));
            }
        }
        assert_eq!(validity(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]), None);
    }
}
