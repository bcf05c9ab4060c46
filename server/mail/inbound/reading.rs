//! One raw mail to [`Incoming`]. It runs in a thread of its own, where a panic of the parser is caught: a mail
//! that cannot be read is set aside with its reason, and the next one is read.
//!
//! Nothing is answered and nothing is stored here.

use std::panic::AssertUnwindSafe;

use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders as _, PartType};
use sha2::{Digest as _, Sha256};

use super::stripping::{self, Line, Words};
use super::{
    Envelope, Incoming, MOST_BYTES, MOST_CC, MOST_DEPTH, MOST_HEADERS, MOST_NAME_CHARS, MOST_PARTS, MOST_SUBJECT_CHARS,
    MOST_TEXT_CHARS, automatic, checks, files, flowed, headers, markup, report,
};
use crate::mail::EmailAddress;

/// Why a mail is set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// Beyond [`MOST_BYTES`].
    #[error("it is too big")]
    TooBig,
    /// Beyond [`MOST_PARTS`].
    #[error("it has too many parts")]
    TooManyParts,
    /// Beyond [`MOST_DEPTH`].
    #[error("it has mails in mails, too deep")]
    TooDeep,
    /// Beyond [`MOST_HEADERS`].
    #[error("it has too many header fields")]
    TooManyHeaders,
    /// No header at all.
    #[error("it is no mail")]
    NoMail,
    /// Nobody in `From`, or what is no address.
    #[error("it names no sender")]
    NoSender,
    /// More than one `From`, or several in it: mail programs show one, servers check another.
    #[error("it names more than one sender")]
    TwoSenders,
    /// The mailbox does not give it out.
    #[error("the mail server does not give it out")]
    Refused,
    /// The parser broke.
    #[error("it broke the parser")]
    Broke,
}

impl Unread {
    /// The word in tables and metrics.
    pub const fn word(self) -> &'static str {
        match self {
            Self::TooBig => "too_big",
            Self::TooManyParts => "too_many_parts",
            Self::TooDeep => "too_deep",
            Self::TooManyHeaders => "too_many_headers",
            Self::NoMail => "no_mail",
            Self::NoSender => "no_sender",
            Self::TwoSenders => "two_senders",
            Self::Refused => "refused",
            Self::Broke => "broke",
        }
    }
}

/// Reads a mail in a thread for work that takes long. `authserv` is the mail server in front of us, whose
/// findings are believed (RFC 8601).
///
/// # Errors
/// [`Unread`], with the bytes, which are to be set aside.
pub async fn read(raw: Vec<u8>, envelope: Envelope, authserv: Option<String>) -> Result<Incoming, (Unread, Vec<u8>)> {
    let reading = tokio::task::spawn_blocking(move || {
        let read = std::panic::catch_unwind(AssertUnwindSafe(|| parse(&raw, &envelope, authserv.as_deref())));
        match read.unwrap_or(Err(Unread::Broke)) {
            Ok(incoming) => Ok(Incoming { raw, ..incoming }),
            Err(why) => Err((why, raw)),
        }
    });
    // The task cannot panic, and is cancelled only when the process ends.
    reading.await.unwrap_or_else(|_| Err((Unread::Broke, Vec::new())))
}

/// Reads a mail; `raw` of what it gives is empty.
///
/// # Errors
/// [`Unread`].
pub fn parse(raw: &[u8], envelope: &Envelope, authserv: Option<&str>) -> Result<Incoming, Unread> {
    check_outside(raw)?;
    let message = MessageParser::default().parse(raw).ok_or(Unread::NoMail)?;
    check_inside(&message, 0)?;
    let kind = automatic::of(&message, envelope);
    let (from, sender_name) = sender(&message)?;
    let (words, whole) = words(&message);
    let header_id = message.message_id().map(headers::id);
    let recipients = headers::recipients(&message, envelope);
    let mut cc = headers::addresses(message.cc());
    cc.extend(headers::addresses(message.to()));
    cc.truncate(MOST_CC);
    Ok(Incoming {
        dedupe: fingerprint(&message, header_id.as_deref(), &from, &whole),
        sender_name,
        reply_to: headers::reply_to(&message),
        by_form: false,
        recipients,
        cc,
        subject: message.subject().map(|subject| headers::line(subject, MOST_SUBJECT_CHARS)).filter(|s| !s.is_empty()),
        header_id,
        answers: headers::answers(&message),
        words,
        files: files::of(&message),
        automatic: kind,
        hops: headers::hops(&message),
        checks: checks::of(&message, authserv, &from),
        report: report::of(&message),
        from,
        raw: Vec::new(),
    })
}

/// The words of a mail, whoever wrote it.
///
/// # Errors
/// [`Unread`], but for what is wrong with its sender.
pub fn text(raw: &[u8]) -> Result<Words, Unread> {
    check_outside(raw)?;
    let message = MessageParser::default().parse(raw).ok_or(Unread::NoMail)?;
    check_inside(&message, 0)?;
    Ok(words(&message).0)
}

