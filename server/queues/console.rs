//! Managing queues over HTTP.

use std::collections::{BTreeSet, HashMap};

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::managing::{self, Error, Wanted};
use super::pages::{Problem, QueueForm, QueueLine, QueuePage, QueuesPage};
use super::store;
use crate::agents::session_store::SessionRow;
use crate::agents::store as agents;
use crate::app::App;
use crate::conversations::Error as CommandError;
use crate::db::Tx;
use crate::hours::form::HoursForm;
use crate::http::access;
use crate::http::fields::Fields;
use crate::http::page::{self, PageRefusal};
use crate::ids::{AgentId, QueueId};
use crate::live::begin::acts_by;
use crate::routing::Policy;
use crate::routing::line_store::{self, LineChanges};
use crate::workspaces::Name;
use crate::writer::again;

/// For the rail's links.
const QUERY: &str = "?view=all";
/// The longest of the times that a queue has, in seconds: 30 days.
pub(crate) const MOST_SECONDS: i64 = 2_592_000;

fn missing(request: &HttpRequest) -> PageRefusal {
    PageRefusal::new(access::lang(request), (&CommandError::NotFound).into())
}

/// `GET /console/settings/queues`
pub async fn list(request: HttpRequest, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let row = page::administrator(&app, &request).await?;
    show(&app, &request, &row, StatusCode::OK, (String::new(), None)).await
}

async fn show(
    app: &App,
    request: &HttpRequest,
    row: &SessionRow,
    status: StatusCode,
    (name, problem): (String, Option<Problem>),
) -> Result<HttpResponse, PageRefusal> {
    let mut conn = app.db.read().await?;
    let mut serving: HashMap<QueueId, Vec<String>> = HashMap::new();
    for (queue, agent) in store::agent_names(conn.conn(), row.workspace_id).await? {
        serving.entry(queue).or_default().push(agent);
    }
    let queues = store::of_workspace(conn.conn(), row.workspace_id).await?;
    drop(conn);
    let line = |queue: store::Queue| QueueLine {
        id: queue.id.to_string(),
        agents: serving.remove(&queue.id).unwrap_or_default(),
        name: queue.name,
    };
    let queues = queues.into_iter().map(line).collect();
    let page = page::own(app, request, row).await;
    Ok(page::page(status, &QueuesPage { page, query: QUERY.to_owned(), queues, name, problem }))
}

/// `POST /console/settings/queues`: adds one, and goes there.
pub async fn add(request: HttpRequest, body: Bytes, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let (row, fields) = page::posted(&app, &request, &body).await?;
    let typed = fields.get("name").to_owned();
    let problem = match Name::parse(&typed) {
        Err(_) => Problem::Name,
        Ok(name) => {
            let by = acts_by(&row);
            let operation = again(move |tx: &mut Tx| {
                let (by, name) = (by.clone(), name.clone());
                Box::pin(async move { managing::add(tx, &by, &name).await })
            });
            match app.writer.run_again("add queue", operation).await {
                Ok(id) => return Ok(page::see_other(&format!("/console/settings/queues/{id}"))),
                Err(error) => mendable(&request, error)?,
            }
        }
    };
    show(&app, &request, &row, StatusCode::UNPROCESSABLE_ENTITY, (typed, Some(problem))).await
}

fn mendable(request: &HttpRequest, error: Error) -> Result<Problem, PageRefusal> {
    match (Problem::of(&error), error) {
        (Some(problem), _) => Ok(problem),
        (None, Error::Db(error)) => Err(error.into()),
        (None, _) => Err(missing(request)),
    }
}

/// Whether something was just done.
#[derive(Deserialize)]
pub struct After {
    saved: Option<String>,
}

/// `GET /console/settings/queues/{queue}`
pub async fn open(
    request: HttpRequest,
    queue: Path<String>,
    after: Query<After>,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    let row = page::administrator(&app, &request).await?;
    let (id, form) = stored(&app, &request, &row, &queue).await?;
    let page = page::own(&app, &request, &row).await;
    let shown = QueuePage {
        page,
        query: QUERY.to_owned(),
        id: id.to_string(),
        name: form.name.clone(),
        form,
        problem: None,
        saved: after.saved.is_some(),
    };
    Ok(page::page(StatusCode::OK, &shown))
}

