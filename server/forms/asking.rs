//! Forms in the visitor's language.

use super::MAX_COMMENT_CHARS;
use super::due::open_fields;
use super::store::Known;
use crate::live::protocol::{Ask, Choice, Field, FieldKind, FormName};
use crate::sites::Site;
use crate::sites::settings::{About, AskAddress, PreChatField};
use crate::sites::texts::Key;
use crate::visitors::{MAX_EMAIL_CHARS, MAX_NAME_CHARS};
use crate::words::{Lang, Words};

/// The form as the visitor is to see it.
pub fn ask(form: FormName, site: &Site, known: &Known, lang: Lang) -> Ask {
    let words = lang.words();
    match form {
        FormName::Consent => consent(site, words),
        FormName::PreChat => pre_chat(site, known, words),
        FormName::Offline => offline(site, known, words),
        FormName::Rating => rating(words),
    }
}

fn field(name: &str, kind: FieldKind, label: String) -> Field {
    Field { name: name.to_owned(), kind, label, required: false, max_chars: None, value: None, options: Vec::new() }
}

fn consent(site: &Site, words: &Words) -> Ask {
    let own = site.own_words(words.lang(), Key::Consent).map(str::to_owned);
    let check = Field { required: true, ..field("consent", FieldKind::Check, words.say("ask-agree")) };
    let text = Some(own.unwrap_or_else(|| words.say("ask-consent")));
    Ask { form: FormName::Consent, text, required: true, fields: vec![check] }
}

fn pre_chat(site: &Site, known: &Known, words: &Words) -> Ask {
    let fields: Vec<Field> = open_fields(site, known).map(|field| pre_chat_field(site, field, words)).collect();
    let required = fields.iter().any(|field| field.required);
    Ask { form: FormName::PreChat, text: Some(words.say("ask-pre-chat")), required, fields }
}

fn pre_chat_field(site: &Site, PreChatField { about, required }: &PreChatField, words: &Words) -> Field {
    let label = match about {
        About::Name => words.say("ask-name"),
        About::Email => words.say("ask-email"),
        About::Phone => words.say("ask-phone"),
        About::Topic => words.say("ask-topic"),
        About::Text { label } => label.clone(),
    };
    let options = match about {
        About::Topic => site.topics.iter().map(|q| Choice { value: q.id.to_string(), title: q.name.clone() }).collect(),
        _ => Vec::new(),
    };
    let max_chars = about.max_chars();
    Field { required: *required, max_chars, options, ..field(about.name(), about.kind(), label) }
}

fn offline(site: &Site, known: &Known, words: &Words) -> Ask {
    let required = site.settings.offline.ask_address == AskAddress::Required;
    let email = Field {
        required: true,
        max_chars: Some(MAX_EMAIL_CHARS),
        ..field("email", FieldKind::Email, words.say("ask-email"))
    };
    let name = Field {
        max_chars: Some(MAX_NAME_CHARS),
        value: known.name.clone(),
        ..field("name", FieldKind::Text, words.say("ask-name"))
    };
    Ask { form: FormName::Offline, text: Some(words.say("ask-offline")), required, fields: vec![email, name] }
}

fn rating(words: &Words) -> Ask {
    let score = Field { required: true, ..field("score", FieldKind::Score, words.say("ask-score")) };
    let comment =
        Field { max_chars: Some(MAX_COMMENT_CHARS), ..field("comment", FieldKind::Textarea, words.say("ask-comment")) };
    let text = Some(words.say("ask-rating"));
    Ask { form: FormName::Rating, text, required: false, fields: vec![score, comment] }
}