/// All of a mail's text, for people who look at what was set aside: nothing is cut out of it, and where it cannot be
/// read, it is shown as it came. So many characters at most.
pub fn shown(raw: &[u8], chars: usize) -> String {
    let read = || {
        check_outside(raw).ok()?;
        let message = MessageParser::default().parse(raw)?;
        check_inside(&message, 0).ok()?;
        Some(words(&message).1)
    };
    let text = std::panic::catch_unwind(read).ok().flatten().filter(|text| !text.trim().is_empty());
    let text = text.unwrap_or_else(|| String::from_utf8_lossy(&raw[..raw.len().min(4 * chars)]).into_owned());
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).take(chars).collect()
}

/// What can be counted without a parser.
fn check_outside(raw: &[u8]) -> Result<(), Unread> {
    if raw.len() > MOST_BYTES {
        return Err(Unread::TooBig);
    }
    let mut fields = 0;
    for line in raw.split(|byte| *byte == b'\n') {
        if line.is_empty() || line == b"\r" {
            break;
        }
        fields += usize::from(!line.starts_with(b" ") && !line.starts_with(b"\t"));
        if fields > MOST_HEADERS {
            return Err(Unread::TooManyHeaders);
        }
    }
    Ok(())
}

fn check_inside(message: &Message<'_>, depth: usize) -> Result<usize, Unread> {
    if depth > MOST_DEPTH {
        return Err(Unread::TooDeep);
    }
    let mut parts = message.parts.len();
    for part in &message.parts {
        if let PartType::Message(inner) = &part.body {
            parts += check_inside(inner, depth + 1)?;
        }
        if parts > MOST_PARTS {
            return Err(Unread::TooManyParts);
        }
    }
    Ok(parts)
}

/// The one who wrote it.
fn sender(message: &Message<'_>) -> Result<(EmailAddress, Option<String>), Unread> {
    let mut found = Vec::new();
    for header in message.headers().iter().filter(|header| header.name.as_str().eq_ignore_ascii_case("from")) {
        if let Some(addresses) = header.value.as_address() {
            found.extend(addresses.iter());
        } else {
            found.push(&headers::NOBODY);
        }
    }
    let [one] = found.as_slice() else {
        return Err(if found.is_empty() { Unread::NoSender } else { Unread::TwoSenders });
    };
    let address = one.address().and_then(EmailAddress::parse).ok_or(Unread::NoSender)?;
    let name = one.name().map(|name| headers::line(name, MOST_NAME_CHARS)).filter(|name| !name.is_empty());
    Ok((address, name))
}

/// What the writer wrote, and all of the text: the plain one where there is one that says something.
fn words(message: &Message<'_>) -> (Words, String) {
    let plain: Vec<Line> = plain_lines(message);
    let mut lines = plain;
    if lines.iter().all(|line| line.text.trim().is_empty()) {
        lines = html_lines(message);
    }
    let whole = stripping::whole(&lines);
    let forwarded = message.subject().is_some_and(|subject| stripping::is_forwarded(subject, &lines));
    (stripping::strip(&lines, forwarded), whole)
}

fn plain_lines(message: &Message<'_>) -> Vec<Line> {
    let is_plain = |part: &&MessagePart<'_>| part.content_type().is_none() || part.is_content_type("text", "plain");
    let mut parts: Vec<&MessagePart<'_>> = message.text_bodies().collect();
    if parts.iter().any(is_plain) {
        // What else is text, such as a calendar's entry, is no words.
        parts.retain(is_plain);
    }
    let mut lines = Vec::new();
    let mut left = MOST_TEXT_CHARS;
    for part in parts {
        let PartType::Text(text) = &part.body else { continue };
        let text: String = text.chars().take(left).collect();
        left = left.saturating_sub(text.len());
        let kind = part.content_type();
        let attribute = |name| kind.and_then(|kind| kind.attribute(name)).unwrap_or_default();
        let flows = attribute("format").eq_ignore_ascii_case("flowed");
        let joins = attribute("delsp").eq_ignore_ascii_case("yes");
        lines.extend(if flows { flowed::lines(&text, joins) } else { stripping::lines(&text) });
    }
    lines
}

fn html_lines(message: &Message<'_>) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut left = MOST_TEXT_CHARS;
    for part in message.html_bodies() {
        let text: String = match &part.body {
            PartType::Html(text) => text.chars().take(left).collect(),
            _ => continue,
        };
        left = left.saturating_sub(text.len());
        lines.extend(markup::lines(&text));
    }
    lines
}

/// What servers on the way leave as it is: who, when, what about, and the words. A `Message-ID` alone would
/// let whoever knows one keep another's mail from us.
fn fingerprint(message: &Message<'_>, id: Option<&str>, from: &EmailAddress, text: &str) -> [u8; 32] {
    let date = message.date().map(mail_parser::DateTime::to_timestamp).unwrap_or_default();
    let mut hash = Sha256::new();
    let mut part = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    part(id.unwrap_or_default().as_bytes());
    part(from.as_str().as_bytes());
    part(&date.to_be_bytes());
    part(message.subject().unwrap_or_default().trim().as_bytes());
    part(text.as_bytes());
    // Two reports of one server in one second differ only in what they are about.
    part(report::of(message).and_then(|report| report.about).unwrap_or_default().as_bytes());
    for file in files::of(message) {
        part(file.name.as_bytes());
        part(&file.bytes.to_be_bytes());
    }
    hash.finalize().into()
}
