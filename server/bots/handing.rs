//! A conversation comes to a bot, and goes on to people. Each of these changes a recording; the row, the
//! place in line and the reason are written when that is finished.

use serde_json::{Map, Value, json};

use super::{Bot, Failure, store};
use crate::conversations::recording::{Recording, open_recording};
use crate::conversations::{ActingAgent, Done, Error, Moment, State};
use crate::db::Tx;
use crate::ids::{ConversationId, SiteId, VisitorId, WorkspaceId};
use crate::queues::store::Queue;
use crate::routing::{Decision, Rule, lock_conversation};
use crate::visitors;

/// A conversation that begins, or begins again, is the bot's of its queue, where there is one.
pub(crate) async fn begins(tx: &mut Tx, recording: &mut Recording) -> Result<(), Error> {
    let (ws, queue) = (recording.conversation.workspace_id, recording.conversation.queue_id);
    if let Some(bot) = store::of_queue(tx.conn(), ws, queue).await? {
        to(recording, &bot);
    }
    Ok(())
}

/// An agent gives the conversation to the bot of its queue.
pub(crate) async fn given(
    tx: &mut Tx,
    moment: &Moment,
    recording: &mut Recording,
    agent: &ActingAgent,
) -> Result<(), Error> {
    let (ws, queue) = (recording.conversation.workspace_id, recording.conversation.queue_id);
    let bot = store::of_queue(tx.conn(), ws, queue).await?;
    let bot = bot.ok_or(Error::NotAllowed("No bot answers in this queue. An admin can choose one in its settings."))?;
    to(recording, &bot);
    recording.conversation.epoch += 1;
    let told = json!({"by": {"kind": "agent", "name": agent.name}, "bot": named(&bot)});
    recording.event(tx, moment, "conversation_given_to_bot", told).await
}

fn to(recording: &mut Recording, bot: &Bot) {
    let conversation = &mut recording.conversation;
    conversation.state = State::Bot;
    (conversation.bot_id, conversation.bot_name) = (Some(bot.id), Some(bot.name.clone()));
    (conversation.owner_agent_id, conversation.owner_name) = (None, None);
    (conversation.due_at, conversation.passed_over) = (None, None);
    conversation.ticket = 0;
    recording.changes_state();
}

/// Who asks for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// The bot.
    Bot,
    /// The visitor.
    Visitor,
    /// Nobody: the bot failed.
    System,
}

impl Asks {
    const fn word(self) -> &'static str {
        match self {
            Self::Bot => "bot",
            Self::Visitor => "visitor",
            Self::System => "system",
        }
    }
}

/// The conversation waits for a person from now on: in `queue`, or where it is.
pub(crate) async fn hand_off(
    tx: &mut Tx,
    moment: &Moment,
    recording: &mut Recording,
    by: Asks,
    queue: Option<&Queue>,
) -> Result<(), Error> {
    let conversation = &recording.conversation;
    let bot = json!({"id": conversation.bot_id, "name": conversation.bot_name});
    if let Some(queue) = queue {
        recording.move_to(queue);
    }
    recording.back_to_queue(moment.now);
    recording.changes_state();
    recording.conversation.waits_since(Some(moment.now));
    recording.decision = Some(Decision::by(Rule::HandedOff));
    recording.event(tx, moment, "bot_handed_off", json!({"bot": bot, "by": {"kind": by.word()}})).await
}

/// The bot failed: agents read why, and the conversation waits for a person.
pub(crate) async fn hand_off_failed(
    tx: &mut Tx,
    moment: &Moment,
    recording: &mut Recording,
    bot: &Bot,
    failure: &Failure,
) -> Result<(), Error> {
    recording.event_for_agents(tx, moment, "bot_failed", Value::Object(failure.params(bot))).await?;
    hand_off(tx, moment, recording, Asks::System, None).await
}

/// "Talk to a person": of a conversation that a bot has. What people have already is acknowledged.
pub async fn asked(
    tx: &mut Tx,
    moment: &Moment,
    ws: WorkspaceId,
    site: SiteId,
    visitor: VisitorId,
    id: ConversationId,
) -> Result<Done, Error> {
    let found = lock_conversation(tx, ws, id, &[]).await?.filter(|found| found.site_id == site);
    let found = found.ok_or(Error::NotFound)?;
    let theirs =
        found.visitor_id == visitor || visitors::store::is_device_of(tx.conn(), ws, visitor, found.visitor_id).await?;
    if !theirs {
        return Err(Error::NotFound);
    }
    if found.is_closed() {
        return Err(Error::NoOpenConversation);
    }
    if found.state != State::Bot {
        let rev = found.visitor_rev;
        return Ok(Done { rev, ..Done::already(&found) });
    }
    let mut recording = open_recording(found);
    hand_off(tx, moment, &mut recording, Asks::Visitor, None).await?;
    recording.finish(tx, moment).await
}

/// How events name a bot.
pub(crate) fn named(bot: &Bot) -> Value {
    json!({"id": bot.id, "name": bot.name})
}

/// A late answer is kept where agents see it, and nobody else.
pub(crate) async fn suppressed(
    tx: &mut Tx,
    moment: &Moment,
    recording: &mut Recording,
    bot: &Bot,
    text: &str,
) -> Result<(), Error> {
    let mut told = Map::new();
    told.insert("bot".to_owned(), named(bot));
    told.insert("text".to_owned(), Value::String(text.to_owned()));
    recording.event_for_agents(tx, moment, "bot_suppressed", Value::Object(told)).await
}
