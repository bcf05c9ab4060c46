//! The wallboard's page, and what supervisors do for others: their state, with which their chats go on.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::board;
use super::pages::TeamPage;
use crate::agents::AgentState;
use crate::agents::pages::AgentChip;
use crate::agents::session_store::SessionRow;
use crate::app::App;
use crate::conversations::Error;
use crate::conversations::console::{ListQuery, Posted, command};
use crate::http::access;
use crate::http::page::{self, PageRefusal};
use crate::ids::AgentId;
use crate::live::owning::{Owning, choosing};

fn refused(request: &HttpRequest, error: &Error) -> PageRefusal {
    PageRefusal::new(access::lang(request), error.into())
}

/// Whoever may look at everybody's work.
fn supervisor(request: &HttpRequest, row: &SessionRow) -> Result<(), PageRefusal> {
    if row.role.sees_every_queue() {
        return Ok(());
    }
    Err(refused(request, &Error::NotAllowed("The wallboard is for supervisors.")))
}

/// `GET /console/team`
pub async fn board(request: HttpRequest, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let row = page::signed_in(&app, &request).await?;
    supervisor(&request, &row)?;
    let board = board::read(&app, row.workspace_id).await?;
    let agent = AgentChip::read(&app, &row).await;
    let frame = page::frame(access::lang(&request), row.csrf.clone()).of(agent);
    Ok(page::page(StatusCode::OK, &TeamPage { page: frame, query: "?view=all".to_owned(), board }))
}

/// Another agent's state.
#[derive(Deserialize)]
pub struct StateForm {
    csrf: String,
    state: String,
}

/// `POST /console/team/{agent}/state`: offline hands their chats on at once.
pub async fn state(
    request: HttpRequest,
    agent: Path<String>,
    form: Form<StateForm>,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    let row = page::signed_in(&app, &request).await?;
    page::check_form(&app, &request, &row, &form.csrf)?;
    supervisor(&request, &row)?;
    let agent: AgentId = agent.parse().map_err(|_| refused(&request, &Error::NotFound))?;
    let unknown = || Error::Invalid("state has to be online, draining, away or offline.".to_owned());
    let state = AgentState::parse(&form.state).ok_or_else(unknown).map_err(|error| refused(&request, &error))?;
    let chosen = app.writer.run_again("state", choosing(row.workspace_id, agent, state)).await;
    app.timer.look();
    app.hub.attention.loads(row.workspace_id);
    chosen.map_err(|error| refused(&request, &error))?;
    Ok(page::see_other("/console/team"))
}

/// The form that joins a chat.
#[derive(Deserialize)]
pub struct JoinForm {
    csrf: String,
}

/// `POST /console/conversations/{id}/join`
pub async fn join(
    request: HttpRequest,
    conversation: Path<String>,
    query: actix_web::web::Query<ListQuery>,
    form: Form<JoinForm>,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    let posted = Posted { csrf: form.into_inner().csrf, epoch: 0, view: None, beside: None };
    command(request, conversation, query, posted, app, Ok(Owning::Join)).await
}
