//! The pages on which bots are managed.

use askama::Template;

use super::breaker::Health;
use super::turn_store::Turn;
use super::{Bot, Kind, managing::Error};
use crate::agents::pages::Page;
use crate::clock::Timestamp;
use crate::conversations::fragments::{BotView, plain_time as plain};
use crate::outgoing::{Failed, Told};
use crate::words::{Markup, Words};

/// `/console/settings/bots`
#[derive(Debug, Clone, Template)]
#[template(path = "settings/bots.html")]
pub struct BotsPage {
    pub page: Page,
    pub query: String,
    pub bots: Vec<BotLine>,
    pub form: BotForm,
    pub problem: Option<Problem>,
}

/// `/console/settings/bots/{bot}`
#[derive(Debug, Clone, Template)]
#[template(path = "settings/bot.html")]
pub struct BotPage {
    pub page: Page,
    pub query: String,
    pub line: BotLine,
    pub form: BotForm,
    pub problem: Option<Problem>,
    pub saved: bool,
    /// What is shown once: its label's word, and the text.
    pub made: Vec<Made>,
    /// Whether two secrets sign.
    pub rotates: bool,
    pub test: Option<TestView>,
    pub turns: Vec<TurnLine>,
}

/// Something that is shown once.
#[derive(Debug, Clone)]
pub struct Made {
    pub is_secret: bool,
    pub text: String,
}

/// A bot in the list.
#[derive(Debug, Clone, Default)]
pub struct BotLine {
    pub id: String,
    pub name: String,
    pub kind: String,
    pub url: String,
    pub queues: Vec<String>,
    pub is_on: bool,
    /// Failures in a row; 0 while it is well.
    pub failures: u32,
    /// RFC 3339: until when it is left alone; empty while it is asked.
    pub rests_until: String,
}

impl BotLine {
    /// From the row, and how it stands in this process.
    pub fn of(bot: &Bot, queues: Vec<String>, health: Health) -> Self {
        let (failures, rests_until) = match health {
            Health::Well => (0, String::new()),
            Health::Failing(failures) => (failures, String::new()),
            Health::Resting(until) => (super::breaker::FAILURES, until.rfc3339()),
        };
        let (name, url) = (bot.name.clone(), bot.url.clone());
        let (id, kind) = (bot.id.to_string(), bot.kind.word().to_owned());
        Self { id, name, kind, url, queues, is_on: bot.is_on(), failures, rests_until }
    }

    fn kind_words(&self, words: &Words) -> String {
        kind_words(&self.kind, words)
    }
}

/// What a form holds, as text.
#[derive(Debug, Clone, Default)]
pub struct BotForm {
    pub name: String,
    pub kind: String,
    pub url: String,
    pub deadline: String,
    pub later: String,
    pub redacts: bool,
    pub is_on: bool,
    pub model: String,
    pub prompt: String,
    /// Whether one is stored; it is never shown again.
    pub has_credential: bool,
    pub history: String,
    pub answer_tokens: String,
    pub chat_tokens: String,
    pub callback: bool,
    /// Every queue: its id, its name, and whether it answers there.
    pub queues: Vec<(String, String, bool)>,
}

impl BotForm {
    fn kinds(&self, words: &Words) -> Vec<(&'static str, String, bool)> {
        let kind = |kind: Kind| (kind.word(), kind_words(kind.word(), words), self.kind == kind.word());
        Kind::ALL.into_iter().map(kind).collect()
    }
}

fn kind_words(kind: &str, words: &Words) -> String {
    match kind {
        "openai" => words.say("bots-kind-openai"),
        "rasa" => words.say("bots-kind-rasa"),
        "chatwoot" => words.say("bots-kind-chatwoot"),
        _ => words.say("bots-kind-webhook"),
    }
}

/// What a test sent and got.
#[derive(Debug, Clone, Default)]
pub struct TestView {
    pub good: bool,
    pub took_ms: i64,
    /// What the bot would do; empty where it would be handed off.
    pub outcome: String,
    /// Why it would be handed off.
    pub failure: BotView,
    pub request: String,
    /// Empty if there was no answer.
    pub status: String,
    pub answer: String,
}

