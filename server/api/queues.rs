//! Queues over REST.

use std::collections::BTreeSet;

use actix_web::HttpRequest;
use actix_web::web::{Bytes, Data};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::doing;
use super::hours::{HoursChange, OpeningHours};
use super::paging::Paging;
use super::{Answer, Call, Fault, Reply, input};
use crate::agents::store as agents;
use crate::app::App;
use crate::db::{Conn, Error as DbError, Tx};
use crate::ids::{AgentId, QueueId, WorkspaceId};
use crate::queues::console::MOST_SECONDS;
use crate::queues::managing::{self, Wanted};
use crate::queues::store;
use crate::routing::Policy;
use crate::routing::line_store::{self, LineChanges, Rules};

/// Where conversations wait, and how they are given to agents. All times are in seconds; 0 switches each off.
#[derive(Debug, Serialize, ToSchema)]
pub struct Queue {
    id: QueueId,
    name: String,
    /// Who gets a waiting chat: `least_loaded`, `round_robin` or `manual` (agents take).
    #[schema(pattern = "^(least_loaded|round_robin|manual)$")]
    policy: &'static str,
    /// The agent of last time comes first.
    sticky: bool,
    /// First answer, or somebody else gets the chat.
    answer_timeout_s: i64,
    /// Target for the first answer.
    first_answer_s: i64,
    /// Target for each later answer.
    reply_s: i64,
    /// Silence after which the visitor is asked whether they are there.
    nudge_after_s: i64,
    /// Further silence after which the chat is closed.
    close_after_s: i64,
    /// After which a chat goes on to `overflow_queue_id`.
    overflow_after_s: i64,
    overflow_queue_id: Option<QueueId>,
    /// When it is open; null for always, or as each chat's site.
    hours: Option<OpeningHours>,
    /// Who serves it.
    agent_ids: Vec<AgentId>,
}

/// A queue to be added, without anybody in it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewQueue {
    /// One of its kind in the workspace.
    #[schema(min_length = 1, max_length = 80)]
    name: String,
}

/// What of a queue is to change; what is left out or null stays.
#[derive(Debug, Default, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct QueueChanges {
    #[schema(min_length = 1, max_length = 80)]
    name: Option<String>,
    /// `least_loaded`, `round_robin` or `manual`.
    #[schema(pattern = "^(least_loaded|round_robin|manual)$")]
    policy: Option<String>,
    sticky: Option<bool>,
    #[schema(minimum = 0, maximum = 86_400)]
    answer_timeout_s: Option<i64>,
    #[schema(minimum = 0, maximum = 86_400)]
    first_answer_s: Option<i64>,
    #[schema(minimum = 0, maximum = 86_400)]
    reply_s: Option<i64>,
    #[schema(minimum = 0, maximum = 2_592_000)]
    nudge_after_s: Option<i64>,
    #[schema(minimum = 0, maximum = 2_592_000)]
    close_after_s: Option<i64>,
    /// 0 ends the overflow.
    #[schema(minimum = 0, maximum = 86_400)]
    overflow_after_s: Option<i64>,
    overflow_queue_id: Option<QueueId>,
    hours: Option<OpeningHours>,
    /// true takes its hours away.
    always_open: Option<bool>,
    /// Who serves it from now on.
    agent_ids: Option<BTreeSet<AgentId>>,
}

impl QueueChanges {
    fn checked(self) -> Result<Self, Fault> {
        let day = crate::routing::MOST_TIMEOUT_S;
        let times = [
            ("answer_timeout_s", self.answer_timeout_s, day),
            ("first_answer_s", self.first_answer_s, day),
            ("reply_s", self.reply_s, day),
            ("nudge_after_s", self.nudge_after_s, MOST_SECONDS),
            ("close_after_s", self.close_after_s, MOST_SECONDS),
            ("overflow_after_s", self.overflow_after_s, day),
        ];
        for (field, seconds, most) in times {
            seconds.map(|seconds| input::number(field, seconds, most)).transpose()?;
        }
        if self.policy.as_deref().is_some_and(|word| Policy::parse(word).is_none()) {
            return Err(Fault::value("policy", "is least_loaded, round_robin or manual"));
        }
        let name = self.name.map(|name| input::name(&name).map(|name| name.as_str().to_owned())).transpose()?;
        Ok(Self { name, ..self })
    }

