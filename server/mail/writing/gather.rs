//! What a mail says, read at the moment at which it goes out: if there is nothing left to say, or nobody to
//! say it to, it is void, with the reason.

use std::sync::Arc;

use chrono_tz::Tz;
use url::Url;

use super::letter::{Letter, is_id};
use super::reading_store::{self as store, Reader};
use super::views::{Compose, Frame, Said};
use super::{clock_time, kinds, team};
use crate::agents::faces::Faces;
use crate::clock::{Random, Timestamp};
use crate::config::MailConfig;
use crate::conversations::{self, Conversation};
use crate::db::{Error, Tx};
use crate::live::protocol::{AuthorKind, Message, MessageKind};
use crate::mail::link_store::{self, LinkPurpose, NewLink};
use crate::mail::outbox::{Kind, Taken};
use crate::mail::sender::Sender;
use crate::mail::writing::letter::LOOP_HEADER;
use crate::mail::{EmailAddress, outbox_store, thread_store};
use crate::messages::store::{self as messages, Scope};
use crate::sites::texts::Key;
use crate::sites::{self, Site, colour, parse_colour};
use crate::words::Lang;

/// Messages before them that it shows, shortened.
const EARLIER: usize = 4;
/// Characters of each of those.
const EARLIER_CHARS: usize = 280;
/// Earlier mails that a mail refers to.
const MOST_REFERENCES: usize = 12;
/// Characters of what a list of mails shows beside the subject.
const HINT_CHARS: usize = 120;
/// How long a link back into the chat is good.
pub const BACK_FOR: std::time::Duration = std::time::Duration::from_secs(30 * 86_400);
/// How long a link that proves an address is good.
pub const PROVE_FOR: std::time::Duration = std::time::Duration::from_secs(7 * 86_400);
/// After so many answers of programs to one another nothing automatic is sent any more.
pub const MOST_HOPS: u32 = 4;
/// What the desk's own mails are coloured with.
const COLOUR: &str = "#0b6580";

/// What writing has to know of the installation.
#[derive(Debug, Clone)]
pub struct Desk {
    /// How mail goes out and comes in.
    pub mail: MailConfig,
    /// What links begin with.
    pub public_url: Url,
    /// Draws links.
    pub random: Random,
    /// The workspace's clock.
    pub zone: Tz,
    /// What visitors see of its agents.
    pub faces: Option<Arc<Faces>>,
    /// What agents are written to in.
    pub lang: Lang,
}

/// What came of it.
#[derive(Debug)]
pub enum Gathered {
    /// To be sent.
    Letter(Box<Letter>),
    /// Not to be sent, ever; why, for people.
    Void(&'static str),
}

/// What there is of a conversation, while its mail is written.
pub(super) struct Material<'a> {
    pub(super) desk: &'a Desk,
    pub(super) taken: &'a Taken,
    pub(super) site: Site,
    pub(super) sender: Sender,
    pub(super) conversation: Conversation,
    pub(super) reader: Reader,
    pub(super) address: EmailAddress,
    pub(super) lang: Lang,
    /// The token of the address's thread, for answers and for "no more".
    pub(super) reply: String,
    pub(super) stop: String,
    pub(super) references: Vec<String>,
    pub(super) hops: u32,
}

/// Reads what a mail needs, and makes it.
pub async fn gather(tx: &mut Tx, desk: &Desk, taken: &Taken) -> Result<Gathered, Error> {
    let (Some(kind), Some(address)) = (Kind::parse(&taken.kind), EmailAddress::parse(&taken.address)) else {
        return Ok(Gathered::Void("its kind or its address is not known to this version"));
    };
    if let Some(reason) = refused(tx, taken, kind, &address).await? {
        return Ok(Gathered::Void(reason));
    }
    match kind {
        Kind::Unread | Kind::Proof | Kind::Written | Kind::Transcript => of_chat(tx, desk, taken, kind, address).await,
        Kind::Alert | Kind::Digest | Kind::Test | Kind::Invitation | Kind::Reset => {
            team::of_team(tx, desk, taken, kind, address).await
        }
    }
}

/// Whether the address takes no mail, or wants none of this kind.
async fn refused(
    tx: &mut Tx,
    taken: &Taken,
    kind: Kind,
    address: &EmailAddress,
) -> Result<Option<&'static str>, Error> {
    let ws = taken.workspace_id;
    let Some(key) = thread_store::key(tx.conn(), ws).await? else { return Ok(None) };
    let known = outbox_store::known_address(tx.conn(), ws, &key.address_hash(address)).await?;
    let wanted = matches!(kind, Kind::Unread | Kind::Proof | Kind::Alert | Kind::Digest);
    Ok(match kind {
        Kind::Test | Kind::Invitation | Kind::Reset => None,
        _ if known.bounced_at.is_some() => Some("the address takes no mail: an earlier one came back"),
        _ if wanted && known.unsubscribed_at.is_some() => Some("the address wants no such mails"),
        _ => None,
    })
}

