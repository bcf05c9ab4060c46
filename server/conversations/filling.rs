//! A visitor fills in a form of a bot's message, once. The answers are a message of theirs, so that all that
//! holds for words holds for them, and the form says which message that is.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::commands::{Done, Moment};
use super::sending::{id_reused, join_open};
use super::{Conversation, Error, store};
use crate::db::Tx;
use crate::forms::{self, filling};
use crate::ids::{MessageId, VisitorId, WorkspaceId};
use crate::live::protocol::{AuthorKind, Message, MessageForm, MessageKind};
use crate::messages::store::{self as messages, MessageRow};
use crate::messages::{Extra, NewMessage, Writer, edit_store};
use crate::sites::Site;
use crate::visitors;

/// A form of a message that was filled in.
#[derive(Debug, Clone)]
pub struct Filled {
    /// Where.
    pub site: Arc<Site>,
    /// Of the visitor's token.
    pub token_hash: [u8; 32],
    /// Drawn by the client; the id of the message that the answers become.
    pub id: MessageId,
    /// Whose form it is.
    pub message: MessageId,
    /// By field.
    pub values: Map<String, Value>,
}

/// Stores the answers. The same answers again are acknowledged, others are not taken.
///
/// # Errors
/// `NotFound` where the visitor has no such form, `FormAnswered` where it was answered otherwise, `FormOver` once
/// the conversation is closed, `ValueRefused` for an answer that does not fit, `IdReused`.
pub async fn fill(tx: &mut Tx, moment: &Moment, filled: &Filled) -> Result<Done, Error> {
    let ws = filled.site.workspace_id;
    let visitor = visitors::store::by_token(tx.conn(), filled.site.id, &filled.token_hash).await?;
    let visitor = visitor.ok_or(Error::NotFound)?;
    let (found, row) = of_visitor(tx, ws, visitor, filled.message).await?;
    if let Some(done) = settled(tx, filled, &found, &row).await? {
        return Ok(done);
    }
    if found.is_closed() {
        return Err(Error::FormOver);
    }
    forms::check_consent(tx, &filled.site, visitor).await?;
    let mut recording = join_open(tx, moment, &found).await?;
    // Read again under the lock: another device may have been first.
    let row = messages::find(tx.conn(), ws, filled.message).await?.ok_or(Error::NotFound)?;
    if let Some(done) = settled(tx, filled, &found, &row).await? {
        return Ok(done);
    }
    let mut extra = row.extra();
    let form = extra.form.take().ok_or(Error::NotFound)?;
    let values = filling::read(&form.fields, &filled.values)?;
    let text = filling::words(&form.fields, &values);
    let payload = extra.payload.clone();
    extra.form = Some(MessageForm { answer: Some(filled.id), ..form });
    let rev = recording.next_rev(true);
    edit_store::set_form(tx.conn(), ws, filled.message, rev, &extra).await?;
    recording.touched(Message { rev, form: extra.form, ..row.into_message() });
    let answers = MessageForm { of: Some(filled.message), values: Some(values), ..MessageForm::default() };
    let new = NewMessage {
        id: filled.id,
        kind: MessageKind::Form,
        writer: Writer::Visitor(visitor),
        writer_name: None,
        text,
        extra: Some(Extra { form: Some(answers), payload, ..Extra::default() }),
        reply_to: Some(filled.message),
        created_at: moment.now,
    };
    recording.add(tx, &new).await.map_err(id_reused)?;
    recording.finish(tx, moment).await
}

/// The form, if it is in a conversation of this visitor.
async fn of_visitor(
    tx: &mut Tx,
    ws: WorkspaceId,
    visitor: VisitorId,
    id: MessageId,
) -> Result<(Conversation, MessageRow), Error> {
    let row = messages::find(tx.conn(), ws, id).await?.ok_or(Error::NotFound)?;
    let conversation = store::find(tx.conn(), ws, row.conversation_id).await?.ok_or(Error::NotFound)?;
    let theirs = conversation.visitor_id == visitor
        || visitors::store::is_device_of(tx.conn(), ws, visitor, conversation.visitor_id).await?;
    let message = row.clone().into_message();
    let asks = message.kind == MessageKind::Form && message.author.kind == AuthorKind::Bot;
    if theirs && asks && message.deleted_at.is_none() { Ok((conversation, row)) } else { Err(Error::NotFound) }
}

/// What there is to say of a form that is answered, or of an id that is used.
async fn settled(
    tx: &mut Tx,
    filled: &Filled,
    conversation: &Conversation,
    row: &MessageRow,
) -> Result<Option<Done>, Error> {
    let ws = filled.site.workspace_id;
    let form = row.extra().form.unwrap_or_default();
    let Some(answer) = form.answer else {
        let used = messages::find(tx.conn(), ws, filled.id).await?.is_some();
        return if used { Err(Error::IdReused) } else { Ok(None) };
    };
    let before = messages::find(tx.conn(), ws, answer).await?.ok_or(Error::FormAnswered)?;
    let said = before.extra().form.and_then(|form| form.values);
    // Taken back: nothing is left to compare, and the same id is the same answer.
    let same = match said {
        Some(said) => filling::read(&form.fields, &filled.values).is_ok_and(|values| values == said),
        None => answer == filled.id,
    };
    if !same {
        return Err(if answer == filled.id { Error::IdReused } else { Error::FormAnswered });
    }
    let (message, rev) = (before.into_message(), conversation.visitor_rev);
    let rev = if answer == filled.id { message.seq } else { rev };
    Ok(Some(Done { conversation: conversation.id, rev, message: Some(message) }))
}
