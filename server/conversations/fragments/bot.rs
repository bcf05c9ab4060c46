//! What bots put into a log, for agents: what they offered, what became of them, in words.

use serde_json::{Map, Value};

use super::{EventView, web_link};
use crate::live::protocol::{AuthorKind, Card, Field, FieldKind, Message};
use crate::outgoing::Told;
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
    /// Files that are somewhere else.
    pub files: Vec<FileView>,
    /// What a form asks; empty where there is none.
    pub fields: Vec<FieldView>,
    /// Whether that form is answered: by a message below.
    pub answered: bool,
    /// Whether a visitor's words are the answers to a form.
    pub answers: bool,
    /// Of a visitor's words that were chosen, not typed: what the bot gets with them; else empty.
    pub chose: String,
}

/// A file that a bot links to.
#[derive(Debug, Clone, Default)]
pub struct FileView {
    pub name: String,
    pub url: String,
}

impl FileView {
    /// Where it is, if that is a page's address.
    pub(super) fn href(&self) -> Option<&str> {
        web_link(&self.url)
    }

    /// The host, or what of the address there is to show.
    pub(super) fn host(&self) -> String {
        host_of(&self.url)
    }
}

/// A field of a bot's form.
#[derive(Debug, Clone, Default)]
pub struct FieldView {
    pub label: String,
    pub required: bool,
    /// What there is to choose from; may be empty.
    pub options: String,
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
    /// Of a bot that could not be reached: why, for readers of any language; none of an older program.
    pub failed: Option<Told>,
}

impl OfferView {
    /// What of it is in a message.
    pub fn of(message: &Message) -> Self {
        let replies = message.quick_replies.iter().flatten();
        let (form, chose) = (message.form.clone().unwrap_or_default(), message.payload.as_ref());
        let by_visitor = message.author.kind == AuthorKind::Visitor;
        Self {
            files: message
                .attachments
                .iter()
                .map(|one| FileView { name: one.name.clone(), url: one.url.clone() })
                .collect(),
            fields: form.fields.iter().map(field).collect(),
            answered: form.answer.is_some(),
            answers: form.of.is_some(),
            choices: replies.map(|reply| reply.title.clone()).collect(),
            cards: message.cards.iter().flatten().map(card).collect(),
            chose: chose.filter(|_| by_visitor).map(payload).unwrap_or_default(),
        }
    }
}

fn field(field: &Field) -> FieldView {
    let options: Vec<&str> = field.options.iter().map(|option| option.title.as_str()).collect();
    let options = if field.kind == FieldKind::Choice { options.join(" / ") } else { String::new() };
    FieldView { label: field.label.clone(), required: field.required, options }
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
        host_of(&self.url)
    }
}

fn host_of(address: &str) -> String {
    let host = web_link(address).and_then(|link| url::Url::parse(link).ok());
    let host = host.and_then(|url| url.host_str().map(ToOwned::to_owned));
    host.unwrap_or_else(|| clean(address, PAYLOAD_CHARS))
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
            failed: params.get("failed").and_then(|told| serde_json::from_value(told.clone()).ok()),
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
            ("conversation_given_to_bot", _) if self.by_name.trim().is_empty() => {
                words.say_names("event-bot-has", &[bot])
            }
            ("conversation_given_to_bot", _) => words.say_names("event-bot-given", &[bot, ("by", self.by_name.trim())]),
            ("bot_suppressed", _) => words.say_names("event-bot-late", &[bot, ("text", &self.bot.said)]),
            ("bot_failed", _) => self.bot.failure(words, bot),
            _ => return None,
        })
    }
}

impl BotView {
    /// Why a bot could not go on, in words.
    pub fn failure(&self, words: &Words, bot: (&str, &str)) -> Markup {
        let told = self.failed.as_ref().and_then(|told| told.sentence(words));
        let said = ("detail", told.as_deref().unwrap_or(&self.said));
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
