//! What is tidied every few seconds while the server runs: limits that nobody touched, sessions that ended,
//! answers that were kept for repeats, and when the last backup was. Nothing here changes what anybody sees.

use std::sync::Arc;
use std::time::Duration;

use crate::api::idempotency;
use crate::app::App;

/// How often limits, sessions and metrics are tidied.
const TIDY: Duration = Duration::from_secs(10);

/// Tidies, until the server stops.
pub async fn run(app: Arc<App>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(TIDY) => {}
            () = app.stopping.cancelled() => return,
        }
        app.rate_limits.retain_recent();
        app.http_sessions.end_silent(&app.hub);
        crate::metrics::upkeep();
        if let Err(error) = app.backups.refresh(&app.db).await {
            tracing::warn!(%error, "it could not be looked when the last backup was");
        }
        if let Err(error) = idempotency::tidy(&app).await {
            tracing::warn!(%error, "kept answers could not be dropped");
        }
        if let Err(error) = app.sessions.sweep().await {
            tracing::warn!(%error, "ended sessions could not be swept");
        }
    }
}
