//! One WebSocket: upgrade, heartbeat, reading, writing, and the close code.

use std::cell::Cell;
use std::net::IpAddr;
use std::sync::Arc;

use actix_web::web::{Data, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};
use actix_ws::{AggregatedMessage, AggregatedMessageStream};
use serde::Deserialize;
use tokio::time::{Instant, timeout};

use super::begin::{Begun, agent_session, begin_agent, begin_visitor, parse_agent, parse_visitor};
use super::outbox::{Next, Out};
use super::protocol::close::CloseReason;
use super::protocol::{AgentFrame, Problem, ServerFrame, VisitorFrame, peek_id};
use super::reply::Reply;
use super::session::{AgentWho, Session, Who};
use super::{agent, fragments, visitor, wire};
use crate::app::App;
use crate::http::access::{self, Refusal};
use crate::metrics::{self, SessionKind, SessionTransport};
use crate::rate_limit::{ConnectionGuard, IpKey};
use crate::sites::Site;

// A socket's task lives as long as the socket, ten thousand at a time: what is rare, or over soon, is
// boxed, so that the task does not hold the room for it all its life.

/// `?site=KEY`
#[derive(Deserialize)]
pub struct SiteQuery {
    /// The public key.
    #[serde(default)]
    pub site: String,
}

/// Who is on the other end, before `hello`.
enum Peer {
    Visitor(Arc<Site>),
    Agent(Box<AgentWho>),
    /// The site is unknown: upgraded only to say so, since browsers show 1006 otherwise.
    Nobody,
}

/// `GET /v1/live?site=KEY`: the Origin is checked before the upgrade.
pub async fn of_visitor(
    request: HttpRequest,
    body: Payload,
    query: Query<SiteQuery>,
    app: Data<App>,
) -> Result<HttpResponse, Refusal> {
    let address = access::address(&app, &request);
    let guard = access::connect(&app, address)?;
    let peer = match app.sites.find(&app.db, &query.site).await? {
        Some(site) => {
            access::visitor_origin(&app, &request, &site)?;
            Peer::Visitor(site)
        }
        None => Peer::Nobody,
    };
    upgrade(&request, body, app.into_inner(), peer, address, guard).await
}

/// `GET /console/live`: the cookie's session, from the console's own origin.
pub async fn of_agent(request: HttpRequest, body: Payload, app: Data<App>) -> Result<HttpResponse, Refusal> {
    let address = access::address(&app, &request);
    let guard = access::connect(&app, address)?;
    let who = agent_session(&app, &request).await?;
    upgrade(&request, body, app.into_inner(), Peer::Agent(Box::new(who)), address, guard).await
}

async fn upgrade(
    request: &HttpRequest,
    body: Payload,
    app: Arc<App>,
    peer: Peer,
    address: IpAddr,
    guard: ConnectionGuard,
) -> Result<HttpResponse, Refusal> {
    let (response, sender, stream) = wire::upgrade(request, body, Some(&app.config.limits))
        .await
        .map_err(|error| Refusal::Bad(error.to_string()))?;
    actix_web::rt::spawn(async move {
        let socket = Socket { app, sender, stream, address: IpKey::from(address), heard: Cell::new(Instant::now()) };
        socket.run(peer).await;
        drop(guard);
    });
    Ok(response)
}

struct Socket {
    app: Arc<App>,
    sender: actix_ws::Session,
    stream: AggregatedMessageStream,
    address: IpKey,
    heard: Cell<Instant>,
}

impl Socket {
    async fn run(mut self, peer: Peer) {
        let stopping = self.app.stopping.clone();
        let greeted = tokio::select! {
            greeted = timeout(self.app.config.patience.hello, Box::pin(self.greet(peer))) => greeted,
            () = stopping.cancelled() => Ok(Err(CloseReason::Restart)),
        };
        let session = match greeted {
            Ok(Ok(session)) => session,
            Ok(Err(reason)) => return self.close(reason).await,
            Err(_) => return self.close(CloseReason::NoHello).await,
        };
        let kind = if session.is_visitor() { SessionKind::Visitor } else { SessionKind::Agent };
        let _counted = metrics::session(kind, SessionTransport::WebSocket);
        let Self { app, sender, stream, address, heard } = &mut self;
        let reason = tokio::select! {
            reason = read(app, &session, stream, *address, heard) => reason,
            reason = write(app, &session, sender, heard) => reason,
        };
        self.app.hub.leave(&session);
        self.close(reason).await;
    }

    /// Waits for `hello` and answers it.
    async fn greet(&mut self, peer: Peer) -> Result<Arc<Session>, CloseReason> {
        if matches!(peer, Peer::Nobody) {
            return Err(CloseReason::SiteUnknown);
        }
        loop {
            let text = match self.stream.recv().await {
                Some(Ok(AggregatedMessage::Text(text))) => text,
                Some(Ok(AggregatedMessage::Ping(bytes))) => {
                    drop(self.sender.pong(&bytes).await);
                    continue;
                }
                Some(Ok(AggregatedMessage::Pong(_))) => continue,
                Some(Ok(AggregatedMessage::Binary(_))) => return Err(CloseReason::Unsupported),
                Some(Ok(AggregatedMessage::Close(_))) | None => return Err(CloseReason::Normal),
                Some(Err(error)) => return Err(wire::reason_of(&error)),
            };
            let begun = match &peer {
                Peer::Visitor(site) => match parse_visitor(&text) {
                    Ok(VisitorFrame::Hello(hello)) => begin_visitor(&self.app, site, self.address, &hello).await,
                    Ok(VisitorFrame::Unknown) => continue,
                    other => Begun::Refused(refusal(other.err())),
                },
                Peer::Agent(who) => match parse_agent(&text) {
                    Ok(AgentFrame::Hello(_)) => begin_agent(&self.app, who),
                    Ok(AgentFrame::Unknown) => continue,
                    other => Begun::Refused(refusal(other.err())),
                },
                Peer::Nobody => return Err(CloseReason::SiteUnknown),
            };
            match begun {
                Begun::Session(session) => return Ok(session),
                Begun::Closed(reason) => return Err(reason),
                Begun::Refused(problem) => self.refuse(peek_id(&text), *problem).await,
            }
        }
    }

