//! How a server stops: in order, and within a time.

use std::time::Duration;

use crate::app::Running;
use crate::live::protocol::ServerFrame;
use crate::live::protocol::close::CloseReason;

/// How long a stop may take before the rest is cut off.
pub const STOP_DEADLINE: Duration = Duration::from_secs(8);
/// Clients come back within this time after a restart, each at another moment.
const RECONNECT_SPREAD_MS: u64 = 3_000;
/// How long live sessions get to take their goodbye.
const SESSIONS_END_WITHIN: Duration = Duration::from_secs(2);
/// How often it is looked whether they are gone.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

impl Running {
    /// Stops in order: readiness fails, live sessions are told to come back and are closed, no more
    /// requests are taken, mails under way come to an end, what is queued is committed, the database is closed.
    pub async fn stop(self) {
        let stopped = tokio::time::timeout(STOP_DEADLINE, async {
            self.app.stopping.cancel();
            self.server.pause().await;
            for session in self.app.hub.sessions() {
                let mut byte = [0; 2];
                self.app.random.fill(&mut byte);
                let after_ms = u64::from(u16::from_be_bytes(byte)) * RECONNECT_SPREAD_MS / u64::from(u16::MAX);
                session.say(&ServerFrame::Reconnect { after_ms });
                session.outbox.close(CloseReason::Restart);
            }
            self.sessions_end().await;
            self.server.stop(true).await;
            self.app.mailer.finish().await;
            self.app.receipts.flush(&self.app.writer, &self.app.hub).await;
            self.app.writer.stop();
            self.writer.finished().await;
            self.app.presence.leave();
            self.tasks.wait().await;
            self.app.db.close().await;
        });
        if stopped.await.is_err() {
            tracing::warn!("the stop took too long; the rest was cut off");
        }
    }

    /// Waits until the sessions are gone, for a while. The HTTP server looks once a second whether its
    /// connections have ended, and not at all where none is left.
    async fn sessions_end(&self) {
        let gone = async {
            while self.app.connections.open() > 0 {
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        };
        if self.app.connections.open() > 0 && tokio::time::timeout(SESSIONS_END_WITHIN, gone).await.is_ok() {
            tokio::time::sleep(crate::http::LINGER + LOOK_AGAIN).await;
        }
    }
}
