//! What a visitor has not read in time becomes a mail: one, with all that is unread. What belongs to a mail
//! goes out at once. To an address that nobody proved goes nothing but a question, without a word that
//! somebody could choose, and not often.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::outbox::{self, Kind, NewMail};
use super::sender::{Sender, id_domain};
use super::writing::reading_store::{self as reading, Reader};
use super::{EmailAddress, outbox_store, payload, thread_store, waiting_store as store};
use crate::app::App;
use crate::clock::Random;
use crate::config::Config;
use crate::conversations::{self, Conversation, Error};
use crate::db::{Error as DbError, Tx};
use crate::ids::{ConversationId, VisitorId, WorkspaceId};
use crate::live::protocol::{AuthorKind, Message, MessageKind};
use crate::messages::store::{self as messages, Scope};
use crate::rate_limit::RateLimits;
use crate::sites::{self, Site};
use crate::writer::again;

/// How often it is looked what is due.
const LOOK: Duration = Duration::from_secs(1);
/// Conversations that are looked at in one round.
const ROUND: i64 = 200;
/// The newest messages of a conversation that are looked through for unread ones.
const LOOKED_THROUGH: i64 = 400;
/// An address is asked once in so long, by whomever it was given.
pub const NOTICE_EVERY: Duration = Duration::from_secs(24 * 3_600);
/// Addresses that are asked because of one visitor in [`NOTICE_EVERY`].
pub const MOST_PROOFS: i64 = 3;

/// What a look needs.
#[derive(Clone)]
struct Desk {
    config: Config,
    random: Random,
    limits: Arc<RateLimits>,
}

/// Looks, until the server stops.
pub async fn run(app: Arc<App>) {
    while !app.stopping.is_cancelled() {
        match round(&app).await {
            Ok(0) => {}
            Ok(_) => app.mailer.stir(),
            Err(error) => tracing::warn!(%error, "it could not be looked what is to go out by mail"),
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = app.stopping.cancelled() => {}
        }
    }
}

/// Does what is due now; how much it was.
async fn round(app: &Arc<App>) -> Result<usize, DbError> {
    let due = store::due(app.db.read().await?.conn(), app.clock.now(), ROUND).await?;
    let count = due.len();
    for (ws, id) in due {
        let desk =
            Desk { config: app.config.clone(), random: app.random.clone(), limits: Arc::clone(&app.rate_limits) };
        let look = again(move |tx: &mut Tx| {
            let desk = desk.clone();
            Box::pin(async move { look(tx, &desk, ws, id).await })
        });
        if let Err(error) = app.writer.run_again("unread to mail", look).await {
            tracing::warn!(%error, conversation = %id, "what is unread could not be mailed; it is tried again");
        }
    }
    Ok(count)
}

/// A conversation, and to whom its mails go.
struct Seen {
    conversation: Conversation,
    site: Site,
    reader: Reader,
    address: EmailAddress,
}

async fn look(tx: &mut Tx, desk: &Desk, ws: WorkspaceId, id: ConversationId) -> Result<(), Error> {
    let now = tx.moment.now;
    let Some(due) = store::take(tx.conn(), ws, id, now).await? else { return Ok(()) };
    let Some(seen) = see(tx, desk, ws, id, &due).await? else { return Ok(()) };
    let read = if due.channel == "mail" { 0 } else { reading::read_seq(tx.conn(), ws, id).await? };
    let after = due.mailed_seq.max(read);
    let new = answers(tx, &seen.conversation, after).await?;
    if due.channel == "mail" {
        for message in &new {
            enqueue_written(tx, desk, &seen, message).await?;
        }
    } else if !seen.reader.proved(seen.address.as_str()) {
        return if new.is_empty() && !due.asks_proof { Ok(()) } else { ask(tx, desk, &seen).await };
    } else if let Some(last) = new.last() {
        let payload = payload::Unread { after_seq: after, up_to_seq: last.seq };
        enqueue(tx, desk, &seen, Kind::Unread, json!(payload)).await?;
    }
    match new.last() {
        Some(last) => Ok(store::mailed(tx.conn(), ws, id, last.seq).await?),
        None => Ok(()),
    }
}

