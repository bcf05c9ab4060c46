//! Request bodies: small, and there within a time. A head has its own time limit in the server;
//! without this one a body could be dripped in for ever.

use std::sync::Arc;
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{self, ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::http::{ConnectionType, Method};
use actix_web::middleware::Next;
use actix_web::web::{Bytes, BytesMut, Data};
use actix_web::{HttpMessage as _, HttpResponse};
use futures_util::StreamExt as _;
use futures_util::stream::once;
use tokio::time::timeout;

use super::access::{problem_of, problem_response};
use crate::agents::picture;
use crate::app::App;
use crate::error::{BAD_FRAME, BODY_TOO_BIG, BUSY, Kind, TOO_SLOW};
use crate::live::protocol::MAX_FRAME_BYTES;
use crate::mail::inbound;
use crate::outgoing::signing;

/// Reads the body of a POST or PATCH before its handler runs.
pub async fn whole(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    if matches!(*request.method(), Method::POST | Method::PATCH) {
        let app = request.app_data::<Data<App>>().cloned();
        let patience = app.as_ref().map(|app| app.config.patience.body).unwrap_or_default();
        let mut payload = request.take_payload();
        let limit = limit(&request);
        // Mails are large: only so many are in memory at once, from their first byte until they are committed.
        let place = match app.filter(|_| limit.0 == inbound::MOST_BYTES) {
            Some(app) => match Arc::clone(&app.mail_bodies).try_acquire_owned() {
                Ok(place) => Some(place),
                Err(_) => return Err(too_many(payload).await),
            },
            None => None,
        };
        let bytes = match timeout(patience, read(&mut payload, limit)).await {
            Ok(Ok(bytes)) => bytes,
            Ok(Err((kind, detail))) => {
                discard(&mut payload).await;
                return Err(refused(problem_of(kind, detail), payload));
            }
            Err(_) => return Err(refused(problem_of(SLOW.0, SLOW.1), payload)),
        };
        let payload = Box::pin(once(std::future::ready(Ok(bytes))));
        request.set_payload(dev::Payload::Stream { payload });
        let answer = next.call(request).await;
        drop(place);
        return answer;
    }
    next.call(request).await
}

/// As many mails as may come by HTTP are coming.
async fn too_many(mut payload: dev::Payload) -> actix_web::Error {
    crate::metrics::refused("inbound_mail");
    discard(&mut payload).await;
    let problem = BUSY.retryable("Too many mails come at once. Nothing was kept; send it again.", MAILS_AGAIN_S);
    refused(problem_response(&problem), payload)
}

/// When another mail may come, where too many came at once; seconds.
const MAILS_AGAIN_S: u64 = 5;

/// A form, in bytes: each byte of its text may be written as three (`%F0`), and the longest message has to fit.
pub const MOST_OF_FORM: usize = 3 * MAX_FRAME_BYTES;

/// A form with a picture in it: the file, its other fields, and what stands between them.
pub const MOST_WITH_FILE: usize = picture::MOST_BYTES + MAX_FRAME_BYTES;
/// How a form without files is sent.
const FORM: &[u8] = b"application/x-www-form-urlencoded";
/// The one path that takes a form with a file.
const TAKES_FILE: &str = "/console/account/picture";

/// Of a body that is refused, so much is read and thrown away, in bytes.
const MOST_DISCARDED: usize = 16 * 1024 * 1024;
/// For so long at most.
const DISCARDS_FOR: Duration = Duration::from_secs(5);

/// What is wrong with a body.
type Wrong = (Kind, &'static str);

const SLOW: Wrong = (TOO_SLOW, "The request did not come within its time. Send it again.");
const BIG: Wrong = (BODY_TOO_BIG, "A request may carry 64 KiB. Nothing was stored.");
const BIG_FORM: Wrong = (BODY_TOO_BIG, "A form may carry 192 KiB. Nothing was stored.");
const BIG_FILE: Wrong = (BODY_TOO_BIG, "A picture may have 512 KiB. Nothing was stored.");
const BIG_MAIL: Wrong = (BODY_TOO_BIG, "A mail may have 10 MiB. Nothing was stored.");

/// Bytes that a body may have, and what is said beyond. Mails are larger than frames, and come signed.
fn limit(request: &ServiceRequest) -> (usize, Wrong) {
    let signed = request.headers().contains_key(signing::SIGNATURE);
    let is_form = request.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(FORM));
    match request.path() {
        "/v1/inbound/mail" if signed => (inbound::MOST_BYTES, BIG_MAIL),
        TAKES_FILE => (MOST_WITH_FILE, BIG_FILE),
        _ if is_form => (MOST_OF_FORM, BIG_FORM),
        _ => (MAX_FRAME_BYTES, BIG),
    }
}

async fn read(payload: &mut dev::Payload, (limit, beyond): (usize, Wrong)) -> Result<Bytes, Wrong> {
    let mut body = BytesMut::new();
    while let Some(part) = payload.next().await {
        let part = part.map_err(|_| (BAD_FRAME, "The request broke off."))?;
        if body.len() + part.len() > limit {
            return Err(beyond);
        }
        body.extend_from_slice(&part);
    }
    Ok(body.freeze())
}

/// Reads on for a while. A connection that is closed while bytes of it are unread is reset, and a reset
/// overtakes the answer: whoever still sends, a browser or a proxy in between, would see a broken
/// connection and not the words that say what was wrong.
async fn discard(payload: &mut dev::Payload) {
    let rest = async {
        let mut left = MOST_DISCARDED;
        while let (Some(Ok(part)), true) = (payload.next().await, left > 0) {
            left = left.saturating_sub(part.len());
        }
    };
    drop(timeout(DISCARDS_FOR, rest).await);
}

/// What is left of a body that nobody reads any more.
struct Unread {
    _payload: dev::Payload,
}

/// The connection ends with this response. The server would wait for the rest of a body that is let go
/// of; one that is still held when the response goes out is not waited for.
fn refused(mut response: HttpResponse, payload: dev::Payload) -> actix_web::Error {
    response.head_mut().set_connection_type(ConnectionType::Close);
    response.extensions_mut().insert(Unread { _payload: payload });
    InternalError::from_response("the body", response).into()
}
