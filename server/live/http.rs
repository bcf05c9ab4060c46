//! Live sessions over plain HTTP: event streams, long polls, and frames by POST; and how a session
//! of any transport begins.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::web::{Data, Json, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::hub::Hub;
use super::outbox::{Next, Out};
use super::protocol::close::CloseReason;
use super::protocol::{AgentFrame, AgentHello, Hello, Problem, ServerFrame, VisitorFrame};
use super::reply::Reply;
use super::session::{AgentWho, Session, VisitorWho, Who};
use super::socket::SiteQuery;
use super::{agent, fragments, stream, visitor};
use crate::agents::session_store::SessionRow;
use crate::app::App;
use crate::conversations::{ActingAgent, access as conversation_access, store};
use crate::db::Error as DbError;
use crate::error::{BAD_FRAME, NOT_FOUND, RATE_LIMITED};
use crate::http::access::{self, Refusal};
use crate::ids::LiveSessionId;
use crate::rate_limit::IpKey;
use crate::secrets::VisitorToken;
use crate::sites::Site;
use crate::visitors::{FirstAct, VisitorKey};

/// How long a poll waits for something to say.
pub const POLL_WAIT: Duration = Duration::from_secs(25);
/// A session over HTTP that was not heard for this long is gone.
pub const SILENT_AFTER: Duration = Duration::from_secs(29);

/// A frame of a visitor, or what is wrong with it.
pub fn parse_visitor(text: &str) -> Result<VisitorFrame, Problem> {
    serde_json::from_str(text).map_err(|error| not_understood(&error))
}

/// A frame of an agent, or what is wrong with it.
pub fn parse_agent(text: &str) -> Result<AgentFrame, Problem> {
    serde_json::from_str(text).map_err(|error| not_understood(&error))
}

/// serde's words name the field and the position and quote no value but a type's name.
fn not_understood(error: &serde_json::Error) -> Problem {
    BAD_FRAME.problem(format!("The frame was not understood: {error}."))
}

/// How a `hello` was taken.
pub enum Begun {
    /// The session lives.
    Session(Arc<Session>),
    /// It cannot; the reason goes into the close code.
    Closed(CloseReason),
    /// Not understood; the client may say hello again.
    Refused(Box<Problem>),
}

/// Begins a visitor's session: checks the token and the rate, enters the hub, answers `hello`.
pub async fn begin_visitor(app: &Arc<App>, site: &Arc<Site>, from: IpKey, hello: &Hello) -> Begun {
    let Ok(token) = hello.token.parse::<VisitorToken>() else { return Begun::Closed(CloseReason::TokenRefused) };
    if hello.since < 0 {
        return Begun::Refused(Box::new(BAD_FRAME.problem("since is below 0.")));
    }
    if let Err(retry) = app.rate_limits.hellos_per_address.check(&from) {
        let words = format!("Too many connections from this address. Again in {} s.", retry.seconds);
        return Begun::Refused(Box::new(RATE_LIMITED.retryable(words, retry.seconds)));
    }
    let session = visitor_session(app, site, &token, hello);
    app.hub.enter(&session);
    match visitor::hello(app, &session, hello).await {
        Ok(()) => Begun::Session(session),
        Err(error) => {
            app.hub.leave(&session);
            tracing::error!(%error, "hello failed");
            Begun::Closed(CloseReason::Internal)
        }
    }
}

fn visitor_session(app: &App, site: &Arc<Site>, token: &VisitorToken, hello: &Hello) -> Arc<Session> {
    let token_hash = token.hash();
    let first = FirstAct { token_hash, locale: hello.locale.clone(), page: hello.page.clone().unwrap_or_default() };
    let who = VisitorWho::new(Arc::clone(site), VisitorKey::new(site.id, &token_hash), first);
    Session::new(draw_id(app), Who::Visitor(Box::new(who)), &app.config.limits)
}

/// Unguessable, since it names a stream or a poll to whoever has it: 122 random bits.
fn draw_id(app: &App) -> LiveSessionId {
    let mut bytes = [0; 16];
    app.random.fill(&mut bytes);
    LiveSessionId::from_uuid(uuid::Builder::from_random_bytes(bytes).into_uuid())
}

