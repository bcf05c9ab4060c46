//! What Rasa's callback channel posts: one message after another of a bot that was asked before. The address
//! is the credential (`bots/callback.rs`).

use actix_web::HttpRequest;
use actix_web::web::{Bytes, Data};
use serde_json::json;

use super::{Answer, Fault, Reply, input};
use crate::app::App;
use crate::bots::adapters::rasa::{self, CalledBack};
use crate::bots::turns::{self, Acted};
use crate::bots::{Bot, Kind, callback, store};
use crate::conversations::Error;
use crate::db::Tx;
use crate::error::RATE_LIMITED;
use crate::ids::{ApiKeyId, BotId};
use crate::metrics;
use crate::writer::again;

/// `POST /v1/bots/{bot_id}/rasa/{token}`
pub async fn called_back(request: HttpRequest, body: Bytes, app: Data<App>) -> Answer {
    let bot = known(&app, &request).await?;
    let bad = |why: String| Fault::bad(format!("The message was refused: {why}. Nothing was done."));
    let CalledBack { conversation: id, epoch, actions } = rasa::called_back(&body).map_err(bad)?;
    let operation = again(move |tx: &mut Tx| {
        Box::pin(async move {
            Ok::<_, Fault>(match turns::act(tx, &bot, id, Some(epoch), actions).await? {
                Acted::Done => Reply::ok(&json!({"conversation_id": id}))?,
                Acted::Suppressed { owner, epoch } => Reply::refused(&Error::OwnerChanged { owner, epoch })?,
                Acted::Lost => return Err(Fault::missing()),
            })
        })
    });
    Ok(app.writer.run_again("bot calls back", operation).await?.into_response())
}

/// Whoever knows no token learns nothing, not even whether there is such a bot.
async fn known(app: &Data<App>, request: &HttpRequest) -> Result<Bot, Fault> {
    let id: BotId = input::path_id(request, "bot_id")?;
    let token = request.match_info().get("token").unwrap_or_default();
    let found = store::anywhere(app.db.read().await?.conn(), id).await?;
    let bot = found.filter(|bot| bot.kind == Kind::Rasa && bot.is_on() && callback::fits(bot, token));
    let bot = bot.ok_or_else(Fault::missing)?;
    // As much as a key may: ids of both are drawn from the same space.
    if let Err(retry) = app.rate_limits.api.check(&ApiKeyId::from_uuid(id.uuid())) {
        metrics::refused("api");
        let words = format!("Too many messages of this bot. Again in {} s.", retry.seconds);
        return Err(Fault::of(RATE_LIMITED.retryable(words, retry.seconds)));
    }
    Ok(bot)
}
