//! A whole conversation as a text: mailed to its visitor, at the address that they proved and nowhere else, or
//! taken away as a file by an agent. Notes and what only agents see are never in it.

use askama::Template;
use chrono_tz::Tz;
use serde_json::json;

use super::outbox::{self, Kind, NewMail};
use super::sender::{Sender, id_domain};
use super::writing::clock_time;
use super::writing::reading_store as reading;
use super::{EmailAddress, payload, waiting_store as store};
use crate::agents::faces::Faces;
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
    mail_to(tx, config, random, chat, None).await
}

/// The same, to this one of the addresses that the visitor proved.
///
/// # Errors
/// As [`mail`]; [`Error::ValueRefused`] where they did not prove it.
pub async fn mail_to(
    tx: &mut Tx,
    config: &Config,
    random: &Random,
    chat: &Conversation,
    to: Option<&EmailAddress>,
) -> Result<(), Error> {
    let (ws, now) = (chat.workspace_id, tx.moment.now);
    let reader = reading::reader(tx.conn(), ws, chat.visitor_id).await?.ok_or(Error::NotFound)?;
    let site = sites::store::find(tx.conn(), ws, chat.site_id).await?.ok_or(Error::NotFound)?;
    if to.is_some_and(|to| !reader.proved(to.as_str())) {
        let why = "is no address that the visitor proved".to_owned();
        return Err(Error::ValueRefused { field: "to".to_owned(), why });
    }
    let address = to.cloned().or_else(|| reader.address().and_then(EmailAddress::parse));
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

/// What somebody said, as a transcript has it.
#[derive(Debug, Clone, Default)]
pub struct Line {
    /// Who.
    pub name: String,
    /// When, for people.
    pub at: String,
    /// The words.
    pub text: String,
    /// Whether it is the visitor's.
    pub theirs: bool,
}

/// How a transcript is written.
#[derive(Clone, Copy)]
pub struct Hand<'a> {
    /// In which zone its times are.
    pub zone: Tz,
    /// In which language people without a name are named.
    pub words: &'a Words,
    /// Public names in the place of full ones, where a visitor reads it.
    pub faces: Option<&'a Faces>,
}

/// The newest words of a conversation, the oldest first, and whether there are more before them.
pub async fn lines(
    conn: Conn<'_>,
    chat: &Conversation,
    most: i64,
    hand: Hand<'_>,
) -> Result<(Vec<Line>, bool), DbError> {
    let scope = Scope { workspace_id: chat.workspace_id, conversation_id: chat.id, visitor: true };
    let rows = messages::before(conn, scope, i64::MAX, most).await?;
    let more = i64::try_from(rows.len()).is_ok_and(|rows| rows == most);
    let mut lines = Vec::new();
    for mut message in rows.into_iter().rev().map(messages::MessageRow::into_message) {
        if message.kind != MessageKind::Text || message.deleted_at.is_some() {
            continue;
        }
        if let Some(faces) = hand.faces {
            faces.in_message(&mut message);
        }
        let at = Timestamp::parse_rfc3339(&message.created_at).unwrap_or(chat.started_at);
        let given = message.author.name.filter(|name| !name.trim().is_empty());
        let theirs = message.author.kind == AuthorKind::Visitor;
        let name = match theirs {
            true => chat.visitor_name.clone().unwrap_or_else(|| hand.words.say("visitor")),
            false => given.unwrap_or_else(|| hand.words.say("mail-nobody")),
        };
        lines.push(Line { name, at: clock_time(hand.zone, at), text: message.text, theirs });
    }
    Ok((lines, more))
}

/// The conversation as a plain text, for whoever may see it.
pub async fn text(conn: Conn<'_>, chat: &Conversation, hand: Hand<'_>) -> Result<String, DbError> {
    let (lines, _) = lines(conn, chat, MOST_MESSAGES, hand).await?;
    let line = |line: &Line| format!("[{}] {}:\n{}\n\n", line.at, line.name, line.text);
    Ok(lines.iter().map(line).collect())
}

/// The conversation as a page of its own.
#[derive(Template)]
#[template(path = "page/transcript.html")]
struct WholePage<'a> {
    words: &'a Words,
    lines: Vec<Line>,
}

/// The same as HTML, a page without scripts and styles.
pub async fn html(conn: Conn<'_>, chat: &Conversation, hand: Hand<'_>) -> Result<String, DbError> {
    let (lines, _) = lines(conn, chat, MOST_MESSAGES, hand).await?;
    let page = WholePage { words: hand.words, lines };
    page.render().map_err(|_| DbError::Inconsistent("transcript"))
}

/// The page, with this text wherever somebody else decides it.
#[cfg(test)]
pub(super) fn sample(words: &Words, text: &str) -> String {
    let owned = || text.to_owned();
    let line = |theirs| Line { name: owned(), at: owned(), text: owned(), theirs };
    WholePage { words, lines: vec![line(true), line(false)] }.render().expect("a page")
}