    async fn refuse(&mut self, id: Option<String>, problem: Problem) {
        let frame = ServerFrame::Nack { id, problem: Box::new(problem) };
        if let Ok(text) = serde_json::to_string(&frame) {
            drop(self.sender.text(text).await);
        }
    }

    /// Says why and ends the TCP side soon after: what is still read is thrown away.
    async fn close(self, reason: CloseReason) {
        metrics::closed(reason.code());
        wire::close(self.sender, reason).await;
    }
}

fn refusal(problem: Option<Box<Problem>>) -> Box<Problem> {
    problem.unwrap_or_else(|| Box::new(crate::error::BAD_FRAME.problem("Say hello first.")))
}

async fn read(
    app: &Arc<App>,
    session: &Arc<Session>,
    stream: &mut AggregatedMessageStream,
    address: IpKey,
    heard: &Cell<Instant>,
) -> CloseReason {
    loop {
        let message = match stream.recv().await {
            Some(Ok(message)) => message,
            Some(Err(error)) => return wire::reason_of(&error),
            None => return CloseReason::Normal,
        };
        heard.set(Instant::now());
        match message {
            AggregatedMessage::Text(text) => Box::pin(handle(app, session, address, &text)).await,
            AggregatedMessage::Ping(bytes) => session.outbox.push(Out::Pong(bytes)),
            AggregatedMessage::Pong(_) => {}
            AggregatedMessage::Binary(_) => return CloseReason::Unsupported,
            AggregatedMessage::Close(_) => return CloseReason::Normal,
        }
    }
}

/// Handles the text of one frame of a session that has said hello.
pub async fn handle(app: &Arc<App>, session: &Arc<Session>, address: IpKey, text: &str) {
    let reply = Reply::Session(Arc::clone(session));
    let refused = match &session.who {
        Who::Visitor(_) => match parse_visitor(text) {
            Ok(frame) => return visitor::handle(app, session, address, frame, reply).await,
            Err(problem) => problem,
        },
        Who::Agent(_) => match parse_agent(text) {
            Ok(frame) => return Box::pin(agent::handle(app, session, frame, reply)).await,
            Err(problem) => problem,
        },
    };
    reply.refuse(peek_id(text), *refused);
}

async fn write(
    app: &Arc<App>,
    session: &Arc<Session>,
    sender: &mut actix_ws::Session,
    heard: &Cell<Instant>,
) -> CloseReason {
    // The first ping at a random moment, so that a thousand reconnects do not tick together.
    let mut byte = [0];
    app.random.fill(&mut byte);
    let patience = &app.config.patience;
    let mut next_ping = Instant::now() + patience.ping_every * u32::from(byte[0]) / 256;
    let mut checked = Instant::now();
    loop {
        let out = tokio::select! {
            next = session.outbox.next() => match next {
                Next::Out(out) => out,
                Next::Close(reason) => return reason,
            },
            () = tokio::time::sleep_until(next_ping) => {
                if heard.get().elapsed() > patience.silent {
                    return CloseReason::Silent;
                }
                if checked.elapsed() >= patience.recheck {
                    checked = Instant::now();
                    if !Box::pin(still_allowed(app, session)).await {
                        return CloseReason::Blocked;
                    }
                }
                next_ping += patience.ping_every;
                if send(app, session, sender.ping(b"")).await.is_err() {
                    return CloseReason::SlowConsumer;
                }
                continue;
            }
        };
        let sent = match out {
            Out::Frame(text) => send(app, session, sender.text(text)).await,
            Out::Change { change, from } => {
                let text = match &session.who {
                    Who::Visitor(_) => change.visitor_frame(from, &app.workspaces),
                    Who::Agent(who) => Box::pin(fragments::change_frame(app, &change, from, who.lang)).await,
                };
                let sent = send(app, session, sender.text(text)).await;
                metrics::delivered(change.committed.elapsed());
                sent
            }
            Out::Pong(bytes) => send(app, session, sender.pong(&bytes)).await,
        };
        if let Err(reason) = sent {
            return reason;
        }
    }
}

/// A send waits while the peer does not read; a session that is found slow meanwhile is given up.
async fn send(
    app: &App,
    session: &Session,
    sending: impl Future<Output = Result<(), actix_ws::Closed>>,
) -> Result<(), CloseReason> {
    tokio::select! {
        biased;
        sent = timeout(app.config.patience.send, sending) => match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(CloseReason::Normal),
            Err(_) => Err(CloseReason::SlowConsumer),
        },
        () = session.outbox.found_slow() => Err(CloseReason::SlowConsumer),
    }
}

/// An agent who was signed out or disabled hears no more, and who may not see a conversation any more
/// hears no more of that.
pub async fn still_allowed(app: &App, session: &Arc<Session>) -> bool {
    let Who::Agent(who) = &session.who else { return true };
    // While the database does not answer, what was allowed stays allowed.
    super::begin::recheck(app, session, who).await.unwrap_or(true)
}
