//! What happens because time passed: a first answer did not come, a wait was too long, a sleep is over,
//! an agent stayed away. Due times stand in rows; one task sleeps until the earliest and is woken where
//! an earlier one is written. On several nodes each has such a task: who comes second finds nothing due.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::handing::{back_to_head, line_of, pass_over, wake};
use super::lock::lock_conversation;
use super::{AWAY_GRACE, Rule, SWEEP, decision_store, duty, duty_store, line_store, opening, sweep, sweep_store};
use crate::app::App;
use crate::clock::Timestamp;
use crate::conversations::recording::{Recording, open_recording};
use crate::conversations::{Change, Conversation, Error, Moment, State, inactivity, inactivity_store};
use crate::db::{Db, Tx};
use crate::hours::Opening;
use crate::ids::{ConversationId, QueueId, WorkspaceId};
use crate::practice;
use crate::queues::store as queues;
use crate::writer::{Writer, again};

/// Due conversations that are looked at in one round.
const ROUND: i64 = 200;

/// The shortest pause, so that what cannot be done does not keep the task busy.
const SHORTEST: Duration = Duration::from_millis(50);

/// When the task looks next, and the way to wake it.
#[derive(Debug)]
pub struct Timer {
    next: AtomicI64,
    wake: Notify,
}

impl Default for Timer {
    fn default() -> Self {
        Self { next: AtomicI64::new(i64::MAX), wake: Notify::new() }
    }
}

impl Timer {
    /// A change was committed: wakes the task if it brings something that is due earlier.
    pub fn heard(&self, change: &Change) {
        let conversation = &change.conversation;
        let due = conversation.due_at.into_iter().chain(conversation.quiet_due_at).min();
        // A practice chat's customer thinks in a table of their own.
        if conversation.is_test || due.is_some_and(|due| due.millis() < self.next.load(Ordering::Relaxed)) {
            self.wake.notify_one();
        }
    }

    /// Something else may be due earlier.
    pub fn look(&self) {
        self.wake.notify_one();
    }
}

