//! A running server in this process.

use std::sync::Arc;

use deskbell::agents::password::NewPassword;
use deskbell::agents::store::NewAgent;
use deskbell::agents::{self, EmailAddress, Role};
use deskbell::app::{self, App, Running};
use deskbell::clock::{Clock, Random};
use deskbell::config::{Config, PasswordCost};
use deskbell::db::Error;
use deskbell::ids::{AgentId, ConversationId, QueueId, WorkspaceId};
use deskbell::routing::Policy;
use deskbell::routing::line_store::{self, LineChanges};
use deskbell::secrets::Secret;
use deskbell::setup::{self, Desk, NewDesk};
use deskbell::workspaces::Name;

use super::Database;
use super::agent::Agent;
use super::frames::draw_token;
use super::replica::{Replica, StoredMessage};
use super::visitor::Visitor;

/// The website of the tests.
pub const ORIGIN: &str = "https://shop.example";
/// The first owner.
pub const OWNER: &str = "lena@shop.example";
/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery";

/// A running server, its database, and its first desk.
pub struct TestApp {
    pub running: Option<Running>,
    pub app: Arc<App>,
    pub desk: Desk,
    pub http: reqwest::Client,
    /// Kept: it is gone when dropped.
    pub _database: Database,
}

impl TestApp {
    pub async fn start(database: Database) -> Self {
        Self::start_with(database, |_| {}).await
    }

    /// With other settings than the tests' own.
    pub async fn start_with(database: Database, change: impl FnOnce(&mut Config)) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut config = config(&database);
        change(&mut config);
        let running = app::start(config, Clock::System, Random::System).await.expect("a running server");
        let desk = desk(&running.app, "Shop").await;
        let app = Arc::clone(&running.app);
        Self { running: Some(running), app, desk, http: client(), _database: database }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{}", self.app.config.public_url.as_str().trim_end_matches('/'), path)
    }

    pub fn address(&self) -> std::net::SocketAddr {
        self.running.as_ref().expect("it runs").address
    }

    /// A visitor who has said hello.
    pub async fn visitor(&self) -> Visitor {
        Visitor::connect(self.address(), &self.desk.site_key, ORIGIN).await
    }

    /// A visitor on a page of this language.
    pub async fn visitor_who_speaks(&self, locale: &str) -> Visitor {
        let (token, shows, locale) = (draw_token(), Replica::default(), Some(locale.to_owned()));
        Visitor::connect_in(self.address(), &self.desk.site_key, ORIGIN, token, shows, locale).await
    }

    /// The owner, signed in and connected.
    pub async fn owner(&self) -> Agent {
        Agent::sign_in(self, OWNER).await
    }

    /// One more agent of this desk, in its queue.
    pub async fn hire(&self, name: &str, role: Role) -> Agent {
        add_agent(&self.app, &self.desk, name, role).await;
        Agent::sign_in(self, &format!("{name}@shop.example")).await
    }

    /// The messages of a conversation, as the database has them.
    pub async fn stored(&self, conversation: ConversationId) -> Vec<StoredMessage> {
        super::replica::stored(&self.app.db, self.desk.workspace_id, conversation).await
    }

    /// Stops as SIGTERM does.
    pub async fn stop(mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
    }
}

/// The tests' settings: limits out of the way, cheap passwords.
pub fn config(database: &Database) -> Config {
    let mut config = Config::defaults(&database.folder);
    config.database = database.url.clone();
    config.password = PasswordCost::least();
    config.workers = 2;
    config.outgoing_allow = "127.0.0.0/8".parse().expect("a list");
    let limits = &mut config.limits;
    limits.frames_per_second = 10_000;
    limits.frames_burst = 10_000;
    limits.sends_per_minute = 1_000_000;
    limits.sends_burst = 100_000;
    limits.sends_per_minute_per_address = 1_000_000;
    limits.hellos_per_minute_per_address = 1_000_000;
    limits.emails_per_hour_per_address = 1_000_000;
    limits.connections_per_address = 10_000;
    limits.logins_per_minute_per_address = 10_000;
    limits.logins_per_hour_per_account = 10_000;
    limits.api_per_minute_per_key = 1_000_000;
    limits.api_refused_per_minute_per_address = 1_000_000;
    limits.api_burst_per_key = 100_000;
    config
}

/// A client that goes where it is told and nowhere else.
pub fn client() -> reqwest::Client {
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().expect("a client")
}

/// Another desk in the same database: another tenant.
pub async fn desk(app: &App, name: &str) -> Desk {
    let email = EmailAddress::parse(OWNER).expect("an address");
    let password = NewPassword::parse(&Secret::new(PASSWORD), OWNER).expect("a password");
    let password_hash = app.sessions.passwords.hash(password).await.expect("a hash");
    let new = NewDesk {
        owner_email: email,
        owner_name: Some(Name::parse("Lena").expect("a name")),
        password_hash,
        site_name: Name::parse(name).expect("a name"),
        origins: vec![ORIGIN.to_owned()],
    };
    let random = app.random.clone();
    let desk = app.writer.run("test", move |tx| {
        Box::pin(async move {
            let moment = tx.moment.clone();
            setup::set_up(tx, &moment, &random, &new).await
        })
    });
    let desk = desk.await.expect("a desk");
    by_hand(app, desk.workspace_id, desk.queue_id).await;
    desk
}

/// Agents of this queue take chats by hand, so that a story says who has which. Stories about routing
/// say otherwise.
pub async fn by_hand(app: &App, ws: WorkspaceId, queue: QueueId) {
    rules(
        app,
        ws,
        queue,
        LineChanges { policy: Some(Policy::Manual), answer_timeout_s: Some(0), ..LineChanges::default() },
    )
    .await;
}

/// Gives a queue other rules.
pub async fn rules(app: &App, ws: WorkspaceId, queue: QueueId, changes: LineChanges) {
    let saved = app
        .writer
        .run("test", move |tx| Box::pin(async move { line_store::save_rules(tx.conn(), ws, queue, &changes).await }));
    saved.await.expect("a queue");
}

/// An agent in the desk's queue.
pub async fn add_agent(app: &App, desk: &Desk, name: &str, role: Role) -> AgentId {
    let id = AgentId::from_uuid(app.ids.draw());
    let email = EmailAddress::parse(&format!("{name}@shop.example")).expect("an address");
    let password = NewPassword::parse(&Secret::new(PASSWORD), email.as_str()).expect("a password");
    let hash = app.sessions.passwords.hash(password).await.expect("a hash");
    let (workspace_id, queue_id, name) = (desk.workspace_id, desk.queue_id, name.to_owned());
    app.writer
        .run("test", move |tx| {
            Box::pin(async move {
                let now = tx.moment.now;
                let new =
                    NewAgent { workspace_id, id, email: &email, name: &name, role, password_hash: &hash, capacity: 6 };
                agents::store::insert(tx.conn(), &new, now).await?;
                deskbell::queues::store::add_agent(tx.conn(), workspace_id, queue_id, id).await?;
                Ok::<_, Error>(())
            })
        })
        .await
        .expect("an agent");
    id
}
