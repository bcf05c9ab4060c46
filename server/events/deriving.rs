//! From a conversation's rows to events: messages beyond its mark's rev, hand-overs beyond its epoch.

use super::Kind;
use super::store::{self, HandOver, Mark, NewEvent};
use crate::clock::Timestamp;
use crate::conversations::{self, Conversation, State};
use crate::db::{Error, Tx};
use crate::ids::{ConversationId, EventId, WorkspaceId};
use crate::live::protocol::MessageKind;
use crate::messages;
use crate::messages::store::Scope;
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

async fn of_conversation(
    tx: &mut Tx,
    conversation: &Conversation,
    mark: Option<Mark>,
) -> Result<(Vec<NewEvent>, Mark), Error> {
    let (ws, id) = (conversation.workspace_id, conversation.id);
    let from = mark.unwrap_or(Mark { rev: 0, epoch: 0 });
    let scope = Scope { workspace_id: ws, conversation_id: id, visitor: false };
    let mut all = Vec::new();
    let ids = std::sync::Arc::clone(&tx.moment.ids);
    let event = |kind, message_id, agent_id, at| NewEvent {
        number: 0,
        id: EventId::from_uuid(ids.draw()),
        kind,
        conversation_id: id,
        message_id,
        agent_id,
        at,
    };
    if mark.is_none() {
        let at = conversation.started_at;
        all.push(Happened { at, order: 0, event: event(Kind::Started, None, None, at) });
        if conversation.state != State::Bot {
            all.push(Happened { at, order: 3, event: event(Kind::Queued, None, None, at) });
        }
    }
    let (mut rev, mut latest) = (from.rev, Timestamp::from_millis(0));
    loop {
        let rows = messages::store::since(tx.conn(), scope, rev, AT_ONCE).await?;
        let full = rows.len() >= usize::try_from(AT_ONCE).unwrap_or(usize::MAX);
        for row in rows {
            let message = row.into_message();
            rev = message.rev;
            let Some(kind) = kind_of(&message, from.rev) else { continue };
            let touched = message.deleted_at.as_deref().or(message.edited_at.as_deref());
            let when =
                if message.seq > from.rev { &message.created_at } else { touched.unwrap_or(&message.created_at) };
            // What came by rev keeps its order, whatever the clock did meanwhile.
            let at = Timestamp::parse_rfc3339(when).unwrap_or(conversation.updated_at).max(latest);
            latest = at;
            all.push(Happened { at, order: 2, event: event(kind, Some(message.id), None, at) });
        }
        if !full {
            break;
        }
    }
    let mut epoch = from.epoch;
    for hand_over in store::hand_overs(tx.conn(), ws, id, from.epoch).await? {
        epoch = hand_over.epoch;
        let (agent, at) = (hand_over.agent_id, hand_over.at);
        let kinds = kinds_of(&hand_over);
        all.extend(kinds.into_iter().map(|(order, kind)| Happened { at, order, event: event(kind, None, agent, at) }));
    }
    all.sort_by_key(|happened| (happened.at, happened.order));
    let reached = Mark { rev: conversation.rev.max(rev), epoch };
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
    match (hand_over.rule.as_str(), hand_over.agent_id) {
        ("closed", _) => return vec![(5, Kind::Closed)],
        ("reopened", _) => kinds.push((1, Kind::Reopened)),
        _ => {}
    }
    match hand_over.agent_id {
        None => kinds.push((3, Kind::Queued)),
        Some(agent) if hand_over.from_agent_id != Some(agent) => kinds.push((4, Kind::Assigned)),
        Some(_) => {}
    }
    kinds
}
