//! Request bodies: small, and there within a time. A head has its own time limit in the server;
//! without this one a body could be dripped in for ever.

use actix_web::body::MessageBody;
use actix_web::dev::{self, ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::web::{Bytes, Payload};
use futures_util::stream::once;
use tokio::time::timeout;

use super::access::problem_of;
use crate::app::App;
use crate::error::{BAD_FRAME, BODY_TOO_BIG, Kind, TOO_SLOW};
use crate::live::protocol::MAX_FRAME_BYTES;

/// Reads a POST's body before its handler runs.
pub async fn whole(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    if request.method() == Method::POST {
        let patience = request.app_data::<actix_web::web::Data<App>>().map(|app| app.config.patience.body);
        let payload = request.extract::<Payload>().await?;
        let read = timeout(patience.unwrap_or_default(), payload.to_bytes_limited(MAX_FRAME_BYTES)).await;
        let bytes: Bytes = match read {
            Ok(Ok(Ok(bytes))) => bytes,
            Ok(Ok(Err(_))) => return Err(refused(BAD_FRAME, "The request broke off.")),
            Ok(Err(_)) => return Err(refused(BODY_TOO_BIG, "A request may carry 64 KiB. Nothing was stored.")),
            Err(_) => return Err(refused(TOO_SLOW, "The request did not come within its time. Send it again.")),
        };
        let payload = Box::pin(once(std::future::ready(Ok(bytes))));
        request.set_payload(dev::Payload::Stream { payload });
    }
    next.call(request).await
}

fn refused(kind: Kind, detail: &str) -> actix_web::Error {
    InternalError::from_response(detail.to_owned(), problem_of(kind, detail)).into()
}
