//! Agents' commands on who has a conversation, and on themselves: what their frames and forms say, and
//! the operations that do it.

use std::sync::Arc;

use super::agent::Outcome;
use super::protocol::{AgentFrame, Join, ServerFrame, SetPriority, SetTag, Snooze, Transfer as TransferFrame};
use super::reply::Reply;
use super::session::{AgentWho, Session};
use crate::agents::AgentState;
use crate::app::App;
use crate::clock::Timestamp;
use crate::conversations::{self, ActingAgent, Done, Error, Moment, Target, Transfer};
use crate::db::Tx;
use crate::ids::{AgentId, CommandId, ConversationId, QueueId};
use crate::messages::MessageText;
use crate::routing::{Priority, duty};
use crate::tags::TagName;
use crate::visitors::blocking;
use crate::writer::again;

/// A command on who has a conversation.
#[derive(Debug, Clone)]
pub enum Owning {
    /// Mine from now on.
    Take,
    /// Over.
    Close,
    /// Back in its queue.
    Reopen,
    /// Somebody else's.
    Transfer(Transfer),
    /// Until later.
    Snooze(Timestamp),
    /// More or less urgent.
    Priority(Priority),
    /// In it, beside its owner.
    Join,
    /// About this, or not.
    Tag(TagName, bool),
    /// Its visitor may not write any more, or may again.
    Block(bool),
}

impl Owning {
    /// A transfer, of which exactly one target is named.
    pub fn transfer(
        queue: Option<QueueId>,
        agent: Option<AgentId>,
        note: Option<String>,
        command: Option<CommandId>,
    ) -> Result<Self, Error> {
        let to = match (queue, agent) {
            (Some(queue), None) => Target::Queue(queue),
            (None, Some(agent)) => Target::Agent(agent),
            _ => return Err(Error::Invalid("transfer needs either a queue or an agent.".to_owned())),
        };
        let note = note.filter(|note| !note.trim().is_empty()).map(MessageText::parse).transpose()?;
        Ok(Self::Transfer(Transfer { to, note, command }))
    }

    /// A transfer to the bot of its queue.
    pub const fn to_bot(command: Option<CommandId>) -> Self {
        Self::Transfer(Transfer { to: Target::Bot, note: None, command })
    }

    /// A snooze until a time in words.
    pub fn snooze(until: &str) -> Result<Self, Error> {
        let until = Timestamp::parse_rfc3339(until);
        until.map(Self::Snooze).ok_or_else(|| Error::Invalid("until has to be a time as in RFC 3339.".to_owned()))
    }

    /// A priority by its word.
    pub fn priority(word: &str) -> Result<Self, Error> {
        let priority = Priority::parse(word);
        let known = "priority has to be low, normal, high or urgent.";
        priority.map(Self::Priority).ok_or_else(|| Error::Invalid(known.to_owned()))
    }

    /// A tag by its name.
    pub fn tag(name: &str, on: bool) -> Result<Self, Error> {
        Ok(Self::Tag(TagName::parse(name).map_err(Error::Invalid)?, on))
    }

    /// Runs it in a transaction.
    pub async fn run(
        self,
        tx: &mut Tx,
        moment: &Moment,
        agent: &ActingAgent,
        id: ConversationId,
        epoch: Option<i64>,
    ) -> Result<Done, Error> {
        match self {
            Self::Take => conversations::take(tx, moment, agent, id, epoch).await,
            Self::Close => conversations::close(tx, moment, agent, id, epoch).await,
            Self::Reopen => conversations::reopen(tx, moment, agent, id, epoch).await,
            Self::Transfer(transfer) => conversations::transfer(tx, moment, agent, id, epoch, &transfer).await,
            Self::Snooze(until) => conversations::snooze(tx, moment, agent, id, epoch, until).await,
            Self::Priority(priority) => conversations::set_priority(tx, moment, agent, id, priority).await,
            Self::Join => conversations::join(tx, moment, agent, id).await,
            Self::Tag(tag, on) => conversations::set_tag(tx, moment, agent, id, &tag, on).await,
            Self::Block(on) => blocking::set(tx, moment, agent, id, on).await,
        }
    }
}

