//! The way from a visitor's browser to here: HTTPS, sockets, and proxies on it.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use url::{Host, Url};

use super::Finding;
use super::surroundings::cause;
use crate::config::Config;
use crate::metrics::FORWARDED_UNTRUSTED;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(3);
/// The status by which a server goes over to WebSocket (RFC 6455, section 4.2.2).
const SWITCHING: u16 = 101;

/// Whether browsers take it: most pages come by HTTPS, and load nothing that does not.
pub(super) fn scheme(public_url: &Url) -> Finding {
    let what = "https";
    let near = match public_url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    match (public_url.scheme(), near) {
        ("https", _) => Finding::ok(what, format!("visitors use {public_url}")),
        (_, true) => Finding::ok(what, format!("{public_url} is for trying things out on this machine")),
        _ => Finding::warn(
            what,
            "--public-url begins with http://: pages that come by HTTPS cannot load the chat, and passwords travel in \
             the open; put a proxy before it, or say --tls-cert and --tls-key",
        ),
    }
}

fn client() -> Option<reqwest::Client> {
    let plain = reqwest::Client::builder().timeout(PATIENCE).no_proxy();
    plain.http1_only().redirect(reqwest::redirect::Policy::none()).build().ok()
}

/// Whether a WebSocket comes through at the address that visitors use. A site of this key there is none: the
/// server upgrades, to say so.
pub(super) async fn sockets(public_url: &Url) -> Option<Finding> {
    let what = "websocket";
    let url = public_url.join("v1/live?site=doctor").ok()?;
    let request = client()?
        .get(url)
        .header("connection", "Upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "ZG9jdG9yIGFza3Mgbm93IQ==")
        .header("sec-websocket-protocol", "deskbell.v1")
        .header("origin", public_url.origin().ascii_serialization());
    Some(match request.send().await {
        Ok(answer) if answer.status().as_u16() == SWITCHING => Finding::ok(what, "it comes through"),
        Ok(answer) => Finding::warn(
            what,
            format!(
                "{public_url} answers an upgrade with {}; let the proxy pass `Upgrade` and `Connection` on \
                 (docs/production.md). Chats work by event streams until then",
                answer.status()
            ),
        ),
        Err(why) => Finding::warn(what, format!("it does not come through ({})", cause(&why))),
    })
}

/// Whether a proxy stands before the running server that is not believed: all visitors look like one then.
pub(super) async fn proxies(config: &Config) -> Option<Finding> {
    let address = match config.listen.ip() {
        ip if ip.is_unspecified() => SocketAddr::new(IpAddr::from([127, 0, 0, 1]), config.listen.port()),
        _ => config.listen,
    };
    if config.tls.is_some() || address.port() == 0 {
        return None;
    }
    let answer = client()?.get(format!("http://{address}/metrics")).send().await.ok()?;
    counted(&answer.text().await.ok()?).map(proxy_finding)
}

/// How often it was counted, in what `/metrics` says.
pub(super) fn counted(metrics: &str) -> Option<u64> {
    let line = metrics.lines().find(|line| line.starts_with(FORWARDED_UNTRUSTED))?;
    line.rsplit(' ').next()?.parse().ok()
}

pub(super) fn proxy_finding(count: u64) -> Finding {
    let what = "proxies";
    match count {
        0 => Finding::ok(what, "whoever says for whom it asks is believed"),
        count => Finding::warn(
            what,
            format!(
                "{count} requests came with X-Forwarded-For from somebody who is not believed. If that is your proxy, \
                 name its network with --trusted-proxy: until then all its visitors share the limits of one address"
            ),
        ),
    }
}
