//! Mails that come by HTTP: `POST /v1/inbound/mail` with the mail as it is for a body, signed as Standard
//! Webhooks are, with the operator's secret. It answers once the mail is committed.

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::taking::Taken;
use super::{Envelope, Way, receiving};
use crate::app::App;
use crate::error::{KEY_REFUSED, NOT_FOUND, RATE_LIMITED, VALUE_REFUSED};
use crate::http::access::{Refusal, problem_of, problem_response};
use crate::metrics;
use crate::outgoing::signing::{self, SigningSecret};

/// Mails that come by HTTP at once: each may take [`super::MOST_BYTES`] several times over while it is read. One
/// more is told to come again (503).
pub const MOST_BODIES: usize = 4;

/// `POST /v1/inbound/mail`
pub async fn post(request: HttpRequest, body: Bytes, app: Data<App>) -> Result<HttpResponse, Refusal> {
    let Some(secret) = &app.config.mail.inbound_secret else {
        return Ok(problem_of(NOT_FOUND, "Mail is not taken by HTTP here. The operator can set an inbound secret."));
    };
    let secret = SigningSecret::of_text(secret.expose());
    let headers = request.headers().iter().filter_map(|(name, value)| {
        let name = reqwest::header::HeaderName::from_bytes(name.as_str().as_bytes()).ok()?;
        Some((name, reqwest::header::HeaderValue::from_bytes(value.as_bytes()).ok()?))
    });
    if let Err(why) = signing::verify(&[secret], &headers.collect(), &body, app.clock.now()) {
        metrics::refused("inbound_mail");
        return Ok(problem_of(KEY_REFUSED, &format!("The mail was not taken: {why}.")));
    }
    let taken = receiving::receive(&app, Vec::from(body), Envelope::default(), Way::Http, None).await?;
    Ok(match taken {
        Taken::Nobody => {
            problem_of(VALUE_REFUSED, "No conversation and no site here has this mail's address. Nothing was kept.")
        }
        Taken::Guessed(seconds) => {
            let detail = "Too many mails came to reply addresses that nobody has. Nothing was kept.";
            problem_response(&RATE_LIMITED.retryable(detail, seconds))
        }
        Taken::Aside(why) => HttpResponse::Ok().json(json!({"taken": taken.word(), "reason": why})),
        _ => HttpResponse::Ok().json(json!({"taken": taken.word()})),
    })
}
