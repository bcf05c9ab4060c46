//! The hot lane's operation: a visitor's plain message into a conversation believed to be open.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use sqlx::SqliteConnection;
use tokio::time::Instant;

use super::{Gate, SentDone};
use crate::conversations::{
    Change, ChangeEntry, Conversation, Error, Moment, Sent, VisitorSend, note_message, send_as_visitor, store,
};
use crate::db::{Error as DbError, Tx, TxLink};
use crate::ids::{ConversationId, VisitorId};
use crate::messages::append_store::{self, Located};
use crate::messages::store::MessageRow;
use crate::messages::{Known, NewMessage};
use crate::routing::settle::settle;

/// A message and where it is believed to belong.
pub struct Append {
    /// The message. It has no `reply_to` and no payload: those go the other way.
    pub send: Arc<VisitorSend>,
    /// The visitor, whose row exists.
    pub visitor: VisitorId,
    /// Their open conversation, as the session knows it.
    pub conversation: ConversationId,
    /// Of the live session, if there is one.
    pub gate: Option<Arc<Gate>>,
}

/// The same in the queue.
pub(crate) struct AppendOp {
    pub(crate) append: Append,
    /// Not started after this.
    pub(crate) until: Instant,
    /// Called after the commit, or with what went wrong.
    pub(crate) done: SentDone,
}

impl Append {
    fn message(&self, moment: &Moment) -> NewMessage {
        self.send.message(self.visitor, moment.now)
    }

    /// Whether the session's order lets it go on now.
    pub(super) fn admitted(&self) -> Result<(), Error> {
        self.gate.as_ref().map_or(Ok(()), |gate| gate.admit(self.send.id).map_err(Error::Gated))
    }
}

impl Append {
    /// A retryable failure: the session's later sends wait until this one is resent.
    pub(super) fn shut_gate_on(&self, result: &Result<Sent, Error>) {
        let (Some(gate), Err(error)) = (&self.gate, result) else { return };
        if error.is_retryable() && !matches!(error, Error::Gated(_)) {
            gate.shut(self.send.id, RETRY_AFTER);
        }
    }
}

/// When a message is to be resent that failed because of the server.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// What became of one message of a set.
#[expect(clippy::large_enum_variant, reason = "most are the large one")]
pub(super) enum Outcome {
    /// Stored, stored before, or refused.
    Settled(Result<Sent, Error>),
    /// Its conversation is not open, it stands twice in the set, or it follows such a one of the same
    /// visitor: it is done alone, after the set.
    Alone,
}

/// Whether messages of a set may be stored already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resends {
    /// If one is after all, the insert fails on the constraint `MessagesId`.
    NotExpected,
    /// They are looked up first.
    LookedUp,
}

/// Stores a set in a few statements; the outcomes stand in the order of the set.
pub(super) async fn append_set(tx: &mut Tx, set: &[Append], resends: Resends) -> Result<Vec<Outcome>, DbError> {
    let moment = tx.moment.clone();
    let TxLink::Lite(conn) = &mut tx.link else { return Ok(set.iter().map(|_| Outcome::Alone).collect()) };
    let repeats = match resends {
        Resends::NotExpected => HashMap::new(),
        Resends::LookedUp => {
            let ids: Vec<_> = set.iter().map(|append| (append.send.site.workspace_id, append.send.id)).collect();
            append_store::repeats(conn, &ids).await?
        }
    };
    let mut open = open_conversations(conn, &mut tx.known, set).await?;
    let mut plan = Plan { made: Vec::new(), from: HashMap::new(), seen: HashSet::new() };
    let mut outcomes = Vec::with_capacity(set.len());
    // Whose messages come after the set: their later ones have to stay behind.
    let mut put_off = HashSet::new();
    for append in set {
        let new = append.message(&moment);
        let twice = !plan.seen.insert(new.id);
        let outcome = if twice || put_off.contains(&append.visitor) {
            Outcome::Alone
        } else if let Some(row) = repeats.get(&new.id) {
            repeat(row, &new, append.visitor)
        } else {
            plan.place(append, new, open.get_mut(&append.conversation), &moment)
        };
        if matches!(outcome, Outcome::Alone) {
            put_off.insert(append.visitor);
        }
        outcomes.push(outcome);
    }
    if plan.made.is_empty() {
        tx.known.put(open.into_values());
        return Ok(outcomes);
    }
    let touched = open.values().filter(|located| plan.from.contains_key(&located.conversation.id));
    let made = plan.made.iter().map(|(id, rev, new)| (open[id].conversation.workspace_id, *id, *rev, new));
    append_store::write(conn, touched, made).await?;
    tx.changes.extend(plan.into_changes(&open));
    tx.known.put(open.into_values());
    Ok(outcomes)
}

