//! The part of Chatwoot's REST that bots call, so that one written for it works here (docs/bots-chatwoot.md):
//! the bot's key is the `api_access_token`, its conversations are numbers, and it acts while one is `pending`.

use actix_web::web::{Bytes, Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::call::doing;
use super::{Answer, BotCall, Fault, Reply, input};
use crate::app::App;
use crate::bots::adapters::chatwoot::{self, ACCOUNT, Posted};
use crate::bots::request::{self, Said};
use crate::bots::turns::{self, Acted};
use crate::bots::{Action, telling, turn_store};
use crate::conversations::{Conversation, Error, store as conversations};
use crate::db::Tx;
use crate::ids::{ConversationId, MessageId};
use crate::live::protocol::AuthorKind;

/// Messages of a page.
const PAGE: i64 = 20;

/// A call, and the conversation that it is about.
struct About {
    call: BotCall,
    number: i64,
    id: ConversationId,
}

impl About {
    async fn of(app: &Data<App>, request: &HttpRequest, body: &Bytes) -> Result<Self, Fault> {
        let call = BotCall::of_token(app, request, body).await?;
        let (account, number): (i64, i64) =
            (input::path_id(request, "account_id")?, input::path_id(request, "number")?);
        let bot = call.bot();
        let mut conn = app.db.read().await?;
        let found = turn_store::by_number(conn.conn(), bot.workspace_id, bot.id, number).await?;
        drop(conn);
        let id = found.filter(|_| account == ACCOUNT).ok_or_else(Fault::missing)?;
        Ok(Self { call, number, id })
    }

    async fn conversation(&self, app: &App) -> Result<Conversation, Fault> {
        let found = conversations::find(app.db.read().await?.conn(), self.call.bot().workspace_id, self.id).await?;
        found.ok_or_else(Fault::missing)
    }

    /// Does it while the bot has the conversation; `already` says whose it may be instead, since then what
    /// the bot wants is so.
    async fn acts(self, actions: Vec<Action>, first: Option<MessageId>, already: Already, answer: Value) -> Answer {
        crate::bots::action::check(&actions).map_err(refused)?;
        let (bot, id) = (self.call.bot().clone(), self.id);
        let operation = doing(move |tx: &mut Tx| {
            Box::pin(async move {
                match turns::act_as(tx, &bot, id, None, actions, first).await? {
                    Acted::Done => Reply::ok(&answer),
                    Acted::Suppressed { owner, .. } if already.holds(owner.is_some()) => Reply::ok(&answer),
                    Acted::Suppressed { owner, epoch } => Reply::refused(&Error::OwnerChanged { owner, epoch }),
                    Acted::Lost => Err(Fault::missing()),
                }
            })
        });
        self.call.run("bot acts", operation).await
    }
}

/// What a bot asks for that may be so already.
#[derive(Debug, Clone, Copy)]
enum Already {
    Never,
    Open,
    Resolved,
}

impl Already {
    const fn holds(self, owned: bool) -> bool {
        match self {
            Self::Never => false,
            Self::Open => owned,
            Self::Resolved => !owned,
        }
    }
}

fn refused(why: String) -> Fault {
    Fault::bad(format!("This was refused: {why}. Nothing was done."))
}

/// `POST …/conversations/{number}/messages`
pub async fn send(request: HttpRequest, body: Bytes, app: Data<App>) -> Answer {
    let about = About::of(&app, &request, &body).await?;
    let posted: Posted = about.call.json()?;
    let (kind, private) = (posted.content_type.clone(), posted.private == Some(true));
    let text = posted.content.clone().unwrap_or_default();
    let actions = posted.actions().map_err(refused)?;
    let (id, bot) = (MessageId::from_uuid(app.ids.draw()), about.call.bot());
    let answer = json!({
        "id": chatwoot::number(id.uuid()), "content": text, "conversation_id": about.number, "message_type": 1,
        "content_type": kind.as_deref().unwrap_or("text"), "content_attributes": {}, "private": private,
        "created_at": app.clock.now().millis() / 1_000, "source_id": null, "account_id": ACCOUNT,
        "sender": chatwoot::sender(AuthorKind::Bot, Some(bot.id.uuid()), Some(&bot.name)),
    });
    about.acts(actions, Some(id), Already::Never, answer).await
}

#[derive(Deserialize)]
struct Status {
    status: Option<String>,
}

/// `POST …/conversations/{number}/toggle_status`: `open` hands off, `resolved` closes.
pub async fn toggle_status(request: HttpRequest, body: Bytes, app: Data<App>) -> Answer {
    let about = About::of(&app, &request, &body).await?;
    let wanted = if body.is_empty() { None } else { about.call.json::<Status>()?.status };
    let (word, action, already) = match wanted.as_deref().unwrap_or("open") {
        "open" => ("open", hand_off(), Already::Open),
        "resolved" => ("resolved", Action::Close, Already::Resolved),
        "pending" => ("pending", Action::Noop, Already::Never),
        other => return Err(refused(format!("status {other:?} is not for bots; it is open, resolved or pending"))),
    };
    let payload = json!({"success": true, "current_status": word, "conversation_id": about.number});
    about.acts(vec![action], None, already, json!({"meta": {}, "payload": payload})).await
}

const fn hand_off() -> Action {
    Action::Handoff { queue: None, note: None, summary: None }
}

#[derive(Deserialize)]
struct Assignment {
    assignee_id: Option<Value>,
    team_id: Option<Value>,
}

/// `POST …/conversations/{number}/assignments`: whoever is named, a person goes on; routing says who.
pub async fn assign(request: HttpRequest, body: Bytes, app: Data<App>) -> Answer {
    let about = About::of(&app, &request, &body).await?;
    let Assignment { assignee_id, team_id } = about.call.json()?;
    let (action, already) =
        if assignee_id.or(team_id).is_some() { (hand_off(), Already::Open) } else { (Action::Noop, Already::Never) };
    about.acts(vec![action], None, already, json!({})).await
}

#[derive(Deserialize)]
struct Labels {
    labels: Vec<String>,
}

/// `POST …/conversations/{number}/labels`: tags that are put on; none is taken off.
pub async fn label(request: HttpRequest, body: Bytes, app: Data<App>) -> Answer {
    let about = About::of(&app, &request, &body).await?;
    let Labels { labels } = about.call.json()?;
    let answer = json!({"payload": labels});
    about.acts(vec![Action::Set { attributes: None, tags: Some(labels) }], None, Already::Never, answer).await
}

#[derive(Deserialize)]
struct CustomAttributes {
    custom_attributes: Map<String, Value>,
}

/// `POST …/conversations/{number}/custom_attributes`: here they are the visitor's.
pub async fn set_attributes(request: HttpRequest, body: Bytes, app: Data<App>) -> Answer {
    let about = About::of(&app, &request, &body).await?;
    let CustomAttributes { custom_attributes } = about.call.json()?;
    let answer = json!({"custom_attributes": custom_attributes});
    let set = Action::Set { attributes: Some(custom_attributes), tags: None };
    about.acts(vec![set], None, Already::Never, answer).await
}

#[derive(Deserialize)]
struct Typing {
    typing_status: Option<String>,
}

/// `POST …/conversations/{number}/toggle_typing_status`
pub async fn toggle_typing(request: HttpRequest, body: Bytes, app: Data<App>) -> Answer {
    let about = About::of(&app, &request, &body).await?;
    // Some clients say it in the query, as Chatwoot takes it, too.
    let said = if body.is_empty() {
        Query::<Typing>::from_query(request.query_string()).map_or(None, |query| query.into_inner().typing_status)
    } else {
        about.call.json::<Typing>()?.typing_status
    };
    let found = about.conversation(&app).await?;
    if said.as_deref() == Some("on") && found.bot() == Some(about.call.bot().id) {
        telling::writes(&app.hub, about.call.bot(), about.id, found.epoch);
    }
    Ok(HttpResponse::Ok().finish())
}

/// `GET …/conversations/{number}`
pub async fn find(request: HttpRequest, app: Data<App>) -> Answer {
    let about = About::of(&app, &request, &Bytes::new()).await?;
    let found = about.conversation(&app).await?;
    let last = said(&app, &about, &found, 1).await?;
    let contact = chatwoot::sender(AuthorKind::Visitor, Some(found.visitor_id.uuid()), found.visitor_name.as_deref());
    let seconds = |at: crate::clock::Timestamp| at.millis() / 1_000;
    Ok(HttpResponse::Ok().json(json!({
        "id": about.number, "account_id": ACCOUNT, "uuid": found.id,
        "inbox_id": chatwoot::number(found.site_id.uuid()), "status": chatwoot::status(found.state),
        "can_reply": true, "labels": [], "custom_attributes": {}, "additional_attributes": {},
        "messages": last.iter().map(|said| chatwoot::message(said, about.number)).collect::<Vec<_>>(),
        "meta": {"sender": contact, "channel": "Channel::WebWidget", "assignee": null, "team": null},
        "created_at": seconds(found.started_at), "timestamp": seconds(found.updated_at),
    })))
}

/// `GET …/conversations/{number}/messages`: the last ones, the oldest first.
pub async fn messages(request: HttpRequest, app: Data<App>) -> Answer {
    let about = About::of(&app, &request, &Bytes::new()).await?;
    let found = about.conversation(&app).await?;
    let said = said(&app, &about, &found, PAGE).await?;
    let payload: Vec<Value> = said.iter().map(|said| chatwoot::message(said, about.number)).collect();
    Ok(HttpResponse::Ok().json(json!({"meta": {"labels": [], "additional_attributes": {}}, "payload": payload})))
}

async fn said(app: &App, about: &About, found: &Conversation, most: i64) -> Result<Vec<Said>, Fault> {
    let faces = app.workspaces.faces(found.workspace_id);
    Ok(request::last(&app.db, faces.as_deref(), found, most, about.call.bot().redacts).await?)
}
