//! A whole conversation over REST: read as a text, or mailed to its visitor. Notes, and what agents alone see, are
//! never in it.

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::doing;
use super::{Call, Fault, Reply, input};
use crate::app::App;
use crate::conversations::store;
use crate::db::Tx;
use crate::http::access;
use crate::ids::ConversationId;
use crate::mail::EmailAddress;
use crate::mail::transcript::{self, Hand};

/// To whom a transcript goes.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TranscriptMail {
    /// An address that the visitor proved: by a link that was mailed there, by writing from it, or by the website's word.
    #[schema(max_length = 254)]
    to: String,
}

/// `GET /api/v1/conversations/{conversation_id}/transcript`
pub async fn show(request: HttpRequest, app: Data<App>) -> Result<HttpResponse, Fault> {
    let call = Call::reading(&app, &request).await?;
    let (ws, id) = (call.workspace(), input::path_id::<ConversationId>(&request, "conversation_id")?);
    let mut conn = call.read().await?;
    let chat = store::find(conn.conn(), ws, id).await?.ok_or_else(Fault::missing)?;
    let hand = Hand { zone: app.workspaces.zone(ws), words: access::lang(&request).words(), faces: None };
    let (media_type, text) = match wants_html(&request) {
        true => ("text/html; charset=utf-8", transcript::html(conn.conn(), &chat, hand).await?),
        false => ("text/plain; charset=utf-8", transcript::text(conn.conn(), &chat, hand).await?),
    };
    Ok(HttpResponse::Ok()
        .content_type(media_type)
        .insert_header(("Content-Security-Policy", "sandbox; default-src 'none'"))
        .insert_header(("Cache-Control", "no-store"))
        .body(text))
}

/// Whether `Accept` names HTML before plain text.
fn wants_html(request: &HttpRequest) -> bool {
    let accept = request.headers().get("Accept").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kinds = accept.split(',').filter_map(|kind| kind.split(';').next());
    kinds.map(|kind| kind.trim().to_ascii_lowercase()).find(|kind| kind.starts_with("text/")).as_deref()
        == Some("text/html")
}

/// `POST /api/v1/conversations/{conversation_id}/transcript`
pub async fn mail(request: HttpRequest, body: Bytes, app: Data<App>) -> super::Answer {
    let call = Call::writing(&app, &request, &body).await?;
    let id: ConversationId = input::path_id(&request, "conversation_id")?;
    let asked: TranscriptMail = call.json()?;
    let to = EmailAddress::parse(&asked.to).ok_or_else(|| Fault::value("to", "is no mail address"))?;
    let (ws, shared) = (call.workspace(), app.clone().into_inner());
    let operation = doing(move |tx: &mut Tx| {
        Box::pin(async move {
            let chat = store::find(tx.conn(), ws, id).await?.ok_or_else(Fault::missing)?;
            transcript::mail_to(tx, &shared.config, &shared.random, &chat, Some(&to)).await?;
            Reply::ok(&TranscriptMail { to: to.to_string() })
        })
    });
    let answer = call.run("transcript", operation).await;
    app.mailer.stir();
    answer
}
