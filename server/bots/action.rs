//! What a bot may do: read from its answer, and checked before anything of it is done. A bot's words are a
//! stranger's: limits, kinds of links and NUL characters are looked at here, escaping is the reader's.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::AskedForm;
use crate::live::protocol::{Card, MAX_TEXT_CHARS, QuickReply};
use crate::tags::TagName;
use crate::visitors::has_nul;

/// Actions in one answer, at most.
pub const MOST_ACTIONS: usize = 20;
/// Quick replies of one message, at most.
pub const MOST_QUICK_REPLIES: usize = 20;
/// Cards of one message, at most.
pub const MOST_CARDS: usize = 10;
/// Buttons of one card, at most.
pub const MOST_BUTTONS: usize = 5;
/// Characters of a quick reply, a button, or a card's title.
pub const TITLE_CHARS: usize = 120;
/// Characters of a card's text.
pub const CARD_CHARS: usize = 1_000;
/// Bytes of a payload, as JSON.
pub const PAYLOAD_BYTES: usize = 2_048;
/// Characters of a link.
pub const LINK_CHARS: usize = 2_000;
/// Files of one message, at most.
pub const MOST_FILES: usize = 10;
/// Characters of a file's media type.
pub const MIME_CHARS: usize = 100;
/// Links that a button may lead to. Everything else could run something in the visitor's page.
const SCHEMES: [&str; 4] = ["https:", "http:", "mailto:", "tel:"];

/// A message of a bot.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Say {
    /// The words; may be missing where there are cards.
    #[serde(default)]
    pub text: String,
    /// What the visitor may answer with one press.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quick_replies: Option<Vec<QuickReply>>,
    /// Things that it shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cards: Option<Vec<Card>>,
    /// What the visitor is to fill in; then there are words, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<AskedForm>,
    /// Files that it links to: nobody fetches them but the visitor who opens one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachments: Option<Vec<File>>,
}

/// A file somewhere else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// An `https:` or `http:` address.
    pub url: String,
    /// What it is called.
    pub name: String,
    /// Its media type, as the bot says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime: Option<String>,
}

/// One action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Action {
    /// Says something to the visitor.
    Say(Say),
    /// Shows the visitor that it is writing.
    Typing,
    /// A person goes on.
    Handoff {
        /// In this queue, by its name or id; none: the one in which the conversation is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        queue: Option<String>,
        /// For agents.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
        /// For agents: what it was about so far.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        summary: Option<String>,
    },
    /// For agents. The native contract has notes only with a hand-off.
    #[serde(skip)]
    Note {
        /// The words.
        text: String,
    },
    /// The conversation is over.
    Close,
    /// Notes something.
    Set {
        /// Of the visitor; null takes one away.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        attributes: Option<Map<String, Value>>,
        /// Put onto the conversation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tags: Option<Vec<String>>,
    },
    /// Nothing: it has nothing to say.
    Noop,
}

/// An answer, as it is read.
#[derive(Debug, Deserialize)]
pub struct Answer {
    /// In the order in which they are done.
    pub actions: Vec<Action>,
}

impl Answer {
    /// Reads an answer.
    ///
    /// # Errors
    /// A sentence for the bot's developer.
    pub fn parse(body: &[u8]) -> Result<Vec<Action>, String> {
        let answer: Self =
            serde_json::from_slice(body).map_err(|error| format!("the answer is not understood: {error}"))?;
        check(&answer.actions)?;
        Ok(answer.actions)
    }
}

/// Looks at everything a bot wants to do.
///
/// # Errors
/// A sentence for the bot's developer.
pub fn check(actions: &[Action]) -> Result<(), String> {
    if actions.len() > MOST_ACTIONS {
        return Err(format!("{} actions; an answer has at most {MOST_ACTIONS}", actions.len()));
    }
    actions.iter().try_for_each(check_one)
}

