//! Everything that is kept of a visitor, as one JSON object: for the person themselves (GDPR, articles 15
//! and 20). Notes of agents among themselves are in it, too: they are about the person.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::erasing_store::{self as store, ChatRow, DeviceRow};
use super::trail_store;
use crate::clock::Timestamp;
use crate::db::{Error, Tx};
use crate::ids::{VisitorId, WorkspaceId};
use crate::messages::store::{self as messages, MessageRow, Scope};

/// Messages that are read at once.
const PAGE: i64 = 500;

/// Gathers it.
pub async fn export(tx: &mut Tx, ws: WorkspaceId, id: VisitorId) -> Result<Value, Error> {
    let devices = store::devices(tx.conn(), ws, id).await?;
    let trail = trail_store::newest(tx.conn(), ws, id).await?;
    let mut conversations = Vec::new();
    for chat in store::chats(tx.conn(), ws, id).await? {
        let messages = all_messages(tx, ws, &chat).await?;
        let mails = mails(tx, ws, &chat).await?;
        conversations.push(conversation(&chat, messages, mails));
    }
    Ok(json!({
        "visitor": devices.first().map(device),
        "devices": devices.iter().skip(1).map(device).collect::<Vec<_>>(),
        "pages_and_events": trail.iter().map(|entry| json!({
            "kind": entry.kind, "name": entry.name, "data": entry.data, "at": entry.at.rfc3339(),
        })).collect::<Vec<_>>(),
        "conversations": conversations,
    }))
}

fn device(row: &DeviceRow) -> Value {
    json!({
        "id": row.id.to_string(),
        "name": row.name,
        "email": row.email,
        "phone": row.phone,
        "locale": row.locale,
        "attributes": row.attributes.0,
        "page": row.page.0,
        "consent": row.consent,
        "consent_at": row.consent_at.map(Timestamp::rfc3339),
        "created_at": row.created_at.rfc3339(),
        "seen_at": row.seen_at.rfc3339(),
    })
}

fn conversation(chat: &ChatRow, messages: Vec<Value>, mails: Value) -> Value {
    json!({
        "id": chat.id.to_string(),
        "state": chat.state,
        "started_at": chat.started_at.rfc3339(),
        "closed_at": chat.closed_at.map(Timestamp::rfc3339),
        "rating": chat.score,
        "comment": chat.comment,
        "messages": messages,
        "mails": mails,
    })
}

/// What came by mail, as it came, and what went out.
async fn mails(tx: &mut Tx, ws: WorkspaceId, chat: &ChatRow) -> Result<Value, Error> {
    let came = store::came(tx.conn(), ws, chat.id).await?;
    let went = store::went(tx.conn(), ws, chat.id).await?;
    Ok(json!({
        "came": came.iter().map(|mail| json!({
            "from": mail.sender, "subject": mail.subject, "at": mail.received_at.rfc3339(),
            "source_base64": STANDARD.encode(&mail.raw),
        })).collect::<Vec<_>>(),
        "went": went.iter().map(|mail| json!({
            "kind": mail.kind, "to": mail.address, "state": mail.state, "written_at": mail.created_at.rfc3339(),
            "sent_at": mail.sent_at.map(Timestamp::rfc3339),
        })).collect::<Vec<_>>(),
    }))
}

async fn all_messages(tx: &mut Tx, ws: WorkspaceId, chat: &ChatRow) -> Result<Vec<Value>, Error> {
    let scope = Scope { workspace_id: ws, conversation_id: chat.id, visitor: false };
    let mut all = Vec::new();
    let mut before = i64::MAX;
    loop {
        let rows = messages::before(tx.conn(), scope, before, PAGE).await?;
        let page: Vec<_> = rows.into_iter().map(MessageRow::into_message).collect();
        let Some(last) = page.last() else { break };
        before = last.seq;
        all.extend(page);
    }
    all.reverse();
    Ok(all.iter().map(|message| serde_json::to_value(message).unwrap_or_default()).collect())
}