/// What mails need; none where there is nobody to send to, or nothing to send from. Who wants no more of what
/// comes by itself still gets what is written to them.
async fn see(
    tx: &mut Tx,
    desk: &Desk,
    ws: WorkspaceId,
    id: ConversationId,
    due: &store::Due,
) -> Result<Option<Seen>, Error> {
    let Some(conversation) = conversations::store::find(tx.conn(), ws, id).await? else { return Ok(None) };
    if conversation.is_test || conversation.is_practice || conversation.merged_into.is_some() {
        return Ok(None);
    }
    let site = sites::store::find(tx.conn(), ws, conversation.site_id).await?;
    let reader = reading::reader(tx.conn(), ws, conversation.visitor_id).await?;
    let (Some(site), Some(reader)) = (site, reader) else { return Ok(None) };
    let by_mail = due.channel == "mail";
    let address = address_of(&reader, due);
    let (Some(address), Some(_)) = (address, Sender::of(Some(&site), &desk.config.mail)) else { return Ok(None) };
    let key = thread_store::ensure_key(tx, ws, &desk.random).await?;
    let known = outbox_store::known_address(tx.conn(), ws, &key.address_hash(&address)).await?;
    let takes = known.bounced_at.is_none() && (by_mail || known.unsubscribed_at.is_none());
    Ok(takes.then_some(Seen { conversation, site, reader, address }))
}

/// Where mails of a conversation go: by mail, to whom it is by mail with. Whatever address its visitor gives in
/// the chat later changes nothing there, as nobody proved it.
fn address_of(reader: &Reader, due: &store::Due) -> Option<EmailAddress> {
    let theirs = reader.address().and_then(EmailAddress::parse);
    if due.channel != "mail" {
        return theirs;
    }
    let with = due.address.as_deref().and_then(EmailAddress::parse);
    with.or_else(|| theirs.filter(|address| reader.proved(address.as_str())))
}

/// What agents and bots said above a seq, the oldest first.
async fn answers(tx: &mut Tx, conversation: &Conversation, after: i64) -> Result<Vec<Message>, Error> {
    let (workspace_id, conversation_id) = (conversation.workspace_id, conversation.id);
    let scope = Scope { workspace_id, conversation_id, visitor: true };
    let rows = messages::before(tx.conn(), scope, i64::MAX, LOOKED_THROUGH).await?;
    let mut texts: Vec<Message> = rows.into_iter().map(messages::MessageRow::into_message).collect();
    texts.retain(|message| {
        let theirs = matches!(message.author.kind, AuthorKind::Agent | AuthorKind::Bot);
        theirs && message.seq > after && message.kind == MessageKind::Text && message.deleted_at.is_none()
    });
    texts.reverse();
    Ok(texts)
}

async fn enqueue(tx: &mut Tx, desk: &Desk, seen: &Seen, kind: Kind, payload: serde_json::Value) -> Result<(), DbError> {
    let new = NewMail {
        workspace_id: seen.conversation.workspace_id,
        kind,
        site_id: Some(seen.site.id),
        conversation_id: Some(seen.conversation.id),
        agent_id: None,
        address: seen.address.clone(),
        payload,
        due: tx.moment.now,
    };
    let domain = id_domain(Some(&seen.site), &desk.config);
    outbox::enqueue(tx, &desk.random, &domain, new).await.map(drop)
}

async fn enqueue_written(tx: &mut Tx, desk: &Desk, seen: &Seen, message: &Message) -> Result<(), DbError> {
    let mail = message.mail.clone().unwrap_or_default();
    let payload = payload::Written { message: message.id, subject: mail.subject, cc: mail.cc };
    enqueue(tx, desk, seen, Kind::Written, json!(payload)).await
}

/// Asks whether the address is the visitor's, unless it was asked lately, or too much is asked.
async fn ask(tx: &mut Tx, desk: &Desk, seen: &Seen) -> Result<(), Error> {
    let (ws, now) = (seen.conversation.workspace_id, tx.moment.now);
    let since = now.minus(NOTICE_EVERY);
    if store::proofs_of(tx.conn(), ws, seen.conversation.visitor_id, since).await? >= MOST_PROOFS {
        return Ok(());
    }
    let key = thread_store::ensure_key(tx, ws, &desk.random).await?;
    if desk.limits.proofs.check(&ws).is_err() {
        crate::metrics::mail(Kind::Proof.word(), "void");
        return Ok(());
    }
    if store::notice(tx.conn(), ws, &key.address_hash(&seen.address), now, since).await? {
        enqueue(tx, desk, seen, Kind::Proof, json!({})).await?;
    }
    Ok(())
}

/// The visitor left an address where nobody was there: they are asked whether it is theirs, so that an answer
/// finds its way later. Without a conversation there is nothing to answer yet.
pub async fn left_address(tx: &mut Tx, site: &Site, visitor: VisitorId) -> Result<(), DbError> {
    let (ws, now) = (site.workspace_id, tx.moment.now);
    let current = conversations::store::current_of_visitor(tx.conn(), ws, site.id, visitor).await?;
    match current {
        Some(current) if !current.is_test => store::look_now(tx.conn(), ws, current.id, true, now).await,
        _ => Ok(()),
    }
}
