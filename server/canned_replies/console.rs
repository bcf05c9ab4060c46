//! Canned replies over HTTP: the list for a composer, filled for its conversation, and the page on
//! which they are written.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Value, json};

use super::pages::{RepliesPage, ReplyForm, ReplyProblem, ReplyView, ScopeChoice};
use super::store::CannedReply;
use super::{MOST_LISTED, Scope, Values, Wording, fill, remove, save, store, unknown};
use crate::agents::pages::AgentChip;
use crate::agents::session_store::SessionRow;
use crate::app::App;
use crate::conversations::{ActingAgent, Conversation, Error, access as conversation_access};
use crate::http::access;
use crate::http::page::{self, PageRefusal};
use crate::ids::CannedReplyId;
use crate::live::begin::acting;
use crate::live::protocol::MAX_TEXT_CHARS;
use crate::queues::store as queues;
use crate::writer::op;

fn refused(request: &HttpRequest, error: &Error) -> PageRefusal {
    PageRefusal::new(access::lang(request), error.into())
}

const fn scope_word(scope: Scope) -> &'static str {
    match scope {
        Scope::Own(_) => "own",
        Scope::Queue(_) => "queue",
        Scope::Workspace => "workspace",
    }
}

/// `GET /console/conversations/{id}/replies`: those that the agent may use, filled.
pub async fn filled(request: HttpRequest, id: Path<String>, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let row = page::signed_in(&app, &request).await?;
    let agent = acting(&row);
    let mut conn = app.db.read().await?;
    let conversation = conversation_access::find_by_text(conn.conn(), &agent, &id).await;
    let conversation = conversation.map_err(|error| refused(&request, &error))?;
    let site = crate::sites::store::name(conn.conn(), row.workspace_id, conversation.site_id).await?;
    // Visitors are to read the name that they see.
    let faces = app.workspaces.faces(row.workspace_id);
    let shown = faces.as_ref().and_then(|faces| faces.name(&agent.id.to_string()));
    let name = shown.unwrap_or(&agent.name).to_owned();
    let values = values(name, &conversation, site.unwrap_or_default());
    let replies = store::usable(conn.conn(), row.workspace_id, row.agent_id, MOST_LISTED).await?;
    let replies: Vec<Value> = replies.iter().map(|reply| of_json(reply, &values)).collect();
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(json!({ "replies": replies })))
}

fn values(agent_name: String, conversation: &Conversation, site_name: String) -> Values {
    Values {
        visitor_name: conversation.visitor_name.clone().unwrap_or_default(),
        agent_name,
        site_name,
        queue_name: conversation.queue_name.clone(),
        conversation_id: conversation.id.to_string(),
    }
}

fn of_json(reply: &CannedReply, values: &Values) -> Value {
    let filled = fill(&reply.text, values);
    json!({
        "id": reply.id,
        "shortcut": reply.shortcut,
        "title": reply.title,
        "scope": scope_word(reply.scope()),
        "queue": reply.queue_name,
        "text": filled.text,
        "open": filled.open,
    })
}

/// Which reply the page's form shows.
#[derive(Deserialize)]
pub struct ShownReply {
    reply: Option<String>,
}

/// `GET /console/replies?reply=ID`
pub async fn show(request: HttpRequest, query: Query<ShownReply>, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let row = page::signed_in(&app, &request).await?;
    let mut form = ReplyForm { scope: "own".to_owned(), ..ReplyForm::default() };
    let replies = listed(&app, &row).await?;
    if let Some(found) = query.reply.as_deref().and_then(|id| replies.iter().find(|reply| reply.id.to_string() == id)) {
        form = ReplyForm {
            id: found.id.to_string(),
            scope: match found.scope() {
                Scope::Queue(queue) => queue.to_string(),
                other => scope_word(other).to_owned(),
            },
            shortcut: found.shortcut.clone(),
            title: found.title.clone(),
            text: found.text.clone(),
        };
    }
    respond(&app, &request, &row, StatusCode::OK, replies, (form, None)).await
}

/// What an agent sees on the page: supervisors all that is shared, others what they may use.
async fn listed(app: &App, row: &SessionRow) -> Result<Vec<CannedReply>, PageRefusal> {
    let (ws, agent) = (row.workspace_id, row.agent_id);
    let mut conn = app.db.read().await?;
    Ok(match row.role.sees_every_queue() {
        true => store::manageable(conn.conn(), ws, agent, MOST_LISTED).await?,
        false => store::usable(conn.conn(), ws, agent, MOST_LISTED).await?,
    })
}

