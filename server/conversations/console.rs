//! The agents' pages: a list, one conversation beside it, and the plain forms that do what the
//! script does over its socket.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::fragments::{ComposerView, Counts, Index, Notice, Pane, Refusal, View as Tab, groups};
use super::list_store::{self, View, Viewer};
use super::{ActingAgent, AgentSend, Conversation, Error, access as conversation_access, store};
use crate::agents::pages::AgentChip;
use crate::agents::session_store::SessionRow;
use crate::app::App;
use crate::http::access;
use crate::http::page::{self, PageRefusal};
use crate::ids::{ConversationId, MessageId};
use crate::live::begin::acting;
use crate::live::owning::Owning;
use crate::live::protocol::{MAX_TEXT_CHARS, MessageKind, PAGE_MESSAGES};
use crate::live::{fragments as fill, rows};
use crate::messages::MessageText;
use crate::messages::store::{self as message_store, MessageRow, Scope};
use crate::writer::{again, op};

/// What an address of the console may ask for.
#[derive(Deserialize)]
pub struct ListQuery {
    view: Option<String>,
    before: Option<i64>,
}

impl ListQuery {
    fn tab(&self) -> Tab {
        self.view.as_deref().and_then(Tab::from_name).unwrap_or(Tab::Waiting)
    }
}

macro_rules! agent_or_sign_in {
    ($app:expr, $request:expr) => {
        match page::signed_in($app, $request).await? {
            Ok(row) => row,
            Err(to_sign_in) => return Ok(to_sign_in),
        }
    };
}

/// `GET /console`
pub async fn start(request: HttpRequest, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let _row = agent_or_sign_in!(&app, &request);
    Ok(page::see_other("/console/conversations?view=waiting"))
}

/// `GET /console/conversations?view=…`
pub async fn list(request: HttpRequest, query: Query<ListQuery>, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let row = agent_or_sign_in!(&app, &request);
    let screen = Screen { request: &request, app: &app, row: &row, tab: query.tab() };
    screen.show(StatusCode::OK, None, None).await
}

/// `GET /console/conversations/{id}?view=…`
pub async fn open(
    request: HttpRequest,
    id: Path<String>,
    query: Query<ListQuery>,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    let row = agent_or_sign_in!(&app, &request);
    let screen = Screen { request: &request, app: &app, row: &row, tab: query.tab() };
    let conversation = screen.conversation(&id).await?;
    let pane = screen.pane(&conversation, query.before, ComposerView::default()).await?;
    screen.show(StatusCode::OK, Some(pane), None).await
}

/// One request for a page of the console.
struct Screen<'a> {
    request: &'a HttpRequest,
    app: &'a App,
    row: &'a SessionRow,
    tab: Tab,
}

impl Screen<'_> {
    fn refuse(&self, error: &Error) -> PageRefusal {
        PageRefusal::new(access::lang(self.request), error.into())
    }

    fn agent(&self) -> ActingAgent {
        acting(self.row)
    }

    fn viewer(&self) -> Viewer {
        Viewer { workspace_id: self.row.workspace_id, agent_id: self.row.agent_id, role: self.row.role }
    }

    async fn conversation(&self, id: &str) -> Result<Conversation, PageRefusal> {
        let id: ConversationId = id.parse().map_err(|_| self.refuse(&Error::NotFound))?;
        let mut conn = self.app.db.read().await?;
        let found = store::find(conn.conn(), self.row.workspace_id, id).await?;
        let conversation = found.ok_or_else(|| self.refuse(&Error::NotFound))?;
        conversation_access::check(conn.conn(), &self.agent(), &conversation)
            .await
            .map_err(|error| self.refuse(&error))?;
        Ok(conversation)
    }

    async fn pane(
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
        let message_id = if composer.message_id.is_empty() {
            self.app.ids.draw().hyphenated().to_string()
        } else {
            composer.message_id.clone()
        };
        Ok(Pane { view, messages, earlier, composer: ComposerView { message_id, ..composer } })
    }

    async fn show(
        &self,
        status: StatusCode,
        pane: Option<Pane>,
        notice: Option<Notice>,
    ) -> Result<HttpResponse, PageRefusal> {
        let view = View::parse(self.tab.name()).unwrap_or(View::Waiting);
        let listed = rows::read_list(self.app, self.viewer(), view).await?;
        let counts = list_store::counts(self.app.db.read().await?.conn(), self.viewer()).await?;
        let agent = AgentChip {
            id: self.row.agent_id.to_string(),
            name: self.row.name.clone(),
            load: counts.mine,
            capacity: 0,
        };
        let frame = page::frame(access::lang(self.request), self.row.csrf.clone()).of(agent);
        let views = listed.iter().map(rows::Listed::view).collect();
        let counts = Counts {
            mine: counts.mine,
            waiting: counts.waiting,
            oldest_waiting_since: counts.oldest.map(crate::clock::Timestamp::rfc3339),
        };
        let groups = groups(views, &self.row.agent_id.to_string());
        Ok(page::page(status, &Index { page: frame, view: self.tab, counts, groups, pane, notice }))
    }

    fn address(&self, id: ConversationId) -> String {
        format!("/console/conversations/{id}?view={}", self.tab.name())
    }
}

