//! The page behind a link: whoever was invited says what they are called and sets their password;
//! whoever forgot theirs sets another one.

use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::managing::{self, Error};
use super::managing_pages::{InvitedPage, InvitedProblem};
use super::managing_store::{self as store, Managed};
use super::password::{NewPassword, WeakPassword};
use crate::app::App;
use crate::error::{INTERNAL, NOT_FOUND};
use crate::http::access;
use crate::http::fields::Fields;
use crate::http::page::{self, PageRefusal};
use crate::secrets::{self, Secret};
use crate::workspaces::Name;

fn over(request: &HttpRequest) -> PageRefusal {
    let detail = "This link was used, replaced, or is too old. Ask for a new one.";
    PageRefusal::new(access::lang(request), NOT_FOUND.problem(detail))
}

async fn of_link(app: &App, request: &HttpRequest, token: &str) -> Result<Managed, PageRefusal> {
    let hash = secrets::token_hash(token.as_bytes());
    let found = store::of_link(app.db.read().await?.conn(), hash, app.clock.now()).await?;
    found.ok_or_else(|| over(request))
}

fn shown(
    request: &HttpRequest,
    token: &str,
    agent: &Managed,
    name: &str,
    problem: Option<InvitedProblem>,
) -> HttpResponse {
    let invited = InvitedPage {
        page: page::frame(access::lang(request), String::new()),
        token: token.to_owned(),
        email: agent.email.clone(),
        name: name.to_owned(),
        first: agent.is_invited(),
        problem,
    };
    page::form(problem.is_some(), &invited)
}

/// `GET /invite/{token}`
pub async fn form(request: HttpRequest, token: Path<String>, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let agent = of_link(&app, &request, &token).await?;
    Ok(shown(&request, &token, &agent, &agent.name, None))
}

/// `POST /invite/{token}`: the link is what proves them, so there is no form token.
pub async fn submit(
    request: HttpRequest,
    token: Path<String>,
    body: Bytes,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    let agent = of_link(&app, &request, &token).await?;
    let fields = Fields::parse(&body);
    let typed = fields.get("name");
    let refuse = |problem| Ok(shown(&request, &token, &agent, typed, Some(problem)));
    let name = match (agent.is_invited(), Name::parse(typed)) {
        (false, _) => None,
        (true, Ok(name)) => Some(name),
        (true, Err(_)) => return refuse(InvitedProblem::Name),
    };
    let password = match NewPassword::parse(&Secret::new(fields.get("password")), &agent.email) {
        Ok(password) => password,
        Err(WeakPassword::TooLong) => return refuse(InvitedProblem::PasswordLong),
        Err(_) => return refuse(InvitedProblem::PasswordShort),
    };
    let lang = access::lang(&request);
    let hashed = app.sessions.passwords.hash(password).await.map_err(|error| {
        tracing::error!(%error, "a password could not be hashed");
        PageRefusal::new(lang, INTERNAL.problem("The password could not be stored. Try again."))
    })?;
    let link = secrets::token_hash(token.as_bytes());
    let accepted = app
        .writer
        .run("accept", move |tx| Box::pin(async move { managing::accept(tx, link, name.as_ref(), &hashed).await }));
    match accepted.await {
        Ok(agent) => {
            for session in app.hub.agents(agent.workspace_id) {
                let theirs = matches!(&session.who, crate::live::session::Who::Agent(who) if who.agent.id == agent.id);
                if theirs {
                    session.outbox.close(crate::live::protocol::close::CloseReason::Blocked);
                }
            }
            Ok(page::see_other("/console/login"))
        }
        Err(Error::Db(error)) => Err(error.into()),
        Err(_) => Err(over(&request)),
    }
}
