//! What a form or a command says of a site's mail, checked: the address, the name, the signature and the pause.
//! An address is one site's only, since a mail to it begins a conversation there.

use super::Site;
use super::settings::SiteMail;
use super::texts::{Key, Texts};
use crate::db::{Conn, Error as DbError};
use crate::http::fields::Fields;
use crate::mail::EmailAddress;
use crate::words::{Lang, Words};
use crate::workspaces::Name;

/// Characters of what stands under an agent's words in a mail.
pub const MOST_SIGNATURE_CHARS: usize = 1_000;
/// The longest pause after which unread answers go out, in seconds: a week.
pub const MOST_AWAY_S: u32 = 604_800;
/// The pauses that the page offers, in seconds.
pub const PAUSES: [u32; 7] = [0, 60, 120, 300, 900, 3_600, 14_400];

/// Why nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// Not an address.
    Address,
    /// An address that has a tag already.
    Tag,
    /// Another site has it.
    Taken,
    /// A name has 1 to 80 characters on one line.
    Name,
    /// It is too long.
    Signature,
    /// Not a time, or too long.
    Away,
    /// A text is too long, or has a line break where none can be.
    Text(Lang, Key),
}

impl Problem {
    pub(super) fn text(self, words: &Words) -> String {
        match self {
            Self::Address => words.say("mail-bad-address"),
            Self::Tag => words.say("mail-bad-tag"),
            Self::Taken => words.say("mail-address-taken"),
            Self::Name => words.say("mail-bad-name"),
            Self::Signature => words.say_with("mail-bad-signature", &[("n", MOST_SIGNATURE_CHARS)]),
            Self::Away => words.say("mail-bad-away"),
            Self::Text(lang, key) => {
                let text = format!("{} ({})", key.label(words), lang.tag());
                let most = key.most().to_string();
                words.say_with("mail-bad-text", &[("text", text.as_str()), ("most", most.as_str())])
            }
        }
    }
}

/// A site's own address; empty text is none.
///
/// # Errors
/// [`Problem::Address`], or [`Problem::Tag`] where it has a `+`: what stands behind it are our tokens.
pub fn address(text: &str) -> Result<Option<String>, Problem> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let address = EmailAddress::parse(text).ok_or(Problem::Address)?;
    if address.tag().is_some() { Err(Problem::Tag) } else { Ok(Some(address.as_str().to_owned())) }
}

/// The name beside it; empty text is the site's.
///
/// # Errors
/// [`Problem::Name`].
pub fn name(text: &str) -> Result<Option<String>, Problem> {
    match text.trim() {
        "" => Ok(None),
        text => Name::parse(text).map(|name| Some(name.as_str().to_owned())).map_err(|_| Problem::Name),
    }
}

/// What stands under an agent's words; empty text is nothing.
///
/// # Errors
/// [`Problem::Signature`].
pub fn signature(text: &str) -> Result<Option<String>, Problem> {
    match text.trim() {
        "" => Ok(None),
        text if text.chars().count() > MOST_SIGNATURE_CHARS || text.contains('\0') => Err(Problem::Signature),
        text => Ok(Some(text.to_owned())),
    }
}

/// Everything that the form has.
pub(super) fn wanted(fields: &Fields, texts: &Texts) -> Result<(SiteMail, Texts), Problem> {
    let away_s = fields.number("away", i64::from(MOST_AWAY_S)).map_err(|_| Problem::Away)?;
    let mail = SiteMail {
        address: address(fields.get("address"))?,
        name: name(fields.get("name"))?,
        signature: signature(fields.get("signature"))?,
        away_s: u32::try_from(away_s).map_err(|_| Problem::Away)?,
    };
    let texts = texts.typed(fields, &Key::MAIL).map_err(|(lang, key)| Problem::Text(lang, key))?;
    Ok((mail, texts))
}

/// Whether another site, of whichever workspace, has this address.
pub async fn is_taken(conn: Conn<'_>, site: &Site, address: Option<&str>) -> Result<bool, DbError> {
    let Some(address) = address else { return Ok(false) };
    let others = super::store::all(conn).await?;
    Ok(others.iter().any(|other| other.id != site.id && other.settings.mail.address.as_deref() == Some(address)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_no_tag_of_its_own_and_a_name_no_second_line() {
        assert_eq!(address(" Hello@Shop.example "), Ok(Some("hello@shop.example".to_owned())));
        assert_eq!((address(" "), name(""), signature(" \n ")), (Ok(None), Ok(None), Ok(None)));
        assert_eq!(address("hello+x@shop.example"), Err(Problem::Tag));
        assert_eq!(address("hello@shop.example\r\nBcc: x@y.example"), Err(Problem::Address));
        assert_eq!(name("Shop\nBcc: x@y.example"), Err(Problem::Name));
        assert_eq!(signature(&"x".repeat(MOST_SIGNATURE_CHARS + 1)), Err(Problem::Signature));
        assert_eq!(signature("Your\nShop"), Ok(Some("Your\nShop".to_owned())));
    }
}
