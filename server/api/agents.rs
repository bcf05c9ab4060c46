//! Agents over REST.

use std::collections::BTreeSet;

use actix_web::HttpRequest;
use actix_web::web::{Bytes, Data};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::doing;
use super::paging::Paging;
use super::{Answer, Call, Fault, Reply, input};
use crate::agents::managing::{self, Invitation, MOST_CAPACITY, Wanted};
use crate::agents::managing_console::{close_sessions, draw_token, link};
use crate::agents::managing_store::{self as store, Managed};
use crate::agents::{EmailAddress, Role};
use crate::app::App;
use crate::audit::By;
use crate::db::{Conn, Error as DbError, Tx};
use crate::ids::{AgentId, QueueId, WorkspaceId};
use crate::queues::store as queues;

/// A person with a login.
#[derive(Debug, Serialize, ToSchema)]
pub struct Agent {
    id: AgentId,
    email: String,
    /// As visitors and colleagues see it.
    name: String,
    /// `agent`, `supervisor`, `admin` or `owner`.
    #[schema(pattern = "^(agent|supervisor|admin|owner)$")]
    role: &'static str,
    /// Chats at once; 0 takes them out of routing.
    capacity: i64,
    /// They have not set a password yet.
    invited: bool,
    /// They may not sign in.
    disabled: bool,
    /// The queues that they serve.
    queue_ids: Vec<QueueId>,
}

/// An agent, and the link by which they set their password.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgentWithLink {
    agent: Agent,
    /// Good for 7 days, shown once: a repeat with the same Idempotency-Key has null.
    link: Option<String>,
}

/// Somebody to be invited.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAgent {
    /// By which they sign in; one of its kind in the workspace.
    #[schema(max_length = 254, example = "ada@shop.example")]
    email: String,
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    /// `agent` if it is left out. A key makes no owners.
    #[schema(pattern = "^(agent|supervisor|admin|owner)$")]
    role: Option<String>,
    queue_ids: Option<BTreeSet<QueueId>>,
}

/// What of an agent is to change; what is left out or null stays.
#[derive(Debug, Default, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AgentChanges {
    #[schema(min_length = 1, max_length = 80)]
    name: Option<String>,
    #[schema(pattern = "^(agent|supervisor|admin|owner)$")]
    role: Option<String>,
    #[schema(minimum = 0, maximum = 100)]
    capacity: Option<i64>,
    /// The queues that they serve from now on.
    queue_ids: Option<BTreeSet<QueueId>>,
}

fn role(word: &str) -> Result<Role, Fault> {
    word.parse().map_err(|_| Fault::value("role", "is agent, supervisor, admin or owner"))
}

async fn read(mut conn: Conn<'_>, managed: Managed) -> Result<Agent, DbError> {
    let mut queue_ids = queues::of_agent(conn.again(), managed.workspace_id, managed.id).await?;
    queue_ids.sort_unstable();
    Ok(Agent {
        invited: managed.is_invited(),
        id: managed.id,
        email: managed.email,
        name: managed.name,
        role: managed.role.word(),
        capacity: managed.capacity,
        disabled: managed.disabled_at.is_some(),
        queue_ids,
    })
}

async fn stored(tx: &mut Tx, ws: WorkspaceId, id: AgentId) -> Result<Agent, Fault> {
    let managed = store::find(tx.conn(), ws, id).await?.ok_or_else(Fault::missing)?;
    Ok(read(tx.conn(), managed).await?)
}

/// `GET /api/v1/agents`
pub async fn list(request: HttpRequest, app: Data<App>) -> Answer {
    let call = Call::reading(&app, &request).await?;
    let paging = Paging::of(&request, &[])?;
    let mut conn = call.read().await?;
    let all = store::all(conn.conn(), call.workspace()).await?;
    let (page, next) = paging.cut(paging.part(all, |agent| agent.id.uuid()), |agent| agent.id.uuid());
    let mut items = Vec::new();
    for agent in page {
        items.push(read(conn.conn(), agent).await?);
    }
    paging.answer(items, next)
}

/// `GET /api/v1/agents/{agent_id}`
pub async fn find(request: HttpRequest, app: Data<App>) -> Answer {
    let call = Call::reading(&app, &request).await?;
    let id = input::path_id(&request, "agent_id")?;
    let mut conn = call.read().await?;
    let managed = store::find(conn.conn(), call.workspace(), id).await?.ok_or_else(Fault::missing)?;
    Ok(Reply::ok(&read(conn.conn(), managed).await?)?.into_response())
}

/// `POST /api/v1/agents`: invites somebody.
pub async fn invite(request: HttpRequest, body: Bytes, app: Data<App>) -> Answer {
    let call = Call::writing(&app, &request, &body).await?;
    let new: NewAgent = call.json()?;
    let email = EmailAddress::parse(&new.email).map_err(|_| Fault::value("email", "is no mail address"))?;
    let role = role(new.role.as_deref().unwrap_or("agent"))?;
    let new = Invitation { email, name: input::name(&new.name)?, role, queues: new.queue_ids.unwrap_or_default() };
    let (by, ws) = (call.by(), call.workspace());
    let (token, hash) = draw_token(&app);
    let operation = doing(move |tx: &mut Tx| {
        Box::pin(async move {
            let known = input::queues(tx.conn(), ws).await?;
            input::all_known("queue_ids", &new.queues, &known)?;
            let id = managing::invite(tx, &by, &new, hash).await?;
            Reply::made(&stored(tx, ws, id).await?)
        })
    });
    with_link(call, "invite", operation, link(&app, &token)).await
}

