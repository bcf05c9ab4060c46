//! Live sessions over plain HTTP: event streams, long polls, and frames by POST.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::web::{Data, Json, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::begin::{
    Begun, agent_session, begin_agent, begin_visitor, draw_id, parse_agent, parse_visitor, visitor_session,
};
use super::hub::Hub;
use super::outbox::{Next, Out};
use super::protocol::close::CloseReason;
use super::protocol::{AgentHello, Hello, ServerFrame, VisitorFrame};
use super::reply::Reply;
use super::session::{AgentWho, Session, Who};
use super::socket::SiteQuery;
use super::{agent, fragments, stream, visitor};
use crate::app::App;
use crate::conversations::store;
use crate::error::{NOT_ALLOWED, NOT_FOUND, RATE_LIMITED};
use crate::http::access::{self, Refusal};
use crate::ids::LiveSessionId;
use crate::rate_limit::IpKey;
use crate::secrets::VisitorToken;
use crate::sites::Site;
use crate::visitors::VisitorKey;

/// How long a poll waits for something to say.
pub const POLL_WAIT: Duration = Duration::from_secs(25);
/// A session over HTTP that was not heard for this long is gone.
pub const SILENT_AFTER: Duration = Duration::from_secs(29);

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
        Begun::Closed(CloseReason::Blocked) => Err(blocked()),
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
    Ok(stream::events(app, session, guard))
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
    let _counted = access::connect(&app, access::address(&app, &request))?;
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
    Ok(poll(&app, &session).await)
}

/// `POST /console/live/poll`
pub async fn agent_poll(request: HttpRequest, body: Json<PollBody>, app: Data<App>) -> Result<HttpResponse, Refusal> {
    let who = agent_session(&app, &request).await?;
    let _counted = access::connect(&app, access::address(&app, &request))?;
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
                Who::Visitor(_) => change.visitor_frame(from, &app.workspaces),
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
    let frame = parse_visitor(&body).map_err(Refusal::Problem)?;
    let session = match named {
        Some(session) => {
            app.http_sessions.heard(session.id);
            session
        }
        None if is_durable(&frame) => transient(&app, &site, &token, from).await?,
        None => return Err(ended()),
    };
    let (sender, receiver) = oneshot::channel();
    visitor::handle(&app, &session, from, frame, Reply::Http(sender)).await;
    Ok(answered(receiver).await)
}

/// What is not durable needs a live session: it asks for frames that would go nowhere.
fn ended() -> Refusal {
    Refusal::Problem(Box::new(NOT_FOUND.problem("This session has ended. Say hello again.")))
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
/// A visitor who may not write any more.
fn blocked() -> Refusal {
    Refusal::Problem(Box::new(NOT_ALLOWED.problem("This chat was ended for you.")))
}

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
    if app.blocked.has(&VisitorKey::new(site.id, &token.hash())) {
        return Err(blocked());
    }
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
    let frame = parse_agent(&body).map_err(Refusal::Problem)?;
    let session = match named {
        Some(session) => {
            app.http_sessions.heard(session.id);
            session
        }
        None if agent::is_durable(&frame) => Session::new(draw_id(&app), Who::Agent(Box::new(who)), &app.config.limits),
        None => return Err(ended()),
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
