//! `health`: asks the running server whether it is ready, as a container's health check does. It opens
//! no database and reads no secret.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use reqwest::redirect::Policy;

use super::doctor::surroundings::cause;
use crate::cli::run::{Failure, Said};
use crate::config::Config;

/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// Asks `/readyz` where these settings say that the server listens.
///
/// # Errors
/// It does not answer, or not that it is ready.
pub async fn run(config: &Config) -> Result<Said, Failure> {
    let Some(address) = address(config.listen) else {
        return Err(Failure::usage("--listen with port 0 does not say where the server is; name the port."));
    };
    let scheme = if config.tls.is_some() { "https" } else { "http" };
    let url = format!("{scheme}://{address}/readyz");
    // The certificate is for the public host, and this asks by address, on this machine.
    let client = reqwest::Client::builder()
        .timeout(PATIENCE)
        .no_proxy()
        .redirect(Policy::none())
        .tls_danger_accept_invalid_certs(true)
        .build()
        .map_err(|why| Failure::new(format!("The server could not be asked: {why}.")))?;
    let answer = match client.get(&url).send().await {
        Ok(answer) => answer,
        Err(why) if why.is_timeout() => return Err(Failure::new(format!("{url} does not answer within 3 s."))),
        Err(why) => return Err(Failure::new(format!("{url} cannot be reached ({}).", cause(&why)))),
    };
    match (answer.status().is_success(), answer.text().await.unwrap_or_default().trim()) {
        (true, said) => Ok(Said { out: said.to_owned(), ..Said::default() }),
        (false, said) => Err(Failure::new(format!("Not ready: {said}."))),
    }
}

/// Where a server that listens there is reached from this machine.
fn address(listen: SocketAddr) -> Option<SocketAddr> {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    (listen.port() != 0).then(|| SocketAddr::new(ip, listen.port()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_on_every_network_is_asked_on_this_machine() {
        for (listen, asked) in [
            ("0.0.0.0:8080", Some("127.0.0.1:8080")),
            ("[::]:8080", Some("[::1]:8080")),
            ("10.0.0.7:80", Some("10.0.0.7:80")),
            ("127.0.0.1:0", None),
        ] {
            let expected = asked.map(|asked| asked.parse().expect("an address"));
            assert_eq!(address(listen.parse().expect("an address")), expected, "{listen}");
        }
    }
}
