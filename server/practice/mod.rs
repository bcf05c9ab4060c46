//! Practice: a queue in which nobody real waits. Simulated customers ask there, answer what an agent
//! writes with the next line of their script, and ask to be let go at its end.
//!
//! Their chats are marked as tests, so that no number counts them, and are real in everything else: who has
//! one has one place less for others. The queue is served by hand, so that nobody gets such a chat unasked.
//! When a customer says the next line stands in the database; a restart goes on where it was.

pub mod console;
pub mod pages;
mod script;
mod store;

use std::sync::Arc;
use std::time::Duration;

use crate::audit::By;
use crate::clock::Timestamp;
use crate::conversations::{ActingAgent, Conversation, Error, VisitorSend, send_as_visitor};
use crate::db::{Db, Error as DbError, Tx};
use crate::ids::{ConversationId, MessageId, QueueId, WorkspaceId};
use crate::live::protocol::Page;
use crate::messages::MessageText;
use crate::queues::managing;
use crate::queues::store::{self as queues, Queue};
use crate::routing::Policy;
use crate::routing::line_store::{self, LineChanges};
use crate::sites::{OnClosed, Settings, Site, store as sites};
use crate::visitors::{self, FirstAct, VisitorKey};
use crate::words::Lang;
use crate::workspaces::Name;
use crate::writer::{Writer, again};

pub use script::Script;
pub use store::{first_due, queue};

/// Chats that one press starts, at most.
pub const MOST_AT_ONCE: usize = 3;
/// Open practice chats of a workspace, at most.
pub const MOST_OPEN: i64 = 30;
/// How long a customer thinks.
const THINKS: Duration = Duration::from_secs(2);
/// Customers who are looked at in one round.
const ROUND: i64 = 100;

/// Sets the queue up, with whoever does it in it; where there is one, nothing changes.
///
/// # Errors
/// `NotAllowed` for whoever does not administer, `ValueRefused` where another queue has its name.
pub async fn set_up(tx: &mut Tx, by: &ActingAgent, name: &Name) -> Result<QueueId, Error> {
    if !by.role.administers() {
        return Err(Error::NotAllowed("Owners and admins set up the practice queue."));
    }
    let ws = by.workspace_id;
    if let Some(queue) = store::queue(tx.conn(), ws).await? {
        return Ok(queue.id);
    }
    let id = match managing::add(tx, &By::Agent(by.clone()), name).await {
        Ok(id) => id,
        Err(managing::Error::Db(error)) => return Err(error.into()),
        Err(_) => {
            return Err(Error::ValueRefused { field: "name".to_owned(), why: "is another queue's.".to_owned() });
        }
    };
    store::mark(tx.conn(), ws, id).await?;
    let by_hand = LineChanges { policy: Some(Policy::Manual), answer_timeout_s: Some(0), ..LineChanges::default() };
    line_store::save_rules(tx.conn(), ws, id, &by_hand).await?;
    queues::add_agent(tx.conn(), ws, id, by.id).await?;
    Ok(id)
}

/// Starts a chat for each of these tokens, in this language.
///
/// # Errors
/// `NotFound` where there is no practice queue or the agent does not serve it, `ValueRefused` where too many
/// are open.
pub async fn start(tx: &mut Tx, by: &ActingAgent, lang: Lang, tokens: &[[u8; 32]]) -> Result<(), Error> {
    let ws = by.workspace_id;
    let queue = store::queue(tx.conn(), ws).await?.ok_or(Error::NotFound)?;
    if !queues::has_agent(tx.conn(), ws, queue.id, by.id).await? {
        return Err(Error::NotFound);
    }
    let open = store::open(tx.conn(), ws).await?;
    if open + i64::try_from(tokens.len()).unwrap_or(MOST_OPEN) > MOST_OPEN {
        return Err(Error::ValueRefused { field: "chats".to_owned(), why: "are too many".to_owned() });
    }
    let site = sites::of_workspace(tx.conn(), ws).await?.into_iter().next().ok_or(Error::NotFound)?;
    let begun = store::begun(tx.conn(), ws).await?;
    for (n, token) in (usize::try_from(begun).unwrap_or(0)..).zip(tokens) {
        let script = Script::nth(n);
        let sent = say(tx, &site, &queue, (script, lang, 0), token).await?;
        let Some((conversation, visitor)) = sent else { continue };
        let name = Some(script.customer(lang.words()));
        let changes = visitors::store::Changes { name, ..visitors::store::Changes::default() };
        visitors::tell(tx.conn(), ws, visitor, changes, None).await?;
        let chat = store::NewChat { token_hash: token, script: script.word(), locale: lang.tag() };
        store::insert(tx.conn(), ws, conversation, &chat).await?;
    }
    Ok(())
}

