//! What agents add to their words where these go out as a mail: its subject, and who gets a copy. What stands
//! here is checked before it is stored, so that no word of it can become another header.

use super::EmailAddress;
use crate::live::protocol::{Mail, SendMail};

/// Characters of a subject that an agent writes.
pub const MOST_SUBJECT_CHARS: usize = 200;
/// Addresses that get a copy of one mail.
pub const MOST_COPIES: usize = 10;

/// The subject of an answer: `Re: ` once.
pub fn answering(subject: &str) -> String {
    let bare = subject.trim();
    let answers = bare.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("re:"));
    match bare.is_empty() || answers {
        true => bare.to_owned(),
        false => format!("Re: {bare}").chars().take(MOST_SUBJECT_CHARS).collect(),
    }
}

/// Addresses as people type them into one field.
pub fn addresses(field: &str) -> Vec<String> {
    let parts = field.split([',', ';', '\n', ' ']).map(str::trim);
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// What is wrong with the head of a mail.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// The subject is too long, or on several lines.
    #[error("A subject has at most {most} characters on one line.", most = MOST_SUBJECT_CHARS)]
    Subject,
    /// Too many copies.
    #[error("A mail goes to at most {most} addresses as a copy.", most = MOST_COPIES)]
    Copies,
    /// No address: what was written in its place.
    #[error("{0:?} is not a mail address.")]
    Copy(String),
}

/// What was written, checked. A subject that is empty or `usual` is left to the conversation.
///
/// # Errors
/// What is wrong with it.
pub fn check(sent: &SendMail, usual: &str) -> Result<Mail, Wrong> {
    let subject = sent.subject.as_deref().unwrap_or_default().trim();
    if subject.chars().count() > MOST_SUBJECT_CHARS || subject.contains(char::is_control) {
        return Err(Wrong::Subject);
    }
    if sent.cc.len() > MOST_COPIES {
        return Err(Wrong::Copies);
    }
    let mut cc: Vec<String> = Vec::new();
    for text in &sent.cc {
        let address = EmailAddress::parse(text).ok_or_else(|| Wrong::Copy(text.clone()))?;
        if !cc.iter().any(|known| known == address.as_str()) {
            cc.push(address.as_str().to_owned());
        }
    }
    let subject = Some(subject).filter(|subject| !subject.is_empty() && *subject != usual).map(str::to_owned);
    Ok(Mail { subject, cc, ..Mail::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(subject: &str, cc: &[&str]) -> SendMail {
        SendMail { subject: Some(subject.to_owned()), cc: cc.iter().map(|&text| text.to_owned()).collect() }
    }

    #[test]
    fn a_subject_is_one_line_and_said_where_it_is_another() {
        assert_eq!(answering(" My order "), "Re: My order");
        assert_eq!((answering("RE: My order"), answering(" ")), ("RE: My order".to_owned(), String::new()));
        let subject = |text: &str| check(&sent(text, &[]), "Re: My order").map(|mail| mail.subject);
        assert_eq!((subject("Re: My order"), subject("")), (Ok(None), Ok(None)));
        assert_eq!(subject(" Your order 17 "), Ok(Some("Your order 17".to_owned())));
        assert!(subject("a\r\nBcc: eve@shop.example").is_err() && subject(&"x".repeat(201)).is_err());
    }

    #[test]
    fn copies_are_addresses_each_once_and_not_too_many() {
        assert_eq!(
            addresses(" a@b.example, c@d.example;\ne@f.example "),
            ["a@b.example", "c@d.example", "e@f.example"]
        );
        let cc = |all: &[&str]| check(&sent("", all), "").map(|mail| mail.cc);
        assert_eq!(cc(&["A@b.example", "a@B.example"]), Ok(vec!["a@b.example".to_owned()]));
        assert!(cc(&["a@b.example\r\nBcc: c@d.example"]).is_err() && cc(&["somebody"]).is_err());
        let many: Vec<String> = (0..11).map(|n| format!("a{n}@b.example")).collect();
        assert!(cc(&many.iter().map(String::as_str).collect::<Vec<_>>()).is_err());
    }
}
