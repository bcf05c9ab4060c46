//! Conversations over REST: looking at them, and beginning them for a visitor.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::web::{Bytes, Data};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::doing;
use super::paging::Paging;
use super::visitors::{NewVisitor, Newcomer, at, site_of};
use super::{Answer, Call, Fault, Reply, input};
use crate::app::App;
use crate::conversations::{self, Conversation as Row, Error, Moment, State, VisitorSend, page_store, store};
use crate::db::{Conn, Error as DbError, Tx};
use crate::ids::{AgentId, ConversationId, MessageId, QueueId, SiteId, VisitorId, WorkspaceId};
use crate::live::protocol::{Message, Page};
use crate::messages::{self, MessageText, Writer};
use crate::queues::store as queues;
use crate::routing::Priority;
use crate::routing::settle::settle;
use crate::sites::Site;
use crate::tags::store as tags;
use crate::visitors::{FirstAct, VisitorKey, list_store};

/// One visitor's thread.
#[derive(Debug, Serialize, ToSchema)]
pub struct Conversation {
    id: ConversationId,
    site_id: SiteId,
    pub(crate) visitor_id: VisitorId,
    /// Where it waits, or would wait.
    queue_id: QueueId,
    /// `bot`, `queued`, `assigned`, `snoozed` (keeps its owner) or `closed`.
    #[schema(pattern = "^(bot|queued|assigned|snoozed|closed)$")]
    state: &'static str,
    /// The agent who owns it, while assigned or snoozed.
    owner_agent_id: Option<AgentId>,
    /// Rises at every hand-over; commands name the one that they were made for.
    epoch: i64,
    /// The last change.
    rev: i64,
    /// The last text that everybody can see.
    last_seq: i64,
    /// `low`, `normal`, `high` or `urgent`.
    #[schema(pattern = "^(low|normal|high|urgent)$")]
    priority: &'static str,
    /// By their names.
    tags: Vec<String>,
    /// Since when the visitor waits for an answer.
    waiting_since: Option<String>,
    /// While it is snoozed.
    snoozed_until: Option<String>,
    first_answered_at: Option<String>,
    started_at: String,
    updated_at: String,
    closed_at: Option<String>,
    /// Where it went on, if it was merged away.
    merged_into: Option<ConversationId>,
}

impl Conversation {
    fn of(row: Row, tags: Vec<tags::Tag>) -> Self {
        let priority = Priority::ALL.into_iter().find(|priority| priority.number() == row.priority);
        Self {
            id: row.id,
            site_id: row.site_id,
            visitor_id: row.visitor_id,
            queue_id: row.queue_id,
            state: row.state.word(),
            owner_agent_id: row.owner_agent_id,
            epoch: row.epoch,
            rev: row.rev,
            last_seq: row.last_seq,
            priority: priority.unwrap_or(Priority::Normal).word(),
            tags: tags.into_iter().map(|tag| tag.name).collect(),
            waiting_since: at(row.waiting_since),
            snoozed_until: at(row.due_at.filter(|_| row.state == State::Snoozed)),
            first_answered_at: at(row.first_answered_at),
            started_at: row.started_at.rfc3339(),
            updated_at: row.updated_at.rfc3339(),
            closed_at: at(row.closed_at),
            merged_into: row.merged_into,
        }
    }
}

async fn shown(conn: Conn<'_>, ws: WorkspaceId, rows: Vec<Row>) -> Result<Vec<Conversation>, DbError> {
    let ids: Vec<ConversationId> = rows.iter().map(|row| row.id).collect();
    let mut tags = tags::of_conversations(conn, ws, &ids).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let of_it = tags.remove(&row.id).unwrap_or_default();
            Conversation::of(row, of_it)
        })
        .collect())
}

/// One of them.
pub(super) async fn one(mut conn: Conn<'_>, ws: WorkspaceId, id: ConversationId) -> Result<Conversation, Fault> {
    let row = store::find(conn.again(), ws, id).await?.ok_or_else(Fault::missing)?;
    shown(conn, ws, vec![row]).await?.pop().ok_or_else(Fault::missing)
}

/// One of them, for an event; none if it is gone.
pub(crate) async fn of_event(
    mut conn: Conn<'_>,
    ws: WorkspaceId,
    id: ConversationId,
) -> Result<Option<Conversation>, DbError> {
    let Some(row) = store::find(conn.again(), ws, id).await? else { return Ok(None) };
    Ok(shown(conn, ws, vec![row]).await?.pop())
}

