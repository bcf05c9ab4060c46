//! Where a mail belongs: the token in a reply address decides, then the ids that it answers, then the address
//! of a site. Whether we made a token or an id its HMAC says; who wrote the mail is not looked at here, and
//! what is altered, foreign or guessed is as if it were not there.

use std::sync::Arc;

use super::Incoming;
use crate::db::{Db, Error, Tx};
use crate::ids::{ConversationId, MailThreadId, WorkspaceId};
use crate::mail::outbox::Kind;
use crate::mail::token::Token;
use crate::mail::{EmailAddress, Purpose, outbox_store, thread_store};
use crate::sites::{Site, store as sites};

/// Where a mail belongs.
#[derive(Debug, Clone)]
pub enum Place {
    /// To a conversation that this address reads by mail.
    Thread {
        /// The tenant.
        workspace_id: WorkspaceId,
        /// Which conversation.
        conversation_id: ConversationId,
        /// To whom the reply address, or the mail that is answered, went.
        address: String,
    },
    /// To a site: it begins a conversation.
    Site(Arc<Site>),
    /// To nobody here.
    Nowhere,
}

impl Place {
    /// The tenant, if there is one.
    pub fn workspace(&self) -> Option<WorkspaceId> {
        match self {
            Self::Thread { workspace_id, .. } => Some(*workspace_id),
            Self::Site(site) => Some(site.workspace_id),
            Self::Nowhere => None,
        }
    }
}

/// Finds it.
pub async fn of(tx: &mut Tx, mail: &Incoming) -> Result<Place, Error> {
    for address in &mail.recipients {
        if let Some(place) = by_token(tx, address).await? {
            return Ok(place);
        }
    }
    for id in &mail.answers {
        if let Some(place) = by_message_id(tx, id).await? {
            return Ok(place);
        }
    }
    let sites = sites::all(tx.conn()).await?;
    let own = mail.recipients.iter().find_map(|address| sites.iter().find(|site| is_of(site, address)));
    Ok(own.map_or(Place::Nowhere, |site| Place::Site(Arc::new(site.clone()))))
}

async fn by_token(tx: &mut Tx, address: &EmailAddress) -> Result<Option<Place>, Error> {
    let Some(token) = Token::in_address(address) else { return Ok(None) };
    let Some(thread) = thread_store::find(tx.conn(), MailThreadId::from_uuid(token.id)).await? else { return Ok(None) };
    let Some(key) = thread_store::key(tx.conn(), thread.workspace_id).await? else { return Ok(None) };
    let made = key.made(thread.workspace_id, Purpose::Reply, &token);
    Ok(made.then_some(Place::Thread {
        workspace_id: thread.workspace_id,
        conversation_id: thread.conversation_id,
        address: thread.address,
    }))
}

/// The conversation of a mail of ours, by its id. Who answers the question whether an address is theirs is not
/// in a conversation: anybody may have given the address, and would read what they write.
async fn by_message_id(tx: &mut Tx, id: &str) -> Result<Option<Place>, Error> {
    let Some(mail) = own_mail(tx, id).await?.filter(|mail| mail.kind != Kind::Proof.word()) else { return Ok(None) };
    let thread =
        |conversation_id| Place::Thread { workspace_id: mail.workspace_id, conversation_id, address: mail.address };
    Ok(mail.conversation_id.map(thread))
}

/// A mail of ours, if we made its id.
pub async fn own_mail(tx: &mut Tx, id: &str) -> Result<Option<outbox_store::Named>, Error> {
    let Some(token) = Token::in_message_id(id) else { return Ok(None) };
    let Some(mail) = outbox_store::by_message_id(tx.conn(), id).await? else { return Ok(None) };
    let Some(key) = thread_store::key(tx.conn(), mail.workspace_id).await? else { return Ok(None) };
    let made = token.id == mail.id.uuid() && key.made(mail.workspace_id, Purpose::MessageId, &token);
    Ok(made.then_some(mail))
}

/// Whether this is the site's own address, or one with something behind a + in it.
pub fn is_of(site: &Site, address: &EmailAddress) -> bool {
    let Some(own) = site.settings.mail.address.as_deref().and_then(EmailAddress::parse) else { return false };
    let local = address.tag().map_or(address.local(), |(local, _)| local);
    own.domain() == address.domain() && (own.local() == local || own.local() == address.local())
}

/// The one website that has mail, if there is one: the only one with an address of its own; where none has one
/// and answers have a domain, the only one there is.
pub fn only<'a>(sites: &'a [Site], domain: Option<&str>) -> Option<&'a Site> {
    let all = || sites.iter().filter(|site| !site.is_preview);
    let mut own = all().filter(|site| site.settings.mail.address.is_some());
    match (own.next(), own.next()) {
        (Some(one), None) => Some(one),
        (Some(_), Some(_)) => None,
        (None, _) => {
            let mut any = all().filter(|_| domain.is_some());
            any.next().filter(|_| any.next().is_none())
        }
    }
}

/// Whether mail to this address may be for us: of the domain of reply addresses, or a site's own, or of the
/// domain of the only one.
pub async fn may_be_ours(db: &Db, address: &EmailAddress, domain: Option<&str>) -> Result<bool, Error> {
    if domain == Some(address.domain()) {
        return Ok(true);
    }
    let sites = sites::all(db.read().await?.conn()).await?;
    let own =
        |site: &Site| Some(EmailAddress::parse(site.settings.mail.address.as_deref()?)?.domain() == address.domain());
    // Where there is one website, whatever comes to its domain is for it.
    let only = only(&sites, domain).and_then(own).unwrap_or(false);
    Ok(only || sites.iter().any(|site| is_of(site, address)))
}
