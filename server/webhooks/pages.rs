//! The pages on which webhooks are managed.

use askama::Template;

use super::delivery_store::Listed;
use super::payload;
use super::store::Webhook;
use crate::agents::pages::Page;
use crate::clock::Timestamp;
use crate::conversations::fragments::plain_time as plain;
use crate::events::Kind;
use crate::ids::WebhookId;
use crate::outgoing::Told;
use crate::words::Words;

/// `/console/settings/webhooks`
#[derive(Debug, Clone, Template)]
#[template(path = "settings/webhooks.html")]
pub struct WebhooksPage {
    pub page: Page,
    pub query: String,
    pub webhooks: Vec<WebhookLine>,
    /// What was typed.
    pub url: String,
    pub kinds: Vec<KindChoice>,
    pub problem: Option<Problem>,
}

/// `/console/settings/webhooks/{webhook}`
#[derive(Debug, Clone, Template)]
#[template(path = "settings/webhook.html")]
pub struct WebhookPage {
    pub page: Page,
    pub query: String,
    pub line: WebhookLine,
    pub url: String,
    pub kinds: Vec<KindChoice>,
    /// Whether two secrets sign.
    pub rotates: bool,
    /// The secret that was just made.
    pub secret: Option<String>,
    pub problem: Option<Problem>,
    pub test: Option<TestView>,
    /// What was changed is stored.
    pub saved: bool,
    pub dead: Vec<DeliveryLine>,
    pub pending: Vec<DeliveryLine>,
    pub sent: Vec<DeliveryLine>,
}

/// A webhook in the list.
#[derive(Debug, Clone, Default)]
pub struct WebhookLine {
    pub id: String,
    pub url: String,
    /// Empty: it is on; `by_hand` or `gone`.
    pub off: String,
    pub pending: i64,
    pub dead: i64,
    pub kinds: i64,
}

impl WebhookLine {
    /// From the row, and how many of each webhook are pending and dead.
    pub fn of(webhook: Webhook, counts: &[(WebhookId, i64, i64)]) -> Self {
        let of_it = counts.iter().find(|(id, ..)| *id == webhook.id);
        let (pending, dead) = of_it.map_or((0, 0), |(_, pending, dead)| (*pending, *dead));
        Self {
            id: webhook.id.to_string(),
            off: webhook.disabled_why.unwrap_or_default(),
            kinds: i64::try_from(webhook.kinds.len()).unwrap_or(i64::MAX),
            url: webhook.url,
            pending,
            dead,
        }
    }

    fn kinds_words(&self, words: &Words) -> String {
        words.say_with("webhooks-kinds", &[("n", self.kinds)])
    }
}

/// A kind of event with its box.
#[derive(Debug, Clone)]
pub struct KindChoice {
    pub word: &'static str,
    pub on: bool,
    /// Whether agents alone see what it tells of.
    pub inner: bool,
}

impl KindChoice {
    /// All of them, with those ticked.
    pub fn all(ticked: &[Kind]) -> Vec<Self> {
        let choice =
            |kind: Kind| Self { word: kind.word(), on: ticked.contains(&kind), inner: payload::is_of_note(kind) };
        Kind::ALL.into_iter().map(choice).collect()
    }
}

/// What a test sent and got.
#[derive(Debug, Clone, Default)]
pub struct TestView {
    pub good: bool,
    pub took_ms: i64,
    pub request: String,
    /// Empty if there was no answer.
    pub status: String,
    pub error: Mishap,
    pub answer: String,
}

/// Why there was no good answer; nothing where there was one.
#[derive(Debug, Clone, Default)]
pub struct Mishap {
    pub told: Option<Told>,
    /// In English: for what an older or a newer program wrote.
    pub text: String,
}

impl Mishap {
    const fn is_empty(&self) -> bool {
        self.told.is_none() && self.text.is_empty()
    }

    fn words(&self, words: &Words) -> String {
        self.told.as_ref().and_then(|told| told.sentence(words)).unwrap_or_else(|| self.text.clone())
    }
}

/// A delivery.
#[derive(Debug, Clone, Default)]
pub struct DeliveryLine {
    pub number: i64,
    pub event: String,
    pub kind: String,
    pub state: String,
    pub attempts: i64,
    /// RFC 3339; when it is tried next.
    pub next_at: String,
    /// RFC 3339; empty if it never was tried.
    pub tried_at: String,
    pub status: String,
    pub error: Mishap,
    pub answer: String,
    pub took_ms: i64,
}

impl DeliveryLine {
    /// From the row.
    pub fn of(row: Listed) -> Self {
        Self {
            number: row.number,
            event: row.event_id.to_string(),
            kind: row.kind.word().to_owned(),
            state: row.state,
            attempts: row.attempts,
            next_at: row.next_at.rfc3339(),
            tried_at: row.tried_at.map(Timestamp::rfc3339).unwrap_or_default(),
            status: row.status.map(|status| status.to_string()).unwrap_or_default(),
            error: Mishap { told: row.failure.map(|told| told.0), text: row.error.unwrap_or_default() },
            answer: row.answer.unwrap_or_default(),
            took_ms: row.took_ms.unwrap_or_default(),
        }
    }
}

/// Why nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    Url,
    /// It is an address of this machine's networks.
    Inside,
    NoKinds,
    TooMany,
}

impl Problem {
    fn text(self, words: &Words) -> String {
        match self {
            Self::Url => words.say("webhooks-bad-url"),
            Self::Inside => words.say("webhooks-inside"),
            Self::NoKinds => words.say("webhooks-no-kinds"),
            Self::TooMany => words.say("webhooks-too-many"),
        }
    }
}

impl WebhooksPage {
    const fn section(&self) -> &'static str {
        "webhooks"
    }
}

impl WebhookPage {
    const fn section(&self) -> &'static str {
        "webhooks"
    }
}
