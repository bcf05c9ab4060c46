//! The pages on which sites are managed.

use askama::Template;
use chrono_tz::Tz;

use super::managing::Error;
use super::settings::{About, AskAddress, MAX_KEEP_DAYS, PreChatField};
use super::texts::{Key, LangTexts};
use super::{Settings, Site};
use crate::agents::pages::Page;
use crate::hours::Hours;
use crate::hours::form::HoursForm;
use crate::http::fields::Fields;
use crate::queues::store::Queue;
use crate::words::{Lang, Words};

/// The fields of the form before the chat that every site may have.
pub const KNOWN: [(&str, About); 4] =
    [("name", About::Name), ("email", About::Email), ("phone", About::Phone), ("topic", About::Topic)];

/// `/console/settings/sites`
#[derive(Debug, Clone, Template)]
#[template(path = "settings/sites.html")]
pub struct SitesPage {
    pub page: Page,
    pub query: String,
    pub sites: Vec<SiteLine>,
    /// What was typed for a new one.
    pub name: String,
    pub origin: String,
    /// All queues, and whether each was chosen.
    pub queues: Vec<(Queue, bool)>,
    pub problem: Option<Problem>,
}

/// A site in the list.
#[derive(Debug, Clone, Default)]
pub struct SiteLine {
    pub id: String,
    pub name: String,
    pub origins: Vec<String>,
}

/// `/console/settings/sites/{site}`
#[derive(Debug, Clone, Template)]
#[template(path = "settings/site.html")]
pub struct SitePage {
    pub page: Page,
    pub query: String,
    pub id: String,
    /// As they are stored.
    pub name: String,
    pub key: String,
    /// What goes into the website.
    pub tag: String,
    /// Where the real widget is shown, as the form says.
    pub preview: String,
    pub form: SiteForm,
    pub problem: Option<Problem>,
    pub saved: bool,
}

/// What the form holds, as text.
#[derive(Debug, Clone, Default)]
pub struct SiteForm {
    pub name: String,
    /// A line each.
    pub origins: String,
    /// All queues, and whether its conversations wait there.
    pub queues: Vec<(Queue, bool)>,
    pub colour: String,
    pub greeting: String,
    pub locale: String,
    pub on_closed: String,
    pub edit_window: String,
    pub delete_window: String,
    pub reply_within: String,
    pub preview: bool,
    pub rating: bool,
    pub consent: bool,
    pub consent_text: String,
    pub offline_address: String,
    pub privacy: String,
    /// Of [`KNOWN`]: `off`, `optional` or `required`.
    pub asks: [String; 4],
    /// All queues, and whether the topic offers each; none for all of them.
    pub topics: Vec<(Queue, bool)>,
    /// Own questions, a line each; `*` at the end where an answer is required.
    pub questions: String,
    pub hours: HoursForm,
    /// Its own words, by language.
    pub texts: Vec<LangTexts>,
    /// Days; empty for ever.
    pub keep_days: String,
}

/// The colour of a widget that has none of its own.
const OUR_COLOUR: &str = "#0b6580";

impl SiteForm {
    /// What is stored.
    pub fn of(site: &Site, hours: Option<&Hours>, queues: Vec<Queue>, zone: Tz) -> Self {
        let look = |key: &str| site.appearance.get(key).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
        let Settings {
            pre_chat,
            consent,
            rating,
            offline,
            privacy,
            preview,
            reply_within_s,
            keep_days,
            texts: _,
            mail: _,
        } = &site.settings;
        let asked = |about: &About| pre_chat.fields.iter().find(|field| field.about == *about);
        let asks = KNOWN.map(|(_, about)| match asked(&about) {
            None => "off",
            Some(field) if field.required => "required",
            Some(_) => "optional",
        });
        Self {
            name: site.name.clone(),
            origins: site.origins.join("\n"),
            topics: queues.iter().map(|queue| (queue.clone(), pre_chat.topics.contains(&queue.id))).collect(),
            queues: queues.into_iter().map(|queue| (queue.clone(), queue.id == site.queue_id)).collect(),
            colour: Some(look("colour")).filter(|colour| !colour.is_empty()).unwrap_or_else(|| OUR_COLOUR.to_owned()),
            greeting: look("greeting"),
            locale: site.locale.clone(),
            on_closed: site.on_closed.word().to_owned(),
            edit_window: site.edit_window_s.to_string(),
            delete_window: site.delete_window_s.to_string(),
            reply_within: reply_within_s.unwrap_or(0).to_string(),
            preview: *preview,
            rating: rating.on,
            consent: consent.required,
            consent_text: consent.text.clone().unwrap_or_default(),
            offline_address: match offline.ask_address {
                AskAddress::Off => "off",
                AskAddress::Optional => "optional",
                AskAddress::Required => "required",
            }
            .to_owned(),
            privacy: privacy.clone().unwrap_or_default(),
            asks: asks.map(str::to_owned),
            questions: pre_chat.fields.iter().filter_map(question).collect::<Vec<_>>().join("\n"),
            hours: HoursForm::of(hours, zone),
            texts: LangTexts::of(site, &Key::CHAT),
            keep_days: if *keep_days == 0 { String::new() } else { keep_days.to_string() },
        }
    }

