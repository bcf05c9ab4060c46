//! A bot is tried on its page: asked about a chat that there is not, with request and answer side by side.

use std::sync::Arc;

use super::Bot;
use super::adapters::{self, Called, Reply};
use super::pages::TestView;
use super::request::{self, Named};
use crate::agents::session_store::SessionRow;
use crate::app::App;
use crate::conversations::Moment;
use crate::conversations::fragments::BotView;
use crate::http::page::PageRefusal;
use crate::ids::{QueueId, SiteId};
use crate::queues::store as queues;
use crate::sites::store as sites;
use crate::visitors::clean;

/// Characters of a test's words.
const TEST_CHARS: usize = 500;

/// Asks the bot about a chat that there is not: what it answers is shown, and nothing of it is done.
pub(super) async fn ask(app: &App, row: &SessionRow, bot: &Bot, text: &str) -> Result<TestView, PageRefusal> {
    let ws = row.workspace_id;
    let mut conn = app.db.read().await?;
    let queue = queues::of_workspace(conn.conn(), ws).await?.into_iter().next();
    let site = sites::of_workspace(conn.conn(), ws).await?.into_iter().next();
    drop(conn);
    let moment = Moment { ids: Arc::clone(&app.ids), now: app.clock.now() };
    let nobody = SiteId::from_uuid(app.ids.draw());
    let site = site.map_or(Named { id: nobody, name: String::new() }, |site| Named { id: site.id, name: site.name });
    let queue = queue.map_or_else(
        || Named { id: QueueId::from_uuid(app.ids.draw()), name: String::new() },
        |queue| Named { id: queue.id, name: queue.name },
    );
    let text = clean(if text.is_empty() { "Hello" } else { text }, TEST_CHARS);
    let asking = request::example(Named { id: bot.id, name: bot.name.clone() }, site, queue, &text, &moment);
    let Called { reply, seen, .. } = adapters::call(&app.outgoing, bot, &asking, moment.now, &mut |_| true).await;
    let (good, outcome, failure) = match reply {
        Ok(Reply::Actions(actions)) => {
            (true, serde_json::to_string_pretty(&actions).unwrap_or_default(), BotView::default())
        }
        Ok(Reply::Later) => (true, "202".to_owned(), BotView::default()),
        Err(failure) => (false, String::new(), BotView::of(&failure.params(bot))),
    };
    Ok(TestView {
        good,
        outcome,
        failure,
        took_ms: seen.took_ms,
        request: pretty(&seen.request),
        status: seen.status.map(|status| status.to_string()).unwrap_or_default(),
        answer: pretty(&seen.response),
    })
}

/// JSON with lines, where it is whole JSON.
fn pretty(text: &str) -> String {
    let value = serde_json::from_str::<serde_json::Value>(text).ok();
    value.and_then(|value| serde_json::to_string_pretty(&value).ok()).unwrap_or_else(|| text.to_owned())
}
