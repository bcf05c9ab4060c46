//! Managing agents over HTTP.

use std::collections::{BTreeSet, HashMap};

use actix_web::web::{Bytes, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::mailing::ByMail;
use super::managing::{self, Error, Invitation, MOST_CAPACITY, NEW_CAPACITY, Wanted};
use super::managing_pages::{AgentForm, AgentLine, AgentPage, AgentsPage, Problem};
use super::managing_store::{self as store, Managed};
use super::session_store::SessionRow;
use super::{EmailAddress, Role};
use crate::app::App;
use crate::conversations::Error as CommandError;
use crate::db::Tx;
use crate::http::access;
use crate::http::fields::Fields;
use crate::http::page::{self, PageRefusal};
use crate::ids::{AgentId, QueueId, WorkspaceId};
use crate::live::begin::acts_by;
use crate::live::protocol::close::CloseReason;
use crate::live::session::Who;
use crate::mail::team;
use crate::queues::store::{self as queues, Queue};
use crate::secrets;
use crate::workspaces::Name;
use crate::writer::again;

/// For the rail's links.
const QUERY: &str = "?view=all";

fn refused(request: &HttpRequest, error: &CommandError) -> PageRefusal {
    PageRefusal::new(access::lang(request), error.into())
}

fn failed(request: &HttpRequest, error: Error) -> PageRefusal {
    match error {
        Error::Db(error) => error.into(),
        Error::Command(error) => refused(request, &error),
        _ => refused(request, &CommandError::NotFound),
    }
}

/// `GET /console/settings/agents`
pub async fn list(request: HttpRequest, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let row = page::administrator(&app, &request).await?;
    let all = queues::of_workspace(app.db.read().await?.conn(), row.workspace_id).await?;
    show(&app, &request, &row, (fresh(&row, all), None), None).await
}

/// For somebody new; the only queue is ticked.
fn fresh(row: &SessionRow, all: Vec<Queue>) -> AgentForm {
    let alone = all.len() == 1;
    let queues = all.into_iter().map(|queue| (queue, alone)).collect();
    AgentForm { role: Role::Agent.word().to_owned(), queues, ..blank(row) }
}

fn blank(row: &SessionRow) -> AgentForm {
    AgentForm { owns: row.role == Role::Owner, ..AgentForm::default() }
}

async fn show(
    app: &App,
    request: &HttpRequest,
    row: &SessionRow,
    (form, problem): (AgentForm, Option<Problem>),
    link: Option<(String, String)>,
) -> Result<HttpResponse, PageRefusal> {
    let mut conn = app.db.read().await?;
    let mut served: HashMap<AgentId, Vec<String>> = HashMap::new();
    for (agent, queue) in store::queue_names(conn.conn(), row.workspace_id).await? {
        served.entry(agent).or_default().push(queue);
    }
    let agents = store::all(conn.conn(), row.workspace_id).await?;
    drop(conn);
    let agents = agents.iter().map(|agent| AgentLine::of(agent, served.remove(&agent.id).unwrap_or_default()));
    let (agents, page) = (agents.collect(), page::own(app, request, row).await);
    let mails = team::can_send(app, row.workspace_id).await?;
    Ok(page::form(problem.is_some(), &AgentsPage { page, query: QUERY.to_owned(), agents, form, problem, link, mails }))
}

/// What both forms say.
struct Said {
    name: Name,
    role: Role,
    capacity: i64,
    queues: BTreeSet<QueueId>,
}

fn said(fields: &Fields) -> Result<Said, Problem> {
    let capacity = match fields.trimmed("capacity") {
        "" => NEW_CAPACITY,
        _ => fields.number("capacity", MOST_CAPACITY).map_err(|_| Problem::Capacity)?,
    };
    Ok(Said {
        name: Name::parse(fields.get("name")).map_err(|_| Problem::Name)?,
        role: fields.get("role").parse().map_err(|_| Problem::Role)?,
        capacity,
        queues: fields.all("queue").filter_map(|id| id.parse().ok()).collect(),
    })
}

/// What was typed, kept.
fn typed(row: &SessionRow, fields: &Fields, all: Vec<Queue>) -> AgentForm {
    let ticked: BTreeSet<&str> = fields.all("queue").collect();
    AgentForm {
        name: fields.get("name").to_owned(),
        email: fields.get("email").to_owned(),
        role: fields.get("role").to_owned(),
        capacity: fields.get("capacity").to_owned(),
        queues: all
            .into_iter()
            .map(|queue| {
                let on = ticked.contains(queue.id.to_string().as_str());
                (queue, on)
            })
            .collect(),
        ..blank(row)
    }
}

/// `POST /console/settings/agents`: invites somebody. The link is in the answer, and nowhere else.
pub async fn invite(request: HttpRequest, body: Bytes, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let (row, fields) = page::posted(&app, &request, &body).await?;
    let new = EmailAddress::parse(fields.get("email")).map_err(|_| Problem::Email).and_then(|email| {
        let Said { name, role, queues, .. } = said(&fields)?;
        Ok(Invitation { email, name, role, queues })
    });
    let all = queues::of_workspace(app.db.read().await?.conn(), row.workspace_id).await?;
    let refuse = |problem| (typed(&row, &fields, all.clone()), Some(problem));
    let new = match new {
        Ok(new) => new,
        Err(problem) => return show(&app, &request, &row, refuse(problem), None).await,
    };
    let (token, hash) = draw_token(&app);
    let (by, email) = (acts_by(&row), new.email.as_str().to_owned());
    let mailed = by_mail(&app, &request, &row, (&fields, &token), &email).await?;
    let shown = shown_link(&app, &token, mailed.is_some());
    let operation = again(move |tx: &mut Tx| {
        let (by, new, mailed) = (by.clone(), new.clone(), mailed.clone());
        Box::pin(async move {
            let id = managing::invite(tx, &by, &new, hash).await?;
            if let Some(mail) = &mailed {
                mail.send(tx, &by, id, new.name.as_str(), true).await?;
            }
            Ok::<_, Error>(id)
        })
    });
    match app.writer.run_again("invite", operation).await {
        Ok(_) => {
            let fresh = fresh(&row, all);
            app.mailer.stir();
            show(&app, &request, &row, (fresh, None), Some((shown, email))).await
        }
        Err(error) => match Problem::of(&error) {
            Some(problem) => show(&app, &request, &row, refuse(problem), None).await,
            None => Err(failed(&request, error)),
        },
    }
}

/// The link, where it is to go by mail and mails go out.
async fn by_mail(
    app: &App,
    request: &HttpRequest,
    row: &SessionRow,
    (fields, token): (&Fields, &str),
    email: &str,
) -> Result<Option<ByMail>, PageRefusal> {
    let wanted = fields.is_on("by_mail") && team::can_send(app, row.workspace_id).await?;
    Ok(wanted.then(|| ByMail::new(app, token, email, &row.name, access::lang(request))))
}

/// What the page shows of a link: nothing of one that went by mail.
fn shown_link(app: &App, token: &str, mailed: bool) -> String {
    if mailed { String::new() } else { link(app, token) }
}

/// Draws what stands in a link, and what the database knows it by.
pub(crate) fn draw_token(app: &App) -> (String, [u8; 32]) {
    let token = app.random.token_text();
    let hash = secrets::token_hash(token.as_bytes());
    (token, hash)
}

/// The link by which somebody comes in.
pub(crate) fn link(app: &App, token: &str) -> String {
    format!("{}invite/{token}", app.config.public_url)
}

/// Whether something was just done.
#[derive(Deserialize)]
pub struct After {
    saved: Option<String>,
}

/// `GET /console/settings/agents/{agent}`
pub async fn open(
    request: HttpRequest,
    agent: Path<String>,
    after: Query<After>,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    let row = page::administrator(&app, &request).await?;
    let (managed, form) = one(&app, &request, &row, &agent).await?;
    let shown = Shown { problem: None, link: None, saved: after.saved.is_some() };
    respond(&app, &request, &row, &managed, form, shown).await
}

async fn one(
    app: &App,
    request: &HttpRequest,
    row: &SessionRow,
    agent: &str,
) -> Result<(Managed, AgentForm), PageRefusal> {
    let missing = || refused(request, &CommandError::NotFound);
    let id: AgentId = agent.parse().map_err(|_| missing())?;
    let mut conn = app.db.read().await?;
    let managed = store::find(conn.conn(), row.workspace_id, id).await?.ok_or_else(missing)?;
    let served: BTreeSet<QueueId> = queues::of_agent(conn.conn(), row.workspace_id, id).await?.into_iter().collect();
    let all = queues::of_workspace(conn.conn(), row.workspace_id).await?;
    let form = AgentForm {
        name: managed.name.clone(),
        email: managed.email.clone(),
        role: managed.role.word().to_owned(),
        capacity: managed.capacity.to_string(),
        queues: all.into_iter().map(|queue| (queue.clone(), served.contains(&queue.id))).collect(),
        ..blank(row)
    };
    Ok((managed, form))
}

struct Shown {
    problem: Option<Problem>,
    link: Option<(String, String)>,
    saved: bool,
}

async fn respond(
    app: &App,
    request: &HttpRequest,
    row: &SessionRow,
    managed: &Managed,
    form: AgentForm,
    shown: Shown,
) -> Result<HttpResponse, PageRefusal> {
    let names = form.queues.iter().filter(|(_, on)| *on).map(|(queue, _)| queue.name.clone()).collect();
    let agent = AgentLine::of(managed, names);
    let (page, query) = (page::own(app, request, row).await, QUERY.to_owned());
    let Shown { problem, link, saved } = shown;
    let mails = team::can_send(app, row.workspace_id).await?;
    Ok(page::form(problem.is_some(), &AgentPage { page, query, agent, form, problem, link, saved, mails }))
}

/// `POST /console/settings/agents/{agent}`: changes them, or with `do`: `link`, `disable`, `enable`,
/// `factor_off`.
pub async fn submit(
    request: HttpRequest,
    agent: Path<String>,
    body: Bytes,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    let (row, fields) = page::posted(&app, &request, &body).await?;
    let (managed, form) = one(&app, &request, &row, &agent).await?;
    let done = match fields.get("do") {
        "link" => return new_link(&app, &request, &row, &fields, (&managed, form)).await,
        "disable" => run(&app, &row, managed.id, Act::Disable).await,
        "enable" => run(&app, &row, managed.id, Act::Enable).await,
        "factor_off" => run(&app, &row, managed.id, Act::FactorOff).await,
        _ => match said(&fields) {
            Ok(Said { name, role, capacity, queues }) => {
                run(&app, &row, managed.id, Act::Change(Wanted { name, role, capacity, queues })).await
            }
            Err(problem) => Err(Refused::Problem(problem)),
        },
    };
    let problem = match done {
        Ok(()) => return Ok(page::see_other(&format!("/console/settings/agents/{}?saved=1", managed.id))),
        Err(Refused::Problem(problem)) => problem,
        Err(Refused::Error(error)) => return Err(failed(&request, error)),
    };
    let all = form.queues.into_iter().map(|(queue, _)| queue).collect();
    let typed = AgentForm { email: managed.email.clone(), ..typed(&row, &fields, all) };
    let shown = Shown { problem: Some(problem), link: None, saved: false };
    respond(&app, &request, &row, &managed, typed, shown).await
}

#[derive(Clone)]
enum Act {
    Change(Wanted),
    Disable,
    Enable,
    FactorOff,
}

enum Refused {
    Problem(Problem),
    Error(Error),
}

async fn run(app: &App, row: &SessionRow, id: AgentId, act: Act) -> Result<(), Refused> {
    let by = acts_by(row);
    let shuts = matches!(act, Act::Disable);
    let operation = again(move |tx: &mut Tx| {
        let (by, act) = (by.clone(), act.clone());
        Box::pin(async move {
            match &act {
                Act::Change(wanted) => managing::change(tx, &by, id, wanted).await,
                Act::Disable => managing::disable(tx, &by, id).await,
                Act::Enable => managing::enable(tx, &by, id).await,
                Act::FactorOff => managing::factor_off(tx, &by, id).await,
            }
        })
    });
    let done = app.writer.run_again("manage agent", operation).await;
    app.timer.look();
    app.availability.look();
    app.hub.attention.loads(row.workspace_id);
    match done {
        Ok(()) => {
            if shuts {
                close_sessions(app, row.workspace_id, id);
            }
            Ok(())
        }
        Err(error) => Err(Problem::of(&error).map_or(Refused::Error(error), Refused::Problem)),
    }
}

/// Their sockets on this node; other nodes find that the session is gone when they look again.
pub(crate) fn close_sessions(app: &App, ws: WorkspaceId, id: AgentId) {
    for session in app.hub.agents(ws) {
        if matches!(&session.who, Who::Agent(who) if who.agent.id == id) {
            session.outbox.close(CloseReason::Blocked);
        }
    }
}

async fn new_link(
    app: &App,
    request: &HttpRequest,
    row: &SessionRow,
    fields: &Fields,
    (managed, form): (&Managed, AgentForm),
) -> Result<HttpResponse, PageRefusal> {
    let (token, hash) = draw_token(app);
    let (by, id) = (acts_by(row), managed.id);
    let mailed = by_mail(app, request, row, (fields, &token), &managed.email).await?;
    let shown = shown_link(app, &token, mailed.is_some());
    let operation = again(move |tx: &mut Tx| {
        let (by, mailed) = (by.clone(), mailed.clone());
        Box::pin(async move {
            let agent = managing::draw_link(tx, &by, id, hash).await?;
            if let Some(mail) = &mailed {
                mail.send(tx, &by, id, &agent.name, agent.is_invited()).await?;
            }
            Ok::<_, Error>(agent)
        })
    });
    let shown = match app.writer.run_again("draw link", operation).await {
        Ok(agent) => {
            app.mailer.stir();
            Shown { problem: None, link: Some((shown, agent.email)), saved: false }
        }
        Err(error) => match Problem::of(&error) {
            Some(problem) => Shown { problem: Some(problem), link: None, saved: false },
            None => return Err(failed(request, error)),
        },
    };
    respond(app, request, row, managed, form, shown).await
}
