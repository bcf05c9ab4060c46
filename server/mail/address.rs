//! An address of mail that may stand in a header and in the commands of SMTP: no line breaks, no angle
//! brackets, nothing that would begin another header. Whether mail arrives there only mail can tell.

use std::fmt;

/// Characters of an address at most (RFC 5321, section 4.5.3.1.3).
pub const MOST_CHARS: usize = 254;
/// Characters before the @ at most (section 4.5.3.1.1).
pub const MOST_LOCAL_CHARS: usize = 64;

/// An address, checked. Two that differ in case only are the same one: no server of today makes a difference.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Reads an address without a name; quoted local parts and addresses of numbers are refused.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@')?;
        let fits = text.len() <= MOST_CHARS && !local.is_empty() && local.len() <= MOST_LOCAL_CHARS;
        let harmless = |c: char| !c.is_whitespace() && !c.is_control() && !"<>()[]\\,;:\"@".contains(c);
        let label = |label: &str| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-');
        let whole = domain.split('.').all(label) && !local.starts_with('-');
        (fits && whole && local.chars().all(harmless) && domain.chars().all(harmless))
            .then(|| Self(text.to_lowercase()))
    }

    /// In lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the @.
    pub fn local(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// What stands behind it.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// `local+tag@domain` as its local part without the tag, and the tag.
    pub fn tag(&self) -> Option<(&str, &str)> {
        self.local().split_once('+')
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_address_is_one_that_cannot_become_another_header() {
        let address = EmailAddress::parse(" Ada.Lovelace+Shop@Mail.Example ").unwrap();
        assert_eq!(address.as_str(), "ada.lovelace+shop@mail.example");
        assert_eq!(address.tag(), Some(("ada.lovelace", "shop")));
        assert!(EmailAddress::parse("zoë@käse.example").is_some());
        let long = format!("{}@shop.example", "x".repeat(65));
        for bad in [
            "",
            "@",
            "a@",
            "@b.example",
            "a@b..example",
            "a b@c.example",
            "a@b.example\r\nBcc: c@d.example",
            "<a@b.example>",
            "a@b@c.example",
            "\"a\"@b.example",
            "a@[127.0.0.1]",
            "-f@b.example",
            "a@-b.example",
            "a,b@c.example",
            &long,
        ] {
            assert_eq!(EmailAddress::parse(bad), None, "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_is_read_breaks_a_line(text in "\\PC*|[a-z\r\n @.<>:]{0,40}") {
            if let Some(address) = EmailAddress::parse(&text) {
                prop_assert!(!address.as_str().contains(['\r', '\n', '<', '>', ' ', ',']));
            }
        }
    }
}
