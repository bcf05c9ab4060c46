//! What a composer asks for while a note is written, and what a message said before it was edited.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Colleague, MOST_COLLEAGUES, store};
use crate::agents::pages::{initials, tint};
use crate::app::App;
use crate::conversations::{Conversation, Error, access as conversation_access};
use crate::db::Conn;
use crate::http::access;
use crate::http::page::{self, PageRefusal};
use crate::ids::MessageId;
use crate::live::begin::acting;
use crate::messages::{edit_store, store as message_store};

/// Earlier words of one message that are shown, newest first.
const MOST_EARLIER: i64 = 50;

fn refused(request: &HttpRequest, error: &Error) -> PageRefusal {
    PageRefusal::new(access::lang(request), error.into())
}

fn answer(body: &Value) -> HttpResponse {
    HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(body)
}

/// `GET /console/conversations/{id}/colleagues`: who can be named in a note, those who may see the
/// conversation first.
pub async fn colleagues(request: HttpRequest, id: Path<String>, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let row = page::signed_in(&app, &request).await?;
    let mut conn = app.db.read().await?;
    let conversation = conversation_access::find_by_text(conn.conn(), &acting(&row), &id).await;
    let conversation = conversation.map_err(|error| refused(&request, &error))?;
    let mut found = store::colleagues(conn.conn(), &conversation, MOST_COLLEAGUES).await?;
    found.retain(|colleague| colleague.id != row.agent_id);
    found.sort_by_key(|colleague| !colleague.sees());
    let one = |colleague: &Colleague| {
        let id = colleague.id.to_string();
        json!({"name": colleague.name, "initials": initials(&colleague.name), "tint": tint(&id),
            "sees": colleague.sees(), "id": id})
    };
    Ok(answer(&json!({"colleagues": found.iter().map(one).collect::<Vec<_>>()})))
}

/// Which message.
#[derive(Deserialize)]
pub struct OfMessage {
    message: String,
}

/// `GET /console/conversations/{id}/earlier?message=ID`: what one of its messages said before.
pub async fn earlier(
    request: HttpRequest,
    id: Path<String>,
    query: Option<Query<OfMessage>>,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    let row = page::signed_in(&app, &request).await?;
    let mut conn = app.db.read().await?;
    let conversation = conversation_access::find_by_text(conn.conn(), &acting(&row), &id).await;
    let conversation = conversation.map_err(|error| refused(&request, &error))?;
    let message = query.and_then(|query| query.message.parse().ok());
    let texts = read_earlier(conn.conn(), &conversation, message).await.map_err(|error| refused(&request, &error))?;
    Ok(answer(&json!({ "earlier": texts })))
}

async fn read_earlier(
    mut conn: Conn<'_>,
    conversation: &Conversation,
    message: Option<MessageId>,
) -> Result<Vec<Value>, Error> {
    let ws = conversation.workspace_id;
    let found = match message {
        Some(id) => message_store::find(conn.again(), ws, id).await?,
        None => None,
    };
    let found = found.filter(|row| row.conversation_id == conversation.id).ok_or(Error::NotFound)?;
    let earlier = edit_store::earlier(conn, ws, found.id, MOST_EARLIER).await?;
    Ok(earlier.iter().map(|one| json!({"text": one.text, "replaced_at": one.replaced_at.rfc3339()})).collect())
}
