//! The words of a message.

use crate::conversations::Error;
use crate::live::protocol::MAX_TEXT_CHARS;

/// Text that may be stored: not blank, at most [`MAX_TEXT_CHARS`] characters, no NUL (which
/// PostgreSQL cannot store). Everything else comes back as it went in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageText(String);

impl MessageText {
    /// Checks it.
    pub fn parse(text: impl Into<String>) -> Result<Self, Error> {
        let text: String = text.into();
        if text.trim().is_empty() {
            return Err(Error::TextMissing);
        }
        // Bytes bound characters from above, so most texts are not counted.
        let chars = if text.len() <= MAX_TEXT_CHARS { 0 } else { text.chars().count() };
        if chars > MAX_TEXT_CHARS {
            return Err(Error::TextTooLong(chars));
        }
        if text.contains('\0') {
            return Err(Error::Invalid("The text has a NUL character, which cannot be stored.".to_owned()));
        }
        Ok(Self(text))
    }

    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The words.
    pub fn into_string(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn limits_count_characters() {
        assert!(MessageText::parse("é".repeat(MAX_TEXT_CHARS)).is_ok());
        assert!(matches!(MessageText::parse("é".repeat(MAX_TEXT_CHARS + 1)), Err(Error::TextTooLong(8001))));
        assert!(matches!(MessageText::parse(" \n\t\u{3000}"), Err(Error::TextMissing)));
        assert!(matches!(MessageText::parse("a\0b"), Err(Error::Invalid(_))));
    }

    proptest! {
        #[test]
        fn what_is_accepted_comes_back_unharmed(text in "\\PC{1,200}") {
            if let Ok(parsed) = MessageText::parse(text.clone()) {
                prop_assert_eq!(parsed.into_string(), text);
            }
        }
    }
}
