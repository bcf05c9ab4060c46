//! What a bot does by itself: actions on a conversation that it owns, with a key of its own.

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::call::doing;
use super::{Answer, BotCall, Fault, Reply, input};
use crate::app::App;
use crate::bots::action;
use crate::bots::turns::{self, Acted};
use crate::bots::{Action, telling};
use crate::conversations::Error;
use crate::db::Tx;
use crate::ids::{ConversationId, MessageId};
use crate::live::protocol::MAX_TEXT_CHARS;

/// What a bot does with a conversation.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct Actions {
    /// As the event had it: what comes after somebody else took over gets 409, and reaches nobody.
    epoch: i64,
    /// In the order in which they are done: `say`, `typing`, `handoff`, `close`, `set`, `noop`.
    #[schema(value_type = Vec<Object>, max_items = 20)]
    actions: Vec<Value>,
}

/// A part of an answer, for the visitor to see it grow.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct PartialAnswer {
    /// As the event had it.
    epoch: i64,
    /// The event's id, under which the visitor sees it.
    id: MessageId,
    /// The whole text so far; nothing of it is kept.
    #[schema(max_length = 8_000)]
    text: String,
}

/// What was done.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ActedOn {
    /// The conversation.
    conversation_id: ConversationId,
    /// Its epoch now: another one after a hand-off or a close.
    epoch: i64,
}

/// `POST /api/v1/conversations/{conversation_id}/actions`
pub async fn act(request: HttpRequest, body: Bytes, app: Data<App>) -> Answer {
    let call = BotCall::of(&app, &request, &body).await?;
    let id: ConversationId = input::path_id(&request, "conversation_id")?;
    let Actions { epoch, actions } = call.json()?;
    let actions: Vec<Action> = serde_json::from_value(Value::Array(actions))
        .map_err(|error| Fault::bad(format!("An action is not understood: {error}.")))?;
    action::check(&actions).map_err(|why| Fault::bad(format!("The actions were refused: {why}. Nothing was done.")))?;
    let bot = call.bot().clone();
    if actions.contains(&Action::Typing) {
        telling::writes(&app.hub, &bot, id, epoch);
    }
    let operation = doing(move |tx: &mut Tx| {
        Box::pin(async move {
            match turns::act(tx, &bot, id, Some(epoch), actions).await? {
                Acted::Done => Reply::ok(&ActedOn { conversation_id: id, epoch: turns::epoch(tx, &bot, id).await? }),
                // Kept with what it would have said: the transaction goes on.
                Acted::Suppressed { owner, epoch } => Reply::refused(&Error::OwnerChanged { owner, epoch }),
                Acted::Lost => Err(Fault::missing()),
            }
        })
    });
    call.run("bot acts", operation).await
}

/// `POST /api/v1/conversations/{conversation_id}/partial`
pub async fn partial(request: HttpRequest, body: Bytes, app: Data<App>) -> Answer {
    let call = BotCall::of(&app, &request, &body).await?;
    let id: ConversationId = input::path_id(&request, "conversation_id")?;
    let PartialAnswer { epoch, id: message, text } = call.json()?;
    if text.chars().count() > MAX_TEXT_CHARS {
        return Err(Fault::value("text", format!("has at most {MAX_TEXT_CHARS} characters")));
    }
    let mut conn = app.db.read().await?;
    let found = crate::conversations::store::find(conn.conn(), call.bot().workspace_id, id).await?;
    let found = found.filter(|found| found.bot_id == Some(call.bot().id)).ok_or_else(Fault::missing)?;
    drop(conn);
    if found.bot().is_none() || found.epoch != epoch {
        return Err(Error::OwnerChanged { owner: found.owner(), epoch: found.epoch }.into());
    }
    telling::grows(&app.hub, id, epoch, message, &text);
    Ok(HttpResponse::Ok().json(ActedOn { conversation_id: id, epoch }))
}
