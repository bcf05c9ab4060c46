//! The form by which an agent filters a list, keeps the filter under a name, and drops it again.

use std::sync::Arc;

use actix_web::web::{Data, Form, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::{Filter, MOST_VIEWS, SavedView, View, store};
use crate::agents::session_store::SessionRow;
use crate::app::App;
use crate::conversations::Error;
use crate::http::access;
use crate::http::page::{self, PageRefusal};
use crate::ids::ViewId;
use crate::workspaces::Name;
use crate::writer::op;

/// What a filter is made of; each empty for any. With a name it is kept.
#[derive(Deserialize)]
pub struct FilterForm {
    csrf: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    queue: String,
    #[serde(default)]
    tag: String,
    #[serde(default)]
    agent: String,
    #[serde(default)]
    site: String,
    #[serde(default)]
    priority: String,
    #[serde(default)]
    channel: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    shared: Option<String>,
}

impl FilterForm {
    fn filter(&self) -> Result<Filter, Error> {
        let parts = [
            ("state", &self.state),
            ("queue", &self.queue),
            ("tag", &self.tag),
            ("agent", &self.agent),
            ("site", &self.site),
            ("priority", &self.priority),
            ("channel", &self.channel),
        ];
        let text: Vec<String> = parts
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        Filter::parse(&text.join(",")).ok_or_else(|| Error::Invalid("That is no filter.".to_owned()))
    }
}

fn refused(request: &HttpRequest, error: &Error) -> PageRefusal {
    PageRefusal::new(access::lang(request), error.into())
}

/// `POST /console/views`: shows what the filter lets through, and keeps it if it has a name.
pub async fn filter(request: HttpRequest, form: Form<FilterForm>, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let row = page::signed_in(&app, &request).await?;
    page::check_form(&app, &request, &row, &form.csrf)?;
    let filter = form.filter().map_err(|error| refused(&request, &error))?;
    let view = if form.name.trim().is_empty() {
        View::Filtered(Arc::new(filter))
    } else {
        keep(&app, &row, &form, filter).await.map_err(|error| refused(&request, &error))?
    };
    let word: String = url::form_urlencoded::byte_serialize(view.to_string().as_bytes()).collect();
    Ok(page::see_other(&format!("/console/conversations?view={word}")))
}

async fn keep(app: &App, row: &SessionRow, form: &FilterForm, filter: Filter) -> Result<View, Error> {
    let name = Name::parse(&form.name).map_err(Error::Invalid)?;
    let shared = form.shared.is_some();
    if shared && !row.role.sees_every_queue() {
        return Err(Error::NotAllowed("Views for everybody are made by supervisors."));
    }
    let id = ViewId::from_uuid(app.ids.draw());
    let view = SavedView { id, name: name.as_str().to_owned(), shared, filter };
    let (ws, agent, kept) = (row.workspace_id, (!shared).then_some(row.agent_id), view.clone());
    let operation = op(move |tx| {
        Box::pin(async move {
            if store::count(tx.conn(), ws, agent).await? >= MOST_VIEWS {
                return Err(Error::Invalid(format!("There is room for {MOST_VIEWS} views. Drop one first.")));
            }
            let now = tx.moment.now;
            Ok(store::insert(tx.conn(), ws, agent, &kept, now).await?)
        })
    });
    app.writer.run("keep view", operation).await?;
    Ok(View::Saved(Arc::new(view)))
}

/// The form that drops a view.
#[derive(Deserialize)]
pub struct DropForm {
    csrf: String,
}

/// `POST /console/views/{id}/drop`
pub async fn forget(
    request: HttpRequest,
    id: Path<String>,
    form: Form<DropForm>,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    let row = page::signed_in(&app, &request).await?;
    page::check_form(&app, &request, &row, &form.csrf)?;
    let id: ViewId = id.parse().map_err(|_| refused(&request, &Error::NotFound))?;
    let (ws, agent, shared) = (row.workspace_id, row.agent_id, row.role.sees_every_queue());
    let operation =
        op(move |tx| Box::pin(async move { Ok::<_, Error>(store::remove(tx.conn(), ws, agent, shared, id).await?) }));
    let gone = app.writer.run("drop view", operation).await.map_err(|error| refused(&request, &error))?;
    if !gone {
        return Err(refused(&request, &Error::NotFound));
    }
    Ok(page::see_other("/console/conversations?view=all"))
}
