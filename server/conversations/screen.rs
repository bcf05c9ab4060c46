//! One request for a page of the console: who asks, which list and which panes they have open, and
//! the page that shows it.

use actix_web::HttpRequest;

use super::fragments::{ComposeMail, ComposerView, Counts, FilterMenu, Index, Notice, Opened, Pane, TabView, groups};
use super::list_store::{self, Viewer};
use super::{ActingAgent, Conversation, Error, access as conversation_access, store};
use crate::agents::pages::{AgentChip, Page};
use crate::agents::session_store::SessionRow;
use crate::app::App;
use crate::db::Conn;
use crate::drafts;
use crate::http::access;
use crate::http::page::{self, PageRefusal};
use crate::ids::ConversationId;
use crate::live::begin::acting;
use crate::live::fragments as fill;
use crate::live::listing::{self, Listed};
use crate::live::protocol::PAGE_MESSAGES;
use crate::mail::{channel_store, composing};
use crate::messages::store::{self as message_store, MessageRow, Scope};
use crate::views::menu::filter_menu;
use crate::views::{View, store as views};
use crate::words::Words;

/// Conversations side by side, at most.
pub const MOST_PANES: usize = 4;

/// See the module.
pub struct Screen<'a> {
    pub request: &'a HttpRequest,
    pub app: &'a App,
    pub row: &'a SessionRow,
    pub view: View,
    /// Rows of each part of the list.
    pub rows: i64,
    /// The conversations that stand side by side, in this order; the one that is asked for among them.
    pub beside: Vec<ConversationId>,
}

/// The composer of a conversation that is by mail has a subject and copies; what was typed of them stays.
async fn by_mail(
    conn: Conn<'_>,
    conversation: &Conversation,
    composer: ComposerView,
) -> Result<ComposerView, PageRefusal> {
    let Some(writing) = channel_store::writing(conn, conversation.workspace_id, conversation.id).await? else {
        return Ok(ComposerView { mail: None, ..composer });
    };
    let (to, usual) = (writing.address, composing::answering(&writing.subject));
    let mail = match composer.mail {
        Some(typed) => ComposeMail { to, ..typed },
        None => ComposeMail { to, subject: usual, cc: String::new() },
    };
    Ok(ComposerView { mail: Some(mail), ..composer })
}

impl<'a> Screen<'a> {
    /// For what is no page of the inbox: no list and nothing beside it.
    pub const fn plain(request: &'a HttpRequest, app: &'a App, row: &'a SessionRow) -> Self {
        Self { request, app, row, view: View::Mine, rows: 0, beside: Vec::new() }
    }
}

