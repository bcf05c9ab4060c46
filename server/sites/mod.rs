//! Sites: the websites that embed the widget.

mod cache;
pub mod colour;
pub mod console;
pub mod identity_console;
pub mod identity_pages;
pub mod install_console;
pub mod install_pages;
pub mod mail_console;
pub mod mail_form;
pub mod mail_managing;
pub mod mail_pages;
pub mod mail_store;
pub mod managing;
pub mod pages;
pub mod previews;
pub mod recipes;
pub mod settings;
pub mod sightings;
mod sightings_store;
pub mod store;
mod test_chat;
pub mod texts;

use serde_json::{Map, Value};

use crate::audit::Changes;
use crate::clock::Random;
use crate::ids::{QueueId, SiteId, WorkspaceId};
use crate::live::protocol::{Limits, MAX_FRAME_BYTES, MAX_TEXT_CHARS, SiteView};
use crate::queues::store::Queue;
use settings::AskAddress;

pub use cache::SiteCache;
pub use colour::parse_colour;
pub use settings::Settings;

/// The most characters of a greeting.
pub const MOST_GREETING_CHARS: usize = 300;
/// The longest time in which visitors may change their words, in seconds: a year.
pub const MOST_WINDOW_S: i64 = 31_536_000;
/// Characters of a site's key.
const KEY_CHARS: usize = 16;

/// What a visitor's message does when their conversation is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum OnClosed {
    /// The latest goes on, back in its queue.
    Reopen,
    /// A new one starts.
    New,
}

impl OnClosed {
    /// The word in tables and on the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Reopen => "reopen",
            Self::New => "new",
        }
    }
}

/// One website.
#[derive(Debug, Clone)]
pub struct Site {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// Its id.
    pub id: SiteId,
    /// In the page's script tag; public.
    pub key: String,
    /// For people.
    pub name: String,
    /// Where the widget may run, as browsers write origins.
    pub origins: Vec<String>,
    /// Where its conversations wait.
    pub queue_id: QueueId,
    /// See [`OnClosed`].
    pub on_closed: OnClosed,
    /// Seconds in which visitors may edit their words; 0 for never.
    pub edit_window_s: i64,
    /// Seconds in which visitors may take their words back; 0 for never.
    pub delete_window_s: i64,
    /// The language of the widget where the page names none.
    pub locale: String,
    /// Colour, greeting and what else only the widget reads.
    pub appearance: Map<String, Value>,
    /// What it asks of its visitors and tells them.
    pub settings: Settings,
    /// The queues that a visitor may choose from, where the site offers a choice; filled in by
    /// [`store::by_key`].
    pub topics: Vec<Queue>,
    /// Whether it is a draft that somebody of the team looks at ([`previews`]): what is said there is a test.
    pub is_preview: bool,
}

impl Site {
    /// Whether a page of this origin may talk as this site. The server's own origin always may.
    pub fn allows(&self, origin: &str, own: &str) -> bool {
        origin == own || self.origins.iter().any(|allowed| allowed == origin)
    }

    /// What the widget needs to know.
    pub fn view(&self) -> SiteView {
        SiteView {
            name: self.name.clone(),
            appearance: self.appearance.clone(),
            texts: self.texts(),
            features: self.features(),
            limits: Limits {
                text_chars: u32::try_from(MAX_TEXT_CHARS).unwrap_or(u32::MAX),
                frame_bytes: u32::try_from(MAX_FRAME_BYTES).unwrap_or(u32::MAX),
                edit_window_s: self.edit_window_s.unsigned_abs(),
                delete_window_s: self.delete_window_s.unsigned_abs(),
            },
        }
    }
}

impl Site {
    /// What differs between a site before and after.
    pub fn differences(&self, after: &Self) -> Changes {
        let mut changes = Changes::default();
        changes.note("name", &self.name, &after.name);
        changes.note("origins", &self.origins, &after.origins);
        changes.note("on_closed", &self.on_closed.word(), &after.on_closed.word());
        changes.note("edit_window_s", &self.edit_window_s, &after.edit_window_s);
        changes.note("delete_window_s", &self.delete_window_s, &after.delete_window_s);
        changes.note("locale", &self.locale, &after.locale);
        changes.note("appearance", &self.appearance, &after.appearance);
        changes.note("settings", &self.settings, &after.settings);
        changes
    }

    fn features(&self) -> Map<String, Value> {
        let settings = &self.settings;
        let features = [
            ("edit", self.edit_window_s > 0),
            ("delete", self.delete_window_s > 0),
            ("consent", settings.consent.required),
            ("pre_chat", !settings.pre_chat.fields.is_empty()),
            ("offline", settings.offline.ask_address != AskAddress::Off),
            ("rating", settings.rating.on),
            ("preview", settings.preview),
        ];
        features.into_iter().map(|(name, on)| (name.to_owned(), Value::Bool(on))).collect()
    }

    /// Its own sentences; what is not there the widget says in its own words.
    fn texts(&self) -> Map<String, Value> {
        let text = |text: &Option<String>| text.clone().map(Value::String);
        let texts = [
            ("greeting", self.appearance.get("greeting").cloned()),
            ("privacy", text(&self.settings.privacy)),
            ("consent", text(&self.settings.consent.text)),
        ];
        let of_all = texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?)));
        of_all.chain(self.words_by_language().map(|(name, text)| (name, Value::String(text)))).collect()
    }
}

/// The key of a new site: letters and digits only, since one that begins with a dash would look like a flag.
pub fn draw_key(random: &Random) -> String {
    let mut key = String::new();
    while key.len() < KEY_CHARS {
        key.extend(random.token_text().chars().filter(char::is_ascii_alphanumeric));
    }
    key.truncate(KEY_CHARS);
    key
}

/// An origin as browsers write it: scheme, host and port, nothing else. The error says what is wrong.
pub fn parse_origin(text: &str) -> Result<String, String> {
    let url = url::Url::parse(text).map_err(|_| format!("`{text}` is not an origin; write https://shop.example"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("`{text}` is not an origin: it has to begin with https:// or http://"));
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
        return Err(format!("`{text}` has more than an origin; write {}", url.origin().ascii_serialization()));
    }
    Ok(url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::parse_origin;

    #[test]
    fn origins_are_what_browsers_send() {
        assert_eq!(parse_origin("https://Shop.example/").as_deref(), Ok("https://shop.example"));
        assert_eq!(parse_origin("http://shop.example:8080").as_deref(), Ok("http://shop.example:8080"));
        assert_eq!(parse_origin("https://shop.example:443").as_deref(), Ok("https://shop.example"));
        for bad in ["shop.example", "*", "https://shop.example/path", "file:///etc", "https://a@shop.example", "null"] {
            assert!(parse_origin(bad).is_err(), "{bad}");
        }
    }
}
