//! The site's settings, as an operator changes them.

use deskbell::db::Error;
use deskbell::ids::{AgentId, QueueId};
use deskbell::queues::store::{self as queues, Queue};
use deskbell::sites::settings::PreChatField;
use deskbell::sites::{Settings, store as sites};

use super::TestApp;
use super::app::by_hand;

/// Changes what the site asks. To be called before anybody visits it: a running server believes what
/// it knows of a site for two seconds.
pub async fn site_asks(app: &TestApp, change: impl FnOnce(&mut Settings)) {
    let mut all = sites::all(app.app.db.read().await.expect("a connection").conn()).await.expect("sites");
    let mut site = all.remove(all.iter().position(|site| site.id == app.desk.site_id).expect("the site"));
    change(&mut site.settings);
    let saved = app.app.writer.run("test", move |tx| Box::pin(async move { sites::save(tx.conn(), &site).await }));
    saved.await.expect("saved");
}

/// The fields of a form before the chat, as an operator types them.
pub fn fields(texts: &[&str]) -> Vec<PreChatField> {
    let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
    PreChatField::parse_all(&texts).expect("fields")
}

/// Another queue of the desk, served by nobody, from which agents take by hand.
pub async fn another_queue(app: &TestApp, name: &str) -> QueueId {
    let id = QueueId::from_uuid(app.app.ids.draw());
    let queue = Queue { workspace_id: app.desk.workspace_id, id, name: name.to_owned() };
    let made = app.app.writer.run("test", move |tx| {
        Box::pin(async move {
            let now = tx.moment.now;
            queues::insert(tx.conn(), &queue, now).await?;
            Ok::<_, Error>(())
        })
    });
    made.await.expect("a queue");
    by_hand(&app.app, app.desk.workspace_id, id).await;
    id
}

/// The agent serves this queue from now on.
pub async fn serves(app: &TestApp, queue: QueueId, agent: AgentId) {
    let ws = app.desk.workspace_id;
    let made = app
        .app
        .writer
        .run("test", move |tx| Box::pin(async move { queues::add_agent(tx.conn(), ws, queue, agent).await }));
    made.await.expect("in the queue");
}
