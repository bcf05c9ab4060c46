//! The task that asks bots: it looks at turns that are due, asks each in a task of its own, and does what
//! comes of it. Whatever happens to it, the turns stand in the database.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::adapters::{self, Called, Reply};
use super::breaker::Breakers;
use super::request::{self, Asking};
use super::turn_store::{self, Seen, Turn};
use super::turns::{self, Acted, Asked, Begun};
use super::{Failure, idle, telling};
use crate::app::App;
use crate::conversations::{Change, Error, State};
use crate::db::Tx;
use crate::ids::{BotId, BotTurnId};
use crate::left_behind;
use crate::metrics;
use crate::writer::again;

/// Turns that are looked at in one round.
const ROUND: i64 = 200;
/// How long nothing is looked at if nobody calls.
const PAUSE: Duration = Duration::from_secs(1);
/// The shortest pause after a round that could not do all.
const SHORTEST: Duration = Duration::from_millis(50);
/// Calls of one bot at once; the others wait for their turn.
pub const AT_ONCE: usize = 32;

/// What this process knows of its calls.
#[derive(Debug, Default)]
pub struct Bots {
    wake: Notify,
    running: Mutex<Running>,
    /// Which bots are left alone.
    pub breakers: Breakers,
}

#[derive(Debug, Default)]
struct Running {
    turns: HashSet<BotTurnId>,
    of_bots: HashMap<BotId, usize>,
}

impl Bots {
    /// A change was committed: a bot may have something to do.
    pub fn heard(&self, change: &Change) {
        if change.conversation.state == State::Bot {
            self.wake.notify_one();
        }
    }

    fn begin(&self, turn: &Turn) -> bool {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let calls = running.of_bots.get(&turn.bot_id).copied().unwrap_or(0);
        if calls >= AT_ONCE || !running.turns.insert(turn.id) {
            return false;
        }
        *running.of_bots.entry(turn.bot_id).or_default() += 1;
        true
    }

    fn end(&self, turn: &Turn) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.turns.remove(&turn.id);
        if let Some(calls) = running.of_bots.get_mut(&turn.bot_id) {
            *calls -= 1;
        }
        self.wake.notify_one();
    }
}

/// Runs until the process stops.
pub async fn run(app: Arc<App>) {
    if !app.db.is_pg() {
        let release = crate::writer::op(|tx: &mut Tx| {
            Box::pin(async move {
                let now = tx.moment.now;
                turn_store::release(tx.conn(), now).await
            })
        });
        if let Err(error) = app.writer.run("release turns", release).await {
            tracing::warn!(%error, "calls of bots that a crash cut off wait until their time is over");
        }
    }
    let (mut looked, mut took_over): (Option<Instant>, Option<Instant>) = (None, None);
    while !app.stopping.is_cancelled() {
        if took_over.is_none_or(|at| at.elapsed() >= PAUSE) {
            took_over = Some(Instant::now());
            if let Err(error) = left_behind::take_over(&app, &turn_store::CLAIMS).await {
                tracing::warn!(%error, "calls that a process left behind could not be looked for");
            }
        }
        if looked.is_none_or(|at| at.elapsed() >= idle::EVERY) {
            looked = Some(Instant::now());
            if let Err(error) = idle::close(&app.db, &app.writer, app.clock.now()).await {
                tracing::warn!(%error, "chats that visitors left with a bot could not be closed");
            }
        }
        let pause = round(&app).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "bots could not be asked");
            PAUSE
        });
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = app.bots.wake.notified() => {}
            () = app.stopping.cancelled() => return,
        }
    }
}

async fn round(app: &Arc<App>) -> Result<Duration, Error> {
    let now = app.clock.now();
    let mut conn = app.db.read().await?;
    let due = turn_store::due(conn.conn(), now, ROUND).await?;
    let next = turn_store::first_due(conn.conn()).await?;
    drop(conn);
    for turn in due {
        if app.bots.begin(&turn) {
            let app = Arc::clone(app);
            tokio::spawn(async move {
                if let Err(error) = ask(&app, &turn).await {
                    tracing::warn!(%error, turn = %turn.id, "a bot's turn could not be done; it is tried again");
                }
                app.bots.end(&turn);
            });
        }
    }
    Ok(next.map_or(PAUSE, |next| next.since(now)).clamp(SHORTEST, PAUSE))
}

