//! What the operator can measure: every metric's name, unit and meaning, and one function to count
//! each. Nothing here listens; the route `/metrics` shows [`render`]. Labels come from small closed
//! sets, never from ids. The recorder is the process's: several apps in one test process share it.

mod recorder;

use std::time::Duration;

use metrics::{Gauge, counter, gauge};

pub use recorder::{render, start, upkeep};

use crate::clock::Timestamp;
use recorder::METERS;

/// Live sessions now, by `kind` (visitor, agent) and `transport` (websocket, events, poll).
pub const SESSIONS: &str = "deskbell_sessions";
/// Messages stored.
pub const MESSAGES_STORED: &str = "deskbell_messages_stored_total";
/// From the moment a write is queued to its commit, in seconds.
pub const COMMIT: &str = "deskbell_commit_seconds";
/// From the commit to the hand-over to a session's socket, in seconds.
pub const DELIVERY: &str = "deskbell_delivery_seconds";
/// Writes that shared one commit.
pub const BATCH: &str = "deskbell_batch_writes";
/// Jobs in the outbox now, by `state`.
pub const JOBS: &str = "deskbell_jobs";
/// Frames and requests refused, by `problem`.
pub const NACKS: &str = "deskbell_nacks_total";
/// Changes read from the database because a rev was missing between two that came.
pub const GAP_READS: &str = "deskbell_gap_reads_total";
/// Conversations whose live state lagged behind the database and was healed (expected: 0).
pub const RECONCILE_HEALS: &str = "deskbell_reconcile_heals_total";
/// Live sessions closed by the server, by `code`.
pub const CLOSES: &str = "deskbell_closes_total";
/// Rows of the agents' lists pushed.
pub const ROWS_PUSHED: &str = "deskbell_rows_pushed_total";
/// Rows of the agents' lists rendered: one for each change and language, however many look.
pub const ROWS_RENDERED: &str = "deskbell_rows_rendered_total";
/// Connections and requests refused before they cost anything, by `reason`.
pub const REFUSED: &str = "deskbell_refused_total";
/// Requests that said for whom they come, from a peer that is not believed: a proxy that is missing in
/// `--trusted-proxy`, or somebody who tries.
pub const FORWARDED_UNTRUSTED: &str = "deskbell_forwarded_untrusted_total";
/// Turns of bots, by what came of them.
pub const BOT_TURNS: &str = "deskbell_bot_turns_total";
/// Attempts to tell a webhook of an event, by what came of them.
pub const WEBHOOK_DELIVERIES: &str = "deskbell_webhook_deliveries_total";
/// Mails that came, by `way` and what became of them.
pub const MAILS_IN: &str = "deskbell_mails_in_total";
/// Mails to reply addresses that nobody has.
pub const MAIL_GUESSES: &str = "deskbell_mail_guesses_total";
/// Whether the mailbox can be read, 1 or 0; missing where none is set.
pub const MAILBOX: &str = "deskbell_mailbox_connected";
/// Chats that routing gave to an agent.
pub const ASSIGNED: &str = "deskbell_routing_assigned_total";
/// What the sweep of routing repaired (expected: 0).
pub const ROUTING_REPAIRS: &str = "deskbell_routing_repairs_total";
/// Mails that were to go out, by kind and outcome.
pub const MAILS: &str = "deskbell_mails_total";
/// Conversations deleted because they were kept as long as their website says.
pub const RETENTION_DELETED: &str = "deskbell_retention_deleted_total";
/// When the certificate that Deskbell shows ends, in seconds since 1970.
pub const CERTIFICATE_ENDS: &str = "deskbell_certificate_ends_seconds";
/// Always 1; its label is the version.
pub const BUILD: &str = "deskbell_build_info";

/// What kind of metric a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Counter,
    Gauge,
    /// Seconds.
    Latency,
    /// A number of things.
    Size,
}

