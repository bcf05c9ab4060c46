//! What the world finds of a mail domain in the DNS: SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489) and MX. It
//! asks and reads; whether a receiver lets a mail through it cannot know.

use std::net::{IpAddr, SocketAddr};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::RData;

use super::Finding;

/// Bytes of a public key of Ed25519.
const ED25519_BYTES: usize = 32;

/// Asks a DNS server.
pub(super) struct Dns(TokioResolver);

impl Dns {
    /// This one, or the machine's.
    pub(super) fn of(server: Option<SocketAddr>) -> Result<Self, String> {
        let builder = match server {
            None => TokioResolver::builder_tokio().map_err(|why| why.to_string())?,
            Some(address) => {
                let mut connection = ConnectionConfig::udp();
                connection.port = address.port();
                let mut servers = NameServerConfig::udp(address.ip());
                servers.connections = vec![connection];
                let config = ResolverConfig::from_parts(None, Vec::new(), vec![servers]);
                TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
            }
        };
        builder.build().map(Self).map_err(|why| why.to_string())
    }

    /// The texts of a name; none where it has none.
    pub(super) async fn texts(&self, name: &str) -> Result<Vec<String>, String> {
        let Some(found) = none_is_fine(self.0.txt_lookup(format!("{name}.")).await)? else { return Ok(Vec::new()) };
        let text = |data: &RData| match data {
            RData::TXT(text) => {
                Some(text.txt_data.iter().map(|part| String::from_utf8_lossy(part).into_owned()).collect())
            }
            _ => None,
        };
        Ok(found.answers().iter().filter_map(|record| text(&record.data)).collect())
    }

    /// The mail servers that a domain names, the first ones first.
    pub(super) async fn exchanges(&self, domain: &str) -> Result<Vec<String>, String> {
        let found = none_is_fine(self.0.mx_lookup(format!("{domain}.")).await)?;
        let mut all: Vec<(u16, String)> = Vec::new();
        for record in found.iter().flat_map(|found| found.answers()) {
            if let RData::MX(mx) = &record.data {
                all.push((mx.preference, mx.exchange.to_string().trim_end_matches('.').to_owned()));
            }
        }
        all.sort();
        Ok(all.into_iter().map(|(_, name)| name).collect())
    }

    /// The same; itself where it names none but has an address.
    async fn servers(&self, domain: &str) -> Result<Vec<String>, String> {
        let named = self.exchanges(domain).await?;
        if named.is_empty() && !self.addresses(domain, false).await?.is_empty() {
            return Ok(vec![domain.to_owned()]);
        }
        Ok(named)
    }

    /// The addresses of a name: of IPv6, or of IPv4.
    pub(super) async fn addresses(&self, name: &str, six: bool) -> Result<Vec<IpAddr>, String> {
        let name = format!("{name}.");
        let found = if six { self.0.ipv6_lookup(name).await } else { self.0.ipv4_lookup(name).await };
        let found = none_is_fine(found)?;
        let address = |data: &RData| match data {
            RData::A(address) => Some(IpAddr::V4(address.0)),
            RData::AAAA(address) => Some(IpAddr::V6(address.0)),
            _ => None,
        };
        Ok(found.iter().flat_map(|found| found.answers()).filter_map(|record| address(&record.data)).collect())
    }

    /// The names of an address.
    pub(super) async fn names(&self, ip: IpAddr) -> Result<Vec<String>, String> {
        let found = none_is_fine(self.0.reverse_lookup(ip).await)?;
        let name = |data: &RData| match data {
            RData::PTR(name) => Some(name.to_string().trim_end_matches('.').to_lowercase()),
            _ => None,
        };
        Ok(found.iter().flat_map(|found| found.answers()).filter_map(|record| name(&record.data)).collect())
    }
}

fn none_is_fine<T>(found: Result<T, NetError>) -> Result<Option<T>, String> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(why) if why.is_no_records_found() || why.is_nx_domain() => Ok(None),
        Err(why) => Err(why.to_string()),
    }
}

pub(super) fn unasked(what: String, why: &str) -> Finding {
    Finding::warn(what, format!("the DNS could not be asked ({why})"))
}

