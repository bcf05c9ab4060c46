//! The plain forms of routing: what the console's script does by frames, without it.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::agents::AgentState;
use crate::app::App;
use crate::conversations::Error;
use crate::conversations::console::{ListQuery, Posted, command};
use crate::http::access;
use crate::http::page::{self, PageRefusal};
use crate::live::owning::{Owning, choosing};

/// A transfer: one of `queue` and `agent` is named, the other left out or empty.
#[derive(Deserialize)]
pub struct TransferForm {
    csrf: String,
    epoch: i64,
    /// `queue:ID` or `agent:ID`: one choice among both.
    #[serde(default)]
    to: String,
    #[serde(default)]
    queue: String,
    #[serde(default)]
    agent: String,
    #[serde(default)]
    note: String,
}

/// A snooze: until a time, or for so many seconds.
#[derive(Deserialize)]
pub struct SnoozeForm {
    csrf: String,
    epoch: i64,
    #[serde(default)]
    until: String,
    #[serde(default)]
    for_s: Option<i64>,
}

/// What a button of a menu says beside the owner that it was drawn for.
#[derive(Deserialize)]
pub struct MenuQuery {
    for_s: Option<i64>,
    priority: Option<String>,
    /// `bot`, of a transfer to it.
    to: Option<String>,
}

/// How urgent it is.
#[derive(Deserialize)]
pub struct PriorityForm {
    csrf: String,
    epoch: i64,
    #[serde(default)]
    priority: String,
}

/// The agent's own state.
#[derive(Deserialize)]
pub struct StateForm {
    csrf: String,
    state: String,
}

fn refused(request: &HttpRequest, error: &Error) -> PageRefusal {
    PageRefusal::new(access::lang(request), error.into())
}

/// An id of a form; empty for none.
fn id<T: std::str::FromStr>(text: &str) -> Result<Option<T>, Error> {
    let text = text.trim();
    let invalid = |_| Error::Invalid("That is no id of a queue or an agent.".to_owned());
    if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(invalid) }
}

/// `POST /console/conversations/{id}/transfer`
pub async fn transfer(
    request: HttpRequest,
    conversation: Path<String>,
    query: Query<ListQuery>,
    menu: Query<MenuQuery>,
    form: Form<TransferForm>,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    let TransferForm { csrf, epoch, to, mut queue, mut agent, note } = form.into_inner();
    let to = menu.into_inner().to.unwrap_or(to);
    match to.split_once(':') {
        Some(("queue", id)) => id.clone_into(&mut queue),
        Some(("agent", id)) => id.clone_into(&mut agent),
        _ => {}
    }
    let owning = match to.as_str() {
        "bot" => Ok(Owning::to_bot(None)),
        _ => to_people(&queue, &agent, &note),
    };
    let form = Posted { csrf, epoch, view: None, beside: None };
    let done = command(request, conversation, query, form, app, owning).await?;
    // Whoever passed it on may not see it any more.
    let passed = done.status() == StatusCode::SEE_OTHER;
    Ok(if passed { page::see_other("/console/conversations?view=mine") } else { done })
}

fn to_people(queue: &str, agent: &str, note: &str) -> Result<Owning, Error> {
    // Browsers send line ends as CR LF.
    Owning::transfer(id(queue)?, id(agent)?, Some(note.replace("\r\n", "\n")), None)
}

/// `POST /console/conversations/{id}/snooze`
pub async fn snooze(
    request: HttpRequest,
    conversation: Path<String>,
    query: Query<ListQuery>,
    menu: Query<MenuQuery>,
    form: Form<SnoozeForm>,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    let SnoozeForm { csrf, epoch, until, for_s } = form.into_inner();
    let owning = match for_s.or(menu.for_s) {
        Some(seconds) => Ok(Owning::Snooze(app.clock.now().plus_seconds(seconds))),
        None => Owning::snooze(&until),
    };
    command(request, conversation, query, Posted { csrf, epoch, view: None, beside: None }, app, owning).await
}

/// `POST /console/conversations/{id}/priority`
pub async fn priority(
    request: HttpRequest,
    conversation: Path<String>,
    query: Query<ListQuery>,
    menu: Query<MenuQuery>,
    form: Form<PriorityForm>,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    let PriorityForm { csrf, epoch, priority } = form.into_inner();
    command(
        request,
        conversation,
        query,
        Posted { csrf, epoch, view: None, beside: None },
        app,
        Owning::priority(menu.priority.as_deref().unwrap_or(&priority)),
    )
    .await
}

/// `POST /console/state`
pub async fn state(request: HttpRequest, form: Form<StateForm>, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let row = page::signed_in(&app, &request).await?;
    page::check_form(&app, &request, &row, &form.csrf)?;
    let unknown = || Error::Invalid("state has to be online, draining, away or offline.".to_owned());
    let state = AgentState::parse(&form.state).ok_or_else(unknown).map_err(|error| refused(&request, &error))?;
    let chosen = app.writer.run_again("state", choosing(row.workspace_id, row.agent_id, state)).await;
    app.timer.look();
    app.hub.attention.loads(row.workspace_id);
    chosen.map_err(|error| refused(&request, &error))?;
    Ok(page::see_other("/console/conversations"))
}
