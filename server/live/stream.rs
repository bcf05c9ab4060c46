//! An event stream (`text/event-stream`) over a live session.

use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::web::Bytes;
use futures_util::stream::unfold;
use tokio::time::{Instant, timeout};

use super::http::text_of;
use super::outbox::Next;
use super::protocol::close::CloseReason;
use super::session::Session;
use super::socket::still_allowed;
use crate::app::App;
use crate::metrics::{self, SessionCount, SessionKind, SessionTransport};
use crate::rate_limit::ConnectionGuard;

/// A comment is sent this often, so that proxies and the client see that the stream lives.
const COMMENT_EVERY: Duration = Duration::from_secs(10);

/// Leaves the hub when the response ends, however it ends.
struct Streaming {
    app: Arc<App>,
    session: Arc<Session>,
    _connection: ConnectionGuard,
    _counted: SessionCount,
    first: bool,
    ended: bool,
    checked: Instant,
}

impl Drop for Streaming {
    fn drop(&mut self) {
        self.app.hub.leave(&self.session);
        self.app.http_sessions.forget(self.session.id);
    }
}

/// The response: first the event `session`, then a frame an event; a last frame `close` says why it
/// ends.
pub fn events(app: Arc<App>, session: Arc<Session>, connection: ConnectionGuard) -> HttpResponse {
    app.http_sessions.heard(session.id);
    let kind = if session.is_visitor() { SessionKind::Visitor } else { SessionKind::Agent };
    let counted = metrics::session(kind, SessionTransport::Events);
    let streaming = Streaming {
        app,
        session,
        _connection: connection,
        _counted: counted,
        first: true,
        ended: false,
        checked: Instant::now(),
    };
    let body = unfold(streaming, |mut streaming| async move {
        let event = next_event(&mut streaming).await?;
        Some((Ok::<_, std::convert::Infallible>(Bytes::from(event)), streaming))
    });
    HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header(("Cache-Control", "no-store, no-transform"))
        // nginx buffers a response unless it is told not to.
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(body)
}

async fn next_event(streaming: &mut Streaming) -> Option<String> {
    if streaming.ended {
        return None;
    }
    if std::mem::take(&mut streaming.first) {
        let id = streaming.session.id;
        return Some(format!("event: session\ndata: {{\"type\":\"session\",\"session\":\"{id}\"}}\n\n"));
    }
    loop {
        recheck(streaming).await;
        match timeout(COMMENT_EVERY, streaming.session.outbox.next()).await {
            Err(_) => return Some(": still here\n\n".to_owned()),
            Ok(Next::Out(out)) => {
                // A frame is one line: JSON escapes line ends.
                if let Some(text) = text_of(&streaming.app, &streaming.session, out).await {
                    return Some(format!("data: {text}\n\n"));
                }
            }
            Ok(Next::Close(reason)) => {
                streaming.ended = true;
                metrics::closed(reason.code());
                let (code, text) = (reason.code(), reason.text());
                return Some(format!("data: {{\"type\":\"close\",\"code\":{code},\"reason\":\"{text}\"}}\n\n"));
            }
        }
    }
}

/// An agent's cookie is looked up again while the stream lives, as on a socket.
async fn recheck(streaming: &mut Streaming) {
    if streaming.checked.elapsed() >= streaming.app.config.patience.recheck {
        streaming.checked = Instant::now();
        if !still_allowed(&streaming.app, &streaming.session).await {
            streaming.session.outbox.close(CloseReason::Blocked);
        }
    }
}