async fn of_chat(
    tx: &mut Tx,
    desk: &Desk,
    taken: &Taken,
    kind: Kind,
    address: EmailAddress,
) -> Result<Gathered, Error> {
    let material = match material(tx, desk, taken, address).await? {
        Ok(material) => material,
        Err(reason) => return Ok(Gathered::Void(reason)),
    };
    if kind != Kind::Written && material.hops > MOST_HOPS {
        return Ok(Gathered::Void("programs have answered one another too often"));
    }
    match kind {
        Kind::Unread => kinds::unread(tx, &material).await,
        Kind::Proof => kinds::proof(tx, &material).await,
        Kind::Written => kinds::written(tx, &material).await,
        _ => kinds::transcript(tx, &material).await,
    }
}

async fn material<'a>(
    tx: &mut Tx,
    desk: &'a Desk,
    taken: &'a Taken,
    address: EmailAddress,
) -> Result<Result<Material<'a>, &'static str>, Error> {
    let ws = taken.workspace_id;
    let Some(id) = taken.conversation_id else { return Ok(Err("it is of no conversation")) };
    let Some(conversation) = conversations::store::find(tx.conn(), ws, id).await? else {
        return Ok(Err("its conversation is gone"));
    };
    let reader = store::reader(tx.conn(), ws, conversation.visitor_id).await?;
    let site = sites::store::find(tx.conn(), ws, conversation.site_id).await?;
    let (Some(reader), Some(site)) = (reader, site) else { return Ok(Err("its conversation is gone")) };
    let Some(sender) = Sender::of(Some(&site), &desk.mail) else {
        return Ok(Err("nobody said what mails come from: set the site's address, or --mail-domain"));
    };
    let key = thread_store::ensure_key(tx, ws, &desk.random).await?;
    let thread = thread_store::ensure(tx, ws, id, &address).await?;
    let mut references = store::earlier_ids(
        tx.conn(),
        ws,
        id,
        address.as_str(),
        taken.id,
        i64::try_from(MOST_REFERENCES).unwrap_or(i64::MAX),
    )
    .await?;
    references.retain(|id| is_id(id));
    references.truncate(MOST_REFERENCES);
    references.reverse();
    let raw = store::last_received(tx.conn(), ws, id).await?.unwrap_or_default();
    let lang = [reader.locale.as_deref(), Some(site.locale.as_str())].into_iter().flatten().find_map(Lang::from_tag);
    Ok(Ok(Material {
        reply: key.reply(ws, thread.id),
        stop: key.unsubscribe(ws, thread.id),
        hops: hops(&raw).saturating_add(1),
        lang: lang.unwrap_or(Lang::En),
        desk,
        taken,
        site,
        sender,
        conversation,
        reader,
        address,
        references,
    }))
}

/// How often programs had answered one another when this mail was sent; 0 where it says nothing.
fn hops(raw: &[u8]) -> u32 {
    let head = &raw[..raw.len().min(64 * 1_024)];
    let text = String::from_utf8_lossy(head);
    let lines = text.lines().take_while(|line| !line.is_empty());
    let counts = lines.filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case(LOOP_HEADER).then(|| value.trim().parse().unwrap_or(u32::MAX))
    });
    counts.max().unwrap_or(0)
}

