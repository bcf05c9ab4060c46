//! The HTTP surface: one table of routes, the headers that every answer has, and the server.

pub mod access;
pub mod assets;
mod body;
pub mod fields;
mod health;
pub mod multipart;
pub mod page;
mod routes;
pub mod tls;
mod validity;

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::{Compress, DefaultHeaders};
use actix_web::web::{self, Data, FormConfig, JsonConfig, PayloadConfig, QueryConfig};
use actix_web::{App as HttpApp, HttpResponse, HttpServer, error::InternalError};

use rustls::ServerConfig;

use crate::app::App;
use crate::error::{BAD_FRAME, NOT_FOUND};
use crate::live::protocol::MAX_FRAME_BYTES;

pub use routes::{Access, Route, table};

/// How long a request's head may take; its body has a time of its own, see [`body`].
const CLIENT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a connection that ends is read from and thrown away, so that the peer sees the last words
/// (a close frame) rather than a reset. A client that waits for us to hang up waits as long. The server
/// reckons it from a clock that ticks every 500 ms, and never hangs up if the time is over at once: so
/// it has to be longer than a tick.
pub const LINGER: Duration = Duration::from_millis(750);
/// How long open requests get when the server stops.
const SHUTDOWN_S: u64 = 3;

/// Browsers that came by HTTPS come by HTTPS for a year. Only where this server is who speaks it:
/// behind a proxy the host is the proxy's, and so is the promise.
const HSTS: (&str, &str) = ("Strict-Transport-Security", "max-age=31536000");

/// Builds the server on a bound listener, which speaks TLS if that is given. Signals are the caller's:
/// one place owns the stop.
pub fn serve(app: &Arc<App>, listener: TcpListener, tls: Option<ServerConfig>) -> std::io::Result<Server> {
    let workers = app.config.workers;
    let limit = usize::try_from(app.config.limits.connections_total).unwrap_or(usize::MAX);
    let data = Data::from(Arc::clone(app));
    let speaks_tls = tls.is_some();
    let server = HttpServer::new(move || {
        let headers =
            DefaultHeaders::new().add(("X-Content-Type-Options", "nosniff")).add(("Referrer-Policy", "same-origin"));
        HttpApp::new()
            .app_data(data.clone())
            .app_data(extractors_json())
            .app_data(QueryConfig::default().error_handler(|error, _| bad(&error.to_string())))
            .app_data(FormConfig::default().limit(body::MOST_OF_FORM).error_handler(|error, _| bad(&error.to_string())))
            .app_data(PayloadConfig::default().limit(body::MOST_WITH_FILE))
            .wrap(if speaks_tls { headers.add(HSTS) } else { headers })
            .configure(routes::configure)
            .default_service(web::to(not_found))
    })
    .workers(workers)
    .max_connections(limit)
    .client_request_timeout(CLIENT_TIMEOUT)
    .client_disconnect_timeout(LINGER)
    .shutdown_timeout(SHUTDOWN_S)
    .disable_signals();
    let server = match tls {
        Some(tls) => server.listen_rustls_0_23(listener, tls)?,
        None => server.listen(listener)?,
    };
    Ok(server.run())
}

fn extractors_json() -> JsonConfig {
    JsonConfig::default()
        .limit(MAX_FRAME_BYTES)
        .content_type_required(false)
        .error_handler(|error, _| bad(&error.to_string()))
}

fn bad(detail: &str) -> actix_web::Error {
    InternalError::from_response(detail.to_owned(), access::problem_of(BAD_FRAME, detail)).into()
}

async fn not_found() -> HttpResponse {
    access::problem_of(NOT_FOUND, "There is nothing here.")
}

/// Compression for pages; streams and files that are compressed already go without.
pub(crate) fn compressed() -> Compress {
    Compress::default()
}
