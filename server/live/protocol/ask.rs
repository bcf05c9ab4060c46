//! Forms that the visitor is asked to fill in, and the names they answer with.

use serde::{Deserialize, Serialize};

/// A form of the site, named in `ask` and in the visitor's `form`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum FormName {
    /// Whether the visitor agrees to be remembered. Values: `consent` (a boolean).
    Consent,
    /// Before the first message of a conversation. Values: those of its fields; `queue` is the topic.
    PreChat,
    /// Nobody is here: where the answer may be sent. Values: `email`, `name`?; none of them to skip.
    Offline,
    /// After the end, once. Values: `score` (1 to 5), `comment`?; none of them to skip.
    Rating,
}

/// What the server asks now. A form replaces the one of the same name; a client that does not know
/// the name ignores it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Ask {
    /// Which one.
    pub form: FormName,
    /// One sentence above the fields, in the visitor's language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub text: Option<String>,
    /// Where the visitor has to answer before they can go on.
    pub required: bool,
    /// In the order in which they are shown.
    pub fields: Vec<Field>,
}

/// One field.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, utoipa::ToSchema)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Field {
    /// The key of its value in `form`.
    pub name: String,
    /// How it is shown and checked.
    pub kind: FieldKind,
    /// In the visitor's language.
    pub label: String,
    /// Whether it may not be left empty.
    #[serde(default)]
    pub required: bool,
    /// Characters that are taken at most; only of text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, type = "number"))]
    pub max_chars: Option<u32>,
    /// What is known already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub value: Option<String>,
    /// Only of a choice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<Vec<Choice>>"))]
    pub options: Vec<Choice>,
}

/// How a field is shown and checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum FieldKind {
    /// One line.
    Text,
    /// An address of mail.
    Email,
    /// A telephone number.
    Tel,
    /// A number, with or without a fraction. Only bots ask for one.
    Number,
    /// Several lines.
    Textarea,
    /// One of `options`.
    Choice,
    /// 1 to 5.
    Score,
    /// Yes or no.
    Check,
}

/// One of several.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, utoipa::ToSchema)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Choice {
    /// What `form` answers with.
    pub value: String,
    /// What is shown.
    pub title: String,
}
