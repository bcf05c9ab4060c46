//! What receivers make of mails that leave from here: whether SPF passes for the address that they leave from, and
//! whether what passes is of the domain in `From`, as DMARC wants (RFC 7489, 3.1).

use std::net::{IpAddr, Ipv4Addr};

use super::Finding;
use super::dns::{self, Dns};
use super::spf::{self, Found};
use crate::config::Config;

/// Labels of the longest name at which a record is looked for, below the domain itself.
const MOST_LABELS: usize = 7;

/// Where mails leave from.
pub(super) struct Leaving {
    pub(super) addresses: Vec<IpAddr>,
}

impl Leaving {
    /// The addresses that the operator named, else those of the mail server, if the world sees them.
    pub(super) async fn of(given: &[IpAddr], config: &Config, dns: &Dns) -> Self {
        if !given.is_empty() {
            return Self { addresses: given.to_vec() };
        }
        let Some(server) = &config.mail.smtp else { return Self { addresses: Vec::new() } };
        let mut addresses = match server.host.parse() {
            Ok(ip) => vec![ip],
            Err(_) => dns.addresses(&server.host, false).await.unwrap_or_default(),
        };
        addresses.retain(|ip| is_public(*ip));
        Self { addresses }
    }
}

/// Whether the world may see mails come from there; an address of a network of one's own it does not.
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let shared = u32::from(ip) >> 22 == u32::from(Ipv4Addr::new(100, 64, 0, 0)) >> 22;
            !(ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_unspecified() || shared)
        }
        IpAddr::V6(ip) => {
            !(ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local() || ip.is_unicast_link_local())
        }
    }
}

/// What the record of a domain says of where mails leave from; whether all of it passes, where that is known.
pub(super) async fn spf(dns: &Dns, domain: &str, leaving: &Leaving) -> (Finding, Option<bool>) {
    let what = format!("SPF of {domain}");
    let record = match dns.texts(domain).await {
        Ok(texts) => dns::spf_finding(what.clone(), &texts),
        Err(why) => return (dns::unasked(what, &why), None),
    };
    if record.level == super::Level::Fail {
        return (record, Some(false));
    }
    if leaving.addresses.is_empty() {
        let told = format!("{}; name its address with --leaves-from to have that looked at", record.text);
        return (Finding { text: told, ..record }, None);
    }
    let mut passed = Vec::new();
    for ip in &leaving.addresses {
        match spf::check(dns, *ip, domain).await {
            Found::Pass(by) => passed.push(format!("{ip} by `{by}`")),
            Found::Unknown(why) => return (dns::unasked(what, &why), None),
            found => return (refused(what, *ip, found), Some(false)),
        }
    }
    let told = format!("it lets the mail server send: {}", passed.join(", "));
    (if record.level == super::Level::Warn { record } else { Finding::ok(what, told) }, Some(true))
}

fn refused(what: String, ip: IpAddr, found: Found) -> Finding {
    let family = if ip.is_ipv4() { "ip4" } else { "ip6" };
    let mend =
        format!("put `{family}:{ip}` into the record, or the include that the provider of your mail server names");
    match found {
        Found::Broken(why) => Finding::fail(what, format!("receivers cannot use it: {why}")),
        Found::Fail(by) => Finding::fail(what, format!("`{by}` forbids {ip} to send; {mend}")),
        Found::SoftFail(by) => Finding::fail(what, format!("`{by}` doubts mails from {ip}; {mend}")),
        _ => Finding::fail(what, format!("nothing in it says that {ip} may send; {mend}")),
    }
}

/// What a domain's mails have to show.
pub(super) struct Shown<'a> {
    /// The domain in `From`.
    pub(super) from: &'a str,
    /// The domain of the envelope, which SPF is about.
    pub(super) envelope: &'a str,
    /// Whether SPF passes for that, where it is known.
    pub(super) spf: Option<bool>,
    /// Whether receivers find that our signature holds, which is of the domain in `From`.
    pub(super) signed: bool,
}

