//! The mail server that takes our mails, by SMTP with a few connections that are kept; and what its answers
//! mean. Only here is it decided whether a mail is tried again.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lettre::message::Message;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{AsyncSmtpTransportBuilder, Error, PoolConfig};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};

use super::dkim::Dkim;
use crate::config::{Config, Encryption, MailServer};
use crate::visitors::clean;

/// Connections to the mail server at once.
pub const CONNECTIONS: u32 = 4;
/// How long a connection may take to be there.
const CONNECT_WITHIN: Duration = Duration::from_secs(20);
/// How long a connection is kept for the next mail.
const KEPT_FOR: Duration = Duration::from_secs(30);
/// Characters of what a server says that are kept.
const SAID_CHARS: usize = 300;

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// The server took it.
    Taken,
    /// Not now.
    Later {
        /// The server's code; none where it did not come to one.
        code: Option<i64>,
        /// What happened, for people.
        why: String,
    },
    /// Never.
    Refused {
        /// The server's code.
        code: Option<i64>,
        /// What it said.
        why: String,
        /// Whether that is about the recipient, so that another mail would fare no better.
        recipient: bool,
    },
}

/// The way out.
pub struct Transport {
    builder: AsyncSmtpTransportBuilder,
    /// With its connections.
    smtp: Mutex<AsyncSmtpTransport<Tokio1Executor>>,
    dkim: Option<Dkim>,
    /// How long one mail may take, from the connection to the server's last answer.
    within: Duration,
}

impl Transport {
    /// Of the configuration; none where no server is set.
    ///
    /// # Errors
    /// A file of certificates or the key cannot be read; for people.
    pub fn of(config: &Config) -> Result<Option<Self>, String> {
        let Some(server) = &config.mail.smtp else { return Ok(None) };
        let name = config.mail.domain.clone().or_else(|| config.public_url.host_str().map(str::to_owned));
        let mut smtp = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&server.host)
            .port(server.port)
            .timeout(Some(CONNECT_WITHIN))
            .hello_name(ClientId::Domain(name.unwrap_or_else(|| "localhost".to_owned())))
            .pool_config(PoolConfig::new().max_size(CONNECTIONS).idle_timeout(KEPT_FOR))
            .tls(tls(config, server)?);
        if let Some((user, password)) = &server.login {
            smtp = smtp.credentials(Credentials::new(user.clone(), password.expose().to_owned()));
        }
        let dkim = config.mail.dkim.as_ref().map(|(key, selector)| Dkim::read(key, selector)).transpose()?;
        Ok(Some(Self { smtp: Mutex::new(smtp.clone().build()), builder: smtp, dkim, within: config.patience.mail }))
    }

    fn smtp(&self) -> AsyncSmtpTransport<Tokio1Executor> {
        self.smtp.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Lets all connections go: one that was given up in the middle would go back among the others, and hold
    /// up the next mail as well.
    fn renew(&self) {
        *self.smtp.lock().unwrap_or_else(PoisonError::into_inner) = self.builder.clone().build();
    }

    /// Sends one mail, signed where there is a key. `copies`: whether it has further recipients, so that a
    /// refusal need not be about the first.
    pub async fn send(&self, mut message: Message, to: &str) -> Sent {
        if let Some(dkim) = &self.dkim {
            dkim.sign(&mut message);
        }
        let copies = message.envelope().to().len() > 1;
        match tokio::time::timeout(self.within, self.smtp().send(message)).await {
            Ok(Ok(_)) => Sent::Taken,
            Ok(Err(error)) => meaning(&error, to, copies),
            Err(_) => {
                self.renew();
                Sent::Later { code: None, why: self.no_answer() }
            }
        }
    }

    fn no_answer(&self) -> String {
        format!("the mail server did not answer within {:?}", self.within)
    }

    /// Whether the server is there and lets us in; what is wrong else.
    pub async fn test(&self) -> Result<(), String> {
        match tokio::time::timeout(self.within, self.smtp().test_connection()).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err("the mail server hung up".to_owned()),
            Ok(Err(error)) => Err(said(&error)),
            Err(_) => {
                self.renew();
                Err(self.no_answer())
            }
        }
    }
}

