//! Chatwoot's AgentBot (docs/bots-chatwoot.md): the event that a bot is sent, and what its messages ask for.
//! It answers over Chatwoot's REST (`api/chatwoot.rs`); what its webhook answers counts for nothing.

use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::Sha256;
use url::Url;
use uuid::Uuid;

use super::{Heard, MOST_BYTES, Reply, Spoken};
use crate::bots::action::{self, Say};
use crate::bots::request::{Asking, Said};
use crate::bots::{Action, AskedForm, Bot, Failure};
use crate::clock::Timestamp;
use crate::conversations::State;
use crate::live::protocol::{AuthorKind, Card, CardButton, Choice, Field, FieldKind, QuickReply};
use crate::outgoing::Request;

/// The only account.
pub const ACCOUNT: i64 = 1;
/// A message that asks for an address of mail, and the payload of its form.
const EMAIL: &str = "input_email";
/// Bits of a number that every JSON reader keeps.
const NUMBER_BITS: u32 = 52;

/// An id as a number, since Chatwoot's are: the same each time, and in all likelihood nobody else's.
pub fn number(id: Uuid) -> u64 {
    u64::try_from(id.as_u128() & ((1 << NUMBER_BITS) - 1)).unwrap_or_default()
}

/// A state in Chatwoot's words. A bot may act while it is `pending`.
pub const fn status(state: State) -> &'static str {
    match state {
        State::Bot => "pending",
        State::Queued | State::Assigned => "open",
        State::Snoozed => "snoozed",
        State::Closed => "resolved",
    }
}

/// How it is asked.
pub(super) fn speak(url: Url, bot: &Bot, asking: &Asking, now: Timestamp) -> Result<Spoken, Failure> {
    let body = serde_json::to_vec(&event(asking, now)).map_err(|error| Failure::Nonsense(error.to_string()))?;
    let mut request = Request::post_json(url, body, bot.deadline(), MOST_BYTES);
    request.headers.extend(signed(bot, &asking.id, now, &request.body));
    Ok(Spoken { request, read, stream: None })
}

fn read(_: &[u8]) -> Result<Heard, String> {
    Ok(Reply::Later.into())
}

fn signed(bot: &Bot, id: &str, now: Timestamp, body: &[u8]) -> HeaderMap {
    let seconds = now.millis().div_euclid(1_000).to_string();
    let mut mac = Hmac::<Sha256>::new_from_slice(bot.secret.as_bytes()).expect("HMAC takes keys of every length");
    for part in [seconds.as_bytes(), b".", body] {
        mac.update(part);
    }
    let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let texts = [
        ("x-chatwoot-signature", format!("sha256={hex}")),
        ("x-chatwoot-timestamp", seconds),
        ("x-chatwoot-delivery", id.to_owned()),
    ];
    let header = |(name, text): (&'static str, String)| {
        Some((HeaderName::from_static(name), HeaderValue::from_str(&text).ok()?))
    };
    texts.into_iter().filter_map(header).collect()
}

/// Who a message is of.
pub fn sender(kind: AuthorKind, id: Option<Uuid>, name: Option<&str>) -> Value {
    let word = match kind {
        AuthorKind::Visitor => "contact",
        AuthorKind::Agent => "user",
        _ => "agent_bot",
    };
    json!({"id": id.map(number), "name": name.unwrap_or_default(), "type": word})
}

/// Chatwoot's event. A choice among a message's items is told as it tells it: the bot's own message was
/// updated with what was submitted.
fn event(asking: &Asking, now: Timestamp) -> Value {
    let visitor = &asking.visitor;
    let contact = json!({
        "id": number(visitor.id.uuid()),
        "name": visitor.name.as_deref().unwrap_or_default(),
        "email": visitor.email,
        "phone_number": visitor.phone,
        "identifier": visitor.external_id,
        "custom_attributes": visitor.attributes,
        "type": "contact",
        "account": account(),
    });
    let submitted = asking.message.as_ref().and_then(submitted);
    let filled = asking.message.as_ref().and_then(|said| said.form.as_ref());
    let offered = submitted.as_ref().and_then(|_| {
        let of_bot = |said: &&Said| match filled {
            Some(form) => said.id == form.message,
            None => said.author.kind == AuthorKind::Bot,
        };
        asking.history.iter().rev().find(of_bot)
    });
    let (name, kind, content, id) = match (&asking.message, offered) {
        (_, Some(offered)) => ("message_updated", "outgoing", offered.text.clone(), number(offered.id.uuid())),
        (Some(said), None) => ("message_created", "incoming", asking.words(), number(said.id.uuid())),
        (None, None) => ("conversation_opened", "incoming", String::new(), 0),
    };
    let (content_type, attributes) = submitted.unwrap_or(("text", json!({})));
    let at = asking.message.as_ref().map_or_else(|| now.rfc3339(), |said| said.created_at.clone());
    let created = json!({
        "id": id, "content": content, "created_at": at, "message_type": kind, "private": false, "source_id": null,
        "content_type": content_type,
        "content_attributes": attributes, "additional_attributes": {},
    });
    let mut event = created.clone();
    event["event"] = json!(name);
    event["sender"] = contact.clone();
    event["contact"] = contact.clone();
    event["inbox"] = json!({"id": number(asking.site.id.uuid()), "name": asking.site.name});
    event["account"] = account();
    event["conversation"] = json!({
        "id": asking.number,
        "inbox_id": number(asking.site.id.uuid()),
        "account_id": ACCOUNT,
        "status": "pending",
        "channel": "Channel::WebWidget",
        "can_reply": true,
        "messages": [created],
        "labels": [],
        "meta": {"sender": contact, "assignee": null, "team": null, "hmac_verified": visitor.verified},
        "custom_attributes": {},
        "additional_attributes": {"referer": asking.page.url, "browser_language": asking.locale},
        "unread_count": asking.messages.len(),
        "contact_inbox": {"source_id": asking.conversation.id},
        "created_at": asking.conversation.started_at,
    });
    event
}