/// Every metric: name, shape, meaning. The documents list the same.
#[rustfmt::skip]
pub const ALL: &[(&str, Shape, &str)] = &[
    (SESSIONS, Shape::Gauge, "Live sessions now, by kind (visitor, agent) and transport (websocket, events, poll)"),
    (MESSAGES_STORED, Shape::Counter, "Messages stored"),
    (COMMIT, Shape::Latency, "From the moment a write is queued to its commit"),
    (DELIVERY, Shape::Latency, "From the commit to the hand-over to a session's socket"),
    (BATCH, Shape::Size, "Writes that shared one commit"),
    (JOBS, Shape::Gauge, "Jobs in the outbox now, by state"),
    (NACKS, Shape::Counter, "Frames and requests refused, by problem"),
    (GAP_READS, Shape::Counter, "Changes read from the database because a rev was missing between two that came"),
    (RECONCILE_HEALS, Shape::Counter, "Conversations whose live state lagged behind the database (expected: 0)"),
    (CLOSES, Shape::Counter, "Live sessions closed by the server, by code"),
    (ROWS_PUSHED, Shape::Counter, "Rows of the agents' lists pushed"),
    (ROWS_RENDERED, Shape::Counter, "Rows of the agents' lists rendered"),
    (REFUSED, Shape::Counter, "Connections and requests refused before they cost anything, by reason"),
    (FORWARDED_UNTRUSTED, Shape::Counter, "Requests with X-Forwarded-For from a peer that is not believed"),
    (BOT_TURNS, Shape::Counter, "Turns of bots, by outcome: answered, later, suppressed, lost, or why they failed"),
    (WEBHOOK_DELIVERIES, Shape::Counter, "Attempts to tell a webhook, by outcome: sent, failed (tried again), dead (given up)"),
    (MAILS_IN, Shape::Counter, "Mails that came, by way and outcome: words, began, note, bounce, repeat, aside, nobody, guessed, poison"),
    (MAIL_GUESSES, Shape::Counter, "Mails to reply addresses that nobody has, by way"),
    (MAILBOX, Shape::Gauge, "Whether the mailbox that is read can be read; missing where none is set"),
    (ASSIGNED, Shape::Counter, "Chats that routing gave to an agent"),
    (ROUTING_REPAIRS, Shape::Counter, "What the sweep of routing repaired (expected: 0)"),
    (MAILS, Shape::Counter, "Mails that were to go out, by kind and outcome: sent, later, delayed, dead, bounced, void"),
    (RETENTION_DELETED, Shape::Counter, "Conversations deleted because they were kept as long as their website says"),
    (CERTIFICATE_ENDS, Shape::Gauge, "When the certificate that Deskbell shows ends, in seconds since 1970; missing behind a proxy"),
    (BUILD, Shape::Gauge, "Always 1; the label is the version"),
];

/// Who a session serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionKind {
    Visitor,
    Agent,
}

/// How a session is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionTransport {
    WebSocket,
    Events,
    Poll,
}

/// Something came of a mail of this kind.
pub fn mail(kind: &str, outcome: &'static str) {
    start();
    let kind = crate::mail::outbox::Kind::parse(kind).map_or("unknown", crate::mail::outbox::Kind::word);
    counter!(MAILS, "kind" => kind, "outcome" => outcome).increment(1);
}

/// So many conversations were deleted, as they are not kept any longer.
pub fn retention_deleted(count: u64) {
    start();
    counter!(RETENTION_DELETED).increment(count);
}

/// The certificate that is shown from now on ends then.
pub fn certificate_ends(at: Timestamp) {
    start();
    gauge!(CERTIFICATE_ENDS).set((at.millis() / 1_000) as f64);
}