/// The same at the end of a transaction: who waits is served first, so that the answer says who has it.
pub(super) async fn settled(tx: &mut Tx, ws: WorkspaceId, id: ConversationId) -> Result<Conversation, Fault> {
    settle(tx).await?;
    one(tx.conn(), ws, id).await
}

const STATES: [State; 5] = [State::Bot, State::Queued, State::Assigned, State::Snoozed, State::Closed];

/// `GET /api/v1/conversations`
pub async fn list(request: HttpRequest, app: Data<App>) -> Answer {
    let call = Call::reading(&app, &request).await?;
    let paging = Paging::of(&request, &["state", "queue_id", "site_id", "agent_id", "visitor_id"])?;
    let filters = paging.filters();
    let state = match filters.get("state") {
        None => None,
        Some(word) => {
            let known = STATES.into_iter().find(|state| state.word() == word);
            Some(known.ok_or_else(|| Fault::bad("state is bot, queued, assigned, snoozed or closed."))?)
        }
    };
    let wanted = page_store::Wanted {
        workspace_id: call.workspace(),
        state,
        queue: filters.parsed("queue_id")?,
        site: filters.parsed("site_id")?,
        agent: filters.parsed("agent_id")?,
        visitor: filters.parsed("visitor_id")?,
        before: paging.before.map(ConversationId::from_uuid),
        limit: paging.rows(),
    };
    let mut conn = call.read().await?;
    let rows = page_store::page(conn.conn(), &wanted).await?;
    let (page, next) = paging.cut(rows, |row| row.id.uuid());
    paging.answer(shown(conn.conn(), call.workspace(), page).await?, next)
}

/// `GET /api/v1/conversations/{conversation_id}`
pub async fn find(request: HttpRequest, app: Data<App>) -> Answer {
    let call = Call::reading(&app, &request).await?;
    let id = input::path_id(&request, "conversation_id")?;
    let found = one(call.read().await?.conn(), call.workspace(), id).await?;
    Ok(Reply::ok(&found)?.into_response())
}

/// A visitor's words, with which a conversation begins. A visitor has one open conversation: where there
/// is one, the words go there.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewConversation {
    /// The site; of a visitor who is known it is theirs.
    site_id: SiteId,
    /// Who writes, if they are known; else `visitor` says who they are, or they are a stranger.
    visitor_id: Option<VisitorId>,
    visitor: Option<NewPerson>,
    /// Becomes the id of the message; the same id again is the same message.
    id: Option<MessageId>,
    #[schema(min_length = 1, max_length = 8_000)]
    text: String,
    /// Where it is to wait, if not in the site's queue.
    queue_id: Option<QueueId>,
}

/// Who writes first, as for `POST /api/v1/visitors`.
#[derive(Debug, Default, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewPerson {
    #[schema(min_length = 1, max_length = 255)]
    external_id: Option<String>,
    #[schema(max_length = 200)]
    name: Option<String>,
    #[schema(max_length = 254)]
    email: Option<String>,
    #[schema(max_length = 50)]
    phone: Option<String>,
    #[schema(max_length = 35)]
    locale: Option<String>,
    #[schema(value_type = Option<Object>)]
    attributes: Option<serde_json::Map<String, serde_json::Value>>,
    consent: Option<bool>,
}

impl NewPerson {
    fn on(self, site_id: SiteId) -> NewVisitor {
        let Self { external_id, name, email, phone, locale, attributes, consent } = self;
        NewVisitor { site_id, external_id, name, email, phone, locale, attributes, consent }
    }
}

/// What a conversation begins with.
#[derive(Debug, Serialize, ToSchema)]
pub struct Started {
    conversation: Conversation,
    message: Message,
}

/// Who writes first.
#[derive(Clone)]
enum Author {
    Known(VisitorId),
    New(Box<Newcomer>),
}

/// What is to be said first, checked.
#[derive(Clone)]
struct Beginning {
    ws: WorkspaceId,
    site_id: SiteId,
    author: Author,
    id: MessageId,
    text: MessageText,
    queue_id: Option<QueueId>,
}

