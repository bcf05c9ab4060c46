//! `GET /console/conversations/{id}/pass`: where a chat can go on, and how it looks there now.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::pages::{ColleagueView, PassPage, PassPart, PassView, QueueView};
use super::{duty_store, pass_store};
use crate::agents::AgentState;
use crate::app::App;
use crate::clock::Timestamp;
use crate::conversations::screen::Screen;
use crate::conversations::{Conversation, Error};
use crate::http::page::{self, PageRefusal};

/// Whether the page around it is wanted.
#[derive(Deserialize)]
pub struct PassQuery {
    part: Option<String>,
}

/// See the module.
pub async fn pass(
    request: HttpRequest,
    id: Path<String>,
    query: Query<PassQuery>,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    let row = page::signed_in(&app, &request).await?;
    let screen = Screen::plain(&request, &app, &row);
    let conversation = screen.conversation(&id).await?;
    let pass = read(&app, &conversation).await?;
    let page = screen.frame().await;
    Ok(match query.part {
        Some(_) => page::shown(&PassPart { page, pass }),
        None => page::shown(&PassPage { page, pass }),
    })
}

async fn read(app: &App, conversation: &Conversation) -> Result<PassView, Error> {
    let (ws, now) = (conversation.workspace_id, app.clock.now());
    let mut conn = app.db.read().await?;
    let queues = pass_store::queues(conn.conn(), ws, now).await?;
    let agents = duty_store::of_workspace(conn.conn(), ws).await?;
    let waits_in = conversation.line();
    let queues = queues.into_iter().map(|queue| QueueView {
        here: waits_in == Some(queue.id),
        id: queue.id.to_string(),
        name: queue.name,
        waiting: queue.waiting,
        on_duty: queue.on_duty,
        room: queue.room,
    });
    let mut agents: Vec<_> = agents.iter().map(|duty| colleague(duty, conversation, now)).collect();
    agents.sort_by_key(|agent| !agent.there);
    Ok(PassView {
        conversation: conversation.id.to_string(),
        epoch: conversation.epoch,
        visitor: conversation.visitor_name.clone().unwrap_or_default(),
        queues: queues.collect(),
        agents,
    })
}

fn colleague(duty: &duty_store::Duty, conversation: &Conversation, now: Timestamp) -> ColleagueView {
    let state = if duty.is_there(now) { duty.state } else { AgentState::Offline };
    ColleagueView {
        id: duty.id.to_string(),
        name: duty.name.clone(),
        state: state.word().to_owned(),
        load: duty.load,
        capacity: duty.capacity,
        there: duty.may_be_handed(now),
        here: conversation.owner_agent_id == Some(duty.id),
    }
}
