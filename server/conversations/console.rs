//! The agents' pages: a list, one conversation beside it, and the plain forms that do what the
//! script does over its socket.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::fragments::{ComposeMail, ComposerView, Notice, Refusal};
use super::screen::{MOST_PANES, Screen};
use super::{AgentSend, Error};
use crate::agents::session_store::SessionRow;
use crate::app::App;
use crate::http::page::{self, PageRefusal};
use crate::ids::{ConversationId, MessageId};
use crate::live::drafting;
use crate::live::listing::{LIST_ROWS, MOST_LIST_ROWS};
use crate::live::owning::Owning;
use crate::live::protocol::{MAX_TEXT_CHARS, MessageKind, SendMail};
use crate::mail::composing;
use crate::messages::MessageText;
use crate::views::{View, store as views};
use crate::writer::{again, op};

/// What an address of the console may ask for.
#[derive(Deserialize)]
pub struct ListQuery {
    view: Option<String>,
    before: Option<i64>,
    /// The conversations that stand side by side, separated by commas.
    beside: Option<String>,
    /// Rows of each part of the list.
    rows: Option<i64>,
}

impl ListQuery {
    /// What of it is the id of a conversation, each once, at most [`MOST_PANES`].
    fn beside(&self) -> Vec<ConversationId> {
        let mut ids: Vec<ConversationId> = Vec::new();
        for id in self.beside.iter().flat_map(|list| list.split(',')).filter_map(|id| id.parse().ok()) {
            if ids.len() < MOST_PANES && !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }

    /// The screen of whoever asks. A view that there is not, or not any more, is the line.
    async fn screen<'a>(
        &self,
        request: &'a HttpRequest,
        app: &'a App,
        row: &'a SessionRow,
    ) -> Result<Screen<'a>, PageRefusal> {
        let word = self.view.as_deref().unwrap_or("waiting");
        let mut conn = app.db.read().await?;
        let view = views::named(conn.conn(), row.workspace_id, row.agent_id, word).await?.unwrap_or(View::Waiting);
        let rows = self.rows.unwrap_or(LIST_ROWS).clamp(LIST_ROWS, MOST_LIST_ROWS);
        Ok(Screen { request, app, row, view, rows, beside: self.beside() })
    }
}

/// `GET /console`
pub async fn start(request: HttpRequest, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let _row = page::signed_in(&app, &request).await?;
    Ok(page::see_other("/console/conversations?view=waiting"))
}

/// `GET /console/conversations?view=…`
pub async fn list(request: HttpRequest, query: Query<ListQuery>, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let row = page::signed_in(&app, &request).await?;
    let screen = query.screen(&request, &app, &row).await?;
    Ok(page::page(StatusCode::OK, &screen.index(None, None).await?))
}

/// `GET /console/conversations/{id}?view=…`
pub async fn open(
    request: HttpRequest,
    id: Path<String>,
    query: Query<ListQuery>,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    let row = page::signed_in(&app, &request).await?;
    let screen = query.screen(&request, &app, &row).await?;
    let conversation = screen.conversation(&id).await?;
    let pane = screen.pane(&conversation, query.before, ComposerView::default()).await?;
    Ok(page::page(StatusCode::OK, &screen.index(Some(pane), None).await?))
}

/// `GET /console/conversations/{id}/pane?view=…`: the pane and its side panel alone, for a page that is
/// open already.
pub async fn pane(
    request: HttpRequest,
    id: Path<String>,
    query: Query<ListQuery>,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    let row = page::signed_in(&app, &request).await?;
    let screen = query.screen(&request, &app, &row).await?;
    let conversation = screen.conversation(&id).await?;
    let pane = screen.pane(&conversation, None, ComposerView::default()).await?;
    Ok(page::page(StatusCode::OK, &screen.opened(pane).await))
}

/// What every form of a command on the owner has.
#[derive(Deserialize)]
pub struct Posted {
    /// The session's token.
    pub csrf: String,
    /// The owner that the agent saw.
    pub epoch: i64,
    /// The list that is shown, where the address does not say.
    #[serde(default)]
    pub view: Option<String>,
    /// What stands side by side, where the address does not say.
    #[serde(default)]
    pub beside: Option<String>,
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
    let row = page::signed_in(&app, &request).await?;
    page::check_form(&app, &request, &row, &form.csrf)?;
    let query = query.into_inner();
    let query =
        ListQuery { view: query.view.or(form.view), beside: query.beside.or(form.beside), before: None, rows: None };
    let screen = query.screen(&request, &app, &row).await?;
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
            Ok(page::page(StatusCode::CONFLICT, &screen.index(Some(pane), Some(notice)).await?))
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
    #[serde(default)]
    subject: Option<String>,
    #[serde(default)]
    cc: Option<String>,
}

impl SendForm {
    /// Subject and copies, where the form has them.
    fn mail(&self) -> Option<SendMail> {
        let subject = self.subject.clone()?;
        Some(SendMail { subject: Some(subject), cc: composing::addresses(self.cc.as_deref().unwrap_or_default()) })
    }
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
    let row = page::signed_in(&app, &request).await?;
    page::check_form(&app, &request, &row, &form.csrf)?;
    let screen = query.screen(&request, &app, &row).await?;
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
                mail: form.mail(),
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
        Ok(_) => {
            let (ws, agent) = (row.workspace_id, row.agent_id);
            drafting::tell_sent(&app, ws, agent, None, conversation.id, app.clock.now());
            Ok(page::see_other(&screen.address(conversation.id)))
        }
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
            Error::RateLimited(seconds) | Error::TooManyAddresses(seconds) | Error::Gated(seconds) => {
                Refusal::TooFast { seconds: i64::try_from(*seconds).unwrap_or(i64::MAX) }
            }
            Error::TextMissing => Refusal::Empty,
            Error::Closed => Refusal::Closed,
            Error::NotFound => return Err(self.refuse(error)),
            other => Refusal::Other { detail: self.detail(other) },
        };
        let status = crate::live::protocol::Problem::from(error).status;
        let conversation = self.conversation(id).await?;
        let (subject, cc) = (form.subject.unwrap_or_default(), form.cc.unwrap_or_default());
        let typed = Some(ComposeMail { to: String::new(), subject, cc });
        // A used id cannot be sent with another text: the next try gets a new one.
        let message_id = if matches!(error, Error::IdReused) { String::new() } else { form.id };
        let composer = ComposerView {
            message_id,
            text: form.text,
            note: kind == MessageKind::Note,
            refusal: Some(refusal),
            mail: typed,
            ..ComposerView::default()
        };
        let pane = self.pane(&conversation, None, composer).await?;
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::CONFLICT);
        Ok(page::page(status, &self.index(Some(pane), None).await?))
    }
}
