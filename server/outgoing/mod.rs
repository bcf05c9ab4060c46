//! The one way out: bots, webhooks and whatever else asks another server goes through [`Outgoing`]. It
//! goes to no address of this machine or its networks unless the operator allows it, follows no redirect
//! unseen, and waits and reads no longer than it is told. It knows nothing of what it carries.

mod addresses;
mod allowed;
mod failed;
mod resolver;
pub mod signing;
#[cfg(test)]
mod tests;
mod told;

use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Bytes;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION};
use reqwest::{Client, Method, Response};
use tokio::time::{Instant, timeout_at};
use url::{Host, Url};

pub use allowed::Allowed;
pub use failed::Failed;
use resolver::{Guarded, Names};
pub use told::Told;

/// How long a connection may take, within the deadline of the request.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// How long a connection is kept for the next request.
const IDLE_FOR: Duration = Duration::from_secs(30);
/// Connections to one host that are kept.
const IDLE_PER_HOST: usize = 4;
/// Lines of an answer's head.
const MOST_HEADERS: usize = 64;
/// How often a redirect is followed, where that is asked for.
const MOST_HOPS: usize = 3;
/// The longest URL that is asked.
const LONGEST_URL: usize = 2_048;

/// What is done with a redirect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redirects {
    /// It is a failure.
    Refuse,
    /// A GET follows it three times at most; each hop is checked, and another origin gets no headers.
    Follow,
}

/// One request.
#[derive(Debug, Clone)]
pub struct Request {
    /// How.
    pub method: Method,
    /// Where to: http or https, without a user in it.
    pub url: Url,
    /// Beside those that every request has.
    pub headers: HeaderMap,
    /// Sent as it is, byte for byte.
    pub body: Bytes,
    /// For all of it: connecting, hops, and the answer's last byte.
    pub deadline: Duration,
    /// The largest answer, in bytes.
    pub max_bytes: usize,
    /// What is done with a redirect.
    pub redirects: Redirects,
}

impl Request {
    /// A POST of JSON; a redirect is a failure.
    pub fn post_json(url: Url, body: impl Into<Bytes>, deadline: Duration, max_bytes: usize) -> Self {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        let (method, redirects) = (Method::POST, Redirects::Refuse);
        Self { method, url, headers, body: body.into(), deadline, max_bytes, redirects }
    }

    /// A GET that follows redirects.
    pub fn get(url: Url, deadline: Duration, max_bytes: usize) -> Self {
        let (method, redirects) = (Method::GET, Redirects::Follow);
        Self { method, url, headers: HeaderMap::new(), body: Bytes::new(), deadline, max_bytes, redirects }
    }
}

/// A whole answer, whatever its status.
#[derive(Debug, Clone)]
pub struct Answer {
    /// 100 to 599.
    pub status: u16,
    /// As they came, at most 64.
    pub headers: HeaderMap,
    /// At most what the request allows.
    pub body: Bytes,
}

/// An answer that is read as it comes, within the request's deadline and size.
#[derive(Debug)]
pub struct Streaming {
    /// 100 to 599.
    pub status: u16,
    /// As they came, at most 64.
    pub headers: HeaderMap,
    response: Response,
    until: Instant,
    deadline: Duration,
    left: usize,
    limit: usize,
}

/// The client. Cheap to clone; connections are kept and shared.
#[derive(Clone)]
pub struct Outgoing {
    allowed: Arc<Allowed>,
    clients: Result<Clients, String>,
}

#[derive(Clone)]
struct Clients {
    /// Connects to the internet's addresses and allowed networks.
    guarded: Client,
    /// For hosts that the operator allows by name, and no others.
    trusting: Client,
}

impl Outgoing {
    /// A client under these rules. A machine without certificates of authorities gives one whose every
    /// request says so: the rest of the server works without it.
    pub fn new(allowed: Allowed) -> Self {
        Self::with_names(allowed, &Names::System)
    }

    fn with_names(allowed: Allowed, names: &Names) -> Self {
        // Fails only if somebody was first, and then there is one.
        drop(rustls::crypto::ring::default_provider().install_default());
        let allowed = Arc::new(allowed);
        let client = |anywhere| {
            let guarded = Guarded { names: names.clone(), allowed: Arc::clone(&allowed), anywhere };
            let client = Client::builder()
                .no_proxy()
                .redirect(reqwest::redirect::Policy::none())
                .referer(false)
                .dns_resolver(guarded)
                .connect_timeout(CONNECT_WITHIN)
                .pool_idle_timeout(IDLE_FOR)
                .pool_max_idle_per_host(IDLE_PER_HOST)
                .http1_only()
                .http1_max_headers(MOST_HEADERS)
                .user_agent(concat!("Deskbell/", env!("CARGO_PKG_VERSION")))
                .build();
            client.map_err(|why| format!("the TLS library does not start ({why})"))
        };
        let clients = client(false).and_then(|guarded| Ok(Clients { guarded, trusting: client(true)? }));
        Self { allowed, clients }
    }

