//! A mail server that takes what it is given, or does what a story tells it to do instead.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use deskbell::config::{Encryption, MailServer};
use mail_parser::{Message, MessageParser};
use rustls::ServerConfig;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::tls::Pair;

/// What it does to the next mail instead of taking it.
#[derive(Debug, Clone)]
pub enum Trouble {
    /// Answers this command (`MAIL`, `RCPT`, `DATA`, or `.` for the end of the data) with these words.
    Says(&'static str, &'static str),
    /// Hangs up while it gets the mail.
    DropsInData,
    /// Takes the mail and hangs up without a word.
    TakesAndDrops,
    /// Never answers the mail's end.
    Hangs,
}

/// A mail that came.
#[derive(Debug, Clone)]
pub struct Got {
    /// Of the envelope.
    pub from: String,
    pub to: Vec<String>,
    pub raw: String,
}

impl Got {
    pub fn message(&self) -> Message<'_> {
        MessageParser::new().parse(self.raw.as_bytes()).expect("a mail")
    }

    pub fn header(&self, name: &str) -> Option<String> {
        let message = self.message();
        message.header_raw(name).map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    pub fn subject(&self) -> String {
        self.message().subject().unwrap_or_default().to_owned()
    }

    pub fn text(&self) -> String {
        self.message().body_text(0).unwrap_or_default().into_owned()
    }

    pub fn html(&self) -> String {
        self.message().body_html(0).unwrap_or_default().into_owned()
    }

    /// What stands behind `/m/` in its first link.
    pub fn link(&self) -> String {
        let text = self.text();
        let rest = text.split("/m/").nth(1).unwrap_or_else(|| panic!("no link in {text}"));
        rest.split_whitespace().next().expect("a token").to_owned()
    }
}

#[derive(Default)]
struct State {
    mails: Vec<Got>,
    troubles: VecDeque<Trouble>,
    /// Whether a mail that is new is taken without an answer, so that nobody knows it was.
    holds: bool,
    /// How many got none.
    held: usize,
    /// Connections that somebody is served on.
    open: usize,
}

/// The server. Gone when it is dropped.
pub struct PostOffice {
    pub address: SocketAddr,
    state: Arc<Mutex<State>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for PostOffice {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl PostOffice {
    pub async fn start() -> Self {
        Self::open(None).await
    }

    /// With STARTTLS, by this certificate.
    pub async fn with_starttls(pair: &Pair) -> Self {
        let certs = rustls_pemfile_certs(&pair.cert);
        let key = rustls::pki_types::pem::PemObject::from_pem_slice(pair.key.as_bytes()).expect("a key");
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(certs, key)
            .expect("a certificate");
        Self::open(Some(TlsAcceptor::from(Arc::new(config)))).await
    }

    async fn open(tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (state, tls) = (Arc::clone(&shared), tls.clone());
                state.lock().expect("a state").open += 1;
                tokio::spawn(async move {
                    drop(greet(stream, &state, tls).await);
                    state.lock().expect("a state").open -= 1;
                });
            }
        });
        Self { address, state, task }
    }

    /// What a configuration says of it.
    pub fn server(&self, encryption: Encryption) -> MailServer {
        let (host, port) = ("localhost".to_owned(), self.address.port());
        MailServer { host, port, encryption, login: None, folder: "INBOX".to_owned() }
    }

    /// What came, in order.
    pub fn mails(&self) -> Vec<Got> {
        self.state.lock().expect("a state").mails.clone()
    }

    /// Mails to an address.
    pub fn to(&self, address: &str) -> Vec<Got> {
        self.mails().into_iter().filter(|got| got.to.iter().any(|to| to == address)).collect()
    }

    /// From now on a mail that was not there before is taken and gets no answer; one that was gets its own.
    pub fn holds_new_ones(&self) {
        self.state.lock().expect("a state").holds = true;
    }

    /// How many mails were taken without an answer until now.
    pub fn held(&self) -> usize {
        self.state.lock().expect("a state").held
    }

    /// Whether nobody is served: all that was said by a peer that is gone has been read.
    pub fn is_idle(&self) -> bool {
        self.state.lock().expect("a state").open == 0
    }

    /// The next mail gets this.
    pub fn makes(&self, trouble: Trouble) {
        self.state.lock().expect("a state").troubles.push_back(trouble);
    }
}

