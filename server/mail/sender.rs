//! What a mail comes from and where answers to it go: a site's own address where it has one, else one of the
//! domain of reply addresses. Nothing here looks whether a mail server lets us send as that.

use super::EmailAddress;
use crate::config::{Config, MailConfig};
use crate::sites::Site;

/// The local part at the domain of reply addresses.
const REPLY: &str = "reply";

/// Who writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// Stands in `From`.
    pub address: EmailAddress,
    /// Beside it.
    pub name: String,
    /// Answers go to a mailbox of this domain; where there is none, to the address itself with a tag.
    domain: Option<String>,
}

impl Sender {
    /// Of a site, or of the desk itself. None where nobody said what mails come from: none can go out then.
    pub fn of(site: Option<&Site>, mail: &MailConfig) -> Option<Self> {
        let own = site.and_then(|site| site.settings.mail.address.as_deref()).and_then(EmailAddress::parse);
        let of_domain = || EmailAddress::parse(&format!("{REPLY}@{}", mail.domain.as_deref()?));
        let name = site.map_or("Deskbell", |site| site.settings.mail.name.as_deref().unwrap_or(&site.name));
        Some(Self { address: own.or_else(of_domain)?, name: name.to_owned(), domain: mail.domain.clone() })
    }

    /// Where answers go that are to be known by this token; none where it does not fit into an address.
    pub fn reply_to(&self, token: &str) -> Option<EmailAddress> {
        EmailAddress::parse(&match &self.domain {
            Some(domain) => format!("{REPLY}+{token}@{domain}"),
            None => format!("{}+{token}@{}", self.address.local(), self.address.domain()),
        })
    }

    /// What comes back goes there: to the token where a domain is ours, so that a report finds its mail. Else
    /// to the sender's own address, as mail servers let nobody send as another.
    pub fn envelope(&self, reply_to: Option<&EmailAddress>) -> EmailAddress {
        match (&self.domain, reply_to) {
            (Some(_), Some(reply_to)) => reply_to.clone(),
            _ => self.address.clone(),
        }
    }
}

/// What stands behind the @ of a `Message-ID`.
pub fn id_domain(site: Option<&Site>, config: &Config) -> String {
    let of_site = || Some(Sender::of(site, &config.mail)?.address.domain().to_owned());
    let of_url = || config.public_url.host_str().unwrap_or("localhost").to_owned();
    config.mail.domain.clone().or_else(of_site).unwrap_or_else(of_url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{QueueId, SiteId, WorkspaceId};
    use crate::sites::OnClosed;

    fn a_site() -> Site {
        let id = uuid::Uuid::nil();
        Site {
            workspace_id: WorkspaceId::from_uuid(id),
            id: SiteId::from_uuid(id),
            key: String::new(),
            name: "Shop".to_owned(),
            origins: Vec::new(),
            queue_id: QueueId::from_uuid(id),
            on_closed: OnClosed::New,
            edit_window_s: 0,
            delete_window_s: 0,
            locale: "en".to_owned(),
            appearance: serde_json::Map::new(),
            settings: crate::sites::Settings::default(),
            topics: Vec::new(),
            is_preview: false,
        }
    }

    #[test]
    fn a_site_writes_as_itself_and_answers_find_their_way() {
        let mut site = a_site();
        let with = |domain: Option<&str>| MailConfig { domain: domain.map(str::to_owned), ..MailConfig::default() };
        assert_eq!(Sender::of(Some(&site), &with(None)), None);
        let sender = Sender::of(Some(&site), &with(Some("chat.shop.example"))).unwrap();
        assert_eq!((sender.address.as_str(), sender.name.as_str()), ("reply@chat.shop.example", "Shop"));
        assert_eq!(sender.reply_to("abc").unwrap().as_str(), "reply+abc@chat.shop.example");
        site.settings.mail.address = Some("help@shop.example".to_owned());
        site.settings.mail.name = Some("Help".to_owned());
        let sender = Sender::of(Some(&site), &with(None)).unwrap();
        assert_eq!((sender.address.as_str(), sender.name.as_str()), ("help@shop.example", "Help"));
        let reply = sender.reply_to("abc").unwrap();
        assert_eq!(reply.as_str(), "help+abc@shop.example");
        assert_eq!(sender.envelope(Some(&reply)).as_str(), "help@shop.example");
        let both = Sender::of(Some(&site), &with(Some("chat.shop.example"))).unwrap();
        let reply = both.reply_to("abc").unwrap();
        assert_eq!(both.address.as_str(), "help@shop.example");
        assert_eq!(both.envelope(Some(&reply)).as_str(), "reply+abc@chat.shop.example");
        assert_eq!(Sender::of(None, &with(Some("chat.shop.example"))).unwrap().name, "Deskbell");
    }
}