    /// Over what is stored.
    fn over(self, rules: Rules, served: BTreeSet<AgentId>) -> Result<Wanted, Fault> {
        let hours = HoursChange::of(self.hours, self.always_open)?;
        Ok(Wanted {
            name: input::name(&self.name.unwrap_or(rules.name))?,
            rules: LineChanges {
                policy: self.policy.as_deref().and_then(Policy::parse).or(Some(rules.policy)),
                sticky: self.sticky.or(Some(rules.sticky != 0)),
                answer_timeout_s: self.answer_timeout_s.or(Some(rules.answer_timeout_s)),
                first_answer_s: self.first_answer_s.or(Some(rules.first_answer_s)),
                reply_s: self.reply_s.or(Some(rules.reply_s)),
                nudge_after_s: self.nudge_after_s.or(Some(rules.nudge_after_s)),
                close_after_s: self.close_after_s.or(Some(rules.close_after_s)),
                overflow_after_s: self.overflow_after_s.or(Some(rules.overflow_after_s)),
                overflow_queue_id: self.overflow_queue_id.or(rules.overflow_queue_id),
            },
            hours: hours.over(rules.hours.map(|hours| hours.0)),
            agents: self.agent_ids.unwrap_or(served),
        })
    }
}

async fn read(mut conn: Conn<'_>, ws: WorkspaceId, id: QueueId) -> Result<Option<Queue>, DbError> {
    let Some(rules) = line_store::rules(conn.again(), ws, id).await? else { return Ok(None) };
    let mut agent_ids = store::agents_of(conn, ws, id).await?;
    agent_ids.sort_unstable();
    Ok(Some(Queue {
        id,
        name: rules.name,
        policy: rules.policy.word(),
        sticky: rules.sticky != 0,
        answer_timeout_s: rules.answer_timeout_s,
        first_answer_s: rules.first_answer_s,
        reply_s: rules.reply_s,
        nudge_after_s: rules.nudge_after_s,
        close_after_s: rules.close_after_s,
        overflow_after_s: rules.overflow_after_s,
        overflow_queue_id: rules.overflow_queue_id,
        hours: rules.hours.as_ref().map(|hours| OpeningHours::of(&hours.0)),
        agent_ids,
    }))
}

/// `GET /api/v1/queues`
pub async fn list(request: HttpRequest, app: Data<App>) -> Answer {
    let call = Call::reading(&app, &request).await?;
    let paging = Paging::of(&request, &[])?;
    let mut conn = call.read().await?;
    let all = store::of_workspace(conn.conn(), call.workspace()).await?;
    let (page, next) = paging.cut(paging.part(all, |queue| queue.id.uuid()), |queue| queue.id.uuid());
    let mut items = Vec::new();
    for queue in page {
        items.extend(read(conn.conn(), call.workspace(), queue.id).await?);
    }
    paging.answer(items, next)
}

/// `GET /api/v1/queues/{queue_id}`
pub async fn find(request: HttpRequest, app: Data<App>) -> Answer {
    let call = Call::reading(&app, &request).await?;
    let id = input::path_id(&request, "queue_id")?;
    let queue = read(call.read().await?.conn(), call.workspace(), id).await?.ok_or_else(Fault::missing)?;
    Ok(Reply::ok(&queue)?.into_response())
}

/// `POST /api/v1/queues`
pub async fn add(request: HttpRequest, body: Bytes, app: Data<App>) -> Answer {
    let call = Call::writing(&app, &request, &body).await?;
    let name = input::name(&call.json::<NewQueue>()?.name)?;
    let (by, ws) = (call.by(), call.workspace());
    let operation = doing(move |tx: &mut Tx| {
        Box::pin(async move {
            let id = managing::add(tx, &by, &name).await?;
            Reply::made(&read(tx.conn(), ws, id).await?.ok_or_else(Fault::missing)?)
        })
    });
    call.run("add queue", operation).await
}

/// `PATCH /api/v1/queues/{queue_id}`
pub async fn change(request: HttpRequest, body: Bytes, app: Data<App>) -> Answer {
    let call = Call::writing(&app, &request, &body).await?;
    let id: QueueId = input::path_id(&request, "queue_id")?;
    let changes = call.json::<QueueChanges>()?.checked()?;
    let (by, ws) = (call.by(), call.workspace());
    let operation = doing(move |tx: &mut Tx| {
        Box::pin(async move {
            line_store::lock(tx.conn(), ws, &[id].into()).await?;
            let rules = line_store::rules(tx.conn(), ws, id).await?.ok_or_else(Fault::missing)?;
            if let Some(wanted) = &changes.agent_ids {
                let known = agents::names(tx.conn(), ws).await?.into_iter().map(|(id, _)| id).collect();
                input::all_known("agent_ids", wanted, &known)?;
            }
            let served = store::agents_of(tx.conn(), ws, id).await?.into_iter().collect();
            managing::change(tx, &by, id, &changes.over(rules, served)?).await?;
            Reply::ok(&read(tx.conn(), ws, id).await?.ok_or_else(Fault::missing)?)
        })
    });
    let answer = call.run("change queue", operation).await;
    Call::look_again(&app, ws);
    answer
}
