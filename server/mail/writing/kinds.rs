//! The mails of a conversation, one function for each kind: what of the conversation is in it, and what its
//! headers say. Whether it may go out at all was looked at before, in [`super::gather`].

use super::gather::{Gathered, Material, read};
use super::reading_store as store;
use super::views::{Frame, Proof, Transcript, Unread, Written};
use crate::db::{Error, Tx};
use crate::live::protocol::{AuthorKind, Message};
use crate::mail::link_store::LinkPurpose;
use crate::mail::{EmailAddress, payload};
use crate::messages::store as messages;
use crate::sites::texts::Key;

/// Unread messages that one mail shows.
const MOST_UNREAD: usize = 50;
/// Messages of a transcript; older ones are left out, and the mail says so.
const MOST_TRANSCRIPT: usize = 1_000;
/// Messages that are looked through for what was not read.
const LOOKED_THROUGH: i64 = 400;

pub(super) async fn unread(tx: &mut Tx, material: &Material<'_>) -> Result<Gathered, Error> {
    let payload: payload::Unread = read(material.taken)?;
    let (ws, address) = (material.taken.workspace_id, material.address.as_str());
    let theirs = material.reader.address().and_then(EmailAddress::parse);
    if theirs.as_ref() != Some(&material.address) || !material.reader.proved(address) {
        return Ok(Gathered::Void("it is not the visitor's address any more"));
    }
    let after = store::read_seq(tx.conn(), ws, material.conversation.id).await?.max(payload.after_seq);
    let texts = material.texts(tx, payload.up_to_seq, LOOKED_THROUGH).await?;
    let is_new = |message: &Message| message.seq > after && message.author.kind != AuthorKind::Visitor;
    let first = texts.iter().position(is_new).unwrap_or(texts.len());
    let (earlier, rest) = texts.split_at(first);
    let new: Vec<&Message> = rest.iter().filter(|message| is_new(message)).collect();
    let Some(last) = new.last() else { return Ok(Gathered::Void("it was read in the chat")) };
    let agent = material.said(last);
    let is_person = last.author.kind == AuthorKind::Agent;
    let more = new.len().saturating_sub(MOST_UNREAD);
    let view = Unread {
        frame: material.frame(&agent.text, true),
        messages: new[more..].iter().map(|message| material.said(message)).collect(),
        more,
        earlier: material.earlier(earlier),
        link: material.link(tx, LinkPurpose::Back).await?,
        signature: material.signature(),
        again: !material.references.is_empty(),
        own_subject: material.own(Key::MailSubject),
        own_intro: material.own(Key::MailIntro),
        agent: agent.author,
    };
    let from = material.from(is_person.then_some(view.agent.as_str()));
    let mut letter = material.letter(tx.moment.now, from, &view)?;
    letter.unsubscribe = Some(material.unsubscribe());
    Ok(Gathered::Letter(Box::new(letter)))
}

pub(super) async fn proof(tx: &mut Tx, material: &Material<'_>) -> Result<Gathered, Error> {
    if material.reader.proved(material.address.as_str()) {
        return Ok(Gathered::Void("the address is proved already"));
    }
    // Nothing that a visitor chose is in it: neither words nor a name.
    let frame = Frame { why: String::new(), ..material.frame("", true) };
    let view = Proof {
        frame,
        own_intro: material.own(Key::MailProofIntro),
        link: material.link(tx, LinkPurpose::Prove).await?,
    };
    let mut letter = material.letter(tx.moment.now, material.from(None), &view)?;
    // Whoever reads it may be anybody: there is no way into the conversation from here.
    letter.reply_to = None;
    letter.references.clear();
    letter.unsubscribe = Some(material.unsubscribe());
    Ok(Gathered::Letter(Box::new(letter)))
}

pub(super) async fn written(tx: &mut Tx, material: &Material<'_>) -> Result<Gathered, Error> {
    let payload: payload::Written = read(material.taken)?;
    let ws = material.taken.workspace_id;
    let found = messages::find(tx.conn(), ws, payload.message).await?.map(messages::MessageRow::into_message);
    let Some(message) = found.filter(|message| message.deleted_at.is_none()) else {
        return Ok(Gathered::Void("what was to be sent was taken back"));
    };
    let subject = store::subject(tx.conn(), ws, material.conversation.id).await?;
    let of_channel = subject.map(|subject| answering(&subject));
    let words = material.lang.words();
    let plain = || words.say_with("mail-unread-subject", &[("site", material.site.name.as_str())]);
    let texts = material.texts(tx, message.seq - 1, LOOKED_THROUGH).await?;
    let said = material.said(&message);
    let view = Written {
        frame: material.frame("", false),
        subject: payload.subject.or(of_channel).unwrap_or_else(plain),
        earlier: material.earlier(&texts),
        signature: material.signature(),
        said,
    };
    let agent = message.author.kind == AuthorKind::Agent;
    let from = material.from(agent.then_some(view.said.author.as_str()));
    let mut letter = material.letter(tx.moment.now, from, &view)?;
    letter.cc = payload.cc.iter().filter_map(|copy| EmailAddress::parse(copy)).collect();
    letter.automatic = !agent;
    Ok(Gathered::Letter(Box::new(letter)))
}

/// `Re: ` once.
fn answering(subject: &str) -> String {
    let bare = subject.trim();
    let answers = bare.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("re:"));
    if answers { bare.to_owned() } else { format!("Re: {bare}") }
}

pub(super) async fn transcript(tx: &mut Tx, material: &Material<'_>) -> Result<Gathered, Error> {
    let payload: payload::Transcript = read(material.taken)?;
    if !material.reader.proved(material.address.as_str()) {
        return Ok(Gathered::Void("it is not the visitor's address any more"));
    }
    let texts = material.texts(tx, payload.up_to_seq, i64::try_from(MOST_TRANSCRIPT + 1).unwrap_or(i64::MAX)).await?;
    let more = texts.len().saturating_sub(MOST_TRANSCRIPT);
    let view = Transcript {
        frame: material.frame("", false),
        messages: texts[more..].iter().map(|message| material.said(message)).collect(),
        more,
        link: material.link(tx, LinkPurpose::Back).await?,
    };
    let letter = material.letter(tx.moment.now, material.from(None), &view)?;
    Ok(Gathered::Letter(Box::new(letter)))
}
