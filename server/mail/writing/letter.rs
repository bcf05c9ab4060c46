//! A mail as it goes over the wire: headers that nobody can add another to, and two forms of one text.

use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue, MIME_VERSION_1_0};
use lettre::message::{Body, Mailbox, Message, MessageBuilder, MultiPart};
use lettre::{Address, address};

use super::views::Composed;
use crate::clock::Timestamp;
use crate::mail::EmailAddress;

/// Characters of a subject.
pub const MOST_SUBJECT_CHARS: usize = 200;
/// Characters of a name beside an address.
pub const MOST_NAME_CHARS: usize = 80;
/// The header that counts how often programs like this one have answered one another.
pub const LOOP_HEADER: &str = "X-Deskbell-Loop";

/// Everything of a mail.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Stands in `From`.
    pub from: (String, EmailAddress),
    /// Who gets it.
    pub to: EmailAddress,
    /// Who gets a copy.
    pub cc: Vec<EmailAddress>,
    /// Where answers go.
    pub reply_to: Option<EmailAddress>,
    /// Where it comes back to if it cannot be delivered.
    pub envelope_from: EmailAddress,
    /// Without brackets.
    pub message_id: String,
    /// Ids of earlier mails of the conversation, without brackets, the oldest first.
    pub references: Vec<String>,
    /// Whether nobody wrote it by hand (RFC 3834, section 5): no program is to answer it.
    pub automatic: bool,
    /// See [`LOOP_HEADER`].
    pub hops: u32,
    /// Where a POST stops such mails (RFC 8058).
    pub unsubscribe: Option<String>,
    /// Its date.
    pub at: Timestamp,
    /// What it says.
    pub composed: Composed,
}

/// Why a mail cannot be made of what there is.
#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    /// An address that mail servers would not take.
    #[error("an address cannot be written: {0}")]
    Address(#[from] address::AddressError),
    /// The parts do not make a mail.
    #[error("it cannot be put together: {0}")]
    Parts(#[from] lettre::error::Error),
    /// Its parts were written without a header.
    #[error("its parts have no header")]
    NoHeader,
    /// The style could not be put where mail programs look for it.
    #[error("its HTML cannot be styled: {0}")]
    Style(String),
}

/// One line of text, without anything that would begin another, cut.
pub fn one_line(text: &str, chars: usize) -> String {
    let spaced: String = text
        .chars()
        .map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{85}') { ' ' } else { c })
        .collect();
    let mut line = String::new();
    for word in spaced.split(' ').filter(|word| !word.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line.chars().take(chars).collect()
}

/// An address with its domain in ASCII, as most mail servers want it.
fn address(of: &EmailAddress) -> Result<Address, address::AddressError> {
    let ascii = match url::Host::parse(of.domain()) {
        Ok(url::Host::Domain(domain)) => domain,
        _ => of.domain().to_owned(),
    };
    Address::new(of.local(), ascii)
}

fn header(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
}

/// A header of ids: each on a line of its own, as it must not be encoded.
fn ids(name: &'static str, ids: &[String]) -> HeaderValue {
    let ids: Vec<String> = ids.iter().map(|id| format!("<{id}>")).collect();
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), ids.join(" "), ids.join("\r\n "))
}

/// Whether an id that somebody else made may stand in our headers.
pub fn is_id(id: &str) -> bool {
    let plain = |c: char| c.is_ascii_graphic() && !"<>\"\\(),;:[]".contains(c);
    (3..=200).contains(&id.len()) && id.chars().all(plain) && id.contains('@')
}

/// The styles at their elements, for mail programs that drop the head.
pub(super) fn inlined(html: &str) -> Result<String, LetterError> {
    let inliner = css_inline::CSSInliner::options().load_remote_stylesheets(false).keep_style_tags(false).build();
    inliner.inline(html).map_err(|error| LetterError::Style(error.to_string()))
}

impl Letter {
    /// The mail, ready to be sent.
    ///
    /// # Errors
    /// It cannot be made, now or later.
    pub fn message(&self) -> Result<Message, LetterError> {
        let name = one_line(&self.from.0, MOST_NAME_CHARS);
        let at = SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(self.at.millis()).unwrap_or(0));
        let mut recipients = vec![address(&self.to)?];
        let mut message = Message::builder()
            .from(Mailbox::new((!name.is_empty()).then_some(name), address(&self.from.1)?))
            .to(Mailbox::new(None, recipients[0].clone()))
            .date(at)
            .subject(one_line(&self.composed.subject, MOST_SUBJECT_CHARS));
        for copy in &self.cc {
            let copy = address(copy)?;
            message = message.cc(Mailbox::new(None, copy.clone()));
            recipients.push(copy);
        }
        if let Some(reply_to) = &self.reply_to {
            message = message.reply_to(Mailbox::new(None, address(reply_to)?));
        }
        message = message.raw_header(ids("Message-ID", std::slice::from_ref(&self.message_id)));
        let known: Vec<String> = self.references.iter().filter(|id| is_id(id)).cloned().collect();
        if let Some(last) = known.last() {
            message = message.raw_header(ids("In-Reply-To", std::slice::from_ref(last)));
            message = message.raw_header(ids("References", &known));
        }
        if self.automatic {
            message = message.raw_header(header("Auto-Submitted", "auto-generated".to_owned()));
            message = message.raw_header(header("X-Auto-Response-Suppress", "All".to_owned()));
        }
        message = message.raw_header(header(LOOP_HEADER, self.hops.to_string()));
        if let Some(url) = &self.unsubscribe {
            let name = HeaderName::new_from_ascii_str("List-Unsubscribe");
            let value = format!("<{url}>");
            message = message.raw_header(HeaderValue::dangerous_new_pre_encoded(name, value.clone(), value));
            message = message.raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
        }
        let envelope = address::Envelope::new(Some(address(&self.envelope_from)?), recipients)?;
        let body = MultiPart::alternative_plain_html(self.composed.text.clone(), inlined(&self.composed.html)?);
        of_parts(message.envelope(envelope), &body)
    }
}

/// A mail of these parts, whose `Content-Type` is a field of its header like any other. What lettre makes of parts
/// writes that field with the body: a signature names it and does not cover it, and holds for nobody.
fn of_parts(message: MessageBuilder, parts: &MultiPart) -> Result<Message, LetterError> {
    let kind = parts.headers().get::<ContentType>().ok_or(LetterError::NoHeader)?;
    let mut body = parts.formatted();
    let header = body.windows(4).position(|window| window == b"\r\n\r\n").ok_or(LetterError::NoHeader)?;
    body.drain(..header + 4);
    // Each part is encoded so that it is plain ASCII in short lines.
    let body = Body::dangerous_pre_encoded(body, ContentTransferEncoding::SevenBit);
    Ok(message.header(MIME_VERSION_1_0).header(kind).body(body)?)
}
