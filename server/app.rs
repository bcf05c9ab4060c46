//! Assembles the parts and runs them.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use actix_web::dev::ServerHandle;
use tokio::net::TcpSocket;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::agents::password::Passwords;
use crate::agents::sessions::Sessions;
use crate::backup::status::Status as BackupStatus;
use crate::bots::runner::{self, Bots};
use crate::clock::{Clock, Ids, Random};
use crate::config::{Config, DatabaseUrl};
use crate::conversations::retention;
use crate::db::{self, DataLock, Db, Presence};
use crate::events::{self, Events};
use crate::http::tls::{self, Certificates, TlsError};
use crate::live::arrivals::Arrivals;
use crate::live::availability::{self, Availabilities};
use crate::live::http::HttpSessions;
use crate::live::hub::Hub;
use crate::live::receipts::{self, Receipts};
use crate::live::visitor::forms;
use crate::live::{drafting, facts, heal, line, own, rows, signed_in};
use crate::mail::alerts;
use crate::mail::inbound::posted::MOST_BODIES;
use crate::mail::inbound::{imap, lmtp};
use crate::mail::sending::transport::Transport;
use crate::mail::sending::{self, Mailer};
use crate::mail::waiting;
use crate::outgoing::Outgoing;
use crate::rate_limit::{ConnectionCounter, RateLimits};
use crate::routing::leases;
use crate::routing::timer::{self, Timer};
use crate::setup;
use crate::sites::SiteCache;
use crate::sites::sightings::{self, Sightings};
use crate::team::board;
use crate::upkeep;
use crate::visitors::blocking::{self, Blocked};
use crate::webhooks::delivering::{self, Courier};
use crate::workspaces;
use crate::workspaces::known::{self, Workspaces};
use crate::writer::{Publish, Writer, WriterTask};

/// Connections that wait to be accepted; the system may allow fewer (`net.core.somaxconn`).
const LISTEN_QUEUE: u32 = 4_096;
/// Passwords that are hashed at once: each takes 19 MiB.
const HASHES_AT_ONCE: usize = 2;

/// Everything that a request needs.
pub struct App {
    /// What the operator decided.
    pub config: Config,
    /// The time.
    pub clock: Clock,
    /// Chance.
    pub random: Random,
    /// Draws ids.
    pub ids: Arc<Ids>,
    /// For reading.
    pub db: Db,
    /// For writing.
    pub writer: Writer,
    /// Who is connected.
    pub hub: Arc<Hub>,
    /// Whether somebody answers.
    pub availability: Availabilities,
    /// Reads for those who come.
    pub arrivals: Arrivals,
    /// Sites by key.
    pub sites: SiteCache,
    /// Where the tag was seen.
    pub sightings: Sightings,
    /// Visitors who may not write any more.
    pub blocked: Blocked,
    /// What is to be written down for other software.
    pub events: Arc<Events>,
    /// Deliveries to webhooks.
    pub courier: Courier,
    /// Mails that go out.
    pub mailer: Mailer,
    /// The one way out to other servers.
    pub outgoing: Outgoing,
    /// What workspaces decided of themselves.
    pub workspaces: Workspaces,
    /// When the last backup was.
    pub backups: BackupStatus,
    /// What is asked of bots.
    pub bots: Arc<Bots>,
    /// That it lives, for other processes on the same database.
    pub presence: Presence,
    /// Mails that come by HTTP, and are in memory now.
    pub mail_bodies: Arc<Semaphore>,
    /// Rates.
    pub rate_limits: Arc<RateLimits>,
    /// Connections.
    pub connections: Arc<ConnectionCounter>,
    /// Signing in and out.
    pub sessions: Sessions,
    /// Receipts that are not written yet.
    pub receipts: Receipts,
    /// When routing looks next.
    pub timer: Arc<Timer>,
    /// Event streams and polls.
    pub http_sessions: HttpSessions,
    /// What clients compare their cache with.
    pub generation: String,
    /// Set once the process is asked to stop: readiness fails from then on.
    pub stopping: CancellationToken,
    /// For work that must not die with a request.
    pub background: tokio::runtime::Handle,
}

