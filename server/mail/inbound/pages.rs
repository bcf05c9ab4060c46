//! The page of a received mail, and what it shows. What comes from the mail is text, but for HTML that was
//! cleaned.

use askama::Template;
use mail_parser::{MessageParser, PartType};

use super::cleaning::Clean;
use super::{File, MOST_TEXT_CHARS, files, headers};
use crate::agents::pages::Page;

/// Characters of a field of the header that are shown.
const MOST_FIELD_CHARS: usize = 500;

/// A mail, to be shown.
#[derive(Debug, Clone, Default)]
pub struct OpenMail {
    /// Fields of the header that people look at: names as they stand in mails.
    pub fields: Vec<(&'static str, String)>,
    /// The plain text, where there is no HTML.
    pub text: String,
    /// The HTML, cleaned.
    pub html: Option<Clean>,
    /// Its files.
    pub files: Vec<File>,
}

impl OpenMail {
    /// Reads a mail; nothing where it cannot be read.
    pub fn of(raw: &[u8], pictures: bool) -> Self {
        let Some(message) = MessageParser::default().parse(raw) else { return Self::default() };
        let html: String = message
            .html_bodies()
            .filter_map(|part| if let PartType::Html(html) = &part.body { Some(html.as_ref()) } else { None })
            .collect();
        let texts = message
            .text_bodies()
            .filter_map(|part| if let PartType::Text(text) = &part.body { Some(text.as_ref()) } else { None });
        let text: String = texts.collect::<Vec<&str>>().join("\n").chars().take(MOST_TEXT_CHARS).collect();
        let address = |field: Option<&mail_parser::Address<'_>>| {
            let all = field.into_iter().flat_map(mail_parser::Address::iter).map(|one| {
                let (name, address) = (one.name().unwrap_or_default(), one.address().unwrap_or_default());
                if name.is_empty() { address.to_owned() } else { format!("{name} <{address}>") }
            });
            headers::line(&all.collect::<Vec<String>>().join(", "), MOST_FIELD_CHARS)
        };
        let fields = [
            ("From", address(message.from())),
            ("To", address(message.to())),
            ("Cc", address(message.cc())),
            ("Date", headers::texts(&message, "Date").into_iter().next().unwrap_or_default()),
            ("Subject", headers::line(message.subject().unwrap_or_default(), MOST_FIELD_CHARS)),
        ];
        Self {
            fields: fields.into_iter().filter(|(_, value)| !value.is_empty()).collect(),
            html: (!html.trim().is_empty()).then(|| Clean::of(&html, pictures)),
            text,
            files: files::of(&message),
        }
    }
}

/// `GET /console/mails/{mail}`
#[derive(Debug, Clone, Template)]
#[template(path = "conversations/mail.html")]
pub struct MailPage {
    pub page: Page,
    /// Of the received mail.
    pub id: String,
    pub mail: OpenMail,
    /// Whether pictures from elsewhere are shown.
    pub pictures: bool,
}