fn check_one(action: &Action) -> Result<(), String> {
    match action {
        Action::Say(say) => check_say(say),
        Action::Handoff { queue, note, summary } => {
            optional("queue", queue.as_deref(), TITLE_CHARS)?;
            optional("note", note.as_deref(), MAX_TEXT_CHARS)?;
            optional("summary", summary.as_deref(), MAX_TEXT_CHARS)
        }
        Action::Set { attributes, tags } => {
            let attributes = attributes.clone().map(Value::Object);
            if attributes.is_some_and(|attributes| has_nul(&attributes)) {
                return Err("an attribute has a NUL character".to_owned());
            }
            tags.iter().flatten().try_for_each(|tag| TagName::parse(tag).map(drop))
        }
        Action::Note { text } if text.trim().is_empty() => Err("a note has no text".to_owned()),
        Action::Note { text } => short("a note", text, MAX_TEXT_CHARS),
        Action::Typing | Action::Close | Action::Noop => Ok(()),
    }
}

fn check_say(say: &Say) -> Result<(), String> {
    let cards = say.cards.as_deref().unwrap_or_default();
    let files = say.attachments.as_deref().unwrap_or_default();
    if say.text.trim().is_empty() && (say.form.is_some() || (cards.is_empty() && files.is_empty())) {
        return Err("say has no text".to_owned());
    }
    say.form.as_ref().map_or(Ok(()), AskedForm::check)?;
    most("attachments", files.len(), MOST_FILES)?;
    files.iter().try_for_each(check_file)?;
    short("text", &say.text, MAX_TEXT_CHARS)?;
    let replies = say.quick_replies.as_deref().unwrap_or_default();
    most("quick replies", replies.len(), MOST_QUICK_REPLIES)?;
    for reply in replies {
        title("a quick reply", &reply.title)?;
        payload(&reply.payload)?;
    }
    most("cards", cards.len(), MOST_CARDS)?;
    cards.iter().try_for_each(check_card)
}

fn check_file(file: &File) -> Result<(), String> {
    let File { url, name, mime } = file;
    if name.trim().is_empty() || name.chars().any(char::is_control) {
        return Err("an attachment has no name in one line".to_owned());
    }
    short("an attachment's name", name, TITLE_CHARS)?;
    short("an attachment's address", url, LINK_CHARS)?;
    let web = url::Url::parse(url).ok().filter(|url| matches!(url.scheme(), "https" | "http") && url.has_host());
    if web.is_none() || url.chars().any(char::is_control) {
        return Err("an attachment has to begin with https: or http:".to_owned());
    }
    let plain = |mime: &str| mime.bytes().all(|byte| byte.is_ascii_graphic()) && mime.contains('/');
    match mime.as_deref() {
        Some(mime) if mime.len() > MIME_CHARS || !plain(mime) => {
            Err("an attachment's mime is no media type".to_owned())
        }
        _ => Ok(()),
    }
}

fn check_card(card: &Card) -> Result<(), String> {
    title("a card", &card.title)?;
    optional("a card's text", card.text.as_deref(), CARD_CHARS)?;
    most("buttons of a card", card.buttons.len(), MOST_BUTTONS)?;
    for button in &card.buttons {
        title("a button", &button.title)?;
        match (&button.payload, &button.url) {
            (Some(given), None) => payload(given)?,
            (None, Some(url)) => link(url)?,
            _ => return Err("a button has either a payload or a url".to_owned()),
        }
    }
    Ok(())
}

pub(super) fn most(what: &str, there: usize, most: usize) -> Result<(), String> {
    if there <= most { Ok(()) } else { Err(format!("{there} {what}; at most {most} are taken")) }
}

pub(super) fn short(what: &str, text: &str, chars: usize) -> Result<(), String> {
    if text.contains('\0') {
        return Err(format!("{what} has a NUL character"));
    }
    if text.len() > chars && text.chars().count() > chars {
        return Err(format!("{what} is longer than {chars} characters"));
    }
    Ok(())
}

fn optional(what: &str, text: Option<&str>, chars: usize) -> Result<(), String> {
    text.map_or(Ok(()), |text| short(what, text, chars))
}

pub(super) fn title(what: &str, text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        return Err(format!("{what} has no title"));
    }
    short(what, text, TITLE_CHARS)
}

pub(super) fn payload(value: &Value) -> Result<(), String> {
    if has_nul(value) {
        return Err("a payload has a NUL character".to_owned());
    }
    let bytes = value.to_string().len();
    if bytes <= PAYLOAD_BYTES { Ok(()) } else { Err(format!("a payload of {bytes} bytes; at most {PAYLOAD_BYTES}")) }
}

