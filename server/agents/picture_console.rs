//! Agents' pictures over HTTP: taking one, taking it away, and showing it to whoever has its address.

use actix_web::http::header;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::picture::{NoPicture, Picture};
use super::{account, account_console, picture_store as store};
use crate::app::App;
use crate::error::NOT_FOUND;
use crate::http::access::{self, Refusal, problem_of};
use crate::http::multipart::Parts;
use crate::http::page::{self, PageRefusal};
use crate::ids::PictureId;
use crate::live::begin::acting;
use crate::workspaces::known;

/// Its address changes with the picture.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// The same for a sheet, which is a workspace's own.
const FOR_EVER_THEIRS: &str = "private, max-age=31536000, immutable";
/// Were it opened by itself, and no image after all, it could do nothing.
const NOTHING: &str = "default-src 'none'; sandbox";

/// `POST /console/account/picture`: keeps the file `picture`, or with `do=remove` none any more.
pub async fn submit(request: HttpRequest, body: Bytes, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let row = page::signed_in(&app, &request).await?;
    let parts = Parts::of(&request, &body);
    page::check_form(&app, &request, &row, parts.text("csrf"))?;
    let picture = match parts.text("do") {
        "remove" => None,
        _ => match Picture::parse(parts.bytes("picture")) {
            Ok(picture) => Some(picture),
            Err(why) => return account_console::refuse_picture(&app, &request, why).await,
        },
    };
    let (by, id) = (acting(&row), PictureId::from_uuid(app.ids.draw()));
    let act = app
        .writer
        .run("picture", move |tx| Box::pin(async move { account::set_picture(tx, &by, id, picture.as_ref()).await }));
    act.await?;
    known::look(&app).await?;
    Ok(page::see_other("/console/account"))
}

/// `GET /v1/pictures/{picture}`
pub async fn show(picture: Path<String>, app: Data<App>) -> Result<HttpResponse, Refusal> {
    let found = match picture.parse::<PictureId>() {
        Ok(id) => store::shown(app.db.read().await?.conn(), id).await?,
        Err(_) => None,
    };
    let Some((mime, bytes)) = found else { return Ok(problem_of(NOT_FOUND, "There is no such picture.")) };
    let mut response = HttpResponse::Ok();
    response
        .content_type(mime)
        .insert_header((header::CACHE_CONTROL, FOR_EVER))
        .insert_header((header::CONTENT_SECURITY_POLICY, NOTHING))
        .insert_header((header::CONTENT_ENCODING, "identity"))
        // The page that shows it is a website's.
        .insert_header(("Cross-Origin-Resource-Policy", "cross-origin"));
    Ok(response.body(bytes))
}

/// `GET /console/faces/{version}.css`: the team's pictures. Under an address of another version, which a page
/// may have from a node that knows more or less, it is what this one knows now, and is not kept.
pub async fn sheet(request: HttpRequest, version: Path<String>, app: Data<App>) -> Result<HttpResponse, Refusal> {
    let (_, row) = access::signed_in(&app, &request).await?.ok_or(Refusal::NotSignedIn)?;
    let faces = app.workspaces.faces(row.workspace_id).unwrap_or_default();
    let kept = if faces.version() == Some(version.as_str()) { FOR_EVER_THEIRS } else { "no-store" };
    let mut response = HttpResponse::Ok();
    response.content_type("text/css; charset=utf-8").insert_header((header::CACHE_CONTROL, kept));
    Ok(response.body(faces.sheet().to_owned()))
}

impl NoPicture {
    /// The form's problem.
    pub(super) const fn problem(self) -> super::account_pages::Problem {
        super::account_pages::Problem::Picture(self)
    }
}