/// What a visitor submitted, as a message's `content_type` and `content_attributes`.
fn submitted(said: &Said) -> Option<(&'static str, Value)> {
    if let Some(form) = &said.form {
        let values: Vec<Value> =
            form.values.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
        return Some(if said.payload.as_ref().and_then(Value::as_str) == Some(EMAIL) {
            (EMAIL, json!({"submitted_email": form.values.get("email"), "submitted_values": values}))
        } else {
            ("form", json!({ "submitted_values": values }))
        });
    }
    let payload = said.payload.as_ref()?;
    let value = payload.as_str().map_or_else(|| payload.to_string(), str::to_owned);
    Some(("input_select", json!({"submitted_values": [{"title": said.text, "value": value}]})))
}

fn account() -> Value {
    json!({"id": ACCOUNT, "name": "Deskbell"})
}

/// A message as an answer of the REST: of a conversation with this number.
pub fn message(said: &Said, conversation: i64) -> Value {
    let kind = if said.author.kind == AuthorKind::Visitor { 0 } else { 1 };
    let at = Timestamp::parse_rfc3339(&said.created_at).map(|at| at.millis().div_euclid(1_000));
    json!({
        "id": number(said.id.uuid()), "content": said.text, "conversation_id": conversation, "message_type": kind,
        "content_type": "text", "content_attributes": {}, "created_at": at, "private": false,
        "source_id": null, "sender": sender(said.author.kind, None, said.author.name.as_deref()),
    })
}

/// What a bot posts as a message. What is null is not there.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Posted {
    /// The words.
    pub content: Option<String>,
    /// `outgoing`, or nothing.
    pub message_type: Option<String>,
    /// For agents only.
    pub private: Option<bool>,
    /// `text`, `input_select`, `cards`, `article`, `form` or `input_email`.
    pub content_type: Option<String>,
    /// With `items`.
    pub content_attributes: Option<Attributes>,
}

/// What belongs to a kind of message.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Attributes {
    items: Option<Vec<Item>>,
}