/// What a frame wants.
#[derive(Clone)]
struct Wanted {
    id: CommandId,
    conversation: ConversationId,
    epoch: Option<i64>,
    owning: Owning,
}

impl Wanted {
    fn of(frame: AgentFrame) -> Result<Option<Self>, Error> {
        let (command, owning) = match frame {
            AgentFrame::Take(command) => (command, Owning::Take),
            AgentFrame::Close(command) => (command, Owning::Close),
            AgentFrame::Reopen(command) => (command, Owning::Reopen),
            AgentFrame::Transfer(TransferFrame { command, bot: true, .. }) => {
                (command, Owning::to_bot(Some(command.id)))
            }
            AgentFrame::Transfer(TransferFrame { command, queue, agent, note, bot: false }) => {
                (command, Owning::transfer(queue, agent, note, Some(command.id))?)
            }
            AgentFrame::Snooze(Snooze { command, until }) => (command, Owning::snooze(&until)?),
            AgentFrame::Priority(SetPriority { id, conversation, priority }) => {
                return Ok(Some(Self { id, conversation, epoch: None, owning: Owning::priority(&priority)? }));
            }
            AgentFrame::Join(Join { id, conversation }) => {
                return Ok(Some(Self { id, conversation, epoch: None, owning: Owning::Join }));
            }
            AgentFrame::Tag(SetTag { id, conversation, tag, on }) => {
                return Ok(Some(Self { id, conversation, epoch: None, owning: Owning::tag(&tag, on)? }));
            }
            _ => return Ok(None),
        };
        Ok(Some(Self { id: command.id, conversation: command.conversation, epoch: command.epoch, owning }))
    }
}

/// Handles a frame of these kinds.
pub(super) async fn handle(
    app: &Arc<App>,
    session: &Arc<Session>,
    who: &AgentWho,
    frame: AgentFrame,
    reply: Reply,
) -> Outcome {
    if let AgentFrame::State { id, state } = &frame {
        return match state.as_deref().and_then(AgentState::parse) {
            Some(state) => {
                choose(app, session, who, *id, state, reply).await;
                Ok(())
            }
            None => {
                let known = "state has to be online, draining, away or offline.";
                Err((reply, Error::Invalid(known.to_owned())))
            }
        };
    }
    let wanted = match Wanted::of(frame) {
        Ok(Some(wanted)) => wanted,
        Ok(None) => return Ok(()),
        Err(error) => return Err((reply, error)),
    };
    let (agent, id) = (who.agent.clone(), wanted.id);
    let operation = again(move |tx: &mut Tx| {
        Box::pin(async move {
            let moment = tx.moment.clone();
            wanted.owning.run(tx, &moment, &agent, wanted.conversation, wanted.epoch).await
        })
    });
    let done = move |result| reply.done(id.to_string(), result);
    app.writer.submit_again(Some(session.id), "command", operation, done).await;
    Ok(())
}

/// The agent's own state.
async fn choose(
    app: &Arc<App>,
    session: &Arc<Session>,
    who: &AgentWho,
    id: CommandId,
    state: AgentState,
    reply: Reply,
) {
    let (ws, agent) = (who.agent.workspace_id, who.agent.id);
    let app_then = Arc::clone(app);
    let done = move |result: Result<(), Error>| {
        app_then.timer.look();
        app_then.availability.look();
        app_then.hub.attention.loads(ws);
        match result {
            Ok(()) => {
                reply.send(ServerFrame::Ack {
                    id: id.to_string(),
                    conversation: None,
                    rev: 0,
                    message: None,
                    visitor: None,
                });
            }
            Err(error) => reply.fail(Some(id.to_string()), &error),
        }
    };
    app.writer.submit_again(Some(session.id), "state", choosing(ws, agent, state), done).await;
}

/// The operation by which an agent chooses their state.
pub fn choosing(
    ws: crate::ids::WorkspaceId,
    agent: AgentId,
    state: AgentState,
) -> impl for<'t> FnOnce(&'t mut Tx) -> futures_util::future::BoxFuture<'t, Result<(), Error>> + Clone + Send + 'static
{
    again(move |tx: &mut Tx| {
        Box::pin(async move {
            let moment = tx.moment.clone();
            duty::choose(tx, &moment, ws, agent, state).await
        })
    })
}
