//! Which addresses nothing goes out to unless the operator allows it: this machine, its networks, and
//! every way to write one of them as something else. Knows no names and makes no connection.

use std::net::IpAddr;
use std::sync::LazyLock;

use ipnet::IpNet;

/// Networks that are not the internet's, with what each is. The first that holds an address says why.
/// From IANA's special-purpose registries; an IPv6 address is the internet's only within 2000::/3.
const REFUSED: [(&str, &str); 37] = [
    ("0.0.0.0/8", "this machine"),
    ("127.0.0.0/8", "this machine"),
    ("10.0.0.0/8", "a private network"),
    ("172.16.0.0/12", "a private network"),
    ("192.168.0.0/16", "a private network"),
    ("100.64.0.0/10", "a provider's inner network"),
    ("169.254.0.0/16", "a link-local address"),
    ("192.0.0.0/24", "a protocol's own address"),
    ("192.0.2.0/24", "an address for documents"),
    ("198.51.100.0/24", "an address for documents"),
    ("203.0.113.0/24", "an address for documents"),
    ("192.88.99.0/24", "a 6to4 relay"),
    ("198.18.0.0/15", "an address for benchmarks"),
    ("224.0.0.0/4", "a multicast address"),
    ("240.0.0.0/4", "a reserved address"),
    ("::/128", "this machine"),
    ("::1/128", "this machine"),
    ("::ffff:0:0/96", "an IPv4 address in disguise"),
    ("::ffff:0:0:0/96", "an IPv4 address in disguise"),
    ("::/96", "an IPv4 address in disguise"),
    ("64:ff9b::/96", "an IPv4 address in disguise (NAT64)"),
    ("64:ff9b:1::/48", "an IPv4 address in disguise (local NAT64)"),
    ("2002::/16", "an IPv4 address in disguise (6to4)"),
    ("2001::/32", "an IPv4 address in disguise (Teredo)"),
    ("2001:2::/48", "an address for benchmarks"),
    ("2001:10::/28", "a hash and no address"),
    ("2001:20::/28", "a hash and no address"),
    ("2001::/23", "a protocol's own address"),
    ("2001:db8::/32", "an address for documents"),
    ("3fff::/20", "an address for documents"),
    ("5f00::/16", "a segment routing address"),
    ("fc00::/7", "a private network"),
    ("fe80::/10", "a link-local address"),
    ("fec0::/10", "a site-local address"),
    ("ff00::/8", "a multicast address"),
    ("100::/64", "an address that discards"),
    ("::/3", "a reserved address"),
];

static NETWORKS: LazyLock<Vec<(IpNet, &'static str)>> = LazyLock::new(|| {
    REFUSED.iter().map(|(net, what)| (net.parse().expect("the table holds networks"), *what)).collect()
});

static INTERNET_V6: LazyLock<IpNet> = LazyLock::new(|| "2000::/3".parse().expect("a network"));

/// What the address is, if it is not one of the internet's.
pub(super) fn inner(address: IpAddr) -> Option<&'static str> {
    let listed = NETWORKS.iter().find(|(net, _)| net.contains(&address)).map(|(_, what)| *what);
    listed.or_else(|| (address.is_ipv6() && !INTERNET_V6.contains(&address)).then_some("a reserved address"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_internets_addresses_are_let_through() {
        for inside in [
            "0.0.0.0",
            "0.1.2.3",
            "127.0.0.1",
            "127.255.255.254",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "100.64.0.1",
            "100.127.255.255",
            "169.254.169.254",
            "192.0.0.192",
            "192.0.2.1",
            "198.51.100.1",
            "203.0.113.1",
            "192.88.99.1",
            "198.18.0.1",
            "198.19.255.255",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "::ffff:0:127.0.0.1",
            "::127.0.0.1",
            "::8.8.8.8",
            "64:ff9b::7f00:1",
            "64:ff9b::808:808",
            "64:ff9b:1::7f00:1",
            "2002:7f00:1::",
            "2001:0:53aa:64c:0:0:80ff:fffe",
            "2001:2::1",
            "2001:10::1",
            "2001:20::1",
            "2001:1ff::1",
            "2001:db8::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "ff02::1",
            "100::1",
            "4000::1",
        ] {
            assert!(inner(inside.parse().expect("an address")).is_some(), "{inside}");
        }
        for outside in [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.1",
            "100.63.255.255",
            "100.128.0.1",
            "126.0.0.1",
            "128.0.0.1",
            "169.253.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "192.167.0.1",
            "198.17.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700:4700::1111",
            "2001:4860:4860::8888",
            "2a00::1",
        ] {
            assert_eq!(inner(outside.parse().expect("an address")), None, "{outside}");
        }
    }
}
