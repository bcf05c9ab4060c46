//! What a bot may do: read from its answer, and checked before anything of it is done. A bot's words are a
//! stranger's: limits, kinds of links and NUL characters are looked at here, escaping is the reader's.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

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
    if say.text.trim().is_empty() && cards.is_empty() {
        return Err("say has no text".to_owned());
    }
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

fn most(what: &str, there: usize, most: usize) -> Result<(), String> {
    if there <= most { Ok(()) } else { Err(format!("{there} {what}; at most {most} are taken")) }
}

fn short(what: &str, text: &str, chars: usize) -> Result<(), String> {
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

fn title(what: &str, text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        return Err(format!("{what} has no title"));
    }
    short(what, text, TITLE_CHARS)
}

fn payload(value: &Value) -> Result<(), String> {
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
            &many,
            &long,
        ] {
            let wrong = wrong.replace("a b", "a\\u0000b");
            assert!(read(&wrong).is_err(), "{}", wrong.chars().take(90).collect::<String>());
        }
        assert!(read(&button("https://shop.example/a?b=c")).is_ok());
        assert!(read(&button("mailto:help@shop.example")).is_ok());
    }
}
