//! From a setting's text to its type. Each function's error is the sentence an operator reads: what
//! is wrong and what to write. None of them quotes what may be secret.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use ipnet::IpNet;
use url::Url;

use super::{DatabaseUrl, LogFormat};
use crate::secrets::Secret;

const MOST_WORKERS: usize = 512;
/// The embedded database's file in the data folder.
const DATABASE_NAME: &str = "deskbell.db";

pub(super) fn listen(text: &str) -> Result<SocketAddr, String> {
    let like = "write an address like 127.0.0.1:8080";
    if let Ok(address) = text.parse() {
        return Ok(address);
    }
    if text.contains("://") {
        return Err(format!("`{text}` is a URL; {like}"));
    }
    let Some((host, port)) = text.rsplit_once(':').filter(|_| text.parse::<Ipv6Addr>().is_err()) else {
        return Err(format!("`{text}` has no port; {like}"));
    };
    let Ok(port) = port.parse::<u16>() else {
        return Err(format!("`{port}` is no port; ports are the numbers from 0 to 65535"));
    };
    match host {
        "localhost" => Ok((Ipv4Addr::LOCALHOST, port).into()),
        "" | "*" => {
            Err(format!("`{text}` names no address; write 127.0.0.1:{port} or, for every network, 0.0.0.0:{port}"))
        }
        _ => Err(format!("`{host}` is not an address of this machine in digits; {like}")),
    }
}

/// What `public_url` is if nobody says: a machine is not reached by the address "all of them".
pub(super) fn url_of(listen: SocketAddr, tls: bool) -> Url {
    let host = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    let address = SocketAddr::new(host, listen.port());
    let scheme = if tls { "https" } else { "http" };
    Url::parse(&format!("{scheme}://{address}/")).expect("an address makes a URL")
}

