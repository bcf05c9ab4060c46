//! What stands in the agents' lists: conversations with what their rows show, read set-wise, each row
//! rendered once for each language.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use super::fragments;
use super::protocol::{Message, Row};
use super::session::AgentWho;
use crate::app::App;
use crate::clock::Timestamp;
use crate::conversations::fragments as html;
use crate::conversations::list_store::{self, Viewer};
use crate::conversations::{Conversation, Error, participant_store};
use crate::db::Conn;
use crate::ids::{AgentId, ConversationId, QueueId, TagId, WorkspaceId};
use crate::mail::channel_store;
use crate::messages::store as message_store;
use crate::queues::store as queues;
use crate::tags::store::{self as tags, Tag};
use crate::views::{Looked, View};
use crate::visitors;
use crate::words::Lang;

/// Rows of a list on a page, unless more are asked for.
pub const LIST_ROWS: i64 = 100;
/// Rows of a list at most.
pub const MOST_LIST_ROWS: i64 = 1_000;

/// A conversation with what its row shows.
pub struct Listed {
    /// The conversation.
    pub conversation: Conversation,
    /// The last text that everybody can see.
    pub last: Option<Message>,
    /// Where the visitor is.
    pub page_url: String,
    /// What it is about.
    pub tags: Vec<Tag>,
    /// The visitor's messages that no agent has read.
    pub unread: i64,
    /// Whether it began by mail.
    pub by_mail: bool,
    tag_ids: Vec<TagId>,
    json: [OnceLock<String>; Lang::ALL.len()],
}

impl Listed {
    /// For a template.
    pub fn view(&self) -> html::RowView {
        fragments::row_view(self)
    }

    /// The row as an item of a `rows` frame, rendered once for each language.
    pub fn json(&self, lang: Lang) -> &str {
        self.json[lang as usize].get_or_init(|| {
            crate::metrics::row_rendered();
            let row = Row { id: self.conversation.id, html: html::row(lang, &self.view()) };
            serde_json::to_string(&row).unwrap_or_default()
        })
    }

    /// Whether it stands in a list of this agent.
    pub fn is_in(&self, view: &View, agent: AgentId, now: Timestamp) -> bool {
        view.holds(&Looked { conversation: &self.conversation, tags: &self.tag_ids, by_mail: self.by_mail, now }, agent)
    }
}

/// Reads a list, of each of its parts at most `limit` rows.
pub async fn read(app: &App, viewer: Viewer, view: &View, limit: i64) -> Result<Vec<Listed>, Error> {
    let mut conn = app.db.read().await?;
    let conversations = list_store::list(conn.conn(), viewer, view, limit, app.clock.now()).await?;
    describe(conn.conn(), viewer.workspace_id, conversations).await
}

/// Reads what the rows of these conversations show.
pub async fn describe(
    mut conn: Conn<'_>,
    ws: WorkspaceId,
    conversations: Vec<Conversation>,
) -> Result<Vec<Listed>, Error> {
    let ids: Vec<ConversationId> = conversations.iter().map(|conversation| conversation.id).collect();
    let people: Vec<_> = conversations.iter().map(|conversation| conversation.visitor_id).collect();
    let mut last = message_store::last_texts(conn.again(), ws, &ids).await?;
    let mut pages = visitors::store::page_urls(conn.again(), ws, &people).await?;
    let mut tags = tags::of_conversations(conn.again(), ws, &ids).await?;
    let waits = conversations.iter().filter(|conversation| conversation.waiting_since.is_some());
    let waiting: Vec<ConversationId> = waits.map(|conversation| conversation.id).collect();
    let unread = message_store::unread(conn.again(), ws, &waiting).await?;
    let by_mail = channel_store::by_mail(conn, ws, &ids).await?;
    let listed = conversations.into_iter().map(|conversation| {
        let tags = tags.remove(&conversation.id).unwrap_or_default();
        Listed {
            last: last.remove(&conversation.id),
            page_url: pages.remove(&conversation.visitor_id).unwrap_or_default(),
            unread: unread.get(&conversation.id).copied().unwrap_or_default(),
            by_mail: by_mail.contains(&conversation.id),
            tag_ids: tags.iter().map(|tag| tag.id).collect(),
            tags,
            conversation,
            json: Default::default(),
        }
    });
    Ok(listed.collect())
}

/// Who may see some conversations: the rule of [`crate::conversations::access`], read once for all who
/// look.
pub struct Sights {
    serve: HashMap<QueueId, HashSet<AgentId>>,
    take_part: HashMap<ConversationId, HashSet<AgentId>>,
}

impl Sights {
    /// Reads who serves the queues of these conversations, and who takes part in them.
    pub async fn of(mut conn: Conn<'_>, ws: WorkspaceId, listed: &[Listed]) -> Result<Self, Error> {
        let mut serve = HashMap::new();
        for listed in listed {
            let queue = listed.conversation.queue_id;
            if let std::collections::hash_map::Entry::Vacant(place) = serve.entry(queue) {
                place.insert(queues::agents_of(conn.again(), ws, queue).await?.into_iter().collect());
            }
        }
        let ids: Vec<ConversationId> = listed.iter().map(|listed| listed.conversation.id).collect();
        let mut take_part: HashMap<ConversationId, HashSet<AgentId>> = HashMap::new();
        for (conversation, agent) in participant_store::agents_in(conn, ws, &ids).await? {
            take_part.entry(conversation).or_default().insert(agent);
        }
        Ok(Self { serve, take_part })
    }

    /// Whether this agent may see it.
    pub fn sees(&self, who: &AgentWho, conversation: &Conversation) -> bool {
        let agent = &who.agent;
        let named = |set: Option<&HashSet<AgentId>>| set.is_some_and(|set| set.contains(&agent.id));
        conversation.workspace_id == agent.workspace_id
            && (agent.role.sees_every_queue()
                || conversation.owner_agent_id == Some(agent.id)
                || named(self.serve.get(&conversation.queue_id))
                || named(self.take_part.get(&conversation.id)))
    }
}
