//! Mentions: a note that names a colleague with `@` brings them into the conversation and tells them.
//! Only notes are looked at; what is written to the visitor names nobody.

pub mod console;
pub mod store;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::agents::Role;
use crate::conversations::participant_store::{self, AnyId};
use crate::conversations::{Conversation, Error};
use crate::db::Tx;
use crate::ids::{AgentId, MessageId};
use crate::live::protocol::{AuthorKind, By, Mentioned, MessageKind};
use crate::messages::{Extra, NewMessage, Writer};

/// Colleagues that one note can name; those after it are only text.
pub const MOST_IN_A_NOTE: usize = 20;
/// Agents of a workspace that can be named, by name.
pub const MOST_COLLEAGUES: i64 = 1_000;
/// Characters of the note in what the colleague is told.
const PREVIEW_CHARS: usize = 160;

/// A colleague whom a note names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// Who.
    pub agent: AgentId,
    /// As it stands in the note, with the `@`.
    pub written: String,
}

/// Somebody who can be named.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Colleague {
    /// Who.
    pub id: AgentId,
    /// As colleagues see it.
    pub name: String,
    /// What they may.
    pub role: Role,
    /// Whether they serve the queue, own the conversation or are in it.
    pub near: i64,
}

impl Colleague {
    /// Whether they may see the conversation already; who may not gets in by being named.
    pub const fn sees(&self) -> bool {
        self.near != 0 || self.role.sees_every_queue()
    }
}

/// Whom a text names: `@` and a full name, or a first name that only one of them has. The longest
/// name wins; each is told once.
pub fn named_in(text: &str, colleagues: &[Colleague]) -> Vec<Mention> {
    let mut names: Vec<(String, AgentId)> = Vec::new();
    for colleague in colleagues {
        let name = colleague.name.trim();
        if name.is_empty() {
            continue;
        }
        names.push((name.to_lowercase(), colleague.id));
        let first = |name: &str| name.split_whitespace().next().unwrap_or_default().to_lowercase();
        let own = first(name);
        if colleagues.iter().filter(|other| first(&other.name) == own).count() == 1 {
            names.push((own, colleague.id));
        }
    }
    names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    let mut found: Vec<Mention> = Vec::new();
    let mut before = ' ';
    for (at, letter) in text.char_indices() {
        let starts = letter == '@' && !before.is_alphanumeric();
        before = letter;
        if !starts {
            continue;
        }
        let rest = &text[at + 1..];
        let Some((length, who)) = names.iter().find_map(|(name, id)| Some((begins(rest, name)?, *id))) else {
            continue;
        };
        if !found.iter().any(|mention| mention.agent == who) && found.len() < MOST_IN_A_NOTE {
            found.push(Mention { agent: who, written: text[at..=at + length].to_owned() });
        }
    }
    found
}

/// How many bytes of `text` the folded name takes at its start, if a word ends there.
fn begins(text: &str, name: &str) -> Option<usize> {
    let mut wanted = name.chars();
    let mut expected = wanted.next();
    let mut end = 0;
    'letters: for (at, letter) in text.char_indices() {
        for folded in letter.to_lowercase() {
            match expected {
                Some(one) if one == folded => expected = wanted.next(),
                _ => break 'letters,
            }
        }
        end = at + letter.len_utf8();
        if expected.is_none() {
            break;
        }
    }
    let over = !text[end..].chars().next().is_some_and(char::is_alphanumeric);
    (expected.is_none() && over).then_some(end)
}

/// Looks for names in a note of an agent and puts what it finds into it.
pub async fn look(tx: &mut Tx, conversation: &Conversation, new: &mut NewMessage) -> Result<(), Error> {
    if new.kind != MessageKind::Note || !new.text.contains('@') {
        return Ok(());
    }
    let mentions = in_text(tx, conversation, &new.text).await?;
    if !mentions.is_empty() {
        new.extra.get_or_insert_with(Extra::default).mentions = mentions;
    }
    Ok(())
}

/// Whom a text names among those of the workspace.
pub async fn in_text(tx: &mut Tx, conversation: &Conversation, text: &str) -> Result<Vec<Mention>, Error> {
    if !text.contains('@') {
        return Ok(Vec::new());
    }
    let colleagues = store::colleagues(tx.conn(), conversation, MOST_COLLEAGUES).await?;
    Ok(named_in(text, &colleagues))
}

/// A note that is being stored, and its place.
#[derive(Debug, Clone, Copy)]
pub struct Note<'a> {
    /// Its id.
    pub id: MessageId,
    /// Its place.
    pub seq: i64,
    /// Its words.
    pub text: &'a str,
    /// Who wrote it.
    pub writer: Writer,
    /// That one's name.
    pub name: &'a str,
}

/// Notes who was named: they take part from now on. Gives what they are to be told, once it is
/// committed; whoever was named before hears nothing again, and nobody hears of themselves.
pub async fn record(
    tx: &mut Tx,
    conversation: &Conversation,
    note: Note<'_>,
    mentions: &[Mention],
) -> Result<Vec<(AgentId, Mentioned)>, Error> {
    let (ws, id, now) = (conversation.workspace_id, conversation.id, tx.moment.now);
    let Writer::Agent(by) = note.writer else { return Ok(Vec::new()) };
    let mut told = Vec::new();
    for mention in mentions.iter().filter(|mention| mention.agent != by) {
        if !store::insert(tx.conn(), conversation, (mention.agent, by), (note.id, note.seq), now).await? {
            continue;
        }
        participant_store::join(tx.conn(), ws, id, "agent", AnyId::new(mention.agent.uuid()), now).await?;
        let mentioned = Mentioned {
            conversation: id,
            message: note.id,
            by: By { kind: AuthorKind::Agent, id: by.to_string() },
            name: note.name.to_owned(),
            text: crate::visitors::clean(note.text, PREVIEW_CHARS),
        };
        told.push((mention.agent, mentioned));
    }
    Ok(told)
}
