//! Reports of mail servers (RFC 3464): which of our mails did not arrive, and what the other server said. A
//! report is read, never answered; whether the mail it names was ours only its id says, which is signed.

use mail_parser::{Message, MessageParser, MimeHeaders as _, PartType};

use super::headers;

/// Characters of what a server said that are kept.
const MOST_REASON_CHARS: usize = 300;

/// What a report says of one mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Whether it will not arrive any more; else it is late, or did arrive.
    pub failed: bool,
    /// `5.1.1` and the like (RFC 3463).
    pub status: Option<String>,
    /// What the server said.
    pub reason: String,
    /// The `Message-ID` of the mail that it is about, without brackets.
    pub about: Option<String>,
}

/// The report in a mail, if there is one.
pub fn of(message: &Message<'_>) -> Option<Report> {
    let status = message.parts.iter().find(|part| part.is_content_type("message", "delivery-status"))?;
    let text = String::from_utf8_lossy(status.contents()).replace("\r\n", "\n");
    let field = |name: &str| {
        let unfolded = text.replace("\n ", " ").replace("\n\t", " ");
        let line = unfolded.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        });
        line.map(|line| headers::line(&line, MOST_REASON_CHARS))
    };
    let status = field("Status").and_then(|status| status.split_whitespace().next().map(str::to_owned));
    let action = field("Action").unwrap_or_default().to_lowercase();
    let said = field("Diagnostic-Code")
        .map(|code| code.split_once(';').map_or(code.clone(), |(_, said)| said.trim().to_owned()));
    let failed =
        action == "failed" || (action.is_empty() && status.as_deref().is_some_and(|code| code.starts_with('5')));
    Some(Report { failed, status, reason: said.unwrap_or_default(), about: about(message) })
}

/// The id of the mail that came back, whole or only its header.
fn about(message: &Message<'_>) -> Option<String> {
    let inner = message.parts.iter().find_map(|part| match &part.body {
        PartType::Message(inner) => inner.message_id().map(headers::id),
        _ => None,
    });
    let header = || {
        let part = message.parts.iter().find(|part| part.is_content_type("text", "rfc822-headers"))?;
        let inner = MessageParser::default().parse(part.contents())?;
        inner.message_id().map(headers::id)
    };
    inner.or_else(header).or_else(|| headers::answers(message).into_iter().next())
}
