//! What is taken from the header of a mail: addresses that are addresses, ids without brackets, and texts that
//! are one line. Nothing here decides what they mean.

use mail_parser::{Addr, Address, HeaderValue, Message};

use super::{Envelope, MOST_NAME_CHARS};
use crate::mail::EmailAddress;

/// Says how often Deskbells have answered one another.
pub const LOOP: &str = "X-Deskbell-Loop";
/// Ids of mails that are looked at, of those that a mail answers.
const MOST_ANSWERED: usize = 30;
/// Characters of an id at most (RFC 5322, 2.1.1).
const MOST_ID_CHARS: usize = 998;
/// Recipients that are looked at.
const MOST_RECIPIENTS: usize = 50;
/// Where servers write for whom a mail was, beside `To` and `Cc`.
const DELIVERED: [&str; 4] = ["Delivered-To", "X-Original-To", "X-Envelope-To", "Envelope-To"];

/// Stands for a sender that is none.
pub const NOBODY: Addr<'static> = Addr { name: None, address: None };

/// A text on one line, without control characters, cut.
pub fn line(text: &str, chars: usize) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() || is_invisible(c) { ' ' } else { c }).collect();
    let words: Vec<&str> = clean.split_whitespace().collect();
    words.join(" ").chars().take(chars).collect()
}

/// What turns the direction of a line, or cannot be seen.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// An id without brackets and spaces.
pub fn id(text: &str) -> String {
    let text = text.trim().trim_start_matches('<').trim_end_matches('>');
    text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).take(MOST_ID_CHARS).collect()
}

/// The addresses of a field that are some.
pub fn addresses(field: Option<&Address<'_>>) -> Vec<EmailAddress> {
    let found = field.into_iter().flat_map(Address::iter).filter_map(Addr::address);
    found.filter_map(EmailAddress::parse).take(MOST_RECIPIENTS).collect()
}

/// Who is to be answered: the address of `Reply-To`, where there is one field with one address.
pub fn reply_to(message: &Message<'_>) -> Option<(EmailAddress, Option<String>)> {
    let mut all = message.reply_to().filter(|_| count(message, "Reply-To") == 1)?.iter();
    let (one, None) = (all.next()?, all.next()) else { return None };
    let name = one.name().map(|name| line(name, MOST_NAME_CHARS)).filter(|name| !name.is_empty());
    Some((EmailAddress::parse(one.address()?)?, name))
}

/// For whom a mail is, each once: what the way in says, then what servers wrote, then what its writer wrote.
pub fn recipients(message: &Message<'_>, envelope: &Envelope) -> Vec<EmailAddress> {
    let mut all = envelope.recipients.clone();
    for name in DELIVERED {
        all.extend(texts(message, name).iter().filter_map(|text| EmailAddress::parse(text)));
    }
    all.extend(addresses(message.to()));
    all.extend(addresses(message.cc()));
    let mut once: Vec<EmailAddress> = Vec::new();
    for address in all {
        if once.len() < MOST_RECIPIENTS && !once.contains(&address) {
            once.push(address);
        }
    }
    once
}

/// The ids that a mail answers, nearest first.
pub fn answers(message: &Message<'_>) -> Vec<String> {
    let mut all: Vec<String> = ids(message.in_reply_to());
    all.extend(ids(message.references()).into_iter().rev());
    let mut once = Vec::new();
    for id in all.into_iter().filter(|id| !id.is_empty()) {
        if once.len() < MOST_ANSWERED && !once.contains(&id) {
            once.push(id);
        }
    }
    once
}

fn ids(value: &HeaderValue<'_>) -> Vec<String> {
    match value {
        HeaderValue::Text(text) => vec![id(text)],
        HeaderValue::TextList(list) => list.iter().map(|text| id(text)).collect(),
        _ => Vec::new(),
    }
}

/// How often Deskbells have answered one another before this mail: what the field says, or how often it stands.
pub fn hops(message: &Message<'_>) -> usize {
    let fields = texts(message, LOOP);
    let said = fields.iter().filter_map(|field| field.parse().ok()).max().unwrap_or(0);
    said.max(fields.len())
}

/// How often a field stands in the header.
pub fn count(message: &Message<'_>, name: &str) -> usize {
    message.headers().iter().filter(|header| header.name.as_str().eq_ignore_ascii_case(name)).count()
}

/// The values of a field as they stand there, unfolded, in their order.
pub fn texts(message: &Message<'_>, name: &str) -> Vec<String> {
    let own = message.headers().iter().filter(|header| header.name.as_str().eq_ignore_ascii_case(name));
    own.filter_map(|header| {
        let (from, to) = (header.offset_start() as usize, header.offset_end() as usize);
        message.raw_message.get(from..to).map(|bytes| line(&String::from_utf8_lossy(bytes), MOST_FIELD_CHARS))
    })
    .collect()
}

/// Characters of one field that are looked at.
const MOST_FIELD_CHARS: usize = 4_000;

/// The first value of a field in lower case.
pub fn word(message: &Message<'_>, name: &str) -> Option<String> {
    texts(message, name).into_iter().next().map(|text| text.to_lowercase())
}
