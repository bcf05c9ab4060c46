//! The life of a turn: it is opened with the visitor's words (`conversations/recording.rs`), begun when
//! it is due, and ends with what the bot does, in one transaction. Who owns the conversation decides at
//! each step; a turn whose conversation changed hands is void.

use std::time::Duration;

use super::acting::{self, Wanted};
use super::turn_store::{self, End, Seen, Turn};
use super::{Action, Bot, Failure, handing, store};
use crate::conversations::recording::{Recording, open_recording};
use crate::conversations::{Conversation, Error, Moment, store as conversations};
use crate::db::Tx;
use crate::ids::{BotTurnId, ConversationId, MessageId, WorkspaceId};
use crate::live::protocol::Owner;
use crate::routing::lock_conversation;

/// How long a worker has a turn, unless it says that it still works on it: another one takes over what a
/// crash left, where nothing told it sooner that the process is gone (`db/presence.rs`).
const LEASE: Duration = Duration::from_secs(30);
/// How often it says so.
pub const RENEWED: Duration = Duration::from_secs(10);
/// How often a call is begun: beyond it, whatever ends the process in the middle of it gets no further try.
pub const MOST_ATTEMPTS: i64 = 5;

const DONE: &str = "done";
const VOID: &str = "void";

/// What is to be done with a turn that is due.
#[derive(Debug, Clone)]
pub enum Begun {
    /// The bot is to be asked.
    Ask(Box<Asked>),
    /// It failed before it was asked, or did not act in time.
    Failed(Box<Asked>, Failure),
}

/// A turn under way, with what it is about.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The turn, as it was when it began.
    pub turn: Turn,
    /// Who is asked.
    pub bot: Bot,
    /// Where.
    pub conversation: Conversation,
}

impl Asked {
    /// The id of the message that the bot's answer becomes: of its own, so that it is known before.
    pub const fn message(&self) -> MessageId {
        MessageId::from_uuid(self.turn.id.uuid())
    }
}

/// Begins a turn that is due, for the process of this number. None where there is nothing to do any more.
pub async fn begin(tx: &mut Tx, ws: WorkspaceId, id: BotTurnId, by: Option<i64>) -> Result<Option<Begun>, Error> {
    let now = tx.moment.now;
    let Some(turn) = turn_store::find(tx.conn(), ws, id).await? else { return Ok(None) };
    let Some(conversation) = conversations::lock(tx.conn(), ws, turn.conversation_id).await? else { return Ok(None) };
    // Read again under the lock: another worker may have come first.
    let turn = turn_store::find(tx.conn(), ws, id).await?.filter(|turn| turn.ended_at.is_none() && turn.due_at <= now);
    let Some(mut turn) = turn else { return Ok(None) };
    let bot = store::find(tx.conn(), ws, turn.bot_id).await?;
    let Some(bot) = bot.filter(|bot| conversation.bot() == Some(bot.id) && conversation.epoch == turn.epoch) else {
        turn_store::end(tx.conn(), ws, id, End { state: VOID, outcome: "owner_changed" }, now).await?;
        return Ok(None);
    };
    let failure = if turn.state == "later" {
        Some(Failure::NotLater(seconds(bot.later_s)))
    } else if !bot.is_on() {
        Some(Failure::Disabled)
    } else {
        (turn.attempts >= MOST_ATTEMPTS).then(|| Failure::NoAnswer(bot.deadline()))
    };
    if failure.is_none() {
        turn.to_seq = turn_store::last_said(tx.conn(), ws, conversation.id).await?;
        turn.attempts += 1;
        turn_store::begin(tx.conn(), &turn, turn.to_seq, by, now.plus(LEASE)).await?;
    }
    let asked = Box::new(Asked { turn, bot, conversation });
    Ok(Some(match failure {
        Some(failure) => Begun::Failed(asked, failure),
        None => Begun::Ask(asked),
    }))
}

/// The bot is still being asked.
pub async fn renew(tx: &mut Tx, asked: &Asked) -> Result<(), Error> {
    let until = tx.moment.now.plus(LEASE);
    Ok(turn_store::renew(tx.conn(), &asked.turn, until).await?)
}