/// The conversations of a set, from memory where the writer knows them.
async fn open_conversations(
    conn: &mut SqliteConnection,
    known: &mut Known,
    set: &[Append],
) -> Result<HashMap<ConversationId, Located>, DbError> {
    let mut open = HashMap::with_capacity(set.len());
    let mut unknown = Vec::new();
    for append in set {
        let id = append.conversation;
        if open.contains_key(&id) {
            continue;
        }
        match known.take(id) {
            Some(located) => drop(open.insert(id, located)),
            None => unknown.push((append.send.site.workspace_id, id)),
        }
    }
    if !unknown.is_empty() {
        unknown.sort_unstable();
        unknown.dedup();
        open.extend(append_store::conversations(conn, &unknown).await?);
    }
    Ok(open)
}

struct Plan {
    made: Vec<(ConversationId, i64, NewMessage)>,
    from: HashMap<ConversationId, i64>,
    seen: HashSet<crate::ids::MessageId>,
}

impl Plan {
    fn place(&mut self, append: &Append, new: NewMessage, found: Option<&mut Located>, moment: &Moment) -> Outcome {
        let Some(Located { conversation, .. }) = found else { return Outcome::Alone };
        // What a bot is told has a row of its own, so it goes the other way.
        let plain = conversation.takes_words() && conversation.bot().is_none();
        if !plain || conversation.visitor_id != append.visitor {
            return Outcome::Alone;
        }
        if let Entry::Vacant(first) = self.from.entry(conversation.id) {
            first.insert(conversation.rev);
        }
        conversation.rev += 1;
        conversation.visitor_rev = conversation.rev;
        conversation.updated_at = moment.now;
        let rev = conversation.rev;
        note_message(conversation, &new, rev);
        let (id, message) = (conversation.id, new.stored(rev));
        self.made.push((id, rev, new));
        Outcome::Settled(Ok(Sent { conversation: id, visitor: Some(append.visitor), message, repeat: false }))
    }

    /// One change for each conversation, however many messages it got.
    fn into_changes(self, open: &HashMap<ConversationId, Located>) -> Vec<Change> {
        let mut entries: HashMap<ConversationId, Vec<ChangeEntry>> = HashMap::new();
        for (id, rev, new) in self.made {
            entries.entry(id).or_default().push(ChangeEntry { message: new.stored(rev), visible: true });
        }
        let changes = entries.into_iter().filter_map(|(id, entries)| {
            let conversation: Conversation = open.get(&id)?.conversation.clone();
            Some(Change::new(conversation, self.from[&id], entries))
        });
        changes.collect()
    }
}

/// A message of this id is stored. Whether it is an identified visitor's from before, or another one,
/// is looked at alone.
fn repeat(row: &MessageRow, new: &NewMessage, visitor: VisitorId) -> Outcome {
    if row.digest != new.digest() || row.writer() != Some(new.writer) {
        return Outcome::Alone;
    }
    let (conversation, message) = (row.conversation_id, row.clone().into_message());
    Outcome::Settled(Ok(Sent { conversation, visitor: Some(visitor), message, repeat: true }))
}

/// The same for one message, on either database, wherever its conversation stands.
pub(super) async fn append_alone(tx: &mut Tx, append: &Append) -> Result<Sent, Error> {
    match append_to_open(tx, append).await? {
        Some(sent) => Ok(sent),
        None => append_anywhere(tx, append).await,
    }
}

/// Stores one message if its conversation is open, as it is believed to be.
pub(super) async fn append_to_open(tx: &mut Tx, append: &Append) -> Result<Option<Sent>, Error> {
    let moment = tx.moment.clone();
    let found = store::lock(tx.conn(), append.send.site.workspace_id, append.conversation).await?;
    let Some(open) = found.filter(|found| found.takes_words() && found.visitor_id == append.visitor) else {
        return Ok(None);
    };
    let sent = crate::conversations::append_to(tx, &moment, open, &append.message(&moment)).await?;
    Ok(Some(Sent { visitor: Some(append.visitor), ..sent }))
}

/// Stores one message in the visitor's open conversation, or in one that the site's rule opens.
pub(super) async fn append_anywhere(tx: &mut Tx, append: &Append) -> Result<Sent, Error> {
    let moment = tx.moment.clone();
    let sent = send_as_visitor(tx, &moment, &append.send).await?;
    settle(tx).await?;
    Ok(sent)
}
