//! How mail goes out and comes in, as the operator says: servers, the domain of reply addresses, the key
//! that signs. Read at start; whether the servers are there only the mail tasks and `doctor` find out.

use std::net::SocketAddr;
use std::path::PathBuf;

use url::Url;

use super::{Loader, Origin, values};
use crate::secrets::Secret;

/// The ports of mail where an address names none.
const SUBMISSION: u16 = 587;
const SUBMISSIONS: u16 = 465;
const IMAP: u16 = 143;
const IMAPS: u16 = 993;

/// How a connection to a mail server is kept from listeners.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// TLS from the first byte (`smtps://`, `imaps://`; RFC 8314).
    Implicit,
    /// STARTTLS, without which nothing is said.
    StartTls,
    /// None: only to this machine, or where `?tls=none` says so.
    None,
}

/// A mail server, and who we are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailServer {
    /// Its name, which its certificate has to have.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How it is spoken to.
    pub encryption: Encryption,
    /// User name and password.
    pub login: Option<(String, Secret)>,
    /// The mailbox of an IMAP server; `INBOX` where none is named.
    pub folder: String,
}

/// Everything about mail. Nothing set: no mail goes out and none comes in.
#[derive(Debug, Clone, Default)]
pub struct MailConfig {
    /// Where mails go out.
    pub smtp: Option<MailServer>,
    /// The domain of reply addresses, `reply+TOKEN@DOMAIN`; where there is none, a site's own address carries them.
    pub domain: Option<String>,
    /// Where mail is taken by LMTP (RFC 2033).
    pub lmtp_listen: Option<SocketAddr>,
    /// The mailbox that is read.
    pub imap: Option<MailServer>,
    /// Signs what comes by `/v1/inbound/mail`; without it that way is shut.
    pub inbound_secret: Option<Secret>,
    /// Certificates of authorities that are trusted for mail servers, beside the web's.
    pub ca: Option<PathBuf>,
    /// The mail server whose findings about senders are believed (RFC 8601).
    pub authserv: Option<String>,
    /// The private key that signs mails (RFC 6376), and the selector that its public half is under.
    pub dkim: Option<(PathBuf, String)>,
}

impl MailServer {
    /// Reads `smtp://`, `smtps://`, `imap://` or `imaps://`, as `scheme` wants.
    ///
    /// # Errors
    /// What is wrong, without the password.
    fn parse(text: &str, scheme: &str) -> Result<Self, String> {
        let like = format!("write {scheme}s://USER:PASSWORD@HOST or {scheme}://HOST:PORT");
        let url = Url::parse(text).map_err(|why| {
            format!("this is not an address ({why}); special characters of a password are written like %40; {like}")
        })?;
        let secure = match url.scheme().strip_prefix(scheme) {
            Some("s") => true,
            Some("") => false,
            _ => return Err(format!("it begins with `{}:`; {like}", url.scheme())),
        };
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(|| format!("it names no host; {like}"))?;
        let tls = url.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value.into_owned());
        let encryption = match (secure, tls.as_deref()) {
            (true, None) => Encryption::Implicit,
            (true, Some(_)) => return Err(format!("`{scheme}s:` is always encrypted; leave `tls=` out")),
            (false, Some("none")) => Encryption::None,
            (false, Some("starttls")) => Encryption::StartTls,
            (false, None) if values::is_this_machine(host) => Encryption::None,
            (false, None) => Encryption::StartTls,
            (false, Some(_)) => return Err("`tls=` is `starttls` or `none`".into()),
        };
        let port = match (scheme, encryption) {
            ("smtp", Encryption::Implicit) => SUBMISSIONS,
            ("smtp", _) => SUBMISSION,
            (_, Encryption::Implicit) => IMAPS,
            _ => IMAP,
        };
        let folder = decoded(url.path().trim_matches('/'))?;
        Ok(Self {
            host: host.trim_matches(['[', ']']).to_owned(),
            port: url.port().unwrap_or(port),
            encryption,
            login: login(&url)?,
            folder: if folder.is_empty() { "INBOX".to_owned() } else { folder },
        })
    }

    /// For people: without user and password.
    pub fn shown(&self, scheme: &str) -> String {
        let secure = if self.encryption == Encryption::Implicit { "s" } else { "" };
        format!("{scheme}{secure}://{}:{}", self.host, self.port)
    }
}