/// What every form of a command on the owner has.
#[derive(Deserialize)]
pub struct Posted {
    /// The session's token.
    pub csrf: String,
    /// The owner that the agent saw.
    pub epoch: i64,
}

/// `POST /console/conversations/{id}/take`
pub async fn take(
    request: HttpRequest,
    id: Path<String>,
    query: Query<ListQuery>,
    form: Form<Posted>,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    command(request, id, query, form.into_inner(), app, Ok(Owning::Take)).await
}

/// `POST /console/conversations/{id}/close`
pub async fn close(
    request: HttpRequest,
    id: Path<String>,
    query: Query<ListQuery>,
    form: Form<Posted>,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    command(request, id, query, form.into_inner(), app, Ok(Owning::Close)).await
}

/// `POST /console/conversations/{id}/reopen`
pub async fn reopen(
    request: HttpRequest,
    id: Path<String>,
    query: Query<ListQuery>,
    form: Form<Posted>,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    command(request, id, query, form.into_inner(), app, Ok(Owning::Reopen)).await
}

/// Does what the form says, if it says anything, and shows the conversation as it is then.
pub(crate) async fn command(
    request: HttpRequest,
    id: Path<String>,
    query: Query<ListQuery>,
    form: Posted,
    app: Data<App>,
    owning: Result<Owning, Error>,
) -> Result<HttpResponse, PageRefusal> {
    let row = agent_or_sign_in!(&app, &request);
    page::check_form(&app, &request, &row, &form.csrf)?;
    let screen = Screen { request: &request, app: &app, row: &row, tab: query.tab() };
    let conversation = screen.conversation(&id).await?;
    let owning = owning.map_err(|error| screen.refuse(&error))?;
    let (agent, target, epoch) = (screen.agent(), conversation.id, form.epoch);
    let operation = again(move |tx| {
        Box::pin(async move {
            let moment = tx.moment.clone();
            owning.run(tx, &moment, &agent, target, Some(epoch)).await
        })
    });
    match app.writer.run_again("command", operation).await {
        Ok(_) => Ok(page::see_other(&screen.address(target))),
        Err(error) => {
            let notice = match &error {
                Error::OwnerChanged { owner: Some(owner), .. } => match &owner.name {
                    Some(agent) if owner.kind == crate::live::protocol::OwnerKind::Agent => {
                        Notice::Taken { agent: agent.clone() }
                    }
                    _ => Notice::Stale,
                },
                Error::OwnerChanged { .. } | Error::Closed => Notice::Stale,
                Error::AnotherOpen | Error::NotThere(_) => Notice::Other { detail: screen.detail(&error) },
                _ => return Err(screen.refuse(&error)),
            };
            let now = screen.conversation(&id).await?;
            let pane = screen.pane(&now, None, ComposerView::default()).await?;
            screen.show(StatusCode::CONFLICT, Some(pane), Some(notice)).await
        }
    }
}

/// The composer's form.
#[derive(Deserialize)]
pub struct SendForm {
    csrf: String,
    id: String,
    text: String,
    #[serde(default)]
    seen_seq: Option<i64>,
    #[serde(default)]
    force: Option<String>,
    #[serde(default)]
    kind: Option<String>,
}

