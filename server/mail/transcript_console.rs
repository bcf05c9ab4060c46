//! The two buttons of the side panel that take a conversation out of the desk: to its visitor, or into a file.

use actix_web::http::header;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::transcript::{self, Hand};
use crate::app::App;
use crate::conversations::access::{check_writing, find_by_text};
use crate::db::Tx;
use crate::http::access;
use crate::http::fields::Fields;
use crate::http::page::{self, PageRefusal};
use crate::live::begin::acting;
use crate::writer::again;

/// `POST /console/conversations/{id}/transcript`: mails it to the visitor.
pub async fn mail(
    request: HttpRequest,
    id: Path<String>,
    body: Bytes,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    let row = page::signed_in(&app, &request).await?;
    page::check_form(&app, &request, &row, Fields::parse(&body).get("csrf"))?;
    let (agent, lang) = (acting(&row), access::lang(&request));
    let (shared, text) = (app.clone().into_inner(), id.clone());
    let operation = again(move |tx: &mut Tx| {
        let (agent, app, text) = (agent.clone(), shared.clone(), text.clone());
        Box::pin(async move {
            let chat = find_by_text(tx.conn(), &agent, &text).await?;
            check_writing(tx.conn(), &agent, &chat).await?;
            transcript::mail(tx, &app.config, &app.random, &chat).await
        })
    });
    let done = app.writer.run_again("transcript", operation).await;
    done.map_err(|error| PageRefusal::new(lang, (&error).into()))?;
    app.mailer.stir();
    Ok(page::see_other(&format!("/console/conversations/{id}?view=all")))
}

/// `GET /console/conversations/{id}/transcript`: as a file.
pub async fn file(request: HttpRequest, id: Path<String>, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let row = page::signed_in(&app, &request).await?;
    let lang = access::lang(&request);
    let mut conn = app.db.read().await?;
    let found = find_by_text(conn.conn(), &acting(&row), &id).await;
    let chat = found.map_err(|error| PageRefusal::new(lang, (&error).into()))?;
    let zone = app.workspaces.zone(row.workspace_id);
    let hand = Hand { zone, words: lang.words(), faces: None };
    let text = transcript::text(conn.conn(), &chat, hand).await?;
    let name = format!("attachment; filename=\"conversation-{}.txt\"", chat.id);
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, name))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(text))
}