fn login(url: &Url) -> Result<Option<(String, Secret)>, String> {
    if url.username().is_empty() {
        return Ok(None);
    }
    let password = url.password().ok_or("it names a user but no password")?;
    Ok(Some((decoded(url.username())?, Secret::new(decoded(password)?))))
}

fn decoded(text: &str) -> Result<String, String> {
    // The parser of forms decodes percent signs, and would make spaces of plus signs.
    let pair = format!("x={}", text.replace('+', "%2B"));
    let value = url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned());
    let value = value.unwrap_or_default();
    if value.chars().any(char::is_control) { Err("it has a control character in it".into()) } else { Ok(value) }
}

fn domain(text: &str) -> Result<String, String> {
    let name = text.trim().to_ascii_lowercase();
    let label = |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if name.len() <= 200 && name.split('.').all(label) {
        Ok(name)
    } else {
        Err(format!("`{text}` is not a domain; write chat.shop.example"))
    }
}

/// An LMTP listener takes mail without a password: it may be reached from this machine or private networks only.
fn lmtp_listen(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| format!("`{text}` is not an address and a port; write 127.0.0.1:2424"))
}

fn secret_text(text: &str) -> Result<Option<Secret>, String> {
    match text.trim() {
        text if text.len() < 16 => Err("a secret has 16 characters or more".into()),
        text => Ok(Some(Secret::new(text))),
    }
}

impl Loader {
    pub(super) fn mail(&mut self) -> MailConfig {
        let selector = self.value("dkim_selector", String::new(), domain);
        let key = self.value("dkim_key", None, |text| values::file(text).map(Some));
        let dkim = match (key, selector) {
            (Some(key), selector) if !selector.is_empty() => Some((key, selector)),
            (None, selector) if selector.is_empty() => None,
            _ => {
                let origin = self.stronger("dkim_key", "dkim_selector");
                self.problems.add(&origin, "dkim_key", "a key needs its selector, and a selector its key; set both");
                None
            }
        };
        MailConfig {
            smtp: self.secret_of("smtp", "smtp_file", |text| MailServer::parse(text, "smtp").map(Some)),
            domain: self.value("mail_domain", None, |text| domain(text).map(Some)),
            lmtp_listen: self.value("lmtp_listen", None, |text| lmtp_listen(text).map(Some)),
            imap: self.secret_of("imap", "imap_file", |text| MailServer::parse(text, "imap").map(Some)),
            inbound_secret: self.secret_of("inbound_secret", "inbound_secret_file", secret_text),
            authserv: self.value("mail_authserv", None, |text| domain(text).map(Some)),
            ca: self.value("mail_ca", None, |text| values::file(text).map(Some)),
            dkim,
        }
    }

    /// A setting that may stand in a file of its own; the stronger origin wins, two of one strength contradict
    /// each other.
    fn secret_of<T>(
        &mut self,
        key: &'static str,
        file: &'static str,
        parse: impl Fn(&str) -> Result<Option<T>, String>,
    ) -> Option<T> {
        let (said, filed) = (self.origin(key), self.origin(file));
        if filed == Origin::Default || said.rank() > filed.rank() {
            return self.value(key, None, parse);
        }
        if said.rank() == filed.rank() {
            self.problems.add(&filed, file, format!("{said} says this as well; keep one"));
        }
        self.value(file, None, |path| match std::fs::read_to_string(path) {
            Ok(text) => parse(text.trim()).map_err(|why| format!("in `{path}`: {why}")),
            Err(why) => Err(format!("`{path}` cannot be read: {why}")),
        })
    }

