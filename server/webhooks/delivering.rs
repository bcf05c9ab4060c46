//! Carries deliveries out. A webhook has a few under way at once, each of another conversation, and never
//! waits for another webhook; what is under way is leased in the database, so that it is done again by
//! whoever is there when this process is gone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::http::header::RETRY_AFTER;
use serde::Serialize;
use tokio::sync::Notify;
use tokio_util::task::TaskTracker;

use super::delivery_store::{self as store, Claimed, Outcome};
use super::store::Webhook;
use super::{ANSWER_CHARS, DEADLINE, MOST_ANSWER_BYTES, pause, payload};
use crate::app::App;
use crate::clock::Timestamp;
use crate::db::{Error, Tx};
use crate::events;
use crate::ids::{WebhookId, WorkspaceId};
use crate::left_behind;
use crate::metrics;
use crate::outgoing::{Answer, Failed, Request, Told, signing};
use crate::visitors::clean;
use crate::writer::op;

/// Deliveries of one webhook that are under way at once.
const PER_WEBHOOK: usize = 8;
/// Of all webhooks.
const AT_ONCE: usize = 64;
/// How long a taken delivery is ours.
const LEASE: Duration = Duration::from_secs(30);
/// How often it is looked whether something is due.
const LOOK: Duration = Duration::from_secs(1);
/// The status by which a webhook says that it is gone for good.
const GONE: u16 = 410;

/// What is under way.
#[derive(Default)]
pub struct Courier {
    under_way: Mutex<HashMap<WebhookId, usize>>,
    /// Rung when there may be something to do.
    pub stirred: Notify,
}

impl Courier {
    fn free(&self, webhook: WebhookId) -> usize {
        let all = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        let total: usize = all.values().sum();
        let of_it = all.get(&webhook).copied().unwrap_or(0);
        PER_WEBHOOK.saturating_sub(of_it).min(AT_ONCE.saturating_sub(total))
    }

    fn begun(&self, webhook: WebhookId, count: usize) {
        *self.under_way.lock().unwrap_or_else(PoisonError::into_inner).entry(webhook).or_default() += count;
    }

    fn ended(&self, webhook: WebhookId) {
        let mut all = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = all.get_mut(&webhook) {
            *count = count.saturating_sub(1);
        }
        all.retain(|_, count| *count > 0);
        self.stirred.notify_one();
    }
}

/// Delivers, until the server stops. What is under way then is done again after the next start.
pub async fn run(app: Arc<App>) {
    if !app.db.is_pg() {
        let released = app.writer.run("webhooks", |tx| Box::pin(async move { store::release_all(tx.conn()).await }));
        if let Err(error) = released.await {
            tracing::warn!(%error, "deliveries of the last run wait for the end of their leases");
        }
    }
    let tasks = TaskTracker::new();
    let mut took_over: Option<Instant> = None;
    loop {
        tokio::select! {
            () = app.events.written.notified() => {}
            () = app.courier.stirred.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
            () = app.stopping.cancelled() => break,
        }
        if took_over.is_none_or(|at| at.elapsed() >= LOOK) {
            took_over = Some(Instant::now());
            if let Err(error) = left_behind::take_over(&app, &store::CLAIMS).await {
                tracing::warn!(%error, "deliveries that a process left behind could not be looked for");
            }
        }
        if let Err(error) = hand_out(&app, &tasks).await {
            tracing::warn!(%error, "deliveries to webhooks could not be taken; they wait");
        }
    }
    tasks.close();
    tasks.wait().await;
}

async fn hand_out(app: &Arc<App>, tasks: &TaskTracker) -> Result<(), Error> {
    let due = store::due(app.db.read().await?.conn(), app.clock.now()).await?;
    for of_whom in due {
        let free = i64::try_from(app.courier.free(of_whom.1)).unwrap_or(0);
        if free == 0 {
            continue;
        }
        let held = app.presence.hold().await;
        let by = held.number;
        let operation = op(move |tx: &mut Tx| {
            Box::pin(async move {
                let now = tx.moment.now;
                store::claim(tx.conn(), of_whom, now, (now.plus(LEASE), by), free).await
            })
        });
        let claimed = app.writer.run("take deliveries", operation).await?;
        app.courier.begun(of_whom.1, claimed.len());
        for one in claimed {
            let (app, held) = (Arc::clone(app), held.clone());
            tasks.spawn(async move {
                let stopping = app.stopping.clone();
                tokio::select! {
                    made = deliver(&app, one) => if let Err(error) = made {
                        tracing::warn!(%error, "what came of a delivery could not be written; it is made again");
                    },
                    () = stopping.cancelled() => {}
                    () = held.lost() => {}
                }
                app.courier.ended(one.webhook_id);
            });
        }
    }
    Ok(())
}