async fn respond(
    app: &App,
    request: &HttpRequest,
    row: &SessionRow,
    status: StatusCode,
    replies: Vec<CannedReply>,
    (form, problem): (ReplyForm, Option<ReplyProblem>),
) -> Result<HttpResponse, PageRefusal> {
    let all = row.role.sees_every_queue();
    let choice = |value: &str| ScopeChoice { value: value.to_owned(), queue_name: None };
    let mut scopes = vec![choice("own")];
    if all {
        scopes.push(choice("workspace"));
        let queues = queues::of_workspace(app.db.read().await?.conn(), row.workspace_id).await?;
        let of_queue = |queue: queues::Queue| ScopeChoice { value: queue.id.to_string(), queue_name: Some(queue.name) };
        scopes.extend(queues.into_iter().map(of_queue));
    }
    let view = |reply: CannedReply| ReplyView {
        id: reply.id.to_string(),
        scope: scope_word(reply.scope()).to_owned(),
        may_change: all || matches!(reply.scope(), Scope::Own(_)),
        unknown: unknown(&reply.text),
        queue_name: reply.queue_name.unwrap_or_default(),
        shortcut: reply.shortcut,
        title: reply.title,
        text: reply.text,
    };
    let agent = AgentChip::read(app, row).await;
    let frame = page::frame(access::lang(request), row.csrf.clone()).of(agent);
    let replies = replies.into_iter().map(view).collect();
    Ok(page::page(status, &RepliesPage { page: frame, replies, form, scopes, problem }))
}

/// The page's form, and the one by which a composer keeps its text.
#[derive(Deserialize)]
pub struct Posted {
    csrf: String,
    /// The reply that is changed; empty for a new one.
    #[serde(default)]
    reply: String,
    /// `own`, `workspace` or a queue's id.
    #[serde(default)]
    scope: String,
    #[serde(default)]
    shortcut: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    text: String,
    /// Given where it is to be removed.
    #[serde(default)]
    remove: Option<String>,
}

impl Posted {
    fn id(&self) -> Result<Option<CannedReplyId>, Error> {
        if self.reply.is_empty() { Ok(None) } else { self.reply.parse().map(Some).map_err(|_| Error::NotFound) }
    }

    fn wording(&self, agent: &ActingAgent) -> Result<Wording, Error> {
        let scope = match self.scope.as_str() {
            "" | "own" => Scope::Own(agent.id),
            "workspace" => Scope::Workspace,
            queue => Scope::Queue(
                queue.parse().map_err(|_| Error::Invalid("scope has to be own, workspace or a queue.".to_owned()))?,
            ),
        };
        // Browsers send line ends as CR LF.
        Wording::parse(scope, &self.shortcut, &self.title, &self.text.replace("\r\n", "\n"))
    }
}

/// `POST /console/replies`
pub async fn submit(request: HttpRequest, form: Form<Posted>, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let row = page::signed_in(&app, &request).await?;
    page::check_form(&app, &request, &row, &form.csrf)?;
    let form = form.into_inner();
    let problem = match change(&app, acting(&row), &form).await {
        Ok(()) => return Ok(page::see_other("/console/replies")),
        Err(Error::ValueRefused { field, .. }) => match field.as_str() {
            "shortcut" => ReplyProblem::Shortcut,
            "title" => ReplyProblem::Title,
            _ => ReplyProblem::Full,
        },
        Err(Error::TextMissing) => ReplyProblem::NoText,
        Err(Error::TextTooLong(chars)) => {
            ReplyProblem::TooLong { over: i64::try_from(chars.saturating_sub(MAX_TEXT_CHARS)).unwrap_or(i64::MAX) }
        }
        Err(error @ (Error::NotFound | Error::NotAllowed(_) | Error::Db(_))) => return Err(refused(&request, &error)),
        Err(other) => ReplyProblem::Other { detail: crate::live::protocol::Problem::from(&other).detail },
    };
    let Posted { reply: id, scope, shortcut, title, text, .. } = form;
    let typed = ReplyForm { id, scope, shortcut, title, text };
    let replies = listed(&app, &row).await?;
    respond(&app, &request, &row, StatusCode::UNPROCESSABLE_ENTITY, replies, (typed, Some(problem))).await
}

async fn change(app: &App, agent: ActingAgent, form: &Posted) -> Result<(), Error> {
    let id = form.id()?;
    if form.remove.is_some() {
        let id = id.ok_or(Error::NotFound)?;
        let operation = op(move |tx| Box::pin(async move { remove(tx, &agent, id).await }));
        return app.writer.run("remove reply", operation).await;
    }
    let wording = form.wording(&agent)?;
    let operation = op(move |tx| Box::pin(async move { save(tx, &agent, id, &wording).await }));
    app.writer.run("save reply", operation).await.map(drop)
}
