//! A received mail as it came, for agents who may see its conversation: a page with its text or its cleaned
//! HTML under a policy of its own, the source, and its files, which are only ever saved, never shown.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::pages::{MailPage, OpenMail};
use super::{files, store};
use crate::app::App;
use crate::conversations::screen::Screen;
use crate::conversations::{Error, access, store as conversations};
use crate::http::page::{self, PageRefusal};
use crate::ids::ReceivedMailId;

/// What the page may do: show text, the console's style, and, where the reader asked, pictures.
const POLICY: &str = "default-src 'none'; style-src 'self'; font-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'; img-src data:";
/// A file is of nobody's origin, wherever it is opened.
const FILE_POLICY: &str = "sandbox; default-src 'none'";

/// What an address may ask for.
#[derive(Deserialize)]
pub struct Asked {
    /// Any value: pictures from elsewhere, too.
    pictures: Option<String>,
}

/// The mail of an address, if this agent may see its conversation.
async fn found(app: &App, screen: &Screen<'_>, request: &HttpRequest) -> Result<store::Shown, PageRefusal> {
    let id: Option<ReceivedMailId> = request.match_info().get("mail").and_then(|id| id.parse().ok());
    let agent = screen.agent();
    let read = async {
        let mut conn = app.db.read().await?;
        let mail = store::find(conn.conn(), agent.workspace_id, id.ok_or(Error::NotFound)?).await?;
        let mail = mail.ok_or(Error::NotFound)?;
        let conversation = conversations::find(conn.conn(), agent.workspace_id, mail.conversation_id).await?;
        access::check(conn.conn(), &agent, &conversation.ok_or(Error::NotFound)?).await?;
        Ok(mail)
    };
    read.await.map_err(|error: Error| screen.refuse(&error))
}

/// `GET /console/mails/{mail}`
pub async fn open(request: HttpRequest, asked: Query<Asked>, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let row = page::signed_in(&app, &request).await?;
    let screen = Screen::plain(&request, &app, &row);
    let mail = found(&app, &screen, &request).await?;
    let id = request.match_info().get("mail").unwrap_or_default().to_owned();
    let pictures = asked.pictures.is_some();
    let opened = tokio::task::spawn_blocking(move || OpenMail::of(&mail.raw, pictures)).await.unwrap_or_default();
    let lang = crate::http::access::lang(&request);
    let template = MailPage { page: page::frame(lang, String::new()), id, mail: opened, pictures };
    let policy = if pictures { format!("{POLICY} https:") } else { POLICY.to_owned() };
    let mut response = page::shown(&template);
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    Ok(response)
}

/// `GET /console/mails/{mail}/raw`
pub async fn raw(request: HttpRequest, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let row = page::signed_in(&app, &request).await?;
    let screen = Screen::plain(&request, &app, &row);
    let mail = found(&app, &screen, &request).await?;
    // Not `message/rfc822`: some browsers open that, and show the HTML in it.
    Ok(saved("mail.eml", "application/octet-stream", mail.raw))
}

/// `GET /console/mails/{mail}/files/{n}`
pub async fn file(request: HttpRequest, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let row = page::signed_in(&app, &request).await?;
    let screen = Screen::plain(&request, &app, &row);
    let mail = found(&app, &screen, &request).await?;
    let at: Option<usize> = request.match_info().get("n").and_then(|n| n.parse().ok());
    let read = tokio::task::spawn_blocking(move || at.and_then(|at| files::bytes(&mail.raw, at)));
    let Some((file, bytes)) = read.await.unwrap_or_default() else { return Err(screen.refuse(&Error::NotFound)) };
    Ok(saved(&file.name, "application/octet-stream", bytes))
}

/// Something that is saved under this name, and never opened here.
pub(super) fn saved(name: &str, mime: &str, bytes: Vec<u8>) -> HttpResponse {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "._- ".contains(c) { c } else { '_' }).collect();
    let encoded: String = name
        .bytes()
        .map(|b| if b.is_ascii_alphanumeric() || b == b'.' { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect();
    HttpResponse::build(StatusCode::OK)
        .content_type(mime)
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"),
        ))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CONTENT_SECURITY_POLICY, FILE_POLICY))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(bytes)
}
