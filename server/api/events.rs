//! The event log over REST, for those who were down when a webhook rang, and those who have none.

use actix_web::HttpRequest;
use actix_web::web::Data;

use super::paging::{Paging, of_seq, seq_of};
use super::{Answer, Call, Fault};
use crate::app::App;
use crate::events;
use crate::webhooks::payload;

/// `GET /api/v1/events`: what came after `after`, the oldest first. The log begins with the first webhook
/// or the first question for it.
pub async fn list(request: HttpRequest, app: Data<App>) -> Answer {
    let call = Call::reading(&app, &request).await?;
    let ws = call.workspace();
    let paging = Paging::of(&request, &["after"])?;
    let after: Option<i64> = paging.filters().parsed("after")?;
    if after.is_some_and(|after| after < 0) {
        return Err(Fault::bad("after is the number of the last event that was seen, or 0."));
    }
    events::begin(&app, ws).await?;
    let after = paging.before.map_or(after.unwrap_or(0), seq_of);
    let mut conn = call.read().await?;
    let rows = events::store::after(conn.conn(), ws, after, paging.rows()).await?;
    let (page, next) = paging.cut(rows, |event| of_seq(event.number));
    let faces = app.workspaces.faces(ws);
    let mut items = Vec::with_capacity(page.len());
    for event in &page {
        items.extend(payload::of(conn.conn(), ws, event, faces.as_deref()).await?);
    }
    paging.answer(items, next)
}