/// One turn, from its beginning to its end.
async fn ask(app: &Arc<App>, turn: &Turn) -> Result<(), Error> {
    let (ws, id) = (turn.workspace_id, turn.id);
    let held = app.presence.hold().await;
    let by = held.number;
    let begin = again(move |tx: &mut Tx| Box::pin(async move { turns::begin(tx, ws, id, by).await }));
    let asked = match app.writer.run_again("begin turn", begin).await? {
        None => return Ok(()),
        Some(Begun::Failed(asked, failure)) => return fail(app, *asked, failure, None).await,
        Some(Begun::Ask(asked)) => *asked,
    };
    let asking = request::gather(&app.db, app.workspaces.faces(ws).as_deref(), &asked).await?;
    if !adapters::is_asked(&asked.bot, &asking) {
        return done(app, asked, Reply::Actions(Vec::new()), Seen::default()).await;
    }
    if !app.bots.breakers.admits(asked.bot.id, app.clock.now()) {
        return fail(app, asked, Failure::Resting, None).await;
    }
    let Called { reply, seen } = tokio::select! {
        called = call(app, &asked, &asking) => called,
        // Others may ask now, and this process as well: the turn is due.
        () = held.lost() => return Ok(()),
    };
    match reply {
        Ok(reply) => {
            app.bots.breakers.well(asked.bot.id);
            done(app, asked, reply, seen).await
        }
        Err(failure) => fail(app, asked, failure, Some(seen)).await,
    }
}

/// Asks, and shows the visitor what comes. The turn stays this process's for as long as it takes.
async fn call(app: &Arc<App>, asked: &Asked, asking: &Asking) -> Called {
    let mut on_partial = |text: &str| telling::partial(&app.hub, asked, text);
    let now = app.clock.now();
    let mut call = std::pin::pin!(adapters::call(&app.outgoing, &asked.bot, asking, now, &mut on_partial));
    loop {
        // A sign that it writes is over by itself after a while.
        telling::typing(&app.hub, asked, true);
        let still = tokio::time::timeout(turns::RENEWED, &mut call).await;
        if let Ok(called) = still {
            telling::typing(&app.hub, asked, false);
            return called;
        }
        let same = asked.clone();
        let renew = again(move |tx: &mut Tx| Box::pin(async move { turns::renew(tx, &same).await }));
        if let Err(error) = app.writer.run_again("renew turn", renew).await {
            tracing::warn!(%error, "a bot's turn could not be kept");
        }
    }
}

async fn done(app: &Arc<App>, asked: Asked, reply: Reply, seen: Seen) -> Result<(), Error> {
    let (now, wire) = (asked.clone(), seen.clone());
    let end = again(move |tx: &mut Tx| {
        Box::pin(async move {
            match reply {
                Reply::Later => turns::later(tx, &now, &wire).await.map(|()| "later"),
                Reply::Actions(actions) => Ok(match turns::answer(tx, &now, actions, &wire).await? {
                    Acted::Done => "answered",
                    Acted::Suppressed { .. } => "suppressed",
                    Acted::Lost => "lost",
                }),
            }
        })
    });
    match app.writer.run_again("bot's answer", end).await {
        Ok(word) => metrics::bot_turn(word),
        // What it asks for is against a rule that only the database knows: an unknown queue, too many tags.
        Err(error) if !error.is_retryable() && !matches!(error, Error::Db(_)) => {
            return fail(app, asked, Failure::Nonsense(error.to_string()), Some(seen)).await;
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

async fn fail(app: &Arc<App>, asked: Asked, failure: Failure, seen: Option<Seen>) -> Result<(), Error> {
    if failure.counts() && app.bots.breakers.failed(asked.bot.id, app.clock.now()) {
        tracing::warn!(bot = %asked.bot.id, why = failure.word(), "a bot fails again and again, and is left alone");
    }
    metrics::bot_turn(failure.word());
    let end = again(move |tx: &mut Tx| Box::pin(async move { turns::fail(tx, &asked, &failure, seen.as_ref()).await }));
    app.writer.run_again("bot failed", end).await.map(drop)
}
