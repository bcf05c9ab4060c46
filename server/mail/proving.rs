//! What the links in mails do: one proves that an address is the visitor's, one leads back into the
//! conversation on whichever device, and one says that the address wants no more. Looking at a link does
//! nothing, as programs that check mails look at all of them.

use std::sync::Arc;

use serde_json::json;

use super::link_store::{self, LinkPurpose, NewLink};
use super::sending::settling;
use super::token::{Purpose, Token};
use super::writing::BACK_FOR;
use super::{EmailAddress, outbox_store, thread_store, waiting_store as store};
use crate::agents;
use crate::clock::Random;
use crate::conversations::{self, Error};
use crate::db::{Conn, Error as DbError, Tx};
use crate::forms;
use crate::ids::{AgentId, MailThreadId, WorkspaceId};
use crate::sites::Site;
use crate::visitors::{self, FirstAct, trail_store};

/// Proves the address of a link, once; the link back into the conversation. What is unread goes out at once.
/// None where the link was used or has ended.
pub async fn prove(tx: &mut Tx, random: &Random, token: &str) -> Result<Option<String>, Error> {
    let now = tx.moment.now;
    let Some(link) = link_store::find(tx.conn(), token, now).await? else { return Ok(None) };
    if link.purpose != LinkPurpose::Prove.word() || !link_store::consume(tx, token).await? {
        return Ok(None);
    }
    let ws = link.workspace_id;
    let Some(address) = EmailAddress::parse(&link.address) else { return Ok(None) };
    let visitor = store::person(tx.conn(), ws, link.visitor_id).await?.unwrap_or(link.visitor_id);
    store::prove(tx.conn(), ws, visitor, address.as_str()).await?;
    let key = thread_store::ensure_key(tx, ws, random).await?;
    outbox_store::wants_mail(tx, ws, &key.address_hash(&address)).await?;
    let told = json!({"to": {"name": settling::masked(address.as_str())}});
    settling::say(tx, ws, link.conversation_id, "mail_proved", told).await?;
    store::look_now(tx.conn(), ws, link.conversation_id, false, now).await?;
    let back = NewLink {
        workspace_id: ws,
        purpose: LinkPurpose::Back,
        visitor_id: visitor,
        conversation_id: link.conversation_id,
        address: &address,
        expires_at: now.plus(BACK_FOR),
    };
    Ok(Some(link_store::draw(tx, random, back).await?))
}

/// What came of going back by a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Back {
    /// The device is the visitor's from now on.
    In,
    /// Somebody used the link on another device, or it has ended.
    Over,
    /// The browser is somebody's whom the website knows.
    AnotherPerson,
}

/// Makes a browser one of the visitor's devices. A link lets one browser in; that one may use it again.
pub async fn go_back(tx: &mut Tx, site: &Arc<Site>, first: &FirstAct, token: &str) -> Result<Back, Error> {
    let (moment, ws) = (tx.moment.clone(), site.workspace_id);
    let Some(link) = link_store::find(tx.conn(), token, moment.now).await? else { return Ok(Back::Over) };
    if link.purpose != LinkPurpose::Back.word() || link.workspace_id != ws {
        return Ok(Back::Over);
    }
    let Some(visitor) = store::person(tx.conn(), ws, link.visitor_id).await? else { return Ok(Back::Over) };
    // Who only tries used links leaves no row behind.
    let known = visitors::store::by_token(tx.conn(), site.id, &first.token_hash).await?;
    if known == Some(visitor) {
        return Ok(Back::In);
    }
    if link.used_at.is_some() {
        return Ok(Back::Over);
    }
    let device = visitors::store::ensure(tx.conn(), site, first, &moment).await?;
    if device.external_id.is_some() {
        return Ok(Back::AnotherPerson);
    }
    if !link_store::consume(tx, token).await? {
        return Ok(Back::Over);
    }
    visitors::store::merge_device(tx.conn(), ws, device.id, visitor, moment.now).await?;
    forms::store::hand_over(tx.conn(), ws, device.id, visitor).await?;
    trail_store::hand_over(tx.conn(), ws, device.id, visitor).await?;
    conversations::hand_over(tx, &moment, site, device.id, visitor).await?;
    Ok(Back::In)
}

/// Whose mails a token stops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stopping {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// Which address.
    pub address: String,
}

/// The address of a token by which somebody says that they want no more; none where we did not make it.
pub async fn stopping(mut conn: Conn<'_>, text: &str) -> Result<Option<Stopping>, DbError> {
    let Some(token) = Token::parse(text) else { return Ok(None) };
    let thread = thread_store::find(conn.again(), MailThreadId::from_uuid(token.id)).await?;
    let found = match thread {
        Some(thread) => Some((thread.workspace_id, thread.address)),
        None => agents::store::address_of(conn.again(), AgentId::from_uuid(token.id)).await?,
    };
    let Some((workspace_id, address)) = found else { return Ok(None) };
    let key = thread_store::key(conn, workspace_id).await?;
    let made = key.is_some_and(|key| key.made(workspace_id, Purpose::Unsubscribe, &token));
    Ok(made.then_some(Stopping { workspace_id, address }))
}

/// Nothing that comes by itself goes to the address any more.
pub async fn stop(tx: &mut Tx, stopping: &Stopping) -> Result<(), DbError> {
    let ws = stopping.workspace_id;
    let (Some(key), Some(address)) = (thread_store::key(tx.conn(), ws).await?, EmailAddress::parse(&stopping.address))
    else {
        return Ok(());
    };
    outbox_store::unsubscribe(tx, ws, &key.address_hash(&address)).await
}