/// The policy of the domain in `From`, and whether something passes that counts for it.
pub(super) async fn dmarc(dns: &Dns, shown: &Shown<'_>) -> Finding {
    let what = format!("DMARC of {}", shown.from);
    let records = match walk(dns, shown.from).await {
        Ok(records) => records,
        Err(why) => return dns::unasked(what, &why),
    };
    let Some((name, record)) = records.first() else { return dns::no_dmarc(what, shown.from) };
    let policy = dns::dmarc_finding(what.clone(), record, name != shown.from);
    if policy.level == super::Level::Fail || shown.signed {
        return policy;
    }
    let strict = dns::tag(record, "aspf").as_deref() == Some("s");
    let related = match shown.envelope == shown.from {
        true => true,
        false if strict => false,
        false => match walk(dns, shown.envelope).await {
            Ok(of_envelope) => organization(&of_envelope, shown.envelope) == organization(&records, shown.from),
            Err(why) => return dns::unasked(what, &why),
        },
    };
    match (related, shown.spf) {
        (true, Some(true)) => Finding::ok(what, format!("{}; SPF passes and counts for it", policy.text)),
        (true, None) => policy,
        (false, _) => Finding::warn(
            what,
            format!(
                "`{record}`; SPF is of {} here, which does not count for it{}. Set --dkim-key, or let your mail server \
                 sign with `d={}`",
                shown.envelope,
                if strict { " (`aspf=s`)" } else { "" },
                shown.from
            ),
        ),
        (true, Some(false)) => Finding::warn(
            what,
            format!(
                "`{record}`; SPF does not pass, and nothing here signs. Mend SPF, set --dkim-key, or let your mail \
                 server sign with `d={}`",
                shown.from
            ),
        ),
    }
}

/// The records of a domain and of those above it, its own first (the tree walk of draft-ietf-dmarc-dmarcbis, 4.10,
/// which needs no list of public suffixes).
async fn walk(dns: &Dns, domain: &str) -> Result<Vec<(String, String)>, String> {
    let mut found = Vec::new();
    let labels: Vec<&str> = domain.split('.').collect();
    for at in 0..labels.len() {
        if at > 0 && labels.len() - at > MOST_LABELS {
            continue;
        }
        let name = labels[at..].join(".");
        let texts = dns.texts(&format!("_dmarc.{name}")).await?;
        if let Some(record) = texts.into_iter().find(|text| text.starts_with("v=DMARC1")) {
            found.push((name, record));
        }
    }
    Ok(found)
}

/// The domain whose owner speaks for this one.
fn organization(records: &[(String, String)], domain: &str) -> String {
    for (name, record) in records {
        match dns::tag(record, "psd").as_deref() {
            Some("n") => return name.clone(),
            Some("y") if name != domain => {
                let below = domain.strip_suffix(name.as_str()).unwrap_or_default().trim_end_matches('.');
                let label = below.rsplit('.').next().unwrap_or_default();
                return format!("{label}.{name}");
            }
            _ => {}
        }
    }
    records.last().map_or_else(|| domain.to_owned(), |(name, _)| name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_domain_that_speaks_for_others_is_found() {
        let of = |records: &[(&str, &str)], domain: &str| {
            let records: Vec<_> = records.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
            organization(&records, domain)
        };
        assert_eq!(of(&[], "chat.shop.example"), "chat.shop.example");
        let both = [("chat.shop.example", "v=DMARC1; p=none"), ("shop.example", "v=DMARC1; p=none")];
        assert_eq!(of(&both, "chat.shop.example"), "shop.example");
        let own = [("chat.shop.example", "v=DMARC1; psd=n"), ("shop.example", "v=DMARC1; p=none")];
        assert_eq!(of(&own, "chat.shop.example"), "chat.shop.example");
        assert_eq!(of(&[("co.example", "v=DMARC1; psd=y")], "a.shop.co.example"), "shop.co.example");
    }

    #[test]
    fn what_the_world_cannot_see_is_no_address_of_spf() {
        for (ip, public) in [("127.0.0.1", false), ("10.1.2.3", false), ("100.64.0.1", false), ("192.0.2.1", true)] {
            assert_eq!(is_public(ip.parse().unwrap()), public, "{ip}");
        }
        assert!(!is_public("::1".parse().unwrap()) && !is_public("fd00::1".parse().unwrap()));
    }
}