    /// Reads an address that somebody typed and refuses what could never be asked: another scheme, a
    /// user or password in it, an address in digits that is not allowed. A name is not looked up: where
    /// it leads is checked at every connection.
    ///
    /// # Errors
    /// [`Failed::BadUrl`] or [`Failed::Refused`].
    pub fn read_url(&self, text: &str) -> Result<Url, Failed> {
        if text.len() > LONGEST_URL {
            return Err(Failed::BadUrl("it is longer than 2,048 characters"));
        }
        let url =
            Url::parse(text.trim()).map_err(|_| Failed::BadUrl("it is not a URL like https://bot.example.com/"))?;
        self.check(&url)?;
        Ok(url)
    }

    /// Sends, and reads the whole answer.
    ///
    /// # Errors
    /// [`Failed`]; an answer of any status is none.
    pub async fn send(&self, request: Request) -> Result<Answer, Failed> {
        let mut streaming = self.send_streaming(request).await?;
        let mut body = Vec::new();
        while let Some(chunk) = streaming.next().await? {
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status: streaming.status, headers: streaming.headers, body: body.into() })
    }

    /// Sends, and hands back the answer once its head is there.
    ///
    /// # Errors
    /// [`Failed`]; an answer of any status is none.
    pub async fn send_streaming(&self, mut request: Request) -> Result<Streaming, Failed> {
        let until = Instant::now() + request.deadline;
        for _ in 0..=MOST_HOPS {
            let response = self.hop(&request, until).await?;
            let status = response.status();
            if !(status.is_redirection() && response.headers().contains_key(LOCATION)) {
                return Streaming::of(response, &request, until);
            }
            let next = next_hop(&request, &response)?;
            if next.origin() != request.url.origin() {
                request.headers.clear();
            }
            request.url = next;
        }
        Err(Failed::Redirect { status: 302, to: "one address after another".into() })
    }

    /// One request to one address.
    async fn hop(&self, request: &Request, until: Instant) -> Result<Response, Failed> {
        let trusted = self.check(&request.url)?;
        let clients = self.clients.as_ref().map_err(|why| Failed::Unable(why.clone()))?;
        let client = if trusted { &clients.trusting } else { &clients.guarded };
        let sent = client
            .request(request.method.clone(), request.url.clone())
            .headers(request.headers.clone())
            .body(request.body.clone())
            .send();
        match timeout_at(until, sent).await {
            Ok(answered) => answered.map_err(|why| Failed::of(&why, request.deadline)),
            Err(_) => Err(Failed::TimedOut { after: request.deadline }),
        }
    }

    /// Whether the host is allowed by name. Addresses in digits are checked here, since no resolver is
    /// asked for them.
    fn check(&self, url: &Url) -> Result<bool, Failed> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Failed::BadUrl("it has to begin with https:// or http://"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Failed::BadUrl("it holds a user or a password"));
        }
        if self.allowed.host_of(url) {
            return Ok(true);
        }
        let address = match url.host() {
            Some(Host::Ipv4(address)) => address.into(),
            Some(Host::Ipv6(address)) => address.into(),
            Some(Host::Domain(_)) => return Ok(false),
            None => return Err(Failed::BadUrl("it names no host")),
        };
        match resolver::refused(&self.allowed, address) {
            Some(what) => Err(Failed::Refused { host: url.host_str().unwrap_or_default().to_owned(), address, what }),
            None => Ok(false),
        }
    }
}

/// Where a redirect leads, if it is followed.
fn next_hop(request: &Request, response: &Response) -> Result<Url, Failed> {
    let location = response.headers().get(LOCATION).and_then(|to| to.to_str().ok());
    let next = location.and_then(|to| request.url.join(to).ok());
    let follows = request.redirects == Redirects::Follow && request.method == Method::GET;
    let lower = |next: &Url| request.url.scheme() == "https" && next.scheme() != "https";
    match next {
        Some(next) if follows && !lower(&next) => Ok(next),
        next => {
            let to = next.map_or_else(|| "an address that is missing".into(), |to| to.origin().ascii_serialization());
            Err(Failed::Redirect { status: response.status().as_u16(), to })
        }
    }
}

impl Streaming {
    fn of(response: Response, request: &Request, until: Instant) -> Result<Self, Failed> {
        let headers = response.headers().clone();
        if let Some(encoding) = headers.get(CONTENT_ENCODING).filter(|encoding| *encoding != "identity") {
            let named: String = encoding.to_str().unwrap_or("unknown").chars().take(16).collect();
            return Err(Failed::Compressed(named));
        }
        let limit = request.max_bytes;
        if response.content_length().is_some_and(|length| length > limit as u64) {
            return Err(Failed::TooBig { limit });
        }
        let (status, deadline) = (response.status().as_u16(), request.deadline);
        Ok(Self { status, headers, response, until, deadline, left: limit, limit })
    }

    /// The next bytes of the body; none at its end.
    ///
    /// # Errors
    /// The deadline, the size, or the connection; nothing comes after one.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Failed> {
        let chunk = match timeout_at(self.until, self.response.chunk()).await {
            Ok(chunk) => chunk.map_err(|why| Failed::of(&why, self.deadline))?,
            Err(_) => return Err(Failed::TimedOut { after: self.deadline }),
        };
        let Some(chunk) = chunk else { return Ok(None) };
        match self.left.checked_sub(chunk.len()) {
            Some(left) => self.left = left,
            None => return Err(Failed::TooBig { limit: self.limit }),
        }
        Ok(Some(chunk))
    }
}