/// Whether the domain says who may send for it.
pub(super) fn spf_finding(what: String, texts: &[String]) -> Finding {
    let records: Vec<&String> = texts.iter().filter(|text| super::spf::is_spf(text)).collect();
    let [record] = records.as_slice() else {
        return match records.len() {
            0 => Finding::fail(
                what,
                "there is no record, and receivers doubt every mail; publish a TXT record such as \
                 `v=spf1 include:YOUR-MAIL-PROVIDER ~all`, as the provider of your mail server says",
            ),
            n => Finding::fail(what, format!("there are {n} records, which count as none; make them one")),
        };
    };
    let terms: Vec<&str> = record.split_whitespace().skip(1).collect();
    match terms.last() {
        _ if terms.iter().any(|term| matches!(*term, "all" | "+all")) => {
            Finding::fail(what, format!("`{record}` lets anybody send; end it with `~all` or `-all`"))
        }
        _ if terms.iter().all(|term| matches!(*term, "-all" | "~all" | "?all")) => {
            Finding::fail(what, format!("`{record}` lets nobody send; name your mail server in it"))
        }
        Some(&("-all" | "~all")) => {
            Finding::ok(what, format!("`{record}`; it has to name the server by which mails go out"))
        }
        _ if terms.iter().any(|term| term.starts_with("redirect=")) => {
            Finding::ok(what, format!("`{record}`; what it leads to has to name the server by which mails go out"))
        }
        _ => Finding::warn(what, format!("`{record}` forbids nobody to send; end it with `~all` or `-all`")),
    }
}

/// Whether receivers find the key that signs, and whether it is ours.
pub(super) async fn dkim(dns: &Dns, domain: &str, selector: &str, own: Option<&[u8]>) -> Finding {
    let (what, name) = (format!("DKIM of {domain}"), format!("{selector}._domainkey.{domain}"));
    match dns.texts(&name).await {
        Ok(texts) => dkim_finding(what, &name, &texts, own),
        Err(why) => unasked(what, &why),
    }
}

pub(super) fn dkim_finding(what: String, name: &str, texts: &[String], own: Option<&[u8]>) -> Finding {
    let key = texts.iter().find_map(|text| tag(text, "p"));
    let key = key.map(|key| key.split_whitespace().collect::<String>());
    match key.as_deref().map(|key| (key, STANDARD.decode(key))) {
        None => Finding::fail(what, format!("there is no key at {name}; publish the public half of --dkim-key there")),
        Some(("", _)) => Finding::fail(what, format!("the key at {name} is withdrawn (`p=` is empty); publish ours")),
        Some((_, Err(_))) => Finding::fail(what, format!("the key at {name} is not base64; publish it anew")),
        Some((_, Ok(published))) => match own {
            // One of RSA stands at the end of the structure that is published, one of Ed25519 is published alone
            // (RFC 8463, 4.2).
            Some(own) if published == own || (own.len() != ED25519_BYTES && published.ends_with(own)) => {
                Finding::ok(what, format!("the key at {name} is that of --dkim-key"))
            }
            Some(own) if published.ends_with(own) => Finding::fail(
                what,
                format!("the key at {name} is ours in a form that nobody reads; publish `p={}`", STANDARD.encode(own)),
            ),
            Some(_) => {
                Finding::fail(what, format!("the key at {name} is another than that of --dkim-key; publish ours"))
            }
            None => {
                Finding::warn(what, format!("there is a key at {name}; --dkim-key could not be read to compare it"))
            }
        },
    }
}

/// What is said of a domain that tells receivers nothing.
pub(super) fn no_dmarc(what: String, domain: &str) -> Finding {
    Finding::warn(
        what,
        format!(
            "there is no record; large receivers want one. Publish `v=DMARC1; p=none` at _dmarc.{domain} to begin with"
        ),
    )
}

/// The value of a tag of a record (RFC 6376, 3.2), of which upper and lower case do not matter but in keys.
pub(super) fn tag(record: &str, wanted: &str) -> Option<String> {
    let mut tags = record.split(';').filter_map(|part| part.trim().split_once('='));
    tags.find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted)).map(|(_, value)| value.trim().to_owned())
}

/// What receivers are told to do with mails that prove nothing.
pub(super) fn dmarc_finding(what: String, record: &str, above: bool) -> Finding {
    let of = |name: &str| tag(record, name).map(|value| value.to_lowercase());
    let policy = if above { of("sp").or_else(|| of("p")) } else { of("p") };
    match policy.as_deref() {
        Some("reject" | "quarantine") => Finding::ok(
            what,
            format!("`{record}`; mails need a passing SPF or DKIM of this very domain, or they are not delivered"),
        ),
        Some("none") => Finding::ok(what, format!("`{record}`; receivers report and deliver")),
        _ => Finding::fail(what, format!("`{record}` has no policy; it needs `p=none`, `p=quarantine` or `p=reject`")),
    }
}

/// Whether answers find a mail server.
pub(super) async fn mx(dns: &Dns, domain: &str) -> Finding {
    let what = format!("MX of {domain}");
    match dns.servers(domain).await {
        Ok(servers) => mx_finding(what, &servers),
        Err(why) => unasked(what, &why),
    }
}

pub(super) fn mx_finding(what: String, servers: &[String]) -> Finding {
    match servers {
        [] => Finding::fail(what, "no mail server is named, and answers cannot be delivered; publish an MX record"),
        [only] if only.is_empty() => Finding::fail(
            what,
            "the domain says that it takes no mail (`MX 0 .`), and answers cannot be delivered; name a mail server",
        ),
        servers => Finding::ok(what, format!("answers go to {}", servers.join(", "))),
    }
}