    fn stronger(&self, one: &str, other: &str) -> Origin {
        let (one, other) = (self.origin(one), self.origin(other));
        if one.rank() >= other.rank() { one } else { other }
    }

    /// What is in force, with secrets cut.
    pub(super) fn show_mail(&mut self, mail: &MailConfig) {
        let server = |server: &Option<MailServer>, scheme| {
            format!("{:?}", server.as_ref().map(|server| server.shown(scheme)).unwrap_or_default())
        };
        let path =
            |path: Option<&PathBuf>| format!("{:?}", path.map(|path| path.display().to_string()).unwrap_or_default());
        let secret = if mail.inbound_secret.is_some() { "\"***\"" } else { "\"\"" };
        let lmtp = mail.lmtp_listen.map(|address| address.to_string()).unwrap_or_default();
        let selector = mail.dkim.as_ref().map(|(_, selector)| selector.clone()).unwrap_or_default();
        let texts = [
            ("smtp", server(&mail.smtp, "smtp"), self.stronger("smtp", "smtp_file")),
            ("mail_domain", format!("{:?}", mail.domain.clone().unwrap_or_default()), self.origin("mail_domain")),
            ("imap", server(&mail.imap, "imap"), self.stronger("imap", "imap_file")),
            ("lmtp_listen", format!("{lmtp:?}"), self.origin("lmtp_listen")),
            ("inbound_secret", secret.to_owned(), self.stronger("inbound_secret", "inbound_secret_file")),
            ("mail_ca", path(mail.ca.as_ref()), self.origin("mail_ca")),
            ("mail_authserv", format!("{:?}", mail.authserv.clone().unwrap_or_default()), self.origin("mail_authserv")),
            ("dkim_key", path(mail.dkim.as_ref().map(|(key, _)| key)), self.origin("dkim_key")),
            ("dkim_selector", format!("{selector:?}"), self.origin("dkim_selector")),
        ];
        self.shown.extend(texts.map(|(key, value, origin)| (key.to_owned(), value, origin)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn smtp(text: &str) -> MailServer {
        MailServer::parse(text, "smtp").expect(text)
    }

    #[test]
    fn a_server_is_an_address_whose_secrets_are_not_shown() {
        let server = smtp("smtps://ada%40shop.example:p%3Ass+1@mail.shop.example");
        assert_eq!((server.port, server.encryption), (465, Encryption::Implicit));
        let (user, password) = server.login.clone().unwrap();
        assert_eq!((user.as_str(), password.expose()), ("ada@shop.example", "p:ss+1"));
        assert_eq!(server.shown("smtp"), "smtps://mail.shop.example:465");
        assert!(!format!("{server:?}").contains("p:ss"));
        let imap = MailServer::parse("imap://u:p@mail.shop.example/Chat%20box", "imap").unwrap();
        assert_eq!((imap.port, imap.folder.as_str()), (143, "Chat box"));
    }

    #[test]
    fn what_leaves_the_machine_is_encrypted_unless_somebody_says_so() {
        assert_eq!(smtp("smtp://mail.shop.example").encryption, Encryption::StartTls);
        assert_eq!(smtp("smtp://127.0.0.1:25").encryption, Encryption::None);
        assert_eq!(smtp("smtp://[::1]:25").encryption, Encryption::None);
        assert_eq!(smtp("smtp://localhost:25?tls=starttls").encryption, Encryption::StartTls);
        assert_eq!(smtp("smtp://relay:25?tls=none").encryption, Encryption::None);
        for bad in ["mail.shop.example", "imap://a", "smtp://", "smtps://a?tls=none", "smtp://a?tls=x", "smtp://u@a"] {
            assert!(MailServer::parse(bad, "smtp").is_err(), "{bad}");
        }
    }

    #[test]
    fn a_domain_is_a_name() {
        assert_eq!(domain(" Chat.Shop.example ").as_deref(), Ok("chat.shop.example"));
        for bad in ["", "a..b", "a b", "a@b.example", "<a>"] {
            assert!(domain(bad).is_err(), "{bad}");
        }
    }
}