/// The customer says a line; none where the script has no more.
async fn say(
    tx: &mut Tx,
    site: &Site,
    queue: &Queue,
    (script, lang, step): (Script, Lang, usize),
    token: &[u8; 32],
) -> Result<Option<(ConversationId, crate::ids::VisitorId)>, Error> {
    let Some(line) = script.line(step, lang.words()) else { return Ok(None) };
    let moment = tx.moment.clone();
    let url = site.origins.first().map(|origin| format!("{origin}/checkout")).unwrap_or_default();
    let page = Page { url, ..Page::default() };
    let send = VisitorSend {
        key: VisitorKey::new(site.id, token),
        first: FirstAct { token_hash: *token, locale: Some(lang.tag().to_owned()), page },
        id: MessageId::from_uuid(moment.ids.draw()),
        text: MessageText::parse(&line).map_err(|why| Error::Invalid(why.to_string()))?,
        reply_to: None,
        payload: None,
        flagged: None,
        // What the site asks first, nobody is there to answer.
        site: Arc::new(Site {
            queue_id: queue.id,
            settings: Settings::default(),
            on_closed: OnClosed::New,
            is_preview: true,
            ..site.clone()
        }),
    };
    let sent = send_as_visitor(tx, &moment, &send).await?;
    Ok(sent.visitor.map(|visitor| (sent.conversation, visitor)))
}

/// An agent wrote to the visitor: if that is a customer, they think about it.
pub async fn heard(tx: &mut Tx, conversation: &Conversation) -> Result<(), Error> {
    if conversation.is_test {
        let due = tx.moment.now.plus(THINKS);
        store::hear(tx.conn(), conversation.workspace_id, conversation.id, due).await?;
    }
    Ok(())
}

/// Lets everybody speak whose time it is. What cannot be done is logged and tried again in the next round.
pub async fn run_due(db: &Db, writer: &Writer, now: Timestamp) -> Result<(), Error> {
    for (ws, conversation) in store::due(db.read().await?.conn(), now, ROUND).await? {
        let operation = again(move |tx: &mut Tx| Box::pin(come_due(tx, ws, conversation)));
        if let Err(error) = writer.run_again("practice", operation).await {
            tracing::warn!(%error, "a practice chat could not go on");
        }
    }
    Ok(())
}

/// The customer of this chat says their next line, if it is still time for it.
pub async fn come_due(tx: &mut Tx, ws: WorkspaceId, conversation: ConversationId) -> Result<(), Error> {
    let now = tx.moment.now;
    let Some(chat) = store::find(tx.conn(), ws, conversation).await? else { return Ok(()) };
    if chat.due_at.is_none_or(|due| due > now) {
        return Ok(());
    }
    let (site, queue) = (sites::find(tx.conn(), ws, chat.site_id).await?, store::queue(tx.conn(), ws).await?);
    let script = Script::parse(&chat.script).zip(Lang::from_tag(&chat.locale));
    let (Some(site), Some(queue), Some((script, lang)), false) = (site, queue, script, chat.closed) else {
        return Ok(store::rest(tx.conn(), ws, conversation).await?);
    };
    let step = usize::try_from(chat.step).unwrap_or(usize::MAX);
    let said = say(tx, &site, &queue, (script, lang, step), &chat.token_hash()?).await?;
    // Only now: the conversation is locked before this row, as where an agent writes.
    let next = chat.step + i64::from(said.is_some());
    if store::go_on(tx.conn(), ws, conversation, chat.step, next).await? { Ok(()) } else { Err(DbError::Moved.into()) }
}
