//! `site set`, how the site writes mails: its address, name, signature, and when unread answers go out.

use super::bootstrap::usage;
use crate::cli::SiteMailArgs;
use crate::cli::run::Failure;
use crate::sites::mail_form::{self, MOST_SIGNATURE_CHARS, Problem};
use crate::sites::settings::SiteMail;

/// What is named, checked; what is not named stays.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct MailChanges {
    /// `Some(None)` takes it away.
    address: Option<Option<String>>,
    name: Option<Option<String>>,
    signature: Option<Option<String>>,
    away_s: Option<u32>,
}

impl MailChanges {
    pub(super) fn parse(given: &SiteMailArgs) -> Result<Self, Failure> {
        let text = |flag, given: &Option<String>, parse: fn(&str) -> Result<Option<String>, Problem>| {
            given.as_deref().map(parse).transpose().map_err(|problem| usage(flag, &why(problem)))
        };
        Ok(Self {
            address: text("--mail-address", &given.mail_address, mail_form::address)?,
            name: text("--mail-name", &given.mail_name, mail_form::name)?,
            signature: text("--mail-signature", &given.mail_signature, mail_form::signature)?,
            away_s: given.mail_away,
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn apply(self, mail: &mut SiteMail) {
        if let Some(address) = self.address {
            mail.address = address;
        }
        if let Some(name) = self.name {
            mail.name = name;
        }
        if let Some(signature) = self.signature {
            mail.signature = signature;
        }
        mail.away_s = self.away_s.unwrap_or(mail.away_s);
    }
}

fn why(problem: Problem) -> String {
    match problem {
        Problem::Tag => {
            "the address of a site has no plus sign: what stands behind it are Deskbell's tokens".to_owned()
        }
        Problem::Name => "a name has at most 80 characters on one line".to_owned(),
        Problem::Signature => format!("a signature has at most {MOST_SIGNATURE_CHARS} characters"),
        _ => "this is not a mail address; write hello@shop.example".to_owned(),
    }
}