/// Runs until the process stops.
pub async fn run(app: Arc<App>) {
    if let Err(error) = sweep::after_start(&app.writer).await {
        tracing::warn!(%error, "routing could not look at what was left");
    }
    let mut swept: Option<Instant> = None;
    loop {
        if swept.is_none_or(|at| at.elapsed() >= SWEEP) {
            swept = Some(Instant::now());
            if let Err(error) = sweep::sweep(&app.db, &app.writer, app.clock.now()).await {
                tracing::warn!(%error, "routing could not be swept");
            }
        }
        let pause = match round(&app).await {
            Ok(pause) => pause,
            Err(error) => {
                tracing::warn!(%error, "routing could not do what is due");
                Duration::from_secs(1)
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = app.timer.wake.notified() => {}
            () = app.stopping.cancelled() => return,
        }
    }
}

/// Does what is due, and says how long nothing is.
async fn round(app: &Arc<App>) -> Result<Duration, Error> {
    for (ws, conversation) in run_due(&app.db, &app.writer, app.clock.now()).await? {
        app.hub.attention.row(ws, conversation);
    }
    practice::run_due(&app.db, &app.writer, app.clock.now()).await?;
    // What is written while it looks wakes it in any case.
    app.timer.next.store(i64::MAX, Ordering::Relaxed);
    let next = next_due(&app.db, app.clock.now()).await?;
    app.timer.next.store(next.map_or(i64::MAX, Timestamp::millis), Ordering::Relaxed);
    Ok(next.map_or(SWEEP, |next| next.since(app.clock.now())).clamp(SHORTEST, SWEEP))
}

/// The earliest due time.
async fn next_due(db: &Db, now: Timestamp) -> Result<Option<Timestamp>, Error> {
    let mut conn = db.read().await?;
    let conversation = sweep_store::first_due(conn.conn()).await?;
    let quiet = inactivity_store::first_due(conn.conn()).await?;
    let gone = duty_store::first_gone(conn.conn()).await?.map(|since| since.plus(AWAY_GRACE));
    let opens = opening::next(conn.conn(), now).await?;
    let customer = practice::first_due(conn.conn()).await?;
    Ok(conversation.into_iter().chain(quiet).chain(gone).chain(opens).chain(customer).min())
}

/// Does everything that is due at this moment. What cannot be done is logged and left for the next
/// round; it does not keep the rest from its turn. Gives the chats that look different in lists, although
/// nothing in them changed.
pub async fn run_due(db: &Db, writer: &Writer, now: Timestamp) -> Result<Vec<(WorkspaceId, ConversationId)>, Error> {
    let moved = opening::notice(db, writer, now).await?;
    for (ws, queue) in line_store::to_settle(db.read().await?.conn()).await? {
        tried("settle", writer.run_again("settle", again(move |tx| Box::pin(settle_asked(tx, ws, queue)))).await);
    }
    for (ws, agent) in duty_store::gone(db.read().await?.conn(), now.minus(AWAY_GRACE)).await? {
        let operation = again(move |tx: &mut Tx| {
            Box::pin(async move {
                let moment = tx.moment.clone();
                duty::hand_back_if_gone(tx, &moment, ws, agent).await
            })
        });
        tried("hand back", writer.run_again("hand back", operation).await);
    }
    loop {
        let due = sweep_store::due(db.read().await?.conn(), now, ROUND).await?;
        let quiet = inactivity_store::due(db.read().await?.conn(), now, ROUND).await?;
        let whole = due.len().max(quiet.len()) < usize::try_from(ROUND).unwrap_or(usize::MAX);
        let mut done = 0;
        for (ws, id) in due {
            let outcome = writer.run_again("due", again(move |tx| Box::pin(come_due(tx, ws, id)))).await;
            done += usize::from(tried("due", outcome));
        }
        for (ws, id) in quiet {
            let outcome = writer.run_again("quiet", again(move |tx| Box::pin(inactivity::come_due(tx, ws, id)))).await;
            done += usize::from(tried("quiet", outcome));
        }
        if whole || done == 0 {
            return Ok(moved);
        }
    }
}

fn tried<T>(what: &'static str, outcome: Result<T, Error>) -> bool {
    let Err(error) = outcome else { return true };
    tracing::error!(%error, what, "routing could not do one thing that is due");
    false
}

/// Another program changed the queue, or a transaction left something to do.
async fn settle_asked(tx: &mut Tx, ws: WorkspaceId, queue: QueueId) -> Result<(), Error> {
    super::lock_queues(tx, ws, &[queue].into()).await?;
    line_store::rearm(tx.conn(), ws, queue).await?;
    inactivity_store::rearm(tx.conn(), ws, queue).await?;
    tx.routing.look_at(ws, queue);
    Ok(())
}

/// A conversation's time is over: what that means is its state's.
pub async fn come_due(tx: &mut Tx, ws: WorkspaceId, id: ConversationId) -> Result<(), Error> {
    let moment = tx.moment.clone();
    let overflow = match line_store::whereabouts(tx.conn(), ws, id).await? {
        Some((queue, None)) => line_store::line(tx.conn(), ws, queue).await?.and_then(|line| line.overflow_queue_id),
        _ => None,
    };
    let extra: Vec<QueueId> = overflow.into_iter().collect();
    let Some(found) = lock_conversation(tx, ws, id, &extra).await? else { return Ok(()) };
    if found.due_at.is_none_or(|due| due > moment.now) {
        return Ok(());
    }
    match found.state {
        State::Queued => go_on(tx, &moment, found).await,
        State::Assigned => time_out(tx, &moment, found).await,
        State::Snoozed => {
            let mut recording = open_recording(found);
            wake(tx, &moment, &mut recording, false).await?;
            recording.finish(tx, &moment).await.map(drop)
        }
        State::Bot | State::Closed => Ok(sweep_store::set_due(tx.conn(), ws, id, None).await?),
    }
}

/// The wait was too long: the other queue takes it on, with its age, if somebody serves there now.
async fn go_on(tx: &mut Tx, moment: &Moment, found: Conversation) -> Result<(), Error> {
    let (ws, id) = (found.workspace_id, found.id);
    let mut recording = open_recording(found);
    let line = line_of(tx, &recording).await?;
    let other = match line.overflow_queue_id.filter(|other| line.overflow_after_s > 0 && *other != line.id) {
        Some(other) => queues::find(tx.conn(), ws, other).await?,
        None => None,
    };
    let Some(other) = other else { return Ok(sweep_store::set_due(tx.conn(), ws, id, None).await?) };
    let capacity = decision_store::capacity_now(tx.conn(), ws, other.id, moment.now).await?;
    if capacity.is_none_or(|(_, slots)| slots == 0) || !takes_now(tx, moment, &recording, other.id).await? {
        let later = moment.now.plus_seconds(line.overflow_after_s);
        return Ok(sweep_store::set_due(tx.conn(), ws, id, Some(later)).await?);
    }
    recording.move_to(&other);
    recording.conversation.epoch += 1;
    recording.conversation.due_at = None;
    recording.decision = Some(super::Decision::by(Rule::Overflow));
    recording.next_rev(true);
    recording.finish(tx, moment).await.map(drop)
}

/// Whether a conversation would be given to somebody in this queue now, as far as hours go.
async fn takes_now(tx: &mut Tx, moment: &Moment, recording: &Recording, queue: QueueId) -> Result<bool, Error> {
    let conversation = &recording.conversation;
    let (ws, site) = (conversation.workspace_id, conversation.site_id);
    let Some(line) = line_store::line(tx.conn(), ws, queue).await? else { return Ok(false) };
    let opening = opening::of_chat(tx.conn(), ws, &line, site, moment.now).await?;
    Ok(opening.is_none_or(Opening::is_open))
}

/// The first answer did not come in time.
async fn time_out(tx: &mut Tx, moment: &Moment, found: Conversation) -> Result<(), Error> {
    let (ws, id) = (found.workspace_id, found.id);
    let Some(owner) = found.owner_agent_id else {
        return Ok(sweep_store::set_due(tx.conn(), ws, id, None).await?);
    };
    let mut recording: Recording = open_recording(found);
    let line = line_of(tx, &recording).await?;
    // Nobody else can have it before it opens: until then it stays.
    let opening = opening::of_chat(tx.conn(), ws, &line, recording.conversation.site_id, moment.now).await?;
    if let Some(Opening::Closed { next_open_at }) = opening {
        let due = next_open_at.filter(|_| line.answer_timeout_s > 0).map(|at| at.plus_seconds(line.answer_timeout_s));
        return Ok(sweep_store::set_due(tx.conn(), ws, id, due).await?);
    }
    // The visitor wrote only a while ago, or not yet: the agent has their time from then on.
    let waits = recording.conversation.waiting_since.unwrap_or(moment.now).plus_seconds(line.answer_timeout_s);
    if line.answer_timeout_s > 0 && waits > moment.now {
        return Ok(sweep_store::set_due(tx.conn(), ws, id, Some(waits)).await?);
    }
    let others = duty_store::others_on_duty(tx.conn(), ws, line.id, owner, moment.now).await?;
    if others.is_empty() || line.answer_timeout_s == 0 {
        // Nobody else is there: it stays, and is looked at again.
        let again = (line.answer_timeout_s > 0).then(|| moment.now.plus_seconds(line.answer_timeout_s));
        return Ok(sweep_store::set_due(tx.conn(), ws, id, again).await?);
    }
    pass_over(&mut recording, owner, &others);
    back_to_head(tx, moment, &mut recording, &line, Rule::NoAnswer).await?;
    recording.finish(tx, moment).await.map(drop)
}
