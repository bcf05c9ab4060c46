//! A conversation that an agent begins by mail: it is theirs from its first word, and the mail goes out by the
//! row that stands in the same transaction. Whose it is, is decided as for a mail that comes from the address.

use std::sync::Arc;

use super::inbound::{entering, store as inbound};
use super::{EmailAddress, channel_store, reach, thread_store};
use crate::clock::Random;
use crate::conversations::{self, ActingAgent, Error, Moment, access, already_sent, store as chats};
use crate::db::Tx;
use crate::ids::{ConversationId, MessageId};
use crate::live::protocol::{Mail, MessageKind};
use crate::messages::{Extra, MessageText, NewMessage, Writer};
use crate::routing::handing;
use crate::sites::Site;

/// What an agent writes.
#[derive(Debug, Clone)]
pub struct NewLetter {
    /// Who.
    pub agent: ActingAgent,
    /// As which website.
    pub site: Arc<Site>,
    /// Becomes the message's id: the same letter twice is one.
    pub id: MessageId,
    /// To whom.
    pub to: EmailAddress,
    /// The name beside it, for somebody who is new.
    pub name: Option<String>,
    /// Subject and copies, checked.
    pub mail: Mail,
    /// The words.
    pub text: MessageText,
}

impl NewLetter {
    /// The message that it becomes.
    pub fn message(&self, now: crate::clock::Timestamp) -> NewMessage {
        NewMessage {
            id: self.id,
            kind: MessageKind::Text,
            writer: Writer::Agent(self.agent.id),
            writer_name: Some(self.agent.name.clone()),
            text: self.text.clone().into_string(),
            extra: Some(Extra { mail: Some(self.mail.clone()), ..Extra::default() }),
            reply_to: None,
            created_at: now,
        }
    }
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// The conversation is there, also if it was before.
    There(ConversationId),
    /// An earlier mail to the address came back: what its server said.
    Bounced(String),
    /// The workspace takes nothing from whoever has the address.
    Blocked,
    /// A conversation with them goes on; which, where this agent may see it.
    Open(Option<ConversationId>),
}

/// Begins the conversation, or says why not; then nothing was written.
///
/// # Errors
/// [`Error::IdReused`] for another letter under the id of one that went out, and those of the database.
pub async fn begin(tx: &mut Tx, moment: &Moment, random: &Random, letter: &NewLetter) -> Result<Begun, Error> {
    let (ws, site) = (letter.site.workspace_id, &letter.site);
    let new = letter.message(moment.now);
    // A repeat is known before anything is refused.
    if let Some(sent) = already_sent(tx.conn(), ws, &new).await? {
        return Ok(Begun::There(sent.conversation));
    }
    if let Some(bounce) = reach::bounce(tx.conn(), ws, letter.to.as_str()).await? {
        return Ok(Begun::Bounced(bounce));
    }
    let by = inbound::ByMail {
        workspace_id: ws,
        site_id: site.id,
        address: &letter.to,
        name: letter.name.as_deref(),
        token_hash: random.token(),
        is_here: false,
    };
    // The address was typed here: whoever proved that they read it is whom it means.
    let visitor = inbound::whose(tx, &by, true).await?;
    // The visitor is locked: of two that are sent at once, the second one finds the first.
    if let Some(sent) = already_sent(tx.conn(), ws, &new).await? {
        return Ok(Begun::There(sent.conversation));
    }
    if entering::is_blocked(tx, ws, visitor).await? {
        return Ok(Begun::Blocked);
    }
    let latest = chats::current_of_visitor(tx.conn(), ws, site.id, visitor).await?;
    if let Some(open) = latest.filter(|latest| !latest.is_closed()) {
        let seen = access::check(tx.conn(), &letter.agent, &open).await.is_ok();
        return Ok(Begun::Open(seen.then_some(open.id)));
    }
    let mut recording = entering::begin(tx, moment, site, visitor, None).await?;
    let id = recording.conversation.id;
    let subject = letter.mail.subject.as_deref();
    channel_store::began(tx, ws, id, &letter.to, subject).await?;
    thread_store::ensure(tx, ws, id, &letter.to).await?;
    let to = handing::To { id: letter.agent.id, name: &letter.agent.name };
    recording.changes_state();
    handing::give(tx, moment, &mut recording, to, 0).await?;
    recording.add(tx, &new).await.map_err(conversations::id_reused)?;
    recording.finish(tx, moment).await?;
    Ok(Begun::There(id))
}