/// Whether a host's name means this machine.
pub(super) fn is_this_machine(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

pub(super) fn public_url(text: &str) -> Result<Url, String> {
    let like = "write what visitors see, like https://chat.example.com";
    let url = Url::parse(text).map_err(|_| format!("this is not a URL; {like}"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return Err(format!("this is not an http or https URL; {like}"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(format!("a public address has no user or password in it; {like}"));
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err(format!("`{}` is more than a host and port; Deskbell needs a host of its own, so {like}", url));
    }
    Ok(url)
}

pub(super) fn file(text: &str) -> Result<PathBuf, String> {
    if text.trim().is_empty() { Err("the file has no name".into()) } else { Ok(text.into()) }
}

pub(super) fn data(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    match std::fs::metadata(&path) {
        _ if text.is_empty() => Err("the folder has no name".into()),
        Ok(found) if !found.is_dir() => Err(format!("`{text}` is a file; name a folder")),
        _ => Ok(path),
    }
}

/// The default database in this data folder.
pub(super) fn database_in(data: &Path) -> DatabaseUrl {
    DatabaseUrl::Sqlite(data.join(DATABASE_NAME))
}

pub(super) fn database(text: &str, data: &Path) -> Result<DatabaseUrl, String> {
    let like = "write sqlite:FILE or postgres://USER:PASSWORD@HOST/NAME";
    match text.split_once(':') {
        Some(("sqlite", "")) => Ok(database_in(data)),
        Some(("sqlite", path)) => {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.contains(":memory:") {
                return Err("a database in memory forgets what it acknowledged; name a file".into());
            }
            if path.is_empty() || path.contains('?') {
                return Err("after `sqlite:` comes a file's path and nothing else".into());
            }
            Ok(DatabaseUrl::Sqlite(path.into()))
        }
        Some(("postgres" | "postgresql", _)) => {
            let url = Url::parse(text).map_err(|why| {
                format!("this is not a PostgreSQL URL ({why}); special characters of a password are written like %40; {like}")
            })?;
            let socket = url.query_pairs().any(|(name, _)| name == "host");
            if url.host_str().is_none_or(str::is_empty) && !socket {
                return Err(format!("the PostgreSQL URL names no host; {like}"));
            }
            Ok(DatabaseUrl::Postgres(Secret::new(text)))
        }
        _ => Err(format!("only SQLite and PostgreSQL are understood; {like}")),
    }
}

/// The address of a database with everything cut that may be a password.
pub(super) fn database_shown(database: &DatabaseUrl) -> String {
    let secret = match database {
        DatabaseUrl::Sqlite(path) => return format!("sqlite:{}", path.display()),
        DatabaseUrl::Postgres(secret) => secret,
    };
    let Ok(mut url) = Url::parse(secret.expose()) else { return "postgres://***".into() };
    if url.password().is_some() && url.set_password(Some("***")).is_err() {
        return "postgres://***".into();
    }
    let harmless = |name: &str| matches!(name, "host" | "port" | "dbname" | "sslmode" | "application_name");
    let query: Vec<String> = url
        .query_pairs()
        .map(|(name, value)| if harmless(&name) { format!("{name}={value}") } else { format!("{name}=***") })
        .collect();
    url.set_query((!query.is_empty()).then(|| query.join("&")).as_deref());
    url.set_fragment(None);
    url.to_string()
}

/// A list of networks with commas; single addresses count as networks of one.
pub(super) fn trusted_proxies(text: &str) -> Result<Vec<IpNet>, String> {
    text.split(',').map(str::trim).filter(|entry| !entry.is_empty()).map(network).collect()
}

fn network(text: &str) -> Result<IpNet, String> {
    let net: IpNet = text
        .parse()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_| format!("`{text}` is not a network; write one like 10.0.0.0/8 or 192.0.2.7"))?;
    if net.prefix_len() == 0 {
        return Err(format!("`{text}` would believe everybody; name your proxy's network"));
    }
    Ok(net.trunc())
}

pub(super) fn log(text: &str) -> Result<String, String> {
    match tracing_subscriber::EnvFilter::builder().parse(text) {
        Ok(_) if !text.trim().is_empty() => Ok(text.to_owned()),
        _ => Err(format!(
            "`{text}` is not a filter; write a level (error, warn, info, debug, trace) or `info,deskbell::live=debug`"
        )),
    }
}

pub(super) fn log_format(text: &str) -> Result<LogFormat, String> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err(format!("`{text}` is not a format; write text or json")),
    }
}

/// The longest time between backups that can be asked for, in hours: a year.
const MOST_HOURS: u64 = 8_760;

pub(super) fn hours(text: &str) -> Result<Duration, String> {
    let hours = text.parse::<u64>().ok().filter(|hours| *hours <= MOST_HOURS);
    hours
        .map(|hours| Duration::from_secs(hours * 3_600))
        .ok_or_else(|| format!("`{text}` is not a number of hours from 0 to {MOST_HOURS}"))
}

pub(super) fn workers(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| (1..=MOST_WORKERS).contains(number));
    number.ok_or_else(|| format!("`{text}` is not a number of threads from 1 to {MOST_WORKERS}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listening_needs_an_address_and_a_port() {
        for (text, address) in
            [("0.0.0.0:80", "0.0.0.0:80"), ("[::1]:0", "[::1]:0"), ("localhost:8080", "127.0.0.1:8080")]
        {
            assert_eq!(listen(text), Ok(address.parse().expect("an address")));
        }
        for (text, part) in [
            ("localhost", "`localhost` has no port; write an address like 127.0.0.1:8080"),
            ("::1", "has no port"),
            (":8080", "names no address"),
            ("127.0.0.1:80800", "is no port"),
            ("chat.example.com:80", "`chat.example.com` is not an address"),
            ("http://127.0.0.1:8080", "is a URL"),
            ("", "has no port"),
        ] {
            let said = listen(text).expect_err(text);
            assert!(said.contains(part), "{text}: {said}");
        }
    }

    #[test]
    fn the_public_address_is_a_host_and_nothing_more() {
        assert!(public_url("https://chat.example.com").is_ok());
        for bad in [
            "chat.example.com",
            "ftp://x",
            "https://",
            "https://a:b@x",
            "https://x/chat",
            "https://x/?a",
            "https://x/#a",
        ] {
            let said = public_url(bad).expect_err(bad);
            assert!(said.contains("https://chat.example.com"), "{bad}: {said}");
        }
        assert_eq!(url_of("0.0.0.0:8080".parse().expect("an address"), false).as_str(), "http://127.0.0.1:8080/");
        assert_eq!(url_of("[::]:80".parse().expect("an address"), false).as_str(), "http://[::1]/");
        assert_eq!(url_of("[::]:443".parse().expect("an address"), true).as_str(), "https://[::1]/");
    }

    #[test]
    fn databases_are_files_or_servers() {
        let data = Path::new("/srv/desk");
        let in_data = DatabaseUrl::Sqlite("/srv/desk/deskbell.db".into());
        assert_eq!(database("sqlite:", data), Ok(in_data));
        for text in ["sqlite:/x/a.db", "sqlite:///x/a.db"] {
            assert_eq!(database(text, data), Ok(DatabaseUrl::Sqlite("/x/a.db".into())));
        }
        for good in ["postgres://u:p@db/desk", "postgresql://db/desk", "postgres:///desk?host=/run/postgresql"] {
            assert!(matches!(database(good, data), Ok(DatabaseUrl::Postgres(_))), "{good}");
        }
        for bad in
            ["", "mysql://x", "sqlite::memory:", "sqlite:a?mode=ro", "postgres:///desk", "postgres://u:s3cret@:x/"]
        {
            let said = database(bad, data).expect_err(bad);
            assert!(!said.contains("s3cret"), "{said}");
        }
    }

    #[test]
    fn a_database_is_shown_without_its_password() {
        for (text, shown) in [
            ("postgres://desk:s3cret@db:5433/d?sslmode=require", "postgres://desk:***@db:5433/d?sslmode=require"),
            ("postgres://db/d?password=s3cret&user=x", "postgres://db/d?password=***&user=***"),
            ("postgres://db/d#s3cret", "postgres://db/d"),
        ] {
            assert_eq!(database_shown(&DatabaseUrl::Postgres(Secret::new(text))), shown);
        }
    }

    #[test]
    fn proxies_are_networks_but_never_everybody() {
        let nets = trusted_proxies("10.1.2.3/8, 192.0.2.7,,fd00::/8").expect("networks");
        assert_eq!(
            nets.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["10.0.0.0/8", "192.0.2.7/32", "fd00::/8"]
        );
        assert_eq!(trusted_proxies(""), Ok(vec![]));
        for bad in ["0.0.0.0/0", "::/0", "proxy", "10.0.0.0/33"] {
            assert!(trusted_proxies(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn small_values_are_checked_too() {
        assert!(log("info,deskbell=debug").is_ok() && log("loud=shout").is_err() && log(" ").is_err());
        assert!(log_format("json").is_ok() && log_format("xml").is_err());
        assert!(workers("4").is_ok() && workers("0").is_err() && workers("many").is_err() && workers("513").is_err());
    }
}
