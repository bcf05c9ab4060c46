//! An echo over the product's own WebSocket path, for the conformance suite: `echo --listen ADDRESS`.
//! The server itself has no such route.

use std::io;

use actix_web::web::{self, Payload};
use actix_web::{App, Error, HttpRequest, HttpResponse, HttpServer, rt};
use actix_ws::AggregatedMessage;
use deskbell::live::protocol::close::CloseReason;
use deskbell::live::wire;

fn main() -> io::Result<()> {
    let address = match std::env::args().skip(1).collect::<Vec<_>>().as_slice() {
        [flag, address] if flag == "--listen" => address.clone(),
        _ => return Err(io::Error::other("usage: echo --listen ADDRESS")),
    };
    rt::System::new().block_on(async move {
        let server = HttpServer::new(|| App::new().route("/echo", web::get().to(echo)))
            .workers(1)
            .client_disconnect_timeout(deskbell::http::LINGER)
            .bind(&address)?;
        println!("listening on ws://{address}/echo");
        server.run().await
    })
}

async fn echo(request: HttpRequest, body: Payload) -> Result<HttpResponse, Error> {
    let (response, mut sender, mut stream) = wire::upgrade(&request, body, None).await?;
    rt::spawn(async move {
        let reason = loop {
            let sent = match stream.recv().await {
                Some(Ok(AggregatedMessage::Text(text))) => sender.text(text).await,
                Some(Ok(AggregatedMessage::Binary(bytes))) => sender.binary(bytes).await,
                Some(Ok(AggregatedMessage::Ping(bytes))) => sender.pong(&bytes).await,
                Some(Ok(AggregatedMessage::Pong(_))) => Ok(()),
                Some(Ok(AggregatedMessage::Close(_))) | None => break CloseReason::Normal,
                Some(Err(error)) => break wire::reason_of(&error),
            };
            if sent.is_err() {
                return;
            }
        };
        wire::close(sender, reason).await;
    });
    Ok(response)
}
