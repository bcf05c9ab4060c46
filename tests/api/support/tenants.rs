//! Others beside the first desk: a second workspace, a second site, an agent without the queue.

use deskbell::agents::password::NewPassword;
use deskbell::agents::store::{self as agents, NewAgent};
use deskbell::agents::{EmailAddress, Role};
use deskbell::app::App;
use deskbell::db::Error;
use deskbell::ids::{AgentId, QueueId, SiteId, WorkspaceId};
use deskbell::queues::store::{self as queues, Queue};
use deskbell::secrets::Secret;
use deskbell::setup::Desk;
use deskbell::sites::{OnClosed, Settings, Site, store as sites};
use deskbell::workspaces::store::{self as workspaces, Workspace};

use super::app::{PASSWORD, by_hand};

/// The website of the others.
pub const OTHER_ORIGIN: &str = "https://other.example";

async fn hash(app: &App, email: &EmailAddress) -> String {
    let password = NewPassword::parse(&Secret::new(PASSWORD), email.as_str()).expect("a password");
    app.sessions.passwords.hash(password).await.expect("a hash")
}

fn site(workspace_id: WorkspaceId, id: SiteId, queue_id: QueueId, name: &str) -> Site {
    Site {
        workspace_id,
        id,
        key: format!("key{name}"),
        name: name.to_owned(),
        origins: vec![OTHER_ORIGIN.to_owned()],
        queue_id,
        on_closed: OnClosed::Reopen,
        edit_window_s: 300,
        delete_window_s: 300,
        locale: "en".to_owned(),
        appearance: serde_json::Map::new(),
        settings: Settings::default(),
        topics: Vec::new(),
        is_preview: false,
    }
}

/// Another tenant of the same installation, whose owner is `olga@other.example`.
pub async fn another_workspace(app: &App) -> Desk {
    let desk = Desk {
        workspace_id: WorkspaceId::from_uuid(app.ids.draw()),
        owner_id: AgentId::from_uuid(app.ids.draw()),
        site_id: SiteId::from_uuid(app.ids.draw()),
        site_key: "keyOther".to_owned(),
        queue_id: QueueId::from_uuid(app.ids.draw()),
    };
    let email = EmailAddress::parse("olga@other.example").expect("an address");
    let hash = hash(app, &email).await;
    let (workspace_id, id, queue_id) = (desk.workspace_id, desk.owner_id, desk.queue_id);
    let site = site(workspace_id, desk.site_id, queue_id, "Other");
    let made = app.writer.run("test", move |tx| {
        Box::pin(async move {
            let now = tx.moment.now;
            let workspace = Workspace { id: workspace_id, name: "Other".to_owned() };
            workspaces::insert(tx.conn(), &workspace, now).await?;
            let owner = NewAgent {
                workspace_id,
                id,
                email: &email,
                name: "Olga",
                role: Role::Owner,
                password_hash: &hash,
                capacity: 6,
            };
            agents::insert(tx.conn(), &owner, now).await?;
            queues::insert(tx.conn(), &Queue { workspace_id, id: queue_id, name: "All".to_owned() }, now).await?;
            queues::add_agent(tx.conn(), workspace_id, queue_id, id).await?;
            sites::insert(tx.conn(), &site, now).await?;
            Ok::<_, Error>(())
        })
    });
    made.await.expect("another workspace");
    by_hand(app, workspace_id, queue_id).await;
    desk
}

/// Another website of the same desk; its key.
pub async fn another_site(app: &App, desk: &Desk) -> String {
    let site = site(desk.workspace_id, SiteId::from_uuid(app.ids.draw()), desk.queue_id, "Second");
    let key = site.key.clone();
    let made = app.writer.run("test", move |tx| {
        Box::pin(async move {
            let now = tx.moment.now;
            sites::insert(tx.conn(), &site, now).await
        })
    });
    made.await.expect("another site");
    key
}

/// An agent of the desk who is in none of its queues: `quinn@shop.example`.
pub async fn without_queue(app: &App, desk: &Desk) -> AgentId {
    let id = AgentId::from_uuid(app.ids.draw());
    let email = EmailAddress::parse("quinn@shop.example").expect("an address");
    let hash = hash(app, &email).await;
    let workspace_id = desk.workspace_id;
    let made = app.writer.run("test", move |tx| {
        Box::pin(async move {
            let new = NewAgent {
                workspace_id,
                id,
                email: &email,
                name: "Quinn",
                role: Role::Agent,
                password_hash: &hash,
                capacity: 6,
            };
            let now = tx.moment.now;
            agents::insert(tx.conn(), &new, now).await
        })
    });
    made.await.expect("an agent");
    id
}