/// Begins an agent's session.
pub fn begin_agent(app: &Arc<App>, who: &AgentWho) -> Begun {
    let who = AgentWho::new(who.agent.clone(), who.cookie_hash, who.lang);
    let session = Session::new(draw_id(app), Who::Agent(Box::new(who)), &app.config.limits);
    app.hub.enter(&session);
    agent::hello(app, &session);
    Begun::Session(session)
}

/// The agent of a request to a live endpoint: the cookie's session, from the console's own origin.
pub async fn agent_session(app: &App, request: &HttpRequest) -> Result<AgentWho, Refusal> {
    access::own_origin(app, request)?;
    let (cookie, row) = access::signed_in(app, request).await?.ok_or(Refusal::NotSignedIn)?;
    Ok(AgentWho::new(acting(&row), crate::secrets::token_hash(cookie.as_bytes()), access::lang(request)))
}

/// The agent of a session's row.
pub fn acting(row: &SessionRow) -> ActingAgent {
    ActingAgent { workspace_id: row.workspace_id, id: row.agent_id, name: row.name.clone(), role: row.role }
}

/// Whether the cookie still stands, and drops conversations that may not be seen any more.
pub async fn recheck(app: &App, session: &Session, who: &AgentWho) -> Result<bool, DbError> {
    let mut conn = app.db.read().await?;
    let row = crate::agents::session_store::find(conn.conn(), &who.cookie_hash, app.clock.now()).await?;
    let Some(row) = row else { return Ok(false) };
    let agent = acting(&row);
    if agent.role != who.agent.role {
        return Ok(false);
    }
    for id in session.watched() {
        let found = store::find(conn.conn(), agent.workspace_id, id).await?;
        let allowed = match found {
            Some(conversation) => conversation_access::check(conn.conn(), &agent, &conversation).await.is_ok(),
            None => false,
        };
        if !allowed {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Sessions over HTTP, and when they were last heard.
#[derive(Default)]
pub struct HttpSessions {
    heard: Mutex<HashMap<LiveSessionId, Instant>>,
}

impl HttpSessions {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<LiveSessionId, Instant>> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session was heard now.
    pub fn heard(&self, id: LiveSessionId) {
        self.lock().insert(id, Instant::now());
    }

    /// The session has ended.
    pub fn forget(&self, id: LiveSessionId) {
        self.lock().remove(&id);
    }

    /// Ends sessions that were not heard for [`SILENT_AFTER`].
    pub fn end_silent(&self, hub: &Hub) {
        let silent: Vec<LiveSessionId> = {
            let mut heard = self.lock();
            let silent = heard.iter().filter(|(_, at)| at.elapsed() > SILENT_AFTER).map(|(id, _)| *id).collect();
            heard.retain(|_, at| at.elapsed() <= SILENT_AFTER);
            silent
        };
        for session in silent.into_iter().filter_map(|id| hub.session(id)) {
            session.outbox.close(CloseReason::Silent);
            hub.leave(&session);
        }
    }
}

async fn visitor_site(app: &App, request: &HttpRequest, key: &str) -> Result<Arc<Site>, Refusal> {
    let site = app.sites.find(&app.db, key).await?.ok_or(Refusal::NotFound)?;
    access::visitor_origin(app, request, &site)?;
    Ok(site)
}

fn begun(begun: Begun) -> Result<Arc<Session>, Refusal> {
    match begun {
        Begun::Session(session) => Ok(session),
        Begun::Closed(CloseReason::TokenRefused) => Err(Refusal::Bad("The token is malformed.".to_owned())),
        Begun::Closed(_) => Err(Refusal::Busy),
        Begun::Refused(problem) => Err(Refusal::Problem(problem)),
    }
}

/// `POST /v1/live/events?site=KEY` with `hello`: an event stream.
pub async fn visitor_events(
    request: HttpRequest,
    query: Query<SiteQuery>,
    hello: Json<Hello>,
    app: Data<App>,
) -> Result<HttpResponse, Refusal> {
    let site = visitor_site(&app, &request, &query.site).await?;
    let address = access::address(&app, &request);
    let guard = access::connect(&app, address)?;
    let app = app.into_inner();
    let session = begun(begin_visitor(&app, &site, IpKey::from(address), &hello).await)?;
    Ok(access::with_cors(&app, &request, stream::events(app.clone(), session, guard)))
}

/// `POST /console/live/events` with `hello`: an event stream.
pub async fn agent_events(
    request: HttpRequest,
    _hello: Json<AgentHello>,
    app: Data<App>,
) -> Result<HttpResponse, Refusal> {
    let who = agent_session(&app, &request).await?;
    let guard = access::connect(&app, access::address(&app, &request))?;
    let app = app.into_inner();
    let session = begun(begin_agent(&app, &who))?;
    Ok(stream::events(app, session, guard))
}

/// The body of a poll: the first has `hello`, the others the session.
#[derive(Deserialize)]
pub struct PollBody {
    session: Option<String>,
    #[serde(flatten)]
    hello: Value,
}

/// `POST /v1/live/poll?site=KEY`
pub async fn visitor_poll(
    request: HttpRequest,
    query: Query<SiteQuery>,
    body: Json<PollBody>,
    app: Data<App>,
) -> Result<HttpResponse, Refusal> {
    let site = visitor_site(&app, &request, &query.site).await?;
    let app = app.into_inner();
    let session = match &body.session {
        Some(id) => live_session(&app, id, |session| is_of_site(session, &site))?,
        None => {
            let hello: Hello = serde_json::from_value(body.into_inner().hello)
                .map_err(|error| Refusal::Bad(format!("The hello was not understood: {error}.")))?;
            let from = IpKey::from(access::address(&app, &request));
            begun(begin_visitor(&app, &site, from, &hello).await)?
        }
    };
    let answer = poll(&app, &session).await;
    Ok(access::with_cors(&app, &request, answer))
}

/// `POST /console/live/poll`
pub async fn agent_poll(request: HttpRequest, body: Json<PollBody>, app: Data<App>) -> Result<HttpResponse, Refusal> {
    let who = agent_session(&app, &request).await?;
    let app = app.into_inner();
    let session = match &body.session {
        Some(id) => live_session(&app, id, |session| is_of_agent(session, &who))?,
        None => begun(begin_agent(&app, &who))?,
    };
    Ok(poll(&app, &session).await)
}

fn is_of_site(session: &Session, site: &Site) -> bool {
    matches!(&session.who, Who::Visitor(visitor) if visitor.site.id == site.id)
}

fn is_of_agent(session: &Session, who: &AgentWho) -> bool {
    matches!(&session.who, Who::Agent(other) if other.cookie_hash == who.cookie_hash)
}

/// A session that is gone is a 404: the client says hello again.
fn live_session(app: &App, id: &str, own: impl FnOnce(&Session) -> bool) -> Result<Arc<Session>, Refusal> {
    let id = uuid::Uuid::try_parse(id).map(LiveSessionId::from_uuid).map_err(|_| Refusal::NotFound)?;
    app.hub.session(id).filter(|session| own(session)).ok_or(Refusal::NotFound)
}

async fn poll(app: &App, session: &Arc<Session>) -> HttpResponse {
    app.http_sessions.heard(session.id);
    let mut frames = Vec::new();
    let mut next = match session.outbox.try_next() {
        Some(next) => Some(next),
        None => tokio::time::timeout(POLL_WAIT, session.outbox.next()).await.ok(),
    };
    while let Some(now) = next {
        match now {
            Next::Out(out) => frames.extend(text_of(app, session, out).await),
            Next::Close(reason) => {
                frames.push(json!({"type": "close", "code": reason.code(), "reason": reason.text()}).to_string());
                app.hub.leave(session);
                app.http_sessions.forget(session.id);
                break;
            }
        }
        next = session.outbox.try_next();
    }
    if app.hub.session(session.id).is_some() {
        app.http_sessions.heard(session.id);
    }
    let body = format!(r#"{{"session":"{}","frames":[{}]}}"#, session.id, frames.join(","));
    HttpResponse::Ok().content_type("application/json").insert_header(("Cache-Control", "no-store")).body(body)
}

/// The text of a frame, for whichever transport is no WebSocket.
pub async fn text_of(app: &App, session: &Session, out: Out) -> Option<String> {
    match out {
        Out::Frame(text) => Some(text.to_string()),
        Out::Change { change, from } => {
            let text = match &session.who {
                Who::Visitor(_) => change.visitor_frame(from),
                Who::Agent(who) => fragments::change_frame(app, &change, from, who.lang).await,
            };
            crate::metrics::delivered(change.committed.elapsed());
            Some(text.to_string())
        }
        Out::Pong(_) => None,
    }
}

/// The header that names the session of a frame by POST.
const SESSION_HEADER: &str = "Deskbell-Session";

fn named_session(request: &HttpRequest) -> Option<&str> {
    request.headers().get(SESSION_HEADER)?.to_str().ok()
}

/// `POST /v1/live/send?site=KEY`: one frame. A durable one needs no live session.
pub async fn visitor_send(
    request: HttpRequest,
    query: Query<SiteQuery>,
    body: String,
    app: Data<App>,
) -> Result<HttpResponse, Refusal> {
    let site = visitor_site(&app, &request, &query.site).await?;
    let token = access::bearer(&request)
        .and_then(|token| token.parse::<VisitorToken>().ok())
        .ok_or_else(|| Refusal::Bad("The token is missing or malformed.".to_owned()))?;
    let from = IpKey::from(access::address(&app, &request));
    let app = app.into_inner();
    let key = VisitorKey::new(site.id, &token.hash());
    let named = named_session(&request)
        .and_then(|id| live_session(&app, id, |s| matches!(&s.who, Who::Visitor(who) if who.key == key)).ok());
    let frame = parse_visitor(&body).map_err(|problem| Refusal::Problem(Box::new(problem)))?;
    let session = match named {
        Some(session) => {
            app.http_sessions.heard(session.id);
            session
        }
        None if is_durable(&frame) => transient(&app, &site, &token, from).await?,
        None => return Err(Refusal::Problem(Box::new(NOT_FOUND.problem("This session has ended. Say hello again.")))),
    };
    let (sender, receiver) = oneshot::channel();
    visitor::handle(&app, &session, from, frame, Reply::Http(sender)).await;
    Ok(access::with_cors(&app, &request, answered(receiver).await))
}

const fn is_durable(frame: &VisitorFrame) -> bool {
    matches!(
        frame,
        VisitorFrame::Send(_)
            | VisitorFrame::Edit(_)
            | VisitorFrame::Delete(_)
            | VisitorFrame::React(_)
            | VisitorFrame::Form(_)
            | VisitorFrame::Update(_)
            | VisitorFrame::Handoff { .. }
    )
}

/// A visitor's session for one frame; it is in no hub.
async fn transient(
    app: &Arc<App>,
    site: &Arc<Site>,
    token: &VisitorToken,
    from: IpKey,
) -> Result<Arc<Session>, Refusal> {
    if let Err(retry) = app.rate_limits.hellos_per_address.check(&from) {
        let words = format!("Too many requests from this address. Again in {} s.", retry.seconds);
        return Err(Refusal::Problem(Box::new(RATE_LIMITED.retryable(words, retry.seconds))));
    }
    let hello = Hello {
        token: String::new(),
        conversation: None,
        since: 0,
        generation: None,
        page: None,
        locale: None,
        jwt: None,
    };
    let session = visitor_session(app, site, token, &hello);
    let mut conn = app.db.read().await?;
    if let Some(id) = crate::visitors::store::by_token(conn.conn(), site.id, &token.hash()).await?
        && let Who::Visitor(who) = &session.who
    {
        who.known_as(id);
        let current = store::current_of_visitor(conn.conn(), site.workspace_id, site.id, id).await?;
        if let Some(conversation) = current {
            session.follow(conversation.id);
        }
    }
    Ok(session)
}

/// `POST /console/live/send`: one frame of an agent.
pub async fn agent_send(request: HttpRequest, body: String, app: Data<App>) -> Result<HttpResponse, Refusal> {
    let who = agent_session(&app, &request).await?;
    let app = app.into_inner();
    let named = named_session(&request).and_then(|id| live_session(&app, id, |s| is_of_agent(s, &who)).ok());
    let frame = parse_agent(&body).map_err(|problem| Refusal::Problem(Box::new(problem)))?;
    let session = match named {
        Some(session) => {
            app.http_sessions.heard(session.id);
            session
        }
        None => Session::new(draw_id(&app), Who::Agent(Box::new(who)), &app.config.limits),
    };
    let (sender, receiver) = oneshot::channel();
    agent::handle(&app, &session, frame, Reply::Http(sender)).await;
    Ok(answered(receiver).await)
}

/// The answer as a response; a frame that has none is 204.
async fn answered(receiver: oneshot::Receiver<ServerFrame>) -> HttpResponse {
    match receiver.await {
        Ok(frame) => HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(frame),
        Err(_) => HttpResponse::NoContent().finish(),
    }
}