/// One thing that the bot was asked.
#[derive(Debug, Clone, Default)]
pub struct TurnLine {
    pub conversation: String,
    pub state: String,
    /// A word for `done` and `void`; of one that failed what a program wrote that kept no more.
    pub outcome: String,
    /// Of one that failed: why.
    pub failure: Option<BotView>,
    pub attempts: i64,
    pub status: String,
    pub took_ms: i64,
    pub request: String,
    pub answer: String,
    /// RFC 3339.
    pub at: String,
}

impl TurnLine {
    /// From the row.
    pub fn of(turn: Turn) -> Self {
        Self {
            conversation: turn.conversation_id.to_string(),
            failure: turn.failure.map(|why| BotView::of(&why)),
            outcome: turn.outcome.unwrap_or_else(|| turn.state.clone()),
            state: turn.state,
            attempts: turn.attempts,
            status: turn.status.map(|status| status.to_string()).unwrap_or_default(),
            took_ms: turn.took_ms.unwrap_or_default(),
            request: turn.request.unwrap_or_default(),
            answer: turn.response.unwrap_or_default(),
            at: Timestamp::rfc3339(turn.created_at),
        }
    }
}

impl TestView {
    fn failure_words(&self, words: &Words) -> Markup {
        self.failure.failure(words, ("bot", &self.failure.name))
    }
}

impl TurnLine {
    fn outcome_words(&self, words: &Words) -> Markup {
        if let Some(why) = &self.failure {
            return why.failure(words, ("bot", &why.name));
        }
        let plain = |key: &str| words.say_names(key, &[]);
        match (self.state.as_str(), self.outcome.as_str()) {
            ("waiting", _) => plain("bots-turn-waiting"),
            ("calling", _) => plain("bots-turn-calling"),
            ("later", _) => plain("bots-turn-later"),
            ("void", _) => plain("bots-turn-void"),
            ("failed", _) => plain("bots-turn-failed"),
            (_, "handed_off") => plain("bots-turn-handed-off"),
            (_, "closed") => plain("bots-turn-closed"),
            (_, "nothing") => plain("bots-turn-nothing"),
            _ => plain("bots-turn-answered"),
        }
    }
}

/// Why nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    Name,
    NameTaken,
    /// What is wrong with the address.
    Url(Told),
    Number,
    Model,
    Text,
    TooMany,
    Queues,
}

impl Problem {
    /// What people can mend.
    pub fn of(error: &Error) -> Option<Self> {
        match error {
            Error::NameTaken => Some(Self::NameTaken),
            Error::TooMany => Some(Self::TooMany),
            Error::Value("name", _) => Some(Self::Name),
            Error::Value("url", _) => Some(Self::Url(Failed::BadUrl("not an address").told())),
            Error::Value("deadline" | "later", _) => Some(Self::Number),
            Error::Value("model", _) => Some(Self::Model),
            Error::Value("queues", _) => Some(Self::Queues),
            Error::Value(..) => Some(Self::Text),
            Error::NotFound | Error::NotAllowed | Error::Db(_) => None,
        }
    }

    fn text(&self, words: &Words) -> String {
        match self {
            Self::Name => words.say("agents-bad-name"),
            Self::NameTaken => words.say("bots-name-taken"),
            Self::Url(why) => {
                let why = why.sentence(words).unwrap_or_default();
                words.say_with("bots-bad-url", &[("why", why.as_str())])
            }
            Self::Number => words.say("bots-bad-number"),
            Self::Model => words.say("bots-bad-model"),
            Self::Text => words.say("bots-bad-text"),
            Self::TooMany => words.say("bots-too-many"),
            Self::Queues => words.say("bots-bad-queues"),
        }
    }
}

impl BotsPage {
    const fn section(&self) -> &'static str {
        "bots"
    }
}

impl BotPage {
    const fn section(&self) -> &'static str {
        "bots"
    }
}
