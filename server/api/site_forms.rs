//! What a site asks of its visitors, over REST: fields of the form before the chat are written as the command
//! line writes them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Fault, input};
use crate::ids::QueueId;
use crate::sites::settings::{About, AskAddress, MAX_SENTENCE_CHARS, PreChatField, Settings};

/// Queues that a topic offers, at most.
const MOST_TOPICS: usize = 100;

/// What a site asks, and in which words.
#[derive(Debug, Serialize, ToSchema)]
pub struct SiteForms {
    /// The form before the chat: `name`, `email`, `phone`, `topic` or `text=LABEL`, each with `:required` behind
    /// it or not.
    pre_chat: Vec<String>,
    /// The queues that a topic offers; none for all of them.
    topic_queue_ids: Vec<QueueId>,
    /// Nothing is stored before the visitor agrees.
    consent_required: bool,
    /// To what they agree; null for words of ours.
    consent_text: Option<String>,
    /// What is kept and how long, in the site's own words.
    privacy_text: Option<String>,
    /// How the chat was is asked at its end.
    rating: bool,
    /// Whether an address is asked for while nobody is here: `off`, `optional` or `required`.
    #[schema(pattern = "^(off|optional|required)$")]
    offline_address: &'static str,
    /// Agents see what is typed before it is sent.
    unsent_text: bool,
}

impl SiteForms {
    /// What is stored.
    pub fn of(settings: &Settings) -> Self {
        Self {
            pre_chat: settings.pre_chat.fields.iter().map(written).collect(),
            topic_queue_ids: settings.pre_chat.topics.clone(),
            consent_required: settings.consent.required,
            consent_text: settings.consent.text.clone(),
            privacy_text: settings.privacy.clone(),
            rating: settings.rating.on,
            offline_address: match settings.offline.ask_address {
                AskAddress::Off => "off",
                AskAddress::Optional => "optional",
                AskAddress::Required => "required",
            },
            unsent_text: settings.preview,
        }
    }
}

/// A field as an operator types it.
fn written(field: &PreChatField) -> String {
    let about = match &field.about {
        About::Name => "name".to_owned(),
        About::Email => "email".to_owned(),
        About::Phone => "phone".to_owned(),
        About::Topic => "topic".to_owned(),
        About::Text { label } => format!("text={label}"),
    };
    if field.required { format!("{about}:required") } else { about }
}

/// What of it is to change; what is left out or null stays.
#[derive(Debug, Default, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SiteFormChanges {
    /// All of its fields, in their order; none for no form.
    #[schema(max_items = 8, example = json!(["email:required", "text=Order number"]))]
    pre_chat: Option<Vec<String>>,
    #[schema(max_items = 100)]
    topic_queue_ids: Option<Vec<QueueId>>,
    consent_required: Option<bool>,
    /// Empty for words of ours.
    #[schema(max_length = 1_000)]
    consent_text: Option<String>,
    /// Empty for none.
    #[schema(max_length = 1_000)]
    privacy_text: Option<String>,
    rating: Option<bool>,
    /// `off`, `optional` or `required`.
    #[schema(pattern = "^(off|optional|required)$")]
    offline_address: Option<String>,
    unsent_text: Option<bool>,
}

/// The same, checked.
#[derive(Debug, Default, Clone)]
pub struct Checked {
    fields: Option<Vec<PreChatField>>,
    address: Option<AskAddress>,
    rest: SiteFormChanges,
}

impl SiteFormChanges {
    /// Checks it.
    pub fn checked(self) -> Result<Checked, Fault> {
        let fields = self.pre_chat.as_ref().map(|texts| PreChatField::parse_all(texts)).transpose();
        let fields = fields.map_err(|why| Fault::value("pre_chat", format!("cannot be taken: {why}")))?;
        let address = match self.offline_address.as_deref() {
            None => None,
            Some("off") => Some(AskAddress::Off),
            Some("optional") => Some(AskAddress::Optional),
            Some("required") => Some(AskAddress::Required),
            Some(_) => return Err(Fault::value("offline_address", "is off, optional or required")),
        };
        if self.topic_queue_ids.as_ref().is_some_and(|ids| ids.len() > MOST_TOPICS) {
            return Err(Fault::value("topic_queue_ids", format!("has at most {MOST_TOPICS} of them")));
        }
        let sentence = |field: &str, text: Option<String>| {
            text.map(|text| input::line(field, &text, MAX_SENTENCE_CHARS)).transpose()
        };
        let rest = Self {
            consent_text: sentence("consent_text", self.consent_text)?,
            privacy_text: sentence("privacy_text", self.privacy_text)?,
            ..self
        };
        Ok(Checked { fields, address, rest })
    }
}

impl Checked {
    /// Over what is stored.
    pub fn put_on(self, settings: &mut Settings) {
        let own = |text: Option<String>, stored: &mut Option<String>| {
            if let Some(text) = text {
                *stored = Some(text).filter(|text| !text.is_empty());
            }
        };
        let Self { fields, address, rest } = self;
        own(rest.consent_text, &mut settings.consent.text);
        own(rest.privacy_text, &mut settings.privacy);
        settings.pre_chat.fields = fields.unwrap_or_else(|| std::mem::take(&mut settings.pre_chat.fields));
        settings.pre_chat.topics =
            rest.topic_queue_ids.unwrap_or_else(|| std::mem::take(&mut settings.pre_chat.topics));
        settings.consent.required = rest.consent_required.unwrap_or(settings.consent.required);
        settings.rating.on = rest.rating.unwrap_or(settings.rating.on);
        settings.offline.ask_address = address.unwrap_or(settings.offline.ask_address);
        settings.preview = rest.unsent_text.unwrap_or(settings.preview);
    }
}