fn rustls_pemfile_certs(pem: &str) -> Vec<rustls::pki_types::CertificateDer<'static>> {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject as _;
    CertificateDer::pem_slice_iter(pem.as_bytes()).map(|cert| cert.expect("a certificate")).collect()
}

async fn greet(stream: TcpStream, state: &Mutex<State>, tls: Option<TlsAcceptor>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 post.example ESMTP\r\n").await?;
    if talk(&mut stream, state, tls.is_some()).await?
        && let Some(tls) = tls
    {
        let mut stream = BufReader::new(tls.accept(stream.into_inner()).await?);
        talk(&mut stream, state, false).await?;
    }
    Ok(())
}

async fn line<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufReader<S>) -> std::io::Result<Option<String>> {
    let mut line = Vec::new();
    let count = stream.read_until(b'\n', &mut line).await?;
    Ok((count > 0).then(|| String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned()))
}

/// Serves until somebody leaves; true where they want to go on encrypted.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufReader<S>,
    state: &Mutex<State>,
    starttls: bool,
) -> std::io::Result<bool> {
    let (mut from, mut to, mut trouble) = (String::new(), Vec::new(), None);
    while let Some(said) = line(stream).await? {
        let verb = said.split(' ').next().unwrap_or_default().to_ascii_uppercase();
        if verb == "MAIL" {
            trouble = state.lock().expect("a state").troubles.pop_front();
        }
        if let Some(Trouble::Says(at, words)) = &trouble
            && *at == verb
        {
            stream.write_all(format!("{words}\r\n").as_bytes()).await?;
            if words.starts_with("421") {
                return Ok(false);
            }
            trouble = None;
            continue;
        }
        let address = || said.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
        let answer = match verb.as_str() {
            "EHLO" if starttls => "250-post.example\r\n250-8BITMIME\r\n250-STARTTLS\r\n250 SMTPUTF8",
            "EHLO" => "250-post.example\r\n250-8BITMIME\r\n250 SMTPUTF8",
            "STARTTLS" => {
                stream.write_all(b"220 go on\r\n").await?;
                return Ok(true);
            }
            "MAIL" => {
                (from, to) = (address(), Vec::new());
                "250 2.1.0 Ok"
            }
            "RCPT" => {
                to.push(address());
                "250 2.1.5 Ok"
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                let Some(answer) = data(stream, state, (&from, &to), trouble.take()).await? else { return Ok(false) };
                answer
            }
            "QUIT" => {
                stream.write_all(b"221 bye\r\n").await?;
                return Ok(false);
            }
            _ => "250 2.0.0 Ok",
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(false)
}

/// No word until the peer hangs up.
async fn until_gone<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufReader<S>,
) -> std::io::Result<Option<&'static str>> {
    while line(stream).await?.is_some() {}
    Ok(None)
}

async fn data<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufReader<S>,
    state: &Mutex<State>,
    (from, to): (&str, &[String]),
    trouble: Option<Trouble>,
) -> std::io::Result<Option<&'static str>> {
    let mut raw = String::new();
    loop {
        let Some(said) = line(stream).await? else { return Ok(None) };
        if said == "." {
            break;
        }
        raw.push_str(said.strip_prefix('.').unwrap_or(&said));
        raw.push_str("\r\n");
        if matches!(trouble, Some(Trouble::DropsInData)) {
            return Ok(None);
        }
    }
    let hold = {
        let mut state = state.lock().expect("a state");
        let id = |raw: &str| raw.lines().find(|line| line.starts_with("Message-ID:")).map(str::to_owned);
        let hold = state.holds && !state.mails.iter().any(|got| id(&got.raw) == id(&raw));
        state.held += usize::from(hold);
        hold
    };
    let take = || state.lock().expect("a state").mails.push(Got { from: from.to_owned(), to: to.to_vec(), raw });
    match trouble {
        Some(Trouble::Says(".", words)) => Ok(Some(words)),
        Some(Trouble::Hangs) => until_gone(stream).await,
        Some(Trouble::TakesAndDrops) => {
            take();
            Ok(None)
        }
        _ if hold => {
            take();
            until_gone(stream).await
        }
        _ => {
            take();
            Ok(Some("250 2.0.0 Ok: queued"))
        }
    }
}