    /// What was typed, kept.
    pub fn typed(fields: &Fields, queues: Vec<(Queue, bool)>, site: &Site) -> Self {
        let text = |name: &str| fields.get(name).to_owned();
        let chosen = |queue: &Queue| queue.id.to_string() == fields.get("queue");
        let offered = |queue: &Queue| fields.all("topic").any(|id| id == queue.id.to_string());
        Self {
            name: text("name"),
            origins: text("origins"),
            topics: queues.iter().map(|(queue, _)| (queue.clone(), offered(queue))).collect(),
            queues: queues.into_iter().map(|(queue, _)| (queue.clone(), chosen(&queue))).collect(),
            colour: text("colour"),
            greeting: text("greeting"),
            locale: text("locale"),
            on_closed: text("on_closed"),
            edit_window: text("edit_window"),
            delete_window: text("delete_window"),
            reply_within: text("reply_within"),
            preview: fields.is_on("preview"),
            rating: fields.is_on("rating"),
            consent: fields.is_on("consent"),
            consent_text: text("consent_text"),
            offline_address: text("offline_address"),
            privacy: text("privacy"),
            asks: KNOWN.map(|(name, _)| text(&format!("ask_{name}"))),
            questions: text("questions"),
            hours: HoursForm::typed(fields),
            texts: LangTexts::typed(fields, site, &Key::CHAT),
            keep_days: text("keep_days"),
        }
    }

    /// The choices of a field: value, words, and whether it is chosen.
    fn choices(&self, of: &str, words: &Words) -> [(&'static str, String, bool); 3] {
        let all = [
            ("off", words.say("sites-ask-off")),
            ("optional", words.say("sites-ask-optional")),
            ("required", words.say("sites-ask-required")),
        ];
        all.map(|(value, words)| (value, words, value == of))
    }

    /// The fields that every site may ask for: name, label, and what is chosen.
    fn known(&self, words: &Words) -> Vec<(&'static str, String, &str)> {
        let label = |name| match name {
            "name" => words.say("sites-ask-name"),
            "email" => words.say("sites-ask-email"),
            "phone" => words.say("sites-ask-phone"),
            _ => words.say("sites-ask-topic"),
        };
        KNOWN.iter().zip(&self.asks).map(|((name, _), ask)| (*name, label(name), ask.as_str())).collect()
    }

    /// The languages that the widget speaks.
    fn locales(&self) -> Vec<(&'static str, &'static str, bool)> {
        languages(&self.locale).to_vec()
    }

    fn reopens(&self) -> bool {
        self.on_closed != "new"
    }

    fn hours_help(&self, words: &Words) -> String {
        words.say("hours-help-site")
    }
}

/// The languages that are spoken: tag, name in that language, and whether it is chosen.
pub fn languages(chosen: &str) -> [(&'static str, &'static str, bool); 3] {
    [("en", "English"), ("de", "Deutsch"), ("ar", "العربية")].map(|(tag, name)| (tag, name, tag == chosen))
}

fn question(field: &PreChatField) -> Option<String> {
    let About::Text { label } = &field.about else { return None };
    Some(format!("{label}{}", if field.required { " *" } else { "" }))
}

/// Why nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    Name,
    NameTaken,
    Queue,
    /// What is wrong with an origin, a question or the hours, from the parser.
    Origin(String),
    Question(String),
    Hours(String),
    Colour,
    Locale,
    Greeting,
    Sentence,
    /// Which of its own words are too long.
    Text(Lang, Key),
    KeepDays,
    /// So many chats are older than what is to be kept, and nobody said yet that they may go.
    Deletes {
        chats: i64,
        days: u32,
    },
    Seconds,
}

impl Problem {
    /// What people can mend; everything else is a page of its own.
    pub const fn of(error: &Error) -> Option<Self> {
        match error {
            Error::NameTaken => Some(Self::NameTaken),
            Error::Queue => Some(Self::Queue),
            Error::NotFound | Error::Db(_) => None,
        }
    }

    fn text(&self, words: &Words) -> String {
        match self {
            Self::Name => words.say("agents-bad-name"),
            Self::NameTaken => words.say("sites-name-taken"),
            Self::Queue => words.say("sites-bad-queue"),
            Self::Origin(why) => words.say_with("sites-bad-origin", &[("why", why.as_str())]),
            Self::Question(why) => words.say_with("sites-bad-question", &[("why", why.as_str())]),
            Self::Hours(why) => words.say_with("queues-bad-hours", &[("why", why.as_str())]),
            Self::Colour => words.say("sites-bad-colour"),
            Self::Locale => words.say("sites-bad-locale"),
            Self::Greeting => words.say("sites-bad-greeting"),
            Self::Sentence => words.say("sites-bad-sentence"),
            Self::Text(lang, key) => {
                let (what, most) = (key.label(words), key.most().to_string());
                words.say_with("texts-bad", &[("what", what.as_str()), ("lang", lang.tag()), ("n", most.as_str())])
            }
            Self::KeepDays => words.say_with("keep-bad", &[("n", MAX_KEEP_DAYS)]),
            Self::Deletes { chats, .. } => words.say_with("keep-deletes", &[("n", *chats)]),
            Self::Seconds => words.say("queues-bad-seconds"),
        }
    }
}

impl SitesPage {
    const fn section(&self) -> &'static str {
        "sites"
    }
}

impl SitePage {
    /// What is to be said yes to before anything is saved: how many chats go, and after how many days.
    const fn deletes(&self) -> Option<(i64, u32)> {
        match self.problem {
            Some(Problem::Deletes { chats, days }) => Some((chats, days)),
            _ => None,
        }
    }

    const fn section(&self) -> &'static str {
        "sites"
    }
}
