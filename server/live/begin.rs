//! How a session of any transport begins: the frame is understood, the token or the cookie is checked,
//! the hub is entered.

use std::cell::Cell;
use std::sync::Arc;

use actix_web::HttpRequest;

use super::protocol::close::CloseReason;
use super::protocol::{AgentFrame, Hello, Problem, VisitorFrame};
use super::reply::Reply;
use super::session::{AgentWho, Session, VisitorWho, Who};
use super::{agent, drafting, visitor};
use crate::agents::session_store::SessionRow;
use crate::app::App;
use crate::audit::By;
use crate::conversations::{ActingAgent, Error, access as conversation_access, store};
use crate::db::Error as DbError;
use crate::error::{BAD_FRAME, RATE_LIMITED};
use crate::http::access::{self, Refusal};
use crate::ids::LiveSessionId;
use crate::rate_limit::IpKey;
use crate::secrets::VisitorToken;
use crate::sites::Site;
use crate::visitors::{FirstAct, VisitorKey};

/// A frame of a visitor, or what is wrong with it.
pub fn parse_visitor(text: &str) -> Result<VisitorFrame, Box<Problem>> {
    serde_json::from_str(text).map_err(|error| Box::new(not_understood(&error)))
}

/// A frame of an agent, or what is wrong with it.
pub fn parse_agent(text: &str) -> Result<AgentFrame, Box<Problem>> {
    serde_json::from_str(text).map_err(|error| Box::new(not_understood(&error)))
}

/// Characters of an error's own words in an answer.
const WHY_CHARS: usize = 300;

/// serde's words name the field and the position, and may quote a value: what is long is cut, so that
/// the answer to the largest frame is not larger still.
fn not_understood(error: &serde_json::Error) -> Problem {
    let words = crate::visitors::clean(&error.to_string(), WHY_CHARS);
    BAD_FRAME.problem(format!("The frame was not understood: {words}."))
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
    if app.blocked.has(&VisitorKey::new(site.id, &token.hash())) {
        return Begun::Closed(CloseReason::Blocked);
    }
    // Before anything is read for the session: it is to read as the one who is proved.
    if let Some(jwt) = &hello.jwt
        && let Err(error) = Box::pin(visitor::identify(app, &session, jwt, None)).await
    {
        match error {
            // Nothing of the first person may be told to the second; and who could not be looked up may be one.
            Error::AnotherPerson | Error::Db(_) => return Begun::Refused(Box::new(Problem::from(&error))),
            error => Reply::Session(Arc::clone(&session)).fail(None, &error),
        }
    }
    app.hub.enter(&session);
    let entered = Entered { app, session: &session, stays: Cell::new(false) };
    match visitor::hello(app, &session, hello).await {
        Ok(()) => {
            entered.stays.set(true);
            Begun::Session(Arc::clone(&session))
        }
        Err(error) => {
            tracing::error!(%error, "hello failed");
            Begun::Closed(CloseReason::Internal)
        }
    }
}

/// A session in the hub that leaves it again unless it stays: the request that begins it may be
/// dropped at any await.
struct Entered<'a> {
    app: &'a App,
    session: &'a Arc<Session>,
    stays: Cell<bool>,
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        if !self.stays.get() {
            self.app.hub.leave(self.session);
        }
    }
}

pub(super) fn visitor_session(app: &App, site: &Arc<Site>, token: &VisitorToken, hello: &Hello) -> Arc<Session> {
    let token_hash = token.hash();
    let first = FirstAct { token_hash, locale: hello.locale.clone(), page: hello.page.clone().unwrap_or_default() };
    let who = VisitorWho::new(Arc::clone(site), VisitorKey::new(site.id, &token_hash), first);
    Session::new(draw_id(app), Who::Visitor(Box::new(who)), &app.config.limits)
}

/// Unguessable, since it names a stream or a poll to whoever has it: 122 random bits.
pub(super) fn draw_id(app: &App) -> LiveSessionId {
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
    // Read beside the session: whatever is newer by then carries a later time.
    tokio::spawn(drafting::tell_drafts(Arc::clone(app), Arc::clone(&session)));
    Begun::Session(session)
}

/// The agent of a request to a live endpoint: the cookie's session, from the console's own origin.
pub async fn agent_session(app: &App, request: &HttpRequest) -> Result<AgentWho, Refusal> {
    access::own_origin(app, request)?;
    let (cookie, row) = access::signed_in(app, request).await?.ok_or(Refusal::NotSignedIn)?;
    Ok(AgentWho::new(acting(&row), crate::secrets::token_hash(cookie.as_bytes()), access::page_lang(request)))
}

/// The agent of a session's row.
pub fn acting(row: &SessionRow) -> ActingAgent {
    ActingAgent { workspace_id: row.workspace_id, id: row.agent_id, name: row.name.clone(), role: row.role }
}

/// The same, for what the audit log notes.
pub fn acts_by(row: &SessionRow) -> By {
    By::Agent(acting(row))
}

/// Whether the cookie still stands, and drops conversations that may not be seen any more.
pub async fn recheck(app: &App, session: &Arc<Session>, who: &AgentWho) -> Result<bool, DbError> {
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
            // A visitor's choice of queue can do this: no reason to show an agent the door.
            app.hub.unfollow(session, id);
        }
    }
    Ok(true)
}
