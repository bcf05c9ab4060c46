//! Does what a bot asks for, on a conversation that it owns and whose row is locked.

use std::collections::BTreeSet;

use super::handing::{self, Asks};
use super::{Action, Bot, File, Say};
use crate::conversations::recording::Recording;
use crate::conversations::{Error, Moment, tag_by_name};
use crate::db::Tx;
use crate::ids::{MessageId, QueueId, WorkspaceId};
use crate::live::protocol::{Attachment, MessageForm, MessageKind};
use crate::messages::{Extra, NewMessage, Writer};
use crate::queues::store::{self as queues, Queue};
use crate::tags::TagName;
use crate::visitors::details;
use crate::visitors::store::Changes;

/// Of a file whose bot does not say what it is.
const UNKNOWN_MIME: &str = "application/octet-stream";
/// Characters of a suppressed answer that are kept.
const SUPPRESSED_CHARS: usize = 2_000;

/// What a bot wants, with what it names looked up.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The actions, checked.
    pub actions: Vec<Action>,
    /// Where the conversation is to wait, if the bot names a queue that there is.
    pub queue: Option<Queue>,
    /// The id of its first message: the one under which the visitor saw it grow.
    pub first: Option<MessageId>,
}

impl Wanted {
    /// Looks up the queue that is named, before anything is locked.
    ///
    /// # Errors
    /// `Invalid` if there is no such queue.
    pub async fn look_up(tx: &mut Tx, ws: WorkspaceId, actions: Vec<Action>) -> Result<Self, Error> {
        let named = actions.iter().find_map(|action| match action {
            Action::Handoff { queue, .. } => queue.as_deref(),
            _ => None,
        });
        let queue = match named {
            None => None,
            Some(name) => Some(
                queues::named(tx.conn(), ws, name)
                    .await?
                    .ok_or_else(|| Error::Invalid(format!("There is no queue {name:?}.")))?,
            ),
        };
        Ok(Self { actions, queue, first: None })
    }

    /// Queues that are to be locked beside the conversation's own.
    pub fn queues(&self) -> Vec<QueueId> {
        self.queue.iter().map(|queue| queue.id).collect()
    }

    /// Whether anything is to be done that ends a turn.
    pub fn is_an_answer(&self) -> bool {
        self.actions.iter().any(|action| !matches!(action, Action::Typing | Action::Note { .. }))
    }

    /// What it would have said, for agents.
    pub fn words(&self) -> String {
        let said = self.actions.iter().filter_map(|action| match action {
            Action::Say(say) if !say.text.is_empty() => Some(say.text.as_str()),
            _ => None,
        });
        crate::visitors::clean(&said.collect::<Vec<_>>().join("\n"), SUPPRESSED_CHARS)
    }
}

/// Does it, in order. What comes after a hand-off or a close is not done: the bot owns nothing any more.
/// Gives what came of it, in a word.
pub(crate) async fn apply(
    tx: &mut Tx,
    moment: &Moment,
    recording: &mut Recording,
    bot: &Bot,
    wanted: &Wanted,
) -> Result<&'static str, Error> {
    let mut outcome = "nothing";
    let mut first = wanted.first;
    for action in &wanted.actions {
        match action {
            Action::Say(said) => {
                let id = first.take().unwrap_or_else(|| MessageId::from_uuid(moment.ids.draw()));
                say(tx, moment, recording, bot, id, said).await?;
                outcome = "answered";
            }
            Action::Set { attributes, tags } => {
                let (ws, visitor) = (recording.conversation.workspace_id, recording.conversation.visitor_id);
                if let Some(attributes) = attributes.clone() {
                    details::tell(tx.conn(), ws, visitor, Changes::default(), Some(attributes)).await?;
                }
                for tag in tags.iter().flatten().collect::<BTreeSet<_>>() {
                    let tag = TagName::parse(tag).map_err(Error::Invalid)?;
                    if tag_by_name(tx, moment, &recording.conversation, &tag).await? {
                        recording.next_rev(false);
                        recording.changes_state();
                    }
                }
            }
            Action::Handoff { note, summary, .. } => {
                for text in [summary, note].into_iter().flatten().filter(|text| !text.trim().is_empty()) {
                    add_note(tx, moment, recording, bot, text).await?;
                }
                handing::hand_off(tx, moment, recording, Asks::Bot, wanted.queue.as_ref()).await?;
                return Ok("handed_off");
            }
            Action::Note { text } => add_note(tx, moment, recording, bot, text).await?,
            Action::Close => {
                recording.close(moment.now);
                let by = serde_json::json!({"by": {"kind": "bot", "name": bot.name}});
                recording.changes_state();
                recording.event(tx, moment, "conversation_closed", by).await?;
                return Ok("closed");
            }
            Action::Typing | Action::Noop => {}
        }
    }
    Ok(outcome)
}

async fn say(
    tx: &mut Tx,
    moment: &Moment,
    recording: &mut Recording,
    bot: &Bot,
    id: MessageId,
    said: &Say,
) -> Result<(), Error> {
    let quick_replies = said.quick_replies.clone().filter(|replies| !replies.is_empty());
    let cards = said.cards.clone().filter(|cards| !cards.is_empty());
    let asked = said.form.clone();
    let kind = if asked.is_some() { MessageKind::Form } else { MessageKind::Text };
    let payload = asked.as_ref().and_then(|form| form.payload.clone());
    let form = asked.map(|form| MessageForm { fields: form.fields, submit: form.submit, ..MessageForm::default() });
    let attachments = said.attachments.iter().flatten().map(|file| linked(file, moment)).collect();
    let extra = Extra { quick_replies, cards, form, payload, attachments, ..Extra::default() };
    let new = NewMessage {
        id,
        kind,
        writer: Writer::Bot(bot.id),
        writer_name: Some(bot.name.clone()),
        text: said.text.clone(),
        extra: (extra != Extra::default()).then_some(extra),
        reply_to: None,
        created_at: moment.now,
    };
    recording.add(tx, &new).await.map(drop)
}

/// A file that stays where it is: nothing is known of it but what the bot says.
fn linked(file: &File, moment: &Moment) -> Attachment {
    Attachment {
        id: moment.ids.draw().hyphenated().to_string(),
        name: file.name.trim().to_owned(),
        mime: file.mime.clone().unwrap_or_else(|| UNKNOWN_MIME.to_owned()),
        bytes: 0,
        url: file.url.clone(),
        width: None,
        height: None,
        thumb_url: None,
        external: true,
    }
}

async fn add_note(tx: &mut Tx, moment: &Moment, recording: &mut Recording, bot: &Bot, text: &str) -> Result<(), Error> {
    let note = NewMessage {
        id: MessageId::from_uuid(moment.ids.draw()),
        kind: MessageKind::Note,
        writer: Writer::Bot(bot.id),
        writer_name: Some(bot.name.clone()),
        text: text.to_owned(),
        extra: None,
        reply_to: None,
        created_at: moment.now,
    };
    recording.add(tx, &note).await.map(drop)
}