/// `POST /console/conversations/{id}/send`
pub async fn send(
    request: HttpRequest,
    id: Path<String>,
    query: Query<ListQuery>,
    form: Form<SendForm>,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    let kind = if form.kind.as_deref() == Some("note") { MessageKind::Note } else { MessageKind::Text };
    say(request, id, query, form.into_inner(), app, kind).await
}

/// `POST /console/conversations/{id}/note`
pub async fn note(
    request: HttpRequest,
    id: Path<String>,
    query: Query<ListQuery>,
    form: Form<SendForm>,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    say(request, id, query, form.into_inner(), app, MessageKind::Note).await
}

async fn say(
    request: HttpRequest,
    id: Path<String>,
    query: Query<ListQuery>,
    form: SendForm,
    app: Data<App>,
    kind: MessageKind,
) -> Result<HttpResponse, PageRefusal> {
    let row = agent_or_sign_in!(&app, &request);
    page::check_form(&app, &request, &row, &form.csrf)?;
    let screen = Screen { request: &request, app: &app, row: &row, tab: query.tab() };
    let conversation = screen.conversation(&id).await?;
    let message_id: MessageId =
        form.id.parse().map_err(|_| screen.refuse(&Error::Invalid("The message has no id.".to_owned())))?;
    // Browsers send line ends as CR LF; the log has LF, as it does from the socket.
    let outcome = match MessageText::parse(form.text.replace("\r\n", "\n")) {
        Ok(text) => {
            let send = AgentSend {
                agent: screen.agent(),
                conversation: conversation.id,
                kind,
                id: message_id,
                text,
                reply_to: None,
                seen_seq: form.seen_seq,
                force: form.force.is_some(),
            };
            let operation = op(move |tx| {
                Box::pin(async move {
                    let moment = tx.moment.clone();
                    super::send_as_agent(tx, &moment, &send).await
                })
            });
            app.writer.run("agent send", operation).await
        }
        Err(error) => Err(error),
    };
    match outcome {
        Ok(_) => Ok(page::see_other(&screen.address(conversation.id))),
        Err(error) => screen.refused_send(&id, form, kind, &error).await,
    }
}

impl Screen<'_> {
    fn detail(&self, error: &Error) -> String {
        crate::live::protocol::Problem::from(error).detail
    }

    /// The page again, with the typed text kept and why it did not go out.
    async fn refused_send(
        &self,
        id: &str,
        form: SendForm,
        kind: MessageKind,
        error: &Error,
    ) -> Result<HttpResponse, PageRefusal> {
        let refusal = match error {
            Error::AnsweredMeanwhile(items) => {
                let last = items.last();
                Refusal::Answered {
                    agent: last.and_then(|message| message.author.name.clone()).unwrap_or_default(),
                    text: last.map(|message| message.text.clone()).unwrap_or_default(),
                }
            }
            Error::TextTooLong(chars) => {
                Refusal::TooLong { over: i64::try_from(chars.saturating_sub(MAX_TEXT_CHARS)).unwrap_or(i64::MAX) }
            }
            Error::RateLimited(seconds) | Error::Gated(seconds) => {
                Refusal::TooFast { seconds: i64::try_from(*seconds).unwrap_or(i64::MAX) }
            }
            Error::TextMissing => Refusal::Empty,
            Error::Closed => Refusal::Closed,
            Error::NotFound => return Err(self.refuse(error)),
            other => Refusal::Other { detail: self.detail(other) },
        };
        let status = crate::live::protocol::Problem::from(error).status;
        let conversation = self.conversation(id).await?;
        // A used id cannot be sent with another text: the next try gets a new one.
        let message_id = if matches!(error, Error::IdReused) { String::new() } else { form.id };
        let composer =
            ComposerView { message_id, text: form.text, note: kind == MessageKind::Note, refusal: Some(refusal) };
        let pane = self.pane(&conversation, None, composer).await?;
        self.show(StatusCode::from_u16(status).unwrap_or(StatusCode::CONFLICT), Some(pane), None).await
    }
}
