//! A whole conversation as a text: mailed to its visitor, at the address that they proved and nowhere else, or
//! taken away as a file by an agent. Notes and what only agents see are never in it.

use chrono_tz::Tz;
use serde_json::json;

use super::outbox::{self, Kind, NewMail};
use super::sender::{Sender, id_domain};
use super::writing::clock_time;
use super::writing::reading_store as reading;
use super::{EmailAddress, payload, waiting_store as store};
use crate::clock::{Random, Timestamp};
use crate::config::Config;
use crate::conversations::{Conversation, Error};
use crate::db::{Conn, Error as DbError, Tx};
use crate::live::protocol::{AuthorKind, MessageKind};
use crate::messages::store::{self as messages, Scope};
use crate::sites;
use crate::words::Words;

/// Transcripts of one conversation that are mailed in an hour.
const MOST_AN_HOUR: i64 = 3;
const HOUR: std::time::Duration = std::time::Duration::from_secs(3_600);
/// Messages that a file has; older ones are left out.
const MOST_MESSAGES: i64 = 5_000;

/// Leaves a mail with the whole conversation, for the visitor.
///
/// # Errors
/// [`Error::NotAllowed`], with the reason: no proved address, no way to send, or too often.
pub async fn mail(tx: &mut Tx, config: &Config, random: &Random, chat: &Conversation) -> Result<(), Error> {
    let (ws, now) = (chat.workspace_id, tx.moment.now);
    let reader = reading::reader(tx.conn(), ws, chat.visitor_id).await?.ok_or(Error::NotFound)?;
    let site = sites::store::find(tx.conn(), ws, chat.site_id).await?.ok_or(Error::NotFound)?;
    let address = reader.address().and_then(EmailAddress::parse);
    let Some(address) = address.filter(|address| reader.proved(address.as_str())) else {
        return Err(Error::NotAllowed("The visitor has proved no address. Nothing was sent."));
    };
    if Sender::of(Some(&site), &config.mail).is_none() {
        return Err(Error::NotAllowed("Mail is not set up for this site. Nothing was sent."));
    }
    if store::transcripts_of(tx.conn(), ws, chat.id, now.minus(HOUR)).await? >= MOST_AN_HOUR {
        return Err(Error::NotAllowed("This conversation was mailed often just now. Nothing was sent; try later."));
    }
    let new = NewMail {
        workspace_id: ws,
        kind: Kind::Transcript,
        site_id: Some(site.id),
        conversation_id: Some(chat.id),
        agent_id: None,
        address,
        payload: json!(payload::Transcript { up_to_seq: chat.rev }),
        due: now,
    };
    outbox::enqueue(tx, random, &id_domain(Some(&site), config), new).await?;
    Ok(())
}

/// The conversation as a plain text, for whoever may see it.
pub async fn text(conn: Conn<'_>, chat: &Conversation, zone: Tz, words: &Words) -> Result<String, DbError> {
    let scope = Scope { workspace_id: chat.workspace_id, conversation_id: chat.id, visitor: true };
    let mut rows = messages::before(conn, scope, i64::MAX, MOST_MESSAGES).await?;
    rows.reverse();
    let mut whole = String::new();
    for message in rows.into_iter().map(messages::MessageRow::into_message) {
        if message.kind != MessageKind::Text || message.deleted_at.is_some() {
            continue;
        }
        let at = Timestamp::parse_rfc3339(&message.created_at).unwrap_or(chat.started_at);
        let given = message.author.name.filter(|name| !name.trim().is_empty());
        let named = match message.author.kind {
            AuthorKind::Visitor => chat.visitor_name.clone().unwrap_or_else(|| words.say("visitor")),
            _ => given.unwrap_or_else(|| words.say("mail-nobody")),
        };
        whole.push_str(&format!("[{}] {named}:\n{}\n\n", clock_time(zone, at), message.text));
    }
    Ok(whole)
}
