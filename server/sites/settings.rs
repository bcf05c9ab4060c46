//! What a site asks of its visitors and tells them: one JSON column. Everything is off at first.
//!
//! What is read from the database may have more than this program knows, from a newer one, and may
//! lack what it knows. What an operator types is parsed strictly, here.

use serde::{Deserialize, Serialize};

use super::texts::Texts;
use crate::ids::QueueId;
use crate::live::protocol::FieldKind;
use crate::visitors::{MAX_EMAIL_CHARS, MAX_NAME_CHARS, MAX_PHONE_CHARS};

/// Fields that a form before the chat may have.
pub const MAX_PRE_CHAT_FIELDS: usize = 8;
/// Characters of the label of a field that the site made up; it is the attribute's name, too.
pub const MAX_LABEL_CHARS: usize = 60;
/// Characters that a visitor may write into such a field.
pub const MAX_CUSTOM_CHARS: u32 = 300;
/// Characters of a site's own sentence (consent, privacy).
pub const MAX_SENTENCE_CHARS: usize = 1_000;
/// The longest time to an answer that a site may promise: a week.
pub const MAX_REPLY_WITHIN_S: u32 = 604_800;

/// The longest time for which conversations can be kept without being kept for ever, in days: ten years.
pub const MAX_KEEP_DAYS: u32 = 3_650;

/// The settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The form before the first message of a conversation.
    pub pre_chat: PreChat,
    /// Whether a visitor has to agree before anything of theirs is stored.
    pub consent: Consent,
    /// How the chat was, at its end.
    pub rating: Rating,
    /// What is asked while nobody is here.
    pub offline: Offline,
    /// What is kept and how long, in the site's own words.
    pub privacy: Option<String>,
    /// Whether agents see what the visitor has not sent yet.
    pub preview: bool,
    /// Seconds within which the site usually answers.
    pub reply_within_s: Option<u32>,
    /// Days for which closed conversations are kept; 0 for ever.
    pub keep_days: u32,
    /// How it writes mails.
    pub mail: SiteMail,
    /// Its own words, by language.
    #[serde(skip_serializing_if = "Texts::is_empty")]
    pub texts: Texts,
}

/// The form before the chat; without fields there is none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PreChat {
    /// In the order in which they are shown.
    pub fields: Vec<PreChatField>,
    /// The queues that the topic offers; none for all of the workspace.
    pub topics: Vec<QueueId>,
}

/// One field of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreChatField {
    /// What it asks.
    #[serde(flatten)]
    pub about: About,
    /// Whether the visitor has to answer before they can write.
    #[serde(default)]
    pub required: bool,
}

/// What a field of the form before the chat asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "snake_case")]
pub enum About {
    /// The visitor's name.
    Name,
    /// Their address of mail.
    Email,
    /// Their telephone number.
    Phone,
    /// Which queue they want.
    Topic,
    /// Anything else in one line; the answer becomes an attribute of that name.
    Text {
        /// What is shown, in the site's language.
        label: String,
    },
}

/// See [`Settings::consent`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Consent {
    /// Nothing is stored before.
    pub required: bool,
    /// The site's own sentence; else there is one of ours.
    pub text: Option<String>,
}

/// See [`Settings::rating`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rating {
    /// Whether it is asked.
    pub on: bool,
}

/// See [`Settings::offline`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Offline {
    /// Whether the visitor is asked for an address.
    pub ask_address: AskAddress,
}

/// See [`Settings::mail`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SiteMail {
    /// The site's own address: what mails come from, and where a new mail begins a conversation.
    pub address: Option<String>,
    /// The name beside it; else the site's.
    pub name: Option<String>,
    /// What stands under an agent's words.
    pub signature: Option<String>,
    /// Seconds for which an answer may stay unread before it goes out by mail; 0: it never does.
    pub away_s: u32,
}

/// See [`SiteMail::away_s`].
pub const AWAY_S: u32 = 120;

impl Default for SiteMail {
    fn default() -> Self {
        Self { address: None, name: None, signature: None, away_s: AWAY_S }
    }
}

/// Whether an address is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AskAddress {
    /// No.
    #[default]
    Off,
    /// Yes, and it may be skipped.
    Optional,
    /// Yes, and it may not be skipped.
    Required,
}

impl Settings {
    /// Whether any form can ever be due: where it cannot, nobody looks.
    pub fn asks(&self) -> bool {
        self.consent.required
            || self.rating.on
            || self.offline.ask_address != AskAddress::Off
            || !self.pre_chat.fields.is_empty()
    }
}

impl PreChat {
    /// Whether it offers a choice of queues.
    pub fn has_topic(&self) -> bool {
        self.fields.iter().any(|field| field.about == About::Topic)
    }

    /// Whether it has to be answered.
    pub fn is_required(&self) -> bool {
        self.fields.iter().any(|field| field.required)
    }
}

impl About {
    /// The key of its value in `form`.
    pub fn name(&self) -> &str {
        match self {
            Self::Name => "name",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Topic => "queue",
            Self::Text { label } => label,
        }
    }