fn link(url: &str) -> Result<(), String> {
    short("a link", url, LINK_CHARS)?;
    let lower = url.to_ascii_lowercase();
    let known = SCHEMES.iter().any(|scheme| lower.starts_with(scheme));
    // Browsers drop tabs and line breaks in the middle of a scheme.
    if known && !url.chars().any(char::is_control) {
        return Ok(());
    }
    Err("a link has to begin with https:, http:, mailto: or tel:".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Vec<Action>, String> {
        Answer::parse(json.as_bytes())
    }

    #[test]
    fn every_action_is_read() {
        let json = r#"{"actions":[{"type":"typing"},{"type":"say","text":"Hi","quick_replies":[{"title":"A","payload":{"x":1}}],
            "cards":[{"title":"Lamp","buttons":[{"title":"Shop","url":"https://shop.example"}]}],"new":true},
            {"type":"set","attributes":{"plan":"pro","old":null},"tags":["billing"]},
            {"type":"handoff","queue":null,"summary":"About a lamp"},{"type":"close"},{"type":"noop"}],"more":1}"#;
        assert_eq!(read(json).unwrap().len(), 6);
        assert_eq!(read(r#"{"actions":[]}"#), Ok(Vec::new()));
    }

    #[test]
    fn nonsense_is_refused_with_a_reason() {
        let button = |url: &str| {
            format!(
                r#"{{"actions":[{{"type":"say","text":"x","cards":[{{"title":"c","buttons":[{{"title":"b","url":"{url}"}}]}}]}}]}}"#
            )
        };
        let file = |url: &str, name: &str| {
            format!(r#"{{"actions":[{{"type":"say","attachments":[{{"url":"{url}","name":"{name}"}}]}}]}}"#)
        };
        let many = format!(r#"{{"actions":[{}]}}"#, vec![r#"{"type":"noop"}"#; 10_000].join(","));
        let long = format!(r#"{{"actions":[{{"type":"say","text":"{}"}}]}}"#, "é".repeat(MAX_TEXT_CHARS + 1));
        for wrong in [
            "",
            "null",
            "[]",
            "{}",
            r#"{"actions":null}"#,
            r#"{"actions":[null]}"#,
            r#"{"actions":[{"type":"dance"}]}"#,
            r#"{"actions":[{"type":"say","text":null}]}"#,
            r#"{"actions":[{"type":"say","text":" "}]}"#,
            r#"{"actions":[{"type":"say","text":"a b"}]}"#,
            r#"{"actions":[{"type":"set","tags":["a,b"]}]}"#,
            r#"{"actions":[{"type":"say","text":"x","cards":[{"title":"c","buttons":[{"title":"b"}]}]}]}"#,
            &button("javascript:alert(1)"),
            &button("JAVASCRIPT:alert(1)"),
            &button("java\\tscript:x"),
            &button("data:text/html,x"),
            &button("https:\\n//x"),
            &button("//x.example"),
            &file("javascript:alert(1)", "a.pdf"),
            &file("data:text/html,x", "a.pdf"),
            &file("mailto:a@b.example", "a.pdf"),
            &file("//shop.example/a.pdf", "a.pdf"),
            &file("https://shop.example/a.pdf", " "),
            &file("https://shop.example/a.pdf", &"x".repeat(200)),
            r#"{"actions":[{"type":"say","text":"x","attachments":[{"url":null,"name":null}]}]}"#,
            r#"{"actions":[{"type":"say","text":"x","attachments":[{"url":"https://a.example","name":"a","mime":"a b"}]}]}"#,
            r#"{"actions":[{"type":"say","form":{"fields":[{"name":"a","kind":"text","label":"A"}]}}]}"#,
            &many,
            &long,
        ] {
            let wrong = wrong.replace("a b", "a\\u0000b");
            assert!(read(&wrong).is_err(), "{}", wrong.chars().take(90).collect::<String>());
        }
        assert!(read(&button("https://shop.example/a?b=c")).is_ok());
        assert!(read(&button("mailto:help@shop.example")).is_ok());
        assert!(read(&file("https://shop.example/invoice.pdf", "Invoice 7.pdf")).is_ok());
    }
}
