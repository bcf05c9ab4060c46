//! HTML answers: the headers of every page, forms, and what a refused page looks like.

use actix_web::http::{Method, StatusCode, header};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use askama::Template;

use super::access;
use super::assets::console_assets;
use super::fields::Fields;
use crate::agents::pages::{AgentChip, ErrorPage, Page};
use crate::agents::session_store::SessionRow;
use crate::agents::sessions;
use crate::app::App;
use crate::conversations::Error as CommandError;
use crate::db::Error as DbError;
use crate::live::protocol::Problem;
use crate::routing::leases;
use crate::words::Lang;

/// Nothing from elsewhere, nothing inline, framed by nobody; HTML enters the page only through the
/// script's own Trusted Types policy.
const CONSOLE_CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     font-src 'self'; connect-src 'self'; frame-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; \
     require-trusted-types-for 'script'; trusted-types deskbell-console";
/// For the demo page and the chat as a page: what a careful website allows.
pub const DEMO_CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self'; form-action 'none'; base-uri 'none'; require-trusted-types-for 'script'";

/// A page of the console.
pub fn page(status: StatusCode, template: &impl Template) -> HttpResponse {
    with_policy(status, template, CONSOLE_CSP)
}

/// A page or a part of one that is just shown.
pub fn shown(template: &impl Template) -> HttpResponse {
    page(StatusCode::OK, template)
}

/// A page with a form: as it is, or with what was refused and why.
pub fn form(refused: bool, template: &impl Template) -> HttpResponse {
    page(if refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, template)
}

/// A page that a page of the console shows in a frame: a visitor's page, so that the widget runs as it does there.
pub fn framed(template: &impl Template) -> HttpResponse {
    with_policy(StatusCode::OK, template, &format!("{DEMO_CSP}; font-src 'self'; frame-ancestors 'self'"))
}

/// A mail as it looks, for a frame of the console: styles of its own, nothing that runs, nothing from elsewhere.
pub fn mail(html: String) -> HttpResponse {
    const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; \
         base-uri 'none'; frame-ancestors 'self'; sandbox";
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(html)
}

/// A page under a policy of its own.
fn with_policy(status: StatusCode, template: &impl Template, policy: &str) -> HttpResponse {
    match template.render() {
        Ok(html) => HttpResponse::build(status)
            .content_type("text/html; charset=utf-8")
            .insert_header((header::CONTENT_SECURITY_POLICY, policy))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .body(html),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            HttpResponse::InternalServerError().finish()
        }
    }
}

/// A page that shows nothing of anybody, under a policy of its own: browsers may keep it for the way
/// back, and ask for it anew on any other way.
pub fn public(template: &impl Template, policy: &str) -> HttpResponse {
    let mut response = with_policy(StatusCode::OK, template, policy);
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-cache"));
    response
}

/// A page for a visitor, behind a link that only they have.
pub fn for_visitors(template: &impl Template, policy: &str) -> HttpResponse {
    private(with_policy(StatusCode::OK, template, policy))
}

/// The same where the link leads nowhere.
pub fn missing(template: &impl Template, policy: &str) -> HttpResponse {
    private(with_policy(StatusCode::NOT_FOUND, template, policy))
}

/// The address of the page goes nowhere else: it is what lets somebody in.
fn private(mut response: HttpResponse) -> HttpResponse {
    let never = header::HeaderValue::from_static("no-referrer");
    response.headers_mut().insert(header::REFERRER_POLICY, never);
    response
}

/// Goes on elsewhere on this server, by GET.
pub fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, path.to_owned())).finish()
}

/// A page's frame for nobody in particular.
pub fn frame(lang: Lang, csrf: String) -> Page {
    Page::new(lang, csrf, console_assets())
}

/// Why a page is not shown.
#[derive(Debug)]
pub enum PageRefusal {
    /// Said to people, on a page.
    Problem(Lang, Box<Problem>),
    /// They have to sign in first; what they asked for comes after it.
    SignIn {
        /// A path of this server.
        next: String,
    },
}

impl PageRefusal {
    /// For this problem.
    pub fn new(lang: Lang, problem: Problem) -> Self {
        Self::Problem(lang, Box::new(problem))
    }
}

impl std::fmt::Display for PageRefusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Problem(_, problem) => f.write_str(&problem.detail),
            Self::SignIn { .. } => f.write_str("nobody is signed in"),
        }
    }
}

impl ResponseError for PageRefusal {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Problem(_, problem) => {
                StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            }
            Self::SignIn { .. } => StatusCode::SEE_OTHER,
        }
    }

    fn error_response(&self) -> HttpResponse {
        match self {
            Self::Problem(lang, problem) => {
                let frame = frame(*lang, String::new());
                page(self.status_code(), &ErrorPage { page: frame, status: problem.status, request_id: None })
            }
            Self::SignIn { next } => {
                let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
                see_other(&format!("/console/login?next={next}"))
            }
        }
    }
}

impl From<DbError> for PageRefusal {
    fn from(error: DbError) -> Self {
        tracing::error!(%error, "a page failed");
        Self::new(Lang::En, Problem::from(&CommandError::Db(error)))
    }
}

impl From<CommandError> for PageRefusal {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Db(error) => Self::from(error),
            other => Self::new(Lang::En, Problem::from(&other)),
        }
    }
}

/// Who is signed in; anybody else is shown the way to the sign-in page. Whoever asks for a page is there for a
/// while, as a console without scripts has no other way to say so.
pub async fn signed_in(app: &App, request: &HttpRequest) -> Result<SessionRow, PageRefusal> {
    let Some((_, row)) = access::signed_in(app, request).await? else {
        let next = request.uri().path_and_query().map_or("/console", |path| path.as_str()).to_owned();
        return Err(PageRefusal::SignIn { next });
    };
    let agent = (row.workspace_id, row.agent_id);
    if !access::is_fetched_by_script(request) {
        match *request.method() {
            Method::POST => leases::posted(app, agent).await,
            _ if app.hub.attention.pages.asked(agent) => app.hub.attention.leasing.notify_one(),
            _ => {}
        }
    }
    Ok(row)
}

/// Whoever is signed in and may change settings.
pub async fn administrator(app: &App, request: &HttpRequest) -> Result<SessionRow, PageRefusal> {
    let row = signed_in(app, request).await?;
    if row.role.administers() {
        return Ok(row);
    }
    let error = CommandError::NotAllowed("Settings are for owners and admins.");
    Err(PageRefusal::new(access::lang(request), Problem::from(&error)))
}

/// The same for a form of theirs, and what it says.
pub async fn posted(app: &App, request: &HttpRequest, body: &Bytes) -> Result<(SessionRow, Fields), PageRefusal> {
    let (row, fields) = (administrator(app, request).await?, Fields::parse(body));
    check_form(app, request, &row, fields.get("csrf"))?;
    Ok((row, fields))
}

/// A page's frame for whoever is signed in.
pub async fn own(app: &App, request: &HttpRequest, row: &SessionRow) -> Page {
    frame(access::lang(request), row.csrf.clone()).of(AgentChip::read(app, row).await)
}

/// A form of a signed-in agent: from this server's pages, with the session's token.
pub fn check_form(app: &App, request: &HttpRequest, row: &SessionRow, csrf: &str) -> Result<(), PageRefusal> {
    if access::same_site_form(app, request) && sessions::csrf_matches(row, csrf) {
        return Ok(());
    }
    crate::metrics::refused("form");
    let problem =
        crate::error::NOT_ALLOWED.problem("This form is too old, or came from elsewhere. Load the page again.");
    Err(PageRefusal::new(access::lang(request), problem))
}
