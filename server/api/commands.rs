//! What is done with a conversation over REST. Each is an agent's act, with the rights that they have:
//! what they may not see is not there.

use actix_web::HttpRequest;
use actix_web::web::{Bytes, Data};
use serde::Deserialize;
use utoipa::ToSchema;

use super::call::doing;
use super::conversations::settled;
use super::{Answer, Call, Fault, Reply, input};
use crate::app::App;
use crate::conversations::{ActingAgent, Error, Target, store};
use crate::db::Tx;
use crate::ids::{AgentId, ConversationId, QueueId};
use crate::live::owning::Owning;
use crate::routing::duty_store;
use crate::tags::{MOST_ON_ONE, TagName};

/// Whose act it is, and the owner that they saw.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Command {
    /// Whose act it is.
    agent_id: AgentId,
    /// The conversation's, as it was seen: who comes second gets 409, and is told who won.
    epoch: i64,
}

/// A conversation for somebody else.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferCommand {
    /// Whose act it is.
    agent_id: AgentId,
    epoch: i64,
    /// The colleague who gets it; either this or `to_queue_id`.
    to_agent_id: Option<AgentId>,
    /// The queue into which it goes; either this or `to_agent_id`.
    to_queue_id: Option<QueueId>,
    /// Why, for agents only.
    #[schema(max_length = 8_000)]
    note: Option<String>,
}

/// A conversation for later.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SnoozeCommand {
    /// Whose act it is.
    agent_id: AgentId,
    epoch: i64,
    /// In the future, within a year: RFC 3339.
    #[schema(format = DateTime)]
    until: String,
}

/// What a conversation is about.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TagsCommand {
    /// Whose act it is.
    agent_id: AgentId,
    /// Names of tags to put on; those that are new become the workspace's.
    #[serde(default)]
    #[schema(max_items = 20)]
    add: Vec<String>,
    /// Names of tags to take off.
    #[serde(default)]
    #[schema(max_items = 20)]
    remove: Vec<String>,
}

/// How urgent a conversation is.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriorityCommand {
    /// Whose act it is.
    agent_id: AgentId,
    /// `low`, `normal`, `high` or `urgent`.
    #[schema(pattern = "^(low|normal|high|urgent)$")]
    priority: String,
}

/// Runs these, one after another, in one transaction.
async fn run(call: Call, request: &HttpRequest, agent: AgentId, epoch: Option<i64>, acts: Vec<Owning>) -> Answer {
    let id: ConversationId = input::path_id(request, "conversation_id")?;
    let ws = call.workspace();
    let operation = doing(move |tx: &mut Tx| {
        Box::pin(async move {
            let moment = tx.moment.clone();
            let agent = input::acting(tx, ws, agent).await?;
            for act in acts {
                if takes(&act, agent.id) {
                    be_there(tx, &agent, id).await?;
                }
                act.run(tx, &moment, &agent, id, epoch).await?;
            }
            Reply::ok(&settled(tx, ws, id).await?)
        })
    });
    call.run("command", operation).await
}

/// Whether the agent has it from then on.
fn takes(act: &Owning, agent: AgentId) -> bool {
    match act {
        Owning::Take => true,
        Owning::Transfer(transfer) => transfer.to == Target::Agent(agent),
        _ => false,
    }
}

/// Who takes a chat over REST has to be there, as whoever is handed one: from an agent without a live session
/// it would go back to its queue at once.
async fn be_there(tx: &mut Tx, agent: &ActingAgent, id: ConversationId) -> Result<(), Fault> {
    let now = tx.moment.now;
    store::find(tx.conn(), agent.workspace_id, id).await?.ok_or_else(Fault::missing)?;
    let duty = duty_store::find(tx.conn(), agent.workspace_id, agent.id).await?;
    match duty.filter(|duty| duty.is_there(now)) {
        Some(_) => Ok(()),
        None => Err(Error::NotThere(agent.name.clone()).into()),
    }
}

async fn simple(request: HttpRequest, body: Bytes, app: Data<App>, act: Owning) -> Answer {
    let call = Call::writing(&app, &request, &body).await?;
    let Command { agent_id, epoch } = call.json()?;
    run(call, &request, agent_id, Some(epoch), vec![act]).await
}

/// `POST /api/v1/conversations/{conversation_id}/take`
pub async fn take(request: HttpRequest, body: Bytes, app: Data<App>) -> Answer {
    simple(request, body, app, Owning::Take).await
}

/// `POST /api/v1/conversations/{conversation_id}/close`
pub async fn close(request: HttpRequest, body: Bytes, app: Data<App>) -> Answer {
    simple(request, body, app, Owning::Close).await
}

/// `POST /api/v1/conversations/{conversation_id}/reopen`
pub async fn reopen(request: HttpRequest, body: Bytes, app: Data<App>) -> Answer {
    simple(request, body, app, Owning::Reopen).await
}

/// `POST /api/v1/conversations/{conversation_id}/transfer`
pub async fn transfer(request: HttpRequest, body: Bytes, app: Data<App>) -> Answer {
    let call = Call::writing(&app, &request, &body).await?;
    let TransferCommand { agent_id, epoch, to_agent_id, to_queue_id, note } = call.json()?;
    if to_agent_id.is_some() == to_queue_id.is_some() {
        return Err(Fault::value("to_queue_id", "or to_agent_id has to be there, and not both"));
    }
    let act = Owning::transfer(to_queue_id, to_agent_id, note, None)?;
    run(call, &request, agent_id, Some(epoch), vec![act]).await
}

/// `POST /api/v1/conversations/{conversation_id}/snooze`
pub async fn snooze(request: HttpRequest, body: Bytes, app: Data<App>) -> Answer {
    let call = Call::writing(&app, &request, &body).await?;
    let SnoozeCommand { agent_id, epoch, until } = call.json()?;
    let act = Owning::snooze(&until)?;
    run(call, &request, agent_id, Some(epoch), vec![act]).await
}

/// `POST /api/v1/conversations/{conversation_id}/priority`
pub async fn priority(request: HttpRequest, body: Bytes, app: Data<App>) -> Answer {
    let call = Call::writing(&app, &request, &body).await?;
    let PriorityCommand { agent_id, priority } = call.json()?;
    let act = Owning::priority(&priority)?;
    run(call, &request, agent_id, None, vec![act]).await
}

/// `POST /api/v1/conversations/{conversation_id}/tags`
pub async fn tags(request: HttpRequest, body: Bytes, app: Data<App>) -> Answer {
    let call = Call::writing(&app, &request, &body).await?;
    let TagsCommand { agent_id, add, remove } = call.json()?;
    if add.len() > MOST_ON_ONE || remove.len() > MOST_ON_ONE {
        return Err(Fault::value("add", format!("and remove have at most {MOST_ON_ONE} names each")));
    }
    let tag = |field: &str, name: &str, on| match TagName::parse(name) {
        Ok(tag) => Ok(Owning::Tag(tag, on)),
        Err(why) => Err(Fault::value(field, format!("has a name that cannot be taken: {why}"))),
    };
    let off = remove.iter().map(|name| tag("remove", name, false));
    let acts: Vec<Owning> = off.chain(add.iter().map(|name| tag("add", name, true))).collect::<Result<_, _>>()?;
    if acts.is_empty() {
        return Err(Error::Invalid("Name a tag to add or to remove.".to_owned()).into());
    }
    run(call, &request, agent_id, None, acts).await
}