impl Screen<'_> {
    /// The refusal in the reader's language.
    pub fn refuse(&self, error: &Error) -> PageRefusal {
        PageRefusal::new(access::lang(self.request), error.into())
    }

    /// Who asks, for commands.
    pub fn agent(&self) -> ActingAgent {
        acting(self.row)
    }

    fn viewer(&self) -> Viewer {
        Viewer { workspace_id: self.row.workspace_id, agent_id: self.row.agent_id, role: self.row.role }
    }

    /// The conversation of this id, if the agent may see it.
    ///
    /// # Errors
    /// [`Error::NotFound`] for one that is not there or not theirs to see.
    pub async fn conversation(&self, id: &str) -> Result<Conversation, PageRefusal> {
        let id: ConversationId = id.parse().map_err(|_| self.refuse(&Error::NotFound))?;
        self.visible(id).await?.ok_or_else(|| self.refuse(&Error::NotFound))
    }

    async fn visible(&self, id: ConversationId) -> Result<Option<Conversation>, PageRefusal> {
        let mut conn = self.app.db.read().await?;
        let Some(conversation) = store::find(conn.conn(), self.row.workspace_id, id).await? else { return Ok(None) };
        match conversation_access::check(conn.conn(), &self.agent(), &conversation).await {
            Ok(()) => Ok(Some(conversation)),
            Err(Error::NotFound) => Ok(None),
            Err(error) => Err(self.refuse(&error)),
        }
    }

    /// One conversation with its newest messages, or those before a seq.
    pub async fn pane(
        &self,
        conversation: &Conversation,
        before: Option<i64>,
        composer: ComposerView,
    ) -> Result<Pane, PageRefusal> {
        let view = fill::pane_view(self.app, conversation).await?;
        let scope = Scope { workspace_id: conversation.workspace_id, conversation_id: conversation.id, visitor: false };
        let mut conn = self.app.db.read().await?;
        let before = before.unwrap_or(i64::MAX);
        let mut rows = message_store::before(conn.conn(), scope, before, PAGE_MESSAGES + 1).await?;
        let page = usize::try_from(PAGE_MESSAGES).unwrap_or(usize::MAX);
        let more = rows.len() > page;
        rows.truncate(page);
        let messages: Vec<_> = rows
            .into_iter()
            .rev()
            .map(MessageRow::into_message)
            .map(|message| fill::message_view(conversation, &message))
            .collect();
        let earlier = messages.first().filter(|_| more).map(|first| first.seq);
        let owner = (conversation.workspace_id, self.row.agent_id);
        let composer = drafts::into_composer(conn.conn(), owner, conversation.id, composer).await?;
        let composer = by_mail(conn.conn(), conversation, composer).await?;
        let message_id = if composer.message_id.is_empty() {
            self.app.ids.draw().hyphenated().to_string()
        } else {
            composer.message_id.clone()
        };
        let (on, without) = (true, self.address_without(conversation.id));
        let past = super::past::of(self.app, &self.agent(), conversation).await.map_err(|error| self.refuse(&error))?;
        Ok(Pane { view, past, messages, earlier, composer: ComposerView { message_id, ..composer }, on, without })
    }

    /// This pane and those beside it. What is gone or not theirs to see is left out.
    async fn side_by_side(&self, main: Pane) -> Result<Vec<Pane>, PageRefusal> {
        let mut main = Some(main);
        let mut panes = Vec::new();
        for id in &self.beside {
            if main.as_ref().is_some_and(|pane| pane.view.id == id.to_string()) {
                panes.extend(main.take());
            } else if let Some(conversation) = self.visible(*id).await? {
                let pane = self.pane(&conversation, None, ComposerView::default()).await?;
                panes.push(Pane { on: false, ..pane });
            }
        }
        let rest = MOST_PANES - usize::from(main.is_some());
        panes.truncate(rest);
        panes.splice(0..0, main);
        Ok(panes)
    }

    /// The page's frame, with the agent's own state and load.
    pub async fn frame(&self) -> Page {
        let agent = AgentChip::read(self.app, self.row).await;
        page::frame(access::lang(self.request), self.row.csrf.clone()).of(agent)
    }

    /// The whole page.
    pub async fn index(&self, pane: Option<Pane>, notice: Option<Notice>) -> Result<Index, PageRefusal> {
        let listed = listing::read(self.app, self.viewer(), &self.view, self.rows).await?;
        let counts = list_store::counts(self.app.db.read().await?.conn(), self.viewer()).await?;
        let panes = match pane {
            Some(pane) => self.side_by_side(pane).await?,
            None => Vec::new(),
        };
        let page = self.frame().await;
        let views = listed.iter().map(Listed::view).collect();
        let (tabs, filter) = self.head(page.words, &counts).await?;
        let (mine, waiting) = (counts.mine, counts.waiting);
        let oldest_waiting_since = counts.oldest.map(crate::clock::Timestamp::rfc3339);
        let counts = Counts { mine, waiting, oldest_waiting_since };
        let mut groups = groups(views, &self.row.agent_id.to_string());
        for group in &mut groups {
            group.cut = i64::try_from(group.rows.len()).unwrap_or(i64::MAX) >= self.rows;
        }
        let (view, query) = (self.view.clone(), self.query());
        let writes_mail = self.app.config.mail.smtp.is_some();
        Ok(Index { page, view, tabs, filter, query, counts, groups, panes, letter: None, writes_mail, notice })
    }

    /// The tabs, with the views that the agent keeps, and the menu of filters.
    async fn head(
        &self,
        words: &'static Words,
        counts: &list_store::ListCounts,
    ) -> Result<(Vec<TabView>, FilterMenu), PageRefusal> {
        let mut conn = self.app.db.read().await?;
        let saved = views::of_agent(conn.conn(), self.row.workspace_id, self.row.agent_id).await?;
        let menu = filter_menu(conn.conn(), self.row, &self.view, words).await?;
        let mut all: Vec<View> = View::TABS.to_vec();
        all.extend(saved.into_iter().map(|view| View::Saved(std::sync::Arc::new(view))));
        if matches!(self.view, View::Filtered(_)) {
            all.push(self.view.clone());
        }
        let tab = |view: View| TabView {
            word: view.to_string(),
            title: view.title(words),
            count: match view {
                View::Mine => Some(counts.mine),
                View::Waiting => Some(counts.waiting),
                _ => None,
            },
            on: view.to_string() == self.view.to_string(),
        };
        Ok((all.into_iter().map(tab).collect(), menu))
    }

    /// One pane with its side panel, for a page that is open already.
    pub async fn opened(&self, pane: Pane) -> Opened {
        Opened { page: self.frame().await, query: self.query(), pane }
    }

    /// `?view=mine`, with the panes that stand side by side.
    fn query(&self) -> String {
        self.query_of(&self.beside)
    }

    fn query_of(&self, beside: &[ConversationId]) -> String {
        let view: String = url::form_urlencoded::byte_serialize(self.view.to_string().as_bytes()).collect();
        let ids: Vec<String> = beside.iter().map(ToString::to_string).collect();
        if ids.len() < 2 { format!("?view={view}") } else { format!("?view={view}&beside={}", ids.join(",")) }
    }

    /// The page with this conversation in focus.
    pub fn address(&self, id: ConversationId) -> String {
        format!("/console/conversations/{id}{}", self.query())
    }

    /// The page with this pane shut.
    fn address_without(&self, id: ConversationId) -> String {
        let rest: Vec<ConversationId> = self.beside.iter().copied().filter(|other| *other != id).collect();
        let path = rest.first().map(|first| format!("/{first}")).unwrap_or_default();
        format!("/console/conversations{path}{}", self.query_of(&rest))
    }
}
