//! The yardstick: a relay on actix-ws and sqlx that does no more than store and hand on.
//!
//! Every client joins the room that its query names and sends `{"id","text"}`. A message is one
//! indexed row in SQLite (WAL, synchronous=FULL), written in group commits, acknowledged after the
//! commit and relayed to all members of its room. It knows no visitors, origins, limits or heartbeat.

mod room;
mod store;

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use actix_web::{App, Error, HttpRequest, HttpResponse, HttpServer, web};
use actix_ws::{Message, MessageStream, Session};
use bytestring::ByteString;
use clap::Parser;
use serde::Deserialize;
use tokio::sync::mpsc;
use uuid::Uuid;

use room::Rooms;
use store::{Post, Store};

/// Frames that may wait for one client before it is dropped.
const OUTGOING: usize = 256;
/// The longest frame read.
const MAX_FRAME: usize = 64 * 1024;

#[derive(Parser)]
struct Args {
    #[arg(long)]
    listen: SocketAddr,
    #[arg(long)]
    data: PathBuf,
}

#[derive(Deserialize)]
struct Join {
    room: Uuid,
    #[serde(default)]
    since: i64,
}

#[derive(Deserialize)]
struct Send {
    id: Uuid,
    text: String,
}

struct Relay {
    rooms: Arc<Rooms>,
    store: Store,
}

fn main() -> std::io::Result<()> {
    actix_web::rt::System::new().block_on(run(Args::parse()))
}

async fn run(args: Args) -> std::io::Result<()> {
    std::fs::create_dir_all(&args.data)?;
    let rooms = Arc::new(Rooms::default());
    let store = Store::open(&args.data, rooms.clone()).await.map_err(std::io::Error::other)?;
    let relay = web::Data::new(Relay { rooms, store });
    let server = HttpServer::new(move || App::new().app_data(relay.clone()).route("/", web::get().to(join)))
        .backlog(4096)
        .shutdown_timeout(1)
        .bind(args.listen)?;
    for address in server.addrs() {
        println!("listening on http://{address}");
    }
    server.run().await
}

/// Upgrades the request and serves the connection until it ends.
async fn join(
    request: HttpRequest,
    query: web::Query<Join>,
    body: web::Payload,
    relay: web::Data<Relay>,
) -> Result<HttpResponse, Error> {
    let (response, session, stream) = actix_ws::handle(&request, body)?;
    actix_web::rt::spawn(serve(relay, query.into_inner(), session, stream.max_frame_size(MAX_FRAME)));
    Ok(response)
}

/// One connection: joins the room, says what was missed, then reads and writes until either side ends.
async fn serve(relay: web::Data<Relay>, join: Join, mut session: Session, mut stream: MessageStream) {
    let (sender, mut outgoing) = mpsc::channel::<ByteString>(OUTGOING);
    let member = relay.rooms.join(join.room, sender.clone());
    if let Ok(welcome) = relay.store.welcome(join.room, join.since).await
        && session.text(welcome).await.is_ok()
    {
        loop {
            let alive = tokio::select! {
                frame = outgoing.recv() => match frame {
                    Some(frame) => session.text(frame).await.is_ok(),
                    None => false,
                },
                message = stream.recv() => match message {
                    Some(Ok(Message::Text(text))) => post(&relay, join.room, &text, &sender).await,
                    Some(Ok(Message::Ping(bytes))) => session.pong(&bytes).await.is_ok(),
                    Some(Ok(Message::Pong(_))) => true,
                    _ => false,
                },
            };
            if !alive {
                break;
            }
        }
    }
    relay.rooms.leave(join.room, member);
    let _gone = session.close(None).await;
}

/// Queues one message for the writer; false if it could not be read.
async fn post(relay: &Relay, room: Uuid, text: &str, sender: &mpsc::Sender<ByteString>) -> bool {
    let Ok(Send { id, text }) = serde_json::from_str(text) else {
        return false;
    };
    relay.store.append(Post { id, room, text, acknowledge: sender.clone() }).await
}