/// `POST /api/v1/agents/{agent_id}/link`: a new link, instead of an older one.
pub async fn new_link(request: HttpRequest, body: Bytes, app: Data<App>) -> Answer {
    let call = Call::writing(&app, &request, &body).await?;
    let id: AgentId = input::path_id(&request, "agent_id")?;
    let (by, ws) = (call.by(), call.workspace());
    let (token, hash) = draw_token(&app);
    let operation = doing(move |tx: &mut Tx| {
        Box::pin(async move {
            managing::draw_link(tx, &by, id, hash).await?;
            Reply::ok(&stored(tx, ws, id).await?)
        })
    });
    with_link(call, "draw link", operation, link(&app, &token)).await
}

/// The link goes out beside the answer and is not kept with it: the database has its hash alone.
async fn with_link<F>(call: Call, name: &'static str, operation: F, link: String) -> Answer
where
    F: for<'t> FnOnce(&'t mut Tx) -> futures_util::future::BoxFuture<'t, Result<Reply, Fault>> + Clone + Send + 'static,
{
    let reply = call.done(name, operation).await?;
    let agent: Box<serde_json::value::RawValue> =
        serde_json::from_str(&reply.body).map_err(|_| DbError::Inconsistent("answer"))?;
    let link = (!reply.replayed).then_some(link);
    let body = serde_json::to_string(&Linked { agent, link }).map_err(|_| DbError::Inconsistent("answer"))?;
    Ok(Reply { body, ..reply }.into_response())
}

/// [`AgentWithLink`] of an agent who is JSON already.
#[derive(Serialize)]
struct Linked {
    agent: Box<serde_json::value::RawValue>,
    link: Option<String>,
}

/// `PATCH /api/v1/agents/{agent_id}`
pub async fn change(request: HttpRequest, body: Bytes, app: Data<App>) -> Answer {
    let call = Call::writing(&app, &request, &body).await?;
    let id: AgentId = input::path_id(&request, "agent_id")?;
    let changes: AgentChanges = call.json()?;
    let name = changes.name.as_deref().map(input::name).transpose()?;
    let wanted_role = changes.role.as_deref().map(role).transpose()?;
    let capacity = changes.capacity.map(|chats| input::number("capacity", chats, MOST_CAPACITY)).transpose()?;
    let (by, ws) = (call.by(), call.workspace());
    let operation = doing(move |tx: &mut Tx| {
        Box::pin(async move {
            let known = input::queues(tx.conn(), ws).await?;
            let before = store::find(tx.conn(), ws, id).await?.ok_or_else(Fault::missing)?;
            let served: BTreeSet<QueueId> = queues::of_agent(tx.conn(), ws, id).await?.into_iter().collect();
            let queues = changes.queue_ids.unwrap_or(served);
            input::all_known("queue_ids", &queues, &known)?;
            let wanted = Wanted {
                name: name.map_or_else(|| input::name(&before.name), Ok)?,
                role: wanted_role.unwrap_or(before.role),
                capacity: capacity.unwrap_or(before.capacity),
                queues,
            };
            managing::change(tx, &by, id, &wanted).await?;
            Reply::ok(&stored(tx, ws, id).await?)
        })
    });
    let answer = call.run("change agent", operation).await;
    Call::look_again(&app, ws);
    answer
}

/// `POST /api/v1/agents/{agent_id}/disable`
pub async fn disable(request: HttpRequest, body: Bytes, app: Data<App>) -> Answer {
    let call = Call::writing(&app, &request, &body).await?;
    let id: AgentId = input::path_id(&request, "agent_id")?;
    let (by, ws) = (call.by(), call.workspace());
    let answer = call.run("disable agent", doing(move |tx: &mut Tx| Box::pin(shut(tx, by, ws, id, true)))).await;
    if answer.is_ok() {
        close_sessions(&app, ws, id);
    }
    Call::look_again(&app, ws);
    answer
}

/// `POST /api/v1/agents/{agent_id}/enable`
pub async fn enable(request: HttpRequest, body: Bytes, app: Data<App>) -> Answer {
    let call = Call::writing(&app, &request, &body).await?;
    let id: AgentId = input::path_id(&request, "agent_id")?;
    let (by, ws) = (call.by(), call.workspace());
    let answer = call.run("enable agent", doing(move |tx: &mut Tx| Box::pin(shut(tx, by, ws, id, false)))).await;
    Call::look_again(&app, ws);
    answer
}

async fn shut(tx: &mut Tx, by: By, ws: WorkspaceId, id: AgentId, out: bool) -> Result<Reply, Fault> {
    if out {
        managing::disable(tx, &by, id).await?;
    } else {
        managing::enable(tx, &by, id).await?;
    }
    Reply::ok(&stored(tx, ws, id).await?)
}
