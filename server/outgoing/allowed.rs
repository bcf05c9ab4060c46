//! What the operator allows beyond the internet: networks, hosts, and hosts with a port. It only says
//! yes or no to an address or a host; nothing is looked up here.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use ipnet::IpNet;
use url::{Host, Url};

/// One entry of `--outgoing-allow`.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Entry {
    /// Every address of a network, on every port, however it is named.
    Network(IpNet),
    /// A host as URLs write it, on one port or on all: wherever its name leads.
    Host { host: String, port: Option<u16> },
}

/// The operator's list. Empty: only the internet's addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowed(Vec<Entry>);

impl Allowed {
    /// Whether this address may be connected to although it is not the internet's.
    pub(super) fn address(&self, address: IpAddr) -> bool {
        let plain = address.to_canonical();
        let holds = |net: &IpNet| net.contains(&plain) || net.contains(&address);
        self.0.iter().any(|entry| matches!(entry, Entry::Network(net) if holds(net)))
    }

    /// Whether the URL's host is allowed by its name, wherever the name leads.
    pub(super) fn host_of(&self, url: &Url) -> bool {
        let Some(asked) = url.host_str() else { return false };
        let asked = asked.trim_end_matches('.');
        let of_port = |port: Option<u16>| port.is_none() || port == url.port_or_known_default();
        self.0.iter().any(|entry| matches!(entry, Entry::Host { host, port } if host == asked && of_port(*port)))
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network(net) => write!(f, "{net}"),
            Self::Host { host, port: None } => f.write_str(host),
            Self::Host { host, port: Some(port) } => write!(f, "{host}:{port}"),
        }
    }
}

impl Allowed {
    /// The entries, as an operator may write them.
    pub fn entries(&self) -> Vec<String> {
        self.0.iter().map(ToString::to_string).collect()
    }
}

impl FromStr for Allowed {
    type Err = String;

    /// From a list with commas. The error says what to write instead.
    fn from_str(text: &str) -> Result<Self, String> {
        text.split(',').map(str::trim).filter(|entry| !entry.is_empty()).map(entry).collect::<Result<_, _>>().map(Self)
    }
}

fn entry(text: &str) -> Result<Entry, String> {
    let like = "write a network (10.0.0.0/8), a host (bot.internal) or a host with its port (bot.internal:5005)";
    if let Ok(net) = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)) {
        return match net.prefix_len() {
            0 => {
                Err(format!("`{text}` would allow every address of this machine and its networks; name those you mean"))
            }
            _ => Ok(Entry::Network(net.trunc())),
        };
    }
    if let Ok(address) = text.parse::<SocketAddr>() {
        let host = match address.ip() {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        return Ok(Entry::Host { host, port: Some(address.port()) });
    }
    let (name, port) = match text.rsplit_once(':') {
        Some((name, port)) => match port.parse() {
            Ok(port) => (name, Some(port)),
            Err(_) => return Err(format!("`{text}` is not something to allow; {like}")),
        },
        None => (text, None),
    };
    match Host::parse(name) {
        Ok(Host::Domain(host)) if !name.contains(['*', '/', '@']) => {
            Ok(Entry::Host { host: host.trim_end_matches('.').to_owned(), port })
        }
        _ => Err(format!("`{text}` is not something to allow; {like}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(text: &str) -> Allowed {
        text.parse().expect(text)
    }

    fn host(list: &str, url: &str) -> bool {
        allowed(list).host_of(&url.parse().expect("a URL"))
    }

    #[test]
    fn networks_hosts_and_hosts_with_a_port_are_understood() {
        let list = allowed("10.1.2.3/8, 192.168.1.7,Bot.Internal, rasa:5005,[fd00::1]:80,127.0.0.1:9000,,");
        let entries = ["10.0.0.0/8", "192.168.1.7/32", "bot.internal", "rasa:5005", "[fd00::1]:80", "127.0.0.1:9000"];
        assert_eq!(list.entries(), entries);
        assert_eq!(allowed(&entries.join(",")), list, "what is shown can be written");
        assert_eq!(allowed(""), Allowed::default());
        for bad in ["0.0.0.0/0", "::/0", "http://bot", "bot:port", "a b", "*.internal", "10.0.0.0/33", "u@bot"] {
            let said = bad.parse::<Allowed>().expect_err(bad);
            assert!(said.contains(bad), "{said}");
        }
    }

    #[test]
    fn a_network_allows_its_addresses_in_either_form() {
        let list = allowed("10.0.0.0/8,fd00::/8");
        for inside in ["10.9.9.9", "::ffff:10.0.0.1", "fd12::1"] {
            assert!(list.address(inside.parse().expect("an address")), "{inside}");
        }
        for outside in ["127.0.0.1", "11.0.0.1", "::ffff:127.0.0.1", "fe80::1", "64:ff9b::a00:1"] {
            assert!(!list.address(outside.parse().expect("an address")), "{outside}");
        }
    }

    #[test]
    fn a_host_is_allowed_by_its_name_and_port_only() {
        assert!(host("bot.internal", "http://BOT.internal:81/x") && host("bot.internal", "https://bot.internal./"));
        assert!(
            host("bot:5005", "http://bot:5005/") && host("bot:80", "http://bot/") && host("bot:443", "https://bot/")
        );
        assert!(
            !host("bot:5005", "http://bot/") && !host("bot", "http://evil.bot/") && !host("bot", "http://bot.evil/")
        );
        assert!(host("127.0.0.1:9000", "http://0x7f.1:9000/") && !host("127.0.0.1:9000", "http://127.0.0.1:9001/"));
        assert!(host("[::1]:9000", "http://[::1]:9000/"));
    }
}
