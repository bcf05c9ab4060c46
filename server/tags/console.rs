//! The plain form that puts a tag on a conversation, or takes it off.

use actix_web::web::{Data, Form, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::app::App;
use crate::conversations::console::{ListQuery, Posted, command};
use crate::http::page::PageRefusal;
use crate::live::owning::Owning;

/// A tag; `off` takes it off.
#[derive(Deserialize)]
pub struct TagForm {
    csrf: String,
    tag: String,
    #[serde(default)]
    off: Option<String>,
}

/// The same, for a button that names the tag only.
#[derive(Deserialize)]
pub struct TagQuery {
    off: Option<String>,
}

/// `POST /console/conversations/{id}/tags`
pub async fn set(
    request: HttpRequest,
    conversation: Path<String>,
    query: Query<ListQuery>,
    button: Query<TagQuery>,
    form: Form<TagForm>,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    let TagForm { csrf, tag, off } = form.into_inner();
    let owning = Owning::tag(&tag, off.is_none() && button.off.is_none());
    command(request, conversation, query, Posted { csrf, epoch: 0, view: None, beside: None }, app, owning).await
}
