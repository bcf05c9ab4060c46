//! Who may ask what over HTTP: addresses, connections, origins, cookies; and how a refusal looks.

use std::fmt;
use std::net::IpAddr;

use actix_web::body::MessageBody;
use actix_web::cookie::Cookie;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, ResponseError};

use crate::agents::session_store::SessionRow;
use crate::agents::sessions;
use crate::app::App;
use crate::client_address;
use crate::conversations::Error as CommandError;
use crate::db::Error as DbError;
use crate::error::{BAD_FRAME, BUSY, Kind, NOT_FOUND, NOT_SIGNED_IN, ORIGIN, RATE_LIMITED};
use crate::ids::WorkspaceId;
use crate::live::protocol::Problem;
use crate::metrics;
use crate::rate_limit::{ConnectionGuard, IpKey};
use crate::sites::Site;
use crate::words::Lang;

/// Why a request is refused, for programs: `application/problem+json`.
#[derive(Debug)]
pub enum Refusal {
    /// It makes no sense.
    Bad(String),
    /// No session, or it has ended.
    NotSignedIn,
    /// The page's origin is not allowed.
    Origin,
    /// It is not there, or not for this person.
    NotFound,
    /// Too many connections.
    TooMany,
    /// Not now.
    Busy,
    /// Described elsewhere.
    Problem(Box<Problem>),
}

impl Refusal {
    fn problem(&self) -> Problem {
        match self {
            Self::Bad(why) => BAD_FRAME.problem(why.as_str()),
            Self::NotSignedIn => NOT_SIGNED_IN.problem("Sign in first; the session may have ended."),
            Self::Origin => ORIGIN.problem("This website is not among the site's origins. Its owner can add it."),
            Self::NotFound => NOT_FOUND.problem("There is nothing here."),
            Self::TooMany => RATE_LIMITED.retryable("Too many connections from this address.", CONNECTION_RETRY_S),
            Self::Busy => BUSY.retryable("The server is busy. Try again.", 2),
            Self::Problem(problem) => (**problem).clone(),
        }
    }
}

/// Seconds after which a refused connection may be tried again.
const CONNECTION_RETRY_S: u64 = 10;

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem().detail)
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.problem().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        problem_response(&self.problem())
    }
}

/// A problem as a response (RFC 9457), with `Retry-After` where it may be tried again.
pub fn problem_response(problem: &Problem) -> HttpResponse {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    response.content_type("application/problem+json");
    // A page elsewhere has to be able to read why it is refused: a problem says nothing of anybody.
    response.insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"));
    if let Some(seconds) = problem.retry_after_s {
        response.insert_header((header::RETRY_AFTER, seconds.to_string()));
    }
    response.json(problem)
}

/// A problem of this kind as a response.
pub fn problem_of(kind: Kind, detail: &str) -> HttpResponse {
    problem_response(&kind.problem(detail))
}

impl From<DbError> for Refusal {
    fn from(error: DbError) -> Self {
        tracing::error!(%error, "a request failed");
        Self::Problem(Box::new(Problem::from(&CommandError::Db(error))))
    }
}

impl From<CommandError> for Refusal {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Db(error) => Self::from(error),
            other => Self::Problem(Box::new(Problem::from(&other))),
        }
    }
}

/// The address that the limits count.
pub fn address(app: &App, request: &HttpRequest) -> IpAddr {
    client_address::of_request(request, &app.config.trusted_proxies)
}

/// One more connection from an address.
pub fn connect(app: &App, address: IpAddr) -> Result<ConnectionGuard, Refusal> {
    if app.stopping.is_cancelled() {
        return Err(Refusal::Busy);
    }
    app.connections.enter(IpKey::from(address)).map_err(|_| {
        metrics::refused("connections");
        Refusal::TooMany
    })
}

fn origin(request: &HttpRequest) -> Option<&str> {
    request.headers().get(header::ORIGIN)?.to_str().ok()
}

/// The origin that the server itself has for this request: the configured one, or the one that the
/// browser asked (the `Host` that the connection names).
fn is_own(app: &App, request: &HttpRequest, origin: &str) -> bool {
    if origin == app.config.public_url.origin().ascii_serialization() {
        return true;
    }
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let bare = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    host.is_some() && host == bare
}

