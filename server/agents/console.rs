//! Signing in and out of the console.

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::{Data, Form, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::EmailAddress;
use super::account_pages::CodePage;
use super::pages::{SignIn, SignInProblem};
use super::sessions::{self, Attempt, SessionToken, SignInError, SignedIn};
use crate::app::App;
use crate::conversations::Error as CommandError;
use crate::http::access;
use crate::http::page::{self, PageRefusal};
use crate::live::protocol::Problem;
use crate::rate_limit::IpKey;
use crate::secrets::Secret;
use crate::words::Lang;

/// Where to go after signing in.
#[derive(Deserialize)]
pub struct Next {
    next: Option<String>,
}

/// A path of this server's console, and nothing else: no other host, no scheme.
fn safe_next(next: Option<String>) -> Option<String> {
    next.filter(|path| path.starts_with("/console") && !path.contains("//") && !path.contains(['\\', '\r', '\n']))
}

/// `GET /console/login`
pub async fn page(request: HttpRequest, query: Query<Next>, app: Data<App>) -> HttpResponse {
    let next = safe_next(query.into_inner().next);
    let had_session = request.cookies().is_ok_and(|cookies| cookies.iter().any(|c| c.name().ends_with("deskbell")));
    let problem = (had_session && next.is_some()).then_some(SignInProblem::Expired);
    let frame = page::frame(access::lang(&request), String::new());
    let mails = app.config.mail.smtp.is_some();
    page::page(StatusCode::OK, &SignIn { page: frame, email: String::new(), next, problem, mails })
}

/// The sign-in form.
#[derive(Deserialize)]
pub struct SignInForm {
    email: String,
    password: String,
    next: Option<String>,
}

/// `POST /console/login`
pub async fn submit(request: HttpRequest, form: Form<SignInForm>, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let form = form.into_inner();
    let (lang, next) = (access::lang(&request), safe_next(form.next));
    if !access::same_site_form(&app, &request) {
        return Err(PageRefusal::new(lang, crate::error::NOT_ALLOWED.problem("This form came from elsewhere.")));
    }
    let email = form.email;
    let outcome = match EmailAddress::parse(&email) {
        Ok(address) => app.sessions.sign_in(attempt(&app, &request, address, form.password)).await,
        Err(_) => Err(SignInError::Wrong),
    };
    let problem = match outcome {
        Ok(SignedIn::Whole(token)) => return begin(&app, &token, next.as_deref(), lang),
        Ok(SignedIn::Half(ticket)) => return Ok(ask_code(lang, ticket.expose(), next, false)),
        Err(SignInError::Wrong) => SignInProblem::Wrong,
        Err(SignInError::TooMany(retry)) => SignInProblem::TooMany(i64::try_from(retry.seconds).unwrap_or(i64::MAX)),
        Err(SignInError::Db(error)) => return Err(error.into()),
        Err(SignInError::Password(error)) => {
            tracing::warn!(%error, "a password could not be checked");
            SignInProblem::TooMany(5)
        }
    };
    let status = match problem {
        SignInProblem::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::UNAUTHORIZED,
    };
    let (page, mails) = (page::frame(lang, String::new()), app.config.mail.smtp.is_some());
    Ok(page::page(status, &SignIn { page, email, next, problem: Some(problem), mails }))
}

fn begin(app: &App, token: &SessionToken, next: Option<&str>, lang: Lang) -> Result<HttpResponse, PageRefusal> {
    let mut response = page::see_other(next.unwrap_or("/console"));
    response.add_cookie(&sessions::cookie(&app.config.public_url, token)).map_err(|_| broken(lang))?;
    Ok(response)
}

fn ask_code(lang: Lang, ticket: &str, next: Option<String>, wrong: bool) -> HttpResponse {
    let page = page::frame(lang, String::new());
    let shown = CodePage { page, ticket: ticket.to_owned(), next, wrong };
    page::page(if wrong { StatusCode::UNAUTHORIZED } else { StatusCode::OK }, &shown)
}

/// The form that asks for a code.
#[derive(Deserialize)]
pub struct CodeForm {
    ticket: String,
    code: String,
    next: Option<String>,
}

/// `POST /console/login/code`: the second half of signing in.
pub async fn code(request: HttpRequest, form: Form<CodeForm>, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let form = form.into_inner();
    let (lang, next) = (access::lang(&request), safe_next(form.next));
    if !access::same_site_form(&app, &request) {
        return Err(PageRefusal::new(lang, crate::error::NOT_ALLOWED.problem("This form came from elsewhere.")));
    }
    let address = IpKey::from(access::address(&app, &request));
    match app.sessions.finish(&form.ticket, form.code, address, &user_agent(&request)).await {
        Ok(token) => begin(&app, &token, next.as_deref(), lang),
        Err(SignInError::Db(error)) => Err(error.into()),
        Err(_) => Ok(ask_code(lang, &form.ticket, next, true)),
    }
}

fn user_agent(request: &HttpRequest) -> String {
    let named = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    named.unwrap_or_default().to_owned()
}

/// Signs in whoever has just proved themselves in another way, and goes on there; by the sign-in page where that
/// is not possible now.
pub async fn with_session(
    app: &App,
    attempt: Option<Attempt>,
    mut next: HttpResponse,
    lang: Lang,
) -> Result<HttpResponse, PageRefusal> {
    let Some(attempt) = attempt else { return Ok(next) };
    match app.sessions.sign_in(attempt).await {
        Ok(SignedIn::Whole(token)) => {
            let cookie = sessions::cookie(&app.config.public_url, &token);
            next.add_cookie(&cookie).map_err(|_| broken(lang))?;
            Ok(next)
        }
        Err(SignInError::Db(error)) => Err(error.into()),
        // The page that follows asks them to sign in.
        Ok(SignedIn::Half(_)) | Err(_) => Ok(next),
    }
}

/// An attempt to sign in from this request.
pub fn attempt(app: &App, request: &HttpRequest, email: EmailAddress, password: String) -> Attempt {
    Attempt {
        email,
        password: Secret::new(password),
        address: IpKey::from(access::address(app, request)),
        user_agent: user_agent(request),
    }
}

fn broken(lang: Lang) -> PageRefusal {
    let error = CommandError::Db(crate::db::Error::Inconsistent("cookie"));
    PageRefusal::new(lang, Problem::from(&error))
}

/// The token of a form that has nothing else.
#[derive(Deserialize)]
pub struct Csrf {
    csrf: String,
}

/// `POST /console/logout`
pub async fn sign_out(request: HttpRequest, form: Form<Csrf>, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let Some((cookie, row)) = access::signed_in(&app, &request).await? else {
        return Ok(page::see_other("/console/login"));
    };
    page::check_form(&app, &request, &row, &form.csrf)?;
    app.sessions.sign_out(&cookie).await?;
    let hash = crate::secrets::token_hash(cookie.as_bytes());
    for session in app.hub.agents(row.workspace_id) {
        if matches!(&session.who, crate::live::session::Who::Agent(who) if who.cookie_hash == hash) {
            session.outbox.close(crate::live::protocol::close::CloseReason::Blocked);
        }
    }
    let mut response = page::see_other("/console/login");
    response.add_cookie(&access::removal(&app)).map_err(|_| broken(access::lang(&request)))?;
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::safe_next;

    #[test]
    fn nobody_is_sent_elsewhere() {
        let next = |path: &str| safe_next(Some(path.to_owned()));
        assert_eq!(next("/console/conversations?view=mine").as_deref(), Some("/console/conversations?view=mine"));
        for bad in
            ["//evil.example", "https://evil.example", "/console//evil.example", "/\\evil", "/console\r\nX: y", ""]
        {
            assert_eq!(next(bad), None, "{bad}");
        }
    }
}