/// A choice, a card, an article, or a field of a form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Item {
    title: Option<String>,
    value: Option<Value>,
    description: Option<String>,
    link: Option<String>,
    media_url: Option<String>,
    label: Option<String>,
    actions: Option<Vec<Link>>,
    name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    default: Option<String>,
    required: Option<bool>,
    options: Option<Vec<Opted>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Opted {
    label: Option<String>,
    value: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Link {
    text: Option<String>,
    uri: Option<String>,
    payload: Option<Value>,
}

impl Posted {
    /// The action, checked.
    ///
    /// # Errors
    /// A sentence for the bot's developer.
    pub fn actions(self) -> Result<Vec<Action>, String> {
        if self.message_type.as_deref().is_some_and(|kind| kind != "outgoing") {
            return Err("a bot's message_type is outgoing".to_owned());
        }
        let text = self.content.unwrap_or_default();
        let items = self.content_attributes.and_then(|attributes| attributes.items).unwrap_or_default();
        let action = if self.private == Some(true) {
            Action::Note { text }
        } else {
            Action::Say(say(text, self.content_type.as_deref().unwrap_or("text"), items)?)
        };
        let actions = vec![action];
        action::check(&actions)?;
        Ok(actions)
    }
}

fn say(text: String, kind: &str, items: Vec<Item>) -> Result<Say, String> {
    let plain = Say { text, ..Say::default() };
    Ok(match kind {
        "input_select" => Say { quick_replies: Some(items.into_iter().map(choice).collect()), ..plain },
        "cards" | "article" => Say { cards: Some(items.into_iter().map(card).collect()), ..plain },
        "form" => Say { form: Some(form(items.into_iter().map(field).collect(), None)), ..plain },
        EMAIL => {
            let item = Item { name: Some("email".to_owned()), kind: Some("email".to_owned()), ..Item::default() };
            let item = Item { label: Some("Email".to_owned()), required: Some(true), ..item };
            Say { form: Some(form(vec![field(item)], Some(json!(EMAIL)))), ..plain }
        }
        "text" | "input_text" | "input_textarea" => plain,
        other => return Err(format!("content_type {other:?} is not known here")),
    })
}

fn form(fields: Vec<Field>, payload: Option<Value>) -> AskedForm {
    AskedForm { fields, submit: None, payload }
}

fn field(item: Item) -> Field {
    let kind = match item.kind.as_deref() {
        Some("email") => FieldKind::Email,
        Some("text_area" | "textarea") => FieldKind::Textarea,
        Some("select") => FieldKind::Choice,
        Some("number") => FieldKind::Number,
        Some("tel" | "phone") => FieldKind::Tel,
        Some("checkbox") => FieldKind::Check,
        _ => FieldKind::Text,
    };
    let options = item.options.into_iter().flatten().map(|option| {
        let value = option.value.or_else(|| option.label.clone()).unwrap_or_default();
        Choice { title: option.label.unwrap_or_else(|| value.clone()), value }
    });
    let name = item.name.unwrap_or_default();
    Field {
        label: item.label.or(item.title).unwrap_or_else(|| name.clone()),
        name,
        kind,
        required: item.required == Some(true),
        max_chars: None,
        value: item.default.filter(|value| !value.is_empty()),
        options: options.collect(),
    }
}

fn choice(item: Item) -> QuickReply {
    let title = item.title.unwrap_or_default();
    QuickReply { payload: item.value.unwrap_or_else(|| json!(title)), title }
}

fn card(item: Item) -> Card {
    let title = item.title.unwrap_or_default();
    let mut buttons: Vec<CardButton> = Vec::new();
    for url in [item.link, item.media_url].into_iter().flatten().filter(|url| !url.is_empty()) {
        buttons.push(CardButton { title: title.clone(), payload: None, url: Some(url) });
    }
    for link in item.actions.unwrap_or_default() {
        let payload = if link.uri.is_some() { None } else { link.payload };
        buttons.push(CardButton { title: link.text.unwrap_or_default(), payload, url: link.uri });
    }
    Card { title, text: item.description, buttons }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posted(json: Value) -> Result<Vec<Action>, String> {
        serde_json::from_value::<Posted>(json).map_err(|error| error.to_string())?.actions()
    }

    #[test]
    fn messages_of_each_kind_are_read() {
        let select = json!({"content": "Which?", "content_type": "input_select", "private": null,
            "content_attributes": {"items": [{"title": "A", "value": "a"}]}});
        let read = posted(select).expect("a message");
        let [Action::Say(say)] = read.as_slice() else { panic!("one message: {read:?}") };
        assert_eq!(say.quick_replies.as_ref().expect("replies")[0].payload, "a");
        let cards = json!({"content": "See", "content_type": "cards", "content_attributes": {"items": [{"title": "Lamp",
            "actions": [{"type": "link", "text": "Shop", "uri": "https://shop.example"}, {"type": "postback", "text": "Buy", "payload": "b"}]}]}});
        assert!(posted(cards).is_ok());
        let article = json!({"content": "See", "content_type": "article",
            "content_attributes": {"items": [{"title": "Lamp", "description": "d", "link": "javascript:alert(1)"}]}});
        assert!(posted(article).is_err(), "no such link");
        assert_eq!(posted(json!({"content": "x", "private": true})), Ok(vec![Action::Note { text: "x".to_owned() }]));
        let form = json!({"content": "Where to?", "content_type": "form", "content_attributes": {"items": [
            {"name": "email", "placeholder": "x", "type": "email", "label": "Email", "default": null},
            {"name": "size", "type": "select", "label": "Size", "options": [{"label": "Small", "value": "s"}]}]}});
        let read = posted(form).expect("a form");
        let [Action::Say(say)] = read.as_slice() else { panic!("one message: {read:?}") };
        assert_eq!(say.form.as_ref().expect("a form").fields[1].options[0].title, "Small");
        assert!(posted(json!({"content": "Mail?", "content_type": "input_email"})).is_ok());
        for bad in [
            json!({"content": "x", "content_type": "form"}),
            json!({"content": "x", "content_type": "form", "content_attributes": {"items": [{"type": "email"}]}}),
            json!({}),
            json!({"content": null}),
            json!({"content": "x", "message_type": "incoming"}),
            json!({"content": "x", "content_type": "poll"}),
        ] {
            assert!(posted(bad.clone()).is_err(), "{bad}");
        }
    }
}