async fn deliver(app: &App, claimed: Claimed) -> Result<(), Error> {
    let (ws, id) = (claimed.workspace_id, claimed.webhook_id);
    let Some(webhook) = super::store::find(app.db.read().await?.conn(), ws, id).await? else { return Ok(()) };
    let attempt = match body_of(app, ws, claimed.number).await? {
        Some((event, body)) => send(app, &webhook, &event, body).await,
        // Its conversation was erased meanwhile: there is nothing to tell.
        None => Attempt { outcome: Outcome::default(), ..Attempt::default() },
    };
    let again = pause(claimed.attempts, attempt.asked, &app.random);
    let mut outcome = attempt.outcome;
    outcome.again_at =
        again.filter(|_| outcome.error.is_some() && !attempt.gone).map(|after| app.clock.now().plus(after));
    let gone = attempt.gone;
    metrics::webhook_delivery(if outcome.state() == "pending" { "failed" } else { outcome.state() });
    let operation = op(move |tx: &mut Tx| {
        Box::pin(async move {
            let now = tx.moment.now;
            if gone {
                super::store::set_disabled(tx.conn(), ws, id, Some((now, "gone"))).await?;
            }
            store::settle(tx.conn(), &claimed, &outcome, now).await
        })
    });
    app.writer.run("settle delivery", operation).await
}

/// The event's id and the exact bytes that are sent of it.
async fn body_of(app: &App, ws: WorkspaceId, number: i64) -> Result<Option<(String, Vec<u8>)>, Error> {
    let mut conn = app.db.read().await?;
    let Some(event) = events::store::find(conn.conn(), ws, number).await? else { return Ok(None) };
    let id = event.id.to_string();
    let Some(event) = payload::of(conn.conn(), ws, &event, app.workspaces.faces(ws).as_deref()).await? else {
        return Ok(None);
    };
    let body = serde_json::to_vec(&event).map_err(|_| Error::Inconsistent("events"))?;
    Ok(Some((id, body)))
}

/// One attempt, for people and for what comes next.
#[derive(Debug, Default)]
pub struct Attempt {
    /// What is written down.
    pub outcome: Outcome,
    /// The headers that were sent, without the signature's secret: it is in none.
    pub sent: Vec<(String, String)>,
    /// The pause that the answer asks for.
    asked: Option<Duration>,
    /// It said 410.
    gone: bool,
}

/// Sends these bytes, signed.
pub async fn send(app: &App, webhook: &Webhook, event: &str, body: Vec<u8>) -> Attempt {
    let (begun, now) = (Instant::now(), app.clock.now());
    let url = match app.outgoing.read_url(&webhook.url) {
        Ok(url) => url,
        Err(failed) => return Attempt::failed(&failed, begun),
    };
    let signed = signing::headers(&webhook.secrets(), event, now, &body);
    let mut request = Request::post_json(url, body, DEADLINE, MOST_ANSWER_BYTES);
    request.headers.extend(signed);
    let headers = request.headers.iter();
    let sent = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned())).collect();
    let attempt = match app.outgoing.send(request).await {
        Ok(answer) => Attempt::answered(&answer, now, begun),
        Err(failed) => Attempt::failed(&failed, begun),
    };
    Attempt { sent, ..attempt }
}

impl Attempt {
    fn failed(failed: &Failed, begun: Instant) -> Self {
        let (error, told) = (Some(failed.to_string()), Some(failed.told()));
        let outcome = Outcome { error, told, took_ms: took(begun), ..Outcome::default() };
        Self { outcome, ..Self::default() }
    }

    fn answered(answer: &Answer, now: Timestamp, begun: Instant) -> Self {
        let good = (200..300).contains(&answer.status);
        let error = (!good).then(|| format!("it answered with {}", answer.status));
        let outcome = Outcome {
            status: Some(answer.status.into()),
            error,
            told: (!good).then(|| Told::status(answer.status)),
            answer: clean(&String::from_utf8_lossy(&answer.body), ANSWER_CHARS),
            took_ms: took(begun),
            again_at: None,
        };
        let asked = answer.headers.get(RETRY_AFTER.as_str()).and_then(|value| value.to_str().ok());
        Self {
            outcome,
            asked: asked.and_then(|text| retry_after(text, now)),
            gone: answer.status == GONE,
            sent: Vec::new(),
        }
    }
}

fn took(begun: Instant) -> i64 {
    i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX)
}

/// Seconds, or a date (RFC 9110, section 10.2.3).
fn retry_after(text: &str, now: Timestamp) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = chrono::DateTime::parse_from_rfc2822(text.trim()).ok()?;
    Some(Timestamp::from_millis(at.timestamp_millis()).since(now))
}

/// What the button sends: an event that never happened, of nobody.
#[derive(Serialize)]
struct Test<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    timestamp: Timestamp,
    data: TestData,
}

#[derive(Serialize)]
struct TestData {
    message: &'static str,
}

/// Its body, for people to read.
pub fn test_body(app: &App, event: &str) -> String {
    let data = TestData { message: "This is a test. Nothing happened." };
    let test = Test { id: event, kind: "webhook.test", timestamp: app.clock.now(), data };
    serde_json::to_string_pretty(&test).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_may_be_seconds_or_a_date() {
        let now = Timestamp::parse_rfc3339("2026-11-26T10:00:00Z").expect("a time");
        assert_eq!(retry_after(" 120 ", now), Some(Duration::from_secs(120)));
        assert_eq!(retry_after("Thu, 26 Nov 2026 10:01:00 GMT", now), Some(Duration::from_secs(60)));
        assert_eq!(retry_after("Thu, 26 Nov 2026 09:00:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(retry_after("soon", now), None);
        assert_eq!(retry_after("-1", now), None);
    }
}
