//! The pages before the console: the way in, and the set-up form.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::pages::{Field, FieldProblem, Setup};
use super::{NewDesk, SetupError, check_setup_token, is_set_up, set_up};
use crate::agents::EmailAddress;
use crate::agents::console::{attempt, with_session};
use crate::agents::password::{NewPassword, WeakPassword};
use crate::app::App;
use crate::error::{INTERNAL, NOT_FOUND};
use crate::http::access;
use crate::http::page::{self, PageRefusal};
use crate::secrets::Secret;
use crate::sites::parse_origin;
use crate::workspaces::Name;

/// `GET /`: the console, or the demo's way to the set-up.
pub async fn front(app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    Ok(page::see_other(if is_set_up(&app.db).await? { "/console" } else { "/demo" }))
}

async fn check_link(app: &App, request: &HttpRequest, token: &str) -> Result<(), PageRefusal> {
    if check_setup_token(&app.db, token).await? {
        return Ok(());
    }
    Err(PageRefusal::new(access::lang(request), NOT_FOUND.problem("This set-up link is not valid any more.")))
}

fn form_page(app: &App, request: &HttpRequest, token: &str, fields: [Field; 4]) -> Setup {
    let [email, password, site, origin] = fields;
    Setup {
        page: page::frame(access::lang(request), String::new()),
        token: token.to_owned(),
        email,
        password,
        site,
        origin,
        database: match &app.config.database {
            crate::config::DatabaseUrl::Sqlite(file) => file.display().to_string(),
            crate::config::DatabaseUrl::Postgres(_) => "PostgreSQL".to_owned(),
        },
        public_url: app.config.public_url.as_str().trim_end_matches('/').to_owned(),
    }
}

/// `GET /setup/{token}`
pub async fn form(request: HttpRequest, token: Path<String>, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    check_link(&app, &request, &token).await?;
    Ok(page::page(StatusCode::OK, &form_page(&app, &request, &token, Default::default())))
}

/// The set-up form.
#[derive(Deserialize)]
pub struct SetupForm {
    email: String,
    password: String,
    site: String,
    origin: String,
}

/// `POST /setup/{token}`: does what `bootstrap` does, signs the owner in, and goes on to the tag.
pub async fn submit(
    request: HttpRequest,
    token: Path<String>,
    form: Form<SetupForm>,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    check_link(&app, &request, &token).await?;
    let lang = access::lang(&request);
    let form = form.into_inner();
    let owner =
        EmailAddress::parse(&form.email).map(|email| attempt(&app, &request, email, form.password.clone())).ok();
    let (new, password) = match checked(form) {
        Ok(checked) => checked,
        Err(fields) => {
            return Ok(page::page(StatusCode::UNPROCESSABLE_ENTITY, &form_page(&app, &request, &token, *fields)));
        }
    };
    let hash = app.sessions.passwords.hash(password).await.map_err(|error| {
        tracing::error!(%error, "the owner's password could not be hashed");
        PageRefusal::new(lang, INTERNAL.problem("The password could not be stored. Try again."))
    })?;
    let new = NewDesk { password_hash: hash, ..new };
    let random = app.random.clone();
    let made = app.writer.run("set-up", move |tx| {
        Box::pin(async move {
            let moment = tx.moment.clone();
            set_up(tx, &moment, &random, &new).await
        })
    });
    match made.await {
        Ok(desk) => {
            let next = page::see_other(&format!("/console/settings/sites/{}/install", desk.site_id));
            with_session(&app, owner, next, lang).await
        }
        Err(SetupError::AlreadySetUp) => {
            Err(PageRefusal::new(lang, NOT_FOUND.problem("This desk has its owner already.")))
        }
        Err(SetupError::Db(error)) => Err(error.into()),
    }
}

/// The form as domain types, or its fields with what is wrong with each.
fn checked(form: SetupForm) -> Result<(NewDesk, NewPassword), Box<[Field; 4]>> {
    let email = EmailAddress::parse(&form.email);
    let password = NewPassword::parse(&Secret::new(form.password), &form.email);
    let site = Name::parse(&form.site);
    let origin = parse_origin(form.origin.trim());
    match (email, password, site, origin) {
        (Ok(owner_email), Ok(password), Ok(site_name), Ok(origin)) => {
            let origins = vec![origin];
            let password_hash = String::new();
            Ok((NewDesk { owner_email, owner_name: None, password_hash, site_name, origins }, password))
        }
        (email, password, site, origin) => {
            let field = |value: String, problem: Option<FieldProblem>| Field { value, problem };
            let weak = password.err().map(|why| match why {
                WeakPassword::TooLong => FieldProblem::PasswordLong,
                _ => FieldProblem::PasswordShort,
            });
            Err(Box::new([
                field(form.email, email.err().map(|_| FieldProblem::Email)),
                field(String::new(), weak),
                field(form.site, site.err().map(|_| FieldProblem::SiteName)),
                field(form.origin, origin.err().map(|_| FieldProblem::Origin)),
            ]))
        }
    }
}