    /// How it is shown.
    pub const fn kind(&self) -> FieldKind {
        match self {
            Self::Name | Self::Text { .. } => FieldKind::Text,
            Self::Email => FieldKind::Email,
            Self::Phone => FieldKind::Tel,
            Self::Topic => FieldKind::Choice,
        }
    }

    /// Characters that are taken at most; none for a choice.
    pub const fn max_chars(&self) -> Option<u32> {
        match self {
            Self::Name => Some(MAX_NAME_CHARS),
            Self::Email => Some(MAX_EMAIL_CHARS),
            Self::Phone => Some(MAX_PHONE_CHARS),
            Self::Topic => None,
            Self::Text { .. } => Some(MAX_CUSTOM_CHARS),
        }
    }
}

impl PreChatField {
    /// `email`, `email:required`, `text=Order number:required`. The error says what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (about, required) = match text.trim().strip_suffix(":required") {
            Some(about) => (about.trim(), true),
            None => (text.trim(), false),
        };
        let about = match about {
            "name" => About::Name,
            "email" => About::Email,
            "phone" => About::Phone,
            "topic" => About::Topic,
            other => match other.strip_prefix("text=") {
                Some(label) => About::Text { label: parse_label(label.trim())? },
                None => {
                    return Err(format!(
                        "`{text}` is no field; write name, email, phone, topic or text=LABEL, each with :required \
                         behind it or not"
                    ));
                }
            },
        };
        Ok(Self { about, required })
    }

    /// A whole form: not too long, and no field twice.
    pub fn parse_all(texts: &[String]) -> Result<Vec<Self>, String> {
        let fields: Vec<Self> = texts.iter().map(|text| Self::parse(text)).collect::<Result<_, _>>()?;
        if fields.len() > MAX_PRE_CHAT_FIELDS {
            return Err(format!("a form has at most {MAX_PRE_CHAT_FIELDS} fields"));
        }
        for (n, field) in fields.iter().enumerate() {
            if fields.iter().take(n).any(|earlier| earlier.about.name() == field.about.name()) {
                return Err(format!("`{}` stands there twice", field.about.name()));
            }
        }
        Ok(fields)
    }
}

fn parse_label(label: &str) -> Result<String, String> {
    if label.is_empty() || label.chars().count() > MAX_LABEL_CHARS {
        return Err(format!("a label has 1 to {MAX_LABEL_CHARS} characters"));
    }
    if label.chars().any(char::is_control) {
        return Err("a label has a control character in it".to_owned());
    }
    if matches!(label, "name" | "email" | "phone" | "queue") {
        return Err(format!("`{label}` is the name of another field; give it another label"));
    }
    Ok(label.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_are_what_an_operator_types() {
        let field = PreChatField::parse(" text=Order number:required ");
        assert_eq!(field, Ok(PreChatField { about: About::Text { label: "Order number".into() }, required: true }));
        assert_eq!(PreChatField::parse("email"), Ok(PreChatField { about: About::Email, required: false }));
        let long = format!("text={}", "x".repeat(61));
        for bad in ["", "mail", "text=", "text= ", "text=queue", "text=a\u{0}b", "email:must", "text", &long] {
            assert!(PreChatField::parse(bad).is_err(), "{bad}");
        }
        let all = |texts: &[&str]| PreChatField::parse_all(&texts.iter().map(|&t| t.to_owned()).collect::<Vec<_>>());
        assert_eq!(all(&["name", "email"]).map(|fields| fields.len()), Ok(2));
        assert!(all(&["name", "name:required"]).is_err());
        assert!(all(&["text=a", "text=a"]).is_err());
        let many: Vec<String> = (0..9).map(|n| format!("text={n}")).collect();
        assert!(PreChatField::parse_all(&many).is_err());
    }

    #[test]
    fn what_is_stored_reads_back_and_what_is_missing_is_off() {
        let settings = Settings {
            pre_chat: PreChat { fields: vec![PreChatField::parse("text=Order:required").unwrap()], topics: Vec::new() },
            offline: Offline { ask_address: AskAddress::Required },
            reply_within_s: Some(120),
            ..Settings::default()
        };
        let stored = serde_json::to_value(&settings).unwrap();
        assert_eq!(
            stored["pre_chat"]["fields"],
            json!([{"about": "text", "label": "Order", "required": true}]),
            "the form is readable"
        );
        assert_eq!(serde_json::from_value::<Settings>(stored).unwrap(), settings);
        assert_eq!(serde_json::from_value::<Settings>(json!({})).unwrap(), Settings::default());
        assert!(!Settings::default().asks());
        let newer = json!({"rating": {"on": true, "scale": 10}, "hours": {}});
        assert!(serde_json::from_value::<Settings>(newer).unwrap().rating.on, "from a newer program");
        for garbage in [json!({"rating": 7}), json!({"pre_chat": {"fields": [{"about": "shoe_size"}]}})] {
            assert!(serde_json::from_value::<Settings>(garbage).is_err());
        }
    }
}
