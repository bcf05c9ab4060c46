//! What the operator's machines ask: does it live, is it ready, how is it.

use actix_web::HttpResponse;
use actix_web::web::Data;

use crate::app::App;
use crate::{jobs, metrics};

/// The process lives.
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("ok\n")
}

/// Requests may come: not stopping, and the database answers.
pub async fn ready(app: Data<App>) -> HttpResponse {
    if app.stopping.is_cancelled() {
        return HttpResponse::ServiceUnavailable().content_type("text/plain").body("stopping\n");
    }
    let answered = async {
        let mut conn = app.db.read().await?;
        jobs::store::counts(conn.conn(), app.clock.now()).await
    };
    match answered.await {
        Ok(_) => HttpResponse::Ok().content_type("text/plain").body("ready\n"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            HttpResponse::ServiceUnavailable().content_type("text/plain").body("the database does not answer\n")
        }
    }
}

/// Everything that is counted, for Prometheus.
pub async fn metrics(app: Data<App>) -> HttpResponse {
    if let Ok(mut conn) = app.db.read().await
        && let Ok(counts) = jobs::store::counts(conn.conn(), app.clock.now()).await
    {
        let states = [("waiting", counts.waiting), ("running", counts.running), ("dead", counts.dead)];
        for (state, count) in states {
            metrics::jobs(state, u64::try_from(count).unwrap_or(0));
        }
    }
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(metrics::render())
}