impl Material<'_> {
    pub(super) fn frame(&self, hint: &str, stops: bool) -> Frame {
        let words = self.lang.words();
        let why = words.say_with("mail-why-visitor", &[("site", self.site.name.as_str())]);
        let incoming = &self.desk.mail;
        Frame {
            unsubscribe: if stops { self.unsubscribe() } else { String::new() },
            reply: incoming.imap.is_some() || incoming.lmtp_listen.is_some() || incoming.inbound_secret.is_some(),
            hint: shortened(hint, HINT_CHARS),
            why,
            ..frame_of(Some(&self.site), self.lang)
        }
    }

    /// What the site says itself, in the reader's language.
    pub(super) fn own(&self, key: Key) -> Option<String> {
        self.site.own_words(self.lang, key).map(str::to_owned)
    }

    pub(super) fn unsubscribe(&self) -> String {
        format!("{}m/unsubscribe/{}", self.desk.public_url, self.stop)
    }

    pub(super) async fn link(&self, tx: &mut Tx, purpose: LinkPurpose) -> Result<String, Error> {
        let good_for = if purpose == LinkPurpose::Prove { PROVE_FOR } else { BACK_FOR };
        let new = NewLink {
            workspace_id: self.taken.workspace_id,
            purpose,
            visitor_id: self.conversation.visitor_id,
            conversation_id: self.conversation.id,
            address: &self.address,
            expires_at: tx.moment.now.plus(good_for),
        };
        let token = link_store::draw(tx, &self.desk.random, new).await?;
        Ok(format!("{}m/{token}", self.desk.public_url))
    }

    /// The newest texts up to a seq, the oldest first.
    pub(super) async fn texts(&self, tx: &mut Tx, up_to: i64, limit: i64) -> Result<Vec<Message>, Error> {
        let (workspace_id, conversation_id) = (self.taken.workspace_id, self.conversation.id);
        let scope = Scope { workspace_id, conversation_id, visitor: true };
        let rows = messages::before(tx.conn(), scope, up_to.saturating_add(1), limit).await?;
        let mut texts: Vec<Message> = rows.into_iter().map(messages::MessageRow::into_message).collect();
        texts.retain(|message| message.kind == MessageKind::Text && message.deleted_at.is_none());
        texts.reverse();
        if let Some(faces) = &self.desk.faces {
            texts.iter_mut().for_each(|message| faces.in_message(message));
        }
        Ok(texts)
    }

    pub(super) fn said(&self, message: &Message) -> Said {
        let words = self.lang.words();
        let name = message.author.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
        let author = match message.author.kind {
            AuthorKind::Visitor => words.say("mail-visitor"),
            _ => name.map_or_else(|| words.say("mail-nobody"), str::to_owned),
        };
        let at = Timestamp::parse_rfc3339(&message.created_at).map(|at| clock_time(self.desk.zone, at));
        Said { author, text: worded(message), at: at.unwrap_or_default() }
    }

    pub(super) fn earlier(&self, texts: &[Message]) -> Vec<Said> {
        let last = &texts[texts.len().saturating_sub(EARLIER)..];
        let short = |said: Said| Said { text: shortened(&said.text, EARLIER_CHARS), ..said };
        last.iter().map(|message| short(self.said(message))).collect()
    }

    /// `Ada (Shop)` where a person writes.
    pub(super) fn from(&self, agent: Option<&str>) -> (String, EmailAddress) {
        let name = agent.map(|agent| {
            let both = [("agent", agent), ("site", self.sender.name.as_str())];
            self.lang.words().say_with("mail-agent-at", &both)
        });
        (name.unwrap_or_else(|| self.sender.name.clone()), self.sender.address.clone())
    }

    pub(super) fn letter(
        &self,
        now: Timestamp,
        from: (String, EmailAddress),
        view: &impl Compose,
    ) -> Result<Letter, Error> {
        let composed = view.compose().map_err(|_| Error::Inconsistent("mails"))?;
        let reply_to = self.sender.reply_to(&self.reply);
        Ok(Letter {
            from,
            to: self.address.clone(),
            cc: Vec::new(),
            envelope_from: self.sender.envelope(reply_to.as_ref()),
            reply_to,
            message_id: self.taken.message_id.clone(),
            references: self.references.clone(),
            automatic: true,
            hops: self.hops,
            unsubscribe: None,
            at: now,
            composed,
        })
    }

    pub(super) fn signature(&self) -> String {
        self.site.settings.mail.signature.clone().unwrap_or_default().trim().to_owned()
    }
}

/// What all mails of a site, or of the desk, have.
pub(super) fn frame_of(site: Option<&Site>, lang: Lang) -> Frame {
    let own = site.and_then(|site| parse_colour(site.appearance.get("colour")?.as_str()?).ok());
    let colour = own.unwrap_or_else(|| COLOUR.to_owned());
    Frame {
        words: lang.words(),
        site: site.map_or("Deskbell", |site| &site.name).to_owned(),
        on_colour: colour::on(&colour),
        colour,
        hint: String::new(),
        reply: false,
        why: String::new(),
        unsubscribe: String::new(),
    }
}

/// A message's words; of what a bot shows as cards, their titles and texts.
fn worded(message: &Message) -> String {
    let mut text = message.text.clone();
    for card in message.cards.iter().flatten() {
        for part in [card.title.as_str(), card.text.as_deref().unwrap_or_default()] {
            if !part.is_empty() {
                text.push_str(if text.is_empty() { "" } else { "\n" });
                text.push_str(part);
            }
        }
    }
    text
}

fn shortened(text: &str, chars: usize) -> String {
    let mut short: String = text.chars().take(chars).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// A row's payload, as its kind has it.
pub(super) fn read<T: serde::de::DeserializeOwned>(taken: &Taken) -> Result<T, Error> {
    serde_json::from_str(&taken.payload).map_err(|_| Error::Inconsistent("mails"))
}