/// The request comes from a page of the site, or from the server's own pages. A missing Origin is
/// refused: browsers always send one here.
pub fn visitor_origin(app: &App, request: &HttpRequest, site: &Site) -> Result<(), Refusal> {
    let own = app.config.public_url.origin().ascii_serialization();
    let origin = origin(request);
    let is_own = origin.is_some_and(|origin| is_own(app, request, origin));
    if let Some(origin) = origin.filter(|_| !is_own) {
        app.sightings.spoke(site, origin, app.clock.now());
    }
    if is_own || origin.is_some_and(|origin| site.allows(origin, &own)) {
        return Ok(());
    }
    metrics::refused("origin");
    Err(Refusal::Origin)
}

/// The request comes from the server's own pages.
pub fn own_origin(app: &App, request: &HttpRequest) -> Result<(), Refusal> {
    if origin(request).is_some_and(|origin| is_own(app, request, origin)) {
        return Ok(());
    }
    metrics::refused("origin");
    Err(Refusal::Origin)
}

/// Lets the page that asked read the answer of a visitor's endpoint, refusals too: a widget that may
/// not read why it is refused would ask for ever. No cookie is ever used there.
pub async fn readable_anywhere(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let http = request.request().clone();
    let mut response = match next.call(request).await {
        Ok(response) => response.map_into_boxed_body(),
        Err(error) => ServiceResponse::new(http.clone(), error.error_response()),
    };
    if let Some(value) = http.headers().get(header::ORIGIN) {
        allow(response.headers_mut(), value.clone());
    }
    Ok(response)
}

fn allow(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
}

/// Answers a preflight of the visitor's endpoints. What the request itself may do is checked then.
pub async fn preflight() -> HttpResponse {
    let mut response = HttpResponse::NoContent();
    response
        .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, "POST"))
        .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type, deskbell-session"))
        .insert_header((header::ACCESS_CONTROL_MAX_AGE, "7200"));
    response.finish()
}

/// The bearer token of a request.
pub fn bearer(request: &HttpRequest) -> Option<&str> {
    request.headers().get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// The agent's cookie and session, if somebody is signed in.
pub async fn signed_in(app: &App, request: &HttpRequest) -> Result<Option<(String, SessionRow)>, DbError> {
    let Some(cookie) = request.cookie(sessions::cookie_name(&app.config.public_url)) else { return Ok(None) };
    let row = app.sessions.authenticate(cookie.value()).await?;
    // For the language: see below.
    if let Some(row) = &row {
        request.extensions_mut().insert(row.workspace_id);
    }
    Ok(row.map(|row| (cookie.value().to_owned(), row)))
}

/// A cookie that takes the session's away.
pub fn removal(app: &App) -> Cookie<'static> {
    sessions::removal_cookie(&app.config.public_url)
}

/// The language of whoever looks: what the browser asks for, else the workspace's.
pub fn lang(request: &HttpRequest) -> Lang {
    let header = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let workspace = request.extensions().get::<WorkspaceId>().copied();
    let otherwise = request.app_data::<Data<App>>().map_or(Lang::En, |app| app.workspaces.lang(workspace));
    header.map_or(otherwise, |header| Lang::from_accept_language(header, otherwise))
}

/// The language of the page that opens a connection: browsers may not tell theirs with a WebSocket.
pub fn page_lang(request: &HttpRequest) -> Lang {
    let query = url::form_urlencoded::parse(request.query_string().as_bytes());
    let named = query.into_iter().find(|(name, _)| name == "lang");
    named.and_then(|(_, tag)| Lang::from_tag(&tag)).unwrap_or_else(|| lang(request))
}

/// A script of a page asks, not somebody who goes to a page: browsers say so. Whoever runs scripts has a
/// live session, too.
pub fn is_fetched_by_script(request: &HttpRequest) -> bool {
    request.headers().get(HeaderName::from_static("sec-fetch-mode")).is_some_and(|mode| mode != "navigate")
}

/// A form that was sent by another website is refused before anything else (defence beside the
/// form's token): `Sec-Fetch-Site` where the browser sends it, else `Origin`.
pub fn same_site_form(app: &App, request: &HttpRequest) -> bool {
    let fetch_site = request.headers().get(HeaderName::from_static("sec-fetch-site"));
    match fetch_site.and_then(|value| value.to_str().ok()) {
        Some(site) => matches!(site, "same-origin" | "none"),
        None => origin(request).is_none_or(|origin| is_own(app, request, origin)),
    }
}