fn tls(config: &Config, server: &MailServer) -> Result<Tls, String> {
    if server.encryption == Encryption::None {
        return Ok(Tls::None);
    }
    let mut parameters = TlsParameters::builder(server.host.clone());
    if let Some(path) = &config.mail.ca {
        let unreadable = |why: String| format!("mail_ca `{}` is of no use: {why}", path.display());
        let pem = std::fs::read(path).map_err(|error| unreadable(error.to_string()))?;
        let certificate = Certificate::from_pem(&pem).map_err(|error| unreadable(error.to_string()))?;
        parameters = parameters.add_root_certificate(certificate);
    }
    let parameters = parameters.build_rustls().map_err(|error| format!("TLS for mail does not work: {error}"))?;
    Ok(match server.encryption {
        Encryption::Implicit => Tls::Wrapper(parameters),
        _ => Tls::Required(parameters),
    })
}

/// What an error says, down to its cause, on one line.
fn said(error: &Error) -> String {
    let text = error.to_string();
    let line = super::super::writing::letter::one_line(&text, SAID_CHARS);
    clean(&line, SAID_CHARS)
}

fn meaning(error: &Error, to: &str, copies: bool) -> Sent {
    let why = said(error);
    let code = error.status().map(|code| i64::from(u16::from(code)));
    match code {
        Some(code) if error.is_permanent() => refusal(code, why, to, copies),
        // Without SMTPUTF8 there is no way to such an address, today or tomorrow.
        None if error.is_client() && !to.is_ascii() => Sent::Refused { code: None, why, recipient: true },
        _ => Sent::Later { code, why },
    }
}

/// A reply of 5xx. That we are not let in is no fault of the mail: it waits until somebody has set the
/// password right.
fn refusal(code: i64, why: String, to: &str, copies: bool) -> Sent {
    /// RFC 4954: a login is wanted, too weak, or wrong.
    const LOGIN: [i64; 4] = [530, 534, 535, 538];
    if LOGIN.contains(&code) {
        return Sent::Later { code: Some(code), why };
    }
    let about = is_about_recipient(code, &why);
    Sent::Refused { code: Some(code), recipient: about && (!copies || why.contains(to)), why }
}

/// Whether a refusal is about whom the mail is for. Where the server says an enhanced code (RFC 3463), by
/// that: 5.1.x but for those of the sender, and a mailbox that is shut; else by RFC 5321.
fn is_about_recipient(code: i64, said: &str) -> bool {
    match enhanced(said) {
        Some([5, 1, detail]) => !matches!(detail, 7 | 8),
        Some([5, 2, detail]) => detail == 1,
        Some(_) => false,
        None => matches!(code, 550 | 551 | 553),
    }
}

/// The first enhanced code in what a server said.
fn enhanced(said: &str) -> Option<[u16; 3]> {
    said.split(|c: char| c.is_whitespace() || matches!(c, ':' | '(' | ')' | '#' | ',' | ';')).find_map(|word| {
        let mut parts = word.trim_end_matches('.').split('.').map(|part| part.parse::<u16>().ok());
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(Some(class @ (2 | 4 | 5))), Some(Some(subject)), Some(Some(detail)), None) => {
                Some([class, subject, detail])
            }
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_about_the_recipient_marks_their_address() {
        for (code, said, about) in [
            (550, "permanent error (550): 5.1.1 <a@b.example>: Recipient address rejected: User unknown", true),
            (550, "permanent error (550): #5.1.0 Address rejected.", true),
            (550, "permanent error (550): 5.2.1 The mailbox is disabled", true),
            (550, "permanent error (550): no such user here", true),
            (553, "permanent error (553): mailbox name not allowed", true),
            (552, "permanent error (552): 5.2.2 mailbox full", false),
            (550, "permanent error (550): 5.7.1 looks like spam, see 10.1.1.1", false),
            (553, "permanent error (553): 5.1.8 sender's domain unknown", false),
            (550, "permanent error (550): 5.1.7 bad sender", false),
            (554, "permanent error (554): transaction failed", false),
            (503, "permanent error (503): 5.5.1 bad sequence", false),
        ] {
            assert_eq!(is_about_recipient(code, said), about, "{said}");
        }
    }

    #[test]
    fn a_wrong_password_loses_no_mail() {
        for code in [530, 535] {
            let sent = refusal(code, "5.7.8 bad credentials".to_owned(), "a@b.example", false);
            assert!(matches!(sent, Sent::Later { .. }), "{code}");
        }
    }

    #[test]
    fn of_several_recipients_the_one_that_is_named_is_meant() {
        let about = |why: &str| match refusal(550, why.to_owned(), "ada@b.example", true) {
            Sent::Refused { recipient, .. } => recipient,
            other => panic!("{other:?}"),
        };
        assert!(about("5.1.1 <ada@b.example> unknown"));
        assert!(!about("5.1.1 <copy@b.example> unknown"));
        assert!(!about("no such user"));
    }
}