/// Counts a session as live until it is dropped.
pub struct SessionCount(&'static Gauge);

/// A live session begins; keep what is returned until it ends.
pub fn session(kind: SessionKind, transport: SessionTransport) -> SessionCount {
    let gauge = &METERS.sessions[kind as usize][transport as usize];
    gauge.increment(1.0);
    SessionCount(gauge)
}

impl Drop for SessionCount {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}

/// So many messages were committed.
pub fn messages_stored(count: u64) {
    METERS.messages.increment(count);
}

/// A write was committed so long after it was queued.
pub fn committed(after: Duration) {
    METERS.commit.record(after);
}

/// A change was handed to a socket so long after its commit.
pub fn delivered(after: Duration) {
    METERS.delivery.record(after);
}

/// A commit held so many writes.
pub fn batch(writes: usize) {
    METERS.batch.record(u32::try_from(writes).unwrap_or(u32::MAX));
}

/// There are so many jobs in this state now.
pub fn jobs(state: &'static str, count: u64) {
    start();
    gauge!(JOBS, "state" => state).set(u32::try_from(count).unwrap_or(u32::MAX));
}

/// A frame or request was refused with a problem of this type, one of `docs/protocol.md`.
pub fn nack(problem_type: &str) {
    start();
    let problem = problem_type.strip_prefix("/problems/").unwrap_or(problem_type);
    counter!(NACKS, "problem" => problem.to_owned()).increment(1);
}

/// A gap was read from the database.
pub fn gap_read() {
    METERS.gap_reads.increment(1);
}

/// So many conversations were healed.
pub fn reconcile_heals(count: u64) {
    METERS.heals.increment(count);
}

/// The server closed a live session with this code of [`crate::live::protocol`].
pub fn closed(code: u16) {
    start();
    counter!(CLOSES, "code" => code.to_string()).increment(1);
}

/// A row was rendered.
pub fn row_rendered() {
    METERS.rendered.increment(1);
}

/// So many rows were pushed to agents.
pub fn rows_pushed(count: u64) {
    METERS.rows.increment(count);
}

/// So many chats were given to agents.
pub fn assigned(count: u64) {
    METERS.assigned.increment(count);
}

/// The sweep of routing repaired so much.
pub fn routing_repairs(count: u64) {
    METERS.routing_repairs.increment(count);
}

/// Something was refused at the door, such as `origin`, `address-connections`, `hellos`.
pub fn refused(reason: &'static str) {
    start();
    counter!(REFUSED, "reason" => reason).increment(1);
}

/// A bot's turn came to an end: `answered`, `later`, `suppressed`, `lost`, or why it failed.
pub fn bot_turn(outcome: &'static str) {
    start();
    counter!(BOT_TURNS, "outcome" => outcome).increment(1);
}

/// An attempt to tell a webhook came to an end: `sent`, `failed` or `dead`.
pub fn webhook_delivery(outcome: &'static str) {
    start();
    counter!(WEBHOOK_DELIVERIES, "outcome" => outcome).increment(1);
}

/// A mail came.
pub fn mail_in(way: &'static str, outcome: &'static str) {
    start();
    counter!(MAILS_IN, "way" => way, "outcome" => outcome).increment(1);
}

/// A mail came to a reply address that nobody has.
pub fn mail_guessed(way: &'static str) {
    start();
    counter!(MAIL_GUESSES, "way" => way).increment(1);
}

/// The mailbox can be read, or cannot.
pub fn mailbox(connected: bool) {
    start();
    gauge!(MAILBOX).set(if connected { 1.0 } else { 0.0 });
}

/// A peer that is not believed said for whom it asks.
pub fn forwarded_untrusted() {
    start();
    counter!(FORWARDED_UNTRUSTED).increment(1);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The value of the line that begins so. The recorder is shared: only differences count.
    fn value(line: &str) -> f64 {
        let text = render();
        let found = text.lines().find_map(|shown| shown.strip_prefix(line)?.strip_prefix(' '));
        found.map_or(0.0, |value| value.parse().expect("a number"))
    }

    #[test]
    fn what_is_counted_is_shown_with_its_meaning() {
        let session = session(SessionKind::Agent, SessionTransport::Poll);
        assert!(value("deskbell_sessions{kind=\"agent\",transport=\"poll\"}") >= 1.0);
        drop(session);
        let before = value(MESSAGES_STORED);
        messages_stored(3);
        assert!(value(MESSAGES_STORED) >= before + 3.0);
        nack("/problems/rate-limited");
        closed(4_101);
        refused("origin");
        jobs("waiting", 2);
        batch(7);
        bot_turn("answered");
        webhook_delivery("sent");
        mail_in("imap", "words");
        mail_guessed("lmtp");
        mailbox(true);
        retention_deleted(1);
        mail("test", "sent");
        forwarded_untrusted();
        gap_read();
        reconcile_heals(0);
        rows_pushed(4);
        certificate_ends(Timestamp::from_millis(4_102_358_400_999));
        upkeep();
        committed(Duration::from_micros(300));
        delivered(Duration::from_millis(2));
        let text = render();
        for (name, _, meaning) in ALL {
            assert!(text.contains(&format!("# HELP {name} {meaning}\n")), "{name} in {text}");
        }
        for line in [
            "deskbell_nacks_total{problem=\"rate-limited\"} ",
            "deskbell_closes_total{code=\"4101\"} ",
            "deskbell_refused_total{reason=\"origin\"} ",
            "deskbell_jobs{state=\"waiting\"} 2",
            "deskbell_batch_writes_bucket{le=\"8\"} ",
            "deskbell_commit_seconds_bucket{le=\"0.00005\"} ",
            "deskbell_delivery_seconds_bucket{le=\"10\"} ",
            "deskbell_certificate_ends_seconds 4102358400\n",
            "deskbell_build_info{version=\"",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
    }

    #[test]
    fn the_documents_list_every_metric_with_its_meaning() {
        let documents = include_str!("../../docs/operating.md");
        for (name, _, meaning) in ALL {
            assert!(documents.contains(&format!("| `{name}` | {meaning} |\n")), "{name}");
        }
    }
}
