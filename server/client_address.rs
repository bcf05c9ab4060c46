//! Whose address a request comes from. `X-Forwarded-For` is believed only from configured
//! networks, and only as far as trusted proxies wrote it; every other forwarding header is ignored,
//! `Forwarded` too: a proxy that does not write it would hand on what the visitor wrote.
//! Addresses feed limits; they are never logged and grant nothing.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use actix_web::HttpRequest;
use ipnet::IpNet;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The address that a request comes from; `0.0.0.0` if the connection has none (a test request).
pub fn of_request(request: &HttpRequest, trusted: &[IpNet]) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
    let headers: Vec<&[u8]> = request.headers().get_all(FORWARDED_FOR).map(|value| value.as_bytes()).collect();
    if !headers.is_empty() && !trusted.iter().any(|net| net.contains(&peer.to_canonical())) {
        crate::metrics::forwarded_untrusted();
    }
    behind_proxies(peer, &headers, trusted)
}

/// The nearest address that is not a trusted proxy's: from the peer on, `X-Forwarded-For` is read
/// from right to left, since each proxy appends whom it heard. What cannot be read ends the walk at
/// the proxy that wrote it. `headers` are the values of all such headers, in their order.
pub fn behind_proxies(peer: IpAddr, headers: &[&[u8]], trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
    let mut nearest = peer.to_canonical();
    let entries = headers.iter().rev().flat_map(|value| value.rsplit(|byte| *byte == b','));
    for entry in entries {
        if !is_trusted(&nearest) {
            break;
        }
        match address(entry) {
            Some(address) => nearest = address,
            None => break,
        }
    }
    nearest
}

/// An entry of the header: an address, with or without a port.
fn address(entry: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(entry).ok()?.trim();
    let address = text
        .parse::<IpAddr>()
        .or_else(|_| text.parse::<SocketAddr>().map(|address| address.ip()))
        .or_else(|_| text.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>());
    address.ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    const PROXY: &str = "10.0.0.1";
    const STRANGER: &str = "203.0.113.9";

    fn seen(peer: &str, headers: &[&str]) -> String {
        let trusted: Vec<IpNet> =
            ["10.0.0.0/8", "fd00::/8"].iter().map(|net| net.parse().expect("a network")).collect();
        let headers: Vec<&[u8]> = headers.iter().map(|value| value.as_bytes()).collect();
        behind_proxies(peer.parse().expect("an address"), &headers, &trusted).to_string()
    }

    #[test]
    fn a_stranger_cannot_choose_an_address() {
        assert_eq!(seen(STRANGER, &["192.0.2.1"]), STRANGER);
        assert_eq!(seen(STRANGER, &["10.0.0.1, 10.0.0.2"]), STRANGER);
        assert_eq!(seen(PROXY, &["192.0.2.1, 203.0.113.9"]), STRANGER, "only what the proxy itself appended counts");
        assert_eq!(seen(PROXY, &["192.0.2.1", "203.0.113.9"]), STRANGER, "nor does a header of one's own");
        assert_eq!(seen(PROXY, &["10.9.9.9, 203.0.113.9"]), STRANGER, "nor does posing as a proxy");
    }

    #[test]
    fn a_chain_of_trusted_proxies_is_followed() {
        assert_eq!(seen(PROXY, &["192.0.2.1"]), "192.0.2.1");
        assert_eq!(seen(PROXY, &["192.0.2.1, 10.0.0.3", "10.0.0.2"]), "192.0.2.1");
        assert_eq!(seen("fd00::1", &["2001:db8::7"]), "2001:db8::7");
        assert_eq!(seen("::ffff:10.0.0.1", &["::ffff:192.0.2.1"]), "192.0.2.1");
        assert_eq!(seen(PROXY, &["10.0.0.2"]), "10.0.0.2", "a request that began inside");
        assert_eq!(seen(PROXY, &[]), PROXY);
    }

    #[test]
    fn ports_are_cut_and_nonsense_ends_at_its_writer() {
        assert_eq!(seen(PROXY, &["192.0.2.1:4711"]), "192.0.2.1");
        assert_eq!(seen(PROXY, &["[2001:db8::7]:4711"]), "2001:db8::7");
        assert_eq!(seen(PROXY, &["[2001:db8::7]"]), "2001:db8::7");
        for nonsense in ["unknown", "", ",", "192.0.2.1,", "192.0.2.256", "é", "192.0.2.1, 10.0.0.2, _hidden"] {
            assert_eq!(seen(PROXY, &[nonsense]), PROXY, "{nonsense}");
        }
        assert_eq!(seen(PROXY, &["192.0.2.1, unknown, 10.0.0.2"]), "10.0.0.2");
    }

    #[test]
    fn no_other_header_is_believed_even_from_a_proxy() {
        let peer: SocketAddr = "10.0.0.1:5000".parse().expect("an address");
        let trusted: Vec<IpNet> = vec!["10.0.0.0/8".parse().expect("a network")];
        let mut request = TestRequest::default().peer_addr(peer);
        for name in ["X-Real-IP", "Forwarded", "X-Client-IP", "CF-Connecting-IP", "X-Forwarded-User", "X-Remote-User"] {
            request = request.insert_header((name, "192.0.2.1"));
        }
        assert_eq!(of_request(&request.to_http_request(), &trusted), peer.ip());
        let forwarded = TestRequest::default().peer_addr(peer).append_header(("X-Forwarded-For", "192.0.2.7"));
        assert_eq!(of_request(&forwarded.to_http_request(), &trusted).to_string(), "192.0.2.7");
        let forwarded = TestRequest::default().peer_addr(peer).append_header(("X-Forwarded-For", "192.0.2.7"));
        assert_eq!(of_request(&forwarded.to_http_request(), &[]), peer.ip());
        assert!(of_request(&TestRequest::default().to_http_request(), &trusted).is_unspecified());
    }
}
