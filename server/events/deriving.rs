//! From a conversation's rows to events: messages beyond its mark's rev, hand-overs beyond its epoch.

use super::Kind;
use super::store::{self, HandOver, Mark, NewEvent};
use crate::clock::{Ids, Timestamp};
use crate::conversations::{self, Conversation, State};
use crate::db::{Error, Tx};
use crate::ids::{AgentId, ConversationId, EventId, MessageId, WorkspaceId};
use crate::live::protocol::MessageKind;
use crate::messages;
use crate::messages::store::Scope;
use crate::routing::Rule;
use crate::webhooks;

/// Messages of one conversation that are read at once.
const AT_ONCE: i64 = 500;

/// Something that happened, when, and where it stands among what happened in the same millisecond.
struct Happened {
    at: Timestamp,
    order: u8,
    event: NewEvent,
}

/// Writes down what is new in these conversations, and for which webhooks. Gives how many events it was.
pub(super) async fn write_down(tx: &mut Tx, ws: WorkspaceId, ids: &[ConversationId]) -> Result<usize, Error> {
    let Some(last) = store::lock(tx.conn(), ws).await? else { return Ok(0) };
    let mut number = last;
    let mut events = Vec::new();
    for id in ids {
        let Some(conversation) = conversations::store::find(tx.conn(), ws, *id).await? else { continue };
        let mark = store::mark(tx.conn(), ws, *id).await?;
        if mark.is_some_and(|mark| mark.rev >= conversation.rev) {
            continue;
        }
        let (new, reached) = of_conversation(tx, &conversation, mark).await?;
        for mut event in new {
            number += 1;
            event.number = number;
            events.push(event);
        }
        store::set_mark(tx.conn(), ws, *id, reached).await?;
    }
    for event in &events {
        store::insert(tx.conn(), ws, event).await?;
    }
    store::set_last(tx.conn(), ws, number).await?;
    webhooks::delivery_store::enqueue(tx, ws, &events).await?;
    Ok(events.len())
}

/// What happened in one conversation since its mark, while it is put together.
struct Gathered<'a> {
    conversation: &'a Conversation,
    from: Mark,
    ids: std::sync::Arc<Ids>,
    all: Vec<Happened>,
}

impl Gathered<'_> {
    fn add(&mut self, at: Timestamp, order: u8, kind: Kind, message_id: Option<MessageId>, agent_id: Option<AgentId>) {
        let (id, conversation_id) = (EventId::from_uuid(self.ids.draw()), self.conversation.id);
        let event = NewEvent { number: 0, id, kind, conversation_id, message_id, agent_id, at };
        self.all.push(Happened { at, order, event });
    }

    /// Messages beyond the mark; gives the last rev.
    async fn messages(&mut self, tx: &mut Tx) -> Result<i64, Error> {
        let Conversation { workspace_id, id, updated_at, .. } = *self.conversation;
        let scope = Scope { workspace_id, conversation_id: id, visitor: false };
        let (mut rev, mut latest) = (self.from.rev, Timestamp::from_millis(0));
        loop {
            let rows = messages::store::since(tx.conn(), scope, rev, AT_ONCE).await?;
            let full = rows.len() >= usize::try_from(AT_ONCE).unwrap_or(usize::MAX);
            for row in rows {
                let message = row.into_message();
                rev = message.rev;
                let Some(kind) = kind_of(&message, self.from.rev) else { continue };
                let touched = message.deleted_at.as_deref().or(message.edited_at.as_deref());
                let new = message.seq > self.from.rev;
                let when = touched.filter(|_| !new).unwrap_or(&message.created_at);
                // What came by rev keeps its order, whatever the clock did meanwhile.
                let at = Timestamp::parse_rfc3339(when).unwrap_or(updated_at).max(latest);
                latest = at;
                self.add(at, 2, kind, Some(message.id), None);
            }
            if !full {
                return Ok(rev);
            }
        }
    }
}

async fn of_conversation(
    tx: &mut Tx,
    conversation: &Conversation,
    mark: Option<Mark>,
) -> Result<(Vec<NewEvent>, Mark), Error> {
    let from = mark.unwrap_or(Mark { rev: 0, epoch: 0 });
    let ids = std::sync::Arc::clone(&tx.moment.ids);
    let mut gathered = Gathered { conversation, from, ids, all: Vec::new() };
    let hand_overs = store::hand_overs(tx.conn(), conversation.workspace_id, conversation.id, from.epoch).await?;
    if mark.is_none() {
        let at = conversation.started_at;
        gathered.add(at, 0, Kind::Started, None, None);
        let with_bot = match hand_overs.first() {
            Some(first) => first.rule == Rule::HandedOff.word(),
            None => conversation.state == State::Bot,
        };
        if !with_bot {
            gathered.add(at, 3, Kind::Queued, None, None);
        }
    }
    let rev = gathered.messages(tx).await?;
    let mut epoch = from.epoch;
    for hand_over in &hand_overs {
        epoch = hand_over.epoch;
        for (order, kind) in kinds_of(hand_over) {
            gathered.add(hand_over.at, order, kind, None, hand_over.agent_id);
        }
    }
    let reached = Mark { rev: conversation.rev.max(rev), epoch };
    let mut all = gathered.all;
    all.sort_by_key(|happened| (happened.at, happened.order));
    Ok((all.into_iter().map(|happened| happened.event).collect(), reached))
}

fn kind_of(message: &crate::live::protocol::Message, since: i64) -> Option<Kind> {
    let new = message.seq > since;
    match (message.kind, new) {
        // Hand-overs are told by what they are, and not by the line in the chat.
        (MessageKind::Event, _) => None,
        (MessageKind::Note, _) if message.event.is_some() => None,
        (MessageKind::Note, true) => Some(Kind::NoteCreated),
        (MessageKind::Note, false) => Some(Kind::NoteUpdated),
        (_, true) => Some(Kind::MessageCreated),
        (_, false) => Some(Kind::MessageUpdated),
    }
}

fn kinds_of(hand_over: &HandOver) -> Vec<(u8, Kind)> {
    let mut kinds = Vec::new();
    match hand_over.rule.as_str() {
        rule if rule == Rule::Closed.word() => return vec![(5, Kind::Closed)],
        rule if rule == Rule::GivenToBot.word() => return Vec::new(),
        rule if rule == Rule::Reopened.word() => kinds.push((1, Kind::Reopened)),
        _ => {}
    }
    match hand_over.agent_id {
        None => kinds.push((3, Kind::Queued)),
        Some(agent) if hand_over.from_agent_id != Some(agent) => kinds.push((4, Kind::Assigned)),
        Some(_) => {}
    }
    kinds
}
