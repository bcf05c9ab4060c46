//! What can be wrong with a request over REST, and how it is answered: `application/problem+json`.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, ResponseError};

use crate::agents::managing::Error as AgentError;
use crate::conversations::Error as CommandError;
use crate::db::Error as DbError;
use crate::error::{BAD_FRAME, KEY_REFUSED, LAST_OWNER, METHOD, NOT_ALLOWED, NOT_FOUND, TAKEN, VALUE_REFUSED};
use crate::live::protocol::Problem;
use crate::queues::managing::Error as QueueError;
use crate::sites::managing::Error as SiteError;
use crate::writer::MayBeginAgain;

/// Why a request is refused.
#[derive(Debug)]
pub enum Fault {
    /// The domain says so.
    Command(CommandError),
    /// Described already.
    Problem(Box<Problem>),
}

impl Fault {
    /// For this problem.
    pub fn of(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }

    /// The request makes no sense.
    pub fn bad(why: impl Into<String>) -> Self {
        Self::of(BAD_FRAME.problem(why))
    }

    /// There is nothing of this id, or it is another workspace's.
    pub fn missing() -> Self {
        Self::of(NOT_FOUND.problem("There is nothing here with this id."))
    }

    /// A field whose value cannot be taken; `why` is said behind its name.
    pub fn value(field: &str, why: impl fmt::Display) -> Self {
        let detail = format!("{field} {why}. Nothing was stored.");
        Self::of(Problem { field: Some(field.to_owned()), ..VALUE_REFUSED.problem(detail) })
    }

    /// Somebody else has that.
    pub fn taken(field: &str) -> Self {
        let detail = format!("Another one has this {field}. Nothing was stored.");
        Self::of(Problem { field: Some(field.to_owned()), ..TAKEN.problem(detail) })
    }

    fn problem(&self) -> Problem {
        match self {
            Self::Command(error) => error.into(),
            Self::Problem(problem) => (**problem).clone(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem().detail)
    }
}

impl ResponseError for Fault {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.problem().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        if let Self::Command(CommandError::Db(error)) = self {
            tracing::error!(%error, "a request over REST failed");
        }
        answer(&self.problem())
    }
}

/// No page elsewhere is let in: a key is nothing for a browser.
fn answer(problem: &Problem) -> HttpResponse {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    response.content_type("application/problem+json").insert_header((header::CACHE_CONTROL, "no-store"));
    if let Some(seconds) = problem.retry_after_s {
        response.insert_header((header::RETRY_AFTER, seconds.to_string()));
    }
    if status == StatusCode::UNAUTHORIZED {
        response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
    }
    response.json(problem)
}

/// No key, or none that is good: the two are not told apart.
pub(super) fn key_refused() -> Fault {
    Fault::of(KEY_REFUSED.problem("Send a good API key as `Authorization: Bearer dbk_…`. It may have been revoked."))
}

/// A method that the path does not take; `Allow` says which it does.
pub async fn unknown_method(request: HttpRequest) -> HttpResponse {
    let path = request.match_pattern().unwrap_or_default();
    let table = crate::http::table();
    let methods: Vec<&str> =
        table.iter().filter(|route| route.path == path).map(|route| route.method.as_str()).collect();
    let allowed = methods.join(", ");
    let mut response = answer(&METHOD.problem(format!("This path takes {allowed}.")));
    if let Ok(value) = header::HeaderValue::from_str(&allowed) {
        response.headers_mut().insert(header::ALLOW, value);
    }
    response
}

impl From<DbError> for Fault {
    fn from(error: DbError) -> Self {
        Self::Command(error.into())
    }
}

impl From<CommandError> for Fault {
    fn from(error: CommandError) -> Self {
        Self::Command(error)
    }
}

impl From<SiteError> for Fault {
    fn from(error: SiteError) -> Self {
        match error {
            SiteError::NotFound => Self::missing(),
            SiteError::NameTaken => Self::taken("name"),
            SiteError::Queue => Self::value("queue_id", "names no queue"),
            SiteError::Db(error) => error.into(),
        }
    }
}

impl From<QueueError> for Fault {
    fn from(error: QueueError) -> Self {
        match error {
            QueueError::NotFound => Self::missing(),
            QueueError::NameTaken => Self::taken("name"),
            QueueError::Overflow => Self::value("overflow_queue_id", "has to name another queue"),
            QueueError::Db(error) => error.into(),
        }
    }
}

impl From<AgentError> for Fault {
    fn from(error: AgentError) -> Self {
        match error {
            AgentError::NotFound | AgentError::LinkOver => Self::missing(),
            AgentError::OwnersOnly => {
                Self::of(NOT_ALLOWED.problem("A key makes and changes no owners; an owner does, in the console."))
            }
            AgentError::LastOwner => Self::of(LAST_OWNER.problem("This is the last owner. Nothing was changed.")),
            AgentError::EmailTaken => Self::taken("email"),
            AgentError::Command(error) => error.into(),
            AgentError::Db(error) => error.into(),
        }
    }
}

impl MayBeginAgain for Fault {
    fn may_begin_again(&self) -> bool {
        matches!(self, Self::Command(error) if error.may_begin_again())
    }
}