async fn stored(
    app: &App,
    request: &HttpRequest,
    row: &SessionRow,
    queue: &str,
) -> Result<(QueueId, QueueForm), PageRefusal> {
    let (ws, id) = (row.workspace_id, queue.parse::<QueueId>().map_err(|_| missing(request))?);
    let mut conn = app.db.read().await?;
    let rules = line_store::rules(conn.conn(), ws, id).await?.ok_or_else(|| missing(request))?;
    let serving: BTreeSet<AgentId> = store::agents_of(conn.conn(), ws, id).await?.into_iter().collect();
    let everybody = agents::names(conn.conn(), ws).await?;
    let others = store::of_workspace(conn.conn(), ws).await?;
    let form = QueueForm {
        name: rules.name,
        policy: rules.policy.word().to_owned(),
        sticky: rules.sticky != 0,
        answer_timeout: rules.answer_timeout_s.to_string(),
        first_answer: rules.first_answer_s.to_string(),
        reply: rules.reply_s.to_string(),
        nudge_after: rules.nudge_after_s.to_string(),
        close_after: rules.close_after_s.to_string(),
        overflow_after: rules.overflow_after_s.to_string(),
        overflow_to: rules.overflow_queue_id.map(|id| id.to_string()).unwrap_or_default(),
        others: others.into_iter().filter(|other| other.id != id).collect(),
        agents: everybody.into_iter().map(|(agent, name)| (agent, name, serving.contains(&agent))).collect(),
        hours: HoursForm::of(rules.hours.as_deref(), app.workspaces.zone(ws)),
    };
    Ok((id, form))
}

/// What was typed, kept, over what is there to choose from.
fn typed(fields: &Fields, stored: QueueForm) -> QueueForm {
    let text = |name: &str| fields.get(name).to_owned();
    let ticked: BTreeSet<&str> = fields.all("agent").collect();
    let agents = stored.agents.into_iter().map(|(agent, name, _)| {
        let on = ticked.contains(agent.to_string().as_str());
        (agent, name, on)
    });
    QueueForm {
        name: text("name"),
        policy: text("policy"),
        sticky: fields.is_on("sticky"),
        answer_timeout: text("answer_timeout"),
        first_answer: text("first_answer"),
        reply: text("reply"),
        nudge_after: text("nudge_after"),
        close_after: text("close_after"),
        overflow_after: text("overflow_after"),
        overflow_to: text("overflow_to"),
        agents: agents.collect(),
        others: stored.others,
        hours: HoursForm::typed(fields),
    }
}

fn wanted(fields: &Fields) -> Result<Wanted, Problem> {
    let seconds = |name| fields.number(name, MOST_SECONDS).map(Some).map_err(|_| Problem::Seconds);
    let overflow_queue_id = match fields.get("overflow_to") {
        "" => None,
        id => Some(id.parse().map_err(|_| Problem::Overflow)?),
    };
    let rules = LineChanges {
        policy: Some(Policy::parse(fields.get("policy")).ok_or(Problem::Policy)?),
        sticky: Some(fields.is_on("sticky")),
        answer_timeout_s: seconds("answer_timeout")?,
        first_answer_s: seconds("first_answer")?,
        reply_s: seconds("reply")?,
        nudge_after_s: seconds("nudge_after")?,
        close_after_s: seconds("close_after")?,
        overflow_after_s: if overflow_queue_id.is_some() { seconds("overflow_after")? } else { Some(0) },
        overflow_queue_id,
    };
    Ok(Wanted {
        name: Name::parse(fields.get("name")).map_err(|_| Problem::Name)?,
        rules,
        hours: HoursForm::typed(fields).hours().map_err(Problem::Hours)?,
        agents: fields.all("agent").filter_map(|id| id.parse().ok()).collect(),
    })
}

/// `POST /console/settings/queues/{queue}`
pub async fn submit(
    request: HttpRequest,
    queue: Path<String>,
    body: Bytes,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    let (row, fields) = page::posted(&app, &request, &body).await?;
    let (id, before) = stored(&app, &request, &row, &queue).await?;
    let problem = match wanted(&fields) {
        Err(problem) => problem,
        Ok(wanted) => {
            let by = acts_by(&row);
            let operation = again(move |tx: &mut Tx| {
                let (by, wanted) = (by.clone(), wanted.clone());
                Box::pin(async move { managing::change(tx, &by, id, &wanted).await })
            });
            match app.writer.run_again("change queue", operation).await {
                Ok(()) => {
                    app.timer.look();
                    app.availability.look();
                    return Ok(page::see_other(&format!("/console/settings/queues/{id}?saved=1")));
                }
                Err(error) => mendable(&request, error)?,
            }
        }
    };
    let (page, name) = (page::own(&app, &request, &row).await, before.name.clone());
    let shown = QueuePage {
        page,
        query: QUERY.to_owned(),
        id: id.to_string(),
        name,
        form: typed(&fields, before),
        problem: Some(problem),
        saved: false,
    };
    Ok(page::page(StatusCode::UNPROCESSABLE_ENTITY, &shown))
}
