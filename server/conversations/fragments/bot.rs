//! What bots put into a log, for agents: what they offered, what became of them, in words.

use serde_json::{Map, Value};

use super::{EventView, web_link};
use crate::live::protocol::{Card, Message};
use crate::visitors::clean;
use crate::words::{Markup, Words};

/// Characters of a payload that its tag shows.
const PAYLOAD_CHARS: usize = 60;
/// Characters of an answer that was not shown.
const TEXT_CHARS: usize = 1_000;

/// What a bot offered beside its words. Agents see what the visitor saw; nothing of it does anything.
#[derive(Debug, Clone, Default)]
pub struct OfferView {
    /// The titles of the answers to choose from.
    pub choices: Vec<String>,
    pub cards: Vec<CardView>,
    /// Of a visitor's words that were chosen, not typed: what the bot gets with them; else empty.
    pub chose: String,
}

/// A card of a bot.
#[derive(Debug, Clone, Default)]
pub struct CardView {
    pub title: String,
    /// May be empty.
    pub text: String,
    pub buttons: Vec<ButtonView>,
}

/// A button of a card, as what it is called and where it leads.
#[derive(Debug, Clone, Default)]
pub struct ButtonView {
    pub title: String,
    /// Empty for one that answers. Shown as text, so that no agent follows what a bot said.
    pub url: String,
}

/// A bot in an event.
#[derive(Debug, Clone, Default)]
pub struct BotView {
    /// May be empty.
    pub name: String,
    /// Of a failure: its word.
    pub why: String,
    /// Of a failure: the seconds that it had, or the status that it answered; as far as they apply.
    pub seconds: String,
    pub status: String,
    /// Of a failure: its own words. Of an answer that was not shown: that answer.
    pub said: String,
}

impl OfferView {
    /// What of it is in a message.
    pub fn of(message: &Message) -> Self {
        let replies = message.quick_replies.iter().flatten();
        Self {
            choices: replies.map(|reply| reply.title.clone()).collect(),
            cards: message.cards.iter().flatten().map(card).collect(),
            chose: message.payload.as_ref().map(payload).unwrap_or_default(),
        }
    }
}

fn card(card: &Card) -> CardView {
    let button = |title: &String, url: &Option<String>| ButtonView {
        title: title.clone(),
        url: url.clone().unwrap_or_default(),
    };
    CardView {
        title: card.title.clone(),
        text: card.text.clone().unwrap_or_default(),
        buttons: card.buttons.iter().map(|one| button(&one.title, &one.url)).collect(),
    }
}

impl ButtonView {
    /// Where it leads, shortened to the host where that says it.
    pub(super) fn leads_to(&self) -> String {
        let host = web_link(&self.url).and_then(|link| url::Url::parse(link).ok());
        let host = host.and_then(|url| url.host_str().map(ToOwned::to_owned));
        host.unwrap_or_else(|| clean(&self.url, PAYLOAD_CHARS))
    }
}

/// A text as it is, anything else as JSON; cut to what a tag holds.
fn payload(value: &Value) -> String {
    let whole = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
    clean(&whole, PAYLOAD_CHARS)
}

impl BotView {
    /// What an event says of a bot.
    pub fn of(params: &Map<String, Value>) -> Self {
        let text = |key: &str| params.get(key).and_then(Value::as_str).unwrap_or_default();
        let number = |key: &str| params.get(key).and_then(Value::as_f64).map(|n| format!("{n:.0}")).unwrap_or_default();
        let name = params.get("bot").and_then(|bot| bot.get("name")).and_then(Value::as_str);
        Self {
            name: name.unwrap_or_default().to_owned(),
            why: text("why").to_owned(),
            seconds: number("seconds"),
            status: number("status"),
            said: clean(if text("detail").is_empty() { text("text") } else { text("detail") }, TEXT_CHARS),
        }
    }
}

impl EventView {
    /// A bot's event in words; nothing for any other.
    pub(super) fn bot_words(&self, words: &Words) -> Option<Markup> {
        let named = if self.bot.name.trim().is_empty() { words.say("bot") } else { self.bot.name.clone() };
        let bot = ("bot", named.as_str());
        Some(match (self.name.as_str(), self.by_kind.as_str()) {
            ("bot_handed_off", "visitor") => words.say_names("event-bot-asked", &[bot]),
            ("bot_handed_off", "bot") => words.say_names("event-bot-passed", &[bot]),
            ("bot_handed_off", _) => words.say_names("event-bot-gone", &[bot]),
            ("conversation_given_to_bot", _) if self.by_name.trim().is_empty() => words.say_names("event-bot-has", &[bot]),
            ("conversation_given_to_bot", _) => words.say_names("event-bot-given", &[bot, ("by", self.by_name.trim())]),
            ("bot_suppressed", _) => words.say_names("event-bot-late", &[bot, ("text", &self.bot.said)]),
            ("bot_failed", _) => self.bot.failed(words, bot),
            _ => return None,
        })
    }
}

impl BotView {
    fn failed(&self, words: &Words, bot: (&str, &str)) -> Markup {
        let said = ("detail", self.said.as_str());
        match self.why.as_str() {
            "no_answer" => words.say_names("bot-no-answer", &[bot, ("seconds", &self.seconds)]),
            "not_later" => words.say_names("bot-not-later", &[bot, ("seconds", &self.seconds)]),
            "refused" => words.say_names("bot-refused", &[bot, ("status", &self.status)]),
            "unreachable" => words.say_names("bot-unreachable", &[bot, said]),
            "nonsense" => words.say_names("bot-nonsense", &[bot, said]),
            "too_long" => words.say_names("bot-too-long", &[bot]),
            "resting" | "closed_breaker" => words.say_names("bot-resting", &[bot]),
            "disabled" => words.say_names("bot-disabled", &[bot]),
            "out_of_tokens" => words.say_names("bot-out-of-tokens", &[bot]),
            _ => words.say_names("bot-failed", &[bot]),
        }
    }
}