/// `POST /api/v1/conversations`
pub async fn start(request: HttpRequest, body: Bytes, app: Data<App>) -> Answer {
    let call = Call::writing(&app, &request, &body).await?;
    let NewConversation { site_id, visitor_id, visitor, id, text, queue_id } = call.json()?;
    let author = match (visitor_id, visitor) {
        (Some(_), Some(_)) => return Err(Fault::value("visitor", "and visitor_id name two people")),
        (Some(id), None) => Author::Known(id),
        (None, person) => {
            let person = person.unwrap_or_default();
            Author::New(Box::new(Newcomer::of(person.on(site_id), app.random.token())?))
        }
    };
    let text = MessageText::parse(text)?;
    let id = id.unwrap_or_else(|| MessageId::from_uuid(app.ids.draw()));
    let beginning = Beginning { ws: call.workspace(), site_id, author, id, text, queue_id };
    let operation = doing(move |tx: &mut Tx| Box::pin(begin(tx, beginning)));
    call.run("start conversation", operation).await
}

async fn begin(tx: &mut Tx, new: Beginning) -> Result<Reply, Fault> {
    let (ws, moment) = (new.ws, tx.moment.clone());
    let site = Arc::new(site_of(tx, ws, new.site_id).await?);
    if let Some((conversation, message)) = said_before(tx, &site, &new).await? {
        let conversation = one(tx.conn(), ws, conversation).await?;
        return Reply::made(&Started { conversation, message });
    }
    let first = match new.author {
        Author::New(newcomer) => {
            let first = newcomer.first();
            newcomer.add(tx, &site).await?;
            first
        }
        Author::Known(id) => device_of(tx, &site, id).await?,
    };
    if let Some(queue) = new.queue_id {
        choose_queue(tx, &moment, &site, &first, queue).await?;
    }
    let key = VisitorKey::new(site.id, &first.token_hash);
    let send =
        VisitorSend { site, key, first, id: new.id, text: new.text, reply_to: None, payload: None, flagged: None };
    let sent = conversations::send_as_visitor(tx, &moment, &send).await?;
    let conversation = settled(tx, ws, sent.conversation).await?;
    Reply::made(&Started { conversation, message: sent.message })
}

/// The message of this id, if the same words of the same author are stored under it. Who is new is not
/// looked up: a repeat describes them again.
async fn said_before(
    tx: &mut Tx,
    site: &Arc<Site>,
    new: &Beginning,
) -> Result<Option<(ConversationId, Message)>, Fault> {
    let Some(row) = messages::store::find(tx.conn(), new.ws, new.id).await? else { return Ok(None) };
    let conversation = store::find(tx.conn(), new.ws, row.conversation_id).await?.ok_or_else(Fault::missing)?;
    let Some(Writer::Visitor(author)) = row.writer() else { return Err(Error::IdReused.into()) };
    let theirs = match new.author {
        Author::Known(id) => id == conversation.visitor_id || id == author,
        Author::New(_) => true,
    };
    let first = FirstAct { token_hash: [0; 32], locale: None, page: Page::default() };
    let key = VisitorKey::new(site.id, &first.token_hash);
    let (site_id, site, text) = (site.id, Arc::clone(site), new.text.clone());
    let send = VisitorSend { site, key, first, id: new.id, text, reply_to: None, payload: None, flagged: None };
    let same = send.message(author, tx.moment.now).digest() == row.digest;
    if theirs && same && conversation.site_id == site_id {
        return Ok(Some((conversation.id, row.into_message())));
    }
    Err(Error::IdReused.into())
}

/// What a visitor who is known is found by.
pub(super) async fn device_of(tx: &mut Tx, site: &Site, id: VisitorId) -> Result<FirstAct, Fault> {
    let unknown = || Fault::value("visitor_id", "names nobody on this site");
    let (site_id, hash) = list_store::device(tx.conn(), site.workspace_id, id).await?.ok_or_else(unknown)?;
    if site_id != site.id {
        return Err(unknown());
    }
    let token_hash = hash.try_into().map_err(|_| DbError::Inconsistent("visitors"))?;
    Ok(FirstAct { token_hash, locale: None, page: Page::default() })
}

async fn choose_queue(
    tx: &mut Tx,
    moment: &Moment,
    site: &Site,
    first: &FirstAct,
    queue: QueueId,
) -> Result<(), Fault> {
    let queue = queues::find(tx.conn(), site.workspace_id, queue).await?;
    let queue = queue.ok_or_else(|| Fault::value("queue_id", "names no queue"))?;
    let visitor = crate::visitors::store::ensure(tx.conn(), site, first, moment).await?.id;
    conversations::choose_queue(tx, moment, site, visitor, &queue).await?;
    Ok(())
}
