//! What of mail works for a site, as the operator and the site say: where mails come from, where their answers
//! go, and by which ways they come back. It knows settings only; whether a server answers, `deskbell doctor
//! --mail` finds out.

use super::EmailAddress;
use crate::config::MailConfig;
use crate::sites::settings::SiteMail;

/// What stands before the token of a reply address where the operator names a domain.
pub const REPLY_LOCAL: &str = "reply";

/// A way by which mail comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// A mailbox is read.
    Imap,
    /// A mail server hands them over.
    Lmtp,
    /// They come by HTTP.
    Http,
}

/// How mail stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// The server that takes mails from us, without its password; none where none is named.
    pub out: Option<String>,
    /// What mails come from; none where neither the site nor the operator names an address.
    pub from: Option<String>,
    /// Where answers go, the token written as `…`.
    pub reply_to: Option<String>,
    /// By which ways answers come in.
    pub ways: Vec<Way>,
}

impl Standing {
    /// What works for a site.
    pub fn of(config: &MailConfig, site: &SiteMail) -> Self {
        let own = site.address.as_deref().and_then(EmailAddress::parse);
        let domain = config.domain.as_ref();
        let from = own.as_ref().map(ToString::to_string);
        let from = from.or_else(|| domain.map(|domain| format!("{REPLY_LOCAL}@{domain}")));
        let reply_to = domain.map(|domain| format!("{REPLY_LOCAL}+…@{domain}"));
        let reply_to = reply_to.or_else(|| own.map(|own| format!("{}+…@{}", own.local(), own.domain())));
        let ways = [
            (config.imap.is_some(), Way::Imap),
            (config.lmtp_listen.is_some(), Way::Lmtp),
            (config.inbound_secret.is_some(), Way::Http),
        ];
        Self {
            out: config.smtp.as_ref().map(|server| server.shown("smtp")),
            from,
            reply_to,
            ways: ways.into_iter().filter_map(|(on, way)| on.then_some(way)).collect(),
        }
    }

    /// Whether mails can go out: there is a server, and an address that answers could go to.
    pub const fn goes_out(&self) -> bool {
        self.out.is_some() && self.from.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(address: &str) -> SiteMail {
        SiteMail { address: Some(address.to_owned()), ..SiteMail::default() }
    }

    #[test]
    fn answers_go_to_the_operators_domain_else_to_the_sites_own_address() {
        let nothing = Standing::of(&MailConfig::default(), &SiteMail::default());
        assert_eq!(nothing, Standing::default());
        let own = Standing::of(&MailConfig::default(), &site("hello@shop.example"));
        assert_eq!(own.from.as_deref(), Some("hello@shop.example"));
        assert_eq!(own.reply_to.as_deref(), Some("hello+…@shop.example"));
        assert!(!own.goes_out(), "without a server nothing goes out");
        let domain = MailConfig { domain: Some("chat.shop.example".to_owned()), ..MailConfig::default() };
        let both = Standing::of(&domain, &site("hello@shop.example"));
        assert_eq!(both.from.as_deref(), Some("hello@shop.example"));
        assert_eq!(both.reply_to.as_deref(), Some("reply+…@chat.shop.example"));
        let domain = Standing::of(&domain, &SiteMail::default());
        assert_eq!(domain.from.as_deref(), Some("reply@chat.shop.example"));
    }
}
