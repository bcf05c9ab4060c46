//! `site set`, what the site asks of its visitors: the forms, consent, privacy.

use super::bootstrap::usage;
use crate::cli::run::Failure;
use crate::cli::{OfflineAddress, SiteAsks, Switch};
use crate::queues::store::Queue;
use crate::sites::Settings;
use crate::sites::settings::{AskAddress, MAX_REPLY_WITHIN_S, MAX_SENTENCE_CHARS, PreChatField};

/// What is named, checked; what is not named stays.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct AskChanges {
    pre_chat: Option<Vec<PreChatField>>,
    topics: Option<Vec<String>>,
    consent: Option<bool>,
    consent_text: Option<String>,
    rating: Option<bool>,
    offline_address: Option<AskAddress>,
    privacy: Option<String>,
    preview: Option<bool>,
    reply_within_s: Option<u32>,
}

impl AskChanges {
    pub(super) fn parse(given: &SiteAsks) -> Result<Self, Failure> {
        let named = list(&given.pre_chat).map(|texts| PreChatField::parse_all(&texts)).transpose();
        Ok(Self {
            pre_chat: named.map_err(|why| usage("--pre-chat", &why))?,
            topics: list(&given.topic),
            consent: given.consent.map(is_on),
            consent_text: given.consent_text.as_deref().map(|text| sentence("--consent-text", text)).transpose()?,
            rating: given.rating.map(is_on),
            offline_address: given.offline_address.map(|ask| match ask {
                OfflineAddress::Off => AskAddress::Off,
                OfflineAddress::Optional => AskAddress::Optional,
                OfflineAddress::Required => AskAddress::Required,
            }),
            privacy: given.privacy.as_deref().map(|text| sentence("--privacy", text)).transpose()?,
            preview: given.preview.map(is_on),
            reply_within_s: given.reply_within.map(|s| s.min(MAX_REPLY_WITHIN_S)),
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn apply(self, settings: &mut Settings, queues: &[Queue]) -> Result<(), Failure> {
        if let Some(names) = self.topics {
            settings.pre_chat.topics = Vec::with_capacity(names.len());
            for name in &names {
                let queue = queues.iter().find(|queue| queue.name == *name).ok_or_else(|| no_queue(name, queues))?;
                settings.pre_chat.topics.push(queue.id);
            }
        }
        if let Some(fields) = self.pre_chat {
            settings.pre_chat.fields = fields;
        }
        settings.consent.required = self.consent.unwrap_or(settings.consent.required);
        put(&mut settings.consent.text, self.consent_text);
        settings.rating.on = self.rating.unwrap_or(settings.rating.on);
        settings.offline.ask_address = self.offline_address.unwrap_or(settings.offline.ask_address);
        put(&mut settings.privacy, self.privacy);
        settings.preview = self.preview.unwrap_or(settings.preview);
        if let Some(seconds) = self.reply_within_s {
            settings.reply_within_s = Some(seconds).filter(|seconds| *seconds > 0);
        }
        Ok(())
    }
}

fn is_on(switch: Switch) -> bool {
    switch == Switch::On
}

/// A repeated option: none if it was not given, empty if it was given as empty text.
fn list(texts: &[String]) -> Option<Vec<String>> {
    let named: Vec<String> = texts.iter().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect();
    Some(named).filter(|_| !texts.is_empty())
}

/// Empty text takes a sentence away.
fn put(sentence: &mut Option<String>, given: Option<String>) {
    if let Some(text) = given {
        *sentence = Some(text).filter(|text| !text.is_empty());
    }
}

fn sentence(flag: &str, text: &str) -> Result<String, Failure> {
    let text = text.trim();
    if text.chars().count() > MAX_SENTENCE_CHARS {
        return Err(usage(flag, &format!("a sentence has at most {MAX_SENTENCE_CHARS} characters")));
    }
    if text.contains('\0') {
        return Err(usage(flag, "a NUL character cannot be stored"));
    }
    Ok(text.to_owned())
}

fn no_queue(name: &str, queues: &[Queue]) -> Failure {
    let names: Vec<&str> = queues.iter().map(|queue| queue.name.as_str()).collect();
    Failure::new(format!("There is no queue {name}. There is: {}. Nothing was changed.", names.join(", ")))
}