fn seconds(seconds: i64) -> Duration {
    Duration::from_secs(u64::try_from(seconds).unwrap_or_default())
}

/// What came of a bot's wish to act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acted {
    /// It was done.
    Done,
    /// The conversation is somebody else's: what it would have said is kept for agents.
    Suppressed {
        /// Whose it is; none once it is closed.
        owner: Option<Owner>,
        /// The epoch now.
        epoch: i64,
    },
    /// Another worker has the turn, or it is over.
    Lost,
}

/// The bot answered: does what it asks for, and ends the turn.
pub async fn answer(tx: &mut Tx, asked: &Asked, actions: Vec<Action>, seen: &Seen) -> Result<Acted, Error> {
    let moment = tx.moment.clone();
    let (ws, turn) = (asked.turn.workspace_id, &asked.turn);
    let wanted = Wanted { first: Some(asked.message()), ..Wanted::look_up(tx, ws, actions).await? };
    let Some(conversation) = lock_conversation(tx, ws, turn.conversation_id, &wanted.queues()).await? else {
        return Ok(Acted::Lost);
    };
    if let Some(lost) = lost(tx, asked).await? {
        // Void: it changed hands while the bot was asked.
        turn_store::note(tx.conn(), ws, turn.id, seen).await?;
        return if lost == VOID {
            suppress(tx, &moment, conversation, &asked.bot, &wanted).await
        } else {
            Ok(Acted::Lost)
        };
    }
    let mut recording = Recording::of(conversation);
    let outcome = acting::apply(tx, &moment, &mut recording, &asked.bot, &wanted).await?;
    turn_store::note(tx.conn(), ws, turn.id, seen).await?;
    turn_store::end(tx.conn(), ws, turn.id, End { state: DONE, outcome }, moment.now).await?;
    go_on(tx, &moment, recording, turn.to_seq).await?;
    Ok(Acted::Done)
}

/// The state of the turn, if this worker's attempt at it does not count any more.
async fn lost(tx: &mut Tx, asked: &Asked) -> Result<Option<String>, Error> {
    let now = turn_store::find(tx.conn(), asked.turn.workspace_id, asked.turn.id).await?;
    Ok(now.filter(|now| now.state != "calling" || now.attempts != asked.turn.attempts).map(|now| now.state))
}

/// Writes what was done, and opens the next turn if the visitor said more meanwhile.
async fn go_on(tx: &mut Tx, moment: &Moment, recording: Recording, to_seq: i64) -> Result<(), Error> {
    let (ws, id) = (recording.conversation.workspace_id, recording.conversation.id);
    let after = recording.conversation.clone();
    if recording.has_changes() {
        recording.finish(tx, moment).await?;
    }
    if let Some(bot) = after.bot()
        && turn_store::last_said(tx.conn(), ws, id).await? > to_seq
    {
        let next = BotTurnId::from_uuid(moment.ids.draw());
        turn_store::open(tx.conn(), &after, bot, next, moment.now).await?;
    }
    Ok(())
}

async fn suppress(
    tx: &mut Tx,
    moment: &Moment,
    conversation: Conversation,
    bot: &Bot,
    wanted: &Wanted,
) -> Result<Acted, Error> {
    let (owner, epoch) = (conversation.owner(), conversation.epoch);
    let words = wanted.words();
    if !words.is_empty() {
        let mut recording = Recording::of(conversation);
        handing::suppressed(tx, moment, &mut recording, bot, &words).await?;
        recording.finish(tx, moment).await?;
    }
    Ok(Acted::Suppressed { owner, epoch })
}

