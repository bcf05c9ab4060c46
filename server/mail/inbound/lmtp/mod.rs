//! A listener that takes mail from a mail server beside us (LMTP, RFC 2033). Each recipient gets an answer of
//! its own, and 250 only once the mail is committed: until then the mail server keeps it, and tries again.
//!
//! It is no server for the internet: it knows no passwords and checks no senders. That is the work of the mail
//! server in front of it.

mod lines;
mod session;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use crate::app::App;

/// Connections at once; one more is told to come back.
const MOST_SESSIONS: usize = 32;
/// A pause after an error of the listener itself, such as too many open files.
const AFTER_ERROR: Duration = Duration::from_secs(1);

/// Binds the listener.
///
/// # Errors
/// As the system says.
pub async fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    TcpListener::bind(address).await
}

/// Takes connections until the process stops.
pub async fn run(app: Arc<App>, listener: TcpListener) {
    let places = Arc::new(Semaphore::new(MOST_SESSIONS));
    if let Ok(address) = listener.local_addr() {
        tracing::info!(%address, "mail is taken by LMTP");
    }
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = app.stopping.cancelled() => return,
        };
        match accepted {
            Ok((stream, _)) => {
                let (app, places) = (Arc::clone(&app), Arc::clone(&places));
                tokio::spawn(async move { serve(app, stream, places).await });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection of the mail server could not be taken");
                tokio::time::sleep(AFTER_ERROR).await;
            }
        }
    }
}

async fn serve(app: Arc<App>, mut stream: TcpStream, places: Arc<Semaphore>) {
    let Ok(_place) = places.try_acquire() else {
        drop(stream.write_all(b"421 4.3.2 Too many connections; try again later\r\n").await);
        return;
    };
    if let Err(error) = session::Session::new(app, stream).run().await {
        tracing::debug!(%error, "a connection of the mail server ended");
    }
}