/// Why it does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder.
    #[error(transparent)]
    Lock(#[from] db::LockError),
    /// The database.
    #[error(transparent)]
    Open(#[from] db::OpenError),
    /// The database or the write path.
    #[error(transparent)]
    Db(#[from] db::Error),
    /// Passwords.
    #[error(transparent)]
    Password(#[from] crate::agents::password::PasswordError),
    /// The address.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, std::io::Error),
    /// The certificate or its key.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The way out of mails.
    #[error("{0}")]
    Mail(String),
    /// The HTTP server.
    #[error("the HTTP server does not start: {0}")]
    Http(#[from] std::io::Error),
}

/// A running server.
pub struct Running {
    /// Its parts.
    pub app: Arc<App>,
    /// Where it listens.
    pub address: SocketAddr,
    /// The one-time set-up link, while there is no owner.
    pub setup_link: Option<String>,
    /// What is shown to whoever connects, where Deskbell speaks TLS itself.
    pub certificates: Option<Arc<Certificates>>,
    pub(crate) server: ServerHandle,
    pub(crate) tasks: TaskTracker,
    pub(crate) writer: WriterTask,
    _lock: Option<DataLock>,
}

/// Builds, binds and runs. The caller stops it with [`Running::stop`].
pub async fn start(config: Config, clock: Clock, random: Random) -> Result<Running, StartError> {
    let lock = match &config.database {
        DatabaseUrl::Sqlite(_) => Some(DataLock::acquire(&config.data)?),
        DatabaseUrl::Postgres(_) => None,
    };
    let listener = listen(config.listen).map_err(|error| StartError::Listen(config.listen, error))?;
    let address = listener.local_addr()?;
    let config = config.bound_to(address);
    let mail = match config.mail.lmtp_listen {
        Some(at) => Some(lmtp::bind(at).await.map_err(|error| StartError::Listen(at, error))?),
        None => None,
    };
    let certificates = Certificates::load(&config).await?;
    let tls = certificates.as_ref().map(Certificates::server_config).transpose()?;
    if let Some(certificates) = &certificates {
        certificates.tell(clock.now());
    }
    let opened = db::open(&config.database).await?;
    let (app, writer) = build(config, clock, random, opened).await?;
    let setup_link = setup_link(&app).await?;
    let server = crate::http::serve(&app, listener, tls)?;
    let handle = server.handle();
    let tasks = TaskTracker::new();
    tasks.spawn(async move {
        if let Err(error) = server.await {
            tracing::error!(%error, "the HTTP server ended");
        }
    });
    tasks.spawn(heal::run(Arc::clone(&app)));
    tasks.spawn(rows::run(Arc::clone(&app)));
    tasks.spawn(board::run(Arc::clone(&app)));
    tasks.spawn(availability::run(Arc::clone(&app)));
    tasks.spawn(line::run(Arc::clone(&app)));
    tasks.spawn(facts::run(Arc::clone(&app)));
    tasks.spawn(own::run(Arc::clone(&app)));
    tasks.spawn(signed_in::run(Arc::clone(&app)));
    tasks.spawn(sightings::run(Arc::clone(&app)));
    tasks.spawn(forms::run(Arc::clone(&app)));
    tasks.spawn(timer::run(Arc::clone(&app)));
    tasks.spawn(runner::run(Arc::clone(&app)));
    tasks.spawn(leases::run(Arc::clone(&app)));
    tasks.spawn(events::run(Arc::clone(&app)));
    tasks.spawn(delivering::run(Arc::clone(&app)));
    tasks.spawn(waiting::run(Arc::clone(&app)));
    tasks.spawn(sending::run(Arc::clone(&app)));
    tasks.spawn(alerts::run(Arc::clone(&app)));
    tasks.spawn(retention::run(Arc::clone(&app)));
    tasks.spawn(receipts::run(Arc::clone(&app)));
    tasks.spawn(upkeep::run(Arc::clone(&app)));
    if let Some(mail) = mail {
        tasks.spawn(lmtp::run(Arc::clone(&app), mail));
    }
    tasks.spawn(imap::run(Arc::clone(&app)));
    if let Some(certificates) = &certificates {
        tasks.spawn(tls::watch(Arc::clone(&app), Arc::clone(certificates)));
    }
    tasks.close();
    Ok(Running { app, address, setup_link, certificates, server: handle, tasks, writer, _lock: lock })
}

/// Listens with a queue that holds a storm: the library's own of 128 makes clients that come back all
/// at once wait for a second, until TCP tries again.
fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(LISTEN_QUEUE)?.into_std()
}

async fn build(
    config: Config,
    clock: Clock,
    random: Random,
    opened: db::Opened,
) -> Result<(Arc<App>, WriterTask), StartError> {
    let ids = Arc::new(Ids::new(clock.clone(), random.clone()));
    let hub = Arc::new(Hub::default());
    let timer = Arc::new(Timer::default());
    let db = opened.db.clone();
    let bots = Arc::new(Bots::default());
    let events = Arc::new(Events::default());
    let publish = publishing(&hub, &timer, &bots, &events);
    let (writer, task) = Writer::start(opened, clock.clone(), Arc::clone(&ids), publish, config.limits.writer_queue);
    let drawn = random.clone();
    let generation = writer
        .run("instance", move |tx| Box::pin(async move { workspaces::ensure_instance(tx, &drawn).await }))
        .await
        .map_err(StartError::Db)?;
    let rate_limits = Arc::new(RateLimits::new(&config.limits, &clock));
    let passwords = Passwords::new(&config.password, HASHES_AT_ONCE, random.clone())?;
    let (limits, reads, writes) = (Arc::clone(&rate_limits), db.clone(), writer.clone());
    let sessions =
        Sessions { db: reads, writer: writes, passwords, limits, random: random.clone(), clock: clock.clone() };
    let app = App {
        connections: ConnectionCounter::new(&config.limits),
        events,
        courier: Courier::default(),
        mailer: Mailer::new(Transport::of(&config).map_err(StartError::Mail)?),
        outgoing: Outgoing::new(config.outgoing_allow.clone()),
        config,
        clock,
        presence: Presence::new(&db, random.clone()),
        random,
        ids,
        arrivals: Arrivals::start(&db),
        db,
        writer,
        hub,
        availability: Availabilities::default(),
        sites: SiteCache::default(),
        sightings: Sightings::default(),
        backups: BackupStatus::default(),
        bots,
        blocked: Blocked::default(),
        workspaces: Workspaces::default(),
        mail_bodies: Arc::new(Semaphore::new(MOST_BODIES)),
        rate_limits,
        sessions,
        receipts: Receipts::default(),
        timer,
        http_sessions: HttpSessions::default(),
        generation,
        stopping: CancellationToken::new(),
        background: tokio::runtime::Handle::current(),
    };
    look(&app).await?;
    Ok((Arc::new(app), task))
}

/// Reads what is kept in memory.
async fn look(app: &App) -> Result<(), db::Error> {
    app.availability.refresh(&app.db, app.clock.now()).await?;
    app.backups.refresh(&app.db).await?;
    blocking::look(app).await?;
    events::look(app).await?;
    known::look(app).await
}

/// What is done with each change once it is committed.
fn publishing(hub: &Arc<Hub>, timer: &Arc<Timer>, bots: &Arc<Bots>, events: &Arc<Events>) -> Publish {
    let (hub, timer, bots, events) = (Arc::clone(hub), Arc::clone(timer), Arc::clone(bots), Arc::clone(events));
    Arc::new(move |change| {
        timer.heard(&change);
        bots.heard(&change);
        events.heard(&change);
        drafting::tell_mentions(&hub, &change);
        hub.publish(change);
    })
}

async fn setup_link(app: &App) -> Result<Option<String>, StartError> {
    let random = app.random.clone();
    let token = app
        .writer
        .run("set-up token", move |tx| Box::pin(async move { setup::draw_setup_token(tx, &random).await }))
        .await
        .map_err(StartError::Db)?;
    Ok(token.map(|token| format!("{}setup/{}", app.config.public_url, token.expose())))
}

/// Runs until SIGTERM or SIGINT.
pub async fn serve(config: Config) -> Result<(), StartError> {
    let running = start(config, Clock::System, Random::System).await?;
    if let Some(link) = &running.setup_link {
        println!("set up your desk: {link}");
    }
    println!("listening on {}", running.app.config.public_url.as_str().trim_end_matches('/'));
    wait_for_signal().await;
    tracing::info!("stopping");
    running.stop().await;
    Ok(())
}

async fn wait_for_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut term), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) else {
        return drop(tokio::signal::ctrl_c().await);
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = interrupt.recv() => {}
    }
}