/// The bot said that it acts later.
pub async fn later(tx: &mut Tx, asked: &Asked, seen: &Seen) -> Result<(), Error> {
    let (ws, until) = (asked.turn.workspace_id, tx.moment.now.plus(seconds(asked.bot.later_s)));
    let moment = tx.moment.clone();
    let Some(conversation) = conversations::lock(tx.conn(), ws, asked.turn.conversation_id).await? else {
        return Ok(());
    };
    if lost(tx, asked).await?.is_some() {
        return Ok(());
    }
    turn_store::note(tx.conn(), ws, asked.turn.id, seen).await?;
    // Many bots act first and answer the call when they are done.
    if turn_store::has_said(tx.conn(), &asked.turn).await? {
        let end = End { state: DONE, outcome: "answered" };
        turn_store::end(tx.conn(), ws, asked.turn.id, end, moment.now).await?;
        return go_on(tx, &moment, Recording::of(conversation), asked.turn.to_seq).await;
    }
    Ok(turn_store::later(tx.conn(), &asked.turn, until).await?)
}

/// The turn came to nothing: the conversation waits for a person. False where it was no longer the bot's.
pub async fn fail(tx: &mut Tx, asked: &Asked, failure: &Failure, seen: Option<&Seen>) -> Result<bool, Error> {
    let moment = tx.moment.clone();
    let (ws, turn) = (asked.turn.workspace_id, &asked.turn);
    let Some(conversation) = lock_conversation(tx, ws, turn.conversation_id, &[]).await? else { return Ok(false) };
    if let Some(seen) = seen {
        turn_store::note(tx.conn(), ws, turn.id, seen).await?;
    }
    let open = turn_store::find(tx.conn(), ws, turn.id).await?;
    let ours = open.is_some_and(|now| now.ended_at.is_none() && now.attempts == turn.attempts);
    if !ours || conversation.epoch != turn.epoch {
        return Ok(false);
    }
    turn_store::fail(tx.conn(), turn, failure.word(), failure.params(&asked.bot), moment.now).await?;
    let mut recording = open_recording(conversation);
    handing::hand_off_failed(tx, &moment, &mut recording, &asked.bot, failure).await?;
    recording.finish(tx, &moment).await?;
    Ok(true)
}

/// The epoch of a conversation that the bot has or had.
pub async fn epoch(tx: &mut Tx, bot: &Bot, id: ConversationId) -> Result<i64, Error> {
    let found = conversations::find(tx.conn(), bot.workspace_id, id).await?;
    Ok(found.ok_or(Error::NotFound)?.epoch)
}

/// A bot acts by itself, over REST: on the epoch that it was told, or, where its kind knows of none, while
/// the conversation is its own.
pub async fn act(
    tx: &mut Tx,
    bot: &Bot,
    id: ConversationId,
    epoch: Option<i64>,
    actions: Vec<Action>,
) -> Result<Acted, Error> {
    act_as(tx, bot, id, epoch, actions, None).await
}

/// The same, with the id that its first message gets.
pub async fn act_as(
    tx: &mut Tx,
    bot: &Bot,
    id: ConversationId,
    epoch: Option<i64>,
    actions: Vec<Action>,
    first: Option<MessageId>,
) -> Result<Acted, Error> {
    let moment = tx.moment.clone();
    let ws = bot.workspace_id;
    let wanted = Wanted { first, ..Wanted::look_up(tx, ws, actions).await? };
    let found = lock_conversation(tx, ws, id, &wanted.queues()).await?;
    // A bot sees the conversations that it has or had.
    let conversation = found.filter(|found| found.bot_id == Some(bot.id)).ok_or(Error::NotFound)?;
    if conversation.bot() != Some(bot.id) || epoch.is_some_and(|epoch| epoch != conversation.epoch) {
        return suppress(tx, &moment, conversation, bot, &wanted).await;
    }
    let mut recording = Recording::of(conversation);
    let outcome = acting::apply(tx, &moment, &mut recording, bot, &wanted).await?;
    let mut heard = i64::MAX;
    if let Some(turn) = turn_store::of_conversation(tx.conn(), ws, id).await?
        && turn.state == "later"
        && wanted.is_an_answer()
    {
        heard = turn.to_seq;
        turn_store::end(tx.conn(), ws, turn.id, End { state: DONE, outcome }, moment.now).await?;
    }
    go_on(tx, &moment, recording, heard).await?;
    Ok(Acted::Done)
}
